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
from vidcheck.reports.paths import exact
from vidcheck.reports.words import lines, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vidcheck.facts import Entry
    from vidcheck.findings import Finding, Report

COLUMNS = (
    "path", "size", "verdict", "rule", "outcome", "level", "disputed", "expected", "actual", "difference",
    "message", "remedy", "command", "evidence", "place", "decision", "remarks", "path_bytes",
    "suggestion", "because",
)  # fmt: skip
_LONGEST = 16_000
"""The most characters of a cell: within every spreadsheet's limit, even if each counts twice."""
_BOM = "\ufeff"
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
# Starts of formulas, at the start of a cell or after another separator.
_SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20"
_SIGN = re.compile(f"[{_SIGNS}]")
_FORMULA = re.compile(rf"(?:^|(?<=[;,|]))([\s\"']*)(?=[{_SIGNS}])")
# CSV has no escapes: what a terminal obeys can't stand in it, and neither can a formula.
UNHELD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|^\t|" + _FORMULA.pattern
)
"""What a path in CSV can't hold exactly."""


def render(report: Report, lang: str = "en") -> bytes:
    """The whole report as CSV.

    A path is exact; where CSV can't hold it, it is shown with escapes, and `path_bytes` has its bytes in hex. Remarks on keys that no rule asks for have a row without a rule; findings about several entries come last and have no
    path.
    """
    return table(COLUMNS, _rows(report, Manner(lang, report.rules.zone)))


def table(columns: Sequence[str], rows: Iterable[Iterable[str]]) -> bytes:
    """A table as CSV: UTF-8 with a byte order mark, no cell a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([text if isinstance(text, Exact) else cell(text) for text in row] for row in rows)
    return (_BOM + text.getvalue()).encode()


class Exact(str):
    """A text that stands in its cell as it is."""

    __slots__ = ()


def path_cells(entry: Entry) -> tuple[str, str]:
    """The cells of a path, and of its bytes where it can't be exact."""
    path, raw = exact(entry, UNHELD)
    return (path, raw) if raw else (Exact(path), "")


def _rows(report: Report, manner: Manner) -> Iterator[list[str]]:
    for entry in report.entries:
        size = "" if entry.size is None else str(entry.size)
        path, raw = path_cells(entry.entry)
        head = [path, size, entry.verdict.value]
        for finding in entry.findings:
            answer = finding.suggestion.answer.value if finding.suggestion else ""
            yield [*head, *_finding(finding, manner), raw, answer, words_of(finding, manner).because]
        if entry.remarks or not entry.findings:
            empty = ("",) * (COLUMNS.index("remarks") - len(head))
            yield [*head, *empty, "; ".join(lines(entry.remarks, manner.lang)), raw, "", ""]
    yield from (["", "", "", *_finding(finding, manner), "", "", ""] for finding in report.batch)


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
