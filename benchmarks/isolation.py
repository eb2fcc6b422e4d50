"""What isolation costs: `python -m benchmarks.isolation [ENTRIES [ROUNDS]]`.

Many good entries by one isolated worker (a deadline for each, a memory limit, no environment) against the same run with
a plain ProcessPoolExecutor of one worker; and one file in a new process, by an isolated worker and by that process itself.
Both ways take turns, for the machine may have others to serve: the best of each is compared, and what the processor did,
which others disturb less.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, cast

from tests.hostile import crowd
from tests.kit import rules_text
from vidcheck.rules.reader import read_rules
from vidcheck.session.messages import Policy, warm
from vidcheck.session.running import Run
from vidcheck.sources.targets import find
from vidcheck.workers import forkserver
from vidcheck.workers.pool import Workers

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from vidcheck.rules.model import Rules
    from vidcheck.sources.targets import Target

COLD = 25
"""Runs of a new process, each way."""
# the command line with the same work done in its own process: nothing of the pool is imported
BARE = """
import sys, types
from concurrent.futures import Future
class Here:
    away = None
    def __init__(self, *_ignored):
        pass
    def submit(self, function, *args, deadline):
        future = Future()
        future.set_result(function(*args))
        return future
    def stop(self):
        pass
bare = types.ModuleType("vidcheck.workers.pool")
bare.Workers = bare.start = Here
bare.cores = lambda: 1
sys.modules["vidcheck.workers.pool"] = bare
from vidcheck.cli import run
run()
"""


class Plain:
    """A pool that protects from nothing, in the place of `Workers`."""

    def __init__(self) -> None:
        forkserver.start()
        self._pool = ProcessPoolExecutor(1, mp_context=forkserver.Context())

    def submit(self, function: Callable[..., Any], *args: Any, deadline: float) -> Future[Any]:
        """Runs a function in the worker, however long that takes."""
        del deadline
        return self._pool.submit(function, *args)

    def stop(self) -> None:
        """Ends the worker."""
        self._pool.shutdown()


def spent(targets: list[Target], rules: Rules, workers: Workers | Plain) -> tuple[float, float]:
    """Seconds by the clock, and of the processor in this process and the worker."""
    began, here, there = perf_counter(), process_time(), workers.submit(process_time, deadline=60.0).result()
    run = Run(rules=rules, workers=cast("Workers", workers), policy=Policy.MEDIAINFO)
    count = sum(1 for _ in run.reports(targets))
    both = process_time() - here + workers.submit(process_time, deadline=60.0).result() - there
    assert count == len(targets)
    assert run.internal == []
    return perf_counter() - began, both


def many(count: int, rounds: int) -> None:
    """Prints what isolation costs a long run."""
    with tempfile.TemporaryDirectory(prefix="isolation") as folder:
        rng = Random(0)  # noqa: S311 - sizes alone hang on it
        for number in range(count):
            crowd.good(Path(folder) / f"{number:05d}.mp4", rng)
        targets = find([folder]).targets
        rules = read_rules(rules_text(crowd.RULES).encode(), "rules.yaml")
        workers, plain = Workers(1), Plain()
        for pool in (workers, plain):
            pool.submit(warm, deadline=60.0).result()
        with_, without = list[tuple[float, float]](), list[tuple[float, float]]()
        for _ in range(rounds):
            with_.append(spent(targets, rules, workers))
            without.append(spent(targets, rules, plain))
        workers.stop()
        plain.stop()
    for number, what in enumerate(("clock", "processor")):
        one, other = [row[number] for row in with_], [row[number] for row in without]
        print(
            f"{count} entries, {what:9}: best {min(one):.2f} s isolated, {min(other):.2f} s plain: {min(one) / min(other) - 1:+.1%}; "
            f"median {median(one):.2f} s, {median(other):.2f} s: {median(one) / median(other) - 1:+.1%}"
        )


def cold() -> None:
    """Prints what isolation costs the check of one file."""
    with tempfile.TemporaryDirectory(prefix="isolation") as folder:
        here = Path(folder)
        crowd.good(here / "entry.mp4", Random(0))  # noqa: S311
        (here / "rules.yaml").write_text(rules_text(crowd.RULES))
        arguments = ["check", "entry.mp4", "-q", "-j", "1", "--witness", "mediainfo"]
        ways = {"isolated": [sys.executable, "-m", "vidcheck"], "bare": [sys.executable, "-c", BARE]}
        took: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(COLD):
            for way, command in ways.items():
                began = perf_counter()
                done = subprocess.run([*command, *arguments], cwd=here, env=os.environ, check=False)
                took[way].append(perf_counter() - began)
                assert done.returncode == 0
    one, other = took["isolated"], took["bare"]
    print(
        f"one file, a new process: best {min(one) * 1000:.0f} ms isolated, {min(other) * 1000:.0f} ms bare: "
        f"{(min(one) - min(other)) * 1000:+.0f} ms; median {median(one) * 1000:.0f}, {median(other) * 1000:.0f} ms: "
        f"{(median(one) - median(other)) * 1000:+.0f} ms"
    )


if __name__ == "__main__":
    cold()
    many(*map(int, (*sys.argv[1:], *("1000", "5")[len(sys.argv) - 1 :])))
