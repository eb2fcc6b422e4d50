"""What letters say of a JSON report: the ineligible entries, each with what failed, in visible text on one line.

Whatever a stranger wrote is made visible and cut here, so templates can take each text as it is.
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

    from vidcheck.reports.saved import SavedEntry, SavedFinding, SavedReport
    from vidcheck.texts import Readable

_LONGEST = 2000
"""Characters of a text in a letter: a stranger's file may name its codec by a megabyte."""
_LONGEST_TIME = 10**9
_HAN, _LATIN = re.compile("[\u3400-\u9fff]"), re.compile("[A-Za-z]")
_LONGEST_NAME = 80
"""Bytes of what is taken from the entry's name: with the rest well under the 143 that encrypted file systems leave."""
_DIGEST = 8
"""Figures of a path's digest in the name of a letter."""
_FILLERS = frozenset("\u115f\u1160")
"""Letters that can't be seen (Hangul fillers)."""


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
class Mailing:
    """A report as far as letters need it."""

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


def read(data: bytes, name: str) -> Mailing:
    """A JSON report as far as letters need it. Raises NotAReportError."""
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
        review=tuple(visible(entry.path) for entry in report.entries if entry.verdict is Verdict.REVIEW),
        eligible=verdicts.count(Verdict.ELIGIBLE),
    )


def names(entries: Iterable[Rejected]) -> list[str]:
    """The names of letters, without extension: the entry's own name as far as it is harmless, then its path's digest.

    An entry's letter bears the same name in every run, whatever the other entries are.
    """
    taken: set[str] = set()
    made = []
    for entry in entries:
        stem, digest = _stem(entry.name), sha256(entry.identity.encode("utf-8", "surrogatepass")).hexdigest()
        # file systems that fold case or normalise would take two names for one
        length = _DIGEST if f"{stem}-{digest[:_DIGEST]}".casefold() not in taken else len(digest)
        name = f"{stem}-{digest[:length]}"
        taken.add(name.casefold())
        made.append(name)
    return made


class _Reader:
    """Reads entries, and listens for the language that their sentences are in."""

    def __init__(self, report: SavedReport) -> None:
        self._words: list[str] = []
        """What the report says in a language."""
        self._votes: list[str] = []
        """The languages of sentences of ours."""
        self._batch = {finding.rule for finding in report.batch}
        """The rules that speak of several entries."""
        paths = [entry.path for entry in report.entries] if self._batch else []
        self._paths = sorted({form for path in paths for form in (path, visible(path))}, key=len, reverse=True)
        self._another = say("another entry").render(report.lang or SOURCE)

    def entry(self, entry: SavedEntry) -> Rejected:
        """One ineligible entry."""
        path, hidden = visible(entry.path), entry.path_bytes
        folder = "" if hidden else path[: len(path) - len(path.rpartition("/")[2])]
        items = [
            (finding.standing, finding.level, self._item(finding, folder))
            for finding in entry.findings
            if finding.standing in {Outcome.FAIL, Outcome.UNKNOWN}
        ]
        return Rejected(
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
        """The language of most sentences of ours; without any, judged by the letters of the rules' words.

        Chinese holds Latin letters too (units, names), English hardly a Chinese one.
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
        if finding.decided:  # a person rejected it, and says why
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
        """The text without other entries' paths: they are none of an entrant's business."""
        for path in self._paths if rule in self._batch else ():
            text = text.replace(path, self._another)
        return text


def _deadline(report: SavedReport) -> Readable | None:
    """The day or moment as a letter says it: with the zone that the rules count days in."""
    when, zone = report.deadline, _line(report.timezone)
    if when is None:
        return None
    if when.precision == "second":
        return say("{date} ({zone})", date=Plain(f"{when.first:%Y-%m-%d %H:%M}"), zone=zone)
    return say("the end of {date} ({zone})", date=Plain(DATE.write(when)), zone=zone)


def _duration(entry: SavedEntry) -> Fraction | None:
    """How long it runs, where witnesses spoke of it in some finding and agree."""
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
    """Refuses a report in which two entries are the same: their letters would be too."""
    seen: set[str] = set()
    for entry in entries:
        if entry.identity in seen:
            raise NotAReportError(say("{name} tells of {path} twice", name=name, path=clipped(entry.path)))
        seen.add(entry.identity)


def _line(text: str) -> str:
    return saved.line(text, _LONGEST)


def _parted(message: str, rule: str, actual: str, expected: str) -> tuple[str, str]:
    """What the message says beyond the figures, and its language where it is a sentence of ours (else empty).

    A rule's own message is given whole; of ours, only what the answer rests on.
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


def _stem(name: str) -> str:
    """Letters and figures of the entry's name, everything else one hyphen; never empty, hidden or long."""
    plain = unicodedata.normalize("NFKC", name.rpartition(".")[0] or name)
    kept = "".join(_char(char) for char in plain)
    words = "-".join(part for part in kept.split("-") if part)
    return words.encode()[:_LONGEST_NAME].decode("utf-8", "ignore").rstrip("-") or "entry"


def _char(char: str) -> str:
    category = unicodedata.category(char)
    if char == "_" or (category[0] in "LN" and char not in _FILLERS):
        return char
    return "" if category[0] == "M" else "-"
