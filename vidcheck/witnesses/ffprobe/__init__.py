"""The witness `ffprobe`: what ffprobe prints of a file's headers, turned into facts.

Field names are those of `ffprobe -show_format -show_streams -of json`; what they mean was measured on version 5.1.
`run` runs the tool.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from vidcheck.texts import marked, say
from vidcheck.witnesses.dates import tell_date
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.evidence import Teller
from vidcheck.witnesses.ffprobe.run import DEMUXERS, available, look, version
from vidcheck.witnesses.ffprobe.tracks import (
    PICTURES_TELL,
    SOUNDS_TELL,
    side_data,
    tell_bit_rate,
    tell_picture_track,
    tell_sound_track,
)
from vidcheck.witnesses.fields import Fields, Row, flat, read_json, tell_rows
from vidcheck.witnesses.formats import format_of
from vidcheck.witnesses.languages import tell_languages
from vidcheck.witnesses.numbers import counted, decimal, positive
from vidcheck.witnesses.registry import Needs, Witness

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vidcheck.facts import Fact
    from vidcheck.witnesses.registry import Subject

__all__ = ["DEMUXERS", "KEYS", "WITNESS", "available", "look", "read", "version"]

KEYS = frozenset(
    {
        "format", "format.brand", "format.brands", "duration", "completed", "container.created", "bit-rate", "title",
        "encoder", "video.count", "audio.count", "subtitle.count", *PICTURES_TELL, *SOUNDS_TELL,
    }
)  # fmt: skip

_MOV = "mov,mp4,m4a,3gp,3g2,mj2"
_FORMATS = {
    # `matroska,webm` doesn't distinguish the two
    "avi": "avi", "mpegts": "mpegts", "mpeg": "mpegps", "flv": "flv", "asf": "wmv", "ogg": "ogg", "mxf": "mxf",
    "mp3": "mp3", "wav": "wav", "w64": "wav", "flac": "flac", "aac": "aac",
}  # fmt: skip
_SHOT = ("tags.com.apple.quicktime.creationdate", "tags.date")
_NOT_SHOWN = ("attached_pic", "timed_thumbnails", "still_image")
_STILLS = frozenset({"mjpeg", "mjpegb", "png", "gif", "tiff", "targa", "jpeg2000"})
"""Codecs of still pictures: a track of them may hold a cover or thumbnails."""
_DURATION_SLACK = Fraction(1, 2)
"""Seconds by which header and tracks may differ because of priming, rounding and a last picture that is held."""


def read(text: str) -> tuple[Fact, ...]:
    """The facts in ffprobe's JSON. Raises CouldNotLookError if the text is not what ffprobe prints."""
    try:
        output = read_json(text)
    except ValueError:
        output = None
    form = output.get("format") if isinstance(output, dict) else None
    streams = output.get("streams") if isinstance(output, dict) else None
    if not isinstance(form, dict) or not isinstance(streams, list) or not all(isinstance(one, dict) for one in streams):
        raise CouldNotLookError(say("it did not answer in its own form"))
    tell = Teller(WITNESS.name)
    _tell_all(tell, _fields("format", form), streams)
    return tell.facts


def _fields(where: str, raw: Mapping[str, Any]) -> Fields:
    # the case of tags is the container's: TITLE in Matroska, title in MP4
    return Fields(where, flat(raw, ("tags", "disposition"), small=True))


def _tell_all(tell: Teller, form: Fields, streams: list[dict[str, Any]]) -> None:
    is_iso = form["format_name"] == _MOV
    kind = _tell_format(tell, form, is_iso=is_iso)
    if not streams or kind == "heif":
        return  # ffprobe shows stills as video; without any track nothing is known
    every = [_fields(f"streams[{place}]", raw) for place, raw in enumerate(streams)]
    pictures = _pictures(every, is_iso=is_iso)
    sounds = [one for one in every if one["codec_type"] == "audio"]
    texts = [one for one in every if one["codec_type"] == "subtitle"]
    tell_date(tell, (form.at("tags.creation_time"), form["tags.creation_time"]),
              tuple((form.at(name), form[name]) for name in _SHOT), floating=is_iso)  # fmt: skip
    tell_rows(tell, form, _FORM)
    if is_iso:
        # in other formats it names the muxing library or a codec's library
        tell_rows(tell, form, _ENCODER)
    _tell_duration(tell, form, [*pictures, *sounds] if is_iso else [])
    for key, rows in (("video.count", pictures), ("audio.count", sounds), ("subtitle.count", texts)):
        tell.known(key, len(rows), "streams[].codec_type", ", ".join(one.where for one in rows))
    if pictures:
        picture = _shown(pictures)
        side = side_data(streams[every.index(picture)])
        tell_picture_track(tell, picture, side, positive(picture["duration"]) or positive(form["duration"]))
        tell_bit_rate(tell, "video.bit-rate", picture, is_iso=is_iso)
    else:
        tell.all_absent(PICTURES_TELL, "streams[].codec_type")
    if sounds:
        sound = _shown(sounds)
        tell_sound_track(tell, sound)
        tell_bit_rate(tell, "audio.bit-rate", sound, is_iso=is_iso)
        tell_languages(tell, [(one.at("tags.language"), one["tags.language"]) for one in sounds])
    else:
        tell.all_absent(SOUNDS_TELL, "streams[].codec_type")


