"""Writes columns into the sheets of a workbook: cells are added in a sheet's XML, and all that is not theirs stays.

openpyxl would write the workbook anew and lose its pictures, kept results and what it doesn't know. Here a sheet's bytes
are cut where cells go in, every other part is copied as it lies in the archive, packed bytes and all, and texts stand
in the cells themselves (`inlineStr`), so that the shared texts stay as they are.

The sheet is walked through twice by expat, which says where each element begins: once for the size of the table, once
for the places of the new cells.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape

from vidcheck.declared.package import Package, PackageError
from vidcheck.declared.tables.cells import column_letter
from vidcheck.declared.tables.columns import ColumnsError
from vidcheck.declared.tables.pictures import pictures
from vidcheck.declared.tables.xlsx import MOST_EXPANDED
from vidcheck.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vidcheck.declared.tables.columns import Columns

_MAIN = frozenset({
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",  # ISO/IEC 29500 Strict
})  # fmt: skip
_SIGNATURES = "_xmlsignatures/"  # ECMA-376, part 2, 10: a signature of any part covers the sheets too
_LAST_COLUMN = 16_384  # ECMA-376: no sheet has more
_WIDTHS = (12, 60, 40, 30)
_VALUES = frozenset({"v", "is", "f"})
_TAG = re.compile(rb"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*+>")
_SPANS = re.compile(rb"\sspans=(?:\"[^\"]*\"|'[^']*')")
_REF = re.compile(rb"(?<=\sref=[\"'])([^\"']*)")
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)
_NOT_UTF8 = re.compile(rb"(<\?xml[^>]*?encoding=)([\"'])([^\"']{1,40})\2")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_DESCRIBED = 0x08  # flag: the sizes follow the data
_UTF8 = 0x800  # flag: the name is UTF-8
_ZIP64 = 1


def opened(raw: bytes) -> Package:
    """The workbook, if columns may be written into it. Raises ColumnsError."""
    try:
        package = Package(raw, most_bytes=MOST_EXPANDED)
    except PackageError as error:
        raise _damaged(error) from None
    if any(name.startswith(_SIGNATURES) for name in package.names):
        raise ColumnsError(
            say("the workbook is signed, and the signature would no longer hold: save a copy without it, and name that")
        )
    return package


def with_columns(raw: bytes, every: Iterable[Columns]) -> bytes:
    """The workbook with the columns. Raises ColumnsError."""
    package = opened(raw)
    try:
        changed = {each.sheet.part: _widened(package, each) for each in every}
        return _repacked(raw, changed)
    except (PackageError, expat.ExpatError, KeyError, UnicodeError, LookupError, ValueError, struct.error) as error:
        raise _damaged(error) from None


def _damaged(error: Exception) -> ColumnsError:
    return ColumnsError(say("the workbook is damaged ({said})", said=f"{type(error).__name__}: {error}"[:200]))


def _utf8(sheet: bytes) -> bytes:
    """A sheet in UTF-8, which nearly all are."""
    if sheet.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = sheet.decode("utf-16").encode()
        return _NOT_UTF8.sub(rb"\1\2UTF-8\2", text, count=1)
    declared = _NOT_UTF8.match(sheet)
    if declared and declared[3].lower() not in {b"utf-8", b"utf8", b"us-ascii"}:
        return _NOT_UTF8.sub(rb"\1\2UTF-8\2", sheet.decode(declared[3].decode("ascii")).encode(), count=1)
    return sheet


def _widened(package: Package, columns: Columns) -> bytes:
    sheet = _utf8(b"".join(package.pieces(columns.sheet.part)))
    size = _Size(columns)
    size.walk(sheet)
    start = columns.sheet.checked or size.width + 1
    if not columns.sheet.checked:
        for first, last in sorted(pictures(package, columns.sheet.part, columns.sheet.heads)):
            if first < start + len(columns.heads) and last >= start:
                start = last + 1
    if start + len(columns.heads) > _LAST_COLUMN:
        raise ColumnsError(say("the sheet has no room for more columns"))
    edits = _Edits(sheet, columns, start, size.filled)
    edits.walk(sheet)
    return edits.applied()


class _Walk:
    """Walks through a sheet; subclasses take what they need of its elements."""

    def __init__(self) -> None:
        self._parser = parser = expat.ParserCreate(namespace_separator="}")
        parser.namespace_prefixes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        self._depth = 0
        self._section = ""
        self.row = 0
        self.column = 0

    @property
    def at(self) -> int:
        """Where in the sheet's bytes the element's tag begins."""
        return self._parser.CurrentByteIndex

    def walk(self, sheet: bytes) -> None:
        """Calls the methods below for a sheet's elements. Raises ExpatError."""
        self._parser.Parse(sheet, True)

    def begin_section(self, name: str, prefix: str, attributes: Mapping[str, str]) -> None:
        """A part of the worksheet begins."""

    def end_section(self, name: str) -> None:
        """A part of the worksheet ends."""

    def begin_item(self, section: str, attributes: Mapping[str, str]) -> None:
        """An element of a section begins, other than a row."""

    def begin_row(self) -> None:
        """The row `self.row` begins."""

    def end_row(self) -> None:
        """The row ends."""

    def begin_cell(self, attributes: Mapping[str, str], *, other: bool) -> None:
        """The cell in `self.column` begins, or (`other`) what may stand behind the cells of a row."""

    def value(self) -> None:
        """The cell has content."""

    def _doctype(self, *_: Any) -> None:
        raise ValueError("DOCTYPE")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        depth = self._depth
        if depth == 5:
            if self._section == "sheetData" and _local(name) in _VALUES:
                self.value()
        elif depth == 4:
            if self._section == "sheetData":
                self._begin_cell(name, attributes)
        elif depth == 3:
            if self._section == "sheetData" and _local(name) == "row":
                self.row = int(attributes.get("r", self.row + 1))
                self.column = 0
                self.begin_row()
            else:
                self.begin_item(self._section, attributes)
        elif depth == 2:
            self._section = _local(name)
            self.begin_section(self._section, name.split("}")[2] if name.count("}") > 1 else "", attributes)
        elif depth == 1 and _local(name) != "worksheet":
            raise ValueError("no worksheet")

    def _begin_cell(self, name: str, attributes: dict[str, str]) -> None:
        other = _local(name) != "c"
        if not other:
            place = _CELL.fullmatch(attributes.get("r", ""))
            self.column = _number(place[1]) if place else self.column + 1
        self.begin_cell(attributes, other=other)

    def _end(self, name: str) -> None:
        if self._depth == 3 and self._section == "sheetData":
            if _local(name) == "row":
                self.end_row()
        elif self._depth == 2:
            self.end_section(self._section)
            self._section = ""
        self._depth -= 1


