"""SARIF 2.1.0: every rule with every outcome, the entry as location, the rule's line as related location."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from vidcheck.facts import Entry, visible
from vidcheck.findings import Choice, Level, Outcome
from vidcheck.quantities import Manner
from vidcheck.reports.json import encode, rows, rule_members, safe
from vidcheck.reports.paths import members
from vidcheck.reports.words import INCOMPLETE, fault, fingerprint, lines, words_of
from vidcheck.texts import LANGUAGES, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.findings import EntryReport, Finding, Place, Report

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_KINDS = {
    Outcome.PASS: "pass", Outcome.FAIL: "fail", Outcome.UNKNOWN: "open", Outcome.MANUAL: "review",
    Outcome.SKIP: "notApplicable",
}  # fmt: skip
_LEVELS = {Level.REQUIRED: "error", Level.RECOMMENDED: "warning"}
_TOLD = ("expected", "actual", "difference", "remedy", "command")


def render(report: Report, lang: str = "en") -> bytes:
    """The whole report as a SARIF log of one run, UTF-8; a result a line."""
    manner = Manner(lang, report.rules.zone)
    rules = _rules(report, lang)
    order = {rule["id"]: at for at, rule in enumerate(rules)}
    head = {
        "tool": {"driver": _driver(report, rules, lang), "extensions": _witnesses(report)},
        "columnKind": "unicodeCodePoints",
        "language": LANGUAGES[lang].tag,
        "invocations": [_invocation(report, lang)],
        "properties": {"summary": _summary(report), "incomplete": report.incomplete},
    }
    artifacts = (encode(_artifact(entry)) for entry in report.entries)
    results = (encode(_result(finding, at, path, order, manner)) for finding, at, path in _findings(report))
    return safe(
        f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [{encode(head)[:-1]},\n'
        f'"artifacts": [{rows(artifacts)}],\n"results": [{rows(results)}]}}]}}'
    )


def _driver(report: Report, rules: list[dict[str, Any]], lang: str) -> dict[str, Any]:
    return {
        "name": "vidcheck",
        "version": report.tool.get("vidcheck", ""),
        "shortDescription": {"text": "Checks video entries against the rules of a call for entries."},
        "rules": rules,
        "properties": {
            "witness": report.tool.get("witness", ""),
            "rules": {
                "title": visible(report.rules.title_in(lang)),
                "source": visible(report.rules.source),
                "digest": report.rules.digest,
                "timezone": report.rules.timezone,
            },
        },
    }


def _witnesses(report: Report) -> list[dict[str, str]]:
    tools = ((name, version) for name, version in report.tool.items() if name not in {"vidcheck", "witness"})
    return [{"name": name, "version": version} for name, version in tools]


def _rules(report: Report, lang: str) -> list[dict[str, Any]]:
    """Every rule that was applied, then those that only findings name."""
    listed = [_descriptor(rule_members(rule, lang)) for rule in report.rules.rules]
    known = {rule["id"] for rule in listed}
    spoken = dict.fromkeys(visible(finding.rule) for finding, _, _ in _findings(report))
    return listed + [{"id": rule} for rule in spoken if rule not in known]


def _descriptor(rule: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": visible(rule["rule"]),
        "shortDescription": {"text": _message(rule["meaning"])},
        "defaultConfiguration": {"level": _LEVELS[Level(rule["level"])]},
        "properties": {name: rule[name] for name in ("keys", "level", "limits", "place")},
    }


def _invocation(report: Report, lang: str) -> dict[str, Any]:
    """The run: unsuccessful if entries are missing; with the witnesses that failed, and the entries' own remarks."""
    notes = []
    for at, entry in enumerate(report.entries):
        said = [("warning", fault(each, lang)) for each in entry.faults]
        said += [("note", remark) for remark in lines(entry.remarks, lang)]
        notes += [
            {"level": level, "message": {"text": _message(words)}, "locations": [_location(entry.entry.path, at)]}
            for level, words in said
        ]
    if report.incomplete:
        notes.insert(0, {"level": "error", "message": {"text": INCOMPLETE.render(lang)}})
    return {"executionSuccessful": not report.incomplete, "toolExecutionNotifications": notes}


