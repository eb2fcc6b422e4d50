"""MediaInfo: the library itself, and its JSON read, whatever stands in it."""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymediainfo import MediaInfo

from tests.clips import surgery
from tests.hostile import mutator
from vidcheck.facts import Fact, State
from vidcheck.quantities import Size
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import mediainfo
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.evidence import MOST
from vidcheck.witnesses.mediainfo import library
from vidcheck.witnesses.mp4 import boxes

DATA = Path(__file__).parent.parent / "data" / "mediainfo"
NUMBERS = [
    "1e400",
    "nan",
    "inf",
    "-1",
    "0",
    "0.000",
    "9" * 5000,
    "1/0",
    "٣",
    "25.000",
    "999999999999999999",
    "½",
    "1_000",
]
FIELDS = sorted(
    {
        name
        for path in DATA.glob("*.json")
        for track in json.loads(path.read_text(encoding="utf-8"))["media"]["track"]
        for name in track
        if "_String" not in name and "_Url" not in name
    }
)


def answer(general: dict[str, Any], *tracks: dict[str, Any]) -> str:
    return json.dumps({"media": {"@ref": "", "track": [{"@type": "General", **general}, *tracks]}})


def film(*tracks: dict[str, Any], **general: Any) -> dict[str, Fact]:
    general = {"Format": "MPEG-4", "CodecID": "isom", "CodecID_Compatible": "isom", **general}
    return {fact.key: fact for fact in mediainfo.read(answer(general, *tracks))}


def video(**fields: Any) -> dict[str, Any]:
    return {"@type": "Video", "Format": "AVC", "Width": "1920", "Height": "1080", **fields}


def audio(**fields: Any) -> dict[str, Any]:
    return {"@type": "Audio", "Format": "AAC", **fields}


def test_it_reads_an_open_file_wherever_it_was_read_to() -> None:
    file = BytesIO(surgery.clip())
    file.read(1000)
    facts = {fact.key: fact.value for fact in mediainfo.read(mediainfo.look(file))}
    assert facts["duration"] == 180
    assert facts["resolution"] == Size(1920, 1080)
    assert facts["title"] == "vidcheck sample"


def test_a_small_file_loses_no_facts() -> None:
    # with pymediainfo's own buffer of 64 kB, a file that fits into it is told without half of its fields
    file = BytesIO(surgery.clip())
    whole = {fact.key for fact in mediainfo.read(mediainfo.look(file))}
    assert {"video.scan", "video.profile", "audio.channels"} <= whole


@pytest.mark.parametrize("content", [b"", b"text\n", bytes(70_000), b"PK\x03\x04" + bytes(100)])
def test_what_is_no_media_file_is_read_without_an_error(content: bytes) -> None:
    keys = {fact.key for fact in mediainfo.read(mediainfo.look(BytesIO(content)))}
    assert keys <= {"format"}


def test_the_version_is_the_librarys() -> None:
    assert Fraction(mediainfo.version()) >= 24


def test_without_pymediainfo_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymediainfo", None)
    library.load.cache_clear()
    with pytest.raises(CouldNotLookError, match="pymediainfo is not installed"):
        mediainfo.look(BytesIO(b""))


def by_pymediainfo(data: bytes) -> str:
    return MediaInfo.parse(BytesIO(data), output="JSON", parse_speed=0, full=False, buffer_size=4096)


@pytest.mark.parametrize("data", mutator.bases()[2:], ids=["plain", "index-last", "fragments", "wide", "dated"])
def test_it_tells_what_pymediainfos_own_way_tells(data: bytes) -> None:
    facts = mediainfo.read(by_pymediainfo(data))
    assert mediainfo.read(mediainfo.look(BytesIO(data))) == facts
    assert mediainfo.read(mediainfo.look(BytesIO(data), film=True)) == facts


@pytest.mark.parametrize("brand", ["isom", "qt  ", "M4V ", "3gp4", "dash", "heic", "\0\0\0\0"])
def test_of_a_film_beyond_doubt_the_parser_of_films_tells_the_same(brand: str) -> None:
    data = surgery.set_brands(mutator.clean(), brand, (brand, "isom"))
    assert boxes.look(BytesIO(data), len(data)).undoubted
    assert mediainfo.look(BytesIO(data), film=True) == mediainfo.look(BytesIO(data))


