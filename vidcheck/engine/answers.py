"""The answer to a condition, and the finding made from it: expected, actual, a sentence, a remedy."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from vidcheck.facts import State, visible
from vidcheck.findings import Finding, Level, Outcome, Remedy
from vidcheck.quantities import Shown
from vidcheck.texts import GIVEN, Plain, Readable, join, say
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from vidcheck.engine.compiled import CompiledCondition, CompiledRule
    from vidcheck.facts import Entry, Fact, Facts, Fault
    from vidcheck.findings import Breach

ABSENT = say("absent")
UNKNOWN = say("unknown")


class Answer(NamedTuple):
    """The outcome of a condition, a branch or several conditions. A tuple for speed: one is made for each condition."""

    outcome: Outcome
    actual: Readable = UNKNOWN
    values: tuple[Any, ...] = ()
    difference: Readable | None = None
    breaches: tuple[Breach, ...] = ()
    evidence: tuple[Fact, ...] = ()
    uncounted: tuple[Fact, ...] = ()
    """The evidence that did not decide."""
    disputed: bool = False
    settleable: bool = True
    """Whether an unknown outcome is only absence of evidence, so that `if-unknown` applies."""
    why: Readable | None = None
    """Why it is unknown, or what the answer rests on."""
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Context:
    """The context of judging one entry."""

    facts: Facts
    entry: Entry
    zone: tzinfo
    wanted: set[str] = field(default_factory=set)


def shown(fact: Fact, condition: CompiledCondition, zone: tzinfo | None) -> Readable:
    """A fact's value, precise enough to differ from the condition's limits."""
    key = condition.key
    if fact.state is State.ABSENT:
        return ABSENT
    if fact.state is State.UNKNOWN:
        return UNKNOWN
    if condition.withheld:
        return GIVEN
    if (phrase := key.phrase(fact.value)) is not None:
        return phrase
    if zone is None:
        return Shown(key.kind.name, fact.value, apart=condition.apart)
    return Shown(key.kind.name, fact.value, zone, condition.apart)


def both(facts: Sequence[Fact], condition: CompiledCondition, zone: tzinfo) -> Readable:
    """Several values, each with its witness; if one witness stated them all, each with its place."""
    one = len({fact.witness for fact in facts}) == 1
    return join(
        [
            say(
                "{value} ({witness})",
                value=shown(f, condition, zone),
                witness=Plain(_place(f)) if one else registry.called(f.witness),
            )
            for f in facts
        ]
    )


def _place(fact: Fact) -> str:
    return visible(fact.locator) or fact.witness


def finding_of(compiled: CompiledRule, answer: Answer, context: Context) -> Finding:
    """Makes the finding of an answer."""
    rule, outcome = compiled.rule, answer.outcome
    wanted = compiled.phrase(tuple([value for value in answer.values if value is not None]))
    remedy: Remedy | None = None
    if outcome is Outcome.FAIL:
        from vidcheck import remedies  # imported late: a passing entry needs no remedy

        advised = rule.level is Level.RECOMMENDED
        remedy = remedies.remedy(answer.breaches, context.facts, context.entry, context.zone, recommended=advised)
    elif outcome is Outcome.UNKNOWN and answer.evidence:
        from vidcheck import remedies

        remedy = remedies.doubt(answer.evidence)
    if rule.remedy is not None and outcome in {Outcome.FAIL, Outcome.UNKNOWN}:
        words = rule.remedy.filled(**_holes(answer, wanted))
        remedy = replace(remedy, words=words) if remedy else Remedy(words=words)
    return Finding(
        rule=rule.name, label=compiled.called, outcome=outcome, level=rule.level, place=rule.place, keys=compiled.keys,
        disputed=answer.disputed, expected=wanted, actual=answer.actual, difference=answer.difference,
        message=_message(compiled, answer, wanted), why=answer.why, remedy=remedy, evidence=answer.evidence,
        uncounted=answer.uncounted,
    )  # fmt: skip


def _holes(answer: Answer, wanted: Readable) -> dict[str, Readable]:
    """The values of the placeholders in the rules' own messages."""
    return {"actual": answer.actual, "expected": wanted, "difference": answer.difference or Plain("")}


def _message(compiled: CompiledRule, answer: Answer, wanted: Readable) -> Readable:
    rule, name = compiled.rule, compiled.heading
    match answer.outcome:
        case Outcome.MANUAL:
            return say("A person has to say: {question}", question=wanted)
        case Outcome.SKIP:
            return say("{rule} does not apply: {why}.", rule=name, why=answer.why or UNKNOWN)
        case Outcome.UNKNOWN:
            return say("{rule} is not known: {why}.", rule=name, why=answer.why or UNKNOWN)
        case Outcome.FAIL if rule.message is not None:
            return rule.message.filled(**_holes(answer, wanted))
        case Outcome.FAIL:
            plain = say("{rule} is {actual}; expected: {expected}", rule=name, actual=answer.actual, expected=wanted)
        case _:
            plain = say("{rule} is {actual}, as expected: {expected}", rule=name, actual=answer.actual, expected=wanted)
    return (
        say("{sentence} ({why}).", sentence=plain, why=answer.why) if answer.why else say("{sentence}.", sentence=plain)
    )
