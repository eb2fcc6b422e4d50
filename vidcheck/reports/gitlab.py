"""GitLab Code Quality: a list of issues, one for each finding that needs attention and for each remark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vidcheck.facts import visible
from vidcheck.findings import Level, Outcome
from vidcheck.quantities import Manner
from vidcheck.reports.finding import wanting
from vidcheck.reports.json import encode, safe
from vidcheck.reports.paths import exact
from vidcheck.reports.words import INCOMPLETE, figures, fingerprint, line, words_of
from vidcheck.texts import Spoken, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.findings import Finding, Report

_SEVERITIES = {
    (Outcome.FAIL, Level.REQUIRED): "critical", (Outcome.FAIL, Level.RECOMMENDED): "minor",
    (Outcome.UNKNOWN, Level.REQUIRED): "major", (Outcome.UNKNOWN, Level.RECOMMENDED): "info",
}  # fmt: skip


def render(report: Report, lang: str = "en") -> bytes:
    """The report's issues as JSON, UTF-8, one a line."""
    rows = ",\n".join(encode(issue) for issue in _issues(report, lang))
    return safe(f"[\n{rows}\n]" if rows else "[]")


def _issues(report: Report, lang: str) -> Iterator[dict[str, Any]]:
    manner = Manner(lang, report.rules.zone)
    if report.incomplete:
        place = {"path": _relative(visible(report.rules.source)), "lines": {"begin": 1}}
        yield _issue("incomplete", INCOMPLETE.render(lang), "blocker", place, fingerprint("incomplete"))
    for entry in report.entries:
        place = {"path": _relative(exact(entry.entry)[0]), "lines": {"begin": 1}}
        for finding in filter(wanting, entry.findings):
            yield _finding(finding, place, fingerprint(entry.entry.path, finding.rule), manner)
        remarks = [(finding.rule, remark) for finding in entry.findings for remark in finding.remarks]
        for rule, remark in [*remarks, *(("remark", remark) for remark in entry.remarks)]:
            unique = fingerprint(entry.entry.path, rule, remark.render("en"))
            yield _issue(rule, line(remark, lang), "info", place, unique)
    for finding in filter(wanting, report.batch):
        place = {"path": _relative(visible(finding.place.file)), "lines": {"begin": finding.place.line}}
        yield _finding(finding, place, fingerprint("batch", finding.rule, finding.actual.render("en")), manner)


def _finding(finding: Finding, place: dict[str, Any], unique: str, manner: Manner) -> dict[str, Any]:
    said = words_of(finding, manner)
    words = said.message
    if isinstance(finding.message, Spoken):
        words = say("{message} ({figures})", message=words, figures=figures(finding, manner)).render(manner.lang)
    if said.decision:
        words = say("{message} ({figures})", message=words, figures=said.decision).render(manner.lang)
    return _issue(finding.rule, words, _SEVERITIES[finding.standing, finding.level], place, unique)


def _issue(rule: str, words: str, severity: str, place: dict[str, Any], unique: str) -> dict[str, Any]:
    return {
        "description": words,
        "check_name": visible(rule),
        "fingerprint": unique,
        "severity": severity,
        "location": place,
    }


def _relative(path: str) -> str:
    """A path for GitLab, relative to the repository's root and without `./`."""
    return path.removeprefix("./")
