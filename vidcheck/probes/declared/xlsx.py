"""Excel workbooks looked at within bounds. Formulas are never computed: what Excel kept of them is what counts."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from vidcheck.facts import visible
from vidcheck.probes.declared.cells import (
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    ManifestError,
    Sheet,
    cell,
    column_letter,
    short,
    wrong,
)
from vidcheck.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_EXPANDED = 256 * 2**20
"""Bytes of all parts together."""
_MOST_PARTS = 2000
_MOST_MERGED = 20_000
_LAST_ROW = 1_048_576  # ECMA-376: no sheet has more
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTITIES = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))
_MERGED = re.compile(
    rb"<(?:\w{1,20}:)?mergeCell\s[^>]{0,200}?ref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)
_FORMULA = re.compile(rb"<(?:\w{1,20}:)?f[\s>/]")
_LINK = re.compile(rb"<(?:\w{1,20}:)?Relationship\s[^>]{0,4000}>")
_TARGET = re.compile(rb"\bTarget=[\"']([^\"']{1,1000})[\"']")
_CHUNK = 1 << 20
_MOST_BITS = 1024  # of a number in a sheet; Excel itself keeps 53
_PRECISE = 15
"""Figures that Excel keeps of a number."""


def is_workbook(raw: bytes) -> bool:
    """Whether it is for this module to say what it is: a zip archive, or the older container of .xls and encrypted files."""
    return raw.startswith((b"PK\x03\x04", b"PK\x05\x06", _OLE))


def look_xlsx(raw: bytes, name: str) -> tuple[Sheet, ...]:
    """The sheets of a workbook. Raises ManifestError."""
    if raw.startswith(_OLE):
        raise wrong(name, _older(raw))
    _check_archive(raw, name)
    try:
        import openpyxl
    except ImportError:
        raise wrong(
            name, say("reading Excel needs openpyxl: pip install 'vidcheck[xlsx]', or save the sheet as CSV")
        ) from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that openpyxl would lose on writing
        try:
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
            return tuple(_sheets(book, raw, name))
        except (MemoryError, RecursionError):
            raise wrong(name, say("the workbook is too deep or too large")) from None
        except ManifestError:
            raise
        except Exception as error:  # noqa: BLE001
            # openpyxl raises whatever its parts do on a broken workbook: KeyError, ValueError, ParseError, TypeError
            said = visible(f"{type(error).__name__}: {error}"[:200])
            raise wrong(name, say("the workbook is damaged ({said})", said=said)) from None


def _older(raw: bytes) -> Any:
    if "EncryptedPackage".encode("utf-16-le") in raw:
        return say("the workbook is encrypted: save it without a password")
    return say("this is a workbook of Excel 97–2003 (.xls): save it as .xlsx or CSV")


def _check_archive(raw: bytes, name: str) -> None:
    """What a workbook unpacks to, before anything else unpacks it. Raises ManifestError."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > MOST_EXPANDED:
                raise _bomb(name)
            if any(part.flag_bits & 1 for part in parts):
                raise wrong(name, say("the archive is encrypted: save it without a password"))
            if "[Content_Types].xml" not in names or not any(part.startswith("xl/") for part in names):
                raise wrong(name, say("this is a zip archive and no workbook of Excel: save it as .xlsx or CSV"))
            _check_links(archive, names, name)
            left = MOST_EXPANDED
            for part in parts:
                left = _check_part(archive, part, left, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise wrong(name, say("the workbook is damaged: its archive can't be unpacked")) from None


def _check_links(archive: zipfile.ZipFile, names: set[str], name: str) -> None:
    """Every sheet that the workbook speaks of must be there: openpyxl would pass over a missing one in silence."""
    part = "xl/_rels/workbook.xml.rels"
    links = archive.open(part).read(_CHUNK) if part in names else b""
    for link in _LINK.findall(links):
        target = _TARGET.search(link)
        if target and b"/relationships/worksheet" in link:
            told = target[1].decode("utf-8", "replace")
            if (told[1:] if told.startswith("/") else f"xl/{told}") not in names:
                raise wrong(name, say("the workbook is damaged: its sheet {part} is missing", part=short(told)))


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int, name: str) -> int:
    """Unpacks one part to nowhere, and says how many bytes the others may have."""
    before = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise _bomb(name)
            if any(mark in before + chunk for mark in _ENTITIES):
                raise wrong(name, say("the workbook declares XML entities: no spreadsheet program writes them"))
            before = chunk[-32:]
    return left


