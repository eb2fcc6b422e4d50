from __future__ import annotations

import functools
import json
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

import jsonschema
import pytest

from tests.reports import build, foreign
from vidcheck.reports import sarif

if TYPE_CHECKING:
    from vidcheck.findings import EntryReport

SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"
REPORTS = {
    "folder": build.folder(),
    "incomplete": build.folder(incomplete=True),
    "batch": build.folder(batch=(build.finding("same-work", "fail", keys=(), expected="each once", actual="two"),)),
    "empty": build.report(),
    "hostile": foreign.report(),
}


@functools.cache
def validator() -> jsonschema.Draft4Validator:
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.4.json").read_text())
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())


def run(*entries: EntryReport, **more: Any) -> Any:
    (only,) = json.loads(sarif.render(build.report(*entries, **more)))["runs"]
    return only


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", REPORTS)
def test_it_is_valid_by_the_schema(name: str, lang: str) -> None:
    log = json.loads(sarif.render(REPORTS[name], lang))
    assert [error.message for error in validator().iter_errors(log)] == []


def test_every_outcome_is_a_result_of_its_kind() -> None:
    results = run(
        build.entry(
            "a.mp4",
            build.good_size(),
            build.long_duration(),
            build.small_picture(),
            build.undated(),
            build.skipped(),
            build.manual()[0],
        )
    )["results"]
    assert [(result["ruleId"], result["kind"], result["level"]) for result in results] == [
        ("size", "pass", "none"),
        ("duration", "fail", "error"),
        ("resolution", "fail", "warning"),
        ("completed", "open", "none"),
        ("codec", "notApplicable", "none"),
        ("screen-text", "review", "none"),
    ]


def test_a_result_is_this() -> None:
    (result,) = run(build.entry("entries/017.mp4", build.long_duration()))["results"]
    command = result["properties"].pop("command")
    assert command.startswith("ffmpeg -i entries/017.mp4 ")
    assert len(result["partialFingerprints"].pop("entryAndRule/v1")) == 32
    assert result == {
        "ruleId": "duration",
        "ruleIndex": 0,
        "kind": "fail",
        "level": "error",
        "message": {"text": "duration is 5:12.480; expected: 2:00 to 5:00."},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": "entries/017.mp4", "index": 0}}}],
        "relatedLocations": [
            {
                "id": 1,
                "message": {"text": "the rule that asked"},
                "physicalLocation": {
                    "artifactLocation": {"uri": "rules.yaml"},
                    "region": {"startLine": 21, "startColumn": 3},
                },
            }
        ],
        "partialFingerprints": {},
        "properties": {
            "level": "required",
            "disputed": False,
            "expected": "2:00 to 5:00",
            "actual": "5:12.480",
            "difference": "+12.480 s",
            "remedy": "Cut at least 12.480 s.",
            "evidence": ["MediaInfo 5:12.480 (General.Duration)", "ffprobe 5:12.480 (format.duration)"],
        },
    }


def test_every_rule_is_listed_and_every_index_points_at_its_rule() -> None:
    only = run(*build.folder().entries)
    rules = [rule["id"] for rule in only["tool"]["driver"]["rules"]]
    assert rules[0] == "duration"
    assert len(rules) == len(set(rules))
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in only["results"])
    uris = [artifact["location"]["uri"] for artifact in only["artifacts"]]
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in only["results"]]
    assert all(uris[place["index"]] == place["uri"] for place in places)


def test_a_rule_that_passes_everywhere_is_listed_too() -> None:
    assert [rule["id"] for rule in run()["tool"]["driver"]["rules"]] == ["duration"]


def test_fingerprints_hang_on_entry_and_rule_alone() -> None:
    def prints(*entries: EntryReport) -> dict[tuple[str, str], str]:
        found = {}
        for result in run(*entries)["results"]:
            uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            found[uri, result["ruleId"]] = result["partialFingerprints"]["entryAndRule/v1"]
        return found

    alone, among = prints(build.failing()), prints(build.passing(), build.failing())
    assert alone.items() <= among.items()
    assert len(set(among.values())) == len(among)
    better = prints(build.entry("entries/017.mp4", build.good_duration()))
    assert better["entries/017.mp4", "duration"] == alone["entries/017.mp4", "duration"]


def test_an_interrupted_run_was_no_success() -> None:
    (whole,) = run(build.passing())["invocations"]
    assert whole["executionSuccessful"] is True
    (broken,) = run(build.passing(), incomplete=True)["invocations"]
    assert broken["executionSuccessful"] is False
    assert broken["toolExecutionNotifications"][0]["level"] == "error"


def test_faults_are_notifications_at_their_entry() -> None:
    (note,) = run(build.failing())["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "ffprobe could not look: no answer in 30 s"
    assert note["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "entries/017.mp4"


@pytest.mark.parametrize("path", build.HOSTILE.values(), ids=build.HOSTILE.keys())
def test_a_location_gives_back_the_very_bytes_of_the_path(path: str) -> None:
    uri = run(build.entry(path, build.good_size()))["artifacts"][0]["location"]["uri"]
    assert uri.isascii()
    assert (urlsplit(uri).scheme, urlsplit(uri).netloc) == ("", "")
    assert unquote_to_bytes(uri) == path.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("ftp://a.b/c.mp4", "ftp%3A//a.b/c.mp4"),
        ("a:b.mp4", "a%3Ab.mp4"),
        ("/data/a b.mp4", "file:///data/a%20b.mp4"),
        ("x?y#z%.mp4", "x%3Fy%23z%25.mp4"),
    ],
)
def test_no_path_is_taken_for_an_address(path: str, uri: str) -> None:
    assert run(build.entry(path, build.good_size()))["artifacts"][0]["location"]["uri"] == uri


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("https://a.b/c.mp4?id=1&…", "https://a.b/c.mp4?id=1&%E2%80%A6"),
        ("s3://bucket/a b%20.mp4", "s3://bucket/a%20b%2520.mp4"),
    ],
)
def test_a_remote_entry_is_named_by_its_url(path: str, uri: str) -> None:
    assert run(build.entry(path, build.good_size()))["artifacts"][0]["location"]["uri"] == uri


def test_no_link_can_be_put_into_a_message() -> None:
    only = run(build.entry("a.mp4", foreign.finding(foreign.EVIL["markdown"])))
    text = only["results"][0]["message"]["text"]
    assert "\\[a\\](http" in text
    assert "![i](" not in text


def test_nothing_in_it_commands_a_terminal() -> None:
    text = sarif.render(foreign.report()).decode()
    assert {char for char in text if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}} == {"\n"}


def test_chinese_is_named_as_the_language() -> None:
    log = json.loads(sarif.render(build.folder(), "zh"))
    assert log["runs"][0]["language"] == "zh-CN"
