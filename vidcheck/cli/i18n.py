"""Help and usage errors in the language of the screen.

Typer has no translations. Commands and groups here format their own help from their parameters, and word usage errors
by the errors' attributes. Only documented methods are overridden, so that this works with any Typer that has them.
`reports.page` wraps the text, because it knows where Chinese may break.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from vidcheck.cli import exits
from vidcheck.cli.screen import Screen, named, screen_language, width
from vidcheck.cli.shells import word as typed
from vidcheck.texts import LANGUAGES, SOURCE, Readable, Text, listed, marked, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from vidcheck.reports.page import Page, Row, Span

_TYPERS = frozenset({
    marked("Show this message and exit."), marked("Install completion for the current shell."),
    marked("Show completion for the current shell, to copy it or customize the installation."), marked("Missing command."),
})  # fmt: skip
"""Sentences of Typer's own that the catalogue translates."""
_ONCE = {"--rules", "-r", "--manifest", "--archive"}
"""Options that name a file to read. Repeating one is an error, because only the last would count."""
_WIDEST_NAME = 26
"""Columns for the names of options; after a longer name the help begins on the next line."""

# Typer exports BadParameter, but not its base class UsageError.
UsageError: Any = typer.BadParameter.__mro__[1]


@cache
def early_language() -> str:
    """The screen's language before options are parsed: `--lang` among the arguments, else the locale."""
    asked = None
    for word, after in zip(sys.argv[1:], [*sys.argv[2:], ""], strict=False):
        if word == "--":
            break
        if word == "--lang" or word.startswith("--lang="):
            asked = after if word == "--lang" else word.removeprefix("--lang=")
    return screen_language(asked if asked in LANGUAGES else None)


def worded(words: str, **holes: Readable) -> str:
    """A help text in the language of the screen. It must be a literal, so that `dev/catalogue` finds it."""
    return Text(words, tuple(holes.items())).render(early_language()) if holes else _looked_up(words)


def _looked_up(words: str) -> str:
    lang = early_language()
    return words if lang == SOURCE else Text(words).render(lang)


def described(command: Callable[..., object]) -> str:
    """A command's docstring in the language of the screen."""
    import inspect

    return _looked_up(inspect.getdoc(command) or "")


def refused(words: Readable, option: str | None = None) -> typer.BadParameter:
    """A usage error to raise, on an option or argument."""
    return typer.BadParameter(words.render(early_language()), param_hint=option)


class Commands(typer.Typer):
    """A Typer application whose commands speak the language of the screen."""

    def __init__(self, words: str = "", *, cls: type[TyperGroup] | None = None, **options: Any) -> None:
        options = {"add_completion": False, **options}
        super().__init__(
            cls=cls or Group, help=words or None, pretty_exceptions_enable=False, options_metavar=worded("[OPTIONS]"),
            subcommand_metavar=worded("COMMAND [ARGS]..."), **options,
        )  # fmt: skip

    def command(self, name: str | None = None, **options: Any) -> Callable[[Any], Any]:
        """Registers a function as a command; its docstring is its help."""
        register = super().command

        def registered(function: Any) -> Any:
            return register(
                name, cls=Command, help=described(function), options_metavar=worded("[OPTIONS]"), **options
            )(function)  # fmt: skip

        return registered


class _Translated:
    """The help of a command or group."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Writes the usage line."""
        formatter.write(f"{worded('Usage: ')}{_usage(ctx)}\n")

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Writes usage, description, arguments, options and commands."""
        screen = Screen(early_language())
        formatter.write(_styled(_help(ctx, screen.encoding), coloured=screen.coloured))


class Command(_Translated, TyperCommand):
    """A command whose help and usage errors speak the language of the screen."""

    allow_extra_args = True  # `parse_args` names them in the language of the screen

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads the arguments; those that no parameter takes are an error, and so is a file option given twice."""
        given = [names for names in map(_named_once, args[: args.index("--")] if "--" in args else args) if names]
        with _in_context(ctx):
            rest: list[str] = super().parse_args(ctx, args) if ctx.resilient_parsing else self._parsed(ctx, args)
        for parameter in self.get_params(ctx):
            if sum(name in parameter.opts for name in given) > 1:
                name = " / ".join(f"'{name}'" for name in parameter.opts)
                _fail(ctx, say("Option {name} can be given only once.", name=name))
        if rest and not ctx.resilient_parsing:
            _fail(ctx, say("Got unexpected extra argument(s) ({names})", names=named(" ".join(rest))))
        return rest

    def _parsed(self, ctx: Any, args: list[str]) -> list[str]:
        """As Typer's `parse_args`, which uses pydantic for every value, even for texts and options not given.

        Importing pydantic takes a fifth of a check of one file. Here a parameter that is not given gets its default, a
        text is taken unchanged, and Typer parses the rest.
        """
        given, rest, _ = self.make_parser(ctx).parse_args(args=list(args))
        for parameter in sorted(self.get_params(ctx), key=lambda one: not one.is_eager):
            value = given.get(parameter.name)
            absent = value in (None, (), [])
            if (absent and parameter.required) or not (absent or _is_text(parameter)):
                _, rest = parameter.handle_parse_result(ctx, given, rest)
            elif parameter.expose_value:
                ctx.params[parameter.name] = parameter.default if absent else value
        ctx.args = rest
        return list(rest)

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Runs the command and ends the program."""
        return _ended(super().main, arguments, options)


class Group(_Translated, TyperGroup):
    """Commands whose help and usage errors speak the language of the screen."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads the arguments; where there are none, shows the help."""
        if not args and not ctx.resilient_parsing:
            typer.echo(ctx.get_help())
            ctx.exit(exits.USAGE)
        with _in_context(ctx):
            rest: list[str] = super().parse_args(ctx, args)
        return rest

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the first argument names; if there is none, the error names similar ones."""
        name = args[0]
        if name.startswith("-") or ctx.resilient_parsing or self.get_command(ctx, name):
            return super().resolve_command(ctx, args)
        near = get_close_matches(name, self.list_commands(ctx))
        shown = named(f"'{name}'")
        if any(sign in name for sign in "./\\") or Path(name).exists():
            _fail(
                ctx,
                say(
                    "No such command {name}. To check a file or a folder: vidcheck check {path}",
                    name=shown,
                    path=named(typed(name)),
                ),
            )
        _fail(
            ctx,
            say("No such command {name}. Did you mean {names}?", name=shown, names=", ".join(map(repr, near)))
            if near
            else say("No such command {name}.", name=shown),
        )
        return None

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Runs the command that the arguments name and ends the program."""
        return _ended(super().main, arguments, options)


