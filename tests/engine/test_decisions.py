"""What a decision does to findings and verdicts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.rules.test_decisions import SUM, decision
from vidcheck.engine import judge_entry
from vidcheck.engine.decisions import unused
from vidcheck.facts import Entry, Fact, Facts
from vidcheck.findings import EntryReport, Level, Outcome, Place, Verdict
from vidcheck.rules.reader import read_rules

RULES = b"vidcheck: 1\nrules:\n  format: {is: mp4}\n  completed: {from: 2020-01-01}\n  look: {manual: Look at it}\n"


def judged(*choices: str, checksum: str = SUM, container: str = "mp4", final: bool = False) -> EntryReport:
    decisions = [decision(rule=rule, choice=choice) for rule, _, choice in (text.partition(" ") for text in choices)]
    facts = Facts(
        facts=(
            Fact(key="format", witness="boxes", value=container),
            Fact(key="checksum", witness="filesystem", value=checksum),
        )
    )
    rules = read_rules(RULES, "rules.yaml")
    return judge_entry(Entry(path="entries/017.mp4"), facts, rules, final=final, decisions=decisions).report


@pytest.mark.parametrize(
    ("choices", "container", "final", "verdict"),
    [
        ((), "mp4", False, Verdict.REVIEW),
        (("completed accept",), "mp4", False, Verdict.ELIGIBLE),
        (("completed accept",), "mp4", True, Verdict.REVIEW),
        (("completed accept", "look accept"), "mp4", True, Verdict.ELIGIBLE),
        (("completed accept", "look reject"), "mp4", False, Verdict.INELIGIBLE),
        (("completed reject",), "mp4", False, Verdict.INELIGIBLE),
        (("completed accept", "format accept"), "mov", False, Verdict.ELIGIBLE),
        (("completed reject", "completed accept"), "mp4", False, Verdict.ELIGIBLE),
    ],
)
def test_the_verdict_follows_from_decisions(
    choices: tuple[str, ...], container: str, final: bool, verdict: Verdict
) -> None:
    assert judged(*choices, container=container, final=final).verdict is verdict


def test_a_decision_replaces_neither_outcome_nor_evidence() -> None:
    before, after = judged(container="mov"), judged("format accept", container="mov")
    assert replace(after.findings[0], decision=None) == before.findings[0]
    assert (after.findings[0].outcome, after.findings[0].standing) == (Outcome.FAIL, Outcome.PASS)


def test_a_decision_on_other_bytes_is_void_and_changes_nothing() -> None:
    report = judged("completed accept", checksum="0" * 64)
    assert report.verdict is Verdict.REVIEW
    told = report.findings[1].decision
    assert told is not None
    assert told.void is not None
    assert told.void.render("en") == "the file's bytes are not those that were decided on"


def test_a_decided_item_no_longer_waits() -> None:
    assert (judged().manual, judged("look accept").manual) == (1, 0)


def test_decisions_that_concern_nothing_are_told_and_change_no_verdict() -> None:
    used = decision()
    idle = replace(decision("entries/gone.mp4"), place=Place("d.yaml", 10, 5))
    found = unused([used, idle], [used])
    assert found is not None
    assert found.level is Level.RECOMMENDED
    assert "entries/gone.mp4, completed (d.yaml:10:5)" in found.message.render("en")
    assert unused([used], [used]) is None
