"""What a finding says: expected, actual, a sentence, a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.engine.answers import UNKNOWN, Answer, Context
from vidcheck.findings import Finding, Outcome, Remedy
from vidcheck.texts import Plain, Readable, say

if TYPE_CHECKING:
    from vidcheck.engine.compiled import CompiledRule
    from vidcheck.rules.model import Rule


def finding_of(compiled: CompiledRule, answer: Answer, context: Context) -> Finding:
    """The finding that an answer makes."""
    rule, outcome = compiled.rule, answer.outcome
    wanted = compiled.phrase(tuple([value for value in answer.values if value is not None]))
    remedy: Remedy | None = None
    if outcome is Outcome.FAIL:
        from vidcheck import remedies  # a passing entry needs none

        remedy = remedies.remedy(answer.breaches, context.facts, context.entry, context.zone)
    if rule.remedy is not None and outcome in {Outcome.FAIL, Outcome.UNKNOWN}:
        words = rule.remedy.filled(**_holes(answer, wanted))
        remedy = Remedy(words=words, command=remedy.command if remedy else "")
    return Finding(
        rule=rule.name, outcome=outcome, level=rule.level, place=rule.place, keys=compiled.keys,
        disputed=answer.disputed, expected=wanted, actual=answer.actual, difference=answer.difference,
        message=_message(rule, answer, wanted), why=answer.why, remedy=remedy, evidence=answer.evidence,
        uncounted=answer.uncounted,
    )  # fmt: skip


def _holes(answer: Answer, wanted: Readable) -> dict[str, Readable]:
    """What the rules' own words may be filled with."""
    return {"actual": answer.actual, "expected": wanted, "difference": answer.difference or Plain("")}


def _message(rule: Rule, answer: Answer, wanted: Readable) -> Readable:
    name = Plain(rule.name)
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