def _tell_format(tell: Teller, form: Fields, *, is_iso: bool) -> str | None:
    if not is_iso:
        kind = _FORMATS.get(form["format_name"])
        if kind:
            tell.known("format", kind, form.at("format_name"), form["format_name"])
        return kind
    major, minor = form["tags.major_brand"], form["tags.minor_version"]
    row = form["tags.compatible_brands"]
    compatible = tuple(row[at : at + 4] for at in range(0, len(row), 4))
    # an empty brand (NULs, which ffprobe drops) still has a minor version; without both there is no ftyp
    kind = format_of(major if major or minor else None, compatible)
    tell.known("format", kind, form.at("tags.major_brand"), ", ".join((major, *compatible)))
    if not (major or minor):
        tell.absent("format.brand", form.at("tags.major_brand"))
        tell.absent("format.brands", form.at("tags.compatible_brands"))
        return kind
    if major:
        tell.known("format.brand", major.rstrip(" "), form.at("tags.major_brand"), major)
    if len(row) % 4 == 0:
        brands = tuple(brand.rstrip(" ") for brand in compatible)
        tell.known("format.brands", brands, form.at("tags.compatible_brands"), row)
    return kind


def _is_set(stream: Fields, name: str) -> bool:
    return stream[f"disposition.{name}"] == "1"


def _shown(streams: list[Fields]) -> Fields:
    """The track that a player takes: the first marked as default (in MP4: enabled), else the first."""
    return next((one for one in streams if _is_set(one, "default")), streams[0])


def _pictures(streams: list[Fields], *, is_iso: bool) -> list[Fields]:
    """The real picture tracks: no cover art, no chapter pictures, no thumbnails beside a film."""
    videos = [
        one for one in streams if one["codec_type"] == "video" and not any(_is_set(one, name) for name in _NOT_SHOWN)
    ]
    if not is_iso:
        return videos
    moving = [one for one in videos if not (one["codec_name"] in _STILLS and one["nb_frames"] == "1")]
    if any(_is_set(one, "default") and one["codec_name"] not in _STILLS for one in moving):
        return [one for one in moving if one["codec_name"] not in _STILLS]
    return [one for one in moving if one["codec_name"] not in _STILLS or _is_set(one, "default")] or moving


def _tell_duration(tell: Teller, form: Fields, streams: list[Fields]) -> None:
    # format.duration is the movie header's in ISO files (or the segment index's), even if it is wrong: 600 s for 180 s
    # of film, or 0. A track's start and duration are measured from its samples and its edit list, but lack the time that
    # the last picture of a variable rate is held. So the header counts if the tracks confirm it, else the tracks count. A player begins at 0 and drops what lies before it (the encoder's priming); where
    # nothing begins before 100 s (fragments of a broadcast), the header counts from there, and players do too.
    ends = [
        ((decimal(one["start_time"]) or 0) + long, one)
        for one in streams
        if (long := positive(one["duration"])) is not None
    ]
    header, began = positive(form["duration"]), decimal(form["start_time"]) or 0
    end, last = max(ends, key=lambda row: row[0], default=(None, form))
    if header is not None and (end is None or min(abs(header - end), abs(header - (end - began))) <= _DURATION_SLACK):
        value, source, note = header, form, None
    elif end is not None and end > 0:
        value, source = end, last
        note = say("where the longest track ends; the film's header claims {claim} s", claim=form["duration"] or "?")
    else:
        return
    tell.known("duration", value, source.at("duration"), source["duration"], note)
    size = counted(form["size"])
    if size is not None:
        tell.known(
            "bit-rate", size * 8 / value, form.at("size"), form["size"], say("the file's size in bits by its duration")
        )


def _text(text: str) -> str | None:
    # MediaInfo prints a line break like this; the same text makes the witnesses agree
    return " / ".join(text.split("\n")).strip() or None


_FORM = (Row("title", ("tags.title",), _text, absent=True),)
_ENCODER = (
    Row(
        "encoder",
        ("tags.encoder", "tags.com.apple.quicktime.software"),
        _text,
        absent=True,
    ),
)


def _look(subject: Subject) -> str:
    return look(subject.file, subject.path, subject.format, subject.deadline)


WITNESS = Witness(
    name="ffprobe",
    keys=KEYS,
    needs=Needs(formats=frozenset(DEMUXERS), local=True, available=lambda: available() is not None),
    version=version,
    look=_look,
    read=read,
    missed=marked(
        "without it there is no second witness: a failing entry rests on MediaInfo and the box headers alone"
    ),
)
