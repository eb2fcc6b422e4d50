"""What a finding says: expected, actual, a sentence, a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vidcheck.engine.answers import UNKNOWN, Answer, Context
from vidcheck.findings import Finding, Outcome, Remedy
from vidcheck.rules.constraints import expected
from vidcheck.texts import Plain, Readable, join, say

if TYPE_CHECKING:
    from datetime import tzinfo

    from vidcheck.rules.model import Rule


def finding_of(rule: Rule, answer: Answer, context: Context) -> Finding:
    """The finding that an answer makes."""
    wanted = _expected(rule, context.zone, answer.values)
    if answer.outcome is Outcome.MANUAL and rule.manual is not None:
        wanted = rule.manual
    remedy: Remedy | None = None
    if answer.outcome is Outcome.FAIL:
        from vidcheck import remedies  # a passing entry needs none

        remedy = remedies.remedy(answer.breaches, context.facts, context.entry, context.zone)
    shown_difference = answer.difference
    holes = {"actual": answer.actual, "expected": wanted, "difference": shown_difference or Plain("")}
    if answer.outcome in {Outcome.FAIL, Outcome.UNKNOWN} and rule.remedy is not None:
        words = rule.remedy.filled(**holes)
        remedy = Remedy(words=words, command=remedy.command if remedy else "")
    return Finding(
        rule=rule.name, outcome=answer.outcome, level=rule.level, place=rule.place, keys=rule.keys,
        disputed=answer.disputed, expected=wanted, actual=answer.actual, difference=shown_difference,
        message=_message(rule, answer, wanted, holes), why=answer.why, remedy=remedy, evidence=answer.evidence,
    )  # fmt: skip


def _message(rule: Rule, answer: Answer, wanted: Readable, holes: dict[str, Readable]) -> Readable:
    name = Plain(rule.name)
    match answer.outcome:
        case Outcome.MANUAL:
            return say("A person has to say: {question}", question=wanted)
        case Outcome.SKIP:
            return say("{rule} does not apply: {why}.", rule=name, why=answer.why or UNKNOWN)
        case Outcome.UNKNOWN:
            return say("{rule} is not known: {why}.", rule=name, why=answer.why or UNKNOWN)
        case Outcome.FAIL if rule.message is not None:
            return rule.message.filled(**holes)
        case Outcome.FAIL:
            plain = say("{rule} is {actual}; expected: {expected}", rule=name, actual=answer.actual, expected=wanted)
        case _:
            plain = say("{rule} is {actual}, as expected: {expected}", rule=name, actual=answer.actual, expected=wanted)
    return (
        say("{sentence} ({why}).", sentence=plain, why=answer.why) if answer.why else say("{sentence}.", sentence=plain)
    )


def _expected(rule: Rule, zone: tzinfo, apart: tuple[Any, ...]) -> Readable:
    if rule.manual is not None:
        return rule.manual
    if rule.asked is not None:
        return expected(rule.asked, zone, tuple(value for value in apart if value is not None))
    branches = [
        join(
            [say("{key}: {expected}", key=Plain(c.key.name), expected=expected(c, zone)) for c in branch], say(" and ")
        )
        for branch in rule.branches
    ]
    return join(branches, say(", or "))
