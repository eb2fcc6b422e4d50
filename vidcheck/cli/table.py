"""`vidcheck table`: the organizer's own table with what a JSON report says at the right of each row."""

from __future__ import annotations

from typing import Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import worded
from vidcheck.cli.inputs import opened, reading, rules_of_report, saved_report
from vidcheck.cli.options import LettersLanguage, ManifestPath, ManifestRules, OutFile
from vidcheck.cli.outputs import Wanted, apart, put_report, writable
from vidcheck.cli.screen import Screen, screen_language
from vidcheck.texts import SOURCE, say, say_count


def table(
    report: Annotated[
        str,
        typer.Argument(metavar="REPORT", help=worded("A JSON report of vidcheck check."), show_default=False),
    ],
    out: OutFile,
    manifest: ManifestPath = None,
    rules: ManifestRules = None,
    lang: LettersLanguage = None,
) -> None:
    """Write verdict, why, open and file into the organizer's own table, from a JSON report of an earlier check.

    check --report table:FILE does the same at once; this needs no films. Everything else in the table stays.

    Exit codes: 0 written, 2 no report or table, 5 the table could not be written.
    """
    wanted = Wanted("table", out)
    screen = Screen(screen_language(lang), to_stderr=True)
    writable([wanted], screen, manifest, "--out")
    apart([wanted], [report, manifest or "", rules or ""], screen)
    saved = saved_report(report, screen)
    if saved.incomplete:
        screen.trouble(say("the report is incomplete: entries are missing from it"))
    from vidcheck.reports.table import of_saved
    from vidcheck.session.session import Options

    source = rules_of_report(saved.source, rules)
    with opened(source, Options(manifest=manifest, at_most=1), screen, judging=False) as session, reading(screen):
        rows = session.table([entry.entry.path for entry in saved.entries])
    if not put_report(wanted, lambda: of_saved(saved, rows, lang or saved.lang or SOURCE), screen):
        raise typer.Exit(exits.UNWRITTEN)
    without = sum(not row.path for row in rows.rows) if rows is not None else 0
    if without:
        screen.line(
            say_count(
                "{count} row of the table has no entry in the report, and says so.",
                "{count} rows of the table have no entry in the report, and say so.",
                without,
            )
        )
