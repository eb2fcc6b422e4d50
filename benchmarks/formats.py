"""All formats from one run against the JSON report alone, over the same entries.

    python benchmarks/formats.py [ENTRIES] [RUNS] [WITNESS]

The entries are sparse, of many kinds and all verdicts. Both runs alternate; the figures are those of the fastest runs and of
the medians. The aim for 1,000 entries is: all formats in at most 1.5 times the time of JSON alone plus 3 s. With the WITNESS
`mediainfo` ffprobe is left out, which takes most of a run's time and has no part in reports: the harder test.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

from vidcheck.reports import FORMATS
from vidcheck.samples import sparse, surgery

MAC_EPOCH = 2_082_844_800  # seconds from 1904-01-01 to 1970-01-01
SHARE, MORE = 1.5, 3.0
SUBJECTS = (
    "昆虫的一生",
    "人工智能",
    "how bees see",
    "黑龙江的湿地",
    "疫情防控",
    "a day of a glacier",
    "<b>新一代</b> & 信息",
)
RULES = """vidcheck: 1
contest: {title: 2022年黑龙江省优秀科普微视频作品征集评选, timezone: Asia/Shanghai}
rules:
  format: {is: mp4}
  size: {min: 100 MB, max: 200 MiB}
  duration: {min: 2 min, max: 5 min, tolerance: 0.5 s}
  resolution: {min: 1280x720, level: recommended}
  completed: {from: 2020-01-01, to: 2022-02-28}
  intact: {is: yes}
  picture: {fact: video.count, is: 1}
  sound: {fact: audio.count, min: 1, level: recommended}
  screen-text: {manual: {zh: 视频中的文字为简体中文, en: Words on the screen are in simplified Chinese}}
  mandarin: {manual: {zh: 配音和解说使用普通话, en: Narration is in Mandarin}}
  subject: {manual: {zh: 选题属于征集通知所列的科普领域, en: The subject is one of the fields that the call lists}}
"""


def works() -> list[bytes]:
    """What the entries hold: half of them meet every rule."""
    clip = surgery.clip()
    return [
        *[clip] * 10,
        surgery.set_duration(clip, Fraction("312.48")),
        surgery.set_duration(clip, Fraction("300.3")),
        surgery.set_duration(clip, Fraction(90)),
        surgery.set_creation_time(clip, 0),
        surgery.set_creation_time(clip, MAC_EPOCH + 1_646_067_600),
        surgery.set_stored_size(clip, 640, 360),
        surgery.remove_track(clip, "soun"),
        surgery.duplicate_track(clip, "vide"),
        surgery.set_brands(clip, "qt  "),
        surgery.add_tag(clip, "©nam", "昆虫的一生 <b>&".encode()),
    ]


def write(folder: Path, entries: int) -> None:
    """The entries, each of another size, every seventh too small or too large."""
    kinds = works()
    for number in range(entries):
        size = 101_000_000 + number * 104_729 * 97 % 100_000_000
        size = size if number % 7 else size * 2
        name = f"{number:04} {SUBJECTS[number % len(SUBJECTS)].replace('/', '')}.mp4"
        data = kinds[number % len(kinds)]
        sparse.write_sparse(folder / name, data[: len(data) * 4 // 5] if number % 41 == 40 else data, size)


def seconds(folder: Path, wanted: list[str]) -> float:
    command = [sys.executable, "-m", "vidcheck", "check", "in", "--quiet", "--exit-zero", *wanted]
    begin = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main() -> None:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    witness = sys.argv[3] if len(sys.argv) > 3 else "auto"
    every_format = [argument for name in FORMATS for argument in ("--report", f"{name}:all.{name}")]
    wanted = {
        "JSON alone": ["--witness", witness, "--report", "json:alone.json"],
        f"all {len(FORMATS)} formats": ["--witness", witness, *every_format],
    }
    times: dict[str, list[float]] = {label: [] for label in wanted}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
        write(folder / "in", entries)
        seconds(folder, wanted["JSON alone"])  # so that every header is in memory for both
        for _ in range(runs):
            for label, arguments in wanted.items():
                times[label].append(seconds(folder, arguments))
        sizes = {form: (folder / f"all.{form}").stat().st_size for form in FORMATS}
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(
        f"{entries} entries, {runs} runs, witness {witness}, {os.cpu_count()} processors, load {load} (1, 5 and 15 minutes)"
    )
    for label, row in times.items():
        row.sort()
        print(f"{label:15} fastest {row[0]:6.2f} s, median {row[len(row) // 2]:6.2f} s")
    alone, every = (row[0] for row in times.values())
    print(f"ratio {every / alone:.2f}, difference {every - alone:.2f} s (fastest runs)")
    most = SHARE * alone + MORE
    print(f"aim: at most {SHARE} x {alone:.2f} s + {MORE:.0f} s = {most:.2f} s: {'met' if every <= most else 'MISSED'}")
    print("sizes: " + ", ".join(f"{form} {size / 1e6:.2f} MB" for form, size in sizes.items()))


if __name__ == "__main__":
    main()
