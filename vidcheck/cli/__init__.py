"""The command line: one module for each command."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vidcheck import __version__
from vidcheck.cli.i18n import Commands, Group, described, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMMANDS = (
    "check", "facts", "rules", "init", "decide", "review", "diff", "letters", "contacts", "table", "sort", "watch", "archive", "cache", "schema", "demo", "doctor",
)  # fmt: skip
"""The commands. Each is a module here, with a function of that name or, for a group, an `app`."""


class _Application(Group):
    """Imports a command's module only when needed: help needs all, a run needs one."""

    _named = False
    """Whether the first argument is a command, so that there are no options before it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads the options before the command."""
        self._named = bool(args) and args[0] in COMMANDS and not ctx.resilient_parsing
        return super().parse_args(ctx, args)

    def get_params(self, ctx: Any) -> list[Any]:
        """The options before the command; none if there are none, because Typer takes a fifth of a check to parse even none."""
        return [] if self._named else super().get_params(ctx)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the same in every context
        """The names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the same in every context
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"vidcheck.cli.{cmd_name}")
        app = getattr(module, "app", None)
        if app is None:
            app = Commands()
            app.command(cmd_name)(getattr(module, cmd_name))
        return typer.main.get_command(app)


def build() -> typer.Typer:
    """The application."""
    app = Commands(
        name="vidcheck", cls=_Application, add_completion=True, context_settings={"help_option_names": ["-h", "--help"]}
    )
    app.callback(help=described(_main))(_main)
    return app


def functions() -> Iterator[tuple[str, Callable[..., None]]]:
    """The functions of all commands with the commands' full names, for the documentation and the catalogue."""
    import inspect

    root: Any = typer.main.get_command(build())
    context = typer.Context(root)
    yield "vidcheck", _main
    for name in COMMANDS:
        command: Any = root.get_command(context, name)
        below = getattr(command, "commands", {"": command})
        yield from ((f"vidcheck {name} {part}".rstrip(), inspect.unwrap(one.callback)) for part, one in below.items())


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

    from vidcheck.cli import exits
    from vidcheck.signals import Interrupted

    code: object
    try:
        build()()
    except SystemExit as ended:
        code = ended.code if not isinstance(ended.code, str) else _report(ended)
    except KeyboardInterrupt:
        code = exits.INTERRUPTED
    except Interrupted as signalled:
        code = signalled.code
    except BaseException as error:  # noqa: BLE001 - Python would end with 1, which means "ineligible"
        if os.environ.get("VIDCHECK_DEBUG"):
            import traceback

            traceback.print_exc()
        code = _report(error)
    else:
        code = 0
    _leave(code)


def _report(error: BaseException) -> int:
    """Prints one line on an error, and returns the exit code: the screen may be full; all else is an error in vidcheck."""
    import errno

    from vidcheck.cli import exits
    from vidcheck.cli.i18n import early_language
    from vidcheck.cli.inputs import workers_missing
    from vidcheck.cli.screen import FullError, Screen, abandon, named, unsaid
    from vidcheck.texts import say

    lacking = workers_missing(error)
    full = error.words if isinstance(error, FullError) else None
    if (
        isinstance(error, OSError)
        and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
        and error.filename is None
    ):
        full = unsaid(error)  # from help, which does not use Screen; code that writes files handles its own errors
        abandon(sys.stdout)
    screen = Screen(early_language())
    screen.trouble(
        full or lacking or say("an error inside vidcheck: {error}", error=named(f"{type(error).__name__}: {error}"))
    )
    return exits.UNWRITTEN if full else exits.INTERNAL


def _leave(code: object) -> None:
    """Exits without waiting for the pool's polling threads (measured: 120 ms)."""
    import os

    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue
    if "multiprocessing.util" in sys.modules:
        from vidcheck.workers import forkserver

        forkserver.leave()
    from vidcheck.cli import exits

    os._exit(code if isinstance(code, int) else exits.ALL_ELIGIBLE if code is None else exits.INTERNAL)
