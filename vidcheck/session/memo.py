"""What a run remembers of files from earlier runs, and what it keeps for later ones.

Facts that hang on the file's name or its status are read anew each time; of the others a row is answered only where
the open file's device, inode, size and both times are those of the file that was looked at, and the same versions of
vidcheck and of the witnesses would look again. A file's change time can't be put back, as its modification time can.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from vidcheck import __version__
from vidcheck.facts import FILESYSTEM, Facts
from vidcheck.session.messages import LIBRARY, Observation
from vidcheck.storage.cache import Cache, CacheRow, devices, mounted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from vidcheck.facts import Fact, Fault
    from vidcheck.sources.targets import Target
    from vidcheck.workers.pool import Workers

SETTLED = 2 * 10**9
"""Nanoseconds that a file must have been left alone before it was opened. What changes again within one tick of its
file system's clock bears the same times (FAT's tick is 2 s)."""
_TIMELESS = frozenset({"vfat", "msdos", "exfat", "fuse"})
"""File systems that keep no change time; so do most of those that Linux names `fuse.…`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A file as it is now, and the rows that there are of it."""

    identity: tuple[int, ...]
    """Device, inode, size, mtime and ctime in nanoseconds."""
    name: str
    status: os.stat_result
    rows: dict[str, CacheRow] = field(default_factory=dict)
    """By who was asked."""

    @property
    def named(self) -> tuple[Fact, ...]:
        """What its name and status tell."""
        from vidcheck.witnesses import filesystem

        return filesystem.read(filesystem.Status.of(self.name, self.status))


class Versions:
    """The versions of the witnesses, each asked for once, when something is to be answered or kept."""

    def __init__(self, library: Callable[[], Mapping[str, str]]) -> None:
        self._library = library
        self._told: dict[str, str | None] = {}

    def of(self, witness: str) -> str | None:
        """The version; None where the witness is missing or can't tell, so that nothing is remembered of it."""
        if witness not in self._told:
            self._told[witness] = self._ask(witness)
        return self._told[witness]

    def _ask(self, witness: str) -> str | None:
        if witness == "ffprobe":
            from vidcheck.witnesses import ffprobe
            from vidcheck.witnesses.errors import CouldNotLookError

            try:
                return ffprobe.version() or None
            except CouldNotLookError:
                return None
        try:
            return self._library().get(witness)
        except Exception:  # noqa: BLE001 - whatever befell the worker that was asked, the run goes on
            return None


class Memory:
    """Looks many files up at once, answers orders from what was found, keeps what workers bring back."""

    def __init__(self, cache: Cache, versions: Versions, *, settled: int = SETTLED) -> None:
        self.cache = cache
        self._versions = versions
        self._settled = settled

    def look_up(self, targets: Sequence[Target]) -> list[Known | None]:
        """What is known of each file; None for one that can't be opened here, or whose changes can't be told."""
        if self.cache.trouble is not None:
            return [None] * len(targets)
        known = [_status(target) for target in targets]
        found = self.cache.rows(list(dict.fromkeys(_file(one.identity) for one in known if one is not None)))
        for one in known:
            if one is not None:
                for asked in _ASKED:
                    row = found.get((_file(one.identity), asked))
                    if row is not None and row.state == _state(one.identity):
                        one.rows[asked] = row
        return known

    def answer(
        self, known: Known | None, witnesses: frozenset[str], *, checksum: bool = False, form: str = ""
    ) -> Observation | None:
        """What a worker would bring back, its facts sealed; None where one has to look."""
        if known is None or not known.rows:
            return None
        told = []
        for asked in _orders(witnesses, checksum=checksum):
            row = known.rows.get(asked)
            if row is None or row.tools != self._had_a_part(asked, form):
                return None
            told.append(row.words)
        return self._observation(known, witnesses, told) if told else None

    def _observation(self, known: Known, witnesses: frozenset[str], told: list[bytes]) -> Observation | None:
        from vidcheck.storage import encoding

        rows: list[encoding.Packed] = []
        faults: list[Fault] = []
        for words in told:
            try:
                sealed, missed = encoding.unpack(words)
            except encoding.UndecodableError:
                self.cache.damaged()
                return None
            rows.append(sealed)
            faults += missed
        named = known.named if FILESYSTEM in witnesses else ()
        facts = Facts(facts=named, faults=tuple(faults), asked=witnesses, sealed=tuple(rows))
        looked = "mediainfo" in witnesses and all(fault.witness != "mediainfo" for fault in faults)
        library = self._versions.of("mediainfo") if looked else None
        versions = {"mediainfo": library} if library else {}
        return Observation(facts=facts, identity=known.identity, versions=versions)

    def keep(
        self,
        known: Known | None,
        seen: Observation,
        witnesses: frozenset[str],
        *,
        checksum: bool = False,
        form: str = "",
    ) -> None:
        """Keeps what a worker brought back, unless looking again could bring something else."""
        if known is None or self.cache.trouble is not None or not seen.lasting or seen.identity != known.identity:
            return
        *_, modified, changed = seen.identity
        if seen.opened - max(modified, changed) < self._settled:
            return
        for asked in _orders(witnesses, checksum=checksum):
            tools = self._had_a_part(asked, form)
            if tools is None:
                continue
            words = _words(seen.facts, asked)
            if words is None:
                continue
            self.cache.keep(CacheRow(_file(seen.identity), asked, _state(seen.identity), tools, words))

    def _had_a_part(self, asked: str, form: str) -> str | None:
        """The versions of all that had a part in an answer; None where there is no telling."""
        if asked == _CHECKSUM:
            return _vidcheck()
        witness = "ffprobe" if asked == _FFPROBE else "mediainfo"
        version = self._versions.of(witness)
        return f"{_vidcheck()}; {witness} {version}; {form}" if version else None


