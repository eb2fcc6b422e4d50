"""Reads numbers in other people's text exactly. The functions never fail, and return None for other text.

Tools print stored fields, so a hostile file chooses this text: `1e400`, `nan`, ten thousand digits.
"""

from __future__ import annotations

from fractions import Fraction

from vidcheck.lazy import late

_MOST_DIGITS = 18
_DECIMAL = late(r"-?\d{1,18}(?:\.\d{1,18})?")
_RATIO = late(r"(\d{1,18})[:/](\d{1,18})")


def whole(text: str) -> int | None:
    """A whole number of at most 18 digits; `25.000` is 25."""
    if len(text) <= _MOST_DIGITS and text.isascii() and text.isdigit():
        return int(text)
    value = decimal(text)
    return int(value) if value is not None and value.denominator == 1 and value >= 0 else None


def counted(text: str) -> int | None:
    """A whole number above zero."""
    return whole(text) or None


def decimal(text: str) -> Fraction | None:
    """A plain decimal number, exactly; no exponent, no infinity."""
    return Fraction(text) if text.isascii() and _DECIMAL.fullmatch(text) else None


def positive(text: str) -> Fraction | None:
    """A plain decimal number above zero."""
    value = decimal(text)
    return value if value is not None and value > 0 else None


def ratio(text: str) -> Fraction | None:
    """Two whole numbers above zero with `:` or `/` between them; ffmpeg prints `0:1` and `0/0` for "not known"."""
    found = _RATIO.fullmatch(text) if text.isascii() else None
    if found is None or not int(found[1]) or not int(found[2]):
        return None
    return Fraction(int(found[1]), int(found[2]))
