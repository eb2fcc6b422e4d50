"""Sizes, bit rates, frequencies, frame rates, ratios, counts, angles: one number with a unit."""

from __future__ import annotations

import re
from datetime import UTC, tzinfo
from fractions import Fraction
from typing import Any

from vidcheck.lazy import late
from vidcheck.quantities.kind import (
    Kind,
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
from vidcheck.texts import say

_WITH_UNIT = late(r"([\d.,]+)\s*(\S.*)?")
_PLAIN = Manner()


def _split(text: str) -> tuple[Fraction | None, str]:
    """Splits a text into its leading number and the rest."""
    parts = _WITH_UNIT.fullmatch(tidy(text))
    return (number(parts[1]), (parts[2] or "").strip()) if parts else (None, "")


def _scaled(value: Fraction, units: tuple[tuple[str, int], ...], apart: tuple[Fraction, ...], fewest: int = 1) -> str:
    """The number in the largest unit that leaves it at least 1: exact where three places do, else rounded to the fewest."""
    name, scale = next(((n, s) for n, s in units if abs(value) >= s), units[-1])
    small = value / scale
    exact = exact_decimal(small)
    short = exact is not None and len(exact.partition(".")[2]) <= 3
    least = len(exact.partition(".")[2]) if exact is not None and short else fewest
    places = places_apart(small, tuple(other / scale for other in apart), least)
    return f"{decimal(small, places)} {name}"


class Bytes(Number):
    """A size in whole bytes. `MB` is 10^6 (SI), `MiB` 2^20 (IEC 80000-13); a bare `M` is refused: it may be either."""

    name = "bytes"
    shows_apart = True
    unit = "B"
    examples = ("100 MB", "200 MiB", "1 GB", "512 kB")
    _units = {
        "b": 1, "byte": 1, "bytes": 1, "字节": 1,
        "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12,
        "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40,
    }  # fmt: skip
    _bare = {"k": "k", "m": "M", "g": "G", "t": "T", "兆": "M", "": "M"}
    _shown = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3), ("B", 1))

    def read(self, text: str, zone: tzinfo = UTC) -> int:  # noqa: ARG002
        amount, unit = _split(text)
        if amount is not None and unit.lower() in self._bare:
            figure, prefix = exact_decimal(amount), self._bare[unit.lower()]
            raise NotAValueError(
                "'{text}' does not say which: write '{hint}' (units of 1000) or '{other}' (units of 1024)",
                text=text, hint=f"{figure} {prefix}B".replace("KB", "kB"), other=f"{figure} {prefix.upper()}iB",
            )  # fmt: skip
        if unit[1:] == "b" and unit[:1].lower() in "kmgt":
            raise NotAValueError(
                "'{text}' counts bits; for bytes write '{hint}'", text=text, hint=f"{tidy(text)[:-1].strip()}B"
            )
        scale = self._units.get(unit.lower())
        if amount is None or scale is None or (amount * scale).denominator != 1:
            raise NotAValueError("'{text}' is not a size (try \"{hint}\")", text=text, hint="100 MB")
        return int(amount * scale)

    def write(self, value: int) -> str:
        for unit, scale in (("GB", 10**9), ("MB", 10**6), ("GiB", 2**30), ("MiB", 2**20), ("kB", 10**3)):
            if value and value % scale == 0:
                return f"{value // scale} {unit}"
        return f"{value} B"

    def show(self, value: int, manner: Manner = _PLAIN, apart: tuple[Any, ...] = ()) -> str:
        if value and value % 10**6 and value % 2**20 == 0:
            scale, name = (2**30, "GB") if value % 2**30 == 0 else (2**20, "MB")
            counted = say("{size} as Windows counts", size=f"{value // scale} {name}").render(manner.lang)
            return manner.aside(self._rounded(value, apart, least=2), counted)
        shown = self._rounded(value, apart)
        if value < 1000 or value % 10**6 == 0:
            return shown
        return manner.aside(shown, say("{count} bytes", count=f"{value:,}").render(manner.lang))

    def _rounded(self, value: int, apart: tuple[Any, ...], least: int = 1) -> str:
        return _scaled(Fraction(value), self._shown, tuple(Fraction(other) for other in apart), least)

    def difference(self, value: int, limit: int, manner: Manner = _PLAIN) -> str:  # noqa: ARG002
        gap = Fraction(value - limit)
        shown = _scaled(abs(gap), self._shown, (Fraction(0),))
        return f"{'-' if gap < 0 else '+'}{shown}"


