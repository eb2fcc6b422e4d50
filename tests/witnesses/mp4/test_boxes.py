"""The boxes witness: format, layout, dates and turns, each from a file made by byte surgery."""

import io
from datetime import UTC, datetime
from fractions import Fraction
from struct import pack
from typing import Any

import pytest

from tests.clips import surgery as kit
from tests.kit import fragmented
from vidcheck.facts import Fact, State
from vidcheck.quantities import Size
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses.mp4 import boxes
from vidcheck.witnesses.mp4.movie import Track
from vidcheck.witnesses.mp4.sample_tables import Extent

CLIP = kit.clip()
SHOT = datetime(2021, 6, 15, 4, tzinfo=UTC)
STANDARD_2021 = 3_706_574_400  # SHOT in seconds since 1904
UNIX_2021 = 1_623_729_600


def facts(data: bytes) -> dict[str, Fact]:
    return {fact.key: fact for fact in boxes.read(boxes.look(io.BytesIO(data), len(data))) if fact.beside is None}


def value(data: bytes, key: str) -> Any:
    return facts(data)[key].value


def note(fact: Fact) -> str:
    return fact.note.render("en") if fact.note else ""


# --- format and brands ---


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(CLIP, "mp4", id="clip"),
        pytest.param(CLIP[:24], "mp4", id="brands-alone"),
        pytest.param(kit.set_brands(CLIP, "qt  ", ("isom",)), "mov", id="quicktime"),
        pytest.param(kit.drop_ftyp(CLIP), "mov", id="no-ftyp"),
        pytest.param(kit.drop_ftyp(kit.move_index_last(CLIP)), "mov", id="no-ftyp-index-last"),
        pytest.param(kit.box("wide") + kit.drop_ftyp(kit.move_index_last(CLIP)), "mov", id="wide-first"),
        pytest.param(kit.box("free", bytes(9)) + CLIP, "mp4", id="ftyp-after-free"),
        pytest.param(kit.box("uuid", bytes(16)) + kit.box("wide") + CLIP, "mp4", id="ftyp-after-uuid-and-wide"),
        pytest.param(kit.replace_box(CLIP, "ftyp", kit.box("ftyp")), "mp4", id="ftyp-without-brands"),
        pytest.param(kit.set_brands(CLIP, "\0\xff\n|", ("isom",)), "mp4", id="odd-major"),
        pytest.param(kit.set_brands(CLIP, "heic", ("mif1",)), "heif", id="heic"),
        pytest.param(kit.box("styp", b"msdh\0\0\0\0msdh") + kit.box("moof"), "mp4", id="segment-alone"),
        pytest.param(kit.box("free", bytes(99)), "none", id="free-alone"),
        pytest.param(b"\0\0\0\1ftyp", "mp4", id="cut-in-a-header"),
        pytest.param(b"", "none", id="empty"),
        pytest.param(bytes(999), "none", id="zeros"),
        pytest.param(b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska", "matroska", id="matroska"),
    ],
)
def test_format_is_by_content(data: bytes, expected: str) -> None:
    assert value(data, "format") == expected


def test_brands_are_told_without_trailing_spaces() -> None:
    found = facts(kit.set_brands(CLIP, "M4V ", ("M4V ", "mp42")))
    assert (found["format.brand"].value, found["format.brands"].value) == ("M4V", ("M4V", "mp42"))


@pytest.mark.parametrize("data", [kit.drop_ftyp(CLIP), kit.replace_box(CLIP, "ftyp", kit.box("ftyp"))])
def test_brands_are_absent_where_there_are_none(data: bytes) -> None:
    found = facts(data)
    assert found["format.brand"].state is found["format.brands"].state is State.ABSENT


def test_a_foreign_file_has_its_format_and_nothing_else() -> None:
    assert set(facts(b"%PDF-1.7 and so on")) == {"format"}


def test_every_fact_is_of_a_known_key_and_this_witness() -> None:
    found = facts(kit.set_rotation(CLIP, 90, "mvhd"))
    bit_rates = {"video.bit-rate", "audio.bit-rate"}  # only their absence is told
    assert set(found) == boxes.KEYS - bit_rates
    assert {fact.witness for fact in found.values()} == {"boxes"}
    assert all(fact.locator for fact in found.values())


# --- layout ---


@pytest.mark.parametrize(
    ("data", "first", "pieces"),
    [
        pytest.param(CLIP, True, False, id="index-first"),
        pytest.param(kit.move_index_last(CLIP), False, False, id="index-last"),
        pytest.param(fragmented(), True, True, id="fragmented"),
        pytest.param(fragmented()[:1379], None, True, id="cut-before-the-first-fragment"),
        pytest.param(fragmented()[:1300], None, None, id="cut-inside-the-index"),
        pytest.param(kit.move_index_last(CLIP)[:400_000], None, None, id="index-lost"),
    ],
)
def test_layout(data: bytes, first: bool | None, pieces: bool | None) -> None:
    found = facts(data)
    assert (found["faststart"].value, found["fragmented"].value) == (first, pieces)


# --- turns ---


@pytest.mark.parametrize("movie", [0, 90, 180, 270])
@pytest.mark.parametrize("track", [0, 90, 180, 270])
def test_both_matrices_turn_the_picture(track: int, movie: int) -> None:
    data = kit.set_rotation(kit.set_rotation(CLIP, track), movie, "mvhd")
    assert value(data, "video.rotation") == (track + movie) % 360


