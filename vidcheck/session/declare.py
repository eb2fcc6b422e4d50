"""Reads the manifest in a worker, and joins its rows to the entries of the run."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, CancelledError
from typing import TYPE_CHECKING

from vidcheck.declared.join import join_manifest
from vidcheck.declared.layout import DEFAULT
from vidcheck.declared.tables.cells import ManifestError, wrong
from vidcheck.facts import visible
from vidcheck.session import tasks
from vidcheck.texts import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from vidcheck.declared.manifest import Manifest
    from vidcheck.findings import Finding
    from vidcheck.rules.model import Rules
    from vidcheck.sources.targets import Found

SECONDS = 60.0
"""Seconds that reading a manifest may take."""

__all__ = ["ManifestError", "declare"]


def declare(path: str, rules: Rules, found: Found, submit: Callable[..., Future[Manifest]]) -> tuple[Finding, ...]:
    """Joins the manifest's rows to the entries; returns findings on rows and files without a match.

    `submit` runs a function in a worker under a deadline. Raises ManifestError.
    """
    layout = rules.layout or DEFAULT
    try:
        manifest: Manifest = submit(tasks.read_manifest, path, layout, rules.zone, deadline=SECONDS).result()
    except TimeoutError:
        raise wrong(visible(path), say("it could not be read in {count} seconds", count=round(SECONDS))) from None
    except MemoryError:
        raise wrong(visible(path), say("it took more memory than a worker may have")) from None
    except (BrokenExecutor, CancelledError, OSError) as error:  # pebble raises an OSError for a killed worker
        raise wrong(visible(path), say("its worker was lost ({how})", how=type(error).__name__)) from None
    return join_manifest(manifest, found, layout, path)
