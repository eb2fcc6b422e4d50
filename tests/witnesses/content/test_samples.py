"""What is taken out of the one pass beside what is measured, with both ffmpegs where they are there."""

from __future__ import annotations

import os
import pickle
import struct
import subprocess
import sys
import tempfile
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from tests.witnesses.content.films import black, make, moving, needs_content, still
from vidcheck.facts import Depth, Fact, Picture
from vidcheck.storage.encoding import decode, encode
from vidcheck.texts import say
from vidcheck.witnesses import filesystem
from vidcheck.witnesses.content import run, samples, scratch
from vidcheck.witnesses.content.graph import Order
from vidcheck.witnesses.content.samples import Samples, fitted, scenes
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.registry import Subject

if TYPE_CHECKING:
    from pathlib import Path

EVERY = frozenset({*samples.PICTURES, *samples.SOUNDS})


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Black, then something that moves, then bars of colour, each 2 s long, and a tone that begins after 1 s."""
    where = tmp_path_factory.mktemp("samples") / "film.mp4"
    return make(where, [black(2), moving(2), still(2)], "aevalsrc='gte(t,1)*sin(2*PI*440*t)':s=48000:c=5.1:d=6")


def ordered(depth: Depth = Depth.KEYFRAMES, **more: Any) -> Order:
    given = {"picture": True, "sound": True, "duration": Fraction(6), "samples": EVERY, "measures": ("black",), **more}
    return Order(depth=depth, keys=frozenset(), **given)


def taken(path: Path, order: Order, folder: Path) -> Samples:
    with path.open("rb") as file:
        status = filesystem.Status.of(path.name, os.fstat(file.fileno()))
        run.look(Subject(file=file, path=str(path), status=status, format="mp4", depth=order.depth), order, folder)
    return Samples(folder)


def size_of(jpeg: bytes) -> tuple[int, int]:
    """The width and height in the frame header (ISO/IEC 10918-1, B.2.2)."""
    start = jpeg.index(b"\xff\xc0")
    high, wide = struct.unpack(">HH", jpeg[start + 5 : start + 9])
    return wide, high


@needs_content
@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("depth", [Depth.KEYFRAMES, Depth.FULL])
def test_every_kind_of_sample_is_taken_with_its_times(film: Path, tmp_path: Path, depth: Depth) -> None:
    found = taken(film, ordered(depth, shape=(160, 90)), tmp_path)
    assert {int(one.at) // 2 for one in found.stills} == {0, 1, 2}
    assert all(size_of(one.data) == (160, 90) for one in (*found.stills, *found.words))
    assert [one.at for one in found.prints] == [0, 1, 2, 3, 4, 5]
    assert {len(one.data) for one in found.prints} == {samples.PRINT_SIDE**2}
    assert max(found.prints[0].data) < 20 < max(found.prints[5].data)
    assert len(found.chroma) >= 4 * 6
    assert found.voice is not None
    voice = found.voice.read_bytes()
    assert abs(len(voice) - 6 * 2 * samples.VOICE_RATE) < samples.VOICE_RATE // 5
    assert max(voice[: samples.VOICE_RATE]) == 0 < max(voice[-samples.VOICE_RATE :])


@needs_content
@pytest.mark.usefixtures("program")
@pytest.mark.parametrize(
    ("more", "size"),
    [
        ({"shape": (1920, 1080), "turn": 90}, (144, 256)),
        ({"shape": (1920, 1080), "turn": 180}, (256, 144)),
        ({"turn": 270}, (90, 160)),
        ({}, (160, 90)),
    ],
)
def test_stills_look_as_a_player_shows_them(
    film: Path, tmp_path: Path, more: dict[str, Any], size: tuple[int, int]
) -> None:
    found = taken(film, ordered(samples=frozenset({"stills"}), sound=False, **more), tmp_path)
    assert {size_of(one.data) for one in found.stills} == {size}


@needs_content
@pytest.mark.usefixtures("program")
def test_a_film_of_one_picture_without_sound_has_one_still(tmp_path: Path) -> None:
    film = make(tmp_path / "one.mp4", [moving(0.04)], None)
    found = taken(film, ordered(Depth.FULL, sound=False, duration=None), tmp_path)
    assert [one.at for one in found.stills] == [0]
    assert (len(found.words), len(found.prints), found.chroma, found.voice) == (1, 1, b"", None)


def test_one_picture_is_shown_of_each_scene_and_no_more_than_the_most() -> None:
    assert scenes([]) == []
    assert scenes([bytes(4)] * 9) == [4]
    assert scenes([bytes(4)] * 3 + [b"\x80" * 4] * 3 + [bytes(4)]) == [1, 4, 6]
    many = scenes([bytes([number * 80 % 240] * 4) for number in range(99)])
    assert len(many) == samples.MOST_STILLS
    assert max(after - before for before, after in pairwise(many)) < 9


def test_pictures_are_made_smaller_never_larger_and_never_nothing() -> None:
    assert fitted((1920, 1080), 256) == (256, 144)
    assert fitted((160, 90), 256) == (160, 90)
    assert fitted((1, 100_000), 256) == (2, 256)


def test_a_fact_keeps_its_pictures_in_the_cache_and_on_its_way() -> None:
    pictures = (
        Picture(at=Fraction(1, 3), data=b"\xff\xd8\xff\0", note=say("the film is encrypted")),
        Picture(at=Fraction(2), data=b"x"),
    )
    fact = Fact(key="content.duration", witness="content", value=Fraction(3), pictures=pictures)
    assert decode(encode([fact])) == ((fact,), ())
    assert pickle.loads(pickle.dumps(fact)) == fact  # noqa: S301 - ours


def test_the_folder_is_gone_afterwards_also_after_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def fail() -> None:
        with scratch.folder() as made:
            assert made.stat().st_mode & 0o077 == 0
            (made / "stills-0.jpg").touch()
            raise CouldNotLookError(say("the film is encrypted"))

    with pytest.raises(CouldNotLookError):
        fail()
    assert not any(tmp_path.iterdir())


@pytest.mark.process
@pytest.mark.skipif(sys.platform == "win32", reason="it has no locks of this kind")
def test_the_folder_of_a_killed_process_is_removed_by_the_next_and_that_of_a_living_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    script = (
        "from vidcheck.witnesses.content import scratch\nwith scratch.folder():\n print('made', flush=True); input()"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "TMPDIR": str(tmp_path)}
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        scratch.sweep()
        assert len(list(tmp_path.iterdir())) == 1
        other.kill()
        other.wait()
    scratch.sweep()
    assert not any(tmp_path.iterdir())
