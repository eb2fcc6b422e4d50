"""What the headers of a film say: its tracks, its movie header, and the layout of the file around them.

Clauses in brackets are those of ISO/IEC 14496-12. Nothing here touches the world or judges.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from vidcheck.quantities import Size
from vidcheck.witnesses.mp4.clocks import Clock, read_clock
from vidcheck.witnesses.mp4.dates import Dates, Label, read_dates
from vidcheck.witnesses.mp4.fragments import Defaults, Fragments
from vidcheck.witnesses.mp4.lengths import Length, read_gaps, read_length
from vidcheck.witnesses.mp4.sample_entries import is_still
from vidcheck.witnesses.mp4.sample_tables import Chunks, Extent, read_chunks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.texts import Readable
    from vidcheck.witnesses.mp4.iso import Box, Node
    from vidcheck.witnesses.mp4.samples import Media

_NEEDED = ("tkhd", "mdia/mdhd", "mdia/hdlr", "mdia/minf/stbl/stsd")
_ALONE = {
    kind: kind
    for kind in ("mvhd", "tkhd", "edts", "elst", "mdia", "mdhd", "hdlr", "minf", "dinf", "dref", "stbl", "stsd", "stts", "ctts",
                 "stss", "stsc", "stsz", "stco", "avcC", "hvcC", "vvcC", "av1C", "esds", "pasp", "clap")
} | {"stz2": "stsz", "co64": "stco"}  # fmt: skip
"""Boxes that are alone in theirs, by what they say."""
_INNER = frozenset({"trak", "edts", "mdia", "minf", "dinf", "stbl", "stsd"})
_VERSION = 4  # bytes of version and flags
_UNSPECIFIED = 0x7FFF  # QuickTime File Format, "Language Code Values"
Matrix = tuple[int, ...]
_ORDINARY, _SHORT = 1 << 16, 1 << 12  # bytes from the file's start
_NORMAL, _LOUD = 1 << 16, 1 << 8
"""Rate 1 and volume 1, in numbers of 16 bits and of 8 behind the point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What the headers say of one track."""

    number: int
    handler: str
    enabled: bool
    chapters: tuple[int, ...]
    """The tracks that hold its chapter titles and pictures."""
    matrix: Matrix
    stills: bool
    """Whether its codec is that of still pictures, by the first sample entry that it uses."""
    stored: Size
    pixel: Fraction
    """A pixel's width to its height [12.1.4]."""
    scale: int
    """Ticks a second."""
    external: bool
    """Whether samples lie in another file, by an entry that it uses [8.7.2]."""
    unreferenced: int | None = None
    """The number of a data reference that an entry uses and that isn't there, or can't be read [8.7.2]; None if all are."""
    unplaced: bool = False
    """Whether it has no table of data references at all, so that nothing says in which file its samples are [8.7.2]."""
    unsynced: bool = False
    """Whether its table of samples where decoding can begin names none of them [8.6.2]."""
    synced: int = 1
    """The number of the first sample where decoding can begin, by that table; 1 without one."""
    volume: int = _LOUD
    """How loud it is to be played, in 256ths [8.3.2]."""
    lacks: str = ""
    """The first box that every track must have and this one has not [8.3 to 8.7]; empty if all are there."""
    extent: Extent | None
    """The range of its samples; None if its tables contradict each other."""
    length: Length | None = None
    """How long it runs by its tables, and by its headers; None if the tables don't tell."""
    edited: bool = False
    """Whether it has an edit list [8.6.6]."""
    gaps: Fraction = Fraction(0)
    """The seconds of its empty edits [8.6.6]."""
    claimed: tuple[int, int] = (0, 0)
    """Width and height as shown, by its header, in 65,536ths of a pixel [8.3.2]."""
    language: str = ""
    """As its media header and extended language tag have it [8.4.2, 8.4.6]; empty if it is a Macintosh code."""
    entries: tuple[Node, ...] = ()
    """Its sample entries [8.5.2]."""
    used: frozenset[int] = frozenset()
    """The numbers of the entries, from 1, that its sample tables use [8.7.4]. Those of fragments stand there."""
    clock: Clock | None = None
    """The timing of a picture track's samples; None if its tables don't give it."""
    chunks: Chunks | None = None
    """Where its samples are by its tables; None if they have none, or contradict each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movie:
    """What `moov` says [8.2.1]."""

    start: int
    tracks: tuple[Track, ...] = ()
    dates: Dates = field(default_factory=Dates)
    matrix: Matrix = ()
    rate: int = _NORMAL
    """How fast it is to be played, in 65,536ths [8.2.2]."""
    volume: int = _LOUD
    """How loud it is to be played, in 256ths [8.2.2]."""
    scale: int = 0
    fragmented: bool = False
    """Whether it announces fragments (`mvex`)."""
    lasts: int = 0
    """The duration of all fragments by `mehd`, in ticks of `scale`; 0 without it."""
    compressed: bool = False
    doubled: Node | None = None
    """A box that must be there once, and is there a second time with other contents."""

    def place(self, track: Track, below: str) -> str:
        """The path of a box of a track, for people: `moov/trak[1]/mdia/minf/stbl/stts`."""
        return f"moov/trak[{self.tracks.index(track)}]/{below}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What was found in a file's headers."""

    size: int
    """Of the file, in bytes."""
    format: str
    """A value of the key `format`."""
    pointer: bool = False
    """Whether it is a Git LFS pointer."""
    iso: bool = False
    """Whether it is of the ISO base media family; all below is empty where it isn't."""
    brand: str | None = None
    brands: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    """At the top of the file."""
    rest: int = 0
    """Bytes at the end of the file that are no box."""
    movie: Movie | None = None
    second: int = 0
    """Where a further index begins that says something else; 0 if there is none."""
    fragments: Fragments = field(default_factory=Fragments)
    media: Media | None = None
    """What was seen of the samples; None if the layout says already that they aren't there, or not where."""
    xmp: tuple[Label, ...] = ()
    """The dates in XMP packets outside `moov`."""
    refusal: Readable | None = None
    """Why the file must not be given to MediaInfo: its headers can't be true."""

    @property
    def undoubted(self) -> bool:
        """Whether it is a film beyond doubt: no parser of another format could take it for its own.

        It begins with a file type box of ordinary size, hence with two zeros, which no text has, and its index was
        read. Not of a short index: where one is broken, MediaInfo 24.12 tells more of it when it is not left to guess.
        """
        if self.movie is None or self.boxes[0].type != "ftyp" or self.boxes[0].end >= _ORDINARY:
            return False
        return next(box.end for box in self.boxes if box.type == "moov") > _SHORT


