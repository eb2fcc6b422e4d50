"""Entries for benchmarks: copies of a real film, each of its own size.

Every byte is real, because MediaInfo reads far more of a film whose media is zeros.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from struct import pack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MEGABYTES = 22
"""The size of a film that is made here."""
_WRITTEN = 3_705_998_400
"""2021-06-08 as MP4 counts: the seconds since 1904."""
_DATED = re.compile(rb"(?:mvhd|tkhd|mdhd)\x00", re.DOTALL)
"""The boxes with a date, in version 0, where dates have 32 bits."""


def large(folder: Path) -> bytes:
    """A film in Full HD of about 22 MB, which ffmpeg makes of noise and a test picture. RuntimeError without ffmpeg."""
    seconds = 40
    rate = MEGABYTES * 8000 // seconds
    picture = f"testsrc2=s=1920x1080:r=25:d={seconds},noise=alls=12:allf=t"
    coding = (
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-b:v",
        f"{rate - 128}k",
        "-maxrate",
        f"{rate}k",
        "-bufsize",
        f"{rate}k",
    )
    return _made(folder, picture, seconds, *coding)


def small(folder: Path) -> bytes:
    """A still film in Full HD of some kilobytes, for runs with very many entries."""
    return _made(folder, "color=c=gray:s=1920x1080:r=1:d=24", 24, "-c:v", "libx264", "-preset", "ultrafast")


def lasting(folder: Path) -> bytes:
    """A film of five minutes with 30 pictures a second: 9,000 pictures and 14,000 pieces of sound."""
    return _made(folder, "testsrc2=s=320x180:r=30:d=300", 300, "-c:v", "libx264", "-preset", "ultrafast")


def _made(folder: Path, picture: str, seconds: int, *coding: str) -> bytes:
    if shutil.which("ffmpeg") is None:
        raise RuntimeError("ffmpeg is not installed; name a film with --film")
    sound = f"sine=d={seconds}:r=48000"
    command = ["ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
    target = folder / "film.mp4"
    subprocess.run([*command, *coding, "-pix_fmt", "yuv420p", "-c:a", "aac", "-y", target], check=True)
    data = target.read_bytes()
    target.unlink()
    return data


def dated(film: bytes) -> bytes:
    """The film, written on a day that the rules allow."""
    start, changed = film.index(b"moov"), bytearray(film)
    for found in _DATED.finditer(film, start):
        changed[found.end() + 3 : found.end() + 11] = pack(">II", _WRITTEN, _WRITTEN)
    return bytes(changed)


def copies(folder: Path, film: bytes, count: int) -> None:
    """Writes so many entries into a new folder, each a byte larger than the one before."""
    folder.mkdir()
    film = dated(film)
    for number in range(count):
        free = pack(">I4s", 8 + number, b"free") + bytes(number)
        (folder / f"{number:05}.mp4").write_bytes(film + free)


def linked(folder: Path, source: Path, count: int) -> None:
    """Links so many entries in a new folder to the few in another."""
    folder.mkdir()
    real = sorted(source.iterdir())
    for number in range(count):
        (folder / f"{number:05}.mp4").hardlink_to(real[number % len(real)])
