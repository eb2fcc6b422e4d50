from __future__ import annotations

import csv as stdlib
import io
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.reports import build, foreign
from vidcheck.reports import csv
from vidcheck.texts import Plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from vidcheck.findings import Report


def rows(report: Report, **dialect: Any) -> list[dict[str, str]]:
    text = io.StringIO(csv.render(report).decode("utf-8-sig"), newline="")
    return list(stdlib.DictReader(text, strict=True, **dialect))


def cell(text: str) -> str:
    finding = build.finding("title", "fail", expected="x", actual="y", message=Plain(text))
    return rows(build.report(build.entry("a.mp4", finding)))[0]["message"]


def test_report_is_this_csv(same_as: Callable[[str, str], None]) -> None:
    same_as("folder.csv", csv.render(build.folder()).decode())


def test_excel_is_told_that_it_is_utf8() -> None:
    written = csv.render(build.folder())
    assert written.startswith(b"\xef\xbb\xbfpath,size,")
    assert "昆虫的一生.mp4".encode() in written


def test_a_row_is_a_finding() -> None:
    told = rows(build.report(build.failing(), build.entry("b.mp4", size=None)))
    assert len(told) == len(build.failing().findings) + 1
    assert tuple(told[0]) == csv.COLUMNS
    assert told[3].pop("command").startswith("ffmpeg -i entries/017.mp4 ")
    assert told[3] == {
        "path": "entries/017.mp4",
        "size": "138640102",
        "verdict": "ineligible",
        "rule": "duration",
        "outcome": "fail",
        "level": "required",
        "disputed": "no",
        "expected": "2:00 to 5:00",
        "actual": "5:12.480",
        "difference": "'+12.480 s",
        "message": "duration is 5:12.480; expected: 2:00 to 5:00.",
        "remedy": "Cut at least 12.480 s.",
        "evidence": "MediaInfo 5:12.480 (General.Duration); ffprobe 5:12.480 (format.duration)",
        "place": "rules.yaml:21",
        "decision": "",
        "remarks": "",
        "path_bytes": "",
        "suggestion": "",
        "because": "",
    }


def test_lines_end_as_the_standard_says() -> None:
    written = csv.render(foreign.report())
    assert written.count(b"\r\n") == written.count(b"\n") == written.count(b"\r")


@pytest.mark.parametrize("text", ["-3", "+3", "-3.5", "12", "0.5"])
def test_plain_numbers_stay(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+1+1", "'+1+1"),
        ("-2+3", "'-2+3"),
        ("-3 s", "'-3 s"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1", "'＝1"),
        ("-1e5", "'-1e5"),
        ('"=1', "\"'=1"),
        ("a;=1", "a;'=1"),
        ("a-b=c", "a-b=c"),
        ("2022-02-28", "2022-02-28"),
    ],
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str, expected: str) -> None:
    assert cell(text) == expected


@pytest.mark.parametrize("separator", [",", ";", "|"])
def test_no_cell_is_a_formula_whatever_the_separator(separator: str) -> None:
    text = csv.render(foreign.report()).decode("utf-8-sig")
    for row in stdlib.reader(io.StringIO(text, newline=""), delimiter=separator):
        for each in row:
            bare = each.lstrip(' "')
            assert not re.match(r"[=+\-@\t\r]", bare) or re.fullmatch(r"[+-]?\d+(\.\d+)?", each), each


def test_evil_names_keep_every_row_whole() -> None:
    told = rows(foreign.report())
    assert all(set(row) == set(csv.COLUMNS) and None not in row.values() for row in told)
    assert {row["verdict"] for row in told} == {"eligible", "ineligible", ""}


def test_findings_about_several_entries_come_last_without_a_path() -> None:
    batch = (build.finding("same-work", "fail", keys=(), expected="each once", actual="two"),)
    last = rows(build.report(build.passing(), batch=batch))[-1]
    assert (last["path"], last["rule"]) == ("", "same-work")
