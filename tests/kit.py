"""What many tests need: entries made by byte surgery, and a run over them."""

from __future__ import annotations

import shutil
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.clips import surgery
from vidcheck.rules.reader import read_rules
from vidcheck.session import work
from vidcheck.session.messages import Assignment, Policy, Setup
from vidcheck.session.session import Options, Session
from vidcheck.sources.targets import find

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from vidcheck.facts import Entry, Facts
    from vidcheck.findings import EntryReport, Finding
    from vidcheck.rules.model import Rules
    from vidcheck.session.compare import Comparison
    from vidcheck.session.memo import Memory
    from vidcheck.sources.targets import Target
    from vidcheck.workers.pool import Workers
    from vidcheck.workers.protocol import Pool

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


def copy_folder(folder: Path, to: Path) -> None:
    """Copies modules with their bytecode, without what another process is just writing of it."""
    shutil.copytree(folder, to, ignore=shutil.ignore_patterns("*.pyc.*"))


@cache
def fragmented(seconds: int = 10, *, mehd: bool = False, sidx: bool = False, mfra: bool = False) -> bytes:
    """The sample clip in fragments."""
    return surgery.fragment(surgery.clip(), Fraction(seconds), mehd=mehd, sidx=sidx, mfra=mfra)


@cache
def lasting(seconds: str) -> bytes:
    """The sample clip, made longer or shorter."""
    return surgery.set_duration(surgery.clip(), Fraction(seconds))


def look_here(target: Target, policy: Policy = Policy.MEDIAINFO) -> Facts:
    """What is known of an entry, looked at in this process."""
    return work.check_entry(work.Prepared(Setup(policy=policy)), Assignment(target=target)).load_facts()


class Run:
    """A session over workers that are there already, opened at once."""

    def __init__(
        self, *, rules: Rules | None, workers: Pool, count: int = 1, policy: Policy = Policy.AUTO, memory: Memory | None = None,
        archive: Any = None, away: Workers | None = None, **options: Any,
    ) -> None:  # fmt: skip
        self.judged = options.pop("judged", None)
        decisions = options.pop("decisions", None)
        asked = Options(workers=count, witness=policy.value, **options)
        self.session = Session(rules, asked, judging=rules is not None, pool=workers).__enter__()
        self.session.memory, self.session.archive, self.session.decisions = memory, archive, decisions
        if away is not None:
            workers.away = away  # type: ignore[attr-defined]

    def reports(self, targets: list[Target]) -> Iterator[EntryReport]:
        return (finished.load() for finished in self.session.finished(targets, judged=self.judged))

    def unfinished(self) -> Iterator[EntryReport]:
        return (finished.load() for finished in self.session.unfinished())

    def facts(self, targets: list[Target]) -> Iterator[tuple[Entry, Facts]]:
        return self.session.facts(targets)

    @property
    def internal(self) -> list[str]:
        return self.session.internal

    @property
    def comparison(self) -> Comparison | None:
        return self.session._comparison

    @property
    def batch(self) -> tuple[Finding, ...]:
        return self.session.batch


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
