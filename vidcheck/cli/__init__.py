"""The command line: one module a command; wiring, console, exit codes."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated

import typer

from vidcheck import __version__

COMMANDS = (
    "check", "facts", "rules", "init", "decide", "review", "diff", "letters", "watch", "archive", "cache", "schema", "demo", "doctor",
)  # fmt: skip
"""Each is a module here, with a function of that name or, for a group, an `app`."""


def build(arguments: list[str]) -> typer.Typer:
    """The application; where the first argument names a command, only that one's module is imported."""
    from vidcheck.cli.foreign import Command, Group
    from vidcheck.cli.screen import described

    app = typer.Typer(
        name="vidcheck", cls=Group, no_args_is_help=True, pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]}
    )  # fmt: skip
    app.callback(help=described(_main))(_main)
    for name in arguments[:1] if arguments[:1] and arguments[0] in COMMANDS else COMMANDS:
        module = import_module(f"vidcheck.cli.{name}")
        if hasattr(module, "app"):
            for command in module.app.registered_commands:
                command.help, command.cls = described(command.callback), Command
            app.add_typer(module.app, name=name, cls=Group)
        else:
            function = getattr(module, name)
            app.command(name, cls=Command, help=described(function))(function)
    return app


def worded(words: str) -> str:
    """`console.worded`, which this module imports no sooner than it needs it."""
    from vidcheck.cli import screen

    return screen.worded(words)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"vidcheck {__version__}")
        raise typer.Exit


def _main(
    version: Annotated[
        bool, typer.Option("--version", help=worded("Print the version and exit."), callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Check video contest entries against the rules of a call, with evidence for every answer."""


def run() -> None:
    """The console script: an error of ours is one line and exit code 4, never a traceback."""
    import os

    code: object
    try:
        build(sys.argv[1:])()
    except SystemExit as ended:
        code = ended.code
    except KeyboardInterrupt:
        code = 130
    except Exception as error:
        if os.environ.get("VIDCHECK_DEBUG"):
            raise
        code = _told(error)
    else:
        code = 0
    _leave(code)


def _told(error: Exception) -> int:
    """One line on what went wrong, and its exit code: the screen may be full, anything else is an error of ours."""
    import errno

    from vidcheck.cli import exits
    from vidcheck.cli.screen import FullError, Screen, abandon, early_language, named, unsaid
    from vidcheck.texts import say

    full = error.words if isinstance(error, FullError) else None
    if (
        isinstance(error, OSError)
        and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
        and error.filename is None
    ):
        full = unsaid(error)  # help, which does not go through the screen; whoever writes files minds that himself
        abandon(sys.stdout)
    screen = Screen(early_language())
    screen.trouble(full or say("an error inside vidcheck: {error}", error=named(f"{type(error).__name__}: {error}")))
    return exits.UNWRITTEN if full else exits.INTERNAL


def _leave(code: object) -> None:
    """Ends without waiting for the pool's threads, which poll (measured: 120 ms)."""
    import os

    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue
    if "multiprocessing.util" in sys.modules:
        from vidcheck.workers import forkserver

        forkserver.leave()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)
