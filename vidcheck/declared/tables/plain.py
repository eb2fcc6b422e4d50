"""Reads text manifests: CSV in UTF-8, UTF-16 or GB18030, JSON, YAML. All values are read as text."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from vidcheck import yamltext
from vidcheck.declared.tables.cells import (
    HEAD_ROWS,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    ManifestError,
    Record,
    Sheet,
    cell,
    column_letter,
    short,
    wrong,
)
from vidcheck.texts import say
from vidcheck.yamltext import Mapping, Problem, Refusal, Scalar, Sequence, YamlTextError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vidcheck.findings import Place
    from vidcheck.texts import Readable
    from vidcheck.yamltext import Node

SEPARATORS = ",;\t"
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF8, "utf-8"))
_BOUNDS = yamltext.Bounds(depth=6, nodes=4_000_000)
"""The limits of YAML."""
_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"\s*')
NO_ENCODING = say(
    "the text is neither UTF-8 nor GB18030, so that its characters are not known: save it as UTF-8 (in Excel: CSV UTF-8)"
)
_MARKUP = re.compile(r"\s*<(?:\?xml|!doctype|html|table|meta|head)\b", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def decoded(raw: bytes, name: str) -> str:
    """The text, in UTF-8 or else GB18030, each taken strictly; with a byte order mark UTF-16 too.

    Raises ManifestError.
    """
    known = encoding_of(raw)
    if known is None or _is_wide(raw, known[0]):
        raise wrong(name, NO_ENCODING)
    text = raw[len(known[1]) :].decode(known[0])
    found = _CONTROL.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise wrong(f"{name}:{line}", say("the character {shown} can't stand in a text file", shown=short(found[0])))
    return text


def _is_wide(raw: bytes, encoding: str) -> bool:
    """Whether it is UTF-32, or UTF-16 without a mark: every second byte is a NUL."""
    if raw.startswith(codecs.BOM_UTF32_LE):  # begins as UTF-16 does
        return True
    return not encoding.startswith("utf-16") and raw[:1000].count(0) * 4 > len(raw[:1000])


def encoding_of(raw: bytes) -> tuple[str, bytes] | None:
    """The encoding of a text, and the byte order mark at its start; None if it is none of those that are read."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return (encoding, mark) if _as(raw[len(mark) :], encoding) is not None else None
    if _as(raw, "utf-8") is not None:
        return "utf-8", b""
    text = _as(raw, "gb18030")
    # GB18030 decodes most bytes; unassigned characters in the result mean another encoding
    if text is None or any(unicodedata.category(char) in {"Co", "Cn"} for char in set(text)):
        return None
    return "gb18030", b""


