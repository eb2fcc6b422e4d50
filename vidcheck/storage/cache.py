"""The cache: witnesses' results for files, in one SQLite file that several processes may use at once.

A run never fails because of the cache. On any problem with the file (it is damaged, another program's, locked or
read-only, or the disk is full) `Cache` stops using it, `trouble` says why, and the run continues without it. The
functions that maintain the cache (`count`, `clear`, `prune`) raise CacheError instead.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from vidcheck.storage.sqlite import DatabaseError, Problem, Schema, connect, transaction, translated_errors
from vidcheck.texts import Plain, marked, say

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterator, Sequence

    from vidcheck.texts import Readable

MOST_BYTES = 512 * 2**20
"""The limit on the cache's file: about 70,000 entries."""
MOST_ROWS = 500_000
VARIABLE = "VIDCHECK_CACHE_DIR"
"""The environment variable that names the cache's folder."""
WAIT = 5.0
"""Seconds to wait while another process writes."""

_VERSION = 1
"""The version of the tables.

It is part of the file's name, so that different versions of vidcheck don't share a file.
"""
_COLUMNS = (
    "file TEXT NOT NULL, asked TEXT NOT NULL, state TEXT NOT NULL, tools TEXT NOT NULL, used INTEGER NOT NULL, "
    "sum INTEGER NOT NULL, words BLOB NOT NULL, UNIQUE (file, asked)"
)
_SCHEMA = Schema(
    application=0x76696463,  # "vidc"
    version=0,  # see _VERSION
    tables=(f"CREATE TABLE told ({_COLUMNS})", "CREATE INDEX told_used ON told (used)"),
    irreplaceable=False,
)
_BATCH = 500  # rows in one write and files in one query: SQLite's old limit is 999 parameters
_DAY = 86_400  # seconds
_ROOM = 0.8  # the share of a full cache that is kept when the oldest rows are deleted


class CacheRow(NamedTuple):
    """The results of witnesses that were asked together, for one file."""

    file: str
    """Device and inode."""
    asked: str
    """The witnesses that were asked, and for what."""
    state: str
    """Size and times, which identify the file's content."""
    tools: str
    """The versions of everything that the results depend on."""
    words: bytes
    """Facts and faults, encoded."""

    @property
    def sum(self) -> int:
        """A checksum that detects a row damaged on disk."""
        return crc32(self.words, crc32("\0".join(self[:4]).encode()))


class Count(NamedTuple):
    """The fill of the cache."""

    files: int
    bytes: int


class CacheError(Exception):
    """The cache can't be used; `words` say why."""

    def __init__(self, words: Readable) -> None:
        super().__init__(words.render("en"))
        self.words = words


