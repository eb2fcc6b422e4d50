"""Runs ffprobe on an open file, without access to others, under a deadline.

ffmpeg-python builds the command; this module runs it, because ffmpeg-python's `probe` has no deadline, reads a name
such as `-x.mp4` as an option and `a:b.mp4` as a protocol, and hides why ffprobe failed.
"""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO

from vidcheck.ffmpeg import environment, kill, limit
from vidcheck.lazy import late
from vidcheck.texts import Plain, say
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidcheck.texts import Readable

DEMUXERS = {
    "mp4": "mov", "mov": "mov", "3gp": "mov", "m4a": "mov", "heif": "mov", "matroska": "matroska", "webm": "matroska",
    "avi": "avi", "mpegts": "mpegts", "mpegps": "mpeg", "flv": "flv", "wmv": "asf", "ogg": "ogg", "mxf": "mxf",
    "mp3": "mp3", "wav": "wav", "flac": "flac", "aac": "aac",
}  # fmt: skip
"""The demuxer for each format. If ffprobe guesses, it may take a file named .mp4 for a playlist and open
whatever that names: an HTTP request was seen."""

_MOST_OUTPUT = 8 * 2**20
_MOST_COMPLAINT = 64 * 2**10
_MEMORY = 4 * 2**30
_MOST_SAID = 300
_INVALID = b"Invalid data found when processing input"  # libavutil's words for AVERROR_INVALIDDATA
_NOISE = late(r"\[[^\]@]*@ 0x[0-9a-fA-F]+\]")


def available() -> str | None:
    """Which ffprobe would be run; None if there is none."""
    return _which(os.environ.get("PATH", ""))


@cache
def _which(path: str) -> str | None:
    return shutil.which("ffprobe", path=path)


def version(program: str | None = None, deadline: float = 10) -> str:
    """The version that ffprobe prints, such as `5.1.9-0+deb12u1`. Raises CouldNotLookError."""
    return _version(program or _found(), deadline)


@cache
def _version(program: str, deadline: float) -> str:
    first = _run([program, "-version"], deadline).partition("\n")[0].split()
    return first[2] if first[:2] == ["ffprobe", "version"] and len(first) > 2 else ""


def look(file: BinaryIO, path: str, form: str, deadline: float, *, program: str | None = None) -> str:
    """What ffprobe prints of a file, as JSON.

    `file` is the open file: where the system can hand it over, it is what ffprobe reads, whatever `path` (which may
    hold surrogate escapes) has become in the meantime. `form` is the format found, a value of the key `format`, which
    chooses the demuxer. `deadline` is in seconds; afterwards ffprobe and all its children are killed.
    Raises CouldNotLookError.
    """
    demuxer = DEMUXERS.get(form)
    if demuxer is None:
        raise CouldNotLookError(say("it is not asked about files of this format"))
    name, descriptors = handed_over(file) or (os.fsencode(Path(path).absolute()), ())
    return _run(_command(program or _found(), name, demuxer), deadline, descriptors)


def handed_over(file: BinaryIO) -> tuple[bytes, tuple[int, ...]] | None:
    """A name by which ffprobe can open the same open file, if the system has one."""
    # Linux opens the file again by this name; on other systems it would share our file position
    number = file.fileno()
    if sys.platform != "linux" or not Path(f"/dev/fd/{number}").exists():
        return None
    return f"/dev/fd/{number}".encode(), (number,)


def _found() -> str:
    program = available()
    if program is None:
        raise CouldNotLookError(say("it is not installed"))
    return program


def _command(program: str, name: bytes, demuxer: str) -> list[bytes]:
    import ffmpeg

    source = ffmpeg.input("", format=demuxer, protocol_whitelist="file")
    # keeps only the arguments of the input, which come before the name
    options: list[str] = ffmpeg.get_args(source.output(""))[:-2]
    plain = [program, "-hide_banner", "-v", "error", "-show_format", "-show_streams", "-of", "json", *options]
    return [*map(os.fsencode, plain), b"file:" + name]


def _run(command: Sequence[str | bytes], deadline: float, descriptors: tuple[int, ...] = ()) -> str:
    """The command's output as text. Raises CouldNotLookError."""
    return run(command, deadline, descriptors).decode("utf-8", "replace")


def run(command: Sequence[str | bytes], deadline: float, descriptors: tuple[int, ...] = ()) -> bytes:
    """The command's output, within the deadline and size limits. Raises CouldNotLookError."""
    until = monotonic() + deadline
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell, and the arguments are ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=descriptors,
            start_new_session=True,
            env=environment(),
            cwd=os.path.abspath(os.sep),  # noqa: PTH100 - the root, on any system
        )
    except OSError:
        raise CouldNotLookError(say("it could not be started")) from None
    with process:
        limit(process.pid, deadline, memory=_MEMORY)
        try:
            output, complaint = _gather(process, until)
        except (TimeoutError, subprocess.TimeoutExpired):
            raise CouldNotLookError(say("no answer in {seconds} s", seconds=f"{deadline:g}")) from None
        finally:
            kill(process)
    if process.returncode:
        raise CouldNotLookError(
            why(process.returncode, complaint.replace(b"file:" + os.fsencode(command[-1])[5:], b"")),
            lasting=process.returncode > 0 and _INVALID in complaint,
        )
    return output


def _gather(process: subprocess.Popen[bytes], until: float) -> tuple[bytes, bytes]:
    """Reads its output until it ends. Raises TimeoutError or TimeoutExpired, or CouldNotLookError for too much."""
    if sys.platform == "win32":  # Windows can't wait for several pipes
        return process.communicate(timeout=until - monotonic())
    output, complaint = bytearray(), bytearray()
    with selectors.DefaultSelector() as pipes:
        for pipe, into in ((process.stdout, output), (process.stderr, complaint)):
            if pipe is not None:
                pipes.register(pipe, selectors.EVENT_READ, into)
        while pipes.get_map():
            left = until - monotonic()
            if left <= 0:
                raise TimeoutError
            for key, _ in pipes.select(left):
                chunk = os.read(key.fd, 2**16)
                if not chunk:
                    pipes.unregister(key.fileobj)
                elif key.data is output or len(complaint) < _MOST_COMPLAINT:
                    key.data.extend(chunk)
            if len(output) > _MOST_OUTPUT:
                raise CouldNotLookError(say("it printed more than {most} bytes", most=_MOST_OUTPUT))
    process.wait(max(0.0, until - monotonic()))
    return bytes(output), bytes(complaint)


def why(code: int, complaint: bytes) -> Readable:
    """What went wrong, without details that differ between runs: descriptors, memory addresses."""
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = str(-code)
        return say("it was ended by the signal {name}", name=name)
    lines = [_NOISE.sub("", line).strip(" :") for line in complaint.decode("utf-8", "replace").splitlines()]
    said = "; ".join(dict.fromkeys(line for line in lines if line))
    if not said:
        return say("it ended with code {code} and no word", code=code)
    return Plain(said[:_MOST_SAID])
