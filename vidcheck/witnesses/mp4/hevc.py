"""HEVC: the sequence parameter set in a configuration record (ISO/IEC 14496-15, 8.3.3; ITU-T H.265, 7.3.2.2)."""

from __future__ import annotations

from vidcheck.quantities import Size
from vidcheck.witnesses.mp4.coded import Bits, Coded, EndOfBitsError, chroma_of, read_shape, read_transfer, unescaped

_PROFILES = {1: "Main", 2: "Main 10", 3: "Main Still Picture", 4: "Format Range"}
_UNIT = 33
_NEEDED = frozenset({32, 33, 34})
"""Units of parameter sets: of video, sequence, and picture (7.4.2.2)."""


def read_configuration(data: bytes) -> Coded | None:
    """What `hvcC` says of the pictures; None if it is unreadable, or has different sets."""
    found: list[Coded] = []
    for unit in units_in(data) or ():
        if is_set(unit):
            coded = read_set(unit)
            if coded is None:
                return None
            found.append(coded)
    return found[0] if found and all(each == found[0] for each in found) else None


def units_in(data: bytes) -> list[bytes] | None:
    """The units in `hvcC`; None if the record can't be true. Early writers gave it version 0."""
    if len(data) < 23 or data[0] > 1:
        return None
    units, at = list[bytes](), 23
    for _ in range(data[22]):
        count, at = int.from_bytes(data[at + 1 : at + 3]), at + 3
        for _ in range(count):
            size = int.from_bytes(data[at : at + 2])
            unit = data[at + 2 : at + 2 + size]
            if len(unit) != size or not size:
                return None
            units.append(unit)
            at += 2 + size
    return units


def is_set(unit: bytes) -> bool:
    """Whether a unit is a sequence parameter set by its header."""
    return unit[0] >> 1 & 0x3F == _UNIT


def has_all_sets(units: list[bytes]) -> bool:
    """Whether there is a parameter set of each kind that a decoder needs."""
    return {unit[0] >> 1 & 0x3F for unit in units} >= _NEEDED


def is_header(unit: bytes) -> bool:
    """Whether a unit is a parameter set or a message, as the record holds them, by its header (7.4.2.2)."""
    return not unit[0] & 0x80 and 32 <= unit[0] >> 1 & 0x3F <= 40


def read_set(unit: bytes) -> Coded | None:
    """What one sequence parameter set says; None for other units and unreadable ones. Never fails."""
    if len(unit) < 4 or unit[0] >> 1 & 0x3F != _UNIT or unit[1] >> 3 or unit[0] & 1:  # other layers are not shown
        return None
    try:
        return _read_set(Bits(unescaped(unit[2:2048])))
    except EndOfBitsError:
        return None


def _read_set(bits: Bits) -> Coded:
    bits.read(4)
    layers = bits.read(3)
    bits.flag()
    profile, progressive = _profile_tier_level(bits, layers)
    bits.golomb(15)
    chroma = bits.golomb(3)
    planes = chroma == 3 and bits.flag()
    wide, high = bits.golomb(), bits.golomb()
    crop = [bits.golomb() for _ in range(4)] if bits.flag() else [0, 0, 0, 0]
    depth = 8 + bits.golomb(8)
    bits.golomb(8)
    order = 4 + bits.golomb(12)
    for _ in range(layers + 1 if bits.flag() else 1):
        for _ in range(3):
            bits.golomb()
    for _ in range(6):
        bits.golomb()
    if bits.flag() and bits.flag():
        _skip_scaling_lists(bits)
    bits.read(2)
    if bits.flag():  # PCM samples
        bits.read(8)
        bits.golomb()
        bits.golomb()
        bits.flag()
    _skip_reference_sets(bits)
    if bits.flag():  # long-term references
        for _ in range(bits.golomb(32)):
            bits.read(order + 1)
    bits.read(2)
    shape, transfer = None, 2
    if bits.flag():
        shape, transfer = read_shape(bits), read_transfer(bits)
    across = 2 if chroma in (1, 2) and not planes else 1
    down = 2 if chroma == 1 and not planes else 1
    size = Size(wide - across * (crop[0] + crop[1]), high - down * (crop[2] + crop[3]))
    if min(size.width, size.height) <= 0:
        raise EndOfBitsError
    return Coded(
        codec="hevc", size=size, shape=shape, profile=_PROFILES.get(profile), depth=depth, chroma=chroma_of(chroma),
        progressive=progressive, transfer=transfer,
    )  # fmt: skip


def _profile_tier_level(bits: Bits, layers: int) -> tuple[int, bool | None]:
    """The profile, and whether the source is progressive where that is said (7.3.3)."""
    bits.read(3)
    profile = bits.read(5)
    bits.read(32)
    progressive, interlaced = bits.flag(), bits.flag()
    bits.read(46)
    bits.read(8)
    present = [(bits.flag(), bits.flag()) for _ in range(layers)]
    if layers:
        bits.read(2 * (8 - layers))
    for with_profile, with_level in present:
        bits.read(88 * with_profile + 8 * with_level)
    return profile, True if progressive and not interlaced else None


def _skip_scaling_lists(bits: Bits) -> None:
    for size in range(4):
        for _ in range(0, 6, 3 if size == 3 else 1):
            if not bits.flag():
                bits.golomb()
                continue
            if size > 1:
                bits.signed()
            for _ in range(min(64, 1 << (4 + (size << 1)))):
                bits.signed()


def _skip_reference_sets(bits: Bits) -> None:
    """Short-term reference picture sets (7.3.7), whose lengths build on those before them."""
    lengths: list[int] = []
    for number in range(bits.golomb(64)):
        if number and bits.flag():
            bits.flag()
            bits.golomb()
            used = 0
            for _ in range(lengths[-1] + 1):
                used += bits.flag() or bits.flag()
            lengths.append(used)
        else:
            before, after = bits.golomb(16), bits.golomb(16)
            for _ in range(before + after):
                bits.golomb()
                bits.flag()
            lengths.append(before + after)
