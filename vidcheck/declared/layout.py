"""The layout of an organizer's table: the meaning of columns, the place of heads, and the rows below them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from vidcheck.declared.fields import FIELDS, Field, bare, field_for
from vidcheck.declared.tables.cells import HEAD_ROWS, Cell, Record, Sheet, column_letter
from vidcheck.texts import LANGUAGES, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BESIDE = re.compile(
    r"(?:附件|推荐表|自荐表|推荐表自荐表|推荐自荐表|attachments?|forms?)(?:名称|文件|文件名|扫描件|材料|files?)?\d{0,2}"
)

_ADDED = (say("verdict"), say("why"), say("open"), say("file"))


def names_attachments(label: str) -> bool:
    """Whether a column names the files beside the video, by its head: `附件`, `附件2`, `推荐表`."""
    return _BESIDE.fullmatch(bare(label)) is not None


@dataclass(frozen=True, kw_only=True)
class ManifestLayout:
    """The settings of `contest.entries`: the fields of columns, and how a row finds its file."""

    columns: tuple[tuple[str, str], ...] = ()
    """Labels of columns with their fields, in addition to the built-in ones."""
    file: str = ""
    """The column that names the file. Empty: the field `file`, else the title."""
    folder: str = ""
    """The column that names a folder with one entry."""
    name: str = ""
    """The regular expression of files' names, whose named groups are fields."""
    form: str = ""
    """The regular expression for names of forms without readable text. Empty: such files are attachments."""

    @cached_property
    def _extra(self) -> Mapping[str, Field]:
        return {bare(label): FIELDS[field] for label, field in self.columns}

    def field(self, label: str) -> Field | None:
        """The field that a column's head names."""
        return self._extra.get(bare(label)) or field_for(label)

    def finds(self, label: str) -> bool:
        """Whether rows find their files by the column with this head."""
        wanted = self.file or self.folder
        return bool(wanted) and bare(label) == bare(wanted)

    def knows(self, label: str) -> bool:
        """Whether a column's head is known."""
        return self.finds(label) or self.field(label) is not None or names_attachments(label)


DEFAULT = ManifestLayout()


@cache
def added_heads(lang: str) -> tuple[str, ...]:
    """The heads of the columns that a table report adds."""
    return tuple(head.render(lang) for head in _ADDED)


class Heads(NamedTuple):
    """The heads of a sheet's columns."""

    labels: dict[int, str]
    """By column, from left to right; empty if no row has known heads."""
    last: int
    """The last row of the heads."""
    repeated: tuple[int, ...] = ()
    """Rows below that repeat them, as on the next page of a print."""
    checked: int = 0
    """The first of the columns that an earlier table report added; 0 if there are none."""
    leftover: tuple[str, ...] = ()
    """The heads of such columns of which only some are left."""


def find_heads(sheet: Sheet, layout: ManifestLayout) -> Heads:
    """The row with the most known heads, together with the rows directly above and below it.

    Heads may have two rows: `联系方式` above `电话` and `邮箱`, and beside them `作品名称` in the upper one alone.
    """
    most, at, labels = 0, -1, dict[int, str]()
    rows = sheet.rows[:HEAD_ROWS]
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
    checked = _checked(next((cells for number, cells in rows if number == last), {}))
    labels = {column: label for column, label in labels.items() if column not in checked}
    repeated = tuple(number for number, cells in sheet.rows if number > last and _repeats(cells, labels))
    whole = len(checked) == len(_ADDED)
    return Heads(
        dict(sorted(labels.items())), last, repeated,
        checked=min(checked) if whole else 0,
        leftover=() if whole else tuple(checked.values()),
    )  # fmt: skip


def _checked(cells: Mapping[int, Cell]) -> dict[int, str]:
    """The columns of an earlier table report with their heads, by a row of heads; empty if there are none.

    Three of the four, side by side, are its too: somebody deleted a column.
    """
    texts = _texts(cells)
    for heads in map(added_heads, LANGUAGES):
        for some in (heads, *combinations(heads, len(heads) - 1)):
            for column in texts:
                if tuple(texts.get(column + at) for at in range(len(some))) == some:
                    return dict(enumerate(some, column))
    return {}


def _repeats(cells: Mapping[int, Cell], labels: Mapping[int, str]) -> bool:
    texts = _texts(cells)
    return {column: text for column, text in texts.items() if column in labels} == labels


def _is_field(label: str, layout: ManifestLayout) -> bool:
    """Whether it is a field, but not one of attachments: `附件1` is often above a table's title."""
    return layout.field(label) is not None or layout.finds(label)


def _texts(cells: Mapping[int, Cell]) -> dict[int, str]:
    return {column: cell.text for column, cell in cells.items() if cell.text.strip()}


def rows_below(sheet: Sheet, heads: Heads) -> Iterator[Record]:
    """The rows below the heads; a cell that spans several rows is in each of them.

    Repeated heads, as on the next page of a print, are skipped.
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
        if number <= heads.last or not any(column in labels for column in cells) or number in heads.repeated:
            continue
        filled = spans.get(number, {}) | cells
        labelled = tuple(
            (label, filled.get(column) or Cell("", f"{sheet.name}{column_letter(column)}{number}"))
            for column, label in labels.items()
        )
        yield Record(locator=f"{sheet.name}{number}", line=number, cells=labelled, sheet=sheet.name)
