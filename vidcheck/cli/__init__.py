"""The command line: one module a command; wiring, console, exit codes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from vidcheck import __version__
from vidcheck.cli import check, demo, doctor, facts, init, rules

app = typer.Typer(
    name="vidcheck", no_args_is_help=True, pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]}
)  # fmt: skip
app.command("check", no_args_is_help=True)(check.check)
app.command("facts", no_args_is_help=True)(facts.facts)
app.add_typer(rules.app, name="rules")
app.command("init")(init.init)
app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"vidcheck {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)] = False,
) -> None:
    """Check video contest entries against the rules of a call, with evidence for every answer."""


def run() -> None:
    """The console script: an error of ours is one line and exit code 4, never a traceback."""
    import os

    from vidcheck.cli import exits

    code: object = exits.INTERNAL
    try:
        app()
    except SystemExit as ended:
        code = ended.code
    except KeyboardInterrupt:
        code = exits.INTERRUPTED
    except Exception as error:
        if os.environ.get("VIDCHECK_DEBUG"):
            raise
        from vidcheck.facts import visible

        sys.stderr.write(f"vidcheck: an error inside vidcheck: {visible(f'{type(error).__name__}: {error}')}\n")
    _leave(code)


def _leave(code: object) -> None:
    """Ends without waiting for the pool's threads, which poll (measured: 120 ms)."""
    import os

    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)
