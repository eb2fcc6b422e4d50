"""The places of a film's samples in the file, by the index's sample tables and by movie fragments.

Clauses in brackets are those of ISO/IEC 14496-12. Everything here is pure and never fails.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from operator import mul, sub
from typing import TYPE_CHECKING

from vidcheck.quantities import Shown
from vidcheck.texts import Readable, say
from vidcheck.witnesses.mp4.iso import Node, tfra_width, trun_width

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """The range of samples, in bytes from the file's start."""

    samples: int = 0
    first: int = 0
    """The start of the first sample in the file."""
    last: int = 0
    """The end of the last sample in the file."""

    def joined(self, other: Extent) -> Extent:
        """The range of both."""
        if not self.samples or not other.samples:
            return self if self.samples else other
        return Extent(
            samples=self.samples + other.samples, first=min(self.first, other.first), last=max(self.last, other.last)
        )


# --- sample tables ---

_TOPS = (1, 3, 7, 15, 31, 63, 127, 255)
_UP_TO = {top: bytes(range(top + 1)) for top in _TOPS}


def table_extent(stbl: Node) -> Extent | None:
    """The range of a track's samples by its sample tables [8.7]; None if they contradict each other."""
    sizes = _Sizes.of(stbl)
    if not sizes.count or not any(sizes.table or (sizes.uniform,)):
        return Extent()
    chunks, runs = stbl.find("co64") or stbl.find("stco"), stbl.find("stsc")
    offsets = _rows(chunks, 8 if chunks.type == "co64" else 4).tolist() if chunks else []
    table = _rows(runs, 4, 3) if runs else array("I")
    firsts, per_chunk = table[0::3].tolist(), table[1::3].tolist()
    if not offsets or not len(firsts) == len(per_chunk) > 0 or firsts[0] != 1 or sorted(firsts) != firsts:
        return None
    final = next(iter(_chunk_samples(range(len(offsets) - 1, len(offsets)), firsts, per_chunk)))
    if not _near(sum(final), sizes.count) or not _near(_timed(stbl), sizes.count):
        return None
    ordered = sorted(offsets)
    # A chunk that begins so far before the last one can't reach beyond it.
    floor = ordered[-1] - max(per_chunk) * sizes.largest
    if ordered == offsets:
        places: Sequence[int] = range(bisect_left(offsets, floor), len(offsets))
    else:
        places = [place for place, offset in enumerate(offsets) if offset >= floor]
    last = max(
        offsets[place] + sizes.total(start, start + number)
        for place, (start, number) in zip(places, _chunk_samples(places, firsts, per_chunk), strict=True)
    )
    return Extent(samples=sizes.count, first=ordered[0], last=last)


def used_entries(stbl: Node) -> frozenset[int]:
    """The numbers of the sample entries, from 1, that a track's chunks use [8.7.4]; empty without samples."""
    runs, chunks = stbl.find("stsc"), stbl.find("co64") or stbl.find("stco")
    table = _rows(runs, 4, 3).tolist() if runs else []
    numbers = frozenset(table[2::3])
    if len(numbers) < 2:
        return numbers if chunks and chunks.u32(4) and _Sizes.of(stbl).count else frozenset()
    left, used = _Sizes.of(stbl).count, set[int]()
    last = chunks.u32(4) if chunks else 0
    for first, per_chunk, number, after in zip(
        table[0::3], table[1::3], table[2::3], [*table[3::3], last + 1], strict=True
    ):
        held = per_chunk * max(0, min(after, last + 1) - first)
        if held and left > 0:
            used.add(number)
        left -= held
    return frozenset(used)


def _timed(stbl: Node) -> int:
    """The number of samples with a duration [8.6.1.2]."""
    times = stbl.find("stts")
    return sum(_rows(times, 4, 2)[0::2]) if times else 0


def _rows(table: Node, width: int, columns: int = 1) -> array[int]:
    """The numbers in as many rows as a table claims; the rest of its box is padding."""
    return _column(table.bytes(8, table.u32(4) * columns * width), width)


def _near(number: int, count: int) -> bool:
    """Whether two tables have the same number of samples; some writers are off by one, or by a per cent in long films."""
    return abs(number - count) <= 1 + count // 100


def _chunk_samples(places: Sequence[int], firsts: list[int], per_chunk: list[int]) -> Iterator[tuple[int, int]]:
    """The number, from 0, of the first sample in each of those chunks, and how many it holds; places ascend [8.7.4]."""
    run = bisect_right(firsts, places[0] + 1) - 1
    before = sum(map(mul, map(sub, firsts[1 : run + 1], firsts[:run]), per_chunk[:run]))
    for place in places:
        while run + 1 < len(firsts) and firsts[run + 1] <= place + 1:
            before += (firsts[run + 1] - firsts[run]) * per_chunk[run]
            run += 1
        yield before + (place + 1 - firsts[run]) * per_chunk[run], per_chunk[run]


