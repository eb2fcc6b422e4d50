"""The organizer's own table back, with the verdict, why, what is open and the file at the right of each row.

The table is the manifest of the run. Everything else in it stays: in a workbook every part but the sheet, in a text file
its encoding, separator and line ends. Personal data in it stays too, for it is the organizer's own.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from vidcheck.declared import manifest
from vidcheck.declared.layout import added_heads
from vidcheck.declared.tables import sheet_columns, text_columns
from vidcheck.declared.tables.cells import ManifestError
from vidcheck.declared.tables.columns import Columns, ColumnsError
from vidcheck.declared.tables.xlsx import is_workbook
from vidcheck.facts import visible
from vidcheck.findings import Outcome, Verdict
from vidcheck.reports import NotRenderedError
from vidcheck.reports.csv import cell
from vidcheck.reports.page import clipped
from vidcheck.reports.words import line, reasons
from vidcheck.texts import Plain, join, listed, marked, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from vidcheck.findings import Report, Table, TableRow, TableSheet
    from vidcheck.reports.saved import SavedReport
    from vidcheck.texts import Readable

_VERDICTS = {
    Verdict.ELIGIBLE: marked("eligible"), Verdict.INELIGIBLE: marked("ineligible"), Verdict.REVIEW: marked("review"),
}  # fmt: skip
_NO_FILE = say("no matching file")
_NOT_READ = say("not read")
_NOT_CHECKED = say("not checked")
_NOTHING = say("nothing that vidcheck knows stands in this row")
_ELSEWHERE = say("its file is not among those that were checked this time")
_INCOMPLETE = say("the run was interrupted before its file was checked")
_LONGEST = 16_000
"""The most characters of a cell: within every spreadsheet's limit, even if each counts twice."""


class Answer(NamedTuple):
    """What came out for one entry."""

    verdict: Verdict
    why: tuple[Readable, ...]
    """Why it is not eligible."""
    open: tuple[Readable, ...]
    """What a person still has to look at."""
    file: str
    """Its path, as people see it."""


def render(report: Report, lang: str = "en") -> bytes:
    """The table with the columns. Raises NotRenderedError."""
    answers = {
        entry.entry.path: Answer(
            entry.verdict,
            reasons((f.level, f.standing, f.message) for f in entry.findings),
            tuple(f.expected for f in entry.findings if f.standing is Outcome.MANUAL),
            entry.entry.shown,
        )
        for entry in report.entries
    }
    return filled(report.table, answers, lang, incomplete=report.incomplete)


def of_saved(report: SavedReport, table: Table | None, lang: str) -> bytes:
    """The table with what a JSON report says, in the report's words. Raises NotRenderedError."""
    answers = {
        entry.entry.path: Answer(
            entry.verdict,
            reasons((f.level, f.standing, Plain(f.message)) for f in entry.findings),
            tuple(Plain(f.expected) for f in entry.findings if f.standing is Outcome.MANUAL),
            entry.entry.shown,
        )
        for entry in report.entries
    }
    return filled(table, answers, lang, incomplete=report.incomplete)


def filled(table: Table | None, answers: Mapping[str, Answer], lang: str, *, incomplete: bool = False) -> bytes:
    """The table with the columns, for entries by path. Raises NotRenderedError."""
    table, raw = fit(table)
    workbook = is_workbook(raw)
    words = _Words(answers, lang, _as_text if workbook else cell, incomplete=incomplete)
    every = [words.columns(table, sheet) for sheet in table.sheets]
    try:
        return sheet_columns.with_columns(raw, every) if workbook else text_columns.with_columns(raw, every[0])
    except ColumnsError as error:
        raise _unfit(table, error) from None


def fit(table: Table | None) -> tuple[Table, bytes]:
    """The table and its bytes, if columns may be written into it. Raises NotRenderedError."""
    if table is None:
        raise NotRenderedError(say("the table report writes into your own table: name it with --manifest"))
    if not table.sheets:
        raise NotRenderedError(
            say(
                "{path} has no rows and columns to write into: keep the manifest as .xlsx or .csv",
                path=visible(table.path),
            )
        )
    for sheet in table.sheets:
        if sheet.leftover:
            raise NotRenderedError(
                say(
                    "{path} has some columns of an earlier table report ({heads}), but not all: delete them first",
                    path=visible(table.path), heads=listed(sheet.leftover),
                )
            )  # fmt: skip
    raw = _same(table)
    try:
        if is_workbook(raw):
            sheet_columns.opened(raw)
    except ColumnsError as error:
        raise _unfit(table, error) from None
    return table, raw


def _unfit(table: Table, error: ColumnsError) -> NotRenderedError:
    return NotRenderedError(say("{path}: {reason}", path=visible(table.path), reason=error.words))


def _same(table: Table) -> bytes:
    """The table's bytes, which must be those that were read."""
    try:
        raw = manifest.content(table.path)
    except ManifestError as error:
        raise NotRenderedError(join(error.problems)) from None
    if sha256(raw).digest() != table.digest:
        raise NotRenderedError(say("{path} was changed during the run: start it again", path=visible(table.path)))
    return raw


def _as_text(text: str) -> str:
    return clipped(text, _LONGEST)


class _Words:
    """The words of the new cells."""

    def __init__(
        self, answers: Mapping[str, Answer], lang: str, safe: Callable[[str], str], *, incomplete: bool
    ) -> None:
        self._answers = answers
        self._incomplete = incomplete
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
        answer = self._answers.get(row.path)
        if answer is None:
            why = _INCOMPLETE if self._incomplete else _ELSEWHERE
            return self._cells(_NOT_CHECKED, [*odd, why], [], visible(row.path))
        return self._cells(say(_VERDICTS[answer.verdict]), [*odd, *answer.why], answer.open, answer.file)

    def _cells(
        self, verdict: Readable, why: Sequence[Readable], more: Sequence[Readable], file: str
    ) -> tuple[str, ...]:
        parts = (verdict, _listed(why), _listed(more), Plain(file))
        return tuple(self._safe(line(part, self._lang)) for part in parts)


def _listed(parts: Sequence[Readable]) -> Readable:
    return join(parts, say("; ")) if parts else Plain("")
