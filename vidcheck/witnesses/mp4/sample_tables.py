"""Where the samples of a track are and how large they are: the sample tables of the index, and the runs of fragments.

Samples lie one after another in *runs*: the chunks of the tables [8.7.4, 8.7.5], or the track runs of fragments [8.8.8].
Clauses in brackets are those of ISO/IEC 14496-12. Everything here is pure and never fails.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import accumulate, chain, repeat
from operator import add, mul, sub
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vidcheck.witnesses.mp4.iso import Node

_TOPS = (1, 3, 7, 15, 31, 63, 127, 255)
_PLAIN = frozenset({"raw ", "NONE", "twos", "sowt", "ulaw", "alaw", "lpcm", "ipcm", "in24", "in32", "fl32", "fl64"})
_MANY = 256
"""Samples in a run for which sums are kept: some writers put a whole track into one."""
_UP_TO = {top: bytes(range(top + 1)) for top in _TOPS}


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


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of samples in bytes [8.7.3]."""

    count: int
    uniform: int
    """The size of each, or 0 if the table has them."""
    table: array[int]
    """Empty if all have the same size, which may be 0 in fragments."""
    largest: int
    """No sample is larger; some may come close."""
    raw: bytes = b""
    """The table as it is in the file, if its numbers have 32 bits."""
    _known: dict[tuple[int, int], array[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, stbl: Node) -> Sizes:
        """The sizes in a sample table box."""
        if box := stbl.find("stsz"):
            uniform, count = box.u32(4), box.u32(8)
            if uniform:
                return cls(count, uniform, array("I"), uniform)
            raw = box.bytes(12, count * 4)
            return cls(len(raw) // 4, 0, column(raw, 4), _at_most(raw), raw)
        if box := stbl.find("stz2"):
            width, count = box.u32(4) & 0xFF, box.u32(8)
            raw = box.bytes(12, (count * width + 7) // 8)
            if width == 16:
                return cls(len(raw) // 2, 0, column(raw, 2), 0xFFFF)
            table = array("B", raw if width == 8 else (int(digit, 16) for digit in raw.hex()))
            return cls(min(count, len(table)), 0, table, 0xFF)
        return cls(0, 0, array("I"), 0)

    def total(self, start: int, stop: int) -> int:
        """The bytes of the samples from `start` up to `stop`."""
        start, stop = min(start, self.count), min(stop, self.count)
        return max(0, stop - start) * self.uniform if self.uniform else sum(self.table[start:stop])

    def size(self, number: int) -> int:
        """The size of one of them, counted from 0."""
        return self.table[number] if self.table else self.uniform

    def ends(self, start: int, stop: int) -> Sequence[int]:
        """Where each of the samples from `start` up to `stop` ends, counted from the first one's beginning."""
        if stop - start < _MANY:
            return list(accumulate(self.table[start:stop]))
        if (start, stop) not in self._known:
            self._known.clear()
            self._known[start, stop] = array("Q", accumulate(self.table[start:stop]))
        return self._known[start, stop]

    @property
    def first_largest(self) -> int:
        """The place of the first of the largest. Fast for tables of 32-bit numbers, of which it searches the bytes."""
        whole = self.raw[: self.count * 4]
        for at in range(4):
            column = whole[at::4]
            top = next((byte for byte in range(255, -1, -1) if byte in column), 0)
            if column.count(top) < len(column):
                return max(_places(column, top), key=self.table.__getitem__)
        return 0 if self.raw or self.uniform else self.table.index(max(self.table))

    def few(self, least: int, most: int) -> int:
        """How many have a size from `least` to `most`, which is below 256. Fast for tables of 32-bit numbers."""
        if self.uniform:
            return self.count if least <= self.uniform <= most else 0
        if not self.raw:
            return sum(1 for size in self.table if least <= size <= most)
        small = b"\1" * least + bytes(most + 1 - least) + b"\1" * (255 - most)
        whole = self.raw[: self.count * 4]
        columns = [whole[0::4], whole[1::4], whole[2::4], whole[3::4].translate(small)]
        union = 0
        for each in columns:
            union |= int.from_bytes(each)
        return union.to_bytes(self.count).count(0)


class Run(NamedTuple):
    """Samples that lie one after another in the file."""

    start: int
    """Bytes from the file's start."""
    number: int
    """The number of the first sample in its track, from 0."""
    samples: int
    sizes: Sizes
    at: int
    """The place of the first sample in `sizes`."""
    entry: int
    """The number of the sample entry that describes them, from 1."""

    @property
    def end(self) -> int:
        """Where the last sample ends."""
        return self.start + self.sizes.total(self.at, self.at + self.samples)

    def sample(self, place: int) -> Sample:
        """The sample at that place in the run, from 0."""
        size = self.sizes.size(self.at + place)
        return Sample(self.number + place, self.start + self.sizes.total(self.at, self.at + place), size, self.entry)

    def last_begun(self, position: int) -> Sample | None:
        """The last sample with any bytes that begins at `position` or before."""
        if self.sizes.uniform:
            place = min((position - self.start) // self.sizes.uniform, self.samples - 1)
            return self.sample(place) if place >= 0 else None
        if position < self.start:
            return None
        if self.samples == 1:
            size = self.sizes.size(self.at)
            return Sample(self.number, self.start, size, self.entry) if size else None
        ends = self.sizes.ends(self.at, self.at + self.samples)
        if not ends or not ends[-1]:
            return None
        place = bisect_right(ends, position - self.start)
        if place == self.samples:
            place = bisect_left(ends, ends[-1])  # behind it there are only empty samples
        size = self.sizes.table[self.at + place]
        return Sample(self.number + place, self.start + ends[place] - size, size, self.entry)


class Sample(NamedTuple):
    """One sample; its position is in bytes from the file's start."""

    number: int
    """Its number in its track, from 0."""
    start: int
    size: int
    entry: int
    """The number of the sample entry that describes it, from 1."""


@dataclass(slots=True)
class Chunks:
    """The chunks of a track by its sample tables [8.7.4, 8.7.5]."""

    sizes: Sizes
    starts: list[int]
    """Where each begins, in bytes from the file's start."""
    firsts: list[int]
    """The first chunk, from 1, of each row of the table of chunks."""
    per_chunk: list[int]
    entries: list[int]
    before: list[int] = field(default_factory=list)
    """How many samples are before each row."""
    extent: Extent = field(default_factory=Extent)
    ordered: list[int] = field(default_factory=list)
    """Where the chunks begin, ascending; the same list as `starts` if they ascend."""
    counted: bool = True
    """Whether sizes are in bytes: QuickTime gives compressed sound of a constant rate samples of the size 1."""
    longest: int = 0
    """No chunk is longer."""
    _total: int | None = None

    def __post_init__(self) -> None:
        self.longest = min(max(self.per_chunk), self.sizes.count) * self.sizes.largest
        steps = map(mul, map(sub, self.firsts[1:], self.firsts), self.per_chunk)
        self.before = list(accumulate(steps, initial=0))

    @property
    def held(self) -> int:
        """For how many samples the chunks have room."""
        row = bisect_right(self.firsts, len(self.starts)) - 1
        return self.before[row] + (len(self.starts) + 1 - self.firsts[row]) * self.per_chunk[row]

    @property
    def count(self) -> int:
        """How many samples have a place."""
        return min(self.sizes.count, self.held)

    @property
    def empty(self) -> int:
        """How many samples have no bytes."""
        return self.sizes.few(0, 0)

    @property
    def total(self) -> int:
        """The bytes of all samples that have a place."""
        if self._total is None:
            self._total = self.sizes.total(0, self.count)
        return self._total

    @property
    def used(self) -> frozenset[int]:
        """The numbers of the sample entries, from 1, that describe any sample."""
        numbers = frozenset(self.entries)
        if len(numbers) == 1:
            return numbers
        last = len(self.starts) + 1
        rows = zip(self.entries, self.per_chunk, self.firsts, [*self.firsts[1:], last], self.before, strict=False)
        return frozenset(
            entry
            for entry, held, first, after, before in rows
            if held and first < min(after, last) and before < self.sizes.count
        )

    @property
    def ends(self) -> list[int]:
        """Where each chunk ends, in bytes from the file's start.

        Most films have thousands of chunks and of rows, so that there is no loop in Python here.
        """
        sizes = self.sizes
        sums = (
            [0, *accumulate(sizes.table)]
            if not sizes.uniform
            else range(0, sizes.count * sizes.uniform + 1, sizes.uniform)
        )
        rows = map(sub, [*self.firsts[1:], len(self.starts) + 1], self.firsts)
        numbers = list(accumulate(chain.from_iterable(map(repeat, self.per_chunk, rows)), initial=0))
        if numbers[-1] > sizes.count:  # beyond the last sample there is nothing
            numbers = [min(number, sizes.count) for number in numbers]
        totals = list(map(sums.__getitem__, numbers))
        return list(map(add, self.starts, map(sub, totals[1:], totals)))

    def begun(self, chunk: int, position: int) -> Sample | None:
        """The last sample of a chunk with any bytes that begins at `position` or before."""
        row = bisect_right(self.firsts, chunk + 1) - 1
        if self.per_chunk[row] != 1 or self.sizes.uniform:
            return self.run(chunk).last_begun(position)
        number = self.before[row] + chunk + 1 - self.firsts[row]
        size = self.sizes.table[number] if number < self.sizes.count else 0
        return Sample(number, self.starts[chunk], size, self.entries[row]) if size else None

    def run(self, chunk: int) -> Run:
        """The samples of a chunk, counted from 0."""
        row = bisect_right(self.firsts, chunk + 1) - 1
        number = self.before[row] + (chunk + 1 - self.firsts[row]) * self.per_chunk[row]
        count = max(0, min(self.per_chunk[row], self.sizes.count - number))
        return Run(self.starts[chunk], number, count, self.sizes, number, self.entries[row])

    def sample(self, number: int) -> Sample:
        """The sample of that number, from 0 to less than `count`."""
        row = bisect_right(self.before, number) - 1
        chunk, place = divmod(number - self.before[row], self.per_chunk[row])
        return self.run(self.firsts[row] - 1 + chunk).sample(place)


@dataclass(slots=True)
class FragmentRuns:
    """The runs of a track in fragments [8.8.8]."""

    starts: list[int] = field(default_factory=list)
    columns: list[Sizes] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    """How many samples of fragments are before each run."""
    entries: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    """Where each run ends, in bytes from the file's start."""
    count: int = 0
    total: int = 0
    longest: int = 0
    extent: Extent = field(default_factory=Extent)

    @property
    def empty(self) -> int:
        """How many samples have no bytes."""
        return sum(each.table.count(0) if each.table or each.uniform else each.count for each in self.columns)

    @property
    def ordered(self) -> list[int]:
        """Where the runs begin, ascending; the same list as `starts` if they ascend."""
        ordered = sorted(self.starts)
        return self.starts if ordered == self.starts else ordered

    def add(self, start: int, sizes: Sizes, entry: int, total: int) -> None:
        """Adds a run of `total` bytes."""
        self.starts.append(start)
        self.columns.append(sizes)
        self.before.append(self.count)
        self.entries.append(entry)
        self.ends.append(start + total)
        self.count += sizes.count
        self.total += total
        self.longest = max(self.longest, total)
        self.extent = self.extent.joined(Extent(samples=sizes.count, first=start, last=start + total))

    def begun(self, place: int, position: int) -> Sample | None:
        """The last sample of a run with any bytes that begins at `position` or before."""
        return self.run(place).last_begun(position)

    def run(self, place: int) -> Run:
        """A run, counted from 0."""
        sizes = self.columns[place]
        return Run(self.starts[place], self.before[place], sizes.count, sizes, 0, self.entries[place])

    def sample(self, number: int) -> Sample:
        """The sample of that number, from 0 to less than `count`."""
        place = bisect_right(self.before, number) - 1
        return self.run(place).sample(number - self.before[place])


def read_chunks(stbl: Node) -> Chunks | Extent | None:
    """A track's chunks by its sample tables [8.7]; an empty extent without samples, None if the tables contradict."""
    sizes = Sizes.of(stbl)
    if not sizes.count or not any(sizes.table or (sizes.uniform,)):
        return Extent()
    chunks, runs = stbl.find("co64") or stbl.find("stco"), stbl.find("stsc")
    offsets = _rows(chunks, 8 if chunks.type == "co64" else 4).tolist() if chunks else []
    table = (_rows(runs, 4, 3) if runs else array("I")).tolist()
    firsts, per_chunk, entries = table[0::3], table[1::3], table[2::3]
    if not offsets or not len(firsts) == len(entries) > 0 or firsts[0] != 1 or sorted(firsts) != firsts:
        return None
    found = Chunks(sizes, offsets, firsts, per_chunk, entries)
    if not _near(found.held, sizes.count) or not _near(_timed(stbl), sizes.count):
        return None
    ordered = sorted(offsets)
    found.ordered = offsets if ordered == offsets else ordered
    found.counted = sizes.uniform != 1 or stbl.handler != "soun" or _is_plain(stbl)
    if not found.counted:
        last = ordered[-1] + 1
    elif found.ordered is offsets:
        last = furthest(found, bisect_left(offsets, ordered[-1] - found.longest), len(offsets))
    else:
        floor = ordered[-1] - found.longest
        last = max(found.run(place).end for place, offset in enumerate(offsets) if offset >= floor)
    found.extent = Extent(samples=sizes.count, first=ordered[0], last=last)
    return found


def _is_plain(stbl: Node) -> bool:
    """Whether a track's sound is not compressed."""
    table = stbl.find("stsd")
    return table is not None and all(entry.type in _PLAIN for entry in table.inside)


def furthest(runs: Chunks | FragmentRuns, first: int, stop: int) -> int:
    """The last byte's end of the runs from `first` up to `stop`, which ascend: a run far before can't reach it."""
    if isinstance(runs, FragmentRuns):
        return max(runs.ends[first:stop])
    first = bisect_left(runs.starts, runs.starts[stop - 1] - runs.longest, first, stop)
    return max(runs.run(place).end for place in range(first, stop))


def all_differ(starts: Sequence[Sequence[int]]) -> bool:
    """Whether no two runs, of one track or of several, begin at the same place."""
    return len(set[int]().union(*starts)) == sum(map(len, starts))


def _timed(stbl: Node) -> int:
    """The number of samples with a duration [8.6.1.2]."""
    times = stbl.find("stts")
    return sum(_rows(times, 4, 2)[0::2]) if times else 0


def _rows(table: Node, width: int, columns: int = 1) -> array[int]:
    """The numbers in as many rows as a table claims; the rest of its box is padding."""
    return column(table.bytes(8, table.u32(4) * columns * width), width)


def _near(number: int, count: int) -> bool:
    """Whether two tables have the same number of samples; some writers are off by one, or by a per cent in long films."""
    return abs(number - count) <= 1 + count // 100


def _places(column: bytes, byte: int) -> Iterator[int]:
    """Where that byte is, ascending."""
    place = column.find(byte)
    while place >= 0:
        yield place
        place = column.find(byte, place + 1)


def _at_most(raw: bytes) -> int:
    """An upper bound of the 32-bit numbers in a table, by their leading bytes, which is much faster than reading them."""
    for place in range(3):
        leading = raw[place::4]
        if leading != bytes(len(leading)):
            most = next(top for top in _TOPS if not leading.translate(None, _UP_TO[top]))
            return (most + 1) << (24 - 8 * place)
    return 0xFF


def column(raw: bytes, width: int) -> array[int]:
    """The complete big-endian numbers of that width in a table."""
    found = array({2: "H", 4: "I", 8: "Q"}[width])
    found.frombytes(raw[: len(raw) // width * width])
    if sys.byteorder == "little":
        found.byteswap()
    return found
