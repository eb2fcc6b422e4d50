"""Many entries: found, observed in isolated workers, judged in order."""
