"""The witness `mediainfo`: runs MediaInfo's library, bundled with pymediainfo, and turns its JSON into facts.

`look` may hang or crash on a hostile file (24.12 does on some of 600 bytes): call it in a process that can be killed.
Field names are those of `mediainfo --Info-Parameters`; what they mean was measured on version 24.12.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from vidcheck.texts import marked, say
from vidcheck.witnesses.dates import tell_date
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.evidence import Teller
from vidcheck.witnesses.fields import Fields, Row, flat, read_json, tell_rows
from vidcheck.witnesses.formats import format_of
from vidcheck.witnesses.languages import tell_languages
from vidcheck.witnesses.mediainfo import library
from vidcheck.witnesses.mediainfo.sandbox import sealed
from vidcheck.witnesses.mediainfo.tracks import (
    PICTURES_TELL,
    SOUNDS_TELL,
    sizes_add_up,
    tell_picture_track,
    tell_sound_track,
)
from vidcheck.witnesses.numbers import counted, positive
from vidcheck.witnesses.registry import Needs, Witness

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from vidcheck.facts import Fact
    from vidcheck.witnesses.registry import Subject

KEYS = frozenset(
    {
        "format", "format.brand", "format.brands", "duration", "completed", "container.created", "intact", "faststart",
        "playable", "encrypted",
        "bit-rate", "title", "encoder", "video.count", "audio.count", "subtitle.count", *PICTURES_TELL, *SOUNDS_TELL,
    }
)  # fmt: skip

_FORMATS = {
    "Matroska": "matroska", "WebM": "webm", "AVI": "avi", "MPEG-TS": "mpegts", "BDAV": "mpegts", "MPEG-PS": "mpegps",
    "Flash Video": "flv", "Windows Media": "wmv", "Ogg": "ogg", "MXF": "mxf", "MPEG Audio": "mp3", "Wave": "wav",
    "Wave64": "wav", "RF64": "wav", "FLAC": "flac", "ADTS": "aac", "JPEG": "jpeg", "PNG": "png", "GIF": "gif",
    "PDF": "pdf", "ZIP": "zip", "RAR": "rar", "7-Zip": "7z",
}  # fmt: skip
_NO_TIME = frozenset({"heif", "jpeg", "png", "gif", "pdf", "zip", "rar", "7z"})
"""Formats without films. MediaInfo shows HEIC and CR3 stills as video tracks."""
_ISO = frozenset({"mp4", "mov", "3gp", "m4a", "heif"})
_FILM = frozenset({"moov", "mdat", "moof", "ftyp"})
"""Boxes that must be complete in a film."""
_INDEX = frozenset({"moov", "moof"})
_SHOT = ("extra.com_apple_quicktime_creationdate", "Recorded_Date")


def look(file: BinaryIO, *, film: bool = False) -> str:
    """MediaInfo's JSON on an open file; `film` where it is an MP4 or QuickTime film beyond doubt. Reads headers only.

    MediaInfo gets the open file, because a Chinese path fails under `LC_ALL=C`, and with a path MediaInfo may open
    the siblings that a playlist names. It can't open other files meanwhile. Raises CouldNotLookError.
    """
    with _faults():
        library.load()  # before opening files is blocked
        with sealed():
            return library.parse(file, film=film)


def version() -> str:
    """The library's version, such as `24.12`. Raises CouldNotLookError."""
    with _faults():
        return library.load().version


@contextmanager
def _faults() -> Iterator[None]:
    """Turns the errors of loading and running the library into CouldNotLookError."""
    try:
        yield
    except ImportError:
        raise CouldNotLookError(say("pymediainfo is not installed")) from None
    except OSError as why:
        if why.errno is None:
            raise CouldNotLookError(say("its library could not be loaded")) from None
        raise CouldNotLookError(say("reading failed")) from None
    except (RuntimeError, ValueError):
        raise CouldNotLookError(say("it failed on this file")) from None


def read(text: str) -> tuple[Fact, ...]:
    """The facts in MediaInfo's JSON.

    For a file that it can't parse (text, zeros, nothing) it prints one General track without a format: there are no
    facts. Raises CouldNotLookError if the text is not MediaInfo's output.
    """
    media = _parse(text).get("media")
    tracks = media.get("track") if isinstance(media, dict) else None
    if not isinstance(tracks, list) or not all(isinstance(track, dict) for track in tracks):
        raise CouldNotLookError(say("it did not answer in its own form"))
    raw: dict[str, Any] = next((track for track in tracks if track.get("@type") == "General"), {})
    general = Fields("General", flat(raw, ("extra",)))
    torn = _torn(raw.get("extra"))
    tell = Teller(WITNESS.name, whole="moov" not in torn)
    _tell_all(tell, general, tracks, torn)
    return tell.facts


