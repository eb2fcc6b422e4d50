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
    """The findings with the decisions on them (see `resolved`)."""
    by_rule = resolved(decisions, checksum)
    return tuple(
        replace(finding, decision=by_rule[finding.rule]) if finding.rule in by_rule else finding for finding in findings
    )


def resolved(decisions: Sequence[Decision], checksum: str | None) -> dict[str, Decision]:
    """The decision that counts for each rule of one entry.

    A decision on other bytes is void. Of a file's valid decisions the last one counts. Where files come to differ, the
    decision has all the others in `against`, and none counts before one that settles it is added to any of the files.
    """
    by_rule: dict[str, list[Decision]] = {}
    for decision in decisions:
        void = None if decision.checksum == checksum else _UNREAD if checksum is None else _CHANGED
        by_rule.setdefault(decision.rule, []).append(replace(decision, void=void))
    return {rule: _counting(of_rule) for rule, of_rule in by_rule.items()}


def _counting(decisions: Sequence[Decision]) -> Decision:
    """The one that counts of all decisions on one rule and entry."""
    last = {decision.place.file: decision for decision in decisions if decision.void is None}
    chosen = [each for each in last.values() if each.settles] or list(last.values()) or [decisions[-1]]
    counts = chosen[-1]
    return replace(
        counts,
        against=tuple(chosen[:-1]) if any(each.choice is not counts.choice for each in chosen) else (),
        replaced=tuple(each.place for each in decisions if each.place != counts.place),
    )


def unused(decisions: Sequence[Decision], used: Iterable[Decision]) -> Finding | None:
    """A finding that names the decisions that match no finding of the run; None if all are used."""
    known = {place for decision in used for place in (decision.place, *decision.replaced)}
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

    With `final`, an undecided manual finding means review too. People's decisions override outcomes. What people decided
    differently means review whatever the rule's level: they have to see it.
    """
    every = [*findings]
    standings = [(finding.standing, finding.level) for finding in every]
    required = {standing for standing, level in standings if level is Level.REQUIRED}
    if Outcome.FAIL in required:
        return Verdict.INELIGIBLE
    contested = any(finding.contested for finding in every)
    if (
        contested
        or Outcome.UNKNOWN in required
        or (final and Outcome.MANUAL in {standing for standing, _ in standings})
    ):
        return Verdict.REVIEW
    return Verdict.ELIGIBLE


def worse(one: Verdict, other: Verdict) -> Verdict:
    """The worse of two verdicts."""
    return max(one, other, key=_ORDER.index)
