"""Two local Dask workers against one local worker: `python -m benchmarks.cluster [ENTRIES [ROUNDS]]`.

The scheduler and the workers are started as the README says. The same command, with `-j 1` and with `--cluster`, over the
same sparse entries, in turns. The clock of a whole command, its start and joining the cluster included; the ratio is that
of the best rounds. The aim is at least 1.5 at 2,000 entries. Then what an entry costs the processor, by who spends it: that
tells what limits a larger cluster, and on a machine where all share the cores, that the ratio can't exceed.
"""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.measuring import below
from tests.hostile import crowd
from tests.kit import rules_text
from vidcheck.workers.pool import cores

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKERS = 2
QUIET = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__WORKER__MEMORY__MONITOR_INTERVAL": "1s",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "500ms",
}
"""As the README says."""
_TICKS = os.sysconf("SC_CLK_TCK")


def once(folder: Path, *how: str) -> tuple[float, float]:
    """Seconds by the clock and of the processor, of one run over all entries."""
    began, before = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "vidcheck", "check", "--no-cache", "in", "-q", "--witness", "mediainfo", *how]
    done = subprocess.run(command, cwd=folder, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return perf_counter() - began, spent


@contextmanager
def started() -> Iterator[tuple[str, dict[str, int]]]:
    """A scheduler and its workers: the address, and the first processes by what they are."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address, dask = f"tcp://127.0.0.1:{port}", [sys.executable, "-m", "dask"]
    commands = {
        "the scheduler": ["scheduler", "--host", "127.0.0.1", "--port", str(port), "--dashboard-address", ":0"],
        "the workers": ["worker", address, "--nworkers", str(WORKERS), "--nthreads", "1"],
    }
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            running[name] = subprocess.Popen([*dask, *command], env=os.environ | QUIET, stderr=subprocess.DEVNULL)
        _wait_for_workers(address)
        yield address, {name: each.pid for name, each in running.items()}
    finally:
        for each in reversed(running.values()):
            each.terminate()
            each.wait()


def _wait_for_workers(address: str) -> None:
    from distributed import Client

    with Client(address, timeout=60, set_as_default=False) as client:
        client.wait_for_workers(WORKERS, timeout=60)


def spent_there(processes: dict[str, int]) -> Counter[str]:
    """Seconds of the processor spent so far, by whom (Linux)."""
    spent: Counter[str] = Counter()
    dask = processes["the workers"]
    groups = {"the scheduler": [processes["the scheduler"]], "the nannies": [dask]}
    workers = [one for one in _children(dask) if any(_children(one))]
    groups["the Dask workers"] = workers
    groups["their isolated processes"] = [one for worker in workers for one in below(worker)]
    for name, group in groups.items():
        for one in group:
            figures = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            spent[name] += (int(figures[11]) + int(figures[12])) / _TICKS  # type: ignore[assignment]
    return spent


def _children(process: int) -> list[int]:
    every = below(process)
    return [one for one in every if not any(one in below(other) for other in every)]


def main() -> None:
    count, rounds = map(int, (*sys.argv[1:], *("2000", "3")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory(prefix="cluster") as name, started() as (address, processes):
        folder, rng = Path(name), Random(0)  # noqa: S311 - sizes alone hang on it
        (folder / "in").mkdir()
        for number in range(count):
            crowd.good(folder / "in" / f"{number:06d}.mp4", rng)
        (folder / "rules.yaml").write_text(rules_text(crowd.RULES))
        ways = {"one local worker": ("-j", "1"), "two Dask workers": ("--cluster", address)}
        once(folder, *ways["two Dask workers"])  # the isolated processes start with the first run and stay
        took: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        there: Counter[str] = Counter()
        for _ in range(rounds):
            took["one local worker"].append(once(folder, *ways["one local worker"]))
            begun = spent_there(processes)
            took["two Dask workers"].append(once(folder, *ways["two Dask workers"]))
            there += spent_there(processes) - begun
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{count} entries, {cores()} processors, load {load}")
    for way, row in took.items():
        clock = [one for one, _ in row]
        print(
            f"{way}: best {min(clock):.2f} s, median {median(clock):.2f} s, {min(clock) / count * 1000:.2f} ms an entry"
        )
    one, two = (min(clock for clock, _ in row) for row in took.values())
    print(f"ratio: {one / two:.2f} times one worker's speed")
    here = median(spent for _, spent in took["two Dask workers"])
    every = {"the command itself": here, **{name: seconds / rounds for name, seconds in there.items()}}
    for who, seconds in every.items():
        print(f"processor: {seconds / count * 1000:.2f} ms an entry by {who}")
    total = sum(every.values())
    print(f"processor: {total / count * 1000:.2f} ms an entry by all, {total / two:.1f} cores at once")


if __name__ == "__main__":
    main()
