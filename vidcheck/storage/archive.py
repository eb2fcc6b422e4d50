"""The archive of earlier editions: their entries, in a SQLite file that the organizer keeps from year to year.

It isn't a cache: a rejection may depend on it, so every problem with it is an error.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from vidcheck.facts import State, visible
from vidcheck.quantities.contact import without_contacts
from vidcheck.rules.comparison import archived, normal
from vidcheck.storage.sqlite import DatabaseError, Problem, Schema, connect, transaction, translated_errors
from vidcheck.texts import Plain, marked, say
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from vidcheck.facts import Fact
    from vidcheck.texts import Readable

VARIABLE = "VIDCHECK_ARCHIVE"
"""The environment variable with the archive's path."""
WAIT = 10.0
"""Seconds to wait while another program writes to it."""
_FEW = 500  # rows in one query
_VERSION = 1
_SCHEMA = Schema(
    application=0x76696443,  # "vidC"
    version=_VERSION,
    tables=(
        """
        CREATE TABLE entries (
          id INTEGER PRIMARY KEY,
          edition TEXT NOT NULL,
          name TEXT NOT NULL,
          size INTEGER,
          added TEXT NOT NULL
        )
        """,
        "CREATE INDEX entries_by_edition ON entries (edition, name)",
        "CREATE INDEX entries_by_size ON entries (size)",
        """
        CREATE TABLE marks (
          entry INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
          kind TEXT NOT NULL,
          value TEXT NOT NULL,
          shown TEXT NOT NULL,
          PRIMARY KEY (entry, kind)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX marks_by_value ON marks (kind, value)",
    ),
    irreplaceable=True,
)


class ArchiveError(Exception):
    """The archive can't be used. `words` says why."""

    def __init__(self, words: Readable) -> None:
        self.words = words
        super().__init__(words.render("en"))

    def __reduce__(self) -> tuple[type[ArchiveError], tuple[Readable]]:
        return ArchiveError, (self.words,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A value by which an entry can be recognized."""

    kind: str
    """A key of `comparing.ARCHIVED`; a kind of fingerprint one day."""
    value: str
    """The value in the form that is compared."""
    shown: str
    """The value as in the entry or its declaration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An entry in the archive."""

    name: str
    """Its path as it was given."""
    size: int | None
    marks: tuple[Mark, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition in the archive."""

    name: str
    entries: int
    kinds: Mapping[str, int]
    """How many of them have each kind of mark."""
    last: str
    """When the last of them was added (ISO 8601)."""


def marks_of(facts: Iterable[Fact]) -> tuple[Mark, ...]:
    """The marks of an entry; a key on which witnesses differ gives none."""
    found: dict[str, dict[str, str]] = {}
    for fact in facts:
        if fact.key in archived() and fact.state is State.KNOWN:
            kind = KEYS[fact.key].kind
            found.setdefault(fact.key, {}).setdefault(normal(KEYS[fact.key], fact.value), kind.write(fact.value))
    return tuple(
        Mark(kind=name, value=_utf8(value), shown=_utf8(visible(without_contacts(shown, "***"))))
        for name, values in sorted(found.items())
        if len(values) == 1
        for value, shown in values.items()
        if value
    )


def _utf8(text: str) -> str:
    """A text that SQLite accepts: lone surrogates, which a JSON manifest may contain, become escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def usual_path() -> Path:
    """The default path of the archive: `VIDCHECK_ARCHIVE`, else the user's data folder."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    import platformdirs

    return platformdirs.user_data_path("vidcheck", appauthor=False) / "archive.sqlite"


class Archive:
    """An open archive. Every problem raises ArchiveError."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._db = connection
        self._sizes: frozenset[int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def sizes(self) -> frozenset[int]:
        """The sizes of its entries in bytes."""
        if self._sizes is None:
            with self._worded_errors():
                rows = self._db.execute("SELECT DISTINCT size FROM entries WHERE size IS NOT NULL")
                self._sizes = frozenset(size for (size,) in rows)
        return self._sizes

    def find(self, kinds: Sequence[str], values: Sequence[str]) -> list[tuple[str, str]]:
        """Edition and name of each entry that has all of these marks, sorted."""
        joins = " ".join(
            f"JOIN marks m{at} ON m{at}.entry = e.id AND m{at}.kind = ? AND m{at}.value = ?" for at in range(len(kinds))
        )
        asked = [_utf8(text) for pair in zip(kinds, values, strict=True) for text in pair]
        with self._worded_errors():
            rows = self._db.execute(
                f"SELECT e.edition, e.name FROM entries e {joins} ORDER BY e.edition, e.name LIMIT {_FEW}",  # noqa: S608 - figures of ours
                asked,
            )
            return [(visible(str(edition)), visible(str(name))) for edition, name in rows]

    def editions(self) -> list[Edition]:
        """The editions in the archive."""
        with self._worded_errors():
            rows = list(
                self._db.execute("SELECT edition, count(*), max(added) FROM entries GROUP BY edition ORDER BY edition")
            )
            kinds: dict[str, dict[str, int]] = {}
            counted = "SELECT e.edition, m.kind, count(*) FROM entries e JOIN marks m ON m.entry = e.id GROUP BY 1, 2 ORDER BY 1, 2"
            for edition, kind, count in self._db.execute(counted):
                kinds.setdefault(edition, {})[kind] = count
        return [Edition(name=name, entries=count, kinds=kinds.get(name, {}), last=last) for name, count, last in rows]

    def add(self, edition: str, entries: Iterable[Past]) -> tuple[int, int]:
        """Adds all of the entries or none. Returns how many are new, and how many were there already.

        An existing entry only gains marks: a report may give its title, and its file the checksum.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        new = known = 0
        with self._worded_errors(), transaction(self._db):
            for past in entries:
                entry, marks = self._there(edition, past)
                known += entry is not None
                if entry is None:
                    row = (edition, visible(past.name), past.size, now)
                    added = self._db.execute(
                        "INSERT INTO entries (edition, name, size, added) VALUES (?, ?, ?, ?)", row
                    )
                    entry = added.lastrowid
                    new += 1
                self._db.executemany(
                    "INSERT INTO marks (entry, kind, value, shown) VALUES (?, ?, ?, ?)",
                    [(entry, mark.kind, mark.value, mark.shown) for mark in past.marks if mark.kind not in marks],
                )
        self._sizes = None
        return new, known

    def remove(self, edition: str) -> int:
        """Removes an edition. Returns its number of entries."""
        with self._worded_errors(), transaction(self._db):
            count = self._db.execute("DELETE FROM entries WHERE edition = ?", (edition,)).rowcount
        self._sizes = None
        return count

    def description(self) -> str:
        """Its editions with their counts, and a digest of its content, for reports."""
        from hashlib import sha256

        digest = sha256()
        with self._worded_errors():
            rows = self._db.execute(
                "SELECT e.edition, e.name, e.size, m.kind, m.value FROM entries e LEFT JOIN marks m ON m.entry = e.id"
                " ORDER BY 1, 2, 3, 4, 5"
            )
            for row in rows:
                digest.update(f"{row!r}\n".encode("utf-8", "backslashreplace"))
        counts = ", ".join(f"{edition.name} ({edition.entries})" for edition in self.editions())
        return f"{counts or '-'}; sha256:{digest.hexdigest()}"

    def _there(self, edition: str, past: Past) -> tuple[int | None, dict[str, str]]:
        """The id and marks of the same entry added before: one of that name and size without a different mark."""
        wanted = {mark.kind: mark.value for mark in past.marks}
        asked = "SELECT id FROM entries WHERE edition = ? AND name = ? AND size IS ?"
        for (entry,) in list(self._db.execute(asked, (edition, visible(past.name), past.size))):
            marks = dict(self._db.execute("SELECT kind, value FROM marks WHERE entry = ?", (entry,)))
            if all(wanted.get(kind, value) == value for kind, value in marks.items()):
                return int(entry), marks
        return None, {}

    def _worded_errors(self) -> AbstractContextManager[None]:
        return _worded_errors(self.path)


def open_to_read(path: Path) -> Archive:
    """Opens an archive for reading. Raises ArchiveError, also if there is none."""
    with _worded_errors(path):
        return Archive(path, connect(path, _SCHEMA, write=False, timeout=WAIT))


def open_to_write(path: Path) -> Archive:
    """Opens an archive for writing, and creates it if there is none. Raises ArchiveError."""
    with _worded_errors(path):
        if not os.path.lexists(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        elif not path.exists():  # a link to a missing disk: a new archive would hide the old one
            raise DatabaseError(Problem.MISSING)
        return Archive(path, connect(path, _SCHEMA, write=True, timeout=WAIT))


@contextmanager
def _worded_errors(path: Path) -> Iterator[None]:
    """Turns errors of the file into ArchiveError."""
    try:
        with translated_errors():
            yield
    except DatabaseError as error:
        raise ArchiveError(_message(path, error)) from None


def _message(path: Path, error: DatabaseError) -> Readable:
    """The message for people."""
    if error.problem is Problem.MISSING:
        return say("there is no archive {path} yet: vidcheck archive add makes one", path=visible(str(path)))
    return say("the archive {path} can't be used: {why}", path=visible(str(path)), why=_reason(error))


def _reason(error: DatabaseError) -> Readable:
    if error.problem is Problem.VERSION:
        return say("it has version {found}; this vidcheck reads version {known}", found=error.detail, known=_VERSION)
    if error.problem is Problem.SYSTEM:
        return Plain(error.detail)
    known = _MESSAGES.get(error.problem)
    return say(known) if known else say("it is damaged: {what}", what=Plain(visible(error.detail)))


_MESSAGES = {
    Problem.NO_SQLITE: marked("this Python has no SQLite"),
    Problem.BAD_NAME: marked("no file can be called so"),
    Problem.NOT_REGULAR: marked("it is no file"),
    Problem.EMPTY: marked("it is empty"),
    Problem.NO_DATABASE: marked("it is no database"),
    Problem.FOREIGN: marked("it is a database, but no archive of vidcheck"),
    Problem.LOCKED: marked("another program is writing to it"),
    Problem.READ_ONLY: marked("it can be read, but not written"),
    Problem.FULL: marked("there is no room left"),
}
