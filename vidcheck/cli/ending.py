"""What a run comes to at its end: a page on the screen, reports in files, what went wrong, the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.cli import exits
from vidcheck.cli.screen import FullError, Screen, named
from vidcheck.texts import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidcheck.cli.files import Wanted
    from vidcheck.findings import Report
    from vidcheck.session.session import Session
    from vidcheck.texts import Readable


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


def told_cache(session: Session, screen: Screen) -> None:
    """Says why there is no cache to be had, where one was wanted."""
    if session.memory is not None and session.memory.cache.trouble is not None:
        where = named(str(session.memory.cache.where))
        reason = session.memory.cache.trouble
        screen.trouble(say("the cache {path} is not used: {reason}", path=where, reason=reason))


def told_errors(session: Session, screen: Screen, code: int) -> int:
    """Says what went wrong inside vidcheck itself."""
    for trouble in dict.fromkeys(session.internal):
        screen.trouble(say("an error inside vidcheck: {error}", error=named(trouble)))
    return exits.INTERNAL if session.internal else code
