"""Reads what ffmpeg prints while it decodes, line by line, and keeps the little that matters.

A line begins with its component and its level: `[Parsed_showinfo_1 @ 0x7f] [info] n: 0 pts: …`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Stretch = tuple[Fraction, Fraction]
"""From one time to another, in seconds."""

_NUMBER = rb"(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)"
_SHOWN = re.compile(rb"n: *\d+ pts: *\S+ pts_time:" + _NUMBER + rb".*? sar:(\d+)/(\d+) s:(\d+)x(\d+)")
_BLACK = re.compile(rb"black_start:" + _NUMBER + rb" black_end:" + _NUMBER)
_FROZEN = re.compile(rb"lavfi\.freezedetect\.freeze_(start|end): ?" + _NUMBER)
_SILENT = re.compile(rb"silence_(start|end): ?" + _NUMBER)
_CROPPED = re.compile(rb" w:(-?\d+) h:(-?\d+) x:\d+ y:\d+ ")
_HEARD = re.compile(rb"t: *" + _NUMBER + rb" +TARGET:.*? S: *(\S+) ")
_PEAK = re.compile(rb" TPK: *([^d]+?) *dBFS")
_FIELDS = re.compile(rb"Multi frame detection: TFF: *(\d+) BFF: *(\d+) Progressive: *(\d+) Undetermined: *(\d+)")
_REPEATED = re.compile(rb"Repeated Fields: Neither: *\d+ Top: *(\d+) Bottom: *(\d+)")
_SUMMED = re.compile(rb"^ +(I|LRA): +(-?[\d.]+|-?inf|nan) LUF?S?")
_ERROR = re.compile(rb"^(?:\[([^\]@]*)(?: @ [^\]]*)?\] )*\[(?:error|fatal|panic)\] (.*)")
_NO_DECODERS = (
    b"null",
    b"out#",
    b"Parsed_",
    b"silencedetect",
    b"blackdetect",
    b"freezedetect",
    b"aost#",
    b"vost#",
    b"enc",
)
"""Beginnings of the names of components whose errors say nothing of the film."""
_ADDRESS = re.compile(rb" @ 0x[0-9a-fA-F]+|file:/dev/fd/\d+: ?|file:\S+?: ")
_MOST_STRETCHES = 20_000
_MOST_TEXT = 200
_CURVE = 120
"""The most points of the loudness curve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen and heard."""

    pictures: int = 0
    began: Fraction = Fraction(0)
    """When the first picture is shown."""
    ended: Fraction = Fraction(0)
    """When the last one is no longer shown."""
    size: tuple[int, int] = (0, 0)
    """The stored picture's size."""
    pixel: Fraction = Fraction(1)
    """The shape of its pixels."""
    area: tuple[int, int] | None = None
    """The stored picture's size without bars; None if nothing but black was seen."""
    black: tuple[Stretch, ...] = ()
    frozen: tuple[Stretch, ...] = ()
    silent: tuple[Stretch, ...] = ()
    heard: Stretch | None = None
    """From when until when there is sound; None without any."""
    fields: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Pictures whose top field is first, whose bottom field is first, that are progressive, and others."""
    repeated: int = 0
    """Pictures of which a field was in the one before."""
    loudness: Fraction | None = None
    loudness_range: Fraction | None = None
    peak: Fraction | None = None
    """None for digital silence."""
    sounds: int = 0
    """How often the sound was measured from anew: at its beginning, and where its rate or its channels change."""
    curve: tuple[int, ...] = ()
    """The loudness of 3 s before each point, in LUFS."""
    pace: Fraction = Fraction(0)
    """Seconds between two points."""
    errors: int = 0
    first_error: str = ""
    first_at: Fraction = Fraction(0)
    """The time of the last picture or sound that was decoded before."""


@dataclass(slots=True)
class Log:
    """Takes the lines one after another."""

    seen: Seen = field(default_factory=Seen)
    errors: Callable[[bytes], bool] = lambda _: True
    """Whether an error counts."""
    last: Fraction = Fraction(-1)
    """The time of the last picture: in the end, of the one that `tpad` adds."""
    _times: tuple[Fraction, ...] = ()
    """The times of the last three pictures."""
    _heard: Fraction | None = None
    _black: list[Stretch] = field(default_factory=list)
    _frozen: list[Stretch] = field(default_factory=list)
    _silent: list[Stretch] = field(default_factory=list)
    sparse: bool = False
    """Whether there are key pictures alone: what lies between two of them is known only if both look alike."""
    most: Fraction = Fraction(0)
    """The duration that the headers claim."""
    _every_time: list[Fraction] = field(default_factory=list)
    """The times of all key pictures."""
    _still: Fraction | None = None
    _quiet: Fraction | None = None
    _curve: list[int] = field(default_factory=list)
    _every: int = 10
    """Lines of loudness, ten a second, from one point of the curve to the next."""
    _lines: int = 0
    _pictures: int = 0
    _readers: tuple[tuple[bytes, Callable[[bytes], None]], ...] = ()
    """Who reads the lines with a mark; the commonest come first."""

    def __post_init__(self) -> None:
        self._readers = (
            (b"pts_time:", self._picture), (b"TARGET:", self._sound), (b"crop=", self._area), (b"black_start:", self._blackness),
            (b"freeze_", self._freeze), (b"silence_", self._silence), (b"Multi frame detection", self._orders),
            (b"Repeated Fields", self._repeats), (b"Summary:", self._sum),
            (b" LU", self._summary), (b"[error]", self._error), (b"[fatal]", self._error), (b"[panic]", self._error),
        )  # fmt: skip

    @property
    def reached(self) -> float:
        """How many seconds of film are decoded."""
        return float(max(self.last, self._heard or Fraction(0)))

    def take(self, line: bytes) -> None:
        """Takes one line without its end."""
        for mark, read in self._readers:
            if mark in line:
                read(line)
                return

    def end(self) -> Seen:
        """Everything that was seen."""
        if self._still is not None and self.last > self._still:
            self._frozen.append((self._still, self.last))
        heard = self.seen.heard
        if self._quiet is not None and heard is not None and heard[1] > self._quiet:
            self._silent.append((self._quiet, heard[1]))
        return replace(
            self.seen, pictures=max(0, self._pictures - 1), ended=self._ended(), black=self._extended(self._black),
            frozen=self._extended(self._frozen), silent=tuple(self._silent), curve=tuple(self._curve),
            pace=Fraction(self._every, 10),
        )  # fmt: skip

    def _ended(self) -> Fraction:
        """When the last picture is no longer shown: the one before may say more of its duration than the rate does."""
        if len(self._times) < 3:
            return max(self.last, Fraction(0))
        before, at, added = self._times
        end = max(added, 2 * at - before)
        return max(at, min(end, self.most)) if self.most else added

    def _extended(self, stretches: list[Stretch]) -> tuple[Stretch, ...]:
        """The stretches, those until the last picture as long as it is shown."""
        ended = self._ended()
        every = [(start, ended if end >= self.last else self._until(start, end)) for start, end in stretches]
        return tuple([(start, end) for start, end in every if end > start])

    def _until(self, start: Fraction, end: Fraction) -> Fraction:
        """The end of a stretch; of key pictures, the last one that still shows it."""
        if not self.sparse:
            return end
        place = bisect_left(self._every_time, end)
        return max(start, self._every_time[place - 1]) if place else end

    def _picture(self, line: bytes) -> None:
        found = _SHOWN.search(line)
        if found is None:
            return
        when = _fraction(found[1])
        if not self._pictures:
            over, under, wide, high = map(int, found.groups()[1:])
            pixel = Fraction(over, under) if over and under else Fraction(1)
            self.seen = replace(self.seen, began=when, size=(wide, high), pixel=pixel)
        self._pictures += 1
        self.last = max(self.last, when)
        self._times = (*self._times[-2:], when)
        if self.sparse and len(self._every_time) < _MOST_STRETCHES:
            self._every_time.append(when)

    def _sound(self, line: bytes) -> None:
        found = _HEARD.search(line)
        if found is None:
            return
        when = _fraction(found[1])
        first = self.seen.heard[0] if self.seen.heard else max(Fraction(0), when - Fraction(1, 10))
        self._heard = when
        peaks = _PEAK.search(line)  # one of each channel, since the beginning
        levels = [level for level in map(_level, peaks[1].split()) if level is not None] if peaks else []
        end = max(first, when - Fraction(1, 10))  # without what `apad` added
        if self.seen.peak is not None:
            levels.append(self.seen.peak)
        self.seen = replace(self.seen, heard=(first, end), peak=max(levels, default=None))
        self._lines += 1
        if self._lines % self._every == 0:
            loud = _level(found[2])
            self._curve.append(max(-70, round(loud)) if loud is not None else -70)
            if len(self._curve) > _CURVE:
                self._curve, self._every = self._curve[1::2], 2 * self._every

    def _blackness(self, line: bytes) -> None:
        found = _BLACK.search(line)
        if found and len(self._black) < _MOST_STRETCHES:
            self._black.append((_fraction(found[1]), _fraction(found[2])))

    def _orders(self, line: bytes) -> None:
        if found := _FIELDS.search(line):  # several times, if filters begin anew
            top, bottom, whole, other = (
                was + int(more) for was, more in zip(self.seen.fields, found.groups(), strict=True)
            )
            self.seen = replace(self.seen, fields=(top, bottom, whole, other))

    def _repeats(self, line: bytes) -> None:
        if found := _REPEATED.search(line):
            self.seen = replace(self.seen, repeated=self.seen.repeated + sum(map(int, found.groups())))

    def _sum(self, line: bytes) -> None:
        if b"ebur128" in line and self._heard is not None:
            self.seen = replace(self.seen, sounds=self.seen.sounds + 1)

    def _area(self, line: bytes) -> None:
        found = _CROPPED.search(line)
        if found and int(found[1]) > 0 and int(found[2]) > 0:
            self.seen = replace(self.seen, area=(int(found[1]), int(found[2])))

    def _freeze(self, line: bytes) -> None:
        found = _FROZEN.search(line)
        if found is None:
            return
        if found[1] == b"start":
            self._still = _fraction(found[2])
        elif self._still is not None and len(self._frozen) < _MOST_STRETCHES:
            self._frozen.append((self._still, _fraction(found[2])))
            self._still = None

    def _silence(self, line: bytes) -> None:
        found = _SILENT.search(line)
        if found is None:
            return
        if found[1] == b"start":
            self._quiet = max(Fraction(0), _fraction(found[2]))
        elif self._quiet is not None and len(self._silent) < _MOST_STRETCHES:
            self._silent.append((self._quiet, _fraction(found[2])))
            self._quiet = None

    def _summary(self, line: bytes) -> None:
        found = _SUMMED.search(line)
        if found is None:
            return
        value = _level(found[2])
        if found[1] == b"I":
            self.seen = replace(self.seen, loudness=value)
        else:
            self.seen = replace(self.seen, loudness_range=value)

    def _error(self, line: bytes) -> None:
        found = _ERROR.match(line)
        component, text = (found[1] or b"", found[2]) if found else (b"", line)
        if component.startswith(_NO_DECODERS) or not self.errors(text):
            return
        if not self.seen.errors:
            plain = _ADDRESS.sub(b"", text).decode("utf-8", "replace").strip()[:_MOST_TEXT]
            self.seen = replace(self.seen, first_error=plain, first_at=Fraction(self.reached).limit_denominator(1000))
        self.seen = replace(self.seen, errors=self.seen.errors + 1)


def _fraction(text: bytes) -> Fraction:
    return Fraction(text.decode())


def _level(text: bytes) -> Fraction | None:
    """A number of decibels; None for none at all."""
    plain = text.strip().decode("ascii", "replace")
    return None if plain in {"-inf", "inf", "nan", "-nan"} else Fraction(plain)