class BitRate(Number):
    """A bit rate in bits a second; prefixes are SI, as everywhere in the field."""

    name = "bit rate"
    shows_apart = True
    unit = "bit/s"
    examples = ("4 Mbps", "1024 kbps", "128000 bit/s")
    _unit = late(r"(?i)([kmg]?)(?:bps|bit/s|bits/s|b/s|比特/秒)")
    _scales = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}
    _shown = (("Gbps", 10**9), ("Mbps", 10**6), ("kbps", 10**3), ("bit/s", 1))

    def read(self, text: str, zone: tzinfo = UTC) -> Fraction:  # noqa: ARG002
        amount, unit = _split(text)
        found = self._unit.fullmatch(unit)
        if amount is None or found is None or unit.endswith(("B/s", "Bps")):
            figure = exact_decimal(amount) if amount is not None else None
            hint = f"{figure} {'kbps' if unit.lower().startswith('k') else 'Mbps'}" if figure and unit else "4 Mbps"
            raise NotAValueError("'{text}' is not a bit rate (try \"{hint}\")", text=text, hint=hint)
        return amount * self._scales[found[1].lower()]

    def write(self, value: Fraction) -> str:
        for unit, scale in self._shown:
            if (Fraction(value) / scale).denominator == 1 and value >= scale:
                return f"{value // scale} {unit}"
        return f"{exact_decimal(Fraction(value)) or decimal(Fraction(value), 12)} bit/s"

    def show(self, value: Fraction, manner: Manner = _PLAIN, apart: tuple[Any, ...] = ()) -> str:  # noqa: ARG002
        return _scaled(Fraction(value), self._shown, tuple(Fraction(other) for other in apart))

    def difference(self, value: Fraction, limit: Fraction, manner: Manner = _PLAIN) -> str:  # noqa: ARG002
        gap = Fraction(value - limit)
        return f"{'-' if gap < 0 else '+'}{_scaled(abs(gap), self._shown, (Fraction(0),))}"


class Frequency(Number):
    """A sample rate in hertz."""

    name = "frequency"
    unit = "Hz"
    examples = ("48 kHz", "44100 Hz")
    _scales = {"": 1, "hz": 1, "khz": 1000, "赫兹": 1, "千赫": 1000}

    def read(self, text: str, zone: tzinfo = UTC) -> int:  # noqa: ARG002
        amount, unit = _split(text)
        scale = self._scales.get(unit.lower())
        if amount is None or scale is None or (amount * scale).denominator != 1:
            raise NotAValueError("'{text}' is not a sample rate (try \"{hint}\")", text=text, hint="48 kHz")
        return int(amount * scale)

    def write(self, value: int) -> str:
        return f"{value // 1000} kHz" if value and value % 1000 == 0 else f"{value} Hz"

    def show(self, value: int, manner: Manner = _PLAIN, apart: tuple[Any, ...] = ()) -> str:  # noqa: ARG002
        return f"{exact_decimal(Fraction(value, 1000))} kHz" if value >= 1000 else f"{value} Hz"

    def difference(self, value: int, limit: int, manner: Manner = _PLAIN) -> str:  # noqa: ARG002
        return f"{value - limit:+d} Hz"


class Rate(Fraction):
    """An average frame rate, with the nominal rate of nearly all frames, which differs from it."""

    __slots__ = ("nominal",)
    nominal: Fraction

    def __new__(cls, average: Fraction, nominal: Fraction) -> Rate:  # noqa: PYI034 - a Fraction is made here
        self = super().__new__(cls, average)
        self.nominal = nominal
        return self

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and (not isinstance(other, Rate) or self.nominal == other.nominal)

    __hash__ = Fraction.__hash__

    def __reduce__(self) -> tuple[Any, ...]:
        return Rate, (Fraction(self), self.nominal)


def rate_of(average: Fraction, nominal: Fraction | None) -> Fraction:
    """A frame rate; with the nominal rate if that is another."""
    return average if nominal is None or nominal == average else Rate(average, nominal)


