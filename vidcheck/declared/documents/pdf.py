"""Reads PDFs with text by pypdf: the lines of their pages, and the fields of fillable forms.

A document with active content (scripts, launch actions, attached files) is refused: no form needs that.
"""

from __future__ import annotations

import re
import zlib
from contextlib import nullcontext
from io import BytesIO
from typing import TYPE_CHECKING, Any

from vidcheck.declared.documents.document import MISSING, Budget, Document, TextLine, whole
from vidcheck.texts import marked, say
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

MOST_PAGES = 40
MOST_OBJECTS = 20_000
"""The most objects that are examined; Word's PDF of the call's form has 60."""
MOST_DEPTH = 60
MOST_STREAM = 16 * 2**20
"""The most bytes of one unpacked stream. Pictures are never unpacked."""
MOST_EXPANDED = 64 * 2**20
"""The most bytes of all unpacked streams, without pictures."""
_ACTIONS = {
    "/JavaScript": marked("scripts"), "/Launch": marked("an action that starts a program"),
    "/GoToR": marked("an action that opens another file"), "/GoToE": marked("an action that opens an attached file"),
    "/SubmitForm": marked("an action that sends data"), "/ImportData": marked("an action that opens another file"),
    "/Movie": marked("media that play"), "/Rendition": marked("media that play"), "/Sound": marked("media that play"),
    "/RichMediaExecute": marked("media that play"),
}  # fmt: skip
"""By the action's type (ISO 32000-1, 12.6.4)."""
_KEYS = {"/JS": marked("scripts"), "/JavaScript": marked("scripts"), "/EmbeddedFiles": marked("attached files"),
         "/EF": marked("attached files"), "/XFA": marked("an XFA form")}  # fmt: skip
_BOUNDS: dict[str, Any] = {
    "zlib_maximum_output_length": MOST_STREAM, "lzw_maximum_output_length": MOST_STREAM,
    "run_length_maximum_output_length": MOST_STREAM, "array_based_stream_maximum_output_length": MOST_STREAM,
    "stream_parsing_work_maximum_count": 500_000, "xform_maximum_invocations_per_extraction": 500, "jbig2dec_binary": None,
}  # fmt: skip
"""Settings of pypdf: its limits, and no external program."""
_STREAM = re.compile(rb"stream\r?\n")
_PICTURE = re.compile(rb"/Subtype\s*/Image\b")
_LOOK_BACK = 512  # bytes before a stream in which its dictionary may say that it is a picture


def look(file: BinaryIO) -> Document:
    """Reads the document. Raises CouldNotLookError, also if pypdf is not installed."""
    data = whole(file)
    _check_expansion(data)
    try:
        import pypdf  # slow, and an extra
    except ImportError:
        raise CouldNotLookError(MISSING) from None
    # since version 7; older versions have other limits, or none
    bounded = pypdf.apply_configuration(**_BOUNDS) if hasattr(pypdf, "apply_configuration") else nullcontext()
    try:
        with bounded:
            return Document(blocks=tuple(_lines(pypdf.PdfReader(BytesIO(data), strict=False))))
    except (CouldNotLookError, MemoryError):
        raise
    except RecursionError:
        raise CouldNotLookError(say("the document is nested too deep")) from None
    except Exception:  # noqa: BLE001 - pypdf raises anything on what is no PDF
        raise CouldNotLookError(say("it is no PDF that can be read")) from None


def _lines(reader: Any) -> list[TextLine]:
    if reader.is_encrypted:
        raise CouldNotLookError(say("the document is encrypted; save it without a password"))
    root = reader.trailer["/Root"].get_object()
    _check_harmless(root)
    _check_pages(dict.get(root, "/Pages"))
    budget = Budget()
    return [*_pages(reader.pages, budget), *_fields(reader, budget)]


def _check_expansion(data: bytes) -> None:
    """Unpacks every stream within limits. Raises CouldNotLookError for one that expands too much."""
    room = MOST_EXPANDED
    for found in _STREAM.finditer(data):
        if _PICTURE.search(data, max(0, found.start() - _LOOK_BACK), found.start()):
            continue
        unpacked = _unpacked(memoryview(data)[found.end() :])
        room -= unpacked
        if unpacked > MOST_STREAM or room < 0:
            raise CouldNotLookError(say("unpacked, the document is far too large: it may be a decompression bomb"))


