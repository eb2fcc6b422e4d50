"""Films that say one thing in one place and another elsewhere: none is accepted without a word."""

from __future__ import annotations

import io
from fractions import Fraction
from struct import pack
from typing import TYPE_CHECKING

import pytest

from tests.clips import headers, tables
from tests.clips import surgery as kit
from tests.hostile.harms import samples_of
from tests.kit import fragmented
from vidcheck.facts import State
from vidcheck.witnesses.mp4 import boxes

if TYPE_CHECKING:
    from vidcheck.facts import Fact

CLIP = kit.clip()
PICTURE, SOUND = "moov/trak[0]", "moov/trak[1]"
STBL = f"{PICTURE}/mdia/minf/stbl"
DREF = f"{PICTURE}/mdia/minf/dinf/dref"
COUNT, PACKETS = 4500, len(tables.read_offsets(CLIP, SOUND))


def facts(data: bytes) -> dict[str, Fact]:
    return {fact.key: fact for fact in boxes.read(boxes.look(io.BytesIO(data), len(data)))}


def said(data: bytes, key: str) -> tuple[object, str]:
    """A fact's value (None if it is unknown) and its reason, which Chinese readers get in Chinese."""
    fact = facts(data)[key]
    assert (fact.state is State.UNKNOWN) == (fact.value is None)
    if fact.note is None:
        return fact.value, ""
    assert fact.note.render("zh") != fact.note.render("en")
    return fact.value, fact.note.render("en")


def remark(data: bytes, key: str) -> str:
    found = facts(data)[key].remark
    return found.render("en") if found else ""


def box_of(data: bytes, path: str) -> bytes:
    found = kit.find(data, path)
    return data[found.start : found.end]


# --- what the index says twice ---

LATE = kit.set_creation_time(CLIP, 3_760_000_000)
SMALL = kit.set_stored_size(CLIP, 320, 180)
LOCKED = kit.patch(CLIP, f"{STBL}/stsd/avc1", 4, b"encv")


@pytest.mark.parametrize(
    ("parent", "second"),
    [
        ("moov", box_of(LATE, "moov/mvhd")),
        (PICTURE, box_of(kit.set_track_enabled(CLIP, "vide", enabled=False), f"{PICTURE}/tkhd")),
        (PICTURE, kit.box("edts", kit.full_box("elst", 0, 0, pack(">IIihh", 1, 90_000, 0, 1, 0)))),
        (f"{PICTURE}/mdia", box_of(LATE, f"{PICTURE}/mdia/mdhd")),
        (f"{PICTURE}/mdia/minf", kit.box("stbl", box_of(LOCKED, f"{STBL}/stsd"))),
        (STBL, box_of(LOCKED, f"{STBL}/stsd")),
        (STBL, kit.full_box("stz2", 0, 0, pack(">II", 8, COUNT), bytes([9]) * COUNT)),
        (f"{STBL}/stsd/avc1", kit.box("avcC", kit.contents(SMALL, f"{STBL}/stsd/avc1/avcC"))),
        ("moov", kit.box("udta", box_of(CLIP, "moov/trak[0]"))),
        (f"{SOUND}/mdia/minf/stbl", kit.full_box("co64", 0, 0, pack(f">I{PACKETS}Q", PACKETS, *range(PACKETS)))),
    ],
    ids=["mvhd", "tkhd", "edts", "mdhd", "stbl", "stsd", "stz2", "avcC", "udta", "co64"],
)
def test_a_box_that_is_there_twice_and_differs_leaves_it_open(parent: str, second: bytes) -> None:
    whole, why = said(kit.insert_box(CLIP, parent, second), "intact")
    assert whole is None
    inner = "udta/trak[0]" if second[4:8] == b"udta" else second[4:8].decode()
    assert f"{inner} is there a second time (at byte " in why


