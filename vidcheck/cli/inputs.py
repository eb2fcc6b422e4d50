"""Reads a command's inputs: rules, decisions, entries, a manifest, an archive, a report.

Problems with them are printed, and the exit code is 2.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import refused
from vidcheck.cli.outputs import apart
from vidcheck.cli.screen import Screen, named, reason
from vidcheck.reports import FORMATS, NotRenderedError
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
    from vidcheck.texts import Readable

_CLUSTER_COMMAND = 'pip install "vidcheck[cluster]"'
_MIB = 2**20
LARGEST_REPORT = 512 * _MIB
"""The most bytes of a report: some hundred thousand entries."""


def saved_report(path: str, screen: Screen) -> SavedReport:
    """Reads a JSON report; if it isn't one, prints a line and exits with 2."""
    from vidcheck.reports.saved import NotAReportError, read

    try:
        return read(bytes_of(path, LARGEST_REPORT, screen), named(path).words)
    except NotAReportError as error:
        screen.trouble(error.words)
        raise typer.Exit(exits.USAGE) from None


def report_to_use(path: str, screen: Screen) -> SavedReport:
    """Reads a JSON report as `saved_report` does, and says where entries are missing from it."""
    saved = saved_report(path, screen)
    if saved.incomplete:
        screen.trouble(say("the report is incomplete: entries are missing from it"))
    return saved


def bytes_of(path: str, most: int, screen: Screen) -> bytes:
    """A file's bytes; if it can't be read or has more than `most`, prints a line and exits with 2."""
    try:
        with Path(path).open("rb") as file:
            return bounded(file, path, most, screen)
    except (OSError, ValueError) as error:  # a path with a zero byte is a ValueError
        why = reason(error) if isinstance(error, OSError) else named(str(error))
        screen.trouble(say("{path} can't be read: {reason}", path=named(path), reason=why))
        raise typer.Exit(exits.USAGE) from None


