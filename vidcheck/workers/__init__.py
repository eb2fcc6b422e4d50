"""Isolated processes and a Dask cluster: both run functions under a deadline and survive hangs and crashes."""
