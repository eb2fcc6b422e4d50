"""Joins a manifest's rows to the entries, and to the attachments that its columns name (`附件`, `推荐表`).

A row or file without a match, or with several, becomes a finding of the batch. Nothing is opened here: a cell can only
name a file that the run has found, so that it can't lead out of the folder.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vidcheck.declared.fields import FIELDS
from vidcheck.declared.tables.cells import short
from vidcheck.facts import Facts, visible, without_unseen
from vidcheck.findings import Finding, Level, Outcome, Place, Table, TableRow
from vidcheck.quantities import NotAValueError
from vidcheck.quantities.contact import without_contacts
from vidcheck.resolve import contrary
from vidcheck.texts import GIVEN, Plain, Readable, join, say
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vidcheck.declared.layout import ManifestLayout
    from vidcheck.declared.manifest import Declaration, Manifest
    from vidcheck.findings import Ignored
    from vidcheck.sources.targets import Found, Target

RULE = "manifest"
"""The name of these findings."""
LABEL = say("entries table")
"""What people call them."""
PATTERN_SECONDS = 1.0
"""Seconds that the pattern may take on one name, as for `matches`."""
_MOST_SLOW = 5  # slow names after which the pattern is no longer used
_MOST_NAMED = 5
_BETWEEN = (re.compile(r"[;；|\r\n]"), re.compile(r"[、,，]"))
"""Separators of names. A name may contain the second kind, so a piece that is a name is not split further."""
_OUTSIDE = re.compile(r"(?:^|/)\.\.(?:/|$)|^/|^~|^[a-z]:|^[a-z]{2,}://|\0", re.IGNORECASE)
"""Matches a name that leads out of the folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The result of joining."""

    targets: list[Target]
    """All targets in order, with their declarations."""
    findings: tuple[Finding, ...]
    """Findings on rows, then files, without a match."""
    rows: Mapping[str, list[Declaration]]
    """By the path of their file."""
    places: tuple[TableRow, ...] = ()
    """What became of each row, in the manifest's order."""

    @property
    def unmatched(self) -> int:
        """How many rows have no file."""
        return sum(not place.path for place in self.places)


def join_manifest(manifest: Manifest, found: Found, layout: ManifestLayout, path: str = "") -> tuple[Finding, ...]:
    """Adds the manifest's declarations to the entries; returns a finding for each row, file and name without a match.

    `path` is the manifest's, as the user gave it.
    """
    found.unread_columns = tuple(without_contacts(column, "***") for column in manifest.columns)
    matched = match(manifest, found.targets, found.roots, layout, found.ignored)
    found.table = Table(path=path, digest=manifest.digest, sheets=manifest.sheets, rows=matched.places)
    found.targets, missing = _attach(manifest, matched, found)
    return (*matched.findings, *missing)


def match(
    manifest: Manifest,
    targets: Sequence[Target],
    roots: Iterable[str],
    layout: ManifestLayout,
    ignored: Iterable[Ignored] = (),
) -> Matched:
    """Matches rows and files. `roots` are the folders that were searched: cells name files relative to them.

    If only files were named, rows for other files are ignored. A target without a row gets a finding of its own.
    """
    searched = [root.rstrip("/") for root in roots]
    finder = _Finder(targets, searched, layout, ignored)
    rows: dict[str, list[Declaration]] = {}
    findings = [
        _finding(manifest, 1, say("the part {locator} was not read: {why}", locator=Plain(part.locator), why=part.why))
        for part in manifest.unread
    ]
    places: list[TableRow] = []
    for row in manifest.rows:
        found, trouble = finder.find(row)
        why = trouble if found is None and searched else None
        places.append(TableRow(sheet=row.sheet, line=row.line, path=found.path if found else "", why=why))
        if found is not None:
            rows.setdefault(found.path, []).append(row)
        elif searched:
            findings.append(
                _finding(manifest, row.line, say("{locator}: {why}", locator=Plain(row.locator), why=trouble))
            )
    twice = {path: _twice(path, several) for path, several in rows.items() if len(several) > 1}
    places = [replace(place, why=twice[place.path]) if place.path in twice else place for place in places]
    differing = {path: _differing(rows[path]) for path in twice}
    doubtful = {
        path: replace(_finding(manifest, rows[path][1].line, _which(rows[path], keys)), keys=keys)
        for path, keys in differing.items()
        if keys
    }
    # where the rows differ, the entry has a finding of its own: one cause is one finding
    findings += [_finding(manifest, rows[path][1].line, what) for path, what in twice.items() if path not in doubtful]
    findings += [_finding(manifest, 1, trouble) for trouble in finder.troubles]
    missed = _finding(manifest, 1, say("the manifest has no row for this file"))
    joined = [
        replace(
            target,
            declared=_facts(rows.get(target.path, ())),
            missed=doubtful.get(target.path) if target.path in rows else missed,
        )
        for target in targets
    ]
    return Matched(targets=joined, findings=tuple(findings), rows=rows, places=tuple(places))


