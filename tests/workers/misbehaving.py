"""What workers run in place of `check_entry` and `check_entries` where something is to misbehave. Light: each new worker imports it."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidcheck.session import tasks
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from vidcheck.session.messages import Assignment, Finished, Packed

_check_entry = tasks.check_entry


def misbehave(name: str) -> None:
    """What a library could do while it looks at a file, by the file's name."""
    if "hangs" in name:
        signal.pause()
    if "crashes" in name:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "leaves" in name:
        os._exit(3)
    if "eats" in name:
        bytearray(4 * 2**30)
    if "raises" in name:
        raise ZeroDivisionError(name)


def misbehaves(setup: Packed, assignment: Assignment) -> Finished:
    """Checks an entry; MediaInfo misbehaves, unless the file's name begins with another witness and `@`."""
    name = assignment.target.path.rpartition("/")[2]
    who = name.partition("@")[0] if "@" in name else "mediainfo"
    usual = registry.witness

    def witness(asked: str) -> registry.Witness:
        found = usual(asked)

        def look(subject: registry.Subject) -> Any:
            misbehave(name)
            return found.look(subject)

        return replace(found, look=look) if asked == who else found

    registry.witness = witness  # type: ignore[assignment]
    try:
        return _check_entry(setup, assignment)
    finally:
        registry.witness = usual


def all_misbehave(setup: Packed, every: list[Assignment]) -> list[Finished]:
    """The same for a group, which is given an hour."""
    tasks.check_entry, tasks.BRIEF = misbehaves, 3600.0
    return tasks.check_entries(setup, every)


def parent(pid: int) -> int:
    """The process that started this one (proc(5): what follows the name in brackets)."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def poisons(setup: Packed, given: Assignment) -> Finished:
    """Kills the Dask worker itself where the file's name says so, and notes it beside the file."""
    path = Path(given.base) / given.target.path
    if "poison" in path.name:
        with path.with_suffix(".deaths").open("a") as deaths:
            deaths.write("x")
        os.kill(
            parent(os.getppid()), signal.SIGKILL
        )  # a worker of ours is forked by a server, which the Dask worker started
        signal.pause()
    return tasks.check_entry(setup, given)
