from __future__ import annotations

import csv
import io
import json as stdlib
import re
import shlex
import sys
import unicodedata
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from tests.reports import build
from vidcheck.facts import State
from vidcheck.findings import Level, Outcome, Remedy, Verdict
from vidcheck.quantities import DATE
from vidcheck.reports import MissingExtraError, json
from vidcheck.reports.letters import (
    Addressed,
    BadTemplateError,
    Letter,
    Mailing,
    NotAReportError,
    Person,
    Template,
    Writer,
    index,
    names,
    read,
)
from vidcheck.texts import Plain, Spoken, say
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable

    from vidcheck.facts import Fact
    from vidcheck.findings import EntryReport, Finding


UNLABELLED = ("declared.", "form.", "attachment.", "broadcast", "checksum")
"""Beginnings of keys that are no matter of the film: their rules' names head a letter."""


def raw(*entries: EntryReport, lang: str = "en") -> Any:
    """The report as a program reads it."""
    return stdlib.loads(json.render(build.report(*entries), lang))


def told(*entries: EntryReport, lang: str = "en", **rules: str) -> Mailing:
    report = raw(*entries, lang=lang)
    report["rules"] |= rules
    return read(stdlib.dumps(report).encode(), "report.json")


def written(known: Mailing, lang: str | None = None, template: str | None = None) -> list[Letter]:
    own = Template(name="own.jinja", source=template) if template is not None else None
    writer = Writer(lang or known.lang, own)
    return [writer.letter(entry, known, name) for entry, name in zip(known.entries, names(known.entries), strict=True)]


def letter(*entries: EntryReport, template: str | None = None, **more: Any) -> Letter:
    (one,) = written(told(*entries, **more), template=template)
    return one


def rejected(*paths: str, hidden: str = "") -> list[Addressed]:
    report = raw(*(build.entry(path, build.long_duration()) for path in paths))
    for entry, path in zip(report["entries"], sorted(paths), strict=True):
        entry["path"] = path
        if hidden:
            entry["path_bytes"] = hidden
    return list(read(stdlib.dumps(report).encode(), "report.json").entries)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_letter_reads(same_as: Callable[[str, str], None], lang: str) -> None:
    one = letter(build.failing(), lang=lang)
    same_as(f"letter.{lang}.txt", f"{one.subject}\n\n{one.text}")
    same_as(f"letter.{lang}.html", one.html)


def test_entries_are_chosen_by_their_verdict() -> None:
    known = told(*build.folder().entries)
    assert [entry.path for entry in known.of({Verdict.INELIGIBLE})] == ["entries/017.mp4", "entries/sd.mp4"]
    assert [entry.path for entry in known.of({Verdict.REVIEW})] == ["entries/科普/昆虫的一生.mp4"]
    assert len(known.of(frozenset(Verdict))) == 5


DOUBTFUL = build.finding(
    "duration", "unknown", expected="2:00 to 5:00", why=Plain("x"), remedy=Remedy(words=Plain("Ask."))
)
OWN = build.finding("format", "unknown", expected="mp4", why=Plain("y"))
QUESTION = build.finding("mandarin", "manual", expected=Plain("Narration is in Mandarin"), keys=())
GOOD = build.finding("format", expected="mp4", actual="mp4")
LATE = build.finding("completed", "fail", expected="to 2022-02-28", actual="2023-05-01")


