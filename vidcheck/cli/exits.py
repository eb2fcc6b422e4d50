"""Exit codes (design, section 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vidcheck.findings import EntryReport

ALL_ELIGIBLE = 0
INELIGIBLE = 1
USAGE = 2
REVIEW = 3
INTERNAL = 4
UNWRITTEN = 5
INTERRUPTED = 130
TERMINATED = 143


class Interrupted(BaseException):  # noqa: N818 - not an error, and nothing that catches errors may swallow it
    """A signal asks the run to end."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def verdict_code(entries: Iterable[EntryReport], *, strict: bool = False, exit_zero: bool = False) -> int:
    """What the verdicts alone come to; `strict`: failed recommendations count as failures."""
    rows = list(entries)
    if exit_zero:
        return ALL_ELIGIBLE
    verdicts = {entry.verdict for entry in rows}
    if Verdict.INELIGIBLE in verdicts or (strict and any(entry.warned for entry in rows)):
        return INELIGIBLE
    return REVIEW if Verdict.REVIEW in verdicts else ALL_ELIGIBLE
