"""H.264: the sequence parameter set in a configuration record (ISO/IEC 14496-15, 5.3.3; ITU-T H.264, 7.3.2.1)."""

from __future__ import annotations

from vidcheck.quantities import Size
from vidcheck.witnesses.mp4.coded import Bits, Coded, EndOfBitsError, chroma_of, read_shape, read_transfer, unescaped

_WITH_CHROMA = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
"""Profiles with colour sampling in their parameter sets (7.3.2.1.1)."""
_WITHOUT_CHROMA = frozenset({66, 77, 88})
_PROFILES = {66: "Baseline", 77: "Main", 88: "Extended", 100: "High", 110: "High 10", 122: "High 4:2:2",
             244: "High 4:4:4 Predictive"}  # fmt: skip
_INTRA = frozenset({110, 122, 244})
_UNIT, _MOST_SETS = 7, 31


def read_configuration(data: bytes) -> Coded | None:
    """What `avcC` says of the pictures; None if it is unreadable, or has sets of different sizes."""
    found: list[Coded] = []
    for unit in sets_in(data) or ():
        coded = read_set(unit)
        if coded is None:
            return None
        found.append(coded)
    if not found or found[0].profile is None or any(each != found[0] for each in found):
        return None
    return found[0]


def sets_in(data: bytes) -> list[bytes] | None:
    """The units that `avcC` gives as its sequence parameter sets; None if the record can't be true."""
    if len(data) < 7 or data[0] != 1:
        return None
    units, at = list[bytes](), 6
    for _ in range(data[5] & _MOST_SETS):
        size = int.from_bytes(data[at : at + 2])
        unit = data[at + 2 : at + 2 + size]
        if len(unit) != size:
            return None
        units.append(unit)
        at += 2 + size
    return units


def has_picture_sets(data: bytes) -> bool:
    """Whether `avcC`, which can be read, holds picture parameter sets, or has no room to say so."""
    at = 6
    for unit in sets_in(data) or ():
        at += 2 + len(unit)
    return data[at : at + 1] != b"\0"


def is_set(unit: bytes) -> bool:
    """Whether a unit is a sequence parameter set by its header."""
    return bool(unit) and not unit[0] & 0x80 and unit[0] & 0x1F == _UNIT


def read_set(unit: bytes) -> Coded | None:
    """What one sequence parameter set says; None for other units and unreadable ones. Never fails."""
    if len(unit) < 4 or unit[0] & 0x1F != _UNIT:
        return None
    try:
        return _read_set(Bits(unescaped(unit[1:1024])))
    except EndOfBitsError:
        return None


def _read_set(bits: Bits) -> Coded:
    profile, constraints, _ = bits.read(8), bits.read(8), bits.read(8)
    if profile not in _WITHOUT_CHROMA and profile not in _WITH_CHROMA:
        raise EndOfBitsError  # any other bytes could be read as a set, too
    bits.golomb(31)
    chroma, planes, depth = _colour(bits) if profile in _WITH_CHROMA else (1, False, 8)
    bits.golomb(12)
    _skip_order(bits)
    bits.golomb(16)
    bits.flag()
    wide, high, frames = bits.golomb() + 1, bits.golomb() + 1, bits.flag()
    if not frames:
        bits.flag()
    bits.flag()
    crop = [bits.golomb() for _ in range(4)] if bits.flag() else [0, 0, 0, 0]
    shape, transfer = None, 2
    if bits.flag():
        shape, transfer = read_shape(bits), read_transfer(bits)
    # the units in which the picture is cropped (7.4.2.1.1)
    across = 2 if chroma in (1, 2) and not planes else 1
    down = (2 if chroma == 1 and not planes else 1) * (1 if frames else 2)
    size = Size(16 * wide - across * (crop[0] + crop[1]), 16 * high * (1 if frames else 2) - down * (crop[2] + crop[3]))
    if min(size.width, size.height) <= 0:
        raise EndOfBitsError
    # ffmpeg shows pictures without colour as 4:2:0, so they have no sampling here
    return Coded(
        codec="h264", size=size, shape=shape, profile=_profile(profile, constraints), depth=depth,
        chroma=chroma_of(chroma) if chroma else None, progressive=True if frames else None, transfer=transfer,
    )  # fmt: skip


def _colour(bits: Bits) -> tuple[int, bool, int]:
    """How colour is sampled, whether its planes are coded apart, and the bits of a sample."""
    chroma = bits.golomb(3)
    planes = chroma == 3 and bits.flag()
    depth = 8 + bits.golomb(6)
    bits.golomb(6)
    bits.flag()
    if bits.flag():
        for place in range(12 if chroma == 3 else 8):
            if bits.flag():
                _skip_scaling_list(bits, 16 if place < 6 else 64)
    return chroma, planes, depth


def _skip_order(bits: Bits) -> None:
    """The order in which pictures are shown."""
    order = bits.golomb(2)
    if order == 0:
        bits.golomb(12)
    elif order == 1:
        bits.flag()
        bits.signed()
        bits.signed()
        for _ in range(bits.golomb(255)):
            bits.signed()


def _skip_scaling_list(bits: Bits, count: int) -> None:
    last = following = 8
    for _ in range(count):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last


def _profile(profile: int, constraints: int) -> str | None:
    """The profile in ffmpeg's words (A.2): constraints name the narrower ones."""
    name = _PROFILES.get(profile)
    if profile == 66 and constraints & 0x40:
        return "Constrained Baseline"
    return f"{name} Intra" if profile in _INTRA and constraints & 0x10 else name
