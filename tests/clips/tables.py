"""A track's sample tables as values: read them, write them anew, make a track longer or shorter.

Clauses in brackets are those of ISO/IEC 14496-12.
"""

from dataclasses import dataclass
from itertools import accumulate, cycle
from struct import iter_unpack, pack, unpack_from
from typing import NamedTuple

from tests.clips.tree import (
    SurgeryError,
    box,
    children,
    contents,
    find,
    find_all,
    full_box,
    replace_box,
    splice,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One picture, or one packet of sound, in decoding order."""

    size: int
    """Bytes."""
    sync: bool
    """Whether decoding can begin here."""


class Chunk(NamedTuple):
    """Samples that lie one after another in the file [8.7.4]."""

    offset: int
    """Bytes from the start of the file."""
    samples: tuple[Sample, ...]

    @property
    def end(self) -> int:
        """One past the chunk's last byte."""
        return self.offset + sum([each.size for each in self.samples])


def read_chunks(data: bytes, track: str) -> list[Chunk]:
    """The track's chunks in order of time, from stsz, stss, stsc and stco or co64 [8.7.3, 8.6.2, 8.7.4, 8.7.5]."""
    table = f"{track}/mdia/minf/stbl"
    sizes = contents(data, f"{table}/stsz")
    uniform, total = unpack_from(">4xII", sizes)
    each_size = [uniform] * total if uniform else [size for (size,) in iter_unpack(">I", sizes[12:])]
    if find_all(data, f"{table}/stss"):
        syncs = {number for (number,) in iter_unpack(">I", contents(data, f"{table}/stss")[8:])}
    else:
        syncs = set(range(1, total + 1))
    traits = [(size, number in syncs) for number, size in enumerate(each_size, start=1)]
    known = {(size, sync): Sample(size=size, sync=sync) for size, sync in set(traits)}  # most are alike
    samples = [known[each] for each in traits]
    offsets = read_offsets(data, track)
    runs = [(first, number) for first, number, _ in iter_unpack(">III", contents(data, f"{table}/stsc")[8:])]
    firsts = [first for first, _ in runs[1:]] + [len(offsets) + 1]
    counts = [number for (first, number), after in zip(runs, firsts, strict=True) for _ in range(after - first)]
    starts = accumulate(counts, initial=0)
    return [
        Chunk(offset=offset, samples=tuple(samples[start : start + number]))
        for offset, number, start in zip(offsets, counts, starts, strict=False)
    ]


def read_offsets(data: bytes, track: str) -> list[int]:
    """The offsets of the track's chunks in the file [8.7.5]."""
    table = f"{track}/mdia/minf/stbl"
    if find_all(data, f"{table}/co64"):
        return [offset for (offset,) in iter_unpack(">Q", contents(data, f"{table}/co64")[8:])]
    return [offset for (offset,) in iter_unpack(">I", contents(data, f"{table}/stco")[8:])]


def repeat_chunks(data: bytes, track: str, number: int) -> tuple[bytes, list[Chunk]]:
    """The track's chunks over and over until they hold `number` samples, the last one cut to fit.

    From the second time on they are copies at the end of the first mdat, so that no two samples share a place. The
    tables are still the old ones.
    """
    chunks = read_chunks(data, track)
    mdat = find(data, "mdat")
    made: list[Chunk] = []
    copies = bytearray()
    for place, each in enumerate(cycle(chunks)):
        if number <= 0:
            return splice(data, mdat.end, mdat.end, bytes(copies), (mdat,)), made
        chunk = Chunk(offset=each.offset, samples=each.samples[:number])
        if place >= len(chunks):
            copied = data[chunk.offset : chunk.end]
            chunk = Chunk(offset=mdat.end + len(copies), samples=chunk.samples)
            copies += copied
        made.append(chunk)
        number -= len(each.samples)
    raise SurgeryError("a track without samples can't be repeated")


def write_tables(data: bytes, track: str, chunks: list[Chunk], deltas: list[tuple[int, int]]) -> bytes:
    """Write the track's sample tables anew from `chunks` and `deltas`, its stts runs of (samples, ticks).

    Refuses a track whose pictures are reordered (ctts [8.6.1.3]); every other table of the sample table
    box stays, and a grouping of samples (sbgp [8.9.2]) is stretched over the new number.
    """
    table = f"{track}/mdia/minf/stbl"
    if find_all(data, f"{table}/ctts"):
        raise SurgeryError(f"{track}: its pictures are reordered (ctts)")
    samples = [sample for chunk in chunks for sample in chunk.samples]
    if sum(number for number, _ in deltas) != len(samples):
        raise SurgeryError(f"{track}: the durations are not those of {len(samples)} samples")
    syncs = [number for number, each in enumerate(samples, start=1) if each.sync]
    new = {
        "stsz": _sizes([each.size for each in samples]),
        "stts": full_box("stts", 0, 0, pack(">I", len(deltas)), *(pack(">II", *run) for run in deltas)),
        "stsc": _chunk_runs(chunks),
        "stss": _numbers("stss", syncs),
    }
    kind = "co64" if find_all(data, f"{table}/co64") else "stco"
    new[kind] = _numbers(kind, [each.offset for each in chunks])
    parts = []
    for each in children(data, find(data, table)):
        part = new.get(each.type, data[each.start : each.end])
        if each.type == "sbgp":
            (group,) = unpack_from(">I", part, len(part) - 4)
            part = box("sbgp", part[8:16], pack(">III", 1, len(samples), group))
        parts.append(part)
    return replace_box(data, table, box("stbl", *parts))


def write_sizes(data: bytes, track: str, sizes: list[int]) -> bytes:
    """Write the sizes of the track's samples anew, each by itself."""
    table = full_box("stsz", 0, 0, pack(f">II{len(sizes)}I", 0, len(sizes), *sizes))
    return replace_box(data, f"{track}/mdia/minf/stbl/stsz", table)


def write_offsets(data: bytes, track: str, offsets: list[int], *, wide: bool | None = None) -> bytes:
    """Write the track's chunk offsets anew: with 64 bits, with 32, or (None) with as many as before.

    `offsets` are those in the file as it is; where the new table is larger or smaller they move with it.
    """
    table = f"{track}/mdia/minf/stbl"
    old = "co64" if find_all(data, f"{table}/co64") else "stco"
    kind = old if wide is None else "co64" if wide else "stco"
    return replace_box(data, f"{table}/{old}", _numbers(kind, offsets))


def _numbers(kind: str, values: list[int]) -> bytes:
    form = "Q" if kind == "co64" else "I"
    if form == "I" and max(values, default=0) > 0xFFFFFFFF:
        raise SurgeryError(f"{kind}: {max(values)} needs 64 bits")
    return full_box(kind, 0, 0, pack(f">I{len(values)}{form}", len(values), *values))


def _sizes(sizes: list[int]) -> bytes:
    if len(set(sizes)) == 1:
        return full_box("stsz", 0, 0, pack(">II", sizes[0], len(sizes)))
    return full_box("stsz", 0, 0, pack(f">II{len(sizes)}I", 0, len(sizes), *sizes))


def _chunk_runs(chunks: list[Chunk]) -> bytes:
    counts = [len(each.samples) for each in chunks]
    changes = [place for place, number in enumerate(counts) if place == 0 or number != counts[place - 1]]
    entries = [pack(">III", place + 1, counts[place], 1) for place in changes]
    return full_box("stsc", 0, 0, pack(">I", len(entries)), *entries)