@lru_cache(256)
def _local(name: str) -> str:
    """An element's name; empty if it is not one of spreadsheets."""
    space, _, rest = name.partition("}")
    return rest.partition("}")[0] if space in _MAIN else ""


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


class _Size(_Walk):
    """How wide the table is, and which rows have content."""

    def __init__(self, columns: Columns) -> None:
        super().__init__()
        self.width = 0
        self.filled: set[int] = set()
        """The rows below the heads with content that is not ours."""
        self._heads = columns.sheet.heads
        self._ours = range(columns.sheet.checked, columns.sheet.checked and columns.sheet.checked + len(columns.heads))

    def value(self) -> None:
        self.width = max(self.width, self.column)
        if self.row > self._heads and self.column not in self._ours:
            self.filled.add(self.row)

    def begin_item(self, section: str, attributes: Mapping[str, str]) -> None:
        if section == "mergeCells":
            last = _CELL.fullmatch(attributes.get("ref", "").partition(":")[2])
            if last and int(last[2]) >= self._heads:
                self.width = max(self.width, _number(last[1]))


class _Child(NamedTuple):
    """A cell of a row that is changed, or what stands behind its cells."""

    at: int
    column: int
    style: str | None


class _Width(NamedTuple):
    """A `col` element."""

    at: int
    first: int
    last: int


@dataclass(slots=True)
class _Places:
    """The places of elements in the sheet."""

    children: list[_Child] = field(default_factory=list)
    cells: tuple[str, ...] | None = None
    widths: list[_Width] = field(default_factory=list)
    start: int = 0
    """Where the row, or the list of widths, begins."""


