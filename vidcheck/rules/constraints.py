"""The constraints on values, one row each. A new constraint is one row here, with the function that judges.

A judge gets one value and the constraint's argument, and returns True (it holds), False (it doesn't) or None (the value
is too vague, such as a month that lies half in the window). Everything else follows from the rows: reading, the schema,
`rules explain`, clashes, hints, reports and remedies don't mention any constraint by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import combinations, product
from typing import TYPE_CHECKING, Any, NamedTuple

from vidcheck.quantities import (
    DATE,
    FINGERPRINT,
    LISTED,
    PEOPLE,
    RESOLUTION,
    SIZES,
    WORDS,
)
from vidcheck.texts import marked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from vidcheck.facts import Key
    from vidcheck.quantities import Kind
    from vidcheck.rules.model import Condition, Limit, Tolerance

PATTERN_SECONDS = 1.0
"""How long a pattern may take on one text."""
NEAR = Fraction(2, 100)
"""A value this close to a limit is worth a second witness."""
NEAR_SECONDS = Fraction(86_400)
"""A date this close to the end of a window is worth a second witness."""


KNOWN = "known"
"""The constraint that an entry misses if no value is known and the rule makes that a failure."""


class Takes(StrEnum):
    """What a constraint's argument is."""

    VALUE = "a value of the key's kind"
    VALUES = "a list of values of the key's kind"
    PATTERN = "a regular expression"
    NUMBER = "a whole number"
    TEXTS = "a text or a list of texts"
    YES = "yes"


class Side(StrEnum):
    """Which end of a window a constraint sets."""

    NONE = ""
    LOWER = "lower"
    UPPER = "upper"


class Measure(StrEnum):
    """What a window is set to."""

    VALUE = "value"
    LENGTH = "length"
    """The number of a text's characters."""
    ITEMS = "items"
    """The number of a list's items."""


class Names(StrEnum):
    """What the rule does with the values that an argument names."""

    NOTHING = ""
    """The argument names no values: it sets a bound, a number or a form."""
    ALLOWED = "allowed"
    """The value must be one of them."""
    BARRED = "barred"
    """The value must be none of them."""
    WANTED = "wanted"
    """All of them must be among the value's items."""


class PatternTooSlowError(Exception):
    """A pattern took longer than PATTERN_SECONDS on a text."""


class Case(NamedTuple):
    """One value to judge by one constraint. A tuple for speed: one is made for each limit of each rule and entry."""

    kind: Kind
    value: Any
    argument: Any
    slack: Callable[[Any], Any]
    """The slack by which this limit is widened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """One constraint."""

    name: str
    meaning: str
    """A clause that is true of a value that meets it: `is this value or more`."""
    phrase: str
    """The noun phrase of what is expected, with `{limit}`."""
    single: str = ""
    """The phrase where the limit is 1, of constraints that count."""
    remedy: str
    """What the entry must become, as a phrase after "is", with `{limit}`."""
    takes: Takes
    kinds: Callable[[Kind], bool]
    """The kinds of values that it applies to."""
    judge: Callable[[Case], bool | None]
    side: Side = Side.NONE
    measure: Measure = Measure.VALUE
    """What the window is set to, of constraints that have a side."""
    strict: bool = False
    """Whether the limit itself lies outside the window."""
    names: Names = Names.NOTHING
    widened: bool = False
    """Whether `tolerance` widens it."""
    absent_holds: bool = False
    """Whether an absent value meets it."""
    presence: bool = False
    """Whether it only asks that there is a value."""
    plural: str = ""
    """The same constraint with a list as its argument."""
    instead: tuple[str, ...] = ()
    """Constraints that may be meant if the key's kind doesn't take it; those of the same side need not be named."""
    synonyms: tuple[str, ...] = ()
    """Names for it in other rules languages; they get its name as a hint."""

    @property
    def bounds(self) -> bool:
        """Whether its argument is a value of the key's kind that ends a window."""
        return self.side is not Side.NONE and self.takes is Takes.VALUE

    @property
    def decides(self) -> bool:
        """Whether its argument is the only allowed value, so that no other constraint makes sense."""
        return self.names is Names.ALLOWED and self.takes is Takes.VALUE


def _every(_: Kind) -> bool:
    return True


def _written(kind: Kind) -> bool:
    """Whether a rule can name a value: a fingerprint is only made."""
    return kind is not FINGERPRINT


