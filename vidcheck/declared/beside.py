"""Attachments and forms that a manifest's columns name (`附件`, `推荐表`), for entries without folders of their own.

As with the entries themselves, a cell can only name a file that the run has found in the folders it searched.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from vidcheck.declared.join import OUTSIDE, finding_of, normal, within
from vidcheck.declared.tables.cells import short
from vidcheck.texts import Plain, Readable, join, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vidcheck.declared.join import Matched
    from vidcheck.declared.manifest import Declaration, Manifest
    from vidcheck.findings import Finding
    from vidcheck.sources.targets import Found, Target

_BETWEEN = (re.compile(r"[;；|\r\n]"), re.compile(r"[、,，]"))
"""What stands between names; a name may hold the second itself, so a piece that is a name is not split further."""
_MOST_NAMED = 5


def attach(manifest: Manifest, matched: Matched, found: Found) -> tuple[list[Target], tuple[Finding, ...]]:
    """The targets with what the columns name, and a finding for each name that no file bears, or several do."""
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
                findings.append(finding_of(manifest, row.line, what))
    return paths


def _names_in(text: str, names: dict[str, list[str]]) -> list[str]:
    pieces = [text]
    for between in _BETWEEN:
        pieces = [part for piece in pieces for part in ([piece] if _found(piece, names) else between.split(piece))]
    return [piece for piece in pieces if piece.strip()]


def _found(text: str, names: dict[str, list[str]]) -> list[str]:
    plain = text.strip().replace("\\", "/").removeprefix("./")
    if OUTSIDE.search(unicodedata.normalize("NFKC", plain)):
        return []
    return names.get(normal(plain), [])


def _trouble(name: str, there: Iterable[str]) -> Readable:
    paths = list(there)
    if not paths:
        return say("there is no file {name} among those beside the entries", name=Plain(short(name.strip())))
    several = join([Plain(short(path)) for path in paths[:_MOST_NAMED]])
    return say("{count} files fit {name}: {paths}", count=len(paths), name=Plain(short(name.strip())), paths=several)


def _names(found: Found) -> dict[str, list[str]]:
    """The files that are no entries, by their names and by their paths below the folders that were searched."""
    roots = [root.rstrip("/") for root in found.roots]
    names: dict[str, list[str]] = {}
    for path in dict.fromkeys(found.others):
        inner = within(path, roots)
        for name in {normal(inner), normal(inner.rpartition("/")[2])}:
            names.setdefault(name, []).append(path)
    return names
