"""`vidcheck facts`: shows the facts of files with their witnesses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import worded
from vidcheck.cli.inputs import at_most, by_hand, declared, depth_of, found_entries, opened, policy_of, strangers_here
from vidcheck.cli.options import (
    AllowPrivate,
    Content,
    Declared,
    Entries,
    Language,
    ManifestPath,
    ManifestRules,
    NoCache,
    OutputFormat,
    Personal,
    Timeout,
    Witnesses,
    choice,
)
from vidcheck.cli.outputs import STDOUT, put, report_cache
from vidcheck.cli.screen import Screen, screen_language
from vidcheck.personal import withheld_facts

if TYPE_CHECKING:
    from vidcheck.facts import Facts


def facts(
    paths: Entries,
    manifest: ManifestPath = None,
    declare: Declared = None,
    rules: ManifestRules = None,
    form: OutputFormat = "text",
    witness: Witnesses = "auto",
    content: Content = None,
    checksum: Annotated[
        bool, typer.Option("--checksum", help=worded("Also read the whole file for its SHA-256."))
    ] = False,
    personal: Personal = False,
    lang: Language = None,
    timeout: Timeout = 30.0,
    no_cache: NoCache = False,
    allow_private: AllowPrivate = False,
) -> None:
    """Tell every fact of files, each with its witness, place and raw text.

    Exits with 0, or 3 where some file could not be read at all or the manifest and the files don't fit.
    """
    choice(form, ("text", "json"), "--format")
    screen = Screen(screen_language(lang))
    from vidcheck.session.session import Options

    options = Options(
        witness=policy_of(witness), at_most=at_most(paths), timeout=timeout, checksum=checksum, manifest=manifest, declare=by_hand(declare, manifest),
        content=depth_of(content), cache=not no_cache, allow_private=allow_private, strangers=strangers_here(paths),
    )  # fmt: skip
    with opened(rules, options, screen, judging=False) as session:
        found = found_entries(session, paths, screen)
        batch = declared(session, found, screen)
        batch += tuple(one.missed for one in found.targets if one.missed and one.missed.keys)
        known = [(entry, every if personal else withheld_facts(every)) for entry, every in session.facts(found.targets)]
        used = session.tools() if form == "json" else {}
    if form == "json":
        from vidcheck.reports import json

        put(STDOUT, json.render_facts(known, used, lang or "en"))
    else:
        from vidcheck.reports.text import facts_page

        screen.page(facts_page(known, lang=screen.lang, encoding=screen.encoding))
    for finding in batch:
        screen.trouble(finding.message)
    report_cache(session, screen)
    if found.incomplete:
        raise typer.Exit(exits.USAGE)
    raise typer.Exit(exits.REVIEW if batch or any(_unread(facts) for _, facts in known) else 0)


def _unread(facts: Facts) -> bool:
    from vidcheck.facts import FILESYSTEM

    return any(fault.witness == FILESYSTEM for fault in facts.faults)
