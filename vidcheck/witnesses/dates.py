"""Dates that files bear, and which of them can't be true.

A date of writing says when the file was written; a date of shooting, when a camera took the film. The first decides
what it can, the second only if a file has none of the first (`vidcheck.resolve`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

from vidcheck.facts import Beside
from vidcheck.lazy import late
from vidcheck.quantities import DATE, Moment, NotAValueError
from vidcheck.texts import say

if TYPE_CHECKING:
    from vidcheck.texts import Readable
    from vidcheck.witnesses.evidence import Teller

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""No file can be older than its format: QuickTime is of 1991, MPEG-1 and AVI of 1992. An unset clock gives 1904,
1970 or 1980, and Unix seconds taken for seconds since 1904 give 1956."""
_NOT_SET = frozenset({datetime(2040, 2, 6, 6, 28, 15, tzinfo=UTC)})
"""0xFFFFFFFF seconds after 1904."""
_FORM = late(
    r"(?:UTC )?(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,6})\d*)?(?: ?(UTC|Z|[+-]\d\d:?\d\d))?",
    re.ASCII,
)


def container_date(text: str) -> Moment | Readable:
    """The moment that a tool printed, or a message why it isn't one."""
    plain = text.strip()
    found = _FORM.fullmatch(plain) if len(plain) <= 60 else None
    when = _moment(found, plain) if found else None
    if found is None or when is None:
        return say("this is no date of the calendar")
    if when.tzinfo is None:
        return say("the date does not say its time zone")
    if when in _NOT_SET:
        return say("the date was not written: every bit of it is set")
    if when < EARLIEST:
        return say("no video file can be that old; the clock was not set or the date was not written")
    return Moment.at(when)


def _moment(found: re.Match[str], plain: str) -> datetime | None:
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    micro = int((found[7] or "").ljust(6, "0"))
    try:
        return datetime(
            year, month, day, hour, minute, 59 if second == 60 else second, micro, tzinfo=_zone(found[8], plain)
        )
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None, plain: str) -> tzinfo | None:
    if text in {"UTC", "Z"} or plain.startswith("UTC "):
        return UTC
    if not text:
        return None
    digits = text.replace(":", "")
    shift = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return timezone(-shift if digits[0] == "-" else shift)


def written_text(text: str) -> Moment | Readable:
    """The moment or period that a person or a program wrote into a tag, or a message why it isn't one.

    All of ISO 8601 that is in use, a year or a month alone, Exif's `2022:02:28 10:00:00`, `20220228`, and what a
    person may write into a form. Without a zone it is floating.
    """
    plain = text.strip(" \0\t\r\n")
    if len(plain) > _LONGEST:
        return say("this is no date of the calendar")
    if plain.startswith("UTC "):
        plain = f"{plain[4:]}Z"
    year = _YEAR.fullmatch(plain)
    if year:
        return _believed(_year(int(year[1])))
    plain = _EXIF.sub(r"\1-\2-\3", plain)
    plain = _COMPACT.sub(_spaced, plain)
    plain = _HOURS.sub(r"\1\g<2>:00", plain)
    try:
        moment = DATE.read(plain, UTC)
    except NotAValueError:
        return say("this is no date of the calendar")
    return _believed(moment if _ZONED.search(plain) else replace(moment, floating=True))


_LONGEST = 60
_YEAR = late(r"(\d{4})年?", re.ASCII)
_EXIF = late(r"^(\d{4}):(\d\d):(\d\d)(?!\d)", re.ASCII)
_COMPACT = late(r"^(\d{4})(\d\d)(\d\d)(?:[T ]?(\d\d)(\d\d)(\d\d)?)?(?![\d:])", re.ASCII)
_HOURS = late(r"(:\d\d(?:\.\d+)?\s*)([+-]\d\d)$", re.ASCII)
_ZONED = late(r":\d\d(?:\.\d+)?\s*(?:Z|UTC|[+-]\d\d:?\d\d)$", re.ASCII)


def _spaced(found: re.Match[str]) -> str:
    day, time = "-".join(found.groups()[:3]), ":".join(part for part in found.groups()[3:] if part)
    return f"{day} {time}" if time else day


def _year(year: int) -> Moment | None:
    if not 1 <= year <= 9998:
        return None
    first = datetime(year, 1, 1, tzinfo=UTC)
    return Moment(first, datetime(year + 1, 1, 1, tzinfo=UTC) - timedelta(microseconds=1), "year", floating=True)


def _believed(moment: Moment | None) -> Moment | Readable:
    """That moment, or a message why no film was made then."""
    if moment is None:
        return say("this is no date of the calendar")
    if moment.last < EARLIEST:
        return say("no video file can be that old; the clock was not set or the date was not written")
    return moment


def tell_date(
    tell: Teller, written: tuple[str, str], shot: tuple[tuple[str, str], ...] = (), *, floating: bool = False
) -> None:
    """Tell `container.created` and `completed` from a tool's fields, given as locator and text.

    Where a text stands there that can't be a date, it is unknown, with the text as evidence; where none stands there,
    absent. With `floating` the date of writing has no zone of its own, though the tool calls it UTC.
    """
    for locator, text in shot:
        if text:
            tell_shot(tell, locator, text, written_text(text))
    locator, text = written
    when = container_date(text) if text else None
    for key in ("container.created", "completed"):
        if when is None:
            tell.absent(key, locator)
        elif isinstance(when, Moment):
            tell.known(key, replace(when, floating=floating and not when.first.utcoffset()), locator, text)
        else:
            tell.unknown(key, locator, text, when)


def tell_shot(tell: Teller, locator: str, text: str, when: Moment | Readable) -> None:
    """Tell when the film was shot, or why the text doesn't say it."""
    if isinstance(when, Moment):
        tell.known("completed", when, locator, text, say("when it was shot"), beside=Beside.SHOT)
    else:
        tell.unknown("completed", locator, text, when, beside=Beside.SHOT)