def _sided(kind: Kind) -> bool:
    return kind.ordered or kind in {RESOLUTION, SIZES}


def _ordered(kind: Kind) -> bool:
    return kind.ordered


def _listed(kind: Kind) -> bool:
    return kind.listed


def _is(*kinds: Kind) -> Callable[[Kind], bool]:
    return lambda kind: kind in kinds


def _not(judge: Callable[[Case], bool | None]) -> Callable[[Case], bool | None]:
    """The opposite of a judge; None stays None."""

    def opposite(case: Case) -> bool | None:
        answer = judge(case)
        return None if answer is None else not answer

    return opposite


def _equals(case: Case) -> bool | None:
    if case.kind.answers(case.value, case.argument, case.slack(case.argument)):
        return True
    return None if case.kind is DATE and _straddles(case) else False


def _straddles(case: Case) -> bool:
    return bool(case.value.first <= case.argument.last and case.argument.first <= case.value.last)


def _one_of(case: Case) -> bool | None:
    answers = [_equals(case._replace(argument=option)) for option in case.argument]
    return True if True in answers else None if None in answers else False


def _at_least(case: Case) -> bool | None:
    return not case.kind.below(case.value, case.argument, case.slack(case.argument))


def _at_most(case: Case) -> bool | None:
    return not case.kind.over(case.value, case.argument, case.slack(case.argument))


def _more(case: Case) -> bool | None:
    return case.kind.over(case.value, case.argument)


def _less(case: Case) -> bool | None:
    return case.kind.below(case.value, case.argument)


def _from(case: Case) -> bool | None:
    if case.value.first >= case.argument.first:
        return True
    return None if case.value.last >= case.argument.first else False


def _to(case: Case) -> bool | None:
    if case.value.last <= case.argument.last:
        return True
    return None if case.value.first <= case.argument.last else False


def _matches(case: Case) -> bool | None:
    import regex  # the standard library's re has no timeout: it took 17 s on a 34-character name (measured)

    try:
        return regex.fullmatch(case.argument, case.value, timeout=PATTERN_SECONDS) is not None
    except TimeoutError:
        raise PatternTooSlowError from None


def length(text: str) -> int:
    """A text's characters without white space."""
    return sum(not char.isspace() for char in text)


