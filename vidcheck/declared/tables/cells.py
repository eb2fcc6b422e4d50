"""The raw content of a manifest: cells with their places, in sheets or records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from vidcheck.facts import visible
from vidcheck.lazy import late
from vidcheck.texts import Plain, Readable, join, say

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_BYTES = 32 * 2**20
"""The most bytes of a manifest."""
MOST_ROWS = 100_000
"""The most rows of entries."""
HEAD_ROWS = 30
"""The rows in which a sheet's heads are searched: there may be a title and a note above them."""
MOST_COLUMNS = 200
MOST_MERGED = 20_000
"""The most merged cells."""
MOST_CHARACTERS = 32_767
"""The most characters of one cell: Excel's own limit."""
_SHOWN = 60


class Cell(NamedTuple):
    """One cell. A tuple for speed: a table may have a hundred thousand."""

    text: str
    locator: str
    """`entries.xlsx: Sheet1!C7`, `entries.json: [3].title`."""
    numeric: bool = False
    """Whether a spreadsheet stores it as a number."""
    epoch: int = 1900
    """The year from which its workbook counts days."""
    trouble: Readable | None = None
    """Why its content can't be read."""

    @property
    def empty(self) -> bool:
        """Whether there is no content."""
        return self.trouble is None and not self.text.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A grid of cells."""

    name: str
    """The start of its locators: `entries.xlsx: Sheet1!`; a file without sheets has none: `entries.csv: `."""
    rows: tuple[tuple[int, dict[int, Cell]], ...]
    """The rows with content; row and column numbers count from 1."""
    merged: tuple[tuple[int, int, int], ...] = ()
    """Cells that span several rows: column, first row, last row."""
    hidden: bool = False
    part: str = ""
    """The part of its workbook."""
    separator: str = ""
    """The separator of a text file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row of declarations: labels with their cells."""

    locator: str
    """`entries.xlsx: Sheet1!7`."""
    line: int
    """The row or line, for editors and CI."""
    cells: tuple[tuple[str, Cell], ...]
    sheet: str = ""
    """The name of its sheet."""


class ManifestError(Exception):
    """A manifest can't be read. Holds all problems with their places, in the order found."""

    def __init__(self, *problems: Readable) -> None:
        super().__init__("\n".join(problem.render("en") for problem in problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type[ManifestError], tuple[Readable, ...]]:
        return type(self), self.problems

    def render(self, lang: str) -> str:
        """One line for each problem."""
        return "\n".join(problem.render(lang) for problem in self.problems)


def wrong(where: str, what: Readable) -> ManifestError:
    """The error of one place."""
    return ManifestError(join([Plain(where), what], ": "))


@lru_cache(MOST_COLUMNS)
def column_letter(number: int) -> str:
    """`A`, `B` … `Z`, `AA`: how spreadsheets name columns."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_CELL = late(r"(.*(?:!|: ))[A-Z]{1,3}(\d{1,7})", re.DOTALL)
_MEMBER = late(r"(.*: (?:entries)?\[\d+\])\..*|(.*:\d+): .*", re.DOTALL)


def row_of(locator: str) -> str:
    """The row of a cell's locator (in YAML the line); empty if it is no table's."""
    found = _CELL.fullmatch(locator)
    if found:
        return f"{found[1]}{found[2]}"
    member = _MEMBER.fullmatch(locator)
    return (member[1] or member[2]) if member else ""


def short(text: str) -> str:
    """Other people's text for use in a sentence: escaped, on one line, shortened."""
    return visible(text) if len(text) <= _SHOWN else f"{visible(text[:_SHOWN])}…"


def listed(names: Iterable[str]) -> str:
    """Names in a row."""
    return ", ".join(map(short, names))


def cell(text: str, locator: str, *, numeric: bool = False, epoch: int = 1900) -> Cell:
    """A cell with that text, or with `trouble` if it is too long."""
    if len(text) <= MOST_CHARACTERS:
        return Cell(text, locator, numeric, epoch)
    why = say("the cell holds {count} characters, more than {most}", count=len(text), most=MOST_CHARACTERS)
    return Cell(short(text), locator, trouble=why)
