"""The content of letters from a JSON report: its entries with their findings, as escaped one-line texts.

Other people's text is escaped and shortened here, so that templates can use each text as it is.
"""

from __future__ import annotations

import math
import re
import shlex
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC
from fractions import Fraction
from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from vidcheck.declared.join import LABEL as MANIFEST_LABEL
from vidcheck.declared.join import RULE as MANIFEST
from vidcheck.declared.tables.cells import row_of
from vidcheck.facts import DECLARED, Fact, State, visible
from vidcheck.findings import Level, Outcome, Verdict
from vidcheck.personal import without_people
from vidcheck.quantities import COUNT, DATE, Manner
from vidcheck.reports import saved
from vidcheck.reports.page import clipped
from vidcheck.reports.saved import NotAReportError
from vidcheck.resolve import agree, chosen
from vidcheck.rules.language import CATEGORY, CATEGORY_LABEL
from vidcheck.texts import LANGUAGES, SOURCE, Plain, Spoken, aside, say
from vidcheck.vocabulary import DURATION_KEY, KEYS

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from vidcheck.facts import Entry, Facts
    from vidcheck.quantities import Moment
    from vidcheck.reports.saved import SavedEntry, SavedFinding, SavedReport
    from vidcheck.texts import Readable

_LONGEST = 2000
"""The most characters of a text in a letter: a file may have a codec name of a megabyte."""
_LONGEST_TIME = 10**9
_HAN, _LATIN = re.compile("[\u3400-\u9fff]"), re.compile("[A-Za-z]")
_LONGEST_NAME = 80
"""The most bytes from the entry's name: with the rest below the 143 that encrypted file systems allow."""
_DATES = frozenset(
    name for name, key in KEYS.items() if key.kind is DATE and name not in {"file.modified", "declared.submitted"}
)
_SENT = "declared.submitted"
_BESIDE = ("form.", "attachment.")
_ROUGH = re.compile(r"[0-9]{4}(?:-[0-9]{2})?")
"""A year or a month, which may lie on both sides of a limit."""
_DIGEST = 8
"""Digits of a path's digest in the name of a letter."""
_FILLERS = frozenset("\u115f\u1160")
"""Invisible letters (Hangul fillers)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One finding in a letter; missing texts are empty."""

    rule: str
    label: str
    """What people call the rule."""
    key: str
    """The rule's key; empty for several or none."""
    expected: str
    actual: str
    difference: str
    note: str
    """The rule's own message, or what the answer rests on."""
    remedy: str
    command: str
    """For a POSIX shell, in the folder that holds the file."""
    settings: tuple[tuple[str, str], ...] = ()
    """Programs that people use, each with what is to be done there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do in a program."""

    labels: tuple[str, ...]
    """What the rules are called that it mends; empty if there is nothing else to do there."""
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program that people use, and all that is to be done there."""

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom a letter is for, by one row of the manifest; missing texts are empty."""

    name: str = ""
    title: str = ""
    email: str = ""


_NOBODY = Person()


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """An entry that a letter may be about."""

    entry: Entry
    path: str
    """As it is shown, cut where it is very long."""
    name: str
    identity: str
    """Distinguishes entries with paths that look alike, and letters about one entry to several persons."""
    verdict: Verdict
    size: int | None
    duration: Fraction | None
    """In seconds; None if no rule asked or the witnesses differ."""
    failed: tuple[Item, ...]
    advised: tuple[Item, ...]
    """Recommendations that are not met."""
    open: tuple[Item, ...]
    """Required rules with an unknown outcome."""
    asked: tuple[str, ...] = ()
    """The questions that only a person can answer, and nobody has answered."""
    clean: bool = False
    """Whether a program has nothing to say of it: nothing fails, is open, advised or remarked on."""
    programs: tuple[Program, ...] = ()
    """How what fails is mended in the programs that people use."""
    dated: bool = False
    """Whether a date is among the failures: no mended file can help, only proof of another date."""
    mendable: bool = True
    """Whether another file can help: not if all that fails is a day, or that the work was sent twice."""
    shared: bool = False
    """Whether several rows of the table are for it, so that nobody knows whose it is."""
    person: Person = _NOBODY