def path() -> Path:
    """The path of the cache's file: in VIDCHECK_CACHE_DIR, else in the user's cache folder."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        import platformdirs

        folder = platformdirs.user_cache_dir("vidcheck", appauthor=False)
    return Path(folder) / f"facts-{_VERSION}.sqlite"


class Cache:
    """The cache for a run: rows are read and written in batches, and no method raises."""

    def __init__(self, where: Path | None = None, *, most_bytes: int = MOST_BYTES, most_rows: int = MOST_ROWS) -> None:
        self.trouble: Readable | None = None
        """Why the cache is no longer used; None while it works."""
        self.where = where or path()
        self._most = Count(most_rows, most_bytes)
        self._open: sqlite3.Connection | None = None
        self.at_once = False
        """Whether each row is written at once, because it took long to come by."""
        self._new: list[CacheRow] = []
        self._touched: list[int] = []

    def rows(self, files: Sequence[str]) -> dict[tuple[str, str], CacheRow]:
        """All rows of these files, by file and by the witnesses that were asked."""
        found: dict[tuple[str, str], CacheRow] = {}
        with self._guarded():
            if self.trouble is not None or (self._open is None and not self.where.exists()):
                return found
            base, now = self._connected(), int(time())
            for start in range(0, len(files), _BATCH):
                part = files[start : start + _BATCH]
                holes = ",".join("?" * len(part))
                ask = f"SELECT rowid, used, sum, file, asked, state, tools, words FROM told WHERE file IN ({holes})"  # noqa: S608 - holes alone
                for rowid, used, total, *fields in base.execute(ask, part):
                    row = CacheRow(*fields)
                    if not isinstance(used, int) or not _is_whole(row, total):
                        raise DatabaseError(Problem.DAMAGED)
                    found[row.file, row.asked] = row
                    if used < now - _DAY:
                        self._touched.append(rowid)
        return found

    def keep(self, row: CacheRow) -> None:
        """Stores a row; it is written together with others."""
        if self.trouble is None:
            self._new.append(row)
            if self.at_once or len(self._new) >= _BATCH:
                self._write()

    def damaged(self) -> None:
        """Records that a row could not be understood."""
        self.trouble = self.trouble or say(_MESSAGES[Problem.DAMAGED])

    def close(self) -> None:
        """Writes what is left, and closes the file. May be called again."""
        if self.trouble is None and (self._new or self._touched):
            self._write()
        base, self._open = self._open, None
        if base is not None:
            with self._guarded():
                base.close()

    def _write(self) -> None:
        """Writes all or nothing: after an interruption (Ctrl-C) `close` writes what is left."""
        with self._guarded():
            base, now = self._connected(), int(time())
            with transaction(base):
                base.executemany("UPDATE told SET used = ? WHERE rowid = ?", ((now, rowid) for rowid in self._touched))
                base.executemany(
                    "INSERT OR REPLACE INTO told (file, asked, state, tools, words, used, sum) VALUES (?,?,?,?,?,?,?)",
                    ((*row, now, row.sum) for row in self._new),
                )
                _trim(base, self._most)
            self._new, self._touched = [], []

    def _connected(self) -> sqlite3.Connection:
        if self._open is None:
            self._open = _connect(self.where)
        return self._open

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """A context that stops using the cache on an error."""
        try:
            with translated_errors():
                yield
        except DatabaseError as error:
            self.trouble = self.trouble or _message(error)
            self._new, self._touched = [], []
            base, self._open = self._open, None
            if base is not None:
                with suppress(DatabaseError), translated_errors():
                    base.close()


def count(where: Path) -> Count:
    """The number of cached files, and the size of the cache's file. Raises CacheError."""
    with _worded_errors(), _opened(where) as base:
        return _count(base, where) if base is not None else Count(0, 0)


def clear(where: Path) -> Count:
    """Deletes all rows, and returns how much that was; a damaged cache's file is deleted. Raises CacheError."""
    with _worded_errors():
        try:
            with _opened(where) as base:
                if base is None:
                    return Count(0, 0)
                before = _count(base, where)
                base.execute("DELETE FROM told")
                base.execute("VACUUM")
                return before
        except DatabaseError as error:
            if error.problem not in {Problem.DAMAGED, Problem.NO_DATABASE}:
                raise
            size = _size(where)
            with translated_errors():
                for each in _files(where):
                    each.unlink(missing_ok=True)
            return Count(0, size)


def prune(where: Path, *, most_bytes: int = MOST_BYTES, most_rows: int = MOST_ROWS, older: int | None = None) -> Count:
    """Deletes rows last used more than `older` seconds ago, and the oldest beyond the limits. Raises CacheError.

    Returns how many files and bytes that were.
    """
    with _worded_errors(), _opened(where) as base:
        if base is None:
            return Count(0, 0)
        before = _count(base, where)
        with transaction(base):
            if older is not None:
                base.execute("DELETE FROM told WHERE used < ?", (int(time()) - older,))
            _trim(base, Count(most_rows, most_bytes))
        base.execute("VACUUM")
        after = _count(base, where)
        return Count(before.files - after.files, max(0, before.bytes - after.bytes))


def _connect(where: Path) -> sqlite3.Connection:
    """Opens the file, and creates it if there is none. Raises DatabaseError, OSError, sqlite3.Error."""
    where.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    base = connect(where, _SCHEMA, write=True, timeout=WAIT)
    # sqlite.org/wal.html: all users of a write-ahead log share memory, so they must be on one machine
    journal = "DELETE" if is_shared(where.parent) else "WAL"
    try:
        with suppress(DatabaseError), translated_errors():  # it stays as it is while others use it for the first time
            base.execute(f"PRAGMA journal_mode = {journal}")
        base.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        base.close()
        raise
    return base