@pytest.mark.parametrize(
    ("findings", "subject", "words", "absent"),
    [
        ([GOOD], "received", ["it is in order."], ["PERSON", "FALLS SHORT"]),
        ([GOOD, QUESTION], "received", ["looks at 1 item.", "- Narration is in Mandarin"], ["it is in order"]),
        (
            [GOOD, replace(DOUBTFUL, level=Level.RECOMMENDED)],
            "received",
            ["What the announcement demands"],
            ["it is in order"],
        ),
        (
            [GOOD, replace(LATE, level=Level.RECOMMENDED), QUESTION],
            "received",
            ["What the announcement demands", "at 1 item"],
            ["What a program can check is"],
        ),
        (
            [DOUBTFUL, OWN],
            "need something",
            ["WHAT WE NEED FROM YOU", "Ask.", "STILL LOOKS AT", "(y)"],
            ["FALLS SHORT"],
        ),
        (
            [OWN],
            "a person looks",
            ["you need not do anything now", "We shall write again"],
            ["NEED FROM YOU", "mended"],
        ),
    ],
    ids=["eligible", "questions", "recommended", "advised", "needed", "ours"],
)
def test_each_verdict_has_its_letter(
    findings: list[Finding], subject: str, words: list[str], absent: list[str]
) -> None:
    one = letter(build.entry("a.mp4", *findings))
    assert subject in one.subject
    shown = one.text + Page(one.html).text
    assert [word for word in words if word not in one.text] == []
    assert [word for word in absent if word in shown] == []


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("findings", [[GOOD], [GOOD, QUESTION], [DOUBTFUL, QUESTION], [build.long_duration()], [LATE]])
def test_a_time_that_has_passed_is_never_told_as_open(findings: list[Finding], lang: str) -> None:
    report = raw(build.entry("a.mp4", *findings), lang=lang)
    report["rules"] |= {"deadline": "2022-05-09", "corrections": "2022-05-20", "timezone": "Asia/Shanghai"}
    data = stdlib.dumps(report).encode()
    for now, until in (("2022-05-20T15:59:59+00:00", True), ("2022-05-20T16:00:00+00:00", False)):
        (one,) = written(read(data, "r", datetime.fromisoformat(now)))
        assert "2022-05-09" not in one.text
        for open_words in (
            "截止时间：",
            "by the end of",
            "请修改后重新提交",
            "mended file, or your",
            "while entries are taken",
        ):
            assert until or open_words not in one.text + one.subject + one.html


def test_a_moment_passes_at_its_time() -> None:
    report = raw(build.failing())
    report["rules"]["deadline"] = "2022-05-09T18:00:00+08:00"
    data = stdlib.dumps(report).encode()
    for now, passed in (("2022-05-09T10:00:00+00:00", False), ("2022-05-09T10:00:01+00:00", True)):
        known = read(data, "r", datetime.fromisoformat(now))
        assert (known.passed is not None, known.until is not None) == (passed, not passed)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_letter_about_a_date_invites_no_other_date(lang: str) -> None:
    one = letter(build.entry("a.mp4", LATE), lang=lang, deadline="2022-05-09")
    for words in ("mended file", "修改后重新提交", "slip", "笔误", "更正"):
        assert words not in one.text + one.subject
    assert {"en": "proof", "zh": "证明"}[lang] in one.text


def rows_apart(key: str, *values: str) -> tuple[Fact, ...]:
    return tuple(
        build.fact(key, "declared", value, at=f"t.csv: C{row}", raw=value) for row, value in enumerate(values, 5)
    )


def test_a_letter_for_two_rows_of_one_file_holds_what_neither_says() -> None:
    said = rows_apart("declared.title", "甲的片", "乙的片")
    failed = build.finding(
        "work", "fail", expected="x", actual="甲的片", keys=("declared.title",), evidence=said,
        remedy=Remedy(words=Plain("not 甲的片")),
    )  # fmt: skip
    disputed = replace(failed, rule="name", outcome=Outcome.UNKNOWN)
    known = told(build.entry("a.mp4", failed, disputed)).to({
        "a.mp4": [Person(name="张三", email="a@b.cn"), Person(name="李四", email="c@d.cn"), Person(name="张三", email="A@b.cn")]
    })  # fmt: skip
    one, two = written(known)
    assert one.name != two.name
    for mine, other in ((one, "李四"), (two, "张三")):
        assert "several rows" in mine.text
        assert "more than one row" in mine.text
        assert not any(word in mine.text + mine.html + mine.subject for word in ("甲的片", "乙的片", other))
    rows = list(csv.DictReader(io.StringIO(index([one, two]).decode("utf-8-sig"), newline="")))
    assert [(row["email"], row["name"]) for row in rows] == [("a@b.cn", "张三"), ("c@d.cn", "李四")]


