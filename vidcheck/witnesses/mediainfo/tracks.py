"""Turns MediaInfo's fields of one picture or sound track into facts.

What the fields mean was measured on version 24.12.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from vidcheck.quantities import Size
from vidcheck.texts import say
from vidcheck.witnesses import codecs, picture
from vidcheck.witnesses.fields import PICTURE_KEYS, SOUND_KEYS, Fields, Row, tell_rows, with_rows
from vidcheck.witnesses.numbers import counted, decimal, positive, ratio
from vidcheck.witnesses.picture import (
    SIZE_KEYS,
    Picture,
    cut_to_container,
    known_rate,
    rounded,
    tell_picture,
    ticks_evenly,
)

if TYPE_CHECKING:
    from vidcheck.witnesses.evidence import Teller

_ROUNDED = Fraction(2, 1000)
"""The most by which MediaInfo's lengths in seconds, and its rates, can be off by rounding."""
_UNREAD = frozenset({"vp9", "vp8", "jpeg2000", "cfhd", "png"})
"""Codecs with the size in their pictures. ffprobe reads it there; MediaInfo prints the size in the sample entry."""


def tell_picture_track(tell: Teller, track: Fields, *, is_iso: bool, counted_all: bool) -> None:
    """The facts of the picture that is shown, from its Video track; `counted_all` as in `sizes_add_up`."""
    codec = codecs.mediainfo_video(track["Format"], track["Format_Version"], track["CodecID"])
    if codec:
        tell.known("video.codec", codec, track.at("Format"), track["Format"])
    profile = codecs.mediainfo_profile(codec, track["Format_Profile"])
    if profile:
        tell.known("video.profile", profile, track.at("Format_Profile"), track["Format_Profile"])
    tell_rows(tell, track, _VIDEO)
    _tell_bit_rate(tell, "video.bit-rate", track, counted_all=counted_all)
    _tell_frame_rate(tell, track)
    hdr, source = _hdr(track)
    tell.known("video.hdr", hdr, track.at(source), track[source])
    turn = decimal(track["Rotation"])
    if turn is not None:
        # MediaInfo prints 180 for a mirrored picture too; `boxes` is right
        tell.known("video.rotation", picture.turned(turn), track.at("Rotation"), track["Rotation"])
    _tell_size(tell, track, codec, turn, is_iso=is_iso)


def _tell_size(tell: Teller, track: Fields, codec: str, turn: Fraction | None, *, is_iso: bool) -> None:
    # Width_Original is the coded picture's if the container claims another. Players show the coded one, unless the
    # container only cuts what was coded in whole blocks
    width, height = counted(track["Width"]), counted(track["Height"])
    if width is None or height is None:
        return
    name = "Width_Original" if track["Width_Original"] else "Width"
    claimed = Size(width, height)
    stored = Size(counted(track["Width_Original"]) or width, counted(track["Height_Original"]) or height)
    if is_iso and codec in _UNREAD:
        note = say(
            "the container claims {size}, and MediaInfo reads no pictures of this codec",
            size=f"{stored.width}×{stored.height}",
        )
        for key in SIZE_KEYS:
            tell.unknown(key, track.at(name), f"{stored.width}x{stored.height}", note)
        return
    shape = positive(track["PixelAspectRatio"])
    around = picture.turned(turn) if turn is not None else 0
    tell_picture(
        tell,
        Picture(
            stored=stored,
            cut=cut_to_container(stored, claimed) if is_iso else None,
            shape=picture.pixel_shape(shape) if shape else Fraction(1),
            turn=around,
            sideways=picture.lies_on_its_side(around),
            locator=track.at(name),
        ),
    )


def _tell_frame_rate(tell: Teller, track: Fields) -> None:
    # Num and Den are given only for rates that MediaInfo knows; FrameRate alone is rounded to three places
    exact = ratio(f"{track['FrameRate_Num']}/{track['FrameRate_Den']}")
    rate, name = known_rate(exact or positive(track["FrameRate"])), "FrameRate"
    if rate is None:
        return
    mode, top, length = track["FrameRate_Mode"], positive(track["FrameRate_Maximum"]), positive(track["Duration"])
    low = positive(track["FrameRate_Minimum"])
    if mode == "VFR":
        rate, name = _average(track) or (rate, name)
    if mode == "VFR" and top is not None and low is not None and rounded(low, top):
        tell.known("video.frame-rate-mode", "constant", track.at("FrameRate_Minimum"), track["FrameRate_Minimum"])
    elif mode == "VFR" and top is not None and length is not None:
        # measured from the sample table; without a maximum (MPEG-TS) VFR is MediaInfo's guess
        steady = ticks_evenly(top, rate, length) and _last_alone(counted(track["FrameCount"]), length, low, top)
        if steady:
            rate, name = known_rate(top) or rate, "FrameRate_Maximum"
        tell.known("video.frame-rate-mode", "constant" if steady else "variable", track.at("FrameRate_Mode"), mode)
    elif mode == "CFR":
        tell.known("video.frame-rate-mode", "constant", track.at("FrameRate_Mode"), mode)
    tell.known("video.frame-rate", rate, track.at(name), track[name])