@contextmanager
def _opened(where: Path) -> Iterator[sqlite3.Connection | None]:
    """The cache's file; None if there is none. Raises DatabaseError."""
    with translated_errors():
        if not where.exists():
            yield None
            return
        base = _connect(where)
        try:
            yield base
        finally:
            base.close()


def _is_whole(row: CacheRow, total: object) -> bool:
    try:
        return row.sum == total
    except (TypeError, ValueError):  # columns of other types, or a text that isn't UTF-8
        return False


def _count(base: sqlite3.Connection, where: Path) -> Count:
    return Count(base.execute("SELECT count(DISTINCT file) FROM told").fetchone()[0], _size(where))


def _files(where: Path) -> list[Path]:
    return [where, *(where.with_name(where.name + ending) for ending in ("-wal", "-shm", "-journal"))]


def _size(where: Path) -> int:
    return sum(each.stat().st_size for each in _files(where) if each.exists())


def _trim(base: sqlite3.Connection, most: Count) -> None:
    """Deletes the least recently used rows if there are too many. The caller has begun a transaction."""
    rows = base.execute("SELECT count(*) FROM told").fetchone()[0]
    size, every, free = (
        base.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "page_count", "freelist_count")
    )
    kept = min(1.0, most.files / max(1, rows), most.bytes / max(1, size * (every - free)))
    if kept < 1.0:
        gone = rows - int(rows * kept * _ROOM)
        base.execute("DELETE FROM told WHERE rowid IN (SELECT rowid FROM told ORDER BY used, rowid LIMIT ?)", (gone,))


@contextmanager
def _worded_errors() -> Iterator[None]:
    """Turns DatabaseError into CacheError."""
    try:
        yield
    except DatabaseError as error:
        raise CacheError(_message(error)) from None


def _message(error: DatabaseError) -> Readable:
    """The message for people."""
    known = _MESSAGES.get(error.problem)
    return say(known) if known else Plain(error.detail)


_MESSAGES = {
    Problem.NO_SQLITE: marked("this Python has no SQLite"),
    Problem.NOT_REGULAR: marked("it is no regular file"),
    Problem.NO_DATABASE: marked("it is damaged"),
    Problem.FOREIGN: marked("it is another program's file"),
    Problem.VERSION: marked("it is another program's file"),
    Problem.DAMAGED: marked("it is damaged"),
    Problem.LOCKED: marked("another program has locked it"),
    Problem.READ_ONLY: marked("it may not be written"),
    Problem.NO_ACCESS: marked("it may not be written"),
    Problem.FULL: marked("the disk is full"),
}


_FUSE = "fuse."
_SHARED = frozenset({
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "lustre", "gpfs", "beegfs", "pvfs2", "gfs2", "ocfs2", "coda",
    "9p", "virtiofs", "vboxsf", "fuse",
})  # fmt: skip
"""File systems that several machines may have mounted at once; so may what Linux names `fuse.…`."""


def devices(mounts: Sequence[str], kinds: Collection[str]) -> set[int]:
    """The device numbers of file systems of these kinds, and of `fuse.…`, by the lines of proc(5)'s mountinfo."""
    found = set()
    for line in mounts:
        before, _, after = line.partition(" - ")
        kind = after.split(" ")[0]
        if kind in kinds or kind.startswith(_FUSE):
            major, _, minor = before.split(" ")[2].partition(":")
            found.add(os.makedev(int(major), int(minor)))
    return found


@cache
def mounted() -> tuple[str, ...]:
    """The lines of mountinfo. Only Linux has it: elsewhere nothing is known of file systems."""
    if not sys.platform.startswith("linux"):
        return ()
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ()
    return tuple(lines)


def is_shared(folder: Path) -> bool:
    """Whether other machines may have the folder mounted too. Raises OSError if it is not there."""
    return folder.stat().st_dev in devices(mounted(), _SHARED)
