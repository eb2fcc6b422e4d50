"""A progress bar on stderr for many files; nothing where nobody watches."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from vidcheck.texts import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vidcheck.cli.screen import Screen

_FEW = 4  # entries that are checked before a bar could be read


@contextlib.contextmanager
def progress(total: int, screen: Screen, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """Gives a function to call after each entry."""
    if quiet or total < _FEW or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(say("checking").render(screen.lang), total=total)
        yield lambda: bar.advance(task)
