"""For how long there are pictures and sound, and how many bytes of the file they are: facts against empty length and size.

A header may claim ten minutes, and a file may have 200 MB, without a film that fills them. Clauses in brackets are
those of ISO/IEC 14496-12. Everything here is pure and never fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING

from vidcheck.facts import visible
from vidcheck.quantities import Shown, decimal
from vidcheck.texts import Readable, say
from vidcheck.witnesses.mp4.lengths import SLACK
from vidcheck.witnesses.mp4.movie import films, played_sound, shown_track
from vidcheck.witnesses.mp4.sample_tables import Chunks, Extent, FragmentRuns, all_differ

if TYPE_CHECKING:
    from vidcheck.witnesses.evidence import Teller
    from vidcheck.witnesses.mp4.movie import Layout, Movie, Track

KEYS = frozenset({
    "picture.duration", "picture.share", "picture.count-shown", "sound.duration", "size.media", "size.media-share",
})  # fmt: skip
_PICTURE = ("picture.duration", "picture.share", "picture.count-shown")
_SMALL = Fraction(9, 10)
"""A picture that lasts for less than this share of the duration, or media of less than this share of the file, is odd."""
_HEARD = Fraction(1, 10)
"""Sound of less than this share of the picture's time is odd."""
_HELD = 10
"""Seconds after which a picture that stands still is odd."""
_HEADS = frozenset({"ftyp", "styp", "moov", "moof", "sidx", "mfra"})
_HEAD_BYTES, _SAMPLE_BYTES = 1 << 16, 64
"""The most bytes of an index: altogether, and for each sample."""
_STATED = Fraction(1, 1000)
"""The unit in seconds to which lengths are rounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """The time of a track's samples, in seconds."""

    start: Fraction = Fraction(0)
    end: Fraction = Fraction(0)
    """The end as a player counts it, with the empty edits before."""
    filled: Fraction = Fraction(0)
    """For how long there are samples."""
    samples: int | None = 0
    """None if they are not counted."""
    longest: Fraction = Fraction(0)
    """How long the longest of them lasts."""
    where: str


def tell_showing(tell: Teller, layout: Layout, movie: Movie) -> None:
    """Adds how long picture and sound last, and what share of duration and file they are."""
    _tell_media(tell, layout, movie)
    pictures = films(movie.tracks)
    track, sound = shown_track(movie.tracks), played_sound(movie.tracks)
    span = _span(layout, movie, track) if track else None
    heard = _span(layout, movie, sound) if sound else None
    if sound is None:
        tell.absent("sound.duration", "moov/trak/mdia/hdlr")
    elif heard is not None:
        hardly = _mute(heard, span) if span is not None and heard.filled < _HEARD * span.filled else None
        tell.known(
            "sound.duration",
            _rounded(heard.filled),
            heard.where,
            _seconds(heard.filled),
            remark=hardly or _hurried(movie, sound),
        )
    if track is None:
        tell.all_absent(_PICTURE, "moov/trak/mdia/hdlr")
        return
    if span is None:
        return
    moved = _moved(movie, track) or _piled(layout, track, span)
    if moved is not None:
        where = span.where.replace("stts", "ctts")
        tell.unknown("picture.duration", where, _seconds(span.filled), moved)
        tell.unknown("picture.share", where, _seconds(span.filled), moved)
    else:
        tell.known("picture.duration", _rounded(span.filled), span.where, _seconds(span.filled))
    if span.samples is not None:
        held = (
            _standing(span, span.samples)
            if span.longest > _HELD
            else moved or _hurried(movie, track) or _looped(movie, track)
        )
        tell.known("picture.count-shown", span.samples, span.where, str(span.samples), remark=held)
    played = [each for each in movie.tracks if each in pictures or each.handler == "soun"]
    spans = [_span(layout, movie, each) for each in ([each for each in played if each.enabled] or played)]
    known = [each for each in spans if each is not None and each.samples != 0]
    lasts = max((each.end for each in known), default=Fraction(0)) - min(
        (each.start for each in known), default=Fraction(0)
    )
    if lasts > 0 and moved is None:
        share = min(Fraction(1), span.filled / lasts)
        odd = _short(movie, track, span, lasts, share) if share < _SMALL else None
        raw = f"{_seconds(span.filled)} / {_seconds(lasts)}"
        tell.known("picture.share", share, span.where, raw, remark=odd)


