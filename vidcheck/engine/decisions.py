"""Applies people's decisions to findings, and computes the verdict. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vidcheck.facts import State
from vidcheck.findings import Finding, Level, Outcome, Place, Verdict
from vidcheck.texts import Readable, join, say, say_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vidcheck.facts import Facts
    from vidcheck.findings import Decision

RULE = "decisions"
"""The name of the finding on decisions that match no finding."""
_ORDER = (Verdict.ELIGIBLE, Verdict.REVIEW, Verdict.INELIGIBLE)
_MOST_NAMED = 5
_CHANGED = say("the file's bytes are not those that were decided on")
_UNREAD = say("the file's checksum is not known")


def checksum_of(facts: Facts) -> str | None:
    """The file's SHA-256, where it was read."""
    return next((fact.value for fact in facts.of("checksum") if fact.state is State.KNOWN), None)


def decided(findings: Sequence[Finding], decisions: Sequence[Decision], checksum: str | None) -> tuple[Finding, ...]:
    """The findings with the decisions on them. The last valid decision counts; one on other bytes is void."""
    by_rule: dict[str, Decision] = {}
    for decision in decisions:
        void = None if decision.checksum == checksum else _UNREAD if checksum is None else _CHANGED
        there = by_rule.get(decision.rule)
        if there is None or there.void is not None or void is None:
            by_rule[decision.rule] = replace(decision, void=void)
    return tuple(
        replace(finding, decision=by_rule[finding.rule]) if finding.rule in by_rule else finding for finding in findings
    )


def unused(decisions: Sequence[Decision], used: Iterable[Decision]) -> Finding | None:
    """A finding that names the decisions that match no finding of the run; None if all are used."""
    known = {decision.place for decision in used}
    left = [decision for decision in decisions if decision.place not in known]
    if not left:
        return None
    named: list[Readable] = [
        say("{entry}, {rule} ({place})", entry=each.entry, rule=each.rule, place=str(each.place)) for each in left
    ]
    more = len(named) - _MOST_NAMED
    names = join(named[:_MOST_NAMED], say("; "))
    actual = say("{names} and {count} more", names=names, count=more) if more > 0 else names
    message = say_count(
        "{count} decision concerns no entry and rule of this run: {actual}.",
        "{count} decisions concern no entry and rule of this run: {actual}.",
        len(left), actual=actual,
    )  # fmt: skip
    return Finding(
        rule=RULE, outcome=Outcome.UNKNOWN, level=Level.RECOMMENDED, place=Place(left[0].place.file, left[0].place.line, 1),
        expected=say("every decision concerns an entry and a rule"), actual=actual, message=message,
    )  # fmt: skip


def verdict_of(findings: Iterable[Finding], *, final: bool = False) -> Verdict:
    """Ineligible if a required rule fails, else review if one is unknown, else eligible.

    With `final`, an undecided manual finding means review too. People's decisions override outcomes.
    """
    standings = [(finding.standing, finding.level) for finding in findings]
    required = {standing for standing, level in standings if level is Level.REQUIRED}
    if Outcome.FAIL in required:
        return Verdict.INELIGIBLE
    if Outcome.UNKNOWN in required or (final and Outcome.MANUAL in {standing for standing, _ in standings}):
        return Verdict.REVIEW
    return Verdict.ELIGIBLE


def worse(one: Verdict, other: Verdict) -> Verdict:
    """The worse of two verdicts."""
    return max(one, other, key=_ORDER.index)
