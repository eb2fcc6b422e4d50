"""Every format shows a finding's remarks and the entry's own."""

from __future__ import annotations

import csv
import io
import json as stdlib
import zipfile
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

import pytest

from tests.reports import build
from vidcheck import reports
from vidcheck.reports import saved, text
from vidcheck.texts import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from vidcheck.findings import EntryReport, Report

HELD = say("{witness} sees odd lengths", witness="boxes")
LOOSE = say("{witness} reports a loose end", witness="boxes")


def remarked(entry: EntryReport) -> EntryReport:
    """The entry with a remark at its last finding that is known, and one of its own."""
    *before, last = entry.findings
    return replace(entry, findings=(*before, replace(last, remarks=(HELD,))), remarks=(LOOSE,))


def eligible() -> EntryReport:
    return remarked(build.entry("entries/001.mp4", build.good_format(), build.good_size()))


def failing() -> EntryReport:
    return remarked(build.entry("entries/017.mp4", build.good_format(), build.long_duration()))


def several() -> Report:
    return build.report(eligible(), build.entry("entries/002.mp4", build.good_format()))


def shown(name: str, report: Report) -> str:
    data = reports.render(name, report)
    if name == "xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            data = b"".join(book.read(part) for part in book.namelist())
    return unescape(data.decode("utf-8-sig" if name == "csv" else "utf-8"))


@pytest.mark.parametrize(
    "name", sorted(reports.FORMATS.keys() - {"contacts", "table"})
)  # lists of people to call, and what came out
@pytest.mark.parametrize("entry", [eligible, failing], ids=["passing", "failing"])
def test_every_format_shows_both_kinds(name: str, entry: Callable[[], EntryReport]) -> None:
    told = shown(name, build.report(entry(), build.entry("entries/002.mp4", build.good_format())))
    for remark in (HELD, LOOSE):
        assert remark.render("en") in told


@pytest.mark.parametrize("name", reports.FORMATS.keys() - {"table"})
def test_without_remarks_no_format_speaks_of_them(name: str) -> None:
    told = shown(name, build.report(build.entry("entries/002.mp4", build.good_format())))
    assert "•" not in told


@pytest.mark.parametrize(("lang", "counted"), [("en", "eligible, 2 remarks"), ("zh", "合格，2 条备注")])
@pytest.mark.parametrize("alone", [True, False])
def test_the_verdict_line_counts_them(lang: str, counted: str, *, alone: bool) -> None:
    report = build.report(eligible()) if alone else several()
    lines = text.render(report, lang).decode().splitlines()
    assert any("entries/001.mp4" in line and counted in line for line in lines)
    assert not any("entries/002.mp4" in line and counted in line for line in lines)


def test_one_is_one_remark() -> None:
    (entry,) = build.report(replace(eligible(), remarks=())).entries
    assert "eligible, 1 remark\n" in text.entry_page(entry, build.RULES).plain(80)


def test_on_the_screen_a_remark_stands_under_its_rule_and_the_entrys_own_after_all_rules() -> None:
    lines = [line.strip() for line in text.render(several()).decode().splitlines()]
    size, held, loose = (
        next(at for at, line in enumerate(lines) if part in line)
        for part in ("✓ size", f"• {HELD.render('en')}", f"• {LOOSE.render('en')}")
    )
    assert size < held < loose


def test_json_has_lists_of_texts_everywhere() -> None:
    one, two = stdlib.loads(reports.render("json", several()))["entries"]
    assert one["remarks"] == [LOOSE.render("en")]
    assert [finding["remarks"] for finding in one["findings"]] == [[], [HELD.render("en")]]
    assert two["remarks"] == two["findings"][0]["remarks"] == []


def test_the_reader_of_reports_gives_them_back_and_takes_reports_without_them() -> None:
    data = reports.render("json", several())
    entry = saved.read(data, "r.json").entries[0]
    assert entry.remarks == (LOOSE.render("en"),)
    assert [finding.remarks for finding in entry.findings] == [(), (HELD.render("en"),)]
    old = stdlib.loads(data)
    for each in old["entries"]:
        del each["remarks"]
        for finding in each["findings"]:
            del finding["remarks"]
    entry = saved.read(stdlib.dumps(old).encode(), "r.json").entries[0]
    assert entry.remarks == entry.findings[1].remarks == ()


def test_csv_has_the_entrys_own_in_a_row_without_a_rule() -> None:
    rows = list(csv.DictReader(io.StringIO(shown("csv", build.report(eligible())))))
    assert [(row["rule"], row["remarks"]) for row in rows] == [
        ("format", ""), ("size", HELD.render("en")), ("", LOOSE.render("en")),
    ]  # fmt: skip
