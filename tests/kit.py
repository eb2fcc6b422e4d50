"""What many tests need: entries made by byte surgery, and a run over them."""

from __future__ import annotations

import os
import shutil
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vidcheck.rules.reader import read_rules
from vidcheck.samples import surgery
from vidcheck.session.messages import Policy
from vidcheck.session.running import Run
from vidcheck.sources.targets import find

if TYPE_CHECKING:
    from vidcheck.facts import Facts
    from vidcheck.findings import EntryReport, Finding
    from vidcheck.workers.pool import Workers

MB = 10**6
MAC_EPOCH = 2_082_844_800  # seconds from 1904-01-01 to 1970-01-01
HEAD = "vidcheck: 1\ncontest: {title: t, timezone: Asia/Shanghai}\nrules:\n"

needs_ffprobe = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def rules_text(rules: str) -> str:
    """A whole rules file around these rules, a line each."""
    return HEAD + "".join(f"  {line}\n" for line in rules.strip().splitlines())


def put(path: Path, data: bytes | None = None) -> Path:
    """A file with these bytes; by default the sample clip as it is."""
    path.write_bytes(surgery.clip() if data is None else data)
    return path


@cache
def fragmented(seconds: int = 10, *, mehd: bool = False, sidx: bool = False, mfra: bool = False) -> bytes:
    """The sample clip in fragments."""
    return surgery.fragment(surgery.clip(), Fraction(seconds), mehd=mehd, sidx=sidx, mfra=mfra)


@cache
def lasting(seconds: str) -> bytes:
    """The sample clip, made longer or shorter."""
    return surgery.set_duration(surgery.clip(), Fraction(seconds))


def room() -> int:
    """Bytes of address space for a worker that is forked from this process, which may have much already: a gigabyte more."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE") + 2**30


class Checker:
    """Runs rules over files with workers of its own."""

    def __init__(self, workers: Workers) -> None:
        self.workers = workers

    def reports(
        self, rules: str, *paths: Path | str, witness: str = "mediainfo", timeout: float = 30.0, count: int = 1
    ) -> list[EntryReport]:
        """Every entry's report."""
        sound = read_rules(rules_text(rules).encode(), "rules.yaml")
        run = Run(rules=sound, workers=self.workers, policy=Policy(witness), timeout=timeout, count=count)
        return list(run.reports(find([str(path) for path in paths]).targets))

    def report(self, rules: str, path: Path | str, witness: str = "mediainfo", timeout: float = 30.0) -> EntryReport:
        """One entry's report."""
        (report,) = self.reports(rules, path, witness=witness, timeout=timeout)
        return report

    def finding(self, rule: str, path: Path | str, witness: str = "mediainfo") -> Finding:
        """The first rule's finding."""
        return self.report(rule, path, witness).findings[0]

    def facts(self, path: Path | str, witness: str = "mediainfo") -> Facts:
        """What is known of one file."""
        run = Run(rules=None, workers=self.workers, policy=Policy(witness))
        ((_, facts),) = run.facts(find([str(path)]).targets)
        return facts
