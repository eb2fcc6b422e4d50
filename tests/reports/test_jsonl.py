from __future__ import annotations

import json as stdlib
import unicodedata
from typing import TYPE_CHECKING

import pytest

from tests.reports import build, foreign
from vidcheck.reports import json, jsonl

if TYPE_CHECKING:
    from vidcheck.findings import Report

REPORTS = {
    "folder": build.folder(),
    "incomplete": build.folder(incomplete=True),
    "batch": build.folder(batch=(build.finding("same-work", "fail", keys=(), expected="each once", actual="two"),)),
    "empty": build.report(),
    "hostile": foreign.report(),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", REPORTS)
def test_its_lines_together_are_the_json_report(name: str, lang: str) -> None:
    report = REPORTS[name]
    first, *entries, last = map(stdlib.loads, jsonl.render(report, lang).splitlines())
    whole = stdlib.loads(json.render(report, lang))
    assert {**first, **last, "entries": entries} == whole
    assert list(first) == ["schema", "lang", "run", "tool", "rules"]
    assert list(last) == ["summary", "incomplete", "ignored", "manifest", "batch"]


def test_an_entry_is_one_line_whatever_its_name() -> None:
    report = foreign.report()
    written = jsonl.render(report)
    assert written.count(b"\n") == len(report.entries) + 2
    assert written.endswith(b"}\n")
    bad = {char for char in written.decode() if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}}
    assert bad == {"\n"}


def test_a_stream_is_the_same_as_the_whole() -> None:
    report: Report = build.folder(incomplete=True)
    stream = jsonl.Stream(tool=report.tool, day=report.day, rules=report.rules)
    written = [stream.start(), *map(stream.entry, report.entries), stream.end(ignored=report.ignored, incomplete=True)]
    assert all(line.count(b"\n") == 1 and line.endswith(b"\n") for line in written)
    assert b"".join(written) == jsonl.render(report)


def test_a_broken_stream_counts_what_was_written() -> None:
    stream = jsonl.Stream(tool=build.TOOL, rules=build.RULES)
    stream.start()
    stream.entry(build.failing())
    last = stdlib.loads(stream.end(incomplete=True))
    assert last == {
        "summary": {"entries": 1, "eligible": 0, "ineligible": 1, "review": 0, "manual": 3, "ignored": 0},
        "incomplete": True,
        "ignored": [],
        "manifest": {"unread_columns": []},
        "batch": [],
    }
