"""Manifests as tables of cells: CSV, JSON, YAML, Excel workbooks."""
