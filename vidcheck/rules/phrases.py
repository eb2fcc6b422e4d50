"""Limits in words: what is expected as a noun phrase, and how far a value lies from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vidcheck.quantities import COUNT, DATE, DURATION, FLAG, LOUDNESS, LOUDNESS_RANGE, Difference, Exact, Shown
from vidcheck.rules.constraints import CONSTRAINTS, Constraint, Names, Takes, windows
from vidcheck.texts import Plain, Readable, join, listed, say

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from vidcheck.facts import Key
    from vidcheck.quantities import Kind
    from vidcheck.rules.model import Condition, Limit, Tolerance


def nearest(limit: Limit, kind: Kind, value: Any, zone: tzinfo) -> Readable | None:
    """How far a value lies from a limit that it misses; None if that has no meaning."""
    constraint = CONSTRAINTS[limit.constraint]
    if constraint.takes is Takes.VALUE and (constraint.bounds or constraint.names is not Names.NOTHING):
        return Difference(kind.name, value, limit.argument, zone)
    if constraint.takes is Takes.VALUES and kind.ordered:
        closest = min(limit.argument, key=lambda argument: abs(value - argument))
        return Difference(kind.name, value, closest, zone)
    return None


def expected(condition: Condition, zone: tzinfo, apart: tuple[Any, ...] = ()) -> Readable:
    """What a condition expects, as a noun phrase: `2:00 to 5:00 (±0.5 s)`."""
    return phrase_of(condition, zone)(apart)


def phrase_of(condition: Condition, zone: tzinfo) -> Callable[[tuple[Any, ...]], Readable]:
    """A function that returns what a condition expects, precise enough to differ from the values that it gets."""
    limits = {limit.constraint: limit for limit in condition.limits}
    kind = condition.key.kind
    spans = [
        (limits.pop(low.name).argument, limits.pop(high.name).argument)
        for low, high in [*windows(limits)]
        if _spans(low, high)
    ]
    rest, tolerance = tuple(limits.values()), condition.tolerance
    widening = tolerated(tolerance, kind) if tolerance else None

    def phrase(apart: tuple[Any, ...]) -> Readable:
        phrases: list[Readable] = [
            say(
                "{first} to {last}",
                first=Shown(kind.name, first, zone, apart),
                last=Shown(kind.name, last, zone, apart),
            )
            for first, last in spans
        ]
        phrases += [_phrase(limit, condition.key, zone, apart) for limit in rest]
        whole = join(phrases)
        return whole if widening is None else say("{expected} (±{tolerance})", expected=whole, tolerance=widening)

    return phrase


def tolerated(tolerance: Tolerance, kind: Kind) -> Readable:
    """A tolerance as it is written."""
    if tolerance.share is not None:
        return Plain(f"{float(tolerance.share * 100):g} %")
    return Exact(tolerance_kind(kind).name, tolerance.absolute)


def tolerance_kind(kind: Kind) -> Kind:
    """The kind that an absolute tolerance is written in: a length of time for dates, a number of LU for loudness."""
    return DURATION if kind is DATE else LOUDNESS_RANGE if kind is LOUDNESS else kind


def _spans(low: Constraint, high: Constraint) -> bool:
    """Whether the two ends of a window are shown as one phrase, because `2:00 to 5:00` includes both."""
    return low.bounds and high.bounds and not (low.strict or high.strict)


def _phrase(limit: Limit, key: Key, zone: tzinfo, apart: tuple[Any, ...]) -> Readable:
    constraint, kind = CONSTRAINTS[limit.constraint], key.kind
    shown = argument_shown(key, constraint, limit.argument, zone, apart)
    if kind is FLAG and constraint.decides:
        return shown
    if constraint.single and limit.argument == 1:
        return say(constraint.single)
    return say(constraint.phrase, limit=shown)


def argument_shown(
    key: Key, constraint: Constraint, argument: Any, zone: tzinfo, apart: tuple[Any, ...] = ()
) -> Readable:
    """An argument for people: in words of their own where the key's values have them."""
    kind = key.kind
    if constraint.takes is Takes.VALUE and (phrase := key.phrase(argument)) is not None:
        return phrase
    if constraint.takes is Takes.VALUES and key.values:
        return join([key.phrase(value) or Shown(kind.name, value, zone) for value in argument])
    if constraint.takes is Takes.TEXTS:
        return join([key.name_of(value) for value in argument])
    return limit_shown(constraint, argument, kind, zone, apart)


def limit_shown(
    constraint: Constraint, argument: Any, kind: Kind, zone: tzinfo, apart: tuple[Any, ...] = ()
) -> Readable:
    """An argument for people, precise enough to differ from the values in `apart`."""
    match constraint.takes:
        case Takes.VALUE:
            return Shown(kind.name, argument, zone, apart)
        case Takes.VALUES:
            return join([Shown(kind.name, each, zone, apart) for each in argument])
        case Takes.TEXTS:
            return listed(argument)
        case Takes.NUMBER:
            return Shown(COUNT.name, argument)
        case _:
            return Plain(str(argument))
