"""Looking after the cache: how full it is, clearing it, pruning it."""

from __future__ import annotations

from contextlib import contextmanager
from time import time
from typing import TYPE_CHECKING

from vidcheck.storage.cache_file import (
    MOST_BYTES,
    MOST_ROWS,
    Count,
    DamagedError,
    NoCacheError,
    connect,
    damaged,
    errors,
    trim,
    why,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path


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
        trim(base, Count(most_rows, most_bytes))
        base.execute("COMMIT")
        base.execute("VACUUM")
        after = _count(base, where)
        return Count(before.files - after.files, max(0, before.bytes - after.bytes))


def _count(base: sqlite3.Connection, where: Path) -> Count:
    return Count(base.execute("SELECT count(DISTINCT file) FROM told").fetchone()[0], _size(where))


def _files(where: Path) -> list[Path]:
    return [where, *(where.with_name(where.name + ending) for ending in ("-wal", "-shm", "-journal"))]


def _size(where: Path) -> int:
    return sum(each.stat().st_size for each in _files(where) if each.exists())


@contextmanager
def _told(where: Path) -> Iterator[sqlite3.Connection | None]:
    """The cache for those who look after it; None where there is none. Raises NoCacheError."""
    with _told_why():
        if not where.exists():
            yield None
            return
        base = connect(where)
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
    except errors() as error:
        raise (DamagedError if damaged(error) else NoCacheError)(why(error)) from None
