"""What a codec's configuration says of the pictures in a track, and the bits in which it says so; the same for every codec."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidcheck.quantities import Size

_LONGEST_CODE = 32
"""Leading zeros that a code may have (ITU-T H.264, 9.1; a longer one is no number of any header)."""


class EndOfBitsError(Exception):
    """The header ends before what it says that it holds, or holds what no header can."""


class Bits:
    """A place in a string of bits. Every method raises EndOfBitsError if there are too few."""

    __slots__ = ("_left", "_value")

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data)
        self._left = 8 * len(data)

    def read(self, width: int) -> int:
        """An unsigned number of so many bits."""
        self._left -= width
        if self._left < 0:
            raise EndOfBitsError
        return self._value >> self._left & (1 << width) - 1

    def flag(self) -> bool:
        """One bit."""
        return self.read(1) == 1

    def golomb(self, most: int = (1 << 32) - 2) -> int:
        """An unsigned Exp-Golomb code (ITU-T H.264, 9.1), of at most that value."""
        rest = self._value & (1 << self._left) - 1
        zeros = self._left - rest.bit_length()
        if zeros > _LONGEST_CODE:
            raise EndOfBitsError
        self._left -= zeros
        value = self.read(zeros + 1) - 1
        if value > most:
            raise EndOfBitsError
        return value

    def signed(self) -> int:
        """A signed Exp-Golomb code (ITU-T H.264, 9.1.1)."""
        code = self.golomb()
        return (code + 1) // 2 if code & 1 else -(code // 2)


def unescaped(unit: bytes) -> bytes:
    """A NAL unit without its emulation prevention bytes (ITU-T H.264, 7.3.1)."""
    return unit.replace(b"\0\0\3", b"\0\0")


_SHAPES = (
    None, (1, 1), (12, 11), (10, 11), (16, 11), (40, 33), (24, 11), (20, 11), (32, 11), (80, 33), (18, 11), (15, 11),
    (64, 33), (160, 99), (4, 3), (3, 2), (2, 1),
)  # fmt: skip
"""ITU-T H.264 table E-1 and H.265 table E.1."""
_EXTENDED = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """Pictures as their codec's configuration describes them; None for what it doesn't say."""

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
    """The transfer characteristics (ITU-T H.273, table 3); 2 if unspecified."""


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
