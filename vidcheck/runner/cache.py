"""The cache: what witnesses said of files, in one SQLite file that several runs may use at once.

Whatever is the matter with that file (it is damaged, another program's, locked, may not be written, the disk is full),
nothing here raises: the cache is put aside, `trouble` says why, and the run goes on without it.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from vidcheck.texts import Plain, say

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from vidcheck.texts import Readable

MOST_BYTES = 512 * 2**20
"""Of the cache's file: about 70,000 entries."""
MOST_ROWS = 500_000
LAYOUT = 1
"""Of the tables; another one is another file, so that versions of vidcheck that lie side by side don't meet."""
VARIABLE = "VIDCHECK_CACHE_DIR"

_OURS = 0x76_69_64_63  # "vidc": SQLite's application_id, by which another program's file is known
_WAIT = 2.0  # seconds for another process to finish writing
_BATCH = 500  # rows that are written together, and files that are asked for together: SQLite's old limit is 999 holes
_DAY = 86_400
_ROOM = 0.8  # what is left of a full cache after the oldest has gone
_TABLES = (
    "CREATE TABLE told (file TEXT NOT NULL, asked TEXT NOT NULL, state TEXT NOT NULL, tools TEXT NOT NULL, "
    "used INTEGER NOT NULL, sum INTEGER NOT NULL, words BLOB NOT NULL, UNIQUE (file, asked))",
    "CREATE INDEX told_used ON told (used)",
)


class Row(NamedTuple):
    """What was told of one file by those who were asked together."""

    file: str
    """Device and inode."""
    asked: str
    """Who was asked, and for what."""
    state: str
    """Size and times: which content of the file was looked at."""
    tools: str
    """The versions of all that had a part in it."""
    words: bytes
    """Facts and faults, encoded."""

    @property
    def sum(self) -> int:
        """What shows a row that the disk did not keep as it was written."""
        return crc32(self.words, crc32("\0".join(self[:4]).encode()))


class Count(NamedTuple):
    """How full the cache is."""

    files: int
    bytes: int


class NoCacheError(Exception):
    """The cache can't be used; `words` say why."""

    def __init__(self, words: Readable) -> None:
        super().__init__(words.render("en"))
        self.words = words


def path() -> Path:
    """Where the cache's file lies: in VIDCHECK_CACHE_DIR, else in the user's cache folder."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        import platformdirs

        folder = platformdirs.user_cache_dir("vidcheck", appauthor=False)
    return Path(folder) / f"facts-{LAYOUT}.sqlite"


class Cache:
    """The cache as a run uses it: rows are asked for in batches, kept in batches, and nothing raises."""

    def __init__(self, where: Path | None = None, *, most_bytes: int = MOST_BYTES, most_rows: int = MOST_ROWS) -> None:
        self.trouble: Readable | None = None
        """Why the cache was put aside; None while all is well."""
        self.where = where or path()
        self._most = Count(most_rows, most_bytes)
        self._open: sqlite3.Connection | None = None
        self._new: list[Row] = []
        self._touched: list[int] = []

    def rows(self, files: Sequence[str]) -> dict[tuple[str, str], Row]:
        """All that is known of these files, by file and by who was asked."""
        found: dict[tuple[str, str], Row] = {}
        with self._guarded():
            if self.trouble is not None or (self._open is None and not self.where.exists()):
                return found
            base, now = self._connected(), int(time())
            for start in range(0, len(files), _BATCH):
                part = files[start : start + _BATCH]
                holes = ",".join("?" * len(part))
                ask = f"SELECT rowid, used, sum, file, asked, state, tools, words FROM told WHERE file IN ({holes})"  # noqa: S608 - holes alone
                for rowid, used, total, *fields in base.execute(ask, part):
                    row = Row(*fields)
                    if total != row.sum:
                        raise NoCacheError(say("it is damaged"))
                    found[row.file, row.asked] = row
                    if used < now - _DAY:
                        self._touched.append(rowid)
        return found

    def keep(self, row: Row) -> None:
        """Remembers a row; it is written with others."""
        if self.trouble is None:
            self._new.append(row)
            if len(self._new) >= _BATCH:
                self._write()

    def damaged(self) -> None:
        """A row could not be understood."""
        self.trouble = self.trouble or say("it is damaged")

    def close(self) -> None:
        """Writes what is left, and leaves the file to others. May be called again."""
        if self.trouble is None and (self._new or self._touched):
            self._write()
        base, self._open = self._open, None
        if base is not None:
            with self._guarded():
                base.close()

    def _write(self) -> None:
        new, self._new = self._new, []
        touched, self._touched = self._touched, []
        with self._guarded():
            base, now = self._connected(), int(time())
            base.execute("BEGIN IMMEDIATE")
            base.executemany("UPDATE told SET used = ? WHERE rowid = ?", ((now, rowid) for rowid in touched))
            base.executemany(
                "INSERT OR REPLACE INTO told (file, asked, state, tools, words, used, sum) VALUES (?,?,?,?,?,?,?)",
                ((*row, now, row.sum) for row in new),
            )
            _prune(base, self._most)
            base.execute("COMMIT")

    def _connected(self) -> sqlite3.Connection:
        if self._open is None:
            self._open = _connect(self.where)
        return self._open

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """What goes wrong inside puts the cache aside, once."""
        try:
            yield
        except _errors() as error:
            self.trouble = self.trouble or _why(error)
            self._new, self._touched = [], []
            if self._open is not None:
                with suppress(*_errors()):
                    self._open.close()
                self._open = None


def count(where: Path) -> Count:
    """How many files are known, and how large the cache's file is. Raises NoCacheError."""
    with _told(where) as base:
        return _count(base, where) if base is not None else Count(0, 0)


