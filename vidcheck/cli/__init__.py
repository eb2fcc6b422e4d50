"""The command line: one module a command; wiring, console, exit codes."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated

import typer

from vidcheck import __version__

COMMANDS = ("check", "facts", "rules", "init", "diff", "letters", "schema", "demo", "doctor")
"""Each is a module here, with a function of that name or, for a group, an `app`."""


def build(arguments: list[str]) -> typer.Typer:
    """The application; where the first argument names a command, only that one's module is imported."""
    app = typer.Typer(
        name="vidcheck", no_args_is_help=True, pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]}
    )  # fmt: skip
    app.callback()(_main)
    for name in arguments[:1] if arguments[:1] and arguments[0] in COMMANDS else COMMANDS:
        module = import_module(f"vidcheck.cli.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, name))
    return app


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"vidcheck {__version__}")
        raise typer.Exit


def _main(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
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
        from vidcheck.cli import exits
        from vidcheck.facts import visible

        sys.stderr.write(f"vidcheck: an error inside vidcheck: {visible(f'{type(error).__name__}: {error}')}\n")
        code = exits.INTERNAL
    else:
        code = 0
    _leave(code)


def _leave(code: object) -> None:
    """Ends without waiting for the pool's threads, which poll (measured: 120 ms)."""
    import os

    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue
    if "multiprocessing.util" in sys.modules:
        from vidcheck.runner import forking

        forking.leave()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)
