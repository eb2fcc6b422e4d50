"""Hours of decoding are bearable: a run that was interrupted, however rudely, goes on where it was."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from tests.cli.run import COMMAND
from tests.witnesses.content.films import make, moving, needs_content
from vidcheck import ffmpeg

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.slow,
    needs_content,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it finds what is left in /proc"),
]
FILMS = 60
WORKERS = 2
RULES = """vidcheck: 1
rules:
  black: {fact: content.black, max: 10 %}
  decodes: {fact: content.decodes, is: yes}
  loudness: {fact: content.loudness, min: -40 LUFS}
"""
_SETTLED = 2.5
"""Seconds after which a file counts as unchanged."""


class Place:
    """A folder of films, with an ffmpeg that reports each start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("in", "bin", "cache", "tmp"):
            (folder / name).mkdir()
        first = make(folder / "in" / "00.mp4", [moving(1)], "sine=d=1")
        for number in range(1, FILMS):
            shutil.copyfile(first, folder / "in" / f"{number:02d}.mp4")
        (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
        starts = folder / "starts"
        os.mkfifo(starts)
        self._starts = os.open(starts, os.O_RDWR)  # for writing too, so that nobody waits for the other end
        program = folder / "bin" / "ffmpeg"
        real = Path(str(ffmpeg.available())).resolve()
        program.write_text(f'#!/bin/sh\n[ "$1" = -version ] || printf . > {starts}\nexec {real} "$@"\n')
        program.chmod(0o755)
        newest = max(film.stat().st_ctime for film in (folder / "in").iterdir())
        while time.time() < newest + _SETTLED:
            Event().wait(0.1)

    def begin(self) -> subprocess.Popen[str]:
        places = {"VIDCHECK_CACHE_DIR": str(self.folder / "cache"), "TMPDIR": str(self.folder / "tmp")}
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        words = ("check", "in", "--content", "full", "--workers", str(WORKERS), "--report", "json:out.json")
        return subprocess.Popen(
            [*COMMAND, *words], cwd=self.folder, env=os.environ | places | {"PATH": path}, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def started(self, count: int) -> None:
        """Waits until so many more films are being decoded."""
        while count:
            count -= len(os.read(self._starts, count))

    def left_over(self) -> int:
        """How many starts nobody has waited for."""
        os.set_blocking(self._starts, False)
        try:
            return len(os.read(self._starts, 2**16))
        except BlockingIOError:
            return 0

    def running(self) -> Iterator[str]:
        """The programs that were started from here and still run."""
        mark = os.fsencode(self.folder / "bin")
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "environ").read_bytes():
                    yield (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()[:200]
            except OSError:  # it has ended
                continue

    def quiet(self) -> list[str]:
        """The programs that still run after a while in which they should have ended."""
        until = time.monotonic() + 20
        while (every := list(self.running())) and time.monotonic() < until:
            Event().wait(0.05)
        return every


def test_sixty_films_interrupted_twice_are_each_decoded_once(tmp_path: Path) -> None:
    place = Place(tmp_path)
    run = place.begin()
    place.started(20)
    os.killpg(run.pid, signal.SIGINT)  # as Ctrl-C does
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130, said
    assert place.quiet() == []
    begun = 20 + place.left_over()

    run = place.begin()
    os.set_blocking(place._starts, True)
    place.started(20)
    run.kill()
    run.communicate(timeout=60)
    assert place.quiet() == []
    begun += 20 + place.left_over()

    run = place.begin()
    _, said = run.communicate(timeout=300)
    assert run.returncode == 0, said
    begun += place.left_over()
    assert place.quiet() == []
    report = json.loads((tmp_path / "out.json").read_bytes())
    assert [entry["verdict"] for entry in report["entries"]] == ["eligible"] * FILMS
    assert FILMS <= begun <= FILMS + 2 * WORKERS  # those that were under way when it was interrupted
    # Python's own socket of the workers' server, of the run that was killed
    assert [
        left.name for left in (tmp_path / "tmp").rglob("*") if not left.name.startswith(("pymp-", "listener-"))
    ] == []
