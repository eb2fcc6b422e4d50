"""Runs ffmpeg on an open file, and hands its lines on while it decodes.

It may take as long as the film is long, but never be silent for longer than the deadline of a witness: a decoder that
hangs says nothing. Memory and processor time are bounded, it opens no address and no other file, and it ends with the
worker that started it.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING

from vidcheck import ffmpeg
from vidcheck.facts import Depth
from vidcheck.texts import Plain, say
from vidcheck.witnesses.content import graph
from vidcheck.witnesses.content.log import Log
from vidcheck.witnesses.content.tracks import chosen
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.ffprobe.run import DEMUXERS, handed_over

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import IO

    from vidcheck.texts import Readable
    from vidcheck.witnesses.content.graph import Order
    from vidcheck.witnesses.content.log import Seen
    from vidcheck.witnesses.registry import Subject

_PACE = {False: 1, True: 6}
"""Seconds that a second of film may take: 8K takes three on one processor."""
_LONGEST = 7 * 86_400.0
_CHUNK = 2**16
_MOST_LINE = 2**16
_MOST_COMPLAINT = 20
_MOST_LISTED = 10_000
"""Lines on the streams of a film."""
_WINDOWS = sys.platform == "win32"
_DAMAGE = (
    b"error while decoding", b"Error while decoding", b"Invalid NAL", b"decode_slice_header error", b"no frame!",
    b"Error submitting", b"partial file", b"Invalid data found", b"corrupt", b"concealing", b"Missing reference", b"bytestream",
)  # fmt: skip
"""Parts of what is said of damage. Of key pictures alone, decoders also complain about those that they were not given."""


def version() -> str:
    """The version that ffmpeg prints, such as `5.1.9-0+deb12u1`. Raises CouldNotLookError."""
    return _version(_program())


def _program() -> str:
    found = ffmpeg.available()
    if found is None:
        raise CouldNotLookError(ffmpeg.MISSING)
    return found


@cache
def _version(program: str) -> str:
    from vidcheck.witnesses.ffprobe.run import run

    first = run([program, "-version"], 10).decode("utf-8", "replace").partition("\n")[0].split()
    return first[2] if first[:2] == ["ffmpeg", "version"] and len(first) > 2 else ""


def seconds(order: Order, deadline: float) -> float:
    """How long decoding may take in all."""
    return min(_LONGEST, deadline + _PACE[order.whole] * float(order.duration or 0))


def look(subject: Subject, order: Order, folder: Path) -> Seen:
    """What is seen and heard in a film; samples are written into the folder. Raises CouldNotLookError."""
    program = _program()
    if subject.format not in DEMUXERS:
        raise CouldNotLookError(say("it is not asked about files of this format"))
    name, descriptors = handed_over(subject.file) or (os.fsencode(Path(subject.path).absolute()), ())
    film = b"file:" + name
    tracks = chosen(subject, many=order.several, listed=lambda: _listed(program, film, subject, descriptors))
    order = replace(order, tracks=tracks)
    command = [os.fsencode(word) for word in [program, *graph.arguments(order, subject.format, subject.threads)]]
    command[command.index(b"-i") + 1] = film
    log = Log(
        sparse=order.depth is Depth.KEYFRAMES,
        errors=_is_damage if order.depth is Depth.KEYFRAMES else _any, most=order.duration or Fraction(0)
    )  # fmt: skip
    total = float(order.duration or 0)
    complaint: deque[bytes] = deque(maxlen=_MOST_COMPLAINT)

    def take(line: bytes) -> None:
        log.take(line)
        subject.watched(log.reached, total)
        if b"[error]" in line or b"[fatal]" in line:
            complaint.append(line.replace(film + b": ", b""))

    limits = Limits(
        silence=subject.deadline, whole=seconds(order, subject.deadline), threads=subject.threads
    )  # fmt: skip
    code = follow(command, limits, take, descriptors=descriptors, environment=ffmpeg.environment(), folder=folder)
    seen = log.end()
    if code < 0:
        raise CouldNotLookError(why(code, complaint))
    if not seen.pictures and seen.heard is None:
        raise CouldNotLookError(why(code, complaint), lasting=code > 0)
    return seen


def _listed(program: str, film: bytes, subject: Subject, descriptors: tuple[int, ...]) -> bytes:
    """What ffmpeg prints of a film's streams. Raises CouldNotLookError."""
    reading = ("-nostdin", "-hide_banner", "-protocol_whitelist", "file,pipe", "-f", DEMUXERS[subject.format], "-i")
    limits = Limits(silence=subject.deadline, whole=subject.deadline, threads=1)
    lines: list[bytes] = []

    def take(line: bytes) -> None:
        if len(lines) < _MOST_LISTED:
            lines.append(line)

    command = [*map(os.fsencode, (program, *reading)), film]
    follow(command, limits, take, descriptors=descriptors, environment=ffmpeg.environment())
    return b"\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a process may take, and with what."""

    silence: float
    """Seconds without a line."""
    whole: float
    """Seconds in all."""
    threads: int
    """The processors that it may use."""


