"""The movie fragments of a film: where their samples are, how long they last, and whether one is missing.

Clauses in brackets are those of ISO/IEC 14496-12. Everything here is pure and never fails.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING

from vidcheck.quantities import Shown
from vidcheck.texts import Readable, say
from vidcheck.witnesses.mp4.clocks import Clock
from vidcheck.witnesses.mp4.iso import Node, tfra_width, trun_width
from vidcheck.witnesses.mp4.sample_tables import Extent, FragmentRuns, Sizes, column

if TYPE_CHECKING:
    from collections.abc import Mapping

_SLACK = Fraction(1, 2)
"""Seconds by which writers may round a duration; a missing fragment makes a larger difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """The defaults of a track's fragments [8.8.3], and when they begin."""

    ticks: int = 0
    size: int = 0
    entry: int = 1
    """The number of the sample entry, from 1."""
    begins: int = 0
    """The ticks of the samples that come before, which the index has."""


@dataclass(slots=True)
class Fragments:
    """All movie fragments of a file, and its claims on their number."""

    defaults: Mapping[int, Defaults] = field(default_factory=dict)
    """By track number."""
    starts: list[int] = field(default_factory=list)
    """Where each `moof` begins."""
    runs: dict[int, FragmentRuns] = field(default_factory=dict)
    """Each track's samples, by track number."""
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Each track's first and last tick: in fragments, or from 0 if the index has samples that come before."""
    clocks: dict[int, Clock] = field(default_factory=dict)
    """The timing of each track's samples in fragments."""
    index_end: int = 0
    """The end of the last fragment in any `sidx`."""
    indexed: bool = False
    """Whether one `sidx` before all fragments lists several, so that it covers the whole film."""
    segmented: bool = False
    """Whether there is a `styp`: then a `sidx` covers only its own segment [8.16.2]."""
    listed: tuple[int, ...] | None = None
    """The `moof`s that `mfra` lists; None without `mfra`."""

    @property
    def samples(self) -> Extent:
        """The range of all samples."""
        return reduce(Extent.joined, (runs.extent for runs in self.runs.values()), Extent())

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
        entry = header.u32(at) if flags & 2 else default.entry
        at += 4 * (flags >> 1 & 1)
        ticks = header.u32(at) if flags & 8 else default.ticks
        at += 4 * (flags >> 3 & 1)
        size = header.u32(at) if flags & 16 else default.size
        time, known = self._decode_time(traf, track)
        if track in self.clocks:
            self.clocks[track].fill(time - known[1])
        end = base
        for run in traf.all("trun"):
            flags, rows = run.u32(0), run.u32(4)
            if flags & 1:
                end = base + int.from_bytes(run.bytes(8, 4), signed=True)
            durations, sizes = _run_columns(run, flags)
            total = sum(sizes) if sizes else rows * size
            if rows:
                found = Sizes(len(sizes), 0, sizes, 0) if sizes else Sizes(rows, size, sizes, size)
                self.runs.setdefault(track, FragmentRuns()).add(end, found, entry, total)
                clock = self.clocks.setdefault(track, Clock())
                if durations:
                    clock.add_all(durations)
                else:
                    clock.add(rows, ticks)
            end, time = end + total, time + (sum(durations) if durations else rows * ticks)
        self.spans[track] = (known[0], max(known[1], time))
        return end

    def _decode_time(self, traf: Node, track: int) -> tuple[int, tuple[int, int]]:
        """The first sample's time, and the track's span so far [8.8.12]."""
        said = traf.find("tfdt")
        wide = said is not None and said.wide
        before = self.defaults.get(track, Defaults()).begins
        known = self.spans.get(track, (0, before) if before else None)
        time = int.from_bytes(said.bytes(4, 8 if wide else 4)) if said else known[1] if known else 0
        return time, known or (time, time)

    def add_index(self, sidx: Node, end: int) -> None:
        """Adds a `sidx` that ends at `end` [8.16.3]."""
        wide = sidx.wide
        skip = int.from_bytes(sidx.bytes(20, 8)) if wide else sidx.u32(16)
        rows = sidx.bytes(32 if wide else 24)
        references = [size & 0x7FFFFFFF for size in column(rows, 4)[0::3]]
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

    def complete(self, should: Fraction, scales: Mapping[int, int]) -> tuple[bool | None, Readable]:
        """Whether no fragment is missing, and by which box: `mfra` [8.8.9], `mehd` [8.8.2], `sidx` [8.16.3].

        `should` is the duration in `mehd` in seconds, 0 if there is none; `scales` as in `lasts`.
        """
        lasts, sample = self.lasts(scales)
        lacking = should and should - lasts > max(_SLACK, sample)
        why = say("the film should last {should} (mehd), and its fragments last {lasts}",
                  should=Shown("duration", should), lasts=Shown("duration", lasts))  # fmt: skip
        if self.listed is not None:
            if not set(self.listed) <= set(self.starts):
                return None, say("the list of fragments (mfra) does not fit the file")
            return (None, why) if lacking else (True, say("the list of fragments (mfra) at the end is there"))
        if lacking:
            return False, why
        if should and should - lasts <= sample / 2:  # rounding, not a missing fragment of one sample
            return True, say("the fragments last as long as the film should (mehd)")
        if self.indexed and self.index_end >= self.samples.last > 0:
            return True, say("every fragment that the index (sidx) names is there")
        return None, say("nothing in the file tells how many fragments there should be")

    def lasts(self, scales: Mapping[int, int]) -> tuple[Fraction, Fraction]:
        """How long the longest track lasts, and its longest sample in fragments, in seconds.

        `scales` are the tracks' ticks a second.
        """
        return max(
            (
                (Fraction(last - first, scales[track]),
                 Fraction(self.clocks[track].longest if track in self.clocks else 0, scales[track]))
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
    table = column(run.bytes(8 + 4 * (flags & 1) + (flags & 4), rows * width * 4), 4)
    durations = table[0::width] if flags & 0x100 else array("I")
    sizes = table[flags >> 8 & 1 :: width] if flags & 0x200 else array("I")
    return durations, sizes
