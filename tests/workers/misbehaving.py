"""What workers run in place of `observe` where a library is to misbehave. Light: each new worker imports it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.crash import crash
from vidcheck.session.messages import Observation, Order, observe


def misbehaves(order: Order) -> Observation:
    """What a library could do while it looks at a file, by the file's name."""
    name = order.path.rpartition("/")[2]
    if "hangs" in name:
        signal.pause()
    if "crashes" in name:
        crash()
    if "leaves" in name:
        os._exit(3)
    if "eats" in name:
        bytearray(4 * 2**30)
    if "raises" in name:
        raise ZeroDivisionError(name)
    return observe(order)


def parent(pid: int) -> int:
    """The process that started this one (proc(5): what follows the name in brackets)."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def poisons(order: Order) -> Observation:
    """Kills the Dask worker itself where the file's name says so, and notes it beside the file."""
    path = Path(order.path)
    if "poison" in path.name:
        with path.with_suffix(".deaths").open("a") as deaths:
            deaths.write("x")
        os.kill(
            parent(os.getppid()), signal.SIGKILL
        )  # a worker of ours is forked by a server, which the Dask worker started
        signal.pause()
    return observe(order)
