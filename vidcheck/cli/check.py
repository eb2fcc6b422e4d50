"""`vidcheck check`: entries against rules, a report on the screen, reports in files, an exit code."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Annotated

import typer

from vidcheck.cli import clusters, exits
from vidcheck.cli.asked import policy_of, wanted_reports, writable
from vidcheck.cli.ending import (
    frames,
    leave_cache,
    shown,
    told_errors,
    told_troubles,
    tools_of,
    unused_decisions,
    write_reports,
)
from vidcheck.cli.given import archive_at_hand, decided_by, found_entries, joined, narrowed_rules
from vidcheck.cli.i18n import worded
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
from vidcheck.cli.screen import Screen, screen_language
from vidcheck.texts import say

if TYPE_CHECKING:
    from types import FrameType

    from vidcheck.cli.streams import Kept, Streams
    from vidcheck.session.running import Run
    from vidcheck.sources.targets import Found
    from vidcheck.storage.archive import ArchiveError
    from vidcheck.texts import Readable
    from vidcheck.workers.protocol import Pool


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
    least one needs review, 4 an error inside vidcheck, 5 a report could not be written, 130/143 interrupted.
    """
    from vidcheck.cli.files import STDOUT

    wanted = wanted_reports(report or [])
    screen = Screen(screen_language(lang), to_stderr=any(one.path == STDOUT for one in wanted))
    policy = policy_of(witness)
    writable(wanted, screen)
    from vidcheck.workers.pool import Workers, cores

    clusters.check_available(cluster, workers, screen)
    count = 1 if cluster else min(workers or cores(), _most(paths))
    pool = Workers(count)
    looking: Pool = pool
    try:
        sound, warmed = narrowed_rules(pool, rules, only or [], skip or [], screen)
        decided = decided_by(pool, decisions, screen)
        read = [rules or "rules.yaml", decisions or "decisions.yaml", *filter(None, [manifest, archive])]
        found = found_entries(paths, screen, private=allow_private)
        batch = joined(found, manifest, wanted, read, sound, pool, screen)
        from vidcheck.cli.streams import STREAMED, Kept, Streams
        from vidcheck.findings import Report
        from vidcheck.rules.summary import summarise
        from vidcheck.session.memo import remembered
        from vidcheck.session.running import Run

        memory = None if no_cache or cluster else remembered(pool, warmed.result)
        if found.remote and not cluster:
            from vidcheck.workers.remote import workers_away

            pool.away = workers_away(found.targets, workers)
        looking, count = clusters.joined(cluster, pool, count, screen)
        run = Run(
            rules=sound, workers=looking, away=pool.away, count=count, policy=policy, timeout=timeout, final=final,
            decisions=decided, memory=memory,
        )  # fmt: skip
        if wanted:
            run.versions.update(looking.versions() if cluster else warmed.result())
        told = summarise(sound)
        run.archive = archive_at_hand(archive, sound, screen)
        streams = Streams([one for one in wanted if one.format == STREAMED], tools_of(run, wanted), told, lang or "en")
        files = [one for one in wanted if one.format != STREAMED]
        kept = Kept(whole=bool(files) or not quiet)
        stopped = _run(run, found, screen, kept, streams, quiet=quiet)
        pictures = frames(looking, kept, found, timeout, files) if thumbnails and stopped is None else {}
    finally:
        looking.stop()  # a cluster has stopped the local workers already
    batch = (*batch, *run.batch, *(unused_decisions(decided, kept) if stopped is None else ()))
    streams.end(ignored=found.ignored, incomplete=stopped is not None, batch=batch)
    whole = Report(
        tool=tools_of(run, wanted), rules=told, entries=tuple(kept.entries), ignored=found.ignored, incomplete=stopped is not None,
        batch=batch,
    )  # fmt: skip
    troubles: list[Readable] = [
        *(say("the report can't be written: {reason}", reason=why) for why in streams.failed),
        *([] if quiet else shown(whole, screen, all_findings=all_findings, statistics=statistics)),
    ]
    judged = exits.verdict_code(kept.verdicts, batch=batch, warned=kept.warned, strict=strict, exit_zero=exit_zero)
    code = told_troubles(troubles, screen, exits.USAGE if found.amiss else judged)
    code = write_reports(files, whole, lang or "en", screen, code, pictures)
    leave_cache(memory, screen)
    code = told_errors(run, screen, code)
    raise typer.Exit(code if stopped is None else stopped)


def _run(run: Run, found: Found, screen: Screen, kept: Kept, streams: Streams, *, quiet: bool) -> int | None:
    """Takes all entries, or those that were done when a signal came; then its exit code."""
    from vidcheck.cli.screen import progress
    from vidcheck.workers.protocol import StoppedError

    before = signal.signal(signal.SIGTERM, _terminated)
    try:
        with progress(len(found.targets), screen, quiet=quiet) as advance:
            run.judged = advance
            for entry in run.reports(found.targets):
                kept.take(entry)
                streams.entry(entry)
    except KeyboardInterrupt:
        stopped: int | None = exits.INTERRUPTED
    except exits.Interrupted as signalled:
        stopped = signalled.code
    except StoppedError as broke_off:
        screen.trouble(broke_off.words)
        stopped = exits.INTERNAL
    except _archive_error() as error:
        screen.trouble(error.words)
        raise typer.Exit(exits.USAGE) from None
    else:
        stopped = None
    finally:
        signal.signal(signal.SIGTERM, before)
    for entry in run.unfinished():  # what was held back to be compared, of a run that broke off
        kept.take(entry)
        streams.entry(entry)
    return stopped


def _archive_error() -> type[ArchiveError]:
    from vidcheck.storage.archive import ArchiveError

    return ArchiveError


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    raise exits.Interrupted(exits.TERMINATED)


def _most(paths: list[str]) -> int:
    """No more workers than there can be entries."""
    from pathlib import Path

    from vidcheck.sources.targets import is_url

    if all(is_url(path) for path in paths):
        return 1  # it reads the rules; remote entries have workers of their own
    return len(paths) if all(Path(path).is_file() for path in paths) else 256
