"""Rows and files brought together. What finds no partner, or more than one, is a finding of the batch and never lost.

Nothing is opened here: a row can only find a file that the run has found by itself, so no cell leads out of the folder.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vidcheck.declared.fields import FIELDS
from vidcheck.declared.tables.cells import short
from vidcheck.facts import Facts, visible, without_unseen
from vidcheck.findings import Finding, Level, Outcome, Place
from vidcheck.quantities import NotAValueError
from vidcheck.texts import Plain, Readable, join, say
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vidcheck.declared.layout import ManifestLayout
    from vidcheck.declared.manifest import Declaration, Manifest
    from vidcheck.sources.targets import Target

RULE = "manifest"
"""The name that these findings bear."""
PATTERN_SECONDS = 1.0
"""How long the pattern may take on one name, as for `matches`."""
_MOST_SLOW = 5  # names on which the pattern may take too long before it is given up
_MOST_NAMED = 5
OUTSIDE = re.compile(r"(?:^|/)\.\.(?:/|$)|^/|^~|^[a-z]:|^[a-z]{2,}://|\0", re.IGNORECASE)
"""A name that leads out of the folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What came together."""

    targets: list[Target]
    """All of them, in their order, with what was declared of them."""
    findings: tuple[Finding, ...]
    """What did not, rows first, then files."""
    rows: Mapping[str, list[Declaration]]
    """By the path of their file."""


def match(manifest: Manifest, targets: Sequence[Target], roots: Iterable[str], layout: ManifestLayout) -> Matched:
    """Every file's rows. `roots` are the folders that were searched: cells name files from there on.

    Where none was searched, as files were named one by one, rows for other files are none of this run's business.
    """
    searched = [root.rstrip("/") for root in roots]
    finder = _Finder(targets, searched, layout)
    rows: dict[str, list[Declaration]] = {}
    findings = [
        finding_of(
            manifest, 1, say("the part {locator} was not read: {why}", locator=Plain(part.locator), why=part.why)
        )
        for part in manifest.unread
    ]
    for row in manifest.rows:
        found, trouble = finder.find(row)
        if found is not None:
            rows.setdefault(found.path, []).append(row)
        elif searched:
            findings.append(
                finding_of(manifest, row.line, say("{locator}: {why}", locator=Plain(row.locator), why=trouble))
            )
    for path, several in rows.items():
        if len(several) > 1:
            findings.append(finding_of(manifest, several[1].line, _twice(path, several)))
    findings += [
        finding_of(manifest, 1, say("the file {path} has no row", path=Plain(visible(target.path))))
        for target in targets
        if target.path not in rows
    ]
    findings += [finding_of(manifest, 1, trouble) for trouble in finder.troubles]
    joined = [replace(target, declared=_facts(rows.get(target.path, ()))) for target in targets]
    return Matched(targets=joined, findings=tuple(findings), rows=rows)


def _facts(rows: Sequence[Declaration]) -> Facts:
    """All that the rows say: where two rows of one file differ, that is a dispute like any other."""
    return rows[0].facts.joined(*(row.facts for row in rows[1:])) if rows else Facts()


def _twice(path: str, rows: Sequence[Declaration]) -> Readable:
    where = join([Plain(row.locator) for row in rows[:_MOST_NAMED]])
    return say("{count} rows are for the file {path}: {rows}", count=len(rows), path=Plain(visible(path)), rows=where)


def finding_of(manifest: Manifest, line: int, what: Readable) -> Finding:
    """A finding of the batch: something of the manifest and something of the folder don't fit."""
    wanted = say("one row for each file, and one file for each row")
    return Finding(
        rule=RULE, outcome=Outcome.UNKNOWN, level=Level.REQUIRED, place=Place(manifest.path, line, 1), expected=wanted,
        actual=what, message=say("{sentence}.", sentence=what),
        remedy=None, why=None,
    )  # fmt: skip


