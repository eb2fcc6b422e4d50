"""Container dates, and which of them can't be true."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

from vidcheck.lazy import late
from vidcheck.quantities import Moment
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


def tell_date(tell: Teller, sources: tuple[tuple[str, str], ...]) -> None:
    """Tell `container.created` and `completed` from the first source (locator, text) that holds a date.

    QuickTime's creationdate with its own offset comes before the movie header's. Where a text stands there and no
    source holds a date that can be, both are unknown, with the text as evidence; where none stands there, absent.
    """
    readings = [(locator, text, container_date(text)) for locator, text in sources if text]
    best = next((row for row in readings if isinstance(row[2], Moment)), readings[0] if readings else None)
    for key in ("container.created", "completed"):
        if best is None:
            tell.absent(key, sources[-1][0])
        elif isinstance(best[2], Moment):
            tell.known(key, best[2], best[0], best[1])
        else:
            tell.unknown(key, best[0], best[1], best[2])
