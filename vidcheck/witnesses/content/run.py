"""Runs ffmpeg on an open file, and hands its lines on while it decodes.

It may take as long as the film is long, but never be silent for longer than the deadline of a witness: a decoder that
hangs says nothing. Memory and processor time are bounded, it opens no address and no other file, and it ends with the
worker that started it.
"""

from __future__ import annotations

import ctypes
import os
import selectors
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from vidcheck.facts import Depth
from vidcheck.texts import Plain, say
from vidcheck.witnesses.content import graph
from vidcheck.witnesses.content.log import Log
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.ffprobe.run import DEMUXERS, environment, handed_over, kill, limit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vidcheck.texts import Readable
    from vidcheck.witnesses.content.graph import Order
    from vidcheck.witnesses.content.log import Seen
    from vidcheck.witnesses.registry import Subject

MEMORY = 6 * 2**30
"""Bytes of address space: a film of 8K keeps twenty pictures of up to 200 MB."""
_PACE = {Depth.KEYFRAMES: 1, Depth.FULL: 6}
"""Seconds that a second of film may take: 8K takes three on one processor."""
_LONGEST = 7 * 86_400.0
_MOST_LINE = 2**16
_MOST_COMPLAINT = 20
_PR_SET_PDEATHSIG = 1  # prctl(2)
_WINDOWS = sys.platform == "win32"
_HINT = say("ffmpeg is not installed: pip install 'vidcheck[ffmpeg]'")
_DAMAGE = (
    b"error while decoding", b"Error while decoding", b"Invalid NAL", b"decode_slice_header error", b"no frame!",
    b"Error submitting", b"partial file", b"Invalid data found", b"corrupt", b"concealing", b"Missing reference", b"bytestream",
)  # fmt: skip
"""Parts of what is said of damage. Of key pictures alone, decoders also complain about those that they were not given."""


def available() -> str | None:
    """Which ffmpeg would be run: the system's, else the one in the wheel of imageio-ffmpeg; None if there is none."""
    return shutil.which("ffmpeg", path=os.environ.get("PATH", "")) or bundled()


@cache
def bundled() -> str | None:
    """The ffmpeg in the wheel of imageio-ffmpeg; None if it is not installed."""
    try:
        from imageio_ffmpeg import get_ffmpeg_exe
    except ImportError:
        return None
    try:
        found: str = get_ffmpeg_exe()
    except RuntimeError:  # a wheel without the program
        return None
    return found


def version() -> str:
    """The version that ffmpeg prints, such as `5.1.9-0+deb12u1`. Raises CouldNotLookError."""
    return _version(_program())


def _program() -> str:
    found = available()
    if found is None:
        raise CouldNotLookError(_HINT)
    return found


@cache
def _version(program: str) -> str:
    from vidcheck.witnesses.ffprobe.run import run

    first = run([program, "-version"], 10).decode("utf-8", "replace").partition("\n")[0].split()
    return first[2] if first[:2] == ["ffmpeg", "version"] and len(first) > 2 else ""


def seconds(depth: Depth, duration: Fraction | None, deadline: float) -> float:
    """How long decoding may take in all."""
    return min(_LONGEST, deadline + _PACE.get(depth, 0) * float(duration or 0))


def look(subject: Subject, order: Order, folder: Path) -> Seen:
    """What is seen and heard in a film; samples are written into the folder. Raises CouldNotLookError."""
    program = _program()
    if subject.format not in DEMUXERS:
        raise CouldNotLookError(say("it is not asked about files of this format"))
    name, descriptors = handed_over(subject.file) or (os.fsencode(Path(subject.path).absolute()), ())
    command = [os.fsencode(word) for word in [program, *graph.arguments(order, subject.format, subject.threads)]]
    command[command.index(b"-i") + 1] = b"file:" + name
    log = Log(
        sparse=order.depth is Depth.KEYFRAMES,
        errors=_is_damage if order.depth is Depth.KEYFRAMES else _any, most=order.duration or Fraction(0)
    )  # fmt: skip
    total = float(order.duration or 0)

    def take(line: bytes) -> None:
        log.take(line)
        subject.watched(log.reached, total)

    limits = _Limits(
        silence=subject.deadline, whole=seconds(order.depth, order.duration, subject.deadline), threads=subject.threads
    )  # fmt: skip
    code, complaint = _follow(command, descriptors, limits, take, folder)
    seen = log.end()
    if code < 0:
        raise CouldNotLookError(_why(code, complaint))
    if not seen.pictures and seen.heard is None:
        raise CouldNotLookError(_why(code, complaint), lasting=code > 0)
    return seen


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    """How long a process may take."""

    silence: float
    """Seconds without a line."""
    whole: float
    """Seconds in all."""
    threads: int


