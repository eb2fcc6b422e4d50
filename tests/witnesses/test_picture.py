"""From the stored picture to the one that is shown."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcheck.quantities import Size, decimal
from vidcheck.witnesses import picture


@pytest.mark.parametrize(
    ("stored", "shape", "sideways", "shown"),
    [
        (Size(1920, 1080), Fraction(1), False, Size(1920, 1080)),
        (Size(1280, 720), Fraction(1), True, Size(720, 1280)),
        (Size(1440, 1080), Fraction(4, 3), False, Size(1920, 1080)),
        (Size(1440, 1080), Fraction(4, 3), True, Size(1080, 1920)),
        (Size(720, 576), Fraction(12, 11), False, Size(785, 576)),
        (Size(720, 576), Fraction(16, 15), False, Size(768, 576)),
    ],
)
def test_width_is_stretched_and_then_turned(stored: Size, shape: Fraction, sideways: bool, shown: Size) -> None:
    assert picture.displayed(stored, shape, sideways=sideways) == shown


@pytest.mark.parametrize(
    ("stored", "shape"),
    [
        (Size(0, 10), Fraction(1)),
        (Size(10, 0), Fraction(1)),
        (Size(10, 10), Fraction(1, 10**9)),
        (Size(10**17, 10), Fraction(1)),
    ],
)
def test_what_can_be_no_picture_has_no_size(stored: Size, shape: Fraction) -> None:
    assert picture.displayed(stored, shape, sideways=False) is None


@pytest.mark.parametrize(
    ("printed", "shape"),
    [("1.091", Fraction(12, 11)), ("1.333", Fraction(4, 3)), ("1.067", Fraction(16, 15)), ("1.422", Fraction(64, 45)),
     ("0.889", Fraction(8, 9)), ("1.185", Fraction(32, 27)), ("1.000", Fraction(1)), ("1.334", Fraction(1334, 1000))],
)  # fmt: skip
def test_three_places_stand_for_a_standard_shape(printed: str, shape: Fraction) -> None:
    assert picture.pixel_shape(Fraction(printed)) == shape


@given(st.fractions(min_value=Fraction(1, 4), max_value=4, max_denominator=5000), st.integers(16, 3840))
def test_a_rounded_shape_moves_no_width_by_more_than_the_witnesses_may_differ(shape: Fraction, width: int) -> None:
    stored = Size(width, 100)
    true = picture.displayed(stored, shape, sideways=False)
    printed = picture.displayed(stored, picture.pixel_shape(Fraction(decimal(shape, 3))), sideways=False)
    assert true is not None
    assert printed is not None
    assert abs(true.width - printed.width) <= 4 * width / 3840 + 1


@pytest.mark.parametrize(("degrees", "turn"), [(-90, 90 - 180 + 360), (90, 90), (360, 0), (-180, 180), (450, 90)])
def test_turns_are_whole_and_clockwise(degrees: int, turn: int) -> None:
    assert picture.turned(Fraction(degrees)) == turn


@pytest.mark.parametrize(
    ("size", "word"), [(Size(2, 1), "landscape"), (Size(1, 2), "portrait"), (Size(2, 2), "square")]
)
def test_orientation(size: Size, word: str) -> None:
    assert picture.orientation(size) == word


@given(st.fractions(min_value=0, max_value=10**6))
def test_halves_go_up(value: Fraction) -> None:
    assert abs(picture.round_half_up(value) - value) <= Fraction(1, 2)
    assert picture.round_half_up(Fraction(5, 2)) == 3
