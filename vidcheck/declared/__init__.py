"""What people declared of their works: one table of fields, read alike from a manifest's cells and from forms."""
