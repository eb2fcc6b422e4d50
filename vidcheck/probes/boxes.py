"""The witness `boxes`: our own bounded reading of the headers of an ISO base media or QuickTime file.

It tells what the file is, whether it is whole, when it was written and how it is turned; durations and codecs are the
libraries' work. It also says which files must not be given to them. Clauses in brackets are those of ISO/IEC 14496-12.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO

from vidcheck.facts import Fact, State, Witness, visible
from vidcheck.probes import geometry
from vidcheck.probes.brands import format_of
from vidcheck.probes.dates import EARLIEST, container_date
from vidcheck.probes.fragments import Defaults, Extent, Fragments, table_extent
from vidcheck.probes.iso import Box, Budget, Impossible, Node, Reader, load, top_boxes
from vidcheck.probes.signatures import foreign_format
from vidcheck.quantities import Moment, Shown, Size, decimal
from vidcheck.texts import Readable, join, say

if TYPE_CHECKING:
    from collections.abc import Iterator

WITNESS = Witness.BOXES
KEYS = frozenset({
    "format", "format.brand", "format.brands", "intact", "faststart", "fragmented", "container.created", "completed",
    "video.rotation", "resolution", "aspect-ratio", "orientation", "video.width", "video.height",
})  # fmt: skip

_OPENS = frozenset({"ftyp", "moov", "mdat", "moof", "styp", "sidx", "emsg", "prft"})
_PADS = frozenset({"free", "skip", "wide", "uuid", "pnot", "udta", "meta"})
"""Boxes that may stand in front, and say nothing unless one of the others follows."""
_TOP = _OPENS | _PADS | {"mfra", "meco", "pdin", "ssix", "imda", "PICT", "pict"}
_STILLS = frozenset({"jpeg", "png ", "mjpa", "gif ", "tiff"})
_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_UNIX = 2_082_844_800  # seconds from 1904 to 1970 [8.2.2]
_LATEST = int((datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())
_CREATION = b"com.apple.quicktime.creationdate"
_ONE = 0x10000
Matrix = tuple[int, ...]
_TURNS: dict[Matrix, int] = {(1, 0, 0, 1): 0, (0, 1, -1, 0): 90, (-1, 0, 0, -1): 180, (0, -1, 1, 0): 270}
"""The signs of what turns in a matrix, and the turn in degrees clockwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What the headers say of one track."""

    number: int
    handler: str
    enabled: bool
    chapters: tuple[int, ...]
    """The tracks that hold its chapter titles and pictures."""
    matrix: Matrix
    entry: str
    """The type of its first sample entry."""
    stored: Size
    pixel: Fraction
    """A pixel's width to its height [12.1.4]."""
    scale: int
    """Ticks a second."""
    external: bool
    """Whether its samples lie in another file [8.7.2]."""
    extent: Extent | None
    """Where its samples lie; None where its tables contradict themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movie:
    """What `moov` says [8.2.1]."""

    start: int
    tracks: tuple[Track, ...] = ()
    created: int | None = None
    """Seconds since 1904, as written; None where there is no `mvhd`."""
    widest: int = 0
    """The greatest figure that the field could hold."""
    dates: tuple[tuple[str, str], ...] = ()
    """QuickTime creation dates: locator and text."""
    matrix: Matrix = ()
    scale: int = 0
    fragmented: bool = False
    """Whether it announces fragments (`mvex`)."""
    lasts: int = 0
    """How long it says that all fragments last (`mehd`), in ticks of `scale`; 0 where it doesn't."""
    compressed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What was found in a file's headers."""

    size: int
    """Of the file, in bytes."""
    format: str
    """A value of the key `format`."""
    iso: bool = False
    """Whether it is of the ISO base media family; all below is empty where it isn't."""
    brand: str | None = None
    brands: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    """At the top of the file."""
    rest: int = 0
    """Bytes at the end of the file that are no box."""
    movie: Movie | None = None
    fragments: Fragments = field(default_factory=Fragments)
    refusal: Readable | None = None
    """Why the file must not be given to MediaInfo: its headers can't be true."""


