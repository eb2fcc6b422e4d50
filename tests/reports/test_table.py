"""The organizer's own table back: the new cells say what came out, and nothing else of it has changed."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.declared import tables, workbooks
from tests.reports import build
from tests.thorough import examples
from vidcheck import reports
from vidcheck.declared.join import join_manifest
from vidcheck.declared.layout import DEFAULT, added_heads
from vidcheck.declared.manifest import read_table
from vidcheck.facts import Entry
from vidcheck.findings import Verdict
from vidcheck.reports import NotRenderedError
from vidcheck.sources.targets import Found, Target
from vidcheck.texts import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from vidcheck.findings import Report

SHEET = workbooks.SHEET
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


def checked(path: Path, *, roots: Iterable[str] = ("entries",), **more: Any) -> Report:
    """A report on two entries, joined with the table at that path."""
    entries = (replace(build.passing(), entry=Entry(path="entries/a.mp4")), build.failing())
    entries = (entries[0], replace(entries[1], entry=Entry(path="entries/b.mp4")))
    found = Found(targets=[Target(path=each.entry.path, follow=False) for each in entries], roots=list(roots))
    manifest = read_table(str(path), DEFAULT, build.RULES.zone)
    batch = join_manifest(manifest, found, DEFAULT, str(path))
    given = {"batch": batch, "table": found.table, "unread_columns": found.unread_columns, **more}
    return build.report(*given.pop("entries", entries), **given)


def back(folder: Path, raw: bytes, lang: str = "zh", name: str = "m.xlsx", **more: Any) -> bytes:
    """The table as the report gives it back."""
    (folder / name).write_bytes(raw)
    return reports.render("table", checked(folder / name, **more), lang)


def rows_of(raw: bytes, encoding: str = "utf-8", separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode(encoding), newline=""), delimiter=separator, strict=True))


def column(cells: dict[str, Any], letter: str) -> dict[int, Any]:
    return {int(place[1:]): value for place, value in cells.items() if re.fullmatch(rf"{letter}\d+", place)}


def test_each_row_gets_verdict_reasons_open_items_and_file(tmp_path: Path) -> None:
    cells = workbooks.cells(back(tmp_path, workbooks.organizers()))
    assert column(cells, "G") == {3: "结论", 4: "合格", 5: "不合格", 6: "无对应文件"}
    reasons = column(cells, "H")
    assert reasons.keys() == {3, 5, 6}
    failing = [finding.message.render("zh") for finding in build.failing().failed]
    assert reasons[3] == "原因"
    assert all(message.rstrip("。") in reasons[5] for message in failing)
    assert "none.mp4" in reasons[6]
    items = [finding.expected.render("zh") for finding in build.passing().findings if finding.outcome == "manual"]
    assert column(cells, "I")[4] == "；".join(items)
    assert column(cells, "J") == {3: "文件", 4: "entries/a.mp4", 5: "entries/b.mp4"}


def test_only_the_sheet_with_the_entries_changes(tmp_path: Path) -> None:
    raw = workbooks.organizers()
    before, after = workbooks.parts(raw), workbooks.parts(back(tmp_path, raw))
    assert list(before) == list(after)
    assert {part for part in before if before[part] != after[part]} == {SHEET}
    assert {"xl/media/image1.png", "xl/calcChain.xml", "xl/sharedStrings.xml", "xl/comments1.xml"} <= before.keys()


def test_of_the_sheet_only_new_cells_range_and_widths_change(tmp_path: Path) -> None:
    raw = workbooks.organizers()
    before, after = (workbooks.parts(each)[SHEET][0].decode() for each in (raw, back(tmp_path, raw)))
    without = re.sub(r'<c r="[GHIJ]\d+"[^>]*?(?:/>|>.*?</c>)', "", after)
    without = re.sub(r'<col min="(?:7|8|9|10)" max="(?:7|8|9|10)" width="\d+" customWidth="1"/>', "", without)
    without = without.replace('<dimension ref="A1:J6"/>', '<dimension ref="A1:F6"/>')
    without = without.replace('<col min="11" max="16384"', '<col min="8" max="16384"')
    assert without == re.sub(r'(<row r="[3456]") spans="1:6"', r"\1", before)
    assert "<f>E4*2</f><v>206</v>" in after
    assert "<sheetProtection" in after
    assert "<mergeCell " in after


def test_openpyxl_and_vidcheck_read_it_as_before(tmp_path: Path) -> None:
    raw = workbooks.organizers()
    new = back(tmp_path, raw)
    old_cells, cells = workbooks.cells(raw), workbooks.cells(new)
    assert {place: value for place, value in cells.items() if place[0] < "G"} == old_cells
    book = openpyxl.load_workbook(io.BytesIO(new))
    assert {cell.data_type for row in book.worksheets[0]["G3:J6"] for cell in row} <= {"inlineStr", "s", "n"}
    (tmp_path / "checked.xlsx").write_bytes(new)
    first, again = (read_table(str(tmp_path / name), DEFAULT, build.RULES.zone) for name in ("m.xlsx", "checked.xlsx"))
    assert [row.texts for row in again.rows] == [row.texts for row in first.rows]
    assert again.columns == first.columns


@needs_libreoffice
@pytest.mark.slow
def test_libreoffice_opens_it(tmp_path: Path) -> None:
    (tmp_path / "checked.xlsx").write_bytes(back(tmp_path, workbooks.organizers()))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", "--headless", profile, "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", tmp_path, tmp_path / "checked.xlsx"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    shown = rows_of((tmp_path / "checked.csv").read_bytes())
    assert shown[2][6:] == list(added_heads("zh"))
    assert [row[6] for row in shown[3:]] == ["合格", "不合格", "无对应文件"]
    assert [row[9] for row in shown[3:]] == ["entries/a.mp4", "entries/b.mp4", ""]


def test_a_second_report_replaces_the_columns_of_the_first(tmp_path: Path) -> None:
    first = back(tmp_path, workbooks.organizers())
    again = back(tmp_path, first, "en")
    assert column(workbooks.cells(again), "G") == {3: "verdict", 4: "eligible", 5: "ineligible", 6: "no matching file"}
    assert not [place for place in workbooks.cells(again) if place[0] > "J"]
    assert workbooks.parts(back(tmp_path, again))[SHEET][0] == workbooks.parts(first)[SHEET][0]


def test_a_row_that_two_share_a_file_with_or_that_nobody_reads_is_marked(tmp_path: Path) -> None:
    rows = [
        ("序号", "作品名称", "视频文件"),
        (1, "湿地", "a.mp4"),
        (2, "冰雪", "a.mp4"),
        (3, "", ""),
        ("", "", "b.mp4"),
    ]
    cells = workbooks.cells(back(tmp_path, tables.workbook([tuple(cell or None for cell in row) for row in rows])))
    assert column(cells, "D") == {1: "结论", 2: "合格", 3: "合格", 4: "未读取", 5: "不合格"}
    assert all("2 行" in column(cells, "E")[row] for row in (2, 3))
    assert column(cells, "E")[4] == "这一行没有 vidcheck 认识的内容"


def test_rows_that_were_not_checked_say_so(tmp_path: Path) -> None:
    verdicts = column(workbooks.cells(back(tmp_path, workbooks.organizers(), roots=())), "G")
    assert verdicts == {3: "结论", 4: "合格", 5: "不合格", 6: "未检查"}
    cells = workbooks.cells(back(tmp_path, workbooks.organizers(), entries=(), incomplete=True))
    assert set(column(cells, "G").values()) == {"结论", "未检查", "无对应文件"}
    assert column(cells, "H")[4] == "检查到它的文件之前，运行就中断了"


def test_repeated_heads_are_heads_again(tmp_path: Path) -> None:
    raw = tables.workbook(
        [*tables.ROWS, tables.ROWS[0], ("海", "甲", "2022-01-01", "http://x.cn/", "13800000000", "c.mp4")]
    )
    assert column(workbooks.cells(back(tmp_path, raw)), "G") == {
        1: "结论",
        2: "合格",
        3: "不合格",
        4: "结论",
        5: "无对应文件",
    }


def test_every_sheet_with_entries_gets_the_columns(tmp_path: Path) -> None:
    def second(book: Any) -> None:
        sheet = book.create_sheet("二")
        sheet.append(["作品名称", "视频文件"])
        sheet.append(["海", "b.mp4"])
        book.create_sheet("空")

    new = back(tmp_path, tables.workbook([tables.ROWS[0], tables.ROWS[1]], change=second))
    assert workbooks.cells(new)["G2"] == "合格"
    assert workbooks.cells(new, 1)["C2"] == "不合格"
    assert workbooks.cells(new, 2) == {}


def test_what_lies_at_the_right_of_the_table_is_passed_over(tmp_path: Path) -> None:
    def notes(book: Any) -> None:
        book.active["K2"] = "note"
        book.active.merge_cells("M2:N3")

    new = back(tmp_path, tables.workbook(change=notes))
    assert workbooks.cells(new)["K2"] == "note"
    assert workbooks.cells(new)["O1"] == "结论"


def test_cells_without_content_give_way_and_keep_their_look(tmp_path: Path) -> None:
    raw = tables.rezipped(
        tables.workbook(),
        {SHEET: lambda xml: re.sub(rb'(<row r="2".*?)(</row>)', rb'\1<c r="G2" s="0"/><c r="L2" s="0"/>\2', xml)},
    )
    xml = workbooks.parts(back(tmp_path, raw))[SHEET][0]
    row = re.search(rb'<row r="2".*?</row>', xml)
    assert row is not None
    assert row[0].count(b'r="G2"') == 1
    assert b'<c r="G2" s="0" t="inlineStr">' in row[0]
    assert row[0].index(b'r="J2"') < row[0].index(b'r="L2"')


def prefixed(xml: bytes) -> bytes:
    """The sheet with a prefix at each of its elements."""
    return re.sub(rb"<(/?)(?![?!])", rb"<\1x:", xml).replace(f'xmlns="{MAIN}"'.encode(), f'xmlns:x="{MAIN}"'.encode())


def strict(raw: bytes) -> bytes:
    """The workbook as Excel's "Strict Open XML Spreadsheet" (ISO/IEC 29500)."""
    names = {
        MAIN: STRICT,
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "http://purl.oclc.org/ooxml/officeDocument/relationships",
    }

    def renamed(part: bytes) -> bytes:
        for usual, other in names.items():
            part = part.replace(usual.encode(), other.encode())
        return part

    return tables.rezipped(raw, dict.fromkeys(workbooks.parts(raw), renamed))


