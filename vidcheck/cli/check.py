"""`vidcheck check`: entries against rules, a report on the screen, reports in files, an exit code."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from vidcheck.cli import clusters, exits
from vidcheck.cli.console import FullError, Screen, named, refused, screen_language, worded
from vidcheck.cli.options import AllowPrivate, Language, ManifestPath, NoCache, RulesSource, Timeout, WhomToAsk
from vidcheck.texts import listed, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from types import FrameType

    from vidcheck.cli.files import Wanted
    from vidcheck.cli.streams import Kept, Streams
    from vidcheck.findings import Finding, Report
    from vidcheck.rules.decisions import Decisions
    from vidcheck.rules.model import Rules
    from vidcheck.runner.archive import Archive, ArchiveError
    from vidcheck.runner.entries import Found
    from vidcheck.runner.isolation import Workers
    from vidcheck.runner.orders import Policy
    from vidcheck.runner.pools import Pool
    from vidcheck.runner.remembering import Memory
    from vidcheck.runner.running import Run
    from vidcheck.texts import Readable

_RULES_SECONDS = 60.0
_Read = TypeVar("_Read")


def check(
    paths: Annotated[
        list[str],
        typer.Argument(
            help=worded("Files, folders (searched with all below them), glob patterns, or s3:// and https:// URLs."),
            show_default=False,
        ),
    ],
    rules: RulesSource = None,
    report: Annotated[
        list[str] | None,
        typer.Option(
            "--report",
            metavar="FORMAT:PATH",
            help=worded(
                "Also write a report: text, json, jsonl, html, xlsx, csv, markdown, junit, sarif, github, gitlab or contacts; - is standard output. May be given several times."
            ),
        ),
    ] = None,
    manifest: ManifestPath = None,
    witness: WhomToAsk = "auto",
    lang: Language = None,
    all_findings: Annotated[
        bool, typer.Option("--all", help=worded("Show every finding of every entry, not only what needs attention."))
    ] = False,
    thumbnails: Annotated[
        bool,
        typer.Option("--thumbnails", help=worded("Show one frame of each entry in the HTML report (needs ffmpeg).")),
    ] = False,
    statistics: Annotated[
        bool, typer.Option("--statistics", help=worded("Show only the counts by rule and the totals."))
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help=worded("Print nothing on the screen but errors."))
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help=worded("Failed recommendations count for the exit code as failures."))
    ] = False,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help=worded("Exit with 0 instead of 1 or 3."))] = False,
    final: Annotated[
        bool, typer.Option("--final", help=worded("An undecided manual item makes an entry 'review'."))
    ] = False,
    decisions: Annotated[
        str | None,
        typer.Option(
            "--decisions",
            metavar="FILE",
            help=worded("What people decided (see vidcheck decide); by default ./decisions.yaml where it is there."),
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="RULE", help=worded("Apply only this rule. May be given several times.")),
    ] = None,
    skip: Annotated[
        list[str] | None,
        typer.Option("--skip", metavar="RULE", help=worded("Leave this rule out. May be given several times.")),
    ] = None,
    archive: Annotated[
        str | None,
        typer.Option(
            "--archive",
            metavar="FILE",
            help=worded(
                "The archive of earlier editions; by default $VIDCHECK_ARCHIVE, else the one in your data folder if it is there."
            ),
            show_default=False,
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            "-j",
            min=1,
            max=256,
            help=worded("Worker processes; by default one a processor."),
            show_default=False,
        ),
    ] = None,
    timeout: Timeout = 30.0,
    no_cache: NoCache = False,
    allow_private: AllowPrivate = False,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            metavar="tcp://HOST:PORT",
            help=worded("Let the workers of the Dask scheduler at this address look at the entries."),
        ),
    ] = None,
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
    from vidcheck.runner.isolation import Workers, cores

    clusters.check_available(cluster, workers, screen)
    count = 1 if cluster else min(workers or cores(), _most(paths))
    pool = Workers(count)
    looking: Pool = pool
    try:
        sound, warmed = _sound(pool, rules, only or [], skip or [], screen)
        decided = _decided(pool, decisions, screen)
        read = [rules or "rules.yaml", decisions or "decisions.yaml", *filter(None, [manifest, archive])]
        found = found_entries(paths, screen, private=allow_private)
        batch = _joined(found, manifest, wanted, read, sound, pool, screen)
        from vidcheck.cli.streams import STREAMED, Kept, Streams
        from vidcheck.findings import Report
        from vidcheck.rules.summary import summarise
        from vidcheck.runner.remembering import remembered
        from vidcheck.runner.running import Run

        memory = None if no_cache or cluster else remembered(pool, warmed.result)
        pool.away = None if cluster else _away(found, workers)
        looking, count = clusters.joined(cluster, pool, count, screen)
        run = Run(
            rules=sound, workers=looking, away=pool.away, count=count, policy=policy, timeout=timeout, final=final,
            decisions=decided, memory=memory,
        )  # fmt: skip
        if wanted:
            run.versions.update(looking.versions() if cluster else warmed.result())
        told = summarise(sound)
        run.archive = _at_hand(archive, sound, screen)
        streams = Streams([one for one in wanted if one.format == STREAMED], _tools(run, wanted), told, lang or "en")
        files = [one for one in wanted if one.format != STREAMED]
        kept = Kept(whole=bool(files) or not quiet)
        stopped = _run(run, found, screen, kept, streams, quiet=quiet)
        shown = _frames(looking, kept, found, timeout, files) if thumbnails and stopped is None else {}
    finally:
        looking.stop()  # a cluster has stopped the local workers already
    batch = (*batch, *run.batch, *(_unused(decided, kept) if stopped is None else ()))
    streams.end(ignored=found.ignored, incomplete=stopped is not None, batch=batch)
    whole = Report(
        tool=_tools(run, wanted), rules=told, entries=tuple(kept.entries), ignored=found.ignored, incomplete=stopped is not None,
        batch=batch,
    )  # fmt: skip
    troubles: list[Readable] = [say("the report can't be written: {reason}", reason=why) for why in streams.failed]
    if not quiet:
        troubles += _shown(whole, screen, all_findings=all_findings, statistics=statistics)
    judged = exits.verdict_code(kept.verdicts, batch=batch, warned=kept.warned, strict=strict, exit_zero=exit_zero)
    code = _told_troubles(troubles, screen, exits.USAGE if found.amiss else judged)
    code = _write(files, whole, lang or "en", screen, code, shown)
    leave_cache(memory, screen)
    code = _told_errors(run, screen, code)
    raise typer.Exit(code if stopped is None else stopped)


def _joined(
    found: Found,
    manifest: str | None,
    wanted: list[Wanted],
    read: list[str],
    rules: Rules,
    pool: Workers,
    screen: Screen,
) -> tuple[Finding, ...]:
    """Joins what is declared to the entries, and sees to it that no report is written over anything that is read."""
    found.leave_out([*read, *(one.path for one in wanted)])
    batch = declared(manifest, rules, found, pool, screen)
    apart(wanted, [*read, *(target.path for target in found.targets), *_beside(found, rules, screen)], screen)
    return batch


def _away(found: Found, workers: int | None) -> Workers | None:
    """The workers for remote entries, where there are any."""
    if all(target.remote is None for target in found.targets):
        return None
    from vidcheck.runner.away import workers_away

    return workers_away(found.targets, workers)


def _frames(pool: Pool, kept: Kept, found: Found, timeout: float, files: list[Wanted]) -> dict[str, bytes]:
    """A frame of each entry, where a report shows pictures."""
    from vidcheck.reports import FORMATS

    if not any(FORMATS[one.format].pictures for one in files):
        return {}
    from vidcheck.cli.thumbnails import thumbnails

    return thumbnails(pool, kept.entries, found.targets, timeout)


def _told_troubles(troubles: Sequence[Readable], screen: Screen, code: int) -> int:
    """Says what could not be written."""
    for words in troubles:
        screen.trouble(words)
    return exits.UNWRITTEN if troubles else code


def _told_errors(run: Run, screen: Screen, code: int) -> int:
    """Says what went wrong inside vidcheck itself."""
    for trouble in dict.fromkeys(run.internal):
        screen.trouble(say("an error inside vidcheck: {error}", error=named(trouble)))
    return exits.INTERNAL if run.internal else code


def leave_cache(memory: Memory | None, screen: Screen) -> None:
    """Writes what is to be remembered; says why where there is no cache to be had."""
    if memory is None:
        return
    memory.cache.close()
    if memory.cache.trouble is not None:
        where = named(str(memory.cache.where))
        screen.trouble(say("the cache {path} is not used: {reason}", path=where, reason=memory.cache.trouble))


def _most(paths: list[str]) -> int:
    """No more workers than there can be entries."""
    from pathlib import Path

    from vidcheck.runner.entries import is_url

    if all(is_url(path) for path in paths):
        return 1  # it reads the rules; remote entries have workers of their own
    return len(paths) if all(Path(path).is_file() for path in paths) else 256


def wanted_reports(texts: list[str]) -> list[Wanted]:
    """The reports that `--report` asks for, or what is unclear about it."""
    from vidcheck.cli.files import STDOUT, UnclearError, parse

    try:
        wanted = [parse(text) for text in texts]
    except UnclearError as error:
        raise refused(error.words, "--report") from None
    if sum(one.path == STDOUT for one in wanted) > 1:
        raise refused(say("only one report can go to standard output"), "--report")
    return wanted


def policy_of(text: str) -> Policy:
    """`--witness`, or what its choices are."""
    from vidcheck.runner.orders import Policy

    try:
        return Policy(text)
    except ValueError:
        words = say("'{text}' is none of {choices}", text=named(text), choices=listed(Policy))
        raise refused(words, "--witness") from None


def writable(wanted: list[Wanted], screen: Screen) -> None:
    """Ends the run where it is clear beforehand that a report can't be written."""
    from vidcheck.cli.files import UnwritableError, check_writable
    from vidcheck.reports import MissingExtraError, check_available

    for one in wanted:
        try:
            check_available(one.format)
            check_writable(one)
        except MissingExtraError as error:
            screen.trouble(error.words)
            raise typer.Exit(exits.USAGE) from None
        except UnwritableError as error:
            screen.trouble(say("the report can't be written: {reason}", reason=error.words))
            raise typer.Exit(exits.UNWRITTEN) from None


