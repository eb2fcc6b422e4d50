"""Intact means intact: every hazard of a file that lost something, and of one that lost nothing."""

import io
from fractions import Fraction
from struct import pack, unpack_from

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.clips import surgery as kit
from tests.kit import fragmented
from vidcheck.facts import Fact, State
from vidcheck.witnesses.mp4 import boxes

CLIP = kit.clip()
LAST = kit.move_index_last(CLIP)
MDAT = kit.find(CLIP, "mdat")
STSD = "moov/trak[0]/mdia/minf/stbl/stsd"
PROOFS = ("mehd", "sidx", "mfra")


def intact(data: bytes) -> tuple[bool | None, str]:
    layout = boxes.look(io.BytesIO(data), len(data))
    found: dict[str, Fact] = {fact.key: fact for fact in boxes.read(layout)}
    fact = found["intact"]
    assert (fact.value is None) == (fact.state is State.UNKNOWN)
    return fact.value, fact.note.render("en") if fact.note else ""


def with_samples_elsewhere(data: bytes) -> bytes:
    """The index's first data reference names another file [8.7.2]."""
    return kit.replace_box(data, "moov/trak[0]/mdia/minf/dinf/dref",
                           kit.full_box("dref", 0, 0, pack(">I", 1), kit.full_box("url ", 0, 0, b"film.mov\0")))  # fmt: skip


def endless_mdat(data: bytes) -> bytes:
    return kit.patch(data, "mdat", 0, bytes(4))