def test_of_broken_films_beyond_doubt_the_parser_of_films_tells_the_same() -> None:
    compared = 0
    for seed in range(60):
        data = mutator.mutate(seed).data
        layout = boxes.look(BytesIO(data), len(data))
        if layout.refusal is None and layout.undoubted:
            facts = mediainfo.read(mediainfo.look(BytesIO(data), film=True))
            assert facts == mediainfo.read(mediainfo.look(BytesIO(data))), seed
            compared += 1
    assert compared > 10


def test_the_library_is_loaded_once_for_all_files(monkeypatch: pytest.MonkeyPatch) -> None:
    mediainfo.look(BytesIO(b""))

    def again(*_: object) -> None:
        pytest.fail("it was loaded again")

    monkeypatch.setattr(MediaInfo, "_get_library", again)
    assert mediainfo.read(mediainfo.look(BytesIO(surgery.clip())))


def test_what_a_file_took_of_the_librarys_memory_is_given_back_even_where_reading_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 8000:
                raise OSError(5, "Input/output error")
            return super().read(size)

    given: list[int] = []
    loaded = library.load().functions
    monkeypatch.setattr(loaded, "MediaInfo_Delete", given.append)
    with pytest.raises(CouldNotLookError, match="reading failed"):
        mediainfo.look(Broken(surgery.clip()))
    assert len(given) == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError("Failed to load library"), "could not be loaded"),
        (OSError(5, "Input/output error"), "reading failed"),
        (RuntimeError("Could not determine library version"), "failed on this file"),
        (ValueError("character U+110000 is not in range"), "failed on this file"),
    ],
)
def test_what_goes_wrong_in_the_library_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr(library, "parse", fail)
    with pytest.raises(CouldNotLookError, match=words):
        mediainfo.look(BytesIO(b""))


WHOLE = (DATA / "clip.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "", "{", WHOLE[: len(WHOLE) // 2], "[]", "null", "17", '"x"', "{}", '{"media": null}', '{"media": []}',
        '{"media": {"track": null}}', '{"media": {"track": {}}}', '{"media": {"track": [1]}}', "[" * 100_000,
        '{"a":' * 100_000, "\x00",
    ],
    ids=range(16),
)  # fmt: skip
def test_half_an_answer_is_a_fault(text: str) -> None:
    with pytest.raises(CouldNotLookError, match="in its own form"):
        mediainfo.read(text)


def test_an_answer_without_tracks_tells_nothing() -> None:
    assert mediainfo.read('{"media": {"track": []}}') == ()


def test_control_characters_in_a_tag_are_kept() -> None:
    text = answer({"Format": "AVI", "Title": "T"}, video()).replace('"T"', '"a\x00\x1b[2Jb"')
    (title,) = (fact for fact in mediainfo.read(text) if fact.key == "title")
    assert title.value == "a\x00\x1b[2Jb"


def test_a_title_of_a_megabyte_is_cut_and_says_so() -> None:
    title = film(video(), Title="é" * 2**20)["title"]
    assert len(title.value) == MOST
    assert title.value.endswith("…")
    assert len(title.raw) == MOST
    assert title.note is not None
    assert "1048576" in title.note.render("en")


@pytest.mark.parametrize("number", NUMBERS)
def test_an_absurd_number_is_no_fact_and_no_error(number: str) -> None:
    for name in (
        "Duration",
        "Width",
        "Height",
        "FrameRate",
        "FrameRate_Num",
        "BitRate",
        "BitDepth",
        "PixelAspectRatio",
        "Rotation",
    ):
        film(video(**{name: number}), FileSize=number, Duration=number)
    film(video(), audio(Channels=number, SamplingRate=number, Duration=number))
    told = film(video(Duration=number, Width=number, FrameRate=number))
    assert told.get("duration") is None or told["duration"].value > 0


def test_the_truth_of_sizes_is_what_is_coded() -> None:
    lying = film(video(Width="1280", Width_Original="1920", Height="720", Height_Original="1080"))
    assert lying["resolution"].value == Size(1920, 1080)
    assert lying["resolution"].locator == "Video[0].Width_Original"


