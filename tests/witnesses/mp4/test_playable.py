"""`playable` and `encrypted`: what sample entries prove, what they leave open, and where the message points."""

from __future__ import annotations

import io
import shutil
import subprocess
from fractions import Fraction
from struct import pack
from typing import TYPE_CHECKING

import pytest

from tests.clips import surgery as kit
from tests.kit import needs_ffmpeg
from tests.witnesses.mp4.test_sample_entries import FULL_HD, ODD
from vidcheck.facts import State
from vidcheck.witnesses.mp4 import boxes

if TYPE_CHECKING:
    from pathlib import Path

    from vidcheck.facts import Fact

CLIP = kit.clip()
PICTURE, SOUND = (f"moov/trak[{number}]/mdia/minf/stbl/stsd" for number in (0, 1))
SINF = kit.box("sinf", kit.box("frma", b"avc1"), kit.full_box("schm", 0, 0, b"cenc", pack(">I", 0x10000)))


def told(data: bytes) -> dict[str, Fact]:
    return {fact.key: fact for fact in boxes.read(boxes.look(io.BytesIO(data), len(data)))}


def retyped(data: bytes, path: str, kind: str) -> bytes:
    """The clip with a box of that path called something else."""
    at = kit.find(data, path).start + 4
    return data[:at] + kind.encode("latin-1") + data[at + 4 :]


def zeroed(data: bytes, path: str) -> bytes:
    """The clip with nothing but zeros in that box."""
    found = kit.find(data, path)
    return data[: found.body] + bytes(found.end - found.body) + data[found.end :]


def with_entry(data: bytes, handler: str, entry: bytes) -> bytes:
    """The clip with one more sample entry, which nothing uses."""
    path = f"{kit.track(data, handler)}/mdia/minf/stbl/stsd"
    data = kit.insert_box(data, path, entry)
    return kit.patch(data, path, 12, pack(">I", 2))


def using(data: bytes, handler: str, number: int, since: int = 1) -> bytes:
    """The clip with the chunks from `since` on described by that sample entry."""
    path = f"{kit.track(data, handler)}/mdia/minf/stbl/stsc"
    old = kit.contents(data, path)
    rows = [old[at : at + 12] for at in range(8, len(old), 12)]
    if since == 1:
        rows = [row[:8] + pack(">I", number) for row in rows]
    else:
        rows = [rows[0], pack(">I", since) + rows[0][4:8] + pack(">I", number)]
    return kit.replace_box(data, path, kit.full_box("stsc", 0, 0, pack(">I", len(rows)), *rows))


def elsewhere(data: bytes, handler: str, *, url: bytes = b"other.mp4\0") -> bytes:
    """The clip with a data reference that names another file."""
    path = f"{kit.track(data, handler)}/mdia/minf/dinf/dref"
    return kit.replace_box(data, path, kit.full_box("dref", 0, 0, pack(">I", 1), kit.full_box("url ", 0, 0, url)))


def answer(data: bytes) -> bool | None:
    """What `playable` says; its reason is required where that isn't "yes"."""
    fact = told(data)["playable"]
    assert (fact.state is State.UNKNOWN) == (fact.value is None)
    assert fact.value is True or fact.note is not None
    value: bool | None = fact.value
    return value


def reason(data: bytes) -> str:
    note = told(data)["playable"].note
    assert note is not None
    assert note.render("zh") != note.render("en")
    return note.render("en")


def test_an_ordinary_film_is_playable_and_not_encrypted() -> None:
    facts = told(CLIP)
    assert (facts["playable"].value, facts["encrypted"].value) == (True, False)


@pytest.mark.parametrize(
    ("path", "kind"),
    [(f"{PICTURE}/avc1", "encv"), (f"{SOUND}/mp4a", "enca"), (f"{PICTURE}/avc1", "drmi"), (f"{SOUND}/mp4a", "drms"),
     (f"{SOUND}/mp4a", "encs"), (f"{SOUND}/mp4a", "enct")],
)  # fmt: skip
def test_encrypted_sample_entries_are_told_with_their_place(path: str, kind: str) -> None:
    data = retyped(CLIP, path, kind)
    facts = told(data)
    assert (facts["encrypted"].value, facts["playable"].value) == (True, False)
    assert f"{path[:-4]}{kind} at byte {kit.find(CLIP, path).start:,} is encrypted" in reason(data)


