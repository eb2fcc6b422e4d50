"""The cache: what witnesses said of files, in one SQLite file that several runs may use at once.

Whatever is the matter with that file (it is damaged, another program's, locked, may not be written, the disk is full),
nothing here raises: the cache is put aside, `trouble` says why, and the run goes on without it.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from time import time
from typing import TYPE_CHECKING

from vidcheck.storage.cache_file import (
    MOST_BYTES,
    MOST_ROWS,
    Count,
    NoCacheError,
    Row,
    connect,
    errors,
    path,
    trim,
    why,
)
from vidcheck.texts import say

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from vidcheck.texts import Readable

_BATCH = 500  # rows that are written together, and files that are asked for together: SQLite's old limit is 999 holes
_DAY = 86_400  # seconds


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
        """Writes all or nothing: what an interruption (Ctrl-C) comes upon stays to be written by `close`."""
        with self._guarded():
            base, now = self._connected(), int(time())
            try:
                base.execute("BEGIN IMMEDIATE")
                base.executemany("UPDATE told SET used = ? WHERE rowid = ?", ((now, rowid) for rowid in self._touched))
                base.executemany(
                    "INSERT OR REPLACE INTO told (file, asked, state, tools, words, used, sum) VALUES (?,?,?,?,?,?,?)",
                    ((*row, now, row.sum) for row in self._new),
                )
                trim(base, self._most)
                base.execute("COMMIT")
            except BaseException:
                if base.in_transaction:
                    base.execute("ROLLBACK")
                raise
            self._new, self._touched = [], []

    def _connected(self) -> sqlite3.Connection:
        if self._open is None:
            self._open = connect(self.where)
        return self._open

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """What goes wrong inside puts the cache aside, once."""
        try:
            yield
        except errors() as error:
            self.trouble = self.trouble or why(error)
            self._new, self._touched = [], []
            if self._open is not None:
                with suppress(*errors()):
                    self._open.close()
                self._open = None
