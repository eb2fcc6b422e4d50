"""Every row of design section 4: the file is built, the verdict asserted."""

from __future__ import annotations

import json
import os
import socket
import zipfile
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.clips import headers, surgery
from tests.kit import MAC_EPOCH, MB, Checker, needs_ffprobe, put
from vidcheck.findings import Outcome, Verdict
from vidcheck.quantities import Size

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FORMAT = "format: {is: mp4}"
WINDOW = "completed: {from: 2020-01-01, to: 2022-02-28}"
INTACT = "intact: {is: yes}"


def clip() -> bytes:
    return surgery.clip()


def ebml(doctype: bytes) -> bytes:
    return b"\x1aE\xdf\xa3\x8b\x42\x82" + bytes([0x80 | len(doctype)]) + doctype + bytes(200)


CONTENT: list[tuple[str, Callable[[], bytes], str]] = [
    ("a plain MP4", clip, "mp4"),
    ("QuickTime renamed", lambda: surgery.set_brands(clip(), "qt  "), "mov"),
    ("no ftyp at all", lambda: surgery.drop_ftyp(clip()), "mov"),
    ("iso6 as major brand", lambda: surgery.set_brands(clip(), "iso6", ("iso6", "mp41")), "mp4"),
    ("cmfc", lambda: surgery.set_brands(clip(), "cmfc", ("cmfc",)), "mp4"),
    ("dash", lambda: surgery.set_brands(clip(), "dash", ("iso6",)), "mp4"),
    ("XAVC with mp42 beside it", lambda: surgery.set_brands(clip(), "XAVC", ("XAVC", "mp42")), "mp4"),
    ("MSNV", lambda: surgery.set_brands(clip(), "MSNV", ("MSNV", "mp42", "isom")), "mp4"),
    ("3gp4 with isom beside it", lambda: surgery.set_brands(clip(), "3gp4", ("isom", "3gp4")), "mp4"),
    ("only 3GPP brands", lambda: surgery.set_brands(clip(), "3gp4", ("3gp4", "3gp5")), "3gp"),
    ("M4V", lambda: surgery.set_brands(clip(), "M4V ", ("M4V ", "mp42")), "mp4"),
    ("sound only", lambda: surgery.set_brands(clip(), "M4A ", ("M4A ", "mp42")), "m4a"),
    ("a still picture", lambda: surgery.set_brands(clip(), "heic", ("mif1", "heic")), "heif"),
    ("Matroska renamed", lambda: ebml(b"matroska"), "matroska"),
    ("WebM renamed", lambda: ebml(b"webm"), "webm"),
    ("AVI renamed", lambda: b"RIFF\0\1\0\0AVI LIST" + bytes(300), "avi"),
    ("text", lambda: "这不是视频".encode() * 50, "none"),
    ("zeros", lambda: bytes(100_000), "none"),
    ("an empty file", lambda: b"", "none"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "format_"), [row[1:] for row in CONTENT], ids=[row[0] for row in CONTENT])
def test_the_format_follows_from_the_content(
    checker: Checker, tmp_path: Path, make: Callable[[], bytes], format_: str
) -> None:
    report = checker.report(FORMAT, put(tmp_path / "entry.mp4", make()), "auto")
    assert {fact.value for fact in report.findings[0].evidence if fact.witness == "boxes"} == {format_}
    assert report.verdict is (Verdict.ELIGIBLE if format_ == "mp4" else Verdict.INELIGIBLE)
    assert not report.findings[0].disputed


def test_a_zip_renamed_fails_as_a_zip(checker: Checker, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "entry.mp4", "w") as archive:
        archive.writestr("inside.txt", "x")
    finding = checker.finding(FORMAT, tmp_path / "entry.mp4")
    assert (finding.outcome, finding.actual.render("en")) == (Outcome.FAIL, "ZIP (packed files)")


def test_the_extension_never_matters(checker: Checker, tmp_path: Path) -> None:
    assert checker.finding(FORMAT, put(tmp_path / "entry.avi")).outcome is Outcome.PASS