def _average(track: Fields) -> tuple[Fraction, str] | None:
    """The stored frames by their time, of a variable rate: FrameRate may be a standard rate nearby."""
    name = "Source_FrameCount" if track["Source_FrameCount"] else "FrameCount"
    frames, length = counted(track[name]), positive(track["Source_Duration"] or track["Duration"])
    average = known_rate(frames / length) if frames is not None and length is not None else None
    return (average, name) if average is not None else None


def _last_alone(frames: int | None, length: Fraction, low: Fraction | None, top: Fraction) -> bool:
    """Whether a single frame lasts longer than the others; then it is the last one, which is held or guessed."""
    if frames is None or low is None:
        return True
    others = (frames - 1) / top
    return abs(others + 1 / low - length) <= _ROUNDED + others * _ROUNDED / top


def sizes_add_up(tracks: list[Fields], size: int | None) -> bool:
    """Whether the stored bytes that MediaInfo counted are at least a tenth of the file's `size`, where it counted any.

    It counts no bytes in fragments with a default sample size: 715 bit/s instead of 1.8 Mbit/s.
    """
    bytes_ = [counted(track["Source_StreamSize"]) or counted(track["StreamSize"]) for track in tracks]
    return size is None or not any(bytes_) or 10 * sum(each or 0 for each in bytes_) >= size


def _tell_bit_rate(tell: Teller, key: str, track: Fields, *, counted_all: bool) -> None:
    if not counted_all:
        note = say("what it counted of the tracks makes up less than a tenth of the file")
        tell.unknown(key, track.at("StreamSize"), track["StreamSize"], note)
        return
    # with an edit list BitRate is stored bytes by shown seconds, which is too low after leading silence, so use stored
    # bytes by stored seconds
    size, length = counted(track["Source_StreamSize"]), positive(track["Source_Duration"])
    if size is not None and length is not None:
        note = say("the track's stored bits by its stored duration")
        tell.known(key, size * 8 / length, track.at("Source_StreamSize"), track["Source_StreamSize"], note)
    else:
        tell_rows(tell, track, (Row(key, ("BitRate",), positive),))


def _hdr(track: Fields) -> tuple[str, str]:
    """The system and the field that names it; without one a player shows standard range."""
    form = f"{track['HDR_Format']} / {track['HDR_Format_Compatibility']}"
    for sign, system in (("Dolby Vision", "dolby-vision"), ("2094 App 4", "hdr10+"), ("HDR10+", "hdr10+")):
        if sign in form:
            return system, "HDR_Format"
    transfer = track["transfer_characteristics"]
    if "HLG" in transfer:
        return "hlg", "transfer_characteristics"
    if "PQ" in transfer:
        mastered = "2086" in form or "HDR10" in form or track["MasteringDisplay_ColorPrimaries"]
        return ("hdr10", "HDR_Format") if mastered else ("pq", "transfer_characteristics")
    return "none", "transfer_characteristics"


def tell_sound_track(tell: Teller, track: Fields, *, counted_all: bool) -> None:
    """The facts of the sound that is played, from its Audio track.

    Languages are those of all tracks, and added elsewhere.
    """
    codec = codecs.mediainfo_audio(track["Format"], track["Format_Version"], track["Format_Profile"])
    if codec:
        tell.known("audio.codec", codec, track.at("Format"), track["Format"])
    profile = codecs.aac_profile(track["Format_AdditionalFeatures"]) if codec == "aac" else None
    if profile:
        tell.known("audio.profile", profile, track.at("Format_AdditionalFeatures"), track["Format_AdditionalFeatures"])
    elif codec in codecs.UNPROFILED:
        tell.absent("audio.profile", track.at("Format_Profile"))
    tell_rows(tell, track, _AUDIO)
    _tell_bit_rate(tell, "audio.bit-rate", track, counted_all=counted_all)


def _scan(text: str) -> str | None:
    return {"Progressive": "progressive", "Interlaced": "interlaced", "MBAFF": "interlaced", "PAFF": "interlaced"}.get(
        text
    )


def _chroma(text: str) -> str | None:
    """Colour sampling, from a colour space without sampling or from the sampling field; alpha is ignored."""
    plain = text.partition(" ")[0]
    return _COLOURS.get(plain, plain if plain in _CHROMA else None)


def _first(text: str) -> int | None:
    """The first of several whole numbers: `48000 / 24000` is the decoder's output, then its core."""
    return counted(text.partition(" / ")[0])


_COLOURS = {"RGB": "rgb", "RGBA": "rgb", "Y": "4:0:0", "YA": "4:0:0", "4:4:4:4": "4:4:4", "4:2:2:4": "4:2:2"}
_CHROMA = frozenset({"4:0:0", "4:1:1", "4:2:0", "4:2:2", "4:4:0", "4:4:4"})
_VIDEO = (
    Row("video.bit-depth", ("BitDepth",), counted),
    Row("video.scan", ("ScanType",), _scan),
    Row("video.chroma", ("ColorSpace", "ChromaSubsampling"), _chroma),
)
_AUDIO = (
    # _Original is the coded sound's if the container claims another (FLV always says stereo)
    Row("audio.channels", ("Channels_Original", "Channels"), _first),
    Row("audio.sample-rate", ("SamplingRate",), _first),
)
PICTURES_TELL = with_rows(PICTURE_KEYS, _VIDEO)
"""The keys of a picture; absent if there is none."""
SOUNDS_TELL = with_rows(SOUND_KEYS, _AUDIO)
"""The keys of a sound; absent if there is none."""
