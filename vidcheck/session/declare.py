"""The manifest brought in: read in a worker, its rows joined to the entries that the run has found."""

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
"""How long reading a manifest may take."""

__all__ = ["ManifestError", "declare"]


def declare(path: str, rules: Rules, found: Found, submit: Callable[..., Future[Manifest]]) -> tuple[Finding, ...]:
    """Joins what the manifest declares to the entries found, and says which rows and files found no partner.

    `submit` lets a worker run a function under a deadline. Raises ManifestError.
    """
    layout = rules.layout or DEFAULT
    try:
        manifest: Manifest = submit(tasks.read_manifest, path, layout, rules.zone, deadline=SECONDS).result()
    except TimeoutError:
        raise wrong(visible(path), say("it could not be read in {count} seconds", count=round(SECONDS))) from None
    except MemoryError:
        raise wrong(visible(path), say("it took more memory than a worker may have")) from None
    except (BrokenExecutor, CancelledError, OSError) as error:  # pebble says of a killed worker that it is an OSError
        raise wrong(visible(path), say("its worker was lost ({how})", how=type(error).__name__)) from None
    return join_manifest(manifest, found, layout)
