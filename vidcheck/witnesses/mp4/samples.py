"""Looks at samples: whether they are in the media data, and whether their bytes can be what the index says.

Places are few and bounded, and so chosen that a zeroed stretch of the file which covers the beginnings of samples holding
a twentieth of the media is always seen: between two places there is less. Of a remote file only a few places are read.
Clauses in brackets are those of ISO/IEC 14496-12.
"""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import accumulate
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from vidcheck.facts import visible
from vidcheck.quantities import Shown
from vidcheck.texts import Readable, join, say
from vidcheck.witnesses.mp4.codes import Code, read_code
from vidcheck.witnesses.mp4.sample_tables import Chunks, FragmentRuns, Run, Sample, all_differ, furthest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vidcheck.witnesses.mp4.fragments import Fragments
    from vidcheck.witnesses.mp4.iso import Box
    from vidcheck.witnesses.mp4.movie import Movie

MOST_PLACES = 64
"""Reads of one file; 256 KB at most, as each has `_WINDOW` bytes."""
MOST_REQUESTS = 3
"""Reads of a remote file that have to be fetched."""
_WINDOW, _HEAD = 1 << 10, 16
_GAP = 20
"""One place for so small a part of the media."""
_SPREAD = 40
"""The most places that are spread over a file; the rest is for ends of tracks and for chains of lengths."""
_SHARED = 12
"""The places of a sound track, and some more, that are compared with those of pictures."""
_ENDS = 8
"""The most tracks whose first and last samples are looked at."""
_MOST_RUNS = 1 << 18
"""The most runs that are compared one by one; a film of ten hours has fewer."""
_TOO_MANY = 1 << 21
"""Chunks of a film of ten hours, one for each picture."""
_LEAST = 4
"""The bytes that a sample must have before zeros in it prove anything."""


class Look(Enum):
    """What one sample shows."""

    SOUND = auto()
    """Nothing is wrong as far as was read."""
    UNREAD = auto()
    """Its bytes would take a request too many."""
    SHORT = auto()
    """The file ended before."""
    ZERO = auto()
    ONES = auto()
    """It begins with bytes of which every bit is set, as an erased medium has them."""
    BROKEN = auto()
    """The lengths of its units don't add up."""
    EMPTY = auto()
    """Its units are well, and none of them holds a part of a picture."""
    PADDED = auto()
    """Zeros are behind its picture, where the length of another unit should be."""
    STRANGE = auto()
    """It doesn't begin as its codec's samples do."""
    LATE = auto()
    """All is well, but it is the first one and needs earlier pictures."""
    START_CODE = auto()
    """It has start codes (ITU-T H.264, annex B) in the place of lengths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """What was seen of a film's samples."""

    whole: bool | None = True
    """False if bytes prove that something is lost; None if something is odd."""
    why: Readable | None = None
    """What is wrong, with the place; None if all is well."""
    looked: int = 0
    """Samples that were looked at."""
    places: int = 0
    """Samples that should have been looked at."""
    samples: int = 0
    apart: bool = False
    """Whether all chunks and runs, of any track, are known to begin at different places."""
    late: Readable | None = None
    """Names a track's first picture if decoding can't begin with it."""

    @property
    def seen(self) -> Readable:
        """How much was looked at, for people."""
        looked, samples = f"{self.looked:,}", f"{self.samples:,}"
        if self.looked < self.places:
            return say("{looked} of {places} places were looked at, in {samples} samples",
                       looked=looked, places=f"{self.places:,}", samples=samples)  # fmt: skip
        return say("{looked} of {samples} samples were looked at", looked=looked, samples=samples)


