"""What was seen and heard in a film: pictures with their times, and its black, frozen and silent stretches with its loudness.

The drawing is one picture to whoever does not see it, and its caption says the same in words. Each kind of stretch has a
row of its own with its name, so that no colour is needed.
"""

from __future__ import annotations

import re
from base64 import b64encode
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from vidcheck.facts import State
from vidcheck.quantities import DURATION, Shown
from vidcheck.reports.finding import moment, pictures_called
from vidcheck.texts import Plain, join, say, say_count
from vidcheck.vocabulary import (
    CONTENT_BLACK,
    CONTENT_DURATION,
    CONTENT_FINGERPRINT,
    CONTENT_FROZEN,
    CONTENT_LOUDNESS,
    CONTENT_SILENT,
    KEYS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidcheck.facts import Fact, Picture
    from vidcheck.reports.html.markup import Teller
    from vidcheck.texts import Readable, Text

_APART = frozenset({CONTENT_DURATION.name, CONTENT_FINGERPRINT.name})
"""Keys whose pictures are shown otherwise: the contact sheet, and the pictures of films that are alike beside a finding."""
MOST_BYTES = 16 * 2**20
"""The most bytes of all contact sheets of a page; those of many films have fewer pictures each."""
_ROWS = (
    (CONTENT_BLACK.name, say("Black"), say("Black: {times}"), say("nowhere black")),
    (CONTENT_FROZEN.name, say("Frozen"), say("Frozen: {times}"), say("nowhere frozen")),
    (CONTENT_SILENT.name, say("Silent"), say("Silent: {times}"), say("nowhere silent")),
)
_STRETCH = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")
_CURVE = re.compile(r"S every (\d+(?:\.\d+)?) s: ([-\d ]*)")
_WIDE, _LEFT, _RIGHT = 640, 92, 630
_HIGH, _ROW = 72, 26
_QUIET, _LOUD = -60, 0
"""The range of the curve, in LUFS."""
_MOST_SAID = 6
"""The most stretches of a kind that the caption names."""


class _Film(NamedTuple):
    """What is drawn of a film."""

    end: Fraction
    """In seconds."""
    rows: list[tuple[Text, Text, Text, list[tuple[Fraction, Fraction]]]]
    curve: list[tuple[Fraction, int]]
    loudness: Fact | None


def share(entries: int) -> int:
    """The bytes that the contact sheet of each of so many entries may have."""
    return MOST_BYTES // max(1, entries)


def sheet(facts: Sequence[Fact], number: int, most: int, tell: Teller) -> str:
    """All pictures, stretches and curves of the entry of that number; empty if nobody has looked."""
    parts = [_contact(facts, most, tell), _drawing(facts, number, tell)]
    parts += [pictures(fact, tell) for fact in facts if fact.key not in _APART and fact.pictures]
    inside = "".join(parts)
    return f'<div class="seen">{inside}</div>' if inside else ""


def pictures(fact: Fact, tell: Teller, shown: Sequence[Picture] | None = None, note: Readable | None = None) -> str:
    """The pictures of a fact in a grid under its name, each with its time."""
    shown = fact.pictures if shown is None else shown
    small = f" <small>{tell(note)}</small>" if note else ""
    items = "".join(_item(one, tell) for one in shown)
    return f'<h4>{tell(pictures_called(fact))}{small}</h4><ul class="sheet">{items}</ul>' if items else ""


def shows_pictures(facts: Sequence[Fact]) -> bool:
    """Whether any of the facts has a picture."""
    return any(fact.pictures for fact in facts)


def _item(picture: Picture, tell: Teller) -> str:
    time = moment(picture.at)
    alt = say("the picture at {time}", time=time)
    words = join([time, picture.note], say(" · ")) if picture.note else time
    data = b64encode(picture.data).decode()
    image = f'<img alt="{tell.line(alt)}" loading="lazy" decoding="async" src="data:image/jpeg;base64,{data}">'
    return f"<li>{image}<span>{tell.line(words)}</span></li>"


def _contact(facts: Sequence[Fact], most: int, tell: Teller) -> str:
    """The contact sheet, or as many of its pictures as fit into so many bytes, over the whole film."""
    fact = next((fact for fact in facts if fact.key == CONTENT_DURATION.name and fact.pictures), None)
    if fact is None:
        return ""
    every, count = fact.pictures, len(fact.pictures)
    shown = every
    while count > 1 and sum(len(one.data) for one in shown) > most:
        count -= 1
        shown = tuple(every[(2 * at + 1) * len(every) // (2 * count)] for at in range(count))
    fewer = say("{shown} of {all} pictures, because this report has many films", shown=count, all=len(every))
    return pictures(fact, tell, shown, fewer if count < len(every) else None)


def _drawing(facts: Sequence[Fact], number: int, tell: Teller) -> str:
    film = _film(facts)
    if film is None:
        return ""
    shape, y = "", 8
    if film.curve:
        shape, y = _curve(film, tell), y + _HIGH + 14
    for name, _, _, stretches in film.rows:
        shape += _band(name, stretches, y, film.end, tell)
        y += _ROW
    shape += _axis(film.end, y, tell)
    caption = join([*_said(film)], say("; ")).render(tell.manner.lang)
    return (
        f'<figure><svg viewBox="0 0 {_WIDE} {y + 26}" role="img" aria-labelledby="s-{number}">{shape}</svg>'
        f'<figcaption id="s-{number}">{tell.line(Plain(caption))}</figcaption></figure>'
    )


def _film(facts: Sequence[Fact]) -> _Film | None:
    """What can be drawn; None if there is nothing."""
    known = {fact.key: fact for fact in facts if fact.state is State.KNOWN}
    rows = [(name, some, none, _stretches(known[key].raw)) for key, name, some, none in _ROWS if key in known]
    loudness = next((fact for fact in facts if fact.key == CONTENT_LOUDNESS.name), None)
    curve = _points(loudness.raw) if loudness else []
    if not rows and not curve:
        return None
    ends = [end for *_, row in rows for _, end in row] + [at for at, _ in curve]
    if CONTENT_DURATION.name in known:
        ends += [end for _, end in _stretches(known[CONTENT_DURATION.name].raw)]
    end = max(ends, default=Fraction(0))
    return _Film(end, rows, curve, known.get(CONTENT_LOUDNESS.name)) if end > 0 else None


def _stretches(raw: str) -> list[tuple[Fraction, Fraction]]:
    return [(Fraction(start), Fraction(end)) for start, end in _STRETCH.findall(raw)]


def _points(raw: str) -> list[tuple[Fraction, int]]:
    """The loudness in LUFS at times in seconds."""
    found = _CURVE.search(raw)
    if found is None:
        return []
    pace = Fraction(found[1])
    values = [int(word) for word in found[2].split() if word.removeprefix("-").isdecimal()]
    return [(pace * number, value) for number, value in enumerate(values, 1)] if pace else []


def _at(time: Fraction, end: Fraction) -> int:
    return _LEFT + round(min(time, end) / end * (_RIGHT - _LEFT))


def _level(value: int) -> int:
    part = Fraction(min(max(value, _QUIET), _LOUD) - _QUIET, _LOUD - _QUIET)
    return 8 + round((1 - part) * _HIGH)


def _text(x: int, y: int, words: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>'


def _curve(film: _Film, tell: Teller) -> str:
    points = [(_at(at, film.end), _level(value)) for at, value in film.curve]
    line = " ".join(f"{x} {y}" for x, y in points)
    base = _level(_QUIET)
    shape = f'<path class="base" d="M{_LEFT} {base}H{_RIGHT}"/>'
    shape += f'<path class="sound" d="M{points[0][0]} {base}L{line}L{points[-1][0]} {base}Z"/>'
    shape += _text(0, _level(-10) + 4, tell(say("Loudness")), "start")
    for value in (-10, -30, -50):
        shape += f'<path class="grid" d="M{_LEFT} {_level(value)}H{_RIGHT}"/>'
        shape += (
            _text(_LEFT - 6, _level(value) + 4, str(value).replace("-", "\N{MINUS SIGN}"), "end")
            if value != -10
            else ""
        )
    return shape


def _band(name: Readable, stretches: Sequence[tuple[Fraction, Fraction]], y: int, end: Fraction, tell: Teller) -> str:
    middle = y + _ROW // 2 - 2
    shape = _text(0, middle + 5, tell(name), "start") + f'<path class="grid" d="M{_LEFT} {middle}H{_RIGHT}"/>'
    for start, stop in stretches:
        left, right = _at(start, end), _at(stop, end)
        words = tell.line(_span(start, stop))
        shape += (
            f'<rect class="stretch" x="{left}" y="{middle - 7}" width="{max(2, right - left)}" height="14">'
            f"<title>{words}</title></rect>"
        )
    return shape


def _axis(end: Fraction, y: int, tell: Teller) -> str:
    shape = f'<path class="base" d="M{_LEFT} {y}H{_RIGHT}"/>'
    for quarter, anchor in ((0, "start"), (2, "middle"), (4, "end")):
        time = end * quarter / 4
        x = _at(time, end)
        whole = Fraction(round(time)) if end >= 10 else Fraction(round(time * 10), 10)
        shape += (
            f'<path class="base" d="M{x} {y}v5"/>{_text(x, y + 20, tell.line(Shown(DURATION.name, whole)), anchor)}'
        )
    return shape


def _span(start: Fraction, end: Fraction) -> Readable:
    return say("{start}\N{EN DASH}{end}", start=moment(start), end=moment(end))


def _said(film: _Film) -> list[Readable]:
    """The drawing in words."""
    said: list[Readable] = []
    for _, some, none, stretches in film.rows:
        if not stretches:
            said.append(none)
            continue
        longest = sorted(sorted(stretches, key=lambda one: one[0] - one[1])[:_MOST_SAID])
        times: list[Readable] = [_span(*one) for one in longest]
        if len(stretches) > len(longest):
            more = len(stretches) - len(longest)
            times.append(say_count("{count} shorter stretch", "{count} shorter stretches", more))
        said.append(say(some.key, times=join(times)))
    if film.loudness is not None:
        key = KEYS[CONTENT_LOUDNESS.name]
        said.insert(0, say("Loudness: {value} in all", value=Shown(key.kind.name, film.loudness.value)))
    elif film.curve:
        said.insert(0, say("Loudness over time"))
    return said
