"""Measures a command: wall-clock time, the processor time of its own process, the memory of all its processes."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_EVERY = 0.1
"""Seconds between two looks at the memory."""
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The cost of one run."""

    seconds: float
    own: float
    """Processor seconds of the process that was started, without those that it started."""
    processor: float = 0.0
    """Processor seconds of all its processes."""
    memory: int = 0
    """The peak of its processes' memory in bytes, shared pages counted once; 0 if it was not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A vidcheck to measure."""

    python: str
    checkout: Path
    cache: Path
    environment: dict[str, str] = field(default_factory=dict)

    def command(self, *words: str | Path) -> list[str]:
        """A command line."""
        return [self.python, "-m", "vidcheck", *map(str, words)]

    def check(self, *words: str | Path, memory: bool = False) -> Cost:
        """The cost of a quiet check that writes JSON lines."""
        command = self.command("check", "--quiet", "--report", "jsonl:/dev/null", *words)
        return cost(command, environment=self.variables(), memory=memory)

    def variables(self) -> dict[str, str]:
        """The environment of its processes. They write bytecode: pip does that for an installed program."""
        return self.environment | {
            "PYTHONPATH": str(self.checkout),
            "PYTHONDONTWRITEBYTECODE": "",
            "VIDCHECK_CACHE_DIR": str(self.cache),
        }


def below(process: int) -> list[int]:
    """All descendants of a process (Linux)."""
    try:
        threads = list(Path(f"/proc/{process}/task").iterdir())
        children = [int(word) for thread in threads for word in (thread / "children").read_text().split()]
    except OSError:
        return []
    return [*children, *(one for child in children for one in below(child))]


def held(process: int) -> int:
    """The memory of a process in bytes, with its share of shared pages; 0 if it is unknown."""
    try:
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


def cost(command: Sequence[str], *, environment: dict[str, str] | None = None, memory: bool = False) -> Cost:
    """Runs a command to its end and discards its output. Raises RuntimeError if it fails.

    It runs in a folder without Python files, because `python -m` prefers the working directory to PYTHONPATH.
    """
    _adopt()
    began, most, spent = time.perf_counter(), 0, 0.0
    running = subprocess.Popen(
        command, env=os.environ | (environment or {}), cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, process_group=0,
    )  # fmt: skip
    while memory and os.waitid(os.P_PID, running.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        most = max(most, sum(map(held, [running.pid, *below(running.pid)])))
        time.sleep(_EVERY)
    os.waitid(os.P_PID, running.pid, os.WEXITED | os.WNOWAIT)
    seconds, own = time.perf_counter() - began, _own(running.pid)
    with contextlib.suppress(ChildProcessError):  # none is left
        while True:
            process, status, used = os.wait4(-running.pid, 0)
            spent += used.ru_utime + used.ru_stime
            if process == running.pid:
                running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise RuntimeError(f"{' '.join(command[:6])} … ended with {running.returncode}")
    return Cost(seconds=seconds, own=own, processor=spent, memory=most)


@functools.cache
def _adopt() -> None:
    """Makes this process the parent of its children's orphans, so that it can count their time (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER


def _own(process: int) -> float:
    """Processor seconds of a process that has ended and has not been waited for (Linux)."""
    try:
        words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / _TICKS


def rounds(count: int, **ways: Callable[[], Cost]) -> dict[str, list[Cost]]:
    """Measures several ways in turns, so that other load on the machine affects all of them."""
    found: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(count):
        for name, way in ways.items():
            found[name].append(way())
    return found


def seconds(costs: list[Cost]) -> float:
    """The median time by the clock."""
    return median(one.seconds for one in costs)


def processor(costs: list[Cost]) -> float:
    """The median time of the processor."""
    return median(one.processor for one in costs)
