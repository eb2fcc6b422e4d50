"""Hundreds of entries, one in twenty hostile, in one run: nothing is lost, the order and the exit code are right.

`VIDCHECK_SOAK=10000 pytest -m slow -n 0 tests/hostile/test_soak.py` is the nightly size; `python -m benchmarks.soak`
measures the same through the command line.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from tests.hostile import crowd
from tests.kit import Run, rules_text
from vidcheck.cli import exits
from vidcheck.findings import Report
from vidcheck.reports import json as json_report
from vidcheck.rules.reader import read_rules
from vidcheck.rules.summary import summarise
from vidcheck.session.messages import Policy
from vidcheck.sources.targets import find
from vidcheck.workers.pool import Workers

if TYPE_CHECKING:
    from pathlib import Path


MANY = int(os.environ.get("VIDCHECK_SOAK", "500"))
DENSE = 3
"""One in so many is hostile where both witnesses are asked about all, which takes ten times as long."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("witness", "count", "every"),
    [("auto", MANY, crowd.EVERY), ("all", DENSE * len(crowd.HOSTILE), DENSE)],
    ids=["auto", "all"],
)
def test_nothing_of_a_hostile_crowd_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, witness: str, count: int, every: int
) -> None:
    monkeypatch.chdir(tmp_path)
    made = crowd.make(tmp_path / "in", count, every=every)
    found = find(["in"])
    crowd.vanish(made)
    rules = read_rules(rules_text(crowd.RULES).encode(), "rules.yaml")
    workers = Workers(2)
    try:
        run = Run(rules=rules, workers=workers, count=2, policy=Policy(witness), timeout=60.0)
        entries = tuple(run.reports(found.targets))
        versions = workers.versions()
    finally:
        workers.stop()
    assert run.internal == []
    report = Report(tool=versions, rules=summarise(rules), entries=entries, ignored=tuple(found.ignored))
    assert crowd.wrong(made, json.loads(json_report.render(report)), tmp_path) == []
    assert exits.verdict_code([entry.verdict for entry in entries]) == exits.INELIGIBLE
    assert not [fault for entry in entries for fault in entry.faults if "no answer" in fault.message.render("en")]
    gone = [
        entry
        for entry, one in zip(entries, sorted(made, key=lambda one: str(one.path)), strict=True)
        if one.kind == "vanishing"
    ]
    assert {fault.message.render("en") for entry in gone for fault in entry.faults} == {"it is not there any more"}
