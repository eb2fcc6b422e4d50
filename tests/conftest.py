"""What every test shares."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit import Checker
    from vidcheck.runner.isolation import Workers


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Where .ci/run has installed everything, a skipped test is a failed one."""
    report = yield
    if os.environ.get("VIDCHECK_NO_SKIP") and report.skipped and not hasattr(report, "wasxfail"):  # type: ignore[attr-defined]
        report.outcome = "failed"  # type: ignore[attr-defined]
    return report


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the locale, the zone or the colours of the terminal it runs in."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "NO_COLOR", "FORCE_COLOR", "TZ", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    """Isolated workers that tests may share."""
    from vidcheck.runner.isolation import Workers

    shared = Workers(1)
    yield shared
    shared.stop()


@pytest.fixture
def checker(workers: Workers) -> Checker:
    """Runs rules over files."""
    from tests.kit import Checker

    return Checker(workers)
