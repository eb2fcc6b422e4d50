from __future__ import annotations

import io
import os
import sys
import time
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from tests.reports import build, foreign
from vidcheck.facts import State
from vidcheck.quantities import DATE, Manner, Moment
from vidcheck.reports import MissingExtraError, xlsx
from vidcheck.reports.xlsx import LONGEST, Cell, fact_cell, text
from vidcheck.texts import Plain

if TYPE_CHECKING:
    from vidcheck.findings import Report


def book(report: Report, lang: str = "en", **how: Any) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(xlsx.render(report, lang)), **how)


def table(sheet: Any) -> list[dict[str, Any]]:
    heads, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_there_are_three_sheets() -> None:
    assert book(build.folder()).sheetnames == ["Summary", "Entries", "Findings"]


def test_heads_are_frozen_and_filters_are_on() -> None:
    told = book(build.folder())
    assert (told["Entries"].freeze_panes, told["Findings"].freeze_panes) == ("C2", "B2")
    assert told["Entries"].auto_filter.ref == told["Entries"].dimensions
    assert told["Findings"].auto_filter.ref == told["Findings"].dimensions


def test_the_matrix_has_a_row_an_entry_and_a_column_a_rule() -> None:
    rows = table(book(build.folder())["Entries"])
    assert list(rows[0])[:4] == ["entry", "verdict", "bytes", "running time"]
    by_name = {row["entry"]: row for row in rows}
    row = by_name["entries/017.mp4"]
    told = {name: row[name] for name in ("verdict", "resolution", "completed", "mandarin", "codec", "landscape")}
    assert told == {
        "verdict": "ineligible", "resolution": "warning", "completed": "pass", "mandarin": "manual",
        "codec": None, "landscape": None,
    }  # fmt: skip
    assert list(by_name) == sorted(by_name)


LONG = "films/" + "长" * 190 + ".mp4"
ODD = "films/50%20#=1+1 [x].mp4"


def test_a_printed_sheet_is_a4_across_with_its_heads_on_every_page() -> None:
    told: Any = book(build.folder(), "zh")
    for sheet in told:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert "&P" in sheet.oddFooter.center.text
    summary, entries, findings = told
    assert (summary.sheet_properties.pageSetUpPr.fitToPage, summary.page_setup.fitToHeight) == (True, 0)
    assert (entries.print_title_rows, entries.print_title_cols, findings.print_title_rows) == (
        "$1:$1",
        "$A:$B",
        "$1:$1",
    )
    assert [each.id for each in entries.col_breaks.brk] == [7]
    assert findings.print_area == f"'{findings.title}'!$A$1:$H${findings.max_row}"


def test_a_long_text_has_all_its_lines_on_paper() -> None:
    sheet = book(build.report(build.entry(LONG, build.long_duration())))["Entries"]
    assert sheet["A2"].value == LONG
    assert sheet["A2"].alignment.wrap_text
    assert 165 <= sheet.row_dimensions[2].height <= 225
    assert sheet.row_dimensions[1].height is None or sheet.row_dimensions[1].height < 60


def test_an_entry_leads_to_its_film_from_where_the_workbook_lies() -> None:
    report = build.report(*(build.entry(path, build.long_duration()) for path in (LONG, ODD, "films/a.mp4", "b:c.mp4")))
    made = xlsx.render(report, folder="out")
    sheet = openpyxl.load_workbook(io.BytesIO(made))["Entries"]
    links = {
        row[0].value: [cell.hyperlink.target for cell in row[:2] if cell.hyperlink]
        for row in sheet.iter_rows(min_row=2)
    }
    assert links == {
        LONG: [f"..\\films\\{'长' * 190}.mp4"],
        ODD: ["..\\films\\50%2520%23=1+1%20%5Bx%5D.mp4"],
        "films/a.mp4": ["..\\films\\a.mp4"],
        "b:c.mp4": [],
    }
    assert not any(cell.hyperlink for row in book(report)["Entries"].iter_rows() for cell in row)


def test_outcomes_have_colours_of_their_own() -> None:
    sheet = book(build.folder())["Entries"]
    fills: dict[str, set[str]] = {}
    for row in sheet.iter_rows(min_row=2, min_col=8):
        for cell in row:
            if cell.value:
                fills.setdefault(str(cell.value), set()).add(cell.fill.fgColor.rgb)
    assert fills.keys() == {"pass", "fail", "warning", "unknown", "manual", "skip"}
    assert all(len(colours) == 1 for colours in fills.values())
    assert len({min(colours) for colours in fills.values()}) == 6


def test_figures_are_figures() -> None:
    sheet = book(build.report(build.failing()))["Findings"]
    values = {row["rule"]: row["value"] for row in table(sheet)}
    assert values["size"] == 138_640_102
    assert values["duration"] == timedelta(seconds=312, milliseconds=480)
    assert values["completed"] == datetime.fromisoformat("2021-05-01T10:30")
    assert values["resolution"] == "640×360"
    column = [cell.value for cell in sheet[1]].index("value")
    formats = {row[2].value: row[column].number_format for row in sheet.iter_rows(min_row=2)}
    assert formats["duration"] == "[h]:mm:ss.000"
    assert formats["completed"] == "yyyy-mm-dd hh:mm:ss"
    assert formats["size"] == "#,##0"


def test_the_matrix_shows_size_and_duration_as_figures() -> None:
    (row,) = table(book(build.report(build.failing()))["Entries"])
    assert (row["bytes"], row["running time"]) == (138_640_102, timedelta(seconds=312, milliseconds=480))


