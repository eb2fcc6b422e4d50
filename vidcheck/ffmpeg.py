"""Where ffmpeg is, and how its programs are held in bounds while they read a stranger's film.

ffmpeg is the system's, else the one in the wheel of imageio-ffmpeg (extra `vidcheck[ffmpeg]`).
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from contextlib import suppress
from functools import cache
from math import ceil
from typing import TYPE_CHECKING

from vidcheck.texts import say

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

MISSING = say("ffmpeg is not installed: pip install 'vidcheck[ffmpeg]'")
MEMORY = 6 * 2**30
"""Bytes of address space for decoding: a film of 8K keeps twenty pictures of up to 200 MB."""
THREADS = 8
"""The most threads for decoding one film. Each keeps a picture, and more are hardly faster."""
_KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""The variables that are inherited. FFREPORT would make ffmpeg write files; others may be secrets."""
_PR_SET_PDEATHSIG = 1  # prctl(2)


def available() -> str | None:
    """The path of the ffmpeg that is used; None if there is none."""
    return _which(os.environ.get("PATH", ""))


@cache
def _which(path: str) -> str | None:
    return shutil.which("ffmpeg", path=path) or bundled()


@cache
def bundled() -> str | None:
    """The path of the ffmpeg in the wheel of imageio-ffmpeg; None if it is not installed."""
    try:
        from imageio_ffmpeg import get_ffmpeg_exe
    except ImportError:
        return None
    try:
        found: str = get_ffmpeg_exe()
    except RuntimeError:  # a wheel without the program
        return None
    return found


def environment() -> dict[str, str]:
    """The variables of a program that reads a stranger's file."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | {
        "LC_ALL": "C",
        "AV_LOG_FORCE_NOCOLOR": "1",
    }


def limit(pid: int, deadline: float, *, memory: int, cores: int = 1) -> None:
    """Bounds a program's memory (bytes of address space) and its work (seconds on so many processors).

    Only Linux can. A header of 64 kB may ask for tables of 64 GB, and this process may be killed before the deadline.
    """
    if sys.platform == "linux":
        import resource

        bounds = (
            (resource.RLIMIT_AS, memory),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_CPU, ceil(deadline * cores) + 1),
        )
        for which, most in bounds:
            with suppress(OSError, ValueError):  # it has ended already
                _, hard = resource.prlimit(pid, which)
                lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)  # only root may raise it
                resource.prlimit(pid, which, (lowest, lowest))


def kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and its children, which are a process group of their own."""
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def ending_with_parent() -> Callable[[], None] | None:
    """A `preexec_fn` that makes a program end with the thread that starts it, even if that is killed; None where no system can.

    What it needs is loaded here: after the fork nothing may be.
    """
    if sys.platform != "linux":
        return None
    import ctypes

    prctl = ctypes.CDLL(None).prctl

    def end() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    return end
