"""Writes a commented rules.yaml from the facts of a file that is known to be good."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from vidcheck.facts import State, visible
from vidcheck.quantities import RESOLUTION, Shown, Size
from vidcheck.resolve import known
from vidcheck.rules.constraints import judge
from vidcheck.rules.language import VERSION
from vidcheck.rules.model import Limit, Tolerance
from vidcheck.texts import Readable, say
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vidcheck.facts import Fact, Facts
    from vidcheck.findings import Place

_SIZES = (Size(640, 360), Size(720, 480), Size(1280, 720), Size(1920, 1080), Size(3840, 2160))
_SHARE = Fraction(1, 100)
_FIFTH = Fraction(1, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One rule to write, active or commented out."""

    key: str
    asks: str
    """The value of the name: `{is: mp4}`."""
    why: Readable
    live: bool = True
    name: str = ""
    """A name of its own; `fact` then names the key."""

    def text(self, lang: str) -> list[str]:
        """The lines of its comment and of the rule."""
        inner = f"fact: {self.key}, {self.asks}" if self.name else self.asks
        rule = f"{self.name or self.key}: {{{inner}}}"
        return [f"  # {self.why.render(lang)}", f"  {'' if self.live else '# '}{rule}"]


def write_rules(
    facts: Facts, name: str, *, title: str = "", timezone: str = "", content: str = "", lang: str = "en"
) -> str:
    """A rules.yaml that the file passes: certain limits are rules, those that depend on the call are comments.

    `content` is how much of the file was decoded, and so how much of entries is to be; empty if nothing was.
    """
    lines = [line for make in _LINES for line in make(facts) if line]
    lines += _person(live=not any(line.live for line in lines))
    head = [
        f"# {say('Rules drawn from one good file, {name}.', name=visible(name)).render(lang)}",
        f"# {say('Every rule says what that file is. Keep what your call asks, change the figures, delete the rest.').render(lang)}",
        f"# {say('After every edit: vidcheck rules check').render(lang)}",
        "",
        f"vidcheck: {VERSION}",
        "contest:",
        f"  title: {quote(title or say('Name of the contest').render(lang))}",
        f"  timezone: {timezone}"
        if timezone
        else f"  # {say('Dates are days in this zone; without it, in UTC.').render(lang)}\n  # timezone: Asia/Shanghai",
        *(
            [f"  # {say('How much of each film is decoded and looked at.').render(lang)}", f"  content: {content}"]
            if content
            else []
        ),
        "",
        "rules:",
    ]
    body = [row for line in lines for row in line.text(lang)]
    return "\n".join([*head, *body, ""])


def quote(text: str) -> str:
    """A text as a single-quoted YAML scalar on one line."""
    return "'" + visible(" ".join(text.split())).replace("'", "''") + "'"


def _passes(facts: Facts, key: str, limit: Limit, tolerance: Tolerance | None = None) -> bool:
    """Whether the value of every witness that knows meets the limit."""
    said: list[Fact] = [fact for fact in facts.of(key) if fact.state is not State.UNKNOWN]
    return bool(said) and all(
        fact.state is State.KNOWN and judge(limit, KEYS[key].kind, fact.value, tolerance) for fact in said
    )


def _is(key: str, why: Readable, *, live: bool = True, tolerance: str = "") -> Callable[[Facts], Iterable[Line | None]]:
    def make(facts: Facts) -> Iterable[Line | None]:
        value = known(facts, key)
        kind = KEYS[key].kind
        share = Tolerance(share=_SHARE) if tolerance else None
        if (
            value is None
            or value is False
            or value == "other"
            or not _passes(facts, key, Limit(constraint="is", argument=value, place=_nowhere()), share)
        ):
            return []
        written = quote(value) if isinstance(value, str) and value not in KEYS[key].values else kind.write(value)
        return [Line(key=key, asks=f"is: {written}{tolerance}", why=why, live=live)]

    return make


def _nowhere() -> Place:
    from vidcheck.findings import Place

    return Place("", 0, 0)


def _every(facts: Facts, key: str) -> list[Any]:
    return sorted(fact.value for fact in facts.of(key) if fact.state is State.KNOWN)


