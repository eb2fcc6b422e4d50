"""Constraints of one condition that can't hold together, or of which one says nothing beside the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vidcheck.quantities import DATE, Shown
from vidcheck.rules.constraints import CONSTRAINTS, Names, PatternTooSlowError, Takes, judge, same_ends, windows
from vidcheck.texts import Plain, Readable, say

if TYPE_CHECKING:
    from vidcheck.facts import Key
    from vidcheck.rules.model import Limit, Tolerance
    from vidcheck.rules.values import Desk


def find_clashes(key: Key, limits: tuple[Limit, ...], tolerance: Tolerance | None, desk: Desk) -> None:
    """Enters every contradiction between limits that are sound by themselves."""
    by_name = {limit.constraint: limit for limit in limits}
    deciding = next((name for name in by_name if CONSTRAINTS[name].decides), "")
    if deciding:
        for name, limit in by_name.items():
            if name != deciding and not CONSTRAINTS[name].presence:
                desk.ledger.add(
                    limit.place,
                    say("'{name}' adds nothing to '{all}', which says all: keep one", name=name, all=deciding),
                )
        return
    for one, other in same_ends():
        if one in by_name and other in by_name:
            later = max(by_name[one], by_name[other], key=lambda limit: limit.place)
            desk.ledger.add(later.place, say("'{one}' and '{other}' say the same end: keep one", one=one, other=other))
    for low, high in windows():
        if low in by_name and high in by_name:
            _range(key, by_name[low], by_name[high], desk)
    for limit in limits:
        if CONSTRAINTS[limit.constraint].names is Names.ALLOWED:
            _options(key, limit, limits, tolerance, desk)


def _range(key: Key, low: Limit, high: Limit, desk: Desk) -> None:
    strict = CONSTRAINTS[low.constraint].strict or CONSTRAINTS[high.constraint].strict
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
        if limit is options or CONSTRAINTS[limit.constraint].presence:
            continue
        for option in options.argument:
            try:
                holds = judge(limit, key.kind, option, tolerance)
            except PatternTooSlowError:
                holds = True
            if holds is False:
                what = say(
                    "'{name}' rules out {value} of '{options}'",
                    name=limit.constraint, options=options.constraint, value=_shown(key, option, desk),
                )  # fmt: skip
                desk.ledger.add(limit.place, what)
                break


def _shown(key: Key, value: Any, desk: Desk, *, whole: bool = False) -> Readable:
    return Plain(str(value)) if whole else Shown(key.kind.name, value, desk.zone)
