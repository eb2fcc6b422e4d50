"""Pairs in a table: the value right of the label, below it, or in the same cell; merged cells and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.declared.documents.document import Line
from vidcheck.declared.documents.labels import field_of, normal
from vidcheck.declared.documents.lines import Row, in_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.declared.documents.document import Cell, Table

_LONGEST_UNKNOWN = 20  # characters of a cell that may be a label nobody knows


def in_table(table: Table) -> list[Row]:
    """The pairs of a table, in the order of their labels."""
    return [row for _, row in sorted(_Grid(table).pairs(), key=lambda pair: pair[0])]


class _Grid:
    """A table with its cells by place."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._starts: dict[tuple[int, int], Cell] = {}
        self._fields: dict[Cell, str] = {}
        self._used: set[Cell] = set()
        self._at: dict[tuple[int, int], Cell] = {}
        self._width = max((cell.column + cell.columns for cell in table.cells), default=0)
        for cell in table.cells:
            self._fields[cell] = field_of(cell.text)
            for row in range(cell.row, cell.row + cell.rows):
                for column in range(cell.column, cell.column + cell.columns):
                    self._at.setdefault((row, column), cell)
        self._labelled = {cell.row for cell, field in self._fields.items() if field}

    def pairs(self) -> Iterator[tuple[tuple[int, int], Row]]:
        """Every pair, with the row and column of its label."""
        rest: list[Cell] = []
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

    def _pair(self, cell: Cell, field: str, value: str) -> tuple[tuple[int, int], Row]:
        return (cell.row, cell.column), Row(cell.text, field, value, self._table.place_of(cell))

    def _values(self, label: Cell) -> list[str]:
        """What stands for a known label: one value; several where a list of works, or of unclear layout, offers them."""
        right = self._right(label)
        beside = right is not None and not self._fields[right]
        if not beside and right is not None and label.rows > 1:
            return []  # the name of a group, whose rows have labels of their own
        heads = self._heads(label.row)
        if label not in heads:
            return [self._taken(self._beside(label) if beside else self._below(label))]
        below = self._below(label)
        unclear = [right] if right is not None and beside and not self._headed(heads) else []
        self._used.update(below)
        return [cell.text.strip() for cell in (*unclear, *below)] or [""]

    def _heads(self, row: int) -> list[Cell]:
        """The labels of a row that may be the heads of columns: no other row has labels, and rows stand below."""
        labels = [cell for cell in self._row(row) if self._fields[cell]]
        if len(labels) < 2 or any(cell.rows > 1 for cell in labels) or self._labelled != {row}:
            return []
        return labels if all(self._below(cell) for cell in labels) else []

    def _headed(self, heads: list[Cell]) -> bool:
        """Whether two labels stand side by side, so that neither has its value at its right."""
        return any(self._right(cell) in heads for cell in heads)

    def _beside(self, label: Cell) -> list[Cell]:
        """The value right of a label: a cell, or, where the label spans rows, what stands right of it in each."""
        found: list[Cell] = []
        for row in range(label.row, label.row + label.rows):
            cell = self._at.get((row, label.column + label.columns))
            if cell is None or self._fields[cell] or cell in self._used:
                continue
            found.append(cell)
            while label.rows > 1 and cell.rows < label.rows:  # a group: all of the row up to the next label
                cell = self._right(cell, row)
                if cell is None or self._fields[cell] or cell in found:
                    break
                found.append(cell)
        return list(dict.fromkeys(found))

    def _below(self, label: Cell) -> list[Cell]:
        """The cells under a label, down to the next label."""
        found: list[Cell] = []
        row = label.row + label.rows
        while (cell := self._at.get((row, label.column))) is not None:
            if self._fields[cell] or cell in self._used or cell.column != label.column:
                break
            if any(self._fields[other] for other in self._row(row)) and cell.columns < label.columns:
                break  # the next row has pairs of its own
            found.append(cell)
            row = cell.row + cell.rows
        return found

    def _inside(self, cell: Cell) -> Iterator[tuple[tuple[int, int], Row]]:
        """Labels with their values in one cell: `作品名称：…`, a line each."""
        lines = [Line(text=text, place=self._table.place_of(cell)) for text in cell.text.split("\n")]
        rows = [row for row in in_lines(lines, alone=False) if row[1]]
        if rows:
            self._used.add(cell)
        for row in rows:
            value = row[2]
            right = self._right(cell)
            if (
                not value
                and row is rows[-1]
                and right is not None
                and not self._fields[right]
                and right not in self._used
            ):
                value = self._taken([right])
            yield (cell.row, cell.column), Row(row[0], row[1], value, row[3])

    def _unknown(self, cell: Cell) -> Iterator[tuple[tuple[int, int], Row]]:
        """A label that nobody knows, with what stands right of it."""
        right = self._right(cell)
        if not 0 < len(normal(cell.text)) <= _LONGEST_UNKNOWN or right is None:
            return
        if right in self._used or self._fields[right] or right.row != cell.row:
            return
        self._used.add(cell)
        yield self._pair(cell, "", self._taken([right]))

    def _taken(self, cells: list[Cell]) -> str:
        self._used.update(cells)
        return "\n".join(text for cell in cells if (text := cell.text.strip()))

    def _right(self, cell: Cell, row: int | None = None) -> Cell | None:
        return self._at.get((cell.row if row is None else row, cell.column + cell.columns))

    def _row(self, row: int) -> list[Cell]:
        cells = (self._at.get((row, column)) for column in range(self._width))
        return list(dict.fromkeys(cell for cell in cells if cell is not None))
