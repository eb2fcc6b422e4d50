"""The witnesses: one folder each, the only place that knows a foreign tool's names."""
