from __future__ import annotations

import json as stdlib
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.reports import build
from vidcheck.facts import Entry, Facts, State
from vidcheck.quantities import DATE
from vidcheck.reports import json
from vidcheck.texts import Plain, Spoken

if TYPE_CHECKING:
    from vidcheck.findings import EntryReport


def told(*entries: EntryReport, **more: Any) -> Any:
    return stdlib.loads(json.render(build.report(*entries, **more)))


def test_shape_is_the_designs() -> None:
    report = told(build.failing(), ignored=build.ignored(2))
    assert list(report) == [
        "schema",
        "lang",
        "incomplete",
        "run",
        "tool",
        "rules",
        "summary",
        "ignored",
        "manifest",
        "batch",
        "entries",
    ]
    assert report["schema"] == 1
    assert report["incomplete"] is False
    assert report["run"] == {"date": "2022-05-09"}
    assert report["tool"] == build.TOOL
    assert list(report["rules"]) == ["title", "source", "digest", "timezone", "deadline", "corrections", "list"]
    assert (report["lang"], report["rules"]["deadline"]) == ("en", None)
    assert report["rules"]["list"] == [
        {
            "rule": "duration",
            "label": "duration",
            "keys": ["duration"],
            "level": "required",
            "limits": {"min": 120, "max": 300, "tolerance": 0.5, "unit": "s"},
            "place": {"file": "rules.yaml", "line": 21, "column": 3},
            "meaning": "How long the work runs, as a player shows it.",
        }
    ]
    assert report["summary"] == {"entries": 1, "eligible": 0, "ineligible": 1, "review": 0, "manual": 3, "ignored": 2}
    assert report["batch"] == []
    assert report["ignored"] == [{"path": f"entries/notes-{at}.txt", "reason": "no video by its name"} for at in (0, 1)]
    assert report["manifest"] == {"unread_columns": []}


@pytest.mark.parametrize(
    ("written", "stands"),
    [("2022-05-09", "2022-05-09"), ("2022年5月9日", "2022-05-09"), ("2022-05-09 18:00", "2022-05-09T18:00:00+08:00")],
)
def test_the_deadline_is_a_day_or_a_moment_in_iso_8601(written: str, stands: str) -> None:
    rules = replace(build.RULES, deadline=DATE.read(written, build.SHANGHAI))
    assert told(build.failing(), rules=rules)["rules"]["deadline"] == stands


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_says_the_language_of_its_words_and_tells_the_title_in_it(lang: str) -> None:
    rules = replace(build.RULES, title=Spoken((("zh", "影展"), ("en", "Film Days"))), preset="film-days")
    report = stdlib.loads(json.render(build.report(build.failing(), rules=rules), lang))
    assert report["lang"] == lang
    assert report["rules"]["title"] == {"zh": "影展", "en": "Film Days"}[lang]
    assert report["rules"]["source"] == build.RULES.source


def test_entry_and_finding_are_the_designs() -> None:
    (entry,) = told(build.failing())["entries"]
    assert list(entry) == ["path", "size", "verdict", "findings", "remarks", "faults"]
    assert (entry["path"], entry["size"], entry["verdict"]) == ("entries/017.mp4", 138_640_102, "ineligible")
    assert entry["faults"] == [{"witness": "ffprobe", "message": "no answer in 30 s"}]
    finding = entry["findings"][2]
    command = finding.pop("command")
    assert command.startswith("ffmpeg -i entries/017.mp4 ")
    assert finding == {
        "rule": "duration",
        "keys": ["duration"],
        "outcome": "fail",
        "level": "required",
        "disputed": False,
        "expected": "2:00 to 5:00",
        "actual": "5:12.480",
        "difference": "+12.480 s",
        "message": "duration is 5:12.480; expected: 2:00 to 5:00.",
        "remedy": f"Cut at least 12.480 s.\n{command}",
        "evidence": [
            {"key": "duration", "witness": "mediainfo", "locator": "General.Duration", "raw": "312.480", "value": 312.48, "unit": "s"},
            {"key": "duration", "witness": "ffprobe", "locator": "format.duration", "raw": "312.480000", "value": 312.48, "unit": "s"},
        ],
        "place": {"file": "rules.yaml", "line": 21, "column": 3},
        "remarks": [],
    }  # fmt: skip


def test_finding_without_difference_and_remedy_has_nulls_and_no_command() -> None:
    finding = told(build.entry("a.mp4", build.good_format()))["entries"][0]["findings"][0]
    assert finding["difference"] is None
    assert finding["remedy"] is None
    assert "command" not in finding


def test_absent_and_unknown_facts_say_so() -> None:
    zero, none = told(build.entry("a.mp4", build.undated()))["entries"][0]["findings"][0]["evidence"]
    assert zero == {
        "key": "completed",
        "witness": "boxes",
        "locator": "moov/mvhd.creation_time",
        "raw": "0",
        "value": None,
        "unknown": True,
        "note": "0 stands for no date: counted from 1904-01-01",
    }
    assert none["value"] is None
    assert none["absent"] is True


def test_dates_are_in_the_calls_zone() -> None:
    evidence = told(build.entry("a.mp4", build.dated()))["entries"][0]["findings"][0]["evidence"]
    assert evidence[0]["value"] == "2021-05-01T10:30:00+08:00"


