"""Decides for which keys another witness is worth asking: the answer is open, or another value could change it."""

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
    """Whether a rule on one key needs another witness: it fails and is required, or is unknown, or is close to a bound."""
    failing = answer.outcome is Outcome.FAIL and rule.level is Level.REQUIRED
    return (failing or not _known(answer) or _close(asked, answer)) and not _confirmed(asked, answer)


def choice_wants(conditions: Iterable[CompiledCondition], answers: Iterable[Answer]) -> list[str]:
    """The keys of a `when` or an `any` that need another witness: any of them may decide the outcome."""
    pairs = zip(conditions, answers, strict=True)
    return [condition.name for condition, answer in pairs if not _confirmed(condition, answer)]


def _known(answer: Answer) -> bool:
    return answer.outcome is not Outcome.UNKNOWN and bool(answer.evidence)


def _confirmed(asked: CompiledCondition, answer: Answer) -> bool:
    """Whether two witnesses agree on the deciding values, so that a third would change nothing.

    Only witnesses that read the file count: a declaration doesn't confirm what the file is.
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
    """Whether any witness's value is close to a bound."""
    if not asked.near:
        return False
    values = [fact.value for fact in answer.evidence if fact.key == asked.name and fact.state is State.KNOWN]
    return any(near(value) for near in asked.near for value in values)