def test_a_strict_workbook_is_read_and_stays_strict(tmp_path: Path) -> None:
    raw = strict(tables.workbook())
    new = back(tmp_path, raw)
    sheet = workbooks.parts(new)[SHEET][0]
    assert STRICT.encode() in sheet
    assert MAIN.encode() not in sheet
    root = ET.fromstring(sheet)  # noqa: S314 - our own
    shown = [root.findtext(f".//{{{STRICT}}}c[@r='G{row}']//{{{STRICT}}}t") for row in (1, 2, 3)]
    assert shown == ["结论", "合格", "不合格"]
    assert {part for part, what in workbooks.parts(raw).items() if workbooks.parts(new)[part] != what} == {SHEET}


@pytest.mark.parametrize(("place", "start"), [("H2", "K"), ("H30", "K"), ("A30", "G"), ("P2", "G"), ("H1", "G")])
@pytest.mark.parametrize("anchor", ["two corners", "a size"])
def test_no_picture_lies_over_the_new_columns(tmp_path: Path, place: str, start: str, anchor: str) -> None:
    """A picture of three columns and rows at the right of the table, or elsewhere."""

    def sized(xml: bytes) -> bytes:
        xml = re.sub(rb"<xdr:to>.*?</xdr:to>", b'<xdr:ext cx="1524000" cy="381000"/>', xml)
        return re.sub(rb"xdr:twoCellAnchor( [^>]*)?>", b"xdr:oneCellAnchor>", xml)

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(tables.ROWS):
            sheet.write_row(number + 3, 0, row)
        sheet.insert_image(place, "x.png", {"image_data": io.BytesIO(workbooks.picture()), "x_scale": 4, "y_scale": 1})
    raw = tables.rezipped(out.getvalue(), {"xl/drawings/drawing1.xml": sized} if anchor == "a size" else {})
    cells = workbooks.cells(back(tmp_path, raw))
    assert [cells.get(f"{start}{row}") for row in (4, 5, 6)] == ["结论", "合格", "不合格"]


