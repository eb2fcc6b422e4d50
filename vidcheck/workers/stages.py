"""What a worker is at: noted in memory that the main process shares, so that it is known when the worker is lost.

Each stage has seconds of its own. Where the system has interval timers, a worker that exceeds them is ended by SIGALRM,
whose default action needs neither Python's lock nor its interpreter: a C++ library that hangs is ended all the same.
Elsewhere the deadline of the whole task has to do.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SLOTS = 1024
"""Tasks that may be under way at once and be told apart: 256 workers, four tasks each."""
NOBODY = -1
"""The slot of a task whose stage nobody can see."""
TIMED = hasattr(signal, "setitimer")
"""Whether a stage's seconds are kept. Windows has no interval timers."""

_notes: Any = None
_slot = NOBODY


def share(notes: Any) -> None:
    """For a worker that begins: the array in which it is to note its stages."""
    global _notes  # noqa: PLW0603 - a worker has one
    _notes = notes


def run(slot: int, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """What a worker runs: the function, whose stages are noted in that slot."""
    global _slot  # noqa: PLW0603 - a worker has one task at a time
    _slot = slot
    return function(*args)


def enter(stage: int, seconds: float) -> None:
    """Notes the stage that begins, and ends this process if it takes longer than so many seconds."""
    if _notes is not None and _slot != NOBODY:
        _notes[_slot] = stage
    if TIMED:
        signal.setitimer(signal.ITIMER_REAL, seconds)


def leave() -> None:
    """The last stage is over."""
    if TIMED:
        signal.setitimer(signal.ITIMER_REAL, 0)