def test_the_matrix_has_title_unit_and_reason() -> None:
    told = tuple(
        build.fact(f"declared.{name}", "declared", words)
        for name, words in (("title", "昆虫的一生 13812345678"), ("recommender", "哈尔滨市科技馆"))
    )
    (row,) = table(book(build.report(replace(build.failing(), declared=told)))["Entries"])
    assert (row["title"], row["unit or maker"]) == ("昆虫的一生 (given)", "哈尔滨市科技馆")
    assert row["why"] == "duration is 5:12.480; expected: 2:00 to 5:00."


def test_a_finding_has_its_evidence() -> None:
    row = next(row for row in table(book(build.report(build.failing()))["Findings"]) if row["rule"] == "duration")
    assert row["evidence"] == "MediaInfo 5:12.480 (General.Duration)\nffprobe 5:12.480 (format.duration)"
    assert row["asked by"] == "rules.yaml:21"
    assert row["difference"] == "+12.480 s"
    assert row["command"].startswith("ffmpeg -i entries/017.mp4 ")


def test_the_summary_tells_the_rules_and_the_counts() -> None:
    rows = [row for row in book(build.folder(incomplete=True))["Summary"].iter_rows(values_only=True) if row[0]]
    assert str(rows[0][0]).startswith("INCOMPLETE")
    told = {row[0]: row[1] for row in rows}
    assert told["call"] == build.TITLE
    assert (told["entries"], told["ineligible"], told["other files ignored"]) == (5, 2, 2)
    duration = next(row for row in rows if row[0] == "duration")
    assert duration[2:7] == (4, 1, 0, 0, 0)


@pytest.mark.parametrize(
    "report", [build.folder(), foreign.report(), build.report()], ids=["folder", "hostile", "empty"]
)
def test_no_cell_is_a_formula(report: Report) -> None:
    for sheet in book(report).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"s", "n", "d"}
                assert cell.data_type != "n" or not isinstance(cell.value, str)
    with zipfile.ZipFile(io.BytesIO(xlsx.render(report))) as archive:
        for name in archive.namelist():
            tags = {element.tag.rpartition("}")[2] for element in ET.fromstring(archive.read(name)).iter()}  # noqa: S314
            assert not tags & {"f", "formula", "hyperlink", "externalReference"}


@pytest.mark.parametrize("name", ["formula", "plus", "at", "error", "markup", "tab"])
def test_evil_text_comes_back_as_text(name: str) -> None:
    evil = foreign.EVIL[name]
    rows = table(book(build.report(build.entry("a.mp4", foreign.finding(evil))))["Findings"])
    assert rows[0]["actual"] == evil.strip()


def test_no_text_is_longer_than_a_cell() -> None:
    for words in (foreign.EVIL["long"], foreign.EVIL["emoji"], "a" * 32_768):
        told = text(words)
        assert len(told.encode("utf-16-le")) // 2 <= LONGEST
        assert told.endswith("…")
    assert text("a" * LONGEST) == "a" * LONGEST


@pytest.mark.parametrize(
    "words", ["_x003D_1 a_x_b _x12_", "<r><t>x</t></r>", "<r>", "<r><f>1</f></r>\n<r/>", "1e5", "http://a.b"]
)
def test_what_excel_or_its_writer_would_read_as_its_own_comes_back_as_text(words: str) -> None:
    (row,) = table(book(build.report(build.entry("a.mp4", build.finding(words, why=Plain(words)))))["Findings"])
    assert row["rule"].strip() == words


def test_every_part_is_well_formed_whatever_stands_in_it() -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx.render(foreign.report()))) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ET.fromstring(archive.read(name))  # noqa: S314


def test_the_same_report_makes_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = xlsx.render(build.folder())
    monkeypatch.setattr("time.time", lambda: 2e9)
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    before = os.umask(0o077)
    try:
        assert xlsx.render(build.folder()) == first
    finally:
        os.umask(before)
        monkeypatch.undo()
        time.tzset()


def test_a_reader_that_streams_sees_every_row() -> None:
    told = book(build.folder(), read_only=True)
    assert sum(1 for _ in told["Findings"].iter_rows()) == 1 + sum(
        len(each.findings) for each in build.folder().entries
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(Moment.at(datetime.fromisoformat("1904-01-01T00:00:00+00:00")), datetime.fromisoformat("1904-01-01T08:05:43"), id="old"),
        pytest.param(Moment.at(datetime.fromisoformat("1899-01-01T00:00:00+00:00")), "1899-01-01 08:05:43 +08:05:43", id="too-old"),
        pytest.param(DATE.read("2022-02"), "2022-02", id="month"),
    ],
)  # fmt: skip
def test_dates_that_no_spreadsheet_knows_are_text(value: Any, expected: Any) -> None:
    told = fact_cell(build.fact("completed", "boxes", value), Manner("en", build.SHANGHAI)).value
    assert str(told)[:10] == str(expected)[:10]
    assert type(told) is type(expected)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("duration", Fraction(-1), str), ("duration", Fraction(10**9), str), ("size", 10**16, str), ("size", 5, int),
        ("video.frame-rate", Fraction(30000, 1001), float), ("bit-rate", Fraction(4_000_000), int),
        ("aspect-ratio", Fraction(16, 9), str), ("audio.count", 2, int), ("intact", True, str),
    ],
)  # fmt: skip
def test_figures_that_fit_are_figures(key: str, value: Any, expected: type) -> None:
    assert type(fact_cell(build.fact(key, "mediainfo", value), Manner()).value) is expected


def test_absent_and_unknown_are_said() -> None:
    assert fact_cell(build.fact("title", "mediainfo", state=State.ABSENT), Manner()) == Cell("absent")


def test_without_the_extra_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(MissingExtraError) as caught:
        xlsx.render(build.folder())
    assert str(caught.value) == ('The xlsx report needs a library that is not installed: pip install "vidcheck[xlsx]"')
    assert caught.value.words.render("en") == str(caught.value)
