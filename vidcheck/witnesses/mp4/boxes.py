"""The witness `boxes`: reads the headers of an ISO base media or QuickTime file within bounds.

It finds the format, whether the file is complete, its date and its rotation, and what its tracks prove (`tracks`). It
also decides which files the C++ libraries must not get. Clauses in brackets are those of ISO/IEC 14496-12.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, BinaryIO

from vidcheck.facts import GIT_LFS, SAMPLES, Fact, State, visible
from vidcheck.quantities import Shown, decimal
from vidcheck.texts import Readable, say
from vidcheck.witnesses import picture
from vidcheck.witnesses.evidence import Teller
from vidcheck.witnesses.formats import POINTER, foreign_format, format_of
from vidcheck.witnesses.mp4 import dates, playable, samples, tracks
from vidcheck.witnesses.mp4.fragments import Fragments
from vidcheck.witnesses.mp4.gate import load
from vidcheck.witnesses.mp4.integrity import can_look, judge_whole
from vidcheck.witnesses.mp4.iso import Box, Budget, Impossible, Node, Reader, top_boxes
from vidcheck.witnesses.mp4.lengths import SLACK
from vidcheck.witnesses.mp4.movie import Layout, Matrix, Movie, Track, films, read_movie, shown_track, used_by
from vidcheck.witnesses.mp4.playable import tell_playable
from vidcheck.witnesses.mp4.tracks import tell_tracks

__all__ = ["KEYS", "NAME", "Layout", "judge_whole", "look", "read", "shown_track", "turned"]

NAME = "boxes"
KEYS = tracks.KEYS | dates.KEYS | playable.KEYS | frozenset({
    "format", "format.brand", "format.brands", "intact", "faststart", "fragmented", "duration", "video.count",
    "video.rotation", "resolution", "aspect-ratio", "orientation", "video.width", "video.height",
})  # fmt: skip

_OPENS = frozenset({"ftyp", "moov", "mdat", "moof", "styp", "sidx", "emsg", "prft"})
_PADS = frozenset({"free", "skip", "wide", "uuid", "pnot", "udta", "meta"})
"""Boxes that may come first, and prove the format only if another box follows."""
_TOP = _OPENS | _PADS | {"mfra", "meco", "pdin", "ssix", "imda", "PICT", "pict"}
_ONE = 0x10000
_TURNS: dict[Matrix, int] = {(1, 0, 0, 1): 0, (0, 1, -1, 0): 90, (-1, 0, 0, -1): 180, (0, -1, 1, 0): 270}
"""The signs of a matrix's rotation part, and the rotation in degrees clockwise."""


# --- look: from the file to its layout ---


def look(file: BinaryIO, size: int) -> Layout:
    """Read the headers of a seekable binary file of `size` bytes; OSError only as the file raises it.

    Of the media a few samples are read; depth, number of boxes and bytes are bounded; a file that shrinks meanwhile reads as
    truncated.
    """
    reader = Reader(file, size)
    first = reader.head[4:8].decode("latin-1")
    if first not in _OPENS | _PADS:
        return Layout(size=size, format=foreign_format(reader.head), pointer=reader.head.startswith(POINTER))
    budget, fragments, boxes = Budget(), Fragments(), list[Box]()
    movie: Movie | None = None
    indexes: dict[int, bytes] = {}
    refusal: Readable | None = None
    try:
        for box in top_boxes(reader, budget):
            boxes.append(box)
            if box.type == "moov":
                node = load(reader, box, budget)  # the gate checks a second one too
                indexes[box.start] = node.data
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
        boxes.pop()  # after a film, data that isn't a box of a film is garbage
    named = next((box for box in boxes if box.type == "ftyp"), None)
    named = named or next((box for box in boxes if box.type == "styp"), None)
    brands = _read_brands(reader, named) if named else []
    major = brands[0] if brands else "" if first in ("ftyp", "styp") or kinds & {"moof", "sidx"} else None
    layout = Layout(
        size=size,
        format=format_of(major, brands[1:]),
        iso=True,
        brand=brands[0] if brands and named and named.type == "ftyp" else None,
        brands=tuple(brands[1:]) if named and named.type == "ftyp" else (),
        boxes=tuple(boxes),
        rest=0 if refusal else max(0, size - (boxes[-1].end if boxes else 0)),
        movie=movie,
        second=next((start for start, data in indexes.items() if data != next(iter(indexes.values()))), 0),
        fragments=fragments,
        xmp=dates.read_packets(reader, boxes, budget) if movie else (),
        refusal=refusal,
    )
    return replace(layout, media=samples.look(file, movie, fragments, boxes)) if movie and can_look(layout) else layout