def test_a_box_that_is_there_twice_alike_does_no_harm() -> None:
    assert said(kit.insert_box(CLIP, "moov", box_of(CLIP, "moov/mvhd"), 1), "intact")[0] is True


def test_a_second_index_with_other_claims_leaves_it_open() -> None:
    short = kit.set_duration(CLIP, Fraction(30))
    whole, why = said(CLIP + box_of(short, "moov"), "intact")
    assert whole is None
    assert f"moov is there a second time (at byte {len(CLIP):,})" in why


@pytest.mark.parametrize("more", [box_of(CLIP, "moov"), kit.set_duration(CLIP, Fraction(30))], ids=["alike", "film"])
def test_a_second_index_that_says_the_same_or_is_another_films_does_no_harm(more: bytes) -> None:
    assert said(CLIP + more, "intact")[0] is True


# --- samples that can't be what their track says ---


def test_sound_that_lies_in_the_pictures_leaves_it_open() -> None:
    pictures, sounds = (tables.read_offsets(CLIP, track) for track in (PICTURE, SOUND))
    there = [pictures[place * len(pictures) // len(sounds)] for place in range(len(sounds))]
    whole, why = said(tables.write_offsets(CLIP, SOUND, there), "intact")
    assert whole is None
    assert f"samples of {SOUND} lie in those of {PICTURE}" in why


def test_sound_of_one_packet_that_is_repeated_leaves_it_open() -> None:
    sounds = tables.read_offsets(CLIP, SOUND)
    whole, why = said(tables.write_offsets(CLIP, SOUND, [sounds[0]] * len(sounds)), "intact")
    assert whole is None
    assert f"samples of {SOUND} share their place" in why


def filled(kind: int, every: int = 1) -> bytes:
    """The clip with one unit of that type in the place of every so many pictures."""
    edited = bytearray(CLIP)
    for start, size in list(samples_of(CLIP, PICTURE))[::every]:
        edited[start : start + size] = pack(">IB", size - 4, kind) + b"\xff" * (size - 6) + b"\x80"
    return bytes(edited)


@pytest.mark.parametrize("kind", [6, 7, 9, 12], ids=["information", "set", "delimiter", "filler"])
def test_samples_without_any_part_of_a_picture_leave_it_open(kind: int) -> None:
    whole, why = said(filled(kind), "intact")
    assert whole is None
    assert f"hold no picture, only what helps to decode or to fill: first sample 1 of {PICTURE}" in why


def test_a_few_samples_without_a_picture_do_no_harm() -> None:
    assert said(filled(12, every=50), "intact")[0] is True


@pytest.mark.parametrize("fill", [b"\0", b"\xff"], ids=["zeros", "ones"])
def test_sound_that_an_empty_medium_left_is_lost(fill: bytes) -> None:
    edited = bytearray(CLIP)
    for start, size in samples_of(CLIP, SOUND):
        edited[start : start + size] = fill * size
    assert said(bytes(edited), "intact")[0] is False


def test_ones_are_named_as_what_no_codec_has() -> None:
    edited = bytearray(CLIP)
    for start, size in samples_of(CLIP, SOUND):
        edited[start : start + size] = b"\xff" * size
    assert (
        f"have every bit set, which their codec never has: first sample 1 of {SOUND}"
        in said(bytes(edited), "intact")[1]
    )


# --- data references and places to begin ---


@pytest.mark.parametrize(
    "data",
    [
        kit.patch(CLIP, f"{DREF}/url ", 0, pack(">I", 7)),
        kit.replace_box(CLIP, f"{DREF}/url ", kit.box("url ")),
        kit.patch(CLIP, f"{STBL}/stsd/avc1", 14, b"\0\5"),
    ],
    ids=["shorter-than-a-box", "without-flags", "number"],
)
def test_a_data_reference_that_is_not_there_leaves_it_open(data: bytes) -> None:
    playable, why = said(data, "playable")
    assert playable is None
    assert "and moov/trak[0]/mdia/minf/dinf/dref has none that can be read" in why


@pytest.mark.parametrize("rows", [(), (0,), (COUNT + 1,)])
def test_a_film_in_which_playing_can_begin_nowhere_is_remarked_on(rows: tuple[int, ...]) -> None:
    table = kit.full_box("stss", 0, 0, pack(f">I{len(rows)}I", len(rows), *rows))
    data = kit.replace_box(CLIP, f"{STBL}/stss", table)
    assert said(data, "playable")[0] is True
    assert f"{STBL}/stss names no picture with which playing can begin" in remark(data, "playable")
    assert remark(CLIP, "playable") == remark(kit.drop_box(CLIP, f"{STBL}/stss"), "playable") == ""


def test_entries_beyond_the_tables_own_count_are_none() -> None:
    assert said(kit.patch(CLIP, f"{STBL}/stsd", 12, bytes(4)), "playable")[0] is False


@pytest.mark.parametrize(("kind", "expected"), [("avc1", None), ("avc3", True)])
def test_pictures_without_their_parameter_sets_are_open_where_the_entry_must_have_them(
    kind: str, expected: object
) -> None:
    record = kit.contents(CLIP, f"{STBL}/stsd/avc1/avcC")
    bare = kit.box("avcC", record[: 8 + int.from_bytes(record[6:8])], b"\0")
    data = kit.patch(kit.replace_box(CLIP, f"{STBL}/stsd/avc1/avcC", bare), f"{STBL}/stsd/avc1", 4, kind.encode())
    playable, why = said(data, "playable")
    assert playable is expected
    assert expected or "(avcC) has no picture parameter set" in why


@pytest.mark.parametrize("number", [0, 2])
def test_a_track_without_a_number_of_its_own_is_remarked_on(number: int) -> None:
    data = kit.patch(CLIP, f"{PICTURE}/tkhd", 20, pack(">I", number))
    assert f"the track number {number} (moov/trak[" in remark(data, "playable")


# --- time ---


@pytest.mark.parametrize(
    "runs",
    [
        ((COUNT, Fraction(100)),),
        ((2000, Fraction(0)), (1, Fraction(10_000)), (COUNT - 2001, Fraction(0))),
        ((100, Fraction(0)), (COUNT - 100, Fraction(-170))),
    ],
    ids=["all", "one", "back"],
)
def test_pictures_that_are_moved_for_minutes_have_no_known_time(runs: tuple[tuple[int, Fraction], ...]) -> None:
    data = kit.set_composition_offsets(CLIP, "vide", runs)
    for key in ("picture.share", "picture.duration"):
        share, why = said(data, key)
        assert share is None
        assert f"({STBL}/ctts), much further than codecs reorder them" in why
    assert "pictures are moved by up to" in remark(data, "picture.count-shown")


def test_pictures_that_are_reordered_or_all_moved_and_moved_back_are_not_odd() -> None:
    reordered = kit.set_composition_offsets(CLIP, "vide", ((COUNT - 1, Fraction(2, 25)), (1, Fraction(0))))
    moved = kit.set_composition_offsets(CLIP, "vide", ((COUNT, Fraction(100)),))
    trimmed = kit.add_edit_list(moved, "vide", ((Fraction(180), Fraction(100)),))
    slow = kit.set_frame_rate(CLIP, Fraction(1))
    slides = kit.set_composition_offsets(slow, "vide", ((100, Fraction(16)), (80, Fraction(0))))
    for data in (reordered, trimmed, slides):
        assert said(data, "picture.share")[0] == 1
        assert remark(data, "picture.count-shown") == ""


@pytest.mark.parametrize(("rate", "words"), [(0, "0.000"), (2 << 16, "2.000"), (0xFFFF0000, "-1.000")])
def test_an_edit_that_is_not_played_as_usual_is_remarked_on(rate: int, words: str) -> None:
    data = kit.patch(CLIP, f"{PICTURE}/edts/elst", 24, pack(">I", rate))
    assert f"an edit of the picture has the rate {words} ({PICTURE}/edts/elst)" in remark(data, "picture.count-shown")


def test_the_rate_of_an_empty_edit_is_no_matter() -> None:
    clock = headers.timescale(CLIP, "moov/mvhd")
    rows = pack(">Iihh", clock // 2, -1, 0, 0) + pack(">Iihh", 179 * clock, 0, 1, 0)
    data = kit.replace_box(CLIP, f"{PICTURE}/edts/elst", kit.full_box("elst", 0, 0, pack(">I", 2), rows))
    assert remark(data, "picture.count-shown") == ""


@pytest.mark.parametrize(
    "edits", [((Fraction(90), Fraction(0)),) * 2, ((Fraction(1), Fraction(5)),) * 180], ids=["half", "second"]
)
def test_a_film_that_shows_the_same_again_is_remarked_on(edits: tuple[tuple[Fraction, Fraction], ...]) -> None:
    data = kit.add_edit_list(CLIP, "vide", edits)
    assert "shows parts of the picture again and again (moov/trak[0]/edts/elst): only " in remark(
        data, "picture.count-shown"
    )
    cut = kit.add_edit_list(CLIP, "vide", ((Fraction(80), Fraction(0)), (Fraction(90), Fraction(90))))
    assert remark(cut, "picture.count-shown") == ""


def test_a_row_of_no_samples_holds_no_picture() -> None:
    ticks = headers.timescale(CLIP, f"{PICTURE}/mdia/mdhd") // 25
    rows = pack(">IIII", COUNT, ticks, 0, 0x7FFFFFFF)
    data = kit.replace_box(CLIP, f"{STBL}/stts", kit.full_box("stts", 0, 0, pack(">I", 2), rows))
    assert remark(data, "picture.count-shown") == ""


def test_hardly_any_sound_is_remarked_on() -> None:
    data = kit.add_edit_list(CLIP, "soun", ((Fraction(1), Fraction(0)),))
    assert "the sound lasts 0:01, and the picture 3:00" in remark(data, "sound.duration")
    assert remark(CLIP, "sound.duration") == ""


def test_fragments_that_all_begin_at_once_have_no_known_time() -> None:
    whole = fragmented(mfra=True)
    edited = bytearray(whole)
    for moof in range(len(kit.find_all(whole, "moof"))):
        for traf in range(2):
            box = kit.find(whole, f"moof[{moof}]/traf[{traf}]/tfdt")
            edited[box.body + 4 : box.end] = bytes(8)
    share, why = said(bytes(edited), "picture.share")
    assert share is None
    assert "fragments overlap (moof/traf/tfdt): their pictures last 3:00" in why
    assert facts(whole)["picture.share"].value > 0.99


# --- the size in the track's header ---


def sized(width: int, height: int, scale: int = 1 << 16) -> bytes:
    data = kit.patch(CLIP, f"{PICTURE}/tkhd", 84, pack(">II", width << 16, height << 16))
    return kit.patch(data, f"{PICTURE}/tkhd", 48, pack(">9i", scale, 0, 0, 0, scale, 0, 0, 0, 1 << 30))


@pytest.mark.parametrize("data", [sized(16, 9), sized(1920, 1080, 655)], ids=["size", "matrix"])
def test_a_header_that_asks_for_a_tiny_picture_is_remarked_on(data: bytes) -> None:
    assert "which the track's header (moov/trak[0]/tkhd) asks for" in remark(data, "resolution")


@pytest.mark.parametrize("size", [(0, 0), (1920, 1080), (1280, 720)])
def test_a_header_that_asks_for_nothing_or_for_much_the_same_is_not_odd(size: tuple[int, int]) -> None:
    assert remark(sized(*size), "resolution") == ""