def apart(wanted: list[Wanted], read: list[str], screen: Screen) -> None:
    """No report may be written over what is read, nor over another report."""
    from os.path import realpath
    from pathlib import Path

    from vidcheck.cli.files import STDOUT

    files = [one for one in wanted if one.path != STDOUT]
    files = [
        one for one in files if not Path(one.path).exists() or Path(one.path).is_file()
    ]  # /dev/null may be named twice
    taken = {realpath(path) for path in read if path} if files else set()
    for one in files:
        real = realpath(one.path)
        if real in taken:
            screen.trouble(
                say("{path} is an entry, the rules or another report: name another place", path=named(one.path))
            )
            raise typer.Exit(exits.USAGE)
        taken.add(real)


def _sound(
    pool: Workers, source: str | None, only: list[str], skip: list[str], screen: Screen
) -> tuple[Rules, Future[dict[str, str]]]:
    """The rules, and the versions that a worker tells when it is ready."""
    from vidcheck.runner import orders

    reading = pool.submit(orders.read_rules, source, deadline=_RULES_SECONDS)
    warmed = pool.submit(orders.warm, deadline=_RULES_SECONDS)
    from vidcheck.runner import remembering, running  # noqa: F401 - imported while the worker reads

    rules: Rules = told_rules(reading.result, screen)
    for name in (*only, *skip):
        if name not in rules.names:
            words = say("there is no rule '{name}'; the rules are {names}", name=named(name), names=listed(rules.names))
            raise refused(words, "--only/--skip")
    kept = rules.narrowed(lambda name: (not only or name in only) and name not in skip)
    if not kept.names:
        raise refused(say("no rule is left"), "--only/--skip")
    return kept, warmed


