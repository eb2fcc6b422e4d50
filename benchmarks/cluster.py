"""Two local Dask workers against one local worker, started as the documentation says."""

from __future__ import annotations

import os
import socket
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.measuring import Cost, Program, rounds, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORKERS = 2
QUIET = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__WORKER__MEMORY__MONITOR_INTERVAL": "1s",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "500ms",
}
"""As the documentation says."""


@contextmanager
def started(program: Program) -> Iterator[str]:
    """A scheduler and its workers, by the scheduler's address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address, dask = f"tcp://127.0.0.1:{port}", [program.python, "-m", "dask"]
    commands = (
        ["scheduler", "--host", "127.0.0.1", "--port", str(port), "--dashboard-address", ":0"],
        ["worker", address, "--nworkers", str(WORKERS), "--nthreads", "1", "--dashboard-address", ":0"],
    )
    environment = os.environ | program.variables() | QUIET
    wait = f"from distributed import Client\nClient({address!r}, timeout=60).wait_for_workers({WORKERS}, timeout=60)"
    running: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            running += [subprocess.Popen([*dask, *command], env=environment, cwd="/", stderr=subprocess.DEVNULL)]
        subprocess.run([program.python, "-c", wait], check=True, timeout=120, stderr=subprocess.DEVNULL)
        yield address
    finally:
        for each in reversed(running):
            each.terminate()
            each.wait()


def against_one(program: Program, entries: Path, rules: Path, count: int) -> list[tuple[str, str, str]]:
    """Measures the whole command both ways, in turns."""
    with started(program) as address:

        def there() -> Cost:
            return program.check(entries, "-r", rules, "--no-cache", "--cluster", address)

        there()  # the isolated processes start with the first run and stay
        found = rounds(count, there=there, here=lambda: program.check(entries, "-r", rules, "--no-cache", "-j", "1"))
    here, cluster = seconds(found["here"]), seconds(found["there"])
    entry = cluster / sum(1 for _ in entries.iterdir()) * 1000
    return [
        ("two Dask workers", f"{entry:.2f} ms an entry, start included", ""),
        ("two Dask workers against one local worker", f"{here / cluster:.2f} × as fast", "at least 1.5 ×"),
    ]
