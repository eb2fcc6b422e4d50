"""What every test shares."""

from __future__ import annotations

import gc
import os
import sys
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests import thorough  # noqa: F401 - registers the profile
from tests.processes import starts_processes
from vidcheck.workers import forkserver

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from tests.kit import Checker
    from vidcheck.workers.pool import Workers


settings.load_profile("vidcheck")
_NUMBERS = count()

# Hundreds of tests start an interpreter. Where bytecode may not be kept, each compiles the whole package, a third of its
# time, and each of pytest's workers rewrites the assertions of every test.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


forkserver.PRELOADED.append("tests.warm")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end, so the garbage collector need not look at it; and films are many small values."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
        gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One more of pytest's workers than cores: tests that wait for a deadline or a process use no core meanwhile."""
    cores = yield
    return cores if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else cores + 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Where .ci/run has installed everything, a skipped test is a failed one."""
    report = yield
    if os.environ.get("VIDCHECK_NO_SKIP") and report.skipped and not hasattr(report, "wasxfail"):  # type: ignore[attr-defined]
        report.outcome = "failed"  # type: ignore[attr-defined]
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that start processes bear the marker `process`."""
    for item in items:
        if starts_processes(item):
            item.add_marker("process")


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the locale, the zone or the colours of the terminal it runs in, nor on how Python writes there."""
    for name in (
        "LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "NO_COLOR", "FORCE_COLOR", "TZ", "COLUMNS", "PYTHONUNBUFFERED",
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture(autouse=True)
def cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nobody's cache is read or written: each test has a folder of its own, made when it is first used."""
    folder = tmp_path_factory.getbasetemp() / "caches" / str(next(_NUMBERS))
    monkeypatch.setenv("VIDCHECK_CACHE_DIR", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _nobodys_archive(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nor does anybody's archive of earlier editions change what a test sees."""
    monkeypatch.delenv("VIDCHECK_ARCHIVE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.getbasetemp() / "data" / str(next(_NUMBERS))))


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    """Isolated workers that tests may share."""
    from vidcheck.workers.pool import Workers

    shared = Workers(1)
    yield shared
    shared.stop()


@pytest.fixture
def checker(workers: Workers) -> Checker:
    """Runs rules over files."""
    from tests.kit import Checker

    return Checker(workers)
