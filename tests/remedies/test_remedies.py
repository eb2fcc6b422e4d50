"""What entrants are told, and that the commands they are given keep their promises."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcheck.engine import judge_entry
from vidcheck.facts import GIT_LFS, SAMPLES, Entry, Fact, Facts, State, visible
from vidcheck.findings import Breach, Remedy
from vidcheck.quantities import DATE, Moment, Size
from vidcheck.remedies import ROWS, remedy
from vidcheck.remedies.case import Aim, case_of
from vidcheck.rules.reader import read_rules
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from pathlib import Path

PATH = "entries/017.mov"
HEAD = "ffmpeg -n -i entries/017.mov"
USUAL = {"format": "mp4", "video.codec": "h264", "audio.codec": "aac", "audio.count": 1, "subtitle.count": 0}
MOV = USUAL | {"format": "mov"}
KEPT = "-map 0:V -map 0:a -map_metadata 0"
H264 = "-c:v libx264 -crf 18 -preset slow -pix_fmt yuv420p"
END = "-movflags +faststart entries/017-fixed.mp4"
ANEW = f"{HEAD} {KEPT} {H264} -c:a copy {END}"


def facts_of(known: dict[str, Any], witness: str = "boxes", locator: str = "") -> Facts:
    return Facts(
        facts=tuple(Fact(key=key, witness=witness, value=value, locator=locator) for key, value in known.items())
    )


def told(
    key: str, constraint: str, limit: Any, value: Any, known: dict[str, Any] | None = None, *, path: str = PATH
) -> Remedy:
    breach = Breach(key=key, constraint=constraint, limit=limit, value=value)
    answer = remedy((breach,), facts_of(USUAL if known is None else known), Entry(path=path), UTC)
    assert answer is not None
    return answer


def filtered(filters: str, sound: str = "-c:a copy") -> str:
    return f"{HEAD} {KEPT} -vf {filters} {H264} {sound} {END}"


def resounded(options: str) -> str:
    return f"{HEAD} {KEPT} -c:v copy {options} {END}"


CASES = {
    "mov-is-remuxed": (("format", "is", "mp4", "mov", MOV), "Save or export the film as MP4; picture and sound can stay as they are", f"{HEAD} {KEPT} -c copy {END}"),
    "pcm-does-not-fit": (("format", "is", "mp4", "mov", MOV | {"audio.codec": "pcm"}), "encode the sound anew", resounded("-c:a aac -b:a 192k")),
    "prores-does-not-fit": (("format", "any-of", ("mp4",), "mov", MOV | {"video.codec": "prores"}), "encode the picture anew", ANEW),
    "avi-has-no-frame-times": (("format", "is", "mp4", "avi", USUAL | {"format": "avi"}), "encode the picture anew", ANEW),
    "subtitles-are-converted": (("format", "none-of", ("matroska",), "matroska", USUAL | {"format": "matroska", "subtitle.count": 1}), "If ffmpeg can't convert the subtitles", f"{HEAD} -map 0:V -map 0:a -map 0:s -map_metadata 0 -c:v copy -c:a copy -c:s mov_text {END}"),
    "hevc-is-tagged": (("format", "is", "mp4", "matroska", USUAL | {"format": "matroska", "video.codec": "hevc"}), "MP4", f"{HEAD} {KEPT} -c:v copy -tag:v hvc1 -c:a copy {END}"),
    "mov-is-wanted": (("format", "is", "mov", "mp4"), "MOV", f"{HEAD} {KEPT} -c copy -movflags +faststart entries/017-fixed.mov"),
    "text-is-no-media": (("format", "is", "mp4", "none"), "no media file", ""),
    "empty-is-uploaded-again": (("format", "is", "mp4", "none", {"format": "none", "size": 0}), "The file is empty", ""),
    "empty-is-not-too-light": (("size", "min", 100_000_000, 0, {"format": "none", "size": 0}), "The file is empty", ""),
    "text-is-not-too-light": (("size", "min", 100_000_000, 10, {"format": "none", "size": 10}), "a higher bit rate does not help", ""),
    "zip-is-no-video": (("format", "is", "mp4", "zip"), "This file is no video: it is ZIP", ""),
    "m4a-has-no-picture": (("format", "is", "mp4", "m4a"), "no moving picture", ""),
    "cut-off-is-not-remuxed": (("format", "is", "mp4", "mov", MOV | {"intact": False}), "Export the work again", ""),
    "too-big": (("size", "max", 200 * 2**20, 300_000_000, USUAL | {"duration": Fraction(240), "audio.bit-rate": Fraction(192_000)}), "90.3 MB (90,284,800 bytes) over the limit. Export again from the project with a video bit rate of 6.448 Mbps", f"{HEAD} {KEPT} -c:v libx264 -b:v 6448k -maxrate 6448k -bufsize 12896k -preset slow -pix_fmt yuv420p -c:a copy {END}"),
    "too-big-and-sound-unknown": (("size", "max", 10_000_000, 20_000_000, USUAL | {"duration": Fraction(30)}), "video bit rate of 2.341 Mbps", f"{HEAD} {KEPT} -c:v libx264 -b:v 2341k -maxrate 2341k -bufsize 2809k -preset slow -pix_fmt yuv420p -c:a aac -b:a 192k {END}"),
    "too-big-to-be-watchable": (("size", "max", 10_000_000, 300_000_000, USUAL | {"duration": Fraction(300)}), "Only 157 kbps would be left for the picture", ""),
    "too-big-for-sound-alone": (("size", "max", 1_000_000, 300_000_000, USUAL | {"duration": Fraction(300)}), "Nothing would be left for the picture", ""),
    "too-big-and-of-unknown-length": (("size", "max", 10_000_000, 30_000_000), "20 MB over the limit. Export again from the project at a lower bit rate", ""),
    "too-light": (("size", "min", 100_000_000, 30_000_000, USUAL | {"duration": Fraction(240)}), "This file has 30 MB; it should have at least 100 MB. Open the project in your editing program (do not convert this file: it would only get larger, not clearer). Export it again at about 4 Mbps (4000 kbps)", ""),
    "too-light-and-of-unknown-length": (("size", "min", 100_000_000, 30_000_000), "ask the organizer", ""),
    "too-long": (("duration", "max", Fraction(300), Fraction("312.48")), "Cut at least 12.480 s, so that the film lasts no longer than 5:00; the makers decide which part goes. If the end can go, keep the first 4:59.500.", f"{HEAD} {KEPT} -c copy -t 299.5 {END}"),
    "too-long-by-a-hair": (("duration", "max", Fraction(300), Fraction("300.0001")), "Cut at least 0.001 s", f"{HEAD} {KEPT} -c copy -t 299.5 {END}"),
    "too-short": (("duration", "min", Fraction(120), Fraction("31.248")), "1:28.752 too short", ""),
    "longer-than-the-one-length": (("duration", "is", Fraction(30), Fraction(32)), "Cut at least 2.000 s", f"{HEAD} {KEPT} -c copy -t 29.5 {END}"),
    "picture-that-ends": (("picture.share", "min", Fraction(9, 10), Fraction(1, 12)), "a picture from the first to the last second", ""),
    "no-picture-no-share": (("picture.share", "min", Fraction(9, 10), None, {"video.count": 0}), "no moving picture", ""),
    "padding": (("size.media-share", "min", Fraction(9, 10), Fraction(1, 3)), "neither picture nor sound", f"{HEAD} {KEPT} -c copy {END}"),
    "padding-that-makes-the-size": (("size.media-share", "min", Fraction(9, 10), Fraction(1, 3), USUAL | {"size.media": 40_000_000}), "It then has little more than 40 MB; where that is less than is asked", f"{HEAD} {KEPT} -c copy {END}"),
    "completed-late": (("completed", "to", DATE.read("2022-02-28"), DATE.read("2022-03-05 12:00")), "no need to export the file again", ""),
    "completed-early": (("completed", "from", DATE.read("2020-01-01"), DATE.read("2019-12-30")), "Write on the entry form when the work was completed", ""),
    "completed-unknown": (("completed", "from", DATE.read("2020-01-01"), None), "Write on the entry form when the work was completed", ""),
    "cut-off": (("intact", "is", True, False, {"size": 12_345_678}), "has only 12.3 MB (12,345,678 bytes) and is not whole, even if it plays. Find the file that was exported first", ""),
    "index-at-the-end": (("faststart", "is", True, False), "Move it to the front", f"{HEAD} {KEPT} -c copy {END}"),
    "fragmented": (("fragmented", "is", False, True), "in fragments", f"{HEAD} {KEPT} -c copy {END}"),
    "picture-too-small": (("resolution", "min", Size(1280, 720), Size(640, 360)), "Export again from the project at 1280×720; making this file's picture larger would not make it clearer. If the film itself has only 640×360, ask the organizer.", ""),
    "picture-too-large": (("resolution", "max", Size(1280, 720), Size(1080, 1920)), "at 720×1280", filtered("scale=720:1280,setsar=1")),
    "picture-of-another-shape": (("resolution", "is", Size(1280, 720), Size(1600, 1200)), "with 1280×720 instead of 1600×1200", ""),
    "no-picture-no-resolution": (("resolution", "min", Size(1280, 720), None, {"video.count": 0}), "no moving picture", ""),
    "too-wide": (("video.width", "max", 1280, 1920, USUAL | {"resolution": Size(1920, 1080)}), "1280×720", filtered("scale=1280:720,setsar=1")),
    "wrong-shape": (("aspect-ratio", "is", Fraction(16, 9), Fraction(4, 3), USUAL | {"resolution": Size(1440, 1080)}), "Where the announcement allows black bars", filtered("scale=1440:1080,setsar=1,pad=1920:1080:-1:-1")),
    "upright-is-not-padded": (("aspect-ratio", "is", Fraction(16, 9), Fraction(9, 16), USUAL | {"resolution": Size(1080, 1920)}), "in the shape 16:9.", ""),
    "upright": (("orientation", "is", "landscape", "portrait"), "landscape", ""),
    "codec": (("video.codec", "any-of", ("hevc", "h264"), "prores"), "with H.264", ANEW),
    "codec-that-we-do-not-write": (("video.codec", "is", "prores", "h264"), "with Apple ProRes instead of H.264", ""),
    "hdr-is-not-encoded-anew": (("video.codec", "is", "h264", "hevc", USUAL | {"video.hdr": "pq"}), "with H.264", ""),
    "hdr": (("video.hdr", "is", "none", "pq"), "standard dynamic range", ""),
    "frame-rate": (("video.frame-rate", "any-of", (Fraction(24), Fraction(30000, 1001)), Fraction(30)), "29.97 fps", filtered("fps=30000/1001")),
    "frame-rate-too-high": (("video.frame-rate", "below", Fraction(30), Fraction(60)), "29.97 fps", filtered("fps=30000/1001")),
    "frame-rate-too-low": (("video.frame-rate", "min", Fraction(24), Fraction(12)), "frames made up from 12 fps would add no motion", ""),
    "variable-frame-rate": (("video.frame-rate-mode", "is", "constant", "variable", USUAL | {"video.frame-rate": Fraction(298, 10)}), "constant frame rate", filtered("fps=30000/1001")),
    "interlaced": (("video.scan", "is", "progressive", "interlaced"), "progressive", filtered("bwdif=mode=send_frame")),
    "interlaced-stays-interlaced": (("video.codec", "is", "h264", "mpeg2video", USUAL | {"video.scan": "interlaced"}), "H.264", f"{HEAD} {KEPT} {H264} -flags:v +ilme+ildct -c:a copy {END}"),
    "odd-sides": (("video.codec", "is", "h264", "vp8", USUAL | {"video.stored-resolution": Size(321, 181)}), "H.264", filtered("'crop=trunc(iw/2)*2:trunc(ih/2)*2'")),
    "turned": (("video.rotation", "is", 0, 90), "the way it is shown", ANEW),
    "chroma": (("video.chroma", "is", "4:2:0", "4:4:4"), "4:2:0", ANEW),
    "profile": (("video.profile", "is", "Main", "High"), "profile Main", f"{HEAD} {KEPT} {H264} -profile:v main -c:a copy {END}"),
    "video-bit-rate": (("video.bit-rate", "max", Fraction(1_280_000), Fraction(5_000_000)), "1.216 Mbps", f"{HEAD} {KEPT} -c:v libx264 -b:v 1216k -maxrate 1216k -bufsize 2432k -preset slow -pix_fmt yuv420p -c:a copy {END}"),
    "video-bit-rate-too-low": (("video.bit-rate", "min", Fraction(3_000_000), Fraction(1_000_000)), "2 Mbps too low", ""),
    "two-pictures": (("video.count", "is", 1, 2), "Keep the first 1 of 2 video tracks", f"{HEAD} -map 0:V:0 -map 0:a -map_metadata 0 -c copy {END}"),
    "no-picture": (("video.count", "is", 1, 0), "no moving picture", ""),
    "no-sound": (("audio.count", "min", 1, 0), "no sound track", ""),
    "no-sound-no-codec": (("audio.codec", "is", "aac", None, {"audio.count": 0}), "no sound track", ""),
    "two-sounds": (("audio.count", "max", 1, 2), "Keep the first 1 of 2 sound tracks", f"{HEAD} -map 0:V -map 0:a:0 -map_metadata 0 -c copy {END}"),
    "sound-codec": (("audio.codec", "any-of", ("mp3", "aac"), "opus"), "AAC", resounded("-c:a aac -b:a 192k")),
    "six-channels": (("audio.channels", "is", 2, 6), "2 sound channels", resounded("-c:a aac -b:a 192k -ac 2")),
    "one-channel": (("audio.channels", "min", 2, 1), "both sides", resounded("-c:a aac -b:a 192k -ac 2")),
    "sample-rate": (("audio.sample-rate", "is", 48_000, 44_100), "48 kHz", resounded("-c:a aac -b:a 192k -ar 48000")),
    "sample-rate-too-low": (("audio.sample-rate", "min", 44_100, 22_050), "nothing that can be heard", ""),
    "sound-bit-rate": (("audio.bit-rate", "is", Fraction(128_000), Fraction(320_000)), "192 kbps more than allowed", resounded("-c:a aac -b:a 128k")),
    "surplus-subtitles": (("subtitle.count", "is", 0, 1), "Leave the surplus", f"{HEAD} {KEPT} -c copy {END}"),
    "missing-subtitles": (("subtitle.count", "min", 1, 0), "Export again from the project with 1 subtitle", ""),
    "file-name": (("file.name", "matches", r"\d{3}_.+\.mp4", "x.mp4"), r"a text that matches \d{3}_.+\.mp4", ""),
    "extension": (("file.extension", "is", "mp4", "mov"), "Rename the file", ""),
    "extension-of-another-content": (("file.extension", "is", "mp4", "mov", MOV), "another name is not enough", ""),
    "title": (("title", "min-length", 4, "x"), "at least 4 characters long", ""),
    "checksum": (("checksum", "is", "ab", "cd"), "byte for byte", ""),
    "any-other-key": (("encoder", "none-of", ("A", "B"), "A"), "Change the entry so that its encoding program is none of A, B.", ""),
    "any-other-key-absent": (("encoder", "known", True, None), "does not say its encoding program", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_remedy_says(case: tuple[tuple[Any, ...], str, str]) -> None:
    asked, words, line = case
    answer = told(*asked)
    assert words in answer.words.render("en")
    assert answer.command == line


def test_zeroed_media_is_not_found_by_comparing_sizes() -> None:
    breach = Breach(key="intact", constraint="is", limit=True, value=False)
    seen = facts_of({"intact": False, "size": 12_345_678}, locator=SAMPLES)
    answer = remedy((breach,), seen, Entry(path=PATH), UTC)
    assert answer is not None
    assert "12.3 MB" not in answer.words.render("en")
    assert "play it from beginning to end" in answer.words.render("en")


@pytest.mark.parametrize(("key", "constraint", "limit"), [("format", "is", "mp4"), ("size", "min", 100_000)])
def test_a_git_lfs_pointer_is_fetched_not_exported(key: str, constraint: str, limit: Any) -> None:
    breach = Breach(key=key, constraint=constraint, limit=limit, value="none" if key == "format" else 134)
    answer = remedy((breach,), facts_of({"format": "none", "size": 134}, locator=GIT_LFS), Entry(path=PATH), UTC)
    assert answer is not None
    assert "git lfs pull" in answer.words.render("en")
    assert "bit rate" not in answer.words.render("en")


def test_an_unknown_codec_is_advised_on_though_nothing_fails() -> None:
    odd = Fact(key="playable", witness="boxes", state=State.UNKNOWN, locator="moov/trak[0]/mdia/minf/stbl/stsd/zzzz")
    lost = Fact(key="playable", witness="boxes", state=State.UNKNOWN, locator="layout")
    rules = read_rules(b"vidcheck: 1\nrules:\n  playable: {is: yes}\n", "rules.yaml")
    for fact, advice in ((odd, True), (lost, False)):
        (found,) = judge_entry(Entry(path=PATH), Facts(facts=(fact,)), rules).report.findings
        assert found.outcome == "unknown"
        assert bool(found.remedy and "H.264 and AAC are safe" in found.remedy.words.render("en")) is advice


def test_every_row_is_of_a_key() -> None:
    assert {key for key, _ in ROWS} <= set(KEYS)


def test_a_key_that_nobody_knows_has_no_remedy() -> None:
    breach = Breach(key="no-such-key", constraint="is", limit="x", value="y")
    assert remedy((breach,), Facts(), Entry(path=PATH), UTC) is None
    assert remedy((), Facts(), Entry(path=PATH), UTC) is None


def test_breaches_of_several_keys_are_all_answered_and_two_commands_are_none() -> None:
    size = Breach(key="resolution", constraint="max", limit=Size(1280, 720), value=Size(1920, 1080))
    rate = Breach(key="video.frame-rate", constraint="is", limit=Fraction(25), value=Fraction(30))
    both = remedy((size, rate, size), facts_of(USUAL), Entry(path=PATH), UTC)
    assert both is not None
    assert "1280×720" in both.words.render("en")
    assert "25 fps" in both.words.render("en")
    assert both.words.render("en").count("1280×720") == 1
    assert both.command == ""


def test_dates_are_told_in_the_zone_of_the_call() -> None:
    zone = timezone(timedelta(hours=8))
    limit = Moment.at(datetime(2022, 2, 28, 18, 0, tzinfo=UTC))
    value = Moment.at(datetime(2022, 3, 2, 18, 0, tzinfo=UTC))
    breach = Breach(key="broadcast", constraint="to", limit=limit, value=value)
    case = case_of(breach, Facts(), Entry(path=PATH), zone)
    assert "2022-03-01 02:00 +08:00" in case.shown_goal.render("en")


@pytest.mark.parametrize(
    ("seconds", "most", "said"),
    [
        (180, 200 * 2**20, "about 5 Mbps (5000 kbps), picture and sound together, so that the new file has between 100 MB and 200 MB."),
        (240, 200 * 2**20, "about 4 Mbps (4000 kbps)"),
        (3600, 200 * 2**20, "about 0.25 Mbps (250 kbps)"),
        (240, 102_000_000, "about 3.367 Mbps (3367 kbps)"),
        (240, 150_000_000, "between 100 MB and 150 MB."),
    ],
)  # fmt: skip
def test_a_file_too_small_takes_a_round_bit_rate_that_stays_under_the_upper_limit(
    seconds: int, most: int, said: str
) -> None:
    breach = Breach(key="size", constraint="min", limit=100_000_000, value=60_000_000, ceiling=most)
    known = USUAL | {"duration": Fraction(seconds)}
    answer = remedy((breach,), facts_of(known), Entry(path=PATH), UTC)
    assert answer is not None
    words = answer.words.render("en")
    assert said in words
    rate = Fraction(re.search(r"([\d.]+) Mbps", words)[1]) * 1_000_000  # type: ignore[index] # it is there
    assert 100_000_000 <= rate * seconds / 8 <= most


def test_nobody_has_to_be_asked_where_a_recommendation_can_not_be_met() -> None:
    breach = Breach(key="resolution", constraint="min", limit=Size(1280, 720), value=Size(640, 360))
    answer = remedy((breach,), facts_of(USUAL), Entry(path=PATH), UTC, recommended=True)
    assert answer is not None
    assert "如果原片只有 640×360，保持原样即可。" in answer.words.render("zh")
    assert "ask the organizer" not in answer.words.render("en")


def test_a_date_that_nobody_knows_is_asked_for_on_the_form() -> None:
    rules = read_rules(b"vidcheck: 1\nrules:\n  completed: {from: 2020-01-01}\n", "rules.yaml")
    lost = Fact(key="completed", witness="boxes", state=State.UNKNOWN)
    (found,) = judge_entry(Entry(path=PATH), Facts(facts=(lost,)), rules).report.findings
    assert found.remedy
    assert "Write on the entry form" in found.remedy.words.render("en")


@pytest.mark.parametrize(
    ("path", "format_", "said"),
    [
        ("a.mp4", "mov", "文件名以 .mp4 结尾，内容却是 MOV (QuickTime)"),
        ("a.MP4", "matroska", "文件名以 .MP4 结尾，内容却是"),
        ("a.mkv", "mov", "文件名以 .mkv 结尾，内容却是"),
        ("a.mov", "mov", ""),
        ("a.qt", "mov", ""),
        ("a.txt", "mov", ""),
        ("a", "mov", ""),
    ],
)
def test_a_name_that_promises_another_format_is_said(path: str, format_: str, said: str) -> None:
    rules = read_rules(b"vidcheck: 1\nrules:\n  format: {is: mp4}\n", "rules.yaml")
    seen = Facts(facts=(Fact(key="format", witness="boxes", value=format_),))
    (found,) = judge_entry(Entry(path=path), seen, rules).report.findings
    why = found.why.render("zh") if found.why else ""
    assert why.startswith(said) if said else not why


def test_a_declared_date_outside_takes_proof_and_no_other_date_is_invited() -> None:
    limit, value = DATE.read("2022-02-28"), DATE.read("2022-03-02")
    breach = Breach(key="completed", constraint="to", limit=limit, value=value)
    answer = remedy((breach,), facts_of({"completed": value}, "declared"), Entry(path=PATH), UTC)
    assert answer is not None
    assert "proof of the true date" in answer.words.render("en")
    assert not any(
        word in answer.words.render(lang) for lang in ("en", "zh") for word in ("slip", "correct", "笔误", "更正")
    )
    assert answer.command == ""


def test_quicktime_creation_date_is_kept() -> None:
    dated = facts_of({"container.created": DATE.read("2021-05-04")}, locator="General.com_apple_quicktime_creationdate")
    breach = Breach(key="format", constraint="is", limit="mp4", value="mov")
    answer = remedy((breach,), dated.joined(facts_of(MOV)), Entry(path=PATH), UTC)
    assert answer is not None
    assert answer.command.endswith(
        "-metadata major_brand= -metadata minor_version= -metadata compatible_brands= "
        "-movflags +faststart+use_metadata_tags entries/017-fixed.mp4"
    )


NAMES = {
    "spaces": ("a b.mov", "'a b.mov'", "'a b-fixed.mp4'"),
    "quote": ("it's.mov", "'it'\"'\"'s.mov'", "'it'\"'\"'s-fixed.mp4'"),
    "dash": ("-x.mov", "./-x.mov", "./-x-fixed.mp4"),
    "protocol": ("a:b.mov", "./a:b.mov", "./a:b-fixed.mp4"),
    "protocol-with-comma": ("subfile,,x.mov", "./subfile,,x.mov", "./subfile,,x-fixed.mp4"),
    "colon-in-a-folder": ("e/a:b.mov", "e/a:b.mov", "e/a:b-fixed.mp4"),
    "per-cent": ("%03d.mov", "%03d.mov", "%03d-fixed.mp4"),
    "chinese": ("电影.mov", "'电影.mov'", "'电影-fixed.mp4'"),
    "newline": ("a\nb.mov", r"$'a\012b.mov'", r"$'a\012b-fixed.mp4'"),
    "bidi": ("a\u202e'\\b.mov", r"$'a\342\200\256\'\\b.mov'", r"$'a\342\200\256\'\\b-fixed.mp4'"),
    "not-utf-8": ("a\udcff.mov", r"$'a\377.mov'", r"$'a\377-fixed.mp4'"),
    "no-extension": ("017", "017", "017-fixed.mp4"),
    "hidden": (".mov", ".mov", ".mov-fixed.mp4"),
    "too-long": ("x" * 251 + ".mov", "x" * 251 + ".mov", "x" * 245 + "-fixed.mp4"),
}


@pytest.mark.parametrize(("name", "source", "result"), NAMES.values(), ids=NAMES)
def test_names_are_quoted_for_the_shell(name: str, source: str, result: str) -> None:
    line = told("format", "is", "mp4", "mov", MOV, path=name).command
    assert line == f"ffmpeg -n -i {source} {KEPT} -c copy -movflags +faststart {result}"


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=("C", "Z")), min_size=1, max_size=80))
def test_the_shell_gives_back_the_name(name: str) -> None:
    words = shlex.split(told("format", "is", "mp4", "mov", MOV, path=f"in/{name}").command)
    assert words[words.index("-i") + 1] == f"in/{name}"
    assert words[-1].endswith("-fixed.mp4")


LONE_BYTES = "".join(map(chr, range(0xDC80, 0xDD00)))
"""What stands for bytes that are no UTF-8 (os.fsdecode); no system gives a name with other halves of a pair."""


@given(
    st.text(
        st.characters(exclude_characters="/\0", exclude_categories=["Cs"], include_characters=LONE_BYTES),
        min_size=1,
        max_size=80,
    )
)
def test_a_command_has_nothing_that_cannot_be_seen(name: str) -> None:
    line = told("format", "is", "mp4", "mov", MOV, path=name).command
    assert visible(line) == line


CONSTRAINTS = ("is", "any-of", "not", "none-of", "min", "max", "above", "below", "known")


@pytest.mark.parametrize("key", [name for name, key in KEYS.items() if key.kind.examples])
def test_every_breach_has_words_and_every_command_keeps_dates(key: str) -> None:
    kind = KEYS[key].kind
    values = [kind.read(text) for text in kind.examples]
    bounded = kind.ordered or isinstance(values[0], Size)
    for constraint, value in product(CONSTRAINTS, (values[-1], None)):
        if constraint in {"min", "max", "above", "below"} and not bounded:
            continue
        several = constraint in {"any-of", "none-of"}
        answer = told(key, constraint, constraint == "known" or (tuple(values) if several else values[0]), value)
        for lang in ("en", "zh"):
            words = answer.words.render(lang)
            assert words
            assert "{" not in words
        line = shlex.split(answer.command)
        assert not line or (line[:2] == ["ffmpeg", "-n"] and line[line.index("-map_metadata") + 1] == "0")
        assert not line or line[-1] not in line[:-1]


def run(line: str, folder: Path) -> None:
    subprocess.run(
        ["bash", "-c", line], cwd=folder, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=60
    )


@pytest.mark.skipif(not shutil.which("ffmpeg") or not shutil.which("ffprobe"), reason="ffmpeg is not installed")
@pytest.mark.parametrize("name", ["-a'b c\n:%d.mov", "a\udcff.mov"], ids=["odd-name", "not-utf-8"])
def test_commands_mend_a_real_file_and_keep_its_date(tmp_path: Path, name: str) -> None:
    made = "ffmpeg -v error -f lavfi -i testsrc=s=64x48:d=2 -f lavfi -i sine=d=2 -c:v libx264 -preset ultrafast -c:a pcm_s16le -metadata creation_time=2021-05-04T12:00:00Z x.mov"
    run(made, tmp_path)
    source = tmp_path / name
    try:
        (tmp_path / "x.mov").rename(source)
    except OSError:
        pytest.skip("this file system takes no such names")
    run(told("format", "is", "mp4", "mov", MOV | {"audio.codec": "pcm"}, path=name).command, tmp_path)
    result = source.with_name(f"{name[:-4]}-fixed.mp4")
    probed = subprocess.run(
        ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", f"file:{result}"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    found = json.loads(probed.stdout.decode("utf-8", "replace"))
    assert found["format"]["tags"]["creation_time"] == "2021-05-04T12:00:00.000000Z"
    assert [stream["codec_name"] for stream in found["streams"]] == ["h264", "aac"]
    assert result.read_bytes()[8:12] == b"isom"


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
def test_too_big_lands_below_the_limit(tmp_path: Path) -> None:
    made = "ffmpeg -v error -f lavfi -i testsrc2=s=160x120:r=10:d=12 -vf noise=alls=40:allf=t -c:v libx264 -preset ultrafast -crf 12 x.mp4"
    run(made, tmp_path)
    size = (tmp_path / "x.mp4").stat().st_size
    known = USUAL | {"duration": Fraction(12), "audio.count": 0}
    run(told("size", "max", size // 2, size, known, path="x.mp4").command, tmp_path)
    assert size // 2 * 0.8 < (tmp_path / "x-fixed.mp4").stat().st_size <= size // 2


def test_aims_are_public_words() -> None:
    assert [aim.value for aim in Aim] == ["over", "under", "wrong", "absent", "any"]
