"""vidcheck against what a user would pick instead, as ratios from one run: `python -m benchmarks`.

The entries are sparse copies of one film (`--clip FILE`, else the sample clip grown to 130 MB). vidcheck does all it does:
isolation, judging, a report. MediaInfo and ExifTool read all files in one process; what is started anew for each file (an
ffprobe loop, MediaConch) runs over `--loop` of them, and its time is scaled. Tools that are not installed are named.

    python -m benchmarks --entries 1000 --clip film.mp4
    python -m benchmarks --entries 50 --scale 10000      # also: time and memory of 10,000 entries against fewer

Beside this: benchmarks.cold (one file against an empty program), .isolation, .formats, .soak.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from time import sleep
from typing import NamedTuple

from benchmarks import footage
from benchmarks.measuring import Cost, cost
from vidcheck.workers.pool import cores

RULES = """vidcheck: 1
rules:
  format: {is: mp4}
  size: {min: 100 MB, max: 200 MiB}
  duration: {min: 2 min, max: 5 min, tolerance: 0.5 s}
  resolution: {min: 1280x720, level: recommended}
  completed: {from: 2020-01-01, to: 2022-02-28}
  intact: {is: yes}
"""
POLICY = """<?xml version="1.0"?>
<policy type="and" name="contest" license="CC0-1.0+">
  <rule name="format" value="Format" tracktype="General" occurrence="*" operator="=">MPEG-4</rule>
  <rule name="small" value="FileSize" tracktype="General" occurrence="*" operator="&gt;=">100000000</rule>
  <rule name="large" value="FileSize" tracktype="General" occurrence="*" operator="&lt;=">209715200</rule>
  <rule name="short" value="Duration" tracktype="General" occurrence="*" operator="&gt;=">120000</rule>
  <rule name="long" value="Duration" tracktype="General" occurrence="*" operator="&lt;=">300000</rule>
  <rule name="width" value="Width" tracktype="Video" occurrence="*" operator="&gt;=">1280</rule>
  <rule name="early" value="Encoded_Date" tracktype="General" occurrence="*" operator="&gt;=">2020-01-01</rule>
  <rule name="late" value="Encoded_Date" tracktype="General" occurrence="*" operator="&lt;=">2022-03-01</rule>
</policy>
"""
SETTLED = 2.5
"""Seconds that files must have lain still for vidcheck to remember them."""


class Row(NamedTuple):
    """One line of the table."""

    what: str
    files: int
    """That it ran over; the time is scaled to all."""
    cost: Cost


def ours(folder: Path, entries: str, *more: str, cache: Path | None = None) -> Cost:
    """vidcheck over a folder of entries, with nothing but a stream of JSON lines that nobody keeps."""
    command = [sys.executable, "-m", "vidcheck", "check", entries, "--quiet", "--report", "jsonl:/dev/null", *more]
    return cost(command, folder, {"VIDCHECK_CACHE_DIR": str(cache)} if cache else None)


def against(folder: Path, entries: int, loop: int) -> tuple[list[Row], list[str]]:
    """vidcheck's and the others' lines, and what is not installed."""
    files = [f"in/{number:05}.mp4" for number in range(entries)]
    few = files[:loop]
    (folder / "policy.xml").write_text(POLICY)
    each = {  # `sh` runs the tool anew for each file
        "ffprobe, a loop": ("ffprobe", 'ffprobe -v error -show_format -show_streams -of json "$file"'),
        "MediaConch, a loop": ("mediaconch", 'mediaconch -p policy.xml "$file"'),
    }
    once = {
        "mediainfo, one process": ("mediainfo", ["mediainfo", "--Output=JSON", *files]),
        "exiftool, one process": ("exiftool", ["exiftool", "-json", *files]),
    }
    ours(folder, "in", "--no-cache")  # so that every header is in memory for all
    cache = folder / "cache"
    rows = [
        Row("vidcheck, first run", entries, ours(folder, "in", cache=cache)),
        Row("vidcheck, again", entries, ours(folder, "in", cache=cache)),
    ]
    missing = []
    for what, (tool, command) in once.items():
        if shutil.which(tool):
            rows.append(Row(what, entries, cost(command, folder)))
        else:
            missing.append(tool)
    for what, (tool, words) in each.items():
        if shutil.which(tool):
            rows.append(Row(what, len(few), cost(["sh", "-c", f"for file; do {words}; done", "sh", *few], folder)))
        else:
            missing.append(tool)
    return rows, missing


def tell(rows: list[Row], missing: list[str], entries: int) -> None:
    """Prints the table: each tool's time for all files, and what part of it vidcheck's first run takes."""
    first = rows[0].cost.seconds
    print("| | seconds | ms an entry | first run takes | peak memory |\n|---|---|---|---|---|")
    for row in rows:
        whole = row.cost.seconds * entries / row.files
        scaled = f" (of {row.files})" if row.files != entries else ""
        memory = f"{row.cost.memory / 2**20:.0f} MiB" if row.cost.memory else "?"
        print(f"| {row.what}{scaled} | {whole:.2f} | {whole / entries * 1000:.2f} | {first / whole:.3f} | {memory} |")
    print(f"\nagain, with the cache: {first / rows[1].cost.seconds:.1f} times as fast")
    if missing:
        print(f"not installed: {', '.join(missing)}")


def scale(folder: Path, most: int) -> None:
    """Prints time and memory at three sizes; the entries are links to those that there are, and nothing is remembered."""
    sizes = sorted({max(1, most // 20), max(1, most // 10), most})
    real = sorted((folder / "in").iterdir())
    print("\n| entries | ms an entry | peak memory |\n|---|---|---|")
    for size in sizes:
        many = folder / f"many-{size}"
        many.mkdir()
        for number in range(size):
            (many / f"{number:06}.mp4").hardlink_to(real[number % len(real)])
        took = ours(folder, many.name, "--no-cache")
        print(f"| {size} | {took.seconds / size * 1000:.2f} | {took.memory / 2**20:.0f} MiB |")


def main() -> None:
    """Lays out the entries, runs everything, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1000)
    parser.add_argument("--clip", type=Path, help="a film to copy, its media data left out")
    parser.add_argument("--loop", type=int, default=50, help="files for what is started anew for each")
    parser.add_argument(
        "--scale", type=int, default=0, metavar="ENTRIES", help="also so many, against a tenth and a twentieth"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmarks") as name:
        folder = Path(name)
        (folder / "rules.yaml").write_text(RULES)
        apparent, real = footage.lay_out(folder / "in", given.entries, given.clip and given.clip.resolve())
        sleep(SETTLED)
        load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
        print(
            f"{given.entries} entries of {apparent / 1e6:.0f} MB ({real / 1e3:.0f} kB on disk), {cores()} processors, "
            f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, load {load}\n"
        )
        tell(*against(folder, given.entries, min(given.loop, given.entries)), given.entries)
        if given.scale:
            scale(folder, given.scale)


if __name__ == "__main__":
    main()
