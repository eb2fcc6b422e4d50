"""What may change under us: the tools don't, and what vidcheck runs on has tested bounds."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import re
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@cache
def versions() -> Any:
    """The script that makes the lists."""
    loader = importlib.machinery.SourceFileLoader("versions", str(ROOT / "dev" / "versions"))
    spec = importlib.util.spec_from_loader("versions", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def names(requirements: list[str]) -> set[str]:
    return {versions().normal(each) for each in requirements}


def pinned() -> set[str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all("==" in pin for pin in pins)
    return names(pins)


def test_every_tool_is_pinned_and_nothing_that_vidcheck_runs_on_is() -> None:
    runs_on = names(versions().lowest())
    tools = names([each for extra in versions().TOOLS for each in versions().project()[extra]]) - runs_on - {"vidcheck"}
    shared = {"markdown-it-py"}  # rich, which vidcheck runs on, brings it
    assert tools - shared <= pinned()
    assert not pinned() & (runs_on | shared | {"click", "botocore", *versions().FLOATING})


def test_the_extras_of_the_tests_have_every_other_extra() -> None:
    extras = set(versions().project()) - {"", *versions().TOOLS}
    tests = [*versions().project()["dev"], *versions().project()["dev-slow"]]
    ours = [set(re.findall(r"[\w-]+", line)) - {"vidcheck"} for line in tests if line.startswith("vidcheck[")]
    assert set().union(*ours) == extras
    assert len(ours) == 2


def test_ci_runs_the_readmes_command_and_the_lowest_versions() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert r'pip install -e ".\[dev\]" -c constraints.txt && pytest' in ci
    assert "dev/versions lowest" in ci


def _warn(module: str, category: str) -> None:
    code = compile(f"import warnings\nwarnings.warn('x', {category})", f"{module}.py", "exec")
    exec(code, {"__name__": module})  # noqa: S102 - a module whose name is given


@pytest.mark.parametrize("category", ["UserWarning", "RuntimeWarning", "ResourceWarning"])
@pytest.mark.parametrize("module", ["vidcheck", "vidcheck.cli.check", "tests.kit"])
def test_a_warning_of_our_own_is_an_error(module: str, category: str) -> None:
    with pytest.raises(Warning, match="x"):
        _warn(module, category)


@pytest.mark.parametrize(
    ("module", "category"),
    [("yaml.loader", "UserWarning"), ("vidcheckers", "UserWarning"), ("vidcheck.cli", "DeprecationWarning")],
)
def test_a_librarys_warning_is_none(module: str, category: str) -> None:
    with warnings.catch_warnings(record=True) as shown:
        _warn(module, category)
    assert [str(each.message) for each in shown] == ["x"]