# --- look: from the file to its layout ---


def look(file: BinaryIO, size: int) -> Layout:
    """Read the headers of a seekable binary file of `size` bytes; OSError only as the file raises it.

    Media data is never read; depth, number of boxes and bytes are bounded; a file that shrinks meanwhile reads as cut.
    """
    reader = Reader(file, size)
    first = reader.head[4:8].decode("latin-1")
    if first not in _OPENS | _PADS:
        return Layout(size=size, format=foreign_format(reader.head))
    budget, fragments, boxes = Budget(), Fragments(), list[Box]()
    movie: Movie | None = None
    refusal: Readable | None = None
    try:
        for box in top_boxes(reader, budget):
            boxes.append(box)
            if box.type == "moov":
                node = load(reader, box, budget)  # a second one passes the gate too
                if movie is None:
                    movie, fragments.defaults = read_movie(node, box.start)
            elif box.type == "styp":
                fragments.segmented = True
            elif box.type in ("moof", "sidx", "mfra", "meta"):
                _add_fragment(fragments, load(reader, box, budget), box)
    except Impossible as impossible:
        refusal = impossible.why
    kinds = {box.type for box in boxes}
    if first in _PADS and not kinds & _OPENS:
        return Layout(size=size, format=foreign_format(reader.head), refusal=None)
    if boxes and boxes[-1].end > size and boxes[-1].type not in _TOP and movie:
        boxes.pop()  # what follows a film and looks like no box of a film is garbage
    named = next((box for box in boxes if box.type == "ftyp"), None)
    named = named or next((box for box in boxes if box.type == "styp"), None)
    brands = _read_brands(reader, named) if named else []
    major = brands[0] if brands else "" if first in ("ftyp", "styp") or kinds & {"moof", "sidx"} else None
    return Layout(
        size=size,
        format=format_of(major, brands[1:]),
        iso=True,
        brand=brands[0] if brands and named and named.type == "ftyp" else None,
        brands=tuple(brands[1:]) if named and named.type == "ftyp" else (),
        boxes=tuple(boxes),
        rest=0 if refusal else max(0, size - (boxes[-1].end if boxes else 0)),
        movie=movie,
        fragments=fragments,
        refusal=refusal,
    )


def _read_brands(reader: Reader, box: Box) -> list[str]:
    """The major brand, then the compatible ones; empty where there is not even the major one [4.3]."""
    data = reader.at(box.body, min(box.end - box.body, 4096))
    rows = [data[at : at + 4] for at in (0, *range(8, len(data) - 3, 4))]
    brands = [row.decode("latin-1").rstrip(" ") for row in rows if len(row) == 4]
    return brands[:1] + [brand for brand in brands[1:] if brand.strip("\0")]


def _add_fragment(fragments: Fragments, node: Node, box: Box) -> None:
    if box.type == "moof":
        fragments.add(node, box.start)
    elif box.type == "sidx":
        fragments.add_index(node, box.end)
    elif box.type == "mfra":
        fragments.add_access(node)


def read_movie(moov: Node, start: int) -> tuple[Movie, dict[int, Defaults]]:
    """What `moov` says, and what its tracks' fragments have where they don't say themselves."""
    header, extends = moov.find("mvhd"), moov.find("mvex")
    wide = header is not None and header.wide
    whole = moov.find("mvex/mehd")
    movie = Movie(
        start=start,
        tracks=tuple(_read_track(trak) for trak in moov.all("trak")),
        created=int.from_bytes(header.bytes(4, 8 if wide else 4)) if header else None,
        widest=(1 << 64 if wide else 1 << 32) - 1,
        dates=tuple(_creation_dates(moov)),
        matrix=_matrix(header, 48 if wide else 36),
        scale=header.u32(20 if wide else 12) if header else 0,
        fragmented=extends is not None,
        lasts=int.from_bytes(whole.bytes(4, 8 if whole.wide else 4)) if whole else 0,
        compressed=moov.find("cmov") is not None,
    )
    trexes = extends.all("trex") if extends else []
    return movie, {trex.u32(4): Defaults(ticks=trex.u32(12), size=trex.u32(16)) for trex in trexes}


