"""The facts of the picture that is shown and of the sound that is played, as far as the headers of an MP4 prove them.

They confirm MediaInfo's, because other code reads them from the same bytes, so that ffprobe need not run. If readers
may reasonably differ about a file, there is no fact, and a comment here gives the reason.
"""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

from vidcheck.facts import visible
from vidcheck.quantities import decimal, rate_of
from vidcheck.texts import say
from vidcheck.witnesses.fields import PICTURE_KEYS, SOUND_KEYS
from vidcheck.witnesses.languages import tell_languages
from vidcheck.witnesses.mp4 import showing
from vidcheck.witnesses.mp4.descriptions import tell_picture_entries, tell_sound_entries
from vidcheck.witnesses.mp4.movie import films, played_sound, shown_track
from vidcheck.witnesses.picture import known_rate, near_rate, near_rates, rounded

if TYPE_CHECKING:
    from vidcheck.witnesses.evidence import Teller
    from vidcheck.witnesses.mp4.clocks import Clock
    from vidcheck.witnesses.mp4.movie import Layout, Movie, Track

KEYS = frozenset({"video.count", "audio.count", "duration", "bit-rate", *PICTURE_KEYS, *SOUND_KEYS, *showing.KEYS})
_LEAST = 2
"""The fewest pictures that have a rate."""
_NEARLY_ALL = Fraction(9, 10)
"""The share of pictures that must last equally long to make a nominal rate."""
_JITTER = Fraction(1, 50)
"""The part of its duration by which a picture may be longer or shorter because of a camera's jitter."""
_UNEVEN = Fraction(1, 2)
"""The part of its duration by which pictures differ if none was dropped. So much a film's length is uncertain."""
_SURE = Fraction(4, 10_000)
"""The most that this makes of a rate: 29.97 and 30 differ by more than twice that."""
_PACE = Fraction(2, 1000)
"""The part by which a camera's clock runs faster or slower than it should."""
_STATED = Fraction(1, 1000)
"""The unit in seconds to which the libraries round a length. Lengths are rounded alike, so that they can be equal."""
_ROUNDED = 2 * _STATED
"""The most by which header and tables may differ because of rounding: both count a clock's ticks."""


def tell_tracks(tell: Teller, layout: Layout, movie: Movie, *, turn: int | None) -> None:
    """Adds the facts of the tracks; `turn` is the shown picture's rotation, None if it isn't a rotation."""
    sounds = [track for track in movie.tracks if track.handler == "soun"]
    pictures = films(movie.tracks)
    if not movie.tracks:
        return
    if pictures:
        tell.known("video.count", len(pictures), "moov/trak/mdia/hdlr", _handlers(movie))
        track = shown_track(movie.tracks)
        if track is not None:
            tell_picture_entries(tell, layout, movie, track, turn)
            _tell_rate(tell, layout, movie, track)
    tell.known("audio.count", len(sounds), "moov/trak/mdia/hdlr", _handlers(movie))
    if sound := played_sound(movie.tracks):
        tell_sound_entries(tell, layout, movie, sound)
        _tell_languages(tell, movie, sounds)
    else:
        tell.all_absent(SOUND_KEYS, "moov/trak/mdia/hdlr")
    showing.tell_showing(tell, layout, movie)
    if layout.fragments.starts:
        _tell_length_of_fragments(tell, layout, movie, [*pictures, *sounds])
    else:
        _tell_length(tell, layout, movie, [*pictures, *sounds])


def _handlers(movie: Movie) -> str:
    return " ".join(visible(track.handler) for track in movie.tracks[:12])


def _tell_rate(tell: Teller, layout: Layout, movie: Movie, track: Track) -> None:
    """The frame rate by the table of times and those of fragments, where they hold every picture's duration."""
    places, clock = _timing(layout, movie, track)
    if clock is None or not track.scale or clock.samples < _LEAST or clock.wild:
        return
    rows = clock.rows(track.scale)
    samples, ticks = sum(rows.values()), sum(each * count for each, count in rows.items())
    average = known_rate(Fraction(samples * track.scale, ticks)) if ticks else None
    if average is None:
        return
    nominal: Fraction | None = None
    level = len(rows) == 1
    if not level and (usual := clock.usual_rate(track.scale)):
        level, average = True, usual
    elif not level:
        short, long = min(rows), max(rows)
        level = short > 0 and rounded(Fraction(track.scale, long), Fraction(track.scale, short))
        jitter = long - short if long - short <= clock.commonest * _UNEVEN else 1
        off = max(min(Fraction(jitter, ticks), _SURE), _STATED * track.scale / ticks)
        average = near_rate(average, off) or average
        nominal = _nominal(clock, rows, track.scale)
    where = ", ".join(places)
    raw = f"{rows[clock.commonest]:,} × {clock.commonest}/{track.scale}"
    if len(rows) > 1:
        raw += f" … {samples:,} × {decimal(Fraction(ticks, samples), 3)}/{track.scale}"
    tell.known("video.frame-rate", rate_of(average, nominal), where, raw)
    tell.known("video.frame-rate-mode", "constant" if level else "variable", where, raw)