_ROWS = (
    Constraint(
        name="is",
        meaning=marked("is this value"),
        phrase=marked("{limit}"),
        remedy=marked("{limit}"),
        takes=Takes.VALUE,
        kinds=_written,
        judge=_equals,
        names=Names.ALLOWED,
        widened=True,
        plural="any-of",
        synonyms=("equals", "equal", "==", "eq", "value", "是", "为", "等于", "必须是"),
    ),
    Constraint(
        name="not",
        meaning=marked("is anything but this value"),
        phrase=marked("not {limit}"),
        remedy=marked("anything but {limit}"),
        takes=Takes.VALUE,
        kinds=_written,
        judge=_not(_equals),
        names=Names.BARRED,
        absent_holds=True,
        plural="none-of",
        synonyms=("ne", "!=", "不是", "不等于", "不得是"),
    ),
    Constraint(
        name="any-of",
        meaning=marked("is one of these values"),
        phrase=marked("one of {limit}"),
        remedy=marked("one of {limit}"),
        takes=Takes.VALUES,
        kinds=_written,
        judge=_one_of,
        names=Names.ALLOWED,
        widened=True,
        synonyms=("in", "one-of", "oneof", "anyof", "allowed", "之一", "其中之一", "允许"),
    ),
    Constraint(
        name="none-of",
        meaning=marked("is none of these values"),
        phrase=marked("none of {limit}"),
        remedy=marked("none of {limit}"),
        takes=Takes.VALUES,
        kinds=_written,
        judge=_not(_one_of),
        names=Names.BARRED,
        absent_holds=True,
        synonyms=("noneof", "not-in", "forbidden", "禁止", "不允许"),
    ),
    Constraint(
        name="min",
        meaning=marked("is this value or more"),
        phrase=marked("at least {limit}"),
        remedy=marked("at least {limit}"),
        takes=Takes.VALUE,
        kinds=_sided,
        judge=_at_least,
        side=Side.LOWER,
        widened=True,
        synonyms=(
            "least",
            "minimum",
            "at-least",
            ">=",
            "ge",
            "gte",
            "最小",
            "最短",
            "最低",
            "最少",
            "至少",
            "不少于",
            "不低于",
            "不小于",
            "下限",
        ),
    ),
    Constraint(
        name="max",
        meaning=marked("is this value or less"),
        phrase=marked("at most {limit}"),
        remedy=marked("at most {limit}"),
        takes=Takes.VALUE,
        kinds=_sided,
        judge=_at_most,
        side=Side.UPPER,
        widened=True,
        synonyms=(
            "most",
            "maximum",
            "at-most",
            "up-to",
            "<=",
            "le",
            "lte",
            "最大",
            "最长",
            "最高",
            "最多",
            "至多",
            "不超过",
            "不多于",
            "不大于",
            "不高于",
            "上限",
        ),
    ),
    Constraint(
        name="above",
        meaning=marked("is more than this value"),
        phrase=marked("more than {limit}"),
        remedy=marked("more than {limit}"),
        takes=Takes.VALUE,
        kinds=_ordered,
        judge=_more,
        side=Side.LOWER,
        strict=True,
        synonyms=(">", "gt", "more-than", "大于", "超过", "高于"),
    ),
    Constraint(
        name="below",
        meaning=marked("is less than this value"),
        phrase=marked("less than {limit}"),
        remedy=marked("less than {limit}"),
        takes=Takes.VALUE,
        kinds=_ordered,
        judge=_less,
        side=Side.UPPER,
        strict=True,
        synonyms=("<", "lt", "less-than", "小于", "低于", "少于"),
    ),
    Constraint(
        name="from",
        meaning=marked("is on this date or later"),
        phrase=marked("from {limit}"),
        remedy=marked("not before {limit}"),
        takes=Takes.VALUE,
        kinds=_is(DATE),
        judge=_from,
        side=Side.LOWER,
        synonyms=("after", "since", "start", "从", "自", "开始", "不早于"),
    ),
    Constraint(
        name="to",
        meaning=marked("is on this date or earlier"),
        phrase=marked("to {limit}"),
        remedy=marked("not after {limit}"),
        takes=Takes.VALUE,
        kinds=_is(DATE),
        judge=_to,
        side=Side.UPPER,
        synonyms=("before", "until", "end", "到", "至", "截止", "不晚于"),
    ),
    Constraint(
        name="matches",
        meaning=marked("matches this regular expression from beginning to end"),
        phrase=marked("text of the form {limit}"),
        remedy=marked("a text that matches {limit}"),
        takes=Takes.PATTERN,
        kinds=_is(WORDS),
        judge=_matches,
        instead=("contains", "any-of"),
        synonyms=("regex", "pattern", "match", "匹配", "正则"),
    ),
    Constraint(
        name="min-length",
        meaning=marked("has this many characters or more, white space not counted"),
        phrase=marked("at least {limit} characters"),
        single=marked("at least one character"),
        remedy=marked("at least {limit} characters long"),
        takes=Takes.NUMBER,
        kinds=_is(WORDS),
        judge=lambda case: bool(length(case.value) >= case.argument),
        side=Side.LOWER,
        measure=Measure.LENGTH,
        synonyms=("最少字数",),
    ),
    Constraint(
        name="max-length",
        meaning=marked("has this many characters or fewer, white space not counted"),
        phrase=marked("at most {limit} characters"),
        single=marked("at most one character"),
        remedy=marked("at most {limit} characters long"),
        takes=Takes.NUMBER,
        kinds=_is(WORDS),
        judge=lambda case: bool(length(case.value) <= case.argument),
        side=Side.UPPER,
        measure=Measure.LENGTH,
        synonyms=("字数", "最多字数"),
    ),
    Constraint(
        name="contains",
        meaning=marked("has this among its items (all of them where several are asked)"),
        phrase=marked("a list with {limit}"),
        remedy=marked("a list that contains {limit}"),
        takes=Takes.TEXTS,
        kinds=_is(LISTED, PEOPLE),
        judge=lambda case: all(item in case.value for item in case.argument),
        names=Names.WANTED,
        instead=("matches", "any-of"),
        synonyms=("includes", "包含", "包括"),
    ),
    Constraint(
        name="only",
        meaning=marked("has nothing but these among its items"),
        phrase=marked("nothing but {limit}"),
        remedy=marked("a list of nothing but {limit}"),
        takes=Takes.TEXTS,
        kinds=_is(LISTED),
        judge=lambda case: all(item in case.argument for item in case.value),
        absent_holds=True,
    ),
    Constraint(
        name="min-count",
        meaning=marked("has this many items or more"),
        phrase=marked("at least {limit} items"),
        single=marked("at least one item"),
        remedy=marked("a list of at least {limit}"),
        takes=Takes.NUMBER,
        kinds=_listed,
        judge=lambda case: bool(len(case.value) >= case.argument),
        side=Side.LOWER,
        measure=Measure.ITEMS,
    ),
    Constraint(
        name="max-count",
        meaning=marked("has this many items or fewer"),
        phrase=marked("at most {limit} items"),
        single=marked("at most one item"),
        remedy=marked("a list of at most {limit}"),
        takes=Takes.NUMBER,
        kinds=_listed,
        judge=lambda case: bool(len(case.value) <= case.argument),
        side=Side.UPPER,
        measure=Measure.ITEMS,
    ),
    Constraint(
        name=KNOWN,
        meaning=marked("is there and is known"),
        phrase=marked("something known"),
        remedy=marked("there"),
        takes=Takes.YES,
        kinds=_every,
        judge=lambda _: True,  # a value that is judged is known
        presence=True,
        synonyms=("exists", "已知", "必填"),
    ),
)
CONSTRAINTS: dict[str, Constraint] = {row.name: row for row in _ROWS}
"""By name, in the order in which they are shown."""


