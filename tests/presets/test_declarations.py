"""What presets ask of declared data, attachments and forms, and that they ask nothing where nothing was declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.engine.test_batch import entry, judged, outcomes, work
from vidcheck.declared.fields import FIELDS, derived, read_field
from vidcheck.engine import judge_entry
from vidcheck.facts import Entry, Fact, Facts, Fault, State
from vidcheck.rules.reader import load_rules
from vidcheck.rules.sources import preset_names, preset_text
from vidcheck.texts import Plain

if TYPE_CHECKING:
    from vidcheck.findings import Finding
    from vidcheck.rules.model import Rules

WHOLE = {
    "title": "山那边的灯光", "authors": "张三、李四", "category": "动画", "broadcast-date": "2021年7月",
    "broadcast-platform-and-url": "湖南卫视 https://www.example.cn/1", "address": "哈尔滨市1号", "telephone": "13812345678",
    "email": "a@example.cn", "summary": "水" * 100, "innovation": "水" * 100, "reach": "水" * 100, "submitted": "2022-05-09 23:59",
}  # fmt: skip
FILES: dict[str, Any] = {
    "attachment.count": 3, "attachment.size": (20 * 2**20, 1, 1), "form.count": 1, "form.kind": ("jpeg",),
}  # fmt: skip


def asked(name: str) -> Rules:
    """The rules that speak of what was declared and of what lies beside the video."""
    rules = load_rules(name)
    of = {
        rule.name: {c.key.name for c in (*rule.conditions, *(c for row in rule.branches for c in row))}
        for rule in rules.rules
    }
    return rules.narrowed(
        lambda rule: any(key.startswith(("declared.", "attachment.", "form.", "broadcast")) for key in of.get(rule, ()))
    )  # fmt: skip


def told(declared: dict[str, str], files: dict[str, Any] | None = None, *faults: Fault) -> Facts:
    """What a row says, and what lies beside the video."""
    rules = load_rules("heilongjiang-2022")
    row = [
        fact
        for name, text in declared.items()
        for fact in read_field(FIELDS[name], text, locator="row 2", zone=rules.zone)
    ]
    beside = [Fact(key=key, witness="filesystem", value=value) for key, value in (files or {}).items()]
    return Facts(facts=(*row, *derived(row), *beside), faults=faults)


def findings(name: str, facts: Facts) -> tuple[Finding, ...]:
    return judge_entry(Entry(path="a.mp4"), facts, asked(name)).report.findings


def said(name: str, facts: Facts) -> dict[str, str]:
    return {finding.rule: finding.outcome.value for finding in findings(name, facts)}


def amiss(name: str, facts: Facts) -> dict[str, str]:
    return {rule: outcome for rule, outcome in said(name, facts).items() if outcome not in {"pass", "skip"}}


@pytest.mark.parametrize("name", preset_names())
def test_where_nothing_was_declared_no_preset_asks_for_it(name: str) -> None:
    assert amiss(name, Facts()) == {}
    assert amiss(name, told({}, {"attachment.count": 0, "attachment.size": (), "form.count": 0})) == {}


@pytest.mark.parametrize("name", preset_names())
def test_no_preset_leaves_to_later_what_can_be_said_now(name: str) -> None:
    assert "later:" not in preset_text(name)


def test_without_declared_data_heilongjiangs_rules_about_it_do_not_apply() -> None:
    told = said("heilongjiang-2022", Facts())
    assert "work-title" in told  # it asks whether a title that somebody should have written is blank
    assert len(told) == 16
    assert set(told.values()) == {"skip"}


def test_a_whole_declaration_meets_heilongjiangs_rules() -> None:
    assert set(said("heilongjiang-2022", told(WHOLE, FILES)).values()) == {"pass"}


def test_a_row_in_which_nothing_is_filled_in_is_not_passed_over() -> None:
    assert amiss("heilongjiang-2022", told(dict.fromkeys(WHOLE, ""))) == {"work-title": "fail"}


def test_of_a_column_that_the_table_has_not_heilongjiang_asks_nothing() -> None:
    assert amiss("heilongjiang-2022", told({"title": "灯"})) == {}


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("title", "", {"work-title": "fail"}),
        ("authors", " ", {"authors": "fail"}),
        ("address", "", {"address": "fail"}),
        ("telephone", "/", {"telephone": "fail"}),
        ("telephone", "12345", {"telephone": "unknown"}),
        ("email", "无", {"email": "fail"}),
        ("email", "zhang at example", {"email": "unknown"}),
        ("summary", "", {"summary": "fail"}),
        ("summary", "水" * 101, {"summary": "fail"}),
        ("summary", "水 " * 100, {}),
        ("innovation", "水" * 101, {"innovation": "fail"}),
        ("reach", "水" * 101, {"reach": "fail"}),
        ("category", "话剧", {"work-form": "fail"}),
        ("broadcast-date", "2020-01-01", {}),
        ("broadcast-date", "2019-12-31", {"broadcast": "fail"}),
        ("broadcast-date", "2022-02", {}),
        ("broadcast-date", "2022年", {"broadcast": "unknown"}),
        ("broadcast-date", "去年", {"broadcast": "unknown"}),
        ("broadcast-platform-and-url", "湖南卫视", {"playing-address": "fail"}),
        ("submitted", "2022-03-27 23:59", {"submitted": "fail"}),
        ("submitted", "2022-05-10", {"submitted": "fail"}),
    ],
)
def test_heilongjiang_asks_of_a_declaration(field: str, text: str, expected: dict[str, str]) -> None:
    assert amiss("heilongjiang-2022", told({**WHOLE, field: text}, FILES)) == expected


def test_what_heilongjiang_only_recommends_makes_nothing_ineligible() -> None:
    rules = asked("heilongjiang-2022")
    facts = told({**WHOLE, "category": "话剧"}, {**FILES, "form.count": 2})
    report = judge_entry(Entry(path="a.mp4"), facts, rules).report
    assert {finding.rule for finding in report.warned} == {"work-form", "one-form"}
    assert report.failed == ()


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"attachment.count": 4}, {"attachments": "fail"}),
        ({"attachment.count": 4, "form.count": 0, "form.kind": ()}, {}),
        ({"attachment.count": 4, "form.kind": ("docx",)}, {}),
        ({"attachment.count": 5, "form.kind": ("docx",)}, {"attachments": "fail"}),
        ({"attachment.size": (1, 20 * 2**20 + 1)}, {"attachment-size": "fail"}),
        ({"form.count": 0, "form.kind": ()}, {}),
        ({"form.count": 0, "form.kind": (), "attachment.count": 0, "attachment.size": ()}, {"form": "fail"}),
    ],
    ids=[
        "a fourth beside a scan",
        "a fourth may be the scan",
        "a fourth beside a document may be too",
        "a fifth",
        "one too large",
        "a scan alone",
        "nothing",
    ],
)
def test_heilongjiang_asks_of_the_files_beside_the_video(files: dict[str, Any], expected: dict[str, str]) -> None:
    assert amiss("heilongjiang-2022", told(WHOLE, {**FILES, **files})) == expected


def test_a_form_that_nobody_can_read_leaves_what_it_could_say_to_a_person() -> None:
    keys = frozenset({"declared.telephone", "declared.title"})
    fault = Fault(witness="declared", message=Plain("encrypted"), keys=keys)
    assert amiss("heilongjiang-2022", told({"title": "灯"}, FILES, fault)) == {"telephone": "unknown"}


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("china-national-2024", "2023年12月", "2024-01-01"),
        ("china-national-2016", "2016-11-30", "2016-12"),
        ("inner-mongolia-2021", "2021-01-01", "2020-12-31"),
    ],
)
def test_a_declared_day_of_broadcast_lies_in_the_calls_window(name: str, inside: str, outside: str) -> None:
    assert amiss(name, told({**WHOLE, "broadcast-date": inside})) == {}
    assert amiss(name, told({**WHOLE, "broadcast-date": outside})) == {"broadcast": "fail"}


@pytest.mark.parametrize("name", ["china-national-2016", "inner-mongolia-2021"])
def test_a_declared_broadcast_has_its_address(name: str) -> None:
    days = {"china-national-2016": "2016-01-01", "inner-mongolia-2021": "2021-01-01"}
    blank = told({**WHOLE, "broadcast-date": days[name], "broadcast-platform-and-url": "湖南卫视"})
    assert amiss(name, blank) == {"playing-address": "fail"}


def test_texas_takes_one_video_of_a_student_and_one_file_of_sources() -> None:
    rules = load_rules("take-care-of-texas").narrowed(lambda name: name == "per-student")
    one_each = judged(rules, work("a", "1"), work("b", "2", ("李四",)), entry("c", size=3))
    assert outcomes(one_each) == {"a": "pass", "b": "pass", "c": "skip"}
    assert outcomes(judged(rules, work("a", "1"), work("b", "2"))) == {"a": "unknown", "b": "unknown"}
    beside = {"attachment.count": 2, "attachment.size": (200 * 2**20, 200 * 2**20 + 1)}
    assert amiss("take-care-of-texas", told({}, beside)) == {"sources-file": "fail", "sources-size": "fail"}
    absent = Fact(key="attachment.count", witness="filesystem", state=State.UNKNOWN)
    assert amiss("take-care-of-texas", Facts(facts=(absent,))) == {}


def test_heilongjiangs_rules_name_every_line_of_the_call() -> None:
    told = preset_text("heilongjiang-2022")
    assert [line for line in range(1, 20) if f"[{line}]" not in told] == []
