"""Sample entries and parameter sets: what the configuration of a codec proves, and that no bytes harm the readers."""

from __future__ import annotations

import io
import shutil
import subprocess
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.clips import surgery as kit
from vidcheck.facts import State
from vidcheck.quantities import Size
from vidcheck.resolve import agree
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import ffprobe, mediainfo
from vidcheck.witnesses.mp4 import av1, boxes, h264, hevc
from vidcheck.witnesses.mp4.coded import Bits, EndOfBitsError, unescaped
from vidcheck.witnesses.mp4.iso import Node
from vidcheck.witnesses.mp4.sample_entries import read_picture, read_sound

if TYPE_CHECKING:
    from pathlib import Path

    from vidcheck.facts import Fact

CLIP = kit.clip()
# made by x264 for 1920×1080: 1088 rows are coded, and 8 are cropped
FULL_HD = bytes.fromhex("67640028acb403c0113f2e02d4040405000003000100000300320f1832a0")
# made by x265 for 322×182 in blocks of 8, pixels of 16:11
ODD = bytes.fromhex("42010101600000030090000003000003003ca00a880c1c44d965654a4c2f046808000003000800000300c840")


def facts(data: bytes) -> dict[str, Fact]:
    return {fact.key: fact for fact in boxes.read(boxes.look(io.BytesIO(data), len(data)))}


def entry(kind: str, record: str, contents: bytes, *, handler: str = "soun") -> Node:
    """A sample entry of version 0 that holds one record."""
    fixed = bytes(16) + b"\0\2\0\x10\0\0\0\0" + (48000 << 16).to_bytes(4)
    body = fixed if handler == "soun" else bytes(78)
    node = Node(kind, body, 0, len(body), handler=handler)
    node.inside.append(Node(record, contents, 0, len(contents), node, 1, handler))
    return node


def described(kind: int, configuration: bytes) -> bytes:
    """The contents of `esds`: an elementary stream of that object type."""
    specific = bytes([5, len(configuration)]) + configuration if configuration else b""
    decoder = bytes([4, 13 + len(specific), kind]) + bytes(12) + specific
    return bytes(4) + bytes([3, 3 + len(decoder)]) + bytes(3) + decoder


def sound(contents: bytes, kind: str = "mp4a", record: str = "esds") -> tuple[object, ...] | None:
    heard = read_sound(entry(kind, record, contents))
    return (heard.codec, heard.profile, heard.channels, heard.rate) if heard else None


def test_the_clip_tells_what_its_parameter_set_says() -> None:
    told = {key: fact.value for key, fact in facts(CLIP).items()}
    assert told["resolution"] == told["video.stored-resolution"] == Size(1920, 1080)
    assert (told["video.codec"], told["video.profile"]) == ("h264", "High")
    assert (told["video.bit-depth"], told["video.chroma"], told["video.scan"]) == (8, "4:2:0", "progressive")
    assert (told["video.frame-rate"], told["video.frame-rate-mode"]) == (25, "constant")
    assert (told["audio.codec"], told["audio.profile"]) == ("aac", "LC")
    assert (told["video.count"], told["audio.count"]) == (1, 1)


def test_cropped_rows_are_not_shown() -> None:
    coded = h264.read_set(FULL_HD)
    assert coded is not None
    assert coded.size == Size(1920, 1080)


def test_hevc_is_cropped_and_has_its_own_pixel_shape() -> None:
    coded = hevc.read_set(ODD)
    assert coded is not None
    assert (coded.size, coded.shape, coded.profile) == (Size(322, 182), Fraction(16, 11), "Main")


def test_a_set_that_is_cut_short_proves_nothing() -> None:
    assert [h264.read_set(FULL_HD[:size]) for size in range(16)] == [None] * 16