def test_a_derived_size_says_what_went_into_it() -> None:
    told = film(video(Width="1440", PixelAspectRatio="1.333", Rotation="90.000"))
    assert told["resolution"].value == Size(1080, 1920)
    assert told["resolution"].note is not None
    assert told["resolution"].note.render("en") == "worked out from 1440×1080 stored, pixels of 4:3, turned by 90°"
    assert film(video())["resolution"].note is None


def test_chapter_pictures_are_no_film() -> None:
    told = film(video(), {"@type": "Video", "Format": "JPEG", "Default": "No", "Width": "160", "Height": "90"})
    assert told["video.count"].value == 1
    assert told["resolution"].value == Size(1920, 1080)
    film_of_stills = film({"@type": "Video", "Format": "JPEG", "Width": "160", "Height": "90"})
    assert film_of_stills["video.codec"].value == "mjpeg"


def test_captions_inside_the_picture_are_no_subtitle_track() -> None:
    told = film(video(), {"@type": "Text", "ID": "1-CC1"}, {"@type": "Text", "ID": "3"})
    assert told["subtitle.count"].value == 1


@pytest.mark.parametrize(
    ("fields", "system"),
    [
        ({"HDR_Format": "Dolby Vision / SMPTE ST 2086", "transfer_characteristics": "PQ"}, "dolby-vision"),
        ({"HDR_Format": "SMPTE ST 2094 App 4", "HDR_Format_Compatibility": "HDR10+ Profile B"}, "hdr10+"),
        ({"HDR_Format": "SMPTE ST 2086", "transfer_characteristics": "PQ"}, "hdr10"),
        ({"transfer_characteristics": "PQ"}, "pq"),
        ({"transfer_characteristics": "HLG / BT.2020 (10-bit)"}, "hlg"),
        ({"transfer_characteristics": "BT.709"}, "none"),
        ({}, "none"),
    ],
)
def test_high_dynamic_range(fields: dict[str, str], system: str) -> None:
    assert film(video(**fields))["video.hdr"].value == system


@pytest.mark.parametrize(
    ("fields", "codec"),
    [
        ({"Format": "MPEG Video", "Format_Version": "1"}, "mpeg1video"),
        ({"Format": "MPEG Video", "Format_Version": "2"}, "mpeg2video"),
        ({"Format": "MPEG-4 Visual", "CodecID": "DIV3"}, "msmpeg4v3"),
        ({"Format": "VC-1", "CodecID": "WMV3"}, "wmv3"),
        ({"Format": "VC-1", "CodecID": "WVC1"}, "vc1"),
        ({"Format": "Chimera"}, "other"),
    ],
)
def test_picture_codecs(fields: dict[str, str], codec: str) -> None:
    told = film(video(**fields))["video.codec"]
    assert (told.value, told.raw) == (codec, fields["Format"])


@pytest.mark.parametrize(
    ("fields", "codec", "profile"),
    [
        ({"Format_AdditionalFeatures": "LC"}, "aac", "LC"),
        ({"Format_AdditionalFeatures": "LC SBR"}, "aac", "HE-AAC"),
        ({"Format_AdditionalFeatures": "LC SBR PS"}, "aac", "HE-AACv2"),
        ({"Format": "MPEG Audio", "Format_Profile": "Layer 3"}, "mp3", None),
        ({"Format": "MPEG Audio", "Format_Profile": "Layer 2"}, "mp2", None),
        ({"Format": "ADPCM", "Format_Profile": "A-Law"}, "pcm", None),
        ({"Format": "AMR", "Format_Profile": "Narrow band"}, "amr_nb", None),
        ({"Format": "WMA", "Format_Version": "2"}, "wmav2", None),
        ({"Format": "MLP FBA"}, "truehd", None),
        ({"Format": "Chimera"}, "other", None),
    ],
)
def test_sound_codecs(fields: dict[str, str], codec: str, profile: str | None) -> None:
    told = film(video(), audio(**fields))
    assert told["audio.codec"].value == codec
    assert (told["audio.profile"].value if "audio.profile" in told else None) == profile


def test_a_codec_that_is_not_named_is_not_told() -> None:
    told = film(video(Format=""), audio(Format="MPEG Audio"))
    assert "video.codec" not in told
    assert "audio.codec" not in told


def test_the_decoders_sample_rate_comes_first() -> None:
    assert film(video(), audio(SamplingRate="48000 / 24000"))["audio.sample-rate"].value == 48_000


