"""The main process's use of the cache: looks up many files at once, and stores the results of workers."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from vidcheck.session.messages import Row
from vidcheck.session.recall import identity_of
from vidcheck.storage.cache import Cache, CacheRow, devices, mounted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidcheck.session.messages import Finished, Identity
    from vidcheck.sources.targets import Target

SETTLED = 2 * 10**9
"""Nanoseconds for which a file must be unchanged before it is opened. If it changes again within one tick of its file
system's clock, its times stay the same (FAT's tick is 2 s)."""
_TIMELESS = frozenset({"vfat", "msdos", "exfat", "fuse"})
"""File systems without change times; most that Linux names `fuse.…` have none either."""

Known = tuple["Identity", tuple[Row, ...]]
"""A file's current identity and its rows; both empty if a later change of the file could not be noticed."""


class Memory:
    """The cache, as a session uses it."""

    def __init__(self, cache: Cache, *, settled: int = SETTLED) -> None:
        self.cache = cache
        self.settled = settled

    def look_up(self, targets: Sequence[Target]) -> list[Known]:
        """The identity and rows of each file."""
        if self.cache.trouble is not None:
            return [((), ())] * len(targets)
        every = [_identity(target) for target in targets]
        found = self.cache.rows(list(dict.fromkeys(_file(identity) for identity in every if identity)))
        rows: dict[str, list[CacheRow]] = {}
        for row in found.values():
            rows.setdefault(row.file, []).append(row)
        return [
            (
                identity,
                tuple(
                    Row(row.asked, row.tools, row.words)
                    for row in (rows.get(_file(identity), ()) if identity else ())
                    if row.state == _state(identity)
                ),
            )
            for identity in every
        ]

    def keep(self, finished: Finished, identity: Identity) -> None:
        """Stores a worker's results for that file."""
        if finished.damaged:
            self.cache.damaged()
        for row in finished.rows:
            self.cache.keep(CacheRow(_file(identity), row.asked, _state(identity), row.tools, row.words))


def _identity(target: Target) -> Identity:
    """The file's current identity, by an open descriptor."""
    from vidcheck.witnesses import filesystem
    from vidcheck.witnesses.errors import CouldNotLookError

    if target.remote is not None:
        return ()
    try:
        status = filesystem.status(target.path, follow=target.follow)
    except CouldNotLookError:
        return ()
    return () if status.st_dev in _timeless() else identity_of(status)


def _file(identity: Identity) -> str:
    return f"{identity[0]}:{identity[1]}"


def _state(identity: Identity) -> str:
    return ":".join(map(str, identity[2:]))


@cache
def _timeless() -> frozenset[int]:
    """The devices of file systems without change times; none if the system doesn't list mounts."""
    return frozenset(timeless(mounted()))


def timeless(lines: Sequence[str]) -> set[int]:
    """The device numbers of file systems that keep no change time, by the lines of proc(5)'s mountinfo."""
    return devices(lines, _TIMELESS)


def remembered() -> Memory | None:
    """The cache; None if the system can't distinguish a changed file from an unchanged one."""
    return Memory(Cache()) if possible() else None


def possible() -> bool:
    """Whether this system has change times: Windows has creation times instead."""
    return os.name != "nt"
