"""Sizes and codecs by sample entries: every entry that is used counts, cropping, the container's cut, clean apertures."""

from __future__ import annotations

import io
from struct import pack
from typing import TYPE_CHECKING

import pytest

from tests.clips import surgery as kit
from tests.kit import Checker, needs_ffprobe, put
from tests.thorough import some
from tests.witnesses.mp4.test_playable import PICTURE, as_codec, hevc_record, retyped, told, using, with_entry
from tests.witnesses.mp4.test_sample_entries import ODD
from vidcheck.facts import CONTRADICTION, State
from vidcheck.findings import Outcome, Verdict
from vidcheck.quantities import Size
from vidcheck.witnesses import mediainfo
from vidcheck.witnesses.picture import SIZE_KEYS, cut_to_container

if TYPE_CHECKING:
    from pathlib import Path

    from vidcheck.facts import Fact

CLIP = kit.clip()
FULL = Size(1920, 1080)


def entry_of(data: bytes, kind: str = "avc1") -> bytes:
    found = kit.find(data, f"{PICTURE}/{kind}")
    return data[found.start : found.end]


def two_sizes(width: int = 640, height: int = 360) -> bytes:
    """The clip with a second sample entry of another size, which all chunks from the second one use."""
    return using(with_entry(CLIP, "vide", entry_of(kit.set_stored_size(CLIP, width, height))), "vide", 2, since=2)


def uncropped(coded: tuple[int, int], claimed: tuple[int, int]) -> bytes:
    """The clip coded in one size, and another in the container, as some cameras write it."""
    data = kit.patch(kit.set_stored_size(CLIP, *coded), f"{PICTURE}/avc1", 32, pack(">HH", *claimed))
    header = kit.find(data, "moov/trak[0]/tkhd")
    shown = pack(">II", claimed[0] << 16, claimed[1] << 16)
    return kit.patch(data, "moov/trak[0]/tkhd", header.end - header.start - 8, shown)


def aperture(width: int, height: int) -> bytes:
    return kit.insert_box(CLIP, f"{PICTURE}/avc1", kit.box("clap", pack(">8I", width, 1, height, 1, 0, 1, 0, 1)))


def by_mediainfo(data: bytes) -> dict[str, Fact]:
    return {fact.key: fact for fact in mediainfo.read(mediainfo.look(io.BytesIO(data)))}


def test_entries_of_different_sizes_have_no_single_one() -> None:
    facts = told(two_sizes())
    for key in SIZE_KEYS[:2]:
        fact = facts[key]
        assert fact.state is State.UNKNOWN
        assert fact.note is not None
        for lang in ("en", "zh"):
            assert "1920×1080" in fact.note.render(lang)
            assert "640×360" in fact.note.render(lang)
        assert f"{PICTURE})" in fact.note.render("en")
        assert fact.locator == f"{PICTURE}/avc1[0]{CONTRADICTION}avc1[1]"
    assert facts["video.codec"].value == "h264"
    assert facts["orientation"].value == "landscape"
    assert facts["playable"].value is True


def test_an_entry_that_nothing_uses_has_no_part_in_the_size() -> None:
    spare = with_entry(CLIP, "vide", entry_of(kit.set_stored_size(CLIP, 640, 360)))
    assert told(spare)["resolution"].value == FULL
    assert told(using(spare, "vide", 2))["resolution"].value == Size(640, 360)


def test_entries_of_the_same_size_have_one() -> None:
    again = using(with_entry(CLIP, "vide", entry_of(CLIP)), "vide", 2, since=2)
    facts = told(again)
    assert (facts["resolution"].value, facts["video.codec"].value) == (FULL, "h264")


def test_sizes_that_only_the_entries_claim_contradict_each_other_too() -> None:
    small = kit.patch(CLIP, f"{PICTURE}/avc1", 32, pack(">HH", 640, 360))
    both = using(
        with_entry(
            retyped(CLIP, f"{PICTURE}/avc1", "apcn"),
            "vide",
            entry_of(retyped(small, f"{PICTURE}/avc1", "apcn"), "apcn"),
        ),
        "vide",
        2,
        since=2,
    )
    facts = told(both)
    assert (facts["resolution"].state, facts["video.codec"].value) == (State.UNKNOWN, "prores")
    alike = using(
        with_entry(
            retyped(CLIP, f"{PICTURE}/avc1", "apcn"), "vide", entry_of(retyped(CLIP, f"{PICTURE}/avc1", "apcn"), "apcn")
        ),
        "vide",
        2,
        since=2,
    )
    assert "resolution" not in told(alike)


def test_entries_of_different_codecs_have_no_single_one() -> None:
    other = entry_of(retyped(CLIP, f"{PICTURE}/avc1", "apcn"), "apcn")
    facts = told(using(with_entry(CLIP, "vide", other), "vide", 2, since=2))
    assert facts["video.codec"].state is State.UNKNOWN
    assert facts["video.codec"].locator == f"{PICTURE}/avc1[0]{CONTRADICTION}apcn[1]"


def test_sound_that_changes_its_rate_has_no_single_one() -> None:
    sound = PICTURE.replace("[0]", "[1]")
    entry = kit.find(CLIP, f"{sound}/mp4a")
    record = kit.contents(CLIP, f"{sound}/mp4a/esds")
    at = record.index(b"\x05\x80\x80\x80") + 5 if b"\x05\x80\x80\x80" in record else record.index(b"\x05") + 2
    mono = record[:at] + bytes([record[at], (record[at + 1] & 0x87) | 1 << 3]) + record[at + 2 :]
    changed = kit.replace_box(CLIP, f"{sound}/mp4a/esds", kit.box("esds", mono))
    second = changed[entry.start : entry.end]
    facts = told(using(with_entry(CLIP, "soun", second), "soun", 2, since=2))
    assert facts["audio.channels"].state is State.UNKNOWN
    assert facts["audio.codec"].value == "aac"