def _bomb(name: str) -> ManifestError:
    return wrong(name, say("the workbook unpacks to more than {most} MiB", most=MOST_EXPANDED // 2**20))


def _sheets(book: Any, raw: bytes, name: str) -> Iterator[Sheet]:
    for sheet in book.worksheets:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            xml = archive.read(sheet._worksheet_path)  # noqa: SLF001 - read-only sheets don't tell what is merged
        where = f"{name}: {visible(sheet.title)}!"
        computed = _formulas(raw, sheet.title) if _FORMULA.search(xml) else frozenset()
        rows = tuple(_rows(sheet, where, 1904 if book.epoch.year == 1904 else 1900, computed))
        yield Sheet(name=where, rows=rows, merged=_merged(xml, where), hidden=sheet.sheet_state != "visible")


def _rows(
    sheet: Any, where: str, epoch: int, computed: frozenset[tuple[int, int]]
) -> Iterator[tuple[int, dict[int, Cell]]]:
    sheet.reset_dimensions()  # what a sheet says of its own size need not be true
    count = 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > _LAST_ROW:
            raise wrong(where, say("there are more than {most} rows", most=MOST_ROWS))
        cells: dict[int, Cell] = {}
        for column, there in enumerate(row, 1):
            if there.value is None and (number, column) not in computed:
                continue
            if column > MOST_COLUMNS:
                raise wrong(
                    f"{where}{column_letter(column)}{number}",
                    say("there are more than {most} columns", most=MOST_COLUMNS),
                )
            cells[column] = _cell(there, f"{where}{column_letter(column)}{number}", epoch)
        if cells:
            count += 1
            if count > MOST_ROWS:
                raise wrong(where, say("there are more than {most} rows", most=MOST_ROWS))
            yield number, cells


def _cell(there: Any, locator: str, epoch: int) -> Cell:
    value = there.value
    if value is None:
        why = say("a formula stands there whose result was not kept: open the file in Excel and save it again")
        return Cell(text="", locator=locator, trouble=why)
    if there.data_type == "e":
        shown = visible(str(value)[:20])
        return Cell(text=str(value), locator=locator, trouble=say("the sheet shows the error {text} there", text=shown))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return cell(_number(value), locator, numeric=True, epoch=epoch)
    if isinstance(value, datetime):
        return cell(_date(value, str(there.number_format)), locator)
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
    """A date as exact as the sheet shows it: one shown as `2021年12月` says no more than the month."""
    codes = re.sub(r"\"[^\"]*\"|\[[^\]]*\]|\\.", "", shown_as).lower()
    if "y" in codes and "m" in codes and "d" not in codes and "h" not in codes and value.day == 1:
        return f"{value:%Y-%m}"
    midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
    return f"{value:%Y-%m-%d}" if midnight else f"{value:%Y-%m-%d %H:%M:%S}"


def _formulas(raw: bytes, title: str) -> frozenset[tuple[int, int]]:
    """Where formulas stand. The values that Excel kept of them are read by themselves."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
    sheet = book[title]
    sheet.reset_dimensions()
    found: set[tuple[int, int]] = set()
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > _LAST_ROW:
            break
        found.update((number, column) for column, there in enumerate(row, 1) if there.data_type == "f")
    return frozenset(found)


def _merged(xml: bytes, where: str) -> tuple[tuple[int, int, int], ...]:
    rows: list[tuple[int, int, int]] = []
    for count, found in enumerate(_MERGED.finditer(xml)):
        if count >= _MOST_MERGED:
            raise wrong(where, say("there are more than {most} merged cells", most=_MOST_MERGED))
        first, last = int(found[2]), int(found[4])
        if first < last <= _LAST_ROW:
            rows.append((_column_number(found[1].decode("ascii")), first, last))
    return tuple(rows)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