@dataclass(slots=True)
class Lane:
    """A track's samples in its tables, or in fragments."""

    path: str
    """The track's place, for people."""
    handler: str
    runs: Chunks | FragmentRuns
    before: int
    """The track's samples before these."""
    codes: tuple[Code | None, ...]
    """What is known of the bytes of each sample entry's samples."""
    order: list[int] | None = None
    """The runs in the order of their places in the file; None if they ascend."""
    starts: list[int] = field(default_factory=list)
    """Where the runs begin, ascending."""
    readable: bool = False
    """Whether the bytes of any of its samples can show that they are lost."""
    apart: bool = False
    """Whether all runs, of any track, are known to begin at different places."""

    def __post_init__(self) -> None:
        self.readable = any(self.codes) and not (isinstance(self.runs, Chunks) and not self.runs.counted)
        self.starts = self.runs.ordered
        if self.starts is not self.runs.starts:
            self.order = sorted(range(len(self.starts)), key=self.runs.starts.__getitem__)

    def code(self, sample: Sample) -> Code | None:
        """What is known of a sample's bytes, if they can show that it is lost."""
        return self.codes[sample.entry - 1] if self.readable and 0 < sample.entry <= len(self.codes) else None

    def begun(self, place: int, position: int) -> Sample | None:
        """The last sample with any bytes of the run at that place which begins at `position` or before."""
        return self.runs.begun(place if self.order is None else self.order[place], position)

    def run(self, place: int) -> Run:
        """The run at that place in the order of the file."""
        return self.runs.run(place if self.order is None else self.order[place])


class Place(NamedTuple):
    """A sample to look at."""

    sample: Sample
    lane: Lane


def look(file: BinaryIO, movie: Movie, fragments: Fragments, boxes: Sequence[Box]) -> Media:
    """Looks at samples of a film whose headers and samples lie inside the file. Raises the file's OSError."""
    chunks = sum(len(track.chunks.starts) for track in movie.tracks if track.chunks)
    if chunks > _TOO_MANY:
        return Media(
            whole=None, why=say("the index (moov) has {count} chunks, too many to look at", count=f"{chunks:,}")
        )
    lanes = list(_lanes(movie, fragments))
    samples = sum(lane.runs.count for lane in lanes)
    if not samples:
        return Media()
    apart = all_differ([lane.starts for lane in lanes])
    for lane in lanes:
        lane.apart = apart
    odd = next(filter(None, (_odd(lane, boxes) for lane in lanes)), None) or _strange(lanes)
    places = choose(lanes)
    seen = _examine(file, places)
    looked = len(seen) - seen.count(Look.UNREAD)
    late = places[seen.index(Look.LATE)] if Look.LATE in seen else None
    whole, why = _judge(places, [Look.SOUND if look is Look.LATE else look for look in seen])
    if odd is not None:
        whole, why = (whole, why) if whole is False else (None, odd)
    return Media(
        whole=whole,
        why=why,
        looked=looked,
        places=len(places),
        samples=samples,
        apart=apart,
        late=_named(late.lane, late.sample) if late else None,
    )


def _lanes(movie: Movie, fragments: Fragments) -> Iterator[Lane]:
    for number, track in enumerate(movie.tracks):
        if track.external:
            continue
        codes = tuple(read_code(entry) for entry in track.entries[:256])
        inside = track.chunks.count if track.chunks else 0
        if track.chunks and inside:
            yield Lane(f"moov/trak[{number}]", track.handler, track.chunks, 0, codes)
        if found := fragments.runs.get(track.number):
            yield Lane(f"moov/trak[{number}]", track.handler, found, inside, codes)


# --- what the tables alone show ---


def _odd(lane: Lane, boxes: Sequence[Box]) -> Readable | None:
    """What is odd about where a track's samples are, and how large; None if nothing is."""
    if found := _outside(lane, boxes):
        return found
    if lane.handler == "vide":
        return _senseless(lane)
    return (_hollow(lane) or _repeated(lane)) if lane.readable else None


def _outside(lane: Lane, boxes: Sequence[Box]) -> Readable | None:
    """Where the first run is that doesn't lie inside one box of media data [8.1.1, 9.1.4]."""
    media = [box for box in boxes if box.type in ("mdat", "imda")]
    extent = lane.runs.extent
    if any(box.body <= extent.first and extent.last <= box.end for box in media):
        return None
    if isinstance(lane.runs, Chunks) and not lane.runs.counted:
        return _stray_starts(lane, media, boxes)
    if lane.order is None and not _strays(lane.runs, media):
        return None
    if len(lane.starts) > _MOST_RUNS:
        return say("{track} has {runs} chunks in several places", track=lane.path, runs=f"{len(lane.starts):,}")
    bodies = [box.body for box in media]
    for place in range(len(lane.starts)):
        run = lane.run(place)
        end = run.end
        at = bisect_right(bodies, run.start) - 1
        if end > run.start and not (at >= 0 and end <= media[at].end):
            return _stray(lane, run, media[at].end if at >= 0 and run.start < media[at].end else run.start, boxes)
    return None


