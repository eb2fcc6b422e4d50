"""The facts of the picture as it is shown, told alike by every probe."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from vidcheck.quantities import RATIO, Shown
from vidcheck.texts import say
from vidcheck.witnesses import geometry

if TYPE_CHECKING:
    from vidcheck.quantities import Size
    from vidcheck.witnesses.evidence import Teller


SIZE_KEYS = (
    "video.stored-resolution", "resolution", "aspect-ratio", "orientation", "video.width", "video.height",
)  # fmt: skip
"""What is told of a picture's size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What a picture's display is worked out from."""

    stored: Size
    shape: Fraction = Fraction(1)
    """Width of one pixel to its height."""
    turn: int | None = None
    """Degrees clockwise; None where nobody tells."""
    sideways: bool = False
    """Whether width and height change places."""
    locator: str
    """Where the stored width stands."""


def tell_picture(tell: Teller, picture: Picture) -> None:
    """Tell sizes, shape and orientation; nothing where no such picture can be."""
    stored, raw = picture.stored, f"{picture.stored.width}x{picture.stored.height}"
    if max(stored.sides) <= geometry.LARGEST:
        tell.known("video.stored-resolution", stored, picture.locator, raw)
    shown = geometry.displayed(stored, picture.shape, sideways=picture.sideways)
    shape = geometry.aspect(stored, picture.shape, sideways=picture.sideways)
    if shown is None or shape is None:
        return
    note = None
    if picture.shape != 1 or picture.sideways:
        note = say(
            "worked out from {stored} stored, pixels of {shape}, turned by {turn}°",
            stored=f"{stored.width}×{stored.height}",
            shape=Shown(RATIO.name, picture.shape),
            turn=picture.turn if picture.turn is not None else (90 if picture.sideways else 0),
        )
    for key, value in (
        ("resolution", shown),
        ("aspect-ratio", shape),
        ("orientation", geometry.orientation(shown)),
        ("video.width", shown.width),
        ("video.height", shown.height),
    ):
        tell.known(key, value, picture.locator, raw, note)
