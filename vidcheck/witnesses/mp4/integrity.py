"""Decides by its layout and its samples whether a file is complete, and says what is missing.

It is pure and never fails.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from vidcheck.facts import visible
from vidcheck.quantities import Shown, decimal
from vidcheck.texts import Readable, join, say
from vidcheck.witnesses.mp4.sample_tables import Extent

if TYPE_CHECKING:
    from vidcheck.witnesses.mp4.movie import Layout, Movie


_PLAYED = frozenset({"vide", "soun"})


def judge_whole(layout: Layout) -> tuple[bool | None, Readable | None]:
    """Whether the file is complete, and why; None if neither its headers nor its samples say."""
    whole, note = _judge_layout(layout)
    media = layout.media
    if media is None or whole is False:
        return whole, note
    if media.whole is not True and (media.whole is False or whole or note is None):
        return media.whole, media.why
    seen = [media.seen] if whole and media.samples else []
    return whole, join([note, *seen], say("; ")) if note else seen[0] if seen else None


def can_look(layout: Layout) -> bool:
    """Whether samples can be looked at: they lie inside the file, by offsets that count from its beginning."""
    names = [box.start for box in layout.boxes if box.type == "ftyp"]
    shifted = layout.movie is not None and len(names) > 1 and layout.movie.start > names[1]
    return layout.refusal is None and not shifted and _judge_layout(layout)[0] is not False


def _judge_layout(layout: Layout) -> tuple[bool | None, Readable | None]:
    """Whether boxes and tables say that the file is complete, and why."""
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
        return doubt or _judge_media(layout, movie, samples)
    if samples.last - layout.size < missing:
        return False, _lacking(say("the index (sidx) names fragments beyond the file's end"), missing, layout.size)
    return False, _lacking(say("samples lie beyond the file's end"), missing, layout.size)


def _judge_without_index(layout: Layout, cut: str) -> tuple[bool | None, Readable | None]:
    """Judges a file without `moov`: still pictures have `meta` instead (ISO/IEC 23008-12, 10.2)."""
    lacking = _cut(_missing(layout, Extent()), layout.size, cut) if cut else None
    if layout.format == "heif" and any(box.type == "meta" for box in layout.boxes):
        return not cut, lacking
    return False, join([say("the index (moov) is missing"), *([lacking] if lacking else [])], say("; "))


def _missing(layout: Layout, samples: Extent) -> int:
    """How many bytes beyond the file's end its headers refer to; negative if none."""
    ends = (layout.boxes[-1].end if layout.boxes else 0, layout.fragments.index_end, samples.last)
    return max(ends) - layout.size


def _doubt(movie: Movie) -> tuple[bool | None, Readable] | None:
    """Why the index doesn't say where the samples are; None if it does."""
    if movie.compressed:
        return None, say("the index is compressed (cmov)")
    lacks = next((track.lacks for track in movie.tracks if track.lacks), "")
    if lacks:
        return None, say("a track of the index lacks its {box}", box=lacks)
    outside = next((place for place, track in enumerate(movie.tracks) if track.external), None)
    if outside is not None:
        missed = False if movie.tracks[outside].handler in _PLAYED else None
        return missed, say("media lies in another file ({box})", box=f"moov/trak[{outside}]/mdia/minf/dinf/dref")
    if any(track.extent is None for track in movie.tracks):
        return None, say("the tables of the index contradict one another")
    return None


def _judge_media(layout: Layout, movie: Movie, samples: Extent) -> tuple[bool | None, Readable | None]:
    """Judges a file with all boxes and samples inside it."""
    media = [box for box in layout.boxes if box.type in ("mdat", "imda")]
    if contradiction := _contradiction(layout, movie):
        return None, contradiction
    if samples.samples and not media:
        return False, say("the media data (mdat) is missing")
    if movie.fragmented or layout.fragments.starts:
        should = Fraction(movie.lasts, movie.scale) if movie.scale else Fraction(0)
        return layout.fragments.complete(should, {track.number: track.scale for track in movie.tracks})
    if not samples.samples:
        return None, say("the index names no samples")
    if any(track.handler in _PLAYED and not (track.extent and track.extent.samples) for track in movie.tracks):
        return None, say("the index names no samples of one of its tracks")
    return _judge_tail(layout, movie)


def _contradiction(layout: Layout, movie: Movie) -> Readable | None:
    """What the index says twice, and differently; a second film in the same file has an index of its own."""
    if (box := movie.doubled) is not None:
        return say("{box} is there a second time (at byte {at}) and says something else: programs take one or the other",
                   box=box.path, at=f"{movie.start + box.body - 8:,}")  # fmt: skip
    if layout.second and [each.type for each in layout.boxes].count("ftyp") < 2:
        return say("{box} is there a second time (at byte {at}) and says something else: programs take one or the other",
                   box="moov", at=f"{layout.second:,}")  # fmt: skip
    return None


def _judge_tail(layout: Layout, movie: Movie) -> tuple[bool | None, Readable | None]:
    """Judges a complete film, with a note on data after it."""
    names = [box.start for box in layout.boxes if box.type == "ftyp"]
    if len(names) > 1 or [box.type for box in layout.boxes].count("moov") > 1:
        # an index after the second file type box counts its offsets from there
        whole = None if names[1:] and movie.start > names[1] else True
        return whole, say("a second film follows in the same file; players show the first alone")
    if layout.rest:
        return True, say("{rest} at the end belong to no box", rest=Shown("bytes", layout.rest))
    return True, None


def _cut(missing: int, size: int, kind: str) -> Readable:
    if kind == "mdat":
        return _lacking(say("the file breaks off in the middle of its pictures and sound"), missing, size)
    return _lacking(say("the file ends inside {box}", box=visible(kind)), missing, size)


def _lacking(what: Readable, missing: int, size: int) -> Readable:
    return say("{what}: at least {missing} ({share} %) is missing",
               what=what, missing=Shown("bytes", missing), share=_share(missing, size))  # fmt: skip


def _share(missing: int, size: int) -> str:
    """The missing share in per cent, never rounded to 0 or 100."""
    part = Fraction(100 * missing, size + missing)
    return "< 0.1" if part < Fraction(1, 10) else "> 99.9" if part > Fraction(999, 10) else decimal(part, 1)
