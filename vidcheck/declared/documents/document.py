"""A document independent of its format: tables, lines of text, labels with values, each with its place; and its limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidcheck.texts import say
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from typing import BinaryIO

MOST_BYTES = 64 * 2**20
"""The most bytes of the file: a form with scans may be large."""
MOST_TEXT = 100_000
"""The most characters of the document. The call's form has 500."""
MOST_PARTS = 20_000
"""The most cells and lines of the document."""
MOST_COLUMNS = 64
"""The most columns of a table. Wider cells are cut to this."""
MISSING = say(
    "reading forms needs libraries that are not installed: {command}", command='pip install "vidcheck[forms]"'
)
"""The messages if python-docx or pypdf is missing."""


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
    """`table 1`; for a nested table `table 1, row 2, table 1`."""

    def place_of(self, cell: TableCell) -> str:
        """The place of that cell: `table 1, row 4`."""
        return f"{self.place}, row {cell.row + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """A paragraph outside tables, or a line of a page."""

    text: str
    place: str
    """`paragraph 3`; of a PDF `page 1, line 4`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The content of a document, in its order."""

    blocks: tuple[Table | TextLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A label and its value."""

    label: str
    """As written, on one line."""
    field: str
    """The field that it names; empty if the label is unknown."""
    value: str
    """Empty if nothing was filled in."""
    place: str
    """The label's place: `table 1, row 4`."""


class Budget:
    """Counts a document's content, and raises CouldNotLookError if it exceeds the limits."""

    def __init__(self) -> None:
        self._text = MOST_TEXT
        self._parts = MOST_PARTS

    def take(self, text: str) -> str:
        """Counts a cell or line, and returns its text."""
        self._text -= len(text)
        self._parts -= 1
        if self._text < 0 or self._parts < 0:
            raise CouldNotLookError(say("the document holds more text than a form can have"))
        return text


def whole(file: BinaryIO) -> bytes:
    """The file's bytes. Raises CouldNotLookError if there are too many, or if they can't be read."""
    try:
        file.seek(0)
        data = file.read(MOST_BYTES + 1)
    except OSError:
        raise CouldNotLookError(say("the file could not be read")) from None
    if len(data) > MOST_BYTES:
        raise CouldNotLookError(say("the document is larger than a form can be"))
    return data
