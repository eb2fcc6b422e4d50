"""From the picture as stored to the picture as a player shows it."""

from __future__ import annotations

from fractions import Fraction

from vidcheck.quantities import Size

LARGEST = 10**6 - 1
"""Pixels a side: no codec here stores more, and a resolution's own spelling ends there."""
_SHAPES = tuple(
    Fraction(wide, high)
    for wide, high in (
        # ITU-T H.264 table E-1
        (1, 1), (12, 11), (10, 11), (16, 11), (40, 33), (24, 11), (20, 11), (32, 11), (80, 33), (18, 11), (15, 11),
        (64, 33), (160, 99), (4, 3), (3, 2), (2, 1),
        # DVD and DV at 720 samples a line
        (16, 15), (64, 45), (8, 9), (32, 27), (59, 54), (118, 81), (118, 59),
    )
)  # fmt: skip


def pixel_shape(rounded: Fraction) -> Fraction:
    """The standard pixel shape that a figure rounded to three places stands for, else the figure: 1.091 is 12:11."""
    return next((shape for shape in _SHAPES if abs(shape - rounded) <= Fraction(5, 10_000)), rounded)


def turned(degrees: Fraction) -> int:
    """A turn as whole degrees clockwise, 0 to 359."""
    return round(degrees) % 360


def lies_on_its_side(turn: int) -> bool:
    """Whether a picture turned so far is shown with its stored width upright."""
    return 45 <= turn % 180 < 135


def displayed(stored: Size, shape: Fraction, *, sideways: bool) -> Size | None:
    """The size on the screen: the width by the pixel shape, to the nearest pixel, then turned.

    None where no such picture can be: a side of nothing, or of more pixels than any codec stores.
    """
    width = round_half_up(stored.width * shape)
    if not (0 < width <= LARGEST and 0 < stored.height <= LARGEST):
        return None
    return Size(stored.height, width) if sideways else Size(width, stored.height)


def aspect(stored: Size, shape: Fraction, *, sideways: bool) -> Fraction | None:
    """Width to height on the screen, exactly."""
    if stored.width <= 0 or stored.height <= 0 or shape <= 0:
        return None
    wide = Fraction(stored.width, stored.height) * shape
    return 1 / wide if sideways else wide


def orientation(shown: Size) -> str:
    """`landscape`, `portrait` or `square`."""
    if shown.width == shown.height:
        return "square"
    return "landscape" if shown.width > shown.height else "portrait"


def round_half_up(value: Fraction) -> int:
    """To the nearest whole number, halves upwards."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