def twice(rule: str, *facts: Fact, **more: Any) -> Finding:
    return build.finding(rule, "fail", keys=("checksum",), evidence=facts, expected="x", **more)


@pytest.mark.parametrize(("lang", "words"), [("en", "replaced by another entry"), ("zh", "由另一件作品代替")])
def test_a_work_that_came_twice_is_no_file_of_two_rows_and_no_file_to_mend(lang: str, words: str) -> None:
    facts = (
        build.fact("declared.submitted", "declared", DATE.read("2022-04-01"), at="t.csv: C5", raw="2022-04-01"),
        build.fact("declared.submitted", "declared", DATE.read("2022-04-02"), at="b.mp4: t.csv: C6", raw="2022-04-02"),
    )
    failed = twice("same-file", *facts, actual={"en": "replaced by b.mp4", "zh": "由 b.mp4 代替"}[lang])
    report = raw(build.entry("a.mp4", failed), build.entry("b.mp4", GOOD), lang=lang)
    sentence = {"en": "same-file: replaced by b.mp4; expected: x.", "zh": "same-file：由 b.mp4 代替；要求：x。"}[lang]
    report["entries"][0]["findings"][0]["message"] = sentence
    report["batch"] = [{**report["entries"][0]["findings"][0], "entries": ["a.mp4", "b.mp4"]}]
    one, _ = written(read(stdlib.dumps(report).encode(), "r"))
    assert words in one.text
    for wrong in (
        "more than one row",
        "several rows",
        "不止一行",
        "mended file",
        "look at it once more",
        "修改后重新提交",
    ):
        assert wrong not in one.text + one.subject + one.html


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("declared.telephone", "(given)", "write to us what is right here: telephone"),
        ("completed", "last summer", "exact day, with proof"),
        ("form.count", None, "open without a password"),
    ],
)
def test_what_only_the_entrant_knows_is_asked_of_the_entrant(key: str, value: str | None, words: str) -> None:
    witness = "declared" if value else "filesystem"
    fact = build.fact(
        key, witness, state=State.UNKNOWN, raw=value or "", at="t.csv: C5", note=Plain(f"'{value}' is none")
    )
    doubtful = build.finding(
        key, "unknown", keys=(key,), evidence=(fact,), expected="x", why=Plain(f"'{value}' is none")
    )
    one = letter(build.entry("a.mp4", doubtful))
    assert "need something from you" in one.subject
    assert words in one.text
    assert "(given)" not in one.text + one.html


@pytest.mark.parametrize(("actual", "asked"), [("2022-02", True), ("2022", True), ("2022-02-01", False)])
def test_a_month_on_both_sides_of_a_limit_is_asked_for_its_day(actual: str, asked: bool) -> None:
    fact = build.fact("completed", "declared", DATE.read("2022-02-01"), raw=actual)
    rough = build.finding("completed", "unknown", expected="x", actual=actual, evidence=(fact,), why=Plain("y"))
    assert ("exact day" in letter(build.entry("a.mp4", rough)).text) is asked


@pytest.mark.parametrize(("lang", "words"), [("en", "Sound (number of sound tracks)"), ("zh", "声音（音轨数）")])
def test_a_bare_number_says_what_is_counted(lang: str, words: str) -> None:
    none = build.finding("one-sound", "fail", keys=("audio.count",), expected="1", actual="0")
    report = raw(build.entry("a.mp4", none), lang=lang)
    report["rules"]["list"] = [
        {**report["rules"]["list"][0], "rule": "one-sound", "label": {"en": "sound", "zh": "声音"}[lang]}
    ]
    (one,) = written(read(stdlib.dumps(report).encode(), "r"))
    assert words in one.text


@pytest.mark.parametrize(("lang", "work"), [("en", "《湿地》"), ("zh", "《湿地》")])
def test_a_title_in_its_marks_gets_no_others(lang: str, work: str) -> None:
    (one,) = written(told(build.entry("a.mp4", GOOD), lang=lang).to({"a.mp4": [Person(title="《湿地》")]}))
    assert f"《{work}" not in one.subject
    assert f"“{work}" not in one.subject
    assert work in one.subject


