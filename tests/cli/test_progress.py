"""The bar moves while files are read whole and pictures are made."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.clips import surgery
from tests.kit import Run, put
from vidcheck.cli import screen as screens
from vidcheck.cli.screen import Progress, Screen, progress
from vidcheck.rules.reader import read_rules
from vidcheck.session.messages import Policy
from vidcheck.sources.targets import find
from vidcheck.texts import say

if TYPE_CHECKING:
    from pathlib import Path

    from vidcheck.workers.pool import Workers

SAME = (
    "vidcheck: 1\ncontest: {title: t, timezone: UTC}\nrules:\n  format: {is: mp4}\nbatch:\n  same: {unique: checksum}\n"
)
SUM = "vidcheck: 1\ncontest: {title: t, timezone: UTC}\nrules:\n  sum: {fact: checksum, known: yes}\n"


@pytest.fixture
def films(tmp_path: Path) -> list[Path]:
    """Two files alike, and another."""
    return [put(tmp_path / "a.mp4"), put(tmp_path / "b.mp4"), put(tmp_path / "c.mp4", surgery.clip() + b"\0" * 9)]


def test_entries_are_counted_and_bytes_that_are_read_beside_them() -> None:
    read = 0
    heard = Progress(say("checking"), 60, lambda: read)
    heard.entry()
    assert heard.state.figures == "1/60"
    read = 1_200_000_000
    assert heard.state.figures == "1/60 · 1.2 GB"


def test_comparing_counts_the_bytes_that_workers_read_before_an_entry_is_done() -> None:
    read = 5_000_000_000
    heard = Progress(say("checking"), 2, lambda: read)
    heard.comparing(0, 8_000_000_000)
    assert heard.state.figures == "0.0/8.0 GB"
    read += 1_500_000_000
    assert heard.state.figures == "1.5/8.0 GB"
    heard.comparing(4_000_000_000, 8_000_000_000)  # of files whose checksum is remembered nothing is read
    assert heard.state.figures == "4.0/8.0 GB"
    read += 9_000_000_000
    assert heard.state.done == heard.state.total


def test_a_run_says_how_far_files_are_that_are_read_to_compare_them(films: list[Path], workers: Workers) -> None:
    run = Run(rules=read_rules(SAME.encode(), "rules.yaml"), workers=workers, policy=Policy.MEDIAINFO)
    heard: list[tuple[int, int]] = []
    before = workers.bytes_read
    targets = find([str(path) for path in films]).targets
    list(run.session.finished(targets, again=lambda done, total: heard.append((done, total))))
    size = films[0].stat().st_size
    assert heard == [(0, 2 * size), (size, 2 * size), (2 * size, 2 * size)]
    assert workers.bytes_read - before == 2 * size


def test_workers_say_how_many_bytes_they_read_for_checksums(films: list[Path], workers: Workers) -> None:
    run = Run(rules=read_rules(SUM.encode(), "rules.yaml"), workers=workers, policy=Policy.MEDIAINFO)
    before = workers.bytes_read
    list(run.session.finished(find([str(path) for path in films]).targets))
    assert workers.bytes_read - before == sum(path.stat().st_size for path in films)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal_for(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal in place of stderr. It is no fixture, for pytest puts its own stream there after them."""
    there = Terminal()
    monkeypatch.setattr("sys.stderr", there)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    return there


def test_the_bar_shows_each_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_for(monkeypatch)
    heard = Progress(say("checking"), 60)
    bar: Any = screens._bar(heard, "zh")
    for _ in range(3):
        heard.entry()
    bar.refresh()
    heard.comparing(4 * 10**9, 8 * 10**9)
    bar.refresh()
    bar.stop()
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", terminal.getvalue()).replace("\r", "\n").split("\n")
    assert any(line.startswith("正在检查") and "3/60" in line for line in lines)
    assert any(line.startswith("正在比对文件") and "4.0/8.0 GB" in line for line in lines)


def test_what_is_done_in_a_moment_shows_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_for(monkeypatch)
    with progress(say("checking"), 60, Screen("en")) as heard:
        heard.entry()
    assert terminal.getvalue() == ""
