"""Options: what several commands share is declared once, in `vidcheck.cli.options`."""

from __future__ import annotations

import inspect
import typing
from collections import defaultdict
from importlib import import_module
from typing import Any

import pytest
import typer
from typer.models import OptionInfo
from typer.testing import CliRunner

from vidcheck.cli import COMMANDS, build, functions, options

MEANINGS = {
    "--archive": 2,  # one to be asked where it is there; one to be kept, made where it is not there
    "--decisions": 2,  # a file that is read where it is there; one that is written
    "--manifest": 4,  # what was declared; whom letters are for; whose contacts; what a person who decides reads
    "--lang": 4,  # of screen and reports; of the screen; of letters and of a table's columns, by default that of the report
    "--out": 3,  # a folder; a list; a table
    "--report": 2,  # written once; kept up to date, never on standard output
    "--content": 2,  # how much of films a check looks at; that the archive keeps their fingerprints
    "--rules": 2,  # that are applied; that say how a manifest is laid out
}
"""Options that do not mean the same in all commands, and how many meanings they have."""


def declared() -> dict[str, dict[str, OptionInfo]]:
    """How each command declares each of its options, by the option's long name."""
    found: dict[str, dict[str, OptionInfo]] = defaultdict(dict)
    for path, function in functions():
        hints = typing.get_type_hints(function, include_extras=True)
        for name in inspect.signature(function).parameters:
            for info in typing.get_args(hints[name])[1:]:
                if isinstance(info, OptionInfo):
                    names: list[Any] = [info.default, *(info.param_decls or ())]
                    long = next(one for one in names if isinstance(one, str) and one.startswith("--"))
                    found[long][path] = info
    return found


def test_an_option_that_several_commands_share_is_declared_once() -> None:
    ours = {id(info) for kind in vars(options).values() for info in typing.get_args(kind)[1:]}
    for name, by_command in declared().items():
        if len(by_command) > 1:
            assert {id(info) for info in by_command.values()} <= ours, f"{name} is not from cli/options"
            assert len({id(info) for info in by_command.values()}) == MEANINGS.get(name, 1), (name, list(by_command))


def test_an_option_with_several_meanings_says_so_in_its_help() -> None:
    for name, count in MEANINGS.items():
        assert len({info.help for info in declared()[name].values()}) == count


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_a_module_with_a_function_or_an_app_of_its_name(name: str) -> None:
    module = import_module(f"vidcheck.cli.{name}")
    assert isinstance(getattr(module, "app", None), typer.Typer) or callable(getattr(module, name))


def test_every_command_of_the_registry_is_there_and_no_other() -> None:
    shown = CliRunner().invoke(build(), ["--help"]).stdout
    assert all(f"\n  {name} " in shown for name in COMMANDS)
    assert {path.split()[1] for path, _ in functions() if " " in path} == set(COMMANDS)


def test_help_is_shown_where_no_command_is_named() -> None:
    for arguments in ([], ["rules"]):
        done = CliRunner().invoke(build(), arguments)
        assert (done.exit_code, done.stdout) == (2, CliRunner().invoke(build(), [*arguments, "--help"]).stdout)
