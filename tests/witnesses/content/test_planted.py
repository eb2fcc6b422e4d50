"""Thirty films, each with a trap: every event is found, and at its time, by both ffmpegs.

Times are right to a picture, loudness to 0.1 LU of pyloudnorm's, true peaks to 0.2 dB of an eightfold oversampling.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from tests.witnesses.content.films import PROGRAMS, black, facts_of, make, moving, needs_content, still
from vidcheck import ffmpeg
from vidcheck.witnesses.content.graph import FROZEN_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from vidcheck.facts import Fact

pytestmark = [needs_content, pytest.mark.slow]
PICTURE = Fraction(1, 25)
TONE = "sine=f=997:r=48000:d=12"
FADED = "afade=d=0.2,afade=t=out:st=11.8:d=0.2"
"""A tone that is cut off rings in any filter, and in each differently."""
DRIFT = "mandelbrot=s=320x192:r=50,format=yuv420p,gblur=1.5,crop=160:96:x='80+70*sin(n/9)':y='45+40*cos(n/7)'"
WOVEN = ("-c:v", "libx264", "-qp", "18", "-flags", "+ilme+ildct")


def quiet(start: float, end: float) -> str:
    """A tone with a silence in it."""
    return f"aevalsrc='if(between(t,{start},{end}),0,0.2*sin(2*PI*440*t))':s=48000:d=12"


@dataclass(frozen=True, slots=True)
class Trap:
    """A film, and what is to be found in it."""

    pictures: tuple[str, ...] = (moving(12),)
    sound: str = TONE
    stretches: tuple[str, tuple[tuple[float, float], ...]] = ("", ())
    """A key, and the times at which it has something."""
    values: tuple[tuple[str, Any], ...] = ()
    """Other keys and their values; a duration is right to a picture."""
    more: tuple[str, ...] = ()
    damaged: tuple[float, ...] = ()
    """Where the picture is damaged, as parts of the file's media."""
    measured: bool = False
    """Whether its loudness and its peak are compared with the oracles."""


def bars(inner: str, pad: str) -> str:
    return f"{moving(3, size=inner)},pad={pad}"


TRAPS = {
    "black-begin": Trap((black(2), moving(10)), stretches=("black", ((0, 2),)), values=(("black-lead", 2),)),
    "black-middle": Trap((moving(5), black(3), moving(4)), stretches=("black", ((5, 8),))),
    "black-end": Trap((moving(9), black(3)), stretches=("black", ((9, 12),)), values=(("black-tail", 3),)),
    "black-twice": Trap(
        (moving(2), black(1), moving(5), black(2), moving(2)), stretches=("black", ((2, 3), (8, 10)))
    ),
    "black-flash": Trap((moving(6), black(0.04), moving(5.96)), stretches=("black", ((6, 6.04),))),
    "frozen-begin": Trap((still(3), moving(9)), stretches=("frozen", ((0, 3),))),
    "frozen-middle": Trap((moving(4), still(4), moving(4)), stretches=("frozen", ((4, 8),))),
    "frozen-end": Trap((moving(8), still(4)), stretches=("frozen", ((8, 12),))),
    "frozen-all": Trap((still(12),), stretches=("frozen", ((0, 12),))),
    "silent-begin": Trap(sound=quiet(0, 3), stretches=("silent", ((0, 3),)), values=(("silent-lead", 3),)),
    "silent-middle": Trap(sound=quiet(4, 8), stretches=("silent", ((4, 8),))),
    "silent-end": Trap(sound=quiet(9, 12), stretches=("silent", ((9, 12),)), values=(("silent-tail", 3),)),
    "sound-ends-early": Trap(sound="sine=d=7", stretches=("silent", ((7, 12),)), values=(("silent-tail", 5),)),
    "sound-begins-late": Trap(
        sound="sine=d=9,adelay=3s:all=1", stretches=("silent", ((0, 3),)), values=(("silent-lead", 3),)
    ),
    "letterbox": Trap((bars("160x70", "160:90:0:10"),), values=(("bars", "letterbox"),), sound="sine=d=3"),
    "pillarbox": Trap((bars("120x90", "160:90:20:0"),), values=(("bars", "pillarbox"),), sound="sine=d=3"),
    "both-bars": Trap((bars("120x70", "160:90:20:10"),), values=(("bars", "both"),), sound="sine=d=3"),
    "fields-top": Trap(
        (f"{DRIFT},tinterlace=interleave_top,setfield=tff,trim=duration=6",), "sine=d=6",
        values=(("scan", "interlaced"),), more=WOVEN,
    ),
    "fields-bottom": Trap(
        (f"{DRIFT},tinterlace=interleave_bottom,setfield=bff,trim=duration=6",), "sine=d=6",
        values=(("scan", "interlaced"),), more=WOVEN,
    ),
    "film-in-fields": Trap(
        (f"{DRIFT},telecine=pattern=23,trim=duration=6",), "sine=d=6", values=(("scan", "mixed"),), more=WOVEN
    ),
    "loud-minus-23": Trap(sound=f"{TONE},volume=-5dB", measured=True),
    "loud-speechlike": Trap(sound="anoisesrc=c=pink:d=12:seed=7:r=48000,tremolo=f=0.4:d=0.9,volume=-8dB", measured=True),
    "loud-stereo": Trap(
        sound="aevalsrc='0.3*sin(1300*t)|0.1*sin(2100*t*(1+t/50))':s=48000:d=12", measured=True
    ),
    "loud-gated": Trap(
        sound="aevalsrc='if(lt(t,6),0.5,0.002)*sin(2*PI*997*t)':s=48000:d=12", measured=True
    ),
    "peak-between-samples": Trap(sound=f"aevalsrc='0.9*sin(2*PI*12000*t+PI/4)':s=48000:d=12,{FADED}", measured=True),
    "peak-click": Trap(sound="aevalsrc='if(eq(floor(t*48000),240000),0.95,0.05*sin(2*PI*300*t))':s=48000:d=12", measured=True),
    "peak-44100": Trap(sound=f"aevalsrc='0.7*sin(2*PI*9000*t)+0.2*sin(2*PI*313*t)':s=44100:d=12,{FADED}", measured=True),
    "damage-early": Trap(damaged=(0.2,)),
    "damage-middle": Trap(damaged=(0.5,)),
    "damage-late": Trap(damaged=(0.85,)),
}  # fmt: skip


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder, made = tmp_path_factory.mktemp("traps"), dict[str, Any]()

    def film(name: str) -> tuple[Path, list[float]]:
        if name not in made:
            made[name] = _made(folder / f"{name}.mov", TRAPS[name])
        return made[name]  # type: ignore[no-any-return]

    return film


