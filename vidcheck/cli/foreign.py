"""What typer, rich and pydantic say on their own in help and usage errors, in the language of the screen.

In English nothing here changes any word. Rich is imported, and changed, no sooner than it prints.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from vidcheck.cli.quick import quickened
from vidcheck.cli.screen import early_language, worded
from vidcheck.lazy import late
from vidcheck.texts import Text, marked

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.text import Text as Line
    from typer._click import Context, HelpFormatter
    from typer._click.core import Parameter
    from typer._click.exceptions import UsageError

_HELPS = frozenset({
    marked("Show this message and exit."), marked("Install completion for the current shell."),
    marked("Show completion for the current shell, to copy it or customize the installation."),
})  # fmt: skip
"""What the options that typer adds are for."""
_TITLES = {
    "ARGUMENTS_PANEL_TITLE": marked("Arguments"), "OPTIONS_PANEL_TITLE": marked("Options"),
    "COMMANDS_PANEL_TITLE": marked("Commands"), "ERRORS_PANEL_TITLE": marked("Error"),
    "DEFAULT_STRING": marked("[default: {}]"), "REQUIRED_LONG_STRING": marked("[required]"),
    "RICH_HELP": marked("Try [blue]'{command_path} {help_option}'[/] for help."), "ABORTED_TEXT": marked("Aborted."),
}  # fmt: skip
"""Words in typer.rich_utils, by the name they have there."""
_PIECES = frozenset({marked("[OPTIONS]"), marked("COMMAND [ARGS]...")})
"""What typer writes into a usage line."""
_TYPES = (
    marked("<bool>"), marked("<int>"), marked("<float>"), marked("<str>"), marked("<path>"), marked("<int range>"),
    marked("<float range>"), marked("<list[str]>"),
)  # fmt: skip
"""What typer calls the values of options and arguments that have no word of their own for it."""
_ERRORS = tuple(
    (late(pattern, re.DOTALL), message)
    for pattern, message in (
        (r"Invalid value for (?P<name>.+?): (?P<reason>.+)", marked("Invalid value for {name}: {reason}")),
        (r"Invalid value: (?P<reason>.+)", marked("Invalid value: {reason}")),
        (r"Missing argument (?P<name>.+)\.", marked("Missing argument {name}.")),
        (r"Missing option (?P<name>.+)\.", marked("Missing option {name}.")),
        (r"Missing command\.", marked("Missing command.")),
        (r"No such option: (?P<name>.+) \(Possible options: (?P<names>.+)\)", marked("No such option: {name} (Possible options: {names})")),
        (r"No such option: (?P<name>.+)", marked("No such option: {name}")),
        (r"No such command (?P<name>.+)\. Did you mean (?P<names>.+)\?", marked("No such command {name}. Did you mean {names}?")),
        (r"No such command (?P<name>.+)\.", marked("No such command {name}.")),
        (r"Got unexpected extra argument(?:s|\(s\))? \((?P<names>.+)\)", marked("Got unexpected extra argument(s) ({names})")),
        (r"Option (?P<name>.+) does not take a value\.", marked("Option {name} does not take a value.")),
        (r"Option (?P<name>.+) requires an argument\.", marked("Option {name} requires an argument.")),
    )
)  # fmt: skip
_REASONS = tuple(
    (late(pattern), message)
    for pattern, message in (
        (r"Input should be greater than or equal to (?P<limit>\S+)", marked("Input should be greater than or equal to {limit}")),
        (r"Input should be less than or equal to (?P<limit>\S+)", marked("Input should be less than or equal to {limit}")),
        (r"Input should be a valid integer, .+", marked("Input should be a whole number")),
        (r"Input should be a valid number, .+", marked("Input should be a number")),
    )
)  # fmt: skip


# Typer brings click with it under a name that differs from version to version.
_USAGE: type[UsageError] = typer.BadParameter.__mro__[1]


class Command(TyperCommand):
    """A command whose help and errors speak the language of the screen."""

    def get_params(self, ctx: Context) -> list[Parameter]:
        return _worded(super().get_params(ctx))

    def format_usage(self, ctx: Context, formatter: HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, _pieces(self.collect_usage_pieces(ctx)), worded("Usage: "))

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        _prepare()
        super().format_help(ctx, formatter)


class Group(TyperGroup):
    """Commands whose help and errors speak the language of the screen."""

    def get_params(self, ctx: Context) -> list[Parameter]:
        return _worded(super().get_params(ctx))

    def format_usage(self, ctx: Context, formatter: HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, _pieces(self.collect_usage_pieces(ctx)), worded("Usage: "))

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        _prepare()
        super().format_help(ctx, formatter)

    def main(self, *arguments: Any, **options: Any) -> Any:
        if early_language() == "en" or not options.get("standalone_mode", True):
            return super().main(*arguments, **options)
        try:
            code = super().main(*arguments, **{**options, "standalone_mode": False})
        except _USAGE as error:
            _show(error)
            sys.exit(error.exit_code)
        sys.exit(code if isinstance(code, int) else 0)


def told(message: str, lang: str) -> str:
    """A usage error of typer's in that language; one that is not known here stays as it is."""
    if lang == "en":
        return message
    for pattern, words in _ERRORS:
        found = pattern.fullmatch(message)
        if found:
            holes = found.groupdict()
            if "reason" in holes:
                holes["reason"] = _reason(holes["reason"], lang)
            return Text(words, tuple(holes.items())).render(lang)
    return message