def _is_text(parameter: Any) -> bool:
    """Whether the value is a text, texts or a flag, which needs no conversion."""
    kind = parameter.type_descriptor
    return kind.annotation in {str, bool, list[str]} and not kind.parameter_info.parser and not parameter.callback


@contextmanager
def _in_context(ctx: Any) -> Iterator[None]:
    """Gives usage errors the context that the parser leaves out of some."""
    try:
        yield
    except UsageError as error:
        error.ctx = error.ctx or ctx
        raise


def _named_once(argument: str) -> str | None:
    """The name of an option that may be given only once, if the argument is one."""
    name = argument.partition("=")[0] if argument.startswith("--") else argument[:2]
    return name if name in _ONCE else None


def _fail(ctx: Any, words: Readable) -> None:
    ctx.fail(words.render(early_language()))


def _ended(main: Callable[..., Any], arguments: Sequence[Any], options: dict[str, Any]) -> Any:
    """Runs `main`. In standalone mode shows usage errors and ends the program, as Typer does."""
    if not options.get("standalone_mode", True):
        return main(*arguments, **options)
    screen = Screen(early_language())
    try:
        code = main(*arguments, **{**options, "standalone_mode": False})
    except typer.Abort:
        sys.exit(exits.INTERRUPTED)
    except UsageError as error:
        _show(error, screen)
        sys.exit(exits.USAGE)
    except SystemExit as ended:
        # Typer ends with 1 after a broken pipe, whichever it was. Screen handles its own, so this one was of the help
        if isinstance(ended.__context__, BrokenPipeError) and not _is_read():
            sys.exit(exits.ALL_ELIGIBLE)
        raise ended.__context__ or ended from None
    sys.exit(code if isinstance(code, int) else 0)


def _is_read() -> bool:
    """Whether somebody still reads standard output."""
    import select

    if not hasattr(select, "poll"):
        return False
    asked = select.poll()
    asked.register(1, 0)  # POLLERR is reported always
    return not any(events & select.POLLERR for _, events in asked.poll(0))


def _show(error: Any, screen: Screen) -> None:
    """Prints how the command is written, where its help is, and what is wrong."""
    if error.ctx is not None:
        command = f"{error.ctx.command_path} {max(error.ctx.help_option_names, key=len)}"
        screen.note(error.ctx.get_usage().rstrip("\n"))
        screen.note(say("Try '{command}' for help.", command=command))
    screen.trouble(message(error))


def message(error: Any) -> Readable:
    """What a usage error says. An attribute tells its type, because Typer does not export the classes."""
    for attribute, sentence in _SENTENCES.items():
        if hasattr(error, attribute):
            return sentence(error)
    return Text(error.message)


def _unknown_option(error: Any) -> Readable:
    name = named(error.option_name)
    meant = next((word for word in sys.argv[1:] if word.startswith(error.option_name) and "." in word), "")
    if meant:
        path = named(typed(f"./{meant}"))
        return say("No such option: {name}. If it is a file's name, write {path}", name=name, path=path)
    if not error.possibilities:
        return say("No such option: {name}", name=name)
    near = ", ".join(sorted(error.possibilities))
    return say("No such option: {name} (Possible options: {names})", name=name, names=near)


def _missing(error: Any) -> Readable:
    name = error.param_hint or _hint(error.param)
    if error.param is not None and error.param.param_type_name == "argument":
        return say("Missing argument {name}.", name=name)
    return say("Missing option {name}.", name=name)


