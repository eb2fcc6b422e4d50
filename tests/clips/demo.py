"""The films of `vidcheck demo`. `python -m tests.clips.demo` writes them into the package, with GNU tar."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from tests.clips import picture, surgery, timing
from tests.clips.sparse import grow_mdat

if TYPE_CHECKING:
    from collections.abc import Iterator

ARCHIVE = Path(__file__).parents[2] / "vidcheck" / "samples" / "demo.tar.xz"
_MB = 10**6
_MAC_EPOCH = 2_082_844_800  # seconds from 1904-01-01 to 1970-01-01


def films() -> Iterator[tuple[str, bytes, int, int]]:
    """Each film's name, its bytes before they are spread, over how many bytes, and how many of those are kept.

    What each shows stands in `vidcheck.cli.demo`.
    """
    clip = surgery.clip()
    for name, data, size, kept in (
        ("01-good.mp4", clip, 150, 150),
        ("02-too-long.mp4", timing.set_duration(clip, Fraction("312.48")), 150, 150),
        ("03-really-a-mov.mp4", surgery.set_brands(clip, "qt  "), 150, 150),
        ("04-cut-off.mp4", clip, 150, 120),
        ("05-too-small.mp4", clip, 60, 60),
        ("06-late.mp4", timing.set_creation_time(clip, _MAC_EPOCH + 1_646_193_600), 150, 150),
        ("07-no-date.mp4", timing.set_creation_time(clip, 0), 150, 150),
        ("08-standard-definition.mp4", picture.set_stored_size(clip, 640, 360), 150, 150),
    ):
        yield name, data, size * _MB, kept * _MB


def _pack(folder: Path) -> None:
    """Archives hold no owner and no time, so that the same films give the same archive."""
    names = sorted(path.name for path in folder.iterdir())
    same = ["--owner=0", "--group=0", "--numeric-owner", "--mode=644", "--mtime=@0"]
    subprocess.run(
        ["tar", "--create", "--xz", "--sparse", "--format=gnu", *same, "--file", ARCHIVE, *names], cwd=folder, check=True
    )  # fmt: skip


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        for name, data, size, kept in films():
            grow_mdat(Path(made, name), data, size)
            os.truncate(Path(made, name), kept)
        _pack(Path(made))
    sys.stdout.write(f"{ARCHIVE}: {ARCHIVE.stat().st_size} bytes\n")
