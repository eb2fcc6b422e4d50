"""`vidcheck check`: entries against rules, a report on the screen, reports in files, an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import worded
from vidcheck.cli.inputs import (
    at_most,
    by_hand,
    cluster_available,
    depth_of,
    found_entries,
    joined,
    opened,
    policy_of,
    strangers_here,
)
from vidcheck.cli.options import (
    AllFindings,
    AllowPrivate,
    ArchiveAsked,
    Cluster,
    Content,
    DecisionsRead,
    Declared,
    ExitZero,
    Final,
    Language,
    ManifestPath,
    NoCache,
    Only,
    Personal,
    Quiet,
    Reports,
    RulesSource,
    Skip,
    Statistics,
    Strict,
    Thumbnails,
    Timeout,
    Witnesses,
    WorkerCount,
)
from vidcheck.cli.outputs import (
    STDOUT,
    Kept,
    Streams,
    pictured,
    report_cache,
    report_errors,
    report_troubles,
    shown,
    wanted_reports,
    writable,
    write_reports,
)
from vidcheck.cli.screen import Screen, progress, screen_language
from vidcheck.cli.shells import word as typed
from vidcheck.declared.fields import field_for
from vidcheck.findings import Outcome, Report
from vidcheck.rules.language import CATEGORY
from vidcheck.signals import Interrupted, Signals
from vidcheck.texts import listed, say

if TYPE_CHECKING:
    from vidcheck.session.session import Session
    from vidcheck.sources.targets import Found
    from vidcheck.storage.archive import ArchiveError
    from vidcheck.texts import Readable


def check(
    paths: Annotated[
        list[str],
        typer.Argument(
            help=worded("Files, folders (searched with all below them), glob patterns, or s3:// and https:// URLs."),
            show_default=False,
        ),
    ],
    rules: RulesSource = None,
    report: Reports = None,
    manifest: ManifestPath = None,
    declare: Declared = None,
    witness: Witnesses = "auto",
    content: Content = None,
    lang: Language = None,
    all_findings: AllFindings = False,
    thumbnails: Thumbnails = False,
    statistics: Statistics = False,
    quiet: Quiet = False,
    strict: Strict = False,
    exit_zero: ExitZero = False,
    final: Final = False,
    personal: Personal = False,
    decisions: DecisionsRead = None,
    only: Only = None,
    skip: Skip = None,
    archive: ArchiveAsked = None,
    workers: WorkerCount = None,
    timeout: Timeout = 30.0,
    no_cache: NoCache = False,
    allow_private: AllowPrivate = False,
    cluster: Cluster = None,
) -> None:
    """Check entries against the rules of a call.

    Exit codes: 0 every entry eligible, 1 at least one ineligible, 2 usage or rules error, 3 none ineligible but at
    least one needs review, 4 an error inside vidcheck, 5 a report could not be written, 129/130/143 interrupted.
    """
    wanted = wanted_reports(report or [])
    screen = Screen(screen_language(lang), to_stderr=any(one.path == STDOUT for one in wanted))
    witness = policy_of(witness)
    writable(wanted, screen, manifest)
    cluster_available(cluster, workers, screen)
    from vidcheck.reports import text  # noqa: F401 - the workers' server is starting; `shown` has no time to lose
    from vidcheck.session.session import Options

    options = Options(
        witness=witness, workers=workers, at_most=at_most(paths), timeout=timeout, final=final, personal=personal, only=tuple(only or ()),
        skip=tuple(skip or ()), decisions=decisions, manifest=manifest, declare=by_hand(declare, manifest), archive=archive, usual_archive=True,
        cache=not no_cache, content=depth_of(content), thumbnails=thumbnails and pictured(wanted), cluster=cluster, allow_private=allow_private, strangers=strangers_here(paths),
    )  # fmt: skip
    files = [one for one in wanted if not one.streamed]
    kept = Kept(whole=bool(files) or not quiet)
    with (
        Signals.held() as signals
    ):  # until the run begins: then there are rules to report by, if only that entries are missing
        with opened(rules, options, screen) as session:
            found = found_entries(session, paths, screen, written=wanted)
            batch = joined(session, found, wanted, screen)
            summary, day = session.summary, session.today
            tool = (
                session.tools() if wanted else session.decoding
            )  # only if needed: asking ffprobe for its version takes as long as a file
            streams = Streams([one for one in wanted if one.streamed], tool, day, summary, lang or "en")
            stopped = _run(session, found, screen, kept, streams, signals, quiet=quiet)
            tool = session.tools() if wanted else session.decoding
        stopped = stopped or signals.code
        batch = (*batch, *session.batch, *(session.unused(kept.decisions) if stopped is None else ()))
        streams.end(found, incomplete=stopped is not None, batch=batch)
        whole = Report(
            tool=tool, day=day, rules=summary, entries=tuple(kept.entries), ignored=tuple(found.ignored), unread_columns=found.unread_columns,
            incomplete=stopped is not None, batch=batch, table=found.table,
        )  # fmt: skip
        troubles: list[Readable] = [
            *(say("the report can't be written: {reason}", reason=why) for why in streams.failed),
            *([] if quiet else shown(whole, screen, all_findings=all_findings, statistics=statistics)),
        ]
        if not quiet and manifest is None and stopped is None:
            _tell_categories(session, kept, screen)
        judged = exits.verdict_code(kept.verdicts, batch=batch, warned=kept.warned, strict=strict, exit_zero=exit_zero)
        code = report_troubles(troubles, screen, exits.USAGE if found.incomplete else judged)
        code = write_reports(files, whole, lang, screen, code)
        report_cache(session, screen)
        code = report_errors(session, screen, code)
    raise typer.Exit(code if stopped is None else stopped)


def _run(
    session: Session, found: Found, screen: Screen, kept: Kept, streams: Streams, signals: Signals, *, quiet: bool
) -> int | None:
    """Takes all entries, or those finished before a signal; returns the signal's exit code. Afterwards signals are held."""
    from vidcheck.workers.protocol import StoppedError

    try:
        signals.resume()
        with progress(
            say("checking"),
            len(found.targets),
            screen,
            quiet=quiet,
            bytes_read=lambda: session.bytes_read,
            film=lambda: session.film,
        ) as going:
            for entry in session.finished(
                found.targets, lang=streams.lang, whole=kept.whole, judged=going.entry, again=going.comparing
            ):
                signals.hold()  # a line is written whole
                kept.take(entry)
                streams.entry(entry)
                signals.resume()
    except Interrupted as signalled:
        stopped: int | None = signalled.code
    except KeyboardInterrupt:  # a library may raise it itself
        stopped = exits.INTERRUPTED
    except StoppedError as broke_off:
        screen.trouble(broke_off.words)
        stopped = exits.INTERNAL
    except _archive_error() as error:
        screen.trouble(error.words)
        raise typer.Exit(exits.USAGE) from None
    else:
        stopped = None
    signals.hold()
    for entry in session.unfinished():  # entries that an interrupted run held back for comparison
        kept.take(entry)
        streams.entry(entry)
    return stopped


def _tell_categories(session: Session, kept: Kept, screen: Screen) -> None:
    """Says how to name the category of a film for which nobody has."""
    categories = session.rules.categories if session.rules else None
    if categories is None or not categories.listed or not categories.by.name.startswith("declared."):
        return
    undeclared = [
        finding
        for entry in kept.entries
        for finding in entry.findings
        if finding.rule == CATEGORY and finding.outcome in {Outcome.UNKNOWN, Outcome.SKIP} and not finding.evidence
    ]
    if not undeclared:
        return
    names = [category.name for category in categories.listed]
    called, field = categories.by.called.render(screen.lang), categories.by.name.removeprefix("declared.")
    known = field_for(called)
    field = called if known is not None and known.name == field else field
    if len(kept.entries) > 1:
        words = say(
            "The rules of single categories were not applied: a table with a column for {field} (--manifest) says which hold.",
            field=categories.by.called,
        )
    else:
        words = say(
            "This call has categories: {names}. To apply the rules of one as well, add {option}",
            names=listed(names), option=f"--declare {typed(f'{field}={names[0]}')}",
        )  # fmt: skip
    screen.line(words)


def _archive_error() -> type[ArchiveError]:
    from vidcheck.storage.archive import ArchiveError

    return ArchiveError