def _any(_: bytes) -> bool:
    return True


def _is_damage(text: bytes) -> bool:
    return any(part in text for part in _DAMAGE)


def _follow(
    command: list[bytes], descriptors: tuple[int, ...], limits: _Limits, take: Callable[[bytes], None], folder: Path
) -> tuple[int, list[bytes]]:
    """Runs the command and hands on each line; returns its exit code and its last lines. Raises CouldNotLookError."""
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell, and the arguments are ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=descriptors,
            start_new_session=True,
            env=environment(),
            cwd=folder,
            preexec_fn=_end_with_parent() if sys.platform == "linux" else None,  # noqa: PLW1509 - a worker has one thread
        )
    except OSError:
        raise CouldNotLookError(say("it could not be started")) from None
    last: list[bytes] = []
    with process:
        limit(process.pid, limits.whole, memory=MEMORY, cores=limits.threads + 1)
        try:
            for line in _lines(process, limits.silence, monotonic() + limits.whole):
                take(line)
                if b"[error]" in line or b"[fatal]" in line:
                    last = [*last[-_MOST_COMPLAINT:], line]
            process.wait(limits.silence)
        except TimeoutError:
            raise CouldNotLookError(
                say("the decoder said nothing for {seconds} s", seconds=f"{limits.silence:g}")
            ) from None
        except subprocess.TimeoutExpired:
            raise CouldNotLookError(say("no answer in {seconds} s", seconds=f"{limits.whole:g}")) from None
        finally:
            kill(process)
    return process.returncode, last


def _end_with_parent() -> Callable[[], None]:
    """A function that makes the new process end with this one. What it needs is loaded here: after the fork nothing may be."""
    prctl = ctypes.CDLL(None).prctl

    def end() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    return end


def _lines(process: subprocess.Popen[bytes], deadline: float, until: float) -> Iterator[bytes]:
    """Its lines as they come. Raises TimeoutError if there is none for too long, TimeoutExpired after the whole time."""
    pipe = process.stderr
    if pipe is None:
        return
    if _WINDOWS:  # Windows can't wait for a pipe: the worker's own limit ends it
        yield from (line.rstrip(b"\r\n") for line in pipe)
        return
    rest = b""
    with selectors.DefaultSelector() as waiting:
        waiting.register(pipe, selectors.EVENT_READ)
        while True:
            left = until - monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired(process.args, 0)
            if not waiting.select(min(left, deadline)):
                if left > deadline:
                    raise TimeoutError
                continue
            chunk = os.read(pipe.fileno(), 2**16)
            if not chunk:
                break
            *whole, rest = (rest + chunk).split(b"\n")
            yield from whole
            if len(rest) > _MOST_LINE:
                rest = b""
    if rest:
        yield rest


def _why(code: int, complaint: list[bytes]) -> Readable:
    """Why nothing was decoded."""
    if code < 0:
        with suppress(ValueError):
            return say("it was ended by the signal {name}", name=signal.Signals(-code).name)
    words = [_plain(line) for line in complaint]
    text = "; ".join(dict.fromkeys(word for word in words if word))[:300]
    return Plain(text) if text else say("it ended with code {code} and no word", code=code)


def _plain(line: bytes) -> str:
    """An error without its component, whose address differs between runs."""
    return line.rpartition(b"] ")[2].decode("utf-8", "replace").strip()