def normal(text: str) -> str:
    """A text without what makes no difference: width, letter case, white space, characters that nobody sees."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return plain if plain.isprintable() else without_unseen(plain)


class _Finder:
    """Files by all that rows may call them."""

    def __init__(self, targets: Sequence[Target], roots: list[str], layout: ManifestLayout) -> None:
        self._layout = layout
        self.troubles: list[Readable] = []
        self._exact: dict[str, list[Target]] = {}
        self._loose: dict[str, list[Target]] = {}
        self._stems: dict[str, list[Target]] = {}
        self._folders: dict[str, list[Target]] = {}
        self._patterns: dict[tuple[str, ...], dict[tuple[str, ...], list[Target]]] = {}
        for target in targets:
            inner = within(target.path, roots)
            name = inner.rpartition("/")[2]
            for text in {inner, name, target.path}:
                self._exact.setdefault(unicodedata.normalize("NFC", text), []).append(target)
                self._loose.setdefault(normal(text), []).append(target)
                self._stems.setdefault(normal(_stem(text)), []).append(target)
            self._enter_folders(inner, target)
        if layout.name:
            self._enter_names(targets)

    def _enter_folders(self, inner: str, target: Target) -> None:
        folder = inner.rpartition("/")[0]
        names: set[str] = set()
        while folder:
            names |= {normal(folder), normal(folder.rpartition("/")[2])}
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
                        name=Plain(short(name)),
                    )
                )
                if slow >= _MOST_SLOW:
                    return
                continue
            if found is None:
                continue
            told = {group.replace("_", "-"): text for group, text in found.groupdict().items() if text}
            fields = tuple(sorted(told))
            key = tuple(_same(field, told[field]) for field in fields)
            self._patterns.setdefault(fields, {}).setdefault(key, []).append(target)

    def find(self, row: Declaration) -> tuple[Target | None, Readable]:
        """The row's file, or why it has none."""
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
        if OUTSIDE.search(unicodedata.normalize("NFKC", plain)):
            return None, say(
                "the file {name} lies outside the folder that is checked, and is not looked for",
                name=Plain(short(cell)),
            )
        for table, text in ((self._exact, plain), (self._loose, normal(plain)), (self._stems, normal(plain))):
            if text in table:
                return _one(table[text], cell)
        return None, say("there is no file {name}", name=Plain(short(cell)))

    def _by_title(self, title: str) -> tuple[Target | None, Readable]:
        there = self._stems.get(normal(title), [])
        if there:
            return _one(there, title)
        return None, say("no file is named like the title {name}", name=Plain(short(title)))

    def _by_folder(self, cell: str) -> tuple[Target | None, Readable]:
        if not cell:
            return None, say("the row names no folder")
        plain = cell.strip().replace("\\", "/").rstrip("/")
        while plain.startswith("./"):
            plain = plain[2:]
        if OUTSIDE.search(unicodedata.normalize("NFKC", plain)):
            return None, say(
                "the folder {name} lies outside the folder that is checked, and is not looked for",
                name=Plain(short(cell)),
            )
        there = self._folders.get(normal(plain), [])
        if there:
            return _one(there, cell)
        return None, say("there is no folder {name} with an entry in it", name=Plain(short(cell)))

    def _by_name(self, row: Declaration) -> tuple[Target | None, Readable]:
        for fields, table in self._patterns.items():
            key = tuple(_same(field, row.text(field)) for field in fields)
            if all(key) and key in table:
                return _one(table[key], " / ".join(row.text(field) for field in fields))
        return None, say("no file's name says what the row says")


def _one(there: list[Target], named: str) -> tuple[Target | None, Readable]:
    if len(there) == 1:
        return there[0], Plain("")
    paths = join([Plain(visible(target.path)) for target in there[:_MOST_NAMED]])
    return None, say("{count} files fit {name}: {paths}", count=len(there), name=Plain(short(named)), paths=paths)


def within(path: str, roots: list[str]) -> str:
    """A path as seen from the folder that was searched; a file named by itself has its name alone."""
    inside = [path[len(root) + 1 :] if root else path for root in roots if not root or path.startswith(f"{root}/")]
    return min(inside, key=len) if inside else path.rpartition("/")[2]


def _stem(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    stem, dot, _ = name.rpartition(".")
    return f"{folder}{slash}{stem}" if dot and stem else path


def _same(field: str, text: str) -> str:
    """A field's text as it is compared: people and dates as what they say, all else without width, case, white space."""
    key = KEYS.get(FIELDS[field].keys[0]) if text else None
    if key is not None:
        try:
            return normal(key.kind.write(key.kind.read(text)))
        except NotAValueError:
            pass
    return normal(text)
