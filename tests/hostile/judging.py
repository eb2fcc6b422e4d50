"""Very many mutants judged in few tasks: a worker makes each from its seed, looks, judges and doubts.

A run of the command line for each would cost a hundred times as much; what it adds (order, loss, lost workers) has
tests of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tests.hostile import harmless, mutator, soundness
from tests.hostile.batch import RULES
from tests.kit import look_here, rules_text
from vidcheck.engine import judge_entry
from vidcheck.facts import Entry
from vidcheck.findings import Outcome, Verdict
from vidcheck.rules.reader import read_rules
from vidcheck.sources.targets import Target

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vidcheck.rules.model import Rules
    from vidcheck.workers.pool import Workers

DEADLINE = 60.0
"""Seconds for a task: far more than its mutants take on a busy machine."""
_TASK = 50
"""Mutants in a task."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What makes a mutant."""

    seed: int
    harm: str | None = None
    """A destroyer's name, or "" for any of them; None for small harm anywhere."""
    harmless: bool = False
    """Whether to change nothing that matters."""

    def make(self) -> mutator.Mutant:
        """The mutant."""
        if self.harmless:
            return harmless.change(self.seed)
        return mutator.mutate(self.seed) if self.harm is None else mutator.destroy(self.seed, self.harm or None)


def troubles(workers: Workers, recipes: Sequence[Recipe], folder: Path) -> list[str]:
    """What is wrong with how mutants are judged: the harmed that came out eligible, and what ended no task or broke it."""
    tasks = [recipes[at : at + _TASK] for at in range(0, len(recipes), _TASK)]
    futures = [workers.submit(look_at_all, task, str(folder), deadline=DEADLINE) for task in tasks]
    told: list[str] = []
    for task, future in zip(tasks, futures, strict=True):
        try:
            told += future.result()
        except Exception:  # noqa: BLE001 - one of them takes its worker along: which?
            told += [trouble for recipe in task for trouble in _alone(workers, recipe, folder)]
    return told


def _alone(workers: Workers, recipe: Recipe, folder: Path) -> list[str]:
    try:
        return list(workers.submit(look_at_all, [recipe], str(folder), deadline=DEADLINE).result())
    except Exception as why:  # noqa: BLE001 - it is told
        return [f"{recipe}: {type(why).__name__}: {why}"]


def look_at_all(recipes: Sequence[Recipe], folder: str) -> list[str]:
    """What a worker runs."""
    from pathlib import Path

    return [trouble for recipe in recipes for trouble in look_at(recipe.make(), Path(folder))]


def look_at(mutant: mutator.Mutant, folder: Path) -> list[str]:
    """Judges one mutant as a run does, ffprobe left out; what is wrong with the answer."""
    path = mutant.put(folder)
    try:
        seen = look_here(Target(path=str(path), follow=True))
    finally:
        path.unlink()
    report = judge_entry(Entry(path=path.name), seen, _rules()).report
    if report.verdict is not Verdict.ELIGIBLE:
        odd = [finding.message.render("en") for finding in report.findings if finding.outcome is not Outcome.PASS]
        return [f"{mutant.seed}: {report.verdict} {odd} {mutant.steps}"] if mutant.harmless else []
    why = [mutant.doomed] if mutant.doomed else [] if mutant.harmless else soundness.doubts(mutant.data)
    return [f"{mutant.seed}: {why} {mutant.steps}"] if why else []


@cache
def _rules() -> Rules:
    return read_rules(rules_text(RULES).encode(), "rules.yaml")
