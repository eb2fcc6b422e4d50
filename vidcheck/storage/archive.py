"""The archive of earlier editions: their entries, in a SQLite file that the organizer keeps from year to year.

It isn't a cache: a rejection may depend on it, so every problem with it is an error.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Self

from vidcheck import doubles
from vidcheck.facts import Fact, Picture, State, visible
from vidcheck.quantities import Fingerprint
from vidcheck.quantities.contact import without_contacts
from vidcheck.rules.comparison import archived, normal
from vidcheck.storage.sqlite import DatabaseError, Problem, Schema, connect, transaction, translated_errors
from vidcheck.texts import Plain, marked, say
from vidcheck.vocabulary import CONTENT_FINGERPRINT, KEYS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from vidcheck.doubles import Likeness
    from vidcheck.texts import Readable

VARIABLE = "VIDCHECK_ARCHIVE"
"""The environment variable with the archive's path."""
WAIT = 10.0
"""Seconds to wait while another program writes to it."""
_FEW = 500  # rows in one query
_VERSION = 1
_OF_FILMS = (
    """
    CREATE TABLE IF NOT EXISTS fingerprints (
      entry INTEGER PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
      value TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS pictures (
      entry INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
      at INTEGER NOT NULL,
      jpeg BLOB NOT NULL,
      PRIMARY KEY (entry, at)
    ) WITHOUT ROWID
    """,
    # without a reference: what is removed is looked for once, not once for each entry
    "CREATE TABLE IF NOT EXISTS fingerprint_keys (key INTEGER NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (key, entry)) WITHOUT ROWID",
)
"""What is kept of films that were looked at. An archive of before gets these tables when something is added to it."""
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
        *_OF_FILMS,
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
    film: Fact | None = None
    """Its fingerprint, with pictures, if it was looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """An entry whose film is the same as another one, by their fingerprints."""

    edition: str
    name: str
    likeness: Likeness
    """In what the asking film is like it."""
    facts: tuple[Fact, ...]
    """Its fingerprint with the pictures that are kept of it."""


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

    def resembling(self, value: Fingerprint) -> list[Alike]:
        """The entries whose films are the same by their fingerprints, the likest first."""
        keys = ",".join(map(str, sorted(doubles.searched_by(value))))
        found: list[Alike] = []
        with self._worded_errors():
            if not self._has_films():
                return []
            rows = self._db.execute(
                f"SELECT f.entry, e.edition, e.name, f.value FROM (SELECT entry, count(*) AS shared FROM fingerprint_keys"  # noqa: S608 - whole numbers
                f" WHERE key IN ({keys}) GROUP BY entry HAVING shared >= {doubles.LEAST_KEYS}"
                f" ORDER BY shared DESC, entry LIMIT {doubles.CANDIDATES}) k"
                " JOIN fingerprints f ON f.entry = k.entry JOIN entries e ON e.id = f.entry"
            )
            for entry, edition, name, text in rows.fetchall():
                its = Fingerprint(text)
                try:
                    likeness = doubles.likeness(value, its)
                except ValueError as error:
                    raise DatabaseError(Problem.DAMAGED, str(error)) from None
                if likeness is not None:
                    fact = self._film(entry, its)
                    found.append(
                        Alike(edition=visible(str(edition)), name=visible(str(name)), likeness=likeness, facts=(fact,))
                    )
        return sorted(found, key=lambda one: (-one.likeness.share, one.edition, one.name))

    def _has_films(self) -> bool:
        """Whether this archive has the tables of films."""
        asked = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'fingerprint_keys'"
        return bool(self._db.execute(asked).fetchone()[0])

    def _film(self, entry: int, value: Fingerprint) -> Fact:
        rows = self._db.execute("SELECT at, jpeg FROM pictures WHERE entry = ? ORDER BY at", (entry,))
        pictures = tuple([Picture(at=Fraction(at, 1000), data=bytes(jpeg)) for at, jpeg in rows])
        return Fact(key=CONTENT_FINGERPRINT.name, witness="content", value=value, pictures=pictures)

    def _add_film(self, entry: int, film: Fact) -> None:
        value = film.value
        self._db.execute("INSERT INTO fingerprints (entry, value) VALUES (?, ?)", (entry, value.packed))
        self._db.executemany(
            "INSERT INTO fingerprint_keys (key, entry) VALUES (?, ?)",
            [(key, entry) for key in sorted(doubles.found_by(value))],
        )
        self._db.executemany(
            "INSERT OR IGNORE INTO pictures (entry, at, jpeg) VALUES (?, ?, ?)",
            [(entry, round(picture.at * 1000), picture.data) for picture in film.pictures],
        )

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
            for statement in _OF_FILMS:
                self._db.execute(statement)
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
                if past.film is not None and entry is not None and past.film.key not in marks:
                    self._add_film(entry, past.film)
        self._sizes = None
        return new, known

    def named(self, edition: str, name: str) -> list[str]:
        """The names of an edition's entries that a name means: its own, else those of which it is the file's name."""
        with self._worded_errors():
            asked = "SELECT DISTINCT name FROM entries WHERE edition = ? ORDER BY name"
            every = [str(row[0]) for row in self._db.execute(asked, (edition,))]
        wanted = visible(name)
        return [wanted] if wanted in every else [one for one in every if one.endswith(f"/{wanted}")]

    def remove(self, edition: str, names: Sequence[str] | None = None) -> int:
        """Removes an edition, or only its entries of these names. Returns how many entries."""
        with self._worded_errors(), transaction(self._db):
            if names is None:
                count = self._db.execute("DELETE FROM entries WHERE edition = ?", (edition,)).rowcount
            else:
                asked = "DELETE FROM entries WHERE edition = ? AND name = ?"
                count = sum(self._db.execute(asked, (edition, name)).rowcount for name in names)
            if self._has_films():
                self._db.execute("DELETE FROM fingerprint_keys WHERE entry NOT IN (SELECT id FROM entries)")
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
            same = {kind: value for kind, value in marks.items() if kind != CONTENT_FINGERPRINT.name}
            if all(wanted.get(kind, value) == value for kind, value in same.items()):
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