def test_what_two_rows_say_is_asked_though_the_film_is_in_order() -> None:
    people = {"a.mp4": [Person(name="张三", email="a@b.cn"), Person(name="李四", email="c@d.cn")]}
    one, _ = written(told(build.entry("a.mp4", GOOD)).to(people))
    assert "please confirm" in one.subject
    assert "Beside that answer you need not" in one.text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_value_that_nobody_has_makes_no_empty_line(lang: str) -> None:
    one = letter(build.entry("a.mp4", replace(LATE, actual=Plain(""))), lang=lang)
    assert not any(word in one.text + one.html for word in ("Received:", "实际："))


def test_letters_csv_holds_no_line_of_a_mail_head() -> None:
    person = Person(name="张三", title="片", email="a@b.cn")
    known = told(build.entry("a\r\nBcc: e@f.cn,x.mp4", GOOD))
    (one,) = written(known)
    assert "\n" not in one.subject
    assert "\r" not in one.subject
    (two,) = written(known.to({"a\r\nBcc: e@f.cn,x.mp4": [person]}))
    (row,) = csv.DictReader(io.StringIO(index([two]).decode("utf-8-sig"), newline=""))
    assert not any(char in cell for name, cell in row.items() if name != "path" for char in "\r\n")


def test_a_row_and_a_form_are_one_persons() -> None:
    said = (
        *rows_apart("declared.title", "湿地"),
        build.fact("declared.title", "declared", "湿  地", at="a.docx: table 1, row 2"),
    )
    failed = build.finding("work", "fail", expected="x", actual="湿地", keys=("declared.title",), evidence=said)
    assert "Received: 湿地" in letter(build.entry("a.mp4", failed)).text


def test_a_letter_says_what_was_received_what_falls_short_and_how_to_mend_it() -> None:
    text = letter(build.failing()).text
    for words in ("File: 017.mp4", "Size: 138.6 MB", "Duration: 5:12.480", "Asked for: 2:00 to 5:00", "5:12.480 (+12.480 s)",
                  "Cut at least 12.480 s.", "recommended: at least 1280×720", "while entries are taken"):  # fmt: skip
        assert words in text
    assert "Narration is in Mandarin" not in text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_falls_short_has_a_heading_in_the_readers_words(lang: str) -> None:
    keys = [key for key in KEYS if not key.startswith(UNLABELLED)]
    entry = build.entry("a.mp4", *(build.finding(key, "fail", expected="x", actual="y") for key in keys))
    heads = re.findall(r"^ +\d+\. (.*)$", letter(entry, lang=lang).text, re.MULTILINE)
    assert len(heads) == len(keys)
    assert set(heads).isdisjoint(keys)


def test_the_command_is_one_that_the_entrant_can_run() -> None:
    commands = {
        "entries/017.mp4": "ffmpeg -i 017.mp4 -c copy 017-cut.mp4",
        "entries/a b/它's.mp4": "ffmpeg -i '它'\"'\"'s.mp4' -c copy '它'\"'\"'s-cut.mp4'",
        "entries/-x.mp4": "ffmpeg -i ./-x.mp4 -c copy ./-x-cut.mp4",
        "a/b:c.mp4": "ffmpeg -i ./b:c.mp4 -c copy ./b:c-cut.mp4",
        "017.mp4": "ffmpeg -i 017.mp4 -c copy 017-cut.mp4",
        "-f/1.mp4": "ffmpeg -i 1.mp4 -c copy 1-cut.mp4",
    }
    for path, wanted in commands.items():
        given = f"./{path}" if path.startswith("-") else path
        command = shlex.join(["ffmpeg", "-i", given, "-c", "copy", given.replace(".mp4", "-cut.mp4")])
        finding = build.finding("x", "fail", keys=(), remedy=Remedy(words=Plain("Cut it."), command=command))
        (entry,) = told(build.entry(path, finding)).entries
        assert entry.failed[0].command == wanted
        assert entry.failed[0].remedy == "Cut it."