def shown_track(tracks: tuple[Track, ...]) -> Track | None:
    """The picture track that a player shows: the first enabled one, else the first."""
    every = films(tracks)
    return next((track for track in every if track.enabled), every[0] if every else None)


def played_sound(tracks: tuple[Track, ...]) -> Track | None:
    """The sound track that a player plays: the first enabled one, else the first."""
    every = [track for track in tracks if track.handler == "soun"]
    return next((track for track in every if track.enabled), every[0] if every else None)


class Used(NamedTuple):
    """The sample entries that a track's samples use."""

    entries: list[Node]
    missing: list[int]
    """The numbers of those that are not there."""


def used_by(layout: Layout, track: Track) -> Used:
    """The sample entries that a track uses, by its tables and by fragments; all of them if it has no samples."""
    runs = layout.fragments.runs.get(track.number)
    numbers = track.used.union(runs.entries if runs else ())
    if not numbers:
        return Used(list(track.entries), [])
    there = [number for number in sorted(numbers) if 0 < number <= len(track.entries)]
    return Used([track.entries[number - 1] for number in there], sorted(numbers.difference(there)))


def films(tracks: tuple[Track, ...]) -> list[Track]:
    """The picture tracks that are neither chapter pictures nor a cover, nor thumbnails beside a film."""
    chapters = {number for track in tracks for number in track.chapters}
    moving = [
        track
        for track in tracks
        if track.handler == "vide"
        and track.number not in chapters
        and not (track.stills and track.extent is not None and track.extent.samples == 1)
    ]
    if any(track.enabled and not track.stills for track in moving):
        return [track for track in moving if not track.stills]
    return [track for track in moving if track.enabled or not track.stills] or moving


def read_movie(moov: Node, start: int) -> tuple[Movie, dict[int, Defaults]]:
    """The content of `moov`, and the defaults of its tracks' fragments."""
    header, extends = moov.find("mvhd"), moov.find("mvex")
    wide = header is not None and header.wide
    whole = moov.find("mvex/mehd")
    clock = header.u32(20 if wide else 12) if header else 0
    movie = Movie(
        start=start,
        tracks=tuple(_read_track(trak, clock) for trak in moov.all("trak")),
        dates=read_dates(moov, start),
        matrix=_matrix(header, 48 if wide else 36),
        rate=int.from_bytes(header.bytes(32 if wide else 20, 4), signed=True) if header else _NORMAL,
        volume=int.from_bytes(header.bytes(36 if wide else 24, 2), signed=True) if header else _LOUD,
        scale=clock,
        fragmented=extends is not None,
        lasts=int.from_bytes(whole.bytes(4, 8 if whole.wide else 4)) if whole else 0,
        compressed=moov.find("cmov") is not None,
        doubled=next(_doubled(moov), None),
    )
    trexes = extends.all("trex") if extends else []
    begins = {track.number: track.length.ticks for track in movie.tracks if track.length is not None}
    return movie, {
        trex.u32(4): Defaults(
            ticks=trex.u32(12), size=trex.u32(16), entry=trex.u32(8), begins=begins.get(trex.u32(4), 0)
        )
        for trex in trexes
    }


