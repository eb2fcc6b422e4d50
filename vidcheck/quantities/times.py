"""Durations and moments."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
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
    tidy,
)
from vidcheck.texts import LANGUAGES, say, say_count

_PLAIN = Manner()
_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)


class Duration(Number):
    """A length of time in seconds, exact."""

    name = "duration"
    shows_apart = True
    unit = "s"
    examples = ("2 min", "90 s", "1:30", "PT2M")
    _units: dict[str, int | Fraction] = {
        "h": 3600, "hour": 3600, "hours": 3600, "小时": 3600, "时": 3600, "min": 60, "mins": 60, "minute": 60,
        "minutes": 60, "m": 60, "分钟": 60, "分": 60, "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "秒": 1,
        "ms": Fraction(1, 1000), "毫秒": Fraction(1, 1000), "d": 86400, "day": 86400, "days": 86400, "天": 86400,
    }  # fmt: skip
    _part = late(r"(\d+/\d+|[\d.,]+)\s*([^\W\d_]+)\s*")
    _clock = late(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{2}(?:\.\d+)?)")
    _iso = late(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?)?")

    def read(self, text: str, zone: tzinfo = UTC) -> Fraction:  # noqa: ARG002
        plain = tidy(text)
        for reading in (self._from_clock, self._from_iso, self._from_units):
            value = reading(plain)
            if value is not None:
                return value
        bare = number(plain)
        if bare is not None:
            figure = exact_decimal(bare)
            raise NotAValueError(
                "'{text}' does not say the unit: write '{hint}' or '{other}'",
                text=text, hint=f"{figure} s", other=f"{figure} min",
            )  # fmt: skip
        raise NotAValueError("'{text}' is not a duration (try \"{hint}\")", text=text, hint="2 min")

    def _from_clock(self, text: str) -> Fraction | None:
        found = self._clock.fullmatch(text)
        seconds = number(found[3]) if found else None
        if found is None or seconds is None or seconds >= 60 or (found[1] and int(found[2]) >= 60):
            return None
        return Fraction(int(found[1] or 0) * 3600 + int(found[2]) * 60 + seconds)

    def _from_iso(self, text: str) -> Fraction | None:
        found = self._iso.fullmatch(text.upper())
        if not found or not any(found.groups()) or text.upper().endswith("T"):
            return None
        days, hours, minutes = (int(part or 0) for part in found.groups()[:3])
        seconds = number((found[4] or "0").replace(",", "."))
        return None if seconds is None else Fraction(days * 86400 + hours * 3600 + minutes * 60 + seconds)

    def _from_units(self, text: str) -> Fraction | None:
        total, at, last = Fraction(0), 0, None
        while at < len(text):
            found = self._part.match(text, at)
            scale = self._units.get(found[2].lower()) if found else None
            if found is None or scale is None or (last is not None and scale >= last):
                return None
            top, _, under = found[1].partition("/")
            amount = number(top) if not under else Fraction(int(top), int(under)) if int(under) else None
            if amount is None:
                return None
            total, at, last = total + amount * scale, found.end(), scale
        return total if last is not None else None

    def write(self, value: Fraction) -> str:
        if value and value % 3600 == 0:
            return f"{value // 3600} h"
        if value and value % 60 == 0:
            return f"{value // 60} min"
        return f"{exact_decimal(Fraction(value)) or f'{value.numerator}/{value.denominator}'} s"

    def show(self, value: Fraction, manner: Manner = _PLAIN, apart: tuple[Any, ...] = ()) -> str:
        exact = Fraction(value)
        least = 0 if exact.denominator == 1 else 3
        places = places_apart(exact, tuple(Fraction(other) for other in apart), least)
        return self._in_units(exact, places, manner)

    def _in_units(self, value: Fraction, places: int, manner: Manner) -> str:
        rounded = Fraction(decimal(value, places))
        minutes, seconds = divmod(rounded, 60)
        hours, minutes = divmod(minutes, 60)
        tail = decimal(seconds, places)
        if not LANGUAGES[manner.lang].clock:
            parts = [say("{count} h", count=hours)] if hours else []
            if minutes:
                parts.append(say("{count} min and", count=minutes) if seconds else say("{count} min", count=minutes))
            if seconds or not parts:
                parts.append(say("{count} s", count=tail))
            return " ".join(part.render(manner.lang) for part in parts)
        tail = tail if seconds >= 10 else f"0{tail}"
        return f"{hours}:{minutes:02}:{tail}" if hours else f"{minutes}:{tail}"

    def difference(self, value: Fraction, limit: Fraction, manner: Manner = _PLAIN) -> str:
        gap = Fraction(value - limit)
        sign = "-" if gap < 0 else "+"
        if abs(gap) >= 60:
            return sign + self.show(abs(gap), manner, (Fraction(0),))
        places = places_apart(abs(gap), (Fraction(0),), 3)
        return say("{count} s", count=f"{sign}{decimal(abs(gap), places)}").render(manner.lang)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, or a period written as a date, a month or a year: from `first` to `last`, both included and aware."""

    first: datetime
    last: datetime
    precision: str = "second"
    floating: bool = field(default=False, compare=False)
    """Whether its zone is not known: it is given as UTC, and may as well be the clock of the place."""

    def __reduce__(self) -> tuple[Any, ...]:
        """As in `Fact`: faster than the default for dataclasses."""
        return Moment, (self.first, self.last, self.precision, self.floating)

    def readings(self, zone: tzinfo) -> tuple[Moment, ...]:
        """What it may mean. If its zone is not known, that is UTC, or the same figures on a clock in `zone`.

        A day, a month or a year without a zone is one in `zone`, as wherever a person writes one.
        """
        if not self.floating or zone is UTC:
            return (self,)
        there = Moment(self.first.replace(tzinfo=zone), self.last.replace(tzinfo=zone), self.precision)
        return (self, there) if self.precision == "second" and there.first != self.first else (there,)

    @classmethod
    def at(cls, when: datetime) -> Moment:
        """A point in time."""
        return cls(when, when)


