"""The witness `content` decodes the tracks that a player takes, whichever come first in the file."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.witnesses.content.films import black, facts_of, make, moving, needs_content
from vidcheck import ffmpeg

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_content


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pictures, of which the second is shown, and two sounds, of which the second is played."""
    folder = tmp_path_factory.mktemp("several")
    bare = make(folder / "bare.mp4", [moving(1)], "anullsrc=d=1")
    other = make(folder / "other.mp4", [black(1)], "sine=d=1")
    return copied(
        folder / "several.mp4", [bare, other],
        ("-map", "0:v", "-map", "1:v", "-map", "0:a", "-map", "1:a", "-disposition:v:0", "0", "-disposition:a:0", "0",
         "-disposition:v:1", "default", "-disposition:a:1", "default"),
    )  # fmt: skip


def copied(to: Path, films: list[Path], words: tuple[str, ...]) -> Path:
    """Puts tracks of films into another file."""
    inputs = [word for film in films for word in ("-i", str(film))]
    subprocess.run(
        [str(ffmpeg.available()), "-nostdin", "-y", "-v", "error", *inputs, "-c", "copy", *words, to], check=True
    )
    return to


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_the_picture_and_the_sound_that_are_marked_are_decoded(several: Path, tmp_path: Path, ending: str) -> None:
    marks = ("-map", "0", "-disposition:v:1", "default", "-disposition:a:1", "default", "-disposition:v:0", "0")
    film = (
        several if ending == "mp4" else copied(tmp_path / "several.mkv", [several], (*marks, "-disposition:a:0", "0"))
    )
    found = facts_of(film, form="mp4" if ending == "mp4" else "matroska", sound=2, picture=2)
    assert found["content.black"].value == 1
    assert found["content.silent"].value == 0


def test_a_cover_in_front_of_the_film_is_not_the_film(several: Path, tmp_path: Path) -> None:
    cover = tmp_path / "cover.jpg"
    subprocess.run(
        [str(ffmpeg.available()), "-nostdin", "-v", "error", "-f", "lavfi", "-i", "color=black:s=64x64", "-frames:v", "1", cover],
        check=True,
    )  # fmt: skip
    words = ("-map", "0", "-map", "1:v:0", "-map", "1:a:1", "-disposition:v:0", "attached_pic")
    assert facts_of(copied(tmp_path / "covered.mp4", [cover, several], words))["content.black"].value == 0