@dataclass(frozen=True, slots=True)
class _Sizes:
    """The sizes of a track's samples [8.7.3], in bytes."""

    count: int
    uniform: int
    table: array[int]
    largest: int
    """No sample is larger; some may come close."""

    @classmethod
    def of(cls, stbl: Node) -> _Sizes:
        if box := stbl.find("stsz"):
            uniform, count = box.u32(4), box.u32(8)
            if uniform:
                return cls(count, uniform, array("I"), uniform)
            raw = box.bytes(12, count * 4)
            return cls(len(raw) // 4, 0, _column(raw, 4), _at_most(raw))
        if box := stbl.find("stz2"):
            width, count = box.u32(4) & 0xFF, box.u32(8)
            raw = box.bytes(12, (count * width + 7) // 8)
            if width == 16:
                return cls(len(raw) // 2, 0, _column(raw, 2), 0xFFFF)
            table = array("B", raw if width == 8 else (int(digit, 16) for digit in raw.hex()))
            return cls(min(count, len(table)), 0, table, 0xFF)
        return cls(0, 0, array("I"), 0)

    def total(self, start: int, stop: int) -> int:
        """The bytes of the samples from `start` up to `stop`."""
        start, stop = min(start, self.count), min(stop, self.count)
        return (stop - start) * self.uniform if self.uniform else sum(self.table[start:stop])


def _at_most(raw: bytes) -> int:
    """An upper bound of the 32-bit numbers in a table, by their leading bytes, which is much faster than reading them."""
    for place in range(3):
        column = raw[place::4]
        if column != bytes(len(column)):
            most = next(top for top in _TOPS if not column.translate(None, _UP_TO[top]))
            return (most + 1) << (24 - 8 * place)
    return 0xFF


def _column(raw: bytes, width: int) -> array[int]:
    """The complete big-endian numbers of that width in a table."""
    column = array({2: "H", 4: "I", 8: "Q"}[width])
    column.frombytes(raw[: len(raw) // width * width])
    if sys.byteorder == "little":
        column.byteswap()
    return column


# --- fragments ---

_SLACK = Fraction(1, 2)
"""Seconds by which writers may round a duration; a missing fragment makes a larger difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """The defaults of a track's fragments [8.8.3]."""

    ticks: int = 0
    size: int = 0
    entry: int = 1
    """The number of the sample entry, from 1."""


@dataclass(slots=True)
class Fragments:
    """All movie fragments of a file, and its claims on their number."""

    defaults: Mapping[int, Defaults] = field(default_factory=dict)
    """By track number."""
    starts: list[int] = field(default_factory=list)
    """Where each `moof` begins."""
    samples: Extent = field(default_factory=Extent)
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Each track's first and last tick in fragments."""
    entries: dict[int, set[int]] = field(default_factory=dict)
    """The numbers of the sample entries, from 1, that each track's samples use."""
    longest: dict[int, int] = field(default_factory=dict)
    """The ticks of each track's longest sample."""
    index_end: int = 0
    """The end of the last fragment in any `sidx`."""
    indexed: bool = False
    """Whether one `sidx` before all fragments lists several, so that it covers the whole film."""
    segmented: bool = False
    """Whether there is a `styp`: then a `sidx` covers only its own segment [8.16.2]."""
    listed: tuple[int, ...] | None = None
    """The `moof`s that `mfra` lists; None without `mfra`."""

    def add(self, moof: Node, start: int) -> None:
        """Adds a fragment with its `moof` at `start` [8.8.4]."""
        self.starts.append(start)
        end = start  # a traf without a base begins at the end of the previous one
        for traf in moof.all("traf"):
            header = traf.find("tfhd")
            if header:
                end = self._add_track(traf, header, start, end)

    def _add_track(self, traf: Node, header: Node, moof: int, previous: int) -> int:
        flags, track = header.u32(0), header.u32(4)
        default, at, base = self.defaults.get(track, Defaults()), 8, previous
        if flags & 0x020000:
            base = moof
        if flags & 1:
            base, at = int.from_bytes(header.bytes(8, 8)), 16
        number = header.u32(at) if flags & 2 else default.entry
        at += 4 * (flags >> 1 & 1)
        ticks = header.u32(at) if flags & 8 else default.ticks
        at += 4 * (flags >> 3 & 1)
        size = header.u32(at) if flags & 16 else default.size
        time, known = self._decode_time(traf, track)
        end = base
        for run in traf.all("trun"):
            flags, rows = run.u32(0), run.u32(4)
            if flags & 1:
                end = base + int.from_bytes(run.bytes(8, 4), signed=True)
            durations, sizes = _run_columns(run, flags)
            total = sum(sizes) if sizes else rows * size
            if rows:
                self.entries.setdefault(track, set()).add(number)
                self.samples = self.samples.joined(Extent(samples=rows, first=end, last=end + total))
                self.longest[track] = max(self.longest.get(track, 0), max(durations) if durations else ticks)
            end, time = end + total, time + (sum(durations) if durations else rows * ticks)
        self.spans[track] = (known[0], max(known[1], time))
        return end

    def _decode_time(self, traf: Node, track: int) -> tuple[int, tuple[int, int]]:
        """The first sample's time, and the track's span so far [8.8.12]."""
        said = traf.find("tfdt")
        wide = said is not None and said.wide
        time = int.from_bytes(said.bytes(4, 8 if wide else 4)) if said else self.spans.get(track, (0, 0))[1]
        return time, self.spans.get(track, (time, time))

    def add_index(self, sidx: Node, end: int) -> None:
        """Adds a `sidx` that ends at `end` [8.16.3]."""
        wide = sidx.wide
        skip = int.from_bytes(sidx.bytes(20, 8)) if wide else sidx.u32(16)
        rows = sidx.bytes(32 if wide else 24)
        references = [size & 0x7FFFFFFF for size in _column(rows, 4)[0::3]]
        references = references[: int.from_bytes(sidx.bytes(30 if wide else 22, 2))]
        if references:
            self.index_end = max(self.index_end, end + skip + sum(references))
            self.indexed = self.indexed or (not self.starts and not self.segmented and len(references) > 1)

    def add_access(self, mfra: Node) -> None:
        """Adds the random access box at the file's end [8.8.9]."""
        listed: set[int] = set()
        for table in mfra.all("tfra"):
            wide = table.wide
            width = tfra_width(table)
            rows, half = table.bytes(16, table.u32(12) * width), 8 if wide else 4
            listed.update(
                int.from_bytes(rows[at + half : at + 2 * half]) for at in range(0, len(rows) - width + 1, width)
            )
        self.listed = tuple(sorted(listed))

    def complete(
        self, should: Fraction, scales: Mapping[int, int], from_zero: frozenset[int]
    ) -> tuple[bool | None, Readable]:
        """Whether no fragment is missing, and by which box: `mfra` [8.8.9], `mehd` [8.8.2], `sidx` [8.16.3].

        `should` is the duration in `mehd` in seconds, 0 if there is none; the others as in `lasts`.
        """
        if self.listed is not None:
            if set(self.listed) <= set(self.starts):
                return True, say("the list of fragments (mfra) at the end is there")
            return None, say("the list of fragments (mfra) does not fit the file")
        lasts, sample = self.lasts(scales, from_zero)
        if should and should - lasts > max(_SLACK, sample):
            return False, say("the film should last {should} (mehd), and its fragments last {lasts}",
                              should=Shown("duration", should), lasts=Shown("duration", lasts))  # fmt: skip
        if should and should - lasts <= sample / 2:  # rounding, not a missing fragment of one sample
            return True, say("the fragments last as long as the film should (mehd)")
        if self.indexed and self.index_end >= self.samples.last > 0:
            return True, say("every fragment that the index (sidx) names is there")
        return None, say("nothing in the file tells how many fragments there should be")

    def lasts(self, scales: Mapping[int, int], from_zero: frozenset[int]) -> tuple[Fraction, Fraction]:
        """How long the longest track lasts, and its longest sample, in seconds.

        `scales` are the tracks' ticks a second; tracks `from_zero` have samples before the fragments.
        """
        return max(
            (
                (Fraction(last - (0 if track in from_zero else first), scales[track]),
                 Fraction(self.longest.get(track, 0), scales[track]))
                for track, (first, last) in self.spans.items()
                if scales.get(track)
            ),
            default=(Fraction(0), Fraction(0)),
        )  # fmt: skip


def _run_columns(run: Node, flags: int) -> tuple[array[int], array[int]]:
    """The durations and the sizes in a track run; empty if its rows have none [8.8.8]."""
    width = trun_width(flags) // 4
    if not width:
        return array("I"), array("I")
    rows = run.u32(4)
    table = _column(run.bytes(8 + 4 * (flags & 1) + (flags & 4), rows * width * 4), 4)
    durations = table[0::width] if flags & 0x100 else array("I")
    sizes = table[flags >> 8 & 1 :: width] if flags & 0x200 else array("I")
    return durations, sizes