@pytest.mark.parametrize(
    ("date", "state"),
    [
        ("2022-02-28 15:30:00 UTC", State.KNOWN), ("UTC 2022-02-28 15:30:00", State.KNOWN),
        ("2022-02-28T23:30:00+0800", State.KNOWN), ("2022-02-28 15:30:00", State.UNKNOWN),
        ("2022-02-30 15:30:00 UTC", State.UNKNOWN), ("1904-01-01 00:00:00 UTC", State.UNKNOWN),
        ("1970-01-01 00:00:00 UTC", State.UNKNOWN), ("1980-01-01 00:00:00 UTC", State.UNKNOWN),
        ("0-00-00 00:00:00.000", State.UNKNOWN), ("x" * 10**5, State.UNKNOWN), ("2022-02-28 15:30:00+99:99", State.UNKNOWN),
    ],
)  # fmt: skip
def test_container_dates(date: str, state: State) -> None:
    told = film(video(), Encoded_Date=date)
    for key in ("container.created", "completed"):
        assert told[key].state is state
        assert told[key].raw[:5] == date[:5]
        assert (told[key].note is None) is (state is State.KNOWN)


def test_a_rate_is_variable_only_where_it_was_measured() -> None:
    assert "video.frame-rate-mode" not in film(video(FrameRate_Mode="VFR", FrameRate="25.000", Duration="9.000"))
    measured = {"FrameRate_Mode": "VFR", "FrameRate": "16.750", "FrameRate_Maximum": "25.000", "Duration": "4.000"}
    assert film(video(**measured))["video.frame-rate-mode"].value == "variable"


def test_a_longer_last_frame_leaves_a_rate_constant() -> None:
    told = film(video(FrameRate_Mode="VFR", FrameRate="24.867", FrameRate_Maximum="25.000", Duration="4.021"))
    assert (told["video.frame-rate"].value, told["video.frame-rate-mode"].value) == (25, "constant")


def test_many_longer_frames_make_a_variable_rate_which_is_the_frames_by_their_time() -> None:
    apple = {
        "FrameRate_Mode": "VFR",
        "FrameRate": "30.000",
        "FrameRate_Minimum": "28.571",
        "FrameRate_Maximum": "30.000",
    }
    told = film(video(**apple, FrameCount="1800", Duration="60.024"))
    assert told["video.frame-rate"].value == Fraction(1800_000, 60_024)
    assert told["video.frame-rate-mode"].value == "variable"
    held = film(video(**apple, FrameCount="1800", Duration="60.002"))
    assert (held["video.frame-rate"].value, held["video.frame-rate-mode"].value) == (30, "constant")


def scalars() -> st.SearchStrategy[Any]:
    return st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.sampled_from(NUMBERS)


def trees() -> st.SearchStrategy[Any]:
    return st.recursive(
        scalars(), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    )


@given(trees())
def test_any_json_is_read_or_refused(tree: Any) -> None:
    try:
        mediainfo.read(json.dumps(tree))
    except CouldNotLookError as refused:
        assert refused.message.render("zh")  # noqa: PT017 - either way is right


WORDS = [
    "AVC",
    "AAC",
    "MPEG-4",
    "isom",
    "Video",
    "Audio",
    "General",
    "Yes",
    "No",
    "VFR",
    "CFR",
    "PQ",
    "16:9",
    "RGB",
    "chi",
    "\x00",
    "\u202e",
    "2022-02-28 15:30:00 UTC",
]


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(FIELDS),
            st.sampled_from(NUMBERS) | st.sampled_from(WORDS) | st.text(max_size=12) | trees(),
            max_size=12,
        ).map(lambda fields: {"@type": "Video", "Format": "AVC", **fields}),
        max_size=4,
    ),
    st.dictionaries(
        st.sampled_from(FIELDS), st.sampled_from(NUMBERS) | st.sampled_from(WORDS) | st.text(max_size=12), max_size=12
    ),
)
def test_whatever_stands_in_its_fields_facts_are_of_their_kinds(
    tracks: list[dict[str, Any]], general: dict[str, Any]
) -> None:
    for fact in mediainfo.read(answer({"Format": "MPEG-4", **general}, *tracks)):
        assert fact.key in mediainfo.KEYS
        if fact.state is State.KNOWN:
            KEYS[fact.key].kind.show(fact.value)
            json.dumps(KEYS[fact.key].kind.json(fact.value))