@pytest.mark.parametrize("path", [f"{PICTURE}/avc1", f"{SOUND}/mp4a"])
def test_protection_inside_an_ordinary_entry_is_encryption(path: str) -> None:
    facts = told(kit.insert_box(CLIP, path, SINF))
    assert (facts["encrypted"].value, facts["playable"].value) == (True, False)


def test_a_box_with_keys_alone_proves_no_encryption() -> None:
    facts = told(kit.insert_box(CLIP, "moov", kit.full_box("pssh", 0, 0, bytes(20))))
    assert (facts["encrypted"].value, facts["playable"].value) == (False, True)


def test_an_entry_that_nothing_uses_does_not_count() -> None:
    entry = kit.find(CLIP, f"{PICTURE}/avc1")
    spare = retyped(CLIP, f"{PICTURE}/avc1", "encv")[entry.start : entry.end]
    facts = told(with_entry(CLIP, "vide", spare))
    assert (facts["encrypted"].value, facts["playable"].value) == (False, True)


def test_every_entry_that_is_used_counts() -> None:
    entry = kit.find(CLIP, f"{PICTURE}/avc1")
    spare = retyped(CLIP, f"{PICTURE}/avc1", "encv")[entry.start : entry.end]
    facts = told(using(with_entry(CLIP, "vide", spare), "vide", 2, since=2))
    assert (facts["encrypted"].value, facts["playable"].value) == (True, False)


def test_a_codec_that_nobody_knows_leaves_it_open() -> None:
    data = retyped(CLIP, f"{PICTURE}/avc1", "zzzz")
    assert answer(data) is None
    assert "stsd/zzzz at byte" in reason(data)
    assert "no known codec" in reason(data)


@pytest.mark.parametrize(
    ("path", "kind"),
    [(f"{PICTURE}/avc1", "mp4a"), (f"{PICTURE}/avc1", "tx3g"), (f"{SOUND}/mp4a", "avc1"), (f"{SOUND}/mp4a", "mebx")],
)
def test_a_codec_of_another_kind_of_track_is_not_playable(path: str, kind: str) -> None:
    data = retyped(CLIP, path, kind)
    assert answer(data) is False
    assert "another kind of track" in reason(data)


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize("path", [f"{PICTURE}/avc1/colr", f"{SOUND}/mp4a/btrt"], ids=["picture", "sound"])
def test_a_box_of_an_impossible_size_that_hides_the_rest_of_an_entry_leaves_it_open(path: str, size: int) -> None:
    at = kit.find(CLIP, path).start
    broken = CLIP[:at] + pack(">I", size) + CLIP[at + 4 :]
    assert answer(broken) is None
    assert f"at byte {at:,} says that it is" in reason(broken)


@pytest.mark.parametrize("end", [bytes(4), bytes(8), bytes(12), b"\0\0\0", pack(">I", 0) + b"term"])
def test_what_writers_pad_an_entry_with_costs_nothing(end: bytes) -> None:
    path = f"{PICTURE}/avc1"
    assert told(kit.insert_box(CLIP, path, end))["playable"].value is True


@pytest.mark.parametrize("path", [f"{PICTURE}/avc1/avcC", f"{SOUND}/mp4a/esds"])
def test_a_configuration_that_is_missing_or_zero_is_not_playable(path: str) -> None:
    for data, why in ((retyped(CLIP, path, "free"), "has no configuration"), (zeroed(CLIP, path), "is empty")):
        assert answer(data) is False
        assert why in reason(data)


def test_sound_of_isos_own_version_1_is_read_too() -> None:
    """QuickTime's version 1 has sixteen more bytes, ISO's has not."""
    facts = told(kit.patch(CLIP, f"{SOUND}/mp4a", 16, b"\0\1"))
    assert (facts["playable"].value, facts["audio.codec"].value, facts["audio.channels"].value) == (True, "aac", 2)


