"""Declared data on entries: one table of fields, read in the same way from a manifest's cells and from forms."""
