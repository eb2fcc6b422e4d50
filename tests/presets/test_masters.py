"""Presets that ask what only decoding tells: a film that passes, one that fails, and neither is eligible unlooked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.witnesses.content.films import black, make, moving, needs_content
from vidcheck.findings import Verdict
from vidcheck.session.session import Options, Session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vidcheck.findings import EntryReport

pytestmark = needs_content
_PRORES = ("-c:v", "prores_ks", "-pix_fmt", "yuv422p10le", "-r", "24", "-c:a", "pcm_s24le", "-ac", "2")
_LONG = 121


def _emily(path: Path, volume: str) -> Path:
    sound = f"sine=f=1000:r=48000:d=4,volume={volume}"
    return make(path, ["mandelbrot=s=160x90:r=24,trim=duration=4"], sound, more=_PRORES, lossless=False)


def _filmhub(path: Path, tail: int) -> Path:
    pictures = [moving(_LONG, size="640x360"), *([black(tail, size="640x360")] if tail else [])]
    return make(path, pictures, f"sine=r=48000:d={_LONG + tail}", more=("-r", "25"), lossless=False)


MASTERS: dict[str, tuple[Callable[[Path], Path], Callable[[Path], Path], set[str]]] = {
    "emily-carr-2024": (lambda path: _emily(path, "-2.9dB"), lambda path: _emily(path, "0dB"), {"loudness"}),
    "filmhub-masters": (lambda path: _filmhub(path, 0), lambda path: _filmhub(path, 2), {"black-after"}),
}
"""Films that pass and that fail, and the rules by which the latter fails."""


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return MASTERS["emily-carr-2024"][0](tmp_path_factory.mktemp("master") / "good.mov")


def checked(name: str, film: Path, content: str | None = None) -> EntryReport:
    with Session(name, Options(workers=0, content=content)) as session:
        (report,) = session.reports(session.find([film]).targets)
    return report


@pytest.mark.parametrize("name", ["emily-carr-2024", pytest.param("filmhub-masters", marks=pytest.mark.slow)])
def test_a_master_passes_or_fails_by_what_is_decoded(name: str, tmp_path: Path) -> None:
    suffix = "mov" if name.startswith("emily") else "mp4"
    good, bad, fails = MASTERS[name]
    film = good(tmp_path / f"good.{suffix}")
    report = checked(name, film)
    assert [finding.message.render("en") for finding in (*report.failed, *report.open)] == []
    assert report.verdict is Verdict.ELIGIBLE
    assert checked(name, film, "keyframes").verdict is Verdict.REVIEW
    assert checked(name, film, "none").verdict is Verdict.REVIEW
    report = checked(name, bad(tmp_path / f"bad.{suffix}"))
    assert {finding.rule for finding in report.failed} == fails


@pytest.mark.parametrize("final", [False, True])
@pytest.mark.parametrize("witness", ["auto", "all", "mediainfo"])
@pytest.mark.parametrize("remembered", [False, True])
def test_on_no_way_is_a_master_eligible_of_which_less_was_looked_at(
    master: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, final: bool, witness: str, remembered: bool
) -> None:
    monkeypatch.setenv("VIDCHECK_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr("vidcheck.session.memo.Memory.__init__.__kwdefaults__", {"settled": 0})
    for content in (["full"] if remembered else []) + ["keyframes", "none"]:
        options = Options(workers=0, content=content, final=final, witness=witness, cache=remembered)
        with Session("emily-carr-2024", options) as session:
            (report,) = session.reports(session.find([master]).targets)
        assert report.verdict is (Verdict.ELIGIBLE if content == "full" and not final else Verdict.REVIEW), content