def _read_brands(reader: Reader, box: Box) -> list[str]:
    """The major brand, then the compatible ones; empty if there is not even the major one [4.3]."""
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


# --- read: from the layout to facts ---


def read(layout: Layout) -> tuple[Fact, ...]:
    """The facts in the headers; pure."""
    opening = layout.brand if layout.brand is not None else layout.boxes[0].type if layout.boxes else ""
    pointer = say("a Git LFS pointer in place of the file, which `git lfs pull` fetches") if layout.pointer else None
    place = GIT_LFS if layout.pointer else "ftyp" if layout.brand is not None else "head"
    rows = [_fact("format", layout.format, place, raw=opening, note=pointer)]
    if not layout.iso:
        return tuple(rows)
    absent = State.KNOWN if layout.brand is not None else State.ABSENT
    rows += [
        _fact("format.brand", layout.brand, "ftyp.major_brand", raw=layout.brand or "", state=absent),
        _fact("format.brands", layout.brands if layout.brand is not None else None, "ftyp.compatible_brands",
              raw=" ".join(layout.brands), state=absent),
    ]  # fmt: skip
    whole, note = judge_whole(layout)
    place = SAMPLES if whole is False and layout.media is not None else "layout"
    rows.append(_fact("intact", whole, place, note=note, raw=" ".join(visible(box.type) for box in layout.boxes[:12])))
    rows += _layout_facts(layout)
    tell = Teller(NAME)
    tell_playable(tell, layout)
    rows += tell.facts
    if layout.movie:
        tell = tell.fork()
        dates.tell_dates(tell, layout.movie.dates, layout.xmp)
        rows += tell.facts
        rows += [] if layout.fragments.starts else _length_facts(layout.movie)
        rows += _picture_facts(layout, layout.movie)
        rows += _track_facts(layout, layout.movie, {fact.key: fact for fact in rows})
    return tuple(rows)


def _track_facts(layout: Layout, movie: Movie, known: dict[str, Fact]) -> list[Fact]:
    """The facts of tracks for keys without a fact so far; none if the index was truncated or refused."""
    whole = all(box.end <= layout.size for box in layout.boxes if box.type == "moov")
    if layout.refusal is not None or movie.compressed or not whole:
        return []
    tell = Teller(NAME)
    rotation = known["video.rotation"]
    tell_tracks(tell, layout, movie, turn=rotation.value)
    return [fact for fact in tell.facts if fact.key not in known]


def _fact(
    key: str, value: Any, locator: str, *, raw: str = "", note: Readable | None = None, state: State | None = None
) -> Fact:
    """A fact of this witness; None is unknown unless the state says otherwise."""
    state = state or (State.UNKNOWN if value is None else State.KNOWN)
    return Fact(key=key, witness=NAME, value=value, locator=locator, raw=raw, state=state, note=note)


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


# --- how long it runs ---


