"""Entries for benchmarks: copies of a real film that take little room on disk."""

from __future__ import annotations

import os
from struct import unpack
from typing import TYPE_CHECKING

from vidcheck.samples import surgery

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

KEPT = 64 * 1024
"""Bytes at both ends of the media data that are copied; all between is a hole."""
APPARENT = 130_000_000
"""Bytes that a copy of the sample clip seems to take."""


def lay_out(folder: Path, entries: int, clip: Path | None) -> tuple[int, int]:
    """Copies of the clip, or of the sample where none is given; the bytes that one seems to take, and does take."""
    folder.mkdir()
    for number in range(entries):
        target = folder / f"{number:05}.mp4"
        if clip is None:
            surgery.grow_mdat(target, surgery.clip(), APPARENT)
        else:
            copy(clip, target)
    status = next(folder.iterdir()).stat()
    return status.st_size, status.st_blocks * 512


def copy(clip: Path, target: Path) -> None:
    """A copy of all boxes, its media data a hole but for both ends."""
    with clip.open("rb") as source, target.open("wb") as copied:
        copied.truncate(os.fstat(source.fileno()).st_size)
        for start, end in _real(source):
            source.seek(start)
            copied.seek(start)
            copied.write(source.read(end - start))


def _real(source: BinaryIO) -> Iterator[tuple[int, int]]:
    """Which bytes to copy, from and to: all at the top of the file but what lies inside a large `mdat`."""
    size, at = os.fstat(source.fileno()).st_size, 0
    while at < size:
        source.seek(at)
        head = source.read(16).ljust(16, b"\0")
        length, kind = unpack(">I4s", head[:8])
        length = unpack(">Q", head[8:])[0] if length == 1 else length or size - at
        end = min(size, at + max(8, length))
        if kind == b"mdat" and end - at > 2 * KEPT:
            yield at, at + KEPT
            yield end - KEPT, end
        else:
            yield at, end
        at = end