def utf16(xml: bytes) -> bytes:
    text = re.sub(r"^<\?xml.*?\?>", "", xml.decode(), count=1)
    return ('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16")


def without_places(xml: bytes) -> bytes:
    """Rows and cells that don't say where they stand: they follow one another."""
    return re.sub(rb'(<(?:row|c)) r="[A-Z]*\d+"', rb"\1", xml)


def commented(xml: bytes) -> bytes:
    return xml.replace(b"<sheetData>", b'<!-- <row r="9"><c r="Z9"> --><sheetData>').replace(
        b"</row>", b"<!-- </row> --></row>"
    )


@pytest.mark.parametrize("change", [prefixed, utf16, without_places, commented])
def test_sheets_may_be_written_in_odd_ways(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    new = back(tmp_path, tables.rezipped(tables.workbook(), {SHEET: change}))
    ET.fromstring(workbooks.parts(new)[SHEET][0])  # noqa: S314 - our own
    assert column(workbooks.cells(new), "G") == {1: "结论", 2: "合格", 3: "不合格"}


def test_a_sheet_may_lie_elsewhere_in_the_package(tmp_path: Path) -> None:
    raw = tables.workbook()
    sheet = workbooks.parts(raw)[SHEET][0]
    moved = tables.rezipped(raw, {
        SHEET: None, "xl/odd 名/页.xml": sheet,
        "xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b"/xl/worksheets/sheet1.xml", "/xl/odd 名/页.xml".encode()),
        "[Content_Types].xml": lambda xml: xml.replace(b"/xl/worksheets/sheet1.xml", "/xl/odd 名/页.xml".encode()),
    })  # fmt: skip
    new = back(tmp_path, moved)
    assert {part for part, what in workbooks.parts(moved).items() if workbooks.parts(new)[part] != what} == {
        "xl/odd 名/页.xml"
    }
    assert column(workbooks.cells(new), "G") == {1: "结论", 2: "合格", 3: "不合格"}


@pytest.mark.parametrize(
    "target", [b"./worksheets/sheet1.xml", b"../xl/worksheets/sheet1.xml", b"worksheets/sheet1.xml"]
)
def test_a_sheet_may_be_named_in_any_relative_way(tmp_path: Path, target: bytes) -> None:
    links = {"xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b"/xl/worksheets/sheet1.xml", target)}
    raw = tables.rezipped(tables.workbook(), links)
    assert b'"%s"' % target in workbooks.parts(raw)["xl/_rels/workbook.xml.rels"][0]
    assert workbooks.cells(back(tmp_path, raw))["G2"] == "合格"


@pytest.mark.parametrize("lower", [b"", b'<row r="4"/>', b'<row spans="1:6" r="4" ht="20" />', b'<row r="4"></row>'])
def test_heads_of_two_rows_may_have_no_cells_in_the_lower_one(tmp_path: Path, lower: bytes) -> None:
    rows = [("附件1",), (), *tables.ROWS[:1], (), *tables.ROWS[1:]]

    def merged(book: Any) -> None:
        for letter in "ABCDEF":
            book.active.merge_cells(f"{letter}3:{letter}4")

    def emptied(xml: bytes) -> bytes:
        return re.sub(rb'<row r="4".*?</row>', lower, xml)

    raw = tables.rezipped(tables.workbook(rows, change=merged), {SHEET: emptied})
    first = back(tmp_path, raw)
    assert column(workbooks.cells(first), "G") == {4: "结论", 5: "合格", 6: "不合格"}
    assert back(tmp_path, first) == first
    order = re.findall(rb'<row [^>]*r="(\d+)"', workbooks.parts(first)[SHEET][0])
    assert order == sorted(order)


def test_a_signed_workbook_is_refused(tmp_path: Path) -> None:
    raw = tables.rezipped(tables.workbook(), {"_xmlsignatures/sig1.xml": b"<Signature/>"})
    with pytest.raises(NotRenderedError, match="the workbook is signed"):
        back(tmp_path, raw)


def test_a_summary_beside_the_list_of_entries_is_left_alone(tmp_path: Path) -> None:
    def summary(book: Any) -> None:
        sheet = book.create_sheet("统计", 0)
        for row in (("类别", "件数"), ("动画", 3)):
            sheet.append(row)

    new = back(tmp_path, tables.workbook(change=summary))
    assert workbooks.cells(new) == {"A1": "类别", "B1": "件数", "A2": "动画", "B2": 3}
    assert workbooks.cells(new, 1)["G2"] == "合格"


@pytest.mark.parametrize("left", [(0, 1, 2), (0, 1, 3), (1, 2, 3)])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_columns_of_an_earlier_report_are_never_doubled(tmp_path: Path, left: tuple[int, ...], lang: str) -> None:
    heads = [added_heads(lang)[at] for at in left]
    (tmp_path / "m.csv").write_text(f"作品名称,视频文件,{','.join(heads)}\n湿地,a.mp4,合格,,entries/b.mp4\n")
    report = checked(tmp_path / "m.csv")
    assert report.table is not None
    assert [row.path for row in report.table.rows] == ["entries/a.mp4"], "no column of ours names a file"
    with pytest.raises(NotRenderedError, match="some columns of an earlier table report"):
        reports.render("table", report)


@pytest.mark.parametrize("cell", ["a.mp4;b.mp4", "a.mp4、b", "a.mp4\nb.mp4"])
def test_a_row_that_names_several_files_says_so(tmp_path: Path, cell: str) -> None:
    raw = tables.workbook([("作品名称", "视频文件"), ("湿地", cell)])
    cells = workbooks.cells(back(tmp_path, raw, "en"))
    assert cells["C2"] == "no matching file"
    assert cells["D2"].startswith("the row names 2 files: a.mp4, b")


@pytest.mark.parametrize("cols", [
    b'<cols><col min="2" max="30" width="9" hidden="1"></col><col min="40" max="40" width="9">\n</col></cols>',
    b"<cols/>",
    b"<cols></cols>",
    b"<cols><col min='1' max='16384' width='9' style='0'/></cols>",
    b'<cols><col min="2" max="8" width="9" hidden="1"/><col min="9" max="9" width="3"/><col min="12" max="12" width="5"/></cols>',
    b'<cols><col min="20" max="21" width="9"/></cols>',
    b"",
])  # fmt: skip
def test_new_columns_are_seen_whatever_width_their_place_had(tmp_path: Path, cols: bytes) -> None:
    raw = tables.rezipped(tables.workbook(), {
        SHEET: lambda xml: re.sub(rb"<cols>.*?</cols>", b"", xml).replace(b"<sheetData>", cols + b"<sheetData>")
    })  # fmt: skip
    xml = workbooks.parts(back(tmp_path, raw))[SHEET][0].decode()
    spans = [
        (int(a), int(b), rest)
        for a, b, rest in re.findall(r"<col min=[\"'](\d+)[\"'] max=[\"'](\d+)[\"']([^>]*)>", xml)
    ]
    assert all(before[1] < after[0] for before, after in pairwise(spans)), "in order, none over another"
    for new in (7, 8, 9, 10):
        (rest,) = [rest for first, last, rest in spans if first <= new <= last]
        assert "hidden" not in rest


def streamed(raw: bytes) -> bytes:
    """The archive as programs write that don't know sizes beforehand: they stand behind the data."""
    out = io.BytesIO()

    class Pipe(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            return out.write(data)

    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(Pipe(), "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part, old.read(part))
        new.comment = b"saved by hand"
    return out.getvalue()


def wide(raw: bytes) -> bytes:
    """The archive with sizes of 64 bits, and a part that isn't packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for part in old.infolist():
            with new.open(part.filename, "w", force_zip64=True) as file:
                file.write(old.read(part))
    return out.getvalue()


@pytest.mark.parametrize("kind", [streamed, wide])
def test_archives_may_be_packed_in_other_ways(tmp_path: Path, kind: Callable[[bytes], bytes]) -> None:
    raw = kind(workbooks.organizers())
    new = back(tmp_path, raw)
    before, after = workbooks.parts(raw), workbooks.parts(new)
    assert {part for part in before if before[part] != after[part]} == {SHEET}
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(io.BytesIO(new)) as book:
        assert old.comment == book.comment
    assert workbooks.cells(new)["G4"] == "合格"


TEXTS = {
    "UTF-8": ("utf-8", ",", "\r\n"), "UTF-8 with a mark": ("utf-8-sig", ",", "\n"), "GB18030": ("gb18030", ";", "\r\n"),
    "UTF-16": ("utf-16", "\t", "\r\n"), "old Macs": ("utf-8", ",", "\r"),
}  # fmt: skip
LINES = [
    "2022年汇总表",
    "",
    "作品名称|视频文件|说明",
    '湿地|a.mp4|"他说 ""好|"""',
    "冰雪𠀀|b.mp4",
    '"无|题"|none.mp4|',
    '||="0012"',
]


@pytest.mark.parametrize(("encoding", "separator", "end"), TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("last", ["", "end"])
def test_a_text_table_keeps_encoding_separator_quotes_and_line_ends(
    tmp_path: Path, encoding: str, separator: str, end: str, last: str
) -> None:
    lines = [line.replace("|", separator) for line in LINES]
    raw = (end.join(lines) + (end if last else "")).encode(encoding)
    new = back(tmp_path, raw, name="m.csv").decode(encoding)
    given = new.split(end)
    assert all(after.startswith(before) for before, after in zip(lines, given, strict=False))
    assert given[:2] == lines[:2]
    assert new.endswith(end) == bool(last)
    assert back(tmp_path, raw, name="m.csv")[:2] == raw[:2]
    rows = list(csv.reader(io.StringIO(new, newline=""), delimiter=separator, strict=True))
    assert [row[3] for row in rows[2:] if row] == ["结论", "合格", "不合格", "无对应文件", "未读取"]
    assert {len(row) for row in rows[2:] if row} == {7}


def test_quotes_around_every_field_stand_around_new_ones(tmp_path: Path) -> None:
    raw = '"作品名称","视频文件"\n"湿地","a.mp4"\n'.encode()
    assert (
        back(tmp_path, raw, name="m.csv")
        .decode()
        .splitlines()[0]
        .endswith('"视频文件","结论","原因","待人工判断","文件"')
    )


def test_a_second_report_replaces_the_columns_of_a_text_table(tmp_path: Path) -> None:
    raw = '作品名称;视频文件\n"湿;地";a.mp4\n无;"no;ne.mp4"\n'.encode("gb18030")
    first = back(tmp_path, raw, name="m.csv")
    assert back(tmp_path, first, name="m.csv") == first
    noted = first.replace("文件\n".encode("gb18030"), "文件;备注\n".encode("gb18030"), 1).replace(
        b"a.mp4\n", b"a.mp4;seen\n"
    )
    again = rows_of(back(tmp_path, noted, "en", name="m.csv"), "gb18030", ";")
    assert again[0] == ["作品名称", "视频文件", "verdict", "why", "open", "file", "备注"]
    assert (again[1][2], again[1][6]) == ("eligible", "seen")


FIELD = st.text(st.sampled_from(['"', ",", ";", "\n", "\r", " ", "=", "字", "𠀀", "a", "é"]), max_size=6)


@given(
    rows=st.lists(st.lists(FIELD, min_size=1, max_size=5), max_size=6),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_all_fields_of_a_text_table_stay_and_stand_where_they_stood(
    tmp_path: Path, rows: list[list[str]], encoding: str, end: str, quoting: int
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator=end, quoting=quoting)  # type: ignore[arg-type] # a member of an enum that typeshed has
    writer.writerows([["作品名称", "视频文件"], ["湿地", "a.mp4"], *rows])
    text = written.getvalue()
    new = back(tmp_path, text.encode(encoding), name="m.csv").decode(encoding)
    before, after = (list(csv.reader(io.StringIO(each, newline=""), strict=True)) for each in (text, new))
    assert len(before) == len(after)
    width = max(map(len, before))
    for old, row in zip(before, after, strict=True):
        assert row[: len(old)] == old
        assert len(row) in {len(old), width + 4}
    assert (after[1][width], after[1][width + 3]) == ("合格", "entries/a.mp4")


EVIL = '=HYPERLINK("http://x","y")'


@pytest.mark.parametrize("name", ["m.xlsx", "m.csv"])
def test_no_new_cell_is_a_formula(tmp_path: Path, name: str) -> None:
    path = f"{EVIL}|a.mp4"
    raw = tables.workbook([("作品名称", "视频文件"), ("湿地", path)]) if name == "m.xlsx" else (
        f"作品名称\t视频文件\n湿地\t{path}\n".encode()
    )  # fmt: skip
    (tmp_path / name).write_bytes(raw)
    entry = replace(build.failing(), entry=Entry(path=path), verdict=Verdict.REVIEW)
    entry = replace(entry, findings=(replace(entry.findings[0], outcome="unknown", message=say("{text}", text=EVIL)),))  # type: ignore[arg-type] # its enum is a text
    found = Found(targets=[Target(path=path, follow=False)], roots=[""])
    join_manifest(read_table(str(tmp_path / name), DEFAULT, build.RULES.zone), found, DEFAULT, str(tmp_path / name))
    new = reports.render("table", build.report(entry, table=found.table), "en")
    if name == "m.csv":
        assert [cell[:2] for cell in rows_of(new, separator="\t")[1][2:]] != []
        assert not [cell for cell in rows_of(new, separator="\t")[1][2:] if cell[:1] in set("=+-@")]
        return
    (added,) = openpyxl.load_workbook(io.BytesIO(new)).worksheets[0]["C2:F2"]
    assert {cell.data_type for cell in added} <= {"s", "inlineStr", "n"}
    assert b"<f>" not in workbooks.parts(new)[SHEET][0].split(b'r="C2"')[1]


def test_without_a_table_or_with_one_that_has_no_rows_a_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotRenderedError, match="name it with --manifest"):
        reports.render("table", build.folder())
    (tmp_path / "m.json").write_text('[{"作品名称": "湿地", "视频文件": "a.mp4"}]')
    with pytest.raises(NotRenderedError, match=r"keep the manifest as \.xlsx or \.csv"):
        reports.render("table", checked(tmp_path / "m.json"))


def test_a_table_that_changed_meanwhile_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "m.xlsx").write_bytes(workbooks.organizers())
    report = checked(tmp_path / "m.xlsx")
    (tmp_path / "m.xlsx").write_bytes(workbooks.organizers(("b.mp4",)))
    with pytest.raises(NotRenderedError, match="was changed during the run"):
        reports.render("table", report)
    (tmp_path / "m.xlsx").unlink()
    with pytest.raises(NotRenderedError, match="not there any more"):
        reports.render("table", report)
