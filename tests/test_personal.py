"""Personal data in the texts of an entry: what is masked there, and what has to stay."""

from __future__ import annotations

from datetime import UTC

import pytest

from vidcheck.declared.fields import FIELDS, read_field
from vidcheck.engine import judge_entry
from vidcheck.engine.batch import judge_batch, remember
from vidcheck.facts import DECLARED, Entry, Fact, Facts
from vidcheck.personal import withheld_facts, without_people
from vidcheck.rules.reader import read_rules

ADDRESS = Fact(key="declared.address", witness=DECLARED, value="南岗区 中山路３号院", raw="南岗区 中山路３号院")
TELEPHONE = Fact(key="declared.telephone", witness=DECLARED, value=("13900050185",), raw="13900050185")


def shown(fact: Fact, *declared: Fact) -> tuple[object, str]:
    """The value and the raw text of a fact beside what was declared."""
    kept = withheld_facts(Facts(facts=(fact, *declared))).facts[0]
    return kept.value, kept.raw


@pytest.mark.parametrize("key", ["title", "encoder", "declared.title", "declared.summary"])
@pytest.mark.parametrize("written", ["139.0005.0185", "1390 005 0185", "a @ b.cn", "１３９０００５０１８５"])
def test_texts_of_the_film_and_of_the_table_are_masked_alike(key: str, written: str) -> None:
    assert shown(Fact(key=key, witness="ffprobe", value=f"水 {written}", raw=f"水 {written}")) == ("水 ***", "水 ***")


def test_the_address_that_was_declared_is_masked_in_other_texts_however_it_is_spaced() -> None:
    summary = Fact(key="declared.summary", witness=DECLARED, value="住南岗区中山路3号 院", raw="住南岗区中山路3号 院")
    assert shown(summary, ADDRESS) == ("住***", "住***")
    assert shown(summary) == ("住南岗区中山路3号 院", "住南岗区中山路3号 院")


@pytest.mark.parametrize(
    ("key", "value"),
    [("declared.broadcast-url", ("https://v.cn/1?tel=13900050185",)), ("declared.broadcast-host", ("v.cn",))],
)
def test_the_cell_of_a_web_address_is_masked_in_all_that_was_read_from_it(key: str, value: tuple[str, ...]) -> None:
    fact = Fact(key=key, witness=DECLARED, value=value, raw="https://v.cn/1?tel=13900050185")
    masked, raw = shown(fact)
    assert raw == "https://v.cn/1?tel=***"
    assert "0185" not in str(masked)


def test_a_films_number_in_its_address_stays_unless_it_is_the_entrants_telephone() -> None:
    written = ("https://v.cn/video/13900050185",)
    url = Fact(key="declared.broadcast-url", witness=DECLARED, value=written, raw=written[0])
    assert shown(url) == (written, written[0])
    assert shown(url, TELEPHONE) == (("https://v.cn/video/***",), "https://v.cn/video/***")


def test_names_of_files_stay() -> None:
    named = Fact(key="file.name", witness="filesystem", value="13900050185.mp4", raw="13900050185.mp4")
    assert shown(named, TELEPHONE) == ("13900050185.mp4", "13900050185.mp4")


def test_an_entry_is_compared_by_its_text_and_shown_without_its_address() -> None:
    rules = read_rules(
        b"vidcheck: 1\ncontest: {title: t, timezone: UTC}\nrules: {format: {is: mp4}}\nbatch: {once: {unique: declared.summary}}\n",
    )
    text = "住南岗区 中山路３号院"
    summary = Fact(key="declared.summary", witness=DECLARED, value=text, raw=text)
    kept = [remember(Entry(path=name), Facts(facts=(summary, ADDRESS)), rules) for name in ("a.mp4", "b.mp4")]
    for personal in (True, False):
        judged = judge_batch(kept, rules, personal=personal)
        findings = (*judged.batch, *judged.findings["a.mp4"])
        texts = [str(fact.raw) for finding in findings for fact in finding.evidence]
        assert texts
        assert any("中山路" in each for each in texts) is personal


def test_a_text_without_people_is_as_it_was() -> None:
    assert without_people(" 水 ＡＢＣ ", (ADDRESS, TELEPHONE)) == " 水 ＡＢＣ "


def test_a_sentence_of_ours_keeps_its_words_and_its_example() -> None:
    asked = read_rules(
        b"vidcheck: 1\nrules: {m: {fact: declared.email, known: yes}, a: {fact: declared.authors, is: x}}\n"
    )
    mail = read_field(FIELDS["email"], "someone @ b.cn", locator="t.csv: 2", zone=UTC)
    authors = read_field(FIELDS["authors"], "李四（13900050185）", locator="t.csv: 2", zone=UTC)
    first, second = judge_entry(Entry(path="a.mp4"), Facts(facts=(*mail, *authors)), asked).report.findings
    said = first.message.render("zh")
    assert "zhangsan@example.cn" in said
    assert "someone" not in said
    assert "，要求：" in second.message.render("zh")
    assert "0185" not in second.message.render("zh")
