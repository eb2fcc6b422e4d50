"""Exact values with units: how they are read, written and shown.

Every kind reads the spellings of the rules language, writes a value so that it reads back the same, and shows it
to people in English or Chinese with enough digits to show the difference that a verdict rests on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Any

from vidcheck.quantities.contact import Email, Host, People, Telephone, WebAddress
from vidcheck.quantities.fingerprint import Fingerprint, Fingerprints
from vidcheck.quantities.kind import Kind, Manner, NotAValueError, decimal, exact_decimal
from vidcheck.quantities.levels import Level, Loudness, LoudnessRange
from vidcheck.quantities.scalars import (
    Angle,
    BitRate,
    Bytes,
    Count,
    FrameRate,
    Frequency,
    Pixels,
    Rate,
    Ratio,
    Share,
    per_cent,
    rate_of,
)
from vidcheck.quantities.shapes import Resolution, Size
from vidcheck.quantities.sizes import Sizes
from vidcheck.quantities.times import Date, Duration, Moment, in_zone
from vidcheck.quantities.words import Flag, Listed, Words
from vidcheck.texts import marked, say

__all__ = [
    "ANGLE",
    "BIT_RATE",
    "BYTES",
    "COUNT",
    "DATE",
    "DURATION",
    "EMAIL",
    "FINGERPRINT",
    "FLAG",
    "FRAME_RATE",
    "FREQUENCY",
    "HOST",
    "KINDS",
    "LEVEL",
    "LISTED",
    "LOUDNESS",
    "LOUDNESS_RANGE",
    "PEOPLE",
    "PIXELS",
    "RATIO",
    "RESOLUTION",
    "SHARE",
    "SIZES",
    "TELEPHONE",
    "WEB_ADDRESS",
    "WORDS",
    "Difference",
    "Exact",
    "Fingerprint",
    "Kind",
    "Manner",
    "Moment",
    "NotAValueError",
    "Rate",
    "Shown",
    "Size",
    "decimal",
    "exact_decimal",
    "in_zone",
    "per_cent",
    "rate_of",
]

ANGLE = Angle()
BIT_RATE = BitRate()
BYTES = Bytes()
COUNT = Count()
DATE = Date()
DURATION = Duration()
EMAIL = Email()
FINGERPRINT = Fingerprints()
FLAG = Flag()
FRAME_RATE = FrameRate()
FREQUENCY = Frequency()
HOST = Host()
LEVEL = Level()
LISTED = Listed()
LOUDNESS = Loudness()
LOUDNESS_RANGE = LoudnessRange()
PEOPLE = People()
PIXELS = Pixels()
RATIO = Ratio()
RESOLUTION = Resolution()
SHARE = Share()
SIZES = Sizes()
TELEPHONE = Telephone()
WEB_ADDRESS = WebAddress()
WORDS = Words()
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        ANGLE, BIT_RATE, BYTES, COUNT, DATE, DURATION, EMAIL, FINGERPRINT, FLAG, FRAME_RATE, FREQUENCY, HOST, LEVEL, LISTED, LOUDNESS,
        LOUDNESS_RANGE, PEOPLE, PIXELS, RATIO, RESOLUTION, SHARE, SIZES, TELEPHONE, WEB_ADDRESS, WORDS,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A value that is formatted when it is rendered, with enough digits to differ from the values in `apart`."""

    kind: str
    value: Any
    zone: tzinfo = UTC
    apart: tuple[Any, ...] = ()

    def __reduce__(self) -> tuple[type[Shown], tuple[Any, ...]]:
        return Shown, (self.kind, self.value, self.zone, self.apart)

    def render(self, lang: str) -> str:
        """The value in that language's units."""
        if type(self.value) is Moment:  # equal instants look different in two zones, so they can't share the cache
            return KINDS[self.kind].show(self.value, Manner(lang, self.zone), self.apart)
        return _shown(self.kind, lang, self.value, self.apart)


@dataclass(frozen=True, slots=True)
class Exact:
    """A value as rules spell it (`0.5 s`), with the unit in the reader's language."""

    kind: str
    value: Any

    def render(self, lang: str) -> str:
        """The spelling."""
        return _exact(self.kind, lang, self.value)


@lru_cache(maxsize=4096, typed=True)
def _shown(kind: str, lang: str, value: Any, apart: tuple[Any, ...]) -> str:
    """Cached: a finding shows each value several times, and all findings of a rule show its limits."""
    return KINDS[kind].show(value, Manner(lang), apart)


@lru_cache(maxsize=1024, typed=True)
def _exact(kind: str, lang: str, value: Any) -> str:
    words = KINDS[kind].write(value)
    number, _, unit = words.partition(" ")
    return say(_UNITS[unit], count=number).render(lang) if unit in _UNITS else words


_UNITS = {"s": marked("{count} s"), "min": marked("{count} min"), "h": marked("{count} h")}
"""The messages for units that differ between languages (`times` uses them too)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a value lies from a limit, formatted when it is rendered."""

    kind: str
    value: Any
    limit: Any
    zone: tzinfo = UTC

    def render(self, lang: str) -> str:
        """The difference with its sign; empty if none is meaningful."""
        return KINDS[self.kind].difference(self.value, self.limit, Manner(lang, self.zone))