def _read_track(trak: Node) -> Track:
    header, times = trak.find("tkhd"), trak.find("mdia/mdhd")
    wide = header is not None and header.wide
    stbl, chapters = trak.find("mdia/minf/stbl"), trak.find("tref/chap")
    entry = next(iter(entries.inside), None) if stbl and (entries := stbl.find("stsd")) else None
    shape = entry.find("pasp") if entry else None
    across, down = (shape.u32(0), shape.u32(4)) if shape else (1, 1)
    media, list_ = trak.find("mdia"), chapters.bytes(0, 4096) if chapters else b""
    return Track(
        number=header.u32(20 if wide else 12) if header else 0,
        handler=media.handler if media else "",
        enabled=header is not None and bool(header.u32(0) & 1),
        chapters=tuple(int.from_bytes(list_[at : at + 4]) for at in range(0, len(list_), 4)),
        matrix=_matrix(header, 52 if wide else 40),
        entry=entry.type if entry else "",
        stored=Size(*(int.from_bytes(entry.bytes(at, 2)) for at in (24, 26))) if entry else Size(0, 0),
        pixel=Fraction(across, down) if across and down else Fraction(1),
        scale=times.u32(20 if times.wide else 12) if times else 0,
        external=entry is not None and _elsewhere(trak.find("mdia/minf/dinf/dref"), int.from_bytes(entry.bytes(6, 2))),
        extent=table_extent(stbl) if stbl else Extent(),
    )


def _matrix(header: Node | None, at: int) -> Matrix:
    """The nine figures of a transformation matrix [6.2.2]; empty where they are not there."""
    raw = header.bytes(at, 36) if header else b""
    return tuple(int.from_bytes(raw[i : i + 4], signed=True) for i in range(0, 36, 4)) if len(raw) == 36 else ()


def _elsewhere(references: Node | None, number: int) -> bool:
    """Whether a data reference points to another file, by its flag and by naming one [8.7.2]."""
    row = references.inside[number - 1 : number] if references and number else []
    return bool(row) and not row[0].u32(0) & 1 and bool(row[0].bytes(4, 512).strip(b"\0"))


def _creation_dates(moov: Node) -> Iterator[tuple[str, str]]:
    """The dates of Apple's cameras (QuickTime File Format, "Metadata": the key's number names the item)."""
    for path in ("meta", "udta/meta"):
        keys, items = moov.find(f"{path}/keys"), moov.find(f"{path}/ilst")
        raw, at, number = keys.bytes(8, 1 << 16) if keys else b"", 0, 0
        while items and at + 8 <= len(raw):
            size, number = max(8, int.from_bytes(raw[at : at + 4])), number + 1
            item = items.find(number.to_bytes(4).decode("latin-1")) if raw[at + 8 : at + size] == _CREATION else None
            value = item.find("data") if item else None
            if value:
                yield f"moov/{path}/{_CREATION.decode()}", value.bytes(8, 64).rstrip(b"\0").decode("latin-1")
            at += size


# --- read: from the layout to facts ---


