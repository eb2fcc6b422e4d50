"""A track's duration by its sample tables and its edit list, and whether its headers differ.

Players use the tables; the libraries print the headers, which anybody can change with a hex editor.
Clauses in brackets are those of ISO/IEC 14496-12. Everything here is pure and never fails.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat
from operator import mul
from typing import TYPE_CHECKING

from vidcheck.witnesses.mp4.clocks import read_times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.witnesses.mp4.iso import Node

SLACK = Fraction(1, 2)
"""Seconds by which headers and tables of normal files may differ: priming, rounding, a last picture that is held."""
_NEGATIVE = 1 << 31
_MOST_STEPS = 1 << 18
"""The most rows, over all edits, that are gone through to count what is shown."""
_FAR = 10
"""Seconds by which a picture may be shown later than it is decoded."""
_NORMAL = 1 << 16
"""The rate 1, in 65,536ths."""
_REORDERED = 32
"""The most reordered samples that are considered; H.264 and HEVC reorder 16 at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """A track's duration in seconds."""

    shown: Fraction
    """The duration by its tables and its edit list, as players show it."""
    filled: Fraction = Fraction(0)
    """The part of it in which there are samples: without its empty edits."""
    samples: int | None = 0
    """How many samples are shown; None if the edit list has too many edits to count them."""
    longest: Fraction = Fraction(0)
    """How long the longest of them is shown; 0 if they are not counted."""
    claims: tuple[Fraction, ...] = ()
    """The durations in its headers, if any."""
    lie: Fraction | None = None
    """The claim that differs most from what is shown; None if all agree."""
    plain: bool = True
    """Whether readers agree on its edit list: at most one edit of the media, with at most one empty edit before it.

    Programs play other lists differently: an empty edit behind or between, or a part that is shown twice.
    """

    shift: Fraction = Fraction(0)
    """By how much pictures are moved, if that is further than any codec reorders them; else 0."""
    distinct: Fraction = Fraction(0)
    """For how long parts of the media are shown, each counted once."""
    ticks: int = 0
    """How long all samples last, shown or not, by the media's clock."""
    rate: Fraction = Fraction(1)
    """The first rate of an edit of the media that isn't 1."""


