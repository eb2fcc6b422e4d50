"""The fingerprint of a film: what its pictures look like and what its sound is like, in few bytes.

Films are the same or not by `vidcheck.doubles`; here is only how a fingerprint is written down.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from array import array
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from sys import byteorder
from typing import TYPE_CHECKING, Any, NamedTuple

from vidcheck.quantities.kind import Kind, Manner, NotAValueError
from vidcheck.texts import say, say_count

if TYPE_CHECKING:
    from collections.abc import Sequence

VIEWS = (
    (0.0, 0.0, 1.0, 1.0),
    (0.04, 0.04, 0.96, 0.96),
    (0.075, 0.075, 0.925, 0.925),
    (0.115, 0.115, 0.885, 0.885),
    (0.15, 0.15, 0.85, 0.85),
    (0.0, 0.0, 0.85, 0.85),
    (0.15, 0.0, 1.0, 0.85),
    (0.0, 0.15, 0.85, 1.0),
    (0.15, 0.15, 1.0, 1.0),
    (0.125, 0.0, 0.875, 1.0),
)
"""The parts of a picture that are hashed: all of it, then what is left of it when it is cropped; left, top, right, bottom."""
WAVES = 8
"""A hash tells of so many waves across, and as many down."""
_ORDER = sorted(((u, v) for u in range(WAVES) for v in range(WAVES)), key=lambda wave: (not sum(wave), sum(wave), wave))
BITS = {wave: number % 4 * 16 + number // 4 for number, wave in enumerate(_ORDER)}
"""The place in a hash of each wave, across and down: each of its four parts has waves of all lengths, so that all are as rare."""
MIRROR = sum(1 << bit for (across, _), bit in BITS.items() if across % 2)
"""The bits that are the other way round in the mirrored picture."""
PACE = 1365 / 11025
"""Seconds between two items of sound (chromaprint's step of 1,365 samples at 11,025 Hz)."""
MOST_PICTURES = 400
MOST_SOUND = 16_384
"""The most items of sound, half an hour and more."""
_HEAD = struct.Struct("<BHII")
_PICTURE = struct.Struct(f"<II{len(VIEWS)}Q")
_VERSION = 1
_MOST_BYTES = _HEAD.size + MOST_PICTURES * _PICTURE.size + 4 * MOST_SOUND
_PLAIN = Manner()


class Look(NamedTuple):
    """A picture, of which the next one differs."""

    at: int
    """When it is shown, in milliseconds."""
    until: int
    """When another one is shown that looks different."""
    views: tuple[int, ...]
    """A hash of each of `VIEWS`."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A film's fingerprint as it is kept and sent."""

    packed: str
    """What `pack` wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """What a fingerprint holds."""

    looks: tuple[Look, ...] = ()
    """The pictures in the order of their times."""
    length: int = 0
    """For how many milliseconds there are pictures, also those that tell nothing."""
    sound: tuple[int, ...] = ()
    """Whole numbers of 32 bits, one every `PACE` seconds."""


def most_different(looks: Sequence[Look], most: int) -> tuple[Look, ...]:
    """The looks, or of too many those that differ most from the one before.

    Mostly they begin a scene, and so does the same picture in a copy.
    """
    if len(looks) <= most:
        return tuple(looks)
    steps = [64, *[(one.views[0] ^ before.views[0]).bit_count() for before, one in pairwise(looks)]]
    chosen = sorted(range(len(looks)), key=lambda at: (-steps[at], at))[:most]
    return tuple([looks[at] for at in sorted(chosen)])


def pack(made: Print) -> Fingerprint:
    """The fingerprint with these pictures and this sound."""
    sound = array("I", made.sound)
    if byteorder == "big":
        sound.byteswap()
    looks = b"".join(_PICTURE.pack(look.at, look.until, *look.views) for look in made.looks)
    head = _HEAD.pack(_VERSION, len(made.looks), len(made.sound), made.length)
    return Fingerprint(base64.b64encode(zlib.compress(head + looks + sound.tobytes(), 6)).decode())


@lru_cache(maxsize=64)
def unpack(value: Fingerprint) -> Print:
    """What `pack` packed. Raises ValueError if it did not."""
    try:
        packed = base64.b64decode(value.packed, validate=True)
        opened = zlib.decompressobj()
        data = opened.decompress(packed, _MOST_BYTES + 1)
        version, pictures, items, length = _HEAD.unpack_from(data)
    except (binascii.Error, zlib.error, struct.error) as error:
        raise ValueError(f"no fingerprint: {error}") from None
    end = _HEAD.size + pictures * _PICTURE.size
    if version != _VERSION or len(data) != end + 4 * items or not opened.eof:
        raise ValueError("no fingerprint")
    sound = array("I", data[end:])
    if byteorder == "big":
        sound.byteswap()
    rows = _PICTURE.iter_unpack(data[_HEAD.size : end])
    return Print(
        looks=tuple(Look(at, until, tuple(views)) for at, until, *views in rows), length=length, sound=tuple(sound)
    )


class Fingerprints(Kind):
    """A film's fingerprint. It is made of a film, and can't be written by hand."""

    name = "fingerprint"

    def read(self, text: str, zone: tzinfo = UTC) -> Fingerprint:  # noqa: ARG002
        raise NotAValueError("'{text}' is no fingerprint: one is made of a film and can't be written", text=text)

    def write(self, value: Fingerprint) -> str:
        return digest(value)

    def show(self, value: Fingerprint, manner: Manner = _PLAIN, apart: tuple[Any, ...] = ()) -> str:  # noqa: ARG002
        made = unpack(value)
        pictures = say_count("{count} picture", "{count} pictures", len(made.looks))
        sound = say("{count} s of sound", count=round(len(made.sound) * PACE))
        return say("{digest} ({pictures}, {sound})", digest=digest(value), pictures=pictures, sound=sound).render(
            manner.lang
        )

    def json(self, value: Fingerprint, manner: Manner = _PLAIN) -> object:  # noqa: ARG002
        return digest(value)

    def equal(self, value: Fingerprint, other: Fingerprint, slack: Any = 0) -> bool:  # noqa: ARG002
        return value == other


def digest(value: Fingerprint) -> str:
    """A short name, which differs for different fingerprints."""
    return sha256(value.packed.encode()).hexdigest()[:16]
