from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcheck.declared.fields import FIELDS, PLATFORM_AND_URL, derived, field_for, read_field
from vidcheck.facts import State
from vidcheck.quantities import DATE
from vidcheck.vocabulary import DECLARED_KEYS
from vidcheck.vocabulary import KEYS as VOCABULARY

SHANGHAI = ZoneInfo("Asia/Shanghai")
LABELS = [
    ("作品名称", "title"), ("类  别", "category"), ("类　别", "category"), ("播出时间", "broadcast-date"), ("主创人员（或单位）", "authors"),
    ("主创人员\n(或单位)", "authors"), ("播出平台及网址", PLATFORM_AND_URL), ("播出平台", "broadcast-platform"), ("播放网址", "broadcast-url"),
    ("联系地址", "address"), ("联系电话：", "telephone"), ("*电子邮箱", "email"), ("内容简介（100字以内）", "summary"), ("主要创新点（限100字）", "innovation"),
    ("创新点", "innovation"), ("传播效果", "reach"), ("推荐单位", "recommender"), ("自荐机构（个人）", "recommender"), ("完成时间", "completed-date"),
    ("视频文件", "file"), ("提交时间", "submitted"), ("E-mail", "email"), ("Broadcast Date", "broadcast-date"), ("broadcast_url", "broadcast-url"),
    ("3. 作品名称", "title"), ("Ｔｉｔｌｅ", "title"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "name"), [*LABELS, *((name, name) for name in FIELDS)])
def test_a_label_is_known_with_its_notes_and_white_space(label: str, name: str) -> None:
    field = field_for(label)
    assert field is not None
    assert field.name == name


@pytest.mark.parametrize("label", ["", "序号", "备注", "（100字以内）", "作品", "x" * 200])
def test_a_label_that_says_something_else_is_no_field(label: str) -> None:
    assert field_for(label) is None


def test_no_label_names_two_fields() -> None:
    for field in FIELDS.values():
        assert [label for label in field.labels if field_for(label) is not field] == []


def test_every_declared_key_of_the_vocabulary_has_a_field() -> None:
    declared = {name for name in VOCABULARY if name.startswith("declared.")}
    assert declared == {key for field in FIELDS.values() for key in field.keys}
    assert declared | {"completed", "broadcast"} == DECLARED_KEYS


def told(name: str, text: str, **more: Any) -> dict[str, Any]:
    facts = read_field(FIELDS[name], text, locator="here", zone=SHANGHAI, **more)
    assert {fact.key for fact in facts} == set(FIELDS[name].keys)
    assert all(fact.locator == "here" for fact in facts)
    return {
        fact.key.removeprefix("declared."): fact.value if fact.state is State.KNOWN else fact.state for fact in facts
    }


@pytest.mark.parametrize(
    ("text", "platform", "url"),
    [
        ("湖南卫视 https://a.cn/1", "湖南卫视", ("https://a.cn/1",)),
        ("湖南卫视：https://a.cn/1；B站：https://b.com/2", "湖南卫视、B站", ("https://a.cn/1", "https://b.com/2")),
        ("平台：湖南卫视，网址：https://a.cn/1", "湖南卫视", ("https://a.cn/1",)),
        ("https://a.cn/1", State.ABSENT, ("https://a.cn/1",)),
        ("微信视频号", "微信视频号", State.ABSENT),
        ("", State.ABSENT, State.ABSENT),
        ("无", State.ABSENT, State.ABSENT),
        ("湖南卫视 https://x", State.UNKNOWN, State.UNKNOWN),
    ],
)
def test_platform_and_address_are_told_apart(text: str, platform: Any, url: Any) -> None:
    facts = told(PLATFORM_AND_URL, text)
    assert (facts["broadcast-platform"], facts["broadcast-url"]) == (platform, url)


def test_the_sites_of_all_addresses_are_told() -> None:
    assert told("broadcast-url", "https://v.a.cn/1 http://b.com:8080/2")["broadcast-host"] == ("v.a.cn", "b.com")


@pytest.mark.parametrize("name", FIELDS)
def test_an_empty_field_is_absent_and_what_cannot_be_read_is_unknown_with_its_reason(name: str) -> None:
    assert {*told(name, "").values(), *told(name, " / ").values()} == {State.ABSENT}
    for fact in read_field(FIELDS[name], "?!", locator="here"):
        assert fact.raw == "?!"
        assert (fact.note is not None) == (fact.state is State.UNKNOWN)


