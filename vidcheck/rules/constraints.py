"""What can be asked of a value. A new constraint is one function here.

A constraint judges one value of one key against its argument: True (it holds), False (it doesn't) or None (this
value can't tell, such as a month that lies half in the window). It says what it expects as a noun phrase.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from vidcheck.quantities import (
    DATE,
    DURATION,
    FLAG,
    LISTED,
    PEOPLE,
    RESOLUTION,
    SIZES,
    WORDS,
    Difference,
    Exact,
    Shown,
)
from vidcheck.texts import Plain, Readable, Text, join, listed, marked, say

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from vidcheck.facts import Key
    from vidcheck.quantities import Kind
    from vidcheck.rules.model import Condition, Limit, Tolerance

PATTERN_SECONDS = 1.0
"""How long a pattern may take on one text."""
NEAR = Fraction(2, 100)
"""A value this close to a limit is worth a second witness."""
NEAR_SECONDS = Fraction(86_400)
"""And a date this close to the end of a window."""


class Takes(StrEnum):
    """What a constraint's argument is."""

    VALUE = "a value of the key's kind"
    VALUES = "a list of values of the key's kind"
    PATTERN = "a regular expression"
    NUMBER = "a whole number"
    TEXTS = "a text or a list of texts"
    YES = "yes"


class PatternTooSlowError(Exception):
    """A pattern took longer than PATTERN_SECONDS on a text."""


