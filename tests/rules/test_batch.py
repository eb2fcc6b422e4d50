"""Rules over many entries and rules of categories: read, extended, told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonschema
import pytest
import yaml

from vidcheck.findings import Level
from vidcheck.rules.comparison import archived, comparable, normal, plain
from vidcheck.rules.explain import RuleExplained, explain
from vidcheck.rules.model import Form, IfFound, IfUnknown, Keep, Rules
from vidcheck.rules.reader import load_rules, read_rules
from vidcheck.rules.schema import schema
from vidcheck.rules.summary import summarise
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
vidcheck: 1
contest: {title: t, timezone: Asia/Shanghai}
rules:
  duration: {max: 45 min}
  size: {max: 500 MB}
  shape: {fact: resolution, min: 1280x720}
batch:
  same-file: {unique: checksum}
  same-work: {unique: [declared.title, declared.authors], level: recommended, message: {zh: 重复, en: twice}}
  per-author: {at-most: {count: 2, per: declared.first-author}, keep: earlier}
  earlier-file: {not-in-archive: checksum}
  earlier-work: {not-in-archive: [declared.title, declared.authors], if-found: review}
categories:
  by: declared.category
  rules:
    微课:
      duration: {max: 10 min}
      size: {max: 100 MB}
    课堂实录:
      duration: {min: 35 min, max: 45 min}
      shape: off
      sound: {fact: audio.count, min: 1}
    其他: {}
"""


def rules() -> Rules:
    return read_rules(GOOD.encode(), "rules.yaml")


def test_rules_over_many_entries_are_read_with_their_defaults() -> None:
    told = {rule.name: rule for rule in rules().batch}
    assert [(rule.form, rule.keys, rule.most, rule.keep, rule.if_found) for rule in told.values()] == [
        (Form.UNIQUE, ("checksum",), 1, Keep.LATER, IfFound.REVIEW),
        (Form.UNIQUE, ("declared.title", "declared.authors"), 1, Keep.LATER, IfFound.REVIEW),
        (Form.AT_MOST, ("declared.first-author",), 2, Keep.EARLIER, IfFound.REVIEW),
        (Form.NOT_IN_ARCHIVE, ("checksum",), 1, Keep.NONE, IfFound.FAIL),
        (Form.NOT_IN_ARCHIVE, ("declared.title", "declared.authors"), 1, Keep.NONE, IfFound.REVIEW),
    ]
    assert (told["same-work"].level, told["same-file"].level) == (Level.RECOMMENDED, Level.REQUIRED)
    assert str(told["same-work"].place) == "rules.yaml:9:3"


def test_a_categorys_rule_replaces_in_place_others_are_added_off_drops() -> None:
    sound = rules()
    assert sound.categories is not None
    by_name = {category.name: category for category in sound.categories.listed}
    assert [rule.name for rule in sound.of(by_name["微课"])] == ["duration", "size", "shape"]
    assert [rule.place.line for rule in sound.of(by_name["微课"])] == [17, 18, 6]
    assert [rule.name for rule in sound.of(by_name["课堂实录"])] == ["duration", "size", "sound"]
    assert sound.of(by_name["其他"]) == sound.of(None) == sound.rules
    assert sound.names == ("duration", "size", "shape", "sound", "same-file", "same-work", "per-author", "earlier-file", "earlier-work")  # fmt: skip


def test_every_key_of_a_category_is_wanted_but_a_compared_checksum_is_no_wish_to_read_every_file_whole() -> None:
    assert "audio.count" in rules().keys
    assert "checksum" not in rules().keys


def test_the_schema_takes_what_the_reader_takes() -> None:
    jsonschema.Draft202012Validator(schema()).validate(yaml.safe_load(GOOD))


