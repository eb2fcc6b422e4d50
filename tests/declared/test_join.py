from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcheck.declared.fields import FIELDS, read_field
from vidcheck.declared.join import match
from vidcheck.declared.layout import DEFAULT, ManifestLayout
from vidcheck.declared.manifest import Declaration, Manifest
from vidcheck.facts import Facts
from vidcheck.findings import Level, Outcome
from vidcheck.sources.targets import Target

if TYPE_CHECKING:
    from vidcheck.declared.join import Matched

SHANGHAI = ZoneInfo("Asia/Shanghai")


def row(number: int = 2, **texts: str) -> Declaration:
    by_name = {name.replace("_", "-"): text for name, text in texts.items() if name != "column"}
    where = f"e.csv: {number}"
    facts = tuple(
        fact for name, text in by_name.items() for fact in read_field(FIELDS[name], text, locator=where, zone=SHANGHAI)
    )
    return Declaration(
        locator=where, line=number, facts=Facts(facts=facts), texts=(*by_name.items(), *([("", texts["column"])] if "column" in texts else []))
    )  # fmt: skip


def matched(rows: list[Declaration], *files: str, layout: ManifestLayout = DEFAULT) -> Matched:
    targets = [Target(path=f"entries/{name}", follow=False) for name in sorted(files)]
    return match(Manifest(path="e.csv", rows=tuple(rows)), targets, ["entries/"], layout)


def titles(told: Matched) -> dict[str, list[Any]]:
    return {
        target.path.removeprefix("entries/"): [fact.value for fact in target.declared.of("declared.title")]
        for target in told.targets
        if target.declared.facts
    }


def words(told: Matched) -> list[str]:
    return [finding.message.render("en") for finding in told.findings]


@pytest.mark.parametrize(
    ("cell", "file"),
    [
        ("a.mp4", "a.mp4"), ("a", "a.mp4"), ("A.MP4", "a.mp4"), (" ａ.mp4 ", "a.mp4"), ("./a.mp4", "a.mp4"), ("entries/a.mp4", "a.mp4"),
        ("01/x.mp4", "01/x.mp4"), ("01\\x.mp4", "01/x.mp4"), ("x", "01/x.mp4"), ("湿地 之美", "湿地之美.mp4"), ("é.mp4", "e\u0301.mp4"), ("a.mp4\u200b", "a.mp4"),
        ("\u202aa.mp4", "a.mp4"),
    ],
)  # fmt: skip
def test_a_row_finds_the_file_that_its_cell_names(cell: str, file: str) -> None:
    told = matched([row(file=cell, title="t")], "a.mp4", "01/x.mp4", "湿地之美.mp4", "e\u0301.mp4")
    assert titles(told) == {file: ["t"]}


@pytest.mark.parametrize(
    "cell",
    ["../a.mp4", "x/../../a.mp4", "..\\a.mp4", "/entries/a.mp4", "C:\\a.mp4", "c:a.mp4", "~/a.mp4", "file:///entries/a.mp4", "．．/a.mp4", "a.mp4\0", "\\\\host\\a.mp4"],
)  # fmt: skip
def test_a_cell_that_leads_out_of_the_folder_finds_nothing(cell: str) -> None:
    told = matched([row(file=cell)], "a.mp4")
    assert titles(told) == {}
    assert "lies outside the folder that is checked" in words(told)[0]
    assert "\0" not in words(told)[0]


def test_rows_without_a_file_and_files_without_a_row_are_findings() -> None:
    told = matched([row(file="b.mp4"), row(3, file="a.mp4", title="t"), row(4, category="动画")], "a.mp4", "c.mp4")
    assert words(told) == [
        "e.csv: 2: there is no file b.mp4.",
        "e.csv: 4: the row names no file.",
    ]
    missed = [target.missed for target in told.targets if target.missed]
    assert [target.path for target in told.targets if target.missed] == ["entries/c.mp4"]
    assert [finding.message.render("en") for finding in missed] == ["the manifest has no row for this file."]
    assert [finding.place.line for finding in told.findings] == [2, 4]
    assert {(finding.rule, finding.outcome, finding.level) for finding in [*told.findings, *missed]} == {
        ("manifest", Outcome.UNKNOWN, Level.REQUIRED)
    }


def test_two_rows_for_one_file_are_a_finding_and_both_are_heard() -> None:
    told = matched([row(file="a.mp4", title="x"), row(3, file="A", title="y")], "a.mp4")
    assert titles(told) == {"a.mp4": ["x", "y"]}
    assert [one.missed.keys for one in told.targets if one.missed] == [("declared.file", "declared.title")]
    assert words(told) == [], "one cause is one finding"
    alike = matched([row(file="a.mp4", title="x"), row(3, file="a.mp4", title="x")], "a.mp4")
    assert words(alike) == ["2 rows are for the file entries/a.mp4: e.csv: 2, e.csv: 3."]


