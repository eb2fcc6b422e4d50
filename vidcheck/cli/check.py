"""`vidcheck check`: entries against rules, a report on the screen, reports in files, an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import worded
from vidcheck.cli.inputs import at_most, cluster_available, found_entries, joined, opened, policy_of, strangers_here
from vidcheck.cli.options import (
    AllFindings,
    AllowPrivate,
    ArchiveAsked,
    Cluster,
    DecisionsRead,
    ExitZero,
    Final,
    Language,
    ManifestPath,
    NoCache,
    Only,
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
    report_cache,
    report_errors,
    report_troubles,
    shown,
    wanted_reports,
    writable,
    write_reports,
)
from vidcheck.cli.screen import Screen, progress, screen_language
from vidcheck.findings import Report
from vidcheck.reports import FORMATS
from vidcheck.signals import Interrupted, Signals
from vidcheck.texts import say

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
    witness: Witnesses = "auto",
    lang: Language = None,
    all_findings: AllFindings = False,
    thumbnails: Thumbnails = False,
    statistics: Statistics = False,
    quiet: Quiet = False,
    strict: Strict = False,
    exit_zero: ExitZero = False,
    final: Final = False,
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
    writable(wanted, screen)
    cluster_available(cluster, workers, screen)
    from vidcheck.reports import text  # noqa: F401 - the workers' server is starting; `shown` has no time to lose
    from vidcheck.session.session import Options

    options = Options(
        witness=witness, workers=workers, at_most=at_most(paths), timeout=timeout, final=final, only=tuple(only or ()),
        skip=tuple(skip or ()), decisions=decisions, manifest=manifest, archive=archive, usual_archive=True,
        cache=not no_cache, cluster=cluster, allow_private=allow_private, strangers=strangers_here(paths),
    )  # fmt: skip
    files = [one for one in wanted if not one.streamed]
    pictured = thumbnails and any(FORMATS[one.format].pictures for one in files)
    kept = Kept(whole=bool(files) or not quiet)
    with (
        Signals.held() as signals
    ):  # until the run begins: then there are rules to report by, if only that entries are missing
        with opened(rules, options, screen) as session:
            found = found_entries(session, paths, screen, written=wanted)
            batch = joined(session, found, wanted, screen)
            summary, day = session.summary, session.today
            tool = (
                session.tools() if wanted else {}
            )  # only if needed: asking ffprobe for its version takes as long as a file
            streams = Streams([one for one in wanted if one.streamed], tool, day, summary, lang or "en")
            stopped = _run(session, found, screen, kept, streams, signals, quiet=quiet)
            pictures = _pictures(session, kept, found, signals) if pictured and stopped is None else {}
            tool = session.tools() if wanted else {}
        stopped = stopped or signals.code
        batch = (*batch, *session.batch, *(session.unused(kept.decisions) if stopped is None else ()))
        streams.end(found, incomplete=stopped is not None, batch=batch)
        whole = Report(
            tool=tool, day=day, rules=summary, entries=tuple(kept.entries), ignored=tuple(found.ignored), unread_columns=found.unread_columns,
            incomplete=stopped is not None, batch=batch,
        )  # fmt: skip
        troubles: list[Readable] = [
            *(say("the report can't be written: {reason}", reason=why) for why in streams.failed),
            *([] if quiet else shown(whole, screen, all_findings=all_findings, statistics=statistics)),
        ]
        judged = exits.verdict_code(kept.verdicts, batch=batch, warned=kept.warned, strict=strict, exit_zero=exit_zero)
        code = report_troubles(troubles, screen, exits.USAGE if found.incomplete else judged)
        code = write_reports(files, whole, lang or "en", screen, code, pictures)
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
        with progress(len(found.targets), screen, quiet=quiet) as advance:
            for entry in session.finished(found.targets, lang=streams.lang, whole=kept.whole, judged=advance):
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


def _pictures(session: Session, kept: Kept, found: Found, signals: Signals) -> dict[str, bytes]:
    """The thumbnails; none if a signal comes, so that the report is written without them."""
    try:
        signals.resume()
        return session.thumbnails(kept.entries, found.targets)
    except Interrupted:
        return {}
    finally:
        signals.hold()


def _archive_error() -> type[ArchiveError]:
    from vidcheck.storage.archive import ArchiveError

    return ArchiveError
