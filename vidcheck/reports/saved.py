"""Reads our own JSON report: checks each member that a command needs, and returns frozen values.

This is the only reader of the report's JSON: `diff`, `review`, `letters` and `archive add` take what they need from
what it returns. A report is untrusted: for any bytes the result is a `SavedReport`, or a `NotAReportError` that names
the invalid member.

report = read(Path("report.json").read_bytes(), "report.json") [entry.path for entry in report.entries if entry.waiting]

Texts are kept as in the report; `line` makes one safe to show. Members that earlier versions did not write are
optional: `lang`, `rules.deadline`, `rules.corrections`, `decision`, `remarks` and `batch`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from vidcheck.facts import Entry, Fact, visible
from vidcheck.findings import Choice, Level, Likely, Outcome, Place, Verdict
from vidcheck.quantities import DATE, SIZES, WORDS, NotAValueError
from vidcheck.reports.json import SCHEMA
from vidcheck.reports.page import clipped, one_line
from vidcheck.texts import LANGUAGES, say
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator
    from enum import StrEnum

    from vidcheck.quantities import Moment
    from vidcheck.texts import Text

_T = TypeVar("_T")
_E = TypeVar("_E", bound="StrEnum")
_MEMBERS = frozenset({"schema", "tool", "rules", "entries"})
"""The members that a JSON object must have to count as a report."""
_LARGEST = 2**63
_LONGEST_FACT = 4096
"""The most characters of a text in a fact: a title, a name."""
_HEX = re.compile("(?:[0-9a-f]{2})*")


class NotAReportError(ValueError):
    """The bytes are not a JSON report that this version can read; `words` says why."""

    def __init__(self, words: Text) -> None:
        self.words = words
        super().__init__(words.render("en"))

    def __reduce__(self) -> tuple[type[NotAReportError], tuple[Text]]:
        return NotAReportError, (self.words,)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFact:
    """One witness's fact in a finding."""

    key: str
    witness: str
    locator: str
    raw: str
    value: str | float | tuple[object, ...] | None
    """The JSON value, lists as tuples; None if there is none, or if no kind is written like it."""
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDecision:
    """What a person decided on a finding."""

    choice: Choice
    reason: str
    void: bool
    """Whether it is no longer valid."""
    contested: bool = False
    """Whether other people decided differently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSuggestion:
    """What a machine thought of a finding that waits for a person."""

    answer: Likely
    because: str
    evidence: tuple[SavedFact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFinding:
    """One rule on one entry; missing texts are empty."""

    rule: str
    keys: tuple[str, ...]
    outcome: Outcome
    level: Level
    expected: str
    actual: str
    difference: str
    message: str
    remedy: str
    """Without the settings and the command at its end in the report."""
    command: str
    settings: tuple[tuple[str, str], ...] = ()
    """Programs that people use, each with what is to be done there."""
    evidence: tuple[SavedFact, ...]
    place: Place
    decision: SavedDecision | None
    """The decision, even if it is void."""
    suggestion: SavedSuggestion | None = None
    remarks: tuple[str, ...] = ()

    @property
    def decided(self) -> SavedDecision | None:
        """The decision, if it is valid and nobody decided differently."""
        decision = self.decision
        return None if decision is None or decision.void or decision.contested else decision

    @property
    def contested(self) -> bool:
        """Whether people decided differently, so that one of them has to settle it."""
        return self.decision is not None and self.decision.contested

    @property
    def standing(self) -> Outcome:
        """The outcome that counts: a person's decision, else the machine's outcome."""
        if self.contested:
            return Outcome.UNKNOWN
        if self.decided is None:
            return self.outcome
        return Outcome.PASS if self.decided.choice is Choice.ACCEPT else Outcome.FAIL

    @property
    def waits(self) -> bool:
        """Whether it waits for a person's decision."""
        return self.contested or (self.outcome in {Outcome.UNKNOWN, Outcome.MANUAL} and self.decided is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedEntry:
    """One entry."""

    path: str
    """Exact, unless there are `path_bytes`: then as the report shows it."""
    path_bytes: str
    """The path's bytes in hex if `path` is not exact, else empty."""
    size: int | None
    verdict: Verdict
    findings: tuple[SavedFinding, ...]
    remarks: tuple[str, ...] = ()
    """Remarks on keys that no rule asks for."""

    @property
    def identity(self) -> str:
        """Distinguishes it from entries that are shown alike."""
        return f"{self.path} [{self.path_bytes}]" if self.path_bytes else self.path

    @property
    def entry(self) -> Entry:
        """The entry with the system's path (surrogate escapes if it is not UTF-8)."""
        raw = bytes.fromhex(self.path_bytes)
        return Entry(path=raw.decode("utf-8", "surrogateescape") if raw else self.path)

    @property
    def waiting(self) -> tuple[SavedFinding, ...]:
        """The findings that wait for a person."""
        return tuple(finding for finding in self.findings if finding.waits)

    def facts(self, keys: Container[str]) -> Iterator[Fact]:
        """The facts of these keys, which must be texts or lists of texts; long ones are cut."""
        for finding in self.findings:
            for fact in finding.evidence:
                if fact.key in keys and fact.value is not None:
                    yield Fact(key=fact.key, witness=fact.witness, value=_cut(fact.value))


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedReport:
    """A whole report."""

    name: str
    """Its name in messages."""
    lang: str
    """The language of its texts; empty if it is missing or unknown."""
    incomplete: bool
    tool: dict[str, str]
    title: str
    titles: tuple[tuple[str, str], ...]
    """The title by language, where the rules give it in several."""
    source: str
    """Where the rules were read."""
    digest: str
    timezone: str
    deadline: Moment | None
    corrections: Moment | None
    rules: tuple[str, ...]
    """The names of the rules that were applied."""
    labels: dict[str, str]
    """What people call each rule that has a label, in the report's language."""
    entries: tuple[SavedEntry, ...]
    batch: tuple[SavedFinding, ...]


def read(data: bytes, name: str) -> SavedReport:
    """Reads a report; `name` is its name in messages. Raises NotAReportError."""
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError):
        raise NotAReportError(say("{name} is not JSON", name=name)) from None
    if not isinstance(raw, dict) or not raw.keys() >= _MEMBERS:
        raise NotAReportError(say("{name} is not a JSON report of vidcheck", name=name))
    if raw["schema"] != SCHEMA or isinstance(raw["schema"], bool):
        found = str(raw["schema"])[:20]
        raise NotAReportError(
            say("{name} has schema {found}; this version reads schema {known}", name=name, found=found, known=SCHEMA)
        )
    try:
        return _report(raw, name)
    except _InvalidError as error:
        raise NotAReportError(
            say("{name}: {where} is not as in a JSON report of vidcheck", name=name, where=error.where)
        ) from None