def read_length(trak: Node, clock: int) -> Length | None:
    """The length of a track in a movie of `clock` ticks a second; None if its tables have no samples or times."""
    times, stbl = trak.find("mdia/mdhd"), trak.find("mdia/minf/stbl")
    scale = times.u32(20 if times.wide else 12) if times else 0
    if times is None or stbl is None or not scale or not clock:
        return None
    counts, each = _sample_times(stbl)
    ticks = sum(map(mul, counts, each))
    if not ticks:
        return None
    stored, edited, claimed = Fraction(ticks, scale), 0, 0
    offsets = read_times(stbl.find("ctts"))
    ends = ticks + _delay(offsets, (counts, each))
    empty: list[bool] = []
    parts: list[tuple[int, int]] = []
    for lasts, start in _edits(trak.find("edts/elst")):
        empty.append(start < 0)
        claimed += lasts
        part = lasts * scale if start < 0 else _part(lasts * scale, (ends - start) * clock)
        edited += part
        parts += [(start, part // clock)] if start >= 0 else []
    shown = Fraction(edited, clock * scale) if empty else stored
    shift = _first_shift(stbl)
    samples, longest = _shown_samples(counts, each, parts if empty else [(shift, ticks)], shift)
    header, media = trak.find("tkhd"), _said(times, 24 if times.wide else 16, scale)
    said = (
        _said(header, 28 if header.wide else 20, clock) if header else None,
        Fraction(claimed, clock) if claimed else None,
        # the media header is on the stored duration, not on the part that is shown
        shown + media - stored if media is not None else None,
    )
    plain = empty in ([], [False], [True, False])
    claims = tuple(claim for claim in said if claim is not None)
    return Length(
        shown=shown, filled=shown - read_gaps(trak, clock), samples=samples, longest=Fraction(longest, scale),
        distinct=Fraction(_once(parts), scale) if empty else stored, ticks=ticks,
        claims=claims, lie=_lie(claims, shown), plain=plain,
        shift=Fraction(_displacement(offsets[1], parts[0][0] if parts else 0, each, scale), scale), rate=_rate(trak.find("edts/elst")),
    )  # fmt: skip


def _lie(claims: tuple[Fraction, ...], shown: Fraction) -> Fraction | None:
    furthest = max(claims, key=lambda claim: abs(claim - shown), default=shown)
    return furthest if abs(furthest - shown) > SLACK else None


def read_gaps(trak: Node, clock: int) -> Fraction:
    """The seconds of a track's empty edits [8.6.6], in which nothing of it is shown."""
    gaps = sum(lasts for lasts, start in _edits(trak.find("edts/elst")) if start < 0)
    return Fraction(gaps, clock) if clock else Fraction(0)


def _sample_times(stbl: Node) -> tuple[array[int], array[int]]:
    """The durations of the existing samples, row by row [8.6.1.2, 8.7.3]; further rows of the table are ignored."""
    times, sizes = stbl.find("stts"), stbl.find("stsz") or stbl.find("stz2")
    left = sizes.u32(8) if sizes else 0
    counts, ticks = read_times(times)
    if sum(counts) > left:
        for row, count in enumerate(counts):
            counts[row] = min(count, left)
            left -= counts[row]
    # ffmpeg reads an invalid negative duration as one tick
    return counts, ticks if max(ticks, default=0) < _NEGATIVE else array("I", (_tick(each) for each in ticks))


def _shown_samples(
    counts: array[int], ticks: array[int], parts: list[tuple[int, int]], shift: int
) -> tuple[int | None, int]:
    """How many samples are shown in these parts of the media, and the ticks of the longest.

    `shift` is by how much the first sample is shown later than it is decoded. Reordering doesn't change how many are
    shown in a part.
    """
    if len(parts) * len(counts) > max(_MOST_STEPS, len(counts)):
        return None, 0
    shown = longest = 0
    whole, final = sum(map(mul, counts, ticks)), ticks[-1]
    for start, lasts in parts:
        first, stop = start - shift, start - shift + lasts
        if first <= 0 and stop >= whole - final:
            shown += sum(counts)
            longest = max(longest, max(ticks) if all(counts) else max(map(mul, map(bool, counts), ticks)))
            continue
        at = 0
        for count, each in zip(counts, ticks, strict=True):
            end = at + count * each
            if end > first and at < stop and each:
                shown += min(count, -((at - stop) // each)) - max(0, (first - at) // each)
                longest = max(longest, min(each, lasts))
            at = end
    return shown, longest


def _first_shift(stbl: Node) -> int:
    """The ticks by which the first sample is shown later than it is decoded [8.6.1.3]."""
    offsets = stbl.find("ctts")
    shift = offsets.u32(12) if offsets and offsets.u32(4) else 0
    return shift if shift < _NEGATIVE else shift - 2 * _NEGATIVE


def _delay(offsets: tuple[array[int], array[int]], times: tuple[array[int], array[int]]) -> int:
    """The ticks by which the last picture is shown later than in decoding order.

    Pictures that are decoded before they are shown shift the whole track [8.6.1.3], and an edit list takes the shift
    away again. Only the last samples can be the last to be shown: no codec reorders more of them.
    """
    before, most = 0, 0
    for shift, tick in zip(_last(*offsets), _last(*times), strict=False):
        most = max(most, (shift if shift < _NEGATIVE else shift - 2 * _NEGATIVE) - before)
        before += tick
    return most


def _once(parts: list[tuple[int, int]]) -> int:
    """The ticks of the media in these parts; what several of them show counts once."""
    total = reached = 0
    for start, lasts in sorted(parts):
        total += max(0, start + lasts - max(start, reached))
        reached = max(reached, start + lasts)
    return total


def _displacement(offsets: array[int], begin: int, each: array[int], scale: int) -> int:
    """By how many ticks the table of composition offsets [8.6.1.3] moves pictures, if that makes no sense; else 0.

    `begin` is where in the media the first edit begins: what all pictures are moved by alike, it takes away.
    """
    if not offsets:
        return 0
    shifts = [shift if shift < _NEGATIVE else shift - 2 * _NEGATIVE for shift in set(offsets)]
    furthest = max(max(shifts) - min(shifts), min(shifts) - begin)
    return furthest if furthest > max(_FAR * scale, _REORDERED * max(each, default=0)) else 0


def _rate(table: Node | None) -> Fraction:
    """The first rate of an edit of the media that isn't 1 [8.6.6]; 1 if there is none."""
    if table is None:
        return Fraction(1)
    half = 8 if table.wide else 4
    width = 2 * half + 4
    rows = table.bytes(8, table.u32(4) * width)
    for at in range(0, len(rows) - width + 1, width):
        start = int.from_bytes(rows[at + half : at + 2 * half], signed=True)
        rate = int.from_bytes(rows[at + 2 * half : at + width], signed=True)
        if start >= 0 and rate != _NORMAL:
            return Fraction(rate, _NORMAL)
    return Fraction(1)


def _last(counts: array[int], figures: array[int]) -> Iterator[int]:
    """The figures of the last samples, the last one first."""
    left = _REORDERED
    for count, figure in zip(reversed(counts[-_REORDERED:]), reversed(figures[-_REORDERED:]), strict=True):
        yield from repeat(figure, min(count, left))
        left -= min(count, left)


def _tick(figure: int) -> int:
    return figure if figure < _NEGATIVE else 1


def _said(header: Node, at: int, clock: int) -> Fraction | None:
    """A header's duration; None for 0 and for all bits set, which mean unknown [8.2.2, 8.3.2, 8.4.2]."""
    width = 8 if header.wide else 4
    ticks = int.from_bytes(header.bytes(at, width))
    return Fraction(ticks, clock) if 0 < ticks < (1 << 8 * width) - 1 else None


def _edits(table: Node | None) -> Iterator[tuple[int, int]]:
    """The duration of each edit, and its start in the media (-1 for an empty edit) [8.6.6].

    Its rate is 1 by the standard, or 0 for a picture that is held; ffmpeg and programs based on it always play at 1.
    """
    if table is None:
        return
    half = 8 if table.wide else 4
    width = 2 * half + 4
    rows = table.bytes(8, table.u32(4) * width)
    for at in range(0, len(rows) - width + 1, width):
        yield int.from_bytes(rows[at : at + half]), int.from_bytes(rows[at + half : at + 2 * half], signed=True)


def _part(lasts: int, left: int) -> int:
    """The time that an edit is shown: at most the rest of the media, and all of it if the edit has no duration."""
    return max(0, min(lasts, left) if lasts else left)