def _misused_option(error: Any) -> Readable:
    name = named(f"'{error.option_name}'")
    options = [one for one in error.ctx.command.get_params(error.ctx) if one.param_type_name == "option"]
    if any(one.is_flag for one in options if error.option_name in one.opts):
        return say("Option {name} does not take a value.", name=name)
    return say("Option {name} requires an argument.", name=name)


def _invalid(error: Any) -> Readable:
    name = error.param_hint or (_hint(error.param) if error.param is not None else "")
    if not name:
        return say("Invalid value: {reason}", reason=error.message)
    return say("Invalid value for {name}: {reason}", name=name, reason=error.message)


_SENTENCES = {
    "possibilities": _unknown_option, "param_type": _missing, "option_name": _misused_option, "param_hint": _invalid,
}  # fmt: skip
"""Sentences by an attribute that only errors of one type have; of several attributes the first decides."""


def _hint(parameter: Any) -> str:
    """An option's or argument's name in an error."""
    names = parameter.opts if parameter.param_type_name == "option" else [_argument(parameter)]
    return " / ".join(f"'{name}'" for name in names)


def _usage(ctx: Any) -> str:
    """How the command is written."""
    command = ctx.command
    arguments = [_argument(one) for one in command.get_params(ctx) if one.param_type_name == "argument"]
    below = [command.subcommand_metavar] if isinstance(command, TyperGroup) else []
    return " ".join([ctx.command_path, command.options_metavar, *arguments, *below])


def _help(ctx: Any, encoding: str) -> Page:
    """The page that `--help` shows."""
    from vidcheck.reports.page import BLANK, Page, Row, Span, cells

    command = ctx.command
    usage = worded("Usage: ").rstrip()
    rows = [Row(lead=(Span(usage, "bold"),), hang=cells(usage) + 1, body=(Span(_usage(ctx)),))]
    for paragraph in (command.help or "").split("\n\n"):
        rows += [BLANK, Row(hang=2, body=(Span(" ".join(paragraph.split())),))]
    shown = [one for one in command.get_params(ctx) if not getattr(one, "hidden", False)]
    arguments = [one for one in shown if one.param_type_name == "argument"]
    options = [one for one in shown if one.param_type_name == "option"]
    rows += _section(worded("Arguments"), [(_argument(one), _about(one)) for one in arguments])
    rows += _section(worded("Options"), [(_option(one), _about(one)) for one in options])
    if isinstance(command, TyperGroup):
        names = command.list_commands(ctx)
        below = [(name, command.get_command(ctx, name)) for name in names]
        rows += _section(worded("Commands"), [(name, _first(one)) for name, one in below if one and not one.hidden])
    return Page(rows, encoding)


def _section(title: str, entries: Sequence[tuple[str, str]]) -> Iterable[Row]:
    """A heading, and names beside what they are for."""
    from vidcheck.reports.page import BLANK, Row, Span, cells

    if not entries:
        return []
    hang = min(max(cells(name) for name, _ in entries), _WIDEST_NAME) + 4
    named_rows = [Row(indent=2, lead=(Span(name, "cyan"),), hang=hang, body=(Span(words),)) for name, words in entries]
    return [BLANK, Row(lead=(Span(title, "bold"),)), *named_rows]


def _argument(parameter: Any) -> str:
    name: str = parameter.metavar or parameter.name.upper()
    return name if parameter.metavar or parameter.nargs == 1 else f"{name}..."


def _option(parameter: Any) -> str:
    names = ", ".join(sorted(parameter.opts, key=len))
    return names if parameter.is_flag else f"{names} {parameter.metavar or ''}".rstrip()


def _about(parameter: Any) -> str:
    """What an option or argument is for, its default, and whether it must be given."""
    words = [_looked_up(parameter.help)] if parameter.help else []
    default = None if getattr(parameter, "is_flag", False) else parameter.default
    if default not in {None, ""} and parameter.show_default:
        shown = f"{default:g}" if isinstance(default, float) else str(default)
        words.append(worded("[default: {}]").format(shown))
    if parameter.required:
        words.append(worded("[required]"))
    return " ".join(words)


def _first(command: Any) -> str:
    """The first paragraph of a command's help."""
    return " ".join((command.help or "").split("\n\n")[0].split())


def _styled(page: Page, *, coloured: bool) -> str:
    """The page as text, on a terminal that may be coloured with its styles."""

    def printed(span: Span) -> str:
        if not (coloured and span.style):
            return span.text
        return typer.style(span.text, bold=True, fg="cyan" if span.style == "cyan" else None)

    return "".join("".join(map(printed, line)) + "\n" for line in page.lines(width()))


def language_option(value: str | None) -> str | None:
    """Refuses a language that there are no words in."""
    if value is not None and value not in LANGUAGES:
        choices = listed(LANGUAGES)
        raise refused(say("there are no words in '{lang}'; choose from {choices}", lang=named(value), choices=choices))
    return value
