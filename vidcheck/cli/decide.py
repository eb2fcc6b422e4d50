"""`vidcheck decide`: writes a person's decision on one rule and one entry to a file that every check reads."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import refused, worded
from vidcheck.cli.inputs import sound_rules
from vidcheck.cli.options import By, DecisionsWritten, RulesSource, ScreenLanguage
from vidcheck.cli.outputs import put
from vidcheck.cli.screen import Screen, named, screen_language
from vidcheck.texts import Text, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.findings import Choice, Decision
    from vidcheck.quantities import Moment
    from vidcheck.texts import Readable

DEFAULT_FILE = "decisions.yaml"


def decide(
    entry: Annotated[str, typer.Argument(help=worded("The entry that was decided on."), show_default=False)],
    rule: Annotated[str, typer.Argument(help=worded("The rule's name."), show_default=False)],
    decision: Annotated[
        str, typer.Argument(metavar="accept|reject", help=worded("What was decided."), show_default=False)
    ],
    by: By,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=worded("Why."), show_default=False)],
    decisions: DecisionsWritten = DEFAULT_FILE,
    rules: RulesSource = None,
    date: Annotated[
        str | None,
        typer.Option(
            "--date", metavar="DAY", help=worded("When it was decided; by default today."), show_default=False
        ),
    ] = None,
    lang: ScreenLanguage = None,
) -> None:
    """Write down what a person decided on one rule and one entry.

    The decision is bound to the file's name and bytes (SHA-256): it is void as soon as either changes. Every report
    shows it beside the machine's outcome, and the verdict follows from it. Of several on one rule and entry the last
    one counts.

    Exit codes: 0 written, 2 no such entry or rule, or the file of decisions is not sound, 5 it could not be written.
    """
    screen = Screen(screen_language(lang))
    chosen = _choice(decision)
    day = day_of(date)
    from vidcheck.declared.join import RULE as MANIFEST

    names = sound_rules(rules, screen).names
    if rule not in names and rule != MANIFEST:  # an entry without a row in the manifest
        words = say("there is no rule '{name}'; the rules are {names}", name=named(rule), names=", ".join(names))
        raise refused(words, "RULE")
    made = made_decision(entry, rule, chosen, by, reason, day, screen)
    add(decisions, made, screen)
    screen.line(
        say("{path}: {rule} on {entry} is decided", path=named(decisions), rule=named(rule), entry=named(entry))
    )


def _choice(text: str) -> Choice:
    from vidcheck.findings import Choice

    try:
        return Choice(text)
    except ValueError:
        words = say("'{text}' is none of {choices}", text=named(text), choices=", ".join(Choice))
        raise refused(words, "accept|reject") from None


def day_of(text: str | None) -> Moment:
    """`--date`, or today on this machine's clock."""
    from datetime import UTC, datetime

    from vidcheck.quantities import DATE, NotAValueError

    today = datetime.now().astimezone().date().isoformat()
    try:
        day: Moment = DATE.read(text or today, UTC)
    except NotAValueError as error:
        words = Text(error.why, (("text", named(error.text)), ("hint", error.hint), ("other", error.other)))
        raise refused(words, "--date") from None
    return day


def made_decision(entry: str, rule: str, choice: Choice, by: str, reason: str, day: Moment, screen: Screen) -> Decision:
    """The decision, bound to the file's bytes; if they can't be read, prints why and exits."""
    from vidcheck.facts import Entry, visible
    from vidcheck.findings import Decision, Place

    for name, text in (("--by", by), ("--reason", reason)):
        if not text.strip():
            raise refused(say("'{name}' says nothing", name=name), name)
    by, reason = (visible(" ".join(text.split())) for text in (by, reason))
    return Decision(
        entry=Entry(path=entry).shown, checksum=checksum_of(entry, screen), rule=rule, choice=choice, by=by, reason=reason,
        date=day, place=Place("", 0, 0),
    )  # fmt: skip


def checksum_of(path: str, screen: Screen) -> str:
    """The file's SHA-256; if it can't be read, prints why and exits with 2."""
    from vidcheck.witnesses.errors import CouldNotLookError

    if not os.path.lexists(path):
        _stop(screen, say("there is no file or folder {path}", path=named(path)))
    try:
        return read_checksum(path)
    except CouldNotLookError as error:
        _stop(screen, say("{path}: {reason}", path=named(path), reason=error.message))


def read_checksum(path: str) -> str:
    """The file's SHA-256 in hex. Raises CouldNotLookError."""
    from vidcheck.witnesses import filesystem
    from vidcheck.witnesses.filesystem import checksum

    file, _ = filesystem.open_entry(path)
    with file:
        return checksum.look(file)


def add(path: str, decision: Decision, screen: Screen) -> None:
    """Adds a decision to the file atomically, one writer at a time."""
    from vidcheck.rules.decisions import with_decision
    from vidcheck.rules.problems import RulesError

    try:
        with _alone(Path(path).parent):
            put(path, with_decision(_there(path), named(path).words, decision))
    except RulesError as error:
        for problem in error.problems:
            screen.trouble(problem)
        raise typer.Exit(exits.USAGE) from None
    except OSError as error:
        screen.trouble(
            say("{path} can't be written: {reason}", path=named(path), reason=named(error.strerror or str(error)))
        )
        raise typer.Exit(exits.UNWRITTEN) from None


def _there(path: str) -> bytes:
    """The file's bytes; empty if it doesn't exist."""
    from vidcheck.rules.decisions import BOUNDS
    from vidcheck.rules.sources import from_path

    return from_path(path, named(path).words, BOUNDS.size).raw if os.path.lexists(path) else b""


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """A context that locks the folder against other writers of decisions (POSIX)."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _stop(screen: Screen, words: Readable) -> NoReturn:
    screen.trouble(words)
    raise typer.Exit(exits.USAGE)