def read(layout: Layout) -> tuple[Fact, ...]:
    """All that the headers tell; pure."""
    opening = layout.brand if layout.brand is not None else layout.boxes[0].type if layout.boxes else ""
    rows = [_fact("format", layout.format, "ftyp" if layout.brand is not None else "head", raw=opening)]
    if not layout.iso:
        return tuple(rows)
    absent = State.KNOWN if layout.brand is not None else State.ABSENT
    rows += [
        _fact("format.brand", layout.brand, "ftyp.major_brand", raw=layout.brand or "", state=absent),
        _fact("format.brands", layout.brands if layout.brand is not None else None, "ftyp.compatible_brands",
              raw=" ".join(layout.brands), state=absent),
    ]  # fmt: skip
    whole, note = judge_whole(layout)
    rows.append(
        _fact("intact", whole, "layout", note=note, raw=" ".join(visible(box.type) for box in layout.boxes[:12]))
    )
    rows += _layout_facts(layout)
    if layout.movie:
        rows += _date_facts(layout.movie)
        rows += _picture_facts(layout.movie)
    return tuple(rows)


def _fact(
    key: str, value: Any, locator: str, *, raw: str = "", note: Readable | None = None, state: State | None = None
) -> Fact:
    """A fact of this witness; None is unknown unless the state says otherwise."""
    state = state or (State.UNKNOWN if value is None else State.KNOWN)
    return Fact(key=key, witness=WITNESS, value=value, locator=locator, raw=raw, state=state, note=note)


def _layout_facts(layout: Layout) -> list[Fact]:
    starts = {box.type: box.start for box in reversed(layout.boxes)}
    moov, data = starts.get("moov"), min((starts[kind] for kind in ("mdat", "moof") if kind in starts), default=None)
    raw = f"moov {moov}, mdat {data}"
    in_pieces = "moof" in starts or (layout.movie is not None and layout.movie.fragmented)
    cut = any(box.type == "moov" and box.end > layout.size for box in layout.boxes)
    known = in_pieces or (layout.movie is not None and layout.refusal is None and not cut)
    return [
        _fact("faststart", None if moov is None or data is None else moov < data, "layout", raw=raw),
        _fact("fragmented", in_pieces if known else None, "layout", raw="moof" if "moof" in starts else "mvex" if in_pieces else ""),
    ]  # fmt: skip


# --- whole or not ---


def judge_whole(layout: Layout) -> tuple[bool | None, Readable | None]:
    """Whether nothing of the file was cut off, and why; None where nobody can tell from its headers."""
    movie, last = layout.movie, layout.boxes[-1] if layout.boxes else None
    cut = last.type if last and last.end > layout.size else ""
    if layout.refusal:
        return None, layout.refusal
    if movie is None:
        return _judge_without_index(layout, cut)
    samples = layout.fragments.samples
    for track in movie.tracks:
        samples = samples.joined(track.extent or Extent())
    missing = _missing(layout, samples)
    if cut:
        return False, _cut(missing, layout.size, cut)
    doubt = _doubt(movie)
    if doubt or missing <= 0:
        return (None, doubt) if doubt else _judge_media(layout, movie, samples)
    if samples.last - layout.size < missing:
        return False, _lacking(say("the index (sidx) names fragments beyond the file's end"), missing, layout.size)
    return False, _lacking(say("samples lie beyond the file's end"), missing, layout.size)


def _judge_without_index(layout: Layout, cut: str) -> tuple[bool | None, Readable | None]:
    """Of a file without `moov`: still pictures have `meta` instead (ISO/IEC 23008-12, 10.2)."""
    lacking = _cut(_missing(layout, Extent()), layout.size, cut) if cut else None
    if layout.format == "heif" and any(box.type == "meta" for box in layout.boxes):
        return not cut, lacking
    return False, join([say("the index (moov) is missing"), *([lacking] if lacking else [])], "; ")


def _missing(layout: Layout, samples: Extent) -> int:
    """How many bytes beyond the file's end its headers speak of; negative where none."""
    ends = (layout.boxes[-1].end if layout.boxes else 0, layout.fragments.index_end, samples.last)
    return max(ends) - layout.size


