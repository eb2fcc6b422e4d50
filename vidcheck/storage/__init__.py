"""Data on disk: the cache, the archive, and reports that wait during a run."""
