"""Manifests made for tests: the same table in every form, and files that mean harm."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

ROWS: tuple[tuple[str, ...], ...] = (
    ("作品名称", "主创人员（或单位）", "播出时间", "播出平台及网址", "联系电话", "视频文件"),
    ("湿地", "张三、李四", "2021年12月", "湖南卫视 https://www.example.cn/1", "13812345678", "a.mp4"),
    ("冰雪", "王五", "2022-01-05", "https://v.example.com/2", "0731-84800000", "b.mp4"),
)


def workbook(rows: Iterable[Sequence[Any]] = ROWS, *, title: str = "Sheet1", change: Any = None) -> bytes:
    """An Excel workbook; `change` may alter it before it is saved."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def csv(rows: Iterable[Sequence[str]] = ROWS, *, separator: str = ",", encoding: str = "utf-8") -> bytes:
    """A text with separators."""
    return "".join(separator.join(row) + "\r\n" for row in rows).encode(encoding)


def rezipped(raw: bytes, change: dict[str, Any]) -> bytes:
    """A workbook with parts changed (a function of the part's bytes), added (bytes) or dropped (None)."""
    told = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as old,
        zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for part in old.namelist():
            what = change.get(part, lambda same: same)
            if what is not None:
                new.writestr(part, what(old.read(part)) if callable(what) else what)
        for part, what in change.items():
            if isinstance(what, bytes) and part not in old.namelist():
                new.writestr(part, what)
    return told.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def as_excel_saves_it(raw: bytes) -> bytes:
    """A workbook whose texts stand in a table of their own, each with the note on how it is read aloud."""
    texts: dict[bytes, int] = {}

    def moved(found: re.Match[bytes]) -> bytes:
        return b't="s"><v>%d</v>' % texts.setdefault(found[1], len(texts))

    sheets = {
        part: re.sub(rb't="inlineStr"><is>(<t[^>]*>[^<]*</t>)</is>', moved, old.read(part))
        for old in [zipfile.ZipFile(io.BytesIO(raw))]
        for part in old.namelist()
        if part.startswith("xl/worksheets/")
    }
    kind, link = b"spreadsheetml.sharedStrings+xml", b"officeDocument/2006/relationships/sharedStrings"
    of_a_text = b'<rPh sb="0" eb="1"><t>yin</t></rPh><phoneticPr fontId="1" type="noConversion"/></si>'
    table = b"".join(b"<si>" + text + of_a_text for text in texts)
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return rezipped(
        raw,
        {
            **{part: (lambda xml, new=new: new) for part, new in sheets.items()},  # noqa: ARG005
            "xl/sharedStrings.xml": b'<sst xmlns="%s">%s</sst>' % (space, table),
            "[Content_Types].xml": lambda xml: xml.replace(
                b"</Types>",
                b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.%s"/></Types>'
                % kind,
            ),
            "xl/_rels/workbook.xml.rels": lambda xml: xml.replace(
                b"</Relationships>",
                b'<Relationship Id="texts" Type="http://schemas.openxmlformats.org/%s" Target="sharedStrings.xml"/></Relationships>'
                % link,
            ),
        },
    )


def _zip_bomb() -> bytes:
    return rezipped(workbook(), {"xl/media/zeros.bin": b"\0" * (257 * 2**20)})


def _lying() -> bytes:
    lying = bytearray(rezipped(workbook(), {"xl/media/zeros.bin": b"\0" * 5_000_000}))
    at = lying.rindex(b"PK\x01\x02", 0, lying.rindex(b"xl/media/zeros.bin"))
    lying[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(lying)


def _wide() -> bytes:
    return workbook([*ROWS[:1], [*ROWS[1], *("x" for _ in range(300))]])


def _sheet(change: Callable[[bytes], bytes] | bytes | None) -> Callable[[], bytes]:
    return lambda: rezipped(workbook(), {SHEET: change})


_ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
_ANOTHERS_STRING = rb't="inlineStr"><is><t>[^<]*</t></is>'
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (_zip_bomb, "unpacks to more than 256 MiB"),
    "a part that lies about its size": (_lying, "damaged"),
    "entities": (_sheet(lambda xml: _ENTITY + xml.split(b"?>", 1)[-1]), "XML entities"),
    "entities in UTF-16": (_sheet("<!DOCTYPE x>".encode("utf-16")), "XML entities"),
    "broken XML": (_sheet(lambda xml: xml[: len(xml) // 2]), "damaged"),
    "a missing sheet": (_sheet(None), "damaged"),
    "strings that are not there": (
        _sheet(lambda xml: re.sub(_ANOTHERS_STRING, b't="s"><v>7</v>', xml, count=1)),
        "damaged",
    ),
    "rows that never end": (
        _sheet(lambda xml: xml.replace(b'r="2"', b'r="99999999999"')),
        "more than 100000 rows",
    ),
    "rows out of order": (
        _sheet(lambda xml: xml.replace(b'<row r="2"', b'<row r="7"')),
        "damaged (ValueError: row 3 stands below row 7)",
    ),
    "300 columns": (_wide, "Sheet1!GS2: there are more than 200 columns"),
    "encrypted": (lambda: _OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ".xls": (lambda: _OLE, "Excel 97–2003"),
    "a document of Word": (lambda: _zip({"word/document.xml": b"x"}), "copy its table into a sheet"),
    "a table of LibreOffice": (lambda: _zip({"mimetype": b"x", "content.xml": b"x"}), "(.ods): save it as"),
    "a binary workbook": (lambda: _zip({"[Content_Types].xml": b"x", "xl/workbook.bin": b"x"}), "(.xlsb): save it as"),
    "a zip that is no workbook": (lambda: _zip({"a.txt": b"x"}), "no workbook of Excel"),
    "half a zip": (lambda: workbook()[: len(workbook()) // 2], "damaged"),
    "empty": (lambda: b"", "the file is empty"),
    "nothing but white space": (lambda: b" \n\n", "the file is empty"),
}
"""Name: how the bytes are made, and words of the refusal."""


def _zip(parts: dict[str, bytes]) -> bytes:
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w") as archive:
        for name, raw in parts.items():
            archive.writestr(name, raw)
    return told.getvalue()
