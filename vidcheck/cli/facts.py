"""`vidcheck facts`: what is known of files, and who says so."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.asked import policy_of
from vidcheck.cli.ending import leave_cache
from vidcheck.cli.given import declared, found_entries, sound_rules
from vidcheck.cli.i18n import worded
from vidcheck.cli.options import (
    AllowPrivate,
    Entries,
    Language,
    ManifestPath,
    ManifestRules,
    NoCache,
    OutputFormat,
    Timeout,
    Witnesses,
    choice,
)
from vidcheck.cli.screen import Screen, screen_language

if TYPE_CHECKING:
    from vidcheck.facts import Facts


def facts(
    paths: Entries,
    manifest: ManifestPath = None,
    rules: ManifestRules = None,
    form: OutputFormat = "text",
    witness: Witnesses = "auto",
    checksum: Annotated[
        bool, typer.Option("--checksum", help=worded("Also read the whole file for its SHA-256."))
    ] = False,
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
    policy = policy_of(witness)
    found = found_entries(paths, screen, private=allow_private)
    found.leave_out(filter(None, [manifest, rules]))
    from vidcheck.api import tools
    from vidcheck.session.memo import remembered
    from vidcheck.session.running import Run
    from vidcheck.workers.pool import Workers, cores
    from vidcheck.workers.remote import workers_away

    count = min(cores(), len(found.targets))
    pool = Workers(count)
    pool.away = workers_away(found.targets, None)
    try:
        sound = sound_rules(rules, screen) if manifest or rules else None
        batch = declared(manifest, sound, found, pool, screen) if sound else ()
        memory = None if no_cache else remembered(pool)
        run = Run(
            rules=None, workers=pool, away=pool.away, count=count, policy=policy, timeout=timeout, checksum=checksum,
            memory=memory, zone=sound.zone if sound else UTC,
        )  # fmt: skip
        known = list(run.facts(found.targets))
        used = tools(run) if form == "json" else {}
    finally:
        pool.stop()
    if form == "json":
        from vidcheck.cli.files import STDOUT, put
        from vidcheck.reports import json

        put(STDOUT, json.render_facts(known, used, lang or "en"))
    else:
        from vidcheck.reports import facts as page

        screen.page(page.render(known, lang=screen.lang, encoding=screen.encoding))
    for finding in batch:
        screen.trouble(finding.message)
    leave_cache(memory, screen)
    if found.amiss:
        raise typer.Exit(exits.USAGE)
    raise typer.Exit(exits.REVIEW if batch or any(_unread(told) for _, told in known) else 0)


def _unread(told: Facts) -> bool:
    from vidcheck.facts import Witness

    return any(fault.witness is Witness.FILESYSTEM for fault in told.faults)
