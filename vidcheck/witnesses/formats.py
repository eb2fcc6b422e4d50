"""The format of a file, by the brands of its file type box or by its first bytes.

All witnesses use this module, so that they agree.
"""

from __future__ import annotations

from collections.abc import Iterable  # noqa: TC003 - the signature is read by callers' tools
from itertools import islice

_QUICKTIME = frozenset({"qt", "mqt"})
_SOUND = frozenset({"M4A", "M4B", "M4P", "F4A", "F4B"})
_STILL = frozenset({
    "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "mif2", "mif3", "msf1", "avif",
    "avis", "avio", "avci", "avcs", "vvic", "vvis", "1pic", "1pvs", "miaf", "jpeg", "jpgs", "j2ki", "j2is",
    "jxl", "crx", "MA1A", "MA1B", "MiHB", "MiHE",
})  # fmt: skip
_MP4 = frozenset({
    "isom", "iso2", "iso3", "iso4", "iso5", "iso6", "iso7", "iso8", "iso9", "isoa", "isob", "isoc", "mp41",
    "mp42", "avc1", "hvc1", "hev1", "av01", "vvc1", "dash", "msdh", "msix", "dby1", "cmfc", "cmf2", "cmff",
    "cmfl", "cmfs", "ccff", "lmsg", "sims", "piff", "isml", "mmp4", "M4V", "M4VH", "M4VP", "F4V", "F4P", "f4v",
    "MSNV", "XAVC", "NDSC", "NDSH", "NDSM", "NDSP", "NDSS", "NDXC", "NDXH", "NDXM", "NDXP", "NDXS", "SDV",
    "CAEP", "caqv", "dvr1", "dvt1",
})  # fmt: skip
_3GPP = ("3gp", "3ge", "3gg", "3gr", "3gs", "3gt", "3gh", "3gm", "3gf", "3g2", "kddi")
_MAJOR = ((_QUICKTIME, "mov"), (_SOUND, "m4a"), (_STILL, "heif"))
"""Brands that decide if they are the major brand, whatever the others are."""


def format_of(major: str | None, compatible: Iterable[str] = ()) -> str:
    """The format, a value of the key `format`: `mp4` `mov` `3gp` `m4a` `heif`.

    `major` is None where there is no file type box: QuickTime files had none (QuickTime File Format, "The File Type
    Compatibility Atom"). Spaces at a brand's end don't matter. A file with only an unregistered brand is still an ISO
    base media file, which every player opens as MP4.
    """
    if major is None:
        return "mov"
    first = major.rstrip(" ")
    for brands, name in _MAJOR:
        if first in brands:
            return name
    every = {first, *(brand.rstrip(" ") for brand in compatible)}
    if every & _MP4:
        return "mp4"
    if any(brand.startswith(_3GPP) for brand in every):
        return "3gp"
    return "mov" if every & _QUICKTIME else "mp4"


HEAD = 1 << 16
"""So many bytes of a file are enough (SMPTE ST 377-1, 6.5: an MXF run-in is shorter)."""

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


POINTER = b"version https://git-lfs.github.com/spec/v1\n"
"""The first line of a Git LFS pointer, which stands in a repository in place of the file (git-lfs, docs/spec.md)."""


def foreign_format(head: bytes) -> str:
    """The format by its signature, a value of the key `format`; `none` if it isn't a media file.

    `head` is the file's beginning, up to HEAD bytes. It never fails.
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
    """The format after an ID3v2 tag (id3.org, ID3v2.4.0, 3.1); mp3 if that is beyond `head`."""
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    rest = head[10 + size :]
    return {"flac": "flac", "aac": "aac"}.get("flac" if rest.startswith(b"fLaC") else _by_rhythm(rest), "mp3")


def _by_rhythm(head: bytes) -> str:
    """Formats without a signature, recognised by packets or frames at the right distances."""
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
    """Whether every packet begins with the sync byte 0x47 (ISO/IEC 13818-1, 2.4.3.2), five times or more."""
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