def _span(layout: Layout, movie: Movie, track: Track) -> _Span | None:
    """The time of a track's samples; None if its tables don't tell it."""
    clock, length = layout.fragments.clocks.get(track.number), track.length
    place = movie.place(track, "mdia/minf/stbl/stts")
    if track.extent is None or track.external:
        return None
    if clock is None:
        if length is None:
            return None if track.extent.samples else _Span(where=place)
        return _Span(
            end=length.shown, filled=length.filled, samples=length.samples, longest=length.longest, where=place
        )
    if not track.scale:
        return None
    first, last = layout.fragments.spans[track.number]
    start, end = Fraction(first, track.scale), Fraction(last, track.scale) + track.gaps
    filled, longest = Fraction(clock.ticks, track.scale), Fraction(clock.longest, track.scale)
    if length is None:
        return _Span(
            start=start, end=end, filled=filled, samples=clock.samples, longest=longest, where="moof/traf/trun"
        )
    hidden = Fraction(length.ticks, track.scale) - length.filled  # by the edit list
    return _Span(
        start=start, end=end - hidden, filled=filled + length.filled, longest=max(longest, length.longest),
        samples=None if length.samples is None else clock.samples + length.samples, where=f"{place}, moof/traf/trun",
    )  # fmt: skip


def _short(movie: Movie, track: Track, span: _Span, lasts: Fraction, share: Fraction) -> Readable:
    holes = {
        "picture": Shown("duration", _rounded(span.filled)), "whole": Shown("duration", _rounded(lasts)),
        "share": Shown("share", share),
    }  # fmt: skip
    if track.gaps > 1:
        return say(
            "The picture lasts {picture} of {whole} ({share}): an empty edit of {gap} shows nothing ({place}).",
            **holes, gap=Shown("duration", _rounded(track.gaps)), place=movie.place(track, "edts/elst"),
        )  # fmt: skip
    hole = span.end - span.start - track.gaps - span.filled
    if hole > 1:
        return say(
            "The picture lasts {picture} of {whole} ({share}); between pictures there is nothing for {gap} ({place}).",
            **holes, gap=Shown("duration", _rounded(hole)), place="moof/traf/tfdt",
        )  # fmt: skip
    return say(
        "The picture lasts {picture} of {whole} ({share}); after that no other picture comes ({place}).",
        **holes,
        place=span.where,
    )


def _moved(movie: Movie, track: Track) -> Readable | None:
    """Why nobody knows when pictures are shown; None if it is plain."""
    if track.length is None or not track.length.shift:
        return None
    return say(
        "pictures are moved by up to {shift} from when they are decoded ({place}), much further than codecs reorder them",
        shift=Shown("duration", _rounded(track.length.shift)), place=movie.place(track, "mdia/minf/stbl/ctts"),
    )  # fmt: skip


def _piled(layout: Layout, track: Track, span: _Span) -> Readable | None:
    """Why nobody knows when the pictures of fragments are shown: several have the same time [8.8.12]."""
    if track.number not in layout.fragments.clocks:
        return None
    room = span.end - span.start - track.gaps
    if span.filled - room <= max(SLACK, span.filled / 100):
        return None
    return say(
        "fragments overlap ({place}): their pictures last {whole}, and from the first one's time to the last one's there are {room}",
        place="moof/traf/tfdt", whole=Shown("duration", _rounded(span.filled)), room=Shown("duration", _rounded(room)),
    )  # fmt: skip


def _hurried(movie: Movie, track: Track) -> Readable | None:
    """A remark if an edit isn't played at the rate 1: some players follow it, most don't."""
    if track.length is None or track.length.rate == 1:
        return None
    return say(
        "an edit of the sound has the rate {rate} ({place}): some players fall silent or play it at that rate, most play it as usual"
        if track.handler == "soun"
        else "an edit of the picture has the rate {rate} ({place}): some players hold the picture or play it at that rate, most play it as usual",
        rate=decimal(track.length.rate, 3), place=movie.place(track, "edts/elst"),
    )  # fmt: skip


def _looped(movie: Movie, track: Track) -> Readable | None:
    """A remark if a good part of the time shows again what was shown before."""
    length = track.length
    if length is None or length.distinct >= _SMALL * length.filled:
        return None
    return say(
        "the edit list shows parts of the picture again and again ({place}): only {once} of {whole} are different",
        place=movie.place(track, "edts/elst"), once=Shown("duration", _rounded(length.distinct)),
        whole=Shown("duration", _rounded(length.filled)),
    )  # fmt: skip