def bounded(file: BinaryIO, name: str, most: int, screen: Screen) -> bytes:
    """The bytes of an open file; `name` is its name in messages. Exits with 2 if there are more than `most`."""
    data = file.read(most + 1)
    if len(data) > most:
        screen.trouble(say("{path} is larger than {most} MiB", path=named(name), most=most // _MIB))
        raise typer.Exit(exits.USAGE)
    return data


def sound_rules(source: str | None, screen: Screen) -> Rules:
    """The rules; if they are invalid, prints every problem on stderr and exits with 2."""
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
        if session.left_out is not None:
            screen.trouble(session.left_out)
        unseen = session.unseen
        if unseen is not None:
            screen.trouble(unseen)
        for tool, versions in session.differing.items():
            screen.trouble(
                say("the workers have different versions of {tool}: {versions}", tool=tool, versions=versions)
            )
        yield session


@contextmanager
def reading(screen: Screen) -> Iterator[None]:
    """Turns errors of rules, decisions, a manifest, an archive or a cluster into a message and exit code 2."""
    try:
        yield
    except Exception as error:
        if not _report(error, screen):
            raise
        raise typer.Exit(exits.USAGE) from None


def workers_missing(error: BaseException) -> Readable | None:
    """What the user reads if no worker could be started; None for any other error."""
    from vidcheck.workers.protocol import NoWorkerError

    return error.words if isinstance(error, NoWorkerError) else None


def _report(error: Exception, screen: Screen) -> bool:
    """Prints an error of those kinds, and returns whether it is one.

    Its imports are late, because most runs have none.
    """
    from vidcheck.declared.tables.cells import ManifestError
    from vidcheck.rules.problems import RulesError
    from vidcheck.session.clock import RunDateError
    from vidcheck.session.declare import DeclarationError
    from vidcheck.session.session import RULES_SECONDS, SelectionError
    from vidcheck.storage.archive import ArchiveError
    from vidcheck.workers.protocol import NoWorkerError, StoppedError

    if isinstance(error, NoWorkerError):
        return False
    if isinstance(error, DeclarationError):
        raise refused(error.words, "--declare")
    if isinstance(error, SelectionError):
        raise refused(error.words, "--only/--skip")
    if isinstance(error, TimeoutError):
        screen.trouble(say("the rules could not be read in {count} seconds", count=round(RULES_SECONDS)))
    elif isinstance(error, (RulesError, ManifestError)):
        for problem in error.problems:
            screen.trouble(problem)
    elif isinstance(error, (ArchiveError, RunDateError, StoppedError)):
        screen.trouble(error.words)
    else:
        return False
    return True


def found_entries(session: Session, paths: list[str], screen: Screen, *, written: list[Wanted] | None = None) -> Found:
    """The entries that the arguments name.

    Prints arguments without entries, and exits with 2 if there are none at all.
    """
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
    """Joins the manifest to the entries; exits with 2 if it can't be read."""
    with reading(screen):
        return session.declare(found)


def rules_of_report(source: str, asked: str | None) -> str | None:
    """The rules by which the table of an earlier report is read: those asked for, else the report's, if they are at hand."""
    from vidcheck.rules.sources import preset_names

    called = source.removeprefix("preset ")
    return asked or (called if called in preset_names() or Path(called).is_file() else None)


@contextmanager
def table_of_report(source: str, rules: str | None, manifest: str | None, screen: Screen) -> Iterator[Session]:
    """A session that reads the table of an earlier report made with the rules `source`, and judges nothing."""
    from vidcheck.session.session import Options

    options = Options(manifest=manifest, at_most=1)
    with opened(rules_of_report(source, rules), options, screen, judging=False) as session, reading(screen):
        yield session


def by_hand(given: list[str] | None, manifest: str | None) -> dict[str, str] | None:
    """What `--declare` says, by field. Raises BadParameter."""
    if given and manifest is not None:
        raise refused(say("the manifest declares too: leave out one of them"), "--declare/--manifest")
    fields: dict[str, str] = {}
    for text in given or ():
        label, sign, value = text.replace("＝", "=", 1).partition("=") if "=" not in text else text.partition("=")
        label = label.strip()
        if not sign or not label:
            raise refused(
                say("'{text}' is no field with a value (try \"{hint}\")", text=named(text), hint="category=…"),
                "--declare",
            )
        if label in fields:
            raise refused(say("the field {name} is declared twice", name=named(label)), "--declare")
        fields[label] = value
    return fields or None


def joined(session: Session, found: Found, wanted: list[Wanted], screen: Screen) -> tuple[Finding, ...]:
    """As `declared`, and checks that no report overwrites an input, and that a table can come back."""
    batch = declared(session, found, screen)
    lacking = session.lacking(found)
    if lacking is not None:
        screen.trouble(lacking)
    beside = [path for target in found.targets for path in target.attachments or ()]
    apart(wanted, [*session.read, *(target.path for target in found.targets), *beside], screen)
    if any(FORMATS[one.format].of_manifest for one in wanted):
        _try_table(found, screen)
    return batch


def _try_table(found: Found, screen: Screen) -> None:
    """Exits with 2 if the manifest can't be written into: better now than after hours of checking."""
    from vidcheck.reports.table import fit

    try:
        fit(found.table)
    except NotRenderedError as error:
        screen.trouble(say("the report can't be written: {reason}", reason=error.words))
        raise typer.Exit(exits.USAGE) from None


def at_most(paths: list[str]) -> int | None:
    """The most entries that these paths can name, if that is known beforehand."""
    from vidcheck.sources.targets import is_url

    if all(is_url(path) for path in paths):
        return 1  # one worker reads the rules; remote entries have workers of their own
    return len(paths) if all(Path(path).is_file() for path in paths) else None


def strangers_here(paths: list[str]) -> bool:
    """Whether the working folder is one of those that are searched."""
    from vidcheck.sources.targets import search_here

    return search_here(paths)


def policy_of(text: str) -> Policy:
    """The policy of `--witness`; a usage error names the choices."""
    from vidcheck.session.messages import Policy

    try:
        return Policy(text)
    except ValueError:
        words = say("'{text}' is none of {choices}", text=named(text), choices=listed(Policy))
        raise refused(words, "--witness") from None


def depth_of(text: str | None) -> str | None:
    """The value of `--content`; a usage error names the choices."""
    from vidcheck.facts import Depth

    if text is not None and text not in set(Depth):
        words = say("'{text}' is none of {choices}", text=named(text), choices=listed(Depth))
        raise refused(words, "--content")
    return text


def cluster_available(address: str | None, workers: int | None, screen: Screen) -> None:
    """Refuses a cluster together with local workers, or without the library for it."""
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
    """Silences Dask's messages: vidcheck prints the important ones itself."""
    import logging
    import os
    import warnings

    import distributed  # noqa: F401 - its import sets the levels

    if os.environ.get("VIDCHECK_DEBUG"):
        return
    warnings.filterwarnings("ignore", module=r"distributed(\.|$)")
    for name in ("distributed", "distributed.client", "tornado", "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