_BLANK = Item(rule="", label="", key="", expected="", actual="", difference="", note="", remedy="", command="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """The parts of a report that letters need."""

    title: Readable
    until: Readable | None
    """Until when mended entries count; None if the rules name no day, or it has passed."""
    passed: Readable | None
    """The day until which mended entries counted; None unless it has passed."""
    lang: str
    """The language of the texts on findings."""
    tool: str
    incomplete: bool
    entries: tuple[Addressed, ...]
    paths: tuple[str, ...]
    """The entries' paths as the system has them, in the same order."""
    source: str
    """The rules of the report."""

    def of(self, verdicts: Container[Verdict]) -> tuple[Addressed, ...]:
        """The entries with these verdicts."""
        return tuple(entry for entry in self.entries if entry.verdict in verdicts)

    def to(self, people: Mapping[str, Sequence[Person]]) -> Mailing:
        """The same with an entry for each person that its path has: each gets a letter of his own."""
        entries = []
        for entry, path in zip(self.entries, self.paths, strict=True):
            several = _apart(people.get(path, ()))
            shared = entry.shared or len(several) > 1
            for number, person in enumerate(several or [_NOBODY]):
                identity = f"{entry.identity}\0{number}" if number else entry.identity
                entries.append(replace(entry, person=person, identity=identity, shared=shared))
        return replace(self, entries=tuple(entries), paths=())


def read(data: bytes, name: str, now: datetime | None = None) -> Mailing:
    """Reads the parts of a JSON report that letters need. Raises NotAReportError.

    `now` is the time by which a deadline has passed; without it none has.
    """
    report = saved.read(data, name)
    reader = _Reader(report)
    entries = tuple(reader.entry(entry) for entry in report.entries)
    _refuse_twins(entries, name)
    until = report.corrections or report.deadline
    passed = until is not None and now is not None and _has_passed(until, now, report.timezone)
    shown = None if until is None else _moment(until, report.timezone)
    return Mailing(
        title=Spoken(tuple((lang, _line(words)) for lang, words in report.titles or ((SOURCE, report.title),))),
        until=None if passed else shown,
        passed=_day(until, report.timezone) if passed and until else None,
        lang=report.lang or reader.language(),
        tool=_line(report.tool.get("vidcheck", "")),
        incomplete=report.incomplete,
        entries=entries,
        paths=tuple(entry.entry.path for entry in report.entries),
        source=report.source,
    )


def person_of(facts: Facts, lang: str) -> Person:
    """Whom a row of the manifest names: the first of the makers, else the unit that recommends the work."""
    manner = Manner(lang)

    def text(name: str) -> str:
        key = KEYS[name]
        known = [fact.value for fact in facts.of(name) if fact.state is State.KNOWN]
        return _line(key.kind.show(known[0], manner)) if known else ""

    addresses = [one for fact in facts.of("declared.email") if fact.state is State.KNOWN for one in fact.value]

    def shown(name: str) -> str:
        whole = text(name)
        kept = without_people(whole, facts.facts)
        return whole if kept == whole else kept.strip(" ()（）[]:：，,、-")

    return Person(
        name=shown("declared.first-author") or shown("declared.recommender"),
        title=shown("declared.title"),
        email=_line("; ".join(dict.fromkeys(addresses))),
    )


def names(entries: Iterable[Addressed]) -> list[str]:
    """The names of letters, without extension: the safe part of the entry's name, then its path's digest.

    An entry's letter has the same name in every run, whatever the other entries are.
    """
    taken: set[str] = set()
    made = []
    for entry in entries:
        stem, digest = _stem(entry.name), sha256(entry.identity.encode("utf-8", "surrogatepass")).hexdigest()
        # file systems that fold case or normalise may treat two names as one
        length = _DIGEST if f"{stem}-{digest[:_DIGEST]}".casefold() not in taken else len(digest)
        name = f"{stem}-{digest[:length]}"
        taken.add(name.casefold())
        made.append(name)
    return made


class _Reader:
    """Reads entries, and detects the language of their texts."""

    def __init__(self, report: SavedReport) -> None:
        self._words: list[str] = []
        """The report's texts in a language."""
        self._votes: list[str] = []
        """The languages of our own messages."""
        own = {
            MANIFEST: MANIFEST_LABEL,
            CATEGORY: CATEGORY_LABEL,
        }  # no rules of a file, so that the report's list lacks them
        self._labels = {name: label.render(report.lang or SOURCE) for name, label in own.items()} | report.labels
        self._batch = {finding.rule for finding in report.batch}
        """The rules with findings on several entries."""
        every = [entry.entry for entry in report.entries] if self._batch else []
        self._paths = sorted({form for one in every for form in (one.path, one.shown)}, key=len, reverse=True)
        self._lang = report.lang or SOURCE
        self._another = say("another entry").render(self._lang)

    def entry(self, entry: SavedEntry) -> Addressed:
        """One entry."""
        path, hidden = entry.entry.shown, entry.path_bytes
        folder = "" if hidden else path[: len(path) - len(path.rpartition("/")[2])]
        items = [
            (finding.standing, finding.level, self._item(finding, folder))
            for finding in entry.findings
            if finding.standing is Outcome.FAIL
            or (finding.standing is Outcome.UNKNOWN and not self._of_several(finding) and not finding.contested)
        ]
        waiting = any(finding.standing is Outcome.UNKNOWN for finding in entry.findings)
        asked = tuple(_line(finding.expected) for finding in entry.findings if finding.standing is Outcome.MANUAL)
        required = [item for out, level, item in items if out is Outcome.FAIL and level is Level.REQUIRED]
        failing = [each for each in entry.findings if each.standing is Outcome.FAIL and each.level is Level.REQUIRED]
        return Addressed(
            entry=entry.entry,
            path=clipped(path, _LONGEST),
            name=clipped(path.rpartition("/")[2], _LONGEST),
            identity=f"{path}\0{hidden}",
            verdict=entry.verdict,
            size=entry.size,
            duration=_duration(entry),
            failed=tuple(required),
            advised=tuple(item for out, level, item in items if out is Outcome.FAIL and level is Level.RECOMMENDED),
            open=tuple(item for out, level, item in items if out is Outcome.UNKNOWN and level is Level.REQUIRED),
            asked=asked,
            programs=_programs(required),
            dated=any(_DATES & {*finding.keys} for finding in failing),
            mendable=any(each.rule not in self._batch and not {*_DATES, _SENT} & {*each.keys} for each in failing),
            clean=not (items or waiting or entry.remarks or any(f.remarks for f in entry.findings)),
            shared=any(self._of_several(finding) for finding in entry.findings),
        )

    def language(self) -> str:
        """The language of most of our own messages; without any, guessed by the letters of the rules' texts.

        Chinese texts have Latin letters too (units, names); English texts hardly have Chinese ones.
        """
        if self._votes:
            return max(LANGUAGES, key=self._votes.count)
        text = " ".join(self._words)
        han = 2 * len(_HAN.findall(text)) > len(_LATIN.findall(text))
        return next(lang.name for lang in LANGUAGES.values() if lang.han is han)

    def _item(self, finding: SavedFinding, folder: str) -> Item:
        """One finding."""
        rule, expected = _line(finding.rule), _line(finding.expected)
        message, actual = (_line(self._unnamed(text, rule)) for text in (finding.message, finding.actual))
        label = _line(self._labels.get(finding.rule, ""))
        called = Spoken(((SOURCE, label),)) if label else Plain(rule)
        note, lang = _parted(message, called, actual, expected)
        if finding.decided:  # a person rejected it and gave a reason
            note, lang = _line(finding.decided.reason), ""
        key = finding.keys[0] if len(finding.keys) == 1 else ""
        heading = label or (KEYS[key].called.render(self._lang) if key in KEYS else rule)
        self._words += [message, finding.remedy]
        self._votes += [lang] if lang else []
        if self._of_several(finding):  # one of them is another person's
            note = say("several rows of the table are for this file, and they do not say the same").render(self._lang)
            return replace(_BLANK, rule=rule, label=heading, key=key, expected=expected, note=note)
        wanted = _wanted(finding, heading)
        if wanted and any(
            name in KEYS and KEYS[name].personal for name in finding.keys
        ):  # what it quotes is not in a report
            note = ""
        return Item(
            rule=rule,
            label=self._counted(heading, key),
            key=key,
            expected=expected,
            actual=actual,
            difference=_line(finding.difference),
            note=note,
            remedy=_line(finding.remedy) or (_line(wanted.render(self._lang)) if wanted else ""),
            command=_command(finding.command, folder),
            settings=tuple((_line(program), _line(words)) for program, words in finding.settings),
        )

    def _unnamed(self, text: str, rule: str) -> str:
        """The text without other entries' paths, which entrants must not see."""
        for path in self._paths if rule in self._batch else ():
            if LANGUAGES[self._lang].han:  # such a name stands between spaces, the words do not
                text = text.replace(f" {path} ", self._another)
            text = text.replace(path, self._another)
        return text

    def _counted(self, heading: str, key: str) -> str:
        """The heading, with what is counted if it does not say so: a number alone tells nothing."""
        if key not in KEYS or KEYS[key].kind is not COUNT:
            return heading
        called = KEYS[key].called.render(self._lang)
        return heading if called.casefold() == heading.casefold() else aside(heading, called, self._lang)

    def _of_several(self, finding: SavedFinding) -> bool:
        """Whether several rows of the table say different things: then nobody knows whose data they are."""
        if finding.rule == MANIFEST and finding.keys:
            return finding.standing is Outcome.UNKNOWN
        # a finding on several entries has the other ones' rows too, with their paths in front
        others = tuple(f"{path}: " for path in self._paths) if finding.rule in self._batch else ()
        said: dict[str, dict[str, set[str]]] = {}
        withheld = set()
        for fact in finding.evidence:
            own = fact.witness == DECLARED and not fact.locator.startswith(others)
            row = row_of(fact.locator) if own else ""
            if row:
                said.setdefault(fact.key, {}).setdefault(row, set()).add(f"{fact.raw}\0{fact.value}")
                withheld |= {fact.key} if KEYS[fact.key].personal else set()
        return any(
            len(rows) > 1 and (key in withheld or len(set(map(frozenset, rows.values()))) > 1)
            for key, rows in said.items()
        )


def _programs(items: Iterable[Item]) -> tuple[Program, ...]:
    """Each program with all that is to be done there, so that entrants read on at the one that they have."""
    steps: dict[str, dict[str, list[str]]] = {}
    for item in items:
        for program, words in item.settings:
            steps.setdefault(program, {}).setdefault(words, []).append(item.label)
    return tuple(
        Program(
            name=name,
            steps=tuple(
                Step(labels=tuple(labels) if len(rows) > 1 else (), words=words) for words, labels in rows.items()
            ),
        )
        for name, rows in steps.items()
    )


def _wanted(finding: SavedFinding, heading: str) -> Readable | None:
    """What only the entrant can add to what could not be told; None if it is for the organizer to look at."""
    if finding.standing is not Outcome.UNKNOWN or not finding.keys:
        return None
    unreadable = any(
        fact.witness == DECLARED and fact.raw and fact.note and fact.value is None for fact in finding.evidence
    )
    if _DATES & {*finding.keys}:
        nowhere = all(fact.value is None for fact in finding.evidence)
        if unreadable or nowhere or _ROUGH.fullmatch(finding.actual):
            return say(
                "Please tell us the exact day, with proof of it: a broadcast record, or the address where the work was first shown."
            )
        return None
    if unreadable:
        return say("Please write to us what is right here: {what}.", what=heading)
    if all(key.startswith(_BESIDE) for key in finding.keys):
        return say("Please send these files once more, so that they open without a password.")
    return None


def _apart(people: Sequence[Person]) -> list[Person]:
    """Each person once: whoever has the same e-mail address is the same."""
    by_address: dict[object, Person] = {}
    for person in people:
        by_address.setdefault(person.email.casefold() or person, person)
    return list(by_address.values())


def _has_passed(when: Moment, now: datetime, zone: str) -> bool:
    """Whether a day or moment lies behind. The report has a day as it is in the rules' zone."""
    if when.precision != "day":
        return when.last < now
    try:
        there = now.astimezone(ZoneInfo(zone))
    except (ValueError, OSError, KeyError):  # a report is a stranger's file
        there = now.astimezone(UTC)
    return when.first.date() < there.date()


def _day(when: Moment, timezone: str) -> Readable:
    """The day or moment by itself."""
    return Plain(DATE.write(when)) if when.precision == "day" else _moment(when, timezone)


def _moment(when: Moment, timezone: str) -> Readable:
    """The day or moment for a letter, with the rules' time zone."""
    zone = _zone(timezone, when.last)
    if when.precision == "second":
        return say("{date} ({zone})", date=Plain(f"{when.first:%Y-%m-%d %H:%M}"), zone=zone)
    return say("the end of {date} ({zone})", date=Plain(DATE.write(when)), zone=zone)


_BEIJING = frozenset({"Asia/Shanghai", "Asia/Chongqing", "Asia/Chungking", "Asia/Harbin", "PRC"})


def _zone(timezone: str, at: datetime) -> Readable:
    """A time zone as people call it: `Asia/Shanghai` is nothing to a layman."""
    if timezone in _BEIJING:
        return say("Beijing time")
    try:
        offset = at.astimezone(ZoneInfo(timezone)).utcoffset()
    except (ValueError, OSError, KeyError):  # a report is a stranger's file
        return Plain(_line(timezone))
    minutes = round(offset.total_seconds() / 60) if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    shown = f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}" if minutes else "UTC"
    city = timezone.rpartition("/")[2].replace("_", " ")
    return Plain(shown) if city in {"UTC", "GMT"} else say("{city} time, {offset}", city=_line(city), offset=shown)


