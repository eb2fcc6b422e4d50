"""What arguments come to: what typer and pydantic make of them, without asking them where it is plain."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import typer

from vidcheck.cli import build
from vidcheck.cli.quick import _Quick

TEXTS = [None, "", "x", "0", "1", "7", "256", "257", "007", "1e3", "1_0", " 5", "5 ", "+5", "-1", "2.5", ".5", "5.", "0.1", "0.05",
         "nan", "inf", "９", "١", "99999999999999999999", "86400.0", "86400.5", "\udcff", b"bytes"]  # fmt: skip
LISTS = [None, (), [], ["a"], ("a", "b"), ["\udcff", ""], "text", [b"bytes"], [None]]


@cache
def parameters() -> dict[str, Any]:
    """Those of `check`, as typer built them."""
    command: Any = typer.main.get_command(build(["check"]))
    check = command.commands["check"]
    with check.make_context("check", ["entry.mp4"]) as context:
        return {one.name: one for one in check.get_params(context)}


def outcome(way: Any, parameter: Any, value: Any) -> Any:
    try:
        told = way.coerce(value, param=parameter, ctx=None)
    except typer.BadParameter as error:
        return error.message
    return type(told), told if told == told else "nan"  # noqa: PLR0124 - what differs from itself


@pytest.mark.parametrize("name", ["rules", "workers", "timeout", "witness", "cluster", "paths", "report", "only"])
def test_a_value_is_what_typer_makes_of_it(name: str) -> None:
    parameter = parameters()[name]
    quick = parameter.get_runtime_param()
    assert isinstance(quick, _Quick)
    usual = quick._usual()
    for value in LISTS if name in {"paths", "report", "only"} else [*TEXTS, 30.0, 3, True]:
        assert outcome(quick, parameter, value) == outcome(usual, parameter, value), value


def test_a_parameter_of_another_typer_stays_as_it_is() -> None:
    from vidcheck.cli.quick import quickened

    class Parameter:
        """An older typer's."""

    other = Parameter()
    quickened([other])
    assert vars(other) == {}
