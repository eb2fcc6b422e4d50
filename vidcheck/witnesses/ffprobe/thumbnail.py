"""One frame of an entry as a small JPEG, by ffmpeg. It is for people, and not a witness.

ffmpeg decodes untrusted files, so it runs like ffprobe: on the open file, with a fixed demuxer, no protocol but `file`,
a deadline and a memory limit.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from vidcheck.texts import say
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.ffprobe.run import DEMUXERS, handed_over, run

if TYPE_CHECKING:
    from fractions import Fraction

WIDTH = 320
"""Of the picture, in pixels."""
_MOST = 64 * 2**10  # bytes; a JPEG of that width is a tenth of it


def available() -> str | None:
    """Which ffmpeg would be run; None if there is none."""
    return shutil.which("ffmpeg")


def look(file: BinaryIO, path: str, form: str, seconds: Fraction, deadline: float) -> bytes:
    """The frame at so many seconds, as JPEG. Raises CouldNotLookError if there is none, or not in time."""
    program, demuxer = available(), DEMUXERS.get(form)
    if program is None or demuxer is None:
        raise CouldNotLookError(say("there is no picture to show"))
    name, descriptors = handed_over(file) or (os.fsencode(Path(path).absolute()), ())
    asked = [
        program,
        "-nostdin",
        "-hide_banner",
        "-v",
        "error",
        "-ss",
        f"{float(seconds):.3f}",
        "-protocol_whitelist",
        "file",
        "-f",
        demuxer,
    ]
    output = [
        "-map",
        "0:V:0",
        "-frames:v",
        "1",
        "-vf",
        f"scale={WIDTH}:-2",
        "-c:v",
        "mjpeg",
        "-q:v",
        "6",
        "-f",
        "image2pipe",
        "pipe:1",
    ]
    picture = run([*map(os.fsencode, asked), b"-i", b"file:" + name, *map(os.fsencode, output)], deadline, descriptors)
    if not picture.startswith(b"\xff\xd8") or len(picture) > _MOST:
        raise CouldNotLookError(say("there is no picture to show"))
    return picture
