"""What a machine thinks of a manual rule, by the conditions of its `assist`. A person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.engine.answers import UNKNOWN
from vidcheck.engine.conditions import judge_condition
from vidcheck.engine.content import not_looked
from vidcheck.findings import Likely, Outcome, Suggestion
from vidcheck.texts import join, say

if TYPE_CHECKING:
    from vidcheck.engine.answers import Answer, Context
    from vidcheck.engine.compiled import CompiledCondition, CompiledRule
    from vidcheck.facts import Depth
    from vidcheck.texts import Readable

_ANSWERS = {Outcome.FAIL: Likely.NO, Outcome.UNKNOWN: Likely.UNKNOWN, Outcome.PASS: Likely.YES}
"""The answer by what the conditions come to; the first outcome that one of them has counts."""


def suggestion(compiled: CompiledRule, context: Context, looked: Depth) -> Suggestion:
    """Yes if all conditions hold, no if one fails, else no idea. `looked` is how much of films is decoded."""
    pairs = [(each, judge_condition(each, context, compiled.rule)) for each in compiled.assist]
    outcome = next(outcome for outcome in _ANSWERS if any(answer.outcome is outcome for _, answer in pairs))
    deciding = [pair for pair in pairs if pair[1].outcome is outcome]
    open_ = [condition for condition, answer in pairs if answer.outcome is Outcome.UNKNOWN]
    context.wanted.update(condition.name for condition in open_)
    return Suggestion(
        answer=_ANSWERS[outcome],
        because=join(dict.fromkeys(_because(*pair, looked) for pair in deciding), say("; ")),
        evidence=tuple(dict.fromkeys(fact for _, answer in pairs for fact in answer.evidence)),
        unlooked=outcome is Outcome.UNKNOWN and not any(looked.reaches(each.key.depth) for each in open_),
    )


def _because(condition: CompiledCondition, answer: Answer, looked: Depth) -> Readable:
    """What one condition came to: the value and what would be a yes, or why nobody knows."""
    depth = condition.key.depth
    if answer.outcome is Outcome.UNKNOWN and not looked.reaches(depth):
        return not_looked(looked, depth)
    words: Readable = answer.why or UNKNOWN
    if answer.outcome is not Outcome.UNKNOWN:
        wanted = condition.phrase(tuple(value for value in answer.values if value is not None))
        words = say("{actual}, expected {expected}", actual=answer.actual, expected=wanted)
    return say("{name}: {words}", name=condition.key.called, words=words)
