"""What a command is asked for; whatever of it can't be had is refused before anything is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import refused
from vidcheck.cli.screen import Screen, named
from vidcheck.texts import listed, say

if TYPE_CHECKING:
    from vidcheck.cli.files import Wanted
    from vidcheck.session.messages import Policy


def wanted_reports(texts: list[str]) -> list[Wanted]:
    """The reports that `--report` asks for, or what is unclear about it."""
    from vidcheck.cli.files import STDOUT, UnclearError, parse

    try:
        wanted = [parse(text) for text in texts]
    except UnclearError as error:
        raise refused(error.words, "--report") from None
    if sum(one.path == STDOUT for one in wanted) > 1:
        raise refused(say("only one report can go to standard output"), "--report")
    return wanted


def policy_of(text: str) -> Policy:
    """`--witness`, or what its choices are."""
    from vidcheck.session.messages import Policy

    try:
        return Policy(text)
    except ValueError:
        words = say("'{text}' is none of {choices}", text=named(text), choices=listed(Policy))
        raise refused(words, "--witness") from None


def writable(wanted: list[Wanted], screen: Screen) -> None:
    """Ends the run where it is clear beforehand that a report can't be written."""
    from vidcheck.cli.files import UnwritableError, check_writable
    from vidcheck.reports import MissingExtraError, check_available

    for one in wanted:
        try:
            check_available(one.format)
            check_writable(one)
        except MissingExtraError as error:
            screen.trouble(error.words)
            raise typer.Exit(exits.USAGE) from None
        except UnwritableError as error:
            screen.trouble(say("the report can't be written: {reason}", reason=error.words))
            raise typer.Exit(exits.UNWRITTEN) from None


def apart(wanted: list[Wanted], read: list[str], screen: Screen) -> None:
    """No report may be written over what is read, nor over another report."""
    from os.path import realpath
    from pathlib import Path

    from vidcheck.cli.files import STDOUT

    devices = [one for one in wanted if Path(one.path).exists() and not Path(one.path).is_file()]
    files = [one for one in wanted if one.path != STDOUT and one not in devices]  # /dev/null may be named twice
    taken = {realpath(path) for path in read if path} if files else set()
    for one in files:
        real = realpath(one.path)
        if real in taken:
            screen.trouble(
                say("{path} is an entry, the rules or another report: name another place", path=named(one.path))
            )
            raise typer.Exit(exits.USAGE)
        taken.add(real)
