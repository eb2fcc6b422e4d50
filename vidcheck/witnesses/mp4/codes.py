"""What the first bytes of a sample prove, by its sample entry: which codecs are never zero, and where units are counted.

Clauses in brackets are those of ISO/IEC 14496-15, if nothing else is said. Everything here is pure and never fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

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


def read_code(entry: Node) -> Code | None:
    """What the bytes of such samples show; None if nothing can be said: they may be zero, or are encrypted."""
    if entry.type in _ENCRYPTED or entry.find("sinf") or entry.find("wave/sinf"):
        return None
    for record, reader in _RECORDS.items():
        found = entry.find(record)
        if found is not None and entry.type in _PICTURES:
            return reader(found)
    if entry.type == "mp4a":
        return Code() if elementary_stream(entry)[0] in _OBJECTS else None
    return Code() if entry.type in _PICTURES or entry.type in _SOUNDS else None


def _counted(width: int, unit: Callable[[bytes], bool | None]) -> Code:
    """Units after their lengths, which are numbers of `width` bytes [4.3.3]."""

    def read(head: bytes, left: int) -> Unit | None:
        size = int.from_bytes(head[:width])
        picture = unit(head[width:]) if 0 < size <= left - width else None
        return None if picture is None else Unit(width + size, picture)

    return Code(read, width)


def _avc(record: Node) -> Code:
    return _counted((record.bytes(4, 1) or b"\3")[0] % 4 + 1, _h264)


def _hevc(record: Node) -> Code:
    return _counted((record.bytes(21, 1) or b"\3")[0] % 4 + 1, _h265)


def _vvc(record: Node) -> Code:
    return _counted((record.bytes(4, 1) or b"\6")[0] // 2 % 4 + 1, _h266)


def _av1(_: Node) -> Code:
    return Code(_obu)


_RECORDS: dict[str, Callable[[Node], Code]] = {"avcC": _avc, "hvcC": _hevc, "vvcC": _vvc, "av1C": _av1}


def _h264(head: bytes) -> bool | None:
    """Whether a unit holds a part of a picture; None if its header is none (ITU-T H.264, 7.3.1)."""
    kind = head[0] & 31 if head else 0
    return None if head[0] & 0x80 or not kind else kind in (1, 2, 3, 4, 5, 19, 20, 21)


def _h265(head: bytes) -> bool | None:
    """As for H.264 (ITU-T H.265, 7.3.1.2): the second byte's last bits are never zero."""
    return None if head[0] & 0x80 or not any(head[1:2]) else head[0] >> 1 & 63 < 32


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
