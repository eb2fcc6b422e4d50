"""Two local Dask workers of one thread against one local worker: `python -m benchmarks.cluster [ENTRIES [ROUNDS]]`.

The same command, with `-j 1` and with `--cluster`, over the same sparse entries, in turns. The clock of a whole command,
its start and joining the cluster included; the ratio is that of the best rounds. The aim is at least 1.5 at 2,000
entries. Then what an entry costs the processor, by who spends it: that tells what limits a larger cluster.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from tests.hostile import crowd
from tests.kit import rules_text

if TYPE_CHECKING:
    from distributed import LocalCluster

WORKERS = 2


def once(folder: Path, *how: str) -> tuple[float, float]:
    """Seconds by the clock and of the processor, of one run over all entries."""
    began, before = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "vidcheck", "check", "--no-cache", "in", "-q", "--witness", "mediainfo", *how]
    done = subprocess.run(command, cwd=folder, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return perf_counter() - began, spent


def spent_there(cluster: LocalCluster) -> tuple[float, float]:
    """Seconds of the processor that the Dask workers have spent so far, and their isolated processes."""
    import psutil
    from distributed import Client

    with Client(cluster, set_as_default=False) as client:
        pids = client.run(os.getpid).values()
    workers = [psutil.Process(pid) for pid in pids]
    isolated = [child for worker in workers for child in worker.children(recursive=True)]
    return tuple(sum(sum(one.cpu_times()[:2]) for one in group) for group in (workers, isolated))  # type: ignore[return-value]


def main() -> None:
    from distributed import LocalCluster

    count, rounds = map(int, (*sys.argv[1:], *("2000", "3")[len(sys.argv) - 1 :]))
    with (
        tempfile.TemporaryDirectory(prefix="cluster") as name,
        LocalCluster(
            n_workers=WORKERS, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=100
        ) as cluster,
    ):
        folder, rng = Path(name), Random(0)  # noqa: S311 - sizes alone hang on it
        (folder / "in").mkdir()
        for number in range(count):
            crowd.good(folder / "in" / f"{number:06d}.mp4", rng)
        (folder / "rules.yaml").write_text(rules_text(crowd.RULES))
        ways = {"one local worker": ("-j", "1"), "two Dask workers": ("--cluster", cluster.scheduler_address)}
        once(folder, *ways["two Dask workers"])  # the isolated processes start with the first run and stay
        took: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        begun = spent_there(cluster)
        for _ in range(rounds):
            for way, how in ways.items():
                took[way].append(once(folder, *how))
        there = [(end - start) / rounds for start, end in zip(begun, spent_there(cluster), strict=True)]
    for way, row in took.items():
        clock = [one for one, _ in row]
        print(
            f"{way}: {count} entries, best {min(clock):.2f} s, median {median(clock):.2f} s, {min(clock) / count * 1000:.2f} ms an entry"
        )
    one, two = (min(clock for clock, _ in row) for row in took.values())
    print(f"ratio: {one / two:.2f} times one worker's speed")
    here = median(spent for _, spent in took["two Dask workers"])
    for who, seconds in (
        ("the command itself", here),
        ("the Dask workers", there[0]),
        ("their isolated processes", there[1]),
    ):
        print(f"processor: {seconds / count * 1000:.2f} ms an entry by {who}")


if __name__ == "__main__":
    main()