@pytest.mark.parametrize(
    "witness", ["mediainfo", pytest.param("all", marks=needs_ffprobe), pytest.param("auto", marks=needs_ffprobe)]
)
@pytest.mark.parametrize("rule", some(["resolution: {min: 1280x720}", "resolution: {is: 1920x1080}", "resolution: {is: 640x360}",
                                  "w: {fact: video.width, min: 1280}", "resolution: {min: 3840x2160}"]))  # fmt: skip
def test_no_witness_settles_a_size_that_changes(checker: Checker, tmp_path: Path, witness: str, rule: str) -> None:
    report = checker.report(rule, put(tmp_path / "entry.mp4", two_sizes()), witness)
    (finding,) = report.findings
    assert (finding.outcome, report.verdict) == (Outcome.UNKNOWN, Verdict.REVIEW)
    assert finding.disputed
    assert "it changes within the film" in finding.message.render("en")


def test_no_rule_settles_a_contradiction_by_if_unknown(checker: Checker, tmp_path: Path) -> None:
    path = put(tmp_path / "entry.mp4", two_sizes())
    assert checker.finding("resolution: {min: 1280x720, if-unknown: pass}", path).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("coded", "claimed", "shown"),
    [
        ((1920, 1088), (1920, 1080), (1920, 1080)), ((720, 408), (720, 405), (720, 405)), ((1920, 1080), (1920, 1080), (1920, 1080)),
        ((640, 360), (1920, 1080), (640, 360)), ((1920, 1080), (640, 360), (1920, 1080)), ((1920, 1088), (1920, 1072), (1920, 1088)),
        ((1920, 1080), (1920, 1088), (1920, 1080)), ((1920, 1088), (0, 0), (1920, 1088)), ((1440, 1088), (1434, 1080), (1434, 1080)),
    ],
)  # fmt: skip
def test_the_container_cuts_less_than_a_block(
    coded: tuple[int, int], claimed: tuple[int, int], shown: tuple[int, int]
) -> None:
    assert cut_to_container(Size(*coded), Size(*claimed)) == Size(*shown)


@pytest.mark.parametrize(("coded", "claimed"), [((1920, 1088), (1920, 1080)), ((720, 408), (720, 406))])
def test_rows_that_only_fill_a_block_are_not_shown(coded: tuple[int, int], claimed: tuple[int, int]) -> None:
    data = uncropped(coded, claimed)
    for facts in (told(data), by_mediainfo(data)):
        assert facts["resolution"].value == Size(*claimed)
        assert facts["video.height"].value == claimed[1]
        assert facts["video.stored-resolution"].value == Size(*coded)
    note = told(data)["resolution"].note
    assert note is not None
    assert "1920×1088" in note.render("en") or "720×408" in note.render("en")


@pytest.mark.parametrize(
    ("claimed", "shown"), [((322, 182), Size(322, 182)), ((322, 180), None), ((64, 64), Size(322, 182))]
)
def test_hevc_that_only_some_players_cut_is_left_to_the_others(claimed: tuple[int, int], shown: Size | None) -> None:
    data = kit.put_box(
        as_codec("hvc1", "hvcC", hevc_record(ODD)), f"{PICTURE}/hvc1", kit.box("pasp", pack(">II", 16, 11))
    )
    facts = told(kit.patch(data, f"{PICTURE}/hvc1", 32, pack(">HH", *claimed)))
    stored = facts.get("video.stored-resolution")
    assert (stored.value if stored else None) == shown


@needs_ffprobe
@pytest.mark.parametrize("witness", ["auto", "all"])
def test_an_uncropped_film_is_full_hd(checker: Checker, tmp_path: Path, witness: str) -> None:
    rules = (
        "resolution: {is: 1920x1080}\naspect-ratio: {is: 16:9}\nh: {fact: video.height, is: 1080}\n"
        "stored: {fact: video.stored-resolution, is: 1920x1088}"
    )
    path = put(tmp_path / "entry.mp4", uncropped((1920, 1088), (1920, 1080)))
    report = checker.report(rules, path, witness)
    assert [finding.outcome.value for finding in report.findings] == ["pass"] * 4


@needs_ffprobe
@pytest.mark.parametrize("witness", ["auto", "all"])
def test_a_size_that_only_the_container_claims_is_not_shown(checker: Checker, tmp_path: Path, witness: str) -> None:
    path = put(tmp_path / "entry.mp4", uncropped((640, 360), (1920, 1080)))
    assert checker.finding("resolution: {min: 1280x720}", path, witness).outcome is Outcome.FAIL


def test_a_smaller_clean_aperture_is_remarked_on_and_changes_nothing(checker: Checker, tmp_path: Path) -> None:
    data = aperture(1888, 1062)
    assert told(data)["resolution"].value == by_mediainfo(data)["resolution"].value == FULL
    report = checker.report("resolution: {is: 1920x1080}", put(tmp_path / "entry.mp4", data))
    assert report.findings[0].outcome is Outcome.PASS
    (remark,) = report.findings[0].remarks
    assert "1888×1062" in remark.render("en")
    assert f"{PICTURE}/avc1/clap" in remark.render("en")
    assert remark.render("zh") != remark.render("en")


def test_a_clean_aperture_of_the_whole_picture_is_nothing_odd(checker: Checker, tmp_path: Path) -> None:
    report = checker.report("resolution: {is: 1920x1080}", put(tmp_path / "entry.mp4", aperture(1920, 1080)))
    assert (report.findings[0].outcome, report.remarked) == (Outcome.PASS, 0)