def line(text: str, most: int) -> str:
    """A text of a report, which is untrusted, on one line, escaped and shortened."""
    return clipped(visible(one_line(text)), most)


class _InvalidError(Exception):
    """A member is invalid. Outer members are added to `where` as the error propagates."""

    def __init__(self, *where: str) -> None:
        self.where = ".".join(filter(None, where))
        super().__init__(self.where)


def _report(raw: Any, name: str) -> SavedReport:
    lang, tool = raw.get("lang"), _of(raw["tool"], dict, "tool")
    if not all(isinstance(version, str) for version in tool.values()):
        raise _InvalidError("tool")
    rules = _of(raw["rules"], dict, "rules")
    return SavedReport(
        name=name,
        lang=lang if isinstance(lang, str) and lang in LANGUAGES else "",
        incomplete=_of(raw.get("incomplete"), bool, "incomplete"),
        tool=tool,
        digest=_within("rules", _text, rules, "digest"),
        title=_within("rules", _text, rules, "title"),
        titles=_within("rules", _titles, rules) if "titles" in rules else (),
        source=_within("rules", _text, rules, "source"),
        timezone=_within("rules", _text, rules, "timezone"),
        deadline=_within("rules", _deadline, rules, "deadline"),
        corrections=_within("rules", _deadline, rules, "corrections"),
        rules=_within("rules", _each, rules, "list", _rule),
        labels=dict(row for row in _within("rules", _each, rules, "list", _label) if row[1]),
        entries=_each(raw, "entries", _entry),
        batch=_each(raw, "batch", _finding) if "batch" in raw else (),
    )


