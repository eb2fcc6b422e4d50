"""How `dev/compare` compares the outputs of two checkouts: exactly, and if they differ, without the evidence.

Evidence is each witness's value of a key, and its place. JSON names it; in other formats it is found by the names of
the witnesses and by the places that the JSON report of the same command mentions.
"""

from __future__ import annotations

import csv
import enum
import io
import json
import re
from collections import Counter
from typing import Any

WITNESSES = ("filesystem", "boxes", "mediainfo", "ffprobe", "declared", "form", "content")
_APART = "[;,] not counted|[；，]未计入"
"""The text after the place of a value that did not decide."""
_HEADS = ("evidence", "依据")
"""The columns of evidence in tables, by their names in English and Chinese."""
_GAP = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
"""White space beside characters that are not ASCII: Chinese is wrapped anywhere."""


class Same(enum.Enum):
    """How far two outputs agree."""

    BUT_EVIDENCE = enum.auto()
    NO = enum.auto()


class Evidence:
    """The evidence in the JSON that one command wrote in both checkouts."""

    def __init__(self, old: dict[str, bytes], new: dict[str, bytes]) -> None:
        self.rows: Counter[tuple[str, str, str]] = Counter()
        """How many rows are added, gone or changed, by key and witness."""
        self.places: set[str] = set()
        for name in old.keys() & new.keys():
            before, after = parsed(name, old[name]), parsed(name, new[name])
            if before is None or after is None:
                continue
            first, second = dict(_evidence(before)), dict(_evidence(after))
            self.places |= {row[3] for row in (*first, *second) if row[3]}
            for row in first.keys() | second.keys():
                what = "gone" if row not in second else "added" if row not in first else "changed"
                if first.get(row) != second.get(row):
                    self.rows[what, row[1], row[2]] += 1
        self._bind()

    def _bind(self) -> None:
        places = "|".join(re.escape(one) for one in sorted(self.places, key=len, reverse=True))
        witness = "|".join(WITNESSES)
        one = rf"`?(?<![a-z])(?:{witness}) ?(?:(?!(?<![a-z])(?:{witness}) ).){{0,400}}? ?[(（](?:{places})(?:{_APART})?[)）]`?"
        self._spoken = re.compile(rf"{one}(?:%0A|[,;，；、] ?| - |- )?")
        self._listed = re.compile(rf"(?:\b(?:{witness})\b(?:, |、)?)+")
        self._item = re.compile(rf"<li>(?:{witness}) .*?</li>|<i>(?:(?:{witness})(?:, |、)?)+</i>", re.DOTALL)

    def joined(self, other: Evidence | None) -> Evidence:
        """The evidence itself, or where the command wrote no JSON that of an earlier command of its group."""
        if other is not None and not self.places:
            self.rows, self.places = other.rows, other.places
            self._bind()
        return self

    def stripped(self, name: str, data: bytes) -> list[str]:
        """The lines of an output without evidence."""
        value = parsed(name, data)
        if value is not None:
            return json.dumps(_without(value), ensure_ascii=False, indent=1).splitlines()
        if name.endswith(".xlsx"):
            return [" | ".join(row) for row in _columns(_cells(data))]
        text = data.decode("utf-8", "replace")
        if name.endswith(".csv") or text.startswith("\ufeffpath,"):
            return [" | ".join(row) for row in _columns(list(csv.reader(io.StringIO(text))))]
        if name.endswith(".html"):
            kept = self._item.sub("", text).replace('<ul class="v"></ul>', "")
            return [line.rstrip() for line in kept.replace("<", "\n<").splitlines() if line.strip()]
        text = _GAP.sub("", " ".join(text.split()))
        text = self._listed.sub("", self._spoken.sub("", text)) if self.places else text
        parts = (
            part.strip(" ,;，；、-") for part in re.split(r"(?<=[.:;])[ ]|(?=[✗✓→–]) |(?<=[。；！])|%0A|; | - ", text)
        )
        return [part for part in parts if part]


def compared(name: str, old: bytes, new: bytes, evidence: Evidence) -> tuple[Same, tuple[list[str], list[str]]]:
    """How far two outputs agree, and the lines of both to show where they don't."""
    if name == "code":
        return Same.NO, ([old.decode()], [new.decode()])
    before, after = evidence.stripped(name, old), evidence.stripped(name, new)
    # of a workbook the cells are what counts; elsewhere white space alone is a difference
    if before == after and (name.endswith(".xlsx") or (evidence.places and old.split() != new.split())):
        return Same.BUT_EVIDENCE, (before, after)
    plain = (old.decode("utf-8", "replace").splitlines(), new.decode("utf-8", "replace").splitlines())
    readable = parsed(name, old) is not None or name.endswith((".xlsx", ".csv", ".html"))
    return Same.NO, (before, after) if before != after and (readable or evidence.places) else plain


def parsed(name: str, data: bytes) -> Any:
    """JSON, or a list of its lines; None where it is neither."""
    if name.endswith((".xlsx", ".html", ".csv")) or not data.startswith((b"{", b"[")):
        return None
    try:
        return json.loads(data)
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in data.splitlines()]
    except ValueError:
        return None


def _evidence(value: Any, where: str = "") -> list[tuple[tuple[str, str, str, str], Any]]:
    """Every row of evidence: its place in the JSON, key, witness and locator; and what it says."""
    found: list[tuple[tuple[str, str, str, str], Any]] = []
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "evidence" and isinstance(inner, list):
                for row in inner:
                    if isinstance(row, dict):
                        name = (where, str(row.get("key")), str(row.get("witness")), str(row.get("locator") or ""))
                        found.append((name, row))
            else:
                found += _evidence(inner, f"{where}/{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            found += _evidence(inner, f"{where}/{number}")
    return found


def _without(value: Any) -> Any:
    """JSON without evidence."""
    if isinstance(value, dict):
        return {key: _without(inner) for key, inner in value.items() if key != "evidence"}
    return [_without(inner) for inner in value] if isinstance(value, list) else value


def _columns(rows: list[list[str]]) -> list[list[str]]:
    """The rows of tables without their columns of evidence; a row that has a cell with their name is a head."""
    kept, dropped = [], -1
    for row in rows:
        dropped = next((number for number, cell in enumerate(row) if cell in _HEADS), dropped)
        kept.append([cell for number, cell in enumerate(row) if number != dropped])
    return kept


def _cells(data: bytes) -> list[list[str]]:
    """The cells of a workbook, sheet by sheet."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data))
    rows: list[list[str]] = []
    for sheet in book:
        rows.append([f"== {sheet.title}, frozen at {sheet.freeze_panes}, filter {sheet.auto_filter.ref}"])
        rows += [["" if cell.value is None else str(cell.value) for cell in row] for row in sheet.iter_rows()]
    return rows
