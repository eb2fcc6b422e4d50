"""What findings come to: the verdict of one entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.findings import Finding, Level, Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

_ORDER = (Verdict.ELIGIBLE, Verdict.REVIEW, Verdict.INELIGIBLE)


def verdict_of(findings: Iterable[Finding], *, final: bool = False) -> Verdict:
    """Ineligible where a required rule fails, else review where one is unknown, else eligible.

    With `final`, a manual finding is an undecided matter too. What a person decided counts as decided.
    """
    told = [(finding.standing, finding.level) for finding in findings]
    required = {standing for standing, level in told if level is Level.REQUIRED}
    if Outcome.FAIL in required:
        return Verdict.INELIGIBLE
    if Outcome.UNKNOWN in required or (final and Outcome.MANUAL in {standing for standing, _ in told}):
        return Verdict.REVIEW
    return Verdict.ELIGIBLE


def worse(one: Verdict, other: Verdict) -> Verdict:
    """The worse of two verdicts."""
    return max(one, other, key=_ORDER.index)
