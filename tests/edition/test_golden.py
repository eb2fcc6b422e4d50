"""What comes of every key on a few entries: verdicts, values and messages, kept as data.

It changes only with VIDCHECK_GOLDEN=write in the environment. Evidence is left out, because another witness may come to say
what is known already; `dev/compare` shows it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.clips import surgery
from tests.kit import fragmented, put
from vidcheck.rules.reader import read_rules
from vidcheck.vocabulary import CONTENT_KEYS, KEYS

HERE = Path(__file__).parents[1] / "data" / "golden"
RULES = HERE / "every-key.yaml"
FORM = HERE.parent / "forms" / "form_v1.docx"
KEPT = ("rule", "outcome", "level", "disputed", "expected", "actual", "difference", "message", "remedy")


def same_as(name: str, text: str) -> None:
    path = HERE / name
    if os.environ.get("VIDCHECK_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def vidcheck(folder: Path, *arguments: str | Path) -> None:
    environment = os.environ | {"TZ": "Asia/Shanghai", "VIDCHECK_CACHE_DIR": str(folder / "cache")}
    command = [sys.executable, "-m", "vidcheck", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True, timeout=120
    )
    assert done.returncode in {0, 1, 3}, done.stderr


def findings(folder: Path, *arguments: str | Path) -> str:
    """One line for each entry, and one for each of its findings."""
    vidcheck(
        folder, "check", *arguments, "--rules", RULES, "--witness", "mediainfo", "--no-cache", "--report", "json:r.json"
    )
    report: dict[str, Any] = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    rows: list[Any] = [report["summary"], *(list(map(row.get, KEPT)) for row in report["batch"])]
    for entry in report["entries"]:
        rows += [[entry["path"], entry["verdict"]], *(list(map(row.get, KEPT)) for row in entry["findings"])]
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def clips(folder: Path) -> None:
    """Entries made by byte surgery, a folder each."""
    whole = surgery.clip()
    made = {
        "plain": whole,
        "turned": surgery.set_rotation(whole, 90),
        "fragments": fragmented(),
        "silent": surgery.remove_track(whole, "soun"),
        "anamorphic": surgery.set_pixel_aspect(whole, 4, 3),
        "hd": surgery.set_duration(surgery.set_stored_size(whole, 1920, 1080), Fraction(8)),
        "cut": surgery.truncate(whole, Fraction(1, 2)),
        "text": b"no film at all\n" * 20,
    }
    for name, data in made.items():
        (folder / name).mkdir(parents=True)
        os.utime(put(folder / name / "film.mp4", data), (1_642_204_800, 1_642_204_800))
    shutil.copy(FORM, folder / "hd" / "推荐表.docx")
    (folder / "hd" / "scan.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(30_000))


def test_the_rules_ask_every_key_that_is_known_without_decoding() -> None:
    # What is decoded is compared within an agreement (tests/witnesses/content), because ffmpeg's versions differ a little.
    rules = read_rules(RULES.read_bytes(), "every-key.yaml")
    assert {key for rule in rules.rules for key in rule.keys} >= set(KEYS) - CONTENT_KEYS


def test_what_comes_of_the_samples_of_the_demo(tmp_path: Path) -> None:
    vidcheck(tmp_path, "demo", "samples")
    for path in (tmp_path / "samples").iterdir():
        os.utime(path, (1_642_204_800, 1_642_204_800))
    same_as("samples.jsonl", findings(tmp_path, "samples", "--skip", "sum"))


def test_what_comes_of_clips_made_by_surgery(tmp_path: Path) -> None:
    clips(tmp_path / "entries")
    shutil.copy(HERE / "entries.csv", tmp_path / "entries.csv")
    same_as("clips.jsonl", findings(tmp_path, "entries", "--manifest", "entries.csv"))
