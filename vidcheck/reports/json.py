"""The JSON report and the JSON of `vidcheck facts`: stable shapes, written by hand, never a dump of inner types.

One line an entry's head and one line a finding: short enough to write for 10,000 entries, and readable in a pager
and in a diff.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any

from vidcheck.facts import State, visible
from vidcheck.quantities import DATE, Manner
from vidcheck.reports.agreement import agree, chosen
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vidcheck.facts import Entry, Fact, Facts, Fault, Key
    from vidcheck.findings import Decision, EntryReport, Finding, Place, Report, RuleSummary
    from vidcheck.texts import Readable

SCHEMA = 1
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
# RFC 8259 lets these stand in a string as they are, but a terminal that shows the report may obey them.
_UNSHOWN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def render(report: Report, lang: str = "en") -> bytes:
    """The whole report as JSON, UTF-8, with a newline at its end."""
    manner = Manner(lang, report.rules.zone)
    rules = {
        "title": report.rules.title,
        "source": visible(report.rules.source),
        "digest": report.rules.digest,
        "timezone": report.rules.timezone,
    }
    entries = (_entry(entry, manner) for entry in report.entries)
    lines = [
        "{" + _pair("schema", SCHEMA) + ",",
        _pair("incomplete", report.incomplete) + ",",
        _pair("tool", dict(report.tool)) + ",",
        '"rules": ' + _with_rows(rules, "list", (_encode(_rule(rule, lang)) for rule in report.rules.rules)) + ",",
        _pair("summary", _summary(report)) + ",",
        '"batch": [' + _rows(_encode(_finding(finding, manner)) for finding in report.batch) + "],",
        '"entries": [' + _rows(entries) + "]}",
    ]
    return _safe("\n".join(lines))


def render_facts(
    known: Sequence[tuple[Entry, Facts]], tool: Mapping[str, str], lang: str = "en", zone: tzinfo = UTC
) -> bytes:
    """What is known of each file as JSON: every key that any witness spoke of, in the vocabulary's order."""
    manner = Manner(lang, zone)
    lines = [
        "{" + _pair("schema", SCHEMA) + ",",
        _pair("tool", dict(tool)) + ",",
        '"entries": [' + _rows(_known(entry, facts, manner) for entry, facts in known) + "]}",
    ]
    return _safe("\n".join(lines))


def _entry(report: EntryReport, manner: Manner) -> str:
    head = {**_path(report.entry), "size": report.size, "verdict": report.verdict.value}
    tail = {"faults": [_fault(fault, manner.lang) for fault in report.faults]}
    return _with_rows(head, "findings", (_encode(_finding(finding, manner)) for finding in report.findings), tail)


def _finding(finding: Finding, manner: Manner) -> dict[str, Any]:
    lang, remedy = manner.lang, finding.remedy
    words = _words(remedy.words, lang) if remedy else None
    command = remedy.command if remedy and not _SURROGATE.search(remedy.command) else ""
    return {
        "rule": finding.rule,
        "keys": list(finding.keys),
        "outcome": finding.outcome.value,
        "level": finding.level.value,
        "disputed": finding.disputed,
        "expected": _words(finding.expected, lang),
        "actual": _words(finding.actual, lang),
        "difference": _optional(finding.difference, lang),
        "message": _words(finding.message, lang),
        "remedy": f"{words}\n{command}" if command else words,
        **({"command": command} if command else {}),
        "evidence": [_evidence(fact, manner) for fact in finding.evidence],
        "place": _place(finding.place),
        **({"decision": _decision(finding.decision, lang)} if finding.decision else {}),
    }


def _decision(decision: Decision, lang: str) -> dict[str, Any]:
    return {
        "decision": decision.choice.value,
        "by": decision.by,
        "reason": decision.reason,
        "date": DATE.write(decision.date),
        "entry": decision.entry,
        "checksum": decision.checksum,
        "void": _words(decision.void, lang) if decision.void else None,
        "place": _place(decision.place),
    }


