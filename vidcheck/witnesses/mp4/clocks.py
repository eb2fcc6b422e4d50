"""The timing of a track's samples: how many last how long, in which order, and at which usual rate they come.

Clauses in brackets are those of ISO/IEC 14496-12. Everything here is pure and never fails.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate, compress
from operator import mul
from typing import TYPE_CHECKING

from vidcheck.witnesses.picture import near_rate

if TYPE_CHECKING:
    from vidcheck.witnesses.mp4.iso import Node

_NEGATIVE = 1 << 31
_MOST_DURATIONS = 1 << 16
"""The most different durations of a track's samples that are counted."""
_MOST_ROWS = 1 << 18
"""The most rows of durations that are gone through one by one."""
_PRIMING = Fraction(1, 20)
"""Seconds by which a first picture may be longer: HE-AAC needs 2112 samples to begin, 48 ms at 44.1 kHz."""


@dataclass(slots=True)
class Clock:
    """The timing of a track's samples."""

    counts: dict[int, int] = field(default_factory=dict)
    """How many samples last so many ticks. Not all of them, if `wild`."""
    samples: int = 0
    ticks: int = 0
    """How long all samples last."""
    longest: int = 0
    """The ticks of the longest one."""
    first: int = 0
    """The ticks of the first one."""
    last: int = 0
    """The ticks of the last one."""
    numbers: array[int] = field(default_factory=lambda: array("I"))
    """How many samples one after another last equally long, in their order; never 0. The last ones are missing if there are
    more rows than any camera or program writes."""
    each: array[int] = field(default_factory=lambda: array("I"))
    """How many ticks each of these lasts."""

    def add(self, count: int, ticks: int) -> None:
        """Adds samples of the same duration."""
        if count:
            self._count(count, ticks)
            self._list(array("I", (min(count, _NEGATIVE),)), array("I", (ticks,)))

    def _count(self, count: int, ticks: int) -> None:
        if count:
            self.first = self.first if self.samples else ticks
            self.samples += count
            self.ticks += count * ticks
            self.longest = max(self.longest, ticks)
            self.last = ticks
            if not self.wild:
                self.counts[ticks] = self.counts.get(ticks, 0) + count

    def add_all(self, durations: array[int]) -> None:
        """Adds samples with these durations."""
        for at in range(0, len(durations), _MOST_DURATIONS):
            part = durations[at : at + _MOST_DURATIONS]
            for ticks, count in Counter(part).items():  # in the order in which they come first
                self._count(count, ticks)
            self.last = part[-1]
        self._list(array("I", (1,)) * len(durations), durations)

    def add_rows(self, numbers: array[int], each: array[int]) -> None:
        """Adds the rows of a table: how many samples, and how many ticks each of them lasts."""
        if 0 in numbers:
            each = array("I", compress(each, numbers))
            numbers = array("I", filter(None, numbers))
        for at in range(0, len(each), _MOST_DURATIONS):
            part = slice(at, at + _MOST_DURATIONS)
            for (count, ticks), rows in Counter(zip(numbers[part], each[part], strict=True)).items():
                self._count(count * rows, ticks)
            self.last = each[part][-1]
        self._list(numbers, each)

    def _list(self, numbers: array[int], each: array[int]) -> None:
        if len(self.numbers) <= _MOST_ROWS:
            self.numbers.extend(numbers)
            self.each.extend(each)

    def followed_by(self, other: Clock) -> Clock:
        """The timing of these samples and then those."""
        return Clock(
            counts=dict(Counter(self.counts) + Counter(other.counts)), samples=self.samples + other.samples,
            ticks=self.ticks + other.ticks, longest=max(self.longest, other.longest), first=self.first, last=other.last,
            numbers=self.numbers + other.numbers, each=self.each + other.each,
        )  # fmt: skip

    def fill(self, gap: int) -> None:
        """Gives samples that are said to last no ticks those between their end and the next fragment.

        ffmpeg writes such samples where each packet has a fragment. None becomes longer than the longest other one, so a gap
        that is longer than they can be stays one.
        """
        if gap <= 0 or not self.longest:
            return
        count = -(-gap // self.longest)
        if count <= self.counts.get(0, 0):
            self.counts[0] -= count
            self.samples -= count
            left = count
            while left and self.each and not self.each[-1]:
                gone = min(left, self.numbers[-1])
                left -= gone
                self.numbers[-1] -= gone
                if not self.numbers[-1]:
                    self.numbers.pop()
                    self.each.pop()
            each, longer = divmod(gap, count)
            self.add(count - longer, each)
            self.add(longer, each + 1)
            if not self.counts[0]:
                del self.counts[0]

    @property
    def wild(self) -> bool:
        """Whether there are more durations than any camera or program writes."""
        return len(self.counts) >= _MOST_DURATIONS

    @property
    def commonest(self) -> int:
        """The ticks of most samples."""
        return max(self.counts, key=lambda ticks: self.counts[ticks])

    def rows(self, scale: int) -> dict[int, int]:
        """The counts without a single odd sample, if it is the last, which is held or guessed, or hardly longer.

        Where ffmpeg writes fragments, or no edit lists, the first picture is longer by what the sound's codec needs to begin.
        `scale` are the ticks a second.
        """
        usual, rows = self.commonest, self.counts
        if self._primed(scale):
            rows = {ticks: count for ticks, count in rows.items() if ticks != self.first}
        odd = [ticks for ticks, count in rows.items() if count == 1 and ticks != usual]
        if len(odd) == 1 and (odd[0] == self.last or odd[0] < 2 * usual):
            return {ticks: count for ticks, count in rows.items() if ticks != odd[0]}
        return rows

    def _primed(self, scale: int) -> bool:
        return self.counts.get(self.first) == 1 and 0 < self.first - self.commonest <= scale * _PRIMING

    def usual_rate(self, scale: int) -> Fraction | None:
        """The usual rate that all samples have but for rounding to `scale` ticks a second; None if there is none."""
        numbers = self._between(scale)
        samples, total = sum(numbers), sum(map(mul, numbers, self.each))
        rate = near_rate(Fraction(samples * scale, total), Fraction(1, total)) if total else None
        return rate if rate is not None and self.fits(rate, scale, dropped=False) else None

    def fits(self, rate: Fraction, scale: int, *, dropped: bool = True) -> bool:
        """Whether the samples begin at the ticks nearest to times of this rate; some of these may be `dropped`.

        A clock of 600 ticks a second, which Apple's programs write, has no even 29.97 frames: some last 21 ticks, most 20.
        """
        numbers = self._between(scale)
        if len(numbers) > _MOST_ROWS:
            return False
        each, parts = (scale / rate).as_integer_ratio()
        steps = {ticks: (2 * ticks * parts + each) // (2 * each) if dropped else 1 for ticks in set(self.each)}
        late = {ticks: ticks * parts - step * each for ticks, step in steps.items()}
        times: list[int] = list(accumulate(map(mul, numbers, map(late.__getitem__, self.each)), initial=0))
        most = parts if parts > 1 else 0  # less than a tick, but that halves are rounded up or down
        return max(times) - min(times) <= most

    def _between(self, scale: int) -> array[int]:
        """The numbers without the last sample, whose duration changes no time, and without a first one that is longer."""
        numbers = self.numbers[:]
        if numbers:
            numbers[-1] -= 1
            numbers[0] -= self._primed(scale)
        return numbers


def read_clock(stbl: Node) -> Clock | None:
    """The timing of a track's samples [8.6.1.2]; None if the table doesn't give it, or has none."""
    table, sizes = stbl.find("stts"), stbl.find("stsz") or stbl.find("stz2")
    counts, ticks = read_times(table)
    samples = sum(counts)
    if not samples or not sizes or sizes.u32(8) != samples or max(ticks) >= _NEGATIVE:
        return None
    clock = Clock()
    clock.add_rows(counts, ticks)
    return clock


def read_times(table: Node | None) -> tuple[array[int], array[int]]:
    """The numbers of samples and their durations, row by row."""
    raw = table.bytes(8, 8 * table.u32(4)) if table else b""
    figures = array("I", raw[: len(raw) // 8 * 8])
    if sys.byteorder == "little":
        figures.byteswap()
    return figures[0::2], figures[1::2]