def _timing(layout: Layout, movie: Movie, track: Track) -> tuple[list[str], Clock | None]:
    """Where the durations of a track's samples are, and what they are; None if not all are known."""
    table, pieces = track.clock, layout.fragments.clocks.get(track.number)
    places = [movie.place(track, "mdia/minf/stbl/stts"), "moof/traf/trun"]
    if pieces is None:
        return places[:1], table
    if track.extent is not None and not track.extent.samples:
        return places[1:], pieces
    return places, table.followed_by(pieces) if table else None


def _nominal(clock: Clock, rows: dict[int, int], scale: int) -> Fraction | None:
    """The rate of nearly all pictures, if they last equally long but for a clock's ticks or a camera's jitter."""
    samples = sum(rows.values())
    ordered = sorted(rows)
    middle = ordered[bisect_left(list(accumulate(map(rows.__getitem__, ordered))), samples / 2)]
    alike = {each: count for each, count in rows.items() if abs(each - middle) <= max(Fraction(1), middle * _JITTER)}
    count, ticks = sum(alike.values()), sum(each * count for each, count in alike.items())
    if count < samples * _NEARLY_ALL or not ticks:
        return None
    rate, commonest = Fraction(count * scale, ticks), max(alike, key=lambda each: alike[each])
    if len(alike) == 1:
        return known_rate(rate)
    usual = near_rates(rate, _PACE)
    if fitting := next((each for each in usual if clock.fits(each, scale)), None):
        return fitting
    if commonest and alike[commonest] >= samples * _NEARLY_ALL:
        return known_rate(Fraction(scale, commonest))
    return usual[0] if usual else known_rate(rate)


def _tell_languages(tell: Teller, movie: Movie, sounds: list[Track]) -> None:
    if all(each.language for each in sounds):
        numbered = [(place, each) for place, each in enumerate(movie.tracks) if each.handler == "soun"]
        tell_languages(tell, [(f"moov/trak[{place}]/mdia/mdhd.language", each.language) for place, each in numbered])


def _tell_length(tell: Teller, layout: Layout, movie: Movie, played: list[Track]) -> None:
    """The duration if tables and headers agree; if headers are wrong, `boxes` has added it already."""
    lengths = [(track.length, track) for track in played if track.length is not None]
    if not lengths or len(lengths) < len(played):
        return
    length, track = max(lengths, key=lambda row: row[0].shown)
    if not track.enabled or not length.claims or any(each.lie is not None or not each.plain for each, _ in lengths):
        return
    claim = length.claims[0]
    if abs(claim - length.shown) > _ROUNDED:
        return
    _tell_seconds(tell, layout, claim, movie.place(track, "mdia/minf/stbl/stts"))


def _tell_length_of_fragments(tell: Teller, layout: Layout, movie: Movie, played: list[Track]) -> None:
    """The duration of a film in fragments, where all tracks begin at 0 and nothing says that it should be longer.

    Where fragments begin later (a piece of a broadcast) or an edit list shifts a track, witnesses count differently;
    and where a picture ends last, it may be shown later than it is decoded, which the sum of durations doesn't tell.
    """
    spans = layout.fragments.spans
    if not all(track.number in spans and track.scale and not track.edited for track in played):
        return
    if not played or any(spans[track.number][0] for track in played):
        return
    ends = [(Fraction(spans[track.number][1], track.scale), track.handler) for track in played]
    lasts = max((end for end, handler in ends if handler == "soun"), default=Fraction(0))
    if max(ends)[0] - lasts > _ROUNDED:
        return
    should = Fraction(movie.lasts, movie.scale) if movie.lasts and movie.scale else lasts
    if abs(should - lasts) <= _ROUNDED:
        _tell_seconds(tell, layout, lasts, "moof/traf/trun")


def _tell_seconds(tell: Teller, layout: Layout, seconds: Fraction, locator: str) -> None:
    value = round(seconds / _STATED) * _STATED
    if value > 0:
        tell.known("duration", value, locator, f"{decimal(seconds, 3)} s")
        note = say("the file's size in bits by its duration")
        tell.known("bit-rate", layout.size * 8 / value, "size", str(layout.size), note)
