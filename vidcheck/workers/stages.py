"""The stage that a worker is in, kept in shared memory so that the main process knows it when the worker is lost.

A task may have several entries. The number of the entry is kept with its stage.

How many bytes a task has read is kept beside it, so that the progress of long reading shows.

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
NOTES = 4 * SLOTS
"""The length of the shared array: the notes of all slots, the bytes that their tasks have read, the milliseconds of film
that they have decoded, and those of the films that they have begun."""
NOBODY = -1
"""The slot of a task whose stage is not recorded."""
TIMED = hasattr(signal, "setitimer")
"""Whether the limits of stages are enforced. Windows has no interval timers."""

_notes: Any = None
_slot = NOBODY
_number = 0
"""The entry's number in the task, from 0 on."""
_STAGES = 256
"""More than there are stages: a note is the entry's number times this, and the stage."""


def share(notes: Any) -> None:
    """Sets the shared array of a new worker."""
    global _notes  # noqa: PLW0603 - a worker has one
    _notes = notes


def run(slot: int, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """Runs a function in a worker, and records its stages in that slot."""
    global _slot  # noqa: PLW0603 - a worker has one task at a time
    _slot = slot
    turn_to(0)
    return function(*args)


def turn_to(number: int) -> None:
    """Makes the entry of that number the one whose stages are recorded."""
    global _number  # noqa: PLW0603 - as above
    _number = number


def read(note: int) -> tuple[int, int]:
    """The entry's number and the stage that were recorded."""
    return divmod(note, _STAGES)


def enter(stage: int, seconds: float) -> None:
    """Records the stage that begins, and ends this process if it takes longer than so many seconds."""
    if _notes is not None and _slot != NOBODY:
        _notes[_slot] = _number * _STAGES + stage
    if TIMED:
        signal.setitimer(signal.ITIMER_REAL, seconds)


def advance(count: int) -> None:
    """Records that so many bytes more were read."""
    if _notes is not None and _slot != NOBODY:
        _notes[SLOTS + _slot] += count  # a slot has one task at a time


def decode(done: int, begun: int) -> None:
    """Records that so many milliseconds of film more are decoded, and that films of so many were begun."""
    if _notes is not None and _slot != NOBODY:
        _notes[2 * SLOTS + _slot] += done
        _notes[3 * SLOTS + _slot] += begun


def leave() -> None:
    """Stops the timer after the last stage."""
    if TIMED:
        signal.setitimer(signal.ITIMER_REAL, 0)