def _made(path: Path, trap: Trap) -> tuple[Path, list[float]]:
    make(path, list(trap.pictures), trap.sound, more=(*trap.more, "-c:a", "pcm_s24le"))
    data, times = bytearray(path.read_bytes()), []
    for part in trap.damaged:
        at, time = _picture_at(path, part)
        # with its length: of damage within a picture a decoder does not always notice anything
        data[at : at + 2_000] = b"\xff" * 2_000
        times.append(time)
    path.write_bytes(data)
    return path, times


def _picture_at(path: Path, part: float) -> tuple[int, float]:
    """Where a picture lies in the file, and when it is shown."""
    words = ("-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time,pos", "-of", "csv=p=0", str(path))
    done = subprocess.run(["ffprobe", *words], check=True, capture_output=True, text=True)
    rows = [line.split(",") for line in done.stdout.split()]
    time, at = rows[int(len(rows) * part)][:2]
    return int(at), float(time)


def seconds(fact: Fact) -> list[tuple[float, float]]:
    rows = [row.split("-") for row in fact.raw.split("; ") if row]
    return [(float(start), float(end)) for start, end in rows]


def assert_near(found: float, wanted: float) -> None:
    assert abs(found - wanted) <= float(PICTURE) + 0.0005


@pytest.mark.parametrize("program", sorted(PROGRAMS))
@pytest.mark.parametrize("name", list(TRAPS))
def test_what_was_planted_is_found_at_its_time(
    films: Any, name: str, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = PROGRAMS[program]
    if where is None:
        pytest.skip("it is not installed")
    trap = TRAPS[name]
    film, damaged = films(name)
    monkeypatch.setattr(ffmpeg, "available", lambda: where)
    found = {key.removeprefix("content."): fact for key, fact in facts_of(film, form="mov").items()}
    key, stretches = trap.stretches
    for each in ("black", "frozen", "silent"):
        wanted = stretches if each == key else ()
        if (each, key) == ("frozen", "black"):  # black of some seconds stands still too
            wanted = tuple(one for one in stretches if one[1] - one[0] >= FROZEN_SECONDS)
        told = seconds(found[each])
        assert len(told) == len(wanted), (each, told)
        for one, other in zip(told, wanted, strict=True):
            for time, right in zip(one, other, strict=True):
                assert_near(time, right)
    for each, value in trap.values:
        if isinstance(value, str):
            assert found[each].value == value
        else:
            assert_near(float(found[each].value), value)
    assert found["decodes"].value is not bool(damaged)
    for time in damaged:
        note = found["decodes"].note
        assert note is not None
        assert f"near 0:{time:02.0f}" in note.render("en") or f"near 0:{max(0, time - 1):02.0f}" in note.render("en")
    if trap.measured:
        _compare(film, found)


def _compare(film: Path, found: dict[str, Fact]) -> None:
    numpy, loudness = pytest.importorskip("numpy"), pytest.importorskip("pyloudnorm")
    signal = pytest.importorskip("scipy.signal")
    words = ("-nostdin", "-v", "error", "-i", str(film), "-map", "0:a", "-f", "f64le", "-")
    raw = subprocess.run([str(ffmpeg.available()), *words], check=True, capture_output=True).stdout
    rate, count = (44_100 if "44100" in film.name else 48_000), (2 if "stereo" in film.name else 1)
    samples = numpy.frombuffer(raw).reshape(-1, count)
    right = loudness.Meter(rate).integrated_loudness(samples)
    peak = 20 * numpy.log10(abs(signal.resample_poly(samples, 8, 1, axis=0)).max())
    assert abs(float(found["loudness"].value) - right) <= 0.1, right
    assert abs(float(found["true-peak"].value) - peak) <= 0.2, peak
