"""The fingerprint of a film: hashes of small gray pictures, and chromaprint's of its sound.

The hash of a picture has one bit for each of its 63 lowest waves (of the discrete cosine transform), which says whether
light comes first. So brightness, contrast, noise and size do not matter, and mirrored pictures have the same hash but for
known bits. Pictures without enough strong waves (black, a title in the middle, colour bars) are in many films and tell
nothing; they are left out.
"""

from __future__ import annotations

import struct
from fractions import Fraction
from itertools import accumulate, pairwise
from math import cos, pi
from operator import add, mul
from typing import TYPE_CHECKING

from vidcheck.quantities.fingerprint import (
    BITS,
    MOST_PICTURES,
    MOST_SOUND,
    VIEWS,
    WAVES,
    Look,
    Print,
    most_different,
    pack,
    unpack,
)
from vidcheck.witnesses.content.samples import PRINT_SIDE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vidcheck.quantities import Fingerprint
    from vidcheck.witnesses.content.samples import Samples, Still

FACES = 8
"""So many small pictures of a film are kept, to be seen beside those of another."""
_GRID = 16
_STRONG = 64.0
"""From this amplitude on a wave is seen and not made up by the encoder: a quarter of a level of 255 in each field."""
_ENOUGH = 24
"""So many of 63 waves have to be strong."""
_DARK = 32
"""Of 255: what is never brighter, at the edge of all pictures, is a bar."""
_STILL = 3
"""Up to so many bits a picture differs from one that stands still."""
_STEP = 1000
"""The milliseconds for which the last picture stands."""
_WAVES = [[cos(pi * (2 * x + 1) * wave / (2 * _GRID)) for x in range(_GRID)] for wave in range(WAVES)]

_Box = tuple[int, int, int, int]


def fingerprint(pictures: Iterable[tuple[Fraction, bytes]], chroma: bytes) -> Fingerprint:
    """The fingerprint of gray squares with their times in seconds, in order, and of chromaprint's items."""
    every = [(round(at * 1000), data) for at, data in pictures]
    length = every[-1][0] + _STEP - every[0][0] if every else 0
    return pack(Print(looks=_looks(every), length=max(0, length), sound=_items(chroma)))


def look(samples: Samples) -> tuple[Fingerprint, tuple[Still, ...]]:
    """A film's fingerprint, and a few small pictures of it: those by which its copies are found too."""
    made = fingerprint([(still.at, still.data) for still in samples.prints], samples.chroma)
    looks = most_different(unpack(made).looks, FACES)
    return made, samples.faces({Fraction(look.at, 1000) for look in looks})


def _items(chroma: bytes) -> tuple[int, ...]:
    whole = len(chroma) // 4 * 4
    return struct.unpack(f"={whole // 4}I", chroma[:whole])[:MOST_SOUND]


def _looks(pictures: Sequence[tuple[int, bytes]]) -> tuple[Look, ...]:
    """The pictures that tell something, each as long as nothing changes."""
    area = _area([data for _, data in pictures])
    found: list[Look] = []
    for number, (at, data) in enumerate(pictures):
        until = pictures[number + 1][0] if number + 1 < len(pictures) else at + _STEP
        sums = _sums(data)
        first, strong = _hash(_fields(sums, area, VIEWS[0]))
        if strong < _ENOUGH:
            continue
        if found and found[-1].until == at and (found[-1].views[0] ^ first).bit_count() <= _STILL:
            found[-1] = found[-1]._replace(until=until)
            continue
        others = [_hash(_fields(sums, area, view))[0] for view in VIEWS[1:]]
        found.append(Look(at, until, (first, *others)))
    return most_different(found, MOST_PICTURES)


def _area(pictures: Sequence[bytes]) -> _Box:
    """The part of the square that is not black in every picture."""
    if not pictures:
        return (0, 0, PRINT_SIDE, PRINT_SIDE)
    brightest = bytes(map(max, *pictures)) if len(pictures) > 1 else pictures[0]
    rows = [y for y in range(PRINT_SIDE) if max(brightest[y * PRINT_SIDE : (y + 1) * PRINT_SIDE]) > _DARK]
    columns = [x for x in range(PRINT_SIDE) if max(brightest[x::PRINT_SIDE]) > _DARK]
    if not rows or rows[-1] - rows[0] < _GRID or columns[-1] - columns[0] < _GRID:
        return (0, 0, PRINT_SIDE, PRINT_SIDE)
    return (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)


def _sums(picture: bytes) -> list[list[int]]:
    """The sum of all that lies above and left of each corner of a pixel."""
    rows = [[0] * (PRINT_SIDE + 1)]
    for y in range(PRINT_SIDE):
        rows.append(list(map(add, rows[-1], accumulate(picture[y * PRINT_SIDE : (y + 1) * PRINT_SIDE], initial=0))))
    return rows


def _fields(sums: list[list[int]], area: _Box, view: tuple[float, float, float, float]) -> list[list[float]]:
    """The mean of each of 16 × 16 fields of a part of the picture."""
    left, top, wide, high = area[0], area[1], area[2] - area[0], area[3] - area[1]
    xs = [round(left + wide * (view[0] + (view[2] - view[0]) * step / _GRID)) for step in range(_GRID + 1)]
    ys = [round(top + high * (view[1] + (view[3] - view[1]) * step / _GRID)) for step in range(_GRID + 1)]
    corners = [[sums[y][x] for x in xs] for y in ys]
    return [
        [
            (below[i + 1] - below[i] - above[i + 1] + above[i]) / max(1, (ys[j + 1] - ys[j]) * (xs[i + 1] - xs[i]))
            for i in range(_GRID)
        ]
        for j, (above, below) in enumerate(pairwise(corners))
    ]


def _hash(fields: list[list[float]]) -> tuple[int, int]:
    """The signs of its waves, and how many of them are strong. The four parts of a hash have waves of all lengths."""
    across = [[sum(map(mul, row, wave)) for wave in _WAVES] for row in fields]
    found = strong = 0
    for u, column in enumerate(zip(*across, strict=True)):
        for v, wave in enumerate(_WAVES):
            if u or v:
                height = sum(map(mul, column, wave))
                found |= (height > 0) << BITS[u, v]
                strong += abs(height) > _STRONG
    return found, strong
