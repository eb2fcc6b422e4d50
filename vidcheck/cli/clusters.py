"""`--cluster`: the workers of a Dask scheduler look at the entries."""

from __future__ import annotations

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import refused
from vidcheck.cli.screen import Screen
from vidcheck.texts import say

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
    _hush()


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