def _doubt(movie: Movie) -> Readable | None:
    """Why the index can't tell where the samples lie."""
    if movie.compressed:
        return say("the index is compressed (cmov)")
    if any(track.external for track in movie.tracks):
        return say("the index says that media lies in another file")
    if any(track.extent is None for track in movie.tracks):
        return say("the tables of the index contradict one another")
    return None


def _judge_media(layout: Layout, movie: Movie, samples: Extent) -> tuple[bool | None, Readable | None]:
    """Of a file whose boxes and samples all end inside it."""
    media = [box for box in layout.boxes if box.type in ("mdat", "imda")]
    if samples.samples and not media:
        return False, say("the media data (mdat) is missing")
    if samples.samples and not media[0].body <= samples.first <= samples.last <= media[-1].end:
        return None, say("the index points outside the media data (mdat)")
    if movie.fragmented or layout.fragments.starts:
        should = Fraction(movie.lasts, movie.scale) if movie.scale else Fraction(0)
        from_zero = frozenset(track.number for track in movie.tracks if track.extent and track.extent.samples)
        return layout.fragments.complete(should, {track.number: track.scale for track in movie.tracks}, from_zero)
    if not samples.samples:
        return None, say("the index names no samples")
    return _judge_tail(layout, movie)


def _judge_tail(layout: Layout, movie: Movie) -> tuple[bool | None, Readable | None]:
    """Of a whole film, and of what follows it: nothing was cut off, and a person may like to know."""
    names = [box.start for box in layout.boxes if box.type == "ftyp"]
    if len(names) > 1 or [box.type for box in layout.boxes].count("moov") > 1:
        # an index behind the second file type box counts its offsets from there
        whole = None if names[1:] and movie.start > names[1] else True
        return whole, say("a second film follows in the same file; players show the first alone")
    if layout.rest:
        return True, say("{rest} at the end belong to no box", rest=Shown("bytes", layout.rest))
    return True, None


def _cut(missing: int, size: int, kind: str) -> Readable:
    return _lacking(say("the file ends inside {box}", box=visible(kind)), missing, size)


def _lacking(what: Readable, missing: int, size: int) -> Readable:
    return say("{what}: at least {missing} ({share} %) is missing",
               what=what, missing=Shown("bytes", missing), share=_share(missing, size))  # fmt: skip


def _share(missing: int, size: int) -> str:
    """The missing part of the whole in per cent, never rounded to none or all of it."""
    part = Fraction(100 * missing, size + missing)
    return "< 0.1" if part < Fraction(1, 10) else "> 99.9" if part > Fraction(999, 10) else decimal(part, 1)


# --- when it was written ---


def _date_facts(movie: Movie) -> list[Fact]:
    value, locator, raw, note = _date(movie)
    state = State.KNOWN if value else State.UNKNOWN if note else State.ABSENT
    return [
        _fact(key, value, locator, raw=raw, note=note, state=state) for key in ("container.created", "completed")
    ]  # fmt: skip


def _date(movie: Movie) -> tuple[Moment | None, str, str, Readable | None]:
    """QuickTime's date with its own offset, else that of the movie header; what can't be read is said in the note."""
    unread: list[Readable] = []
    for locator, text in movie.dates:
        told = container_date(text)
        if isinstance(told, Moment):
            return told, locator, text, None
        unread.append(say("the QuickTime date '{text}' does not count: {why}", text=visible(text), why=told))
    locator, seconds = "moov/mvhd.creation_time", movie.created
    if seconds is None:
        return None, locator, "", join(unread, "; ") if unread else None
    why = _no_date(seconds, movie.widest)
    note = join([*unread, *([why] if why else [])], "; ") if unread or why else None
    return None if why else Moment.at(_EPOCH + timedelta(seconds=seconds)), locator, str(seconds), note


