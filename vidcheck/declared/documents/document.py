"""What a document says, free of its format: tables of cells, lines of text, labels with values, each with its place. And its bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidcheck.texts import say
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from typing import BinaryIO

MOST_BYTES = 64 * 2**20
"""Of the file: a form with scans in it may be large."""
MOST_TEXT = 100_000
"""Characters of the whole document. The call's form holds 500."""
MOST_PARTS = 20_000
"""Cells and lines of the whole document."""
MOST_COLUMNS = 64
"""Of a table: a cell that says it is wider is as wide as that."""
MISSING = say(
    "reading forms needs libraries that are not installed: {command}", command='pip install "vidcheck[forms]"'
)
"""What is said where python-docx or pypdf is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCell:
    """One cell of a table; merged cells are one."""

    text: str
    row: int
    """From 0."""
    column: int
    """From 0, in the table's grid."""
    rows: int = 1
    """How many rows it spans."""
    columns: int = 1
    """How many columns of the grid it spans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: its cells in the order of rows, then columns."""

    cells: tuple[TableCell, ...]
    place: str
    """`table 1`; of a table in a table `table 1, row 2, table 1`."""

    def place_of(self, cell: TableCell) -> str:
        """Where that cell stands: `table 1, row 4`."""
        return f"{self.place}, row {cell.row + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """A paragraph outside tables, or a line of a page."""

    text: str
    place: str
    """`paragraph 3`; of a PDF `page 1, line 4`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """All that a document says, in its order."""

    blocks: tuple[Table | TextLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A label and what stands for it."""

    label: str
    """As it is spelt, on one line."""
    field: str
    """The field that it names; empty where the label is not known."""
    value: str
    """Empty where nothing was filled in."""
    place: str
    """Where the label stands: `table 1, row 4`."""


class Budget:
    """What a document may still hold. Raises CouldNotLookError where it holds more."""

    def __init__(self) -> None:
        self._text = MOST_TEXT
        self._parts = MOST_PARTS

    def take(self, text: str) -> str:
        """One more cell or line, with its text."""
        self._text -= len(text)
        self._parts -= 1
        if self._text < 0 or self._parts < 0:
            raise CouldNotLookError(say("the document holds more text than a form can have"))
        return text


def whole(file: BinaryIO) -> bytes:
    """All the file's bytes. Raises CouldNotLookError where they are more than a form can have, or can't be read."""
    try:
        file.seek(0)
        data = file.read(MOST_BYTES + 1)
    except OSError:
        raise CouldNotLookError(say("the file could not be read")) from None
    if len(data) > MOST_BYTES:
        raise CouldNotLookError(say("the document is larger than a form can be"))
    return data
