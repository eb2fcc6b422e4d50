"""`vidcheck diff`: two JSON reports, and what came out otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import worded
from vidcheck.cli.options import OutputFormat, ScreenLanguage, choice
from vidcheck.cli.screen import Screen, named, reason, screen_language
from vidcheck.texts import say

_MOST = 512 * 2**20  # bytes of a report


def diff(
    old: Annotated[
        Path, typer.Argument(metavar="OLD.json", help=worded("The earlier JSON report."), show_default=False)
    ],
    new: Annotated[Path, typer.Argument(metavar="NEW.json", help=worded("The later one."), show_default=False)],
    form: OutputFormat = "text",
    lang: ScreenLanguage = None,
) -> None:
    """Compare two JSON reports: entries added, removed, with another verdict, by rule.

    Exits with 1 where something got worse, else with 0; 2 where a file is no report.
    """
    from vidcheck.reports import difference

    choice(form, ("text", "json"), "--format")
    screen = Screen(screen_language(lang))
    try:
        told = [difference.loads(report_bytes(path, screen), path.name) for path in (old, new)]
        comparison = difference.compare(*told, old_name=str(old), new_name=str(new))
    except difference.NotAReportError as error:
        screen.trouble(error.words)
        raise typer.Exit(exits.USAGE) from None
    if form == "json":
        from vidcheck.cli.files import STDOUT, put

        put(STDOUT, difference.render_json(comparison))
    else:
        screen.page(difference.render(comparison, lang=screen.lang, encoding=screen.encoding))
    raise typer.Exit(exits.INELIGIBLE if comparison.worse else exits.ALL_ELIGIBLE)


def report_bytes(path: Path, screen: Screen) -> bytes:
    """A JSON report's bytes, or one line that says why there are none and exit code 2."""
    try:
        if path.stat().st_size > _MOST:
            screen.trouble(say("{path} is too large for a report", path=named(str(path))))
            raise typer.Exit(exits.USAGE)
        return path.read_bytes()
    except OSError as error:
        screen.trouble(say("{path} can't be read: {reason}", path=named(str(path)), reason=reason(error)))
        raise typer.Exit(exits.USAGE) from None
