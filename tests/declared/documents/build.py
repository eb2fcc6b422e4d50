"""Documents to be read: .docx by python-docx and by hand, PDFs by hand."""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from vidcheck.declared.documents import pdf, word
from vidcheck.declared.documents.pairs import find_pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from vidcheck.declared.documents.document import Document

DATA = Path(__file__).parent.parent.parent / "data" / "forms"
FORM = {
    "作品名称": "山那边的灯光",
    "类  别": "短视频新闻专题",
    "播出时间": "2024年3月15日 20:30",
    "主创人员": "张三、李四、王五",
    "播出平台\n及网址": "湖南卫视 https://www.example.cn/video/12345.html",
    "联系地址": "湖南省长沙市开福区德雅路1号",
    "联系电话": "0731-84800000 / 13812345678",
    "电子邮箱": "zhangsan@example.cn",
    "内容简介\n（100字以内）": "作品以一盏灯为线索，讲述乡村教师守护山区孩子求学路的故事。",
    "主要创新点": "采用竖屏叙事与4K微距摄影，全片无解说词。",
    "传播效果": "全网播放量1200万次，点赞35万，转发6.8万。",
}
"""What the example forms say."""


def saved(document: Any) -> bytes:
    """A python-docx document's bytes."""
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def table_of(*rows: Sequence[str], merge: Iterable[tuple[int, int, int, int]] = ()) -> bytes:
    """A .docx with one table; `merge` are first row and column, last row and column of cells that are one."""
    document = docx.Document()
    fill(document.add_table(len(rows), max(map(len, rows))), rows, merge)
    return saved(document)


def fill(table: Any, rows: Sequence[Sequence[str]], merge: Iterable[tuple[int, int, int, int]] = ()) -> None:
    """Writes texts into a table, after merging."""
    for top, left, bottom, right in merge:
        table.cell(top, left).merge(table.cell(bottom, right))
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            if text:
                table.cell(at, column).text = text


def form(fields: Mapping[str, str] = FORM) -> bytes:
    """A form of label and value, a row each."""
    return table_of(*fields.items())


def paragraphs(*texts: str) -> bytes:
    """A .docx with paragraphs."""
    document = docx.Document()
    for text in texts:
        document.add_paragraph(text)
    return saved(document)


def text_box(*texts: str) -> bytes:
    """A .docx whose words stand in a text box, twice, as Word writes it."""
    inside = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)
    box = f"<w:txbxContent>{inside}</w:txbxContent>"
    spaces = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    document = docx.Document()
    run = (
        f"<w:r {nsdecls('w')} {spaces}><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:shape>{box}</v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    document.add_paragraph()._p.append(parse_xml(run))
    return saved(document)


def changed(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The archive with its parts changed; None drops a part."""
    whole = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    return whole.getvalue()


def body(data: bytes, pattern: str, put: str) -> bytes:
    """The document with its main part changed by a regular expression."""

    def change(name: str, part: bytes) -> bytes:
        return re.sub(pattern, put, part.decode(), count=1).encode() if name == "word/document.xml" else part

    return changed(data, change)


def added(data: bytes, name: str, part: bytes) -> bytes:
    """The archive with one more part."""
    whole = BytesIO(data)
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, part)
    return whole.getvalue()


class Pdf:
    """A PDF by hand: objects by number, the first is the catalogue."""

    def __init__(self) -> None:
        self.objects: list[bytes] = []

    def add(self, text: str | bytes) -> int:
        """One more object; its number."""
        self.objects.append(text.encode("latin-1") if isinstance(text, str) else text)
        return len(self.objects)

    def stream(self, data: bytes, more: str = "", *, deflate: bool = True) -> int:
        """One more stream."""
        packed = zlib.compress(data) if deflate else data
        filters = "/Filter /FlateDecode" if deflate else ""
        head = f"<< /Length {len(packed)} {filters} {more} >>\nstream\n".encode()
        return self.add(head + packed + b"\nendstream")

    def whole(self, trailer: str = "") -> bytes:
        """The file."""
        out = bytearray(b"%PDF-1.7\n")
        places = []
        for number, text in enumerate(self.objects, start=1):
            places.append(len(out))
            out += b"%d 0 obj\n" % number + text + b"\nendobj\n"
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        out += f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF".encode()
        return bytes(out)


def pdf_of(
    *pages: Sequence[tuple[int, int, str]], catalogue: str = "", page: str = "", extra: Sequence[str] = ()
) -> bytes:
    """A PDF whose pages show texts at places (x from the left, y from below), with any characters."""
    made = Pdf()
    made.objects = [b"", b""]
    letters = sorted({char for texts in pages for _, _, text in texts for char in text})
    code = {char: at for at, char in enumerate(letters, start=1)}
    rows = "\n".join(f"<{at:04X}> <{char.encode('utf-16-be').hex().upper()}>" for char, at in code.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n/CMapName /T def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{len(code)} beginbfchar\n{rows}\nendbfchar\nendcmap end end"
    )
    mapping = made.stream(cmap.encode())
    descriptor = made.add(
        "<< /Type /FontDescriptor /FontName /F /Flags 4 /FontBBox [0 0 1000 1000] /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 /ItalicAngle 0 >>"
    )
    below = made.add(
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /F /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 /FontDescriptor {descriptor} 0 R >>"
    )
    font = made.add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H /DescendantFonts [{below} 0 R] /ToUnicode {mapping} 0 R >>"
    )
    kids = []
    for texts in pages:
        shown = "\n".join(
            f"BT /F1 12 Tf 1 0 0 1 {x} {y} Tm <{''.join(f'{code[char]:04X}' for char in text)}> Tj ET"
            for x, y, text in texts
        )
        content = made.stream(shown.encode())
        kids.append(
            made.add(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R /Resources << /Font << /F1 {font} 0 R >> >> {page} >>"
            )
        )
    for text in extra:
        made.add(text)
    made.objects[0] = f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>".encode()
    made.objects[1] = f"<< /Type /Pages /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] /Count {len(kids)} >>".encode()
    return made.whole()


def pdf_form(fields: Mapping[str, str] = FORM) -> bytes:
    """A form as Word prints it: the label's lines, then the value's, cell by cell."""
    texts: list[tuple[int, int, str]] = []
    y = 800
    for label, value in fields.items():
        parts = [value[at : at + 24] for at in range(0, len(value), 24)]
        lines = label.split("\n")
        texts += [(60, y - 16 * at, text) for at, text in enumerate(lines)]
        texts += [(200, y - 16 * at, text) for at, text in enumerate(parts)]
        y -= 16 * max(len(lines), len(parts)) + 8
    return pdf_of(texts)


def read_word(data: bytes) -> Document:
    """What a .docx says."""
    return word.look(BytesIO(data))


def read_pdf(data: bytes) -> Document:
    """What a PDF says."""
    return pdf.look(BytesIO(data))


def told(document: Document) -> dict[str, str]:
    """Its values by field, white space of lines as one space; several of one field with a bar between."""
    values: dict[str, list[str]] = {}
    for pair in find_pairs(document):
        if pair.field:
            values.setdefault(pair.field, []).append(" ".join(pair.value.split()))
    return {field: " | ".join(row) for field, row in values.items()}
