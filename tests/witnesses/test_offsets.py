"""Offsets that readers take differently: negative ones, empty edits, shifts. What two witnesses see otherwise is unknown."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.clips import surgery
from tests.clips.headers import write_duration
from tests.kit import Checker, needs_ffprobe, put
from vidcheck.findings import Outcome, Verdict
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_ffprobe

PICTURES = 4500  # of the clip: 3 minutes at 25 a second
MINUTE = Fraction(60)
Edits = tuple[tuple[Fraction, Fraction | None], ...]


def edited(*edits: tuple[int, int | None]) -> bytes:
    """The clip with this edit list [ISO/IEC 14496-12, 8.6.6] on picture and sound: seconds, and from where."""
    made: Edits = tuple((Fraction(long), None if start is None else Fraction(start)) for long, start in edits)
    return surgery.add_edit_list(surgery.add_edit_list(surgery.clip(), "vide", made), "soun", made)


def unedited() -> bytes:
    """The clip without edit lists, as writers leave it that reorder pictures by negative offsets."""
    data = surgery.clip()
    for handler in ("vide", "soun"):
        data = surgery.drop_box(data, f"{surgery.track(data, handler)}/edts")
    return data


def shown(data: bytes, *runs: tuple[int, Fraction], version: int = 1, shift: Fraction | None = None) -> bytes:
    return surgery.set_composition_offsets(data, "vide", runs, version=version, shift=shift)


def unsaid(data: bytes) -> bytes:
    """The headers were not told of the edit list."""
    for path in ("moov/mvhd", f"{surgery.track(data, 'vide')}/tkhd", f"{surgery.track(data, 'soun')}/tkhd"):
        data = write_duration(data, path, 180_000)
    return data


def alone(*edits: tuple[Fraction, Fraction | None]) -> bytes:
    """The clip whose picture alone has an edit list."""
    return surgery.add_edit_list(surgery.clip(), "vide", edits)


ALIKE = [
    pytest.param(shown(unedited(), (PICTURES, -MINUTE)), 180, id="all shown before they are decoded"),
    pytest.param(shown(unedited(), (PICTURES, -MINUTE), shift=MINUTE), 180, id="the same with cslg"),
    pytest.param(shown(surgery.clip(), (PICTURES, -MINUTE), shift=MINUTE), 180, id="with cslg and an edit list"),
    pytest.param(shown(surgery.clip(), (1, -MINUTE), (PICTURES - 1, Fraction(0))), 180, id="the first far before"),
    pytest.param(shown(surgery.clip(), (PICTURES - 1, Fraction(0)), (1, MINUTE)), 180, id="the last far behind"),
    pytest.param(shown(surgery.clip(), (PICTURES, -MINUTE), version=0), 180, id="negative in version 0"),
    pytest.param(shown(edited((120, 60)), (PICTURES, MINUTE)), 120, id="offsets that the edit list makes good"),
    pytest.param(edited((10, None), (180, 0)), 190, id="an empty edit in front"),
    pytest.param(
        alone((Fraction(10), None), (Fraction(180), Fraction(0))), 190, id="an empty edit of the picture alone"
    ),
]


@pytest.mark.parametrize(("data", "seconds"), ALIKE)
def test_offsets_that_both_witnesses_understand_are_judged(
    checker: Checker, tmp_path: Path, data: bytes, seconds: int
) -> None:
    asked = f"duration: {{min: {seconds - 1} s, max: {seconds + 1} s}}\nintact: {{is: yes}}"
    report = checker.report(asked, put(tmp_path / "entry.mp4", data), "all")
    assert report.verdict is Verdict.ELIGIBLE, [fact.value for fact in report.findings[0].evidence]
    assert not report.findings[0].disputed
    assert {fact.witness for fact in report.findings[0].evidence} - {"boxes"} == {"mediainfo", "ffprobe"}


APART = [
    pytest.param(alone((Fraction(180), None)), 180, 360, id="nothing but an empty edit"),
    pytest.param(edited((180, 0), (150, None)), 330, 180, id="an empty edit at the end"),
    pytest.param(edited((60, 0), (180, None), (60, 60)), 300, 180, id="an empty edit in the middle"),
    pytest.param(edited((100, 0), (100, 0)), 200, 180, id="one part twice"),
    pytest.param(unsaid(alone((2 * MINUTE, None), (3 * MINUTE, Fraction(0)))), 180, 300, id="headers that know nothing of it"),
    pytest.param(shown(unedited(), (PICTURES, MINUTE), version=0), 180, 240, id="all shown late and no edit list"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "library", "program"), APART)
def test_offsets_that_witnesses_understand_differently_are_a_dispute_that_nobody_settles(
    checker: Checker, tmp_path: Path, data: bytes, library: int, program: int
) -> None:
    assert KEYS["duration"].settled_by is None, "the rule that is written beside the key says what else is expected"
    path = put(tmp_path / "entry.mp4", data)
    limit = (library + program) // 2
    for asked in (f"duration: {{max: {limit} s}}", f"duration: {{min: {limit} s}}"):
        report = checker.report(f"{asked}\nintact: {{is: yes}}", path, "all")
        duration, intact = report.findings
        assert (duration.outcome, duration.disputed) == (Outcome.UNKNOWN, True)
        told = {fact.witness: round(fact.value) for fact in duration.evidence}
        tables = {"boxes": program} if "boxes" in told else {}  # told where the headers claim another length
        assert told == {"mediainfo": library, "ffprobe": program, **tables}
        assert (intact.outcome, report.verdict) == (Outcome.PASS, Verdict.REVIEW)
    within = checker.report(f"duration: {{max: {max(library, program) + 1} s}}", path, "all")
    assert within.verdict is Verdict.ELIGIBLE, "where it makes no difference it is no dispute"


@pytest.mark.parametrize(("data", "library", "program"), APART)
def test_nobody_is_rejected_for_an_offset_on_the_word_of_one_witness(
    checker: Checker, tmp_path: Path, data: bytes, library: int, program: int
) -> None:
    limit = (library + program) // 2
    against = f"duration: {{max: {limit} s}}" if library > limit else f"duration: {{min: {limit} s}}"
    report = checker.report(against, put(tmp_path / "entry.mp4", data), "auto")
    assert (report.verdict, report.findings[0].disputed) == (Verdict.REVIEW, True)
