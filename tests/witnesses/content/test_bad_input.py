"""Films that are odd, damaged or hostile: what is told of them is right, and the others of a batch are unharmed."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.witnesses.content.films import PROGRAMS, black, facts_of, make, moving, needs_content
from vidcheck import ffmpeg
from vidcheck.facts import Depth, State
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from pathlib import Path

    from vidcheck.facts import Fact

pytestmark = needs_content
MUXED = ("-f", "mpegts", "-c:v", "libx264", "-c:a", "aac")
DRIFT = "crop=160:96:x='80+70*sin(n/9)':y='45+40*cos(n/7)'"
"""A slow movement over a larger picture."""


def run(*words: str | Path) -> None:
    subprocess.run([str(PROGRAMS["system"] or ffmpeg.available()), "-nostdin", "-y", "-v", "error", *words], check=True)


def note(fact: Fact) -> str:
    return fact.note.render("en") if fact.note else ""


def joined(path: Path, films: list[Path]) -> Path:
    """Transport streams may be put one after the other."""
    path.write_bytes(b"".join(film.read_bytes() for film in films))
    return path


def test_another_size_on_the_way_does_not_make_measuring_begin_anew(tmp_path: Path, program: str) -> None:
    del program
    first = make(tmp_path / "first.ts", [moving(1), black(1)], None, more=MUXED)
    second = make(tmp_path / "second.ts", [black(1, size="320x180"), moving(1, size="320x180")], None, more=MUXED)
    found = facts_of(joined(tmp_path / "film.ts", [first, second]), form="mpegts", sound=0)
    start, end = map(float, found["content.black"].raw.split("-"))
    assert (round(start), round(end)) == (1, 3)
    assert found["content.picture-area"].value.sides == (160, 90)


def test_where_channels_change_on_the_way_there_is_no_one_loudness(tmp_path: Path, program: str) -> None:
    del program
    first = make(tmp_path / "first.ts", [moving(2)], "sine=d=2:r=44100", more=MUXED)
    second = make(tmp_path / "second.ts", [moving(2)], "sine=d=2:r=48000,volume=-30dB,aformat=cl=stereo", more=MUXED)
    found = facts_of(joined(tmp_path / "film.ts", [first, second]), form="mpegts")
    assert found["content.loudness"].state is State.UNKNOWN
    assert note(found["content.loudness"]) == "the sound's rate or channels change on the way"
    assert -19 < found["content.true-peak"].value < -16  # of the louder part, which is the first


def test_one_picture_is_a_film(tmp_path: Path) -> None:
    found = facts_of(make(tmp_path / "one.mp4", [moving(0.04)], None), sound=0)
    assert found["content.decodes"].value is True
    assert found["content.duration"].value == Fraction(1, 25)
    assert note(found["content.scan"]) == "nothing moves, so the fields do not tell"


def test_an_encrypted_film_is_a_fault_that_says_so(tmp_path: Path) -> None:
    film = make(tmp_path / "film.mp4", [moving(0.2)], None)
    with pytest.raises(CouldNotLookError, match="the film is encrypted"):
        facts_of(film, encrypted=True)


def test_a_film_without_its_index_is_a_fault_that_names_no_file(tmp_path: Path) -> None:
    film = make(tmp_path / "film.mp4", [moving(1)], None)
    film.write_bytes(film.read_bytes()[:2000])
    with pytest.raises(CouldNotLookError, match=r"^moov atom not found; Invalid data found when processing input$"):
        facts_of(film, sound=0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("filters", "scan"),
    [
        ("tinterlace=interleave_top,setfield=tff", "interlaced"),
        ("tinterlace=interleave_bottom,setfield=bff", "interlaced"),
        ("telecine=pattern=23", "mixed"),
        ("telecine=first_field=bottom:pattern=23", "mixed"),
        ("null", "progressive"),
    ],
)
def test_fields_of_both_orders_and_film_in_fields_are_told(
    tmp_path: Path, program: str, filters: str, scan: str
) -> None:
    del program
    film = tmp_path / "film.mp4"
    source = f"mandelbrot=s=320x192:r=50,format=yuv420p,gblur=1.5,{DRIFT},{filters}"
    run("-f", "lavfi", "-i", source, "-t", "6", "-c:v", "libx264", "-qp", "18", "-flags", "+ilme+ildct", film)
    assert facts_of(film, sound=0)["content.scan"].value == scan


ODD = {
    "8k-10-bit-4:4:4": ("testsrc2=s=7680x4320:r=25:d=0.08", ("-pix_fmt", "yuv444p10le", "-qp", "40"), Fraction(2, 25)),
    "hdr": (
        "testsrc2=s=160x90:r=25:d=2",
        ("-pix_fmt", "yuv420p10le", "-colorspace", "bt2020nc", "-color_primaries", "bt2020", "-color_trc", "smpte2084"),
        Fraction(2),
    ),
    "1-fps": ("testsrc2=s=160x90:r=1:d=30", (), Fraction(30)),
    "10-hours": ("testsrc2=s=64x36:r=1/10:d=36000", ("-g", "10"), Fraction(36_000)),
    "odd-sides": ("testsrc2=s=161x91:r=25:d=1", ("-pix_fmt", "yuv444p"), Fraction(1)),
    "tiny": ("testsrc2=s=2x2:r=25:d=1", (), Fraction(1)),
    "gray": ("testsrc2=s=160x90:r=25:d=1,format=gray", (), Fraction(1)),
    "variable-rate": (
        "testsrc2=s=160x90:r=25:d=4,select='not(mod(n,3))+lt(n,30)',settb=1/1000",
        ("-fps_mode", "vfr"),
        Fraction(4),
    ),
    "a-gap": (
        "testsrc2=s=160x90:r=25:d=4,setpts='PTS+if(gt(N,49),5/TB,0)'", ("-fps_mode", "vfr"), Fraction(9)
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(ODD))
def test_odd_films_decode_to_their_end(tmp_path: Path, program: str, kind: str) -> None:
    del program
    source, words, lasts = ODD[kind]
    film = tmp_path / "film.mp4"
    run("-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", *words, film)
    for depth in (Depth.FULL, Depth.KEYFRAMES):
        found = facts_of(film, depth, sound=0, duration=lasts)
        assert found["content.decodes"].value is True
        assert found["content.black"].value == 0
        assert found["content.bars"].value == "none"
        if depth is Depth.FULL:
            assert abs(found["content.duration"].value - lasts) <= Fraction(13, 100)  # three pictures of 25 a second
    if kind == "a-gap":
        assert found["content.black"].value == 0
        assert facts_of(film, sound=0)["content.frozen"].raw == "1.960-7.000"