def _stray_starts(lane: Lane, media: Sequence[Box], boxes: Sequence[Box]) -> Readable | None:
    """The same for runs of which only the beginnings are known."""
    place = 0
    for box in media:
        if place < len(lane.starts) and lane.starts[place] >= box.body:
            place = bisect_left(lane.starts, box.end, place)
    return None if place == len(lane.starts) else _stray(lane, lane.run(place), lane.starts[place], boxes)


def _strays(runs: Chunks | FragmentRuns, media: Sequence[Box]) -> bool:
    """Whether any of these runs, which ascend, may not lie inside one box of media data."""
    done = 0
    for box in media:
        first = bisect_left(runs.starts, box.body, done)
        if first > done:
            return True
        done = bisect_left(runs.starts, box.end, first)
        if done > first and furthest(runs, first, done) > box.end:
            return True
    return done < len(runs.starts)


def _stray(lane: Lane, run: Run, limit: int, boxes: Sequence[Box]) -> Readable:
    """Names the first sample in a run that ends behind `limit`, and the box in which it lies."""
    sample = next(each for each in map(run.sample, range(run.samples)) if each.start + each.size > limit)
    box = next((box for box in boxes if box.start <= sample.start < box.end), None)
    place = _named(lane, sample)
    if box is None:
        return say("{sample} lies in no box", sample=place)
    if box.type in ("mdat", "imda") and sample.start >= box.body:
        return say("{sample} reaches beyond the media data ({box}), which ends at byte {end}",
                   sample=place, box=visible(box.type), end=f"{box.end:,}")  # fmt: skip
    return say("{sample} lies in {box}, which is no media data (mdat)", sample=place, box=visible(box.type))


def _senseless(lane: Lane) -> Readable | None:
    """Why the sizes and places of a picture track's samples make no sense; None if they do."""
    runs = lane.runs
    if runs.count < 2:
        return None
    if found := _hollow(lane) or _repeated(lane):
        return found
    room = runs.extent.last - runs.extent.first
    if runs.total > room:
        return say("the samples of {track} overlap: their sizes add up to {size}, and from {sample} to the last one there are {room}",
                   track=lane.path, size=Shown("bytes", runs.total), sample=_named(lane, lane.run(0).sample(0)),
                   room=Shown("bytes", room))  # fmt: skip
    return None


def _hollow(lane: Lane) -> Readable | None:
    """Names a track's first sample if more than half of them are empty."""
    if lane.runs.empty * 2 <= lane.runs.count:
        return None
    return say("more than half of the samples of {track} are empty; {sample} is the first of all",
               track=lane.path, sample=_named(lane, lane.runs.sample(0)))  # fmt: skip


def _repeated(lane: Lane) -> Readable | None:
    """Names one of a track's samples if more than half of them are at places of others."""
    if not _again(lane):
        return None
    place = next(place for place in range(1, len(lane.starts)) if lane.starts[place] == lane.starts[place - 1])
    sample = lane.run(place).sample(0)
    return say("more than half of the samples of {track} share their place with others; {sample} is one of them",
               track=lane.path, sample=_named(lane, sample))  # fmt: skip


