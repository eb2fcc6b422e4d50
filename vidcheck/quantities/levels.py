"""How loud sound is: loudness, its range, and levels (EBU R 128, ITU-R BS.1770). Values are decibels and may be negative."""

from __future__ import annotations

from datetime import UTC, tzinfo
from fractions import Fraction
from typing import Any, ClassVar

from vidcheck.lazy import late
from vidcheck.quantities.kind import (
    Manner,
    NotAValueError,
    Number,
    decimal,
    exact_decimal,
    number,
    places_apart,
    signed,
    tidy,
)

_FORM = late(r"([+-]?)\s*([\d.,]+)\s*(\S.*)")
_PLAIN = Manner()


class _Decibels(Number):
    """A number of decibels with a unit that says what they are relative to."""

    shows_apart = True
    _units: ClassVar[frozenset[str]]
    _signed = True
    _step = "LU"
    """The unit of a difference."""

    def read(self, text: str, zone: tzinfo = UTC) -> Fraction:  # noqa: ARG002
        plain = tidy(text).replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
        found = _FORM.fullmatch(plain)
        value = number(found[2]) if found else None
        if found is None or value is None or found[3].lower().replace(" ", "") not in self._units:
            raise self._refused(text)
        if found[1] and not self._signed:
            raise self._refused(text)
        return -value if found[1] == "-" else value

    def _refused(self, text: str) -> NotAValueError:
        raise NotImplementedError

    def write(self, value: Fraction) -> str:
        exact = exact_decimal(abs(Fraction(value))) or decimal(abs(Fraction(value)), 12)
        return f"{'-' if value < 0 else ''}{exact} {self.unit}"

    def show(self, value: Fraction, manner: Manner = _PLAIN, apart: tuple[Any, ...] = ()) -> str:  # noqa: ARG002
        value = Fraction(value)
        least = 0 if value.denominator == 1 else 1
        return f"{decimal(value, places_apart(value, tuple(map(Fraction, apart)), least))} {self.unit}"

    def difference(self, value: Fraction, limit: Fraction, manner: Manner = _PLAIN) -> str:  # noqa: ARG002
        gap = Fraction(value - limit)
        return f"{signed(gap, 0 if gap.denominator == 1 else 1)} {self._step}"


class Loudness(_Decibels):
    """The loudness of a whole work."""

    name = "loudness"
    unit = "LUFS"
    examples = ("-23 LUFS", "-16.5 LUFS")
    _units = frozenset({"lufs", "lkfs"})

    def _refused(self, text: str) -> NotAValueError:
        return NotAValueError("'{text}' is not a loudness (try \"{hint}\")", text=text, hint=self.examples[0])


class Level(_Decibels):
    """The level of a peak, relative to full scale."""

    name = "level"
    unit = "dBTP"
    examples = ("-1 dBTP", "-2.5 dBTP")
    _units = frozenset({"dbtp"})
    _step = "dB"

    def _refused(self, text: str) -> NotAValueError:
        return NotAValueError("'{text}' is not a level (try \"{hint}\")", text=text, hint=self.examples[0])


class LoudnessRange(_Decibels):
    """How far loudness varies within a work."""

    name = "loudness range"
    unit = "LU"
    examples = ("15 LU", "7.5 LU")
    _units = frozenset({"lu"})
    _signed = False

    def _refused(self, text: str) -> NotAValueError:
        return NotAValueError("'{text}' is not a loudness range (try \"{hint}\")", text=text, hint=self.examples[0])