def _as(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def look_csv(raw: bytes, name: str, knows: Callable[[str], bool]) -> tuple[Sheet, ...]:
    """The sheet of a CSV file; the separator is the one with the most known column heads. Raises ManifestError."""
    text = decoded(raw, name)
    if _MARKUP.match(text):  # programs name it .xls
        raise wrong(name, say("this is a web page or XML and no table: open it in Excel or WPS, and save it as .xlsx"))
    best = max(SEPARATORS, key=lambda separator: _known(text, separator, knows))
    return (Sheet(name=f"{name}: ", rows=tuple(_rows(text, best, name)), separator=best),)


def _known(text: str, separator: str, knows: Callable[[str], bool]) -> int:
    head = text[:100_000]
    try:
        rows = [
            row
            for row, _ in zip(csv.reader(io.StringIO(head, newline=""), delimiter=separator), range(20), strict=False)
        ]
    except csv.Error:
        return 0
    return max((sum(map(knows, row)) for row in rows), default=0)


def _rows(text: str, separator: str, name: str) -> Iterator[tuple[int, dict[int, Cell]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, 1):
            while row and not row[-1].strip():
                row.pop()
            if len(row) > MOST_COLUMNS:
                raise wrong(f"{name}: {number}", say("there are more than {most} columns", most=MOST_COLUMNS))
            if number > MOST_ROWS + HEAD_ROWS:
                raise wrong(name, say("there are more than {most} rows", most=MOST_ROWS))
            cells = {
                column: cell(_kept(there), f"{name}: {column_letter(column)}{number}")
                for column, there in enumerate(row, 1)
                if there.strip()
            }
            if cells:
                yield number, cells
    except csv.Error as error:
        raise wrong(f"{name}: {number + 1}", say("the row can't be read: {said}", said=str(error))) from None


def _kept(text: str) -> str:
    """`="13812345678"`, which programs write to keep digits as text, becomes those digits."""
    found = _AS_TEXT.fullmatch(text) if text.startswith("=") else None
    return found[1].replace('""', '"') if found else text


def look_json(raw: bytes, name: str) -> tuple[Record, ...]:
    """The objects of a JSON list, alone or under `entries`. Raises ManifestError."""
    text = decoded(raw, name)
    try:
        root = json.loads(text, object_pairs_hook=_pairs, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError:
        raise wrong(name, say("this is nested deeper than {most} levels", most=_BOUNDS.depth)) from None
    except json.JSONDecodeError as error:
        raise wrong(f"{name}:{error.lineno}:{error.colno}", say("this is no JSON: {said}", said=error.msg)) from None
    return tuple(_records(root, name))


class _Object(list[tuple[str, Any, int]]):
    """Names with their values and lines (0: unknown), in order, including duplicates."""


def _pairs(pairs: list[tuple[str, Any]]) -> _Object:
    return _Object((name, value, 0) for name, value in pairs)


def look_yaml(raw: bytes, name: str) -> tuple[Record, ...]:
    """The mappings of a YAML list, alone or under `entries`. Raises ManifestError."""
    text = decoded(raw, name)

    def refuse(place: Place, what: Refusal, label: str, _first: int) -> None:
        raise _refused(place, what, label)

    try:
        root = yamltext.read(text, name, _BOUNDS, refuse)
    except YamlTextError as error:
        raise _unreadable(error) from None
    return tuple(_records([] if root is None else _values(root), name))


def _values(node: Node) -> Any:
    """A tree as texts, lists and objects."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return _Object((key.text, _values(value), key.place.line) for key, value in node.pairs)
    return [_values(item) for item in node.items] if isinstance(node, Sequence) else None


def _refused(place: Place, what: Refusal, label: str) -> ManifestError:
    if what is Refusal.TWICE:
        return wrong(f"{place.file}:{place.line}: {short(label)}", _twice(label))
    if what is Refusal.NAME:
        return wrong(str(place), say("a name is a text, never a list or a mapping"))
    return wrong(str(place), say("YAML aliases, anchors and tags are refused: everything is read as text"))


def _unreadable(error: YamlTextError) -> ManifestError:
    """The error of a text that can't be read."""
    place = error.place
    if error.problem is Problem.DEEP:
        return wrong(str(place), say("this is nested deeper than {most} levels", most=_BOUNDS.depth))
    if error.problem is Problem.MANY:
        return wrong(str(place), say("there are more than {most} values", most=_BOUNDS.nodes))
    if error.problem is Problem.SECOND_DOCUMENT:
        return wrong(f"{place.file}:{place.line}", say("a second document begins here: a manifest is one"))
    if place.line:
        return wrong(str(place), say("this is no YAML: {said}", said=getattr(error.error, "problem", None) or "?"))
    return wrong(place.file, say("this is no YAML: {said}", said=short(str(error.error))))


def _records(root: Any, name: str) -> Iterator[Record]:
    rows = root
    path = ""
    if isinstance(root, _Object):
        under = [value for label, value, _ in root if label == "entries"]
        if not under:
            raise wrong(name, say("a manifest is a list of entries, alone or under 'entries'"))
        rows, path = under[0], "entries"
    if isinstance(rows, _Object) or not isinstance(rows, list):
        raise wrong(name, say("a manifest is a list of entries, alone or under 'entries'"))
    if len(rows) > MOST_ROWS:
        raise wrong(name, say("there are more than {most} rows", most=MOST_ROWS))
    for number, row in enumerate(rows, 1):
        place = f"{path}[{number}]"
        if not isinstance(row, _Object):
            raise wrong(f"{name}: {place}", say("an entry is a mapping of fields to texts"))
        if len(row) > MOST_COLUMNS:
            raise wrong(f"{name}: {place}", say("there are more than {most} columns", most=MOST_COLUMNS))
        yield _record(row, name, place)


def _record(row: _Object, name: str, place: str) -> Record:
    seen: set[str] = set()
    cells: list[tuple[str, Cell]] = []
    line = next((line for _, _, line in row if line), 1)
    for label, value, at in row:
        where = f"{name}:{at}: {short(label)}" if at else f"{name}: {place}.{short(label)}"
        if label in seen:
            raise wrong(where, _twice(label))
        seen.add(label)
        cells.append((label, _cell(value, where)))
    return Record(locator=f"{name}:{line}" if row and row[0][2] else f"{name}: {place}", line=line, cells=tuple(cells))


def _twice(label: str) -> Readable:
    return say("'{name}' stands here a second time", name=short(label))


def _cell(value: Any, where: str) -> Cell:
    if value is None:
        return cell("", where)
    if isinstance(value, bool):
        return cell("TRUE" if value else "FALSE", where)
    if isinstance(value, str):
        return cell(value, where)
    if isinstance(value, list) and not isinstance(value, _Object) and all(isinstance(item, str) for item in value):
        return cell("、".join(value), where)
    return Cell(text="", locator=where, trouble=say("a text stands here, or a list of texts, nothing deeper"))
