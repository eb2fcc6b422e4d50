"""Reads a track's sample description: its codec, and the codec's configuration.

Only configuration records count, not names or the container's claims. If a record is missing or unreadable, or if two
records differ, nothing is known. Clauses in brackets are those of ISO/IEC 14496-12; the records
themselves are those of ISO/IEC 14496-14 (`esds`) and -15 (`avcC`, `hvcC`), and of each codec's own binding.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from vidcheck.quantities import Size
from vidcheck.witnesses.mp4 import av1, h264, hevc
from vidcheck.witnesses.mp4.coded import Bits, Coded, EndOfBitsError
from vidcheck.witnesses.picture import round_half_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from vidcheck.witnesses.mp4.iso import Node

_RECORDS: dict[str, tuple[str, Callable[[bytes], Coded | None]]] = {
    "avc1": ("avcC", h264.read_configuration), "avc3": ("avcC", h264.read_configuration),
    "hvc1": ("hvcC", hevc.read_configuration), "hev1": ("hvcC", hevc.read_configuration),
    "av01": ("av1C", av1.read_configuration), "vp09": ("vpcC", av1.read_vp9),
}  # fmt: skip
_NAMED = {
    "apco": ("prores", "422 Proxy"), "apcs": ("prores", "422 LT"), "apcn": ("prores", "422"), "apch": ("prores", "422 HQ"),
    "ap4h": ("prores", "4444"), "ap4x": ("prores", "4444 XQ"), "AVdn": ("dnxhd", None), "jpeg": ("mjpeg", None),
    "mjpa": ("mjpeg", None), "png ": ("png", None),
}  # fmt: skip
"""Codecs without a record: every reader has only the sample entry's type."""
_STREAMS = {0x20: "mpeg4", 0x6A: "mpeg1video", 0x6C: "mjpeg"} | dict.fromkeys(range(0x60, 0x66), "mpeg2video")
"""Object types of pictures in `esds` (ISO/IEC 14496-1, table 5)."""
OBJECT_PICTURES = frozenset({*_STREAMS, 0x21, 0x23, 0x6D, 0x6E, 0xA3, 0xA4, 0xB1, 0xD0})
OBJECT_SOUNDS = frozenset({0x40, *range(0x66, 0x6A), 0x6B, *range(0xA5, 0xAE), 0xC1, 0xD1, 0xDD, 0xE1})
"""Object types of pictures and of sound (mp4ra.org, "Object Types", and those that ffmpeg writes)."""
_APERTURE = 32  # bytes of `clap`: eight numbers
_DOLBY_VISION = frozenset({"dvcC", "dvvC", "dvwC"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Sound as its configuration describes it; None for what it doesn't say."""

    codec: str
    """A value of the key `audio.codec`."""
    profile: str | None = None
    """In ffmpeg's words, as the key `audio.profile`."""
    channels: int | None = None
    rate: int | None = None
    """The decoder's output, in samples a second."""


def read_picture(entry: Node) -> Coded | None:
    """The pictures that a sample entry describes; None if unknown. Never fails."""
    record, read = _RECORDS.get(entry.type, ("", None))
    if read is not None:
        found = entry.all(record)
        return read(found[0].bytes(0, 1 << 16)) if len(found) == 1 else None
    if entry.type == "mp4v":
        codec = _STREAMS.get(elementary_stream(entry)[0])
        return Coded(codec=codec) if codec else None
    codec, profile = _NAMED.get(entry.type, (None, None))
    return Coded(codec=codec, profile=profile) if codec else None


_STILLS = frozenset({"jpeg", "mjpa", "mjpb", "mjpg", "png", "gif", "tiff", "tga", "mjp2"})
_STILL_STREAMS = frozenset({0x6C, 0x6D, 0x6E})


def is_still(entry: Node) -> bool:
    """Whether the codec is that of still pictures, so that a track of it may hold a cover or thumbnails."""
    if entry.type == "mp4v":
        return elementary_stream(entry)[0] in _STILL_STREAMS
    return entry.type.strip(" ").lower() in _STILLS


def pixel_shape(entry: Node, coded: Coded) -> Fraction | None:
    """A pixel's width to its height; None if container and pictures differ, or if it is given twice."""
    boxes = entry.all("pasp")
    if len(boxes) > 1:
        return None
    across, down = (boxes[0].u32(0), boxes[0].u32(4)) if boxes else (0, 0)
    said = Fraction(across, down) if across and down else None
    if said is None or coded.shape is None:
        return said or coded.shape or Fraction(1)
    return said if said == coded.shape else None


def clean_aperture(entry: Node) -> Size | None:
    """The size of the clean aperture [12.1.4], to the nearest pixel; None if there is none or it can't be true."""
    box = entry.find("clap")
    figures = [box.u32(at) for at in range(0, 16, 4)] if box and box.room >= _APERTURE else []
    if not figures or not all(figures):
        return None
    across, over, down, under = figures
    return Size(round_half_up(Fraction(across, over)), round_half_up(Fraction(down, under)))


def standard_range(entry: Node, coded: Coded) -> bool:
    """Whether nothing in the description means high dynamic range: no such transfer, no Dolby Vision."""
    transfers = {coded.transfer} | {
        int.from_bytes(box.bytes(6, 2)) for box in entry.all("colr") if box.bytes(0, 4) in (b"nclx", b"nclc")
    }
    # 14 and 15 may be HLG (ARIB STD-B67, by a message in the pictures), 16 is PQ, 18 is HLG
    named = any(box.type in _DOLBY_VISION for box in entry.inside)
    return not named and None not in transfers and not transfers & {14, 15, 16, 18}


# --- sound ---

_PCM = frozenset({"sowt", "twos", "in24", "in32", "fl32", "fl64", "lpcm", "ulaw", "alaw", "raw "})
_AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_AAC_CHANNELS = (None, 1, 2, 3, 4, 5, 6, 8)
_AC3_CHANNELS = (2, 1, 2, 3, 3, 4, 4, 5)
_AC3_RATES = (48000, 44100, 32000)
_OWN_BAND = 24000
"""With a core at this rate or below, the stream may have spectral band replication that the headers don't mention."""
_LC, _SBR, _PS = 2, 5, 29


def read_sound(entry: Node) -> Sound | None:
    """The sound that a sample entry describes; None if unknown. Never fails."""
    try:
        if entry.type == "mp4a":
            return _mp4a(entry)
        if entry.type in _PCM:
            return _pcm(entry)
        if entry.type == "ima4":
            return Sound(codec="adpcm")
        record, read = _SOUNDS.get(entry.type, ("", None))
        found = inside(entry, record)
        return read(found.bytes(0, 256)) if read is not None and found is not None else None
    except EndOfBitsError:
        return None


def inside(entry: Node, kind: str) -> Node | None:
    """A record of the entry, or of QuickTime's `wave` within it."""
    return entry.find(kind) or entry.find(f"wave/{kind}")


def _mp4a(entry: Node) -> Sound | None:
    kind, configuration = elementary_stream(entry)
    if kind == 0x40:
        return _aac(Bits(configuration))
    codec = {0xA5: "ac3", 0xA6: "eac3", 0xA9: "dts", 0xAD: "opus", 0xDD: "vorbis"}.get(kind)
    return Sound(codec=codec) if codec else None


def _aac(bits: Bits) -> Sound | None:
    """AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1)."""
    kind, rate, channels = _object_type(bits), _aac_rate(bits), bits.read(4)
    explicit, parametric = kind in (_SBR, _PS), kind == _PS
    core = rate
    if explicit:
        rate, kind = _aac_rate(bits), _object_type(bits)
    if kind != _LC or rate is None or core is None:
        return Sound(codec="aac") if kind in (1, 2, 3, 4, 5, 17, 23, 29, 39, 42) else None
    said = explicit
    if not explicit:
        said, explicit, parametric, rate = _extension(bits, channels, core)
    count = _AAC_CHANNELS[channels] if channels < len(_AAC_CHANNELS) else None
    if not said and core <= _OWN_BAND:
        return Sound(codec="aac")
    if explicit:
        # the stream may have parametric stereo that the headers don't mention
        doubt = not parametric and count == 1
        profile = None if doubt else "HE-AACv2" if parametric else "HE-AAC"
        return Sound(codec="aac", profile=profile, channels=2 if parametric else None if doubt else count, rate=rate)
    return Sound(codec="aac", profile="LC", channels=count, rate=core)


def _extension(bits: Bits, channels: int, core: int) -> tuple[bool, bool, bool, int]:
    """The extension of an LC core: whether band replication is mentioned, is used, is with parametric stereo, and its rate."""
    try:
        bits.flag()
        if bits.flag():
            bits.read(14)
        if bits.flag() or not channels:
            return False, False, False, core
        if bits.read(11) != 0x2B7 or _object_type(bits) != _SBR:
            return False, False, False, core
        if not bits.flag():
            return True, False, False, core
        rate = _aac_rate(bits)
    except EndOfBitsError:
        return False, False, False, core
    try:
        parametric = bits.read(11) == 0x548 and bits.flag()
    except EndOfBitsError:
        parametric = False
    return rate is not None, True, parametric, rate or core


def _object_type(bits: Bits) -> int:
    kind = bits.read(5)
    return 32 + bits.read(6) if kind == 31 else kind


def _aac_rate(bits: Bits) -> int | None:
    index = bits.read(4)
    if index == 15:
        return bits.read(24) or None
    return _AAC_RATES[index] if index < len(_AAC_RATES) else None


def _pcm(entry: Node) -> Sound:
    """QuickTime File Format, "Sound Sample Description": version 2 has its fields elsewhere."""
    if int.from_bytes(entry.bytes(8, 2)) > 1:
        return Sound(codec="pcm")
    channels, rate = int.from_bytes(entry.bytes(16, 2)), int.from_bytes(entry.bytes(24, 2))
    return Sound(codec="pcm", channels=channels or None, rate=rate or None)


def _ac3(record: bytes) -> Sound:
    """`dac3` (ETSI TS 102 366, F.4)."""
    bits = Bits(record)
    rate, _, mode, low = bits.read(2), bits.read(8), bits.read(3), bits.read(1)
    return Sound(
        codec="ac3", channels=_AC3_CHANNELS[mode] + low, rate=_AC3_RATES[rate] if rate < len(_AC3_RATES) else None
    )


def _eac3(record: bytes) -> Sound:
    """`dec3` (ETSI TS 102 366, F.6): the channels of one independent substream on which no other depends."""
    bits = Bits(record)
    bits.read(13)
    others, rate = bits.read(3), bits.read(2)
    bits.read(10)  # the stream's version, a reserved bit, whether it is an associated service, its mode
    mode, low = bits.read(3), bits.read(1)
    bits.read(3)
    alone = not others and not bits.read(4)
    return Sound(
        codec="eac3", channels=_AC3_CHANNELS[mode] + low if alone else None,
        rate=_AC3_RATES[rate] if rate < len(_AC3_RATES) else None,
    )  # fmt: skip


def _opus(record: bytes) -> Sound:
    """`dOps` (Encapsulation of Opus in ISO BMFF, 4.3.2); the output is always 48 kHz (RFC 7845, 5.1)."""
    bits = Bits(record)
    bits.read(8)
    return Sound(codec="opus", channels=bits.read(8) or None, rate=48000)


def _alac(record: bytes) -> Sound:
    """The magic cookie behind version and flags."""
    bits = Bits(record)
    bits.read(32 + 32 + 5 * 8)
    channels, rate = bits.read(8), (bits.read(16 + 32 + 32), bits.read(32))[1]
    return Sound(codec="alac", channels=channels or None, rate=rate or None)


def _flac(record: bytes) -> Sound | None:
    """`dfLa`: the stream's information block (RFC 9639, 8.2) behind version, flags and its own header."""
    bits = Bits(record)
    bits.read(32 + 1)
    if bits.read(7) or bits.read(24) < 34:
        return None
    bits.read(80)
    rate = bits.read(20)
    return Sound(codec="flac", channels=bits.read(3) + 1, rate=rate or None)


_SOUNDS: dict[str, tuple[str, Callable[[bytes], Sound | None]]] = {
    "ac-3": ("dac3", _ac3), "ec-3": ("dec3", _eac3), "Opus": ("dOps", _opus), "alac": ("alac", _alac),
    "fLaC": ("dfLa", _flac),
    "samr": ("damr", lambda _: Sound(codec="amr_nb", channels=1, rate=8000)),
    "sawb": ("damr", lambda _: Sound(codec="amr_wb", channels=1, rate=16000)),
}  # fmt: skip


# --- elementary stream descriptors ---


def elementary_stream(entry: Node) -> tuple[int, bytes]:
    """The object type, and the codec's own configuration (ISO/IEC 14496-1, 7.2.6.5 to 7.2.6.7); 0 if none is said."""
    box = inside(entry, "esds")
    data = box.bytes(4, 4096) if box else b""
    kind, body, _ = _descriptor(data, 0)
    if kind != 3 or len(body) < 3:
        return 0, b""
    flags = body[2]
    at = 3 + 2 * (flags >> 7) + 2 * (flags >> 5 & 1)
    if flags & 0x40 and at < len(body):
        at += 1 + body[at]
    kind, body, _ = _descriptor(body, at)
    if kind != 4 or not body:
        return 0, b""
    specific, configuration, _ = _descriptor(body, 13)
    return body[0], configuration if specific == 5 else b""


def _descriptor(data: bytes, at: int) -> tuple[int, bytes, int]:
    """A descriptor's tag, its contents, and where it ends; tag 0 if there is none (ISO/IEC 14496-1, 8.3.3)."""
    if at + 2 > len(data):
        return 0, b"", at
    tag, size, at = data[at], 0, at + 1
    for _ in range(4):
        byte = data[at] if at < len(data) else 0
        size, at = size << 7 | byte & 0x7F, at + 1
        if not byte & 0x80:
            break
    return tag, data[at : at + size], at + size
