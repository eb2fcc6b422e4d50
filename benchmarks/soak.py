"""Checks very many entries, one in twenty hostile, on the command line: `python -m benchmarks.soak 10000`.

Prints the number of entries and faults, the time and the memory. Exits with 1 if an entry was lost, doubled, misplaced
or misjudged.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from time import perf_counter, sleep

from benchmarks.measuring import below
from tests.hostile import crowd
from tests.hostile.traps import Watch
from tests.kit import rules_text


def memory(process: int) -> int:
    """The peak memory of a process in bytes; 0 if it is unknown."""
    try:
        rows = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(row.split()[1]) * 1024 for row in rows if row.startswith("VmHWM")), 0)


def watch(running: subprocess.Popen[bytes], made: list[crowd.Made]) -> tuple[int, int, float]:
    """Waits for the end. Returns the peak memory of the run, that of any of its processes, and the seconds.

    Once the first entry is opened, all are listed; then it removes those that are to vanish.
    """
    began, most, workers, first = perf_counter(), 0, 0, Watch(made[0].path)
    vanishing = made
    while running.poll() is None:
        if vanishing and first.opened():
            crowd.vanish(vanishing)
            vanishing = []
        most = max(most, memory(running.pid))
        workers = max([workers, *map(memory, below(running.pid))])
        sleep(0.05)
    return most, workers, perf_counter() - began


def main() -> int:
    """Makes the entries, checks them, and prints the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=10_000)
    parser.add_argument("--witness", default="auto")
    parser.add_argument("--workers", default=str(len(os.sched_getaffinity(0))))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak") as folder:
        here = Path(folder)
        made = crowd.make(here / "in", given.count)
        (here / "rules.yaml").write_text(rules_text(crowd.RULES))
        command = [sys.executable, "-m", "vidcheck", "check", "in", "-q", "--report", "json:out.json",
                   "--witness", given.witness, "-j", given.workers]  # fmt: skip
        with subprocess.Popen(command, cwd=here, stdin=subprocess.DEVNULL) as running:
            parent, worker, seconds = watch(running, made)
        report = json.loads((here / "out.json").read_text(encoding="utf-8"))
        size = (here / "out.json").stat().st_size
        wrong = crowd.wrong(made, report, here)
    faults = Counter(fault["witness"] for entry in report["entries"] for fault in entry["faults"])
    late = [fault for entry in report["entries"] for fault in entry["faults"] if "no answer" in fault["message"]]
    if running.returncode != 1:
        wrong.append(f"exit code {running.returncode}")
    print(f"entries      {len(report['entries'])} of {given.count} ({sum(one.kind != 'good' for one in made)} hostile)")
    verdicts = ", ".join(f"{report['summary'][name]} {name}" for name in (crowd.GOOD, crowd.OUT, crowd.OPEN))
    print(f"verdicts     {verdicts}")
    print(f"faults       {sum(faults.values())} ({dict(faults)}), {len(late)} of them deadlines")
    print(
        f"time         {seconds:.1f} s, {given.count / seconds:.0f} entries/s with {given.workers} workers, --witness {given.witness}"
    )
    print(f"peak memory  {parent / 2**20:.0f} MiB the run, {worker / 2**20:.0f} MiB the largest of its workers")
    print(f"report       {size / 10**6:.1f} MB of JSON")
    print(f"wrong        {wrong or 'nothing: every file has exactly one entry, in order, with a right verdict'}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
