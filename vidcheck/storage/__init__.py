"""What is kept on disk between runs and during one: the cache, the archive, waiting reports."""
