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
        kit.patch(CLIP, f"{STBL}/stsd/avc1", 14, b"\0\0"),
    ],
    ids=["shorter-than-a-box", "without-flags", "number", "zero"],
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


@pytest.mark.parametrize("box", ["dref", ""], ids=["list", "all"])
@pytest.mark.parametrize("track", [PICTURE, SOUND])
def test_a_track_without_a_list_of_data_references_is_remarked_on(track: str, box: str) -> None:
    data = kit.drop_box(CLIP, f"{track}/mdia/minf/dinf/{box}".rstrip("/"))
    assert said(data, "playable")[0] is True
    assert remark(data, "playable").startswith(f"{track}/mdia/minf has no list of data references (dref)")


@pytest.mark.parametrize("first", [2, COUNT])
def test_a_film_in_which_playing_can_only_begin_later_is_remarked_on(first: int) -> None:
    table = kit.full_box("stss", 0, 0, pack(">III", 2, first, COUNT))
    data = kit.replace_box(CLIP, f"{STBL}/stss", table)
    assert said(data, "playable")[0] is True
    words = f"{STBL}/stss names sample {first:,} as the first with which playing can begin"
    assert words in remark(data, "playable")
    partial = kit.insert_box(data, STBL, kit.full_box("stps", 0, 0, pack(">II", 1, 1)))
    assert remark(partial, "playable") == ""


def beginning(*units: bytes) -> bytes:
    """The clip whose first picture begins with these units; a filler unit is behind them."""
    start, size = next(iter(samples_of(CLIP, PICTURE)))
    data = b"".join(pack(">I", len(unit)) + unit for unit in units)
    rest = size - len(data) - 4
    return CLIP[:start] + data + pack(">I", rest) + b"\x0c" + b"\xff" * (rest - 2) + b"\x80" + CLIP[start + size :]


INTER, INTRA, KEY = b"\x41\x9a\x00", b"\x41\x88\x00", b"\x65\x88\x00"
RECOVERY, NAMED = b"\x06\x06\x01\x80\x80", b"\x06\x05\x01\x00\x80"


@pytest.mark.parametrize("units", [(INTER,), (b"\x09\xf0", INTER), (NAMED, INTER)])
def test_a_first_picture_that_needs_earlier_ones_is_remarked_on(units: tuple[bytes, ...]) -> None:
    data = beginning(*units)
    assert said(data, "intact")[0] is said(data, "playable")[0] is True
    start = next(iter(samples_of(CLIP, PICTURE)))[0]
    words = f"sample 1 of {PICTURE} at byte {start:,} is no picture with which playing can begin"
    assert words in remark(data, "playable")


@pytest.mark.parametrize("units", [(KEY,), (INTRA,), (RECOVERY, INTER), (b"\x09\xf0", NAMED, INTRA), (INTRA, INTER)])
def test_a_first_picture_that_needs_no_other_is_not_odd(units: tuple[bytes, ...]) -> None:
    assert remark(beginning(*units), "playable") == ""


def test_all_that_some_players_stumble_over_is_named() -> None:
    data = kit.drop_box(beginning(INTER), f"{PICTURE}/mdia/minf/dinf")
    assert "playing can begin" in (words := remark(data, "playable"))
    assert "data references" in words


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


# --- two codecs in one track ---


