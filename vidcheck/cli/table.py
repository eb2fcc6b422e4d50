"""`vidcheck table`: the organizer's own table with what a JSON report says at the right of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import worded
from vidcheck.cli.inputs import report_to_use, table_of_report
from vidcheck.cli.options import ManifestPath, ManifestRules, OutFile, TableLanguage
from vidcheck.cli.outputs import Wanted, apart, put_report, writable
from vidcheck.cli.screen import Screen, screen_language
from vidcheck.texts import SOURCE, Plain, say, say_count

if TYPE_CHECKING:
    from vidcheck.findings import Table
    from vidcheck.reports.saved import SavedReport

_MOST_NAMED = 10


def table(
    report: Annotated[
        str,
        typer.Argument(metavar="REPORT", help=worded("A JSON report of vidcheck check."), show_default=False),
    ],
    out: OutFile,
    manifest: ManifestPath = None,
    rules: ManifestRules = None,
    lang: TableLanguage = None,
) -> None:
    """Write verdict, why, open and file into the organizer's own table, from a JSON report of an earlier check.

    check --report table:FILE does the same at once; this needs no films. Everything else in the table stays.

    Exit codes: 0 written, 2 no report or table, 5 the table could not be written.
    """
    wanted = Wanted("table", out)
    screen = Screen(screen_language(lang), to_stderr=True)
    apart([wanted], [report, manifest or "", rules or ""], screen)
    writable([wanted], screen, manifest, "--out")
    saved = report_to_use(report, screen)
    from vidcheck.reports.table import of_saved

    with table_of_report(saved.source, rules, manifest, screen) as session:
        rows = session.table([entry.entry.path for entry in saved.entries])
    if not put_report(wanted, lambda: of_saved(saved, rows, lang or saved.lang or SOURCE), screen):
        raise typer.Exit(exits.UNWRITTEN)
    if rows is not None:
        _tell_unmatched(rows, saved, screen)


def _tell_unmatched(table: Table, saved: SavedReport, screen: Screen) -> None:
    """Says which rows have no entry, and names the entries without a row, for they stand nowhere in the table."""
    without = sum(not row.path for row in table.rows)
    if without:
        screen.line(
            say_count(
                "{count} row of the table has no entry in the report, and says so.",
                "{count} rows of the table have no entry in the report, and say so.",
                without,
            )
        )
    listed = {row.path for row in table.rows}
    missing = [entry.entry.shown for entry in saved.entries if entry.entry.path not in listed]
    if not missing:
        return
    screen.trouble(
        say_count(
            "{count} entry of the report has no row in the table, and stands nowhere in it:",
            "{count} entries of the report have no row in the table, and stand nowhere in it:",
            len(missing),
        )
    )
    for path in missing[:_MOST_NAMED]:
        screen.note(Plain(f"  {path}"))
    if len(missing) > _MOST_NAMED:
        screen.note(say("  and {count} more", count=len(missing) - _MOST_NAMED))