@pytest.mark.parametrize("path", [f"{PICTURE}/avc1", f"{SOUND}/mp4a"])
def test_an_entry_of_an_unknown_layout_leaves_it_open(path: str) -> None:
    entry = kit.find(CLIP, path)
    fields = entry.body + (78 if path.endswith("avc1") else 28)
    assert answer(CLIP[:fields] + b"\xff" * (entry.end - fields) + CLIP[entry.end :]) is None
    bare = kit.replace_box(CLIP, path, kit.box(path[-4:], CLIP[entry.body : fields]))
    assert answer(bare) is False


@pytest.mark.parametrize(("handler", "new"), [("vide", "soun"), ("soun", "vide")])
def test_a_track_of_another_kind_by_its_handler_is_not_playable(handler: str, new: str) -> None:
    alone = kit.remove_track(CLIP, "soun" if handler == "vide" else "vide")
    assert answer(kit.set_handler(alone, handler, new)) is False


def test_a_configuration_whose_sets_are_zero_is_that_of_nothing() -> None:
    record = kit.contents(CLIP, f"{PICTURE}/avc1/avcC")
    size = int.from_bytes(record[6:8])
    blank = record[:8] + bytes(size) + record[8 + size :]
    data = kit.replace_box(CLIP, f"{PICTURE}/avc1/avcC", kit.box("avcC", blank))
    assert answer(data) is False
    assert "another codec" in reason(data)


def test_a_set_that_cannot_be_read_leaves_it_open() -> None:
    record = kit.contents(CLIP, f"{PICTURE}/avc1/avcC")
    size = int.from_bytes(record[6:8])
    garbage = record[:9] + b"\xff" * 3 + bytes(size - 4) + record[8 + size :]
    assert answer(kit.replace_box(CLIP, f"{PICTURE}/avc1/avcC", kit.box("avcC", garbage))) is None


def test_a_record_of_another_codec_is_not_playable() -> None:
    assert answer(retyped(CLIP, f"{PICTURE}/avc1/avcC", "hvcC")) is False
    assert answer(retyped(CLIP, f"{PICTURE}/avc1", "hvc1")) is False


def test_sound_that_says_it_is_a_picture_is_not_playable() -> None:
    record = kit.contents(CLIP, f"{SOUND}/mp4a/esds")
    at = record.index(b"\x40\x15")
    data = kit.replace_box(CLIP, f"{SOUND}/mp4a/esds", kit.box("esds", record[:at], b"\x20", record[at + 1 :]))
    assert answer(data) is False
    assert "another codec" in reason(data)


@pytest.mark.parametrize(
    "kind", ["apcn", "AVdn", "mjpa", "jpeg", "2vuy", "v210", "raw ", "dvcp", "CFHD", "xd5c", "MJPG"]
)
def test_pictures_that_need_no_configuration_are_playable(kind: str) -> None:
    assert answer(retyped(retyped(CLIP, f"{PICTURE}/avc1/avcC", "free"), f"{PICTURE}/avc1", kind)) is True


@pytest.mark.parametrize(
    "kind", ["sowt", "twos", "in24", "lpcm", ".mp3", "ac-3", "ec-3", "samr", "raw ", "ulaw", "ms\0U"]
)
def test_sound_that_needs_no_configuration_is_playable(kind: str) -> None:
    assert answer(retyped(retyped(CLIP, f"{SOUND}/mp4a/esds", "free"), f"{SOUND}/mp4a", kind)) is True


@pytest.mark.parametrize("kind", ["avc3", "avc1"])
def test_sets_in_the_samples_are_a_matter_of_avc3(kind: str) -> None:
    bare = kit.replace_box(CLIP, f"{PICTURE}/avc1/avcC", kit.box("avcC", b"\1\x64\0\x28\xff\xe0\0"))
    assert answer(retyped(bare, f"{PICTURE}/avc1", kind)) is (True if kind == "avc3" else None)


