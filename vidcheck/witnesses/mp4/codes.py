"""What the first bytes of a sample prove, by its sample entry: which codecs are never zero, and where units are counted.

Clauses in brackets are those of ISO/IEC 14496-15, if nothing else is said. Everything here is pure and never fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from vidcheck.witnesses.mp4.coded import Bits, EndOfBitsError
from vidcheck.witnesses.mp4.sample_entries import elementary_stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from vidcheck.witnesses.mp4.iso import Node

_ENCRYPTED = frozenset({"encv", "enca", "enct", "encs", "drmi", "drms", "resv"})
_PICTURES = frozenset({
    "avc1", "avc2", "avc3", "avc4", "dva1", "dvav", "hvc1", "hev1", "dvh1", "dvhe", "vvc1", "vvi1", "av01", "vp08", "vp09",
    "mp4v", "s263", "h263", "H263", "apco", "apcs", "apcn", "apch", "ap4h", "ap4x", "AVdn", "AVdh", "jpeg", "mjpa", "mjpb",
    "png ",
})  # fmt: skip
_SOUNDS = frozenset({".mp3", "ms\0U", "ac-3", "ec-3", "Opus", "fLaC", "alac", "dtsc", "dtsh", "dtsl", "dtse", "mlpa"})
_OBJECTS = frozenset({0x40, 0x66, 0x67, 0x68, 0x69, 0x6B, 0xA5, 0xA6, 0xA9, 0xAD})
"""Object types of compressed sound in `esds`: AAC, MP3, AC-3, E-AC-3, DTS, Opus (ISO/IEC 14496-1, table 5)."""


class Unit(NamedTuple):
    """A unit in a sample of coded pictures."""

    size: int
    """With what precedes it to say its length."""
    picture: bool
    """Whether it holds a part of the picture, and not only what helps to decode or to fill."""


@dataclass(frozen=True, slots=True)
class Code:
    """What is known of the bytes of the samples that a sample entry describes."""

    unit: Callable[[bytes, int], Unit | None] | None = None
    """Reads a unit's beginning, with the bytes that are left in its sample; None if it can't be one."""
    prefix: int = 0
    """The bytes that say a unit's length; 0 if lengths are not of a fixed width."""
    alone: Callable[[bytes], bool | None] | None = None
    """Whether decoding can begin with a unit of these bytes; False if its picture needs earlier ones, None if it doesn't say."""
    begins: Callable[[bytes], bool] | None = None
    """Whether a sample can begin with these bytes; None if nothing is known of that."""


def read_code(entry: Node) -> Code | None:
    """What the bytes of such samples show; None if nothing can be said: they may be zero, or are encrypted."""
    if entry.type in _ENCRYPTED or entry.find("sinf") or entry.find("wave/sinf"):
        return None
    for record, reader in _RECORDS.items():
        found = entry.find(record)
        if found is not None and entry.type in _PICTURES:
            return reader(found)
    if entry.type == "mp4a":
        kind, configuration = elementary_stream(entry)
        begins = _aac(configuration) if kind == _AAC else _STREAMS.get(kind)
        return Code(begins=begins) if kind in _OBJECTS else None
    if entry.type == "mp4v":
        return Code(begins=_STREAMS.get(elementary_stream(entry)[0]))
    return Code(begins=_BEGINS.get(entry.type)) if entry.type in _PICTURES or entry.type in _SOUNDS else None


def _counted(
    width: int, picture: Callable[[bytes], bool | None], alone: Callable[[bytes], bool | None] | None = None
) -> Code:
    """Units after their lengths, which are numbers of `width` bytes [4.3.3]; `picture` is None where no unit can begin."""

    def read(head: bytes, left: int) -> Unit | None:
        size = int.from_bytes(head[:width])
        shows = picture(head[width : width + size]) if 0 < size <= left - width else None
        return None if shows is None else Unit(width + size, shows)

    return Code(read, width, alone)


def _avc(record: Node) -> Code:
    return _counted((record.bytes(4, 1) or b"\3")[0] % 4 + 1, _h264, _begins_h264)


def _hevc(record: Node) -> Code:
    return _counted((record.bytes(21, 1) or b"\3")[0] % 4 + 1, _h265, _begins_h265)


