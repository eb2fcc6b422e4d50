"""Many hostile files through one run, and what must hold of each."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.kit import Run, rules_text
from vidcheck.rules.reader import read_rules
from vidcheck.session.messages import Policy
from vidcheck.sources.targets import find

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.hostile.mutator import Mutant
    from vidcheck.findings import EntryReport
    from vidcheck.workers.pool import Workers

RULES = """
format: {is: mp4}
intact: {is: yes}
duration: {is: 3 min, tolerance: 0.5 s}
completed: {from: 2020-01-01, to: 2022-02-28}
picture: {fact: video.count, is: 1}
resolution: {is: 1920x1080}
playable: {is: yes}
open: {fact: encrypted, is: no}
lasts: {fact: picture.share, min: 90 %}
"""
"""What the clean clip meets; a mutant that lost any of it must not be eligible."""
TIMEOUT = 60.0
"""Seconds for one file: far more than a good one takes on a busy machine."""


@dataclass(slots=True)
class Seen:
    """What a batch came to."""

    reports: list[EntryReport] = field(default_factory=list)
    internal: list[str] = field(default_factory=list)

    def faults(self, witness: str | None = None) -> list[str]:
        """What the witnesses said who could not look."""
        return [words(report, witness) for report in self.reports if words(report, witness)]


def words(report: EntryReport, witness: str | None = None) -> str:
    """An entry's faults, in one line."""
    return "; ".join(
        f"{fault.witness}: {fault.message.render('en')}" for fault in report.faults if witness in (None, fault.witness)
    )


def run(
    workers: Workers, *paths: Path | str, witness: str = "mediainfo", rules: str = RULES, timeout: float = TIMEOUT
) -> Seen:
    """The reports of all entries that the paths name, by the rules."""
    sound = read_rules(rules_text(rules).encode(), "rules.yaml")
    going = Run(rules=sound, workers=workers, policy=Policy(witness), timeout=timeout)
    seen = Seen(internal=going.internal)
    seen.reports.extend(going.reports(find([os.fspath(path) for path in paths]).targets))
    return seen


def check(
    workers: Workers, mutants: Iterable[Mutant], folder: Path, witness: str
) -> Iterator[tuple[Mutant, EntryReport]]:
    """Each mutant with its report; asserts what holds of all: none is lost, nothing raises, nothing hangs."""
    every = sorted(mutants, key=lambda mutant: mutant.name)
    folder.mkdir()
    try:
        for mutant in every:
            mutant.put(folder)
        seen = run(workers, folder, witness=witness)
    finally:
        shutil.rmtree(folder)
    assert seen.internal == []
    assert [report.entry.name for report in seen.reports] == [mutant.name for mutant in every]
    assert [fault for fault in seen.faults() if "no answer" in fault or "error inside" in fault] == []
    yield from zip(every, seen.reports, strict=True)