class _Edits(_Walk):
    """The edits that put the columns into a sheet: from, to, and the new bytes."""

    def __init__(self, sheet: bytes, columns: Columns, start: int, filled: set[int]) -> None:
        super().__init__()
        self._sheet = sheet
        self._columns = columns
        self._start_column = start
        self._filled = filled
        self._mine = range(start, start + len(columns.heads))
        self._edits: list[tuple[int, int, bytes]] = []
        self._prefix = ""
        self._places = _Places()
        self._has_widths = False
        self._look: str | None = None
        """The style of the cell at the left of the new heads, in the rows of the heads."""
        self._headed = False

    def applied(self) -> bytes:
        """The sheet with the edits."""
        pieces: list[bytes] = []
        at = 0
        for start, end, new in self._edits:
            pieces += (self._sheet[at:start], new)
            at = end
        return b"".join((*pieces, self._sheet[at:]))

    def begin_section(self, name: str, prefix: str, attributes: Mapping[str, str]) -> None:
        self._prefix = f"{prefix}:" if prefix else ""
        if name == "dimension":
            self._dimension(attributes.get("ref", ""))
        elif name == "cols":
            self._has_widths = True
            self._places.start = self.at
        elif name == "sheetData" and not self._has_widths:
            cols = f"{self._prefix}cols"
            new = f"<{cols}>{''.join(self._new_widths())}</{cols}>"
            self._edit(self.at, self.at, new)

    def _dimension(self, ref: str) -> None:
        """Widens the sheet's range, in which readers look for cells."""
        first, _, last = ref.partition(":")
        place, end = _CELL.fullmatch(first), _CELL.fullmatch(last or first)
        tag = self._tag(self.at)
        if place is None or end is None or (found := _REF.search(tag)) is None:
            return
        column = max(_number(end[1]), self._mine[-1])
        new = f"{first}:{column_letter(column)}{end[2]}"
        self._edit(self.at + found.start(), self.at + found.end(), new)

    def begin_item(self, section: str, attributes: Mapping[str, str]) -> None:
        if section == "cols":
            first, last = int(attributes.get("min", 0)), int(attributes.get("max", 0))
            self._places.widths.append(_Width(self.at, first, last))

    def end_section(self, name: str) -> None:
        if name == "cols":
            self._widths()
        elif name == "sheetData" and not self._headed:
            raise ValueError("no row of heads")

    def _widths(self) -> None:
        """Gives the new columns a width, so that they are seen; a range that holds them is split.

        `col` elements stand in the order of their columns and don't overlap (ECMA-376, part 1, 18.3.1.13).
        """
        new = "".join(self._new_widths()).encode()
        whole = self._tag(self._places.start)
        if whole.endswith(b"/>"):
            self._edit(
                self._places.start, self._places.start + len(whole), _opened(whole) + new + self._closing("cols")
            )
            return
        place, first, last = self.at, self._mine[0], self._mine[-1]
        for width in self._places.widths:
            tag = self._tag(width.at)
            end = width.at + len(tag)
            if not tag.endswith(b"/>"):  # <col …></col>
                end = self._sheet.index(b">", end) + 1
                tag = tag[:-1] + b"/>"
            if width.last < first:
                continue
            if width.first > last:
                place = min(place, width.at)
                break
            before = _ranged(tag, width.first, first - 1) if width.first < first else b""
            after = _ranged(tag, last + 1, width.last) if width.last > last else b""
            self._edit(width.at, end, before + new + after)
            new, place = b"", -1
        if new and place >= 0:
            self._edit(place, place, new)

    def _new_widths(self) -> list[str]:
        widths = zip(self._mine, _WIDTHS, strict=True)
        return [f'<{self._prefix}col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in widths]

    def begin_row(self) -> None:
        heads = self._columns.sheet.heads
        if self.row > heads and not self._headed:  # merged cells of two rows, of which the lower one has no cells
            new = f'<{self._prefix}row r="{heads}">{self._cells(heads, self._columns.heads)}</{self._prefix}row>'
            self._edit(self.at, self.at, new)
        self._headed = self._headed or self.row >= heads
        self._places.cells = self._columns.of(self.row, filled=self.row in self._filled)
        self._places.children = []
        self._places.start = self.at

    def begin_cell(self, attributes: Mapping[str, str], *, other: bool) -> None:
        if not self._headed and not other and self.column < self._start_column:
            self._look = attributes.get("s")
        if self._places.cells is not None:
            column = _LAST_COLUMN + 1 if other else self.column
            self._places.children.append(_Child(self.at, column, attributes.get("s")))

    def end_row(self) -> None:
        cells, start = self._places.cells, self._places.start
        if cells is None:
            return
        tag = self._tag(start)
        whole = _SPANS.sub(b"", tag)  # `spans` only speeds reading up, and would be wrong now
        if tag.endswith(b"/>"):
            filled = self._cells(self.row, cells).encode()
            self._edit(start, start + len(tag), _opened(whole) + filled + self._closing("row"))
            return
        if whole != tag:
            self._edit(start, start + len(tag), whole)
        children = self._places.children
        before = [child for child in children if child.column < self._start_column]
        rest = [child.column for child in children[len(before) :]]
        if children[: len(before)] != before or rest != sorted(rest):
            raise ValueError(f"row {self.row} is out of order")
        behind = [child.at for child in children if child.column > self._mine[-1]]
        old = {child.column: child for child in children if child.column in self._mine}
        after = min(behind, default=self.at)
        start = min((child.at for child in old.values()), default=after)
        style = before[-1].style if before else None
        new = "".join(
            self._cell(self.row, column, text, old[column].style if column in old else style)
            for column, text in zip(self._mine, cells, strict=True)
        )
        self._edit(start, after, new)

    def _edit(self, start: int, end: int, new: str | bytes) -> None:
        self._edits.append((start, end, new if isinstance(new, bytes) else new.encode()))

    def _closing(self, name: str) -> bytes:
        return f"</{self._prefix}{name}>".encode()

    def _cells(self, row: int, texts: tuple[str, ...]) -> str:
        """The cells of a row that has no others."""
        style = self._look if row == self._columns.sheet.heads else None
        return "".join(self._cell(row, column, text, style) for column, text in zip(self._mine, texts, strict=True))

    def _cell(self, row: int, column: int, text: str, style: str | None) -> str:
        """A cell; it looks like the one at its left."""
        if not text and style is None:
            return ""
        p = self._prefix
        head = f'<{p}c r="{column_letter(column)}{row}"' + (f' s="{int(style)}"' if style is not None else "")
        if not text:
            return f"{head}/>"
        words = escape(_ESCAPE.sub("_x005F_", text))  # `_x000D_` in a cell is a character (ECMA-376, 22.9.2.19)
        return f'{head} t="inlineStr"><{p}is><{p}t xml:space="preserve">{words}</{p}t></{p}is></{p}c>'

    def _tag(self, at: int) -> bytes:
        found = _TAG.match(self._sheet, at)
        if found is None:
            raise ValueError("no tag")
        return found[0]


def _opened(tag: bytes) -> bytes:
    """An empty element's tag as one that holds something."""
    return tag.removesuffix(b"/>").rstrip() + b">"


def _ranged(tag: bytes, first: int, last: int) -> bytes:
    """A `col` tag for other columns."""
    tag = re.sub(rb"(\smin=[\"'])\d+", rb"\g<1>%d" % first, tag)
    return re.sub(rb"(\smax=[\"'])\d+", rb"\g<1>%d" % last, tag)


def _repacked(raw: bytes, changed: Mapping[str, bytes]) -> bytes:
    """The archive with these parts changed. All others are copied as they lie in it, packed bytes and headers."""
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        parts, end, comment = archive.infolist(), archive.start_dir, archive.comment
    starts = sorted({part.header_offset for part in parts})
    ends = dict(zip(starts, [*starts[1:], end], strict=True))
    by_start = {part.header_offset: part for part in parts}
    out = [raw[: starts[0]]]
    size, places, packed = starts[0], dict[int, int](), dict[str, tuple[int, int, int]]()
    for start in starts:
        piece, part = raw[start : ends[start]], by_start[start]
        if part.filename in changed:
            piece, packed[part.filename] = _packed(piece, changed[part.filename])
        places[start] = size
        size += len(piece)
        out.append(piece)
    directory = b"".join(_listed(part, places[part.header_offset], packed.get(part.filename)) for part in parts)
    head = struct.pack("<4s4H2LH", _END, 0, 0, len(parts), len(parts), len(directory), size, len(comment))
    return b"".join((*out, directory, head, comment))


def _packed(piece: bytes, content: bytes) -> tuple[bytes, tuple[int, int, int]]:
    """A part's header and data with another content; and its check sum, packed and unpacked size."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    data = packer.compress(content) + packer.flush()
    sums = zlib.crc32(content), len(data), len(content)
    mark, version, flags, _, time, date, *_, name, extra = struct.unpack_from("<4s5H3L2H", piece)
    if mark != _LOCAL:
        raise ValueError("no local header")
    kept = _without_zip64(piece[30 + name : 30 + name + extra])
    head = struct.pack(
        "<4s5H3L2H", _LOCAL, max(version, 20), flags & ~_DESCRIBED, zipfile.ZIP_DEFLATED, time, date, *sums, name, len(kept)
    )  # fmt: skip
    return head + piece[30 : 30 + name] + kept + data, sums


def _listed(part: zipfile.ZipInfo, place: int, sums: tuple[int, int, int] | None) -> bytes:
    """A part's row in the archive's directory."""
    name = part.orig_filename.encode("utf-8" if part.flag_bits & _UTF8 else "cp437")
    extra = _without_zip64(part.extra)
    flags = part.flag_bits if sums is None else part.flag_bits & ~_DESCRIBED
    method = part.compress_type if sums is None else zipfile.ZIP_DEFLATED
    year, month, day, hour, minute, second = part.date_time
    date, time = (year - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2
    head = struct.pack(
        "<4s4B4H3L5H2L", _CENTRAL, part.create_version, part.create_system, part.extract_version, part.reserved, flags, method,
        time, date, *(sums or (part.CRC, part.compress_size, part.file_size)), len(name), len(extra), len(part.comment),
        0, part.internal_attr, part.external_attr, place,
    )  # fmt: skip
    return head + name + extra + part.comment


def _without_zip64(extra: bytes) -> bytes:
    """The extra fields without sizes of 64 bits, which no workbook that is read here needs."""
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind != _ZIP64:
            kept += extra[at : at + 4 + size]
        at += 4 + size
    return kept
