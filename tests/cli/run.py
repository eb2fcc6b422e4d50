"""The command line as its users run it: a process of its own."""

from __future__ import annotations

import atexit
import os
import selectors
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tests.cli import asking, nursery

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMAND = [sys.executable, "-m", "vidcheck"]
_LONGEST = 120.0  # seconds that a run may take
_READ = 1 << 16


def started(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Starts vidcheck in a Python of its own and waits for its end: for what the start itself may spoil."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, cwd=cwd, env=os.environ | environment, timeout=_LONGEST,
        stdin=subprocess.DEVNULL, check=False, encoding="utf-8", errors="surrogateescape",
    )  # fmt: skip


def vidcheck(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs vidcheck to its end, in a fork of a Python that has its imports behind it.

    Where the environment speaks to Python itself (`PYTHONHASHSEED`), Python is started.
    """
    if any(name.startswith("PYTHON") for name in environment):
        return started(*arguments, cwd=cwd, **environment)
    return writing(*arguments, folder=Path.cwd() / (cwd or "."), environment=environment)


def writing(
    *arguments: str | Path,
    stdout: BinaryIO | None = None,
    stderr: BinaryIO | None = None,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Runs vidcheck as `vidcheck` does; what it writes is given back, unless it is to go to `stdout` or `stderr`."""
    words = list(map(str, arguments))
    ends = [os.open(os.devnull, os.O_RDONLY), *os.pipe(), *os.pipe()]
    nothing, out, its_out, err, its_err = ends
    try:
        run = asking.ask(
            _warm(), words, str(folder or Path.cwd()), os.environ | (environment or {}),
            [nothing, stdout.fileno() if stdout else its_out, stderr.fileno() if stderr else its_err],
        )  # fmt: skip
        with run:
            for end in (its_out, its_err):
                os.close(end)
                ends.remove(end)
            child = asking.told(run)
            try:
                said = _all(out, err)
            except TimeoutError:
                os.kill(child, signal.SIGKILL)
                raise
            code = asking.told(run)
    finally:
        for end in ends:
            os.close(end)
    return subprocess.CompletedProcess(words, code, *(one.decode("utf-8", "surrogateescape") for one in said))


def program(path: Path) -> Path:
    """Makes a program that is vidcheck, for scripts that call it by its name."""
    words = [sys.executable, "-I", "-S", asking.__file__, _warm()]
    path.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    path.chmod(0o755)
    return path


def _all(*descriptors: int) -> list[bytes]:
    """All that is written to the pipes until nobody holds their other ends."""
    said = dict.fromkeys(descriptors, b"")
    end = time.monotonic() + _LONGEST
    with selectors.DefaultSelector() as waiting:
        for descriptor in descriptors:
            waiting.register(descriptor, selectors.EVENT_READ)
        while waiting.get_map():
            for key, _ in waiting.select(max(0.0, end - time.monotonic())):
                more = os.read(key.fd, _READ)
                said[key.fd] += more
                if not more:
                    waiting.unregister(key.fd)
            if time.monotonic() > end:
                raise TimeoutError(said)
    return list(said.values())


@cache
def _warm() -> str:
    """Where the process listens that runs are forked from: one for each process that runs tests."""
    folder = tempfile.mkdtemp(prefix="vidcheck-tests-")
    where = f"{folder}/warm"
    gone, alive = os.pipe()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(where)
        listening.listen()
        words = [sys.executable, nursery.__file__, str(listening.fileno()), str(gone)]
        process = subprocess.Popen(words, pass_fds=[listening.fileno(), gone], cwd="/")
    os.close(gone)

    def leave() -> None:
        os.close(alive)
        process.wait()
        shutil.rmtree(folder)

    atexit.register(leave)
    return where