def test_a_command_that_holds_what_cannot_be_shown_is_kept_as_it_is_or_left_out() -> None:
    for command, kept in (
        ("ffmpeg -i in/$'a\\012b.mp4'", True),
        ("ffmpeg -i in/\u202ea.mp4", False),
        ("x" * 9000, False),
    ):
        report = raw(build.entry("in/a.mp4", build.long_duration()))
        report["entries"][0]["findings"][0]["command"] = command
        (entry,) = read(stdlib.dumps(report).encode(), "r").entries
        assert entry.failed[0].command == (command if kept else "")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_an_answer_rests_on_is_told_once(lang: str) -> None:
    rests = build.finding("completed", "fail", expected="2020", actual="2023", why=say("no date was declared"))
    (entry,) = told(build.entry("a.mp4", rests, build.undated()), lang=lang).entries
    assert entry.failed[0].note == say("no date was declared").render(lang)
    assert entry.open[0].note == say("0 stands for no date: counted from 1904-01-01").render(lang)
    (plain,) = told(build.entry("a.mp4", build.long_duration()), lang=lang).entries
    assert plain.failed[0].note == ""


def test_the_words_of_the_rules_are_kept() -> None:
    text = letter(build.entry("sd.mp4", build.either())).text
    assert "Note: Neither PAL nor HD: see section 4 of the call." in text
    assert "1. sd-shape" in text


def test_the_duration_is_left_out_where_nobody_knows_it() -> None:
    one = build.good_duration()
    other = build.fact("duration", "ffprobe", 99, raw="99")
    disputed = build.finding("duration", "unknown", disputed=True, why=Plain("?"), evidence=(*one.evidence, other))
    for findings in ((build.either(),), (build.either(), disputed)):
        known = told(build.entry("a.mp4", *findings, size=None))
        assert known.entries[0].duration is None
        assert "\n  Duration: " not in written(known)[0].text
        assert "\n  Size: " not in written(known)[0].text


def test_the_deadline_is_told_where_the_rules_give_one() -> None:
    day = letter(build.failing(), deadline="2022-05-09", timezone="<b>Asia/Shanghai")
    assert "by the end of 2022-05-09 (<b>Asia/Shanghai)." in day.text
    assert "by the end of 2022-05-09 (&lt;b&gt;Asia/Shanghai)." in day.html
    assert "while entries are taken" not in day.text
    moment = letter(build.failing(), deadline="2022-05-09T18:00:00+08:00").text
    assert "by 2022-05-09 18:00 (Beijing time)." in moment
    known = told(build.failing(), deadline="2022-05-09")
    assert "截止时间：2022-05-09 当日结束前（北京时间）。" in written(known, "zh")[0].text


@pytest.mark.parametrize(
    ("zone", "lang", "words"),
    [
        ("Asia/Shanghai", "zh", "2022-05-09 当日结束前（北京时间）"),
        ("Europe/Berlin", "zh", "2022-05-09 当日结束前（Berlin 时间，UTC+2）"),
        ("Europe/Berlin", "en", "the end of 2022-05-09 (Berlin time, UTC+2)"),
        ("Asia/Kathmandu", "en", "(Kathmandu time, UTC+5:45)"),
        ("UTC", "en", "(UTC)"),
    ],
)
def test_a_time_zone_has_the_name_that_people_give_it(zone: str, lang: str, words: str) -> None:
    shown = letter(build.failing(), lang=lang, deadline="2022-05-09", timezone=zone)
    assert words in shown.text
    assert words in shown.html


def test_a_report_of_an_earlier_version_names_neither_language_nor_deadline() -> None:
    report = raw(build.failing(), lang="zh")
    del report["lang"], report["rules"]["deadline"]
    earlier = read(stdlib.dumps(report).encode(), "r")
    assert (earlier.lang, earlier.until) == ("zh", None)
    assert "征集期内" in written(earlier)[0].text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_language_is_that_of_the_words(lang: str) -> None:
    for entry in (
        build.failing(),
        build.entry("科普.mp4", build.long_duration()),
        build.entry("sd.mp4", build.either()),
    ):
        report = raw(entry, lang=lang)
        del report["lang"]
        assert read(stdlib.dumps(report).encode(), "r").lang == lang


