"""Rules on what only decoding tells: what they come to where less was decoded than they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.engine.answers import UNKNOWN, Answer
from vidcheck.facts import Depth
from vidcheck.findings import Level, Outcome
from vidcheck.texts import Readable, marked, say
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vidcheck.rules.model import Rule

_LOOKED = {
    Depth.NONE: marked("content was not looked at; {option} does"),
    Depth.KEYFRAMES: marked("only key pictures were looked at; {option} looks at all"),
}


def needed(rule: Rule) -> Depth:
    """How much has to be decoded for a rule."""
    return _deepest(KEYS[each.key.name].depth for each in (*rule.conditions, *rule.when))


def _deepest(depths: Iterable[Depth]) -> Depth:
    deepest = Depth.NONE
    for depth in depths:
        if not deepest.reaches(depth):
            deepest = depth
    return deepest


def unlooked(answer: Answer, rule: Rule, *, looked: Depth, asked: Depth, final: bool) -> Answer:
    """The answer of a rule, or that nobody has looked.

    `looked` is how much was decoded, and `asked` how much the rules ask for. Where that is more, required rules are unknown:
    no film is eligible unseen. Else a rule that needs more does not apply; with `final` a required one is unknown.
    """
    deep = needed(rule)
    required = rule.level is Level.REQUIRED
    if deep is Depth.NONE or answer.outcome is Outcome.SKIP:
        return answer
    if required and not looked.reaches(asked):
        return _open(answer, Outcome.UNKNOWN, looked, asked)
    if answer.outcome is Outcome.UNKNOWN and not looked.reaches(deep):
        return _open(answer, Outcome.UNKNOWN if required and final else Outcome.SKIP, looked, deep)
    return answer


def not_looked(looked: Depth, wanted: Depth) -> Readable:
    """That less was decoded than is needed, and how more is: a clause."""
    return say(_LOOKED[looked], option=f"--content {wanted}")


def _open(answer: Answer, outcome: Outcome, looked: Depth, wanted: Depth) -> Answer:
    why = not_looked(looked, wanted)
    actual = answer.actual if outcome is Outcome.UNKNOWN else UNKNOWN
    return Answer(outcome=outcome, actual=actual, evidence=answer.evidence, settleable=False, why=why)
