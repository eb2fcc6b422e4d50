from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from tests.reports import build, foreign
from vidcheck.reports import gitlab

if TYPE_CHECKING:
    from vidcheck.findings import EntryReport

# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
FORMAT = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./)"},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer"}}},
                },
            },
        },
    },
}


def issues(*entries: EntryReport, **more: Any) -> Any:
    return json.loads(gitlab.render(build.report(*entries, **more)))


def test_issues_are_these() -> None:
    told = issues(build.failing(), build.entry("entries/b.mp4", build.undated(), build.skipped(), *build.manual()))
    prints = [issue.pop("fingerprint") for issue in told]
    assert len(set(prints)) == 3
    assert told == [
        {
            "description": "duration is 5:12.480; expected: 2:00 to 5:00.",
            "check_name": "duration",
            "severity": "critical",
            "location": {"path": "entries/017.mp4", "lines": {"begin": 1}},
        },
        {
            "description": "resolution is 640×360; expected: at least 1280×720.",
            "check_name": "resolution",
            "severity": "minor",
            "location": {"path": "entries/017.mp4", "lines": {"begin": 1}},
        },
        {
            "description": "completed is not known: 0 stands for no date: counted from 1904-01-01.",
            "check_name": "completed",
            "severity": "major",
            "location": {"path": "entries/b.mp4", "lines": {"begin": 1}},
        },
    ]


def test_words_of_the_rules_get_their_figures() -> None:
    (issue,) = issues(build.entry("a.mp4", build.either()))
    assert issue["description"].startswith("Neither PAL nor HD: see section 4 of the call. (video.stored-resolution:")


def test_it_is_as_gitlab_wants_it() -> None:
    for report in (build.folder(incomplete=True), foreign.report(), build.report()):
        told = json.loads(gitlab.render(report))
        jsonschema.validate(told, FORMAT)
        prints = [issue["fingerprint"] for issue in told]
        assert len(prints) == len(set(prints))


@pytest.mark.parametrize("path", [path for path in build.HOSTILE.values() if "\udcff" not in path] + ["a\\nb.mp4"])
def test_a_path_is_exact(path: str) -> None:
    assert issues(build.entry(path, build.long_duration(path)))[0]["location"]["path"] == path


def test_a_path_loses_its_leading_dot() -> None:
    assert issues(build.entry("./a.mp4", build.long_duration()))[0]["location"]["path"] == "a.mp4"


def test_nothing_wrong_is_an_empty_list() -> None:
    assert issues(build.passing()) == []
    assert [issue["severity"] for issue in issues(build.passing(), incomplete=True)] == ["blocker"]