class Date(Kind):
    """A moment, a day or a month. A text without an offset is in the call's time zone."""

    name = "date"
    ordered = False
    examples = ("2022-02-28", "2022-02", "2022-02-28 18:00")
    _form = late(
        r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?)?)?"
    )
    _chinese = late(
        r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})[日号]?"
        r"(?:(?<=[日号])(上午|早上|中午|下午|晚上|晚)?(\d{1,2})(?::(\d{2})(?::(\d{2}))?|[时点](?:(\d{1,2})分(?:(\d{1,2})秒)?|(半)|整)?))?)?)?"
    )
    _figures = late(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?=\s*(?:上午|早上|中午|下午|晚上|晚))")
    """`2021/6/15 上午10:00`, as a Chinese Excel shows a moment."""
    _spaces = late(r"\s*([年月日号时点分秒:])\s*|(?<=[午上晚])\s+")
    _weekday = late(r"[(（]?(?:星期|周)[一二三四五六日天][)）]?")

    def read(self, text: str, zone: tzinfo = UTC) -> Moment:
        plain = self._figures.sub(r"\1年\2月\3日", tidy(text))
        if "年" in plain:
            plain = self._from_chinese(plain)
        found = self._form.fullmatch(plain.replace("/", "-").replace(".", "-", 2) if "-" not in plain else plain)
        if not found or not found[2]:
            raise NotAValueError("'{text}' is not a date (try \"{hint}\")", text=text, hint="2022-02-28")
        parts = [*found.groups(), *(None,) * 5][:8]
        try:
            return self._moment(parts, zone)
        except (ValueError, OverflowError):
            raise NotAValueError(
                "'{text}' is no day of the calendar (try \"{hint}\")", text=text, hint=self._nearest(parts)
            ) from None

    def _from_chinese(self, text: str) -> str:
        """`2024年3月15日 下午8:30` in digits: `2024-3-15 20:30`; any other text unchanged."""
        plain = self._weekday.sub(" ", text)
        found = self._chinese.fullmatch(
            self._spaces.sub(r"\1", plain).rstrip().replace("日 ", "日").replace("号 ", "号")
        )
        if found is None:
            return text
        year, month, day, half, hour, minute, second, minute_said, second_said, half_hour = found.groups()
        digits = "-".join(part for part in (year, month, day) if part)
        if hour is None:
            return digits
        late = int(hour) < 12 and (half in {"下午", "晚上", "晚"} or (half == "中午" and int(hour) < 3))
        digits += f" {int(hour) + 12 * late}:{minute or (minute_said or ('30' if half_hour else '0')).zfill(2)}"
        seconds = second or second_said
        return f"{digits}:{seconds.zfill(2)}" if seconds else digits

    def _moment(self, parts: list[str | None], zone: tzinfo) -> Moment:
        year, month = int(parts[0] or 0), int(parts[1] or 0)
        if not parts[2]:
            after = (year + month // 12, month % 12 + 1)
            return Moment(datetime(year, month, 1, tzinfo=zone), datetime(*after, 1, tzinfo=zone) - _TICK, "month")
        day = int(parts[2])
        if not parts[3]:
            first = datetime(year, month, day, tzinfo=zone)
            last = datetime.combine(first.date(), datetime.max.time(), zone)
            return Moment(first, last, "day")
        micro = int((parts[6] or "").ljust(6, "0"))
        hour, minute, second = (int(part or 0) for part in parts[3:6])
        return Moment.at(datetime(year, month, day, hour, minute, second, micro, tzinfo=_offset(parts[7]) or zone))

    def _nearest(self, parts: list[str | None]) -> str:
        year, month = int(parts[0] or 0), min(max(int(parts[1] or 1), 1), 12)
        year = min(max(year, 1), 9998)
        end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC) - _DAY
        return f"{year:04}-{month:02}-{min(max(int(parts[2] or 1), 1), end.day):02}"

    def write(self, value: Moment) -> str:
        if value.precision == "year":
            return f"{value.first:%Y}".zfill(4)
        if value.precision == "month":
            return f"{value.first:%Y-%m}".zfill(7)
        if value.precision == "day":
            return value.first.date().isoformat()
        return value.first.isoformat(sep=" ")

    def show(self, value: Moment, manner: Manner = _PLAIN, apart: tuple[Any, ...] = ()) -> str:  # noqa: ARG002
        if value.precision != "second":
            return self.write(value)
        local = in_zone(value.first, manner.zone)
        spec = "microseconds" if local.microsecond else "seconds" if local.second else "minutes"
        stamp = local.isoformat(sep=" ", timespec=spec)
        return f"{stamp[:-6]} {stamp[-6:]}" if stamp[-6] in "+-" else stamp

    def json(self, value: Moment, manner: Manner = _PLAIN) -> object:
        return in_zone(value.first, manner.zone).isoformat()

    def difference(self, value: Moment, limit: Moment, manner: Manner = _PLAIN) -> str:
        early = value.last < limit.first
        gap = limit.first - value.last if early else value.first - limit.last
        if gap <= timedelta(0):
            return ""
        sign, days = ("-" if early else "+"), gap // _DAY
        if value.precision != "second" or (days and limit.precision != "second"):
            days = self._days_apart(value, limit, early=early)  # as on a calendar: from 28 February to 2 March are two
        if days:
            return say_count("{shown} day", "{shown} days", days, shown=f"{sign}{days}").render(manner.lang)
        ticks = gap // _TICK  # a day's last tick is before its end, so subtract one unless nothing would remain
        seconds = Fraction(ticks - 1 if not early and limit.precision != "second" and ticks > 1 else ticks, 10**6)
        return Duration().difference(seconds if not early else -seconds, Fraction(0), manner)

    @staticmethod
    def _days_apart(value: Moment, limit: Moment, *, early: bool) -> int:
        """The days between two dates, each read where it was written; an instant where the limit was."""
        near, edge = (value.last, limit.first) if early else (value.first, limit.last)
        if value.precision == "second":
            near = in_zone(near, limit.first.tzinfo or UTC)
        elif limit.precision == "second":
            edge = in_zone(edge, value.first.tzinfo or UTC)
        return abs((near.date() - edge.date()).days)

    def below(self, value: Moment, limit: Moment, slack: Any = 0) -> bool:  # noqa: ARG002
        """Whether the whole period lies before the limit's start."""
        return value.last < limit.first

    def over(self, value: Moment, limit: Moment, slack: Any = 0) -> bool:  # noqa: ARG002
        """Whether the whole period lies after the limit's end."""
        return value.first > limit.last

    def equal(self, value: Moment, other: Moment, slack: Any = 0) -> bool:
        """Whether the value lies within the other; `slack` is a duration in seconds."""
        by = timedelta(microseconds=int(slack * 10**6))
        return other.first - by <= value.first and value.last <= other.last + by


def in_zone(when: datetime, zone: tzinfo) -> datetime:
    """The same instant in that zone; an instant at the edge of the calendar keeps its zone."""
    try:
        return when.astimezone(zone)
    except (OverflowError, ValueError):
        return when


def _offset(text: str | None) -> tzinfo | None:
    if text in {"Z", "UTC"}:
        return UTC
    if not text:
        return None
    digits = text.replace(":", "")
    shift = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return timezone(-shift if digits[0] == "-" else shift)