def test_a_size_stands_by_the_pictures_not_by_the_sample_entry() -> None:
    width = kit.find(CLIP, "moov/trak[0]/mdia/minf/stbl/stsd").start + 16 + 8 + 24
    claimed = CLIP[:width] + (3840).to_bytes(2) + CLIP[width + 2 :]
    assert claimed != CLIP
    assert facts(claimed)["video.stored-resolution"].value == Size(1920, 1080)


def test_without_a_record_nothing_is_proven() -> None:
    at = CLIP.index(b"avcC")
    told = facts(CLIP[:at] + b"free" + CLIP[at + 4 :])
    assert not {"video.codec", "video.profile", "resolution"} & set(told)


def test_two_sets_that_differ_prove_nothing() -> None:
    for second, proven in (
        (FULL_HD, True),
        (bytes.fromhex("6742c028da01e0089f97011000000300100000030320f1832a"), False),
    ):
        sets = b"".join(len(unit).to_bytes(2) + unit for unit in (FULL_HD, second))
        record = bytes([1, 100, 0, 40, 0xFF, 0xE2]) + sets + b"\0"
        assert (h264.read_configuration(record) is not None) is proven


@pytest.mark.parametrize(
    ("contents", "heard"),
    [
        pytest.param(described(0x40, bytes.fromhex("119056e500")), ("aac", "LC", 2, 48000), id="lc"),
        pytest.param(described(0x40, bytes.fromhex("1190")), ("aac", "LC", 2, 48000), id="lc-in-two-bytes"),
        pytest.param(described(0x40, bytes.fromhex("1310")), ("aac", None, None, None), id="lc-that-may-be-he"),
        pytest.param(
            described(0x40, bytes.fromhex("131056e59880")), ("aac", "HE-AAC", 2, 48000), id="he-after-the-core"
        ),
        pytest.param(described(0x40, bytes.fromhex("2b098800")), ("aac", None, None, 48000), id="he-of-one-channel"),
        pytest.param(described(0x40, bytes.fromhex("eb098800")), ("aac", "HE-AACv2", 2, 48000), id="parametric-stereo"),
        pytest.param(described(0x6B, b""), None, id="mpeg-layer-unknown"),
        pytest.param(described(0xA9, b""), ("dts", None, None, None), id="dts"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_what_an_elementary_stream_proves(contents: bytes, heard: tuple[object, ...] | None) -> None:
    assert sound(contents) == heard


@pytest.mark.parametrize(
    ("kind", "record", "contents", "heard"),
    [
        ("ac-3", "dac3", "103dc0", ("ac3", None, 6, 48000)),
        ("Opus", "dOps", "00020138000056220000", ("opus", None, 2, 48000)),
        ("fLaC", "dfLa", "0000000080000022" + "00" * 10 + "0bb802f0" + "00" * 20, ("flac", None, 2, 48000)),
        ("sowt", "chan", "", ("pcm", None, 2, 48000)),
        ("samr", "damr", "00", ("amr_nb", None, 1, 8000)),
        ("zzzz", "damr", "00", None),
    ],
)
def test_what_other_records_prove(kind: str, record: str, contents: str, heard: tuple[object, ...] | None) -> None:
    assert sound(bytes.fromhex(contents), kind, record) == heard


@given(some.binary(max_size=300), some.sampled_from(["mp4a", "ac-3", "ec-3", "Opus", "alac", "fLaC", "sowt", "samr"]))
def test_no_bytes_of_a_sound_harm(contents: bytes, kind: str) -> None:
    for record in ("esds", "dac3", "dec3", "dOps", "alac", "dfLa", "damr"):
        read_sound(entry(kind, record, contents))


@given(
    some.binary(max_size=300),
    some.sampled_from([("avc1", "avcC"), ("hvc1", "hvcC"), ("av01", "av1C"), ("vp09", "vpcC")]),
)
def test_no_bytes_of_a_picture_harm(contents: bytes, names: tuple[str, str]) -> None:
    read_picture(entry(*names, contents, handler="vide"))
    for start in (b"\x67", b"\x42\x01", b"\x81"):
        h264.read_set(start + contents)
        hevc.read_set(start + contents)
        av1.read_configuration(start + contents)


@given(some.integers(0, 60), some.sampled_from(range(8)))
def test_no_bit_of_a_set_harms(at: int, bit: int) -> None:
    for unit, read in ((FULL_HD, h264.read_set), (ODD, hevc.read_set)):
        changed = bytearray(unit)
        changed[at % len(unit)] ^= 1 << bit
        coded = read(bytes(changed))
        assert coded is None or coded.size is None or min(coded.size.width, coded.size.height) > 0


@given(some.lists(some.integers(0, 5000), max_size=20))
def test_exponential_codes_are_read_as_they_are_written(numbers: list[int]) -> None:
    text = "".join(f"{number + 1:b}".zfill(2 * (number + 1).bit_length() - 1) for number in numbers)
    bits = Bits(int(f"0{text}".ljust(8 * (len(text) // 8 + 1), "1"), 2).to_bytes(len(text) // 8 + 1))
    bits.read(1)
    assert [bits.golomb() for _ in numbers] == numbers


def test_bits_end() -> None:
    bits = Bits(b"\x80")
    assert bits.flag()
    with pytest.raises(EndOfBitsError):
        bits.read(8)


def test_escapes_are_taken_out() -> None:
    assert unescaped(b"\0\0\3\0\0\3\1\0\3") == b"\0\0\0\0\1\0\3"


FILMS = {
    "avc-b-pyramid": ["-c:v", "libx264", "-preset", "fast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "2"],
    "avc-10-bit": ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-c:a", "ac3"],
    "avc-anamorphic": ["-vf", "setsar=12/11", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "alac"],
    "hevc": ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p", "-c:a", "libopus"],
    "av1": ["-c:v", "libaom-av1", "-cpu-used", "8", "-pix_fmt", "yuv420p", "-c:a", "flac", "-strict", "-2"],
}  # fmt: skip


@pytest.mark.skipif(None in map(shutil.which, ("ffmpeg", "ffprobe")), reason="ffmpeg or ffprobe is not installed")
@pytest.mark.parametrize(
    "options",
    [
        pytest.param(options, id=name, marks=() if name in {"avc-b-pyramid", "hevc"} else pytest.mark.slow)
        for name, options in FILMS.items()
    ],
)
def test_boxes_and_mediainfo_agree_on_real_films(options: list[str], tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    sources = ("testsrc2=size=322x182:rate=30000/1001:duration=0.5", "sine=sample_rate=48000:duration=0.5")
    inputs = [word for source in sources for word in ("-f", "lavfi", "-i", source)]
    done = subprocess.run(["ffmpeg", "-v", "error", *inputs, *options, film], check=False, capture_output=True)
    if b"Unknown encoder" in done.stderr:
        pytest.skip("this ffmpeg has no such encoder")
    assert done.returncode == 0, done.stderr
    mine = facts(film.read_bytes())
    with film.open("rb") as file:
        others = {fact.key: fact for fact in mediainfo.read(mediainfo.look(file))}
    both = (set(mine) & set(others)) - {"completed", "container.created", "bit-rate"}
    assert {key: (mine[key].state, mine[key].value) for key in both} == {
        key: (others[key].state, others[key].value) for key in both
    }
    assert {"duration", "resolution", "video.codec", "video.frame-rate", "audio.codec"} <= both
    assert mine["video.frame-rate"].value == Fraction(30000, 1001)
    with film.open("rb") as file:
        third = {fact.key: fact for fact in ffprobe.read(ffprobe.look(file, str(film), "mp4", 30))}
    # whom auto leaves out would have said the same
    assert [key for key in both & set(third) if not agree(KEYS[key], [mine[key], others[key], third[key]])] == []
    assert mine["resolution"].state is State.KNOWN