def _reason(reason: str, lang: str) -> str:
    for pattern, words in _REASONS:
        found = pattern.fullmatch(reason)
        if found:
            return Text(words, tuple(found.groupdict().items())).render(lang)
    return reason


def _pieces(pieces: list[str]) -> str:
    lang = early_language()
    return " ".join(Text(piece).render(lang) if piece in _PIECES else piece for piece in pieces)


def _worded(parameters: list[Parameter]) -> list[Parameter]:
    quickened(parameters)
    for parameter in parameters:
        words = getattr(parameter, "help", None)
        if words in _HELPS:
            setattr(parameter, "help", Text(words).render(early_language()))  # noqa: B010 - which of typer's classes it is, typer alone knows
    return parameters


def _show(error: UsageError) -> None:
    _prepare()
    from typer import rich_utils

    message = told(error.format_message(), early_language())
    error.format_message = lambda: message  # type: ignore[method-assign]
    rich_utils.rich_format_error(error)


class _Types:
    """Names the types of values in the language of the screen, and then does as typer's own."""

    def __init__(self, theirs: Callable[[Line], Line]) -> None:
        self._theirs = theirs

    def __call__(self, line: Line) -> Line:
        for words in _TYPES:
            line.plain = line.plain.replace(words, Text(words).render(early_language()))
        return self._theirs(line)


@cache
def _prepare() -> None:
    """Puts our words where typer has its own, and lets rich break Chinese between any two characters.

    Rich breaks at spaces alone and cuts off what is longer.
    """
    if early_language() == "en":
        return
    from rich import _wrap
    from rich.text import Text as Line
    from typer import rich_utils

    for name, words in _TITLES.items():
        setattr(rich_utils, name, Text(words).render(early_language()))
    highlight = getattr(rich_utils, "types_highlighter", None)
    if highlight is not None:  # older typers have none
        setattr(rich_utils, "types_highlighter", _Types(highlight))  # noqa: B010 - typer has an object of a class of its own there

    def rstrip_end(self: Line, size: int) -> None:
        """As rich's own, which counts characters where it means columns."""
        spaces = len(self.plain) - len(self.plain.rstrip())
        beyond = min(spaces, self.cell_len - size)
        if beyond > 0:
            self.right_crop(beyond)

    wide, closing = "\u2e80-\u9fff\uff00-\uffef\u2018-\u201d", "、，。；：）”’！？"
    _wrap.re_word = re.compile(rf"\s*(?:[（“‘]*(?:[{wide}]|[^\s{wide}]+)[{closing}]*)\s*")
    Line.rstrip_end = rstrip_end  # type: ignore[method-assign]
