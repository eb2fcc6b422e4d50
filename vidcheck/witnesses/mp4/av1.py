"""AV1 and VP9: their configuration records (AV1 Codec ISO Media File Format Binding, 2.3; VP Codec Binding)."""

from __future__ import annotations

from vidcheck.quantities import Size
from vidcheck.witnesses.mp4.coded import Bits, Coded, EndOfBitsError

_PROFILES = ("Main", "High", "Professional")
_SEQUENCE = 1  # AV1 bitstream, 6.2.2: OBU_SEQUENCE_HEADER
_VP9_CHROMA = {0: "4:2:0", 1: "4:2:0", 2: "4:2:2", 3: "4:4:4"}


def read_configuration(data: bytes) -> Coded | None:
    """What `av1C` says of the pictures; None if it is unreadable."""
    if len(data) < 4 or data[0] != 0x81 or data[1] >> 5 >= len(_PROFILES):
        return None
    high, twelve, mono, across, down = (data[2] >> place & 1 for place in (6, 5, 4, 3, 2))
    try:
        size = _sequence_size(data[4:1024])
    except EndOfBitsError:
        size = None
    return Coded(
        codec="av1", size=size, profile=_PROFILES[data[1] >> 5], depth=12 if twelve else 10 if high else 8,
        chroma="4:0:0" if mono else {(1, 1): "4:2:0", (1, 0): "4:2:2", (0, 0): "4:4:4"}.get((across, down)),
    )  # fmt: skip


def _sequence_size(data: bytes) -> Size | None:
    """The largest frame by the sequence header that the record may hold (AV1 bitstream, 5.5.1)."""
    bits = Bits(data)
    bits.flag()
    kind, extension, sized = bits.read(4), bits.flag(), bits.flag()
    if kind != _SEQUENCE or not sized:
        return None
    bits.read(9 if extension else 1)
    while bits.flag():  # the size, in bytes of seven bits each
        bits.read(7)
    bits.read(7)
    bits.read(4)
    if bits.flag():  # reduced still picture header
        bits.read(5)
    else:
        _skip_operating_points(bits)
    wide, high = bits.read(4) + 1, bits.read(4) + 1
    return Size(bits.read(wide) + 1, bits.read(high) + 1)


def _skip_operating_points(bits: Bits) -> None:
    decoder, delay = False, 0
    if bits.flag():  # timing
        bits.read(64)
        if bits.flag():
            bits.golomb()
        decoder = bits.flag()
        if decoder:
            delay = bits.read(5) + 1
            bits.read(42)
    display = bits.flag()
    for _ in range(bits.read(5) + 1):
        bits.read(12)
        if bits.read(5) > 7:
            bits.flag()
        if decoder and bits.flag():
            bits.read(2 * delay + 1)
        if display and bits.flag():
            bits.read(4)


def read_vp9(data: bytes) -> Coded | None:
    """What `vpcC` says of the pictures. It has no size."""
    if len(data) < 7 or data[0] != 1 or data[4] > 3:
        return None
    depth, chroma = data[6] >> 4, data[6] >> 1 & 7
    if depth not in (8, 10, 12):
        return None
    return Coded(codec="vp9", profile=f"Profile {data[4]}", depth=depth, chroma=_VP9_CHROMA.get(chroma))
