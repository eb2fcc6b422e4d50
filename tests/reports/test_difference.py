from __future__ import annotations

import json as stdlib
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest

from tests.reports import build, foreign
from vidcheck.findings import EntryReport, RulesSummary
from vidcheck.reports import difference, json, saved
from vidcheck.reports.difference import Comparison

if TYPE_CHECKING:
    from collections.abc import Callable

    from vidcheck.reports.saved import SavedReport


def parsed(*entries: EntryReport, **more: Any) -> SavedReport:
    return saved.read(json.render(build.report(*entries, **more)), "r.json")


def compared(old: tuple[EntryReport, ...], new: tuple[EntryReport, ...], **more: Any) -> Comparison:
    return Comparison(parsed(*old), parsed(*new, **more))


def one(*findings: Any, path: str = "a.mp4") -> tuple[EntryReport, ...]:
    return (build.entry(path, *findings),)


OLD = (
    build.entry("entries/1.mp4", build.good_duration(), build.good_picture()),
    build.entry("entries/2.mp4", build.long_duration(), build.good_picture()),
    build.entry("entries/3.mp4", build.good_duration(), build.undated()),
    build.entry("entries/gone.mp4", build.long_duration()),
)
NEW = (
    build.entry("entries/1.mp4", build.long_duration(), build.small_picture()),
    build.entry("entries/2.mp4", build.good_duration(), build.good_picture()),
    build.entry("entries/3.mp4", build.good_duration(), build.undated()),
    build.entry("entries/new.mp4", build.good_duration()),
)


def test_entries_are_added_removed_and_changed() -> None:
    told = compared(OLD, NEW)
    assert {path: str(verdict) for path, verdict in told.added.items()} == {"entries/new.mp4": "eligible"}
    assert {path: str(verdict) for path, verdict in told.removed.items()} == {"entries/gone.mp4": "ineligible"}
    assert [(change.path, str(change.old), str(change.new), change.worse) for change in told.changed] == [
        ("entries/1.mp4", "eligible", "ineligible", True),
        ("entries/2.mp4", "ineligible", "eligible", False),
    ]
    assert told.by_rule == {"duration": (1, 1), "resolution": (1, 0)}
    assert told.worse


@pytest.mark.parametrize(
    ("old", "new", "worse"),
    [
        pytest.param(one(build.good_duration()), one(build.good_duration()), False, id="same"),
        pytest.param(one(build.good_duration()), one(build.long_duration()), True, id="pass-to-fail"),
        pytest.param(one(build.long_duration()), one(build.good_duration()), False, id="fail-to-pass"),
        pytest.param(one(build.dated()), one(build.undated()), True, id="pass-to-unknown"),
        pytest.param(one(build.undated()), one(build.dated()), False, id="unknown-to-pass"),
        pytest.param(one(build.good_picture()), one(build.small_picture()), True, id="a-new-warning"),
        pytest.param(
            one(build.long_duration(), build.good_picture()), one(build.long_duration(), build.small_picture()), True,
            id="worse-within-ineligible",
        ),
        pytest.param((), one(build.good_duration()), False, id="added-eligible"),
        pytest.param((), one(build.long_duration()), True, id="added-ineligible"),
        pytest.param((), one(build.undated()), True, id="added-for-review"),
        pytest.param(one(build.long_duration()), (), False, id="removed"),
        pytest.param(one(build.good_duration()), one(build.good_duration(), build.good_size()), False, id="new-rule-passes"),
        pytest.param(one(build.good_size()), one(build.good_size(), build.long_duration()), True, id="new-rule-fails"),
        pytest.param(one(build.skipped()), one(build.finding("codec", "manual", keys=())), False, id="skip-to-manual"),
    ],
)  # fmt: skip
def test_worse_is_worse(old: tuple[EntryReport, ...], new: tuple[EntryReport, ...], worse: bool) -> None:
    assert compared(old, new).worse is worse


def test_names_that_look_alike_are_told_apart_by_their_bytes() -> None:
    paths = ("a\udcff.mp4", "a\\xff.mp4")
    entries = tuple(build.entry(path, build.good_duration()) for path in paths)
    assert len(compared(entries, ()).removed) == 2


def test_page_is_this_text(same_as: Callable[[str, str], None]) -> None:
    rules = RulesSummary(title="", source="other.yaml", digest="sha256:other", timezone="UTC")
    tool = {"vidcheck": "0.1.0", "mediainfo": "25.01", "witness": "auto"}
    told = compared(OLD, NEW, rules=rules, tool=tool, incomplete=True)
    same_as("difference.txt", difference.render(told).plain(80))


def test_no_difference_is_one_line() -> None:
    assert difference.render(compared(OLD, OLD)).plain(80).strip() == "No entry is judged otherwise."


def test_json_is_this() -> None:
    told = stdlib.loads(difference.render_json(compared(OLD, NEW)))
    assert told == {
        "schema": 1,
        "worse": True,
        "summary": {"added": 1, "removed": 1, "changed": 2, "worse": 1},
        "rules": {"same": True, "old": build.RULES.digest, "new": build.RULES.digest},
        "tools": {},
        "incomplete": {"old": False, "new": False},
        "by_rule": [{"rule": "duration", "worse": 1, "better": 1}, {"rule": "resolution", "worse": 1, "better": 0}],
        "added": [{"path": "entries/new.mp4", "verdict": "eligible"}],
        "removed": [{"path": "entries/gone.mp4", "verdict": "ineligible"}],
        "changed": [
            {
                "path": "entries/1.mp4",
                "old": "eligible",
                "new": "ineligible",
                "worse": True,
                "findings": [
                    {"rule": "duration", "level": "required", "old": "pass", "new": "fail", "worse": True},
                    {"rule": "resolution", "level": "recommended", "old": "pass", "new": "fail", "worse": True},
                ],
            },
            {
                "path": "entries/2.mp4",
                "old": "ineligible",
                "new": "eligible",
                "worse": False,
                "findings": [{"rule": "duration", "level": "required", "old": "fail", "new": "pass", "worse": False}],
            },
        ],
    }


def test_hostile_reports_command_nothing() -> None:
    told = Comparison(saved.read(json.render(foreign.report()), "r.json"), parsed(*NEW))
    page = difference.render(told).plain(80)
    assert {char for char in page if unicodedata.category(char) in {"Cc", "Cf", "Cs"}} == {"\n"}
    assert {char for char in difference.render_json(told).decode() if unicodedata.category(char) == "Cc"} == {"\n"}