def _facts(rows: Sequence[Declaration]) -> Facts:
    """The facts of all rows. If two rows of one file differ, that is a dispute like any other."""
    return rows[0].facts.joined(*(row.facts for row in rows[1:])) if rows else Facts()


def _differing(rows: Sequence[Declaration]) -> tuple[str, ...]:
    """The keys on which several rows of one file contradict each other."""
    facts = _facts(rows) if len(rows) > 1 else Facts()
    return tuple(name for name, said in facts.by_key.items() if contrary(KEYS[name], said))


def _which(rows: Sequence[Declaration], differ: Sequence[str]) -> Readable:
    """That rows for one file differ, without what they say: the other row may be another person's."""
    where = join([Plain(row.locator) for row in rows[:_MOST_NAMED]])
    fields = [field.keys[0] for field in FIELDS.values() if not set(field.keys).isdisjoint(differ)]
    keys = join([KEYS[name].called for name in fields if name in KEYS])
    return say(
        "{count} rows of the entries table are for this file ({rows}), and they differ in: {keys}; which of them counts is for a person to say",
        count=len(rows), rows=where, keys=keys,
    )  # fmt: skip


def _twice(path: str, rows: Sequence[Declaration]) -> Readable:
    where = join([Plain(row.locator) for row in rows[:_MOST_NAMED]])
    return say("{count} rows are for the file {path}: {rows}", count=len(rows), path=Plain(visible(path)), rows=where)


def _finding(manifest: Manifest, line: int, what: Readable) -> Finding:
    """A finding of the batch on a mismatch of manifest and folder."""
    wanted = say("one row for each file, and one file for each row")
    return Finding(
        rule=RULE, label=LABEL, outcome=Outcome.UNKNOWN, level=Level.REQUIRED, place=Place(manifest.path, line, 1), expected=wanted,
        actual=what, message=say("{sentence}.", sentence=what),
        remedy=None, why=None,
    )  # fmt: skip


