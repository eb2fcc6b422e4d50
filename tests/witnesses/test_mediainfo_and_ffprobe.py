"""One truth table for both libraries: what is true of a file, asked of the recorded outputs of each.

The recordings are of MediaInfo 24.12 and ffprobe 5.1 on files whose truth is known from how they were made.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from vidcheck.facts import Beside, Fact, State
from vidcheck.quantities import DATE, KINDS, Moment, Size
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import ffprobe, mediainfo
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.picture import SIZE_KEYS

DATA = Path(__file__).parent.parent / "data"
PROBES = {"mediainfo": mediainfo, "ffprobe": ffprobe}
ABSENT, UNKNOWN, UNTOLD = State.ABSENT, State.UNKNOWN, "untold"
DAY = Moment.at(datetime(2021, 6, 15, 4, tzinfo=UTC))
CHINA = timezone(timedelta(hours=8))
FULL = Size(1920, 1080)
TURNED = Size(1080, 1920)

CLIP = {
    "format": "mp4", "format.brand": "mp42", "duration": Fraction(180), "resolution": FULL, "aspect-ratio": Fraction(16, 9),
    "orientation": "landscape", "completed": DAY, "container.created": DAY, "title": "vidcheck sample", "encoder": ABSENT,
    "video.count": 1, "video.codec": "h264", "video.profile": "High", "video.frame-rate": Fraction(25),
    "video.frame-rate-mode": "constant", "video.bit-rate": Fraction(17_729), "video.width": 1920, "video.height": 1080,
    "video.bit-depth": 8, "video.chroma": "4:2:0", "video.scan": "progressive", "video.hdr": "none", "video.rotation": 0,
    "video.stored-resolution": FULL, "audio.count": 1, "audio.codec": "aac", "audio.profile": "LC", "audio.channels": 2,
    "audio.sample-rate": 48_000, "audio.languages": ("zh",), "subtitle.count": 0,
    "bit-rate": Fraction(518_567 * 8, 180),
}  # fmt: skip
NO_PICTURE = {
    "video.count": 0,
    "resolution": ABSENT,
    "orientation": ABSENT,
    "aspect-ratio": ABSENT,
    "video.codec": ABSENT,
}
NO_SOUND = {"audio.count": 0, "audio.codec": ABSENT, "audio.languages": ABSENT, "audio.channels": ABSENT}
DATED_TWICE = ("date_quicktime", "date_quicktime_colon", "date_quicktime_bad", "date_day_tag")
NO_DATE = {"container.created": ABSENT, "completed": ABSENT}
IMPOSSIBLE = {"container.created": UNKNOWN, "completed": UNKNOWN}
PORTRAIT = {
    "resolution": TURNED,
    "orientation": "portrait",
    "aspect-ratio": Fraction(9, 16),
    "video.width": 1080,
    "video.height": 1920,
}

# What both say, and it is true
TRUTH: dict[str, dict[str, Any]] = {
    "clip": CLIP,
    "plain": {"format": "mp4", "duration": Fraction(4), "resolution": Size(320, 240), "container.created": DAY, "audio.languages": ABSENT},
    "brand_qt": {"format": "mov", "format.brand": "qt"},
    "brand_iso6": {"format": "mp4", "format.brand": "iso6", "format.brands": ("iso6", "mp41")},
    "brand_cmfc": {"format": "mp4"},
    "brand_dash": {"format": "mp4"},
    "brand_xavc": {"format": "mp4", "format.brand": "XAVC", "format.brands": ("XAVC", "mp42", "iso2")},
    "brand_msnv": {"format": "mp4"},
    "brand_m4v": {"format": "mp4", "format.brand": "M4V"},
    "brand_m4a": {"format": "m4a"},
    "brand_heic": {"format": "heif", "duration": UNTOLD, "video.count": UNTOLD, "video.codec": UNTOLD, "resolution": UNTOLD},
    "brand_tgp_only": {"format": "3gp"},
    "brand_tgp_isom": {"format": "mp4"},
    "brand_unknown": {"format": "mp4", "format.brand": "abcd"},
    "brand_nul": {"format": "mp4"},
    "no_ftyp": {"format": "mov", "format.brand": ABSENT, "format.brands": ABSENT},
    "mov": {"format": "mov"},
    "webm": {"video.codec": "vp9", "audio.codec": "opus", "audio.profile": ABSENT},
    "mkv": {"video.codec": "h264", "duration": Fraction(4021, 1000)},
    "flv": {"format": "flv", "audio.channels": 2},
    "avi": {"format": "avi", "video.codec": "mpeg4", "video.profile": "Simple", "audio.codec": "mp3"},
    "mpegts": {"format": "mpegts", "video.codec": "h264", "audio.codec": "aac"},
    "wmv": {"format": "wmv"},
    "m4a": {"format": "m4a", **NO_PICTURE},
    "audio_only": {"format": "mp4", **NO_PICTURE, "audio.count": 1},
    "cover_only": {**NO_PICTURE, "audio.count": 1},
    "cover_tag_no_picture": NO_PICTURE,
    "cover_and_video": {"video.count": 1, "resolution": Size(320, 240), "video.codec": "h264"},
    "cover_tag": {"video.count": 1, "resolution": FULL},
    "no_sound": {**NO_SOUND, "video.count": 1},
    "two_video": {"video.count": 2, "resolution": Size(320, 240)},
    "two_video_one_disabled": {"video.count": 2, "resolution": FULL},
    "first_video_disabled": {"video.count": 2, "resolution": FULL},
    "only_video_disabled": {"video.count": 1, "resolution": FULL},
    "no_track_enabled": {"video.count": 1, "audio.count": 1, "resolution": FULL},
    "two_audio": {"audio.count": 2, "audio.languages": ("zh", "en")},
    "subtitle": {"subtitle.count": 1, "duration": Fraction(4)},
    "chapters": {"subtitle.count": 0, "video.count": 1, "duration": Fraction(4)},
    "timecode": {"video.count": 1, "duration": Fraction(4)},
    "sixch": {"audio.channels": 6},
    "rot90_tkhd": {**PORTRAIT, "video.rotation": 90, "video.stored-resolution": FULL},
    "rot180_tkhd": {"resolution": FULL, "video.rotation": 180, "orientation": "landscape"},
    "rot270_tkhd": {**PORTRAIT, "video.rotation": 270},
    "rot90_anamorphic": {**PORTRAIT, "video.rotation": 90, "video.stored-resolution": Size(1440, 1080)},
    "anamorphic": {"resolution": FULL, "video.stored-resolution": Size(1440, 1080), "aspect-ratio": Fraction(16, 9)},
    "pal_12_11": {"resolution": Size(785, 576), "aspect-ratio": Fraction(15, 11), "video.stored-resolution": Size(720, 576)},
    "pal_16_15": {"resolution": Size(768, 576), "aspect-ratio": Fraction(4, 3)},
    "par_pasp_only": {"resolution": Size(2560, 1080)},
    "par_sps_only": {"resolution": FULL},
    "tkhd_width_only": {"resolution": Size(1440, 1080)},
    "clap": {"resolution": FULL},
    "odd_crop": {"resolution": Size(320, 238)},
    "scaled_matrix": {"resolution": FULL, "video.rotation": 0},
    "mirrored": {"resolution": FULL},
    "zero_matrix": {"resolution": FULL},
    "edit_trim2": {"duration": Fraction(180)},
    "edit_first_minute": {"duration": Fraction(60)},
    "edit_delay2": {"duration": Fraction(182), "video.bit-rate": Fraction(17_729)},
    "edit_zero_length": {"duration": Fraction(180)},
    "trimmed_copy": {"duration": Fraction(2)},
    "video_delayed": {"duration": Fraction(5)},
    "mvhd_duration_lies": {"duration": Fraction(180), "bit-rate": Fraction(518_567 * 8, 180)},
    "mvhd_duration_zero": {"duration": Fraction(180)},
    "mdhd_duration_lies": {"duration": Fraction(180)},
    "frag_empty_moov": {"duration": Fraction(102, 25), "video.frame-rate": Fraction(25)},
    "frag_dash": {"duration": Fraction(102, 25)},
    "frag_cmaf": {"video.frame-rate": Fraction(25)},
    "kfrag_plain": {"duration": Fraction(180_021, 1000), "video.frame-rate": Fraction(25)},
    "kfrag_moov_only": {"duration": UNTOLD, "video.count": 1, "audio.count": 1, "resolution": FULL},
    "vfr": {"duration": Fraction(4), "video.frame-rate": Fraction(125, 8)},
    "r29.97": {"video.frame-rate": Fraction(30_000, 1001), "video.frame-rate-mode": "constant"},
    "r23.976": {"video.frame-rate": Fraction(24_000, 1001), "video.frame-rate-mode": "constant"},
    "clock_1000": {"video.frame-rate": Fraction(30), "video.frame-rate-mode": "constant"},
    "clock_1000_ntsc": {"video.frame-rate": Fraction(30_000, 1001), "video.frame-rate-mode": "constant"},
    "jpeg2000": {"video.codec": "jpeg2000"},
    "vorbis": {"audio.codec": "vorbis"},
    "hevc": {"video.codec": "hevc", "video.profile": "Main", "video.bit-depth": 8},
    "av1": {"video.codec": "av1", "video.bit-depth": 8, "video.profile": "Main"},
    "vp9": {"video.codec": "vp9"},
    "prores": {"video.codec": "prores", "video.profile": "422", "audio.codec": "pcm", "video.chroma": "4:2:2"},
    "pcm": {"audio.codec": "pcm", "audio.profile": ABSENT},
    "mp3": {"audio.codec": "mp3", "audio.profile": ABSENT, "audio.channels": 1},
    "ac3": {"audio.codec": "ac3"},
    "3gp": {"video.codec": "h263"},
    "h264_422_10": {"video.profile": "High 4:2:2", "video.bit-depth": 10, "video.chroma": "4:2:2"},
    "interlaced": {"video.scan": "interlaced", "resolution": Size(768, 576)},
    "hlg": {"video.hdr": "hlg", "video.bit-depth": 10, "video.profile": "Main 10"},
    "date_zero": NO_DATE,
    "date_mvhd_only_zero": NO_DATE,
    "date_one": IMPOSSIBLE,
    "date_exactly_1970": IMPOSSIBLE,
    "date_max32": IMPOSSIBLE,
    "date_v1_huge": NO_DATE,
    "date_tracks_differ": {"container.created": DAY},
    **{name: {"container.created": DAY, "completed": DAY} for name in DATED_TWICE},
    "mdta": {"title": "标题 [red]", **NO_DATE},
    "title_empty": {"title": ABSENT},
    "title_newline_nul": {"title": "a / b"},
    "trunc_front": {"duration": Fraction(180), "video.count": 1},
    "zeros_appended": {"duration": Fraction(180)},
}  # fmt: skip

# What only one of them can say, or says wrongly: the other's word, the boxes' or a dispute
APART: list[tuple[str, str, dict[str, Any]]] = [
    ("mkv", "mediainfo", {"format": "matroska"}),
    ("mkv", "ffprobe", {"format": UNTOLD}),
    ("webm", "mediainfo", {"format": "webm"}),
    ("hdr10", "mediainfo", {"video.hdr": "hdr10"}),
    ("hdr10", "ffprobe", {"video.hdr": UNTOLD}),
    ("pq_no_sei", "mediainfo", {"video.hdr": "pq"}),
    ("pq_no_sei", "ffprobe", {"video.hdr": UNTOLD}),
    ("vfr", "mediainfo", {"video.frame-rate-mode": "variable"}),
    ("vfr", "ffprobe", {"video.frame-rate-mode": UNTOLD}),
    ("vp9_claims_hd", "ffprobe", {"resolution": Size(640, 360), "video.stored-resolution": Size(640, 360)}),
    ("vp9_claims_hd", "mediainfo", {"video.codec": "vp9", **dict.fromkeys(SIZE_KEYS, UNKNOWN)}),
    ("clock_odd", "mediainfo", {"video.frame-rate": Fraction(24), "video.frame-rate-mode": "constant"}),
    ("frag_every_picture", "mediainfo", {"duration": Fraction(8021, 1000), "video.bit-rate": UNKNOWN, "audio.bit-rate": UNKNOWN}),
    ("rot90_mvhd", "mediainfo", {"video.rotation": 0, "resolution": FULL}),
    ("rot90_mvhd", "ffprobe", {"video.rotation": 90, **PORTRAIT}),
    ("rot90_both", "ffprobe", {"video.rotation": 180, "resolution": FULL}),
    ("mirrored", "ffprobe", {"video.rotation": UNKNOWN}),
    ("zero_matrix", "ffprobe", {"video.rotation": UNKNOWN}),
    ("edit_twice", "mediainfo", {"duration": Fraction(360)}),
    ("all_durations_lie", "ffprobe", {"duration": Fraction(180)}),
    ("all_durations_lie", "mediainfo", {"duration": Fraction(200)}),
    ("kfrag_sidx_cut_edge", "mediainfo", {"duration": Fraction(90_005, 1000)}),
    ("kfrag_plain_cut_inside", "mediainfo", {"duration": UNTOLD, "intact": False}),
    ("trunc_front", "mediainfo", {"intact": False}),
    ("trunc_end", "mediainfo", {"intact": False, "format": "mp4", "duration": UNTOLD, "video.count": UNTOLD}),
    ("trunc_in_moov", "mediainfo", {"intact": False, "duration": UNTOLD, "audio.count": UNTOLD, "title": UNTOLD}),
    ("garbage_appended", "mediainfo", {"intact": UNTOLD, "duration": Fraction(180)}),
    ("clip", "mediainfo", {"intact": UNTOLD, "faststart": True}),
    ("index_last", "mediainfo", {"faststart": False}),
    ("kfrag_plain", "mediainfo", {"faststart": True}),
    ("mdat_missing", "mediainfo", {"intact": UNTOLD, "faststart": UNTOLD, "video.profile": "High"}),
    ("no_tracks", "mediainfo", {"format": "mp4", "video.count": UNTOLD}),
    ("no_tracks", "ffprobe", {"format": "mp4", "video.count": UNTOLD, "duration": UNTOLD}),
    ("date_unix_as_1904", "mediainfo", IMPOSSIBLE),
    ("date_before_1970", "mediainfo", IMPOSSIBLE),
    ("wmv", "mediainfo", IMPOSSIBLE),
    ("title_invalid_utf8", "mediainfo", {"title": ABSENT}),
    ("mkvmerge", "mediainfo", {"encoder": "mkvmerge v74.0.0 ('You Oughta Know') 64-bit"}),
    ("mkvmerge", "ffprobe", {"encoder": UNTOLD}),
    ("vp9", "mediainfo", {"video.profile": UNTOLD}),
    ("vp9", "ffprobe", {"video.profile": "Profile 0"}),
    ("zip", "mediainfo", {"format": "zip", "duration": UNTOLD, "video.count": UNTOLD}),
]  # fmt: skip


@cache
def facts(probe: str, name: str) -> dict[str, Fact]:
    told = PROBES[probe].read((DATA / probe / f"{name}.json").read_text(encoding="utf-8"))
    answers = [fact for fact in told if fact.beside is None]
    by_key = {fact.key: fact for fact in answers}
    assert len(by_key) == len(answers), "one word on a key"
    return by_key


def agrees(key: str, fact: Fact | None, truth: Any) -> bool:
    if truth == UNTOLD:
        return fact is None
    if fact is None:
        return False
    if isinstance(truth, State):
        return fact.state is truth and fact.value is None
    kind, share = KEYS[key].kind, KEYS[key].agreement_share
    slack = kind.share(truth, share) if share else KEYS[key].agreement
    return fact.state is State.KNOWN and kind.equal(fact.value, truth, slack)


ROWS = [
    *((name, probe, truths) for name, truths in TRUTH.items() for probe in PROBES),
    *APART,
]


@pytest.mark.parametrize(("name", "probe", "truths"), ROWS, ids=[f"{name}-{probe}" for name, probe, _ in ROWS])
def test_the_recorded_word_is_true(name: str, probe: str, truths: dict[str, Any]) -> None:
    told = facts(probe, name)
    wrong = {key: (told.get(key), truth) for key, truth in truths.items() if not agrees(key, told.get(key), truth)}
    assert not wrong


SHOT = Moment.at(datetime(2021, 6, 16, 1, 30, tzinfo=CHINA))
DAY_TAG = DATE.read("2021-06-20")


@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize(
    ("name", "shot"),
    [
        ("date_quicktime", SHOT),
        ("date_quicktime_colon", SHOT),
        ("date_quicktime_bad", None),
        ("date_day_tag", DAY_TAG),
        ("mdta", Moment.at(datetime(2021, 6, 15, 12, tzinfo=CHINA))),
    ],
)
def test_when_a_film_was_shot_stands_beside_when_it_was_written(probe: str, name: str, shot: Moment | None) -> None:
    told = PROBES[probe].read((DATA / probe / f"{name}.json").read_text(encoding="utf-8"))
    (fact,) = [fact for fact in told if fact.beside is not None]
    assert (fact.key, fact.beside, fact.value) == ("completed", Beside.SHOT, shot)
    assert (fact.state is State.KNOWN) is (shot is not None)


# the recordings of files that ffprobe could not read hold an empty object
EVERY = [
    (probe, path.stem)
    for probe in PROBES
    for path in sorted((DATA / probe).glob("*.json"))
    if json.loads(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("probe", "name"), EVERY, ids=[f"{name}-{probe}" for probe, name in EVERY])
def test_every_fact_is_of_its_keys_kind_and_says_where_it_stands(probe: str, name: str) -> None:
    told = facts(probe, name)
    assert told.keys() <= PROBES[probe].KEYS
    for key, fact in told.items():
        assert fact.witness == PROBES[probe].WITNESS.name
        assert fact.locator
        if fact.state is State.KNOWN:
            assert fact.value is not None
            assert not isinstance(fact.value, float)
            kind = KEYS[key].kind
            assert KINDS[kind.name].show(fact.value)
            assert kind.json(fact.value) is not None
            assert not KEYS[key].values or fact.value in KEYS[key].values
        else:
            assert fact.value is None
            assert fact.state is State.ABSENT or fact.note is not None


@pytest.mark.parametrize("name", ["text", "zeros", "empty"])
def test_of_what_is_no_media_file_mediainfo_says_nothing(name: str) -> None:
    assert facts("mediainfo", name) == {}


@pytest.mark.parametrize("name", ["text", "zeros", "empty", "trunc_end", "moov_missing"])
def test_ffprobes_empty_answer_is_a_fault(name: str) -> None:
    with pytest.raises(CouldNotLookError):
        facts("ffprobe", name)
