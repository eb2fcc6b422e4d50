"""The report as a table of entries and rules, from which all parts of the page are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from vidcheck.facts import State
from vidcheck.findings import Level, Outcome, Verdict
from vidcheck.reports.finding import FAIL, MANUAL, PASS, SKIP, UNKNOWN, WARN, sign_of
from vidcheck.reports.words import title_of, unit_of
from vidcheck.resolve import chosen
from vidcheck.texts import Text, marked, say
from vidcheck.vocabulary import DURATION_KEY, KEYS

if TYPE_CHECKING:
    from vidcheck.findings import EntryReport, Finding, Report
    from vidcheck.texts import Readable


class Look(NamedTuple):
    """The look of an outcome: a class of the style sheet, a sign that works without colour, a word."""

    letter: str
    char: str
    key: str

    @property
    def word(self) -> Text:
        """The word as a message."""
        return say(self.key)


FAILS = Look("f", FAIL.char, marked("fails"))
OPEN = Look("u", UNKNOWN.char, marked("unknown"))
WARNS = Look("w", WARN.char, marked("falls short of a recommendation"))
DOUBTFUL = Look("d", UNKNOWN.char, marked("unknown, only recommended"))
PASSES = Look("p", PASS.char, marked("passes"))
SKIPS = Look("s", SKIP.char, marked("does not apply"))
ASKS = Look("m", MANUAL.char, marked("for a person"))
LOOKS = (FAILS, OPEN, WARNS, DOUBTFUL, PASSES, SKIPS, ASKS)
"""Sorted by the weight of `finding.Sign`, the most important first."""
WANTING = (FAILS, OPEN, WARNS, DOUBTFUL)

VERDICTS = {
    Verdict.INELIGIBLE: Look("f", FAIL.char, marked("ineligible")),
    Verdict.REVIEW: Look("u", UNKNOWN.char, marked("review")),
    Verdict.ELIGIBLE: Look("p", PASS.char, marked("eligible")),
}


@dataclass(slots=True, kw_only=True)
class Column:
    """One rule, over all entries."""

    rule: str
    called: Readable
    """What people call the rule."""
    number: int
    meaning: Readable
    level: Level
    limits: dict[str, object]
    keys: tuple[str, ...]
    manual: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    """The number of entries by the look's letter."""

    @property
    def waits(self) -> bool:
        """Whether all that it says is that a person has to look: the matrix then counts it, without a column."""
        return self.counts.keys() == {ASKS.letter}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry, with its findings by rule."""

    number: int
    report: EntryReport
    name: str
    """Its path without the entries' common folder."""
    title: str
    """The work's title as it was declared; empty if it was not."""
    unit: str
    """The unit that recommends it, else its first maker; empty if neither was declared."""
    findings: dict[str, Finding]

    def value(self, key: str) -> Any:
        """The value of that key by the findings' evidence; None if unknown."""
        facts = [fact for finding in self.report.findings for fact in finding.evidence if fact.key == key]
        if not facts:
            return None
        fact = chosen(KEYS[key], facts)
        return fact.value if fact.state is State.KNOWN else None

    @property
    def duration(self) -> Any:
        """Its duration, if a finding has it."""
        return self.value(DURATION_KEY.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All entries and rules."""

    report: Report
    folder: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    @property
    def shown(self) -> tuple[Column, ...]:
        """The rules that have a column in the matrix."""
        return tuple(column for column in self.columns if not column.waits)

    @property
    def items(self) -> tuple[Column, ...]:
        """The rules that only a person can decide."""
        return tuple(column for column in self.columns if column.manual)


def look_of(finding: Finding) -> Look:
    """The look of a finding."""
    return LOOKS[sign_of(finding).weight]


def board(report: Report, lang: str) -> Board:
    """The board of a report."""
    folder = _shared_folder([entry.entry.shown for entry in report.entries])
    lines = tuple(
        Line(
            number=number, report=entry, name=entry.entry.shown[len(folder) :],
            title=title_of(entry, lang), unit=unit_of(entry, lang),
            findings={finding.rule: finding for finding in entry.findings},
        )
        for number, entry in enumerate(report.entries, 1)
    )  # fmt: skip
    return Board(report=report, folder=folder, columns=_columns(report), lines=lines)


def _columns(report: Report) -> tuple[Column, ...]:
    """The rules in order, then those that only findings name."""
    columns = {
        rule.rule: Column(
            rule=rule.rule, called=rule.called, number=number, meaning=rule.meaning, level=rule.level, limits=dict(rule.limits), keys=rule.keys
        )
        for number, rule in enumerate(report.rules.rules)
    }  # fmt: skip
    for finding in chain.from_iterable(entry.findings for entry in report.entries):
        column = columns.get(finding.rule)
        if column is None:
            column = columns[finding.rule] = Column(
                rule=finding.rule, called=finding.called, number=len(columns), meaning=finding.expected, level=finding.level, limits={}, keys=finding.keys
            )  # fmt: skip
        letter = look_of(finding).letter
        column.counts[letter] = column.counts.get(letter, 0) + 1
        if finding.standing is Outcome.MANUAL:
            column.manual, column.meaning = True, finding.expected
    return tuple(columns.values())


def _shared_folder(paths: list[str]) -> str:
    """The common folder of all paths, with its slash; empty if there is none."""
    parts = [path.split("/")[:-1] for path in (min(paths), max(paths))] if paths else [[], []]
    shared = next((at for at, (a, b) in enumerate(zip(*parts, strict=False)) if a != b), min(map(len, parts)))
    return "".join(f"{part}/" for part in parts[0][:shared])
