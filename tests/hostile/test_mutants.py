"""Mutants of the sample clip: whatever is done to a file, the run ends, nothing raises, and harm is never eligible.

`VIDCHECK_MUTANTS=20000 pytest -m slow -n 0 tests/hostile/test_mutants.py` is the nightly size. A mutant is made again
by its seed, which is its name: `mutator.mutate(17)`, `mutator.destroy(17)`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clips import surgery
from tests.hostile import batch, judging, mutator, soundness
from tests.kit import needs_ffprobe
from tests.thorough import examples, some
from vidcheck.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random

    from vidcheck.workers.pool import Workers

PARTS = 4
ORDINARY = examples(800) // PARTS
EACH = examples(8)
"""Mutants of each kind of known harm; in a thorough run they come to a thousand with the ordinary ones."""
HARMLESS = examples(60)
MANY = int(os.environ.get("VIDCHECK_MUTANTS", "3000"))
BY_ALL = MANY // 100
"""So many of them are put through whole runs with both witnesses."""


def wrongly_eligible(workers: Workers, made: list[mutator.Mutant], folder: Path, witness: str) -> list[str]:
    """Those whose known harm, or what a reading of our own finds wrong with them, was passed over."""
    return [
        f"{mutant.seed}: {mutant.doomed or soundness.doubts(mutant.data)} {mutant.steps}"
        for mutant, report in batch.check(workers, made, folder, witness)
        if report.verdict is Verdict.ELIGIBLE and (mutant.doomed or soundness.doubts(mutant.data))
    ]


def test_the_clean_clip_is_eligible_in_every_form_that_mutants_are_made_of(workers: Workers, tmp_path: Path) -> None:
    for number, data in enumerate(mutator.bases()):
        mutator.Mutant(number, data).put(tmp_path)
    seen = batch.run(workers, tmp_path)
    assert {report.verdict for report in seen.reports} == {Verdict.ELIGIBLE}
    assert {tuple(soundness.doubts(data)) for data in mutator.bases()} == {()}


@pytest.mark.parametrize("part", range(PARTS))
def test_no_mutant_raises_or_hangs_or_is_wrongly_eligible(workers: Workers, tmp_path: Path, part: int) -> None:
    recipes = [judging.Recipe(seed) for seed in range(part * ORDINARY, (part + 1) * ORDINARY)]
    assert judging.troubles(workers, recipes, tmp_path) == []


@pytest.mark.parametrize("harm", mutator.DESTROYERS)
def test_known_harm_is_never_eligible(workers: Workers, tmp_path: Path, harm: str) -> None:
    assert judging.troubles(workers, [judging.Recipe(seed, harm) for seed in range(EACH)], tmp_path) == []


def test_what_programs_change_every_day_costs_no_film_its_verdict(workers: Workers, tmp_path: Path) -> None:
    recipes = [judging.Recipe(seed, harmless=True) for seed in range(HARMLESS)]
    assert judging.troubles(workers, recipes, tmp_path) == []


def test_a_mutant_that_breaks_its_worker_is_found_among_the_others(workers: Workers, tmp_path: Path) -> None:
    recipes = [judging.Recipe(1), judging.Recipe(2, "no such harm"), judging.Recipe(3)]
    (trouble,) = judging.troubles(workers, recipes, tmp_path)
    assert "no such harm" in trouble


@needs_ffprobe
def test_with_every_witness_known_harm_is_not_eligible_either(workers: Workers, tmp_path: Path) -> None:
    made = [mutator.destroy(1000 + seed, harm) for seed, harm in some(enumerate(mutator.DESTROYERS))]
    assert wrongly_eligible(workers, made, tmp_path / "in", "all") == []


def _cut_table(kind: str) -> Callable[[bytes], bytes]:
    return lambda data: surgery.drop_box(data, f"moov/trak/mdia/minf/stbl/{kind}")


def _rows(kind: str, at: int, rows: int) -> Callable[[bytes], bytes]:
    return lambda data: surgery.patch(data, f"moov/trak/mdia/minf/stbl/{kind}", at, rows.to_bytes(4))


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(_cut_table("stsz"), id="no-sizes"),
        pytest.param(_cut_table("stts"), id="no-durations"),
        pytest.param(_cut_table("stco"), id="no-places"),
        pytest.param(_cut_table("stsc"), id="no-chunks"),
        pytest.param(_rows("stsz", 16, 0), id="no-samples"),
        pytest.param(_rows("stsz", 16, 1), id="one-sample"),
        pytest.param(_rows("stts", 16, 1), id="one-duration"),
        pytest.param(_rows("stco", 12, 10), id="ten-chunks"),
        pytest.param(lambda data: surgery.drop_box(data, "moov/trak/mdia/minf/stbl"), id="no-tables"),
        pytest.param(lambda data: surgery.drop_box(data, "moov/trak/mdia/minf"), id="no-media-information"),
        pytest.param(lambda data: surgery.drop_box(data, "moov/trak[1]/mdia"), id="sound-without-media"),
        pytest.param(lambda data: surgery.drop_box(data, "moov/trak[1]/mdia/minf"), id="sound-without-tables"),
    ],
)  # fmt: skip
def test_an_index_that_lost_a_table_is_not_eligible(
    workers: Workers, tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    made = [mutator.Mutant(0, harm(mutator.clean()), doomed="a table lost")]
    assert wrongly_eligible(workers, made, tmp_path / "in", "mediainfo") == []


# --- by hypothesis, which looks for the smallest that fails ---

PLACES = st.tuples(
    st.sampled_from(mutator.STEPS),
    st.sampled_from(mutator.boxes_of(mutator.clean())),
    st.randoms(use_true_random=False),
)


@settings(max_examples=examples(60), database=None)
@given(st.lists(PLACES, min_size=1, max_size=4))
def test_whatever_steps_are_taken_the_run_ends(
    workers: Workers,
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[mutator.Step, surgery.Box, Random]],
) -> None:
    data = bytearray(mutator.clean())
    for step, box, rng in steps:
        if box.start < len(data):
            step(data, box, rng)
    made = mutator.Mutant(0, bytes(data), [f"{step.__name__} {box.type}@{box.start}" for step, box, _ in steps])
    folder = tmp_path_factory.getbasetemp()
    assert workers.submit(judging.look_at, made, folder, deadline=judging.DEADLINE).result() == []


# --- the nightly size ---


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_no_mutant_of_very_many_raises_or_hangs_or_is_wrongly_eligible(
    workers: Workers, tmp_path: Path, part: int
) -> None:
    first = 1_000_000 + part * MANY // PARTS
    recipes = [_recipe(seed) for seed in range(first, first + MANY // PARTS)]
    assert judging.troubles(workers, recipes, tmp_path) == []


def _recipe(seed: int) -> judging.Recipe:
    """Of eight mutants five bear a known harm, two small harm anywhere, one none."""
    place = seed % 8
    return judging.Recipe(seed, None if place in (2, 5) else "", harmless=place == 7)


@needs_ffprobe
@pytest.mark.slow
@pytest.mark.parametrize("witness", ["auto", "all"])
def test_no_mutant_of_many_is_wrongly_eligible_with_ffprobe_either(
    workers: Workers, tmp_path: Path, witness: str
) -> None:
    made = [mutator.mutate(2_000_000 + seed) for seed in range(BY_ALL)]
    assert wrongly_eligible(workers, made, tmp_path / "in", witness) == []
