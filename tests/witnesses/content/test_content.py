"""The witness `content` finds what was planted in films, with both ffmpegs where they are there."""

from __future__ import annotations

import stat
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.witnesses.content.films import MEASURED, black, facts_of, make, moving, needs_content, still
from vidcheck import ffmpeg
from vidcheck.facts import Depth, State
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import content
from vidcheck.witnesses.content import graph, run
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = needs_content
LOUD = "aevalsrc='if(lt(t,1)+between(t,5,8),0,0.2*sin(2*PI*440*t))':s=48000:d=9"
EVENTS = [black(1), moving(3), still(3), moving(1), black(1)]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("planted") / "planted.mp4", EVENTS, LOUD)


def test_what_was_planted_is_found_at_its_time(planted: Path, program: str) -> None:
    del program
    found = facts_of(planted)
    values = {name.removeprefix("content."): fact.value for name, fact in found.items()}
    assert values["decodes"] is True
    assert values["duration"] == 9
    assert found["content.black"].raw == "0.000-1.000; 8.000-9.000"
    assert (values["black-lead"], values["black-tail"]) == (1, 1)
    assert found["content.frozen"].raw == "4.000-7.000"
    assert values["frozen"] == Fraction(1, 3)
    start, end = map(float, found["content.silent"].raw.split("-"))
    assert (round(start, 1), round(end, 1)) == (5, 8)
    assert abs(values["silent-lead"] - 1) < Fraction(1, 100)
    assert values["silent-tail"] == 0
    assert values["bars"] == "none"
    assert abs(values["loudness"] + 18) <= Fraction(1, 10)
    assert -Fraction(141, 10) < values["true-peak"] < -12


def test_key_pictures_tell_what_the_vocabulary_says_and_no_more(planted: Path) -> None:
    found = facts_of(planted, Depth.KEYFRAMES)
    assert set(found) == {name for name in MEASURED if KEYS[name].depth is Depth.KEYFRAMES}
    assert all(fact.state is State.KNOWN for fact in found.values())


def test_one_black_key_picture_does_not_make_all_until_the_next_black(tmp_path: Path) -> None:
    found = facts_of(make(tmp_path / "dark.mp4", [black(0.2), moving(6)], None), Depth.KEYFRAMES, sound=0)
    assert found["content.black"].value == 0
    found = facts_of(make(tmp_path / "darker.mp4", [black(3), moving(3)], None), Depth.KEYFRAMES, sound=0)
    assert Fraction(1, 4) <= found["content.black"].value <= Fraction(1, 2)


def test_only_what_is_wanted_is_measured(planted: Path) -> None:
    found = facts_of(planted, wanted=frozenset({"content.loudness"}))
    assert set(found) == {"content.loudness"}
    order = graph.Order(depth=Depth.FULL, measures=("loud",), keys=frozenset(), picture=False, sound=True)
    assert "-vn" in graph.arguments(order, "mp4", 1)


def test_black_and_silence_have_no_loudness_no_picture_area_and_the_lowest_peak(tmp_path: Path, program: str) -> None:
    del program
    found = facts_of(make(tmp_path / "nothing.mp4", [black(3)], "anullsrc=d=3"))
    assert [found[f"content.{name}"].value for name in ("black", "frozen", "silent")] == [1, 1, 1]
    assert found["content.loudness"].state is State.ABSENT
    assert found["content.true-peak"].value == content.QUIETEST
    assert found["content.bars"].state is State.UNKNOWN


def test_a_film_without_sound_has_no_silence_so_that_a_limit_on_it_fails(tmp_path: Path) -> None:
    found = facts_of(make(tmp_path / "mute.mp4", [moving(1)], None), sound=0)
    assert found["content.silent"].state is State.ABSENT
    assert found["content.decodes"].value is True


def test_sound_that_ends_early_is_silent_from_there(tmp_path: Path) -> None:
    found = facts_of(make(tmp_path / "short.mp4", [moving(4)], "sine=d=1"))
    assert abs(found["content.silent"].value - Fraction(3, 4)) < Fraction(1, 50)
    assert abs(found["content.silent-tail"].value - 3) <= Fraction(1, 10)


@pytest.mark.parametrize(
    ("inner", "pad", "bars", "area"),
    [("160x70", "160:90:0:10", "letterbox", (160, 70)), ("120x90", "160:90:20:0", "pillarbox", (120, 90))],
)
def test_black_bars_are_told_from_the_picture(
    tmp_path: Path, inner: str, pad: str, bars: str, area: tuple[int, int]
) -> None:
    film = make(tmp_path / "bars.mp4", [f"{moving(1, size=inner)},pad={pad}"], None)
    found = facts_of(film, sound=0)
    assert found["content.bars"].value == bars
    assert found["content.picture-area"].value.sides == area


def test_damage_in_the_middle_is_an_error_with_its_time(planted: Path, tmp_path: Path, program: str) -> None:
    del program
    data = bytearray(planted.read_bytes())
    start = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 3
    data[start : start + 2000] = b"\xff" * 2000
    film = tmp_path / "damaged.mp4"
    film.write_bytes(data)
    found = facts_of(film)["content.decodes"]
    assert found.value is False
    assert found.note is not None
    assert " near 0:0" in found.note.render("en")


def fake(tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a program in ffmpeg's place."""
    program = tmp_path / "fake"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(ffmpeg, "available", lambda: str(program))


@pytest.mark.parametrize("windows", [False, True])
def test_a_decoder_that_says_nothing_is_ended(
    planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, windows: bool
) -> None:
    monkeypatch.setattr(run, "_WINDOWS", windows)  # where a thread reads
    if windows:
        assert facts_of(planted)["content.decodes"].value is True
    fake(tmp_path, "exec tail -f /dev/null", monkeypatch)
    with pytest.raises(CouldNotLookError, match=r"said nothing for 0\.2 s"):
        facts_of(planted, deadline=0.2, duration=9)


def test_a_decoder_that_crashes_is_a_fault(planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, "kill -SEGV $$", monkeypatch)
    with pytest.raises(CouldNotLookError, match="SIGSEGV"):
        facts_of(planted)


def test_a_missing_ffmpeg_is_told_with_the_command_that_installs_it(
    planted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ffmpeg, "available", lambda: None)
    with pytest.raises(CouldNotLookError, match=r"pip install 'vidcheck\[ffmpeg\]'"):
        facts_of(planted)


def test_ffmpeg_is_told_the_demuxer_and_may_open_only_files_and_pipes() -> None:
    order = graph.Order(depth=Depth.FULL, measures=("black",), keys=frozenset(), picture=True, sound=True)
    words = graph.arguments(order, "mp4", 2)
    before = words[: words.index("-i")]
    assert before[before.index("-f") + 1] == "mov"
    assert before[before.index("-protocol_whitelist") + 1] == "file,pipe"
