"""What presets say of many entries and of categories, on the data that a manifest gives."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.engine.test_batch import entry, judged, outcomes, work
from vidcheck.engine import judge_entry
from vidcheck.engine.batch import Archive, Earlier
from vidcheck.facts import Entry, Fact, Facts
from vidcheck.rules.reader import load_rules


@pytest.mark.parametrize(
    ("category", "minutes", "megabytes", "failed"),
    [
        ("教学设计", 10, 100, set()),
        ("教学设计", 11, 100, {"length"}),
        ("教学设计", 10, 110, {"size"}),
        ("外语微课", 5, 50, {"length"}),
        ("实训教学", 25, 310, set()),
        ("实训教学", 25, 320, {"size"}),
        ("课堂教学", 40, 520, set()),
        ("课堂教学", 10, 90, {"length"}),
        ("课堂教学", 40, 530, {"size"}),
        (None, 10, 100, set()),
        (None, 15, 100, {"length"}),
        (None, 10, 110, {"size-to-10-min"}),
        (None, 40, 520, set()),
    ],
)
def test_anhui_has_length_and_size_by_category(
    category: str | None, minutes: int, megabytes: int, failed: set[str]
) -> None:
    rules = load_rules("anhui-teachers-2018").narrowed(lambda name: name.startswith(("length", "size")))
    told = [
        Fact(key="duration", witness="mediainfo", value=Fraction(minutes * 60)),
        Fact(key="size", witness="filesystem", value=megabytes * 10**6),
    ]
    if category:
        told.append(Fact(key="declared.category", witness="declared", value=category))
    report = judge_entry(Entry(path="a.mp4"), Facts(facts=tuple(told)), rules).report
    assert {finding.rule for finding in report.failed} == failed
    assert report.findings[0].outcome.value == ("pass" if category else "skip")
    places = {finding.place.line for finding in report.findings if finding.rule == "length"}
    assert places.pop() > (60 if category == "课堂教学" else 30)


def test_china_2016_takes_two_entries_of_one_first_author_and_a_work_once() -> None:
    rules = load_rules("china-national-2016").narrowed(lambda name: name in {"same-work", "per-author"})
    two = judged(rules, work("a", "1"), work("b", "2"), work("c", "3", ("李四", "张三")))
    assert set(outcomes(two).values()) == {"pass"}
    three = judged(rules, work("a", "1"), work("b", "2"), work("c", "3"), work("d", "1"))
    assert outcomes(three, "per-author") == dict.fromkeys("abcd", "unknown")
    assert outcomes(three, "same-work") == {"a": "unknown", "b": "pass", "c": "pass", "d": "unknown"}


def test_heilongjiang_takes_a_work_once_the_later_submission_counts_and_none_of_an_earlier_edition() -> None:
    rules = load_rules("heilongjiang-2022")
    found = {("earlier-work", "e/c.mp4"): (Earlier(edition="2021", name="x.mp4"),)}
    judgement = judged(
        rules,
        work("a", size=1, submitted="2022-04-01"),
        work("b", "水。", size=2, submitted="2022-04-02"),
        work("c", "火", size=3),
        entry("d", size=4),
        archive=Archive(sizes=frozenset(), found=found),
    )
    assert outcomes(judgement, "same-work") == {"a": "fail", "b": "pass", "c": "pass", "d": "skip"}
    assert outcomes(judgement, "earlier-work") == {"a": "pass", "b": "pass", "c": "unknown", "d": "skip"}
    assert set(outcomes(judgement, "same-file").values()) == {"pass"}
