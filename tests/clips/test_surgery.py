"""Every function of the surgery kit is proven by reading back: own walker, MediaInfo, ffprobe."""

import io
import json
import shutil
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from struct import pack, unpack_from
from typing import Any

import pymediainfo
import pytest

from tests.clips import surgery as kit
from tests.clips.tables import read_chunks, read_offsets
from tests.kit import fragmented
from vidcheck.witnesses.mp4 import boxes

needs_ffprobe = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")

CLIP = kit.clip()
VIDEO = "moov/trak[0]"
SOUND = "moov/trak[1]"
STANDARD_2021 = 3_706_574_400  # 2021-06-15T04:00Z in seconds since 1904


def mediainfo(data: bytes) -> dict[str, dict[str, Any]]:
    """MediaInfo's tracks; the last of each type."""
    text = pymediainfo.MediaInfo.parse(io.BytesIO(data), output="JSON", parse_speed=0)
    return {track["@type"]: track for track in json.loads(str(text))["media"]["track"]}


def ffprobe(path: Path, data: bytes) -> dict[str, Any]:
    path.write_bytes(data)
    command = ["ffprobe", "-v", "error", "-f", "mov", "-show_format", "-show_streams", "-of", "json", f"file:{path}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30, stdin=subprocess.DEVNULL)
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def samples(data: bytes, track: str) -> list[bytes]:
    """The bytes of every sample, through the tables."""
    found = []
    for chunk in read_chunks(data, track):
        at = chunk.offset
        for sample in chunk.samples:
            found.append(data[at : at + sample.size])
            at += sample.size
    return found


def test_clip_is_small_and_its_boxes_fill_the_file() -> None:
    packed = Path(str(kit.__file__)).with_name("clip.mp4.gz")
    assert packed.stat().st_size < 60_000
    assert [box.type for box in kit.children(CLIP)] == ["ftyp", "moov", "free", "mdat"]
    assert list(kit.children(CLIP))[-1].end == len(CLIP)
    assert max(chunk.end for track in (VIDEO, SOUND) for chunk in read_chunks(CLIP, track)) == len(CLIP)


def test_clip_is_what_the_call_asks_for() -> None:
    tracks = mediainfo(CLIP)
    general, video, sound = tracks["General"], tracks["Video"], tracks["Audio"]
    assert (general["Duration"], general["Encoded_Date"]) == ("180.000", "2021-06-15 04:00:00 UTC")
    assert (general["CodecID"], general["Title"]) == ("mp42", "vidcheck sample")
    assert (video["Format"], video["Format_Profile"], video["Width"], video["Height"]) == (
        "AVC",
        "High",
        "1920",
        "1080",
    )
    assert (video["FrameRate"], video["FrameRate_Mode"], video["Duration"]) == ("25.000", "CFR", "180.000")
    assert (sound["Format"], sound["Channels"], sound["SamplingRate"]) == ("AAC", "2", "48000")


# --- the tree ---


def test_paths_pick_by_place_and_by_handler() -> None:
    assert kit.find(CLIP, "moov/trak[soun]") == kit.find(CLIP, "moov/trak[1]")
    assert kit.find_all(CLIP, "moov/trak[7]") == []
    assert len(kit.find_all(CLIP, "moov/trak/tkhd")) == 2
    assert kit.contents(CLIP, f"{VIDEO}/mdia/minf/stbl/stsd/avc1/pasp") == pack(">II", 1, 1)
    assert kit.contents(CLIP, "moov/udta/meta/ilst/©nam/data")[8:] == b"vidcheck sample"


@pytest.mark.parametrize("path", ["moov/nope", "mo", "moov/trak[9]/tkhd", ""])
def test_a_path_that_names_nothing_is_an_error(path: str) -> None:
    with pytest.raises(kit.SurgeryError):
        kit.find(CLIP, path)


@pytest.mark.parametrize("parent", ["", "moov", "moov/udta/meta/ilst", f"{VIDEO}/mdia/minf/stbl/stsd/avc1"])
def test_inserting_a_box_moves_the_samples_with_their_offsets(parent: str) -> None:
    made = kit.insert_box(CLIP, parent, kit.box("free", bytes(1000)), 0)
    assert len(made) == len(CLIP) + 1008
    for track in (VIDEO, SOUND):
        assert samples(made, track) == samples(CLIP, track)
    assert kit.drop_box(made, f"{parent}/free".strip("/")) == CLIP


def test_patch_changes_only_its_bytes() -> None:
    made = kit.patch(CLIP, "moov", 0, b"\0\0\0\1")
    assert [at for at in range(len(CLIP)) if made[at] != CLIP[at]] == [33, 34, 35]
    with pytest.raises(kit.SurgeryError):
        kit.patch(CLIP, "mdat", len(CLIP), b"x")


@pytest.mark.parametrize("size", [2, 7, 1])
def test_a_size_smaller_than_its_header_is_an_error(size: int) -> None:
    with pytest.raises(kit.SurgeryError):
        list(kit.children(pack(">I4sQ", size, b"moov", 3)))


# --- the file as a whole ---


def test_brands_are_those_asked_for() -> None:
    made = kit.set_brands(CLIP, "qt  ", ("isom", "iso2", "avc1"))
    assert kit.contents(made, "ftyp") == b"qt  \0\0\0\0isomiso2avc1"
    assert samples(made, VIDEO) == samples(CLIP, VIDEO)
    assert mediainfo(made)["General"]["CodecID"] == "qt  "


def test_a_file_without_ftyp_keeps_its_samples_and_can_get_one_again() -> None:
    made = kit.drop_ftyp(CLIP)
    assert next(kit.children(made)).type == "moov"
    assert samples(made, SOUND) == samples(CLIP, SOUND)
    assert kit.set_brands(made, "mp42", ("mp42", "iso2", "avc1", "mp41"), 512) == CLIP


def test_index_last_keeps_every_sample() -> None:
    made = kit.move_index_last(CLIP)
    assert [box.type for box in kit.children(made)] == ["ftyp", "free", "mdat", "moov"]
    for track in (VIDEO, SOUND):
        assert samples(made, track) == samples(CLIP, track)
    assert mediainfo(made)["General"]["IsStreamable"] == "No"


def test_truncate_keeps_the_front() -> None:
    made = kit.truncate(CLIP, Fraction(1, 2))
    assert made == CLIP[: len(CLIP) // 2]
    assert mediainfo(made)["General"]["extra"]["IsTruncated"] == "Yes"
    assert "Video" not in mediainfo(kit.truncate(kit.move_index_last(CLIP), Fraction(1, 2)))
    with pytest.raises(kit.SurgeryError):
        kit.truncate(CLIP, Fraction(3, 2))


# --- dates, duration, rate ---


@pytest.mark.parametrize("version", [None, 0, 1])
def test_creation_time_is_what_was_written(version: int | None) -> None:
    made = kit.set_creation_time(CLIP, STANDARD_2021 - 86400, version=version)
    tracks = mediainfo(made)
    assert {track["Encoded_Date"] for track in tracks.values()} == {"2021-06-14 04:00:00 UTC"}
    assert {track["Tagged_Date"] for track in tracks.values()} == {"2021-06-14 04:00:00 UTC"}
    assert tracks["General"]["Duration"] == "180.000"
    assert samples(made, VIDEO) == samples(CLIP, VIDEO)
    assert kit.contents(made, "moov/mvhd")[0] == (version or 0)


def test_versions_go_there_and_back() -> None:
    wide = kit.set_creation_time(CLIP, STANDARD_2021, version=1)
    assert kit.set_creation_time(wide, STANDARD_2021, version=0) == CLIP


def test_creation_time_may_be_written_in_one_box_alone() -> None:
    made = kit.set_creation_time(CLIP, 0, where=("mvhd",))
    assert unpack_from(">II", kit.contents(made, "moov/mvhd"), 4) == (0, 0)
    assert unpack_from(">II", kit.contents(made, f"{VIDEO}/tkhd"), 4) == (STANDARD_2021, STANDARD_2021)


def test_a_time_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(kit.SurgeryError):
        kit.set_creation_time(CLIP, 1 << 32)
    wide = kit.set_creation_time(CLIP, 1 << 40, version=1)
    assert unpack_from(">Q", kit.contents(wide, "moov/mvhd"), 4) == (1 << 40,)


DURATIONS = ["312.480", "300.020", "119.500", "90.000", "0.040"]


@pytest.mark.slow
@pytest.mark.parametrize("text", DURATIONS)
def test_mediainfo_agrees_on_a_new_duration(text: str) -> None:
    made = kit.set_duration(CLIP, Fraction(text))
    tracks = mediainfo(made)
    assert {kind: track["Duration"] for kind, track in tracks.items()} == {
        "General": text,
        "Video": text,
        "Audio": text,
    }
    assert tracks["Video"]["FrameRate"] == "25.000"
    assert tracks["Video"].get("FrameRate_Mode", "CFR") == "CFR"


@pytest.mark.slow
@needs_ffprobe
@pytest.mark.parametrize("text", DURATIONS)
def test_ffprobe_agrees_on_a_new_duration(text: str, tmp_path: Path) -> None:
    found = ffprobe(tmp_path / "x.mp4", kit.set_duration(CLIP, Fraction(text)))
    assert [Fraction(stream["duration"]) for stream in found["streams"]] == [Fraction(text)] * 2
    assert Fraction(found["format"]["duration"]) == Fraction(text)
    assert found["streams"][0]["r_frame_rate"] == "25/1"


@pytest.mark.parametrize("seconds", [Fraction(0), Fraction(-1), Fraction(1, 3)])
def test_a_duration_the_clock_cannot_tell_is_an_error(seconds: Fraction) -> None:
    with pytest.raises(kit.SurgeryError):
        kit.set_duration(CLIP, seconds)


@pytest.mark.slow
@needs_ffprobe
@pytest.mark.parametrize(
    ("rate", "shown"),
    [(Fraction(24), "24.000"), (Fraction(30000, 1001), "29.970"), (Fraction(30), "30.000"), (Fraction(50), "50.000")],
)
def test_a_new_rate_leaves_the_duration(rate: Fraction, shown: str, tmp_path: Path) -> None:
    made = kit.set_frame_rate(CLIP, rate)
    video = mediainfo(made)["Video"]
    assert (video["FrameRate"], video["FrameRate_Mode"], video["Duration"]) == (shown, "CFR", "180.000")
    stream = ffprobe(tmp_path / "x.mp4", made)["streams"][0]
    assert Fraction(stream["r_frame_rate"]) == rate
    assert Fraction(stream["duration"]) == 180


def test_an_edit_list_trims_and_delays() -> None:
    trimmed = mediainfo(kit.add_edit_list(CLIP, "vide", ((Fraction(178), Fraction(2)),)))
    assert (trimmed["Video"]["Duration"], trimmed["General"]["Duration"]) == ("178.000", "180.000")
    delay = ((Fraction(2), None), (Fraction(180), Fraction(0)))
    delayed = mediainfo(kit.add_edit_list(CLIP, "vide", delay))
    assert (delayed["Video"]["Duration"], delayed["General"]["Duration"]) == ("182.000", "182.000")


def test_an_edit_list_can_be_put_where_none_is() -> None:
    made = kit.add_edit_list(kit.drop_box(CLIP, f"{VIDEO}/edts"), "vide", ((Fraction(180), Fraction(0)),))
    assert made == CLIP


# --- picture ---


@pytest.mark.slow
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_track_is_told_clockwise_by_mediainfo(degrees: int) -> None:
    assert mediainfo(kit.set_rotation(CLIP, degrees))["Video"]["Rotation"] == f"{degrees}.000"


@pytest.mark.slow
@needs_ffprobe
@pytest.mark.parametrize("where", ["tkhd", "mvhd"])
@pytest.mark.parametrize(("degrees", "told"), [(90, -90), (180, 180), (270, 90)])
def test_a_turn_is_told_with_the_other_sign_by_ffprobe(where: str, degrees: int, told: int, tmp_path: Path) -> None:
    stream = ffprobe(tmp_path / "x.mp4", kit.set_rotation(CLIP, degrees, where))["streams"][0]
    assert abs(stream["side_data_list"][0]["rotation"]) == abs(told)
    assert abs(told) == 180 or stream["side_data_list"][0]["rotation"] == told


def test_no_turn_is_the_clip_and_other_angles_are_errors() -> None:
    assert kit.set_rotation(CLIP, 0) == CLIP
    with pytest.raises(kit.SurgeryError):
        kit.set_rotation(CLIP, 45)


@needs_ffprobe
def test_pixels_of_another_shape_are_seen_by_both(tmp_path: Path) -> None:
    made = kit.set_pixel_aspect(kit.set_stored_size(CLIP, 1440, 1080), 4, 3)
    video = mediainfo(made)["Video"]
    assert (video["Width"], video["Height"], video["PixelAspectRatio"]) == ("1440", "1080", "1.333")
    stream = ffprobe(tmp_path / "x.mp4", made)["streams"][0]
    assert (stream["width"], stream["sample_aspect_ratio"], stream["display_aspect_ratio"]) == (1440, "4:3", "16:9")
    assert unpack_from(">I", kit.contents(made, f"{VIDEO}/tkhd"), 76) == (1920 << 16,)


@pytest.mark.slow
@needs_ffprobe
@pytest.mark.parametrize("size", [(1280, 720), (1080, 1920), (720, 576), (3840, 2160), (854, 480)], ids=str)
def test_a_stored_size_is_told_by_both(size: tuple[int, int], tmp_path: Path) -> None:
    made = kit.set_stored_size(CLIP, *size)
    video = mediainfo(made)["Video"]
    assert (int(video["Width"]), int(video["Height"])) == size
    stream = ffprobe(tmp_path / "x.mp4", made)["streams"][0]
    assert (stream["width"], stream["height"]) == size
    assert (stream["coded_width"] - size[0] < 16, stream["pix_fmt"]) == (True, "yuv420p")


@pytest.mark.slow
@needs_ffmpeg
@pytest.mark.parametrize("size", [(1280, 720), (854, 480)], ids=str)
def test_pictures_of_another_size_decode_to_grey(size: tuple[int, int], tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(kit.set_duration(kit.set_stored_size(CLIP, *size), Fraction(12)))
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-nostdin",
        "-i",
        f"file:{path}",
        "-an",
        "-f",
        "rawvideo",
        "-vf",
        "scale=2:2",
        "-",
    ]
    done = subprocess.run(command, capture_output=True, check=True, timeout=30)
    assert done.stderr == b""
    assert set(done.stdout) <= {127, 128, 129}
    assert len(done.stdout) == 300 * 6


def test_a_size_without_whole_chroma_samples_is_an_error() -> None:
    with pytest.raises(kit.SurgeryError):
        kit.set_stored_size(CLIP, 1281, 720)


# --- tracks ---


def test_a_removed_track_is_gone() -> None:
    assert "Audio" not in mediainfo(kit.remove_track(CLIP, "soun"))
    left = kit.remove_track(CLIP, "vide")
    assert "Video" not in mediainfo(left)
    assert samples(left, "moov/trak[0]") == samples(CLIP, SOUND)
    with pytest.raises(kit.SurgeryError):
        kit.remove_track(left, "vide")


@needs_ffprobe
def test_a_second_track_has_its_own_number_language_and_flag(tmp_path: Path) -> None:
    made = kit.duplicate_track(CLIP, "soun", language="eng", enabled=False)
    found = ffprobe(tmp_path / "x.mp4", made)["streams"]
    assert [stream["id"] for stream in found] == ["0x1", "0x2", "0x3"]
    assert [stream["tags"]["language"] for stream in found] == ["chi", "zho", "eng"]
    assert [stream["disposition"]["default"] for stream in found] == [1, 1, 0]
    assert mediainfo(made)["General"]["AudioCount"] == "2"
    assert samples(made, "moov/trak[2]") == samples(CLIP, SOUND)


def test_a_second_picture_track_can_be_enabled_again() -> None:
    made = kit.duplicate_track(CLIP, "vide", enabled=False)
    assert kit.contents(made, "moov/trak[2]/tkhd")[3] == 2
    assert kit.contents(kit.set_track_enabled(made, "trak[2]", True), "moov/trak[2]/tkhd")[3] == 3
    assert mediainfo(made)["General"]["VideoCount"] == "2"


def test_a_language_is_three_small_letters() -> None:
    assert mediainfo(kit.set_language(CLIP, "soun", "jpn"))["Audio"]["Language"] == "ja"
    with pytest.raises(kit.SurgeryError):
        kit.set_language(CLIP, "soun", "JP")


def test_a_handler_is_renamed_and_nothing_else() -> None:
    made = kit.set_handler(CLIP, "soun", "meta")
    assert samples(made, "moov/trak[meta]") == samples(CLIP, SOUND)
    assert kit.set_handler(made, "meta", "soun") == CLIP


# --- tags ---


@needs_ffprobe
def test_tags_are_set_replaced_and_made_anew(tmp_path: Path) -> None:
    made = kit.add_tag(kit.add_tag(kit.drop_box(CLIP, "moov/udta"), "©nam", "标题".encode()), "©too", b"Lavf")
    assert mediainfo(made)["General"]["Title"] == "标题"
    tags = ffprobe(tmp_path / "x.mp4", kit.add_tag(made, "©nam", b"new"))["format"]["tags"]
    assert (tags["title"], tags["encoder"]) == ("new", "Lavf")
    assert samples(made, VIDEO) == samples(CLIP, VIDEO)


@needs_ffprobe
def test_the_date_of_apples_cameras_is_seen_by_both(tmp_path: Path) -> None:
    made = kit.add_quicktime_creationdate(CLIP, "2021-06-15T12:00:00+0800")
    assert "2021-06-15T12:00:00+0800" in json.dumps(mediainfo(made)["General"])
    tags = ffprobe(tmp_path / "x.mp4", made)["format"]["tags"]
    assert tags["com.apple.quicktime.creationdate"] == "2021-06-15T12:00:00+0800"


# --- size ---


@pytest.mark.parametrize("size", [150_000_000, 5_000_000_000, len(CLIP) + 8, len(CLIP)])
def test_a_sparse_file_has_exactly_its_size_and_is_sound(size: int, tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    kit.write_sparse(path, CLIP, size)
    assert path.stat().st_size == size
    if hasattr(path.stat(), "st_blocks"):
        assert path.stat().st_blocks * 512 < 4_000_000
    with path.open("rb") as file:
        text = pymediainfo.MediaInfo.parse(file, output="JSON", parse_speed=0)
    general = json.loads(str(text))["media"]["track"][0]
    assert (int(general["FileSize"]), general["Duration"]) == (size, "180.000")
    assert "IsTruncated" not in general.get("extra", {})


def test_a_gap_without_room_for_a_header_is_an_error(tmp_path: Path) -> None:
    for size in (len(CLIP) + 7, len(CLIP) - 1):
        with pytest.raises(kit.SurgeryError):
            kit.write_sparse(tmp_path / "x.mp4", CLIP, size)
        assert not (tmp_path / "x.mp4").exists()


@pytest.mark.slow
@pytest.mark.parametrize("index_last", [False, True])
@pytest.mark.parametrize("size", [150_000_000, 5_000_000_000])
def test_grown_mdat_spreads_the_samples_to_its_end(size: int, index_last: bool, tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    data = kit.move_index_last(CLIP) if index_last else CLIP
    kit.grow_mdat(path, data, size)
    assert path.stat().st_size == size
    with path.open("rb") as file:
        text = pymediainfo.MediaInfo.parse(file, output="JSON", parse_speed=0)
        general = json.loads(str(text))["media"]["track"][0]
        assert (general["Duration"], general["FileSize"]) == ("180.000", str(size))
        head = file.read() if size < 1 << 20 else b""
    assert head == b""
    made = dict(_islands(data, size))
    front = b"".join(part for at, part in sorted(made.items()) if at == 0) if not index_last else None
    if front is not None:
        chunks = [chunk for track in (VIDEO, SOUND) for chunk in read_chunks(front, track)]
        assert max(chunk.end for chunk in chunks) == size
        half = [chunk for chunk in chunks if chunk.end <= size // 2]
        assert 0.4 < len(half) / len(chunks) < 0.6


def _islands(data: bytes, size: int) -> list[tuple[int, bytes]]:
    from tests.clips.sparse import spread

    return spread(data, size)


def test_every_sample_of_a_grown_file_is_found_again() -> None:
    made = bytearray(2_000_000)
    for at, part in _islands(CLIP, len(made)):
        made[at : at + len(part)] = part
    assert samples(bytes(made), SOUND) == samples(CLIP, SOUND)
    longer = [
        (now, was) for now, was in zip(samples(bytes(made), VIDEO), samples(CLIP, VIDEO), strict=True) if now != was
    ]
    assert len(longer) == 16
    for now, was in longer:
        filler = now.removeprefix(was)
        assert unpack_from(">IB", filler) == (len(filler) - 4, 12)
        assert filler[5:] == bytes(len(filler) - 6) + b"\x80"


@pytest.mark.parametrize(
    "make",
    [
        lambda: CLIP, lambda: kit.set_duration(CLIP, Fraction(600)), lambda: kit.set_stored_size(CLIP, 640, 360),
        lambda: kit.set_frame_rate(CLIP, Fraction(60)), lambda: kit.duplicate_track(CLIP, "vide"),
    ],
    ids=["clip", "longer", "smaller", "faster", "two-tracks"],
)  # fmt: skip
def test_films_are_what_they_claim(make: Callable[[], bytes], tmp_path: Path) -> None:
    """No two samples of a track share a place, and a grown film is all samples."""
    kit.grow_mdat(tmp_path / "x.mp4", make(), 150_000_000)
    with (tmp_path / "x.mp4").open("rb") as file:
        layout = boxes.look(file, 150_000_000)
    assert layout.movie
    for track in layout.movie.tracks:
        assert track.chunks
        assert len(set(track.chunks.starts)) == len(track.chunks.starts)
    assert layout.movie.tracks[0].chunks
    assert layout.movie.tracks[0].chunks.total > 140_000_000
    assert boxes.judge_whole(layout)[0] is True


def test_a_file_cannot_shrink_into_a_smaller_size() -> None:
    with pytest.raises(kit.SurgeryError):
        _islands(CLIP, len(CLIP) - 1)


# --- fragments ---


@pytest.mark.slow
@needs_ffprobe
@pytest.mark.parametrize("proof", ["", "mehd", "sidx", "mfra"])
def test_a_fragmented_clip_lasts_as_long(proof: str, tmp_path: Path) -> None:
    made = fragmented(mehd=proof == "mehd", sidx=proof == "sidx", mfra=proof == "mfra")
    kinds = [box.type for box in kit.children(made)]
    assert kinds.count("moof") == kinds.count("mdat") >= 18
    assert ("sidx" in kinds, kinds[-1] == "mfra") == (proof == "sidx", proof == "mfra")
    assert read_offsets(made, VIDEO) == []
    found = ffprobe(tmp_path / "x.mp4", made)
    assert abs(Fraction(found["format"]["duration"]) - 180) < Fraction(1, 20)
    assert mediainfo(made)["Video"]["FrameRate"] == "25.000"


def test_the_index_of_fragments_points_at_them() -> None:
    made = fragmented(mfra=True)
    at = kit.find(made, "mfra/tfra").body
    (entries,) = unpack_from(">I", made, at + 12)
    places = [unpack_from(">QQ", made, at + 16 + 19 * each)[1] for each in range(entries)]
    assert places == [box.start for box in kit.children(made) if box.type == "moof"]
    assert unpack_from(">I", made, len(made) - 4)[0] == len(made) - kit.find(made, "mfra").start
    moved = kit.insert_box(made, "", kit.box("free", bytes(92)), 0)
    at = kit.find(moved, "mfra/tfra").body
    assert unpack_from(">QQ", moved, at + 16)[1] == places[0] + 100


@pytest.mark.slow
@needs_ffmpeg
@pytest.mark.parametrize("name", ["fragment", "move_index_last", "grown"])
def test_the_first_seconds_still_decode(name: str, tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    if name == "grown":
        kit.grow_mdat(path, CLIP, 150_000_000)
    else:
        path.write_bytes(getattr(kit, name)(CLIP))
    command = ["ffmpeg", "-v", "error", "-nostdin", "-t", "1", "-i", f"file:{path}", "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert done.stderr == ""
