"""Declared dates: all spellings of the rules language, and what spreadsheets make of dates."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo

from vidcheck.lazy import late
from vidcheck.quantities import DATE, Moment, NotAValueError

_COMPACT = late(r"((?:19|20)\d\d)(0[1-9]|1[0-2])(\d\d)?", re.ASCII)
_SERIAL = late(r"(\d{5})(?:\.(\d{1,12})0*)?", re.ASCII)
_FIRST, _LAST = 32_874, 54_788
"""Serials of 1990-01-01 and 2049-12-31: a smaller or larger number of five figures is hardly meant as a day."""
_AMBIGUOUS = late(r"(\d{4})\.1", re.ASCII)


def read_date(text: str, zone: tzinfo, *, numeric: bool = False, epoch: int = 1900) -> Moment:
    """The moment that a declared date spells. Raises NotAValueError.

    `numeric` says that a spreadsheet holds it as a number: of `2021.10` it keeps `2021.1`, which may as well be
    January. Days counted by Excel begin in 1900, or in 1904 where its file says so (ECMA-376, part 1, 18.17.4.1).
    """
    plain = text.strip().rstrip("。.,，;；")
    odd = _AMBIGUOUS.fullmatch(plain) if numeric else None
    if odd:
        raise NotAValueError(
            "'{text}' is a number in the sheet and may be January or October: write '{hint}' or '{other}'",
            text=text, hint=f"{odd[1]}-01", other=f"{odd[1]}-10",
        )  # fmt: skip
    compact = _COMPACT.fullmatch(plain)
    if compact:
        return DATE.read("-".join(part for part in compact.groups() if part), zone)
    serial = _SERIAL.fullmatch(plain)
    if serial and _FIRST <= int(serial[1]) <= _LAST:
        return _from_serial(int(serial[1]), serial[2] or "", zone, epoch)
    return DATE.read(plain, zone)


def _from_serial(days: int, fraction: str, zone: tzinfo, epoch: int) -> Moment:
    first = datetime(1904, 1, 1, tzinfo=zone) if epoch == 1904 else datetime(1899, 12, 30, tzinfo=zone)
    day = first + timedelta(days=days)
    seconds = round(int(fraction or 0) * 86_400 / 10 ** len(fraction)) if fraction else 0
    if not seconds:
        return DATE.read(f"{day:%Y-%m-%d}", zone)
    return Moment.at(day + timedelta(seconds=seconds))