def _duration(facts: Facts) -> Iterable[Line | None]:
    values = _every(facts, "duration")
    if not values:
        return []
    kind = KEYS["duration"].kind
    step = 60 if values[0] >= 120 else 10
    low, high = Fraction(values[0] // step * step), Fraction(-(-values[-1] // step) * step)
    low = low if low < values[0] else max(low - step, Fraction(0))
    high = high if high > values[-1] else high + step
    asks = (
        f"min: {kind.write(low)}, max: {kind.write(high)}, tolerance: 0.5 s"
        if low
        else f"max: {kind.write(high)}, tolerance: 0.5 s"
    )
    why = say(
        "It runs {shown}; the tolerance is for sound that ends with its last packet.", shown=Shown(kind.name, values[0])
    )
    return [Line(key="duration", asks=asks, why=why)]


def _size(facts: Facts) -> Iterable[Line | None]:
    values = _every(facts, "size")
    if not values:
        return []
    kind = KEYS["size"].kind
    step = 10 ** max(len(str(values[-1])) - 1, 0)
    high = -(-max(values[-1], 1) // step) * step
    why = say(
        "It has {shown}. MB is 10^6 bytes, MiB 2^20: where a call says only M, take the larger for the upper limit.",
        shown=Shown(kind.name, values[-1]),
    )
    return [Line(key="size", asks=f"max: {kind.write(high)}", why=why)]


def _resolution(facts: Facts) -> Iterable[Line | None]:
    value = known(facts, "resolution")
    if value is None:
        return []
    fits = [
        size
        for size in _SIZES
        if _passes(facts, "resolution", Limit(constraint="min", argument=size, place=_nowhere()))
    ]
    if not fits:
        return []
    why = say(
        "It is {shown} as displayed; upright pictures count alike. With level: recommended a failure only warns.",
        shown=Shown(RESOLUTION.name, value),
    )
    return [Line(key="resolution", asks=f"min: {RESOLUTION.write(fits[-1])}", why=why)]


def _frame_rate(facts: Facts) -> Iterable[Line | None]:
    value = known(facts, "video.frame-rate")
    if value is None:
        return []
    kind = KEYS["video.frame-rate"].kind
    why = say("It has {shown}.", shown=Shown(kind.name, value))
    return [
        Line(key="video.frame-rate", asks="any-of: [23.976, 24, 25, 29.97, 30, 50, 59.94, 60]", why=why, live=False)
    ]


def _tracks(facts: Facts) -> Iterable[Line | None]:
    one = Limit(constraint="is", argument=1, place=_nowhere())
    some = Limit(constraint="min", argument=1, place=_nowhere())
    why = say("With more than one picture nobody knows which one counts.")
    sound = say("It has sound.")
    return [
        Line(key="video.count", asks="is: 1", why=why, name="picture") if _passes(facts, "video.count", one) else None,
        Line(key="audio.count", asks="min: 1", why=sound, name="sound")
        if _passes(facts, "audio.count", some)
        else None,
    ]


def _completed(facts: Facts) -> Iterable[Line | None]:
    value = known(facts, "completed")
    kind = KEYS["completed"].kind
    day = kind.write(value)[:10] if value is not None else "2022-01-01"
    if len(day) == len("2022"):  # a rule can't name a year
        day = f"{day}-01"
    why = (
        say("The window of the call: both days included. This file says {shown}.", shown=Shown(kind.name, value))
        if value is not None
        else say("The window of the call: both days included.")
    )
    return [Line(key="completed", asks=f"from: {day}, to: {day}", why=why, live=False)]


def _loudness(facts: Facts) -> Iterable[Line | None]:
    value = known(facts, "content.loudness")
    if value is None:
        return []
    kind = KEYS["content.loudness"].kind
    near = Fraction(round(value))
    why = say("How loud it is in all; calls of broadcasters name a figure.")
    asks = f"min: {kind.write(near - 1)}, max: {kind.write(near + 1)}"
    return [Line(key="content.loudness", asks=asks, why=why, live=False)]


def _stretches(facts: Facts) -> Iterable[Line | None]:
    why = say("Not black, not frozen, not silent for more than a fifth of its time.")
    at_most = Limit(constraint="max", argument=_FIFTH, place=_nowhere())
    return [
        Line(key=key, asks=f"max: {KEYS[key].kind.write(_FIFTH)}", why=why)
        for key in ("content.black", "content.frozen", "content.silent")
        if _passes(facts, key, at_most)
    ]


def _person(*, live: bool) -> Iterable[Line]:
    why = say("What only a person can say is a manual rule; it never changes the verdict.")
    return [Line(key="original", asks="manual: {zh: 作品为原创, en: The work is original}", why=why, live=live)]


_LINES: tuple[Callable[[Facts], Iterable[Line | None]], ...] = (
    _is("format", say("The container, decided by content and never by the file's extension.")),
    _is("intact", say("Nothing is cut off: an upload that stopped half way is no entry.")),
    _is("playable", say("Players can show it: a codec that they know, no encryption, all media in the file.")),
    _size,
    _duration,
    _resolution,
    _is("aspect-ratio", say("Its shape as displayed."), live=False, tolerance=", tolerance: 1 %"),
    _is("orientation", say("Wider than high, or the other way round."), live=False),
    _tracks,
    _is("video.codec", say("Its picture's codec; any-of takes several.")),
    _is("audio.codec", say("Its sound's codec.")),
    _frame_rate,
    _is("audio.sample-rate", say("Its sound's sample rate."), live=False),
    _is("audio.channels", say("How many sound channels it has."), live=False),
    _is("video.scan", say("Whole frames, or fields."), live=False),
    _is("faststart", say("Its index stands first, so that it plays while it loads."), live=False),
    _completed,
    _is("content.decodes", say("Every picture and all sound can be decoded.")),
    _stretches,
    _is("content.bars", say("Black bars around the picture."), live=False),
    _is("content.scan", say("Whole frames, or fields, by the decoded pictures."), live=False),
    _loudness,
)
