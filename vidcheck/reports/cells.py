"""Values as cells of a workbook: real numbers, dates and durations where they are, text that is never a formula."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from vidcheck.facts import State, visible
from vidcheck.quantities import BIT_RATE, BYTES, COUNT, DATE, DURATION, FRAME_RATE, FREQUENCY, PIXELS, in_zone
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from vidcheck.facts import Fact
    from vidcheck.quantities import Manner, Moment

LONGEST = 32_767
"""UTF-16 units that a cell may hold."""
_MOST_DIGITS = 10**15
"""Excel keeps 15 digits of a number and makes the others zero."""
_FIRST_DAY, _LAST_DAY = date(1900, 3, 1), date(9999, 12, 31)
"""The days that all spreadsheets count alike (Excel knows a 29 February 1900)."""
_LONGEST_TIME = 9999 * 3600
WHOLE, DECIMAL, DAY, TIME, LENGTH = "#,##0", "General", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "[h]:mm:ss.000"
FORMATS = (WHOLE, DECIMAL, DAY, TIME, LENGTH)
_NUMBERS = {BYTES: WHOLE, COUNT: WHOLE, PIXELS: WHOLE, FREQUENCY: WHOLE, BIT_RATE: WHOLE, FRAME_RATE: DECIMAL}

Value: TypeAlias = str | int | float | date | timedelta


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and how it is shown: a number format, or the name of a colour."""

    value: Value
    look: str = ""


def fact_cell(fact: Fact, manner: Manner) -> Cell:
    """A fact's value in the kind that a spreadsheet reckons with, else as text."""
    if fact.state is not State.KNOWN:
        return Cell(fact.state.value)
    kind = KEYS[fact.key].kind
    return _real(kind, fact.value, manner) or Cell(text(kind.show(fact.value, manner)))


def text(words: str) -> str:
    """Text of ours and of others as a cell's: line by line, what XML may not hold as escapes, cut to fit."""
    return fitted(words if words.isprintable() else "\n".join(map(visible, words.split("\n"))))


def fitted(shown: str) -> str:
    """A visible text as a cell's, cut to what one may hold.

    XlsxWriter takes a text that stands between `<r>` and `</r>` for markup of its own; a space ahead keeps it a text.
    """
    if shown.startswith("<r>"):
        shown = f" {shown}"
    if 2 * len(shown) <= LONGEST:
        return shown
    raw = shown.encode("utf-16-le")
    return shown if len(raw) <= 2 * LONGEST else raw[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore") + "…"


def _real(kind: Any, value: Any, manner: Manner) -> Cell | None:
    if kind in _NUMBERS:
        return _number(value, _NUMBERS[kind])
    if kind is DURATION:
        return _duration(Fraction(value))
    return _moment(value, manner) if kind is DATE else None


def _number(value: int | Fraction, look: str) -> Cell | None:
    if not -_MOST_DIGITS < value < _MOST_DIGITS:
        return None
    return Cell(int(value) if value == int(value) else float(value), look)


def _duration(seconds: Fraction) -> Cell | None:
    if not 0 <= seconds <= _LONGEST_TIME:
        return None
    return Cell(timedelta(microseconds=round(seconds * 10**6)), LENGTH)


def _moment(value: Moment, manner: Manner) -> Cell | None:
    """A moment on the clock of the call's zone: a spreadsheet's dates know no zone."""
    if value.precision == "month":
        return None
    told = in_zone(value.first, manner.zone) if value.precision == "second" else value.first
    if not _FIRST_DAY <= told.date() <= _LAST_DAY:
        return None
    if value.precision == "day":
        return Cell(told.date(), DAY)
    return Cell(datetime.combine(told.date(), told.time()), TIME)