def _mute(heard: _Span, span: _Span) -> Readable:
    return say(
        "the sound lasts {heard}, and the picture {whole} ({place})", heard=Shown("duration", _rounded(heard.filled)),
        whole=Shown("duration", _rounded(span.filled)), place=heard.where,
    )  # fmt: skip


def _standing(span: _Span, samples: int) -> Readable:
    holes = {"longest": Shown("duration", _rounded(span.longest)), "place": span.where}
    if samples == 1:
        return say("One picture stands still for {longest}, and there is no other ({place}).", **holes)
    return say(
        "One picture stands still for {longest}; there are {count} pictures in {whole} ({place}).",
        **holes, count=f"{samples:,}", whole=Shown("duration", _rounded(span.filled)),
    )  # fmt: skip


# --- bytes ---


def _tell_media(tell: Teller, layout: Layout, movie: Movie) -> None:
    pictures, shown = films(movie.tracks), shown_track(movie.tracks)
    counted = [
        track
        for track in movie.tracks
        if (track.handler != "vide" or (track in pictures and (track.enabled or track is shown))) and not track.external
    ]
    if not layout.size or any(track.extent is None for track in counted):
        return
    media = _media(layout, counted)
    share = Fraction(media, layout.size)
    raw = f"{media:,} / {layout.size:,}"
    tell.known("size.media", media, "moov/trak/mdia/minf/stbl", raw)
    odd = _loose(layout, media, share) if media + _index(layout, counted) < _SMALL * layout.size else None
    tell.known("size.media-share", share, "moov/trak/mdia/minf/stbl", raw, remark=odd)


def _tables(layout: Layout, track: Track) -> list[Chunks | FragmentRuns]:
    """Where a track's samples are: its chunks, its runs in fragments, or both."""
    return [each for each in (track.chunks, layout.fragments.runs.get(track.number)) if each]


def _media(layout: Layout, tracks: list[Track]) -> int:
    """The bytes of the samples of these tracks; what they share counts once."""
    runs = [each for track in tracks for each in _tables(layout, track)]
    extent = reduce(Extent.joined, (each.extent for each in runs), Extent())
    total = sum(each.total for each in runs)
    # as nearly every film is: its samples follow one another without a gap, so that none can be shared
    if total == extent.last - extent.first and extent.last <= layout.size:
        apart = layout.media is not None and layout.media.apart
        if apart or all_differ([each.starts for each in runs]):
            return total
    starts = [start for each in runs for start in each.starts]
    return occupied(starts, [end for each in runs for end in each.ends], layout.size)


def occupied(starts: list[int], ends: list[int], size: int) -> int:
    """The bytes of a file of that size that lie between a start and its end; each byte counts once."""
    total = reached = 0
    for start, end in sorted(zip(starts, ends, strict=True)):
        total += max(0, min(end, size) - max(start, reached))
        reached = max(reached, min(end, size))
    return total


def _index(layout: Layout, tracks: list[Track]) -> int:
    """The bytes of the index that such samples need: of pictures that hardly change it may be a tenth of the file."""
    heads = sum(box.end - box.start for box in layout.boxes if box.type in _HEADS)
    samples = sum(each.count for track in tracks for each in _tables(layout, track))
    return min(heads, _HEAD_BYTES + samples * _SAMPLE_BYTES)


def _loose(layout: Layout, media: int, share: Fraction) -> Readable:
    """The remark on a file with much that is no film; names the largest such part."""
    data = [box for box in layout.boxes if box.type in ("mdat", "imda")]
    others = [(box.end - box.start, visible(box.type), box.start) for box in layout.boxes if box not in data]
    if data:
        largest = max(data, key=lambda box: box.end - box.start)
        others.append((sum(box.end - box.body for box in data) - media, largest.type, largest.start))
    others.append((layout.rest, "", layout.size - layout.rest))
    most, name, start = max(others)
    return say(
        "Only {media} of {size} ({share}) are pictures, sounds and other samples; the largest other part, {part}, is in {box} at byte {start}."
        if name
        else "Only {media} of {size} ({share}) are pictures, sounds and other samples; the largest other part, {part}, is in no box, from byte {start} on.",
        media=Shown("bytes", media), size=Shown("bytes", layout.size), share=Shown("share", share),
        part=Shown("bytes", most), box=name, start=f"{start:,}",
    )  # fmt: skip


def _rounded(seconds: Fraction) -> Fraction:
    return round(seconds / _STATED) * _STATED


def _seconds(value: Fraction) -> str:
    return f"{decimal(value, 3)} s"