def _duration(entry: SavedEntry) -> Fraction | None:
    """The duration, if a finding has it and the witnesses agree."""
    facts = list(_durations(entry))
    if not facts or not agree(DURATION_KEY, facts):
        return None
    duration: Fraction = chosen(DURATION_KEY, facts).value
    return duration


def _durations(entry: SavedEntry) -> Iterator[Fact]:
    for fact in (fact for finding in entry.findings for fact in finding.evidence if fact.key == DURATION_KEY.name):
        value = fact.value
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            seconds = Fraction(str(value))
            if 0 <= seconds < _LONGEST_TIME:
                yield Fact(key=DURATION_KEY.name, witness=fact.witness, value=seconds)


def _refuse_twins(entries: tuple[Addressed, ...], name: str) -> None:
    """Refuses a report with two identical entries, because their letters would be identical too."""
    seen: set[str] = set()
    for entry in entries:
        if entry.identity in seen:
            raise NotAReportError(say("{name} tells of {path} twice", name=name, path=clipped(entry.path)))
        seen.add(entry.identity)


def _line(text: str) -> str:
    return saved.line(text, _LONGEST)


def _parted(message: str, rule: Readable, actual: str, expected: str) -> tuple[str, str]:
    """The message without its values, and its language if it is one of ours (else empty).

    A rule's own message is kept whole; of ours, only what the answer rests on.
    """
    for lang in LANGUAGES:
        shown = Spoken(((SOURCE, actual),))  # a value of ours stands beside Chinese without a space
        plain = say("{rule} is {actual}; expected: {expected}", rule=rule, actual=shown, expected=expected).render(lang)
        if message == say("{sentence}.", sentence=plain).render(lang):
            return "", lang
        several = say(
            "{rule}: {actual}; expected: {expected}.", rule=rule, actual=Plain(actual), expected=Plain(expected)
        )
        if message == several.render(lang):
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
    """The command for the entrant, who runs it beside the file and doesn't have the organizer's folders.

    Empty if it would not appear in a letter as typed.
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
    """A path without the folder, in a form that ffmpeg can't take for an option or a protocol; other words unchanged."""
    start = next((each for each in (folder, f"./{folder}") if word.startswith(each)), "")
    name = word[len(start) :]
    return f"./{name}" if start and (name.startswith(("-", "subfile,")) or ":" in name) else name


def _stem(name: str) -> str:
    """The letters and digits of the entry's name, with hyphens for the rest; never empty, hidden or long."""
    plain = unicodedata.normalize("NFKC", name.rpartition(".")[0] or name)
    kept = "".join(_char(char) for char in plain)
    words = "-".join(part for part in kept.split("-") if part)
    return words.encode()[:_LONGEST_NAME].decode("utf-8", "ignore").rstrip("-") or "entry"


def _char(char: str) -> str:
    category = unicodedata.category(char)
    if char == "_" or (category[0] in "LN" and char not in _FILLERS):
        return char
    return "" if category[0] == "M" else "-"
