"""Reads the manifest in a worker, and joins its rows to the entries of the run."""

from __future__ import annotations

import os
from concurrent.futures import BrokenExecutor, CancelledError
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from vidcheck.declared.fields import FIELDS, derived, read_field
from vidcheck.declared.join import join_manifest, match
from vidcheck.declared.layout import DEFAULT
from vidcheck.declared.tables.cells import ManifestError, short, wrong
from vidcheck.facts import DECLARED, Facts, State, visible
from vidcheck.findings import Table
from vidcheck.rules.spelling import nearest
from vidcheck.session import tasks
from vidcheck.sources.targets import Target
from vidcheck.texts import listed, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from vidcheck.declared.join import Matched
    from vidcheck.declared.manifest import Manifest
    from vidcheck.facts import Fact
    from vidcheck.findings import Finding
    from vidcheck.rules.model import Rules
    from vidcheck.sources.targets import Found
    from vidcheck.texts import Readable

OPTION = "--declare"
SECONDS = 60.0
"""Seconds that reading a manifest may take."""

__all__ = ["DeclarationError", "ManifestError", "declare", "declare_one", "rows_of", "table_of"]


def declare(path: str, rules: Rules, found: Found, submit: Callable[..., Future[Manifest]]) -> tuple[Finding, ...]:
    """Joins the manifest's rows to the entries; returns findings on rows and files without a match.

    `submit` runs a function in a worker under a deadline. Raises ManifestError.
    """
    layout = rules.layout or DEFAULT
    return join_manifest(_read(path, rules, submit), found, layout, path)


class DeclarationError(ValueError):
    """What was declared of one entry can't be used; `words` says why."""

    def __init__(self, words: Readable) -> None:
        self.words = words
        super().__init__(words.render("en"))


def declare_one(given: Mapping[str, str], rules: Rules | None, found: Found) -> None:
    """Adds what an entrant declares of the one entry: texts by field, read as the cells of a manifest.

    Fields have their names, or those that tables and forms give them. Raises DeclarationError.
    """
    layout, zone = (rules.layout or DEFAULT, rules.zone) if rules else (DEFAULT, UTC)
    if len(found.targets) != 1:
        raise DeclarationError(
            say(
                "it is for a single entry, and there are {count}: declare them in a table, with --manifest",
                count=len(found.targets),
            )
        )
    read: dict[str, tuple[Fact, ...]] = {}
    for label, text in given.items():
        field = layout.field(label.removeprefix(f"{DECLARED}."))
        if field is None:
            raise DeclarationError(_no_field(label))
        if field.name in read:
            raise DeclarationError(say("the field {name} is declared twice", name=field.name))
        read[field.name] = read_field(field, text, locator=f"{OPTION} {field.name}", zone=zone)
        for fact in read[field.name]:
            if (
                fact.state is State.UNKNOWN and fact.note is not None
            ):  # in a table it is a finding; here it can be mended at once
                raise DeclarationError(say("{name}: {reason}", name=short(label), reason=fact.note))
    facts = tuple(fact for every in read.values() for fact in every)
    whole = Facts(facts=(*facts, *derived(facts)), asked=frozenset({DECLARED}))
    found.targets = [replace(found.targets[0], declared=whole)]


def _no_field(label: str) -> Readable:
    hint = nearest(label, FIELDS)
    if hint:
        return say(
            "'{name}' is no field (try \"{hint}\"); there are {names}",
            name=short(label), hint=hint, names=listed(FIELDS),
        )  # fmt: skip
    return say("'{name}' is no field; there are {names}", name=short(label), names=listed(FIELDS))


def rows_of(
    path: str, rules: Rules, entries: Sequence[str], submit: Callable[..., Future[Manifest]]
) -> dict[str, list[Facts]]:
    """The rows of each entry, by its path. The entries are those of an earlier run, and none is looked at."""
    matched = _matched(_read(path, rules, submit), rules, entries)
    return {entry: [row.facts for row in rows] for entry, rows in matched.rows.items()}


def table_of(path: str, rules: Rules, entries: Sequence[str], submit: Callable[..., Future[Manifest]]) -> Table:
    """The manifest, and what becomes of its rows. The entries are those of an earlier run, and none is looked at."""
    manifest = _read(path, rules, submit)
    rows = _matched(manifest, rules, entries).places
    return Table(path=path, digest=manifest.digest, sheets=manifest.sheets, rows=rows)


def _matched(manifest: Manifest, rules: Rules, entries: Sequence[str]) -> Matched:
    try:
        folder = os.path.commonpath([os.path.dirname(entry) for entry in entries])  # noqa: PTH120
    except ValueError:  # none, or in no one folder: relative paths beside absolute ones
        folder = ""
    targets = [Target(path=entry, follow=False) for entry in entries]
    layout = rules.layout or DEFAULT
    best = match(manifest, targets, [folder], layout)
    while folder and best.unmatched:  # cells name files from the folder that was searched, which a report doesn't have
        folder = os.path.dirname(folder) if os.path.dirname(folder) != folder else ""  # noqa: PTH120
        best = min(best, match(manifest, targets, [folder], layout), key=lambda matched: matched.unmatched)
    return best


def _read(path: str, rules: Rules, submit: Callable[..., Future[Manifest]]) -> Manifest:
    layout = rules.layout or DEFAULT
    try:
        manifest: Manifest = submit(tasks.read_manifest, path, layout, rules.zone, deadline=SECONDS).result()
    except TimeoutError:
        raise wrong(visible(path), say("it could not be read in {count} seconds", count=round(SECONDS))) from None
    except MemoryError:
        raise wrong(visible(path), say("it took more memory than a worker may have")) from None
    except (BrokenExecutor, CancelledError, OSError) as error:  # pebble raises an OSError for a killed worker
        raise wrong(visible(path), say("its worker was lost ({how})", how=type(error).__name__)) from None
    return manifest
