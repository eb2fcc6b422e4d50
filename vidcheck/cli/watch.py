"""`vidcheck watch`: checks each upload in a folder once it has been unchanged for a while."""

from __future__ import annotations

from os import fspath
from time import monotonic, strftime, time
from typing import TYPE_CHECKING, Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import refused, worded
from vidcheck.cli.inputs import declared, depth_of, opened, policy_of, reading, strangers_here
from vidcheck.cli.options import (
    ArchiveAsked,
    Content,
    DecisionsRead,
    Language,
    ManifestPath,
    NoCache,
    Personal,
    ReportsKept,
    RulesSource,
    Thumbnails,
    Timeout,
    Witnesses,
)
from vidcheck.cli.outputs import (
    STDOUT,
    Wanted,
    apart,
    pictured,
    report_cache,
    report_errors,
    wanted_reports,
    writable,
    write_reports,
)
from vidcheck.cli.screen import Screen, named, progress, screen_language
from vidcheck.facts import Depth
from vidcheck.reports import FORMATS
from vidcheck.session.inbox import Inbox, state_of
from vidcheck.signals import Interrupted, Signals
from vidcheck.texts import Text, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.findings import EntryReport, Finding, Table
    from vidcheck.session.session import Session
    from vidcheck.sources.targets import Target

_TICK = 0.5
"""The most seconds between checks of waiting entries."""
_ANYWAY = 30.0
"""Seconds after which the folder is looked at although no change was reported: some network shares report none."""
_GROUPED = 200  # milliseconds in which changes are grouped


def watch(
    folder: Annotated[
        str, typer.Argument(metavar="DIR", help=worded("The folder that entries are uploaded to."), show_default=False)
    ],
    rules: RulesSource = None,
    settle: Annotated[
        str,
        typer.Option(
            "--settle", metavar="TIME", help=worded("How long an upload must have been left alone to be checked.")
        ),
    ] = "5s",
    give_up: Annotated[
        str,
        typer.Option(
            "--give-up",
            metavar="TIME",
            help=worded("How long an upload that looks unfinished must have been left alone to be checked as it is."),
        ),
    ] = "10min",
    report: ReportsKept = None,
    manifest: ManifestPath = None,
    decisions: DecisionsRead = None,
    archive: ArchiveAsked = None,
    thumbnails: Thumbnails = False,
    personal: Personal = False,
    witness: Witnesses = "auto",
    content: Content = None,
    lang: Language = None,
    timeout: Timeout = 30.0,
    no_cache: NoCache = False,
) -> None:
    """Watch a folder and check each upload once it is complete, until interrupted.

    An upload that stalls half way (cut off, or with zeros where nothing has arrived) is still arriving until `--give-up`.
    What has not changed since an earlier watch or check is not read again. When the manifest changes, all entries are
    judged anew. Ends with 130 on Ctrl-C, 143 on SIGTERM, 129 on SIGHUP.
    """
    seconds, longer = _seconds(settle, "--settle"), _seconds(give_up, "--give-up")
    screen = Screen(screen_language(lang))
    _installed(screen)
    wanted = wanted_reports(report or [])
    if any(one.path == STDOUT for one in wanted):
        raise refused(say("a report that is kept up to date needs a file"), "--report")
    witness = policy_of(witness)
    writable(wanted, screen, manifest)
    from vidcheck.session.session import Options

    options = Options(
        witness=witness, timeout=timeout, cache=not no_cache, manifest=manifest, decisions=decisions, archive=archive,
        usual_archive=True, thumbnails=thumbnails and pictured(wanted), personal=personal, content=depth_of(content),
        strangers=strangers_here([folder]),
    )  # fmt: skip
    with opened(rules, options, screen) as session:
        apart(wanted, session.read, screen)
        watching = _Watching(Inbox(folder, seconds, longer), session, wanted, lang, screen)
        with Signals() as signals:
            try:
                watching.go(signals)
            except Interrupted as signalled:
                raise typer.Exit(signalled.code) from None
            except FileNotFoundError:
                screen.trouble(say("there is no file or folder {path}", path=named(folder)))
                raise typer.Exit(exits.USAGE) from None
            finally:
                signals.hold()
                watching.leave()


