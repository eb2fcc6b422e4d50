"""Films are known again by their fingerprints, however they were changed; others are not taken for them."""

from __future__ import annotations

import subprocess
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from tests.witnesses.content.films import make, needs_content, still
from vidcheck import doubles, ffmpeg
from vidcheck.facts import Depth, State
from vidcheck.session.session import Options, Session

if TYPE_CHECKING:
    from pathlib import Path

    from vidcheck.facts import Fact
    from vidcheck.quantities import Fingerprint

pytestmark = needs_content
ZOOM = "mandelbrot=s=192x108:r=25:start_scale=3:end_scale=0.01:end_pts=400,trim=duration={}"
NOISE = "aevalsrc='0.3*sin(2*PI*t*(300+200*sin(t*3)+90*sin(t*11)))':d={}"


def print_of(path: Path, depth: Depth = Depth.KEYFRAMES) -> Fact:
    options = Options(workers=0, witness="mediainfo", content=depth, seen=frozenset({"content.fingerprint"}))
    with Session(options=options, judging=False) as session:
        ((_, facts),) = session.facts(session.find([path]).targets)
    (fact,) = facts.of("content.fingerprint")
    return fact


def value_of(path: Path, depth: Depth = Depth.KEYFRAMES) -> Fingerprint:
    fact = print_of(path, depth)
    assert fact.state is State.KNOWN
    value: Fingerprint = fact.value
    return value


def changed(film: Path, name: str, *words: str) -> Path:
    """The film as ffmpeg writes it with these arguments."""
    program = ffmpeg.available()
    assert program is not None
    path = film.parent / name
    subprocess.run([program, "-nostdin", "-y", "-v", "error", "-i", film, *words, path], check=True)
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("film") / "film.mp4", [ZOOM.format(5)], NOISE.format(5), lossless=False)


def test_a_film_is_known_again_when_it_is_encoded_anew_and_mirrored(film: Path) -> None:
    other = changed(film, "other.avi", "-vf", "hflip,scale=160:-2", "-r", "15", "-c:v", "mpeg4", "-an")
    found = doubles.likeness(value_of(film), value_of(other, Depth.FULL))
    assert found is not None
    assert found.mirrored
    assert found.share > 0.8


def test_small_pictures_are_kept_with_their_times(film: Path) -> None:
    pictures = print_of(film).pictures
    assert 4 <= len(pictures) <= 8
    assert all(picture.data.startswith(b"\xff\xd8") and len(picture.data) < 16_000 for picture in pictures)
    assert sorted(pictures, key=lambda picture: picture.at) == list(pictures)


def test_a_film_that_stands_still_and_is_silent_can_not_be_known_again(tmp_path: Path) -> None:
    fact = print_of(make(tmp_path / "still.mp4", [still(4)], None))
    assert fact.state is State.UNKNOWN
    assert fact.note is not None
    assert fact.note.render("en") == "its pictures and sound change too little to know it by"


WAYS: dict[str, tuple[str, ...]] = {
    "codec.avi": ("-c:v", "mpeg4", "-q:v", "6", "-c:a", "mp3"),
    "rate.mp4": ("-c:v", "libx264", "-b:v", "120k", "-c:a", "aac", "-b:a", "48k"),
    "size.mp4": ("-vf", "scale=128:-2", "-c:v", "libx264"),
    "pace.mp4": ("-r", "30", "-c:v", "libx264"),
    "container.mkv": ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"),
    "hevc.mp4": ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error"),
    "crop.mp4": ("-vf", "crop=iw*0.85:ih*0.85", "-c:v", "libx264"),
    "corner.mp4": ("-vf", "crop=iw*0.85:ih*0.85:0:0", "-c:v", "libx264"),
    "mirror.mp4": ("-vf", "hflip", "-c:v", "libx264"),
    "bars.mp4": ("-vf", "pad=iw:ih+40:0:20", "-c:v", "libx264"),
    "first.mp4": ("-t", "10", "-c:v", "libx264"),
    "second.mp4": ("-ss", "9.3", "-c:v", "libx264"),
    "sound.mp4": ("-af", "atempo=2,areverse,apad", "-shortest", "-c:v", "libx264"),
    "silent.mp4": ("-an", "-c:v", "libx264"),
}


@pytest.mark.slow
@pytest.mark.parametrize("depth", [Depth.KEYFRAMES, Depth.FULL])
def test_a_film_is_known_again_in_every_way(tmp_path: Path, depth: Depth) -> None:
    scenes = [
        ZOOM.format(8), "testsrc2=s=192x108:r=25:d=4", "cellauto=s=192x108:r=25:rule=30:seed=4,trim=duration=4",
        "gradients=s=192x108:r=25:seed=99:n=8:d=4",
    ]  # fmt: skip
    film = make(tmp_path / "film.mp4", scenes, NOISE.format(20), lossless=False)
    value = value_of(film)
    shares = {}
    for name, words in WAYS.items():
        found = doubles.likeness(value, value_of(changed(film, name, *words), depth))
        shares[name] = found.share if found else 0.0
    assert {name: share for name, share in shares.items() if share < 0.5} == {}


@pytest.mark.slow
def test_of_two_hundred_pairs_with_the_same_lead_none_is_taken_for_the_same(tmp_path: Path) -> None:
    lead = ["color=black:s=192x108:r=25:d=1", "smptebars=s=192x108:r=25:d=1", "testsrc2=s=192x108:r=25:d=2"]
    works = [
        *(f"mandelbrot=s=192x108:r=25:start_x={x}:start_y={y}:start_scale=0.4:end_scale=0.001,trim=duration=10"
          for x, y in ((-0.74, 0.13), (-1.25, 0.05), (-0.1, 0.9), (0.3, 0.03), (-0.75, -0.2), (0.28, 0.53))),
        *(f"gradients=s=192x108:r=25:seed={seed}:n=8:speed=0.02:d=10" for seed in range(5)),
        *(f"cellauto=s=192x108:r=25:rule={rule}:seed={rule},trim=duration=10" for rule in (30, 110, 18, 90, 150)),
        *(f"life=s=96x54:r=25:ratio=0.2:seed={seed},scale=192:108,trim=duration=10" for seed in range(5)),
    ]  # fmt: skip
    values = {
        number: value_of(make(tmp_path / f"{number}.mp4", [*lead, work], "sine=d=14", lossless=False))
        for number, work in enumerate(works)
    }
    pairs = list(combinations(values, 2))
    assert len(pairs) >= 200
    assert [pair for pair in pairs if doubles.likeness(values[pair[0]], values[pair[1]])] == []
