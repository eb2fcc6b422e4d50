"""What a run comes to at its end: a page on the screen, reports in files, what went wrong, the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.cli import exits
from vidcheck.cli.screen import FullError, Screen, named
from vidcheck.texts import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidcheck.cli.files import Wanted
    from vidcheck.cli.streams import Kept
    from vidcheck.findings import Finding, Report
    from vidcheck.rules.decisions import Decisions
    from vidcheck.session.memo import Memory
    from vidcheck.session.running import Run
    from vidcheck.sources.targets import Found
    from vidcheck.texts import Readable
    from vidcheck.workers.protocol import Pool


def tools_of(run: Run, wanted: list[Wanted]) -> dict[str, str]:
    """Versions, which only reports tell: asking ffprobe for its own takes as long as a file."""
    if not wanted:
        return {}
    from vidcheck.api import tools

    return tools(run)


def frames(pool: Pool, kept: Kept, found: Found, timeout: float, files: list[Wanted]) -> dict[str, bytes]:
    """A frame of each entry, where a report shows pictures."""
    from vidcheck.reports import FORMATS

    if not any(FORMATS[one.format].pictures for one in files):
        return {}
    from vidcheck.cli.thumbnails import thumbnails

    return thumbnails(pool, kept.entries, found.targets, timeout)


def unused_decisions(decided: Decisions | None, kept: Kept) -> tuple[Finding, ...]:
    """What is to be said of decisions that concern nothing in this run."""
    if decided is None:
        return ()
    from vidcheck.engine.decisions import unused

    left = unused(decided.rows, kept.decisions)
    return (left,) if left else ()


def shown(report: Report, screen: Screen, *, all_findings: bool, statistics: bool) -> list[Readable]:
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


def told_troubles(troubles: Sequence[Readable], screen: Screen, code: int) -> int:
    """Says what could not be written."""
    for words in troubles:
        screen.trouble(words)
    return exits.UNWRITTEN if troubles else code


def write_reports(
    wanted: list[Wanted], report: Report, lang: str, screen: Screen, code: int, thumbnails: dict[str, bytes]
) -> int:
    """Writes the files; the exit code, which is another one where some could not be written."""
    from vidcheck.cli.files import UnwritableError, write

    for one in wanted:
        try:
            write(one, report, lang, thumbnails)
        except UnwritableError as error:
            screen.trouble(say("the report can't be written: {reason}", reason=error.words))
            code = exits.UNWRITTEN
    return code


def leave_cache(memory: Memory | None, screen: Screen) -> None:
    """Writes what is to be remembered; says why where there is no cache to be had."""
    if memory is None:
        return
    memory.cache.close()
    if memory.cache.trouble is not None:
        where = named(str(memory.cache.where))
        screen.trouble(say("the cache {path} is not used: {reason}", path=where, reason=memory.cache.trouble))


def told_errors(run: Run, screen: Screen, code: int) -> int:
    """Says what went wrong inside vidcheck itself."""
    for trouble in dict.fromkeys(run.internal):
        screen.trouble(say("an error inside vidcheck: {error}", error=named(trouble)))
    return exits.INTERNAL if run.internal else code
