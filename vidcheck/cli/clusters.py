"""`--cluster`: the workers of a Dask scheduler look at the entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import refused
from vidcheck.cli.screen import Screen
from vidcheck.texts import say

if TYPE_CHECKING:
    from vidcheck.workers.protocol import Pool

_COMMAND = 'pip install "vidcheck[cluster]"'


def check_available(address: str | None, workers: int | None, screen: Screen) -> None:
    """Refuses a cluster with local workers too, and one without the library for it."""
    from importlib.util import find_spec

    if address is None:
        return
    if workers is not None:
        raise refused(say("a cluster has its own workers: leave out --workers or --cluster"), "--workers/--cluster")
    if find_spec("distributed") is None:
        screen.trouble(say("--cluster needs a library that is not installed: {command}", command=_COMMAND))
        raise typer.Exit(exits.USAGE)


def joined(address: str | None, pool: Pool, count: int, screen: Screen) -> tuple[Pool, int]:
    """The cluster in the local workers' place, and how many workers it counts for; without an address all stays as it is.

    A cluster that can't be had is one line and exit code 2.
    """
    if address is None:
        return pool, count
    from vidcheck.workers.cluster import Cluster
    from vidcheck.workers.protocol import StoppedError

    _hush()
    try:
        cluster = Cluster(address)
    except StoppedError as stopped:
        screen.trouble(stopped.words)
        raise typer.Exit(exits.USAGE) from None
    pool.stop()
    for tool, versions in cluster.differing().items():
        screen.trouble(say("the workers have different versions of {tool}: {versions}", tool=tool, versions=versions))
    return cluster, cluster.count


def _hush() -> None:
    """Keeps Dask's own messages off the screen: what matters of them we say ourselves."""
    import logging
    import os
    import warnings

    import distributed  # noqa: F401 - its import sets the levels

    if os.environ.get("VIDCHECK_DEBUG"):
        return
    warnings.filterwarnings("ignore", module=r"distributed(\.|$)")
    for name in ("distributed", "distributed.client", "tornado", "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
