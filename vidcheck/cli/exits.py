"""Exit codes (design, section 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection

ALL_ELIGIBLE = 0
INELIGIBLE = 1
USAGE = 2
REVIEW = 3
INTERNAL = 4
UNWRITTEN = 5
INTERRUPTED = 130
TERMINATED = 143


class Interrupted(BaseException):
    """A signal asks the run to end."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def verdict_code(
    verdicts: Collection[Verdict], *, warned: bool = False, strict: bool = False, exit_zero: bool = False
) -> int:
    """What the verdicts alone come to; `strict`: a failed recommendation (`warned`) counts as a failure."""
    if exit_zero:
        return ALL_ELIGIBLE
    if Verdict.INELIGIBLE in verdicts or (strict and warned):
        return INELIGIBLE
    return REVIEW if Verdict.REVIEW in verdicts else ALL_ELIGIBLE
