"""The rows of a worksheet as SpreadsheetML (ECMA-376, 18.3.1.73).

A library builds the workbook around them, but writes a cell in 40 microseconds, and makes a formula of a text that
begins with `=`. Here a cell is a number or a text: there is no way to write a formula at all.
"""

from __future__ import annotations

import html
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vidcheck.reports.cells import Cell

_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's dates know no zone
_DAY = timedelta(days=1)


def sheet_data(rows: Iterable[Sequence[Cell | None]], looks: Mapping[str, int]) -> tuple[str, int]:
    """The rows as XML, and how many they are; `looks` tells each look's place in the workbook's styles."""
    lines = [
        f'<row r="{at}">{"".join(_cell(cell, at, column, looks) for column, cell in enumerate(row) if cell)}</row>'
        for at, row in enumerate(rows, 1)
    ]
    return f"<sheetData>{''.join(lines)}</sheetData>", len(lines)


@cache
def letters(column: int) -> str:
    """A column's name, counted from 0: A … Z, AA …"""
    ahead, last = divmod(column, 26)
    return (letters(ahead - 1) if ahead else "") + chr(ord("A") + last)


def _cell(cell: Cell, row: int, column: int, looks: Mapping[str, int]) -> str:
    value = cell.value
    head = f'<c r="{letters(column)}{row}"' + (f' s="{looks[cell.look]}"' if cell.look else "")
    if isinstance(value, str):
        if not value:
            return ""
        return f'{head} t="inlineStr"><is><t xml:space="preserve">{html.escape(value, quote=False)}</t></is></c>'
    return f"{head}><v>{_number(value)}</v></c>"


def _number(value: float | date | timedelta) -> str:
    """Days since the day zero for dates and durations; what a spreadsheet counts in."""
    if isinstance(value, datetime):
        return repr((value - _DAY_ZERO) / _DAY)
    if isinstance(value, date):
        return str((value - _DAY_ZERO.date()).days)
    return repr(value / _DAY) if isinstance(value, timedelta) else repr(value)
