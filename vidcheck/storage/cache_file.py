"""The cache's file: where it lies, how it is opened and made, what a row is, and what can be the matter with it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from vidcheck.storage.mounts import shared
from vidcheck.texts import Plain, marked, say

if TYPE_CHECKING:
    import sqlite3

    from vidcheck.texts import Readable

MOST_BYTES = 512 * 2**20
"""Of the cache's file: about 70,000 entries."""
MOST_ROWS = 500_000
LAYOUT = 1
"""Of the tables; another one is another file, so that versions of vidcheck that lie side by side don't meet."""
VARIABLE = "VIDCHECK_CACHE_DIR"
WAIT = 5.0
"""Seconds for another process to finish writing."""

_OURS = 0x76_69_64_63  # "vidc": SQLite's application_id, by which another program's file is known
_ROOM = 0.8  # what is left of a full cache after the oldest has gone
_COLUMNS = (
    "file TEXT NOT NULL, asked TEXT NOT NULL, state TEXT NOT NULL, tools TEXT NOT NULL, used INTEGER NOT NULL, "
    "sum INTEGER NOT NULL, words BLOB NOT NULL, UNIQUE (file, asked)"
)
_TABLES = (f"CREATE TABLE told ({_COLUMNS})", "CREATE INDEX told_used ON told (used)")


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


class DamagedError(NoCacheError):
    """The cache's file is no SQLite file, or not a whole one."""


def path() -> Path:
    """Where the cache's file lies: in VIDCHECK_CACHE_DIR, else in the user's cache folder."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        import platformdirs

        folder = platformdirs.user_cache_dir("vidcheck", appauthor=False)
    return Path(folder) / f"facts-{LAYOUT}.sqlite"


def connect(where: Path) -> sqlite3.Connection:
    """The open file, made where there is none. Raises sqlite3.Error, OSError, NoCacheError."""
    try:
        import sqlite3
    except ImportError:  # Python can be built without it
        raise NoCacheError(say("this Python has no SQLite")) from None
    where.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if where.exists() and not where.is_file():  # a pipe would be waited for
        raise NoCacheError(say("it is no regular file"))
    base = sqlite3.connect(where, timeout=WAIT, isolation_level=None)
    try:
        base.execute("PRAGMA trusted_schema = OFF")
        if base.execute("PRAGMA application_id").fetchone()[0] != _OURS:
            _make(base)
        # sqlite.org/wal.html: all who use a write-ahead log share memory, so they must be on one machine
        journal = "DELETE" if shared(where.parent) else "WAL"
        with suppress(sqlite3.OperationalError):  # while others use it for the first time it stays as it is
            base.execute(f"PRAGMA journal_mode = {journal}")
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


def trim(base: sqlite3.Connection, most: Count) -> None:
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


def errors() -> tuple[type[Exception], ...]:
    """What can go wrong with a file of SQLite's; its own errors once it was imported."""
    sqlite3 = sys.modules.get("sqlite3")
    return (OSError, ValueError, TypeError, NoCacheError, *([sqlite3.Error] if sqlite3 else []))


def damaged(error: Exception) -> bool:
    """Whether it is the file's content that is at fault."""
    name = getattr(error, "sqlite_errorname", "")
    return isinstance(error, (ValueError, TypeError)) or name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def why(error: Exception) -> Readable:
    """What is the matter, for people."""
    if isinstance(error, NoCacheError):
        return error.words
    if damaged(error):
        return say(_DAMAGED)
    name = getattr(error, "sqlite_errorname", "")
    for names, words in _TROUBLES.items():
        if name.startswith(names):
            return say(words)
    if isinstance(error, OSError):
        return Plain(error.strerror or type(error).__name__)
    return Plain(str(error) or type(error).__name__)


_DAMAGED = marked("it is damaged")
_TROUBLES = {
    ("SQLITE_BUSY", "SQLITE_LOCKED"): marked("another program has locked it"),
    ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"): marked("it may not be written"),
    ("SQLITE_FULL",): marked("the disk is full"),
}
