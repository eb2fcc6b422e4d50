"""Computes the picture as players show it from the stored one: size, shape, rotation and rate, for all witnesses."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from vidcheck.quantities import RATIO, Shown, Size
from vidcheck.texts import say

if TYPE_CHECKING:
    from vidcheck.texts import Readable
    from vidcheck.witnesses.evidence import Teller

LARGEST = 10**6 - 1
"""The most pixels of a side: no codec here stores more, and resolutions can't be written larger."""
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
    """The standard pixel shape for a number rounded to three places, else the number: 1.091 is 12:11."""
    return next((shape for shape in _SHAPES if abs(shape - rounded) <= Fraction(5, 10_000)), rounded)


def turned(degrees: Fraction) -> int:
    """A turn as whole degrees clockwise, 0 to 359."""
    return round(degrees) % 360


def lies_on_its_side(turn: int) -> bool:
    """Whether this rotation swaps width and height."""
    return 45 <= turn % 180 < 135


def displayed(stored: Size, shape: Fraction, *, sideways: bool) -> Size | None:
    """The size on the screen: the width by the pixel shape, to the nearest pixel, then turned.

    None for impossible sizes: a side of 0, or of more pixels than any codec stores.
    """
    width = round_half_up(stored.width * shape)
    if not (0 < width <= LARGEST and 0 < stored.height <= LARGEST):
        return None
    return Size(stored.height, width) if sideways else Size(width, stored.height)


_BLOCK = 16


def cut_to_container(coded: Size, claimed: Size) -> Size:
    """The part of coded pictures that is shown where the container claims less by no whole block, else all of it.

    Pictures are coded in blocks of 16, and some cameras leave out the cropping: 1088 coded rows are shown as the 1080
    of the container. ffmpeg does so for H.264 (h264_slice.c, "handle container cropping").
    """
    pairs = tuple(zip((coded.width, coded.height), (claimed.width, claimed.height), strict=True))
    cut = all(0 < less <= full and -(-less // _BLOCK) == -(-full // _BLOCK) for full, less in pairs)
    return claimed if cut else coded


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


_NTSC = tuple(Fraction(nominal * 1000, 1001) for nominal in (15, 24, 30, 48, 60, 120))
_USUAL = tuple(sorted((*_NTSC, *map(Fraction, (15, 24, 25, 30, 48, 50, 60, 100, 120)))))
_FASTEST = 100_000


def known_rate(rate: Fraction | None) -> Fraction | None:
    """The exact rate for a rounded number: `29.970` is 30000/1001 (SMPTE ST 2026). None for impossible rates."""
    if rate is None or not 0 < rate <= _FASTEST:
        return None
    return next((ntsc for ntsc in _NTSC if abs(ntsc - rate) < Fraction(1, 1000)), rate)


def near_rates(rate: Fraction, off: Fraction) -> list[Fraction]:
    """The usual rates that one may be if it is off by that part at most, as a clock's ticks are coarse; the nearest first."""
    return sorted((each for each in _USUAL if abs(each - rate) <= each * off), key=lambda each: abs(each - rate))


def near_rate(rate: Fraction, off: Fraction) -> Fraction | None:
    """The nearest of them, if any."""
    return next(iter(near_rates(rate, off)), None)


def ticks_evenly(tick: Fraction, average: Fraction, seconds: Fraction) -> bool:
    """Whether there is a frame for every tick, with less than one missing in total.

    Every frame lasts one tick or more. If less than one frame is missing for the length, only the last can be longer
    (fragments written by ffmpeg, a slightly longer sound) or cut by an edit.
    """
    return abs(tick - average) * seconds < 1


def rounded(slowest: Fraction, fastest: Fraction) -> bool:
    """Whether frames of these two rates last equally long except for rounding to a clock's ticks.

    At 1000 ticks a second, which many programs write, 30 frames a second last 33 and 34 ticks in turn; with ticks
    shorter than a tenth of a millisecond the difference is invisible.
    """
    long, short = 1000 / slowest, 1000 / fastest
    whole = all(abs(length - round(length)) < Fraction(1, 100) for length in (long, short))
    return long - short < Fraction(1, 10) or (whole and round(long) - round(short) == 1)


SIZE_KEYS = (
    "video.stored-resolution", "resolution", "aspect-ratio", "orientation", "video.width", "video.height", "video.pixel-shape",
)  # fmt: skip
"""The keys of a picture's size and shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The data from which the displayed picture is computed."""

    stored: Size
    cut: Size | None = None
    """What is left of the stored picture where the container cuts it; None for all of it."""
    shape: Fraction = Fraction(1)
    """Width of one pixel to its height."""
    turn: int | None = None
    """Degrees clockwise; None if unknown."""
    sideways: bool = False
    """Whether width and height are swapped."""
    locator: str
    """The place of the stored width."""


def tell_picture(tell: Teller, picture: Picture, *, remark: Readable | None = None) -> None:
    """Adds sizes, shape and orientation, and a remark on the resolution; nothing for an impossible picture."""
    stored, raw = picture.stored, f"{picture.stored.width}x{picture.stored.height}"
    if max(stored.sides) <= LARGEST:
        tell.known("video.stored-resolution", stored, picture.locator, raw)
    left = picture.cut or stored
    shown = displayed(left, picture.shape, sideways=picture.sideways)
    shape = aspect(left, picture.shape, sideways=picture.sideways)
    if shown is None or shape is None:
        return
    note = None
    if left != stored:
        note = say(
            "{stored} are coded, and players cut them to the container's {claimed}",
            stored=f"{stored.width}×{stored.height}", claimed=f"{left.width}×{left.height}",
        )  # fmt: skip
    elif picture.shape != 1 or picture.sideways:
        note = say(
            "worked out from {stored} stored, pixels of {shape}, turned by {turn}°",
            stored=f"{stored.width}×{stored.height}",
            shape=Shown(RATIO.name, picture.shape),
            turn=picture.turn if picture.turn is not None else (90 if picture.sideways else 0),
        )
    tell.known("video.pixel-shape", picture.shape, picture.locator, raw)
    for key, value in (
        ("resolution", shown),
        ("aspect-ratio", shape),
        ("orientation", orientation(shown)),
        ("video.width", shown.width),
        ("video.height", shown.height),
    ):
        tell.known(key, value, picture.locator, raw, note, remark=remark if key == "resolution" else None)
