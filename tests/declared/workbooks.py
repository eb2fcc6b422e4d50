"""Organizers' workbooks for tests: with all that must come back unharmed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import xlsxwriter

from tests.declared import tables

if TYPE_CHECKING:
    from collections.abc import Iterable

SHEET = "xl/worksheets/sheet1.xml"
HEADS = ("序号", "作品名称", "视频文件", "联系电话", "时长（秒）", "合计")


def picture() -> bytes:
    """A small PNG."""
    rows = b"".join(b"\0" + b"\xff\x20\x20" * 40 for _ in range(40))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">2I5B", 40, 40, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def organizers(files: Iterable[str] = ("a.mp4", "b.mp4", "none.mp4")) -> bytes:
    """A protected sheet with a title and heads in merged cells, a picture, formulas with results, and a second sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet, notes = book.add_worksheet("参赛作品"), book.add_worksheet("说明")
    bold, date = (
        book.add_format({"bold": True, "border": 1}),
        book.add_format({"num_format": "yyyy-mm-dd", "border": 1}),
    )
    sheet.merge_range("A1:F1", "2022年参赛作品汇总表", bold)
    for column, head in enumerate(HEADS):
        sheet.merge_range(1, column, 2, column, head, bold)
    for row, file in enumerate(files, 3):
        sheet.write_row(row, 0, [row - 2, f"作品{row - 2}", file, f"1381234567{row % 10}"], date)
        sheet.write_formula(row, 4, f"=100+A{row + 1}", date, 100 + row)
        sheet.write_formula(row, 5, f"=E{row + 1}*2", date, 200 + 2 * row)
    sheet.set_column("A:A", 6)
    sheet.set_column("H:XFD", None, None, {"hidden": True})
    sheet.insert_image("B12", "logo.png", {"image_data": io.BytesIO(picture())})
    sheet.protect("secret")
    sheet.freeze_panes(3, 2)
    sheet.conditional_format("E4:E60", {"type": "cell", "criteria": ">", "value": 300, "format": bold})
    sheet.data_validation("D4:D60", {"validate": "length", "criteria": "==", "value": 11})
    sheet.write_comment("B4", "改过一次")
    notes.write("A1", "填写说明")
    notes.insert_image("B2", "logo.png", {"image_data": io.BytesIO(picture())})
    book.close()
    chain = (
        b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="E4" i="1"/></calcChain>'
    )
    return tables.rezipped(out.getvalue(), {"xl/calcChain.xml": chain})


def parts(raw: bytes) -> dict[str, tuple[bytes, bytes]]:
    """Every part of a workbook: its content, and its bytes as they lie in the archive."""
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        assert book.testzip() is None
        return {part.filename: (book.read(part), _packed(raw, part)) for part in book.infolist()}


def _packed(raw: bytes, part: zipfile.ZipInfo) -> bytes:
    name, extra = struct.unpack_from("<2H", raw, part.header_offset + 26)
    start = part.header_offset + 30 + name + extra
    return raw[start : start + part.compress_size]


def cells(raw: bytes, sheet: int = 0) -> dict[str, Any]:
    """What openpyxl reads of a sheet: the values that were kept, by cell."""
    import openpyxl

    page = openpyxl.load_workbook(io.BytesIO(raw), data_only=True).worksheets[sheet]
    return {cell.coordinate: cell.value for row in page.iter_rows() for cell in row if cell.value is not None}
