"""Reads Word documents (.docx): unpacks and checks them within limits, then reads them by python-docx.

Only text is read: tables with their merged cells, paragraphs, text boxes. Links, templates, pictures and fields that
name other files are not followed.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from vidcheck.declared.documents.document import (
    MISSING,
    MOST_COLUMNS,
    Budget,
    Document,
    Table,
    TableCell,
    TextLine,
    whole,
)
from vidcheck.declared.package import CONTENT_TYPES, ENCRYPTED_STREAM, OLE, Package, PackageError, Problem
from vidcheck.texts import marked, say
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from vidcheck.texts import Readable

MOST_EXPANDED = 96 * 2**20
"""The most bytes of all unpacked parts."""
MOST_RATIO = 150
"""The greatest ratio of unpacked to packed bytes. Word's style sheets reach 70; a bomb reaches 1000."""
MOST_DEPTH = 200
"""The most levels of nested XML elements; lxml stops at 256."""
MOST_ELEMENTS = 1_000_000
_MACROS = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)
_LOOKS = re.compile(
    r"(?:word/(?:theme/.*|styles|stylesWithEffects|settings|webSettings|fontTable|numbering)|docProps/.*|customXml/.*)\.xml",
    re.IGNORECASE | re.DOTALL,
)
"""Parts without any of a document's text."""
_BLANK = b"<blank/>"
_REFUSED = {
    Problem.BROKEN: marked("the document is broken: it can't be unpacked"),
    Problem.ENCRYPTED: marked("the document is encrypted; save it without a password"),
    Problem.METHOD: marked("the document is packed in a way that Word does not use"),
    Problem.LARGE: marked("unpacked, the document is far too large: it may be a decompression bomb"),
    Problem.TWICE: marked("the document holds the same part twice"),
}

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_P, _TBL, _TR, _TC, _R, _T = (f"{_W}{name}" for name in ("p", "tbl", "tr", "tc", "r", "t"))
_BOX = f"{_W}txbxContent"
_SEEN_THROUGH = frozenset({
    *(f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "hyperlink", "customXml", "fldSimple", "dir", "bdo")),
    f"{_MC}AlternateContent", f"{_MC}Choice",
})  # fmt: skip
"""Elements that wrap rows, cells, paragraphs and runs and have no text of their own (ECMA-376, part 1, 17.5)."""
_SPACES = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_OFF = frozenset({"0", "false", "off"})


def look(file: BinaryIO) -> Document:
    """Reads the document. Raises CouldNotLookError, also if python-docx is not installed."""
    data = unpack(whole(file))
    try:
        import docx  # slow, and an extra
    except ImportError:
        raise CouldNotLookError(MISSING) from None
    try:
        body = docx.Document(BytesIO(data)).element.body
        reader = _Reader()
        return Document(blocks=tuple(reader.blocks(body)))
    except (CouldNotLookError, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - python-docx and lxml raise anything on what is no document
        raise CouldNotLookError(say("it is no Word document that can be read")) from None


def unpack(data: bytes) -> bytes:
    """A copy of the package after all its parts were read and checked. Raises CouldNotLookError.

    Only XML parts are kept; other parts are empty, and so are those for the document's appearance, in which Word writes
    fifty times as much as an entrant in a form. So the library can't open anything unchecked, whatever the package's
    tables say.
    """
    if data.startswith(OLE):
        raise CouldNotLookError(_older(data))
    try:
        package = Package(data, most_bytes=MOST_EXPANDED, most_ratio=MOST_RATIO)
        parts = {name: b"".join(package.pieces(name)) for name in package.names}
    except PackageError as error:
        raise CouldNotLookError(_refused(error)) from None
    if CONTENT_TYPES not in parts:
        raise CouldNotLookError(say("it is no Word document"))
    if _MACROS.search(parts[CONTENT_TYPES]) or any(_MACROS.search(name.encode("utf-8", "replace")) for name in parts):
        raise CouldNotLookError(say("the document has macros; save it as .docx without them"))
    elements = 0
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as copy:
        for name, part in parts.items():
            if _LOOKS.fullmatch(name):
                copy.writestr(zipfile.ZipInfo(name), _BLANK)
            elif name.lower().endswith((".xml", ".rels")):
                elements = _count_harmless(part, elements)
                copy.writestr(zipfile.ZipInfo(name), part)
            else:
                copy.writestr(zipfile.ZipInfo(name), b"")
    return kept.getvalue()


def _older(data: bytes) -> Readable:
    if ENCRYPTED_STREAM in data:
        return say("the document is encrypted; save it without a password")
    return say("the document is in an older format than .docx; save it as .docx")


def _refused(error: PackageError) -> Readable:
    if error.problem is Problem.MANY:
        return say("the document has {count} parts: it is no form", count=f"{error.parts:,}")
    return say(_REFUSED[error.problem])


def _count_harmless(part: bytes, elements: int) -> int:
    """Reads an XML part to its end, and returns the number of elements including the earlier ones.

    Raises CouldNotLookError for a DTD (ECMA-376, part 2, 7.1.4 forbids them), too deep nesting, and invalid XML.
    """
    depth = 0

    def start(_name: str, _attributes: object) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > MOST_DEPTH or elements > MOST_ELEMENTS:
            raise CouldNotLookError(say("the document's XML is nested too deep, or has too many elements"))

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> None:
        raise CouldNotLookError(say("the document's XML declares entities, which no Word document does"))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError):
        raise CouldNotLookError(say("the document's XML is broken")) from None
    return elements