class _Watching:
    """The folder's entries and the reports on them."""

    def __init__(self, inbox: Inbox, session: Session, wanted: list[Wanted], lang: str | None, screen: Screen) -> None:
        self._inbox = inbox
        self._session = session
        self._rules = session.summary
        self._wanted = wanted
        self._lang = lang
        self._screen = screen
        self._known: dict[str, EntryReport] = {}
        self._batch: tuple[Finding, ...] = ()
        """Findings on rows and files without a match."""
        self._columns: tuple[str, ...] = ()
        """The heads of the manifest's columns that nobody reads."""
        self._table: Table | None = None
        """The manifest, and what became of its rows."""
        self._manifest: tuple[int, ...] = ()
        """The state of the manifest that the entries were joined with."""
        self._warned = False

    def go(self, signals: Signals) -> None:
        """Watches until a signal. Raises FileNotFoundError if the folder is gone, Interrupted on a signal."""
        looked: float | None = None
        for changed in _changes(self._inbox.folder, self._inbox.settle, signals):
            now = monotonic()
            void: frozenset[str] = frozenset()
            if changed or looked is None or now - looked >= _ANYWAY:
                void = self._inbox.look(now, time())
                begun, looked = looked is None, now
                if begun:
                    self._write()
                    self._stamp()
                    self._screen.line(say("watching {path}; end with Ctrl-C", path=named(self._inbox.folder)))
            manifest = self._session.options.manifest
            if manifest is not None and (state := state_of(fspath(manifest))) != self._manifest:
                self._manifest = state
                self._inbox.forget()
            self._change(self._arrived(self._inbox.settled(now), now), void)

    def _arrived(self, due: list[Target], now: float) -> list[Target]:
        """The entries without those that look unfinished and were not left alone for long."""
        arriving = (
            self._session.arriving(target for target in due if self._inbox.may_arrive(target, now)) if due else ()
        )
        if not arriving:
            return due
        self._stamp()
        for target in due:
            if target.path in arriving:
                self._inbox.postpone(target)
                self._screen.line(say("{path} looks unfinished: it is still arriving", path=named(target.path)))
        return [target for target in due if target.path not in arriving]

    def _change(self, due: list[Target], void: frozenset[str]) -> None:
        gone = [path for path in void if self._known.pop(path, None) is not None]
        due = self._declared(due) if due else []
        with reading(self._screen):
            reports = self._judged(due) if due else []
        self._known.update((entry.entry.path, entry) for entry in reports)
        if not reports and not gone:
            return
        self._write()
        self.leave()
        self._stamp()
        for path in sorted(gone):
            self._screen.line(say("{path} has gone or changes", path=named(path)))
        for entry in reports:
            self._tell(entry)

    def _judged(self, due: list[Target]) -> list[EntryReport]:
        """Their reports. How far it is shows only where films are decoded: the rest takes moments."""
        session, quick = self._session, self._session.depth is Depth.NONE
        before = session.film

        def film() -> tuple[float, float]:
            done, begun = session.film
            return done - before[0], begun - before[1]

        with progress(say("checking"), len(due), self._screen, quiet=quick, film=film) as going:
            return [entry.load() for entry in session.finished(due, judged=going.entry)]

    def _declared(self, due: list[Target]) -> list[Target]:
        """The entries with the manifest's declarations. A manifest that can't be read ends the watch with code 2."""
        if self._session.options.manifest is None:
            return due
        found = self._session.find([self._inbox.folder], [one.path for one in self._wanted])
        self._batch, self._columns = declared(self._session, found, self._screen), found.unread_columns
        self._table = found.table
        joined = {target.path: target for target in found.targets}
        return [joined.get(target.path, target) for target in due]

    def _stamp(self) -> None:
        """Prints the time of the next lines."""
        self._screen.line(strftime("%Y-%m-%d %H:%M:%S"))

    def _tell(self, entry: EntryReport) -> None:
        from vidcheck.reports import text

        self._screen.page(text.entry_page(entry, self._rules, lang=self._screen.lang, encoding=self._screen.encoding))

    def leave(self) -> None:
        """Writes the cache and prints new errors, after a batch and at the end."""
        self._session.save()
        memory = self._session.memory
        if memory is not None and memory.cache.trouble is not None and not self._warned:
            self._warned = True
            report_cache(self._session, self._screen)
        report_errors(self._session, self._screen, 0)
        self._session.internal.clear()

    def _write(self) -> None:
        """Writes all reports again, each atomically."""
        if not self._wanted:
            return
        from vidcheck.findings import Report

        entries = tuple(self._known[path] for path in sorted(self._known))
        report = Report(
            tool=self._session.tools(),
            day=self._session.today,
            rules=self._rules,
            entries=entries,
            ignored=tuple(self._inbox.ignored),
            unread_columns=self._columns,
            table=self._table,
            batch=self._batch,
        )
        ready = [one for one in self._wanted if self._table is not None or not FORMATS[one.format].of_manifest]
        write_reports(ready, report, self._lang, self._screen, 0)


def _changes(folder: str, settle: float, signals: Signals) -> Iterator[bool]:
    """Yields repeatedly whether the folder has changed.

    The first value is False, and changes after it are not missed.
    """
    from watchfiles import watch as changes

    tick = int(1000 * min(_TICK, max(0.05, settle / 2)))
    try:
        for changed in changes(
            folder,
            watch_filter=None,
            debounce=_GROUPED,
            rust_timeout=tick,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        ):
            signals.look()  # it may have come during an object's finalizer, where Python ignores exceptions
            yield bool(changed)
    except KeyboardInterrupt:  # watchfiles raises it for any signal
        raise Interrupted(signals.code or exits.INTERRUPTED) from None


def _seconds(text: str, option: str) -> float:
    from vidcheck.quantities import DURATION, NotAValueError

    try:
        return float(DURATION.read(text))
    except NotAValueError as error:
        words = Text(error.why, (("text", named(error.text)), ("hint", error.hint), ("other", error.other)))
        raise refused(words, option) from None


def _installed(screen: Screen) -> None:
    from importlib.util import find_spec

    if find_spec("watchfiles") is None:
        command = 'pip install "vidcheck[watch]"'
        screen.trouble(say("watching a folder needs a library that is not installed: {command}", command=command))
        raise typer.Exit(exits.USAGE)
