"""Many entries' headers against what a user would pick instead, as ratios from one run.

    python benchmarks/headers.py [ENTRIES] [WORKERS]

The entries are sparse copies of the sample clip, 130 MB apparent size each. vidcheck runs with all it does (isolation,
judging, a JSON report); `mediainfo` is one process over all the files. The aim with one worker is a ratio of at most 0.6
of `mediainfo --Output=JSON`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from vidcheck.samples import surgery

RULES = "vidcheck: 1\nrules:\n  format: {is: mp4}\n  size: {min: 100 MB, max: 200 MiB}\n  duration: {min: 2 min, max: 5 min, tolerance: 0.5 s}\n  resolution: {min: 1280x720, level: recommended}\n  completed: {from: 2020-01-01, to: 2022-02-28}\n  intact: {is: yes}\n"


def seconds(command: list[str], folder: Path) -> float:
    begin = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main() -> None:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    workers = sys.argv[2] if len(sys.argv) > 2 else "1"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        (folder / "rules.yaml").write_text(RULES)
        for number in range(entries):
            surgery.grow_mdat(folder / "in" / f"{number:05}.mp4", surgery.clip(), 130_000_000)
        ours = [
            str(Path(sys.executable).with_name("vidcheck")),
            "check",
            "in",
            "--quiet",
            "--workers",
            workers,
            "--report",
            "json:/dev/null",
        ]
        seconds(ours, folder)  # so that every header is in memory for both
        mine = seconds(ours, folder)
        print(
            f"vidcheck, {workers} worker(s): {mine:.2f} s, {mine / entries * 1000:.2f} ms an entry, {entries} entries"
        )
        if shutil.which("mediainfo"):
            files = [f"in/{number:05}.mp4" for number in range(entries)]
            theirs = seconds(["mediainfo", "--Output=JSON", *files], folder)
            print(f"mediainfo, one process: {theirs:.2f} s; vidcheck takes {mine / theirs:.2f} of it")
        else:
            print("mediainfo is not installed: no ratio")
        if shutil.which("ffprobe"):
            few = min(entries, 50)
            begin = time.perf_counter()
            for number in range(few):
                seconds(
                    ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", f"in/{number:05}.mp4"],
                    folder,
                )
            theirs = (time.perf_counter() - begin) * entries / few
            print(f"ffprobe loop (of {few}): {theirs:.2f} s; vidcheck takes {mine / theirs:.2f} of it")


if __name__ == "__main__":
    main()