def _decided(pool: Workers, source: str | None, screen: Screen) -> Decisions | None:
    """People's decisions, read by a worker where there are any."""
    from os.path import lexists

    from vidcheck.runner import orders

    if source is None and not lexists("decisions.yaml"):
        return None
    reading = pool.submit(orders.read_decisions, source or "decisions.yaml", deadline=_RULES_SECONDS)
    decisions: Decisions | None = told_rules(reading.result, screen)
    return decisions


def _unused(decided: Decisions | None, kept: Kept) -> tuple[Finding, ...]:
    """What is to be said of decisions that concern nothing in this run."""
    if decided is None:
        return ()
    from vidcheck.engine.decisions import unused

    left = unused(decided.rows, kept.decisions)
    return (left,) if left else ()


def sound_rules(source: str | None, screen: Screen) -> Rules:
    """The rules, or every problem with them on stderr and exit code 2."""
    from vidcheck.rules.reader import load_rules

    return told_rules(lambda: load_rules(source), screen)


def told_rules(read: Callable[[], _Read], screen: Screen) -> _Read:
    """The rules (or decisions) that reading them gives, or every problem with them on stderr and exit code 2."""
    from vidcheck.rules.problems import RulesError

    try:
        return read()
    except TimeoutError:
        screen.trouble(say("the rules could not be read in {count} seconds", count=round(_RULES_SECONDS)))
        raise typer.Exit(exits.USAGE) from None
    except RulesError as error:
        for problem in error.problems:
            screen.trouble(problem)
        raise typer.Exit(exits.USAGE) from None