class _Reader:
    """Reads the document once, and counts its content."""

    def __init__(self) -> None:
        self._budget = Budget()
        self._paragraphs = 0

    def blocks(self, parent: Any, place: str = "") -> Iterator[Table | TextLine]:
        """Tables and paragraphs in their order, those in text boxes after the paragraph that holds the box."""
        tables = 0
        for child in _children(parent):
            if child.tag == _TBL:
                tables += 1
                yield from self._table(child, f"{place}table {tables}")
            elif child.tag == _P:
                self._paragraphs += 1
                where = f"{place}paragraph {self._paragraphs}"
                text = _words(child)
                if text.strip():
                    yield from (
                        TextLine(text=self._budget.take(line), place=where) for line in text.split("\n") if line.strip()
                    )
                for at, box in enumerate(_boxes(child), start=1):
                    yield from self.blocks(box, f"{where}, text box {at}, ")

    def _table(self, table: Any, place: str) -> Iterator[Table | TextLine]:
        cells: list[TableCell] = []
        inner: list[Table | TextLine] = []
        open_: dict[int, int] = {}  # by column, where in `cells` a vertically merged cell began
        for row, tr in enumerate(_children(table, _TR)):
            self._budget.take("")
            column = _figure(tr, "trPr", "gridBefore")
            for tc in _children(tr, _TC):
                width = min(max(1, _figure(tc, "tcPr", "gridSpan")), MOST_COLUMNS)
                if column + width > MOST_COLUMNS:
                    raise CouldNotLookError(say("a table of the document is too wide for a form"))
                merged = _merged(tc)
                begun = open_.get(column)
                if merged == "continue" and begun is not None and cells[begun].columns == width:
                    first = cells[begun]
                    cells[begun] = TableCell(
                        text=first.text, row=first.row, column=column, rows=row - first.row + 1, columns=width
                    )
                else:
                    open_.pop(column, None)
                    if merged:
                        open_[column] = len(cells)
                    text = self._budget.take("\n".join(_words(child) for child in _children(tc, _P)))
                    cells.append(TableCell(text=text.strip(), row=row, column=column, columns=width))
                    inner += self._inside(tc, f"{place}, row {row + 1}, ")
                column += width
        yield Table(cells=tuple(cells), place=place)
        yield from inner

    def _inside(self, tc: Any, place: str) -> Iterator[Table | TextLine]:
        """Tables and text boxes in a cell."""
        for at, table in enumerate(_children(tc, _TBL), start=1):
            yield from self._table(table, f"{place}table {at}")
        for paragraph in _children(tc, _P):
            for at, box in enumerate(_boxes(paragraph), start=1):
                yield from self.blocks(box, f"{place}text box {at}, ")


def _children(parent: Any, tag: str = "") -> Iterator[Any]:
    """The relevant children, including those inside content controls and the like."""
    for child in parent.iterchildren():
        if child.tag in _SEEN_THROUGH:
            yield from _children(child, tag)
        elif not tag or child.tag == tag:
            yield child


def _words(paragraph: Any) -> str:
    """A paragraph's visible text, without deleted and hidden text."""
    return "".join(
        part.text or "" if part.tag == _T else _SPACES.get(part.tag, "")
        for run in _children(paragraph, _R)
        if not _hidden(run)
        for part in _children(run)
    )


def _boxes(paragraph: Any) -> Iterator[Any]:
    """The text boxes of a paragraph; Word writes each a second time for older readers, in a fallback."""
    stack = list(reversed(list(_children(paragraph))))
    while stack:
        element = stack.pop()
        if element.tag == _BOX:
            yield element
        elif element.tag != f"{_MC}Fallback":
            stack.extend(reversed(list(element.iterchildren())))


def _hidden(run: Any) -> bool:
    vanish = run.find(f"{_W}rPr/{_W}vanish")
    return vanish is not None and vanish.get(f"{_W}val", "1") not in _OFF


def _merged(tc: Any) -> str:
    """`restart`, `continue`, or empty where the cell is merged with none above (ECMA-376, part 1, 17.4.84)."""
    merge = tc.find(f"{_W}tcPr/{_W}vMerge")
    return "" if merge is None else "restart" if merge.get(f"{_W}val") == "restart" else "continue"


def _figure(element: Any, properties: str, name: str) -> int:
    """A number among an element's properties; 0 if there is none."""
    found = element.find(f"{_W}{properties}/{_W}{name}")
    text = found.get(f"{_W}val", "") if found is not None else ""
    return min(int(text[:9]), MOST_COLUMNS) if text.isascii() and text.isdigit() else 0
