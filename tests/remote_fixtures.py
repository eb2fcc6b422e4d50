"""A web server, and looking at what it serves; a Dask cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.kit import Run, look_here
from tests.server import Server
from vidcheck.session.messages import Policy
from vidcheck.sources.targets import Target, find
from vidcheck.sources.urls import read_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from distributed import LocalCluster

    from vidcheck.facts import Entry, Facts
    from vidcheck.workers.pool import Workers


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def looked(workers: Workers) -> Callable[..., tuple[Entry, Facts]]:
    def look(path: str, *, private: bool = True, timeout: float = 30.0, **more: Any) -> tuple[Entry, Facts]:
        run = Run(rules=None, workers=workers, policy=Policy.MEDIAINFO, timeout=timeout, **more)
        (told,) = run.facts(find([path], private=private).targets)
        assert not run.internal
        return told

    return look


@pytest.fixture
def here() -> Iterator[Callable[..., Facts]]:
    """Looks in this process, so that a test may change what counts as public."""
    from vidcheck.sources import remote

    def look(url: str, *, private: bool = False) -> Facts:
        asked = read_url(url, private=private)
        return look_here(Target(path=asked.shown, follow=False, remote=asked))

    yield look
    remote.close_connections()


@pytest.fixture(scope="module")
def dask() -> Iterator[LocalCluster]:
    """A scheduler with two workers, processes under a nanny as `dask worker` starts them."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=100
    ) as cluster:
        yield cluster
