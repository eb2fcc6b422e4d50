"""How an organizer's table is laid out: what its columns mean, where its heads stand, and the rows below them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from vidcheck.declared.fields import FIELDS, Field, bare, field_for
from vidcheck.declared.tables.cells import Cell, Record, Sheet, column_letter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HEAD_ROWS = 30
"""In how many of its first rows a sheet's heads are looked for: a title and a note may stand above them."""
_BESIDE = re.compile(
    r"(?:附件|推荐表|自荐表|推荐表自荐表|推荐自荐表|attachments?|forms?)(?:名称|文件|文件名|扫描件|材料|files?)?\d{0,2}"
)


def names_attachments(label: str) -> bool:
    """Whether a column's head says that the files beside the video are named there: `附件`, `附件2`, `推荐表`."""
    return _BESIDE.fullmatch(bare(label)) is not None


@dataclass(frozen=True, kw_only=True)
class ManifestLayout:
    """What `contest.entries` in the rules says: which column is which field, and how a row finds its file."""

    columns: tuple[tuple[str, str], ...] = ()
    """Labels of columns with the names of their fields, beside those that are known from the start."""
    file: str = ""
    """The column that names the file. Empty: the field `file`, else the title."""
    folder: str = ""
    """The column that names a folder with one entry."""
    name: str = ""
    """The regular expression of files' names, whose named groups are fields."""
    form: str = ""
    """The regular expression of the names of forms whose text can't be read. Empty: they are attachments."""

    @cached_property
    def _extra(self) -> Mapping[str, Field]:
        return {bare(label): FIELDS[field] for label, field in self.columns}

    def field(self, label: str) -> Field | None:
        """The field that a column's head names."""
        return self._extra.get(bare(label)) or field_for(label)

    def finds(self, label: str) -> bool:
        """Whether a column's head is the one by which rows find their files."""
        wanted = self.file or self.folder
        return bool(wanted) and bare(label) == bare(wanted)

    def knows(self, label: str) -> bool:
        """Whether a column's head means something."""
        return self.finds(label) or self.field(label) is not None or names_attachments(label)


DEFAULT = ManifestLayout()


class Heads(NamedTuple):
    """What a sheet's columns are called."""

    labels: dict[int, str]
    """By column, from left to right; empty where no row knows any."""
    last: int
    """The last row that belongs to them."""


def find_heads(sheet: Sheet, layout: ManifestLayout) -> Heads:
    """The row in which most columns are known, with what stands right above and below it.

    Heads may take two rows: `联系方式` above `电话` and `邮箱`, and beside them `作品名称` in the upper one alone.
    """
    most, at, labels = 0, -1, dict[int, str]()
    rows = sheet.rows[:_HEAD_ROWS]
    for place, (_, cells) in enumerate(rows):
        texts = _texts(cells)
        known = {layout.field(label) or label for label in texts.values() if layout.knows(label)}
        if len(known) > most:
            most, at, labels = len(known), place, texts
    if not labels:
        return Heads({}, 0)
    head = rows[at][0]
    last = max([head, *(last for _, top, last in sheet.merged if top <= head <= last)])
    if at and rows[at - 1][0] == head - 1:
        above = _texts(rows[at - 1][1])
        labels = {column: label for column, label in above.items() if _is_field(label, layout)} | labels
    for number, cells in sheet.rows[at + 1 : at + 2]:
        below = _texts(cells)
        if number <= last or (number == head + 1 and all(map(layout.knows, below.values()))):
            labels |= {column: label for column, label in below.items() if layout.knows(label)}
            last = max(last, number)
    return Heads(dict(sorted(labels.items())), last)


def _is_field(label: str, layout: ManifestLayout) -> bool:
    """Not what is said of attachments: `附件1` stands above the title of many a table."""
    return layout.field(label) is not None or layout.finds(label)


def _texts(cells: Mapping[int, Cell]) -> dict[int, str]:
    return {column: cell.text for column, cell in cells.items() if cell.text.strip()}


def rows_below(sheet: Sheet, heads: Heads) -> Iterator[Record]:
    """The rows below the heads; a cell that spans several rows stands in each of them, as people see it.

    The same heads once more, as on the next page of a print, are no row.
    """
    labels, by_row = heads.labels, dict(sheet.rows)
    spans: dict[int, dict[int, Cell]] = {}
    for column, top, last in sheet.merged:
        there = by_row.get(top, {}).get(column)
        if there is not None and column in labels and top > heads.last:
            for row in range(top + 1, last + 1):
                if row in by_row:
                    spans.setdefault(row, {})[column] = there
    for number, cells in sheet.rows:
        if number <= heads.last or not any(column in labels for column in cells) or _texts(cells) == labels:
            continue
        filled = spans.get(number, {}) | cells
        labelled = tuple(
            (label, filled.get(column) or Cell("", f"{sheet.name}{column_letter(column)}{number}"))
            for column, label in labels.items()
        )
        yield Record(locator=f"{sheet.name}{number}", line=number, cells=labelled)