def _parse(text: str) -> dict[str, Any]:
    try:
        output = read_json(text)
    except ValueError:
        output = None
    if not isinstance(output, dict):
        raise CouldNotLookError(say("it did not answer in its own form"))
    return output


def _torn(extra: Any) -> frozenset[str]:
    """The boxes that overrun the file's end, by MediaInfo's warnings.

    Good files get warnings too, but no IsTruncated.
    """
    if not isinstance(extra, dict) or extra.get("IsTruncated") != "Yes":
        return frozenset()
    rows = extra.get("ConformanceErrors")
    return (
        frozenset(name for row in rows if isinstance(row, dict) for name in row)
        if isinstance(rows, list)
        else frozenset()
    )


def _tell_all(tell: Teller, general: Fields, tracks: list[dict[str, Any]], torn: frozenset[str]) -> None:
    form = _format(general)
    if form is None:
        return
    tell.known(
        "format",
        form,
        general.at("CodecID" if general["CodecID"] else "Format"),
        general["CodecID"] or general["Format"],
    )
    if form in _ISO:
        _tell_brands(tell, general)
    if general["extra.IsTruncated"] == "Yes" and (form not in _ISO or not torn or torn & _FILM):
        # MediaInfo reports a box that overruns the file, even garbage after a complete film; if it reports nothing, that
        # proves nothing (a missing mdat, a missing last sample)
        tell.known("intact", False, general.at("extra.IsTruncated"), "Yes")
    if form not in _NO_TIME:
        _tell_film(tell, general, tracks, is_iso=form in _ISO, torn=torn)


def _tell_film(
    tell: Teller, general: Fields, tracks: list[dict[str, Any]], *, is_iso: bool, torn: frozenset[str]
) -> None:
    kinds = {kind: _of_kind(tracks, kind, is_iso=is_iso) for kind in ("Video", "Audio", "Text")}
    if not any(kinds.values()):
        return  # the index was not found, so the tracks are unknown
    picture, sound = _shown(kinds["Video"]), _shown(kinds["Audio"])
    # Tagged_Date is the date of modification
    tell_date(tell, (general.at("Encoded_Date"), general["Encoded_Date"]),
              tuple((general.at(name), general[name]) for name in _SHOT), floating=is_iso)  # fmt: skip
    tell_rows(tell, general, _TITLE)
    tell_rows(tell, general, _ENCODER if is_iso else _PROGRAM)
    if is_iso and general["IsStreamable"]:
        tell.known("faststart", general["IsStreamable"] == "Yes", general.at("IsStreamable"), general["IsStreamable"])
    if not torn & _INDEX:
        # in a truncated index it counts samples that are missing
        _tell_duration(tell, general, [*kinds["Video"], *kinds["Audio"]] if is_iso else [])
    for key, kind in (("video.count", "Video"), ("audio.count", "Audio"), ("subtitle.count", "Text")):
        tell.counted(key, len(kinds[kind]), general.at(f"{kind}Count"), str(len(kinds[kind])))
    every = [track for row in kinds.values() for track in row]
    _tell_encryption(tell, every)
    counted_all = not is_iso or sizes_add_up(every, counted(general["FileSize"]))
    if picture is None:
        tell.all_absent(PICTURES_TELL, general.at("VideoCount"))
    else:
        tell_picture_track(tell, picture, is_iso=is_iso, counted_all=counted_all)
    if sound is None:
        tell.all_absent(SOUNDS_TELL, general.at("AudioCount"))
    else:
        tell_sound_track(tell, sound, counted_all=counted_all)
        tell_languages(tell, [(track.at("Language"), track["Language"]) for track in kinds["Audio"]])


def _tell_encryption(tell: Teller, tracks: list[Fields]) -> None:
    """Adds that a track is encrypted, and hence can't be played. Its silence proves nothing."""
    locked = next((track for track in tracks if track["Encryption"]), None)
    if locked is not None:
        for key, value in (("encrypted", True), ("playable", False)):
            tell.known(key, value, locked.at("Encryption"), locked["Encryption"], say("the track is encrypted"))