class FrameRate(Number):
    """Frames a second. `29.97` and similar numbers are the NTSC rates 30000/1001 … (SMPTE ST 2026), not decimals."""

    name = "frame rate"
    shows_apart = True
    unit = "fps"
    examples = ("25", "29.97", "30000/1001", "25 fps")
    relative_equality = Fraction(2, 10_000)
    _coarse = Fraction(2, 1000)
    _ntsc = {
        Fraction(text): Fraction(nominal * 1000, 1001)
        for nominal, spellings in ((24, ("23.976", "23.98")), (30, ("29.97",)), (48, ("47.952", "47.95")),
                                   (60, ("59.94",)), (120, ("119.88",)), (15, ("14.985", "14.99")))
        for text in spellings
    }  # fmt: skip
    _unit = late(r"(?i)\s*(?:fps|帧/秒|帧|p|hz)?")

    def read(self, text: str, zone: tzinfo = UTC) -> Fraction:  # noqa: ARG002
        plain = tidy(text)
        found = re.match(r"(\d+)\s*/\s*(\d+)|[\d.]+", plain)
        if found and self._unit.fullmatch(plain[found.end() :]):
            if found[1]:
                value = Fraction(int(found[1]), int(found[2])) if int(found[2]) else None
            else:
                value = number(found[0])
                value = self._ntsc.get(value, value) if value is not None else None
            if value:
                return value
        raise NotAValueError("'{text}' is not a frame rate (try \"{hint}\")", text=text, hint="25")

    def write(self, value: Fraction) -> str:
        exact = exact_decimal(value)
        return exact if exact and value not in self._ntsc else f"{value.numerator}/{value.denominator}"

    def show(self, value: Fraction, manner: Manner = _PLAIN, apart: tuple[Any, ...] = ()) -> str:
        least = 0 if value.denominator == 1 else 2 if value * 1001 % 1000 == 0 and value > 25 else 3
        shown = decimal(value, places_apart(value, tuple(Fraction(other) for other in apart), least))
        words = say("{rate} fps", rate=shown).render(manner.lang)
        if not isinstance(value, Rate):
            return words
        nominal = say("nominal {rate}", rate=self.show(value.nominal, manner)).render(manner.lang)
        return manner.aside(words, nominal)

    def answers(self, value: Fraction, limit: Fraction, slack: Fraction | int = 0) -> bool:
        """Whether the nominal rate is the one that a rule asks for.

        Where the clock is too coarse for the rate (29.97 frames a second by a clock of 600 ticks), so that average and
        nominal rate are all but the same, either will do.
        """
        if not isinstance(value, Rate):
            return self.equal(value, limit, slack)
        coarse = abs(value - value.nominal) <= value.nominal * self._coarse
        return self.equal(value.nominal, limit, slack) or (coarse and self.equal(value, limit, slack))

    def difference(self, value: Fraction, limit: Fraction, manner: Manner = _PLAIN) -> str:
        gap = signed(value - limit, 0 if (value - limit).denominator == 1 else 2)
        return say("{rate} fps", rate=gap).render(manner.lang)


class Ratio(Kind):
    """A shape, width to height. Ordered: 16:9 is wider than 4:3."""

    name = "ratio"
    shows_apart = True
    ordered = True
    examples = ("16:9", "4:3", "2.39:1")
    relative_equality = Fraction(5, 1000)
    _form = late(r"([\d.]+)\s*[:/]\s*([\d.]+)")
    _cinema = frozenset(map(Fraction, ("1.85", "2.35", "2.39")))
    _most_plain = 32
    """Ratios of whole numbers up to this are shown as they are; others as `x:1`, as in cinema."""

    def read(self, text: str, zone: tzinfo = UTC) -> Fraction:  # noqa: ARG002
        found = self._form.fullmatch(tidy(text))
        wide, high = (number(found[1]), number(found[2])) if found else (None, None)
        if not wide or not high:
            raise NotAValueError("'{text}' is not a ratio (try \"{hint}\")", text=text, hint="16:9")
        return wide / high

    def write(self, value: Fraction) -> str:
        return f"{value.numerator}:{value.denominator}"

    def show(self, value: Fraction, manner: Manner = _PLAIN, apart: tuple[Any, ...] = ()) -> str:  # noqa: ARG002
        if value in self._cinema:
            return f"{decimal(value, 2)}:1"
        if max(value.numerator, value.denominator) <= self._most_plain:
            return self.write(value)
        others = tuple(Fraction(other) for other in apart)
        return f"{decimal(value, places_apart(value, others, 2))}:1"

    def json(self, value: Fraction, manner: Manner = _PLAIN) -> object:  # noqa: ARG002
        return self.write(value)


