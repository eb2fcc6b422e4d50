"""Names of letters, and the index that says who gets which."""

from __future__ import annotations

import csv
import io
import unicodedata
from hashlib import sha256
from typing import TYPE_CHECKING

from vidcheck.reports.csv import BOM, cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vidcheck.reports.letters.reading import Rejected
    from vidcheck.reports.letters.writing import Letter

INDEX = "letters.csv"
_LONGEST = 80
"""Bytes of what is taken from the entry's name: with the rest well under the 143 that encrypted file systems leave."""
_SHORT = 8
_FILLERS = frozenset("\u115f\u1160")
"""Letters that can't be seen (Hangul fillers)."""


def names(entries: Iterable[Rejected]) -> list[str]:
    """The names of letters, without extension: the entry's own name as far as it is harmless, then its path's digest.

    An entry's letter bears the same name in every run, whatever the other entries are.
    """
    taken: set[str] = set()
    made = []
    for entry in entries:
        stem, digest = _stem(entry.name), sha256(entry.identity.encode("utf-8", "surrogatepass")).hexdigest()
        # file systems that fold case or normalise would take two names for one
        length = _SHORT if f"{stem}-{digest[:_SHORT]}".casefold() not in taken else len(digest)
        name = f"{stem}-{digest[:length]}"
        taken.add(name.casefold())
        made.append(name)
    return made


def index(letters: Sequence[Letter]) -> bytes:
    """A row a letter, for a mail merge: UTF-8 with a byte order mark, no cell a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("path", "verdict", "subject", "text", "html"))
    writer.writerows(
        [cell(letter.path), "ineligible", cell(letter.subject), f"{letter.name}.txt", f"{letter.name}.html"]
        for letter in letters
    )
    return (BOM + text.getvalue()).encode()


def _stem(name: str) -> str:
    """Letters and figures of the entry's name, everything else one hyphen; never empty, hidden or long."""
    plain = unicodedata.normalize("NFKC", name.rpartition(".")[0] or name)
    kept = "".join(_char(char) for char in plain)
    words = "-".join(part for part in kept.split("-") if part)
    return words.encode()[:_LONGEST].decode("utf-8", "ignore").rstrip("-") or "entry"


def _char(char: str) -> str:
    category = unicodedata.category(char)
    if char == "_" or (category[0] in "LN" and char not in _FILLERS):
        return char
    return "" if category[0] == "M" else "-"
