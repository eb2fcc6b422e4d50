"""Bits of H.264 (ITU-T H.264), without an encoder: the picture's size, the pixels' shape, grey pictures.

Sequence parameter sets (7.3.2.1.1) are rewritten bit by bit; all clauses are those of the standard.
"""

from tests.clips.tree import SurgeryError

_WITH_CHROMA = frozenset({100, 110, 122, 244, 44})
"""Profiles whose parameters tell the chroma format."""


class _Bits:
    """Reads bits one after another and remembers where it is."""

    def __init__(self, unit: bytes) -> None:
        payload = unit.replace(b"\0\0\3", b"\0\0")  # emulation prevention (7.4.1)
        self.text = "".join(f"{byte:08b}" for byte in payload).rstrip("0")[:-1]  # without the stop bit
        self.at = 0

    def take(self, width: int) -> int:
        """The next `width` bits as a number, u(n)."""
        self.at += width
        return int(self.text[self.at - width : self.at], 2)

    def golomb(self) -> int:
        """The next ue(v) (9.1)."""
        zeros = self.text.index("1", self.at) - self.at
        self.at += zeros
        return self.take(zeros + 1) - 1


def resize_pictures(sps: bytes, width: int, height: int) -> bytes:
    """The same parameters for pictures of `width` x `height`; frames of 4:2:0 only, both even."""
    bits = _Bits(sps)
    _to_size(bits)
    start = bits.at
    bits.golomb(), bits.golomb()
    if not bits.take(1):
        raise SurgeryError("interlaced pictures")
    bits.take(1)
    middle = bits.text[bits.at - 2 : bits.at]
    if bits.take(1):
        [bits.golomb() for _ in range(4)]
    if width % 2 or height % 2 or min(width, height) < 2:
        raise SurgeryError(f"{width}x{height} has no whole chroma samples")
    across, down = -(-width // 16), -(-height // 16)
    right, bottom = (across * 16 - width) // 2, (down * 16 - height) // 2
    crop = "1" + _golomb(0) + _golomb(right) + _golomb(0) + _golomb(bottom) if right or bottom else "0"
    size = _golomb(across - 1) + _golomb(down - 1) + middle + crop
    return _unit(bits.text[:start] + size + bits.text[bits.at :])


def reshape_pixels(sps: bytes, horizontal: int, vertical: int) -> bytes:
    """The same parameters with pixels `horizontal`:`vertical` wide (E.2.1)."""
    bits = _Bits(sps)
    _to_size(bits)
    bits.golomb(), bits.golomb()
    if not bits.take(1):
        bits.take(1)
    bits.take(1)
    if bits.take(1):
        [bits.golomb() for _ in range(4)]
    if not bits.take(1) or not bits.take(1):
        raise SurgeryError("the parameters tell no pixel shape")
    start = bits.at
    if bits.take(8) == 255:
        bits.take(32)
    shape = f"{255:08b}{horizontal:016b}{vertical:016b}"
    return _unit(bits.text[:start] + shape + bits.text[bits.at :])


def grey_pictures(sps: bytes) -> tuple[bytes, list[bytes]]:
    """A picture parameter set and pictures of plain grey for a stream with these sequence parameters.

    The first picture stands alone (IDR); the others, as many as frame_num has values, say "the same again"
    and follow it in this order, over and over. Without length prefixes or start codes.
    """
    bits = _Bits(sps)
    width = _to_size(bits)
    number = (bits.golomb() + 1) * (bits.golomb() + 1)
    # CAVLC, one reference, deblocking controlled by the slice (7.3.2.2)
    pps = b"\x68" + _unit("11" + "00" + "111" + "000" + "111" + "100")
    # Slice header (7.3.3), then Intra_16x16 with DC prediction and no residual: 128 everywhere (7.3.5)
    alone = _golomb(0) + _golomb(7) + _golomb(0) + "0" * width + _golomb(0) + "00" + "1" + _golomb(1)
    pictures = [b"\x65" + _unit(alone + "00100111" * number)]
    for frame in (*range(1, 1 << width), 0):
        again = _golomb(0) + _golomb(5) + _golomb(0) + f"{frame:0{width}b}" + "000" + "1" + _golomb(1)
        pictures.append(b"\x41" + _unit(again + _golomb(number)))  # mb_skip_run: all of them
    return pps, pictures


def _to_size(bits: _Bits) -> int:
    """Read on to pic_width_in_mbs_minus1; gives the width of frame_num in bits."""
    bits.take(8)
    profile = bits.take(8)
    bits.take(16)
    bits.golomb()
    if profile in _WITH_CHROMA:
        chroma = bits.golomb()
        bits.golomb(), bits.golomb()
        bits.take(1)
        if chroma != 1 or bits.take(1):
            raise SurgeryError("not 4:2:0, or with scaling lists")
    width = bits.golomb() + 4
    if bits.golomb() != 2:
        raise SurgeryError("pictures are shown in another order than they come")
    bits.golomb()
    bits.take(1)
    return width


def _golomb(value: int) -> str:
    digits = f"{value + 1:b}"
    return "0" * (len(digits) - 1) + digits


def _unit(text: str) -> bytes:
    """Bits to a unit's bytes: the stop bit, whole bytes, emulation prevention."""
    text += "1"
    text += "0" * (-len(text) % 8)
    unit = bytearray()
    zeros = 0
    for byte in (int(text[at : at + 8], 2) for at in range(0, len(text), 8)):
        if zeros >= 2 and byte <= 3:
            unit.append(3)
            zeros = 0
        unit.append(byte)
        zeros = 0 if byte else zeros + 1
    return bytes(unit)
