"""Rules made ready to judge by: whatever does not depend on the entry is worked out here, once a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from vidcheck.quantities import COUNT, DATE
from vidcheck.quantities.kind import Number
from vidcheck.rules.constraints import CONSTRAINTS, NEAR, NEAR_SECONDS, Case, Takes, phrase_of, slack_for
from vidcheck.texts import Fixed, Plain, Readable, join, say

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from vidcheck.facts import Key
    from vidcheck.rules.model import Condition, Limit, Rule, Rules, Tolerance

    Test = Callable[[Any], bool | None]
    Near = Callable[[Any], bool]
    Phrase = Callable[[tuple[Any, ...]], Readable]

_NEAR_DATE = timedelta(seconds=int(NEAR_SECONDS))
_BOUNDS = frozenset({"min", "max", "above", "below"})
_ENDS = frozenset({"from", "to"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyCondition:
    """One condition."""

    condition: Condition
    key: Key
    name: str
    """The key's."""
    tests: tuple[Test, ...]
    """Of each limit: whether a value meets it. They raise PatternTooSlowError."""
    near: tuple[Near, ...]
    """Of each bound: whether a value lies so close to it that a second witness is worth asking."""
    apart: tuple[Any, ...]
    """The limits that a value is told apart from."""
    ends: tuple[Any, ...]
    """The arguments of `to`."""
    known: tuple[int, ...]
    """The places of `known` among the limits."""
    absent: tuple[int, ...]
    """The places of the limits that an absent value does not meet."""
    phrase: Phrase
    """What is expected, told apart from these values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyRule:
    """One rule."""

    rule: Rule
    keys: tuple[str, ...]
    asked: ReadyCondition | None
    branches: tuple[tuple[ReadyCondition, ...], ...]
    when: tuple[ReadyCondition, ...]
    phrase: Phrase
    """What is expected, told apart from these values."""


class ReadyRules:
    """All rules of a call, those of single categories too."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._every = {id(rule): ready_rule(rule, rules.zone) for rule in rules.every}

    def of(self, rule: Rule) -> ReadyRule:
        """One of them, made ready; the rules hold it, so that no other can come to bear its `id`."""
        return self._every[id(rule)]


def ready_rule(rule: Rule, zone: tzinfo) -> ReadyRule:
    """A rule made ready."""
    asked = ready_condition(rule.asked, zone) if rule.asked else None
    branches = tuple(tuple(ready_condition(each, zone) for each in branch) for branch in rule.branches)
    return ReadyRule(
        rule=rule, keys=rule.keys, asked=asked, branches=branches, when=tuple(ready_condition(each, zone) for each in rule.when),
        phrase=asked.phrase if asked else _always(rule.manual or Fixed(_of_branches(branches))),
    )  # fmt: skip


def ready_condition(condition: Condition, zone: tzinfo) -> ReadyCondition:
    """A condition made ready."""
    key, limits = condition.key, condition.limits
    constraints = [CONSTRAINTS[limit.constraint] for limit in limits]
    apart: list[Any] = []
    for limit, constraint in zip(limits, constraints, strict=True):
        apart += limit.argument if constraint.takes is Takes.VALUES else ()
        apart += [limit.argument] if constraint.takes is Takes.VALUE else ()
    margins = [near_of(limit, key) for limit in limits]
    return ReadyCondition(
        condition=condition, key=key, name=key.name, apart=tuple(apart),
        tests=tuple(test_of(limit, key, condition.tolerance) for limit in limits),
        near=tuple(near for near in margins if near is not None),
        ends=tuple(limit.argument for limit in limits if limit.constraint == "to"),
        known=tuple(place for place, limit in enumerate(limits) if limit.constraint == "known"),
        absent=tuple(place for place, constraint in enumerate(constraints) if not constraint.absent_holds),
        phrase=_phrase(condition, zone),
    )  # fmt: skip


def test_of(limit: Limit, key: Key, tolerance: Tolerance | None) -> Test:
    """What says whether a value of that key meets a limit."""
    constraint, kind, argument = CONSTRAINTS[limit.constraint], key.kind, limit.argument
    judge, slack = constraint.judge, slack_for(limit, kind, tolerance)
    if constraint.takes is Takes.VALUE:
        by = slack(argument)

        def slack(_: Any) -> Any:
            return by

    return lambda value: judge(Case(kind, value, argument, slack))


def near_of(limit: Limit, key: Key) -> Near | None:
    """What says whether a value lies within 2 % of a bound (a date within a day), on either side; None where none does.

    A whole number has no such margin, and what `is` asks is a target, not a bound: missing it fails anyway.
    """
    kind, bound = key.kind, limit.argument
    if kind is DATE:
        if limit.constraint not in _ENDS:
            return None
        edges = (bound.first, bound.last)
        return lambda value: any(abs(value.first - edge) <= _NEAR_DATE for edge in edges)
    if limit.constraint not in _BOUNDS or kind is COUNT:
        return None
    margin = kind.share(bound, NEAR)
    if isinstance(kind, Number):  # the ends of the margin once, instead of a subtraction of fractions for each value
        low, high = bound - margin, bound + margin
        return lambda value: bool(low <= value <= high)
    return lambda value: kind.equal(value, bound, margin)


def _phrase(condition: Condition, zone: tzinfo) -> Phrase:
    phrase = phrase_of(condition, zone)
    if not condition.key.kind.shows_apart:
        return _always(Fixed(phrase(())))
    return lambda apart: Fixed(phrase(apart))  # a finding tells it by itself and in its sentence


def _of_branches(branches: tuple[tuple[ReadyCondition, ...], ...]) -> Readable:
    told = [
        join(
            [say("{key}: {expected}", key=Plain(each.name), expected=each.phrase(())) for each in branch], say(" and ")
        )
        for branch in branches
    ]
    return join(told, say(", or "))


def _always(words: Readable) -> Phrase:
    """Words that are the same whatever the value."""
    return lambda _: words
