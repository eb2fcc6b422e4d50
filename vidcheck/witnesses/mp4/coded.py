"""What a codec's configuration says of the pictures in a track, the same for every codec."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidcheck.quantities import Size
    from vidcheck.witnesses.mp4.bits import Bits

_SHAPES = (
    None, (1, 1), (12, 11), (10, 11), (16, 11), (40, 33), (24, 11), (20, 11), (32, 11), (80, 33), (18, 11), (15, 11),
    (64, 33), (160, 99), (4, 3), (3, 2), (2, 1),
)  # fmt: skip
"""ITU-T H.264 table E-1 and H.265 table E.1."""
_EXTENDED = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """Pictures as their codec's configuration describes them. None everywhere where it doesn't say."""

    codec: str
    """A value of the key `video.codec`."""
    size: Size | None = None
    """What is decoded and shown, cropping applied."""
    shape: Fraction | None = None
    """A pixel's width to its height."""
    profile: str | None = None
    """In ffmpeg's words, as the key `video.profile`."""
    depth: int | None = None
    chroma: str | None = None
    progressive: bool | None = None
    transfer: int | None = None
    """The transfer characteristics (ITU-T H.273, table 3); 2 where the configuration leaves it open."""


def chroma_of(code: int) -> str | None:
    """Colour sampling by `chroma_format_idc` (ITU-T H.264, 6.2)."""
    return {0: "4:0:0", 1: "4:2:0", 2: "4:2:2", 3: "4:4:4"}.get(code)


def read_shape(bits: Bits) -> Fraction | None:
    """The pixel shape that the usability information begins with (ITU-T H.264, E.1.1; H.265, E.2.1)."""
    if not bits.flag():
        return None
    code = bits.read(8)
    if code == _EXTENDED:
        across, down = bits.read(16), bits.read(16)
        return Fraction(across, down) if across and down else None
    wide_high = _SHAPES[code] if code < len(_SHAPES) else None
    return Fraction(*wide_high) if wide_high else None


def read_transfer(bits: Bits) -> int:
    """The transfer characteristics that follow the pixel shape in the usability information; 2 for "not said"."""
    if bits.flag():  # overscan
        bits.flag()
    if not bits.flag():
        return 2
    bits.read(4)  # format and range
    if not bits.flag():
        return 2
    _, transfer, _ = bits.read(8), bits.read(8), bits.read(8)
    return transfer
