"""Pairs as facts, and what manifest and forms say together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.declared.documents.build import DATA, read_word
from vidcheck.declared.documents.document import Pair
from vidcheck.declared.documents.pairs import find_pairs
from vidcheck.declared.fields import FIELDS, read_field
from vidcheck.declared.forms import combined, plain, read_pairs
from vidcheck.facts import Fact, State
from vidcheck.quantities import DATE


def said(field: str, text: str, locator: str = "entries.xlsx: C7") -> tuple[Fact, ...]:
    return read_field(FIELDS[field], text, locator=locator)


def values(facts: tuple[Fact, ...], key: str) -> list[object]:
    return [fact.value for fact in facts if fact.key == key]


def test_the_example_form_becomes_declared_facts_with_their_places() -> None:
    pairs = find_pairs(read_word((DATA / "form_v2.docx").read_bytes()))
    facts = {fact.key: fact for fact in combined(read_pairs(pairs, "推荐表.docx"))}
    assert facts["declared.title"].value == "山那边的灯光"
    assert facts["declared.title"].locator == "推荐表.docx: table 1, row 1"
    assert facts["declared.authors"].value == ("张三", "李四", "王五")
    assert facts["declared.telephone"].value == ("0731-84800000", "13812345678")
    assert facts["declared.broadcast-platform"].value == "湖南卫视"
    assert facts["declared.broadcast-host"].value == ("www.example.cn",)
    assert facts["broadcast"].value == facts["completed"].value == DATE.read("2024-03-15 20:30")
    assert {fact.witness for fact in facts.values()} == {"declared"}


def test_a_label_nobody_knows_tells_no_fact() -> None:
    assert read_pairs([Pair(label="片长", field="", value="3分钟", place="table 1, row 1")], "a.docx") == ()


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("title", "山那边的灯光", "《山那边 的灯光》"),
        ("title", "ＡＢＣ 2022", "abc２０２２"),
        ("authors", "张三、李四", "张三，李 四"),
        ("summary", "一盏灯。", "一盏灯"),
        ("completed-date", "2022-02-28", "2022年2月28日"),
        ("telephone", "13812345678", "138 1234 5678"),
        ("email", "A@example.cn", "A@Example.CN"),
    ],
)
def test_declarations_that_differ_only_in_spelling_are_the_same(field: str, one: str, other: str) -> None:
    key = FIELDS[field].keys[0]
    told = combined(said(field, one), said(field, other, "推荐表.docx: table 1, row 1"))
    assert len(set(values(told, key))) == 1
    assert [fact.locator for fact in told if fact.key == key] == ["entries.xlsx: C7", "推荐表.docx: table 1, row 1"]


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("title", "山那边的灯光", "山这边的灯光"),
        ("authors", "张三、李四", "李四、张三"),
        ("authors", "张三、李四", "张三"),
        ("completed-date", "2022-02-28", "2022-03-01"),
        ("telephone", "13812345678", "13912345678"),
        ("category", "动画", "动漫"),
    ],
)
def test_declarations_that_differ_are_both_kept(field: str, one: str, other: str) -> None:
    key = FIELDS[field].keys[0]
    assert len(set(values(combined(said(field, one), said(field, other)), key))) == 2


def test_a_month_and_a_day_in_it_are_the_day() -> None:
    told = combined(said("completed-date", "2022年2月"), said("completed-date", "2022-02-28"))
    assert set(values(told, "completed")) == {DATE.read("2022-02-28")}


def test_who_gives_one_more_telephone_contradicts_nobody() -> None:
    told = combined(said("telephone", "13812345678"), said("telephone", "0731-84800000、13812345678"))
    assert set(values(told, "declared.telephone")) == {("0731-84800000", "13812345678")}


def test_what_is_blank_in_one_place_and_filled_in_elsewhere_is_not_absent() -> None:
    told = combined(said("title", ""), said("title", "灯"))
    assert [(fact.state, fact.value) for fact in told] == [(State.KNOWN, "灯")]
    (blank,) = combined(said("title", ""), said("title", "/"))
    assert blank.state is State.ABSENT


def test_the_completion_date_of_a_form_goes_before_the_broadcast_date_of_the_manifest() -> None:
    told = combined(said("broadcast-date", "2022-03-10"), said("completed-date", "2022-02-01"))
    assert values(told, "completed") == [DATE.read("2022-02-01")]
    assert values(told, "broadcast") == [DATE.read("2022-03-10")]


def test_combining_what_was_combined_changes_nothing() -> None:
    once = combined(said("title", "灯"), said("completed-date", "2022-02"), said("completed-date", "2022-02-03"))
    assert combined(once) == once


@given(
    st.lists(
        st.tuples(st.sampled_from(["title", "authors", "telephone", "completed-date", "email"]), st.text(max_size=20)),
        max_size=6,
    )
)
def test_any_declarations_can_be_combined_and_none_is_invented(rows: list[tuple[str, str]]) -> None:
    facts = [said(field, text) for field, text in rows]
    told = combined(*facts)
    known = [fact.value for row in facts for fact in row]
    assert all(fact.value in known for fact in told)
    assert combined(told) == told


@given(st.text(alphabet="山那边的灯光ABCabc０１２ 　，。、·《》-!", max_size=40))
def test_space_width_case_and_punctuation_make_no_other_text(text: str) -> None:
    assert plain(f" 《{text}灯》 。") == plain(f"{text.upper()}灯")
    assert plain(text + "灯") != plain(text + "光")
