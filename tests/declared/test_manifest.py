from __future__ import annotations

import datetime as dt
import gc
import json as stdlib
import os
import pickle
import sys
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.declared import tables
from tests.thorough import examples
from vidcheck.declared import manifest
from vidcheck.declared.layout import DEFAULT, ManifestLayout
from vidcheck.declared.manifest import read_table
from vidcheck.declared.tables.cells import ManifestError
from vidcheck.facts import State
from vidcheck.quantities import DATE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vidcheck.declared.manifest import Declaration, Manifest

SHANGHAI = ZoneInfo("Asia/Shanghai")
OBJECTS = [dict(zip(tables.ROWS[0], row, strict=True)) for row in tables.ROWS[1:]]
YAML = "".join(
    "- " + "\n  ".join(f"{label}: {stdlib.dumps(text, ensure_ascii=False)}" for label, text in row.items()) + "\n"
    for row in OBJECTS
)
FORMS: dict[str, tuple[str, bytes]] = {
    "xlsx": ("entries.xlsx", tables.workbook()),
    "xlsx as Excel saves it": ("entries.xlsx", tables.as_excel_saves_it(tables.workbook())),
    "xlsx under another name": ("entries.csv", tables.workbook()),
    "xlsx with a title above": ("entries.xlsx", tables.workbook([("2022年汇总表",), (), *tables.ROWS])),
    "xlsm": ("entries.xlsm", tables.rezipped(tables.workbook(), {
        "xl/vbaProject.bin": b"not run",
        "[Content_Types].xml": lambda xml: xml.replace(b"spreadsheetml.sheet.main+xml", b"sheet.macroEnabled.main+xml").replace(
            b"application/vnd.openxmlformats-officedocument.sheet.macro", b"application/vnd.ms-excel.sheet.macro"),
    })),
    "csv": ("entries.csv", tables.csv()),
    "csv with a mark": ("entries.csv", tables.csv(encoding="utf-8-sig")),
    "csv in GB18030": ("entries.csv", tables.csv(encoding="gb18030")),
    "csv in UTF-16": ("entries.txt", tables.csv(encoding="utf-16", separator="\t")),
    "tabs": ("entries.tsv", tables.csv(separator="\t")),
    "semicolons": ("entries.csv", tables.csv(separator=";")),
    "csv with a title above": ("entries.csv", "2022年汇总表,,\r\n\r\n".encode() + tables.csv()),
    "json": ("entries.json", stdlib.dumps(OBJECTS, ensure_ascii=False).encode()),
    "json under entries": ("entries.json", stdlib.dumps({"entries": OBJECTS}).encode()),
    "yaml": ("entries.yaml", YAML.encode()),
    "yaml under entries": ("entries.yml", ("entries:\n" + YAML).encode()),
}  # fmt: skip


def read(path: Path, layout: ManifestLayout = DEFAULT) -> Manifest:
    return manifest.read(manifest.look(str(path), layout), str(path), layout, SHANGHAI)


def put(folder: Path, raw: bytes, name: str = "entries.xlsx") -> Path:
    path = folder / name
    path.write_bytes(raw)
    return path


def values(row: Declaration) -> dict[str, Any]:
    return {fact.key: fact.value if fact.state is State.KNOWN else fact.state for fact in row.facts.facts}


