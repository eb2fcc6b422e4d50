"""Bits of a codec's headers, read one after the other: whole numbers of fixed width, and Exp-Golomb codes."""

from __future__ import annotations

_LONGEST_CODE = 32
"""Leading zeros that a code may have (ITU-T H.264, 9.1; a longer one is no number of any header)."""


class EndOfBitsError(Exception):
    """The header ends before what it says that it holds, or holds what no header can."""


class Bits:
    """A place in a string of bits. Every method raises EndOfBitsError where there are too few."""

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