class Share(Number):
    """A part of a whole, 0 to 1, spelt in per cent; a bare `0.9` is refused: it may mean 0.9 % or 90 %."""

    name = "share"
    shows_apart = True
    examples = ("90 %", "2.5 %")

    def read(self, text: str, zone: tzinfo = UTC) -> Fraction:  # noqa: ARG002
        value = per_cent(text)
        if value is None or value > 1:
            raise NotAValueError("'{text}' is not a share (try \"{hint}\")", text=text, hint=self._hint(text))
        return value

    def _hint(self, text: str) -> str:
        bare = number(tidy(text))
        return self.write(bare) if bare and bare < 1 else f"{tidy(text)} %" if bare and bare <= 100 else "90 %"

    def write(self, value: Fraction) -> str:
        hundredfold = 100 * Fraction(value)
        exact = exact_decimal(hundredfold)
        return f"{exact or f'{hundredfold.numerator}/{hundredfold.denominator}'} %"

    def show(self, value: Fraction, manner: Manner = _PLAIN, apart: tuple[Any, ...] = ()) -> str:  # noqa: ARG002
        hundredfold = 100 * Fraction(value)
        others = (*(100 * Fraction(other) for other in apart), Fraction(0), Fraction(100))  # 99.97 % isn't all of it
        return f"{decimal(hundredfold, places_apart(hundredfold, others, 0 if hundredfold.denominator == 1 else 1))} %"

    def difference(self, value: Fraction, limit: Fraction, manner: Manner = _PLAIN) -> str:
        gap = 100 * Fraction(value - limit)
        points = signed(gap, 0 if gap.denominator == 1 else 1)
        return say("{count} percentage points", count=points).render(manner.lang)


def per_cent(text: str) -> Fraction | None:
    """The part that a text such as `2.5 %` spells; None if it spells none."""
    amount, sign, rest = tidy(text).partition("%")
    over, slash, under = amount.strip().partition("/")
    value, divisor = number(over), number(under) if slash else Fraction(1)
    return value / divisor / 100 if sign and not rest and value is not None and divisor else None


class Count(Number):
    """A whole number of things."""

    name = "whole number"
    examples = ("1", "2")

    def read(self, text: str, zone: tzinfo = UTC) -> int:  # noqa: ARG002
        plain = tidy(text)
        if not plain.isascii() or not plain.isdigit() or len(plain) > 18:
            raise NotAValueError("'{text}' is not a whole number (try \"{hint}\")", text=text, hint="1")
        return int(plain)

    def write(self, value: int) -> str:
        return str(value)

    def difference(self, value: int, limit: int, manner: Manner = _PLAIN) -> str:  # noqa: ARG002
        return f"{value - limit:+d}"


class Pixels(Count):
    """A number of pixels in one direction."""

    name = "pixels"
    unit = "px"
    examples = ("1920", "1080 px")

    def read(self, text: str, zone: tzinfo = UTC) -> int:  # noqa: ARG002
        try:
            return super().read(tidy(text).removesuffix("px").removesuffix("像素"))
        except NotAValueError:
            raise NotAValueError(
                "'{text}' is not a number of pixels (try \"{hint}\")", text=text, hint="1920"
            ) from None

    def show(self, value: int, manner: Manner = _PLAIN, apart: tuple[Any, ...] = ()) -> str:  # noqa: ARG002
        return say("{count} px", count=value).render(manner.lang)

    def difference(self, value: int, limit: int, manner: Manner = _PLAIN) -> str:
        return say("{count} px", count=f"{value - limit:+d}").render(manner.lang)


class Angle(Kind):
    """A clockwise turn in whole degrees, 0 to 359."""

    name = "angle"
    unit = "°"
    examples = ("0", "90")

    def read(self, text: str, zone: tzinfo = UTC) -> int:  # noqa: ARG002
        found = re.fullmatch(r"([+-]?\d{1,6})\s*(?:°|deg|度)?", tidy(text))
        if not found:
            raise NotAValueError("'{text}' is not an angle (try \"{hint}\")", text=text, hint="90")
        return int(found[1]) % 360

    def write(self, value: int) -> str:
        return str(value)

    def show(self, value: int, manner: Manner = _PLAIN, apart: tuple[Any, ...] = ()) -> str:  # noqa: ARG002
        return f"{value}°"
