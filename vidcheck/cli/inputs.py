"""What a command reads: rules, decisions, entries, a manifest, an archive, a report. What is wrong with them is said, and exit code 2."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import refused
from vidcheck.cli.outputs import apart
from vidcheck.cli.screen import Screen, named, reason
from vidcheck.texts import listed, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.cli.outputs import Wanted
    from vidcheck.findings import Finding
    from vidcheck.reports.saved import SavedReport
    from vidcheck.rules.model import Rules
    from vidcheck.session.messages import Policy
    from vidcheck.session.session import Options, Session
    from vidcheck.sources.targets import Found

_CLUSTER_COMMAND = 'pip install "vidcheck[cluster]"'
_MIB = 2**20
LARGEST_REPORT = 512 * _MIB
"""Some hundred thousand entries; what is larger is something else."""


def saved_report(path: str, screen: Screen) -> SavedReport:
    """A JSON report read back; where it is none, one line says so, and exit code 2."""
    from vidcheck.reports.saved import NotAReportError, read

    try:
        return read(bytes_of(path, LARGEST_REPORT, screen), named(path).words)
    except NotAReportError as error:
        screen.trouble(error.words)
        raise typer.Exit(exits.USAGE) from None


def bytes_of(path: str, most: int, screen: Screen) -> bytes:
    """A file's bytes; where it can't be read or has more than `most`, one line says so, and exit code 2."""
    try:
        with Path(path).open("rb") as file:
            return bounded(file, path, most, screen)
    except (OSError, ValueError) as error:  # a path with a zero byte is a ValueError
        why = reason(error) if isinstance(error, OSError) else named(str(error))
        screen.trouble(say("{path} can't be read: {reason}", path=named(path), reason=why))
        raise typer.Exit(exits.USAGE) from None


def bounded(file: BinaryIO, name: str, most: int, screen: Screen) -> bytes:
    """The bytes of an open file, which messages call by that name; more than `most` are exit code 2."""
    data = file.read(most + 1)
    if len(data) > most:
        screen.trouble(say("{path} is larger than {most} MiB", path=named(name), most=most // _MIB))
        raise typer.Exit(exits.USAGE)
    return data


def sound_rules(source: str | None, screen: Screen) -> Rules:
    """The rules, or every problem with them on stderr and exit code 2."""
    from vidcheck.rules.reader import load_rules

    with reading(screen):
        return load_rules(source)


@contextmanager
def opened(rules: str | None, options: Options, screen: Screen, *, judging: bool = True) -> Iterator[Session]:
    """An open session."""
    from vidcheck.session.session import Session, asks_archive

    with ExitStack() as stack:
        with reading(screen):
            session = stack.enter_context(Session(rules, options, judging=judging))
        if options.archive and judging and session.rules and not asks_archive(session.rules):
            screen.trouble(
                say("no rule asks the archive, so {path} is not looked at", path=named(str(options.archive)))
            )
        for tool, versions in session.differing.items():
            screen.trouble(
                say("the workers have different versions of {tool}: {versions}", tool=tool, versions=versions)
            )
        yield session


@contextmanager
def reading(screen: Screen) -> Iterator[None]:
    """What is wrong with rules, decisions, a manifest, an archive or a cluster is said, and exit code 2."""
    try:
        yield
    except Exception as error:
        if not _said(error, screen):
            raise
        raise typer.Exit(exits.USAGE) from None


def _said(error: Exception, screen: Screen) -> bool:
    """Says what is wrong, where it is an error of that kind. Imports nothing before there is one."""
    from vidcheck.declared.tables.cells import ManifestError
    from vidcheck.rules.problems import RulesError
    from vidcheck.session.session import RULES_SECONDS, SelectionError
    from vidcheck.storage.archive import ArchiveError
    from vidcheck.workers.protocol import StoppedError

    if isinstance(error, SelectionError):
        raise refused(error.words, "--only/--skip")
    if isinstance(error, TimeoutError):
        screen.trouble(say("the rules could not be read in {count} seconds", count=round(RULES_SECONDS)))
    elif isinstance(error, (RulesError, ManifestError)):
        for problem in error.problems:
            screen.trouble(problem)
    elif isinstance(error, (ArchiveError, StoppedError)):
        screen.trouble(error.words)
    else:
        return False
    return True


def found_entries(session: Session, paths: list[str], screen: Screen, *, written: list[Wanted] | None = None) -> Found:
    """The entries that the arguments name; what names nothing is said, and nothing at all is exit code 2."""
    found = session.find(paths, [one.path for one in written or []])
    for path in found.missing:
        screen.trouble(say("there is no file or folder {path}", path=named(path)))
    for path in found.empty:
        screen.trouble(say("there is no entry in {path}", path=named(path)))
    for words in found.refused:
        screen.trouble(words)
    if not found.targets:
        raise typer.Exit(exits.USAGE)
    return found


def declared(session: Session, found: Found, screen: Screen) -> tuple[Finding, ...]:
    """Joins what the manifest declares to the entries; one that can't be read is exit code 2."""
    with reading(screen):
        return session.declare(found)


def joined(session: Session, found: Found, wanted: list[Wanted], screen: Screen) -> tuple[Finding, ...]:
    """The same, and sees to it that no report is written over anything that is read."""
    batch = declared(session, found, screen)
    lacking = session.lacking(found)
    if lacking is not None:
        screen.trouble(lacking)
    beside = [path for target in found.targets for path in target.attachments or ()]
    apart(wanted, [*session.read, *(target.path for target in found.targets), *beside], screen)
    return batch


def at_most(paths: list[str]) -> int | None:
    """How many entries these paths name at most, as far as that is clear beforehand."""
    from vidcheck.sources.targets import is_url

    if all(is_url(path) for path in paths):
        return 1  # a worker reads the rules; remote entries have workers of their own
    return len(paths) if all(Path(path).is_file() for path in paths) else None


def policy_of(text: str) -> Policy:
    """`--witness`, or what its choices are."""
    from vidcheck.session.messages import Policy

    try:
        return Policy(text)
    except ValueError:
        words = say("'{text}' is none of {choices}", text=named(text), choices=listed(Policy))
        raise refused(words, "--witness") from None


def cluster_available(address: str | None, workers: int | None, screen: Screen) -> None:
    """Refuses a cluster with local workers too, and one without the library for it."""
    from importlib.util import find_spec

    if address is None:
        return
    if workers is not None:
        raise refused(say("a cluster has its own workers: leave out --workers or --cluster"), "--workers/--cluster")
    if find_spec("distributed") is None:
        screen.trouble(say("--cluster needs a library that is not installed: {command}", command=_CLUSTER_COMMAND))
        raise typer.Exit(exits.USAGE)
    _hush()


def _hush() -> None:
    """Keeps Dask's own messages off the screen: what matters of them we say ourselves."""
    import logging
    import os
    import warnings

    import distributed  # noqa: F401 - its import sets the levels

    if os.environ.get("VIDCHECK_DEBUG"):
        return
    warnings.filterwarnings("ignore", module=r"distributed(\.|$)")
    for name in ("distributed", "distributed.client", "tornado", "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
