"""The contact list as CSV: a row for each entry with an open matter, its contact and what is missing.

It is the only report with contact details, so it is made only on request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.facts import State
from vidcheck.findings import Level, Outcome
from vidcheck.quantities import Manner
from vidcheck.reports.csv import path_cells, table
from vidcheck.reports.words import line
from vidcheck.texts import join, say
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.findings import EntryReport, Finding, Report
    from vidcheck.texts import Readable

_DECLARED = ("title", "recommender", "authors", "telephone", "email", "address")
COLUMNS = ("path", "verdict", *_DECLARED, "open", "for-a-person", "path_bytes")


def render(report: Report, lang: str = "en") -> bytes:
    """The list as CSV (UTF-8 with a byte order mark), entries in the report's order."""
    manner = Manner(lang, report.rules.zone)
    rows = ((entry, [finding for finding in entry.findings if _is_open(finding)]) for entry in report.entries)
    return table(COLUMNS, (_row(entry, open_, manner) for entry, open_ in rows if open_ or entry.manual))


def _is_open(finding: Finding) -> bool:
    """Whether the entrant can help: a required rule fails or is unknown."""
    return (
        finding.level is Level.REQUIRED
        and finding.standing in {Outcome.FAIL, Outcome.UNKNOWN}
        and not finding.contested
    )


def _row(entry: EntryReport, open_: list[Finding], manner: Manner) -> Iterator[str]:
    path, raw = path_cells(entry.entry)
    yield path
    yield entry.verdict.value
    for name in _DECLARED:
        key = KEYS[f"declared.{name}"]
        values = [fact.value for fact in entry.declared if fact.key == key.name and fact.state is State.KNOWN]
        yield "; ".join(dict.fromkeys(key.kind.show(value, manner) for value in values))
    yield _joined([each.message for each in open_], manner)
    manual: list[Readable] = [each.expected for each in entry.findings if each.standing is Outcome.MANUAL]
    yield _joined(manual, manner)
    yield raw


def _joined(parts: list[Readable], manner: Manner) -> str:
    return line(join(parts, say("; ")), manner.lang) if parts else ""
