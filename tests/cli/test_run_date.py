"""The date of a run: no date that a file bears is later."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.run import vidcheck
from tests.kit import put, rules_text

if TYPE_CHECKING:
    from pathlib import Path

WRITTEN = int(datetime(2021, 6, 15, 4, tzinfo=UTC).timestamp())
"""The date in the sample clip."""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with rules and an entry."""
    (tmp_path / "rules.yaml").write_text(rules_text("completed: {from: 2020-01-01, to: 2022-02-28}"), encoding="utf-8")
    put(tmp_path / "entry.mp4")
    return tmp_path


def check(here: Path, run: int) -> dict[str, Any]:
    done = vidcheck(
        "check", "entry.mp4", "--report", "json:-", "--no-cache", "--witness", "mediainfo", "--quiet", cwd=here,
        SOURCE_DATE_EPOCH=str(run),
    )  # fmt: skip
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_the_report_has_the_runs_date_in_the_calls_zone(here: Path) -> None:
    assert check(here, WRITTEN + 12 * 3600)["run"] == {"date": "2021-06-16"}
    assert check(here, WRITTEN + 11 * 3600)["run"] == {"date": "2021-06-15"}


def test_facts_know_no_date_after_the_runs_own(here: Path) -> None:
    done = vidcheck("facts", "entry.mp4", "--format", "json", cwd=here, SOURCE_DATE_EPOCH="1600000000")
    facts = json.loads(done.stdout)["entries"][0]["facts"]
    assert facts["container.created"]["value"] is None
    assert facts["container.created"]["unknown"] is True


@pytest.mark.parametrize("text", ["yesterday", "1e9", "9" * 30])
def test_a_runs_date_that_is_no_time_is_a_usage_error(here: Path, text: str) -> None:
    done = vidcheck("check", "entry.mp4", cwd=here, SOURCE_DATE_EPOCH=text)
    assert done.returncode == 2
    assert (
        done.stderr
        == f"vidcheck: the run's date is not known: SOURCE_DATE_EPOCH is '{text}', not a number of seconds since 1970\n"
    )