def found_entries(paths: list[str], screen: Screen, *, private: bool = False) -> Found:
    """The entries that the arguments name; what names nothing is said, and nothing at all is exit code 2."""
    from vidcheck.runner.entries import find

    found = find(paths, private=private)
    for path in found.missing:
        screen.trouble(say("there is no file or folder {path}", path=named(path)))
    for path in found.empty:
        screen.trouble(say("there is no entry in {path}", path=named(path)))
    for words in found.refused:
        screen.trouble(words)
    if not found.targets:
        raise typer.Exit(exits.USAGE)
    return found


def declared(manifest: str | None, rules: Rules, found: Found, pool: Workers, screen: Screen) -> tuple[Finding, ...]:
    """Joins what a manifest declares to the entries; one that can't be read is exit code 2."""
    if manifest is None:
        return ()
    from vidcheck.runner.declaring import ManifestError, declare

    try:
        return declare(manifest, rules, found, pool)
    except ManifestError as error:
        for problem in error.problems:
            screen.trouble(problem)
        raise typer.Exit(exits.USAGE) from None


def _beside(found: Found, rules: Rules, screen: Screen) -> list[str]:
    """The entries' attachments, which are not ignored where rules ask about them; a library that is missing is said."""
    from vidcheck.runner.attachments import ignored, missing

    lacking = missing(found, rules)
    if lacking is not None:
        screen.trouble(lacking)
    found.ignored = ignored(found, rules)
    return [path for target in found.targets for path in target.attachments or ()]


def _run(run: Run, found: Found, screen: Screen, kept: Kept, streams: Streams, *, quiet: bool) -> int | None:
    """Takes all entries, or those that were done when a signal came; then its exit code."""
    from vidcheck.cli.progress import progress
    from vidcheck.runner.pools import StoppedError

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


def _at_hand(archive: str | None, rules: Rules, screen: Screen) -> Archive | None:
    """The archive that rules over many entries are to ask."""
    if not (archive or rules.batch):
        return None
    from vidcheck.cli.archiving import at_hand

    return at_hand(archive, rules, screen)


def _archive_error() -> type[ArchiveError]:
    from vidcheck.runner.archive import ArchiveError

    return ArchiveError


def _shown(report: Report, screen: Screen, *, all_findings: bool, statistics: bool) -> list[Readable]:
    """Shows the report on the screen; why it couldn't be, where it couldn't: files are written all the same."""
    from vidcheck.reports import text

    page = text.render(
        report, lang=screen.lang, all_findings=all_findings, statistics=statistics, encoding=screen.encoding
    )
    try:
        screen.page(page)
    except FullError as error:
        return [error.words]
    return []


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    raise exits.Interrupted(exits.TERMINATED)


def _tools(run: Run, wanted: list[Wanted]) -> dict[str, str]:
    """Versions, which only reports tell: asking ffprobe for its own takes as long as a file."""
    if not wanted:
        return {}
    from vidcheck.runner.checking import tools

    return tools(run)


def _write(
    wanted: list[Wanted], report: Report, lang: str, screen: Screen, code: int, thumbnails: dict[str, bytes]
) -> int:
    from vidcheck.cli.files import UnwritableError, write

    for one in wanted:
        try:
            write(one, report, lang, thumbnails)
        except UnwritableError as error:
            screen.trouble(say("the report can't be written: {reason}", reason=error.words))
            code = exits.UNWRITTEN
    return code
