"""Analyses one breach: on which side of the rule the value lies, and which allowed value is nearest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from vidcheck.findings import Breach, Remedy
from vidcheck.quantities import BYTES, DATE, DURATION, Difference, Kind, Shown, Size
from vidcheck.rules.constraints import CONSTRAINTS, Constraint, Names, Side
from vidcheck.texts import say
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from vidcheck.facts import Entry, Facts
    from vidcheck.texts import Readable, Text


class Aim(StrEnum):
    """How a value misses its rule."""

    OVER = "over"
    UNDER = "under"
    WRONG = "wrong"
    """Neither too much nor too little: the rule asks for another value."""
    ABSENT = "absent"
    ANY = "any"
    """Only in tables: every aim without a row of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The input of a remedy."""

    breach: Breach
    facts: Facts
    entry: Entry
    zone: tzinfo = UTC
    aim: Aim
    recommended: bool = False
    """Whether the rule is a recommendation, so that nobody has to be asked where it can't be met."""
    goal: Any = None
    """The limit, or the nearest of several allowed values; None if the rule names no acceptable value."""

    @property
    def kind(self) -> Kind:
        """The kind of the key's values."""
        return KEYS[self.breach.key].kind

    @property
    def exact(self) -> bool:
        """Whether the rule names the values that it allows, rather than a bound."""
        return self.constraint.names is Names.ALLOWED

    @property
    def strict(self) -> bool:
        """Whether the goal itself is not allowed."""
        return self.constraint.strict

    @property
    def constraint(self) -> Constraint:
        """The constraint that was missed."""
        return CONSTRAINTS[self.breach.constraint]

    @property
    def shown(self) -> Readable:
        """The value, for people."""
        apart = () if self.goal is None else (self.goal,)
        return KEYS[self.breach.key].phrase(self.breach.value) or Shown(
            self.kind.name, self.breach.value, self.zone, apart
        )

    @property
    def shown_goal(self) -> Readable:
        """The goal, for people."""
        return KEYS[self.breach.key].phrase(self.goal) or Shown(self.kind.name, self.goal, self.zone)

    @property
    def gap(self) -> Readable:
        """How far the value lies from the goal, for people, without a sign."""
        return gap(self.kind, self.breach.value, self.goal, self.zone)

    def accepts(self, value: Any) -> bool:
        """Whether the constraint would accept that value."""
        limits = self.breach.limit if isinstance(self.breach.limit, tuple) else (self.breach.limit,)
        if self.exact:
            return value in limits
        return self.constraint.names is Names.BARRED and value not in limits


Row = Callable[[Case], Remedy | None]
"""Makes a remedy; None if it doesn't apply to the case."""


def case_of(breach: Breach, facts: Facts, entry: Entry, zone: tzinfo, *, recommended: bool = False) -> Case:
    """The breach with its aim and goal."""
    goal = _goal(breach)
    aim = _aim(breach, goal)
    return Case(breach=breach, facts=facts, entry=entry, zone=zone, aim=aim, recommended=recommended, goal=goal)


def best(case: Case) -> Text:
    """What to do where the film is as good as it can be."""
    if case.recommended:
        return say("If this is the best there is, leave it as it is.")
    return say("If this is the best there is, ask the organizer.")


def _goal(breach: Breach) -> Any:
    constraint = CONSTRAINTS[breach.constraint]
    if constraint.bounds or constraint.decides:
        return breach.limit
    if constraint.names is not Names.ALLOWED:
        return None
    if breach.value is None or not KEYS[breach.key].kind.ordered:
        return breach.limit[0]
    return min(breach.limit, key=lambda limit: _apart(breach.value, limit))


def _aim(breach: Breach, goal: Any) -> Aim:
    kind = KEYS[breach.key].kind
    if breach.value is None:
        return Aim.ABSENT
    constraint = CONSTRAINTS[breach.constraint]
    if constraint.side is not Side.NONE:
        return Aim.OVER if constraint.side is Side.UPPER else Aim.UNDER
    if constraint.names is Names.ALLOWED and (kind.ordered or isinstance(goal, Size)):
        below, over = kind.below(breach.value, goal), kind.over(breach.value, goal)
        return Aim.UNDER if below and not over else Aim.OVER if over and not below else Aim.WRONG
    return Aim.WRONG


def _apart(value: Any, limit: Any) -> Any:
    if isinstance(value, Size):
        return sum(abs(a - b) for a, b in zip(value.sides, limit.sides, strict=True))
    return abs(value - limit)


@dataclass(frozen=True, slots=True)
class _Unsigned:
    """A difference without its sign, for sentences that state the direction."""

    difference: Difference

    def render(self, lang: str) -> str:
        """The amount in that language's units."""
        return self.difference.render(lang).lstrip("+-")


def gap(kind: Kind, value: Any, goal: Any, zone: tzinfo = UTC) -> Readable:
    """How far a value lies from a goal, without a sign. It is rounded up, so that a change by this much is enough."""
    if kind is BYTES:
        return Shown(kind.name, abs(value - goal))
    if kind is DURATION:
        ticks = -(-abs(value - goal) * 1000 // 1)  # rounded up to whole milliseconds
        return _Unsigned(Difference(kind.name, Fraction(ticks, 1000), Fraction(0)))
    if kind is DATE or isinstance(value, (int, Fraction)):
        return _Unsigned(Difference(kind.name, value, goal, zone))
    return Difference(kind.name, value, goal, zone)