@pytest.mark.parametrize("number", [0, 2, 7])
def test_samples_that_use_an_entry_that_is_not_there_leave_it_open(number: int) -> None:
    data = using(CLIP, "vide", number)
    assert answer(data) is None
    assert f"moov/trak[0]/mdia/minf/stbl/stsc uses sample entry {number}" in reason(data)


def test_a_track_without_a_sample_entry_is_not_playable() -> None:
    data = kit.replace_box(CLIP, PICTURE, kit.full_box("stsd", 0, 0, pack(">I", 0)))
    assert answer(data) is False


@pytest.mark.parametrize("handler", ["vide", "soun"])
def test_media_in_another_file_is_neither_whole_nor_playable(handler: str) -> None:
    facts = told(elsewhere(CLIP, handler))
    assert (facts["playable"].value, facts["intact"].value) == (False, False)
    assert "dinf/dref" in reason(elsewhere(CLIP, handler))


def test_an_empty_reference_is_to_this_file() -> None:
    facts = told(elsewhere(CLIP, "vide", url=b""))
    assert (facts["playable"].value, facts["intact"].value) == (True, True)


def test_the_reference_of_every_used_entry_counts() -> None:
    entry = kit.find(CLIP, f"{PICTURE}/avc1")
    second = CLIP[entry.start : entry.start + 14] + b"\0\2" + CLIP[entry.start + 16 : entry.end]
    path = "moov/trak[0]/mdia/minf/dinf/dref"
    rows = kit.full_box("url ", 0, 1) + kit.full_box("url ", 0, 0, b"other.mp4\0")
    data = kit.replace_box(with_entry(CLIP, "vide", second), path, kit.full_box("dref", 0, 0, pack(">I", 2), rows))
    assert answer(data) is True
    facts = told(using(data, "vide", 2, since=2))
    assert (facts["playable"].value, facts["intact"].value) == (False, False)


def test_with_no_picture_track_enabled_it_is_unknown() -> None:
    data = kit.set_track_enabled(CLIP, "vide", enabled=False)
    assert answer(data) is None
    assert "no picture track is enabled (moov/trak[0]/tkhd)" in reason(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (kit.drop_box(CLIP, "moov"), "the index (moov) is missing"),
        (CLIP[: kit.find(CLIP, "moov").end - 5000], "the file ends inside moov"),
        (kit.box("ftyp", b"isom", bytes(4)) + kit.box("moov", kit.box("cmov")), "the index is compressed"),
        (kit.box("ftyp", b"isom", bytes(4)) + kit.box("moov"), "neither a picture nor a sound track"),
    ],
)
def test_an_index_that_was_not_read_leaves_it_open(data: bytes, why: str) -> None:
    assert answer(data) is None
    assert why in reason(data)


def test_sound_alone_is_playable() -> None:
    assert answer(kit.remove_track(CLIP, "vide")) is True


def test_sizes_that_differ_are_no_matter_of_playing() -> None:
    assert answer(kit.patch(CLIP, f"{PICTURE}/avc1", 32, pack(">HH", 640, 360))) is True


def test_fragments_use_the_entry_that_their_header_names() -> None:
    whole = kit.fragment(CLIP, Fraction(60))
    assert answer(whole) is True
    at = kit.find(whole, "moov/mvex/trex").start + 8 + 8
    assert int.from_bytes(whole[at : at + 4]) == 1
    assert answer(whole[:at] + pack(">I", 5) + whole[at + 4 :]) is None


def as_codec(kind: str, record: str, contents: bytes) -> bytes:
    """The clip with a picture of another codec, by its sample entry and configuration."""
    data = kit.replace_box(CLIP, f"{PICTURE}/avc1/avcC", kit.box(record, contents))
    return retyped(data, f"{PICTURE}/avc1", kind)


def hevc_record(*units: bytes) -> bytes:
    """`hvcC` with these units, each in an array of its own."""
    rows = b"".join(bytes([unit[0] >> 1]) + pack(">HH", 1, len(unit)) + unit for unit in units)
    return b"\1" + bytes(21) + bytes([len(units)]) + rows


