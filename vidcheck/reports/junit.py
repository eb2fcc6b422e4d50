"""JUnit XML for CI servers: a suite for each entry, a case for each rule; unknown is an error, manual and skip are skipped.

It follows the schema of the Jenkins xUnit plugin, which has neither a total of skipped cases nor a file attribute for a
case.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from vidcheck.facts import visible
from vidcheck.findings import Outcome
from vidcheck.quantities import Manner
from vidcheck.reports.paths import exact
from vidcheck.reports.words import INCOMPLETE, fault, lines, paragraphs, words_of
from vidcheck.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from vidcheck.findings import EntryReport, Finding, Report
    from vidcheck.reports.words import Words

_UNHELD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML 1.0 doesn't allow, not even as references (surrogates are no valid Unicode)."""
_ELEMENTS = {
    Outcome.FAIL: "failure", Outcome.UNKNOWN: "error", Outcome.MANUAL: "skipped", Outcome.SKIP: "skipped",
}  # fmt: skip


def render(report: Report, lang: str = "en") -> bytes:
    """The whole report as JUnit XML, UTF-8."""
    manner = Manner(lang, report.rules.zone)
    failures, errors = _count(report, Outcome.FAIL), _count(report, Outcome.UNKNOWN) + report.incomplete
    tests = _count(report, *Outcome) + report.incomplete
    name = report.rules.title_in(lang) or report.rules.source_in(lang)
    head = {"name": f"vidcheck: {name}", "tests": tests, "failures": failures, "errors": errors}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites{_attributes(head)}>", *_whole(report, lang)]
    for entry in report.entries:
        lines += _entry(entry, manner)
    if report.batch:
        lines += _suite("batch", report.batch, {}, (), manner)
    return "\n".join([*lines, "</testsuites>", ""]).encode()


def _whole(report: Report, lang: str) -> Iterator[str]:
    """A suite with an error if entries are missing, so that CI servers don't take the report for complete."""
    if report.incomplete:
        case = {"name": "complete", "classname": "vidcheck"}
        error = {"type": "incomplete", "message": INCOMPLETE.render(lang)}
        yield f"<testsuite{_attributes({'name': 'vidcheck', 'tests': 1, 'failures': 0, 'errors': 1, 'skipped': 0})}>"
        yield f"<testcase{_attributes(case)}><error{_attributes(error)}/></testcase>"
        yield "</testsuite>"


def _entry(entry: EntryReport, manner: Manner) -> Iterator[str]:
    path, raw = exact(entry.entry, _UNHELD)
    properties = {
        "verdict": entry.verdict.value,
        "size": "" if entry.size is None else str(entry.size),
        "path_bytes": raw,
    }
    faults = [fault(each, manner.lang) for each in entry.faults]
    remarks = lines(entry.remarks, manner.lang)
    yield from _suite(path, entry.findings, properties, faults, manner, remarks=remarks)


def _suite(
    name: str, findings: Sequence[Finding], properties: dict[str, str], faults: Sequence[str], manner: Manner, *,
    remarks: Sequence[str] = (),
) -> Iterator[str]:  # fmt: skip
    outcomes = [finding.standing for finding in findings]
    head = {
        "name": Exact(name),
        "tests": len(outcomes),
        "failures": outcomes.count(Outcome.FAIL),
        "errors": outcomes.count(Outcome.UNKNOWN),
        "skipped": outcomes.count(Outcome.MANUAL) + outcomes.count(Outcome.SKIP),
        **({"file": Exact(name)} if properties else {}),
    }
    yield f"<testsuite{_attributes(head)}>"
    given = {key: value for key, value in properties.items() if value}
    if given:
        rows = "".join(f"<property{_attributes({'name': key, 'value': value})}/>" for key, value in given.items())
        yield f"<properties>{rows}</properties>"
    for finding in findings:
        yield _case(name, finding, manner)
    if remarks:
        yield f"<system-out>{_lines(remarks)}</system-out>"
    if faults:
        yield f"<system-err>{_lines(faults)}</system-err>"
    yield "</testsuite>"


def _case(suite: str, finding: Finding, manner: Manner) -> str:
    head = _attributes({"name": finding.rule, "classname": Exact(suite)})
    words = words_of(finding, manner)
    if finding.standing is Outcome.PASS:
        said = [*([words.decision] if words.decision else []), *words.remarks]
        return f"<testcase{head}>{_out(said)}</testcase>" if said else f"<testcase{head}/>"
    element = _ELEMENTS[finding.standing]
    if element == "skipped":
        skipped = f"<skipped{_attributes({'message': words.message})}/>"
        return f"<testcase{head}>{skipped}{_out(words.remarks)}</testcase>"
    kind = _attributes({"type": finding.level.value, "message": _headline(words, manner.lang)})
    body = _lines(list(paragraphs(finding, manner)))
    return f"<testcase{head}><{element}{kind}>{body}</{element}></testcase>"


def _out(rows: Sequence[str]) -> str:
    return f"<system-out>{_lines(rows)}</system-out>" if rows else ""


def _headline(words: Words, lang: str) -> str:
    if not words.difference:
        return words.message
    return say("{message} ({difference})", message=words.message, difference=words.difference).render(lang)


def _count(report: Report, *outcomes: Outcome) -> int:
    every = [*report.batch, *(finding for entry in report.entries for finding in entry.findings)]
    return sum(finding.standing in outcomes for finding in every)


class Exact(str):
    """A text that XML holds as it is: what a terminal obeys stands as a reference to the character."""

    __slots__ = ()


def _attributes(values: Mapping[str, object]) -> str:
    return "".join(
        f' {name}="{_referred(value) if isinstance(value, Exact) else _xml(str(value))}"'
        for name, value in values.items()
    )


def _referred(text: str) -> str:
    return "".join(char if char.isprintable() else f"&#{ord(char)};" for char in html.escape(text))


def _lines(rows: Sequence[str]) -> str:
    return "\n".join(map(_xml, rows))


def _xml(text: str) -> str:
    """A one-line text as XML; characters that XML doesn't allow (control characters, surrogates, U+FFFE) are escaped."""
    return html.escape(visible(text))