def _summary(report: Report) -> dict[str, int]:
    counts = report.summary
    return {name: getattr(counts, name) for name in type(counts).__slots__}


def _artifact(entry: EntryReport) -> dict[str, Any]:
    properties = {"verdict": entry.verdict.value, **members(entry.entry)}
    return {
        "location": {"uri": _uri(entry.entry.path)},
        **({"length": entry.size} if entry.size is not None else {}),
        "roles": ["analysisTarget"],
        "properties": properties,
    }


def _findings(report: Report) -> Iterator[tuple[Finding, int, str]]:
    """Every finding with its entry's index in the report and path; -1 for findings on several entries."""
    for at, entry in enumerate(report.entries):
        yield from ((finding, at, entry.entry.path) for finding in entry.findings)
    yield from ((finding, -1, "") for finding in report.batch)


def _result(finding: Finding, at: int, path: str, order: dict[str, int], manner: Manner) -> dict[str, Any]:
    words = words_of(finding, manner)
    unique = (path, finding.rule) if at >= 0 else ("batch", finding.rule, finding.actual.render("en"))
    return {
        "ruleId": visible(finding.rule),
        "ruleIndex": order[visible(finding.rule)],
        "kind": _KINDS[finding.outcome],
        # SARIF 3.27.10: level is none unless kind is fail.
        "level": _LEVELS[finding.level] if finding.outcome is Outcome.FAIL else "none",
        "message": {"text": _message(words.message)},
        "locations": [_location(path, at)] if at >= 0 else [],
        "relatedLocations": [_place(finding.place, manner.lang)],
        "partialFingerprints": {"entryAndRule/v1": fingerprint(*unique)},
        "properties": {
            "level": finding.level.value,
            "disputed": finding.disputed,
            **{name: getattr(words, name) for name in _TOLD if getattr(words, name)},
            "evidence": list(words.witnesses),
            **({"decision": words.decision} if words.decision else {}),
            **({"remarks": list(words.remarks)} if words.remarks else {}),
        },
        **_suppressions(finding, words.decision),
    }


def _suppressions(finding: Finding, words: str) -> dict[str, Any]:
    """A person's decision as a SARIF suppression (3.35): external, with a status that says whether it is valid."""
    decision = finding.decision
    if decision is None or decision.against or (decision.choice is Choice.REJECT and decision.void is None):
        return {}
    return {
        "suppressions": [
            {"kind": "external", "status": "rejected" if decision.void else "accepted", "justification": words}
        ]
    }


@lru_cache
def _location(path: str, index: int) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(path), "index": index}}}


@lru_cache
def _place(place: Place, lang: str) -> dict[str, Any]:
    asked = {"text": say("the rule that asked").render(lang)}
    region = {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)}
    location = {"artifactLocation": {"uri": _uri(place.file)}, "region": region}
    return {"id": 1, "message": asked, "physicalLocation": location}


def _message(text: str) -> str:
    """A text as a message; `[…](…)` would be a link (SARIF 3.11.6), so brackets get a backslash."""
    return text.replace("[", "\\[").replace("]", "\\]") if "](" in text else text


def _uri(path: str) -> str:
    """A path as a URI reference: every byte that is no plain letter or figure as `%xx`, so that none can be a scheme; a URL as it is."""
    try:
        raw = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # not a file name, but texts of a rules file may contain anything
        raw = visible(path).encode()
    if Entry(path=path).remote:
        return quote(raw, safe="/:" if path.startswith("s3://") else "/:?#[]@!$&'()*+,;=%~")
    uri = quote(raw, safe="/")
    return f"file://{uri}" if uri.startswith("/") else uri
