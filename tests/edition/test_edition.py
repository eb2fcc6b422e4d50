"""A whole edition: exactly what was planted is found, and a clean one of the same shape has no fault."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.edition.build import EACH, Edition, build, clean, rules_of
from tests.edition.faults import faulty
from vidcheck import check
from vidcheck.findings import Outcome, Verdict
from vidcheck.session import attachments, work  # noqa: F401 - loaded before any worker is forked

if TYPE_CHECKING:
    from pathlib import Path

    from vidcheck.findings import Report

PLACE = re.compile(r"entries\.(?:xlsx|json|csv): [^\s,]+(?=[:,]|$)")
QUIET = {Outcome.PASS, Outcome.SKIP, Outcome.MANUAL}


def checked(edition: Edition, root: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Report]:
    """The report of each layout; paths are those below the edition's folder."""
    manifests = build(edition, root)
    monkeypatch.chdir(root)
    return {
        layout: check(
            [layout], rules_of(layout), manifest=path, archive="archive.sqlite", witness="mediainfo", workers=2
        )
        for layout, path in manifests.items()
    }


def found(reports: dict[str, Report]) -> dict[str, dict[str, str]]:
    """By entry and rule: what is neither pass nor skip nor manual."""
    told = {
        entry.entry.path: {f.rule: f.outcome.value for f in entry.findings if f.outcome not in QUIET}
        for report in reports.values()
        for entry in report.entries
    }
    return {path: rules for path, rules in told.items() if rules}


def told(reports: dict[str, Report]) -> list[str]:
    """What is said about the batches, with `ROW` for a place in a manifest."""
    return sorted(
        f"{layout}: {PLACE.sub('ROW', finding.actual.render('en'))}"
        for layout, report in reports.items()
        for finding in report.batch
    )


def test_an_edition_of_120_entries_in_three_layouts_shows_exactly_the_faults_that_were_planted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = faulty()
    reports = checked(edition, tmp_path, monkeypatch)
    assert found(reports) == edition.expected
    assert told(reports) == sorted(edition.batch)
    assert set(edition.planted.values()) == {2}
    assert [len(report.entries) for report in reports.values()] == [EACH - 1, EACH, EACH - 1]  # two have no file


@pytest.mark.slow
def test_a_clean_edition_of_the_same_shape_has_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reports = checked(clean(), tmp_path, monkeypatch)
    assert found(reports) == {}
    assert told(reports) == []
    assert [len(report.entries) for report in reports.values()] == [EACH] * 3
    assert {entry.verdict for report in reports.values() for entry in report.entries} == {Verdict.ELIGIBLE}
