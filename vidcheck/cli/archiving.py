"""The archive at hand, and entries on their way into it: out of files with their manifest, or out of a JSON report."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import refused
from vidcheck.cli.screen import Screen, named, reason
from vidcheck.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.facts import Entry, Facts
    from vidcheck.sources.targets import Found
    from vidcheck.storage.archive import Past

_MOST = 512 * 2**20  # bytes of a report


def usual(asked: str | None) -> Path:
    """Where the archive is: as asked, else where it usually is."""
    from vidcheck.storage.archive import usual_path

    return Path(asked) if asked else usual_path()


@contextmanager
def archived(screen: Screen) -> Iterator[None]:
    """What is wrong with the archive is one line, and exit code 2."""
    from vidcheck.storage.archive import ArchiveError

    try:
        yield
    except ArchiveError as error:
        screen.trouble(error.words)
        raise typer.Exit(exits.USAGE) from None


def pasts_from(
    paths: list[str], manifest: str | None, rules: str | None, timeout: float, screen: Screen
) -> tuple[list[Past], bool]:
    """The entries to be kept, and whether some could not be read."""
    if len(paths) == 1 and paths[0].lower().endswith(".json") and Path(paths[0]).is_file():
        if manifest:
            raise refused(say("a report tells what was declared by itself"), "--manifest")
        return _reported(paths[0], screen), False
    from vidcheck.storage.archive import Past, marks_of

    found, known = facts_of(paths, manifest, rules, timeout, screen)
    if found.missing or found.empty:
        raise typer.Exit(exits.USAGE)
    pasts: list[Past] = []
    unread = False
    for entry, facts in known:
        marks = marks_of(facts.facts)
        if not any(mark.kind == "checksum" for mark in marks):
            unread = True
            screen.trouble(say("{path}: {what}", path=named(entry.path), what=say("it could not be read")))
        if marks:
            size = next((fact.value for fact in facts.of("size") if fact.value is not None), None)
            pasts.append(Past(name=entry.path, size=size, marks=marks))
    if not pasts:
        raise typer.Exit(exits.USAGE)
    return pasts, unread


def _reported(path: str, screen: Screen) -> list[Past]:
    from vidcheck.reports.runs import NotAReportError, loads
    from vidcheck.storage.archive_report import pasts_of

    try:
        if Path(path).stat().st_size > _MOST:
            screen.trouble(say("{path} is too large for a report", path=named(path)))
            raise typer.Exit(exits.USAGE)
        pasts = pasts_of(loads(Path(path).read_bytes(), path), path)
    except OSError as error:
        screen.trouble(say("{path} can't be read: {reason}", path=named(path), reason=reason(error)))
        raise typer.Exit(exits.USAGE) from None
    except NotAReportError as error:
        screen.trouble(error.words)
        raise typer.Exit(exits.USAGE) from None
    if not any(past.marks for past in pasts):
        screen.trouble(
            say("{path} tells no checksum, title or author of any entry: name the entries themselves", path=named(path))
        )
        raise typer.Exit(exits.USAGE)
    return [past for past in pasts if past.marks]


def count_marks(pasts: list[Past]) -> dict[str, int]:
    """How many entries bear each kind of mark."""
    counts: dict[str, int] = {}
    for past in pasts:
        for mark in past.marks:
            counts[mark.kind] = counts.get(mark.kind, 0) + 1
    return counts


def facts_of(
    paths: list[str], manifest: str | None, rules: str | None, timeout: float, screen: Screen
) -> tuple[Found, list[tuple[Entry, Facts]]]:
    """What is known of files, their checksums included, and what the manifest declares of them."""
    from vidcheck.cli.given import at_most, declared, found_entries, opened
    from vidcheck.session.session import Options

    options = Options(
        witness="mediainfo", at_most=at_most(paths), timeout=timeout, checksum=True, manifest=manifest
    )  # fmt: skip
    with opened(rules, options, screen, judging=False) as session:
        found = found_entries(session, paths, screen)
        for finding in declared(session, found, screen):
            screen.trouble(finding.message)
        return found, list(session.facts(found.targets))