def _unpacked(packed: memoryview) -> int:
    """The unpacked size of a stream, counted up to MOST_STREAM + 1; 0 if it isn't deflated."""
    inflate = zlib.decompressobj()
    size, at = 0, 0
    try:
        while (inflate.unconsumed_tail or at < len(packed)) and not inflate.eof and size <= MOST_STREAM:
            piece: bytes | memoryview = inflate.unconsumed_tail
            if not piece:
                piece, at = packed[at : at + 2**16], at + 2**16
            size += len(inflate.decompress(piece, 2**20))
    except zlib.error:
        return size
    return size


def _check_harmless(root: Any) -> None:
    """Examines all reachable objects. Raises CouldNotLookError for active content."""
    seen: set[int] = set()
    stack: list[Any] = [root]
    count = 0
    while stack:
        item = stack.pop()
        number = getattr(item, "idnum", None)
        if number in seen:
            continue
        seen |= {number} if number is not None else set()
        value = _resolved(item)
        if not isinstance(value, (dict, list)):
            continue
        count += 1
        if count > MOST_OBJECTS:
            raise CouldNotLookError(say("the document has more objects than a form can have"))
        if isinstance(value, dict):
            _check_one(value)
            stack.extend(dict.values(value))
        else:
            stack.extend(list.__iter__(value))


def _resolved(item: Any) -> Any:
    """The target of a reference; anything else unchanged."""
    return item.get_object() if hasattr(item, "get_object") else item


def _check_one(value: dict[Any, Any]) -> None:
    found = next((_KEYS[key] for key in value if key in _KEYS), None)
    action = _resolved(dict.get(value, "/S"))
    if found is None and isinstance(action, str):
        found = _ACTIONS.get(action)
    if found is None and _resolved(dict.get(value, "/Type")) == "/EmbeddedFile":
        found = _KEYS["/EF"]
    if found is not None:
        raise CouldNotLookError(say("the document has {what}, which no form needs", what=say(found)))
    filters = _resolved(dict.get(value, "/Filter"))
    if isinstance(filters, list) and len(filters) > 2:
        raise CouldNotLookError(say("the document is packed more than twice over"))


def _check_pages(root: Any) -> None:
    """Examines the tree of pages. Raises CouldNotLookError if it has a cycle, or is too large."""
    pages = 0
    seen: set[int] = set()
    stack: list[tuple[Any, int]] = [(root, 0)]
    while stack:
        item, depth = stack.pop()
        number = getattr(item, "idnum", None)
        if number is not None and number in seen:
            raise CouldNotLookError(say("the document's pages go round in a circle"))
        seen |= {number} if number is not None else set()
        node = _resolved(item)
        if not isinstance(node, dict) or depth > MOST_DEPTH:
            raise CouldNotLookError(say("the document's pages are not in order"))
        kids = _resolved(dict.get(node, "/Kids"))
        if isinstance(kids, list):
            stack.extend((kid, depth + 1) for kid in list.__iter__(kids))
        else:
            pages += 1
            _check_page(node)
        if pages > MOST_PAGES or len(stack) > MOST_OBJECTS:
            raise CouldNotLookError(say("the document has more than {most} pages: it is no form", most=MOST_PAGES))


def _check_page(page: dict[Any, Any]) -> None:
    """Raises CouldNotLookError for page contents marked as a picture, because pictures are not checked."""
    contents = _resolved(dict.get(page, "/Contents"))
    for part in list.__iter__(contents) if isinstance(contents, list) else [contents]:
        stream = _resolved(part)
        if isinstance(stream, dict) and _resolved(dict.get(stream, "/Subtype")) == "/Image":
            raise CouldNotLookError(say("the document's pages are not in order"))


def _pages(pages: Any, budget: Budget) -> Iterator[TextLine]:
    for number, page in enumerate(pages, start=1):
        lines = (line for line in page.extract_text().splitlines() if line.strip())
        for at, line in enumerate(lines, start=1):
            yield TextLine(text=budget.take(line.strip()), place=f"page {number}, line {at}")


def _fields(reader: Any, budget: Budget) -> Iterator[TextLine]:
    """The fields of a fillable form, each as a line of its name and its value (ISO 32000-1, 12.7.3)."""
    for name, field in (reader.get_fields() or {}).items():
        label, value = field.get("/TU") or name, field.get("/V")
        if isinstance(label, str) and isinstance(value, str):
            words = " ".join(value.split())
            yield TextLine(
                text=budget.take(f"{' '.join(label.split())}：{words}"), place=f"field {' '.join(name.split())}"
            )