def test_a_file_extends_rules_over_many_entries_and_categories_by_name(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(GOOD, encoding="utf-8")
    own = tmp_path / "rules.yaml"
    own.write_text(
        "vidcheck: 1\nextends: base.yaml\n"
        "batch: {same-work: off, same-file: {unique: checksum, keep: earlier}, same-name: {unique: file.name}}\n"
        "categories:\n  if-unknown: pass\n"
        "  rules: {其他: off, 微课: {size: off, shape: off}, 新: {duration: {max: 1 min}}}\n",
        encoding="utf-8",
    )
    sound = load_rules(str(own))
    assert [rule.name for rule in sound.batch] == [
        "same-file", "per-author", "earlier-file", "earlier-work", "same-name",
    ]  # fmt: skip
    assert sound.batch[0].keep is Keep.EARLIER
    assert sound.batch[0].place.file.endswith("rules.yaml")
    assert sound.batch[1].place.file.endswith("base.yaml")
    assert sound.categories is not None
    assert sound.categories.if_unknown is IfUnknown.PASS
    told = {category.name: [rule.name for rule in sound.of(category)] for category in sound.categories.listed}
    assert told == {
        "微课": ["duration"],
        "课堂实录": ["duration", "size", "sound"],
        "新": ["duration", "size", "shape"],
    }


def test_a_file_may_hold_nothing_but_rules_over_many_entries() -> None:
    sound = read_rules(b"vidcheck: 1\nbatch: {same-file: {unique: checksum}}")
    assert (sound.rules, sound.names) == ((), ("same-file",))


def test_a_report_lists_each_name_once_with_what_categories_ask_else() -> None:
    told = {rule.rule: rule for rule in summarise(rules()).rules}
    assert len(told) == len(summarise(rules()).rules)
    assert list(told) == ["category", *rules().names]
    assert told["category"].limits == {"any-of": ["微课", "课堂实录", "其他"], "if-unknown": "review"}
    assert told["duration"].limits == {
        "max": 2700, "unit": "s",
        "categories": {"微课": {"max": 600, "unit": "s"}, "课堂实录": {"min": 2100, "max": 2700, "unit": "s"}},
    }  # fmt: skip
    assert told["shape"].limits["categories"] == {"课堂实录": "off"}
    assert told["sound"].meaning.render("en") == "课堂实录: number of sound tracks: at least 1"
    assert told["per-author"].limits == {
        "at-most": {"count": 2, "per": ["declared.first-author"]}, "keep": "earlier", "if-found": "review",
    }  # fmt: skip
    assert told["same-work"].meaning.render("en") == "no other entry with the same title and makers"
    assert told["same-work"].meaning.render("zh") == "没有作品名称和主创人员（或单位）相同的其他作品"
    assert told["per-author"].meaning.render("zh") == "第一主创人员（或单位）相同的作品至多 2 件"


def test_explain_tells_of_batch_rules_and_of_every_category() -> None:
    told = explain("same-work", rules(), {})
    assert isinstance(told, RuleExplained)
    assert [key.key.name for key in told.keys] == ["declared.title", "declared.authors"]
    length = explain("duration", rules(), {})
    assert isinstance(length, RuleExplained)
    assert length.meaning.render("en") == "duration: at most 45:00; 微课: duration: at most 10:00; 课堂实录: duration: 35:00 to 45:00"  # fmt: skip
    assert isinstance(explain("category", rules(), {}), RuleExplained)


def test_what_narrowing_leaves_is_all_that_is_asked() -> None:
    left = rules().narrowed(lambda name: name in {"same-file", "size"})
    assert left.names == ("size", "same-file")
    assert left.categories is not None
    assert left.categories.differ
    assert not rules().narrowed(lambda name: name == "same-file").names[1:]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("《Ｈello，World》 第１集！", "hello world第1集"),
        ("ＡＢＣ", "abc"),
        ("节约 用水", "节约\u3000用水"),
        ("Straße", "STRASSE"),
        ("a\u200bb", "ab"),
        ("é", "e\u0301"),
    ],
)
def test_width_case_spaces_and_punctuation_make_no_difference(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(("one", "other"), [("第1集", "第2集"), ("C++", "C"), ("？！", "。"), ("碳中和", "碳达峰")])
def test_what_is_left_of_a_text_tells_works_apart(one: str, other: str) -> None:
    assert plain(one) != plain(other)


def test_people_are_the_same_in_any_order_and_web_addresses_only_in_every_character() -> None:
    authors, url = KEYS["declared.authors"], KEYS["declared.broadcast-url"]
    assert normal(authors, ("张三", "Li  Si")) == normal(authors, ("li si", "张 三"))
    assert normal(url, ("http://e.cn/a-b",)) != normal(url, ("http://e.cn/ab",))


def test_figures_and_dates_are_not_compared_and_the_archive_keeps_some_of_what_is() -> None:
    assert not {"duration", "size", "completed", "video.width"} & set(comparable())
    assert set(archived()) < set(comparable())
