"""A cluster decodes films as this machine does."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.cli.run import vidcheck
from tests.witnesses.content.films import black, make, moving, needs_content

if TYPE_CHECKING:
    from pathlib import Path

    from distributed import LocalCluster

pytestmark = [pytest.mark.slow, needs_content, pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")]
RULES = """vidcheck: 1
rules:
  black: {fact: content.black, max: 10 %}
  silent: {fact: content.silent, max: 10 %}
  decodes: {fact: content.decodes, is: yes}
"""


def test_a_cluster_tells_of_decoded_films_what_one_machine_tells(dask: LocalCluster, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    make(folder / "0.mp4", [moving(2)], "sine=d=2")
    make(folder / "1.mp4", [moving(1), black(1)], "sine=d=1")
    damaged = bytearray((folder / "1.mp4").read_bytes())
    middle = damaged.index(b"mdat") + 9_000
    damaged[middle : middle + 2_000] = b"\xff" * 2_000
    (folder / "2.mp4").write_bytes(damaged)
    for number in range(3, 20):
        shutil.copy(folder / f"{number % 2}.mp4", folder / f"{number}.mp4")
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    here, there = (
        vidcheck("check", "in", "--content", "full", "--no-cache", "--report", f"json:{name}.json", *more, cwd=tmp_path)
        for name, more in {"here": [], "there": ["--cluster", dask.scheduler_address]}.items()
    )
    assert there.stderr == ""
    assert (there.returncode, there.stdout) == (here.returncode, here.stdout)
    assert (tmp_path / "there.json").read_bytes() == (tmp_path / "here.json").read_bytes()
    report = json.loads((tmp_path / "there.json").read_bytes())
    assert [entry["verdict"] for entry in report["entries"]].count("eligible") == 9
    assert report["tool"]["ffmpeg"]
