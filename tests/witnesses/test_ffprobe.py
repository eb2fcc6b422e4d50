"""ffprobe's JSON read, whatever stands in it."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.witnesses.test_mediainfo import NUMBERS, trees
from vidcheck.facts import Fact, State
from vidcheck.quantities import Size
from vidcheck.terms import AUDIO_CODECS, VIDEO_CODECS
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import ffprobe
from vidcheck.witnesses.codecs import ffmpeg_audio, ffmpeg_video, pixel_format
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.evidence import MOST
from vidcheck.witnesses.languages import language

DATA = Path(__file__).parent.parent / "data" / "ffprobe"
WHOLE = (DATA / "clip.json").read_text(encoding="utf-8")
RECORDED = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*.json"))]
STREAM_FIELDS = sorted({name for one in RECORDED for stream in one.get("streams", []) for name in stream})
FORMAT_FIELDS = sorted({name for one in RECORDED for name in one.get("format", {})})
MOV = "mov,mp4,m4a,3gp,3g2,mj2"
IDENTITY = (65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)


def answer(*streams: dict[str, Any], **form: Any) -> str:
    brands = {"major_brand": "isom", "minor_version": "512", "compatible_brands": "isom"}
    return json.dumps({"streams": streams, "format": {"format_name": MOV, "tags": brands, **form}})


def film(*streams: dict[str, Any], **form: Any) -> dict[str, Fact]:
    return {fact.key: fact for fact in ffprobe.read(answer(*streams, **form))}


def video(**fields: Any) -> dict[str, Any]:
    shown = {"disposition": {"default": 1, "attached_pic": 0}}
    return {"codec_type": "video", "codec_name": "h264", "width": 1920, "height": 1080, **shown, **fields}


def audio(**fields: Any) -> dict[str, Any]:
    return {"codec_type": "audio", "codec_name": "aac", **fields}


def turned(rotation: object, matrix: tuple[int, ...] = IDENTITY) -> dict[str, Any]:
    rows = "".join(
        f"\n{row:08}: {matrix[3 * row]:12d} {matrix[3 * row + 1]:12d} {matrix[3 * row + 2]:12d}" for row in range(3)
    )
    return {
        "side_data_list": [{"side_data_type": "Display Matrix", "displaymatrix": f"{rows}\n", "rotation": rotation}]
    }


@pytest.mark.parametrize(
    "text",
    ["", "{", WHOLE[: len(WHOLE) // 2], "{\n\n}\n", "[]", "null", '{"streams": []}', '{"format": {}}', '{"streams": {}, "format": {}}',
     '{"streams": [1], "format": {}}', '{"streams": [], "format": []}', "[" * 100_000],
    ids=range(12),
)  # fmt: skip
def test_half_an_answer_is_a_fault(text: str) -> None:
    with pytest.raises(CouldNotLookError, match="in its own form"):
        ffprobe.read(text)


@pytest.mark.parametrize(
    ("rotation", "matrix", "turn", "size"),
    [
        (-90, (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30), 90, Size(1080, 1920)),
        (90, (0, -65536, 0, 65536, 0, 0, 0, 0, 1 << 30), 270, Size(1080, 1920)),
        (-180, (-65536, 0, 0, 0, -65536, 0, 0, 0, 1 << 30), 180, Size(1920, 1080)),
        (0, IDENTITY, 0, Size(1920, 1080)),
        (-180, (-65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30), None, Size(1920, 1080)),
        (-90, (0, 65536, 0, 65536, 0, 0, 0, 0, 1 << 30), None, Size(1080, 1920)),
        (-9223372036854775808, (0,) * 9, None, Size(1920, 1080)),
        ("nan", IDENTITY, None, Size(1920, 1080)),
    ],
)
def test_a_turn_is_told_clockwise(rotation: object, matrix: tuple[int, ...], turn: int | None, size: Size) -> None:
    told = film(video(**turned(rotation, matrix)))
    assert told["video.rotation"].value == turn
    assert told["video.rotation"].state is (State.UNKNOWN if turn is None else State.KNOWN)
    assert told["resolution"].value == size


def test_the_tag_of_older_versions_is_clockwise() -> None:
    assert film(video(tags={"rotate": "90"}))["video.rotation"].value == 90


@pytest.mark.parametrize(
    ("shape", "width"), [("4:3", 2560), ("0:1", 1920), ("1:0", 1920), ("N/A", 1920), ("12:11", 2095)]
)
def test_pixel_shape_is_exact(shape: str, width: int) -> None:
    assert film(video(sample_aspect_ratio=shape))["resolution"].value == Size(width, 1080)


def test_an_absurd_pixel_shape_leaves_only_the_stored_size() -> None:
    told = film(video(sample_aspect_ratio="1:999999999999"))
    assert "resolution" not in told
    assert told["video.stored-resolution"].value == Size(1920, 1080)


@pytest.mark.parametrize("mark", ["attached_pic", "timed_thumbnails", "still_image"])
def test_pictures_that_are_no_film_are_not_counted(mark: str) -> None:
    told = film(audio(), video(disposition={"default": 1, mark: 1}))
    assert told["video.count"].value == 0
    assert told["resolution"].state is State.ABSENT


def test_a_still_that_is_not_enabled_is_a_chapter_picture() -> None:
    still = video(codec_name="mjpeg", width=160, height=90, disposition={"default": 0})
    assert film(still, video())["video.count"].value == 1
    assert film(still)["video.count"].value == 1
    assert film(video(codec_name="mjpeg"))["video.codec"].value == "mjpeg"


def test_the_first_enabled_track_is_shown() -> None:
    told = film(video(width=320, disposition={"default": 0}), video(width=640), video(width=800))
    assert told["video.width"].value == 640
    assert told["video.width"].locator == "streams[1].width"


@pytest.mark.parametrize(
    ("fields", "system"),
    [
        (
            {
                "side_data_list": [{"side_data_type": "DOVI configuration record", "dv_profile": 8}],
                "color_transfer": "smpte2084",
            },
            "dolby-vision",
        ),
        (
            {"side_data_list": [{"side_data_type": "Mastering display metadata"}], "color_transfer": "smpte2084"},
            "hdr10",
        ),
        ({"color_transfer": "smpte2084"}, None),
        ({"color_transfer": "arib-std-b67"}, "hlg"),
        ({"color_transfer": "bt709"}, "none"),
        ({}, "none"),
    ],
)
def test_high_dynamic_range(fields: dict[str, Any], system: str | None) -> None:
    told = film(video(**fields)).get("video.hdr")
    assert (told.value if told else None) == system


@pytest.mark.parametrize(
    ("average", "tick", "length", "rate", "mode"),
    [
        ("25/1", "25/1", "180.0", Fraction(25), "constant"),
        ("375000/15001", "25/1", "300.020000", Fraction(25), "constant"),
        ("640000/25737", "25/1", "4.021406", Fraction(25), "constant"),
        ("899/30", "30000/1001", "180.000000", Fraction(30000, 1001), "constant"),
        ("125/8", "25/1", "3.84", Fraction(125, 8), None),
        ("25/1", "50/1", "180.0", Fraction(25), None),
        ("2997/100", "2997/100", "10", Fraction(30000, 1001), "constant"),
        ("0/0", "25/1", "180.0", None, None),
        ("999999999/1", "1/1", "180.0", None, None),
    ],
)
def test_frame_rates(average: str, tick: str, length: str, rate: Fraction | None, mode: str | None) -> None:
    told = film(video(avg_frame_rate=average, r_frame_rate=tick, duration=length))
    assert (told["video.frame-rate"].value if rate else told.get("video.frame-rate")) == rate
    assert (told["video.frame-rate-mode"].value if mode else told.get("video.frame-rate-mode")) == mode


@pytest.mark.parametrize(
    ("header", "start", "tracks", "told"),
    [
        ("180.000000", "0.000000", [("0.000000", "180.000000")], "180"),
        ("600.000000", "0.000000", [("0.000000", "180.000000")], "180"),
        ("0.000000", "0.000000", [("0.000000", "180.000000")], "180"),
        ("182.000000", "0.000000", [("2.000000", "180.000000"), ("0.000000", "180.000000")], "182"),
        ("182.000000", "2.000000", [("2.000000", "180.000000")], "182"),
        ("4.020000", "100.000000", [("100.000000", "4.020000")], "4.02"),
        ("4.000000", "0.000000", [("0.000000", "3.840000")], "4"),
        ("180.021333", "-0.021333", [("0.000000", "180.000000"), ("-0.021333", "180.021333")], "180.021333"),
        ("9.000000", "0.000000", [("0.000000", "N/A")], "9"),
        ("-5.000000", "0.000000", [("0.000000", "-5.000000")], None),
        ("1e400", "nan", [("inf", "1e400")], None),
    ],
)
def test_duration_is_what_tracks_bear_out(
    header: str, start: str, tracks: list[tuple[str, str]], told: str | None
) -> None:
    streams = [video(start_time=begin, duration=length) for begin, length in tracks]
    fact = film(*streams, duration=header, start_time=start).get("duration")
    assert (fact.value if fact else None) == (Fraction(told) if told else None)


def test_elsewhere_the_header_counts() -> None:
    told = film(video(start_time="1.4", duration="9.0"), format_name="mpegts", duration="9.1", start_time="1.4")
    assert told["duration"].value == Fraction("9.1")


def test_the_bit_rate_of_a_fragmented_track_is_not_believed() -> None:
    assert "video.bit-rate" not in film(video(bit_rate="16888"))
    assert film(video(bit_rate="16888", nb_frames="25"))["video.bit-rate"].value == 16_888


@pytest.mark.parametrize("number", NUMBERS)
def test_an_absurd_number_is_no_fact_and_no_error(number: str) -> None:
    told = film(
        video(width=number, height=number, duration=number, start_time=number, avg_frame_rate=number, sample_aspect_ratio=number),
        audio(channels=number, sample_rate=number, bit_rate=number),
        size=number, duration=number, start_time=number,
    )  # fmt: skip
    assert told.get("duration") is None or told["duration"].value > 0


def test_tags_of_any_case_are_found() -> None:
    assert film(video(), format_name="matroska,webm", tags={"TITLE": "T"})["title"].value == "T"


def test_a_title_of_a_megabyte_is_cut_and_says_so() -> None:
    title = film(video(), tags={"title": "x" * 2**20})["title"]
    assert (len(title.value), len(title.raw)) == (MOST, MOST)
    assert title.note is not None


def test_quicktimes_own_date_stands_beside_the_date_of_writing() -> None:
    tags = {
        "com.apple.quicktime.creationdate": "2022-02-28T23:30:00+0800",
        "creation_time": "2022-03-01T00:00:00.000000Z",
    }
    told = film(video(), tags=tags)
    assert told["container.created"].locator == "format.tags.creation_time"
    assert told["completed"].locator == "format.tags.creation_time"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("yuv420p", ("4:2:0", 8)), ("yuvj420p", ("4:2:0", 8)), ("yuv422p10le", ("4:2:2", 10)), ("yuva444p12le", ("4:4:4", 12)),
        ("nv12", ("4:2:0", 8)), ("p010le", ("4:2:0", 10)), ("gray", ("4:0:0", 8)), ("gray10le", ("4:0:0", 10)),
        ("gbrp10le", ("rgb", 10)), ("rgb24", ("rgb", 8)), ("rgb48le", ("rgb", 16)), ("yuv411p", ("4:1:1", 8)),
        ("yuv410p", (None, 8)), ("pal8", ("rgb", 8)), ("nonsense", (None, None)), ("", (None, None)),
    ],
)  # fmt: skip
def test_pixel_formats(name: str, told: tuple[str | None, int | None]) -> None:
    assert pixel_format(name) == told


@pytest.mark.parametrize(
    ("text", "code"),
    [("chi", "zh"), ("zho", "zh"), ("zh-tw", "zh"), ("eng", "en"), ("EN", "en"), ("und", None), ("", None), ("cmn", "cmn"),
     ("Chinese", None), ("zz\x00", None), ("x" * 10**6, None)],
)  # fmt: skip
def test_languages(text: str, code: str | None) -> None:
    assert language(text) == code


@given(st.text(max_size=20))
def test_every_codec_has_a_word_of_the_vocabulary(name: str) -> None:
    assert ffmpeg_video(name) in VIDEO_CODECS
    assert ffmpeg_audio(name) in AUDIO_CODECS
    assert ffmpeg_audio(f"pcm_{name}") == "pcm"


@given(trees())
def test_any_json_is_read_or_refused(tree: Any) -> None:
    try:
        ffprobe.read(json.dumps(tree))
    except CouldNotLookError as refused:
        assert refused.message.render("zh")  # noqa: PT017 - either way is right


WORDS = [
    "h264",
    "video",
    "audio",
    "mov_text",
    "smpte2084",
    "1/0",
    "30000/1001",
    "16:9",
    "yuv420p",
    "tt",
    "N/A",
    "\x00",
    "chi",
]


def objects(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(
        st.sampled_from(names),
        st.sampled_from(NUMBERS) | st.sampled_from(WORDS) | st.text(max_size=12) | trees(),
        max_size=12,
    )


@given(st.lists(objects(STREAM_FIELDS).map(lambda fields: video(**fields)), max_size=4), objects(FORMAT_FIELDS))
def test_whatever_stands_in_its_fields_facts_are_of_their_kinds(
    streams: list[dict[str, Any]], form: dict[str, Any]
) -> None:
    for fact in ffprobe.read(answer(*streams, **form)):
        assert fact.key in ffprobe.KEYS
        if fact.state is State.KNOWN:
            KEYS[fact.key].kind.show(fact.value)
            json.dumps(KEYS[fact.key].kind.json(fact.value))
