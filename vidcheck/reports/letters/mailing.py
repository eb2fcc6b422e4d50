"""The content of letters from a JSON report: the ineligible entries with their failures, as escaped one-line texts.

Other people's text is escaped and shortened here, so that templates can use each text as it is.
"""

from __future__ import annotations

import math
import re
import shlex
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import TYPE_CHECKING

from vidcheck.facts import Fact, visible
from vidcheck.findings import Level, Outcome, Verdict
from vidcheck.quantities import DATE
from vidcheck.reports import saved
from vidcheck.reports.page import clipped
from vidcheck.reports.saved import NotAReportError
from vidcheck.resolve import agree, chosen
from vidcheck.texts import LANGUAGES, SOURCE, Plain, say
from vidcheck.vocabulary import DURATION_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vidcheck.facts import Entry
    from vidcheck.reports.saved import SavedEntry, SavedFinding, SavedReport
    from vidcheck.texts import Readable

_LONGEST = 2000
"""The most characters of a text in a letter: a file may have a codec name of a megabyte."""
_LONGEST_TIME = 10**9
_HAN, _LATIN = re.compile("[\u3400-\u9fff]"), re.compile("[A-Za-z]")
_LONGEST_NAME = 80
"""The most bytes from the entry's name: with the rest below the 143 that encrypted file systems allow."""
_DIGEST = 8
"""Digits of a path's digest in the name of a letter."""
_FILLERS = frozenset("\u115f\u1160")
"""Invisible letters (Hangul fillers)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One finding in a letter; missing texts are empty."""

    rule: str
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """An ineligible entry."""

    entry: Entry
    path: str
    """As it is shown, cut where it is very long."""
    name: str
    identity: str
    """Distinguishes entries with paths that look alike."""
    size: int | None
    duration: Fraction | None
    """In seconds; None if no rule asked or the witnesses differ."""
    failed: tuple[Item, ...]
    advised: tuple[Item, ...]
    """Recommendations that are not met."""
    open: tuple[Item, ...]
    """Required rules with an unknown outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """The parts of a report that letters need."""

    title: str
    deadline: Readable | None
    """When entries are due; None if the rules name no day. Earlier versions didn't write `rules.deadline`."""
    lang: str
    """The language of the texts on findings."""
    tool: str
    incomplete: bool
    rejected: tuple[Rejected, ...]
    review: tuple[str, ...]
    """Paths of the entries that wait for a person: nothing is certain yet, so they get no letter."""
    eligible: int


def read(data: bytes, name: str) -> Mailing:
    """Reads the parts of a JSON report that letters need. Raises NotAReportError."""
    report = saved.read(data, name)
    reader = _Reader(report)
    verdicts = [entry.verdict for entry in report.entries]
    rejected = tuple(reader.entry(entry) for entry in report.entries if entry.verdict is Verdict.INELIGIBLE)
    _refuse_twins(rejected, name)
    return Mailing(
        title=_line(report.title),
        deadline=_deadline(report),
        lang=report.lang or reader.language(),
        tool=_line(report.tool.get("vidcheck", "")),
        incomplete=report.incomplete,
        rejected=rejected,
        review=tuple(entry.entry.shown for entry in report.entries if entry.verdict is Verdict.REVIEW),
        eligible=verdicts.count(Verdict.ELIGIBLE),
    )


def names(entries: Iterable[Rejected]) -> list[str]:
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
        self._batch = {finding.rule for finding in report.batch}
        """The rules with findings on several entries."""
        every = [entry.entry for entry in report.entries] if self._batch else []
        self._paths = sorted({form for one in every for form in (one.path, one.shown)}, key=len, reverse=True)
        self._another = say("another entry").render(report.lang or SOURCE)

    def entry(self, entry: SavedEntry) -> Rejected:
        """One ineligible entry."""
        path, hidden = entry.entry.shown, entry.path_bytes
        folder = "" if hidden else path[: len(path) - len(path.rpartition("/")[2])]
        items = [
            (finding.standing, finding.level, self._item(finding, folder))
            for finding in entry.findings
            if finding.standing in {Outcome.FAIL, Outcome.UNKNOWN}
        ]
        return Rejected(
            entry=entry.entry,
            path=clipped(path, _LONGEST),
            name=clipped(path.rpartition("/")[2], _LONGEST),
            identity=f"{path}\0{hidden}",
            size=entry.size,
            duration=_duration(entry),
            failed=tuple(item for out, level, item in items if out is Outcome.FAIL and level is Level.REQUIRED),
            advised=tuple(item for out, level, item in items if out is Outcome.FAIL and level is Level.RECOMMENDED),
            open=tuple(item for out, level, item in items if out is Outcome.UNKNOWN and level is Level.REQUIRED),
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
        note, lang = _parted(message, rule, actual, expected)
        if finding.decided:  # a person rejected it and gave a reason
            note, lang = _line(finding.decided.reason), ""
        self._words += [message, finding.remedy]
        self._votes += [lang] if lang else []
        return Item(
            rule=rule,
            key=finding.keys[0] if len(finding.keys) == 1 else "",
            expected=expected,
            actual=actual,
            difference=_line(finding.difference),
            note=note,
            remedy=_line(finding.remedy),
            command=_command(finding.command, folder),
        )

    def _unnamed(self, text: str, rule: str) -> str:
        """The text without other entries' paths, which entrants must not see."""
        for path in self._paths if rule in self._batch else ():
            text = text.replace(path, self._another)
        return text


def _deadline(report: SavedReport) -> Readable | None:
    """The day or moment for a letter, with the rules' time zone."""
    when, zone = report.deadline, _line(report.timezone)
    if when is None:
        return None
    if when.precision == "second":
        return say("{date} ({zone})", date=Plain(f"{when.first:%Y-%m-%d %H:%M}"), zone=zone)
    return say("the end of {date} ({zone})", date=Plain(DATE.write(when)), zone=zone)


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


def _refuse_twins(entries: tuple[Rejected, ...], name: str) -> None:
    """Refuses a report with two identical entries, because their letters would be identical too."""
    seen: set[str] = set()
    for entry in entries:
        if entry.identity in seen:
            raise NotAReportError(say("{name} tells of {path} twice", name=name, path=clipped(entry.path)))
        seen.add(entry.identity)


def _line(text: str) -> str:
    return saved.line(text, _LONGEST)


def _parted(message: str, rule: str, actual: str, expected: str) -> tuple[str, str]:
    """The message without its values, and its language if it is one of ours (else empty).

    A rule's own message is kept whole; of ours, only what the answer rests on.
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
