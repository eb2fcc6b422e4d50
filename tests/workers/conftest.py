"""The web server and the Dask cluster that tests of several rooms share."""

from tests.remote_fixtures import dask, here, looked, server

__all__ = ["dask", "here", "looked", "server"]
