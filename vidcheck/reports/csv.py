"""CSV for spreadsheets: a row a finding, UTF-8 with a byte order mark, without which Excel garbles Chinese.

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
from vidcheck.reports.words import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.findings import EntryReport, Finding, Report

COLUMNS = (
    "path", "size", "verdict", "rule", "outcome", "level", "disputed", "expected", "actual", "difference",
    "message", "remedy", "command", "evidence", "place",
)  # fmt: skip
_LONGEST = 16_000
"""Characters of a cell: under what every spreadsheet takes, even where each counts for two."""
BOM = "\ufeff"
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
# What a spreadsheet takes for a formula where a cell begins, or where one would begin to a reader of another separator.
_SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20"
_SIGN = re.compile(f"[{_SIGNS}]")
_FORMULA = re.compile(rf"(?:^|(?<=[;,|]))([\s\"']*)(?=[{_SIGNS}])")


def render(report: Report, lang: str = "en") -> bytes:
    """The whole report as CSV; findings about several entries come last and have no path."""
    manner = Manner(lang, report.rules.zone)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in report.entries:
        head = _head(entry)
        writer.writerows([*head, *map(cell, _finding(finding, manner))] for finding in entry.findings)
        if not entry.findings:
            writer.writerow([*head, *("",) * (len(COLUMNS) - len(head))])
    writer.writerows([*("",) * 3, *map(cell, _finding(finding, manner))] for finding in report.batch)
    return (BOM + text.getvalue()).encode()


def _head(entry: EntryReport) -> list[str]:
    size = "" if entry.size is None else str(entry.size)
    return [cell(entry.entry.shown), size, entry.verdict.value]


def _finding(finding: Finding, manner: Manner) -> Iterator[str]:
    words = told(finding, manner)
    yield finding.rule
    yield finding.outcome.value
    yield finding.level.value
    yield "yes" if finding.disputed else "no"
    yield from (words.expected, words.actual, words.difference, words.message, words.remedy, words.command)
    yield "; ".join(words.witnesses)
    yield words.place


def cell(text: str) -> str:
    """Text of ours and of others as a cell that no spreadsheet runs: an apostrophe before what could be a formula."""
    safe = clipped(visible(text), _LONGEST)
    if not _SIGN.search(safe) or _NUMBER.fullmatch(safe):
        return safe
    return _FORMULA.sub(r"\1'", safe)
