"""Word documents (.docx) by python-docx: tables with their merged cells, paragraphs, text boxes.

Only the words are taken. Links, templates, pictures and fields that name other files are not followed.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from vidcheck.declared.documents.document import MISSING, MOST_COLUMNS, Budget, Cell, Document, Line, Table, whole
from vidcheck.declared.documents.packed import unpack
from vidcheck.texts import say
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_P, _TBL, _TR, _TC, _R, _T = (f"{_W}{name}" for name in ("p", "tbl", "tr", "tc", "r", "t"))
_BOX = f"{_W}txbxContent"
_SEEN_THROUGH = frozenset({
    *(f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "hyperlink", "customXml", "fldSimple", "dir", "bdo")),
    f"{_MC}AlternateContent", f"{_MC}Choice",
})  # fmt: skip
"""What may stand around rows, cells, paragraphs and runs without saying anything itself (ECMA-376, part 1, 17.5)."""
_SPACES = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_OFF = frozenset({"0", "false", "off"})


def look(file: BinaryIO) -> Document:
    """What the document says. Raises CouldNotLookError, also where python-docx is not installed."""
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


class _Reader:
    """Goes through the document once, counting what it meets."""

    def __init__(self) -> None:
        self._budget = Budget()
        self._paragraphs = 0

    def blocks(self, parent: Any, place: str = "") -> Iterator[Table | Line]:
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
                        Line(text=self._budget.take(line), place=where) for line in text.split("\n") if line.strip()
                    )
                for at, box in enumerate(_boxes(child), start=1):
                    yield from self.blocks(box, f"{where}, text box {at}, ")

    def _table(self, table: Any, place: str) -> Iterator[Table | Line]:
        cells: list[Cell] = []
        inner: list[Table | Line] = []
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
                    cells[begun] = Cell(
                        text=first.text, row=first.row, column=column, rows=row - first.row + 1, columns=width
                    )
                else:
                    open_.pop(column, None)
                    if merged:
                        open_[column] = len(cells)
                    text = self._budget.take("\n".join(_words(child) for child in _children(tc, _P)))
                    cells.append(Cell(text=text.strip(), row=row, column=column, columns=width))
                    inner += self._inside(tc, f"{place}, row {row + 1}, ")
                column += width
        yield Table(cells=tuple(cells), place=place)
        yield from inner

    def _inside(self, tc: Any, place: str) -> Iterator[Table | Line]:
        """Tables and text boxes in a cell."""
        for at, table in enumerate(_children(tc, _TBL), start=1):
            yield from self._table(table, f"{place}table {at}")
        for paragraph in _children(tc, _P):
            for at, box in enumerate(_boxes(paragraph), start=1):
                yield from self.blocks(box, f"{place}text box {at}, ")


def _children(parent: Any, tag: str = "") -> Iterator[Any]:
    """The children that mean something, with what content controls and the like wrap."""
    for child in parent.iterchildren():
        if child.tag in _SEEN_THROUGH:
            yield from _children(child, tag)
        elif not tag or child.tag == tag:
            yield child


def _words(paragraph: Any) -> str:
    """A paragraph's text as a reader sees it: nothing deleted, nothing hidden."""
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
    """A figure among an element's properties; 0 where none stands."""
    found = element.find(f"{_W}{properties}/{_W}{name}")
    text = found.get(f"{_W}val", "") if found is not None else ""
    return min(int(text[:9]), MOST_COLUMNS) if text.isascii() and text.isdigit() else 0
