"""Turns ffprobe's output for one picture or sound stream into facts.

What the fields mean was measured on version 5.1.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from vidcheck.lazy import late
from vidcheck.quantities import Size
from vidcheck.texts import say
from vidcheck.witnesses import codecs, picture
from vidcheck.witnesses.codecs import pixel_format
from vidcheck.witnesses.fields import PICTURE_KEYS, SOUND_KEYS, Fields, Row, flat, tell_rows, with_rows
from vidcheck.witnesses.numbers import counted, decimal, positive, ratio
from vidcheck.witnesses.picture import Picture, known_rate, tell_picture, ticks_evenly

if TYPE_CHECKING:
    from vidcheck.witnesses.evidence import Teller

_INTERLACED = frozenset({"tt", "bb", "tb", "bt"})
_DOLBY = "DOVI configuration record"
_MASTERED = "Mastering display metadata"
_MATRIX = "Display Matrix"
_LINE = late(r"-?\d{1,19}")


def side_data(stream: dict[str, Any]) -> dict[str, dict[str, str]]:
    """A stream's side data (matrix, mastering data) by type; the first of each type."""
    rows = stream.get("side_data_list")
    data = [flat(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return {row.get("side_data_type", ""): row for row in reversed(data)}


def tell_picture_track(tell: Teller, stream: Fields, side: dict[str, dict[str, str]], length: Fraction | None) -> None:
    """The facts of the picture that is shown; `length` is its duration in seconds."""
    codec = codecs.ffmpeg_video(stream["codec_name"]) if stream["codec_name"] else ""
    if codec:
        tell.known("video.codec", codec, stream.at("codec_name"), stream["codec_name"])
    profile = codecs.ffmpeg_profile(codec, stream["profile"])
    if profile:
        tell.known("video.profile", profile, stream.at("profile"), stream["profile"])
    tell_rows(tell, stream, _VIDEO)
    _tell_frame_rate(tell, stream, length)
    _tell_hdr(tell, stream, side)
    turn, sideways = _tell_rotation(tell, stream, side.get(_MATRIX, {}))
    width, height = counted(stream["width"]), counted(stream["height"])
    if width is not None and height is not None:
        tell_picture(
            tell,
            Picture(
                stored=Size(width, height),
                shape=ratio(stream["sample_aspect_ratio"]) or Fraction(1),
                turn=turn,
                sideways=sideways,
                locator=stream.at("width"),
            ),
        )


def _tell_frame_rate(tell: Teller, stream: Fields, length: Fraction | None) -> None:
    # avg_frame_rate counts frames by length; r_frame_rate is the coarsest tick that all timestamps fit, twice the
    # frames a second for fields and anything for a variable rate
    average, tick = known_rate(ratio(stream["avg_frame_rate"])), known_rate(ratio(stream["r_frame_rate"]))
    if average is None:
        return
    if tick is not None and length is not None and ticks_evenly(tick, average, length):
        rate, name = tick, "r_frame_rate"
        tell.known("video.frame-rate-mode", "constant", stream.at("r_frame_rate"), stream["r_frame_rate"])
    else:
        rate, name = average, "avg_frame_rate"
    tell.known("video.frame-rate", rate, stream.at(name), stream[name])


def _tell_hdr(tell: Teller, stream: Fields, side: dict[str, dict[str, str]]) -> None:
    where, raw = stream.at("color_transfer"), stream["color_transfer"]
    if _DOLBY in side:
        tell.known("video.hdr", "dolby-vision", stream.at("side_data_list"), _DOLBY)
    elif raw == "arib-std-b67":
        tell.known("video.hdr", "hlg", where, raw)
    elif raw == "smpte2084":
        # mastering data may be in the coded pictures, which are not read here: without it, pq is not certain
        if _MASTERED in side:
            tell.known("video.hdr", "hdr10", stream.at("side_data_list"), _MASTERED)
    else:
        tell.known("video.hdr", "none", where, raw)


def _tell_rotation(tell: Teller, stream: Fields, matrix: dict[str, str]) -> tuple[int | None, bool]:
    """Adds the rotation; returns it (None if unknown) and whether the picture lies on its side."""
    if not matrix:
        # a tag of version 4 and older: clockwise
        raw, name = stream["tags.rotate"], "tags.rotate"
        turn = picture.turned(decimal(raw) or Fraction(0)) if raw else 0
        tell.known("video.rotation", turn, stream.at(name if raw else "side_data_list"), raw)
        return turn, picture.lies_on_its_side(turn)
    where, raw = stream.at("side_data_list.rotation"), matrix.get("rotation", "")
    cells = [
        int(cell)
        for line in matrix.get("displaymatrix", "").splitlines()
        for cell in _LINE.findall(line.partition(":")[2])
    ]
    a, b, c, d = (cells[0], cells[1], cells[3], cells[4]) if len(cells) == 9 else (1, 0, 0, 1)
    # ISO/IEC 14496-12, 6.2.2: a picture's x goes to (a, b), its y to (c, d)
    if a * d - b * c < 0:
        tell.unknown("video.rotation", where, raw, say("the picture is mirrored, which is no turn"))
        return None, abs(b) > abs(a)
    angle = decimal(raw)
    if angle is None or abs(angle) > 360 or not (a or b):
        tell.unknown("video.rotation", where, raw, say("the matrix shows no picture at all"))
        return None, False
    # counter-clockwise here
    turn = picture.turned(-angle)
    tell.known("video.rotation", turn, where, raw)
    return turn, picture.lies_on_its_side(turn)


def tell_sound_track(tell: Teller, stream: Fields) -> None:
    """The facts of the sound that is played. Languages are those of all streams, and added elsewhere."""
    codec = codecs.ffmpeg_audio(stream["codec_name"]) if stream["codec_name"] else ""
    if codec:
        tell.known("audio.codec", codec, stream.at("codec_name"), stream["codec_name"])
    if codec in codecs.UNPROFILED:
        tell.absent("audio.profile", stream.at("profile"))
    elif (profile := codecs.ffmpeg_profile(codec, stream["profile"])) is not None:
        tell.known("audio.profile", profile, stream.at("profile"), stream["profile"])
    tell_rows(tell, stream, _AUDIO)


def tell_bit_rate(tell: Teller, key: str, stream: Fields, *, is_iso: bool) -> None:
    """A track's bit rate, if it is reliable."""
    # in an ISO file it prints nb_frames where the index holds the samples; in fragments it divides the bytes that it has
    # read so far by the whole duration
    if stream["nb_frames"] or not is_iso:
        tell_rows(tell, stream, (Row(key, ("bit_rate",), positive),))


def _scan(text: str) -> str | None:
    return "interlaced" if text in _INTERLACED else "progressive" if text == "progressive" else None


_VIDEO = (
    Row("video.bit-depth", ("pix_fmt",), lambda text: pixel_format(text)[1]),
    Row("video.chroma", ("pix_fmt",), lambda text: pixel_format(text)[0]),
    Row("video.scan", ("field_order",), _scan),
)
_AUDIO = (
    Row("audio.channels", ("channels",), counted),
    Row("audio.sample-rate", ("sample_rate",), counted),
)
PICTURES_TELL = with_rows(PICTURE_KEYS, _VIDEO)
"""The keys of a picture; absent if there is none."""
SOUNDS_TELL = with_rows(SOUND_KEYS, _AUDIO)
"""The keys of a sound; absent if there is none."""
