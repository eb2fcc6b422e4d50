"""One passing file in a new process against an empty Typer app's start, in the same environment.

    python benchmarks/cold.py [RUNS]

Both run alternately; the ratio is that of the fastest runs and of the medians. ffprobe is not asked (nothing is in doubt),
isolation is on. The aim is a ratio of at most 1.6.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from vidcheck.samples import surgery

EMPTY = "import typer\napp = typer.Typer()\n\n@app.command()\ndef main() -> None:\n    pass\n\napp()\n"
RULES = "vidcheck: 1\nrules:\n  format: {is: mp4}\n  size: {min: 100 MB, max: 200 MiB}\n  duration: {min: 2 min, max: 5 min, tolerance: 0.5 s}\n  intact: {is: yes}\n"


def seconds(command: list[str], folder: Path) -> float:
    begin = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "empty.py").write_text(EMPTY)
        (folder / "rules.yaml").write_text(RULES)
        surgery.grow_mdat(folder / "entry.mp4", surgery.clip(), 150_000_000)
        commands = {
            "empty Typer app": [sys.executable, "empty.py"],
            "vidcheck check": [str(Path(sys.executable).with_name("vidcheck")), "check", "entry.mp4"],
        }
        times: dict[str, list[float]] = {label: [] for label in commands}
        for _ in range(runs):
            for label, command in commands.items():
                times[label].append(seconds(command, folder))
    for label, row in times.items():
        row.sort()
        print(f"{label:16} fastest {row[0] * 1000:6.0f} ms, median {row[len(row) // 2] * 1000:6.0f} ms, {runs} runs")
    empty, ours = times.values()
    print(f"ratio            fastest {ours[0] / empty[0]:6.2f},    median {ours[runs // 2] / empty[runs // 2]:6.2f}")


if __name__ == "__main__":
    main()
