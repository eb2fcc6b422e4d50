"""The archive's file: a SQLite database of ours, whole and of a version that is known, or an error that says what it is."""

from __future__ import annotations

import os
import sqlite3  # 5 ms, so this module is imported only where an archive is asked
import stat
from typing import TYPE_CHECKING
from urllib.parse import quote

from vidcheck.facts import visible
from vidcheck.texts import Plain, Readable, say

if TYPE_CHECKING:
    from pathlib import Path

_APPLICATION = 0x76696443  # sqlite.org/pragma.html#pragma_application_id: whose file this is
_VERSION = 1
PATIENCE = 10.0
"""Seconds to wait while another program writes to it."""
_TABLES = """
CREATE TABLE entries (
  id INTEGER PRIMARY KEY,
  edition TEXT NOT NULL,
  name TEXT NOT NULL,
  size INTEGER,
  added TEXT NOT NULL
);
CREATE INDEX entries_by_edition ON entries (edition, name);
CREATE INDEX entries_by_size ON entries (size);
CREATE TABLE marks (
  entry INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  shown TEXT NOT NULL,
  PRIMARY KEY (entry, kind)
) WITHOUT ROWID;
CREATE INDEX marks_by_value ON marks (kind, value);
"""


class ArchiveError(Exception):
    """The archive can't be used. `words` says why, in a language."""

    def __init__(self, words: Readable) -> None:
        self.words = words
        super().__init__(words.render("en"))

    def __reduce__(self) -> tuple[type[ArchiveError], tuple[Readable]]:
        return ArchiveError, (self.words,)


def connect_to_read(path: Path) -> sqlite3.Connection:
    """The database there, which is not written to. Raises ArchiveError, also where there is none."""
    _regular(path)
    return _opened(path, "ro")


def connect_to_write(path: Path) -> sqlite3.Connection:
    """The database there, made where there is none yet. Raises ArchiveError."""
    new = not os.path.lexists(path)
    if new:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(_unused(path, Plain(error.strerror or str(error)))) from None
    else:
        _regular(path)
    return _opened(path, "rwc" if new else "rw")


def unusable(path: Path, error: sqlite3.Error) -> ArchiveError:
    """What the database's error means to people."""
    code = getattr(error, "sqlite_errorname", "")
    known: dict[str, Readable] = {
        "SQLITE_NOTADB": say("it is no database"),
        "SQLITE_READONLY": say("it can be read, but not written"),
        "SQLITE_BUSY": say("another program is writing to it"),
        "SQLITE_FULL": say("there is no room left"),
    }
    base = "_".join(code.split("_")[:2])
    why = known.get(base) or say("it is damaged: {what}", what=Plain(visible(str(error))))
    return ArchiveError(_unused(path, why))


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    place = quote(os.fsencode(path.absolute()))
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(f"file:{place}?mode={mode}", uri=True, timeout=PATIENCE)
        _check(path, connection, new=mode == "rwc")
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        raise unusable(path, error) from None
    except ArchiveError:
        if connection is not None:
            connection.close()
        raise
    return connection


def _check(path: Path, connection: sqlite3.Connection, *, new: bool) -> None:
    """That this is an archive of ours and is whole."""
    # sqlite.org/security.html: for files that others may have made
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    if new:
        connection.executescript(
            f"BEGIN; {_TABLES} PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION}; COMMIT;"
        )
        return
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != _APPLICATION:
        raise ArchiveError(_unused(path, say("it is a database, but no archive of vidcheck")))
    if version != _VERSION:
        why = say("it has version {found}; this vidcheck reads version {known}", found=version, known=_VERSION)
        raise ArchiveError(_unused(path, why))
    (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if sound != "ok":
        raise ArchiveError(_unused(path, say("it is damaged: {what}", what=Plain(visible(str(sound))))))


def _regular(path: Path) -> None:
    """Nothing but a file is opened: a pipe or a device could keep us waiting."""
    try:
        status = path.stat()
    except FileNotFoundError:
        words = say("there is no archive {path} yet: vidcheck archive add makes one", path=visible(str(path)))
        raise ArchiveError(words) from None
    except OSError as error:
        raise ArchiveError(_unused(path, Plain(error.strerror or str(error)))) from None
    except ValueError:
        raise ArchiveError(_unused(path, say("no file can be called so"))) from None
    if not stat.S_ISREG(status.st_mode):
        raise ArchiveError(_unused(path, say("it is no file")))
    if status.st_size == 0:
        raise ArchiveError(_unused(path, say("it is empty")))


def _unused(path: Path, why: Readable) -> Readable:
    return say("the archive {path} can't be used: {why}", path=visible(str(path)), why=why)
