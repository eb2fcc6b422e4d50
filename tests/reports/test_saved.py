"""The reader of our own JSON report: what it returns, and that whatever the bytes are, one error names the place."""

from __future__ import annotations

import json as stdlib
import pickle
import random
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from tests.reports import build, foreign
from vidcheck.findings import Choice, Decision, Outcome, Place, Verdict
from vidcheck.quantities import DATE
from vidcheck.reports import json, saved
from vidcheck.reports.paths import exact
from vidcheck.reports.saved import NotAReportError, SavedEntry, SavedReport
from vidcheck.storage.archive import marks_of
from vidcheck.texts import Plain

if TYPE_CHECKING:
    from vidcheck.findings import Report


def parsed(report: Report) -> Any:
    return stdlib.loads(json.render(report))


def read(raw: object, name: str = "b.json") -> SavedReport:
    return saved.read(stdlib.dumps(raw).encode(), name)


def entry_of(**more: Any) -> SavedEntry:
    (entry,) = read(changed(("entries", 0), **more)).entries
    return entry


def changed(where: tuple[str | int, ...], **members: Any) -> Any:
    """A sound report of one entry, in which the object at that place has other members."""
    report = parsed(build.report(build.failing()))
    at = report
    for step in where:
        at = at[step]
    at.update(members)
    return report


GOOD = parsed(build.report(build.failing()))
FINDING = ("entries", 0, "findings", 0)
EVIDENCE = (*FINDING, "evidence", 0)
AMISS = "b.json: {} is not as in a JSON report of vidcheck"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("report", [build.folder(incomplete=True), foreign.report(), build.report()], ids=["folder", "hostile", "empty"])  # fmt: skip
def test_what_is_written_comes_back(report: Report, lang: str) -> None:
    told = saved.read(json.render(report, lang), "r.json")
    assert (told.lang, told.incomplete, told.tool) == (lang, report.incomplete, report.tool)
    assert told.digest == report.rules.digest
    assert told.rules == tuple(rule.rule for rule in report.rules.rules)
    assert len(told.batch) == len(report.batch)
    for entry, was in zip(told.entries, report.entries, strict=True):
        assert (entry.path, entry.path_bytes, entry.size) == (*exact(was.entry), was.size)
        assert entry.verdict is was.verdict
        for finding, of in zip(entry.findings, was.findings, strict=True):
            assert (finding.outcome, finding.level, finding.keys) == (of.outcome, of.level, of.keys)
            assert finding.standing is of.standing
            assert [fact.witness for fact in finding.evidence] == [fact.witness for fact in of.evidence]


def test_a_remedy_comes_back_without_its_command() -> None:
    (entry,) = saved.read(json.render(build.report(build.entry("a.mp4", build.long_duration()))), "r.json").entries
    assert entry.findings[0].remedy == "Cut at least 12.480 s."
    assert entry.findings[0].command.startswith("ffmpeg -i ")


@pytest.mark.parametrize(
    ("choice", "void", "standing", "waits"),
    [
        (None, None, Outcome.UNKNOWN, True), (Choice.ACCEPT, None, Outcome.PASS, False),
        (Choice.REJECT, None, Outcome.FAIL, False), (Choice.ACCEPT, Plain("other bytes"), Outcome.UNKNOWN, True),
    ],
)  # fmt: skip
def test_a_decision_counts_unless_it_is_void(
    choice: Choice | None, void: Plain | None, standing: Outcome, waits: bool
) -> None:
    decision = choice and Decision(
        entry="a.mp4", checksum="0" * 64, rule="x", choice=choice, by="Li", reason="seen", date=DATE.read("2022-05-01"),
        place=Place("decisions.yaml", 1, 1), void=void,
    )  # fmt: skip
    finding = build.finding("x", "unknown", why=Plain("?"), decision=decision)
    (entry,) = saved.read(json.render(build.report(build.entry("a.mp4", finding))), "r.json").entries
    assert (entry.findings[0].standing, entry.findings[0].waits) == (standing, waits)
    assert len(entry.waiting) == waits


def test_an_entry_is_found_by_the_bytes_of_its_name() -> None:
    (entry,) = saved.read(json.render(build.report(build.entry("a\udcff.mp4"))), "r.json").entries
    assert entry.entry.path == "a\udcff.mp4"
    assert entry.identity == "a\\xff.mp4 [61ff2e6d7034]"
    assert entry_of().identity == entry_of().entry.path == "entries/017.mp4"


FACTS = [
    {"key": "checksum", "witness": "filesystem", "value": "aa"}, {"key": "duration", "witness": "boxes", "value": 3},
    {"key": "declared.authors", "witness": "declared", "value": ["张三", "李四"]},
    {"key": "declared.title", "witness": "declared", "value": None, "absent": True},
    {"key": "declared.first-author", "witness": "declared", "value": "x" * 5000},
]  # fmt: skip
ARCHIVED = ("checksum", "declared.title", "declared.authors")