VIDEO, PARTS = b"\x40\1\x0c", b"\x44\1\xc1"
"""The other parameter sets of HEVC, of which only the header matters here."""
WHOLE = hevc_record(VIDEO, ODD, PARTS)


@pytest.mark.parametrize(
    ("kind", "record", "expected"),
    [
        ("hvc1", WHOLE, True), ("hvc1", hevc_record(ODD), None), ("hvc1", hevc_record(VIDEO, ODD), None),
        ("hvc1", hevc_record(ODD, PARTS), None), ("hev1", hevc_record(ODD), True), ("hev1", hevc_record(b"\x44\1\xc1"), True),
        ("hvc1", hevc_record(b"\x44\1\xc1"), None), ("hvc1", bytes(60), False), ("hvc1", hevc_record(FULL_HD), False),
        ("hvc1", b"\0" + WHOLE[1:], True), ("hvc1", b"\7" + WHOLE[1:], None),
        ("hvc1", WHOLE[:-5], None), ("dvh1", WHOLE, True), ("dvhe", hevc_record(ODD), True),
    ],
)  # fmt: skip
def test_hevc_needs_its_sets(kind: str, record: bytes, *, expected: bool | None) -> None:
    assert answer(as_codec(kind, "hvcC", record)) is expected


def test_dvcpro_shares_a_name_with_dolby_vision_and_needs_no_record() -> None:
    assert answer(as_codec("dvh1", "free", b"")) is True
    assert answer(as_codec("dvh1", "dvcC", bytes(24))) is False


@pytest.mark.parametrize(("kind", "record"), [("av01", "av1C"), ("vp09", "vpcC"), ("vvc1", "vvcC")])
def test_players_may_do_without_some_records(kind: str, record: str) -> None:
    assert answer(as_codec(kind, record, b"\x81\5\x0c\0")) is True
    assert answer(as_codec(kind, record, bytes(4))) is None
    assert answer(as_codec(kind, "free", b"")) is None


@needs_ffmpeg
@pytest.mark.parametrize(
    "arguments",
    [
        "film.mov -c:v prores_ks -c:a pcm_s24le", "film.mov -c:v mjpeg -c:a adpcm_ima_qt", "film.mov -c:v libx264 -c:a aac",
        "film.mov -c:v rawvideo -c:a pcm_mulaw", "film.mov -c:v qtrle -c:a alac", "film.mov -c:v mpeg2video -c:a libmp3lame",
        "film.mp4 -c:v libx265 -tag:v hvc1 -c:a ac3", "film.mp4 -c:v libx265 -tag:v hev1 -c:a eac3",
        "film.mp4 -c:v libvpx-vp9 -c:a libopus", "film.mp4 -c:v mpeg4 -c:a flac -strict -2", "film.mp4 -c:v mjpeg -c:a alac",
        "film.mp4 -c:v libx264 -tag:v avc3 -c:a libmp3lame", "film.mp4 -c:v png -c:a mp2",
        "film.mp4 -c:v libx264 -c:a aac -movflags +frag_keyframe+empty_moov+default_base_moof",
        "film.mp4 -c:v libx264 -c:a aac -movflags +cmaf+frag_keyframe",
    ],
)  # fmt: skip
def test_what_ffmpeg_writes_is_playable(arguments: str, tmp_path: Path) -> None:
    """Skips what this build of ffmpeg can't encode."""
    name, *rest = arguments.split()
    sources = ["-f", "lavfi", "-i", "testsrc2=s=128x96:r=25:d=0.4", "-f", "lavfi", "-i", "sine=d=0.4:r=48000"]
    command = [shutil.which("ffmpeg") or "ffmpeg", "-v", "error", "-nostdin", *sources, *rest, str(tmp_path / name)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this ffmpeg lacks a coder")
    facts = told((tmp_path / name).read_bytes())
    assert (facts["playable"].value, facts["encrypted"].value) == (True, False)
