"""The shown track is the one that a player plays, and all witnesses take the same one."""

from __future__ import annotations

import io
from struct import pack
from typing import TYPE_CHECKING

import pytest

from tests.clips import headers
from tests.clips import surgery as kit
from tests.clips.tables import Chunk, Sample, read_chunks, write_tables
from tests.kit import Checker, needs_ffprobe, put
from tests.witnesses.mp4.test_playable import PICTURE, retyped, told
from vidcheck.quantities import Size
from vidcheck.witnesses import mediainfo

if TYPE_CHECKING:
    from pathlib import Path

CLIP = kit.clip()
FULL = Size(1920, 1080)


def with_stills(samples: int, kind: str = "jpeg", *, enabled: bool = True, film: bool = True) -> bytes:
    """The clip with a track of stills in front of its picture, or instead of it."""
    data = kit.duplicate_track(CLIP, "vide") if film else CLIP
    stills = retyped(retyped(data, f"{PICTURE}/avc1/avcC", "free"), f"{PICTURE}/avc1", kind)
    stills = kit.patch(stills, f"{PICTURE}/{kind}", 32, pack(">HH", 160, 120))
    first = read_chunks(stills, "moov/trak[0]")[0]
    lasts = headers.read_duration(stills, "moov/trak[0]/mdia/mdhd")
    one = Chunk(offset=first.offset, samples=(Sample(size=first.samples[0].size, sync=True),))
    stills = write_tables(stills, "moov/trak[0]", [one] * samples, [(samples, lasts // samples)])
    return kit.set_track_enabled(stills, "trak[0]", enabled)


def by_mediainfo(data: bytes) -> dict[str, object]:
    return {fact.key: fact.value for fact in mediainfo.read(mediainfo.look(io.BytesIO(data)))}


def by_boxes(data: bytes) -> dict[str, object]:
    return {key: fact.value for key, fact in told(data).items()}


@pytest.mark.parametrize("kind", ["jpeg", "png ", "mjpa"])
@pytest.mark.parametrize(("samples", "enabled", "count"), [(1, True, 1), (1, False, 1), (30, False, 1), (30, True, 1)])
def test_stills_in_front_of_the_film_are_not_shown(kind: str, samples: int, enabled: bool, count: int) -> None:
    data = with_stills(samples, kind, enabled=enabled)
    for facts in (by_boxes(data), by_mediainfo(data)):
        assert (facts["resolution"], facts["video.count"], facts["video.codec"]) == (FULL, count, "h264")
    assert by_boxes(data)["playable"] is True


def test_a_cover_alone_is_no_picture() -> None:
    data = with_stills(1, film=False)
    for facts in (by_boxes(data), by_mediainfo(data)):
        assert facts["video.count"] == 0


def test_many_stills_are_a_film() -> None:
    data = with_stills(90, film=False)
    for facts in (by_boxes(data), by_mediainfo(data)):
        assert (facts["video.count"], facts["video.codec"]) == (1, "mjpeg")


@needs_ffprobe
@pytest.mark.parametrize("witness", ["auto", "all"])
@pytest.mark.parametrize(("samples", "enabled", "count"), [(1, True, 1), (1, False, 1), (30, False, 1), (30, True, 1)])
def test_all_witnesses_show_the_same_track(
    checker: Checker, tmp_path: Path, witness: str, *, samples: int, enabled: bool, count: int
) -> None:
    rules = f"resolution: {{is: 1920x1080}}\nn: {{fact: video.count, is: {count}}}\nc: {{fact: video.codec, is: h264}}"
    report = checker.report(rules, put(tmp_path / "entry.mp4", with_stills(samples, enabled=enabled)), witness)
    assert [finding.outcome.value for finding in report.findings] == ["pass"] * 3


@needs_ffprobe
def test_no_witness_takes_a_cover_for_a_picture(checker: Checker, tmp_path: Path) -> None:
    rules = "n: {fact: video.count, is: 0}\nresolution: {min: 2x2}"
    report = checker.report(rules, put(tmp_path / "entry.mp4", with_stills(1, film=False)), "all")
    assert [finding.outcome.value for finding in report.findings] == ["pass", "fail"]


def test_a_spare_entry_of_stills_makes_no_cover() -> None:
    """What a track holds follows from the entry that is used, not from the first."""
    one = kit.find(CLIP, f"{PICTURE}/avc1")
    spare = retyped(CLIP, f"{PICTURE}/avc1", "jpeg")[one.start : one.end]
    data = kit.insert_box(CLIP, PICTURE, spare, 0)
    data = kit.patch(data, PICTURE, 12, pack(">I", 2))
    old = kit.contents(data, "moov/trak[0]/mdia/minf/stbl/stsc")
    rows = [old[at : at + 8] + pack(">I", 2) for at in range(8, len(old), 12)]
    box = kit.full_box("stsc", 0, 0, pack(">I", len(rows)), *rows)
    facts = by_boxes(kit.replace_box(data, "moov/trak[0]/mdia/minf/stbl/stsc", box))
    assert (facts["video.codec"], facts["video.count"]) == ("h264", 1)
