"""A film lasts as long as its sample tables say: headers that claim otherwise are told of, honest ones are not."""

import io
from fractions import Fraction
from struct import pack

import pytest

from tests.clips import surgery as kit
from tests.clips.headers import timescale, write_duration
from vidcheck.facts import Fact, State
from vidcheck.witnesses.mp4 import boxes

CLIP = kit.clip()
SHORT = kit.set_duration(CLIP, Fraction(10))
LONG = kit.set_duration(CLIP, Fraction(600))
PICTURE, SOUND = kit.track(CLIP, "vide"), kit.track(CLIP, "soun")


def without_edits(data: bytes) -> bytes:
    for path in (PICTURE, SOUND):
        data = kit.drop_box(data, f"{path}/edts") if kit.find_all(data, f"{path}/edts") else data
    return data


def claim(data: bytes, seconds: int, *headers: str) -> bytes:
    """The file with other durations in these headers of every track."""
    clock = timescale(data, "moov/mvhd")
    for path in (PICTURE, SOUND):
        if "tkhd" in headers:
            data = write_duration(data, f"{path}/tkhd", seconds * clock)
        if "mdhd" in headers:
            data = write_duration(data, f"{path}/mdia/mdhd", seconds * timescale(data, f"{path}/mdia/mdhd"))
        if "elst" in headers:
            data = kit.patch(data, f"{path}/edts/elst", 16, pack(">I", seconds * clock))
    return write_duration(data, "moov/mvhd", seconds * clock)


def duration(data: bytes) -> Fact | None:
    told = boxes.read(boxes.look(io.BytesIO(data), len(data)))
    return next((fact for fact in told if fact.key == "duration"), None)


def beyond_the_samples(data: bytes) -> bytes:
    """The picture's table of durations has one more row, for a sample that is not there, which lasts three minutes."""
    table = f"{PICTURE}/mdia/minf/stbl/stts"
    rows, scale = kit.contents(data, table)[8:], timescale(data, f"{PICTURE}/mdia/mdhd")
    more = pack(">I", len(rows) // 8 + 1) + rows + pack(">II", 1, 180 * scale)
    return kit.replace_box(data, table, kit.full_box("stts", 0, 0, more))


def at_rate(data: bytes, seconds: int, rate: int) -> bytes:
    """One edit that plays all of the media at another rate (16.16), for so many seconds."""
    for handler in ("vide", "soun"):
        data = kit.add_edit_list(data, handler, ((Fraction(seconds), Fraction(0)),))
        data = kit.patch(data, f"{kit.track(data, handler)}/edts/elst", 24, pack(">I", rate))
    return data


@pytest.mark.parametrize(
    ("data", "seconds"),
    [
        pytest.param(at_rate(SHORT, 180, 0), 10, id="short-one-picture-held"),
        pytest.param(at_rate(SHORT, 180, 0x1000), 10, id="short-slowed-down"),
        pytest.param(kit.patch(SHORT, "moov/mvhd", 20, pack(">I", 55)), 10, id="short-slow-clock"),
        pytest.param(claim(SHORT, 180, "tkhd"), 10, id="short-track-header"),
        pytest.param(claim(SHORT, 180, "elst"), 10, id="short-edit-beyond-the-media"),
        pytest.param(claim(SHORT, 180, "tkhd", "mdhd", "elst"), 10, id="short-every-header"),
        pytest.param(claim(without_edits(SHORT), 180, "tkhd", "mdhd"), 10, id="short-without-edits"),
        pytest.param(claim(LONG, 240, "mdhd"), 600, id="long-media-header"),
        pytest.param(claim(without_edits(LONG), 240, "tkhd", "mdhd"), 600, id="long-without-edits"),
        pytest.param(claim(beyond_the_samples(without_edits(SHORT)), 180, "tkhd", "mdhd"), 10, id="samples-not-there"),
    ],
)
def test_a_header_that_claims_another_length_is_told_of(data: bytes, seconds: int) -> None:
    fact = duration(data)
    assert fact is not None
    assert abs(fact.value - seconds) < Fraction(1, 20)
    assert fact.note is not None
    assert fact.note.render("en").startswith("by the sample tables; the headers claim ")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(CLIP, id="clip"),
        pytest.param(kit.set_duration(CLIP, Fraction("300.02")), id="a-last-picture-held"),
        pytest.param(kit.set_frame_rate(CLIP, Fraction(30_000, 1001)), id="another-clock"),
        pytest.param(without_edits(CLIP), id="no-edits"),
        pytest.param(kit.add_edit_list(CLIP, "vide", ((Fraction(2), None), (Fraction(180), Fraction(0)))), id="a-delay"),
        pytest.param(kit.add_edit_list(CLIP, "vide", ((Fraction(60), Fraction(30)),)), id="a-part"),
        pytest.param(kit.add_edit_list(SHORT, "vide", ((Fraction(10), Fraction(0)),) * 18), id="one-part-again-and-again"),
        pytest.param(claim(CLIP, 0, "tkhd", "mdhd"), id="headers-that-say-nothing"),
        pytest.param(write_duration(SHORT, "moov/mvhd", 180 * timescale(SHORT, "moov/mvhd")), id="the-movies-header-alone"),
        pytest.param(kit.fragment(CLIP, mehd=True), id="fragments"),
        pytest.param(kit.drop_box(CLIP, "moov/mvhd"), id="no-clock"),
    ],
)  # fmt: skip
def test_of_a_length_that_the_headers_bear_out_no_other_is_told(data: bytes) -> None:
    fact = duration(data)
    assert fact is None or (fact.note is None and fact.state is State.KNOWN)


@pytest.mark.parametrize(
    ("data", "seconds"),
    [
        pytest.param(CLIP, 180, id="clip"),
        pytest.param(
            kit.add_edit_list(CLIP, "vide", ((Fraction(2), None), (Fraction(180), Fraction(0)))), 182, id="a-delay"
        ),
    ],
)
def test_a_length_that_the_headers_bear_out_is_told(data: bytes, seconds: int) -> None:
    fact = duration(data)
    assert fact is not None
    assert abs(fact.value - seconds) < Fraction(1, 50)


def test_a_sound_that_nobody_hears_makes_no_film_longer() -> None:
    sound = kit.find(LONG, SOUND)
    long = kit.replace_box(SHORT, SOUND, LONG[sound.start : sound.end])
    heard = duration(long)
    assert heard is not None
    assert (heard.value, heard.note) == (600, None)
    fact = duration(kit.set_track_enabled(long, "soun", False))
    assert fact is not None
    assert fact.value == 10
    assert fact.note is not None
    assert fact.note.render("en") == "a track that is not enabled lasts 10:00"


def test_a_duration_below_zero_counts_as_a_tick() -> None:
    table = f"{PICTURE}/mdia/minf/stbl/stts"
    scale = timescale(SHORT, f"{PICTURE}/mdia/mdhd")
    below = kit.replace_box(SHORT, table, kit.full_box("stts", 0, 0, pack(">III", 1, 250, 0xFFFFFFFF)))
    movie = boxes.look(io.BytesIO(below), len(below)).movie
    assert movie is not None
    picture = next(track for track in movie.tracks if track.handler == "vide")
    assert picture.length is not None
    assert picture.length.shown <= Fraction(250, scale)
