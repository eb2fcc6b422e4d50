"""What a file is by the bytes it begins with, where it is not of the ISO base media family."""

from __future__ import annotations

from itertools import islice

HEAD = 1 << 16
"""So many bytes of a file are enough to tell (SMPTE ST 377-1, 6.5: an MXF run-in is shorter)."""

_STARTS: tuple[tuple[bytes, int, str], ...] = (
    (b"RIFF", 0, "riff"), (b"RF64", 0, "riff"), (b"\x1a\x45\xdf\xa3", 0, "ebml"), (b"ID3", 0, "id3"),
    (b"FLV\x01", 0, "flv"), (b"OggS\0", 0, "ogg"), (b"fLaC", 0, "flac"), (b"\0\0\x01\xba", 0, "mpegps"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c", 0, "wmv"),
    (b"\xff\xd8\xff", 0, "jpeg"), (b"\x89PNG\r\n\x1a\n", 0, "png"), (b"GIF87a", 0, "gif"), (b"GIF89a", 0, "gif"),
    (b"%PDF-", 0, "pdf"), (b"PK\x03\x04", 0, "zip"), (b"PK\x05\x06", 0, "zip"), (b"Rar!\x1a\x07", 0, "rar"),
    (b"7z\xbc\xaf\x27\x1c", 0, "7z"),
)  # fmt: skip
_RIFF = {b"AVI ": "avi", b"AVIX": "avi", b"WAVE": "wav"}
_MXF = b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01"
_DOC_TYPE = b"\x42\x82"
_PACKETS = ((188, 0), (192, 4), (204, 0), (208, 0))
_MP3_KBITS = {
    (3, 1): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (3, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (2, 1): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MP3_RATES = (44100, 48000, 32000)


def foreign_format(head: bytes) -> str:
    """The format by its signature, a value of the key `format`; `none` for what is no media file.

    `head` is the file's beginning, up to HEAD bytes. Total: any bytes have an answer.
    """
    kind = next((kind for start, at, kind in _STARTS if head.startswith(start, at)), "")
    if kind == "riff":
        return _RIFF.get(head[8:12], "none")
    if kind == "ebml":
        return _ebml(head)
    if kind == "id3":
        return _after_id3(head)
    return kind or _by_rhythm(head)


def _ebml(head: bytes) -> str:
    """Matroska and WebM differ by the DocType in the EBML header (RFC 8794, 11.2.4; matroska is its default)."""
    at = head.find(_DOC_TYPE, 4, 128)
    size = head[at + 2] & 0x7F if 0 < at < len(head) - 2 else 0
    name = head[at + 3 : at + 3 + size].rstrip(b"\0")
    return {b"webm": "webm", b"matroska": "matroska"}.get(name, "matroska" if at < 0 else "none")


def _after_id3(head: bytes) -> str:
    """What an ID3v2 tag stands before (id3.org, ID3v2.4.0, 3.1); mp3 where that lies out of sight."""
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    rest = head[10 + size :]
    return {"flac": "flac", "aac": "aac"}.get("flac" if rest.startswith(b"fLaC") else _by_rhythm(rest), "mp3")


def _by_rhythm(head: bytes) -> str:
    """Formats without a signature of their own: packets or frames that follow one another at the right distance."""
    if any(_every(head, step, first) for step, first in _PACKETS):
        return "mpegts"
    for name, length in (("aac", _adts), ("mp3", _mpeg_audio)):
        at = frames = 0
        while frames < 4 and at < len(head) and (step := length(head[at : at + 7])):
            at, frames = at + step, frames + 1
        if frames >= 2 and (frames == 4 or at >= len(head)):
            return name
    return "mxf" if _MXF in head else "none"


def _every(head: bytes, step: int, first: int) -> bool:
    """Whether a sync byte 0x47 stands at the head of every packet (ISO/IEC 13818-1, 2.4.3.2), five times or more."""
    marks = head[first::step]
    return len(marks) >= 5 and all(mark == 0x47 for mark in islice(marks, 16))


def _adts(frame: bytes) -> int:
    """The length of an AAC frame (ISO/IEC 13818-7, 6.2.1), 0 where none begins."""
    if len(frame) < 7 or frame[0] != 0xFF or frame[1] & 0xF6 != 0xF0 or frame[2] >> 2 & 15 > 12:
        return 0
    length = (frame[3] & 3) << 11 | frame[4] << 3 | frame[5] >> 5
    return length if length > 7 else 0


def _mpeg_audio(frame: bytes) -> int:
    """The length of an MPEG audio frame of layer II or III (ISO/IEC 11172-3, 2.4.2.3), 0 where none begins."""
    if len(frame) < 4 or frame[0] != 0xFF or frame[1] & 0xE0 != 0xE0:
        return 0
    version, layer = frame[1] >> 3 & 3, frame[1] >> 1 & 3
    bits, rate, padding = frame[2] >> 4, frame[2] >> 2 & 3, frame[2] >> 1 & 1
    if version == 1 or layer not in (1, 2) or rate == 3 or not 0 < bits < 15:
        return 0
    hertz = _MP3_RATES[rate] >> (3 - version if version else 2)
    kbits = _MP3_KBITS[3 if version == 3 else 2, layer][bits - 1]
    return (72 if layer == 1 and version != 3 else 144) * kbits * 1000 // hertz + padding