def _any(_: bytes) -> bool:
    return True


def _is_damage(text: bytes) -> bool:
    return any(part in text for part in _DAMAGE)


def follow(
    command: list[bytes],
    limits: Limits,
    take: Callable[[bytes], None],
    *,
    descriptors: tuple[int, ...] = (),
    environment: dict[str, str],
    folder: Path | None = None,
) -> int:
    """Runs a command in bounds and hands on each line of its standard error; returns its exit code.

    It works in the folder, else in the root.

    Raises CouldNotLookError if it does not start, or takes longer than it may.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell, and the arguments are ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=descriptors,
            start_new_session=True,
            env=environment,
            cwd=folder or os.path.abspath(os.sep),  # noqa: PTH100 - the root, on any system
            preexec_fn=ffmpeg.ending_with_parent(),  # noqa: PLW1509 - a worker has one thread
        )
    except OSError:
        raise CouldNotLookError(say("it could not be started")) from None
    with process:
        ffmpeg.limit(process.pid, limits.whole, memory=ffmpeg.MEMORY, cores=limits.threads + 1)
        try:
            for line in _lines(process, limits.silence, monotonic() + limits.whole):
                take(line)
            process.wait(limits.silence)
        except TimeoutError:
            raise CouldNotLookError(say("it said nothing for {seconds} s", seconds=f"{limits.silence:g}")) from None
        except subprocess.TimeoutExpired:
            raise CouldNotLookError(say("no answer in {seconds} s", seconds=f"{limits.whole:g}")) from None
        finally:
            ffmpeg.kill(process)
    return process.returncode


def _lines(process: subprocess.Popen[bytes], deadline: float, until: float) -> Iterator[bytes]:
    """Its lines as they come. Raises TimeoutError if there is none for too long, TimeoutExpired after the whole time."""
    if process.stderr is None:
        return
    rest = b""
    for chunk in _chunks(process, process.stderr, deadline, until):
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.removesuffix(b"\r") for line in whole)
        if len(rest) > _MOST_LINE:
            rest = b""
    if rest:
        yield rest


def _chunks(process: subprocess.Popen[bytes], pipe: IO[bytes], deadline: float, until: float) -> Iterator[bytes]:
    """What it writes, as it comes. Raises as `_lines`."""
    with _waiting(pipe) as read:
        while True:
            left = until - monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired(process.args, 0)
            chunk = read(min(left, deadline))
            if chunk is None:
                if left > deadline:
                    raise TimeoutError
            elif not chunk:
                return
            else:
                yield chunk


@contextmanager
def _waiting(pipe: IO[bytes]) -> Iterator[Callable[[float], bytes | None]]:
    """A function that waits for some seconds and returns what comes: empty at the end, None if nothing came."""
    if _WINDOWS:  # it can't wait for a pipe
        yield _read_by_thread(pipe)
        return
    with selectors.DefaultSelector() as waiting:
        waiting.register(pipe, selectors.EVENT_READ)
        yield lambda seconds: os.read(pipe.fileno(), _CHUNK) if waiting.select(seconds) else None


def _read_by_thread(pipe: IO[bytes]) -> Callable[[float], bytes | None]:
    coming: Queue[bytes] = Queue()

    def run() -> None:
        with suppress(OSError, ValueError):  # it was closed
            while chunk := pipe.read1(_CHUNK):  # type: ignore[attr-defined] # a BufferedReader
                coming.put(chunk)
        coming.put(b"")

    def read(seconds: float) -> bytes | None:
        try:
            return coming.get(timeout=seconds)
        except Empty:
            return None

    Thread(target=run, daemon=True).start()
    return read


def why(code: int, complaint: Iterable[bytes]) -> Readable:
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
