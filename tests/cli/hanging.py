"""A run in a process of its own that hangs at an entry, so that a test can send it signals."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.clips import surgery

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCRIPT = """
import os, sys, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for what runs in the background
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup ignores it
from multiprocessing import get_context
from vidcheck.witnesses import mediainfo
from vidcheck.session import work
from vidcheck.workers import forkserver
real = mediainfo.look
def look(file, film=False):
    if getattr(file, "fileno", None) and not hasattr(file, "getvalue") and os.fstat(file.fileno()).st_size != {size}:
        os.write({told}, b"x")
        signal.pause()
    return real(file, film=film)
mediainfo.look = look
forkserver.Context = lambda: get_context("fork")
sys.argv = ["vidcheck", "check", "in", "--report", "json:{report}", "-j", "1", "--witness", "mediainfo"]
from vidcheck.cli import run
run()
"""


@contextmanager
def hanging(report: str) -> Iterator[tuple[subprocess.Popen[str], bytes]]:
    """Checks the folder `in` with one worker, which hangs at a film that is not of the sample clip's size.

    Gives the process and what it said when it hung: b"" where the run ended before, and nobody is left who could tell.
    """
    hears, told = os.pipe()
    script = _SCRIPT.format(size=len(surgery.clip()), told=told, report=report)
    with (
        subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, pass_fds=[told]
        ) as running,
        open(hears, "rb") as hangs,  # noqa: PTH123 - a descriptor
    ):
        os.close(told)
        yield running, hangs.read(1)