def test_the_language_is_the_one_that_the_report_says() -> None:
    assert told(build.failing(), lang="zh").lang == "zh"
    assert read(stdlib.dumps({**raw(build.failing()), "lang": "zh"}).encode(), "r").lang == "zh"
    assert read(stdlib.dumps({**raw(build.failing()), "lang": ["fr"]}).encode(), "r").lang == "en"


HOSTILE = {
    **build.HOSTILE,
    "traversal": "entries/../../etc/passwd",
    "dots": "entries/...",
    "device": "entries/CON.mp4",
    "dash": "entries/-rf.mp4",
    "formula": "entries/=cmd|' /C calc'!A0.mp4",
    "fillers": "entries/\u3164\u115f\uffa0.mp4",
    "script": "entries/<script>alert(1)</script>\"'&.mp4",
    "jinja": "entries/{{ 7 * 7 }}{% raw %}.mp4",
}


@pytest.mark.parametrize("path", HOSTILE.values(), ids=HOSTILE)
def test_a_letter_bears_a_harmless_name(path: str) -> None:
    (name,) = names(rejected(path))
    assert len(f"{name}.html".encode()) <= 143
    assert name == unicodedata.normalize("NFC", name)
    assert all(char in "-_" or unicodedata.category(char)[0] in "LN" for char in name)
    assert not name.startswith(("-", "_"))
    assert not set(name) & set("\u3164\u115f\u1160\uffa0")


