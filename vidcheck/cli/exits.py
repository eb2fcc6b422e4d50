"""Exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.findings import Level, Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection

    from vidcheck.findings import Finding

ALL_ELIGIBLE = 0
INELIGIBLE = 1
USAGE = 2
REVIEW = 3
INTERNAL = 4
UNWRITTEN = 5
INTERRUPTED = 130


def verdict_code(
    verdicts: Collection[Verdict],
    *,
    batch: Collection[Finding] = (),
    warned: bool = False,
    strict: bool = False,
    exit_zero: bool = False,
) -> int:
    """The exit code of verdicts and of findings on several entries, where an unknown outcome means review.

    `strict`: a failed recommendation (`warned`) counts as a failure.
    """
    if exit_zero:
        return ALL_ELIGIBLE
    if Verdict.INELIGIBLE in verdicts or (strict and warned):
        return INELIGIBLE
    undecided = any(finding.outcome is Outcome.UNKNOWN and finding.level is Level.REQUIRED for finding in batch)
    return REVIEW if undecided or Verdict.REVIEW in verdicts else ALL_ELIGIBLE
