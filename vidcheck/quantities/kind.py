"""What every kind of value can do: read a text, write it back exactly, show it to people, compare."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, tzinfo
from fractions import Fraction
from typing import Any, ClassVar

from vidcheck.lazy import late
from vidcheck.texts import aside, separator

_NUMBER = late(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+")
_LONGEST = 60  # characters of a quantity; a longer text is no quantity, whatever it contains
_MOST_DIGITS = 30


class NotAValueError(ValueError):
    """A text that isn't a value of the kind asked for.

    `why` is a key of the message catalogue with holes `{text}`, `{hint}` and `{other}`; `hint` is the nearest
    valid spelling where one can be given, `other` a second reading that makes the text ambiguous.
    """

    def __init__(self, why: str, *, text: str, hint: str = "", other: str = "") -> None:
        super().__init__(why.replace("{text}", text).replace("{hint}", hint).replace("{other}", other))
        self.why = why
        self.text = text
        self.hint = hint
        self.other = other


@dataclass(frozen=True, slots=True)
class Manner:
    """How values are shown: the language of units and the time zone of moments."""

    lang: str = "en"
    zone: tzinfo = UTC

    @property
    def comma(self) -> str:
        """What separates the items of a list."""
        return separator(self.lang)

    def aside(self, words: str, more: str) -> str:
        """A value, then the same value written differently in brackets."""
        return aside(words, more, self.lang)


class Kind:
    """A kind of value. Values are exact (`int`, `Fraction`, `Moment` …); a float appears only in text."""

    name: ClassVar[str] = ""
    unit: ClassVar[str] = ""
    ordered: ClassVar[bool] = False
    examples: ClassVar[tuple[str, ...]] = ()
    listed: ClassVar[bool] = False
    """Whether a value is several texts."""
    shows_apart: ClassVar[bool] = False
    """Whether the result of `show` depends on `apart`."""
    relative_equality: ClassVar[Fraction] = Fraction(0)
    """Two values this close, relative to the limit, count as equal where a rule gives no tolerance."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Kinds are pickled by name, because each is a singleton."""
        return _kind, (self.name,)

    def read(self, text: str, zone: tzinfo = UTC) -> Any:
        """The value that a text spells. Raises NotAValueError."""
        raise NotImplementedError

    def write(self, value: Any) -> str:
        """A spelling that reads back as exactly the same value."""
        raise NotImplementedError

    def show(self, value: Any, manner: Manner = Manner(), apart: tuple[Any, ...] = ()) -> str:  # noqa: ARG002
        """The value for people, precise enough to read as less or more than each value in `apart`."""
        return self.write(value)

    def json(self, value: Any, manner: Manner = Manner()) -> object:  # noqa: ARG002
        """The value as JSON, in base units."""
        return value

    def difference(self, value: Any, limit: Any, manner: Manner = Manner()) -> str:  # noqa: ARG002
        """How far a value lies from a limit, with its sign; never a zero where they differ; empty if meaningless."""
        return ""

    def share(self, limit: Any, part: Fraction) -> Any:
        """The slack that is this part (0.02 for 2 %) of a limit."""
        return abs(limit) * part

    def below(self, value: Any, limit: Any, slack: Any = 0) -> bool:
        """Whether a value is less than a limit by more than the slack."""
        return bool(value < (limit - slack if slack else limit))

    def over(self, value: Any, limit: Any, slack: Any = 0) -> bool:
        """Whether a value is more than a limit by more than the slack."""
        return bool(value > (limit + slack if slack else limit))

    def equal(self, value: Any, other: Any, slack: Any = 0) -> bool:
        """Whether two values are the same, or closer than or as close as the slack."""
        return bool(abs(value - other) <= slack) if slack else bool(value == other)

    def answers(self, value: Any, limit: Any, slack: Any = 0) -> bool:
        """Whether a value is the one that a rule asks for; as `equal`, unless a kind's values have more to them."""
        return self.equal(value, limit, slack)


def _kind(name: str) -> Kind:
    from vidcheck.quantities import KINDS

    return KINDS[name]


class Number(Kind):
    """A kind whose values are exact numbers."""

    ordered = True

    def json(self, value: Any, manner: Manner = Manner()) -> object:  # noqa: ARG002
        return value if type(value) is int else int(value) if value == int(value) else float(value)


def tidy(text: str) -> str:
    """Makes full-width forms half-width and strips outer white space."""
    return unicodedata.normalize("NFKC", text).strip() if len(text) <= _LONGEST else text[: _LONGEST + 1]


def number(text: str) -> Fraction | None:
    """A plain decimal number, thousands commas allowed; None if it is none or absurdly long."""
    if len(text) > _MOST_DIGITS or not text.isascii() or not _NUMBER.fullmatch(text):
        return None
    return Fraction(text.replace(",", ""))


def exact_decimal(value: Fraction) -> str | None:
    """The number as a decimal without rounding, or None where it has no finite one of 12 places."""
    scale, under = 1, value.denominator
    for places in range(13):
        if scale % under == 0:
            return decimal(value, places)
        scale *= 10
    return None


def decimal(value: Fraction | int, places: int, *, grouped: bool = False) -> str:
    """The number rounded to so many decimal places (halves away from zero), without going through a float."""
    scaled = _rounded(value, places)
    digits, rest = divmod(abs(scaled), 10**places)
    sign = "-" if scaled < 0 else ""
    return f"{sign}{digits:{',' if grouped else ''}}" + (f".{rest:0{places}}" if places else "")


def _rounded(value: Fraction | int, places: int) -> int:
    """The number in units of that decimal place, rounded, halves away from zero."""
    over, under = value.numerator, value.denominator
    whole: int = (2 * abs(over) * 10**places + under) // (2 * under)
    return -whole if over < 0 else whole


def places_apart(value: Fraction, apart: tuple[Fraction, ...], least: int, most: int = 12) -> int:
    """How many decimal places keep the rounded value on its own side of each other value."""
    others = [other for other in apart if other != value]
    for places in range(least, most):
        if not others:
            return places
        scale, shown = 10**places, _rounded(value, places)
        if all(
            shown * other.denominator != other.numerator * scale
            and _rounded(other, places) != shown
            and (shown * other.denominator < other.numerator * scale) == (value < other)
            for other in others
        ):
            return places
    return most


def signed(value: Fraction, least: int, most: int = 12) -> str:
    """The number with its sign, with as many places as it takes not to be shown as zero."""
    places = next((n for n in range(least, most) if Fraction(decimal(value, n)) != 0), most)
    shown = decimal(value, places)
    return shown if shown.startswith("-") else f"+{shown}"
