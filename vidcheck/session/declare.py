"""Reads the manifest in a worker, and joins its rows to the entries of the run."""

from __future__ import annotations

import os
from concurrent.futures import BrokenExecutor, CancelledError
from typing import TYPE_CHECKING

from vidcheck.declared.join import join_manifest, match
from vidcheck.declared.layout import DEFAULT
from vidcheck.declared.tables.cells import ManifestError, wrong
from vidcheck.facts import visible
from vidcheck.findings import Table
from vidcheck.session import tasks
from vidcheck.sources.targets import Target
from vidcheck.texts import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from vidcheck.declared.join import Matched
    from vidcheck.declared.manifest import Manifest
    from vidcheck.facts import Facts
    from vidcheck.findings import Finding
    from vidcheck.rules.model import Rules
    from vidcheck.sources.targets import Found

SECONDS = 60.0
"""Seconds that reading a manifest may take."""

__all__ = ["ManifestError", "declare", "rows_of", "table_of"]


def declare(path: str, rules: Rules, found: Found, submit: Callable[..., Future[Manifest]]) -> tuple[Finding, ...]:
    """Joins the manifest's rows to the entries; returns findings on rows and files without a match.

    `submit` runs a function in a worker under a deadline. Raises ManifestError.
    """
    layout = rules.layout or DEFAULT
    return join_manifest(_read(path, rules, submit), found, layout, path)


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
    folder = os.path.commonpath([os.path.dirname(entry) for entry in entries]) if entries else ""  # noqa: PTH120
    targets = [Target(path=entry, follow=False) for entry in entries]
    return match(manifest, targets, [folder], rules.layout or DEFAULT)


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
