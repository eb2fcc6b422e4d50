"""The results: Outcome, Level, Place, Decision, Suggestion, Finding, Verdict, EntryReport, Report. Frozen values without logic."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from vidcheck.texts import Capital, Plain, labelled, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vidcheck.facts import Entry, Fact, Fault
    from vidcheck.quantities import Moment
    from vidcheck.texts import Readable


class Outcome(StrEnum):
    """The outcome of one rule on one entry."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNKNOWN = "unknown"
    MANUAL = "manual"
    SKIP = "skip"


class Level(StrEnum):
    """What a failure means."""

    REQUIRED = "required"
    RECOMMENDED = "recommended"


class Verdict(StrEnum):
    """The verdict on one entry."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    REVIEW = "review"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a rules file; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One constraint that one value did not meet. Remedies are made from it."""

    key: str
    constraint: str
    limit: Any
    """The constraint's argument, in the key's kind (a tuple of them for any-of)."""
    slack: Any = 0
    """By how much the constraint was widened, absolute."""
    value: Any = None
    """The value judged; None if it was absent."""
    ceiling: Any = None
    """The upper limit that the same rule sets, for advice on how to reach a lower one; None if there is none."""


@dataclass(frozen=True, slots=True)
class Tip:
    """How something is done in one of the programs that people use."""

    program: Readable
    words: Readable

    def render(self, lang: str) -> str:
        """The program, and what to do there."""
        return labelled(self.program.render(lang), self.words.render(lang), lang)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What the entrant can do."""

    words: Readable
    command: str = ""
    """The exact command, quoted for a POSIX shell; empty if there is none."""
    settings: tuple[Tip, ...] = ()
    """Where it is set in the programs that people use, one for each."""


class Choice(StrEnum):
    """What a person decided."""

    ACCEPT = "accept"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided on one rule and one entry.

    It is kept beside the machine's outcome and doesn't replace it.
    """

    entry: str
    """The entry's path as it was given then, escaped (`facts.visible`)."""
    checksum: str
    """SHA-256 of the file that was decided on, in hex: the decision holds for these bytes only."""
    rule: str
    choice: Choice
    by: str
    """Who decided."""
    reason: str
    """Why; an acceptance needs no reason and may have an empty one."""
    date: Moment
    place: Place
    """Its place in the file of decisions."""
    settles: bool = False
    """Whether it was made to settle what people had decided differently in several files."""
    void: Readable | None = None
    """Why it doesn't count: the file's bytes have changed."""
    against: tuple[Decision, ...] = ()
    """The decisions of others, where people decided differently; empty where they agree or it was settled."""
    replaced: tuple[Place, ...] = ()
    """The places of the other decisions on the same rule and entry."""


class Likely(StrEnum):
    """What a machine thinks of a question that a person has to answer."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """It has no idea."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What a machine thinks of a manual rule, by its `assist`. A person decides: it changes neither outcome nor verdict."""

    answer: Likely
    because: Readable
    """What the answer rests on, or why there is none; a clause."""
    evidence: tuple[Fact, ...] = ()
    """What witnesses said of the keys that `assist` names."""
    unlooked: bool = False
    """Whether it has no idea only because less of the film was decoded than it needs."""


