"""What a machine suggests on a question that a person has to answer."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcheck.engine.judge import Judge
from vidcheck.facts import Depth, Entry, Fact, Facts, State
from vidcheck.findings import Likely, Outcome, Suggestion, Verdict
from vidcheck.quantities import Manner
from vidcheck.reports.json import finding_members
from vidcheck.rules.problems import RulesError
from vidcheck.rules.reader import read_rules

if TYPE_CHECKING:
    from vidcheck.rules.model import Rules

_HEAD = "vidcheck: 1\ncontest: {timezone: UTC}\nrules:\n"
_SOUND = (
    _HEAD
    + "  clear: {manual: {zh: 清楚, en: It is clear}, assist: {content.silent: {max: 20 %}, video.codec: {is: h264}}}\n"
)


def suggested(rules: Rules, *facts: Fact, depth: Depth = Depth.FULL, final: bool = False) -> tuple[Suggestion, Verdict]:
    report = Judge(rules, depth=depth, final=final).entry(Entry(path="a.mp4"), Facts(facts=facts)).report
    (finding,) = report.findings
    assert finding.outcome is Outcome.MANUAL
    assert not finding.evidence
    assert finding.suggestion is not None
    return finding.suggestion, report.verdict


def share(value: Fraction | None) -> Fact:
    state = State.UNKNOWN if value is None else State.KNOWN
    return Fact(key="content.silent", witness="content", value=value, state=state)


def codec(value: str) -> Fact:
    return Fact(key="video.codec", witness="mediainfo", value=value)


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        ((share(Fraction(1, 10)), codec("h264")), Likely.YES),
        ((share(Fraction(1, 2)), codec("h264")), Likely.NO),
        ((share(None), codec("hevc")), Likely.NO),
        ((share(None), codec("h264")), Likely.UNKNOWN),
        ((share(Fraction(1, 10)), codec("h264"), codec("hevc")), Likely.UNKNOWN),
        ((), Likely.UNKNOWN),
    ],
)
def test_all_hold_is_yes_one_fails_is_no_and_else_there_is_no_idea(facts: tuple[Fact, ...], answer: Likely) -> None:
    suggestion, verdict = suggested(read_rules(_SOUND.encode()), *facts)
    assert suggestion.answer is answer
    assert verdict is Verdict.ELIGIBLE


@given(
    st.sampled_from([None, *map(Fraction, ("0", "1/5", "21/100", "1"))]),
    st.sampled_from(["h264", "hevc"]),
    st.booleans(),
)
def test_a_suggestion_changes_no_verdict(silent: Fraction | None, name: str, final: bool) -> None:
    suggestion, verdict = suggested(read_rules(_SOUND.encode()), share(silent), codec(name), final=final)
    assert verdict is (Verdict.REVIEW if final else Verdict.ELIGIBLE)
    assert (suggestion.answer is Likely.YES) == (silent is not None and silent <= Fraction(1, 5) and name == "h264")


def test_without_a_look_there_is_no_idea_and_the_reason_says_so() -> None:
    suggestion, _ = suggested(read_rules(_SOUND.encode()), codec("h264"), depth=Depth.NONE)
    assert suggestion.unlooked
    assert suggestion.because.render("en") == "content was not looked at; --content keyframes does"


def test_what_only_assist_asks_is_looked_at() -> None:
    rules = read_rules(_SOUND.encode())
    assert {"content.silent", "video.codec"} <= rules.keys
    assert rules.rules[0].keys == ()


def test_json_has_answer_reason_and_evidence() -> None:
    rules = read_rules(_SOUND.encode())
    facts = Facts(facts=(share(Fraction(1, 2)), codec("h264")))
    (finding,) = Judge(rules, depth=Depth.FULL).entry(Entry(path="a.mp4"), facts).report.findings
    members = json.loads(json.dumps(finding_members(finding, Manner("en"))))["suggestion"]
    assert members["answer"] == "no"
    assert members["because"] == "silent part of the film: 50 %, expected at most 20 %"
    assert [row["key"] for row in members["evidence"]] == ["content.silent", "video.codec"]


def test_personal_data_does_not_stand_in_a_suggestion() -> None:
    rules = read_rules(f"{_HEAD}  a: {{manual: x, assist: {{declared.address: {{max-length: 3}}}}}}\n".encode())
    facts = Facts(facts=(Fact(key="declared.address", witness="declared", value="1 Park Road", raw="1 Park Road"),))
    report = Judge(rules).entry(Entry(path="a.mp4"), facts).report
    assert "Park" not in json.dumps(finding_members(report.findings[0], Manner("en")))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("{is: mp4, assist: {size: {min: 1 MB}}}", "'assist' helps a person to decide a manual rule"),
        ("{fact: format, is: mp4, when: {size: {min: 1 MB}}, assist: {size: {min: 1 MB}}}", "'assist' helps a person"),
    ],
)
def test_assist_stands_in_manual_rules_alone(rule: str, words: str) -> None:
    with pytest.raises(RulesError, match=words):
        read_rules(f"{_HEAD}  format: {rule}\n".encode())


@pytest.mark.parametrize(
    "assist", ["{}", "[]", "x", "{size: 3}", "{nothing: {is: 1}}", "{size: {min: 5 MB, max: 1 MB}}"]
)
def test_a_mistake_in_assist_names_its_place(assist: str) -> None:
    with pytest.raises(RulesError) as error:
        read_rules(f"{_HEAD}  a: {{manual: x, assist: {assist}}}\n".encode())
    assert {problem.place.line for problem in error.value.problems} == {4}
