"""Remarks: where they stand, that they are said once, and that they change nothing else."""

from __future__ import annotations

import pickle
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.engine.test_engine import judged
from vidcheck.facts import Fact, State
from vidcheck.texts import Plain

if TYPE_CHECKING:
    from vidcheck.findings import EntryReport

ODD, ODDER = Plain("It is odd."), Plain("It is odder.")
DURATION, SIZE = "duration: {max: 5 min}", "size: {max: 200 MB}"


def fact(key: str, value: Any, remark: Plain | None = ODD, witness: str = "boxes") -> Fact:
    return Fact(key=key, witness=witness, value=value, remark=remark)


def long(remark: Plain | None = ODD, witness: str = "boxes") -> Fact:
    return fact("duration", Fraction(200), remark, witness)


def report(rules: str, *told: Fact) -> EntryReport:
    return judged(rules, *told).report


def remarks(told: EntryReport) -> dict[str, tuple[Any, ...]]:
    rows = {finding.rule: finding.remarks for finding in told.findings if finding.remarks}
    return {**rows, "": told.remarks} if told.remarks else rows


def test_a_remark_stands_in_the_finding_of_the_rule_that_asks_for_the_key() -> None:
    assert remarks(report(f"{SIZE}\n{DURATION}", long(), fact("size", 7, None))) == {"duration": (ODD,)}


def test_where_no_rule_asks_for_the_key_it_stands_in_the_entrys_own_remarks() -> None:
    assert remarks(report(SIZE, long(), fact("size", 7, None))) == {"": (ODD,)}


def test_a_rule_by_another_name_and_a_branch_of_any_ask_for_the_key_too() -> None:
    assert remarks(report("length: {fact: duration, max: 5 min}", long())) == {"length": (ODD,)}
    assert remarks(report("either:\n  any:\n    - {duration: {max: 5 min}}", long())) == {"either": (ODD,)}


def test_of_several_rules_on_the_key_the_first_that_applies_has_it() -> None:
    first = "short: {fact: duration, max: 1 s, when: {size: {max: 1 B}}}"
    told = report(f"{first}\n{DURATION}\nlong: {{fact: duration, min: 1 s}}", long(), fact("size", 7, None))
    assert remarks(told) == {"duration": (ODD,)}
    assert remarks(report(first, long(), fact("size", 7, None))) == {"short": (ODD,)}


def test_what_two_witnesses_say_alike_is_said_once_and_what_they_say_differently_twice() -> None:
    assert remarks(report(DURATION, long(), long(witness="mediainfo"))) == {"duration": (ODD,)}
    assert remarks(report(DURATION, long(), long(ODDER, "mediainfo"))) == {"duration": (ODD, ODDER)}


def test_a_remark_changes_neither_outcome_nor_words_nor_verdict() -> None:
    for value in (200, 400):
        told = report(DURATION, fact("duration", Fraction(value)))
        silent = report(DURATION, fact("duration", Fraction(value), None))
        assert told.verdict is silent.verdict
        (finding,), (same,) = told.findings, silent.findings
        assert replace(finding, remarks=(), evidence=()) == replace(same, evidence=())


def test_the_entry_counts_its_own_and_its_findings_remarks() -> None:
    assert report(DURATION, long(), fact("size", 7, ODDER)).remarked == 2
    assert report(DURATION, long(None)).remarked == 0


def test_remarks_travel_from_worker_to_main_process() -> None:
    told = report(DURATION, long(), fact("size", 7, ODDER))
    for each in (told, long()):
        assert pickle.loads(pickle.dumps(each)) == each  # noqa: S301 - made here


def test_the_reason_of_an_outcome_is_no_remark_besides() -> None:
    why = Plain("it is odd")
    odd = Fact(key="duration", witness="boxes", state=State.UNKNOWN, note=why, remark=ODD)
    told = report(DURATION, odd)
    assert told.findings[0].why == why
    assert told.remarked == 0
