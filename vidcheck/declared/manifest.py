"""A manifest: the organizer's table of entries. `look` reads its cells, `read` turns them into declarations.

It is untrusted, so it is read in a worker with a deadline.
"""

from __future__ import annotations

import gc
import pickle
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from vidcheck.declared.fields import derived, read_field, unknown_field
from vidcheck.declared.layout import find_heads, names_attachments, rows_below
from vidcheck.declared.tables import plain, xlsx
from vidcheck.declared.tables.cells import (
    MOST_BYTES,
    Cell,
    ManifestError,
    Record,
    Sheet,
    listed,
    short,
    wrong,
)
from vidcheck.facts import DECLARED, Fact, Facts, State, visible
from vidcheck.findings import TableSheet
from vidcheck.quantities.contact import has_contact
from vidcheck.texts import Readable, say
from vidcheck.witnesses import filesystem
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import tzinfo

    from vidcheck.declared.fields import Field
    from vidcheck.declared.layout import Heads, ManifestLayout

_DECLARED = frozenset({DECLARED})
_LONGEST_HEAD = 10

__all__ = ["Declaration", "Manifest", "ManifestError", "Unread", "look", "read", "read_table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One row."""

    locator: str
    line: int
    facts: Facts
    texts: tuple[tuple[str, str], ...]
    """The original text of the fields, by name; `""` is the name of the file."""
    beside: tuple[Cell, ...] | None = None
    """The cells that name attachments and forms; None without such a column."""
    sheet: str = ""
    """The name of its sheet; empty if it stands in none."""

    def __reduce__(self) -> tuple[Any, ...]:
        """As in `Fact`: faster than the default for dataclasses."""
        return _row, (self.locator, self.line, self.facts, self.texts, self.beside, self.sheet)

    def text(self, name: str) -> str:
        """The original text of a field; empty if there is none."""
        return next((text for field, text in self.texts if field == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A sheet with content that was not read."""

    locator: str
    why: Readable


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All declarations of a manifest."""

    path: str
    """As the user gave it, escaped."""
    rows: tuple[Declaration, ...]
    unread: tuple[Unread, ...] = ()
    columns: tuple[str, ...] = ()
    """The heads of columns that nobody reads."""
    sheets: tuple[TableSheet, ...] = ()
    """The sheets that were read."""
    digest: bytes = field(default=b"", compare=False)
    """SHA-256 of its bytes."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles the manifest as one byte string, so that the garbage collector can be paused on both sides."""
        with _unswept():
            whole = (self.rows, self.unread, self.columns, self.sheets, self.digest)
            return _unpacked, (self.path, pickle.dumps(whole, pickle.HIGHEST_PROTOCOL))


def _unpacked(path: str, packed: bytes) -> Manifest:
    with _unswept():
        rows, unread, columns, sheets, digest = pickle.loads(packed)  # noqa: S301 - a part of what a worker of ours sent, read like the whole
    return Manifest(path=path, rows=rows, unread=unread, columns=columns, sheets=sheets, digest=digest)


def _row(  # noqa: PLR0917 - pickle gives them by position
    locator: str,
    line: int,
    facts: Facts,
    texts: tuple[tuple[str, str], ...],
    beside: tuple[Cell, ...] | None,
    sheet: str,
) -> Declaration:
    return Declaration(locator=locator, line=line, facts=facts, texts=texts, beside=beside, sheet=sheet)


@contextmanager
def _unswept() -> Iterator[None]:
    """Pauses the garbage collector: it takes half as long again with a hundred thousand new facts, and finds nothing."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def look(path: str, layout: ManifestLayout) -> tuple[Sheet, ...] | tuple[Record, ...]:
    """The manifest's cells. Raises ManifestError."""
    return cells_of(content(path), path, layout)


def content(path: str) -> bytes:
    """The manifest's bytes. Raises ManifestError."""
    name = _name(path)
    try:
        file, status = filesystem.open_entry(path, follow=True)
    except CouldNotLookError as error:
        raise wrong(visible(path), error.message) from None
    with file:
        if status.st_size > MOST_BYTES:
            raise wrong(name, say("the file is longer than {most} MiB", most=MOST_BYTES // 2**20))
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise wrong(name, say("the file is longer than {most} MiB", most=MOST_BYTES // 2**20))
    return raw


def cells_of(raw: bytes, path: str, layout: ManifestLayout) -> tuple[Sheet, ...] | tuple[Record, ...]:
    """The manifest's cells, by its content; only JSON and YAML are recognized by its name. Raises ManifestError."""
    name = _name(path)
    if not raw.strip():
        raise wrong(name, say("the file is empty"))
    if xlsx.is_workbook(raw):
        return xlsx.look_xlsx(raw, name)
    ending = name.rpartition(".")[2].lower()
    if ending == "json":
        return plain.look_json(raw, name)
    if ending in {"yaml", "yml"}:
        return plain.look_yaml(raw, name)
    return plain.look_csv(raw, name, layout.knows)


def read_table(path: str, layout: ManifestLayout, zone: tzinfo) -> Manifest:
    """Reads a manifest. Raises ManifestError."""
    with _unswept():
        raw = content(path)
        manifest = read(cells_of(raw, path, layout), path, layout, zone)
        return replace(manifest, digest=sha256(raw).digest())


def _name(path: str) -> str:
    """The file's name in messages."""
    return visible(path.replace("\\", "/").rpartition("/")[2])


def read(looked: tuple[Sheet, ...] | tuple[Record, ...], path: str, layout: ManifestLayout, zone: tzinfo) -> Manifest:
    """Turns rows into declarations. Raises ManifestError if no row is understood, or if none can find its file."""
    name = _name(path)
    records: list[Record] = []
    unread: list[Unread] = []
    heads: list[str] = []
    sheets: list[TableSheet] = []
    tables: list[tuple[Sheet, Heads]] = []
    for part in looked:
        if isinstance(part, Record):
            records.append(part)
            heads += [label for label, _ in part.cells]
        elif part.rows:
            found = find_heads(part, layout)
            why = _unread(part, found)
            tables += [] if why else [(part, found)]
            unread += [Unread(locator=part.name, why=why)] if why else []
    finding = [_finds_files(found.labels.values(), layout) for _, found in tables]
    for (sheet, found), finds in zip(tables, finding, strict=True):
        if finds or not any(finding):
            heads += found.labels.values()
            records += rows_below(sheet, found)
            sheets.append(_table_sheet(sheet, found))
        else:  # a summary beside the list of entries: 类别, 件数
            unread.append(Unread(locator=sheet.name, why=say("no column of it names the file or the title")))
    known = [label for label in dict.fromkeys(heads) if layout.knows(label)]
    _check_heads(name, layout, list(dict.fromkeys(heads)), known, unread)
    meant = {label: _Meaning.of(label, layout) for label in dict.fromkeys(heads)}
    rows = tuple(row for record in records if (row := _declaration(record, meant, zone)) is not None)
    if not rows:
        raise wrong(name, say("no entry stands in it"))
    columns = tuple(label for label in meant if label.strip() and label not in known)
    return Manifest(path=visible(path), rows=rows, unread=tuple(unread), columns=columns, sheets=tuple(sheets))


def _unread(sheet: Sheet, found: Heads) -> Readable | None:
    """Why a sheet is not read; None if it may be."""
    if sheet.hidden:
        return say("the sheet is hidden")
    if found.labels:
        return None
    first = [cell.text for cell in sheet.rows[0][1].values()]
    heads_only = [] if any(map(has_contact, first)) else [text for text in first if _may_be_head(text)]
    if heads_only:
        return say("no row names known columns; the first says: {heads}", heads=listed(heads_only[:8]))
    return say("no row names known columns")


def _table_sheet(sheet: Sheet, found: Heads) -> TableSheet:
    return TableSheet(
        name=sheet.name, part=sheet.part, heads=found.last, repeated=found.repeated, checked=found.checked,
        leftover=found.leftover, separator=sheet.separator,
    )  # fmt: skip


def _finds_files(labels: Iterable[str], layout: ManifestLayout) -> bool:
    """Whether rows with these heads can find their files."""
    if layout.name:
        return True
    if layout.file or layout.folder:
        return any(map(layout.finds, labels))
    return any(field is not None and field.name in {"file", "title"} for field in map(layout.field, labels))


def _may_be_head(text: str) -> bool:
    """Whether a cell of an unknown row is a head that may be shown, and nobody's telephone or address."""
    return len(text) <= _LONGEST_HEAD and "@" not in text and not any(char.isdigit() for char in text)


def _check_heads(name: str, layout: ManifestLayout, heads: list[str], known: list[str], unread: list[Unread]) -> None:
    if not heads:
        problems = [problem for part in unread for problem in wrong(part.locator, part.why).problems]
        raise ManifestError(*problems) if problems else wrong(name, say("no entry stands in it"))
    column = layout.file or layout.folder
    if column and not any(map(layout.finds, heads)):
        what = say(
            "there is no column '{label}', by which entries are to find their files; the columns are: {heads}",
            label=short(column),
            heads=listed(heads[:30]),
        )
        raise wrong(name, what)
    fields = {field.name for label in known if (field := layout.field(label))}
    if not column and not layout.name and not fields & {"file", "title"}:
        what = say(
            "no column names the file or the title ('视频文件', '作品名称'); the columns are: {heads}",
            heads=listed(heads[:30]),
        )
        raise wrong(name, what)


class _Meaning(NamedTuple):
    """The meaning of a column."""

    field: Field | None
    finds: bool
    beside: bool
    """Whether its cells name the files beside the video."""

    @classmethod
    def of(cls, label: str, layout: ManifestLayout) -> _Meaning:
        return cls(layout.field(label), layout.finds(label), names_attachments(label))


def _declaration(record: Record, meant: Mapping[str, _Meaning], zone: tzinfo) -> Declaration | None:
    """The row's facts; None if it declares nothing."""
    facts: list[Fact] = []
    texts: dict[str, str] = {}
    beside: list[Cell] | None = None
    for label, cell in record.cells:
        field, finds, names_files = meant[label]
        empty = cell.empty
        if names_files:
            beside = [*(beside or ()), *(() if empty else (cell,))]
        if finds and not empty:
            texts.setdefault("", cell.text)
        if field is not None:
            facts += _facts(field, cell, zone)
            if not empty:
                texts.setdefault(field.name, cell.text)
    if not texts and all(fact.state is State.ABSENT for fact in facts):
        return None
    kept = _without_twins(facts)
    whole = Facts(facts=(*kept, *derived(kept)), asked=_DECLARED)
    named = None if beside is None else tuple(beside)
    return Declaration(
        locator=record.locator, line=record.line, facts=whole, texts=tuple(texts.items()), beside=named,
        sheet=record.sheet,
    )  # fmt: skip


def _facts(field: Field, cell: Cell, zone: tzinfo) -> tuple[Fact, ...]:
    if cell.trouble is not None:
        return unknown_field(field, cell.trouble, locator=cell.locator, raw=cell.text)
    return read_field(field, cell.text, locator=cell.locator, zone=zone, numeric=cell.numeric, epoch=cell.epoch)


def _without_twins(facts: list[Fact]) -> tuple[Fact, ...]:
    """Removes an absent fact if another column of the same row has a value."""
    if len({fact.key for fact in facts}) == len(facts):
        return tuple(facts)
    there = {fact.key for fact in facts if fact.state is not State.ABSENT}
    kept: list[Fact] = []
    seen: set[str] = set()
    for fact in facts:
        if fact.state is not State.ABSENT or not (fact.key in there or fact.key in seen):
            seen.add(fact.key)
            kept.append(fact)
    return tuple(kept)
