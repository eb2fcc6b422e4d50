"""Which tests start processes: those bear the marker `process`, and the quick loop leaves them out."""

from __future__ import annotations

import subprocess
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from tests.cli import run
from tests.workers.patched import Patched
from vidcheck.api import check
from vidcheck.session.session import Session
from vidcheck.witnesses import ffprobe
from vidcheck.workers.pool import Workers

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

_STARTERS = (subprocess, Workers, Patched, Session, check, ffprobe.look, run.vidcheck, run.started, run.program)
_FIXTURES = frozenset({"workers", "checker"})
"""Of conftest.py, which imports what they are late."""


def starts_processes(item: pytest.Item) -> bool:
    """Whether a test, one of its fixtures or a helper in tests/ that these call names what starts a process."""
    if _FIXTURES & set(getattr(item, "fixturenames", ())):
        return True
    fixtures = getattr(item, "_fixtureinfo").name2fixturedefs.values()  # noqa: B009 - pytest has no public way to a test's fixtures
    functions = [getattr(item, "function", None), *(fixture[-1].func for fixture in fixtures)]
    return any(map(_leads, functions))


@cache
def _leads(function: object) -> bool:
    return _leads_there(function, set())


def _leads_there(function: object, seen: set[object]) -> bool:
    function = getattr(function, "__wrapped__", function)  # of `functools.cache`
    if any(function is starter for starter in _STARTERS):
        return True
    if (
        not isinstance(function, (FunctionType, type))
        or not function.__module__.startswith("tests")
        or function in seen
    ):
        return False
    seen.add(function)
    methods = (
        [one for one in vars(function).values() if isinstance(one, FunctionType)]
        if isinstance(function, type)
        else [function]
    )
    return any(_leads_there(one, seen) for method in methods for one in _named(method.__code__, method.__globals__))


def _named(code: CodeType, names: dict[str, Any]) -> Iterator[object]:
    """The objects of its module that a function names, and the attributes of modules among them."""
    for name in code.co_names:
        found = names.get(name)
        yield found
        if isinstance(found, ModuleType) and found.__name__.startswith(("tests", "vidcheck")):
            yield from (getattr(found, attribute, None) for attribute in code.co_names)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _named(inner, names)