@pytest.mark.parametrize("path", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_stays_text(path: str) -> None:
    strange = build.finding(
        "codec",
        "fail",
        expected="<b>h264</b>",
        actual="\x1b[2J<img src=x onerror=alert(1)>\u202e",
        keys=("video.codec",),
    )
    one = letter(build.entry(path, strange))
    assert not any(
        unicodedata.category(char) in {"Cc", "Cf"} and char != "\n" for char in one.subject + one.text + one.html
    )
    assert "\n" not in one.subject
    page = Page(one.html)
    assert page.tags <= {
        "html",
        "head",
        "meta",
        "title",
        "body",
        "p",
        "h2",
        "ul",
        "ol",
        "li",
        "strong",
        "br",
        "code",
        "a",
    }
    assert page.names <= {"lang", "charset", "name", "content", "style", "href"}
    assert "<img src=x onerror=alert(1)>" in page.text
    assert one.text.count("\n") < 40
    (row,) = csv.DictReader(io.StringIO(index([one]).decode("utf-8-sig"), newline=""))
    assert not row["path"].startswith(("=", "+", "-", "@"))
    assert row["text"] == f"{one.name}.txt"


class Page(HTMLParser):
    """What a browser takes for markup, and what for text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_names_do_not_clash_and_depend_on_the_entry_alone() -> None:
    paths = ["a/1.mp4", "b/1.mp4", "a/1.MP4", "a/1!.mp4", "A/1.mp4", "1.mp4", "１.mp4", "e\u0301.mp4", "\u00e9.mp4"]
    every = names(rejected(*paths))
    assert len({unicodedata.normalize("NFKD", name).casefold() for name in every}) == len(paths)
    for path, name in zip(sorted(paths), every, strict=True):
        assert names(rejected(path)) == [name]


def test_a_digest_that_is_taken_is_told_in_full() -> None:
    (entry,) = rejected("1.mp4")
    once, again = names([entry, entry])
    assert again.startswith(once)
    assert len(again) > len(once) + 40


def test_entries_that_look_alike_are_told_apart_by_their_bytes() -> None:
    assert names(rejected("a.mp4", hidden="ff")) != names(rejected("a.mp4", hidden="fe"))


def broken(*steps: str | int, to: object) -> bytes:
    report = raw(build.failing())
    at = report
    for step in steps[:-1]:
        at = at[step]
    at[steps[-1]] = to
    return stdlib.dumps(report).encode()


FINDING = ("entries", 0, "findings", 2)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "r.json is not JSON"),
        (b"\x89PNG", "r.json is not JSON"),
        (json.render(build.report(build.failing()))[:-40], "r.json is not JSON"),
        (b"[" * 100_000, "r.json is not JSON"),
        (b"[]", "r.json is not a JSON report of vidcheck"),
        (b'{"schema": 1}', "r.json is not a JSON report of vidcheck"),
        (broken("schema", to=2), "r.json has schema 2; this version reads schema 1"),
        (broken("rules", "title", to=None), "r.json: rules.title is not as in a JSON report of vidcheck"),
        (broken("rules", "deadline", to=7), "r.json: rules.deadline is not as in a JSON report of vidcheck"),
        (broken("rules", "deadline", to="<soon>"), "r.json: rules.deadline is not as in a JSON report of vidcheck"),
        (broken("entries", 0, "size", to="1"), "r.json: entries[0].size is not as in a JSON report of vidcheck"),
        (broken("entries", 0, "size", to=-1), "r.json: entries[0].size is not as in a JSON report of vidcheck"),
        (broken("entries", 0, "size", to=True), "r.json: entries[0].size is not as in a JSON report of vidcheck"),
        (broken("entries", 0, "path_bytes", to=1), "r.json: entries[0].path_bytes is not as in a JSON report of vidcheck"),
        (broken(*FINDING, "actual", to=1), "r.json: entries[0].findings[2].actual is not as in a JSON report of vidcheck"),
        (broken(*FINDING, "keys", to=[1]), "r.json: entries[0].findings[2].keys is not as in a JSON report of vidcheck"),
        (broken(*FINDING, "remedy", to=1), "r.json: entries[0].findings[2].remedy is not as in a JSON report of vidcheck"),
        (broken(*FINDING, "command", to=None), "r.json: entries[0].findings[2].command is not as in a JSON report of vidcheck"),
        (broken(*FINDING, "evidence", to=[1]), "r.json: entries[0].findings[2].evidence[0] is not as in a JSON report of vidcheck"),
        (broken("entries", to=[raw(build.failing())["entries"][0]] * 2), "r.json tells of entries/017.mp4 twice"),
    ],
)  # fmt: skip
def test_what_is_no_report_is_said_in_one_line(data: bytes, words: str) -> None:
    with pytest.raises(NotAReportError) as error:
        read(data, "r.json")
    assert str(error.value) == words


@pytest.mark.parametrize("value", [1e308, float("inf"), -1, True, "1", None, [1], {}], ids=repr)
def test_an_impossible_duration_is_none(value: object) -> None:
    evidence = [{"key": "duration", "witness": "mediainfo", "value": value}]
    (entry,) = read(broken("entries", 0, "findings", 2, "evidence", to=evidence), "r").entries
    assert entry.duration is None


def test_a_template_may_change_a_part() -> None:
    one = letter(
        build.failing(),
        template='{% extends "en" %}{% block signature %}Ms <Wang>,\n{{ title }} & office{% endblock %}',
    )
    assert one.text.endswith(f"Kind regards\nMs <Wang>,\n{build.TITLE} & office\n")
    assert "Asked for: 2:00 to 5:00" in one.text
    assert f"Ms <Wang>,\n{build.TITLE} & office</p>" in one.html  # the organizer's own markup stands
    assert "Asked for: 2:00 to 5:00" in one.html


def test_a_template_may_be_the_whole_letter() -> None:
    entry = build.entry("a/<b>&.mp4", build.long_duration())
    one = letter(entry, template="Hello\n\n{{ entry.name }} < 5\n")
    assert one.text == "Hello\n\n<b>&.mp4 < 5\n"
    assert '<p style="white-space: pre-wrap">Hello\n\n&lt;b&gt;&amp;.mp4 &lt; 5\n</p>' in one.html
    assert one.subject == "Your entry <b>&.mp4: please look at it once more"


def test_a_template_may_be_in_another_language_than_the_words() -> None:
    (one,) = written(told(build.failing()), lang="zh")
    assert "时长：5 分 12.480 秒" in one.text
    assert "Cut at least" in one.text
    assert '<html lang="zh-CN">' in one.html


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("a\n{{ entry.nmae }}", "own.jinja:2: 'dict object' has no attribute 'nmae'"),
        ("a\n\n{{ nmae }}", "own.jinja:3: 'nmae' is undefined"),
        ("{% if %}", "own.jinja:1: Expected an expression, got 'end of statement block'"),
        ("a\n{% endfor %}", "own.jinja:2: Encountered unknown tag 'endfor'."),
        ('\n{% extends "fr" %}', "own.jinja:2: there is no template 'fr'; there are en, zh"),
        ('\n{% include "/etc/passwd" %}', "own.jinja:2: there is no template '/etc/passwd'; there are en, zh"),
        ("\n{{ 1 / 0 }}", "own.jinja:2: division by zero"),
        ("{{ name.__class__ }}{{ ''.__class__.__mro__ }}", "own.jinja:1: "),
        ("\n{{ ''.__class__ }}", "own.jinja:2: access to attribute '__class__' of 'str' object is unsafe."),
        ("\n{{ failed.__init__ }}", "own.jinja:2: access to attribute '__init__' of 'tuple' object is unsafe."),
        ("\n{{ self._TemplateReference__context }}", "own.jinja:2: access to attribute"),
        ("\n{{ labels.update({}) }}{{ entry.clear() }}", "own.jinja:2: "),
        ("\n{{ entry.clear() }}", "own.jinja:2: "),
        ("\n{% for i in range(1000000) %}{% endfor %}", "own.jinja:2: Range too big."),
        ("{% for i in range(99999) %}\n{{ 'x' * 99 }}{% endfor %}", "own.jinja: the template makes a letter of more than 1,000,000 characters"),
        ("{% macro a() %}\n{{ a() }}{% endmacro %}{{ a() }}", "own.jinja:2: maximum recursion depth exceeded"),
        ('{% include "own" %}', "own.jinja:1: maximum recursion depth exceeded"),
        ("\n{{ entry.name | safe }}", "own.jinja:2: No filter named 'safe'."),
        ("\n{% autoescape false %}{{ entry.name }}{% endautoescape %}", "own.jinja:2: autoescape can't be switched in a letter"),
        ("  \n", "own.jinja: the template makes an empty letter"),
        ('{% extends "frame" %}', "own.jinja: the template makes an empty letter"),
        ('{% extends "en" %}{% block closing %}\n{{ x }}{% endblock %}', "own.jinja:2: 'x' is undefined"),
        ("\x1b{{ '\x1b'.x }}", "own.jinja:1: 'str object' has no attribute 'x'"),
    ],
)  # fmt: skip
def test_a_template_that_fails_is_named_with_its_line(template: str, words: str) -> None:
    with pytest.raises(BadTemplateError) as error:
        letter(build.failing(), template=template)
    assert str(error.value).startswith(words)
    assert "\n" not in str(error.value)


def test_a_template_that_nests_too_deep_is_one_error() -> None:
    with pytest.raises(BadTemplateError):
        letter(build.failing(), template="{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}")


def test_without_jinja_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MissingExtraError, match=r'pip install "vidcheck\[letters\]"'):
        Writer("en")


def test_a_strangers_megabyte_makes_no_long_letter() -> None:
    long = build.finding("codec", "fail", expected="h264", actual="x" * 10**6, keys=("video.codec",))
    assert len(letter(build.entry("a.mp4", long)).html) < 20_000


def test_remedies_of_the_rules_stand_on_one_line() -> None:
    words = Spoken((("en", "State the date\n  on the form."),))
    finding = build.finding("completed", "fail", remedy=Remedy(words=words, command="ffmpeg -i a.mp4 b.mp4"))
    text = letter(build.entry("a.mp4", finding)).text
    assert "What you can do: State the date on the form.\n" in text
    assert "       ffmpeg -i a.mp4 b.mp4\n" in text


def test_several_commands_are_explained() -> None:
    two = build.entry(
        "a.mp4", build.long_duration(), build.finding("x", "fail", remedy=Remedy(words=Plain("y"), command="z"))
    )
    assert "give the next command the file that the one before wrote" in letter(two).text
    assert "give the next command" not in letter(build.failing()).text
