"""Which tracks are decoded: the picture and the sound that a player takes, as the other witnesses have it.

Tracks are named as ffmpeg's stream specifiers: `i:2` is the track whose number is 2, `V:0` the first picture that is no
cover, `3` the fourth stream.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vidcheck.witnesses.mp4 import boxes
from vidcheck.witnesses.mp4.movie import played_sound, shown_track

if TYPE_CHECKING:
    from collections.abc import Callable

    from vidcheck.witnesses.mp4.movie import Movie
    from vidcheck.witnesses.registry import Subject

_STREAM = re.compile(
    rb"Stream #0:(\d+)(?:\[[^\]]*\])?(?:\([^)]*\))?: (Video|Audio): .*?((?: \([a-z ]+\))*)$", re.MULTILINE
)
_NOT_SHOWN = (b"(attached pic)", b"(timed thumbnails)", b"(still image)")


class Tracks(NamedTuple):
    """The tracks that are decoded."""

    picture: str = "V:0"
    sound: str = "a:0"


def chosen(subject: Subject, *, many: bool, listed: Callable[[], bytes]) -> Tracks:
    """The tracks of an entry. `many` says whether it may have several of a kind, `listed` what ffmpeg prints of its streams."""
    # there is none if its facts were remembered
    layout = subject.layout or boxes.look(subject.file, subject.status.size)
    if layout.movie is not None:
        return _of_movie(layout.movie)
    return _of_list(listed()) if many else Tracks()


def _of_movie(movie: Movie) -> Tracks:
    picture, sound = shown_track(movie.tracks), played_sound(movie.tracks)
    first = Tracks()
    return Tracks(f"i:{picture.number}" if picture else first.picture, f"i:{sound.number}" if sound else first.sound)


def _of_list(text: bytes) -> Tracks:
    """By what ffmpeg prints of streams: the first of a kind that is marked as default, else the first."""
    found = list(Tracks())
    for place, kind in enumerate((b"Video", b"Audio")):
        every = [
            row for row in _STREAM.findall(text) if row[1] == kind and not any(one in row[2] for one in _NOT_SHOWN)
        ]
        if every:
            found[place] = next((row for row in every if b"(default)" in row[2]), every[0])[0].decode()
    return Tracks(*found)
