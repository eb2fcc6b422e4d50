"""`vidcheck diff`: compares two JSON reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import worded
from vidcheck.cli.inputs import saved_report
from vidcheck.cli.options import OutputFormat, ScreenLanguage, choice
from vidcheck.cli.screen import Screen, screen_language


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
    comparison = difference.Comparison(*(saved_report(str(path), screen) for path in (old, new)))
    if form == "json":
        from vidcheck.cli.outputs import STDOUT, put

        put(STDOUT, difference.render_json(comparison))
    else:
        screen.page(difference.render(comparison, lang=screen.lang, encoding=screen.encoding))
    raise typer.Exit(exits.INELIGIBLE if comparison.worse else exits.ALL_ELIGIBLE)