class Case(NamedTuple):
    """One value before one constraint. A tuple, as one is made for each limit of each rule of each entry."""

    kind: Kind
    value: Any
    argument: Any
    slack: Callable[[Any], Any]
    """By how much this limit is widened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """One thing that can be asked."""

    name: str
    meaning: str
    phrase: str
    """The noun phrase of what is expected, with `{limit}`."""
    takes: Takes
    kinds: Callable[[Kind], bool]
    judge: Callable[[Case], bool | None]
    widened: bool = False
    """Whether `tolerance` widens it."""
    absent_holds: bool = False
    """What it says of a value that is absent."""
    single: str = ""
    """The phrase where the limit is 1, of constraints that count."""


CONSTRAINTS: dict[str, Constraint] = {}


def _constraint(name: str, **how: Any) -> Callable[[Callable[[Case], bool | None]], Callable[[Case], bool | None]]:
    def enter(judge: Callable[[Case], bool | None]) -> Callable[[Case], bool | None]:
        CONSTRAINTS[name] = Constraint(name=name, judge=judge, **how)
        return judge

    return enter


def _every(_: Kind) -> bool:
    return True


def _sided(kind: Kind) -> bool:
    return kind.ordered or kind in {RESOLUTION, SIZES}


def _ordered(kind: Kind) -> bool:
    return kind.ordered


def _listed(kind: Kind) -> bool:
    return kind.listed


def _is(*kinds: Kind) -> Callable[[Kind], bool]:
    return lambda kind: kind in kinds


@_constraint(
    "is", meaning=marked("is this value"), phrase=marked("{limit}"), takes=Takes.VALUE, kinds=_every, widened=True
)
def _equals(case: Case) -> bool | None:
    if case.kind.equal(case.value, case.argument, case.slack(case.argument)):
        return True
    return None if case.kind is DATE and _straddles(case) else False


@_constraint(
    "not",
    meaning=marked("is anything but this value"),
    phrase=marked("not {limit}"),
    takes=Takes.VALUE,
    kinds=_every,
    absent_holds=True,
)
def _differs(case: Case) -> bool | None:
    equal = _equals(case)
    return None if equal is None else not equal


@_constraint(
    "any-of",
    meaning=marked("is one of these values"),
    phrase=marked("one of {limit}"),
    takes=Takes.VALUES,
    kinds=_every,
    widened=True,
)
def _one_of(case: Case) -> bool | None:
    answers = [_equals(_with(case, option)) for option in case.argument]
    return True if True in answers else None if None in answers else False


@_constraint(
    "none-of",
    meaning=marked("is none of these values"),
    phrase=marked("none of {limit}"),
    takes=Takes.VALUES,
    kinds=_every,
    absent_holds=True,
)
def _not_one_of(case: Case) -> bool | None:
    among = _one_of(case)
    return None if among is None else not among


@_constraint(
    "min",
    meaning=marked("is this value or more"),
    phrase=marked("at least {limit}"),
    takes=Takes.VALUE,
    kinds=_sided,
    widened=True,
)
def _at_least(case: Case) -> bool | None:
    return not case.kind.below(case.value, case.argument, case.slack(case.argument))


@_constraint(
    "max",
    meaning=marked("is this value or less"),
    phrase=marked("at most {limit}"),
    takes=Takes.VALUE,
    kinds=_sided,
    widened=True,
)
def _at_most(case: Case) -> bool | None:
    return not case.kind.over(case.value, case.argument, case.slack(case.argument))


@_constraint(
    "above",
    meaning=marked("is more than this value"),
    phrase=marked("more than {limit}"),
    takes=Takes.VALUE,
    kinds=_ordered,
)
def _more(case: Case) -> bool | None:
    return case.kind.over(case.value, case.argument)


@_constraint(
    "below",
    meaning=marked("is less than this value"),
    phrase=marked("less than {limit}"),
    takes=Takes.VALUE,
    kinds=_ordered,
)
def _less(case: Case) -> bool | None:
    return case.kind.below(case.value, case.argument)


@_constraint(
    "from",
    meaning=marked("is on this date or later"),
    phrase=marked("from {limit}"),
    takes=Takes.VALUE,
    kinds=_is(DATE),
)
def _from(case: Case) -> bool | None:
    if case.value.first >= case.argument.first:
        return True
    return None if case.value.last >= case.argument.first else False


@_constraint(
    "to", meaning=marked("is on this date or earlier"), phrase=marked("to {limit}"), takes=Takes.VALUE, kinds=_is(DATE)
)
def _to(case: Case) -> bool | None:
    if case.value.last <= case.argument.last:
        return True
    return None if case.value.first <= case.argument.last else False


@_constraint(
    "matches",
    meaning=marked("matches this regular expression from beginning to end"),
    phrase=marked("text of the form {limit}"),
    takes=Takes.PATTERN,
    kinds=_is(WORDS),
)
def _matches(case: Case) -> bool | None:
    import regex  # the standard library's re can't be stopped: 17 s on a 34-character name were measured

    try:
        return regex.fullmatch(case.argument, case.value, timeout=PATTERN_SECONDS) is not None
    except TimeoutError:
        raise PatternTooSlowError from None


@_constraint(
    "min-length",
    meaning=marked("has this many characters or more, white space not counted"),
    phrase=marked("at least {limit} characters"),
    single=marked("at least one character"),
    takes=Takes.NUMBER,
    kinds=_is(WORDS),
)
def _long_enough(case: Case) -> bool | None:
    return bool(length(case.value) >= case.argument)


@_constraint(
    "max-length",
    meaning=marked("has this many characters or fewer, white space not counted"),
    phrase=marked("at most {limit} characters"),
    single=marked("at most one character"),
    takes=Takes.NUMBER,
    kinds=_is(WORDS),
)
def _short_enough(case: Case) -> bool | None:
    return bool(length(case.value) <= case.argument)


@_constraint(
    "contains",
    meaning=marked("has this among its items (all of them where several are asked)"),
    phrase=marked("a list with {limit}"),
    takes=Takes.TEXTS,
    kinds=_is(LISTED, PEOPLE),
)
def _contains(case: Case) -> bool | None:
    return all(item in case.value for item in case.argument)


@_constraint(
    "only",
    meaning=marked("has nothing but these among its items"),
    phrase=marked("nothing but {limit}"),
    takes=Takes.TEXTS,
    kinds=_is(LISTED),
    absent_holds=True,
)
def _only(case: Case) -> bool | None:
    return all(item in case.argument for item in case.value)


@_constraint(
    "min-count",
    meaning=marked("has this many items or more"),
    phrase=marked("at least {limit} items"),
    single=marked("at least one item"),
    takes=Takes.NUMBER,
    kinds=_listed,
)
def _enough(case: Case) -> bool | None:
    return bool(len(case.value) >= case.argument)


@_constraint(
    "max-count",
    meaning=marked("has this many items or fewer"),
    phrase=marked("at most {limit} items"),
    single=marked("at most one item"),
    takes=Takes.NUMBER,
    kinds=_listed,
)
def _not_too_many(case: Case) -> bool | None:
    return bool(len(case.value) <= case.argument)


@_constraint(
    "known", meaning=marked("is there and is known"), phrase=marked("something known"), takes=Takes.YES, kinds=_every
)
def _known(case: Case) -> bool | None:  # noqa: ARG001 - a value that comes here is known
    return True


def length(text: str) -> int:
    """A text's characters without white space."""
    return sum(not char.isspace() for char in text)


def applicable(key: Key) -> tuple[str, ...]:
    """The constraints that a key's kind takes."""
    return tuple(name for name, constraint in CONSTRAINTS.items() if constraint.kinds(key.kind))