def _normal(text: str) -> str:
    """Normalises a text: width, letter case, white space and invisible characters are ignored."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return plain if plain.isprintable() else without_unseen(plain)


class _Finder:
    """Finds files by any name that rows may use."""

    def __init__(
        self, targets: Sequence[Target], roots: list[str], layout: ManifestLayout, ignored: Iterable[Ignored] = ()
    ) -> None:
        self._layout = layout
        self._ignored: dict[str, Ignored] = {}
        for one in ignored:
            inner = _within(one.path, roots)
            for text in (inner, inner.rpartition("/")[2], one.path):
                self._ignored.setdefault(_normal(text), one)
        self.troubles: list[Readable] = []
        self._exact: dict[str, list[Target]] = {}
        self._loose: dict[str, list[Target]] = {}
        self._stems: dict[str, list[Target]] = {}
        self._folders: dict[str, list[Target]] = {}
        self._patterns: dict[tuple[str, ...], dict[tuple[str, ...], list[Target]]] = {}
        for target in targets:
            inner = _within(target.path, roots)
            name = inner.rpartition("/")[2]
            for text in {inner, name, target.path}:
                self._exact.setdefault(unicodedata.normalize("NFC", text), []).append(target)
                self._loose.setdefault(_normal(text), []).append(target)
                self._stems.setdefault(_normal(_stem(text)), []).append(target)
            self._enter_folders(inner, target)
        if layout.name:
            self._enter_names(targets)

    def _enter_folders(self, inner: str, target: Target) -> None:
        folder = inner.rpartition("/")[0]
        names: set[str] = set()
        while folder:
            names |= {_normal(folder), _normal(folder.rpartition("/")[2])}
            folder = folder.rpartition("/")[0]
        for name in names:
            self._folders.setdefault(name, []).append(target)

    def _enter_names(self, targets: Sequence[Target]) -> None:
        import regex

        compiled, slow = regex.compile(self._layout.name), 0
        for target in targets:
            name = target.path.rpartition("/")[2]
            try:
                found = compiled.fullmatch(name, timeout=PATTERN_SECONDS)
            except TimeoutError:
                slow += 1
                self.troubles.append(
                    say(
                        "the pattern of contest.entries took longer than a second on the name {name} and was stopped",
                        name=_written(name),
                    )
                )
                if slow >= _MOST_SLOW:
                    return
                continue
            if found is None:
                continue
            values = {group.replace("_", "-"): text for group, text in found.groupdict().items() if text}
            fields = tuple(sorted(values))
            key = tuple(_same(field, values[field]) for field in fields)
            self._patterns.setdefault(fields, {}).setdefault(key, []).append(target)

    def find(self, row: Declaration) -> tuple[Target | None, Readable]:
        """The row's file, or why there is none."""
        if self._layout.name:
            return self._by_name(row)
        if self._layout.folder:
            return self._by_folder(row.text(""))
        cell = row.text("") if self._layout.file else row.text("file")
        if cell:
            return self._by_file(cell)
        if not self._layout.file and row.text("title"):
            return self._by_title(row.text("title"))
        return None, say("the row names no file")

    def _by_file(self, cell: str) -> tuple[Target | None, Readable]:
        plain = unicodedata.normalize("NFC", cell.strip()).replace("\\", "/")
        while plain.startswith("./"):
            plain = plain[2:]
        if _leads_out(plain):
            return None, say(
                "the file {name} lies outside the folder that is checked, and is not looked for",
                name=_written(cell),
            )
        for table, text in ((self._exact, plain), (self._loose, _normal(plain)), (self._stems, _normal(plain))):
            if text in table:
                return _one(table[text], cell)
        several = self._several(plain)
        if several:
            names = join([_written(each) for each in several])
            return None, say(
                "the row names {count} files: {names}; each needs a row of its own", count=len(several), names=names
            )
        there = self._ignored.get(_normal(plain))
        if there is not None:
            name = Plain(visible(there.path))
            return None, say("the file {name} was ignored: {reason}", name=name, reason=there.reason)
        return None, say("there is no file {name}", name=_written(cell))

    def _several(self, cell: str) -> list[str]:
        """The names in a cell that names several files; empty if it does not."""
        for between in _BETWEEN:
            parts = [part.strip() for part in between.split(cell) if part.strip()]
            if len(parts) > 1 and all(_normal(part) in self._loose or _normal(part) in self._stems for part in parts):
                return parts[:_MOST_NAMED]
        return []

    def _by_title(self, title: str) -> tuple[Target | None, Readable]:
        there = self._stems.get(_normal(title), [])
        if there:
            return _one(there, title)
        return None, say("no file is named like the title {name}", name=_written(title))

    def _by_folder(self, cell: str) -> tuple[Target | None, Readable]:
        if not cell:
            return None, say("the row names no folder")
        plain = cell.strip().replace("\\", "/").rstrip("/")
        while plain.startswith("./"):
            plain = plain[2:]
        if _leads_out(plain):
            return None, say(
                "the folder {name} lies outside the folder that is checked, and is not looked for",
                name=_written(cell),
            )
        there = self._folders.get(_normal(plain), [])
        if there:
            return _one(there, cell)
        return None, say("there is no folder {name} with an entry in it", name=_written(cell))

    def _by_name(self, row: Declaration) -> tuple[Target | None, Readable]:
        for fields, table in self._patterns.items():
            key = tuple(_same(field, row.text(field)) for field in fields)
            if all(key) and key in table:
                return _one(table[key], " / ".join(_named_by(field, row.text(field)) for field in fields))
        return None, say("no file's name says what the row says")