def test_incomplete_and_batch_are_told() -> None:
    report = told(incomplete=True, batch=(build.finding("same-work", "fail", keys=()),))
    assert report["incomplete"] is True
    assert [finding["rule"] for finding in report["batch"]] == ["same-work"]


def test_one_line_a_finding() -> None:
    report = build.folder()
    lines = json.render(report).decode().splitlines()
    findings = sum(len(entry.findings) for entry in report.entries)
    assert sum(line.startswith('{"rule": ') and '"outcome"' in line for line in lines) == findings


def test_chinese_stays_chinese_and_the_file_ends_with_a_newline() -> None:
    written = json.render(build.folder())
    assert "昆虫的一生.mp4".encode() in written
    assert written.endswith(b"]}\n")


@pytest.mark.parametrize("path", build.HOSTILE.values(), ids=build.HOSTILE.keys())
def test_hostile_names_come_back_exactly_and_never_raw(path: str) -> None:
    written = json.render(build.report(build.entry(path, build.long_duration(path))))
    entry = stdlib.loads(written)["entries"][0]
    assert entry["path"] == (Entry(path=path).shown if "path_bytes" in entry else path)
    bad = {char for char in written.decode() if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}}
    assert bad == {"\n"}
    assert "\u202e" not in written.decode()


def test_a_name_that_is_no_utf8_is_given_in_bytes_too() -> None:
    entries = told(build.entry(build.HOSTILE["bytes"]), build.entry("b.mp4"))["entries"]
    assert bytes.fromhex(entries[1]["path_bytes"]) == b"entries/\xff\x9b31m.mp4"
    assert "path_bytes" not in entries[0]


def test_lone_surrogates_never_break_it() -> None:
    evil = 'a"\\\udcff\ud800\U0001f600\x1b'
    finding = build.finding(
        "title",
        "fail",
        expected=evil,
        actual=evil,
        evidence=(build.fact("title", "mediainfo", evil, at=evil, raw=evil, note=Plain(evil)),),
        place=build.place(1, evil),
    )
    (entry,) = told(build.entry("a.mp4", finding, faults=(build.fault(evil),)))["entries"]
    assert entry["findings"][0]["evidence"][0]["raw"] == 'a"\\\\xff\\ud800\U0001f600\x1b'


def test_a_command_that_json_cannot_hold_exactly_is_left_out() -> None:
    path = build.HOSTILE["bytes"]
    finding = told(build.entry(path, build.long_duration(path)))["entries"][0]["findings"][0]
    assert "command" not in finding
    assert finding["remedy"] == "Cut at least 12.480 s."


def test_words_are_shown_and_evidence_is_exact() -> None:
    evil = "\x1b[31m\u202e"
    finding = build.finding(
        "title", expected=evil, actual=evil, evidence=(build.fact("title", "mediainfo", evil, raw=evil),)
    )
    told_finding = told(build.entry("a.mp4", finding))["entries"][0]["findings"][0]
    assert told_finding["actual"] == "\\x1b[31m\\u202e"
    assert told_finding["evidence"][0]["raw"] == evil


def known(*facts: Any) -> Any:
    written = json.render_facts(
        [(Entry(path="a.mp4"), Facts(facts=facts, faults=(build.fault(),)))], build.TOOL, zone=build.SHANGHAI
    )
    return stdlib.loads(written)


def test_facts_shape_is_the_designs() -> None:
    report = known(*build.long_duration().evidence)
    assert list(report) == ["schema", "tool", "entries"]
    (entry,) = report["entries"]
    assert list(entry) == ["path", "facts", "remarks", "faults"]
    duration = entry["facts"]["duration"]
    assert list(duration) == ["value", "unit", "shown", "disputed", "evidence"]
    assert {name: duration[name] for name in ("value", "unit", "shown", "disputed")} == {
        "value": 312.48,
        "unit": "s",
        "shown": "5:12.480",
        "disputed": False,
    }
    assert [each["witness"] for each in duration["evidence"]] == ["mediainfo", "ffprobe"]
    assert entry["faults"] == [{"witness": "ffprobe", "message": "no answer in 30 s"}]


def test_facts_tell_absence_and_pairs() -> None:
    facts = known(
        build.fact("audio.codec", "mediainfo", state=State.ABSENT),
        *build.good_picture().evidence,
        *build.dated().evidence,
    )["entries"][0]["facts"]
    assert (facts["audio.codec"]["value"], facts["audio.codec"]["absent"]) == (None, True)
    assert facts["resolution"]["value"] == [1920, 1080]
    assert facts["completed"]["value"] == "2021-05-01T10:30:00+08:00"
    assert list(facts) == ["resolution", "completed", "audio.codec"]


def test_facts_of_no_file_are_an_empty_list() -> None:
    assert stdlib.loads(json.render_facts([], build.TOOL))["entries"] == []


def test_disputed_facts_say_so() -> None:
    facts = known(*build.turned().evidence)["entries"][0]["facts"]
    assert facts["aspect-ratio"]["disputed"] is True
    assert facts["aspect-ratio"]["value"] == "16:9"
