"""What a condition comes to on the way to a finding, and how its values are told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from vidcheck.facts import State, visible
from vidcheck.quantities import Shown
from vidcheck.texts import Plain, Readable, join, say

if TYPE_CHECKING:
    from datetime import tzinfo

    from vidcheck.engine.compiled import CompiledCondition
    from vidcheck.facts import Entry, Fact, Facts, Fault
    from vidcheck.findings import Breach, Outcome

ABSENT = say("absent")
UNKNOWN = say("unknown")


class Answer(NamedTuple):
    """What one condition, branch or set of conditions comes to. A tuple, as each entry makes one for each condition."""

    outcome: Outcome
    actual: Readable = UNKNOWN
    values: tuple[Any, ...] = ()
    difference: Readable | None = None
    breaches: tuple[Breach, ...] = ()
    evidence: tuple[Fact, ...] = ()
    uncounted: tuple[Fact, ...] = ()
    """Those of the evidence that had no part in the outcome."""
    disputed: bool = False
    settleable: bool = True
    """Whether an unknown is mere absence of evidence, which `if-unknown` may settle."""
    why: Readable | None = None
    """Why it is unknown, or what the answer rests on."""
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Context:
    """What judging one entry needs to hand."""

    facts: Facts
    entry: Entry
    zone: tzinfo
    wanted: set[str] = field(default_factory=set)


def told(fact: Fact, condition: CompiledCondition, zone: tzinfo | None) -> Readable:
    """A fact's value, told apart from the condition's limits."""
    if fact.state is State.ABSENT:
        return ABSENT
    if fact.state is State.UNKNOWN:
        return UNKNOWN
    if zone is None:
        return Shown(condition.key.kind.name, fact.value, apart=condition.apart)
    return Shown(condition.key.kind.name, fact.value, zone, condition.apart)


def both(facts: list[Fact], condition: CompiledCondition, zone: tzinfo) -> Readable:
    """Several values, each with its witness; where one witness said them all, with the places where they stand."""
    one = len({fact.witness for fact in facts}) == 1
    return join(
        [
            say(
                "{value} ({witness})",
                value=told(f, condition, zone),
                witness=Plain(_place(f) if one else f.witness),
            )
            for f in facts
        ]
    )


def _place(fact: Fact) -> str:
    return visible(fact.locator) or fact.witness