def applicable(key: Key) -> tuple[str, ...]:
    """The constraints that a key's kind takes."""
    return tuple(name for name, constraint in CONSTRAINTS.items() if constraint.kinds(key.kind))


def bounds(side: Side) -> tuple[str, ...]:
    """The constraints whose argument is the value that ends a window on that side."""
    return tuple(each.name for each in CONSTRAINTS.values() if each.bounds and each.side is side)


def windows(names: Collection[str]) -> Iterator[tuple[Constraint, Constraint]]:
    """All pairs of these constraints that set the lower and the upper end of one window."""
    for low, high in product(_rows(names), repeat=2):
        if low.side is Side.LOWER and high.side is Side.UPPER and low.measure is high.measure:
            yield low, high


def same_ends(names: Collection[str]) -> Iterator[tuple[str, str]]:
    """All pairs of these constraints that set the same end of one window."""
    for one, other in combinations(_rows(names), 2):
        if one.side is other.side is not Side.NONE and one.measure is other.measure:
            yield one.name, other.name


def _rows(names: Collection[str]) -> list[Constraint]:
    return [row for row in CONSTRAINTS.values() if row.name in names]


def alternatives(name: str) -> Iterator[str]:
    """Constraints that may be meant if a key's kind doesn't take that one; those with similar arguments first."""
    one = CONSTRAINTS[name]
    yield from one.instead
    others = [each for each in CONSTRAINTS.values() if each.side is one.side is not Side.NONE and each is not one]
    yield from (each.name for each in sorted(others, key=lambda each: each.takes is not one.takes))


def slack_for(limit: Limit, kind: Kind, tolerance: Tolerance | None) -> Callable[[Any], Any]:
    """The slack for each argument of a limit: the rule's tolerance, else the kind's relative equality."""
    constraint = CONSTRAINTS[limit.constraint]
    if tolerance is not None and constraint.widened:
        if tolerance.share is not None:
            part = tolerance.share
            return lambda argument: kind.share(argument, part)
        return lambda _: tolerance.absolute
    if constraint.names in {Names.ALLOWED, Names.BARRED} and kind.relative_equality:
        return lambda argument: kind.share(argument, kind.relative_equality)
    return lambda _: 0


def slack(limit: Limit, condition: Condition) -> Any:
    """The slack of a limit with one value; 0 for others."""
    if CONSTRAINTS[limit.constraint].takes is not Takes.VALUE:
        return 0
    return slack_for(limit, condition.key.kind, condition.tolerance)(limit.argument)


def judge(limit: Limit, kind: Kind, value: Any, tolerance: Tolerance | None) -> bool | None:
    """Whether a value meets a limit. Raises PatternTooSlowError."""
    return CONSTRAINTS[limit.constraint].judge(Case(kind, value, limit.argument, slack_for(limit, kind, tolerance)))
