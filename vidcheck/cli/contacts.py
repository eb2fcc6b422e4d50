"""`vidcheck contacts`: whom to ask for what, from a JSON report and the table that it was made with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import refused, worded
from vidcheck.cli.inputs import report_to_use, table_of_report
from vidcheck.cli.options import ContactsFile, ContactsManifest, ManifestRules, ScreenLanguage
from vidcheck.cli.outputs import Wanted, apart, put_report, writable
from vidcheck.cli.screen import Screen, screen_language
from vidcheck.texts import SOURCE, say, say_count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vidcheck.facts import Facts


def contacts(
    report: Annotated[
        str,
        typer.Argument(metavar="REPORT", help=worded("A JSON report of vidcheck check."), show_default=False),
    ],
    out: ContactsFile,
    manifest: ContactsManifest = None,
    rules: ManifestRules = None,
    lang: ScreenLanguage = None,
) -> None:
    """Write whom to ask for what, as CSV, from a JSON report of an earlier check.

    A row for each entry with something open: who made it, telephone, e-mail and postal address, what is missing, and what
    a person looks at. Reports hold no contacts: --manifest names the table that has them. check --report contacts:FILE
    does the same at once; this needs no films.

    Exit codes: 0 written, 2 no report or table, 5 the list could not be written.
    """
    wanted = Wanted("contacts", out)
    screen = Screen(screen_language(lang), to_stderr=True)
    if manifest is None:
        raise refused(
            say("reports hold no telephones and addresses: name your own table with --manifest"), "--manifest"
        )
    apart([wanted], [report, manifest, rules or ""], screen)
    writable([wanted], screen, option="--out")
    saved = report_to_use(report, screen)
    from vidcheck.reports.contacts import of_saved

    with table_of_report(saved.source, rules, manifest, screen) as session:
        rows = session.rows([entry.entry.path for entry in saved.entries])
    if not put_report(wanted, lambda: of_saved(saved, rows, saved.lang or SOURCE), screen):
        raise typer.Exit(exits.UNWRITTEN)
    _tell_strangers([entry.entry.path for entry in saved.entries], rows, screen)


def _tell_strangers(paths: Sequence[str], rows: Mapping[str, Sequence[Facts]], screen: Screen) -> None:
    """Says how many entries have no row, so that the list may hold nobody to ask."""
    strangers = sum(not rows.get(path) for path in paths)
    if strangers:
        screen.trouble(
            say_count(
                "{count} entry of the report has no row in the table, so that nobody's contact is known for it",
                "{count} entries of the report have no row in the table, so that nobody's contact is known for them",
                strangers,
            )
        )
