"""What a command is given to read: rules, decisions, entries, a manifest, an archive. What is wrong with them is said, and exit code 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import typer

from vidcheck.cli import exits
from vidcheck.cli.asked import apart
from vidcheck.cli.i18n import refused
from vidcheck.cli.screen import Screen, named
from vidcheck.texts import listed, say

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from vidcheck.cli.files import Wanted
    from vidcheck.findings import Finding
    from vidcheck.rules.decisions import Decisions
    from vidcheck.rules.model import Rules
    from vidcheck.sources.targets import Found
    from vidcheck.storage.archive import Archive
    from vidcheck.workers.pool import Workers

_RULES_SECONDS = 60.0
_Read = TypeVar("_Read")


def sound_rules(source: str | None, screen: Screen) -> Rules:
    """The rules, or every problem with them on stderr and exit code 2."""
    from vidcheck.rules.reader import load_rules

    return told_rules(lambda: load_rules(source), screen)


def narrowed_rules(
    pool: Workers, source: str | None, only: list[str], skip: list[str], screen: Screen
) -> tuple[Rules, Future[dict[str, str]]]:
    """The rules, and the versions that a worker tells when it is ready."""
    from vidcheck.session import messages

    reading = pool.submit(messages.read_rules, source, deadline=_RULES_SECONDS)
    warmed = pool.submit(messages.warm, deadline=_RULES_SECONDS)
    from vidcheck.session import memo, running  # noqa: F401 - imported while the worker reads

    rules: Rules = told_rules(reading.result, screen)
    for name in (*only, *skip):
        if name not in rules.names:
            words = say("there is no rule '{name}'; the rules are {names}", name=named(name), names=listed(rules.names))
            raise refused(words, "--only/--skip")
    kept = rules.narrowed(lambda name: (not only or name in only) and name not in skip)
    if not kept.names:
        raise refused(say("no rule is left"), "--only/--skip")
    return kept, warmed


def decided_by(pool: Workers, source: str | None, screen: Screen) -> Decisions | None:
    """People's decisions, read by a worker where there are any."""
    from os.path import lexists

    from vidcheck.session import messages

    if source is None and not lexists("decisions.yaml"):
        return None
    reading = pool.submit(messages.read_decisions, source or "decisions.yaml", deadline=_RULES_SECONDS)
    decisions: Decisions | None = told_rules(reading.result, screen)
    return decisions


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
    from vidcheck.sources.targets import find

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


def joined(
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


def declared(manifest: str | None, rules: Rules, found: Found, pool: Workers, screen: Screen) -> tuple[Finding, ...]:
    """Joins what a manifest declares to the entries; one that can't be read is exit code 2."""
    if manifest is None:
        return ()
    from vidcheck.session.declare import ManifestError, declare

    try:
        return declare(manifest, rules, found, pool)
    except ManifestError as error:
        for problem in error.problems:
            screen.trouble(problem)
        raise typer.Exit(exits.USAGE) from None


def _beside(found: Found, rules: Rules, screen: Screen) -> list[str]:
    """The entries' attachments, which are not ignored where rules ask about them; a library that is missing is said."""
    from vidcheck.session.attachments import ignored, missing

    lacking = missing(found, rules)
    if lacking is not None:
        screen.trouble(lacking)
    found.ignored = ignored(found, rules)
    return [path for target in found.targets for path in target.attachments or ()]


def archive_at_hand(archive: str | None, rules: Rules, screen: Screen) -> Archive | None:
    """The archive that rules over many entries are to ask."""
    if not (archive or rules.batch):
        return None
    from vidcheck.cli.archiving import at_hand

    return at_hand(archive, rules, screen)
