"""Reads a workbook by openpyxl's parser, without what a table doesn't need. Import it only if openpyxl is installed.

It uses a private class of openpyxl's, WorkSheetParser, which is why pyproject.toml pins openpyxl below 3.2. The public
read-only mode does not say which cells are merged, and is slower: it builds a dozen checked objects for each cell's
text, and walks through a sheet twice where the sheet doesn't say how large it is. Measured with openpyxl 3.1.5 and
5,000 rows of 10 columns: 880 ms there, 330 ms here, of 710 ms for the whole manifest.
"""

from __future__ import annotations

import io
import re
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from vidcheck.declared.tables.cells import MOST_MERGED

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAG = f"{{{SHEET_MAIN_NS}}}"
_ROW, _VALUE, _FORMULA, _INLINE = f"{_TAG}row", f"{_TAG}v", f"{_TAG}f", f"{_TAG}is"
_SHARED, _PLAIN, _RUN, _MERGED = f"{_TAG}si", f"{_TAG}t", f"{_TAG}r", f"{_TAG}mergeCell"
_INSIDE = frozenset({f"{_TAG}c", _VALUE, _FORMULA, _INLINE, _PLAIN, _RUN})
"""The elements inside rows and texts, which are read with the whole row or text."""
_ESCAPED = re.compile("_x([0-9A-CE-Fa-ce-f][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2})_")
"""An escaped character; surrogates (D800 to DFFF) don't count."""
_FIGURES = "0123456789"


class There(NamedTuple):
    """The content of a cell."""

    value: Any
    """A text, a number, a boolean, a date or time; None for a formula without a stored result."""
    error: bool = False
    """Whether it is an error: `#REF!`."""
    form: str = ""
    """The format of a date: `yyyy"年"m"月"`."""


class Page(NamedTuple):
    """One sheet of cells."""

    title: str
    part: str
    hidden: bool


class Book(ExcelReader):
    """The parts of a workbook that a table needs: its texts, date formats, and sheets."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        apply_stylesheet(self.archive, self.wb)

    def read_strings(self) -> None:
        """Reads the texts that sheets share."""
        there = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if there is not None:
            with self.archive.open(there.PartName[1:]) as source:
                self.shared_strings = [_text(element) for element in _elements(source, {_SHARED})]

    @property
    def epoch(self) -> int:
        """The year from which it counts days."""
        return 1904 if self.wb.epoch.year == 1904 else 1900

    def pages(self) -> list[Page]:
        """Its sheets of cells in order, without charts."""
        return [
            Page(title=sheet.name, part=link.target, hidden=sheet.state != "visible")
            for sheet, link in self.parser.find_sheets()
            if "chartsheet" not in link.Type
        ]

    def rows(self, page: Page, merged: list[str]) -> Iterator[tuple[int, dict[int, There]]]:
        """A sheet's rows and columns with their content; appends the ranges of merged cells to `merged`."""
        with self.archive.open(page.part) as source:
            cells, last = _Cells(self, source), 0
            for element in _elements(source, {_ROW, _MERGED}):
                if element.tag == _MERGED:
                    merged += [element.get("ref", "")] if len(merged) <= MOST_MERGED else []
                    continue
                number, row = cast("tuple[int, list[tuple[int, There | None]]]", cells.parse_row(element))
                if number <= last:
                    raise ValueError(f"row {number} stands below row {last}")
                last = number
                yield number, {column: there for column, there in row if there is not None}


class _Cells(WorkSheetParser):
    """openpyxl's parser of cells, with a faster way to their texts."""

    def __init__(self, book: Book, source: Any) -> None:
        workbook: Any = book.wb  # its sheets read its privates too
        super().__init__(
            source,
            book.shared_strings,
            data_only=True,
            epoch=workbook.epoch,
            date_formats=workbook._date_formats,  # noqa: SLF001
            timedelta_formats=workbook._timedelta_formats,  # noqa: SLF001
        )
        self._sheet: Any = SimpleNamespace(parent=workbook)

    def parse_cell(self, element: Any) -> Any:
        """The cell's column and its content, if any."""
        kind = element.get("t")
        if kind not in {"s", "inlineStr"}:
            return self._other(element)
        place = element.get("r")
        self.col_counter = _column(place.rstrip(_FIGURES)) if place else self.col_counter + 1
        if kind == "s":
            at = element.findtext(_VALUE)
            value = self.shared_strings[int(at)] if at else None
        else:
            inline = element.find(_INLINE)
            value = None if inline is None else _text(inline)
        return self.col_counter, _there(element, value)

    def _other(self, element: Any) -> tuple[int, There | None]:
        parsed = super().parse_cell(element)
        value = parsed["value"]
        if isinstance(value, datetime):
            return parsed["column"], There(value, form=str(ReadOnlyCell(self._sheet, **parsed).number_format))
        if isinstance(value, str):
            return parsed["column"], There(unescaped(value), error=parsed["data_type"] == "e")
        return parsed["column"], _there(element, value)


def _there(element: Any, value: Any) -> There | None:
    return There(value) if value is not None or element.find(_FORMULA) is not None else None


def _text(element: Any) -> str:
    """A text's parts joined, without phonetic guides (ECMA-376, part 1, 18.4.8)."""
    runs = [run.findtext(_PLAIN, "") for run in element.findall(_RUN)]
    return unescaped(element.findtext(_PLAIN, "") + "".join(runs))


def unescaped(text: str) -> str:
    """A text with its escaped characters decoded: `_x000D_` (ECMA-376, part 1, 22.9.2.19)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


@lru_cache(1024)
def _column(letters: str) -> int:
    return column_index_from_string(letters)


def _elements(source: Any, wanted: set[str]) -> Iterator[Any]:
    """The elements of these names as they end; their memory is freed."""
    for _, element in iterparse(source):
        if element.tag in wanted:
            yield element
        if element.tag not in _INSIDE:
            element.clear()
