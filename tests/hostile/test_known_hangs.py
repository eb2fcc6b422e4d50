"""What is known to hang or crash MediaInfo 24.12 never reaches it, and the entry is answered by those who can."""

from __future__ import annotations

from io import BytesIO
from struct import pack
from typing import TYPE_CHECKING, Any

import pytest

from tests.clips import surgery
from tests.hostile import batch
from tests.kit import look_here, needs_ffprobe
from tests.witnesses.mp4 import test_gate as gate
from vidcheck.findings import Verdict
from vidcheck.sources.targets import Target
from vidcheck.witnesses import mediainfo

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from vidcheck.workers.pool import Workers

_TABLE = "moov/trak/mdia/minf/stbl"
_MANY = (1 << 32) - 1


def small(*boxes: bytes) -> bytes:
    """A file of a few hundred bytes, as those that were found to hang it."""
    return gate.FTYP + b"".join(boxes) + bytes(500)


def tracked(table: bytes) -> bytes:
    inside = surgery.box("minf", surgery.box("stbl", table))
    return small(surgery.box("moov", surgery.box("trak", surgery.box("mdia", inside))))


KNOWN = [
    pytest.param(small(pack(">I4sQ", 1, b"moov", (1 << 63) - 1)), "moov says that it is", id="a moov of nearly 2^63"),
    pytest.param(small(pack(">I4sQ", 1, b"moov", (1 << 63) - 600)), "moov says that it is", id="a moov of 2^63 - 600"),
    pytest.param(tracked(surgery.full_box("stts", 0, 0, pack(">I", _MANY))), "stts says", id="an stts of 2^32 - 1"),
    pytest.param(gate.many(f"{_TABLE}/stts", 12), "stts says", id="an stts of 2^32 - 1 in a whole clip"),
    pytest.param(gate.FTYP + gate.nested("moov", 20_000), "nested more than", id="20,000 nested moov"),
    pytest.param(gate.FTYP + surgery.box("moov", gate.nested("trak", 20_000)), "nested more than", id="20,000 nested trak"),
]  # fmt: skip
CASES: list[Any] = [*KNOWN, *vars(gate.test_impossible_headers_are_refused_and_why)["pytestmark"][0].args[1]]
"""Those of the issue, and every other that the gate knows."""
NOT_ASKED = "mediainfo: not asked, because the file's headers are impossible: "


@pytest.mark.parametrize(("data", "words"), CASES)
def test_mediainfo_is_not_asked_and_the_entry_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: bytes, words: str
) -> None:
    real = mediainfo.look

    def look(file: BinaryIO, *, film: bool = False) -> str:
        assert isinstance(file, BytesIO), "MediaInfo was given the file"
        return real(file, film=film)

    monkeypatch.setattr(mediainfo, "look", look)
    path = tmp_path / "entry.mp4"
    path.write_bytes(data)
    facts = look_here(Target(path=str(path), follow=True))
    (fault,) = facts.faults
    assert fault.witness == "mediainfo"
    assert f"mediainfo: {fault.message.render('en')}".startswith(NOT_ASKED)
    assert words in fault.message.render("en")
    assert fault.keys == mediainfo.KEYS
    assert {fact.witness for fact in facts.facts} == {"filesystem", "boxes"}


@pytest.mark.slow
@needs_ffprobe
def test_a_run_over_all_of_them_ends_with_every_one_in_review_or_out(workers: Workers, tmp_path: Path) -> None:
    for number, case in enumerate(CASES):
        (tmp_path / f"{number:03d}.mp4").write_bytes(case.values[0])
    seen = batch.run(workers, tmp_path, witness="all")
    assert seen.internal == []
    assert len(seen.reports) == len(CASES)
    assert Verdict.ELIGIBLE not in {report.verdict for report in seen.reports}
    assert {batch.words(report, "mediainfo")[: len(NOT_ASKED)] for report in seen.reports} == {NOT_ASKED}
    assert [fault for fault in seen.faults() if "no answer" in fault or "crash" in fault or "signal" in fault] == []


@needs_ffprobe
def test_the_other_witnesses_answer_what_they_can(workers: Workers, tmp_path: Path) -> None:
    # the sound's table lies; the picture is as it was
    data = surgery.patch(surgery.clip(), "moov/trak[1]/mdia/minf/stbl/stts", 12, pack(">I", 9))
    (tmp_path / "entry.mp4").write_bytes(data)
    (report,) = batch.run(workers, tmp_path, witness="auto").reports
    told = {
        finding.rule: (finding.outcome.value, {fact.witness for fact in finding.evidence})
        for finding in report.findings
    }
    assert told["resolution"] == ("pass", {"ffprobe"})
    assert told["format"][0] == "pass"
    assert told["intact"] == ("unknown", {"boxes"})
    assert report.verdict is Verdict.REVIEW