def heading(name: str, label: Readable | None) -> Readable:
    """What people call a rule, as the beginning of a line or a sentence: its label, else its name."""
    return Plain(name) if label is None else Capital(label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule on one entry, with its evidence."""

    rule: str
    label: Readable | None = None
    """What people call the rule; None for its name."""
    outcome: Outcome
    level: Level
    place: Place
    keys: tuple[str, ...] = ()
    disputed: bool = False
    expected: Readable
    """A noun phrase: "at least 1280×720"."""
    actual: Readable
    """A noun phrase: "640×360", or "absent", or "5:12.480 (mediainfo), 5:00 (ffprobe)"."""
    difference: Readable | None = None
    message: Readable
    """A sentence."""
    why: Readable | None = None
    """What the answer rests on, or why it is unknown."""
    remedy: Remedy | None = None
    evidence: tuple[Fact, ...] = ()
    """What witnesses said of the keys."""
    uncounted: tuple[Fact, ...] = ()
    """The evidence that did not decide, such as the file's date where a declared date decided."""
    decision: Decision | None = None
    suggestion: Suggestion | None = None
    """What a machine thinks of it; None unless it is a manual rule with `assist`."""
    remarks: tuple[Readable, ...] = ()
    """Sentences about something odd at its keys that the rule doesn't ask for. They don't change the outcome."""

    @property
    def called(self) -> Readable:
        """What people call the rule, as the beginning of a line."""
        return heading(self.rule, self.label)

    @property
    def decisive(self) -> tuple[Fact, ...]:
        """The evidence that decided the outcome."""
        return tuple(fact for fact in self.evidence if fact not in self.uncounted) if self.uncounted else self.evidence

    @property
    def standing(self) -> Outcome:
        """The outcome that counts for the verdict: a person's decision, else the machine's outcome.

        It is unknown where people decided differently.
        """
        if self.decision is None or self.decision.void is not None:
            return self.outcome
        if self.decision.against:
            return Outcome.UNKNOWN
        return Outcome.PASS if self.decision.choice is Choice.ACCEPT else Outcome.FAIL

    @property
    def contested(self) -> bool:
        """Whether people decided differently, so that one of them has to settle it."""
        return self.decision is not None and bool(self.decision.against)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryReport:
    """Everything that a report says of one entry."""

    entry: Entry
    size: int | None
    """In bytes; None if it is unknown."""
    verdict: Verdict
    findings: tuple[Finding, ...]
    faults: tuple[Fault, ...] = ()
    declared: tuple[Fact, ...] = ()
    """What the manifest or form says of it. Contact details are shown only in the report that is made for them."""
    remarks: tuple[Readable, ...] = ()
    """Remarks on keys that no rule asks for."""
    content: tuple[Fact, ...] = ()
    """What was seen and heard in decoded pictures and sound, whether rules ask for it or not: it is shown as pictures,
    stretches and curves."""

    @property
    def remarked(self) -> int:
        """How many remarks there are, those of its findings included."""
        return len(self.remarks) + sum(len(finding.remarks) for finding in self.findings)

    @property
    def manual(self) -> int:
        """How many findings the rules leave to a person."""
        return sum(finding.standing is Outcome.MANUAL for finding in self.findings)

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The required rules that failed, by the machine or by a person's decision."""
        return tuple(f for f in self.findings if f.standing is Outcome.FAIL and f.level is Level.REQUIRED)

    @property
    def warned(self) -> tuple[Finding, ...]:
        """The recommended rules that failed."""
        return tuple(f for f in self.findings if f.standing is Outcome.FAIL and f.level is Level.RECOMMENDED)

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that are unknown and undecided."""
        return tuple(f for f in self.findings if f.standing is Outcome.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSummary:
    """One rule as a report shows it."""

    rule: str
    label: Readable | None = None
    """What people call it; None for its name."""
    keys: tuple[str, ...]
    level: Level
    limits: Mapping[str, object]
    """Constraint to argument in base units, with `unit`; as JSON."""
    place: Place
    meaning: Readable

    @property
    def called(self) -> Readable:
        """What people call the rule, as the beginning of a line."""
        return heading(self.rule, self.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesSummary:
    """The rules that were applied, as a report shows them."""

    title: Readable | str
    source: str
    digest: str
    timezone: str
    zone: tzinfo = UTC
    rules: tuple[RuleSummary, ...] = ()
    deadline: Moment | None = None
    """The last day or moment for entries; None if the rules name none."""
    corrections: Moment | None = None
    """The last day or moment for mended entries; None if the rules name none."""
    preset: str = ""
    """The preset's name where the rules come from one."""

    def title_in(self, lang: str) -> str:
        """The call's name in that language, if the rules give it."""
        return self.title if isinstance(self.title, str) else self.title.render(lang)

    def source_in(self, lang: str) -> str:
        """Where the rules come from, for people; `source` is for machines."""
        return say("preset {name}", name=self.preset).render(lang) if self.preset else self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts over all entries."""

    entries: int = 0
    eligible: int = 0
    ineligible: int = 0
    review: int = 0
    manual: int = 0
    ignored: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """A file in the folders that is no entry."""

    path: str
    reason: Readable


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """What became of one row of the organizer's table."""

    sheet: str
    """The start of the row's locator: `entries.xlsx: Sheet1!`."""
    line: int
    path: str = ""
    """The path of its entry; empty if it has none."""
    why: Readable | None = None
    """Why it has no entry, or what is odd about it: two rows are for one file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSheet:
    """One sheet of the organizer's table that was read. A text file is one sheet."""

    name: str
    """As in `TableRow.sheet`."""
    part: str = ""
    """The part of the workbook that holds it."""
    heads: int
    """The last row of its heads."""
    repeated: tuple[int, ...] = ()
    """Rows that repeat the heads."""
    checked: int = 0
    """The first of the columns that an earlier table report added; 0 if there are none."""
    leftover: tuple[str, ...] = ()
    """Heads of an earlier table report, if only some of its columns are there."""
    separator: str = ""
    """The separator of a text file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The organizer's table (`--manifest`), and what became of its rows."""

    path: str
    """As the user gave it."""
    digest: bytes
    """SHA-256 of the bytes that were read."""
    sheets: tuple[TableSheet, ...] = ()
    """Empty if it is not made of rows and columns (JSON, YAML)."""
    rows: tuple[TableRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole run."""

    tool: Mapping[str, str]
    """Versions by name, and `witness`, the policy."""
    day: date | None = field(default=None, compare=False)
    """The run's date in the rules' zone; None if it is not known. Reports of two days may say the same."""
    rules: RulesSummary
    entries: tuple[EntryReport, ...]
    """Sorted by path."""
    ignored: tuple[Ignored, ...] = ()
    """The files in the folders that are not entries, sorted by path."""
    unread_columns: tuple[str, ...] = ()
    """The heads of the manifest's columns that nobody reads."""
    table: Table | None = field(default=None, compare=False)
    """The manifest; None if there is none. Two reports that say the same may rest on tables of different places."""
    incomplete: bool = False
    """Whether the run was interrupted."""
    batch: tuple[Finding, ...] = field(default=())

    @property
    def summary(self) -> Summary:
        """The counts."""
        verdicts = [entry.verdict for entry in self.entries]
        return Summary(
            entries=len(verdicts),
            eligible=verdicts.count(Verdict.ELIGIBLE),
            ineligible=verdicts.count(Verdict.INELIGIBLE),
            review=verdicts.count(Verdict.REVIEW),
            manual=sum(entry.manual for entry in self.entries),
            ignored=len(self.ignored),
        )