def _titles(rules: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    titles = _of(rules["titles"], dict, "titles")
    return tuple((lang, _text(titles, lang)) for lang in titles if lang in LANGUAGES)


def _deadline(rules: dict[str, Any], name: str) -> Moment | None:
    written = _text(rules, name, optional=True)
    try:
        return DATE.read(written) if written else None
    except NotAValueError:
        raise _InvalidError(name) from None


def _rule(raw: object) -> str:
    return _text(_of(raw, dict), "rule")


def _label(raw: object) -> tuple[str, str]:
    """A rule's name, and its label if that is another word."""
    members = _of(raw, dict)
    name, label = _text(members, "rule"), _text(members, "label", optional=True)
    return name, "" if label == name else label


def _entry(raw: object) -> SavedEntry:
    members = _of(raw, dict)
    path, path_bytes = _text(members, "path"), _text(members, "path_bytes", optional=True)
    if not path:
        raise _InvalidError("path")
    if not _HEX.fullmatch(path_bytes):
        raise _InvalidError("path_bytes")
    return SavedEntry(
        path=path,
        path_bytes=path_bytes,
        size=None if members.get("size") is None else _whole(members, "size"),
        verdict=_enum(members, "verdict", Verdict),
        findings=_each(members, "findings", _finding),
        remarks=_texts(members, "remarks") if "remarks" in members else (),
    )


def _finding(raw: object) -> SavedFinding:
    members = _of(raw, dict)
    command, decision = _of(members.get("command", ""), str, "command"), members.get("decision")
    tips = tuple(_each(members, "settings", _tip)) if "settings" in members else ()
    remedy = _text(members, "remedy", optional=True).removesuffix(f"\n{command}")
    return SavedFinding(
        rule=_text(members, "rule"),
        outcome=_enum(members, "outcome", Outcome),
        level=_enum(members, "level", Level),
        keys=_texts(members, "keys"),
        expected=_text(members, "expected"),
        actual=_text(members, "actual"),
        difference=_text(members, "difference", optional=True),
        message=_text(members, "message"),
        remedy=remedy.rsplit("\n", len(tips))[0] if tips else remedy,
        command=command,
        settings=tips,
        evidence=_each(members, "evidence", _fact),
        place=_within("place", _place, members.get("place")),
        decision=None if decision is None else _within("decision", _decision, decision),
        suggestion=_within("suggestion", _suggestion, members["suggestion"]) if "suggestion" in members else None,
        remarks=_texts(members, "remarks") if "remarks" in members else (),
    )


def _suggestion(raw: object) -> SavedSuggestion:
    members = _of(raw, dict)
    return SavedSuggestion(
        answer=_enum(members, "answer", Likely),
        because=_text(members, "because"),
        evidence=_each(members, "evidence", _fact),
    )


def _tip(raw: object) -> tuple[str, str]:
    members = _of(raw, dict)
    return _text(members, "program"), _text(members, "words")


def _fact(raw: object) -> SavedFact:
    members = _of(raw, dict)
    key, value = _text(members, "key"), members.get("value")
    kind = KEYS[key].kind if key in KEYS and value is not None else None
    if kind is WORDS:
        value = _text(members, "value")
    elif kind and kind.listed and kind is not SIZES:
        value = _texts(members, "value")
    elif isinstance(value, list):
        value = tuple(value)
    return SavedFact(
        key=key,
        witness=_text(members, "witness"),
        locator=_text(members, "locator", optional=True),
        raw=_text(members, "raw", optional=True),
        value=value if isinstance(value, (str, int, float, tuple)) else None,
        note=_text(members, "note", optional=True),
    )


def _place(raw: object) -> Place:
    members = _of(raw, dict)
    return Place(file=_text(members, "file"), line=_whole(members, "line"), column=_whole(members, "column"))


def _decision(raw: object) -> SavedDecision:
    members = _of(raw, dict)
    return SavedDecision(
        choice=_enum(members, "decision", Choice),
        reason=_text(members, "reason"),
        void=bool(_text(members, "void", optional=True)),
        contested=bool(_of(members.get("against", []), list, "against")),
    )


def _within(where: str, reader: Callable[..., _T], *arguments: Any) -> _T:
    """Reads a member's value, and adds the member's name to errors."""
    try:
        return reader(*arguments)
    except _InvalidError as error:
        raise _InvalidError(where, error.where) from None


def _each(members: dict[str, Any], name: str, reader: Callable[[object], _T]) -> tuple[_T, ...]:
    """A member that is a list, with each item read by the reader."""
    items, values = _of(members.get(name), list, name), []
    at = 0
    try:
        for at, item in enumerate(items):  # noqa: B007 - the error tells it
            values.append(reader(item))
    except _InvalidError as error:
        raise _InvalidError(f"{name}[{at}]", error.where) from None
    return tuple(values)


def _text(members: dict[str, Any], name: str, *, optional: bool = False) -> str:
    """A member that is a text; if optional, empty if it is missing or null."""
    value = members.get(name)
    return "" if optional and value is None else _of(value, str, name)


def _texts(members: dict[str, Any], name: str) -> tuple[str, ...]:
    """A member that is a list of texts."""
    values = _of(members.get(name), list, name)
    if not all(isinstance(value, str) for value in values):
        raise _InvalidError(name)
    return tuple(values)


def _whole(members: dict[str, Any], name: str) -> int:
    """A member that is a whole number from 0."""
    value = _of(members.get(name), int, name)
    if isinstance(value, bool) or not 0 <= value < _LARGEST:
        raise _InvalidError(name)
    return value


def _enum(members: dict[str, Any], name: str, kind: type[_E]) -> _E:
    """A member that is a value of an enum."""
    value = _of(members.get(name), str, name)
    try:
        return kind(value)
    except ValueError:
        raise _InvalidError(name) from None


def _of(raw: object, kind: type[_T], where: str = "") -> _T:
    """The value, if it is of that type."""
    if not isinstance(raw, kind):
        raise _InvalidError(where)
    return raw


def _cut(value: object) -> object:
    """A text, or a tuple of texts, cut to a limit."""
    return (
        tuple(str(item)[:_LONGEST_FACT] for item in value) if isinstance(value, tuple) else str(value)[:_LONGEST_FACT]
    )