def changed(track: str, *kinds: str) -> bytes:
    """The clip whose second half has entries of the codecs `kinds`, of which the last is used."""
    table = f"{track}/mdia/minf/stbl"
    entry = next(kit.children(CLIP, kit.find(CLIP, f"{table}/stsd")))
    data = CLIP
    for kind in kinds:
        data = kit.insert_box(
            data,
            f"{table}/stsd",
            CLIP[entry.start : entry.start + 4] + kind.encode() + CLIP[entry.start + 8 : entry.end],
        )
    data = kit.patch(data, f"{table}/stsd", 12, pack(">I", 1 + len(kinds)))
    rows = kit.contents(data, f"{table}/stsc")
    half = pack(">I", len(tables.read_offsets(CLIP, track)) // 2)
    new = kit.full_box("stsc", 0, 0, pack(">I", 2), rows[8:20], half, rows[12:16], pack(">I", 1 + len(kinds)))
    return kit.replace_box(data, f"{table}/stsc", new)


@pytest.mark.parametrize(
    ("track", "kind", "one"),
    [(PICTURE, "jpeg", "avc1"), (PICTURE, "apcn", "avc1"), (SOUND, "ac-3", "mp4a.40"), (SOUND, "sowt", "mp4a.40")],
)
def test_a_codec_that_changes_leaves_it_open(track: str, kind: str, one: str) -> None:
    playable, why = said(changed(track, kind), "playable")
    assert playable is None
    assert f"the codec changes from {one} to {kind} within the film (sample entries of {track}" in why


@pytest.mark.parametrize("kinds", [("avc1",), ("avc3",), ("jpeg", "avc1")])
def test_entries_of_one_codec_and_those_that_nothing_uses_do_no_harm(kinds: tuple[str, ...]) -> None:
    assert said(changed(PICTURE, *kinds), "playable")[0] is True


def test_a_parameter_set_of_no_known_profile_is_none() -> None:
    record = kit.contents(CLIP, f"{STBL}/stsd/avc1/avcC")
    data = kit.patch(CLIP, f"{STBL}/stsd/avc1/avcC", 8 + 9, b"\xff" * 6)
    assert record[8] & 31 == 7
    assert said(data, "playable")[0] is None


# --- fragments ---


@pytest.mark.parametrize("drop", ["mvex", "mvex/trex"], ids=["all", "picture"])
def test_fragments_without_defaults_of_their_track_leave_it_open(drop: str) -> None:
    playable, why = said(kit.drop_box(fragmented(mfra=True), f"moov/{drop}"), "playable")
    assert playable is None
    assert f"the fragments' samples of {PICTURE} have no defaults in moov/mvex/trex" in why


def test_fragments_that_are_all_there_and_shorter_than_the_film_should_be_leave_it_open() -> None:
    data = fragmented(mfra=True, mehd=True)
    assert said(data, "intact")[0] is True
    longer = kit.replace_box(data, "moov/mvex/mehd", kit.full_box("mehd", 0, 0, pack(">I", 10**9)))
    whole, why = said(longer, "intact")
    assert whole is None
    assert "(mehd), and its fragments last 3:00" in why


def test_a_gap_between_fragments_is_named() -> None:
    whole = fragmented(mfra=True)
    edited = bytearray(whole)
    for moof in range(9, len(kit.find_all(whole, "moof"))):
        box = kit.find(whole, f"moof[{moof}]/traf[0]/tfdt")
        time = int.from_bytes(whole[box.body + 4 : box.end])
        later = time + 60 * headers.timescale(whole, f"{PICTURE}/mdia/mdhd")
        edited[box.body + 4 : box.end] = later.to_bytes(box.end - box.body - 4)
    assert "between pictures there is nothing for 1:00 (moof/traf/tfdt)" in remark(bytes(edited), "picture.share")


# --- samples that are not their codec's ---


def with_sound(*packets: bytes) -> bytes:
    """The clip whose packets of sound begin like these, in turn."""
    edited = bytearray(CLIP)
    for number, (start, size) in enumerate(samples_of(CLIP, SOUND)):
        piece = packets[number % len(packets)]
        edited[start : start + size] = (piece * size)[:size]
    return bytes(edited)


@pytest.mark.parametrize(
    "packets",
    [(b"Lorem ipsum dolor",), (b"\xe1\x52\x13", b"\x47\x99", b"\x76\x01"), (b"\x3e\x11\x22",)],
    ids=["text", "noise", "number"],
)
def test_sound_that_is_no_aac_leaves_it_open(packets: tuple[bytes, ...]) -> None:
    whole, why = said(with_sound(*packets), "intact")
    assert whole is None
    assert f"samples that were looked at do not begin as samples of their codec do: first sample 1 of {SOUND}" in why


@pytest.mark.parametrize("first", [0x01, 0x21, 0x80, 0xC4, 0xA0, 0xDE])
def test_sound_that_begins_with_an_element_of_aac_is_whole(first: int) -> None:
    assert said(with_sound(bytes([first, 0x40, 0x11])), "intact")[0] is True


def test_aac_behind_headers_of_broadcasts_is_whole() -> None:
    assert said(with_sound(b"\xff\xf1\x50\x80"), "intact")[0] is True


def test_aac_that_is_called_mp3_leaves_it_open() -> None:
    box = kit.find(CLIP, f"{SOUND}/mdia/minf/stbl/stsd/mp4a/esds")
    at = CLIP.index(b"\x40\x15", box.body)
    assert at < box.end
    whole, why = said(CLIP[:at] + b"\x6b" + CLIP[at + 1 :], "intact")
    assert whole is None
    assert "do not begin as samples of their codec do" in why


@pytest.mark.parametrize("kind", ["jpeg", "png ", "apcn"])
def test_pictures_that_are_another_codecs_leave_it_open(kind: str) -> None:
    entry = kit.find(CLIP, f"{STBL}/stsd/avc1")
    plain = pack(">I", 86) + kind.encode() + CLIP[entry.start + 8 : entry.start + 86]
    whole, why = said(kit.replace_box(CLIP, f"{STBL}/stsd/avc1", plain), "intact")
    assert whole is None
    assert f"do not begin as samples of their codec do: first sample 1 of {PICTURE}" in why


@pytest.mark.parametrize(("share", "expected"), [(2, True), (3, None)])
def test_sound_of_which_most_packets_are_empty_leaves_it_open(share: int, expected: object) -> None:
    sizes = [size if number % 5 >= share else 0 for number, (_, size) in enumerate(samples_of(CLIP, SOUND))]
    whole, why = said(tables.write_sizes(CLIP, SOUND, sizes), "intact")
    assert whole is expected
    assert expected or f"more than half of the samples of {SOUND} are empty" in why


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


@pytest.mark.parametrize(("rate", "words"), [(0, "0.000"), (1 << 15, "0.500"), (0xFFFF0000, "-1.000")])
def test_an_edit_of_the_sound_that_is_not_played_as_usual_is_remarked_on(rate: int, words: str) -> None:
    data = kit.patch(CLIP, f"{SOUND}/edts/elst", 24, pack(">I", rate))
    assert f"an edit of the sound has the rate {words} ({SOUND}/edts/elst)" in remark(data, "sound.duration")


@pytest.mark.parametrize(("rate", "words"), [(0, "0.000"), (2 << 16, "2.000"), (0xFFFF0000, "-1.000")])
def test_a_film_that_is_not_to_be_played_as_usual_is_remarked_on(rate: int, words: str) -> None:
    data = kit.patch(CLIP, "moov/mvhd", 28, pack(">I", rate))
    assert f"to be played at the rate {words} (moov/mvhd)" in remark(data, "playable")


@pytest.mark.parametrize(("box", "offset"), [("moov/mvhd", 32), (f"{SOUND}/tkhd", 44)])
def test_a_film_that_is_to_be_played_without_a_sound_is_remarked_on(box: str, offset: int) -> None:
    data = kit.patch(CLIP, box, offset, bytes(2))
    assert f"the sound is to be played at the volume 0 ({box})" in remark(data, "playable")
    assert remark(kit.remove_track(data, "soun"), "playable") == remark(CLIP, "playable") == ""


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


@pytest.mark.parametrize(
    "data",
    [sized(16, 9), sized(1920, 1080, 655), sized(1, 1080), sized(1920, 1)],
    ids=["size", "matrix", "wide", "high"],
)
def test_a_header_that_asks_for_a_tiny_picture_is_remarked_on(data: bytes) -> None:
    assert "which the track's header (moov/trak[0]/tkhd) asks for" in remark(data, "resolution")


@pytest.mark.parametrize("size", [(0, 0), (1920, 1080), (1280, 720), (1080, 1920), (3840, 2160)])
def test_a_header_that_asks_for_nothing_or_for_much_the_same_is_not_odd(size: tuple[int, int]) -> None:
    assert remark(sized(*size), "resolution") == ""