@pytest.mark.parametrize(
    ("text", "numeric", "written"),
    [
        ("45366", True, "2024-03-15"), ("45366", False, "2024-03-15"), ("45366.5", True, "2024-03-15 12:00:00+08:00"),
        ("20240315", True, "2024-03-15"), ("202112", True, "2021-12"), ("2021.12", True, "2021-12"), ("2021.1", False, "2021-01"),
        ("2021.2", True, "2021-02"), ("\u200e2021/6/15", False, "2021-06-15"), ("'2021-06-15", False, "2021-06-15"), ("2021/6/15 上午10:00", False, "2021-06-15 10:00:00+08:00"),
        ("2021.6.15 晚上8点", False, "2021-06-15 20:00:00+08:00"), ("2021-06-15下午3:05:09", False, "2021-06-15 15:05:09+08:00"),
        ("2021年12月5日。", False, "2021-12-05"),
    ],
)  # fmt: skip
def test_what_spreadsheets_make_of_dates_is_read(text: str, numeric: bool, written: str) -> None:
    assert DATE.write(told("broadcast-date", text, numeric=numeric)["broadcast-date"]) == written


@pytest.mark.parametrize(
    ("text", "numeric"),
    [("2021.1", True), ("12345", True), ("99999", True), ("44", True), ("2021", True), ("20241315", True)],
)
def test_a_number_that_may_mean_something_else_is_no_date(text: str, numeric: bool) -> None:
    assert told("broadcast-date", text, numeric=numeric)["broadcast-date"] is State.UNKNOWN


def test_a_workbook_that_counts_from_1904_is_read_by_that() -> None:
    assert DATE.write(told("submitted", "43904", numeric=True, epoch=1904)["submitted"]) == "2024-03-15"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("telephone", "\u202d13812345678\u202c", ("13812345678",)),
        ("telephone", "138\u200b1234\ufeff5678", ("13812345678",)),
        ("telephone", "'13812345678", ("13812345678",)),
        ("telephone", "’13812345678", ("13812345678",)),
        ("email", "\ufeffa@example.cn\u200b", ("a@example.cn",)),
        ("authors", "\u200b张三、李四\u200b", ("张三", "李四")),
        ("title", "\u200b湿地\u200b ", "湿地"),
        ("title", "家\u200d庭", "家\u200d庭"),
        ("title", "'湿地'", "'湿地'"),
        ("title", "\u200b", State.ABSENT),
        ("telephone", "'", State.ABSENT),
    ],
)
def test_what_nobody_sees_and_an_apostrophe_before_figures_make_no_difference(name: str, text: str, value: Any) -> None:
    assert told(name, text)[name] == value


@given(st.integers(32_874, 54_788))
def test_serials_count_days(days: int) -> None:
    today = told("submitted", str(days), numeric=True)["submitted"]
    tomorrow = told("submitted", str(days + 1), numeric=True)["submitted"]
    assert days == 54_788 or (tomorrow.first - today.first).total_seconds() == 86_400


def completed(**texts: str) -> list[tuple[State, str]]:
    facts = [
        fact
        for name, text in texts.items()
        for fact in read_field(FIELDS[name.replace("_", "-")], text, locator=name, zone=SHANGHAI)
    ]
    return [(fact.state, fact.locator) for fact in derived(facts) if fact.key == "completed"]


def test_completed_is_the_completion_date_else_the_broadcast_date() -> None:
    assert completed(completed_date="2021-05", broadcast_date="2021-06") == [(State.KNOWN, "completed_date")]
    assert completed(completed_date="", broadcast_date="2021-06") == [(State.KNOWN, "broadcast_date")]
    assert completed(broadcast_date="2021-06") == [(State.KNOWN, "broadcast_date")]
    assert completed(completed_date="", broadcast_date="") == [(State.ABSENT, "completed_date")]


def test_an_unreadable_completion_date_is_not_passed_over() -> None:
    assert completed(completed_date="去年春天", broadcast_date="2021-06") == [(State.UNKNOWN, "completed_date")]


@given(st.sampled_from(list(FIELDS)), st.text(max_size=80), st.booleans())
def test_no_text_is_lost_or_raises(name: str, text: str, numeric: bool) -> None:
    facts = read_field(FIELDS[name], text, locator="here", zone=SHANGHAI, numeric=numeric)
    assert {fact.key for fact in facts} == set(FIELDS[name].keys)
    assert all(fact.state is not State.UNKNOWN or fact.note for fact in facts)
