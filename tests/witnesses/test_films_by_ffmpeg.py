"""Films as ffmpeg writes them are eligible under rules that they meet, and the witness policies come to the same.

`dev/films` does this with some hundreds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.clips import encoded
from tests.kit import Run, needs_ffmpeg, needs_ffprobe
from vidcheck.findings import Outcome, Verdict
from vidcheck.rules.reader import read_rules
from vidcheck.session.messages import Policy
from vidcheck.sources.targets import find

if TYPE_CHECKING:
    from pathlib import Path

    from tests.clips.encoded import Truth
    from vidcheck.findings import EntryReport
    from vidcheck.workers.pool import Workers

pytestmark = [needs_ffmpeg, needs_ffprobe]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Truth]]:
    made = encoded.make(tmp_path_factory.mktemp("films"), ["small"], encoded.FEW)
    return dict(zip(encoded.FEW, made, strict=True))


def report(workers: Workers, film: tuple[Path, Truth], policy: Policy) -> EntryReport:
    path, truth = film
    run = Run(rules=read_rules(truth.text().encode(), "rules.yaml"), workers=workers, policy=policy)
    (found,) = run.reports(find([str(path)]).targets)
    return found


@pytest.mark.parametrize("variant", encoded.FEW)
def test_a_film_by_ffmpeg_is_what_it_is(workers: Workers, films: dict[str, tuple[Path, Truth]], variant: str) -> None:
    by_policy = {policy: report(workers, films[variant], policy) for policy in (Policy.AUTO, Policy.ALL)}
    for found in by_policy.values():
        assert [one.message.render("en") for one in found.findings if one.outcome is not Outcome.PASS] == []
        assert found.verdict is Verdict.ELIGIBLE


def test_the_longer_first_picture_of_a_quick_film_makes_no_other_rate(workers: Workers, tmp_path: Path) -> None:
    for film in encoded.make(tmp_path, ["quick"], ["fragments", "no-edit-list", "fragments-after-samples"]):
        for policy in (Policy.AUTO, Policy.ALL):
            assert report(workers, film, policy).verdict is Verdict.ELIGIBLE


def test_where_nothing_tells_how_many_fragments_there_are_a_person_looks(workers: Workers, tmp_path: Path) -> None:
    (film,) = encoded.make(tmp_path, ["small"], ["fragments-no-trailer"])
    found = report(workers, film, Policy.AUTO)
    assert {one.rule for one in found.open} == film[1].unknown
    assert found.verdict is Verdict.REVIEW
