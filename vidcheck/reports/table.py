"""The organizer's own table back, with the verdict, why, what is open and the file at the right of each row.

The table is the manifest of the run. Everything else in it stays: in a workbook every part but the sheet, in a text file
its encoding, separator and line ends. Personal data in it stays too, for it is the organizer's own.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from vidcheck.declared import manifest
from vidcheck.declared.layout import added_heads
from vidcheck.declared.tables import sheet_columns, text_columns
from vidcheck.declared.tables.cells import ManifestError
from vidcheck.declared.tables.columns import Columns, ColumnsError
from vidcheck.declared.tables.xlsx import is_workbook
from vidcheck.findings import Level, Outcome, Verdict
from vidcheck.reports import NotRenderedError
from vidcheck.reports.csv import cell
from vidcheck.reports.page import clipped
from vidcheck.reports.words import line
from vidcheck.texts import Plain, join, marked, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from vidcheck.findings import EntryReport, Report, Table, TableRow, TableSheet
    from vidcheck.texts import Readable

_VERDICTS = {
    Verdict.ELIGIBLE: marked("eligible"), Verdict.INELIGIBLE: marked("ineligible"), Verdict.REVIEW: marked("review"),
}  # fmt: skip
_NO_FILE = say("no file")
_NOT_READ = say("not read")
_NOT_CHECKED = say("not checked")
_NOTHING = say("nothing that vidcheck knows stands in this row")
_ELSEWHERE = say("its file is not among those that were checked this time")
_INCOMPLETE = say("the run was interrupted before its file was checked")
_LONGEST = 16_000
"""The most characters of a cell: within every spreadsheet's limit, even if each counts twice."""


def render(report: Report, lang: str = "en") -> bytes:
    """The table with the columns. Raises NotRenderedError."""
    table = report.table
    if table is None:
        raise NotRenderedError(say("the table report writes into your own table: name it with --manifest"))
    if not table.sheets:
        raise NotRenderedError(
            say("{path} has no rows and columns to write into: keep the manifest as .xlsx or .csv", path=table.path)
        )
    raw = _same(table)
    workbook = is_workbook(raw)
    words = _Words(report, lang, _as_text if workbook else cell)
    every = [words.columns(table, sheet) for sheet in table.sheets]
    try:
        return sheet_columns.with_columns(raw, every) if workbook else text_columns.with_columns(raw, every[0])
    except ColumnsError as error:
        raise NotRenderedError(say("{path}: {reason}", path=table.path, reason=error.words)) from None


def _same(table: Table) -> bytes:
    """The table's bytes, which must be those that were read."""
    try:
        raw = manifest.content(table.path)
    except ManifestError as error:
        raise NotRenderedError(join(error.problems)) from None
    if sha256(raw).digest() != table.digest:
        raise NotRenderedError(say("{path} was changed during the run: start it again", path=table.path))
    return raw


def _as_text(text: str) -> str:
    return clipped(text, _LONGEST)


class _Words:
    """The words of the new cells."""

    def __init__(self, report: Report, lang: str, safe: Callable[[str], str]) -> None:
        self._entries = {entry.entry.path: entry for entry in report.entries}
        self._incomplete = report.incomplete
        self._lang = lang
        self._safe = safe

    def columns(self, table: Table, sheet: TableSheet) -> Columns:
        """The columns of a sheet."""
        rows = {row.line: self._row(row) for row in table.rows if row.sheet == sheet.name}
        return Columns(
            sheet=sheet, heads=added_heads(self._lang), rows=rows, unread=self._cells(_NOT_READ, [_NOTHING], [], "")
        )

    def _row(self, row: TableRow) -> tuple[str, ...]:
        if not row.path:
            if row.why is None:
                return self._cells(_NOT_CHECKED, [_ELSEWHERE], [], "")
            return self._cells(_NO_FILE, [row.why], [], "")
        odd = [row.why] if row.why is not None else []
        entry = self._entries.get(row.path)
        if entry is None:
            why = _INCOMPLETE if self._incomplete else _ELSEWHERE
            return self._cells(_NOT_CHECKED, [*odd, why], [], row.path)
        return self._cells(say(_VERDICTS[entry.verdict]), [*odd, *_reasons(entry)], _open(entry), entry.entry.shown)

    def _cells(self, verdict: Readable, why: list[Readable], open_: list[Readable], path: str) -> tuple[str, ...]:
        parts = (verdict, _listed(why), _listed(open_), Plain(path))
        return tuple(self._safe(line(part, self._lang)) for part in parts)


def _reasons(entry: EntryReport) -> list[Readable]:
    """Why it is not eligible: what fails, else what is unknown."""
    asked = [finding for finding in entry.findings if finding.level is Level.REQUIRED]
    for outcome in (Outcome.FAIL, Outcome.UNKNOWN):
        there: list[Readable] = [finding.message for finding in asked if finding.standing is outcome]
        if there:
            return there
    return []


def _open(entry: EntryReport) -> list[Readable]:
    """What a person still has to look at."""
    return [finding.expected for finding in entry.findings if finding.standing is Outcome.MANUAL]


def _listed(parts: list[Readable]) -> Readable:
    return join(parts, say("; ")) if parts else Plain("")