def _vvc(record: Node) -> Code:
    return _counted((record.bytes(4, 1) or b"\6")[0] // 2 % 4 + 1, _h266)


def _av1(_: Node) -> Code:
    return Code(_obu)


_RECORDS: dict[str, Callable[[Node], Code]] = {"avcC": _avc, "hvcC": _hevc, "vvcC": _vvc, "av1C": _av1}


def _h264(head: bytes) -> bool | None:
    """Whether a unit holds a part of a picture; None if its header is none (ITU-T H.264, 7.3.1)."""
    kind = head[0] & 31 if head else 0
    return None if not kind or head[0] & 0x80 else kind in (1, 2, 3, 4, 5, 19, 20, 21)


def _begins_h264(head: bytes) -> bool | None:
    """Whether decoding can begin with a unit: an IDR picture, a slice that needs no other, or a recovery point before it."""
    kind = head[0] & 31
    if kind in (1, 2):
        return _is_intra(head[1:])
    return True if kind == 5 or (kind == 6 and _recovers(head[1:])) else None


def _is_intra(slice_header: bytes) -> bool | None:
    """Whether a slice needs no other picture (7.3.3, 7.4.3); None if its header can't be read."""
    try:
        bits = Bits(slice_header)
        bits.golomb()
        return bits.golomb() % 5 in (2, 4)
    except EndOfBitsError:
        return None


def _recovers(message: bytes) -> bool:
    """Whether a message begins with what says that decoding can begin there (D.1: a buffering period, a recovery point)."""
    return message[:1] in (b"\0", b"\6")


def _h265(head: bytes) -> bool | None:
    """As for H.264 (ITU-T H.265, 7.3.1.2): the second byte's last bits are never zero."""
    return None if head[0] & 0x80 or not any(head[1:2]) else (head[0] >> 1 & 63) < 32


def _begins_h265(head: bytes) -> bool | None:
    """As for H.264: a picture from which decoding can begin, or a recovery point before it."""
    kind = head[0] >> 1 & 63
    if kind < 32:
        return kind > 15
    return True if kind == 39 and _recovers(head[2:]) else None


def _h266(head: bytes) -> bool | None:
    """As for H.265 (ITU-T H.266, 7.3.1.2)."""
    return None if head[0] & 0x80 or not any(head[1:2]) else head[1] >> 3 < 12


def _obu(head: bytes, left: int) -> Unit | None:
    """An open bitstream unit of AV1 (AV1 Bitstream & Decoding Process, 5.3); the last one may have no size."""
    kind, at = head[0] >> 3 & 15, 2 if head[0] & 4 else 1
    if head[0] & 0x80 or not kind:
        return None
    picture = kind in (3, 4, 6)
    if not head[0] & 2:
        return Unit(left, picture)
    size = 0
    for place, byte in enumerate(head[at : at + 8]):
        size |= (byte & 0x7F) << 7 * place
        if not byte & 0x80:
            whole = at + place + 1 + size
            return Unit(whole, picture) if whole <= left else None
    return None


# --- how samples without counted units begin ---

_AAC, _ADTS = 0x40, b"\xff\xf0"
_CHANNELS, _DATA, _FILL, _PROGRAM = frozenset({0, 1}), 4, 6, 5
"""Syntactic elements of AAC: one channel or two, and what may stand before them."""
_PLAIN_AAC = frozenset({1, 2, 3, 4, 5, 29})


def _aac(configuration: bytes) -> Callable[[bytes], bool] | None:
    """How AAC begins (ISO/IEC 14496-3, 4.4.2.1): with an element, and the first of its kind bears the number 0 or 1."""
    return _element if configuration and configuration[0] >> 3 in _PLAIN_AAC else None


def _element(head: bytes) -> bool:
    kind, number = head[0] >> 5, head[0] >> 1 & 15
    if kind in _CHANNELS or kind == _DATA:
        return number < 2
    return kind in (_FILL, _PROGRAM) or bytes((head[0], head[1] & 0xF0 if head[1:] else 0)) == _ADTS


def _with(*starts: bytes, at: int = 0) -> Callable[[bytes], bool]:
    """Whether one of these is there, or a sample is too short to have it."""
    return lambda head: len(head) < at + len(starts[0]) or head.startswith(starts, at)


def _mpeg_sound(head: bytes) -> bool:
    """Whether a frame begins with its eleven bits (ISO/IEC 11172-3, 2.4.1.3)."""
    return len(head) < 2 or (head[0] == 0xFF and head[1] >= 0xE0)


_DOLBY, _START, _PRORES, _JPEG = (
    _with(b"\x0b\x77", b"\x77\x0b"),
    _with(b"\0\0\1"),
    _with(b"icpf", at=4),
    _with(b"\xff\xd8"),
)
_SHORT = tuple(b"\0\0" + bytes([byte]) for byte in (1, *range(0x80, 0x84)))
"""How MPEG-4 begins: with a start code, or with H.263's (ISO/IEC 14496-2, 6.2.5.2)."""
_STREAMS: dict[int, Callable[[bytes], bool]] = {
    0x20: _with(*_SHORT), 0x69: _mpeg_sound, 0x6A: _START, 0x6B: _mpeg_sound, 0x6C: _JPEG, 0xA5: _DOLBY, 0xA6: _DOLBY,
} | dict.fromkeys(range(0x60, 0x66), _START)  # fmt: skip
"""By the object type in `esds`."""
_BEGINS: dict[str, Callable[[bytes], bool]] = {
    ".mp3": _mpeg_sound, "ms\0U": _mpeg_sound, "ac-3": _DOLBY, "ec-3": _DOLBY, "fLaC": _with(b"\xff\xf8", b"\xff\xf9"),
    "jpeg": _JPEG, "png ": _with(b"\x89PNG"),
} | dict.fromkeys(("apco", "apcs", "apcn", "apch", "ap4h", "ap4x"), _PRORES)  # fmt: skip