def _doubled(node: Node) -> Iterator[Node]:
    """Boxes that repeat a neighbour that must be alone, with other contents: programs take the first or the last."""
    seen: dict[str, Node] = {}
    for box in node.inside:
        if box.type in _ALONE:
            before = seen.setdefault(_ALONE[box.type], box)
            if before is not box and before.bytes() != box.bytes():
                yield box
        if box.type in {"udta", "meta"}:
            yield from (each for each in box.inside if each.type in {"moov", "trak"})  # ffmpeg reads on in them
        if box.type in _INNER or node.type == "stsd":
            yield from _doubled(box)


def _read_track(trak: Node, clock: int) -> Track:
    header, times = trak.find("tkhd"), trak.find("mdia/mdhd")
    wide = header is not None and header.wide
    stbl, chapters = trak.find("mdia/minf/stbl"), trak.find("tref/chap")
    entries = tuple(table.inside[: table.u32(4)]) if stbl and (table := stbl.find("stsd")) else ()
    places = read_chunks(stbl) if stbl else Extent()
    used = places.used if isinstance(places, Chunks) else frozenset()
    counting = [entries[number - 1] for number in sorted(used) if 0 < number <= len(entries)] or entries
    entry = counting[0] if counting else None
    references, syncs = trak.find("mdia/minf/dinf/dref"), stbl.find("stss") if stbl else None
    first = 1
    if stbl and syncs and not stbl.find("stps"):  # QuickTime's table of partial ones: decoding can begin there too
        first = syncs.u32(8) if syncs.u32(4) else 0
    rows = len([row for row in references.inside if row.room >= _VERSION]) if references else 0
    shape = entry.find("pasp") if entry else None
    across, down = (shape.u32(0), shape.u32(4)) if shape else (1, 1)
    media, list_ = trak.find("mdia"), chapters.bytes(0, 4096) if chapters else b""
    handler, scale = media.handler if media else "", times.u32(20 if times.wide else 12) if times else 0
    return Track(
        number=header.u32(20 if wide else 12) if header else 0,
        handler=handler,
        enabled=header is not None and bool(header.u32(0) & 1),
        chapters=tuple(int.from_bytes(list_[at : at + 4]) for at in range(0, len(list_), 4)),
        matrix=_matrix(header, 52 if wide else 40),
        stills=entry is not None and is_still(entry),
        stored=Size(*(int.from_bytes(entry.bytes(at, 2)) for at in (24, 26))) if entry else Size(0, 0),
        pixel=Fraction(across, down) if across and down else Fraction(1),
        scale=scale,
        external=any(_elsewhere(references, _reference(each)) for each in counting),
        unreferenced=next(
            (number for each in counting if references and not 0 < (number := _reference(each)) <= rows), None
        ),
        unplaced=references is None,
        unsynced=syncs is not None and isinstance(places, Chunks) and not 0 < first <= places.sizes.count,
        synced=first,
        volume=int.from_bytes(header.bytes(48 if wide else 36, 2), signed=True) if header else _LOUD,
        lacks=next((path for path in _NEEDED if trak.find(path) is None), ""),
        extent=places.extent if isinstance(places, Chunks) else places,
        length=read_length(trak, clock),
        edited=trak.find("edts/elst") is not None,
        gaps=read_gaps(trak, clock),
        claimed=(header.u32(88 if wide else 76), header.u32(92 if wide else 80)) if header else (0, 0),
        language=_language(trak, times),
        entries=entries,
        used=used,
        clock=read_clock(stbl) if stbl and times and handler == "vide" else None,
        chunks=places if isinstance(places, Chunks) else None,
    )


def _language(trak: Node, times: Node | None) -> str:
    """The language in which a track is, as three letters or as a tag (RFC 5646)."""
    extended = trak.find("mdia/elng")
    if extended is not None:
        return extended.bytes(4, 64).rstrip(b"\0").decode("latin-1")
    code = int.from_bytes(times.bytes(32 if times.wide else 20, 2)) if times else 0
    if code == _UNSPECIFIED:
        return "und"
    letters = [code >> shift & 31 for shift in (10, 5, 0)]
    return "".join(chr(0x60 + letter) for letter in letters) if all(0 < letter < 27 for letter in letters) else ""


def _matrix(header: Node | None, at: int) -> Matrix:
    """The nine numbers of a transformation matrix [6.2.2]; empty if they are missing."""
    raw = header.bytes(at, 36) if header else b""
    return tuple(int.from_bytes(raw[i : i + 4], signed=True) for i in range(0, 36, 4)) if len(raw) == 36 else ()


def _reference(entry: Node) -> int:
    """The number of an entry's data reference, from 1 [8.5.2]."""
    return int.from_bytes(entry.bytes(6, 2))


def _elsewhere(references: Node | None, number: int) -> bool:
    """Whether a data reference points to another file, by its flag and by naming one [8.7.2]."""
    row = references.inside[number - 1 : number] if references and number else []
    return bool(row) and not row[0].u32(0) & 1 and bool(row[0].bytes(4, 512).strip(b"\0"))
