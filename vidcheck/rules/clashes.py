"""Constraints of one condition that can't hold together, or of which one says nothing beside the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vidcheck.quantities import DATE, Shown
from vidcheck.rules.constraints import CONSTRAINTS, PatternTooSlowError, Takes, judge
from vidcheck.texts import Plain, Readable, say

if TYPE_CHECKING:
    from vidcheck.facts import Key
    from vidcheck.rules.model import Limit, Tolerance
    from vidcheck.rules.values import Desk

_RANGES = (
    ("min", "max"), ("min", "below"), ("above", "max"), ("above", "below"), ("from", "to"),
    ("min-length", "max-length"), ("min-count", "max-count"),
)  # fmt: skip
_SAME_END = (("min", "above"), ("max", "below"))


def find_clashes(key: Key, limits: tuple[Limit, ...], tolerance: Tolerance | None, desk: Desk) -> None:
    """Enters every contradiction between limits that are sound by themselves."""
    by_name = {limit.constraint: limit for limit in limits}
    if "is" in by_name:
        for limit in limits:
            if limit.constraint not in {"is", "known"}:
                desk.ledger.add(
                    limit.place, say("'{name}' adds nothing to 'is', which says all: keep one", name=limit.constraint)
                )
        return
    for one, other in _SAME_END:
        if one in by_name and other in by_name:
            later = max(by_name[one], by_name[other], key=lambda limit: limit.place)
            desk.ledger.add(later.place, say("'{one}' and '{other}' say the same end: keep one", one=one, other=other))
    for low, high in _RANGES:
        if low in by_name and high in by_name:
            _range(key, by_name[low], by_name[high], desk)
    if "any-of" in by_name:
        _options(key, by_name["any-of"], limits, tolerance, desk)


def _range(key: Key, low: Limit, high: Limit, desk: Desk) -> None:
    strict = low.constraint == "above" or high.constraint == "below"
    lower, upper = low.argument, high.argument
    if key.kind is DATE:
        crossed = lower.first > upper.last
    elif CONSTRAINTS[low.constraint].takes is Takes.NUMBER:
        crossed = lower > upper
    else:
        crossed = key.kind.over(lower, upper) or (strict and key.kind.equal(lower, upper))
    if not crossed:
        return
    whole = CONSTRAINTS[low.constraint].takes is Takes.NUMBER
    swapped = (str(upper), str(lower)) if whole else (key.kind.write(upper), key.kind.write(lower))
    hint = f"{low.constraint}: {swapped[0]}, {high.constraint}: {swapped[1]}" if lower != upper else ""
    what = say(
        "nothing can meet '{low}' {lower} and '{high}' {upper} at once", low=low.constraint, high=high.constraint,
        lower=_shown(key, lower, desk, whole=whole), upper=_shown(key, upper, desk, whole=whole),
    )  # fmt: skip
    desk.ledger.add(max(low.place, high.place), what, hint)


def _options(key: Key, options: Limit, limits: tuple[Limit, ...], tolerance: Tolerance | None, desk: Desk) -> None:
    for limit in limits:
        if limit.constraint in {"any-of", "known"}:
            continue
        for option in options.argument:
            try:
                holds = judge(limit, key.kind, option, tolerance)
            except PatternTooSlowError:
                holds = True
            if holds is False:
                what = say(
                    "'{name}' rules out {value} of 'any-of'", name=limit.constraint, value=_shown(key, option, desk)
                )
                desk.ledger.add(limit.place, what)
                break


def _shown(key: Key, value: Any, desk: Desk, *, whole: bool = False) -> Readable:
    return Plain(str(value)) if whole else Shown(key.kind.name, value, desk.zone)
