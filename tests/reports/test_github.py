from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.reports import build, foreign
from vidcheck.facts import visible
from vidcheck.reports import github
from vidcheck.reports.page import clipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from vidcheck.findings import EntryReport

COMMAND = re.compile(r"::(\w+) ([^:]*)::(.*)")


def unescaped(text: str, *, in_property: bool) -> str:
    """As actions/runner reads it back (ActionCommand.cs)."""
    rows = [("%0D", "\r"), ("%0A", "\n")] + ([("%3A", ":"), ("%2C", ",")] if in_property else []) + [("%25", "%")]
    for told, char in rows:
        text = text.replace(told, char)
    return text


def commands(*entries: EntryReport, **more: Any) -> list[tuple[str, dict[str, str], str]]:
    told = []
    for line in github.render(build.report(*entries, **more)).decode().splitlines():
        found = COMMAND.fullmatch(line)
        assert found, line
        pairs = (pair.split("=", 1) for pair in found[2].split(","))
        properties = {name: unescaped(value, in_property=True) for name, value in pairs}
        told.append((found[1], properties, unescaped(found[3], in_property=False)))
    return told


def test_report_is_these_commands(same_as: Callable[[str, str], None]) -> None:
    same_as("folder.github.txt", github.render(build.folder(incomplete=True)).decode())


def test_outcome_and_level_decide_the_command() -> None:
    told = commands(
        build.entry("a.mp4", build.long_duration(), build.small_picture(), build.undated(), build.skipped())
    )
    assert [(command, properties.get("title")) for command, properties, _ in told] == [
        ("error", "a.mp4: duration"),
        ("warning", "a.mp4: resolution"),
        ("warning", "a.mp4: completed"),
        ("notice", "vidcheck"),
    ]
    assert told[0][1]["file"] == "a.mp4"
    assert told[0][1]["line"] == "1"
    assert told[0][2].startswith("duration is 5:12.480; expected: 2:00 to 5:00.\ndifference: +12.480 s\n")


def test_the_last_line_is_the_totals() -> None:
    assert commands(*build.folder().entries)[-1][2] == (
        "5 entries: 2 ineligible, 1 for review, 2 eligible; 15 items for a person"
    )


def test_there_are_never_more_than_github_shows() -> None:
    many = [build.entry(f"{at}.mp4", build.long_duration(), build.small_picture(), build.undated()) for at in range(30)]
    for more in ({}, {"incomplete": True}):
        told = commands(*many, **more)
        counts = {command: sum(each[0] == command for each in told) for command in ("error", "warning", "notice")}
        assert counts == {"error": 10, "warning": 10, "notice": 1}
    assert "21 more like these; the report has them." in [message for _, _, message in commands(*many)]


def test_an_interrupted_run_says_so_first() -> None:
    command, _, message = commands(build.passing(), incomplete=True)[0]
    assert command == "error"
    assert message.startswith("INCOMPLETE")


@pytest.mark.parametrize("path", [*build.HOSTILE.values(), "a,line=9::x%2Cy.mp4"])
def test_a_name_cannot_add_a_command_or_a_property(path: str) -> None:
    first, *_ = commands(build.entry(path, build.long_duration(path)))
    assert first[0] == "error"
    assert list(first[1]) == ["file", "line", "title"]
    held = path in (build.HOSTILE["newline"], build.HOSTILE["emoji"])  # what a terminal obeys is not
    assert first[1]["file"] == (path if held else visible(path))
    assert first[1]["title"].startswith(clipped(visible(path), 100)[:90])
    assert first[1]["line"] == "1"


def test_a_name_with_a_line_feed_is_not_given_as_the_name_of_another_file() -> None:
    paths = ["a\nb.mp4", "a\\nb.mp4"]
    told = commands(*(build.entry(path, build.long_duration(path)) for path in paths))
    assert [properties["file"] for _, properties, _ in told[:2]] == paths


def test_hostile_texts_make_no_line_of_their_own() -> None:
    lines = github.render(foreign.report()).decode().splitlines()
    assert len(lines) <= 30
    assert all(re.match(r"::(error|warning|notice) ", line) for line in lines)
    assert max(map(len, lines)) < 20_000


def test_findings_about_several_entries_stand_at_their_rule() -> None:
    batch = (build.finding("same-work", "fail", keys=(), expected="each once", actual="two", place=build.place(7)),)
    command, properties, _ = commands(build.passing(), batch=batch)[0]
    assert (command, properties["file"], properties["line"]) == ("error", "rules.yaml", "7")