def one(folder: Path, row: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What a workbook with one row declares."""
    raw = tables.workbook([(*row, "视频文件"), (*row.values(), "a.mp4")], **more)
    (only,) = read(put(folder, raw)).rows
    return values(only)


@pytest.mark.parametrize(("name", "raw"), FORMS.values(), ids=list(FORMS))
def test_the_same_table_says_the_same_in_every_form(name: str, raw: bytes, tmp_path: Path) -> None:
    rows = read(put(tmp_path, raw, name)).rows
    plain = read(put(tmp_path, tables.csv(), "plain.csv")).rows
    assert [values(row) for row in rows] == [values(row) for row in plain]
    first = values(rows[0])
    assert first["declared.authors"] == ("张三", "李四")
    assert first["declared.broadcast-host"] == ("www.example.cn",)
    assert DATE.write(first["completed"]) == "2021-12"
    assert all(fact.locator.startswith(name) for row in rows for fact in row.facts.facts)


@pytest.mark.parametrize(
    ("name", "raw", "locator"),
    [
        ("entries.xlsx", tables.workbook([("2022",), *tables.ROWS], title="作品 表"), "entries.xlsx: 作品 表!C4"),
        ("entries.csv", tables.csv(), "entries.csv: C3"),
        ("entries.json", stdlib.dumps(OBJECTS).encode(), "entries.json: [2].播出时间"),
        ("entries.yaml", YAML.encode(), "entries.yaml:9: 播出时间"),
    ],
    ids=["xlsx", "csv", "json", "yaml"],
)
def test_a_fact_names_its_sheet_row_and_column(name: str, raw: bytes, locator: str, tmp_path: Path) -> None:
    rows = read(put(tmp_path, raw, name)).rows
    assert [fact.locator for fact in rows[1].facts.of("declared.broadcast-date")] == [locator]


@pytest.mark.parametrize(("made", "words"), tables.HOSTILE.values(), ids=tables.HOSTILE)
def test_a_hostile_workbook_is_refused_with_its_reason(made: Callable[[], bytes], words: str, tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"entries\.xlsx") as refused:
        read(put(tmp_path, made()))
    assert words in str(refused.value)
    assert refused.value.render("zh") != str(refused.value)
    again = pickle.loads(pickle.dumps(refused.value))  # noqa: S301 - our own
    assert str(again) == str(refused.value)


TEXTS: dict[str, tuple[str, bytes, str]] = {
    "neither UTF-8 nor GB18030": ("e.csv", b"\xff\x80\xff" * 9, "neither UTF-8 nor GB18030"),
    "binary": ("e.csv", b"title,file\n\0\0", "e.csv:2: the character \\x00 can't stand"),
    "an open quote": ("e.csv", b'title,file\na,"b', "e.csv: 2: the row can't be read"),
    "no column is known": ("e.csv", b"a,b\n1,2", "no row names known columns; the first says: a, b"),
    "no column finds a file": ("e.csv", "联系电话,电子邮箱\n1,2".encode(), "no column names the file or the title"),
    "no row": ("e.csv", "作品名称,视频文件\n".encode(), "no entry stands in it"),
    "201 columns": ("e.csv", b"title,file\n" + b"x," * 201 + b"x", "e.csv: 2: there are more than 200 columns"),
    "100,001 rows": ("e.csv", b"title,file\n" + b"a,b\n" * 100_030, "more than 100000 rows"),
    "UTF-16 without a mark": ("e.csv", "title,file\na,b\n".encode("utf-16-le"), "save it as UTF-8"),
    "UTF-32": ("e.csv", "title,file\na,b\n".encode("utf-32"), "save it as UTF-8"),
    "Big5": ("e.csv", "作品名稱,視頻檔案\na,b\n".encode("big5"), "save it as UTF-8"),
    "a web page": ("e.xls", b"\n<HTML><table><tr><td>title</table>", "open it in Excel or WPS"),
    "no JSON": ("e.json", b'[{"title": }]', "e.json:1:12: this is no JSON"),
    "deep JSON": ("e.json", b"[" * 100_000, "deeper than"),
    "JSON of texts": ("e.json", b'["a"]', "[1]: an entry is a mapping of fields to texts"),
    "JSON without a list": ("e.json", b'{"a": 1}', "a list of entries"),
    "a name twice in JSON": ("e.json", b'[{"title": "a", "title": "b"}]', "[1].title: 'title' stands here a second time"),
    "no YAML": ("e.yaml", b"- title: [\n", "this is no YAML"),
    "YAML aliases": ("e.yaml", b"- title: &a x\n- title: *a\n", "e.yaml:1:10: YAML aliases, anchors and tags are refused"),
    "a YAML tag": ("e.yaml", b"- title: !!python/object:os.system x\n", "e.yaml:1:10: YAML aliases, anchors and tags"),
    "deep YAML": ("e.yaml", b"[" * 2000, "deeper than"),
    "two YAML documents": ("e.yaml", b"- title: a\n---\n- title: b\n", "e.yaml:2: a second document"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "raw", "words"), TEXTS.values(), ids=list(TEXTS))
def test_a_text_that_is_no_manifest_is_refused_with_its_place(
    name: str, raw: bytes, words: str, tmp_path: Path
) -> None:
    with pytest.raises(ManifestError) as refused:
        read(put(tmp_path, raw, name))
    assert words in str(refused.value)


def test_a_file_of_33_mebibytes_is_not_read(tmp_path: Path) -> None:
    path = put(tmp_path, b"")
    os.truncate(path, 33 * 2**20)
    with pytest.raises(ManifestError, match="longer than 32 MiB"):
        read(path)


@pytest.mark.parametrize("kind", ["folder", "pipe", "nothing"])
def test_what_is_no_file_is_never_waited_for(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "entries.csv"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(ManifestError, match=r"entries\.csv"):
        read(path)


def test_without_openpyxl_a_workbook_is_refused_with_what_to_do_and_csv_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(ManifestError, match=r"pip install 'vidcheck\[xlsx\]'"):
        read(put(tmp_path, WORKBOOK))
    assert len(read(put(tmp_path, tables.csv(), "e.csv")).rows) == 2


def test_a_formula_counts_as_what_excel_kept_of_it(tmp_path: Path) -> None:
    raw = tables.workbook([("作品名称", "视频文件"), ("=1+1", "a.mp4"), ("=B2", "b.mp4")])
    kept = tables.rezipped(
        raw,
        {
            tables.SHEET: lambda xml: xml.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(
                b"<f>1+1</f><v/>", b"<f>1+1</f><v>2</v>"
            )
        },
    )
    first, second = read(put(tmp_path, kept)).rows
    assert values(first)["declared.title"] == "2"
    (fact,) = second.facts.of("declared.title")
    assert fact.state is State.UNKNOWN
    assert fact.locator == "entries.xlsx: Sheet1!A3"
    assert "formula" in fact.note.render("en")  # type: ignore[union-attr]


def test_an_error_in_a_cell_is_unknown(tmp_path: Path) -> None:
    told = one(tmp_path, {"播出时间": "#REF!", "类别": "#N/A"})
    assert (told["declared.broadcast-date"], told["declared.category"]) == (State.UNKNOWN, State.UNKNOWN)


def shown_as(form: str) -> Any:
    def change(book: Any) -> None:
        book.active["A2"].number_format = form

    return change


@pytest.mark.parametrize(
    ("value", "form", "written"),
    [
        (dt.datetime(2021, 12, 5), "yyyy-mm-dd", "2021-12-05"),  # noqa: DTZ001 - as a sheet holds it
        (dt.datetime(2021, 12, 5, 20, 30), "yyyy/m/d h:mm", "2021-12-05 20:30:00+08:00"),  # noqa: DTZ001
        (dt.datetime(2021, 12, 1), 'yyyy"年"m"月"', "2021-12"),  # noqa: DTZ001
        (dt.datetime(2021, 12, 1), 'yyyy"年"m"月"d"日"', "2021-12-01"),  # noqa: DTZ001
        (dt.datetime(2021, 12, 5), "mmm-yy", "2021-12-05"),  # noqa: DTZ001
        (44535, "General", "2021-12-05"),
        ("2021年12月", "General", "2021-12"),
        (2021.12, "General", "2021-12"),
    ],
)
def test_excels_dates_are_as_exact_as_the_sheet_shows_them(value: Any, form: str, written: str, tmp_path: Path) -> None:
    told = one(tmp_path, {"播出时间": value}, change=shown_as(form))
    assert DATE.write(told["declared.broadcast-date"]) == written


def test_an_ambiguous_number_is_unknown_and_says_both_readings(tmp_path: Path) -> None:
    raw = tables.workbook([("播出时间", "视频文件"), (2021.10, "a.mp4")])
    (fact,) = read(put(tmp_path, raw)).rows[0].facts.of("declared.broadcast-date")
    assert fact.note is not None
    assert "write '2021-01' or '2021-10'" in fact.note.render("en")


def test_a_text_in_several_fonts_is_one_text_and_its_escaped_characters_are_themselves(tmp_path: Path) -> None:
    runs = b"<is><r><rPr><b/></rPr><t>\xe6\xb9\xbf</t></r><r><t>\xe5\x9c\xb0_x000D_\n_x005F_x0041__xD800_</t></r></is>"
    raw = tables.workbook([("作品名称", "视频文件"), ("TEXT", "a.mp4")])
    changed = tables.rezipped(raw, {tables.SHEET: lambda xml: xml.replace(b"<is><t>TEXT</t></is>", runs)})
    (row,) = read(put(tmp_path, changed)).rows
    assert row.text("title") == "湿地\r\n_x0041__xD800_"


def test_a_manifest_travels_between_processes_and_leaves_the_search_for_garbage_as_it_was(tmp_path: Path) -> None:
    told = read_table(str(put(tmp_path, tables.csv(), "e.csv")), DEFAULT, SHANGHAI)
    assert told == read(tmp_path / "e.csv")
    assert gc.isenabled()
    assert pickle.loads(pickle.dumps(told)) == told  # noqa: S301 - our own
    assert gc.isenabled()


def test_numbers_are_read_as_people_see_them(tmp_path: Path) -> None:
    told = one(tmp_path, {"联系电话": 13812345678, "作品名称": 3.5, "类别": True})
    assert (told["declared.telephone"], told["declared.title"], told["declared.category"]) == (
        ("13812345678",),
        "3.5",
        "TRUE",
    )


def test_a_cell_that_spans_rows_stands_in_each_of_them(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book.active.merge_cells("A2:A3")

    raw = tables.workbook(
        [("推荐单位", "视频文件"), ("省科技馆", "a.mp4"), (None, "b.mp4"), (None, "c.mp4")], change=change
    )
    told = [values(row)["declared.recommender"] for row in read(put(tmp_path, raw)).rows]
    assert told == ["省科技馆", "省科技馆", State.ABSENT]


TWO_ROWS = {
    "spanning cells": ("A1:A2", "B1:B2", "C1:D1"),
    "plain cells": (),
}


@pytest.mark.parametrize("spans", TWO_ROWS.values(), ids=list(TWO_ROWS))
@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (("作品名称", "视频文件", "联系方式", None), (None, None, "电话", "邮箱")),
        (("作品名称", "视频文件", "联系人", None), (None, None, "联系电话", "电子邮箱")),
        (("作品名称", "视频文件", "推荐单位", None), (None, None, "电话", "邮箱")),
    ],
    ids=["a group known by itself", "a group of no meaning", "a group that means something else"],
)
def test_heads_in_two_rows_are_read_together(
    spans: tuple[str, ...], upper: tuple[str | None, ...], lower: tuple[str | None, ...], tmp_path: Path
) -> None:
    def change(book: Any) -> None:
        for span in spans:
            book.active.merge_cells(span)

    rows = [upper, lower, ("湿地", "a.mp4", "13812345678", "a@example.cn")]
    (row,) = read(put(tmp_path, tables.workbook(rows, change=change))).rows
    told = values(row)
    assert (row.text("title"), row.text("file")) == ("湿地", "a.mp4")
    assert (told["declared.telephone"], told["declared.email"]) == (("13812345678",), ("a@example.cn",))


def test_a_lower_row_of_heads_that_knows_more_columns_leaves_the_upper_one_its_own(tmp_path: Path) -> None:
    heads = [("序号", "作品名称", "视频文件", "联系人"), (None, None, None, "电话", "邮箱", "地址")]
    rows = [*heads, (1, "湿地", "a.mp4", "13812345678", "a@example.cn", "长沙")]
    (row,) = read(put(tmp_path, tables.workbook(rows))).rows
    assert dict(row.texts) == {
        "title": "湿地", "file": "a.mp4", "telephone": "13812345678", "email": "a@example.cn", "address": "长沙",
    }  # fmt: skip


def test_what_stands_above_a_table_is_no_column_of_attachments(tmp_path: Path) -> None:
    rows = [("附件1",), (None, "作品名称", "视频文件"), (1, "湿地", "a.mp4")]
    assert [row.beside for row in read(put(tmp_path, tables.workbook(rows))).rows] == [None]


def test_heads_that_come_again_further_down_are_no_entry(tmp_path: Path) -> None:
    again = (*tables.ROWS[:2], tables.ROWS[0], tables.ROWS[2])
    assert [row.text("title") for row in read(put(tmp_path, tables.workbook(again))).rows] == ["湿地", "冰雪"]


def test_figures_that_a_csv_keeps_from_being_a_number_are_those_figures(tmp_path: Path) -> None:
    raw = '作品名称,联系电话,视频文件\r\n"=""湿地""",="13812345678","=""a """"1"""".mp4"""\r\n=SUM(A1),1,b.mp4'.encode()
    first, second = read(put(tmp_path, raw, "e.csv")).rows
    assert dict(first.texts) == {"title": "湿地", "telephone": "13812345678", "file": 'a "1".mp4'}
    assert second.text("title") == "=SUM(A1)"


def test_heads_that_span_two_rows_are_no_entry(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book.active.merge_cells("A1:A2")

    rows = [("作品名称", "视频文件"), (None, "（MP4）"), ("湿地", "a.mp4")]
    assert [row.text("title") for row in read(put(tmp_path, tables.workbook(rows, change=change))).rows] == ["湿地"]


def test_all_sheets_are_read_and_one_that_cannot_be_is_told(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        for name, rows in {"二": tables.ROWS, "说明": [("请如实填写",)], "空": [], "藏": tables.ROWS}.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(list(row))
        book["藏"].sheet_state = "hidden"

    told = read(put(tmp_path, tables.workbook(change=change)))
    assert [row.locator for row in told.rows] == [
        f"entries.xlsx: {sheet}!{row}" for sheet in ("Sheet1", "二") for row in (2, 3)
    ]
    assert [part.locator for part in told.unread] == ["entries.xlsx: 说明!", "entries.xlsx: 藏!"]


def test_rows_that_declare_nothing_are_no_entries(tmp_path: Path) -> None:
    rows = [
        ("序号", "作品名称", "视频文件"),
        ("1", "湿地", "a.mp4"),
        ("2", "", ""),
        ("注：截止5月9日",),
        ("3", "冰雪", ""),
    ]
    assert [row.text("title") for row in read(put(tmp_path, tables.workbook(rows))).rows] == ["湿地", "冰雪"]


def test_of_two_columns_for_one_field_the_one_that_tells_counts(tmp_path: Path) -> None:
    told = one(tmp_path, {"播出平台及网址": "湖南卫视", "播放网址": "https://a.cn/1"})
    assert (told["declared.broadcast-platform"], told["declared.broadcast-url"]) == ("湖南卫视", ("https://a.cn/1",))


def test_a_cell_of_40000_characters_is_unknown_and_takes_nothing_along(tmp_path: Path) -> None:
    raw = tables.csv([("内容简介", "视频文件"), ("长" * 40_000, "a.mp4"), ("短", "b.mp4")])
    first, second = read(put(tmp_path, raw, "e.csv")).rows
    assert (values(first)["declared.summary"], values(second)["declared.summary"]) == (State.UNKNOWN, "短")


def test_nested_values_in_json_are_unknown_and_lists_of_texts_are_lists(tmp_path: Path) -> None:
    raw = stdlib.dumps(
        [{"file": "a.mp4", "authors": ["张三", "李四"], "title": {"zh": "湿地"}, "category": None}]
    ).encode()
    told = values(read(put(tmp_path, raw, "e.json")).rows[0])
    assert (told["declared.authors"], told["declared.title"], told["declared.category"]) == (
        ("张三", "李四"),
        State.UNKNOWN,
        State.ABSENT,
    )


def test_a_layout_names_more_columns(tmp_path: Path) -> None:
    layout = ManifestLayout(columns=(("片子", "title"), ("导演", "authors")), file="编号")
    raw = tables.csv([("片子", "导演", "编号"), ("湿地", "张三", "a")])
    (row,) = read(put(tmp_path, raw, "e.csv"), layout).rows
    assert (row.text(""), row.text("title"), values(row)["declared.first-author"]) == ("a", "湿地", "张三")


def test_a_layouts_column_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="there is no column '编号'"):
        read(put(tmp_path, tables.csv(), "e.csv"), ManifestLayout(file="编号"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(150))
@given(
    raw=st.binary(max_size=300),
    name=st.sampled_from(["e.csv", "e.json", "e.yaml", "e.xlsx"]),
    sound=st.booleans(),
    at=st.floats(0, 1),
)
def test_whatever_stands_there_is_read_or_refused(
    raw: bytes, name: str, sound: bool, at: float, tmp_path: Path
) -> None:
    whole = {
        "e.csv": tables.csv(),
        "e.json": stdlib.dumps(OBJECTS).encode(),
        "e.yaml": YAML.encode(),
        "e.xlsx": WORKBOOK,
    }[name]
    cut = int(len(whole) * at)
    data = whole[:cut] + raw + whole[cut + len(raw) :] if sound else raw
    try:
        told = len(read(put(tmp_path, data, name)).rows)
    except ManifestError as error:
        told = len(error.problems)
    assert told > 0


WORKBOOK = tables.workbook()