ONE = 0x10000


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        pytest.param((2 * ONE, 0, 0, 0, 3 * ONE, 0, 0, 0, 1 << 30), 0, id="scaled"),
        pytest.param((-ONE, 0, 0, 0, ONE, 0, 0, 0, 1 << 30), None, id="mirrored"),
        pytest.param((0, ONE, 0, ONE, 0, 0, 0, 0, 1 << 30), None, id="mirrored-and-turned"),
        pytest.param((46341, 46341, 0, -46341, 46341, 0, 0, 0, 1 << 30), None, id="by-45"),
        pytest.param((0,) * 9, None, id="empty"),
        pytest.param((ONE, 0, 5, 0, ONE, 0, 0, 0, 1 << 30), None, id="tilted"),
        pytest.param((), 0, id="none"),
    ],
)
def test_only_quarter_turns_are_turns(matrix: tuple[int, ...], expected: int | None) -> None:
    assert boxes.turned(matrix, ()) == expected


def test_a_mirror_in_the_file_is_unknown_and_says_so() -> None:
    path = kit.track(CLIP, "vide")
    data = kit.patch(CLIP, f"{path}/tkhd", 48, pack(">i", -ONE))
    fact = facts(data)["video.rotation"]
    assert fact.state is State.UNKNOWN
    assert "mirrors" in note(fact)


@pytest.mark.parametrize(
    ("turn", "pixels", "size", "shape", "lies"),
    [
        pytest.param(90, (1, 1), Size(1080, 1920), Fraction(9, 16), "portrait", id="upright"),
        pytest.param(180, (1, 1), Size(1920, 1080), Fraction(16, 9), "landscape", id="upside-down"),
        pytest.param(270, (4, 3), Size(1080, 2560), Fraction(27, 64), "portrait", id="stretched"),
    ],
)
def test_a_turned_movie_tells_its_displayed_size(
    turn: int, pixels: tuple[int, int], size: Size, shape: Fraction, lies: str
) -> None:
    found = facts(kit.set_rotation(kit.set_pixel_aspect(CLIP, *pixels), turn, "mvhd"))
    assert found["resolution"].value == size
    assert (found["video.width"].value, found["video.height"].value) == (size.width, size.height)
    assert (found["aspect-ratio"].value, found["orientation"].value) == (shape, lies)


def test_a_size_settles_where_the_movies_matrix_turned_it() -> None:
    key = KEYS["resolution"]
    assert key.settles(facts(kit.set_rotation(CLIP, 90, "mvhd"))["resolution"])
    assert not key.settles(facts(kit.set_rotation(CLIP, 90))["resolution"])


def test_a_turned_track_is_shown_upright() -> None:
    assert facts(kit.set_rotation(CLIP, 90))["resolution"].value == Size(1080, 1920)


def track(number: int, **more: Any) -> Track:
    known: dict[str, Any] = {
        "handler": "vide", "enabled": True, "chapters": (), "matrix": (), "stills": False, "stored": Size(4, 3),
        "pixel": Fraction(1), "scale": 1, "external": False, "extent": Extent(samples=9, last=9),
    }  # fmt: skip
    return Track(number=number, **(known | more))


ONE_SAMPLE = Extent(samples=1, last=9)


@pytest.mark.parametrize(
    ("tracks", "shown"),
    [
        pytest.param((track(1), track(2)), 1, id="first"),
        pytest.param((track(1, enabled=False), track(2)), 2, id="enabled"),
        pytest.param((track(1, enabled=False), track(2, enabled=False)), 1, id="none-enabled"),
        pytest.param((track(1), track(2, handler="soun", chapters=(1,)), track(3)), 3, id="not-chapters"),
        pytest.param((track(1, stills=True, extent=ONE_SAMPLE), track(2)), 2, id="not-a-cover"),
        pytest.param((track(1, stills=True), track(2)), 2, id="not-thumbnails"),
        pytest.param((track(1, stills=True), track(2, enabled=False)), 1, id="motion-jpeg"),
        pytest.param((track(1, handler="soun"),), None, id="sound"),
    ],
)
def test_the_shown_track(tracks: tuple[Track, ...], shown: int | None) -> None:
    found = boxes.shown_track(tracks)
    assert (found.number if found else None) == shown


def test_sound_alone_has_no_rotation() -> None:
    assert facts(kit.remove_track(CLIP, "vide"))["video.rotation"].state is State.ABSENT


@pytest.mark.parametrize("handler", ["soun", "abcd", "\0\0\0\0"])
def test_without_a_picture_by_its_handler_there_is_none_whatever_the_codec_says(handler: str) -> None:
    fact = facts(kit.set_handler(CLIP, "vide", handler))["video.count"]
    assert (fact.value, fact.locator) == (0, "moov/trak/mdia/hdlr")
    assert facts(CLIP)["video.count"].value == 1
    assert "video.count" not in facts(kit.drop_box(CLIP, "moov"))


@pytest.mark.parametrize(
    ("data", "undoubted"),
    [
        pytest.param(CLIP, True, id="film"),
        pytest.param(kit.move_index_last(CLIP), True, id="index-last"),
        pytest.param(kit.drop_box(CLIP, "moov"), False, id="no-index"),
        pytest.param(kit.drop_box(CLIP, "ftyp"), False, id="no-brands"),
        pytest.param(kit.box("free", bytes(8)) + CLIP, False, id="something-in-front"),
        pytest.param(kit.replace_box(CLIP, "ftyp", kit.box("ftyp", b"isom", bytes(1 << 16))), False, id="huge-brands"),
        pytest.param(kit.fragment(CLIP), False, id="short-index"),
        pytest.param(b"RIFF" + bytes(100), False, id="other-format"),
        pytest.param(b"", False, id="empty"),
    ],
)
def test_which_file_is_a_film_beyond_doubt(data: bytes, undoubted: bool) -> None:
    assert boxes.look(io.BytesIO(data), len(data)).undoubted is undoubted
