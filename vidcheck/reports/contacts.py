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
from vidcheck.texts import Plain, join, say
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vidcheck.facts import Entry, Fact, Facts
    from vidcheck.findings import EntryReport, Finding, Report
    from vidcheck.reports.saved import SavedEntry, SavedFinding, SavedReport
    from vidcheck.texts import Readable

_DECLARED = ("title", "recommender", "authors", "telephone", "email", "address")
COLUMNS = ("path", "verdict", *_DECLARED, "open", "for-a-person", "path_bytes")


def render(report: Report, lang: str = "en") -> bytes:
    """The list as CSV (UTF-8 with a byte order mark), entries in the report's order."""
    manner = Manner(lang, report.rules.zone)
    return table(
        COLUMNS, [_row(entry, entry.entry, entry.declared, manner) for entry in report.entries if _asked(entry)]
    )


def of_saved(report: SavedReport, rows: Mapping[str, Sequence[Facts]], lang: str = "en") -> bytes:
    """The list from a JSON report, which holds no contacts: they are those of the manifest's rows, by path."""
    manner = Manner(lang)
    asked = [(entry, entry.entry) for entry in report.entries if _asked(entry)]
    return table(
        COLUMNS,
        [
            _row(entry, named, [fact for row in rows.get(named.path, ()) for fact in row.facts], manner)
            for entry, named in asked
        ],
    )


def _asked(entry: EntryReport | SavedEntry) -> bool:
    """Whether there is anything to ask about an entry."""
    return any(_is_open(finding) or finding.standing is Outcome.MANUAL for finding in entry.findings)


def _is_open(finding: Finding | SavedFinding) -> bool:
    """Whether the entrant can help: a required rule fails or is unknown."""
    return (
        finding.level is Level.REQUIRED
        and finding.standing in {Outcome.FAIL, Outcome.UNKNOWN}
        and not finding.contested
    )


def _row(entry: EntryReport | SavedEntry, named: Entry, declared: Iterable[Fact], manner: Manner) -> Iterator[str]:
    path, raw = path_cells(named)
    known = [fact for fact in declared if fact.state is State.KNOWN]
    yield path
    yield entry.verdict.value
    for name in _DECLARED:
        key = KEYS[f"declared.{name}"]
        yield "; ".join(dict.fromkeys(key.kind.show(fact.value, manner) for fact in known if fact.key == key.name))
    yield _joined([_text(each.message) for each in entry.findings if _is_open(each)], manner)
    yield _joined([_text(each.expected) for each in entry.findings if each.standing is Outcome.MANUAL], manner)
    yield raw


def _text(words: Readable | str) -> Readable:
    """A text of a report: a saved one has it in its own language."""
    return Plain(words) if isinstance(words, str) else words


def _joined(parts: list[Readable], manner: Manner) -> str:
    return line(join(parts, say("; ")), manner.lang) if parts else ""