def _format(general: Fields) -> str | None:
    name = general["Format"]
    if general["CodecID"]:
        # MediaInfo prints an unknown brand as the Format (`iso6`, `cmfc`), so the brands decide
        return format_of(_brand(general["CodecID"]), _brands(general))
    if name in {"MPEG-4", "QuickTime"}:
        return format_of(None, ())
    return _FORMATS.get(name)


def _brand(text: str) -> str:
    """A brand as in the file: MediaInfo prints those that aren't text as `0x00000000`."""
    if len(text) == 10 and text.startswith("0x"):
        try:
            return bytes.fromhex(text[2:]).decode("latin-1")
        except ValueError:
            pass
    return text


def _brands(general: Fields) -> tuple[str, ...]:
    return tuple(_brand(brand).rstrip(" ") for brand in general["CodecID_Compatible"].split("/") if brand)


def _tell_brands(tell: Teller, general: Fields) -> None:
    if not general["CodecID"]:
        tell.absent("format.brand", general.at("CodecID"))
        tell.absent("format.brands", general.at("CodecID_Compatible"))
        return
    tell.known("format.brand", _brand(general["CodecID"]).rstrip(" "), general.at("CodecID"), general["CodecID"])
    tell.known("format.brands", _brands(general), general.at("CodecID_Compatible"), general["CodecID_Compatible"])


def _of_kind(tracks: list[dict[str, Any]], kind: str, *, is_iso: bool) -> list[Fields]:
    """The real tracks of a kind, without chapter pictures, covers, thumbnails and captions inside video.

    MediaInfo doesn't list cover art.
    """
    rows = [flat(track, ("extra",)) for track in tracks if track.get("@type") == kind]
    fields = [Fields(f"{kind}[{place}]", row) for place, row in enumerate(rows)]
    if kind == "Text":
        return [track for track in fields if "-" not in track["ID"]]
    moving = [track for track in fields if not (is_iso and _holds_stills(track) and track["FrameCount"] == "1")]
    if is_iso and any(track["Default"] != "No" and not _holds_stills(track) for track in moving):
        return [track for track in moving if not _holds_stills(track)]
    return [track for track in moving if not (_holds_stills(track) and track["Default"] == "No")] or moving


def _holds_stills(track: Fields) -> bool:
    """Whether the codec is that of still pictures, so that the track may hold a cover or thumbnails."""
    return track["Format"] in {"JPEG", "M-JPEG", "PNG", "GIF", "TIFF", "JPEG 2000"}


def _shown(tracks: list[Fields]) -> Fields | None:
    """The track that a player takes: the first enabled one (ISO/IEC 14496-12, 8.3.2), else the first."""
    return next((track for track in tracks if track["Default"] != "No"), tracks[0] if tracks else None)


def _tell_duration(tell: Teller, general: Fields, tracks: list[Fields]) -> None:
    # A track's Duration is that of its edit list, empty edits in front included, which is what a player shows, to the
    # millisecond. General.Duration counts subtitles and chapters too, so in ISO files the longest picture or sound
    # decides; elsewhere tracks have no presentation time of their own and General.Duration holds.
    every = [(value, track) for track in tracks if (value := positive(track["Duration"])) is not None]
    value, source = max(every, key=lambda row: row[0], default=(positive(general["Duration"]), general))
    if value is None:
        return
    tell.known("duration", value, source.at("Duration"), source["Duration"])
    size = counted(general["FileSize"])
    if size is not None:
        tell.known(
            "bit-rate", size * 8 / value, general.at("FileSize"), general["FileSize"],
            say("the file's size in bits by its duration"),
        )  # fmt: skip


def _text(text: str) -> str | None:
    return text.strip() or None


# files written with their tags under other names (`mdta`) show them as extras
_TITLE = (Row("title", ("Title", "extra.title"), _text, absent=True),)
_ENCODER = (Row("encoder", ("Encoded_Application", "Encoded_Library", "extra.encoder"), _text, absent=True),)
_PROGRAM = (Row("encoder", ("Encoded_Application",), _text),)
"""The encoder in other formats: Encoded_Library names the muxing library, and a missing field proves nothing."""


def _look(subject: Subject) -> str:
    return look(subject.file, film=subject.layout is not None and subject.layout.undoubted)


WITNESS = Witness(
    name="mediainfo",
    keys=KEYS,
    needs=Needs(sane=True),
    version=version,
    look=_look,
    imports=("pymediainfo", "ctypes"),
    read=read,
    missed=marked(
        "without it there are no durations, codecs or dates to judge: install pymediainfo's wheel for this system"
    ),
    vital=True,
)
