"""The stage that a worker is in, kept in shared memory so that the main process knows it when the worker is lost.

Each stage has a time limit. If the system has interval timers, SIGALRM ends a worker that exceeds it. The signal's
default action needs neither the GIL nor the interpreter, so it ends a hanging C++ library too. Elsewhere only the
deadline of the whole task applies.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SLOTS = 1024
"""The most tasks with a slot at once: 256 workers, four tasks each."""
NOBODY = -1
"""The slot of a task whose stage is not recorded."""
TIMED = hasattr(signal, "setitimer")
"""Whether the limits of stages are enforced. Windows has no interval timers."""

_notes: Any = None
_slot = NOBODY


def share(notes: Any) -> None:
    """Sets the shared array of a new worker."""
    global _notes  # noqa: PLW0603 - a worker has one
    _notes = notes


def run(slot: int, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """Runs a function in a worker, and records its stages in that slot."""
    global _slot  # noqa: PLW0603 - a worker has one task at a time
    _slot = slot
    return function(*args)


def enter(stage: int, seconds: float) -> None:
    """Records the stage that begins, and ends this process if it takes longer than so many seconds."""
    if _notes is not None and _slot != NOBODY:
        _notes[_slot] = stage
    if TIMED:
        signal.setitimer(signal.ITIMER_REAL, seconds)


def leave() -> None:
    """Stops the timer after the last stage."""
    if TIMED:
        signal.setitimer(signal.ITIMER_REAL, 0)