def _evidence(fact: Fact, manner: Manner) -> dict[str, Any]:
    return {
        "key": fact.key,
        "witness": fact.witness.value,
        "locator": fact.locator,
        "raw": fact.raw,
        **_value(KEYS[fact.key], fact, manner),
        **({"note": _words(fact.note, manner.lang)} if fact.note else {}),
    }


def _value(key: Key, fact: Fact, manner: Manner) -> dict[str, Any]:
    """A fact's value, its unit where it has one, and what a null means."""
    known = fact.state is State.KNOWN
    return {
        "value": key.kind.json(fact.value, manner) if known else None,
        **({"unit": key.kind.unit} if key.kind.unit else {}),
        **({} if known else {fact.state.value: True}),
    }


def _known(entry: Entry, facts: Facts, manner: Manner) -> str:
    rows = (
        f"{_encode(name)}: {_encode(_key(key, facts.of(name), manner))}" for name, key in KEYS.items() if facts.of(name)
    )
    faults = _pair("faults", [_fault(fault, manner.lang) for fault in facts.faults])
    return _encode(_path(entry))[:-1] + ', "facts": {' + _rows(rows) + "}, " + faults + "}"


def _key(key: Key, facts: Sequence[Fact], manner: Manner) -> dict[str, Any]:
    fact, agreed = chosen(key, facts), agree(key, facts)
    value = _value(key, fact, manner)
    others = () if agreed else tuple(other.value for other in facts if other.state is State.KNOWN)
    known = fact.state is State.KNOWN
    return {
        "value": value.pop("value"),
        **({"unit": value.pop("unit")} if "unit" in value else {}),
        "shown": visible(key.kind.show(fact.value, manner, others)) if known else fact.state.value,
        **value,
        "disputed": not agreed,
        "evidence": [_evidence(each, manner) for each in facts],
    }


def _path(entry: Entry) -> dict[str, Any]:
    raw = entry.path_bytes
    return {"path": entry.shown, **({"path_bytes": raw} if raw else {})}


def _fault(fault: Fault, lang: str) -> dict[str, Any]:
    return {"witness": fault.witness.value, "message": _words(fault.message, lang)}


def _rule(rule: RuleSummary, lang: str) -> dict[str, Any]:
    return {
        "rule": rule.rule,
        "keys": list(rule.keys),
        "level": rule.level.value,
        "limits": dict(rule.limits),
        "place": _place(rule.place),
        "meaning": _words(rule.meaning, lang),
    }


def _summary(report: Report) -> dict[str, int]:
    counts = report.summary
    return {
        "entries": counts.entries,
        "eligible": counts.eligible,
        "ineligible": counts.ineligible,
        "review": counts.review,
        "manual": counts.manual,
        "ignored": counts.ignored,
    }


def _place(place: Place) -> dict[str, Any]:
    return {"file": visible(place.file), "line": place.line, "column": place.column}


def _optional(words: Readable | None, lang: str) -> str | None:
    """The words, or null where there are none."""
    return (_words(words, lang) or None) if words else None


def _words(words: Readable, lang: str) -> str:
    """Words for people, with what strangers put into them made visible; their exact text is in the evidence."""
    return "\n".join(map(visible, words.render(lang).split("\n")))


def _pair(name: str, value: object) -> str:
    return f"{_encode(name)}: {_encode(value)}"


def _with_rows(head: Mapping[str, Any], name: str, rows: Iterable[str], tail: Mapping[str, Any] | None = None) -> str:
    """An object that holds a list of rows, each on a line of its own, between its other members."""
    end = f", {_encode(tail)[1:-1]}" if tail else ""
    return f"{_encode(head)[:-1]}, {_encode(name)}: [{_rows(rows)}]{end}}}"


def _rows(rows: Iterable[str]) -> str:
    every = ",\n".join(rows)
    return f"\n{every}\n" if every else ""


def _safe(text: str) -> bytes:
    r"""The JSON text as bytes: nothing in it that a terminal obeys, and lone surrogates told as `\xff` in words.

    A lone surrogate is no character (RFC 8259, 8.2: what readers make of its escape is unpredictable).
    """
    escaped = _UNSHOWN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    told = _SURROGATE.sub(lambda found: f"\\\\{visible(found[0])[1:]}", escaped)
    return f"{told}\n".encode()
