"""Compiles rules: whatever doesn't depend on the entry is computed here, once a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from vidcheck.facts import Depth
from vidcheck.findings import heading
from vidcheck.quantities import COUNT, DATE
from vidcheck.quantities.kind import Number
from vidcheck.rules.constraints import CONSTRAINTS, NEAR, NEAR_SECONDS, Case, Side, Takes, slack_for
from vidcheck.rules.phrases import phrase_of
from vidcheck.texts import Fixed, Readable, join, say

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from vidcheck.facts import Key
    from vidcheck.rules.model import Condition, Limit, Rule, Rules, Tolerance

    Test = Callable[[Any], bool | None]
    Near = Callable[[Any], bool]
    Phrase = Callable[[tuple[Any, ...]], Readable]

_NEAR_DATE = timedelta(seconds=int(NEAR_SECONDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledCondition:
    """One condition."""

    condition: Condition
    key: Key
    name: str
    """The key's."""
    tests: tuple[Test, ...]
    """A test for each limit: whether a value meets it. It may raise PatternTooSlowError."""
    near: tuple[Near, ...]
    """A test for each bound: whether a value is so close that a second witness is worth asking."""
    apart: tuple[Any, ...]
    """The limits from which a shown value must differ visibly."""
    ends: tuple[Any, ...]
    """The ends of the window, for dates."""
    known: tuple[int, ...]
    """The indexes of limits that only ask whether there is a value."""
    absent: tuple[int, ...]
    """The indexes of limits that an absent value doesn't meet."""
    phrase: Phrase
    """Returns what is expected, precise enough to differ from the values that it gets."""
    unknown: Readable
    """The message that no witness knows the key."""
    withheld: bool = False
    """Whether values are not shown, because they are personal data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRule:
    """One rule."""

    rule: Rule
    called: Readable | None
    """What people call it; None for its name."""
    heading: Readable
    """The same at the beginning of a sentence."""
    keys: tuple[str, ...]
    asked: CompiledCondition | None
    branches: tuple[tuple[CompiledCondition, ...], ...]
    when: tuple[CompiledCondition, ...]
    assist: tuple[CompiledCondition, ...]
    deep: bool
    """Whether it asks what only decoding tells."""
    phrase: Phrase
    """Returns what is expected, precise enough to differ from the values that it gets."""


class CompiledRules:
    """All rules of a call, including those of categories."""

    def __init__(self, rules: Rules, *, personal: bool = False) -> None:
        """With `personal` answers show telephones, e-mail and postal addresses."""
        self.rules = rules
        self._every = {id(rule): compiled_rule(rule, rules.zone, personal=personal) for rule in rules.every}

    def of(self, rule: Rule) -> CompiledRule:
        """The compiled form of one of them. The rules keep it alive, so that its `id` stays unique."""
        return self._every[id(rule)]


def compiled_rule(rule: Rule, zone: tzinfo, *, personal: bool = False) -> CompiledRule:
    """A rule, compiled."""
    compiled = partial(compiled_condition, zone=zone, personal=personal)
    asked = compiled(rule.asked) if rule.asked else None
    branches = tuple(tuple(map(compiled, branch)) for branch in rule.branches)
    called = rule.called
    deep = any(each.key.depth is not Depth.NONE for each in (*rule.conditions, *rule.when))
    return CompiledRule(
        rule=rule, called=called, heading=heading(rule.name, called), keys=rule.keys, asked=asked, branches=branches, when=tuple(map(compiled, rule.when)), deep=deep,
        assist=tuple(map(compiled, rule.assist)),
        phrase=asked.phrase if asked else _always(rule.manual or Fixed(_of_branches(branches))),
    )  # fmt: skip


def compiled_condition(condition: Condition, zone: tzinfo, *, personal: bool = False) -> CompiledCondition:
    """A condition, compiled."""
    key, limits = condition.key, condition.limits
    constraints = [CONSTRAINTS[limit.constraint] for limit in limits]
    apart: list[Any] = []
    for limit, constraint in zip(limits, constraints, strict=True):
        apart += limit.argument if constraint.takes is Takes.VALUES else ()
        apart += [limit.argument] if constraint.takes is Takes.VALUE else ()
    margins = [near_of(limit, key) for limit in limits]
    return CompiledCondition(
        condition=condition, key=key, name=key.name, apart=tuple(apart),
        tests=tuple(test_of(limit, key, condition.tolerance) for limit in limits),
        near=tuple(near for near in margins if near is not None),
        ends=tuple(
            limit.argument for limit, constraint in zip(limits, constraints, strict=True)
            if key.kind is DATE and constraint.bounds and constraint.side is Side.UPPER
        ),
        known=tuple(place for place, constraint in enumerate(constraints) if constraint.presence),
        absent=tuple(place for place, constraint in enumerate(constraints) if not constraint.absent_holds),
        phrase=_phrase(condition, zone),
        unknown=say("{key} is not known", key=key.called),
        withheld=key.personal and not personal,
    )  # fmt: skip


def test_of(limit: Limit, key: Key, tolerance: Tolerance | None) -> Test:
    """A function that tests whether a value of that key meets a limit."""
    constraint, kind, argument = CONSTRAINTS[limit.constraint], key.kind, limit.argument
    judge, slack = constraint.judge, slack_for(limit, kind, tolerance)
    if constraint.takes is Takes.VALUE:
        by = slack(argument)

        def slack(_: Any) -> Any:
            return by

    return lambda value: judge(Case(kind, value, argument, slack))


def near_of(limit: Limit, key: Key) -> Near | None:
    """A function that tests whether a value is within 2 % of a bound (a date within a day); None if there is no margin.

    Counts have no margin, and `is` sets a target, not a bound: a value that misses it fails anyway.
    """
    kind, bound = key.kind, limit.argument
    if kind is COUNT or not CONSTRAINTS[limit.constraint].bounds:
        return None
    if kind is DATE:
        edges = (bound.first, bound.last)
        return lambda value: any(abs(value.first - edge) <= _NEAR_DATE for edge in edges)
    margin = kind.share(bound, NEAR)
    if isinstance(kind, Number):  # computes the margin once, instead of subtracting fractions for each value
        low, high = bound - margin, bound + margin
        return lambda value: bool(low <= value <= high)
    return lambda value: kind.equal(value, bound, margin)


def _phrase(condition: Condition, zone: tzinfo) -> Phrase:
    phrase = phrase_of(condition, zone)
    if not condition.key.kind.shows_apart:
        return _always(Fixed(phrase(())))
    return lambda apart: Fixed(phrase(apart))  # a finding shows it alone and in its sentence


def _of_branches(branches: tuple[tuple[CompiledCondition, ...], ...]) -> Readable:
    phrases = [
        join([say("{key}: {expected}", key=each.key.called, expected=each.phrase(())) for each in branch], say(" and "))
        for branch in branches
    ]
    return join(phrases, say(", or "))


def _always(words: Readable) -> Phrase:
    """A phrase that doesn't depend on the values."""
    return lambda _: words