def _no_date(seconds: int, widest: int) -> Readable | None:
    """Why a count of seconds since 1904 [8.2.2] can't be when a file was written; None where it can."""
    if seconds in (0, 1, _UNIX, widest, 0xFFFFFFFF):
        return say("no date was written")
    if seconds >= _LATEST:
        return say("the date lies beyond the calendar")
    when = _EPOCH + timedelta(seconds=seconds)
    if when >= EARLIEST:
        return None
    unix = datetime.fromtimestamp(seconds, UTC)
    if seconds < _UNIX and unix >= EARLIEST:
        return say("Unix seconds stored as seconds since 1904, it seems: it would be {unix}, and reads {date}",
                   unix=f"{unix:%Y-%m-%d}", date=f"{when:%Y-%m-%d}")  # fmt: skip
    return say("{date} is before there were such files", date=f"{when:%Y-%m-%d}")


# --- how it is turned ---


def _picture_facts(movie: Movie) -> list[Fact]:
    track = shown_track(movie.tracks)
    if track is None:
        missing = State.UNKNOWN if movie.compressed else State.ABSENT
        return [_fact("video.rotation", None, "moov/trak", state=missing)]
    locator = f"moov/trak[{movie.tracks.index(track)}]/tkhd.matrix"
    raw = " ".join(f"{figure}" for figure in track.matrix)
    moved = _plain(movie.matrix) not in (None, (_ONE, 0, 0, _ONE))
    if moved:
        locator, raw = f"{locator} × moov/mvhd.matrix", f"{raw} × {' '.join(str(figure) for figure in movie.matrix)}"
    turn = turned(track.matrix, movie.matrix)
    note = say("the matrix mirrors, skews or empties the picture") if turn is None else None
    rows = [_fact("video.rotation", turn, locator, raw=raw, note=note)]
    if moved:
        rows += _size_facts(track, turn, locator, note)
    return rows


def _size_facts(track: Track, turn: int | None, locator: str, note: Readable | None) -> list[Fact]:
    """The displayed size, told only where the movie's matrix matters: the libraries handle it differently."""
    sideways = turn in (90, 270)
    shown = geometry.displayed(track.stored, track.pixel, sideways=sideways)
    if shown is None:
        return []
    values = {
        "resolution": shown, "aspect-ratio": geometry.aspect(track.stored, track.pixel, sideways=sideways),
        "orientation": geometry.orientation(shown), "video.width": shown.width, "video.height": shown.height,
    }  # fmt: skip
    raw = f"{track.stored.width}x{track.stored.height}, pasp {track.pixel.numerator}:{track.pixel.denominator}"
    return [_fact(key, None if turn is None else value, locator, raw=raw, note=note) for key, value in values.items()]


def shown_track(tracks: tuple[Track, ...]) -> Track | None:
    """The picture track that a player shows: the first enabled one that is neither chapter pictures nor a cover."""
    chapters = {number for track in tracks for number in track.chapters}
    films = [
        track
        for track in tracks
        if track.handler == "vide"
        and track.number not in chapters
        and not (track.entry in _STILLS and track.extent is not None and track.extent.samples == 1)
    ]
    return next((track for track in films if track.enabled), films[0] if films else None)


def turned(track: Matrix, movie: Matrix) -> int | None:
    """By how much the two matrices together, the track's first, turn the picture clockwise [8.2.2, 8.3.2].

    Scales and shifts don't matter; None where they mirror, skew, tilt or turn by no multiple of 90 degrees.
    """
    first, second = _plain(track), _plain(movie)
    if first is None or second is None:
        return None
    (a, b, c, d), (e, f, g, h) = first, second
    a, b, c, d = a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h
    return _TURNS.get(tuple((figure > 0) - (figure < 0) for figure in (a, b, c, d)))


def _plain(matrix: Matrix) -> tuple[int, int, int, int] | None:
    """What turns and scales in a matrix; the identity where there is none; None where it tilts into the depth."""
    if not matrix:
        return _ONE, 0, 0, _ONE
    a, b, u, c, d, v, _, _, _ = matrix
    return None if u or v else (a, b, c, d)