def clear(where: Path) -> Count:
    """Forgets everything, and says how much that was; a damaged cache goes as a whole. Raises NoCacheError."""
    try:
        with _told(where) as base:
            if base is None:
                return Count(0, 0)
            before = _count(base, where)
            base.execute("DELETE FROM told")
            base.execute("VACUUM")
            return before
    except DamagedError:
        size = _size(where)
        with _told_why():
            for each in _files(where):
                each.unlink(missing_ok=True)
        return Count(0, size)


def prune(where: Path, *, most_bytes: int = MOST_BYTES, most_rows: int = MOST_ROWS, older: int | None = None) -> Count:
    """Forgets what was last used more than `older` seconds ago, and the oldest beyond the bounds. Raises NoCacheError.

    Says how many files and bytes that were.
    """
    with _told(where) as base:
        if base is None:
            return Count(0, 0)
        before = _count(base, where)
        base.execute("BEGIN IMMEDIATE")
        if older is not None:
            base.execute("DELETE FROM told WHERE used < ?", (int(time()) - older,))
        _prune(base, Count(most_rows, most_bytes))
        base.execute("COMMIT")
        base.execute("VACUUM")
        after = _count(base, where)
        return Count(before.files - after.files, max(0, before.bytes - after.bytes))


class DamagedError(NoCacheError):
    """The cache's file is no SQLite file, or not a whole one."""


def _connect(where: Path) -> sqlite3.Connection:
    """The open file, made where there is none. Raises sqlite3.Error, OSError, NoCacheError."""
    try:
        import sqlite3
    except ImportError:  # Python can be built without it
        raise NoCacheError(say("this Python has no SQLite")) from None
    where.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if where.exists() and not where.is_file():  # a pipe would be waited for
        raise NoCacheError(say("it is no regular file"))
    base = sqlite3.connect(where, timeout=_WAIT, isolation_level=None)
    try:
        base.execute("PRAGMA trusted_schema = OFF")
        if base.execute("PRAGMA application_id").fetchone()[0] != _OURS:
            _make(base)
        with suppress(sqlite3.OperationalError):  # while others use it for the first time it stays as it is
            base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        base.close()
        raise
    return base


def _make(base: sqlite3.Connection) -> None:
    """The tables, unless another process has made them meanwhile. Raises NoCacheError for another program's file."""
    base.execute("BEGIN IMMEDIATE")
    if base.execute("PRAGMA application_id").fetchone()[0] != _OURS:
        if base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise NoCacheError(say("it is another program's file"))
        for statement in _TABLES:
            base.execute(statement)
        base.execute(f"PRAGMA application_id = {_OURS}")
    base.execute("COMMIT")


def _prune(base: sqlite3.Connection, most: Count) -> None:
    """Within a transaction: the longest unused rows go where there are too many."""
    rows = base.execute("SELECT count(*) FROM told").fetchone()[0]
    taken = _pages(base)
    kept = min(1.0, most.files / max(1, rows), most.bytes / max(1, taken))
    if kept < 1.0:
        gone = rows - int(rows * kept * _ROOM)
        base.execute("DELETE FROM told WHERE rowid IN (SELECT rowid FROM told ORDER BY used, rowid LIMIT ?)", (gone,))


def _pages(base: sqlite3.Connection) -> int:
    """Bytes of the pages that hold something."""
    size, every, free = (
        base.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "page_count", "freelist_count")
    )
    return int(size * (every - free))


def _count(base: sqlite3.Connection, where: Path) -> Count:
    return Count(base.execute("SELECT count(DISTINCT file) FROM told").fetchone()[0], _size(where))


def _files(where: Path) -> list[Path]:
    return [where, *(where.with_name(where.name + ending) for ending in ("-wal", "-shm"))]


def _size(where: Path) -> int:
    return sum(each.stat().st_size for each in _files(where) if each.exists())


@contextmanager
def _told(where: Path) -> Iterator[sqlite3.Connection | None]:
    """The cache for those who look after it; None where there is none. Raises NoCacheError."""
    with _told_why():
        if not where.exists():
            yield None
            return
        base = _connect(where)
        try:
            yield base
        finally:
            base.close()


@contextmanager
def _told_why() -> Iterator[None]:
    """Errors of the system and of SQLite as NoCacheError."""
    try:
        yield
    except NoCacheError:
        raise
    except _errors() as error:
        raise (DamagedError if _damaged(error) else NoCacheError)(_why(error)) from None


def _errors() -> tuple[type[Exception], ...]:
    """What can go wrong with a file of SQLite's; its own errors once it was imported."""
    sqlite3 = sys.modules.get("sqlite3")
    return (OSError, ValueError, TypeError, NoCacheError, *([sqlite3.Error] if sqlite3 else []))


def _damaged(error: Exception) -> bool:
    name = getattr(error, "sqlite_errorname", "")
    return isinstance(error, (ValueError, TypeError)) or name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def _why(error: Exception) -> Readable:
    if isinstance(error, NoCacheError):
        return error.words
    if _damaged(error):
        return say("it is damaged")
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return say("another program has locked it")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return say("it may not be written")
    if name.startswith("SQLITE_FULL"):
        return say("the disk is full")
    if isinstance(error, OSError):
        return Plain(error.strerror or type(error).__name__)
    return Plain(str(error) or type(error).__name__)