def _strange(lanes: Sequence[Lane]) -> Readable | None:
    """Why a sound track's samples can't be sound: most lie in pictures. Not of DV, whose frames hold both."""
    pictures = [lane for lane in lanes[:_ENDS] if lane.handler == "vide" and lane.readable]
    for lane in lanes[:_ENDS]:
        if lane.handler != "soun" or not lane.readable:
            continue
        places = range(0, len(lane.starts), max(1, len(lane.starts) // _SHARED))
        for picture in pictures:
            shared = [place for place in places if _covers(picture, lane.starts[place])]
            if 2 * len(shared) > len(places):
                sample = lane.run(shared[0]).sample(0)
                return say("more than half of the samples of {track} lie in those of {other}; {sample} is one of them",
                           track=lane.path, other=picture.path, sample=_named(lane, sample))  # fmt: skip
    return None


def _covers(lane: Lane, position: int) -> bool:
    """Whether a sample of the track lies at that position."""
    begun = bisect_right(lane.starts, position)
    sample = lane.begun(begun - 1, position) if begun else None
    return sample is not None and position < sample.start + sample.size


def _again(lane: Lane) -> bool:
    """Whether more than half of a track's samples are at places that other samples of it have used before."""
    if lane.apart or len(set(lane.starts)) == len(lane.starts):
        return False
    runs = map(lane.run, range(1, len(lane.starts)))
    again = sum(run.samples for run, before in zip(runs, lane.starts, strict=False) if run.start == before)
    return 2 * (again + 1) > lane.runs.count


def _named(lane: Lane, sample: Sample) -> Readable:
    return say("sample {number} of {track} at byte {start}",
               number=f"{lane.before + sample.number + 1:,}", track=lane.path, start=f"{sample.start:,}")  # fmt: skip


# --- which samples are looked at ---


def choose(lanes: Sequence[Lane]) -> list[Place]:
    """The samples to look at, in the order of the file."""
    found: dict[tuple[int, int], Place] = {}
    for lane in lanes[:_ENDS]:
        for number in (0, lane.runs.count - 1):
            sample = lane.runs.sample(number)
            found[sample.start, sample.number] = Place(sample, lane)
        _add_odd(found, lane)
    readable = [lane for lane in lanes if lane.readable]
    for sample, lane in _spread(readable):
        found[sample.start, sample.number] = Place(sample, lane)
    return [found[key] for key in sorted(found)]


def _add_odd(found: dict[tuple[int, int], Place], lane: Lane) -> None:
    """The largest sample of a track of counted units, and the first one that is too small for a unit."""
    code = lane.codes[0] if lane.codes else None
    sizes = lane.runs.sizes if isinstance(lane.runs, Chunks) else None
    if code is None or not code.prefix or sizes is None or sizes.uniform:
        return
    numbers = [sizes.first_largest]
    if sizes.few(1, code.prefix):
        numbers.append(next((place for place, size in enumerate(sizes.table) if 0 < size <= code.prefix), 0))
    for number in numbers:
        if number < lane.runs.count:
            sample = lane.runs.sample(number)
            found[sample.start, sample.number] = Place(sample, lane)


def _spread(lanes: Sequence[Lane]) -> Iterator[tuple[Sample, Lane]]:
    """Samples between which there is less than a twentieth of the bytes that belong to samples.

    Where samples fill most of their range, positions at equal distances do, as samples don't overlap. Else the runs
    are added up.
    """
    if not lanes:
        return
    first, last = min(lane.starts[0] for lane in lanes), max(lane.runs.extent.last for lane in lanes)
    media = min(sum(lane.runs.total for lane in lanes), last - first)
    step = max(1, media // _GAP)
    if last - first > step * _SPREAD and sum(len(lane.starts) for lane in lanes) <= _MOST_RUNS:
        yield from _spread_by_sums(lanes)
        return
    step = max(step, (last - first) // _SPREAD)
    for position in range(first, last, step):
        nearest, chosen, place = -1, None, 0
        for lane in lanes:
            begun = bisect_right(lane.starts, position)
            if begun and lane.starts[begun - 1] > nearest:
                nearest, chosen, place = lane.starts[begun - 1], lane, begun - 1
        found = chosen.begun(place, position) if chosen else None
        if chosen and found:
            yield found, chosen
        elif len(lanes) > 1:  # a run without any bytes
            yield from _others(lanes, position)


def _others(lanes: Sequence[Lane], position: int) -> Iterator[tuple[Sample, Lane]]:
    """The last sample with any bytes of each track that begins at `position` or before, as far as runs begin there."""
    for lane in lanes[:_ENDS]:
        begun = bisect_right(lane.starts, position)
        if begun and (sample := lane.begun(begun - 1, position)):
            yield sample, lane


def _spread_by_sums(lanes: Sequence[Lane]) -> Iterator[tuple[Sample, Lane]]:
    """The same for samples with wide gaps between them, or that overlap."""
    rows = sorted(
        ((run.start, run.end, number, place) for number, lane in enumerate(lanes) for place in range(len(lane.starts))
         if (run := lane.run(place)).samples),
    )  # fmt: skip
    if not rows:
        return
    sums = list(accumulate((end - start for start, end, *_ in rows), initial=0))
    for part in range(_SPREAD):
        target = sums[-1] * part // _SPREAD
        start, _, number, place = rows[row := bisect_right(sums, target) - 1 if sums[-1] > target else -1]
        if sample := lanes[number].begun(place, start + target - sums[row]):
            yield sample, lanes[number]


# --- what the bytes show ---


class _Bytes:
    """Reads pieces of a file: few, and one for neighbours."""

    def __init__(self, file: BinaryIO, waiting: int) -> None:
        self._file = file
        self._start, self._near = 0, b""
        self._held = getattr(file, "holds", None)
        self.left = MOST_REQUESTS if self._held else MOST_PLACES
        self.waiting = 0 if self._held else waiting
        """The places that are still to be read, for which reads are kept back."""
        try:
            self._number: int | None = file.fileno() if hasattr(os, "pread") else None
        except (OSError, AttributeError):
            self._number = None

    def at(self, start: int, size: int, *, hop: bool = False) -> bytes | None:
        """Those bytes, or fewer if the file ends; None if it would be a read too many, or before the file's beginning."""
        if start < 0:
            return None
        skip = start - self._start
        if not 0 <= skip <= skip + size <= len(self._near):
            free = self._held is not None and self._held(start, start + size)
            if not free and self.left - (self.waiting if hop else 0) <= 0:
                return None
            self.left -= not free
            self._start, skip = start, 0
            self._near = self._read(start, size if self._held else _WINDOW)
        return self._near[skip : skip + size]

    def _read(self, start: int, size: int) -> bytes:
        if self._number is not None:
            return os.pread(self._number, size, start)
        self._file.seek(start)
        return self._file.read(size)


def _examine(file: BinaryIO, places: Sequence[Place]) -> list[Look]:
    """What each of those samples shows."""
    data = _Bytes(file, len(places))
    seen = [Look.UNREAD] * len(places)
    order: Sequence[int] = range(len(places))
    if len(places) > data.left:  # remote: the last one first, then those that divide the rest
        order = sorted(order, key=lambda place: min(abs(place - len(places) * part // 3 + 1) for part in (1, 2, 3)))
    for place in order:
        data.waiting -= 1
        sample, lane = places[place]
        code = lane.code(sample)
        first = lane.handler == "vide" and not lane.before + sample.number
        seen[place] = _shows(data, sample, code, first=first) if code else Look.SOUND
    return seen


def _shows(data: _Bytes, sample: Sample, code: Code, *, first: bool) -> Look:
    """What a sample's bytes show; `first` if it is the first of a picture track."""
    size = min(sample.size, _HEAD)
    head = data.at(sample.start, size)
    if head is None:
        return Look.UNREAD
    if len(head) < size:
        return Look.SHORT
    if not any(head):
        return Look.ZERO if sample.size >= _LEAST else Look.BROKEN if sample.size and code.unit else Look.SOUND
    if code.unit is None:
        return _opens(head, code)
    seen = _chain(data, sample, code, head, first=first)
    if seen is Look.BROKEN and head.startswith((b"\0\0\1", b"\0\0\0\1")):
        return Look.START_CODE
    return seen


def _opens(head: bytes, code: Code) -> Look:
    """What the beginning of a sample without counted units shows."""
    if len(head) >= _LEAST and head.count(0xFF) == len(head):
        return Look.ONES
    return Look.STRANGE if code.begins is not None and not code.begins(head) else Look.SOUND


def _chain(data: _Bytes, sample: Sample, code: Code, head: bytes, *, first: bool) -> Look:
    """Whether the units of a sample fill it exactly, as far as reads allow; fewer zeros than a length has may follow."""
    at, picture, more = 0, False, head
    alone: bool | None = None
    while code.unit is not None:
        unit = code.unit(more, sample.size - at)
        if unit is None:
            return Look.BROKEN
        picture = picture or unit.picture
        if first and alone is None and code.alone is not None:
            alone = code.alone(more[code.prefix :])
        at += unit.size
        if at >= sample.size:
            return _well(alone) if picture else Look.EMPTY
        following = data.at(sample.start + at, min(sample.size - at, _HEAD), hop=True)
        if not following:
            return _well(alone)
        if not any(following):
            short = sample.size - at < code.prefix
            return Look.BROKEN if not picture else _well(alone) if short else Look.PADDED
        more = following
    return Look.SOUND


def _well(alone: bool | None) -> Look:
    return Look.LATE if alone is False else Look.SOUND


def _judge(places: Sequence[Place], seen: Sequence[Look]) -> tuple[bool | None, Readable | None]:
    """Whether all is well with the samples that were looked at, and what isn't."""
    if seen.count(Look.SOUND) == len(seen):
        return True, None
    if Look.SHORT in seen:
        lost = places[seen.index(Look.SHORT)]
        return None, say(
            "the file became shorter while it was read: {sample} is gone", sample=_named(lost.lane, lost.sample)
        )
    zeros, ones, broken = (_showing(places, seen, which) for which in (Look.ZERO, Look.ONES, Look.BROKEN))
    looked = f"{len(seen) - seen.count(Look.UNREAD):,}"
    rows: list[Readable] = []
    if zeros:
        rows.append(say("{count} of {looked} samples that were looked at are zeros, which their codec never is: first {sample}",
                        count=len(zeros), looked=looked, sample=_named(zeros[0].lane, zeros[0].sample)))  # fmt: skip
    if ones:
        rows.append(say("{count} of {looked} samples that were looked at have every bit set, which their codec never has: first {sample}",
                        count=len(ones), looked=looked, sample=_named(ones[0].lane, ones[0].sample)))  # fmt: skip
    if broken:
        rows.append(say("{count} of {looked} samples that were looked at are broken, the lengths in them do not add up: first {sample}",
                        count=len(broken), looked=looked, sample=_named(broken[0].lane, broken[0].sample)))  # fmt: skip
    if zeros or ones or any(_mostly(lane, places, seen) for lane in _lanes_of(broken)):
        return False, join(rows, say("; "))
    rows += _doubts(places, seen, looked)
    return (None, join(rows, say("; "))) if rows else (True, None)


def _doubts(places: Sequence[Place], seen: Sequence[Look], looked: str) -> Iterator[Readable]:
    """What is odd about the samples that were looked at, though it doesn't prove that anything is lost."""
    if Look.START_CODE in seen:
        odd = places[seen.index(Look.START_CODE)]
        yield say("{sample} begins with a start code where the length of its first unit should be",
                  sample=_named(odd.lane, odd.sample))  # fmt: skip
    for which, least in ((Look.EMPTY, 1), (Look.PADDED, 1), (Look.STRANGE, 2)):
        found = _showing(places, seen, which)
        if len(found) >= least and any(_mostly(lane, places, seen, which) for lane in _lanes_of(found)):
            yield _doubt(which, looked, found)


def _doubt(which: Look, looked: str, found: list[Place]) -> Readable:
    count, sample = len(found), _named(found[0].lane, found[0].sample)
    if which is Look.EMPTY:
        return say("{count} of {looked} samples that were looked at hold no picture, only what helps to decode or to fill: first {sample}",
                   count=count, looked=looked, sample=sample)  # fmt: skip
    if which is Look.PADDED:
        return say("{count} of {looked} samples that were looked at have zeros behind their picture, on which many players fail: first {sample}",
                   count=count, looked=looked, sample=sample)  # fmt: skip
    return say("{count} of {looked} samples that were looked at do not begin as samples of their codec do: first {sample}",
               count=count, looked=looked, sample=sample)  # fmt: skip


def _showing(places: Sequence[Place], seen: Sequence[Look], which: Look) -> list[Place]:
    return [place for place, look in zip(places, seen, strict=True) if look is which]


def _lanes_of(places: Sequence[Place]) -> list[Lane]:
    return list({id(place.lane): place.lane for place in places}.values())


def _mostly(lane: Lane, places: Sequence[Place], seen: Sequence[Look], which: Look = Look.BROKEN) -> bool:
    """Whether at least half of a track's samples that were looked at are broken, or show what else is asked for."""
    mine = [look for place, look in zip(places, seen, strict=True) if place.lane is lane and look is not Look.UNREAD]
    return 2 * sum(1 for look in mine if look is which) >= len(mine)