@pytest.mark.parametrize(
    ("data", "expected", "words"),
    [
        pytest.param(CLIP, True, "", id="index-first"),
        pytest.param(LAST, True, "", id="index-last"),
        pytest.param(endless_mdat(CLIP), True, "", id="mdat-to-the-end"),
        pytest.param(CLIP + kit.box("free"), True, "", id="empty-free-behind"),
        pytest.param(kit.remove_track(CLIP, "vide"), True, "", id="sound-alone"),
        pytest.param(kit.set_brands(CLIP, "M4A "), True, "", id="m4a"),
        pytest.param(kit.drop_ftyp(LAST), True, "", id="mov"),
        pytest.param(CLIP[: len(CLIP) * 4 // 5], False, "the file breaks off in the middle of its pictures and sound: at least 103.714 kB (103,714 bytes) (20.0 %)", id="index-first-cut"),
        pytest.param(CLIP[:-1], False, "at least 1 B (< 0.1 %) is missing", id="one-byte"),
        pytest.param(endless_mdat(CLIP)[:-9], False, "samples lie beyond the file's end: at least 9 B", id="mdat-to-the-end-cut"),
        pytest.param(CLIP[: MDAT.start], False, "samples lie beyond the file's end", id="mdat-lost-at-its-edge"),
        pytest.param(CLIP[:5000], False, "the file ends inside moov", id="cut-inside-the-index"),
        pytest.param(LAST[:-9], False, "the file ends inside moov: at least 9 B", id="cut-inside-the-last-index"),
        pytest.param(LAST[: kit.find(LAST, "moov").start], False, "the index (moov) is missing", id="index-lost-at-its-edge"),
        pytest.param(LAST[:200_000], False, "the index (moov) is missing; the file breaks off in the middle of its pictures and sound", id="index-last-cut"),
        pytest.param(endless_mdat(LAST[:200_000]), False, "the index (moov) is missing", id="recording-never-closed"),
        pytest.param(CLIP[:32], False, "the index (moov) is missing", id="brands-alone"),
        pytest.param(kit.drop_box(LAST, "mdat"), False, "", id="mdat-dropped"),
        pytest.param(kit.patch(CLIP, "mdat", 4, b"free"), False, "the media data (mdat) is missing", id="mdat-renamed"),
        pytest.param(CLIP + kit.box("free", bytes(50))[:40], False, "the file ends inside free: at least 18 B", id="cut-in-padding"),
        pytest.param(CLIP + b"what is this? some notes", True, "24 B at the end belong to no box", id="trailing-text"),
        pytest.param(CLIP + bytes(4096), True, "at the end belong to no box", id="trailing-zeros"),
        pytest.param(CLIP + b"\0\0\0", True, "3 B at the end", id="three-bytes"),
        pytest.param(CLIP + CLIP, True, "a second film follows", id="two-films"),
        pytest.param(CLIP + CLIP[:-9], False, "the file breaks off in the middle of its pictures and sound", id="two-films-the-second-cut"),
        pytest.param(LAST[: kit.find(LAST, "moov").start] + CLIP, None, "a second film", id="first-film-without-index"),
        pytest.param(with_samples_elsewhere(CLIP), False, "another file", id="media-elsewhere"),
        pytest.param(kit.box("ftyp", b"isom\0\0\0\0") + kit.box("moov", kit.box("cmov")), None, "compressed", id="compressed"),
        pytest.param(kit.box("ftyp", b"isom\0\0\0\0") + kit.box("moov"), None, "names no samples", id="no-tracks"),
        pytest.param(kit.insert_box(CLIP, "", kit.box("free", bytes(64)), 1), True, "", id="padding-between"),
        pytest.param(kit.box("ftyp", b"heic\0\0\0\0") + kit.full_box("meta", 0, 0), True, "", id="still-picture"),
        pytest.param(kit.box("ftyp", b"heic\0\0\0\0"), False, "", id="still-picture-lost"),
    ],
)  # fmt: skip
def test_intact(data: bytes, expected: bool | None, words: str) -> None:
    value, note = intact(data)
    assert value is expected, note
    assert words in note
    assert bool(note) == bool(words) or not words


def test_a_sample_that_claims_more_than_the_file_holds_is_missing() -> None:
    path = f"{kit.track(CLIP, 'vide')}/mdia/minf/stbl/stsz"
    for number in (0, 1000, 4499):
        value, note = intact(kit.patch(CLIP, path, 20 + 4 * number, pack(">I", 1 << 30)))
        assert value is False, number
        assert "samples lie beyond" in note


@pytest.mark.parametrize("offset", [1 << 31, (1 << 32) - 1])
@pytest.mark.parametrize("chunk", [0, 7, -1])
def test_a_chunk_beyond_the_end_is_missing_wherever_it_stands_in_the_table(chunk: int, offset: int) -> None:
    path = f"{kit.track(CLIP, 'vide')}/mdia/minf/stbl/stco"
    table = kit.find(CLIP, path)
    (count,) = unpack_from(">I", CLIP, table.body + 4)
    value, _ = intact(kit.patch(CLIP, path, 16 + 4 * (chunk % count), pack(">I", offset)))
    assert value is False


def test_a_chunk_before_the_media_is_unknown() -> None:
    value, note = intact(kit.patch(CLIP, f"{kit.track(CLIP, 'vide')}/mdia/minf/stbl/stco", 16, pack(">I", 40)))
    assert value is None
    assert "sample 1 of moov/trak[0] at byte 40 lies in moov" in note


TABLES = "moov/trak[0]/mdia/minf/stbl"


@pytest.mark.parametrize(
    ("table", "at"), [("stco", 12), ("stsc", 12), ("stts", 12), ("stsz", 16)], ids=["stco", "stsc", "stts", "stsz"]
)
def test_rows_beyond_a_tables_own_count_are_none(table: str, at: int) -> None:
    value, note = intact(kit.patch(CLIP, f"{TABLES}/{table}", at, pack(">I", 0)))
    assert value is None
    assert note in {
        "the tables of the index contradict one another",
        "the index names no samples of one of its tracks",
    }


def test_padding_behind_a_table_does_no_harm() -> None:
    data = CLIP
    for table in ("stco", "stsc", "stts", "stsz"):
        box = kit.find(data, f"{TABLES}/{table}")
        data = kit.replace_box(data, f"{TABLES}/{table}", kit.box(table, data[box.body : box.end], b"\xff" * 48))
    assert intact(data) == (True, "24 of 12,939 samples were looked at")


@pytest.mark.parametrize(
    "lost", ["tkhd", "mdia/mdhd", "mdia/hdlr", "mdia/minf", "mdia/minf/stbl", "mdia/minf/stbl/stsd"]
)
@pytest.mark.parametrize("track", ["vide", "soun"])
def test_a_track_without_what_every_track_has_is_unknown(track: str, lost: str) -> None:
    value, note = intact(kit.drop_box(CLIP, f"{kit.track(CLIP, track)}/{lost}"))
    assert value is None
    assert note.startswith(f"a track of the index lacks its {lost}")


def test_64_bit_offsets_are_read_too() -> None:
    from tests.clips.tables import read_offsets, write_offsets

    wide = write_offsets(CLIP, "moov/trak[0]", read_offsets(CLIP, "moov/trak[0]"), wide=True)
    assert intact(wide)[0] is True
    far = [*read_offsets(wide, "moov/trak[0]")[:-1], 1 << 40]
    value, note = intact(write_offsets(wide, "moov/trak[0]", far, wide=True))
    assert value is False
    assert "> 99.9 %" in note


# --- fragments ---


def moofs(data: bytes) -> list[int]:
    return [box.start for box in kit.children(data) if box.type == "moof"]


@pytest.mark.parametrize(
    ("proof", "whole", "edge", "words"),
    [
        pytest.param("", None, None, "nothing in the file tells", id="no-proof"),
        pytest.param("mehd", True, False, "should last 3:00 (mehd), and its fragments last 2:50", id="mehd"),
        pytest.param("sidx", True, False, "names fragments beyond the file's end", id="sidx"),
        pytest.param("mfra", True, None, "nothing in the file tells", id="mfra"),
    ],
)
def test_fragments_cut_at_an_edge_are_what_can_be_proven(
    proof: str, whole: bool | None, edge: bool | None, words: str
) -> None:
    data = fragmented(**dict.fromkeys([proof] if proof else [], True))
    assert intact(data)[0] is whole
    value, note = intact(data[: moofs(data)[-1]])
    assert value is edge
    assert words in note


@pytest.mark.parametrize("proof", ["", *PROOFS])
def test_fragments_cut_inside_are_not_whole(proof: str) -> None:
    data = fragmented(**dict.fromkeys([proof] if proof else [], True))
    last = kit.find_all(data, "moof")[-1]
    for end in (last.start + 9, last.end - 1, last.end, last.end + 4, last.end + 8, last.end + 99):
        assert intact(data[:end])[0] is False, end - last.start


def test_an_index_of_one_segment_proves_nothing_of_the_others() -> None:
    data = fragmented(sidx=True)
    segmented = kit.insert_box(data, "", kit.box("styp", b"msdh\0\0\0\0"), 2)
    assert intact(segmented)[0] is None


def test_fragments_without_any_are_unknown_and_with_a_duration_cut() -> None:
    for mehd, expected in ((False, None), (True, False)):
        data = fragmented(mehd=mehd)
        assert intact(data[: moofs(data)[0]])[0] is expected


@pytest.mark.slow
def test_mehd_sees_a_fragment_of_one_picture_go() -> None:
    data = kit.fragment(kit.remove_track(CLIP, "soun"), Fraction(1, 25), mehd=True)
    assert intact(data)[0] is True
    assert intact(data[: moofs(data)[-1]])[0] is None


def test_a_list_of_fragments_that_are_not_there_is_unknown() -> None:
    data = fragmented(mfra=True)
    first, second = moofs(data)[:2]
    value, note = intact(data[:first] + data[second:])
    assert value is None
    assert "(mfra) does not fit" in note


# --- properties ---


@given(st.integers(MDAT.start, len(CLIP) - 1))
@example(MDAT.start)
@example(MDAT.body)
def test_a_clip_cut_anywhere_in_its_media_is_not_whole(end: int) -> None:
    assert intact(CLIP[:end])[0] is False


@given(st.integers(8, len(LAST) - 1))
def test_a_clip_with_its_index_last_is_not_whole_wherever_it_is_cut(end: int) -> None:
    assert intact(LAST[:end])[0] is False


@given(st.integers(8, len(CLIP) - 1), st.sampled_from(PROOFS))
def test_a_cut_fragmented_clip_is_never_called_whole(end: int, proof: str) -> None:
    data = fragmented(30, **dict.fromkeys([proof], True))
    assert intact(data[: end * (len(data) - 1) // len(CLIP)])[0] is not True
