"""CSV for spreadsheets: a row for each finding, in UTF-8 with a byte order mark, without which Excel garbles Chinese.

Column names and the words of enums stay English, so that scripts can rely on them.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from vidcheck.facts import visible
from vidcheck.quantities import Manner
from vidcheck.reports.page import clipped
from vidcheck.reports.words import lines, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vidcheck.findings import Finding, Report

COLUMNS = (
    "path", "size", "verdict", "rule", "outcome", "level", "disputed", "expected", "actual", "difference",
    "message", "remedy", "command", "evidence", "place", "decision", "remarks",
)  # fmt: skip
_LONGEST = 16_000
"""The most characters of a cell: within every spreadsheet's limit, even if each counts twice."""
_BOM = "\ufeff"
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
# Starts of formulas, at the start of a cell or after another separator.
_SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20"
_SIGN = re.compile(f"[{_SIGNS}]")
_FORMULA = re.compile(rf"(?:^|(?<=[;,|]))([\s\"']*)(?=[{_SIGNS}])")


def render(report: Report, lang: str = "en") -> bytes:
    """The whole report as CSV.

    Remarks on keys that no rule asks for have a row without a rule; findings about several entries come last and have no
    path.
    """
    return table(COLUMNS, _rows(report, Manner(lang, report.rules.zone)))


def table(columns: Sequence[str], rows: Iterable[Iterable[str]]) -> bytes:
    """A table as CSV: UTF-8 with a byte order mark, no cell a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(map(cell, row) for row in rows)
    return (_BOM + text.getvalue()).encode()


def _rows(report: Report, manner: Manner) -> Iterator[list[str]]:
    for entry in report.entries:
        size = "" if entry.size is None else str(entry.size)
        head = [entry.entry.shown, size, entry.verdict.value]
        yield from ([*head, *_finding(finding, manner)] for finding in entry.findings)
        if entry.remarks or not entry.findings:
            yield [*head, *("",) * (len(COLUMNS) - len(head) - 1), "; ".join(lines(entry.remarks, manner.lang))]
    yield from (["", "", "", *_finding(finding, manner)] for finding in report.batch)


def _finding(finding: Finding, manner: Manner) -> Iterator[str]:
    words = words_of(finding, manner)
    yield finding.rule
    yield finding.outcome.value
    yield finding.level.value
    yield "yes" if finding.disputed else "no"
    yield from (words.expected, words.actual, words.difference, words.message, words.remedy, words.command)
    yield "; ".join(words.witnesses)
    yield words.place
    yield words.decision
    yield "; ".join(words.remarks)


def cell(text: str) -> str:
    """A text as a cell that no spreadsheet executes: possible formulas get an apostrophe in front."""
    safe = clipped(visible(text), _LONGEST)
    if not _SIGN.search(safe) or _NUMBER.fullmatch(safe):
        return safe
    return _FORMULA.sub(r"\1'", safe)
