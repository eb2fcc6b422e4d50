"""New columns at the right of an organizer's table, as text: what stands in them, row by row.

`text_columns` and `sheet_columns` write them into a text file and into a workbook, whose other bytes stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vidcheck.findings import TableSheet
    from vidcheck.texts import Readable


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The new columns of one sheet. No text of theirs is taken for a formula by a spreadsheet."""

    sheet: TableSheet
    heads: tuple[str, ...]
    rows: Mapping[int, tuple[str, ...]]
    """By the number of the row."""
    unread: tuple[str, ...]
    """The cells of each row below the heads that has content and is not in `rows`."""

    def of(self, number: int, *, filled: bool) -> tuple[str, ...] | None:
        """The cells of a row; None if it gets none. `filled`: whether it has content."""
        if number == self.sheet.heads or number in self.sheet.repeated:
            return self.heads
        return self.rows.get(number) or (self.unread if filled and number > self.sheet.heads else None)


class ColumnsError(Exception):
    """The columns can't be written into that table; `words` say why."""

    def __init__(self, words: Readable) -> None:
        super().__init__(words.render("en"))
        self.words = words