def test_a_cell_that_fits_several_files_finds_none_of_them() -> None:
    told = matched([row(file="x.mp4", title="t")], "1/x.mp4", "2/x.mp4")
    assert titles(told) == {}
    assert words(told)[0] == "e.csv: 2: 2 files fit x.mp4: entries/1/x.mp4, entries/2/x.mp4."


def test_letter_case_decides_where_two_files_differ_in_it_alone() -> None:
    assert titles(matched([row(file="A.mp4", title="t")], "a.mp4", "A.mp4")) == {"A.mp4": ["t"]}


def test_without_a_file_column_the_title_finds_the_file() -> None:
    told = matched([row(title="湿地之美"), row(3, title="ＡＢ c")], "湿地 之美.mp4", "sub/abC.mov")
    assert titles(told) == {"湿地 之美.mp4": ["湿地之美"], "sub/abC.mov": ["ＡＢ c"]}
    assert words(matched([row(title="没有")], "a.mp4"))[0] == "e.csv: 2: no file is named like the title 没有."


def test_a_column_of_the_layout_goes_before_all_else() -> None:
    told = matched([row(column="007", file="a.mp4", title="t")], "007.mp4", "a.mp4", layout=ManifestLayout(file="编号"))
    assert titles(told) == {"007.mp4": ["t"]}


def test_a_folder_has_one_entry() -> None:
    layout = ManifestLayout(folder="编号")
    files = ("07/film.mp4", "08/a/film.mp4", "09/a.mp4", "09/b.mp4")
    told = matched(
        [
            row(column="07", title="x"),
            row(3, column="08/", title="y"),
            row(4, column="09"),
            row(5, column="10"),
            row(6, column="../07"),
        ],
        *files,
        layout=layout,
    )
    assert titles(told) == {"07/film.mp4": ["x"], "08/a/film.mp4": ["y"]}
    assert words(told)[:3] == [
        "e.csv: 4: 2 files fit 09: entries/09/a.mp4, entries/09/b.mp4.",
        "e.csv: 5: there is no folder 10 with an entry in it.",
        "e.csv: 6: the folder ../07 lies outside the folder that is checked, and is not looked for.",
    ]


def test_a_pattern_of_names_finds_files_by_their_fields() -> None:
    layout = ManifestLayout(name=r"(?P<title>.+?)[-－](?P<authors>.+)\.mp4")
    rows = [row(title="湿地 之美", authors="张三、李四"), row(3, title="冰雪", authors="王五")]
    told = matched(rows, "湿地之美-张三,李四.mp4", "冰雪-赵六.mp4", layout=layout)
    assert titles(told) == {"湿地之美-张三,李四.mp4": ["湿地 之美"]}
    assert words(told)[0] == "e.csv: 3: no file's name says what the row says."


def test_groups_of_a_pattern_may_bear_fields_with_a_hyphen_as_underscores() -> None:
    layout = ManifestLayout(name=r"(?P<broadcast_date>.+)\.mp4")
    told = matched([row(broadcast_date="2021年12月5日", title="t")], "2021-12-05.mp4", layout=layout)
    assert titles(told) == {"2021-12-05.mp4": ["t"]}


def test_a_pattern_that_takes_for_ever_is_stopped_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vidcheck.declared.join.PATTERN_SECONDS", 0.01)
    layout = ManifestLayout(name=r"(?P<title>(a|a|aa)+)\.mp4")
    files = [f"{'a' * 60}{number}.mov" for number in range(20)]
    told = matched([row(title="a")], *files, layout=layout)
    assert sum("took longer than a second" in line for line in words(told)) == 5


@given(st.text(max_size=40))
def test_no_cell_finds_what_the_run_has_not_found(cell: str) -> None:
    told = matched([row(file=cell, title="t")], "a.mp4")
    assert bool(titles(told)) == (len(told.findings) == 0)


def test_five_thousand_rows_find_their_files_one_by_one() -> None:
    rows = [row(number + 2, file=f"{number:05}.mp4", title=f"作品{number}") for number in range(5000)]
    told = matched(rows, *(f"{number:05}.mp4" for number in range(5000)))
    assert titles(told) == {f"{number:05}.mp4": [f"作品{number}"] for number in range(5000)}
    assert told.findings == ()


@pytest.mark.parametrize(
    "quoted",
    [row(file="水 139.0005.0185.mp4"), row(title="水 139.0005.0185"), row(file="../水 139.0005.0185.mp4")],
    ids=["file", "title", "outside"],
)
def test_a_cell_that_names_no_file_is_quoted_without_the_telephone_in_it(quoted: Declaration) -> None:
    said = words(matched([quoted], "a.mp4"))[0]
    assert "水 ***" in said
    assert "0185" not in said
