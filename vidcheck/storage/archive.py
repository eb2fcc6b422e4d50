"""The archive of earlier editions: what was entered, in a SQLite file that the organizer keeps from year to year.

It is no cache: it is what a rejection may rest on, so whatever is wrong with it is an error, never passed over.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from vidcheck.facts import visible
from vidcheck.rules.comparing import archived, normal
from vidcheck.storage.archive_file import ArchiveError, connect_to_read, connect_to_write, unusable
from vidcheck.vocabulary import KEYS

__all__ = [
    "Archive",
    "ArchiveError",
    "Edition",
    "Mark",
    "Past",
    "marks_of",
    "open_to_read",
    "open_to_write",
    "usual_path",
]

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vidcheck.facts import Fact

VARIABLE = "VIDCHECK_ARCHIVE"
"""The environment variable that says where the archive is."""
_FEW = 500  # rows that are asked for at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One thing that an entry can be recognized by."""

    kind: str
    """A key of `comparing.ARCHIVED`; a kind of fingerprint one day."""
    value: str
    """As it is compared."""
    shown: str
    """As it stood in the entry or its declaration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An entry as the archive keeps it."""

    name: str
    """Its path as it was given."""
    size: int | None
    marks: tuple[Mark, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What the archive holds of one edition."""

    name: str
    entries: int
    kinds: Mapping[str, int]
    """How many of them bear each kind of mark."""
    last: str
    """When the last of them was added (ISO 8601)."""


def marks_of(facts: Iterable[Fact]) -> tuple[Mark, ...]:
    """What an entry can be recognized by; a key that witnesses tell differently marks nothing."""
    from vidcheck.facts import State

    told: dict[str, dict[str, str]] = {}
    for fact in facts:
        if fact.key in archived() and fact.state is State.KNOWN:
            kind = KEYS[fact.key].kind
            told.setdefault(fact.key, {}).setdefault(normal(KEYS[fact.key], fact.value), kind.write(fact.value))
    return tuple(
        Mark(kind=name, value=_utf8(value), shown=_utf8(visible(shown)))
        for name, values in sorted(told.items())
        if len(values) == 1
        for value, shown in values.items()
        if value
    )


def _utf8(text: str) -> str:
    """A text that SQLite takes: a lone surrogate, which a manifest in JSON may hold, as an escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def usual_path() -> Path:
    """Where the archive is unless a command says otherwise: `VIDCHECK_ARCHIVE`, else the user's data folder."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    import platformdirs

    return platformdirs.user_data_path("vidcheck", appauthor=False) / "archive.sqlite"


class Archive:
    """An open archive. Raises ArchiveError for whatever is wrong with it."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._db = connection
        self._sizes: frozenset[int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file."""
        self._db.close()

    def sizes(self) -> frozenset[int]:
        """The sizes of its entries in bytes."""
        if self._sizes is None:
            with self._asking():
                rows = self._db.execute("SELECT DISTINCT size FROM entries WHERE size IS NOT NULL")
                self._sizes = frozenset(size for (size,) in rows)
        return self._sizes

    def find(self, kinds: Sequence[str], values: Sequence[str]) -> list[tuple[str, str]]:
        """Edition and name of each entry that bears all of these marks, by edition and name."""
        joins = " ".join(
            f"JOIN marks m{at} ON m{at}.entry = e.id AND m{at}.kind = ? AND m{at}.value = ?" for at in range(len(kinds))
        )
        asked = [_utf8(text) for pair in zip(kinds, values, strict=True) for text in pair]
        with self._asking():
            rows = self._db.execute(
                f"SELECT e.edition, e.name FROM entries e {joins} ORDER BY e.edition, e.name LIMIT {_FEW}",  # noqa: S608 - figures of ours
                asked,
            )
            return [(visible(str(edition)), visible(str(name))) for edition, name in rows]

    def editions(self) -> list[Edition]:
        """What it holds, by edition."""
        with self._asking():
            rows = list(
                self._db.execute("SELECT edition, count(*), max(added) FROM entries GROUP BY edition ORDER BY edition")
            )
            kinds: dict[str, dict[str, int]] = {}
            counted = "SELECT e.edition, m.kind, count(*) FROM entries e JOIN marks m ON m.entry = e.id GROUP BY 1, 2 ORDER BY 1, 2"
            for edition, kind, count in self._db.execute(counted):
                kinds.setdefault(edition, {})[kind] = count
        return [Edition(name=name, entries=count, kinds=kinds.get(name, {}), last=last) for name, count, last in rows]

    def add(self, edition: str, entries: Iterable[Past]) -> tuple[int, int]:
        """Puts entries in, all of them or none: how many are new, and how many were there already.

        One that is there already under its name is only told more of: a report knew its title, its file has a checksum.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        new = known = 0
        with self._asking(), self._db:
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
        """Takes an edition out: how many entries that were."""
        with self._asking(), self._db:
            count = self._db.execute("DELETE FROM entries WHERE edition = ?", (edition,)).rowcount
        self._sizes = None
        return count

    def told(self) -> str:
        """Its editions with their counts and what it holds by its digest, for reports."""
        from hashlib import sha256

        digest = sha256()
        with self._asking():
            rows = self._db.execute(
                "SELECT e.edition, e.name, e.size, m.kind, m.value FROM entries e LEFT JOIN marks m ON m.entry = e.id"
                " ORDER BY 1, 2, 3, 4, 5"
            )
            for row in rows:
                digest.update(f"{row!r}\n".encode("utf-8", "backslashreplace"))
        counts = ", ".join(f"{edition.name} ({edition.entries})" for edition in self.editions())
        return f"{counts or '-'}; sha256:{digest.hexdigest()}"

    def _there(self, edition: str, past: Past) -> tuple[int | None, dict[str, str]]:
        """The same entry, put in before, and its marks: one of that name and size that no mark tells apart."""
        wanted = {mark.kind: mark.value for mark in past.marks}
        asked = "SELECT id FROM entries WHERE edition = ? AND name = ? AND size IS ?"
        for (entry,) in list(self._db.execute(asked, (edition, visible(past.name), past.size))):
            marks = dict(self._db.execute("SELECT kind, value FROM marks WHERE entry = ?", (entry,)))
            if all(wanted.get(kind, value) == value for kind, value in marks.items()):
                return int(entry), marks
        return None, {}

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise unusable(self.path, error) from None


def open_to_read(path: Path) -> Archive:
    """The archive there, which is not written to. Raises ArchiveError, also where there is none."""
    return Archive(path, connect_to_read(path))


def open_to_write(path: Path) -> Archive:
    """The archive there, made where there is none yet. Raises ArchiveError."""
    return Archive(path, connect_to_write(path))
