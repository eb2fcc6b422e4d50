"""What a report shows as evidence of an answer is what decided it; other values are marked."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.reports import build
from vidcheck.engine import judge_entry
from vidcheck.facts import Entry, Facts
from vidcheck.quantities import DATE, Moment
from vidcheck.reports import html, render, text
from vidcheck.reports import json as json_report
from vidcheck.reports.text import facts_page as facts_text
from vidcheck.rules.reader import read_rules
from vidcheck.rules.summary import summarise

if TYPE_CHECKING:
    from vidcheck.findings import Report

WRITTEN = Moment.at(datetime(2022, 2, 20, 12, tzinfo=UTC))
FACTS = Facts(
    facts=(
        build.fact("completed", "declared", DATE.read("2022-02-01"), at="entries.csv:2"),
        build.fact("completed", "boxes", WRITTEN, at="moov/mvhd.creation_time"),
        build.fact("completed", "mediainfo", WRITTEN, at="General.Encoded_Date"),
    )
)
FAILS, PASSES = "2022-02-10", "2022-01-01"
LISTING = ["csv", "junit", "markdown", "sarif", "html", "github"]
"""Formats that show each witness's word of a rule that fails."""


def report(first: str) -> Report:
    rules = read_rules(f"vidcheck: 1\nrules:\n  completed: {{from: {first}, to: 2022-02-28}}\n".encode())
    return build.report(judge_entry(Entry(path="a.mp4"), FACTS, rules).report, rules=summarise(rules))


@pytest.mark.parametrize(("lang", "mark", "who"), [("en", "not counted", "declaration"), ("zh", "未计入", "申报材料")])
@pytest.mark.parametrize("name", LISTING)
def test_a_value_that_did_not_decide_is_marked(name: str, lang: str, mark: str, who: str) -> None:
    page = render(name, report(FAILS), lang).decode()
    assert page.count(mark) >= 2
    assert who in page


def test_the_screen_marks_it_too() -> None:
    page = " ".join(text.page(report(FAILS), all_findings=True).plain(200).split())
    assert "declaration 2022-02-01 (entries.csv:2), file headers" in page
    assert "(moov/mvhd.creation_time, not counted), MediaInfo" in page
    assert "(General.Encoded_Date, not counted); asked by" in page


def test_a_passing_line_of_the_page_credits_who_decided_alone() -> None:
    page = html.render(report(PASSES)).decode()
    line = page[page.index("<li><b>Completion date</b>") :].partition("</li>")[0]
    assert "<i>declaration</i>" in line


@pytest.mark.parametrize("first", [FAILS, PASSES])
def test_json_says_of_each_row_of_evidence_that_did_not_decide_that_it_did_not_count(first: str) -> None:
    told = json.loads(json_report.render(report(first)))
    (finding,) = told["entries"][0]["findings"]
    assert [(row["witness"], row.get("counted", True)) for row in finding["evidence"]] == [
        ("declared", True), ("boxes", False), ("mediainfo", False),
    ]  # fmt: skip


def test_facts_credit_who_decided_and_show_the_others_apart() -> None:
    known = [(Entry(path="a.mp4"), FACTS)]
    first, *rest = facts_text(known).plain(200).splitlines()[1:]
    assert first.split() == ["Completion", "date", "2022-02-01", "(completed)", "declaration"]
    assert [row.split()[0] for row in rest] == ["file", "MediaInfo"]
    assert all("not counted" in row for row in rest)
    rows = json.loads(json_report.render_facts(known, {}))["entries"][0]["facts"]["completed"]["evidence"]
    assert [row.get("counted", True) for row in rows] == [True, False, False]
