"""The kind of an attachment by its content: the formats of the key `format`, and office documents.

For text, pictures that scanners make, and documents in archives; never by the file's name.
"""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING

from vidcheck.declared.documents.document import MOST_BYTES
from vidcheck.declared.package import CONTENT_TYPES, MOST_PARTS, OLE
from vidcheck.witnesses.formats import HEAD
from vidcheck.witnesses.mp4 import boxes

if TYPE_CHECKING:
    from typing import BinaryIO

READ = frozenset({"docx", "docm", "doc", "encrypted", "pdf"})
"""Kinds of documents that may be forms, including those that can't be read."""
_STREAMS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("PowerPoint Document", "ppt"),
)
"""Of an OLE container ([MS-CFB] 2.6.1: names are UTF-16): what each is the mark of."""
_OFFICE = (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx"))
_MACROS = {"docx": "docm", "xlsx": "xlsm", "pptx": "pptm"}
_STARTS = ((b"II*\0", "tiff"), (b"MM\0*", "tiff"), (b"{\\rtf", "rtf"), (b"BM", "bmp"))
_TEXT_HEAD = 4096


def look(file: BinaryIO, size: int) -> str:
    """The kind of an open file of that size; `none` for an unknown one. Raises CouldNotLookError."""
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(OLE):
        return _ole(file)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    kind = next((kind for start, kind in _STARTS if head.startswith(start)), "")
    if kind:
        return kind
    form = boxes.look(file, size).format
    if form == "zip":
        return _archive(file, size, head)
    return "text" if form == "none" and _is_text(head[:_TEXT_HEAD]) else form


def _ole(file: BinaryIO) -> str:
    file.seek(0)
    data = file.read(MOST_BYTES)
    return next((kind for name, kind in _STREAMS if name.encode("utf-16-le") in data), "ole")


def _archive(file: BinaryIO, size: int, head: bytes) -> str:
    """The kind of office document in a ZIP archive, by the names in it; nothing is unpacked.

    A broken archive that begins like a document counts as one, because it may have been a form.
    """
    if size > MOST_BYTES:
        return "zip"
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()[:MOST_PARTS]
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, LookupError, RuntimeError):
        names = [name for name in (CONTENT_TYPES, *(folder for folder, _ in _OFFICE)) if name.encode() in head]
        return _office(names) or "docx" if CONTENT_TYPES in names else "zip"
    return _office(names) or "zip" if CONTENT_TYPES in names else "zip"


def _office(names: list[str]) -> str:
    kind = next((kind for folder, kind in _OFFICE if any(name.startswith(folder) for name in names)), "")
    macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    return _MACROS.get(kind, kind) if macros else kind


def _is_text(head: bytes) -> bool:
    """Whether it is UTF-8 without control characters; the head may end within a character."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        text = head[: error.start].decode("utf-8") if error.start > len(head) - 4 else ""
    return bool(text) and all(char.isprintable() or char.isspace() for char in text)
