"""A check as one object: finds entries, joins declarations, asks witnesses, judges, compares, reports."""
