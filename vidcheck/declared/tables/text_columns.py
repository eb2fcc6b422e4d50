"""Writes columns into a text table in its own encoding, separator, quoting and line ends; all other bytes stay."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from vidcheck.declared.tables.columns import ColumnsError
from vidcheck.declared.tables.plain import NO_ENCODING, encoding_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.declared.tables.columns import Columns

_BYTES = "latin-1"
"""Decodes each byte to one character. UTF-8 and GB18030 never use the bytes of separators, quotes and line ends for others."""


class _Record(NamedTuple):
    """One row as it stands in the file."""

    text: str
    """Without its line end."""
    end: str
    fields: list[str]


def with_columns(raw: bytes, columns: Columns) -> bytes:
    """The table with the columns. Raises ColumnsError."""
    found = encoding_of(raw)
    if found is None:
        raise ColumnsError(NO_ENCODING)
    encoding, mark = found
    reading = encoding if encoding.startswith("utf-16") else _BYTES
    separator, start = columns.sheet.separator, columns.sheet.checked
    records = list(_records(raw[len(mark) :].decode(reading), separator))
    below = records[columns.sheet.heads - 1 :]
    width = start - 1 if start else max((len(record.fields) for record in below), default=0)
    heads = below[0] if below else None
    quoting = csv.QUOTE_ALL if heads and _is_quoted(heads, separator) else csv.QUOTE_MINIMAL
    written: list[str] = []
    for number, record in enumerate(records, 1):
        filled = any(field.encode(reading).decode(encoding).strip() for field in record.fields[:width])
        cells = columns.of(number, filled=filled) if record.fields else None
        if cells is None:
            written += (record.text, record.end)
            continue
        added = _line(cells, separator, quoting).encode(encoding).decode(reading)
        written += (_widened(record, width, len(cells), added, separator), record.end)
    return mark + "".join(written).encode(reading)


def _records(text: str, separator: str) -> Iterator[_Record]:
    lines = list(StringIO(text, newline=""))
    reader, first = csv.reader(lines, delimiter=separator, strict=True), 0
    for fields in reader:
        whole = "".join(lines[first : reader.line_num])
        first = reader.line_num
        bare = whole.rstrip("\r\n")
        yield _Record(bare, whole[len(bare) :], fields)


def _widened(record: _Record, width: int, count: int, added: str, separator: str) -> str:
    """A row with the cells after its first `width` fields; those of an earlier report are replaced."""
    there = len(record.fields)
    if there <= width:
        return record.text + separator * (width - there + 1) + added
    pieces = _pieces(record.text, separator)
    return separator.join([*pieces[:width], added, *pieces[width + count :]])


def _pieces(text: str, separator: str) -> list[str]:
    """A row's fields as they are written, with their quotes."""
    pieces, at, form = [], 0, _field(separator)
    while True:
        found = form.match(text, at)
        at = found.end() if found else len(text)
        pieces.append(found[0] if found else "")
        if at >= len(text):
            return pieces
        at += 1


@lru_cache(3)
def _field(separator: str) -> re.Pattern[str]:
    return re.compile(f'(?:"(?:[^"]|"")*+")?[^{separator}]*+')


def _is_quoted(record: _Record, separator: str) -> bool:
    """Whether every field of a row stands in quotes."""
    return all(piece.startswith('"') for piece in _pieces(record.text, separator))


def _line(cells: tuple[str, ...], separator: str, quoting: int) -> str:
    text = StringIO(newline="")
    csv.writer(text, delimiter=separator, quoting=quoting, lineterminator="").writerow(cells)  # type: ignore[arg-type] # a member of the enum that typeshed has
    return text.getvalue()
