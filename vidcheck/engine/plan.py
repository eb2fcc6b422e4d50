"""Whether a further witness is worth asking: what has been said leaves the answer open, or another word could turn it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck import resolve
from vidcheck.facts import DECLARED, State
from vidcheck.findings import Level, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vidcheck.engine.answers import Answer
    from vidcheck.engine.compiled import CompiledCondition
    from vidcheck.rules.model import Rule


def rule_wants(asked: CompiledCondition, rule: Rule, answer: Answer) -> bool:
    """Whether a rule on one key is worth another word: it fails and is required, nobody knows, or a value is near a bound."""
    failing = answer.outcome is Outcome.FAIL and rule.level is Level.REQUIRED
    return (failing or not _known(answer) or _close(asked, answer)) and not _borne_out(asked, answer)


def choice_wants(conditions: Iterable[CompiledCondition], answers: Iterable[Answer]) -> list[str]:
    """The keys of a `when` or an `any` that are worth another word: any of them may decide which way it goes."""
    pairs = zip(conditions, answers, strict=True)
    return [condition.name for condition, answer in pairs if not _borne_out(condition, answer)]


def _known(answer: Answer) -> bool:
    return answer.outcome is not Outcome.UNKNOWN and bool(answer.evidence)


def _borne_out(asked: CompiledCondition, answer: Answer) -> bool:
    """Whether two witnesses told alike what the answer rests on: to ask a third would change nothing.

    Each reads the file by itself. What a person declared is nobody's second word on what the file is.
    """
    if len(answer.evidence) < 2 or not _known(answer):
        return False
    counted = [
        fact
        for fact in answer.evidence
        if fact.key == asked.name
        and fact.state is not State.UNKNOWN
        and not any(fact is other for other in answer.uncounted)
    ]
    return len({fact.witness for fact in counted} - {DECLARED}) > 1 and resolve.agree(asked.key, counted)


def _close(asked: CompiledCondition, answer: Answer) -> bool:
    """Whether any witness's value lies close to a bound."""
    if not asked.near:
        return False
    values = [fact.value for fact in answer.evidence if fact.key == asked.name and fact.state is State.KNOWN]
    return any(near(value) for near in asked.near for value in values)
