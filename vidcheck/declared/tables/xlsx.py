"""Reads Excel workbooks within limits. Formulas are not computed: the results that Excel stored count."""

from __future__ import annotations

import posixpath
import re
import warnings
import zipfile
from datetime import date, datetime, time
from io import BytesIO
from typing import TYPE_CHECKING, Any

from vidcheck.declared.package import CONTENT_TYPES, ENCRYPTED_STREAM, OLE, Package, PackageError, Problem
from vidcheck.declared.tables.cells import (
    HEAD_ROWS,
    MOST_COLUMNS,
    MOST_MERGED,
    MOST_ROWS,
    Cell,
    ManifestError,
    Sheet,
    cell,
    column_letter,
    short,
    wrong,
)
from vidcheck.facts import visible
from vidcheck.texts import say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from vidcheck.declared.tables.workbook import Book, Page, There
    from vidcheck.texts import Readable

MOST_EXPANDED = 256 * 2**20
"""The most bytes of all parts together."""
_LAST_ROW = 1_048_576  # ECMA-376: no sheet has more
_ENTITIES = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})", re.ASCII)
_WORKBOOK = "xl/workbook.xml"
_BINARY = "xl/workbook.bin"
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_NAMES = (
    (_STRICT, b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)
_OTHERS = (
    (
        "word/document.xml",
        say("this is a document of Word: copy its table into a sheet of Excel or WPS, and save that as .xlsx"),
    ),
    ("Index/Document.iwa", say("this is a table of Numbers: export it as Excel (.xlsx) or CSV")),
    ("content.xml", say("this is a table of LibreOffice or OpenOffice (.ods): save it as .xlsx or CSV")),
    (_BINARY, say("this is a binary workbook of Excel (.xlsb): save it as .xlsx or CSV")),
)
"""Parts of other files that people have tables in, and what to do."""
_LINKS = "xl/_rels/workbook.xml.rels"
_LINK = re.compile(rb"<(?:\w{1,20}:)?Relationship\s[^>]{0,4000}>")
_TARGET = re.compile(rb"\bTarget=[\"']([^\"']{1,1000})[\"']")
_MOST_BITS = 1024  # of a number in a sheet; Excel itself stores 53
_PRECISE = 15
"""Digits of a number that Excel stores."""


def is_workbook(raw: bytes) -> bool:
    """Whether this module reads it: a ZIP archive, or the older container of .xls and encrypted files."""
    return raw.startswith((b"PK\x03\x04", b"PK\x05\x06", OLE))


def look_xlsx(raw: bytes, name: str) -> tuple[Sheet, ...]:
    """The sheets of a workbook. Raises ManifestError."""
    if raw.startswith(OLE):
        raise wrong(name, _older(raw))
    raw = _transitional(raw) if _check_package(raw, name) else raw
    try:
        import openpyxl  # noqa: F401 - asked by its own name, so that nothing else that is missing passes for it

        from vidcheck.declared.tables.workbook import Book
    except ImportError:
        raise wrong(
            name, say("reading Excel needs openpyxl: pip install 'vidcheck[xlsx]', or save the sheet as CSV")
        ) from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # warnings on extensions that openpyxl would lose on writing
        try:
            book = Book(raw)
            return tuple(_sheet(book, page, name) for page in book.pages())
        except (MemoryError, RecursionError):
            raise wrong(name, say("the workbook is too deep or too large")) from None
        except ManifestError:
            raise
        except Exception as error:  # noqa: BLE001
            # on a broken workbook openpyxl raises many types: KeyError, ValueError, ParseError, TypeError
            said = visible(f"{type(error).__name__}: {error}"[:200])
            raise wrong(name, say("the workbook is damaged ({said})", said=said)) from None


def _older(raw: bytes) -> Readable:
    if ENCRYPTED_STREAM in raw:
        return say("the workbook is encrypted: save it without a password")
    return say("this is a workbook of Excel 97–2003 (.xls): save it as .xlsx or CSV")


def _check_package(raw: bytes, name: str) -> bool:
    """Unpacks a workbook and discards the result, before openpyxl does. Raises ManifestError.

    Returns whether it is in the strict form (ISO/IEC 29500), whose names openpyxl does not know.
    """
    strict = False
    try:
        package = Package(raw, most_bytes=MOST_EXPANDED)
        names = package.names
        if CONTENT_TYPES not in names or not any(part.startswith("xl/") for part in names) or _BINARY in names:
            raise wrong(name, _other(package))
        for part in names:
            before = b""
            for piece in package.pieces(part):
                if any(mark in before + piece for mark in _ENTITIES):
                    raise wrong(name, say("the workbook declares XML entities: no spreadsheet program writes them"))
                strict = strict or (part == _WORKBOOK and _STRICT in before + piece)
                if part == _LINKS and not before:
                    _check_links(piece, names, name)
                before = piece[-32:]
    except PackageError as error:
        raise wrong(name, _refused(error.problem)) from None
    return strict


def _other(package: Package) -> Readable:
    """What an archive is that is no workbook of Excel."""
    for part, what in _OTHERS:
        if part in package.names:
            return what
    return say("this is a zip archive and no workbook of Excel: save it as .xlsx or CSV")


def _transitional(raw: bytes) -> bytes:
    """A strict workbook with the names of the transitional form. Only those that a table needs are changed."""
    out = BytesIO()
    package = Package(raw, most_bytes=MOST_EXPANDED)
    with zipfile.ZipFile(out, "w") as written:
        for part in package.names:
            content = b"".join(package.pieces(part))
            for strict, usual in _NAMES if part.endswith((".xml", ".rels")) else ():
                content = content.replace(strict, usual)
            written.writestr(part, content)
    return out.getvalue()


def _refused(problem: Problem) -> Readable:
    if problem in {Problem.LARGE, Problem.MANY}:
        return say("the workbook unpacks to more than {most} MiB", most=MOST_EXPANDED // 2**20)
    if problem is Problem.ENCRYPTED:
        return say("the archive is encrypted: save it without a password")
    return say("the workbook is damaged: its archive can't be unpacked")


def _check_links(links: bytes, names: Collection[str], name: str) -> None:
    """Checks that every sheet of the workbook exists, because openpyxl silently skips a missing one."""
    for link in _LINK.findall(links):
        target = _TARGET.search(link)
        if target and b"/relationships/worksheet" in link:
            part = target[1].decode("utf-8", "replace")
            if (part[1:] if part.startswith("/") else posixpath.normpath(f"xl/{part}")) not in names:
                raise wrong(name, say("the workbook is damaged: its sheet {part} is missing", part=short(part)))


def _sheet(book: Book, page: Page, name: str) -> Sheet:
    where = f"{name}: {visible(page.title)}!"
    merged: list[str] = []
    rows = tuple(_rows(book.rows(page, merged), where, book.epoch))
    return Sheet(name=where, rows=rows, merged=_spans(merged, where), hidden=page.hidden, part=page.part)


def _rows(
    rows: Iterable[tuple[int, dict[int, There]]], where: str, epoch: int
) -> Iterator[tuple[int, dict[int, Cell]]]:
    count = 0
    for number, row in rows:
        count += bool(row)
        if number > _LAST_ROW or count > MOST_ROWS + HEAD_ROWS:
            raise wrong(where, say("there are more than {most} rows", most=MOST_ROWS))
        if not row:
            continue
        if max(row) > MOST_COLUMNS:
            place = f"{where}{column_letter(min(column for column in row if column > MOST_COLUMNS))}{number}"
            raise wrong(place, say("there are more than {most} columns", most=MOST_COLUMNS))
        yield (
            number,
            {column: _cell(row[column], f"{where}{column_letter(column)}{number}", epoch) for column in sorted(row)},
        )


def _cell(there: There, locator: str, epoch: int) -> Cell:
    value = there.value
    if type(value) is str and not there.error:
        return cell(value, locator)
    if value is None:
        why = say("a formula stands there whose result was not kept: open the file in Excel and save it again")
        return Cell(text="", locator=locator, trouble=why)
    if there.error:
        shown = visible(str(value)[:20])
        return Cell(text=str(value), locator=locator, trouble=say("the sheet shows the error {text} there", text=shown))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return cell(_number(value), locator, numeric=True, epoch=epoch)
    if isinstance(value, datetime):
        return cell(_date(value, there.form), locator)
    return cell(_text(value), locator)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def _number(value: float) -> str:
    if isinstance(value, int):
        return str(value) if value.bit_length() < _MOST_BITS else "?"
    return str(int(value)) if value.is_integer() and abs(value) < 10**_PRECISE else repr(value)


def _date(value: datetime, shown_as: str) -> str:
    """A date as exact as the sheet shows it: one shown as `2021年12月` is a month."""
    codes = re.sub(r"\"[^\"]*\"|\[[^\]]*\]|\\.", "", shown_as).lower()
    if "y" in codes and "m" in codes and "d" not in codes and "h" not in codes and value.day == 1:
        return f"{value:%Y-%m}"
    midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
    return f"{value:%Y-%m-%d}" if midnight else f"{value:%Y-%m-%d %H:%M:%S}"


def _spans(merged: list[str], where: str) -> tuple[tuple[int, int, int], ...]:
    """The cells that span several rows: column, first row, last row."""
    if len(merged) > MOST_MERGED:
        raise wrong(where, say("there are more than {most} merged cells", most=MOST_MERGED))
    found = [place for place in map(_RANGE.fullmatch, merged) if place]
    rows = [(_column_number(place[1]), int(place[2]), int(place[3])) for place in found]
    return tuple((column, first, last) for column, first, last in rows if first < last <= _LAST_ROW)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