def test_evidence_comes_back_as_facts() -> None:
    (entry,) = read(changed(FINDING, evidence=FACTS)).entries
    marks = marks_of(entry.facts(ARCHIVED))
    assert [(each.kind, each.value) for each in marks] == [("checksum", "aa"), ("declared.authors", "张三\x1f李四")]
    (long,) = entry.facts(("declared.first-author",))
    assert len(long.value) == 4096


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (None, "b.json is not a JSON report of vidcheck"),
        ([], "b.json is not a JSON report of vidcheck"),
        ({"schema": 1, "tool": {}, "entries": []}, "b.json is not a JSON report of vidcheck"),
        ({**GOOD, "schema": 2}, "b.json has schema 2; this version reads schema 1"),
        ({**GOOD, "schema": True}, "b.json has schema True; this version reads schema 1"),
        ({**GOOD, "tool": {"vidcheck": 1}}, AMISS.format("tool")),
        ({**GOOD, "incomplete": 0}, AMISS.format("incomplete")),
        ({**GOOD, "batch": {}}, AMISS.format("batch")),
        ({**GOOD, "batch": [{}]}, AMISS.format("batch[0].rule")),
        ({**GOOD, "entries": {}}, AMISS.format("entries")),
        ({**GOOD, "entries": [1]}, AMISS.format("entries[0]")),
        ({**GOOD, "entries": [{}]}, AMISS.format("entries[0].path")),
        ({**GOOD, "entries": [GOOD["entries"][0], {}]}, AMISS.format("entries[1].path")),
        ({**GOOD, "rules": {"list": [], "digest": 1}}, AMISS.format("rules.digest")),
        ({**GOOD, "entries": [{"path": "a", "verdict": [], "findings": []}]}, AMISS.format("entries[0].verdict")),
        (
            {**GOOD, "entries": [{"path": "a", "verdict": "review", "findings": [{"rule": "r", "outcome": "x"}]}]},
            AMISS.format("entries[0].findings[0].outcome"),
        ),
        (changed(("rules",), list=[{"rule": "a"}, {"rule": 1}]), AMISS.format("rules.list[1].rule")),
        (changed(("rules",), deadline="2022-13-01"), AMISS.format("rules.deadline")),
        (changed(("entries", 0), path=""), AMISS.format("entries[0].path")),
        (changed(("entries", 0), path_bytes="f"), AMISS.format("entries[0].path_bytes")),
        (changed(("entries", 0), size=-1), AMISS.format("entries[0].size")),
        (changed(("entries", 0), size=2**63), AMISS.format("entries[0].size")),
        (changed(("entries", 0), findings=[3]), AMISS.format("entries[0].findings[0]")),
        (changed(FINDING, evidence=None), AMISS.format("entries[0].findings[0].evidence")),
        (changed(FINDING, decision={"decision": "maybe"}), AMISS.format("entries[0].findings[0].decision.decision")),
        (changed(FINDING, place=None), AMISS.format("entries[0].findings[0].place")),
        (changed(FINDING, place={"file": "a", "line": "1"}), AMISS.format("entries[0].findings[0].place.line")),
        (changed(EVIDENCE, key=[]), AMISS.format("entries[0].findings[0].evidence[0].key")),
        (changed(EVIDENCE, witness=[]), AMISS.format("entries[0].findings[0].evidence[0].witness")),
        (changed(EVIDENCE, key="checksum", value=["x"]), AMISS.format("entries[0].findings[0].evidence[0].value")),
        (
            changed(EVIDENCE, key="declared.authors", value=["x", 1]),
            AMISS.format("entries[0].findings[0].evidence[0].value"),
        ),
    ],
)
def test_what_is_no_report_is_said(raw: object, words: str) -> None:
    with pytest.raises(NotAReportError) as caught:
        read(raw)
    assert str(caught.value) == words
    assert caught.value.words.render("en") == words
    assert str(pickle.loads(pickle.dumps(caught.value))) == words  # noqa: S301 - our own


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff", b"[" * 200_000, b'{"schema": ' + b"1" * 9999 + b"}"],
    ids=["empty", "half", "bytes", "deep", "huge-number"],
)  # fmt: skip
def test_what_is_no_json_is_said(data: bytes) -> None:
    with pytest.raises(NotAReportError, match=r"a\.json is not JSON"):
        saved.read(data, "a.json")


def test_a_report_of_an_earlier_version_is_read() -> None:
    report = changed(())
    for member in ("lang", "batch"):
        del report[member]
    del report["rules"]["deadline"]
    told = read(report)
    assert (told.lang, told.deadline, told.batch) == ("", None, ())
    assert told.entries[0].verdict is Verdict.INELIGIBLE


STRANGE: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**64,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "x",
    "\ud800",
    "\x1b[2J",
    [],
    [[]],
    {},
    {"rule": 1},
)


@cache
def _reports() -> tuple[str, ...]:
    """Two reports; long texts, which make 3 MB of the second, are cut so that it can be read a thousand times."""
    return tuple(stdlib.dumps(_cut(parsed(report))) for report in (build.folder(), foreign.report()))


def _cut(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _cut(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_cut(one) for one in value]
    return value[:1000] if isinstance(value, str) else value


def test_texts_of_any_length_are_read() -> None:
    report = foreign.report()
    told = read(parsed(report))
    assert len(told.entries) == len(report.entries)
    assert max(len(entry.entry.path) for entry in told.entries) > 10_000


@pytest.mark.parametrize("seed", range(60))
def test_a_member_of_any_other_value_is_read_or_refused(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - no secret
    for _ in range(20):
        report = stdlib.loads(dice.choice(_reports()))
        at = report
        while isinstance(at, (dict, list)) and at:
            step = dice.choice(list(at)) if isinstance(at, dict) else dice.randrange(len(at))
            if dice.random() < 0.3 or not isinstance(at[step], (dict, list)) or not at[step]:
                at[step] = dice.choice(STRANGE)
                break
            at = at[step]
        try:
            told = read(report)
        except NotAReportError:
            continue
        for entry in told.entries:
            list(entry.facts(ARCHIVED))
            assert entry.entry.path
            assert saved.line(entry.path, 50).isprintable()
