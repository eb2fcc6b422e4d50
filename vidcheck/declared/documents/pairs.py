"""Finds labels and values in a document of any layout. Pure, and never fails.

In a table the value is right of its label, below it, or in the same cell; cells may be merged, and labels grouped.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from vidcheck.declared.documents.document import Pair, Table, TextLine
from vidcheck.declared.documents.lines import field_of, in_lines, normal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.declared.documents.document import Document, TableCell

FEW = 3
"""A document with at least so many known labels is a form; a script or a certificate may have one or two."""
_LONGEST_UNKNOWN = 20  # characters of a cell that may be an unknown label


def find_pairs(document: Document) -> tuple[Pair, ...]:
    """All pairs in the document's order; those with an unknown label have no field.

    If a table has a field, paragraphs with the same label are ignored: they say how to fill it in (`作品名称：填写全称`).
    """
    found: list[tuple[bool, Pair]] = []
    for lines, blocks in groupby(document.blocks, lambda block: isinstance(block, TextLine)):
        if lines:
            pairs = in_lines([block for block in blocks if isinstance(block, TextLine)])
        else:
            pairs = [pair for block in blocks if isinstance(block, Table) for pair in _in_table(block)]
        found += [(lines, pair) for pair in pairs]
    tabled = {pair.field for lines, pair in found if not lines}
    return tuple(replace(pair, field="") if lines and pair.field in tabled else pair for lines, pair in found)


def is_form(pairs: tuple[Pair, ...]) -> bool:
    """Whether a document with these pairs is a form."""
    return len({pair.field for pair in pairs if pair.field}) >= FEW


def _in_table(table: Table) -> list[Pair]:
    """The pairs of a table, in the order of their labels."""
    return [pair for _, pair in sorted(_Grid(table).pairs(), key=lambda found: found[0])]


class _Grid:
    """A table with its cells by place."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._starts: dict[tuple[int, int], TableCell] = {}
        self._fields: dict[TableCell, str] = {}
        self._used: set[TableCell] = set()
        self._at: dict[tuple[int, int], TableCell] = {}
        self._width = max((cell.column + cell.columns for cell in table.cells), default=0)
        for cell in table.cells:
            self._fields[cell] = field_of(cell.text)
            for row in range(cell.row, cell.row + cell.rows):
                for column in range(cell.column, cell.column + cell.columns):
                    self._at.setdefault((row, column), cell)
        self._labelled = {cell.row for cell, field in self._fields.items() if field}

    def pairs(self) -> Iterator[tuple[tuple[int, int], Pair]]:
        """Every pair, with the row and column of its label."""
        rest: list[TableCell] = []
        for cell in self._table.cells:
            if self._fields[cell]:
                self._used.add(cell)
                for value in self._values(cell):
                    yield self._pair(cell, self._fields[cell], value)
            else:
                rest.append(cell)
        for cell in rest:
            if cell not in self._used:
                yield from self._inside(cell)
        for cell in rest:
            if cell not in self._used:
                yield from self._unknown(cell)

    def _pair(self, cell: TableCell, field: str, value: str) -> tuple[tuple[int, int], Pair]:
        label, place = " ".join(cell.text.split()), self._table.place_of(cell)
        return (cell.row, cell.column), Pair(label=label, field=field, value=value, place=place)

    def _values(self, label: TableCell) -> list[str]:
        """The values of a known label: one, or several in a list of works or an unclear layout."""
        right = self._right(label)
        beside = right is not None and not self._fields[right]
        if not beside and right is not None and label.rows > 1:
            return []  # the label of a group, which has further labels in its rows
        heads = self._heads(label.row)
        if label not in heads:
            return [self._taken(self._beside(label) if beside else self._below(label))]
        below = self._below(label)
        unclear = [right] if right is not None and beside and not self._headed(heads) else []
        self._used.update(below)
        return [cell.text.strip() for cell in (*unclear, *below)] or [""]

    def _heads(self, row: int) -> list[TableCell]:
        """The labels of a row that may be column heads: there are rows below, and none has labels."""
        labels = [cell for cell in self._row(row) if self._fields[cell]]
        if len(labels) < 2 or any(cell.rows > 1 for cell in labels) or self._labelled != {row}:
            return []
        return labels if all(self._below(cell) for cell in labels) else []

    def _headed(self, heads: list[TableCell]) -> bool:
        """Whether two labels are side by side, so that the first has no value on its right."""
        return any(self._right(cell) in heads for cell in heads)

    def _beside(self, label: TableCell) -> list[TableCell]:
        """The value right of a label: a cell, or one in each row if the label spans several."""
        found: list[TableCell] = []
        for row in range(label.row, label.row + label.rows):
            cell = self._at.get((row, label.column + label.columns))
            if cell is None or self._fields[cell] or cell in self._used:
                continue
            found.append(cell)
            while label.rows > 1 and cell.rows < label.rows:  # a group: the rest of the row up to the next label
                cell = self._right(cell, row)
                if cell is None or self._fields[cell] or cell in found:
                    break
                found.append(cell)
        return list(dict.fromkeys(found))

    def _below(self, label: TableCell) -> list[TableCell]:
        """The cells under a label, down to the next label."""
        found: list[TableCell] = []
        row = label.row + label.rows
        while (cell := self._at.get((row, label.column))) is not None:
            if self._fields[cell] or cell in self._used or cell.column != label.column:
                break
            if any(self._fields[other] for other in self._row(row)) and cell.columns < label.columns:
                break  # the next row has its own pairs
            found.append(cell)
            row = cell.row + cell.rows
        return found

    def _inside(self, cell: TableCell) -> Iterator[tuple[tuple[int, int], Pair]]:
        """Labels with their values in one cell: `作品名称：…`, a line each."""
        lines = [TextLine(text=text, place=self._table.place_of(cell)) for text in cell.text.split("\n")]
        pairs = [pair for pair in in_lines(lines, alone=False) if pair.field]
        if pairs:
            self._used.add(cell)
        for pair in pairs:
            right = self._right(cell)
            if (
                not pair.value
                and pair is pairs[-1]
                and right is not None
                and not self._fields[right]
                and right not in self._used
            ):
                yield (cell.row, cell.column), replace(pair, value=self._taken([right]))
            else:
                yield (cell.row, cell.column), pair

    def _unknown(self, cell: TableCell) -> Iterator[tuple[tuple[int, int], Pair]]:
        """An unknown label with the cell on its right."""
        right = self._right(cell)
        if not 0 < len(normal(cell.text)) <= _LONGEST_UNKNOWN or right is None:
            return
        if right in self._used or self._fields[right] or right.row != cell.row:
            return
        self._used.add(cell)
        yield self._pair(cell, "", self._taken([right]))

    def _taken(self, cells: list[TableCell]) -> str:
        self._used.update(cells)
        return "\n".join(text for cell in cells if (text := cell.text.strip()))

    def _right(self, cell: TableCell, row: int | None = None) -> TableCell | None:
        return self._at.get((cell.row if row is None else row, cell.column + cell.columns))

    def _row(self, row: int) -> list[TableCell]:
        cells = (self._at.get((row, column)) for column in range(self._width))
        return list(dict.fromkeys(cell for cell in cells if cell is not None))
