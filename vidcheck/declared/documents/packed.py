"""A .docx as the ZIP file it is, taken apart within bounds before any library sees it.

What comes out is a new archive of XML parts that were read to their end and found harmless; every other part is empty,
as are those that say how a document looks: Word writes fifty times as much into them as an entrant into a form. So nothing can be opened that wasn't looked at, whatever the archive's own tables say.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING
from xml.parsers import expat

from vidcheck.texts import say
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from vidcheck.texts import Readable

MOST_MEMBERS = 2000
MOST_EXPANDED = 96 * 2**20
"""Bytes of all members unpacked."""
MOST_RATIO = 150
"""Of unpacked to packed bytes. Word's own style sheets reach 70; a bomb reaches 1000."""
RATIO_FROM = 2**20
"""Unpacked bytes from which on the ratio matters: a short part of one repeated letter harms nobody."""
MOST_DEPTH = 200
"""Of nested XML elements; lxml stops at 256."""
MOST_ELEMENTS = 1_000_000
_PIECE = 2**16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] 2.2
_MACROS = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)
_TYPES = "[Content_Types].xml"
_LOOKS = re.compile(
    r"(?:word/(?:theme/.*|styles|stylesWithEffects|settings|webSettings|fontTable|numbering)|docProps/.*|customXml/.*)\.xml",
    re.IGNORECASE | re.DOTALL,
)
"""Parts in which none of a document's words stand."""
_BLANK = b"<blank/>"


def unpack(data: bytes) -> bytes:
    """The archive with harmless parts only. Raises CouldNotLookError, which says what is wrong with it."""
    if data.startswith(_OLE):
        raise CouldNotLookError(_old(data))
    parts = _members(data)
    if _TYPES not in parts:
        raise CouldNotLookError(say("it is no Word document"))
    if _MACROS.search(parts[_TYPES]) or any(_MACROS.search(name.encode("utf-8", "replace")) for name in parts):
        raise CouldNotLookError(say("the document has macros; save it as .docx without them"))
    elements = 0
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as copy:
        for name, part in parts.items():
            kept = _BLANK if _LOOKS.fullmatch(name) else part if name.lower().endswith((".xml", ".rels")) else b""
            if kept is part:
                elements = _harmless(part, elements)
            copy.writestr(zipfile.ZipInfo(name), kept)
    return whole.getvalue()


def _old(data: bytes) -> Readable:
    if "EncryptedPackage".encode("utf-16-le") in data:  # [MS-OFFCRYPTO] 2.3.4
        return say("the document is encrypted; save it without a password")
    return say("the document is in an older format than .docx; save it as .docx")


def _members(data: bytes) -> dict[str, bytes]:
    """Every member's bytes by name, unpacked within the bounds."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            listed = archive.infolist()
            _check_declared(listed, len(data))
            room, parts = MOST_EXPANDED, {}
            for member in listed:
                if member.is_dir():
                    continue
                part = _read(archive, member, room)
                room -= len(part)
                if member.filename in parts:
                    raise CouldNotLookError(say("the document holds the same part twice"))
                parts[member.filename] = part
            return parts
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError, LookupError):
        raise CouldNotLookError(say("the document is broken: it can't be unpacked")) from None
    except RuntimeError:  # what zipfile raises for a member with a password
        raise CouldNotLookError(say("the document is encrypted; save it without a password")) from None


def _check_declared(listed: list[zipfile.ZipInfo], size: int) -> None:
    """Raises CouldNotLookError where what the archive says of itself is beyond the bounds."""
    if len(listed) > MOST_MEMBERS:
        raise CouldNotLookError(say("the document has {count} parts: it is no form", count=f"{len(listed):,}"))
    if any(member.flag_bits & 1 for member in listed):
        raise CouldNotLookError(say("the document is encrypted; save it without a password"))
    if any(member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for member in listed):
        raise CouldNotLookError(say("the document is packed in a way that Word does not use"))
    expanded = sum(member.file_size for member in listed)
    if expanded > MOST_EXPANDED or (expanded > RATIO_FROM and expanded > MOST_RATIO * size):
        raise CouldNotLookError(_bomb())


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int) -> bytes:
    """A member's real bytes, whatever size it declares."""
    pieces: list[bytes] = []
    size = 0
    with archive.open(member) as file:
        while piece := file.read(_PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > room or (size > RATIO_FROM and size > MOST_RATIO * max(1, member.compress_size)):
                raise CouldNotLookError(_bomb())
    return b"".join(pieces)


def _bomb() -> Readable:
    return say("unpacked, the document is far too large: it may be a decompression bomb")


def _harmless(part: bytes, elements: int) -> int:
    """Reads an XML part to its end; how many elements there were with those before.

    Raises CouldNotLookError for a DTD (ECMA-376, part 2, 7.1.4 forbids them), too deep nesting, and what is no XML.
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