def special(kind: str, path: Path) -> None:
    if kind == "a FIFO":
        os.mkfifo(path)
    elif kind == "a socket":
        with socket.socket(socket.AF_UNIX) as made:
            here = os.getcwd()  # noqa: PTH109 - a socket's path may be 107 bytes long at the most
            os.chdir(path.parent)
            made.bind(path.name)
            os.chdir(here)
    elif kind == "a symlink loop":
        path.symlink_to(path.name)
    elif kind == "a device":
        path.symlink_to("/dev/zero")
    else:
        path.symlink_to("nowhere")


@pytest.mark.parametrize("kind", ["a FIFO", "a socket", "a symlink loop", "a device", "a dangling link"])
def test_what_is_no_regular_file_is_named_with_a_fault_and_never_waited_for(
    checker: Checker, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "entry.mp4"
    special(kind, path)
    report = checker.report(FORMAT, path)
    assert report.verdict is Verdict.REVIEW
    assert report.findings[0].outcome is Outcome.UNKNOWN
    assert [fault.witness for fault in report.faults] == ["filesystem"]


def test_an_upload_cut_off_with_its_index_in_front_is_not_intact(checker: Checker, tmp_path: Path) -> None:
    path = tmp_path / "entry.mp4"
    surgery.grow_mdat(path, clip(), 150 * MB)
    os.truncate(path, 120 * MB)
    report = checker.report(f"{INTACT}\nduration: {{is: 3 min, tolerance: 0.1 s}}", path, "auto")
    assert [finding.outcome.value for finding in report.findings] == ["fail", "pass"]
    notes = [fact.note.render("en") for fact in report.findings[0].evidence if fact.note]
    assert any("30 MB (20.0 %)" in note for note in notes)


def test_an_upload_cut_off_before_its_index_is_not_intact_and_has_no_duration(checker: Checker, tmp_path: Path) -> None:
    path = put(tmp_path / "entry.mp4", surgery.truncate(surgery.move_index_last(clip()), Fraction(1, 2)))
    report = checker.report(f"{INTACT}\nduration: {{max: 5 min}}", path, "auto")
    assert [finding.outcome.value for finding in report.findings] == ["fail", "unknown"]


def test_an_index_at_the_end_is_intact(checker: Checker, tmp_path: Path) -> None:
    path = put(tmp_path / "entry.mp4", surgery.move_index_last(clip()))
    report = checker.report(f"{INTACT}\nfaststart: {{is: no}}", path)
    assert [finding.outcome.value for finding in report.findings] == ["pass", "pass"]


def fragment_edge(data: bytes) -> int:
    """Where the last fragment begins."""
    return max(box.start for box in surgery.children(data) if box.type == "moof")


@pytest.mark.parametrize(
    ("how", "outcome"),
    [("", "unknown"), ("sidx", "fail"), ("mehd", "fail"), ("mfra", "unknown")],
    ids=["nothing proves it", "sidx", "mehd", "mfra was cut away too"],
)
def test_fragments_cut_at_an_edge_are_not_intact_only_where_that_is_proved(
    checker: Checker, tmp_path: Path, how: str, outcome: str
) -> None:
    whole = surgery.fragment(clip(), mehd=how == "mehd", sidx=how == "sidx", mfra=how == "mfra")
    cut = whole[: fragment_edge(whole)]
    assert checker.finding(INTACT, put(tmp_path / "entry.mp4", cut)).outcome == outcome


def test_fragments_cut_inside_are_not_intact(checker: Checker, tmp_path: Path) -> None:
    whole = surgery.fragment(clip())
    assert (
        checker.finding(INTACT, put(tmp_path / "entry.mp4", whole[: fragment_edge(whole) + 900])).outcome
        is Outcome.FAIL
    )


@pytest.mark.parametrize(
    ("raw", "name"),
    [(0, "zero"), (1, "one"), (1_640_000_000, "Unix seconds stored as 1904 seconds"), (MAC_EPOCH, "exactly 1970")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_impossible_creation_time_is_unknown_with_the_raw_value(
    checker: Checker, tmp_path: Path, raw: int, name: str
) -> None:
    report = checker.report(WINDOW, put(tmp_path / "entry.mp4", surgery.set_creation_time(clip(), raw)), "auto")
    finding = report.findings[0]
    assert report.verdict is Verdict.REVIEW
    assert finding.outcome is Outcome.UNKNOWN
    assert str(raw) in {fact.raw for fact in finding.evidence}, name
    assert "1904" not in finding.actual.render("en")
    assert "1956" not in finding.actual.render("en")


@pytest.mark.parametrize(
    ("when", "outcome"),
    [
        (1_646_063_999, "pass"),
        (1_646_064_000, "unknown"),
        (1_646_067_600, "unknown"),
        (1_646_092_799, "unknown"),
        (1_646_092_800, "fail"),
        (1_646_154_000, "fail"),
        (1_577_807_999, "fail"),
        (1_577_808_000, "unknown"),
        (1_577_836_799, "unknown"),
        (1_577_836_800, "pass"),
    ],
    ids=[
        "the last second of February in Shanghai",
        "the first of March in Shanghai, February on the clock",
        "17:00 UTC on the last of February",
        "the last second of February on the clock",
        "the first of March on any clock",
        "17:00 UTC on the first of March",
        "the last second of 2019 in Shanghai",
        "the first of 2020 in Shanghai, 2019 on the clock",
        "the last second of 2019 on the clock",
        "the first of 2020 on any clock",
    ],
)
def test_days_are_days_in_the_calls_zone(checker: Checker, tmp_path: Path, when: int, outcome: str) -> None:
    path = put(tmp_path / "entry.mp4", surgery.set_creation_time(clip(), MAC_EPOCH + when))
    assert checker.finding(WINDOW, path, "auto").outcome == outcome


def test_a_date_without_a_zone_is_shown_in_both_readings(checker: Checker, tmp_path: Path) -> None:
    path = put(tmp_path / "entry.mp4", surgery.set_creation_time(clip(), MAC_EPOCH + 1_646_067_600))
    finding = checker.finding(WINDOW, path, "all")
    assert finding.actual.render("en") == "2022-03-01 01:00 +08:00 or 2022-02-28 17:00 +08:00"
    assert finding.why is not None
    assert "the clock of Asia/Shanghai" in finding.why.render("en")


@pytest.mark.parametrize(
    ("shot", "written", "outcome"),
    [
        ("2022-03-01T00:30:00+0800", "2021-06-15", "pass"),
        ("2021-06-15T12:00:00+0800", "2023-08-09", "fail"),
        ("2022-03-01T00:30:00+0800", "", "fail"),
        ("2022-02-28T23:30:00+0800", "", "pass"),
    ],
)
def test_when_a_film_was_shot_decides_only_where_nothing_says_when_it_was_written(
    checker: Checker, tmp_path: Path, shot: str, written: str, outcome: str
) -> None:
    data = surgery.add_quicktime_creationdate(dated(written), shot)
    finding = checker.finding(WINDOW, put(tmp_path / "entry.mp4", data), "all")
    assert finding.outcome == outcome
    assert not finding.disputed
    shown = {fact.raw for fact in finding.evidence if "creationdate" in fact.locator}
    assert shown == {shot}
    assert finding.why is not None
    rests = "this rests on the file's own date" if written else "this rests on the date when the film was shot"
    assert finding.why.render("en").startswith(rests)


def dated(day: str) -> bytes:
    """The clip, with that day at noon in Shanghai in every header, or none."""
    seconds = MAC_EPOCH + int(datetime.fromisoformat(f"{day}T04:00:00+00:00").timestamp()) if day else 0
    return surgery.set_creation_time(clip(), seconds)


def test_a_date_in_itunes_day_tag_alone_is_a_date(checker: Checker, tmp_path: Path) -> None:
    data = surgery.add_tag(dated(""), "©day", b"2021-06-15T12:00:00+0800")
    report = checker.report(
        f"{WINDOW}\ncreated: {{fact: container.created, from: 2020-01-01}}", put(tmp_path / "entry.mp4", data), "all"
    )
    assert [finding.outcome.value for finding in report.findings] == ["pass", "unknown"]
    assert "no date was written" not in report.findings[1].message.render("en")
    assert "©day" in report.findings[1].message.render("en")


@pytest.mark.parametrize("where", ["tkhd", "mdhd"])
def test_a_date_that_its_tracks_contradict_is_unknown_with_the_place(
    checker: Checker, tmp_path: Path, where: str
) -> None:
    data = surgery.set_creation_time(clip(), MAC_EPOCH + 1_717_000_000, where=(where,))
    finding = checker.finding(WINDOW, put(tmp_path / "entry.mp4", data), "auto")
    assert (finding.outcome, finding.disputed) == (Outcome.UNKNOWN, True)
    created = checker.finding(f"created: {{fact: container.created, {WINDOW.partition('{')[2]}", tmp_path / "entry.mp4")
    assert (created.outcome, created.disputed) == (Outcome.UNKNOWN, True)
    offset = surgery.find_all(data, "moov/trak[0]/tkhd" if where == "tkhd" else "moov/trak[0]/mdia/mdhd")[0].body + 4
    path = "moov/trak[0]/tkhd" if where == "tkhd" else "moov/trak[0]/mdia/mdhd"
    assert finding.why is not None
    words = finding.why.render("en")
    assert f"2024-05-30 00:26:40 +08:00, in {path}.creation_time (at byte {offset:,} of the file)" in words
    assert "2021-06-15 12:00 +08:00 in moov/mvhd.creation_time" in words


@pytest.mark.parametrize("later", [3, 600, 86_400 * 200])
def test_tracks_that_are_later_inside_the_window_do_not_matter(checker: Checker, tmp_path: Path, later: int) -> None:
    data = surgery.set_creation_time(clip(), MAC_EPOCH + 1_623_729_600 + later, where=("tkhd", "mdhd"))
    assert checker.finding(WINDOW, put(tmp_path / "entry.mp4", data), "all").outcome is Outcome.PASS


def test_the_modification_time_never_decides(checker: Checker, tmp_path: Path) -> None:
    path = put(tmp_path / "entry.mp4")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert checker.finding(WINDOW, path).outcome is Outcome.PASS


@needs_ffprobe
@pytest.mark.parametrize("where", ["tkhd", "mvhd"])
@pytest.mark.parametrize(
    ("degrees", "size"), [(90, Size(1080, 1920)), (180, Size(1920, 1080)), (270, Size(1080, 1920))]
)
def test_a_rotated_picture_is_judged_as_displayed(
    checker: Checker, tmp_path: Path, where: str, degrees: int, size: Size
) -> None:
    path = put(tmp_path / "entry.mp4", surgery.set_rotation(clip(), degrees, where))
    shape = "portrait" if size.height > size.width else "landscape"
    rules = f"orientation: {{is: {shape}}}\nturn: {{fact: video.rotation, is: {degrees}}}\nw: {{fact: video.width, is: {size.width}}}\nresolution: {{is: 1920x1080}}"
    report = checker.report(rules, path, "all")
    assert [finding.outcome.value for finding in report.findings] == ["pass"] * 4


@needs_ffprobe
def test_an_anamorphic_picture_is_judged_as_displayed(checker: Checker, tmp_path: Path) -> None:
    data = surgery.set_pixel_aspect(surgery.set_stored_size(clip(), 1440, 1080), 4, 3)
    rules = (
        "resolution: {is: 1920x1080}\nstored: {fact: video.stored-resolution, is: 1440x1080}\naspect-ratio: {is: 16:9}\n"
        "oblong: {fact: video.pixel-shape, is: 4:3}\nsquare: {fact: video.pixel-shape, is: 1:1}"
    )
    for witness in ("auto", "all", "mediainfo"):
        report = checker.report(rules, put(tmp_path / "entry.mp4", data), witness)
        assert [finding.outcome.value for finding in report.findings] == ["pass"] * 4 + ["fail"]


@needs_ffprobe
def test_pixel_shapes_that_do_not_come_out_even_agree_within_two_pixels(checker: Checker, tmp_path: Path) -> None:
    data = surgery.set_pixel_aspect(surgery.set_stored_size(clip(), 720, 576), 12, 11)
    report = checker.report(
        "resolution: {is: 785x576, tolerance: 2x2}\naspect-ratio: {is: 15:11}", put(tmp_path / "entry.mp4", data), "all"
    )
    assert [finding.outcome.value for finding in report.findings] == ["pass", "pass"]


@needs_ffprobe
def test_cover_art_is_no_picture(checker: Checker, tmp_path: Path) -> None:
    jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xd9"
    data = surgery.add_tag(surgery.remove_track(clip(), "vide"), "covr", jpeg, 13)
    rules = "picture: {fact: video.count, is: 0}\nresolution: {min: 2x2}\nr: {fact: video.codec, not: h264}"
    report = checker.report(rules, put(tmp_path / "entry.mp4", data), "all")
    assert [finding.outcome.value for finding in report.findings] == ["pass", "fail", "pass"]
    assert report.findings[1].actual.render("en") == "absent"


@needs_ffprobe
def test_an_edit_list_counts_as_a_player_shows_it(checker: Checker, tmp_path: Path) -> None:
    data = surgery.add_edit_list(clip(), "vide", ((Fraction(170), Fraction(10)),))
    data = surgery.add_edit_list(data, "soun", ((Fraction(170), Fraction(10)),))
    finding = checker.finding("duration: {is: 170 s, tolerance: 0.2 s}", put(tmp_path / "entry.mp4", data), "all")
    assert finding.outcome is Outcome.PASS, finding.message.render("en")


@needs_ffprobe
def test_a_fragmented_file_has_the_duration_of_its_fragments(checker: Checker, tmp_path: Path) -> None:
    path = put(tmp_path / "entry.mp4", surgery.fragment(clip(), mehd=True))
    report = checker.report("duration: {is: 3 min, tolerance: 0.2 s}\nfragmented: {is: yes}", path, "all")
    assert [finding.outcome.value for finding in report.findings] == ["pass", "pass"], [
        f.message.render("en") for f in report.findings
    ]


@pytest.mark.parametrize("witness", ["mediainfo", pytest.param("auto", marks=needs_ffprobe)])
@pytest.mark.parametrize(("true", "claimed"), [(10, 180), (600, 240)], ids=["too short", "too long"])
def test_headers_that_claim_a_fitting_length_make_no_entry_eligible(
    checker: Checker, tmp_path: Path, true: int, claimed: int, witness: str
) -> None:
    data = surgery.set_duration(clip(), Fraction(true))
    data = headers.write_duration(data, "moov/mvhd", claimed * headers.timescale(data, "moov/mvhd"))
    for handler in ("vide", "soun"):
        path = surgery.track(data, handler)
        if surgery.find_all(data, f"{path}/edts"):
            data = surgery.drop_box(data, f"{path}/edts")
        data = headers.write_duration(data, f"{path}/tkhd", claimed * headers.timescale(data, "moov/mvhd"))
        media = f"{path}/mdia/mdhd"
        data = headers.write_duration(data, media, claimed * headers.timescale(data, media))
    report = checker.report("duration: {min: 2 min, max: 5 min}", put(tmp_path / "entry.mp4", data), witness)
    assert report.verdict is Verdict.REVIEW
    assert report.findings[0].disputed


def test_two_video_tracks_are_a_fact(checker: Checker, tmp_path: Path) -> None:
    path = put(tmp_path / "entry.mp4", surgery.duplicate_track(clip(), "vide", enabled=False))
    finding = checker.finding("picture: {fact: video.count, is: 1}", path, "auto")
    assert (finding.outcome, finding.actual.render("en")) == (Outcome.FAIL, "2")


def test_two_hundredths_of_audio_priming_are_inside_the_tolerance(checker: Checker, tmp_path: Path) -> None:
    path = put(tmp_path / "entry.mp4", surgery.set_duration(clip(), Fraction("300.02")))
    assert checker.finding("duration: {max: 5 min, tolerance: 0.5 s}", path, "auto").outcome is Outcome.PASS
    assert checker.finding("duration: {max: 5 min}", path, "auto").outcome is Outcome.FAIL


def test_evidence_names_witness_locator_and_raw_text(checker: Checker, tmp_path: Path) -> None:
    finding = checker.finding("duration: {max: 2 min}", put(tmp_path / "entry.mp4"), "auto")
    assert finding.evidence
    assert all(fact.locator and fact.raw for fact in finding.evidence), json.dumps(
        [repr(fact) for fact in finding.evidence]
    )
