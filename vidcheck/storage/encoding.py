"""Encodes facts and faults as JSON text, and decodes them exactly, for the cache.

A value other than a text, a whole number or a boolean becomes a list that begins with its type's letter. Decoding can't
name a class, call anything or open a file; other texts raise UndecodableError.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from vidcheck.facts import Beside, Fact, Fault, Picture, State
from vidcheck.quantities import Difference, Exact, Fingerprint, Moment, Rate, Shown, Size
from vidcheck.texts import Joined, Plain, Spoken, Text
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from collections.abc import Iterable

FORM = 3
"""The version of the encoding. Raise it if the meaning of a text changes."""

_TYPES: dict[str, Any] = {
    "t": Text, "p": Plain, "j": Joined, "w": Spoken, "s": Shown, "e": Exact, "d": Difference, "z": Size, "g": Fingerprint,
}  # fmt: skip
"""Frozen dataclasses that are encoded as their fields, in this order."""
_LETTERS = {kind: (letter, kind.__slots__) for letter, kind in _TYPES.items()}
_WITNESSES = {name: name for name in registry.names()}
_STATES = {state.value: state for state in State}
_BESIDE = {part.value: part for part in Beside}
_write = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_read = json.JSONDecoder().decode
_NOT_OURS = (ValueError, TypeError, LookupError, ArithmeticError, RecursionError)
"""The errors from a text that `encode` did not write."""
_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


class UnencodableError(ValueError):
    """A value's type can't be encoded."""


class UndecodableError(ValueError):
    """A text that `encode` did not write."""


def encode(facts: Iterable[Fact], faults: Iterable[Fault] = ()) -> bytes:
    """Encodes facts and faults as one line of JSON; lone surrogates are kept. Raises UnencodableError."""
    rows = [  # witness and state are strings: reading their `value` took half of the time
        [
            fact.key, fact.witness, fact.state, _pack(fact.value), fact.locator, fact.raw, _pack(fact.note),
            _pack(fact.remark), fact.beside, [_pack_picture(one) for one in fact.pictures],
        ]
        for fact in facts
    ]  # fmt: skip
    missed = [[fault.witness, _pack(fault.message), sorted(fault.keys)] for fault in faults]
    try:
        return _write([FORM, rows, missed]).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError) as error:  # an integer of thousands of digits, or words nested as deep
        raise UnencodableError(str(error)) from None


def decode(data: bytes) -> tuple[tuple[Fact, ...], tuple[Fault, ...]]:
    """Decodes facts and faults. Raises UndecodableError."""
    try:
        form, rows, missed = _read(data.decode("utf-8", "surrogatepass"))
        if form != FORM:
            raise UndecodableError(f"form {form}")
        facts = tuple([_fact(row) for row in rows])
        faults = tuple([
            Fault(witness=_WITNESSES[witness], message=_unpack(message), keys=frozenset(keys))
            for witness, message, keys in missed
        ])  # fmt: skip
    except _NOT_OURS as error:
        raise UndecodableError(f"{type(error).__name__}: {error}") from None
    return facts, faults


def _fact(row: list[Any]) -> Fact:
    key, witness, state, value, locator, raw, note, remark, beside, pictures = row
    return Fact(
        key=KEYS[key].name,
        witness=_WITNESSES[witness],
        value=_unpack(value) if type(value) is list else value,
        locator=locator,
        raw=raw,
        state=_STATES[state],
        note=None if note is None else _unpack(note),
        remark=None if remark is None else _unpack(remark),
        beside=None if beside is None else _BESIDE[beside],
        pictures=tuple([_picture(*one) for one in pictures]),
    )


def _pack_picture(picture: Picture) -> list[Any]:
    return [_pack(picture.at), b64encode(picture.data).decode(), _pack(picture.note)]


def _picture(at: list[Any], data: str, note: list[Any] | None) -> Picture:
    return Picture(at=_unpack(at), data=b64decode(data, validate=True), note=None if note is None else _unpack(note))


def _pack(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind in {Fraction, Rate}:
        nominal = value.nominal.as_integer_ratio() if kind is Rate else ()
        return ["f", value.numerator, value.denominator, *nominal]
    if kind is tuple:
        return ["l", *map(_pack, value)]
    if kind is Moment:
        return ["m", _pack_time(value.first), _pack_time(value.last), value.precision, value.floating]
    if kind is timezone:
        return ["o", _offset(value)]
    if kind in _LETTERS:
        letter, fields = _LETTERS[kind]
        return [letter, *(_pack(getattr(value, field)) for field in fields)]
    raise UnencodableError(kind.__name__)


def _pack_time(value: datetime) -> str:
    if type(value.tzinfo) is not timezone or value.fold:
        raise UnencodableError(repr(value.tzinfo))
    _offset(value.tzinfo)
    return value.isoformat()


def _offset(zone: timezone) -> int:
    """Seconds east of Greenwich, for a zone without a name."""
    shift = zone.utcoffset(None)
    # Python 3.11 reads an offset of less than a second as zero
    if shift.microseconds or zone.tzname(None) != timezone(shift).tzname(None):
        raise UnencodableError(repr(zone))
    return shift // timedelta(seconds=1)


def _unpack(value: Any) -> Any:
    if type(value) is not list:
        return value
    letter = value[0]
    if letter == "f":
        parts = [Fraction(_whole(over), _whole(under)) for over, under in zip(value[1::2], value[2::2], strict=True)]
        return Rate(*parts) if len(parts) > 1 else parts[0]
    if letter == "l":
        return tuple(map(_unpack, value[1:]))
    if letter == "m":
        _, first, last, precision, floating = value
        return Moment(_time(first), _time(last), precision, floating is True)
    if letter == "o":
        shift = timedelta(seconds=_whole(value[1]))
        return timezone(shift) if shift else UTC
    return _TYPES[letter](*map(_unpack, value[1:]))


def _time(text: str) -> datetime:
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise UndecodableError(text)
    return when


def _whole(figure: Any) -> int:
    if type(figure) is not int:
        raise UndecodableError(repr(figure))
    return figure