def _written(cell: str) -> Plain:
    """What a cell says, without a telephone that somebody wrote there."""
    return Plain(short(without_contacts(cell, "***")))


def _one(there: list[Target], named: str) -> tuple[Target | None, Readable]:
    if len(there) == 1:
        return there[0], Plain("")
    paths = join([Plain(visible(target.path)) for target in there[:_MOST_NAMED]])
    return None, say("{count} files fit {name}: {paths}", count=len(there), name=_written(named), paths=paths)


def _named_by(field: str, text: str) -> str:
    """A field's text in a sentence, which no personal data may stand in."""
    key = KEYS.get(FIELDS[field].keys[0])
    return GIVEN.key if key is not None and key.personal else text


def _within(path: str, roots: list[str]) -> str:
    """A path relative to the folder that was searched; only the name for a file that was named directly."""
    inside = [path[len(root) + 1 :] if root else path for root in roots if not root or path.startswith(f"{root}/")]
    return min(inside, key=len) if inside else path.rpartition("/")[2]


def _leads_out(path: str) -> bool:
    return _OUTSIDE.search(unicodedata.normalize("NFKC", path)) is not None


def _stem(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    stem, dot, _ = name.rpartition(".")
    return f"{folder}{slash}{stem}" if dot and stem else path


def _same(field: str, text: str) -> str:
    """A field's text in the form that is compared: people and dates by value, others without width, case and white space."""
    key = KEYS.get(FIELDS[field].keys[0]) if text else None
    if key is not None:
        try:
            return _normal(key.kind.write(key.kind.read(text)))
        except NotAValueError:
            pass
    return _normal(text)


def _attach(manifest: Manifest, matched: Matched, found: Found) -> tuple[list[Target], tuple[Finding, ...]]:
    """The targets with the attachments that columns name, and a finding for each name with no file or several."""
    names = _names(found)
    findings: list[Finding] = []
    targets: list[Target] = []
    for target in matched.targets:
        rows = [row for row in matched.rows.get(target.path, ()) if row.beside is not None]
        if not rows:
            targets.append(target)
            continue
        paths = set(target.attachments or ())
        for row in rows:
            paths |= _named(row, names, manifest, findings)
        folder = target.folder or target.path.rpartition("/")[0]
        targets.append(replace(target, attachments=tuple(sorted(paths)), folder=folder))
    return targets, tuple(findings)


def _named(row: Declaration, names: dict[str, list[str]], manifest: Manifest, findings: list[Finding]) -> set[str]:
    """The paths that a row's cells name."""
    paths: set[str] = set()
    for cell in row.beside or ():
        for name in _names_in(cell.text, names):
            there = _found(name, names)
            if len(there) == 1:
                paths.add(there[0])
            else:
                what = say("{locator}: {why}", locator=Plain(cell.locator), why=_trouble(name, there))
                findings.append(_finding(manifest, row.line, what))
    return paths


def _names_in(text: str, names: dict[str, list[str]]) -> list[str]:
    pieces = [text]
    for between in _BETWEEN:
        pieces = [part for piece in pieces for part in ([piece] if _found(piece, names) else between.split(piece))]
    return [piece for piece in pieces if piece.strip()]


def _found(text: str, names: dict[str, list[str]]) -> list[str]:
    plain = text.strip().replace("\\", "/").removeprefix("./")
    if _leads_out(plain):
        return []
    return names.get(_normal(plain), [])


def _trouble(name: str, there: Iterable[str]) -> Readable:
    paths = list(there)
    if not paths:
        return say("there is no file {name} among those beside the entries", name=_written(name.strip()))
    several = join([Plain(short(path)) for path in paths[:_MOST_NAMED]])
    return say("{count} files fit {name}: {paths}", count=len(paths), name=_written(name.strip()), paths=several)


def _names(found: Found) -> dict[str, list[str]]:
    """The files that are not entries, by name and by path relative to the folders that were searched."""
    roots = [root.rstrip("/") for root in found.roots]
    names: dict[str, list[str]] = {}
    for path in dict.fromkeys(found.others):
        inner = _within(path, roots)
        for name in {_normal(inner), _normal(inner.rpartition("/")[2])}:
            names.setdefault(name, []).append(path)
    return names