def slack_for(limit: Limit, kind: Kind, tolerance: Tolerance | None) -> Callable[[Any], Any]:
    """By how much each argument of a limit is widened: the rule's tolerance, else the kind's idea of equal."""
    constraint = CONSTRAINTS[limit.constraint]
    if tolerance is not None and constraint.widened:
        if tolerance.share is not None:
            part = tolerance.share
            return lambda argument: kind.share(argument, part)
        return lambda _: tolerance.absolute
    equality = limit.constraint in {"is", "not", "any-of", "none-of"}
    if equality and kind.relative_equality:
        return lambda argument: kind.share(argument, kind.relative_equality)
    return lambda _: 0


def slack(limit: Limit, condition: Condition) -> Any:
    """By how much a limit with one value is widened; 0 for the others."""
    if CONSTRAINTS[limit.constraint].takes is not Takes.VALUE:
        return 0
    return slack_for(limit, condition.key.kind, condition.tolerance)(limit.argument)


def judge(limit: Limit, kind: Kind, value: Any, tolerance: Tolerance | None) -> bool | None:
    """Whether a value meets a limit. Raises PatternTooSlowError."""
    return CONSTRAINTS[limit.constraint].judge(Case(kind, value, limit.argument, slack_for(limit, kind, tolerance)))


def nearest(limit: Limit, kind: Kind, value: Any, zone: tzinfo) -> Readable | None:
    """How far a value lies from a limit it misses, where that can be said."""
    takes = CONSTRAINTS[limit.constraint].takes
    if takes is Takes.VALUE:
        return Difference(kind.name, value, limit.argument, zone)
    if takes is Takes.VALUES and kind.ordered:
        closest = min(limit.argument, key=lambda argument: abs(value - argument))
        return Difference(kind.name, value, closest, zone)
    return None


def expected(condition: Condition, zone: tzinfo, apart: tuple[Any, ...] = ()) -> Readable:
    """What a condition expects, as a noun phrase: `2:00 to 5:00 (±0.5 s)`."""
    return phrase_of(condition, zone)(apart)


def phrase_of(condition: Condition, zone: tzinfo) -> Callable[[tuple[Any, ...]], Readable]:
    """What says what a condition expects, told apart from the values that it is given."""
    limits = {limit.constraint: limit for limit in condition.limits}
    kind = condition.key.kind
    spans = [
        (limits.pop(low).argument, limits.pop(high).argument)
        for low, high in (("min", "max"), ("from", "to"))
        if low in limits and high in limits
    ]
    rest, tolerance = tuple(limits.values()), condition.tolerance
    told = tolerated(tolerance, kind) if tolerance else None

    def phrase(apart: tuple[Any, ...]) -> Readable:
        phrases: list[Readable] = [
            say(
                "{first} to {last}",
                first=Shown(kind.name, first, zone, apart),
                last=Shown(kind.name, last, zone, apart),
            )
            for first, last in spans
        ]
        phrases += [_phrase(limit, kind, zone, apart) for limit in rest]
        whole = join(phrases)
        return whole if told is None else say("{expected} (±{tolerance})", expected=whole, tolerance=told)

    return phrase


def tolerated(tolerance: Tolerance, kind: Kind) -> Readable:
    """A tolerance as it is written."""
    if tolerance.share is not None:
        return Plain(f"{float(tolerance.share * 100):g} %")
    return Exact(tolerance_kind(kind).name, tolerance.absolute)


def tolerance_kind(kind: Kind) -> Kind:
    """The kind that an absolute tolerance is written in: dates are widened by a length of time."""
    return DURATION if kind is DATE else kind


def _phrase(limit: Limit, kind: Kind, zone: tzinfo, apart: tuple[Any, ...]) -> Readable:
    constraint = CONSTRAINTS[limit.constraint]
    match constraint.takes:
        case Takes.VALUE:
            told: Readable = Shown(kind.name, limit.argument, zone, apart)
        case Takes.VALUES:
            told = join([Shown(kind.name, argument, zone, apart) for argument in limit.argument])
        case Takes.TEXTS:
            told = listed(limit.argument)
        case _:
            told = Plain(str(limit.argument))
    if kind is FLAG and limit.constraint == "is":
        return told
    single = constraint.single if constraint.takes is Takes.NUMBER and limit.argument == 1 else ""
    return Text(single or constraint.phrase, () if single else (("limit", told),))


def _with(case: Case, argument: Any) -> Case:
    return Case(case.kind, case.value, argument, case.slack)


def _straddles(case: Case) -> bool:
    return bool(case.value.first <= case.argument.last and case.argument.first <= case.value.last)
