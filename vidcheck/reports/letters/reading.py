"""What letters need of a JSON report, checked member by member; all of it visible text on one line."""

from __future__ import annotations

import math
import re
import shlex
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar

from vidcheck.facts import Fact, visible
from vidcheck.findings import Choice, Level, Outcome, Verdict
from vidcheck.quantities import DATE, NotAValueError
from vidcheck.reports import runs
from vidcheck.reports.page import clipped, one_line
from vidcheck.reports.runs import NotAReportError
from vidcheck.resolve import agree, chosen
from vidcheck.texts import LANGUAGES, SOURCE, Plain, say
from vidcheck.vocabulary import DURATION_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vidcheck.texts import Readable

_T = TypeVar("_T")
_LONGEST = 2000
"""Characters of a text in a letter: a stranger's file may name its codec by a megabyte."""
_LARGEST = 2**63
_LONGEST_TIME = 10**9
_HAN, _LATIN = re.compile("[\u3400-\u9fff]"), re.compile("[A-Za-z]")
_TOLD = frozenset({Outcome.FAIL, Outcome.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One finding as a letter tells it; empty texts where there is nothing to say."""

    rule: str
    key: str
    """The one key that the rule speaks of; empty for several or none."""
    expected: str
    actual: str
    difference: str
    note: str
    """The rule's own message, or what the answer rests on."""
    remedy: str
    command: str
    """For a POSIX shell, in the folder that holds the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """An ineligible entry."""

    path: str
    name: str
    identity: str
    """What tells entries apart whose paths look alike."""
    size: int | None
    duration: Fraction | None
    """In seconds; None where no rule asked or the witnesses do not agree."""
    failed: tuple[Item, ...]
    advised: tuple[Item, ...]
    """Recommendations that are not met."""
    open: tuple[Item, ...]
    """Required rules that nobody could tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a report tells."""

    title: str
    deadline: Readable | None
    """When entries are due; None where the rules name no day. Reports of earlier versions lack `rules.deadline`."""
    lang: str
    """The language of the words about findings."""
    tool: str
    incomplete: bool
    rejected: tuple[Rejected, ...]
    review: tuple[str, ...]
    """Paths of the entries that wait for a person: nothing is certain yet, so they get no letter."""
    eligible: int


def read(data: bytes, name: str) -> Told:
    """A JSON report as far as letters need it. Raises NotAReportError."""
    raw: Any = runs.loads(data, name)
    run = runs.read(raw, name)  # the schema, and every verdict, outcome and level
    rules, entries = raw["rules"], list(enumerate(raw["entries"]))
    reader = _Reader(name, _Others(raw, _declared(raw) or SOURCE))
    verdicts = [Verdict(entry["verdict"]) for _, entry in entries]
    rejected = tuple(
        reader.entry(entry, f"entries[{at}]") for at, entry in entries if entry["verdict"] == Verdict.INELIGIBLE
    )
    reader.distinct(rejected)
    return Told(
        title=reader.text(rules, "title", "rules"),
        deadline=reader.deadline(rules),
        lang=_declared(raw) or _spoken(reader.votes, reader.words),
        tool=_line(run.tool.get("vidcheck", "")),
        incomplete=run.incomplete,
        rejected=rejected,
        review=tuple(visible(entry["path"]) for _, entry in entries if entry["verdict"] == Verdict.REVIEW),
        eligible=verdicts.count(Verdict.ELIGIBLE),
    )


class _Others:
    """Whose other entries are is none of an entrant's business, where a rule speaks of several."""

    def __init__(self, raw: Mapping[str, Any], lang: str) -> None:
        batch = raw.get("batch")
        self._rules = {
            each.get("rule") for each in (batch if isinstance(batch, list) else ()) if isinstance(each, dict)
        }
        self._another = say("another entry").render(lang)
        paths = [each["path"] for each in raw["entries"]] if self._rules else []
        self._paths = sorted({form for path in paths for form in (path, visible(path))}, key=len, reverse=True)

    def unnamed(self, text: str, rule: str) -> str:
        """The text without their paths."""
        for path in self._paths if rule in self._rules else ():
            text = text.replace(path, self._another)
        return text


class _Reader:
    """Reads entries; its errors say where in the report."""

    def __init__(self, name: str, others: _Others) -> None:
        self.name, self.others = name, others
        self.words: list[str] = []
        """What the report says in a language."""
        self.votes: list[str] = []
        """The languages of sentences of ours."""

    def entry(self, raw: Mapping[str, Any], where: str) -> Rejected:
        """One ineligible entry."""
        path, hidden = visible(raw["path"]), self.text(raw, "path_bytes", where, optional=True)
        folder = "" if hidden else path[: len(path) - len(path.rpartition("/")[2])]
        rows = [(each, f"{where}.findings[{at}]") for at, each in enumerate(raw["findings"])]
        standings = [(each, place, self.standing(each, place)) for each, place in rows]
        items = [
            (outcome, Level(each["level"]), self.item(each, place, folder))
            for each, place, outcome in standings
            if outcome in _TOLD
        ]
        return Rejected(
            path=clipped(path, _LONGEST),
            name=clipped(path.rpartition("/")[2], _LONGEST),
            identity=f"{path}\0{hidden}",
            size=self.size(raw.get("size"), f"{where}.size"),
            duration=_duration(fact for each, place in rows for fact in self.durations(each, place)),
            failed=tuple(item for out, level, item in items if out is Outcome.FAIL and level is Level.REQUIRED),
            advised=tuple(item for out, level, item in items if out is Outcome.FAIL and level is Level.RECOMMENDED),
            open=tuple(item for out, level, item in items if out is Outcome.UNKNOWN and level is Level.REQUIRED),
        )

    def item(self, raw: Mapping[str, Any], where: str, folder: str) -> Item:
        """One finding."""
        rule, expected = self.text(raw, "rule", where), self.text(raw, "expected", where)
        message, actual = (
            _line(self.others.unnamed(self.of(raw.get(member), str, f"{where}.{member}"), rule))
            for member in ("message", "actual")
        )
        keys = [self.of(key, str, f"{where}.keys") for key in self.of(raw.get("keys"), list, f"{where}.keys")]
        command = self.of(raw.get("command", ""), str, f"{where}.command")
        remedy = self.of(raw.get("remedy") or "", str, f"{where}.remedy").removesuffix(f"\n{command}")
        note, lang = _parted(message, rule, actual, expected)
        decision = self.decision(raw, where)
        if decision:  # a person rejected it, and says why
            note, lang = self.text(decision, "reason", f"{where}.decision"), ""
        self.words += [message, remedy]
        self.votes += [lang] if lang else []
        return Item(
            rule=rule,
            key=keys[0] if len(keys) == 1 else "",
            expected=expected,
            actual=actual,
            difference=self.text(raw, "difference", where, optional=True),
            note=note,
            remedy=_line(remedy),
            command=_command(command, folder),
        )

    def decision(self, raw: Mapping[str, Any], where: str) -> Mapping[str, Any] | None:
        """What a person decided, where it holds."""
        told = raw.get("decision")
        if told is None:
            return None
        decision: Mapping[str, Any] = self.of(told, dict, f"{where}.decision")
        return None if decision.get("void") else decision

    def standing(self, raw: Mapping[str, Any], where: str) -> Outcome:
        """What counts of a finding: what a person decided, else the machine's outcome."""
        decision = self.decision(raw, where)
        if decision is None:
            return Outcome(raw["outcome"])
        accepted = self.text(decision, "decision", f"{where}.decision") == Choice.ACCEPT
        return Outcome.PASS if accepted else Outcome.FAIL

    def durations(self, raw: Mapping[str, Any], where: str) -> Iterator[Fact]:
        """What witnesses say of the duration in one finding."""
        for at, each in enumerate(self.of(raw.get("evidence"), list, f"{where}.evidence")):
            evidence = self.of(each, dict, f"{where}.evidence[{at}]")
            value, witness = evidence.get("value"), evidence.get("witness")
            known = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
            if evidence.get("key") == DURATION_KEY.name and known and isinstance(witness, str):
                seconds = Fraction(str(value))
                if 0 <= seconds < _LONGEST_TIME:
                    yield Fact(key=DURATION_KEY.name, witness=witness, value=seconds)

    def deadline(self, rules: Mapping[str, Any]) -> Readable | None:
        """The day or moment in ISO 8601, as a letter tells it: with the zone that the rules count days in."""
        written, zone = rules.get("deadline"), self.text(rules, "timezone", "rules")
        if written is None:
            return None
        try:
            when = DATE.read(self.of(written, str, "rules.deadline"))
        except NotAValueError:
            raise self.wrong("rules.deadline") from None
        told = Plain(f"{when.first:%Y-%m-%d %H:%M}" if when.precision == "second" else DATE.write(when))
        if when.precision == "second":
            return say("{date} ({zone})", date=told, zone=zone)
        return say("the end of {date} ({zone})", date=told, zone=zone)

    def size(self, raw: object, where: str) -> int | None:
        """A file's size, where it is known."""
        size = None if raw is None else self.of(raw, int, where)
        if isinstance(size, bool) or (size is not None and not 0 <= size < _LARGEST):
            raise self.wrong(where)
        return size

    def text(self, raw: Mapping[str, Any], member: str, where: str, *, optional: bool = False) -> str:
        """A member that is a text, as one line."""
        value = raw.get(member)
        return "" if optional and value is None else _line(self.of(value, str, f"{where}.{member}"))

    def of(self, raw: object, kind: type[_T], where: str) -> _T:
        """The value, if it is of that type."""
        if not isinstance(raw, kind):
            raise self.wrong(where)
        return raw

    def wrong(self, where: str) -> NotAReportError:
        """The error that names the place."""
        return NotAReportError(
            say("{name}: {where} is not as in a JSON report of vidcheck", name=self.name, where=where)
        )

    def distinct(self, entries: tuple[Rejected, ...]) -> None:
        """Refuses a report in which two entries are the same."""
        seen: set[str] = set()
        for entry in entries:
            if entry.identity in seen:
                raise NotAReportError(say("{name} tells of {path} twice", name=self.name, path=clipped(entry.path)))
            seen.add(entry.identity)


def _line(text: str) -> str:
    return clipped(visible(one_line(text)), _LONGEST)


def _parted(message: str, rule: str, actual: str, expected: str) -> tuple[str, str]:
    """What the message says beyond the figures, and its language where it is a sentence of ours (else empty).

    A rule's own message is told whole; of ours, only what the answer rests on.
    """
    for lang in LANGUAGES:
        plain = say("{rule} is {actual}; expected: {expected}", rule=rule, actual=actual, expected=expected).render(
            lang
        )
        if message == say("{sentence}.", sentence=plain).render(lang):
            return "", lang
        for reasoned in (
            say("{sentence} ({why}).", sentence=plain, why="\0"),
            say("{rule} is not known: {why}.", rule=rule, why="\0"),
        ):
            head, _, tail = reasoned.render(lang).partition("\0")
            if message.startswith(head) and message.endswith(tail):
                return message[len(head) : len(message) - len(tail)], lang
    return message, ""


def _command(command: str, folder: str) -> str:
    """The command as the entrant can run it: beside the file, for the organizer's folders are not theirs.

    Empty where it would not come out in a letter as it is typed.
    """
    if not command or visible(command) != command or len(command) > _LONGEST:
        return ""
    if not folder or "$'" in command:
        return command
    try:
        words = shlex.split(command)
    except ValueError:
        return command
    return shlex.join(_beside(word, folder) for word in words)


def _beside(word: str, folder: str) -> str:
    """A path without the folder, so that ffmpeg takes it for neither an option nor a protocol; other words as they are."""
    start = next((each for each in (folder, f"./{folder}") if word.startswith(each)), "")
    name = word[len(start) :]
    return f"./{name}" if start and (name.startswith(("-", "subfile,")) or ":" in name) else name


def _duration(facts: Iterable[Fact]) -> Fraction | None:
    told = list(facts)
    if not told or not agree(DURATION_KEY, told):
        return None
    duration: Fraction = chosen(DURATION_KEY, told).value
    return duration


def _declared(raw: Mapping[str, Any]) -> str:
    """The language that the report says it is in (`lang`, which is optional)."""
    lang = raw.get("lang")
    return lang if isinstance(lang, str) and lang in LANGUAGES else ""


def _spoken(votes: list[str], words: Iterable[str]) -> str:
    """The language of most sentences of ours; without any, judged by the letters of the rules' words.

    Chinese holds Latin letters too (units, names), English hardly a Chinese one.
    """
    if votes:
        return max(LANGUAGES, key=votes.count)
    text = " ".join(words)
    han = 2 * len(_HAN.findall(text)) > len(_LATIN.findall(text))
    return next(lang.name for lang in LANGUAGES.values() if lang.han is han)
