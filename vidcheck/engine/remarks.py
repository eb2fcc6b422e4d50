"""Puts what witnesses remarked on into findings and, where no rule asks for the key, into the entry's own remarks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vidcheck.findings import Finding, Outcome
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidcheck.facts import Fact, Facts
    from vidcheck.texts import Readable


def remarked(findings: Sequence[Finding], facts: Facts) -> tuple[tuple[Finding, ...], tuple[Readable, ...]]:
    """The findings with their remarks, and the remarks on keys that no rule asks for.

    What several witnesses remark on in the same words is said once, at the first rule that applies; what is the reason
    of an outcome is no remark besides.
    """
    said: dict[Readable, str] = {}
    for fact in facts.facts:
        if fact.remark is not None and not any(_is_reason(fact, finding) for finding in findings):
            said.setdefault(fact.remark, KEYS[fact.key].remarked_at or fact.key)
    if not said:
        return tuple(findings), ()
    by_place: dict[int, list[Readable]] = {}
    for remark, key in said.items():
        by_place.setdefault(_asking(findings, key), []).append(remark)
    placed = (
        replace(finding, remarks=tuple(by_place[at])) if at in by_place else finding
        for at, finding in enumerate(findings)
    )
    return tuple(placed), tuple(by_place.get(_NOBODY, ()))


def _is_reason(fact: Fact, finding: Finding) -> bool:
    return fact.note is not None and fact.note == finding.why and fact.key in finding.keys


_NOBODY = -1


def _asking(findings: Sequence[Finding], key: str) -> int:
    """The place of the first finding that asks for the key, before those that don't apply; -1 if there is none."""
    asking = [at for at, finding in enumerate(findings) if key in finding.keys]
    applying = [at for at in asking if findings[at].outcome is not Outcome.SKIP]
    return next(iter(applying or asking), _NOBODY)
