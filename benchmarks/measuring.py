"""How long a command takes, and how much memory all its processes have together."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

_EVERY = 0.05
"""Seconds between two looks at the memory."""
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Cost(NamedTuple):
    """What a command took."""

    seconds: float
    memory: int
    """The most bytes that its processes had together, pages that they share counted in each; 0 where there is no telling."""


def below(process: int) -> list[int]:
    """The processes that it has started, theirs included (Linux)."""
    try:
        threads = list(Path(f"/proc/{process}/task").iterdir())
        children = [int(word) for thread in threads for word in (thread / "children").read_text().split()]
    except OSError:
        return []
    return [*children, *(one for child in children for one in below(child))]


def held(process: int) -> int:
    """Bytes of memory that a process has now; 0 where there is no telling."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def cost(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> Cost:
    """Runs a command to its end; what it prints is thrown away. RuntimeError where it fails by more than a verdict."""
    began, most = perf_counter(), 0
    with subprocess.Popen(
        command, cwd=folder, env=os.environ | (environment or {}), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:  # fmt: skip
        while True:
            try:
                code = running.wait(_EVERY)
                break
            except subprocess.TimeoutExpired:
                most = max(most, sum(map(held, [running.pid, *below(running.pid)])))
    if code not in {0, 1, 3}:
        raise RuntimeError(f"{command[0]} ended with {code}")
    return Cost(perf_counter() - began, most)