def _length_facts(movie: Movie) -> list[Fact]:
    """The duration by the sample tables, only if headers claim another, which MediaInfo prints; see also `tracks`."""
    pictures = films(movie.tracks)
    played = [track for track in movie.tracks if track.handler == "soun" or track in pictures]
    every = [(track.length, track) for track in played if track.length]
    enabled = [row for row in every if row[1].enabled] or every
    if not enabled:
        return []
    length, track = max(enabled, key=lambda row: row[0].shown)
    claim = next((lie for each, _ in every if (lie := each.lie) is not None), None)
    note = say("by the sample tables; the headers claim {claim}", claim=Shown("duration", claim or length.shown))
    longest = max(each.shown for each, _ in every)
    if claim is None and longest - length.shown <= SLACK:
        return []
    if claim is None:
        note = say("a track that is not enabled lasts {claim}", claim=Shown("duration", longest))
    locator = movie.place(track, "mdia/minf/stbl/stts")
    return [_fact("duration", length.shown, locator, raw=f"{decimal(length.shown, 3)} s", note=note)]


# --- how it is turned ---


def _picture_facts(layout: Layout, movie: Movie) -> list[Fact]:
    track = shown_track(movie.tracks)
    if track is None:
        missing = State.UNKNOWN if movie.compressed else State.ABSENT
        rows = [_fact("video.rotation", None, "moov/trak", state=missing)]
        handlers = [track.handler for track in movie.tracks]
        if handlers:
            # for unknown handlers the libraries use the codec; the standard uses the handler [12.1.1]
            rows.append(_fact("video.count", 0, "moov/trak/mdia/hdlr", raw=" ".join(map(visible, handlers[:12]))))
        return rows
    locator = movie.place(track, "tkhd.matrix")
    raw = " ".join(f"{figure}" for figure in track.matrix)
    moved = _plain(movie.matrix) not in (None, (_ONE, 0, 0, _ONE))
    if moved:
        locator, raw = f"{locator} × moov/mvhd.matrix", f"{raw} × {' '.join(str(figure) for figure in movie.matrix)}"
    turn = turned(track.matrix, movie.matrix)
    note = say("the matrix mirrors, skews or empties the picture") if turn is None else None
    rows = [_fact("video.rotation", turn, locator, raw=raw, note=note)]
    if moved and len(used_by(layout, track).entries) == 1:
        rows += _size_facts(track, turn, locator, note)
    return rows


def _size_facts(track: Track, turn: int | None, locator: str, note: Readable | None) -> list[Fact]:
    """The displayed size, only if the movie's matrix matters, which the libraries handle differently; see also `tracks`."""
    sideways = turn in (90, 270)
    shown = picture.displayed(track.stored, track.pixel, sideways=sideways)
    if shown is None:
        return []
    values = {
        "resolution": shown, "aspect-ratio": picture.aspect(track.stored, track.pixel, sideways=sideways),
        "orientation": picture.orientation(shown), "video.width": shown.width, "video.height": shown.height,
    }  # fmt: skip
    raw = f"{track.stored.width}x{track.stored.height}, pasp {track.pixel.numerator}:{track.pixel.denominator}"
    return [_fact(key, None if turn is None else value, locator, raw=raw, note=note) for key, value in values.items()]


def turned(track: Matrix, movie: Matrix) -> int | None:
    """The clockwise rotation by both matrices, the track's first [8.2.2, 8.3.2].

    Scales and shifts don't matter. None if they mirror, skew, tilt, or rotate by anything but a multiple of 90 degrees.
    """
    first, second = _plain(track), _plain(movie)
    if first is None or second is None:
        return None
    (a, b, c, d), (e, f, g, h) = first, second
    a, b, c, d = a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h
    return _TURNS.get(tuple((figure > 0) - (figure < 0) for figure in (a, b, c, d)))


def _plain(matrix: Matrix) -> tuple[int, int, int, int] | None:
    """The rotation and scale of a matrix; the identity if it is empty; None if it tilts the picture in depth."""
    if not matrix:
        return _ONE, 0, 0, _ONE
    a, b, u, c, d, v, _, _, _ = matrix
    return None if u or v else (a, b, c, d)
