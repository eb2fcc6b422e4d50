"""The command line as its users run it: a process of its own."""

from __future__ import annotations

import atexit
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path

from tests.cli import nursery

COMMAND = [sys.executable, "-m", "vidcheck"]
_LONGEST = 120.0  # seconds that a run may take
_READ = 1 << 16
_ASKING = threading.Lock()


def started(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Starts vidcheck in a Python of its own and waits for its end: for what the start itself may spoil."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, cwd=cwd, env=os.environ | environment, timeout=_LONGEST,
        stdin=subprocess.DEVNULL, check=False, encoding="utf-8", errors="surrogateescape",
    )  # fmt: skip


def vidcheck(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs vidcheck to its end, in a fork of a Python that has its imports behind it."""
    if not hasattr(os, "fork") or any(name.startswith("PYTHON") for name in environment):
        return started(*arguments, cwd=cwd, **environment)
    words = list(map(str, arguments))
    request = {"arguments": words, "folder": str(Path.cwd() / (cwd or ".")), "environment": dict(os.environ) | environment}
    ends = [os.open(os.devnull, os.O_RDONLY), *os.pipe(), *os.pipe(), *os.pipe()]
    nothing, out, its_out, err, its_err, answer, its_answer = ends
    try:
        with _ASKING:
            nursery.send(_warm(), request, [nothing, its_out, its_err, its_answer])
        for end in (its_out, its_err, its_answer):
            os.close(end)
            ends.remove(end)
        child = os.read(answer, nursery.LENGTH)
        try:
            said = _all(out, err)
        except TimeoutError:
            os.kill(int.from_bytes(child, "big"), signal.SIGKILL)
            raise
        code = int.from_bytes(os.read(answer, nursery.LENGTH), "big", signed=True)
    finally:
        for end in ends:
            os.close(end)
    return subprocess.CompletedProcess(words, code, *(one.decode("utf-8", "surrogateescape") for one in said))


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
def _warm() -> socket.socket:
    """The process that runs are forked from: one for each process that runs tests."""
    ours, its = socket.socketpair()
    with its:
        process = subprocess.Popen(
            [sys.executable, str(Path(nursery.__file__)), str(its.fileno())], pass_fds=[its.fileno()], cwd="/"
        )

    def leave() -> None:
        ours.close()
        process.wait()

    atexit.register(leave)
    return ours