_LIBRARY, _FFPROBE, _CHECKSUM = "library", "ffprobe", "checksum"
_ASKED = (_CHECKSUM, _LIBRARY, _FFPROBE)
"""Who was asked, in the order in which a worker asks."""


def _orders(witnesses: frozenset[str], *, checksum: bool) -> tuple[str, ...]:
    """The rows that an order comes to; none where it isn't remembered."""
    if not witnesses:
        return (_CHECKSUM,) if checksum else ()
    if witnesses == LIBRARY:
        return (_CHECKSUM, _LIBRARY) if checksum else (_LIBRARY,)
    return (_FFPROBE,) if witnesses == {"ffprobe"} else ()


def _part(fact: Fact) -> str:
    """The row that a fact belongs to; none where it is read anew."""
    if fact.witness == FILESYSTEM:
        return _CHECKSUM if fact.key == "checksum" else ""
    return _FFPROBE if fact.witness == "ffprobe" else _LIBRARY


def _words(facts: Facts, asked: str) -> bytes | None:
    """What a row holds of what was seen; None where it has no form."""
    from vidcheck.storage import encoding

    for part in facts.sealed if asked != _CHECKSUM else ():
        if isinstance(part, encoding.Packed):  # by the worker, just so
            return part.words
    try:
        mine = [fact for fact in facts.facts if _part(fact) == asked]
        return encoding.encode(mine, facts.faults if asked != _CHECKSUM else ())
    except encoding.UnencodableError:
        return None


def _status(target: Target) -> Known | None:
    """The file as it is now, by its open descriptor."""
    from vidcheck.witnesses import filesystem
    from vidcheck.witnesses.errors import CouldNotLookError

    if "://" in target.path:
        return None
    try:
        status = filesystem.status(target.path, follow=target.follow)
    except CouldNotLookError:
        return None
    if status.st_dev in _timeless():
        return None
    identity = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return Known(identity=identity, name=target.path.rpartition("/")[2], status=status)


def _file(identity: tuple[int, ...]) -> str:
    return f"{identity[0]}:{identity[1]}"


def _state(identity: tuple[int, ...]) -> str:
    return ":".join(map(str, identity[2:]))


@cache
def _vidcheck() -> str:
    """The version of vidcheck that runs, and when its modules were written, for a version is no more than a promise."""
    newest = total = 0
    for folder in ("witnesses", "quantities", "session", "."):
        with os.scandir(Path(__file__).parent.parent / folder) as rows:
            for row in rows:
                if row.name.endswith(".py"):
                    status = row.stat()
                    newest, total = max(newest, status.st_mtime_ns), total + status.st_size
    return f"vidcheck {__version__} {newest} {total}"


@cache
def _timeless() -> frozenset[int]:
    """The devices of file systems that keep no change time; where the system doesn't tell, all are taken to keep one."""
    return frozenset(timeless(mounted()))


def timeless(lines: Sequence[str]) -> set[int]:
    """The device numbers of file systems that keep no change time, by the lines of proc(5)'s mountinfo."""
    return devices(lines, _TIMELESS)


def remembered(pool: Workers, library: Callable[[], Mapping[str, str]] | None = None) -> Memory | None:
    """What the cache remembers; None where the system can't tell a changed file from an unchanged one.

    `library` gives the versions of the libraries that workers ask, where they are known already.
    """
    return Memory(Cache(), Versions(library or pool.versions)) if possible() else None


def possible() -> bool:
    """Whether this system tells when a file was changed: Windows gives the time when it was made instead."""
    return os.name != "nt"
