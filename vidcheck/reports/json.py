"""The JSON report and the JSON of `vidcheck facts`: stable shapes, independent of internal types.

Each entry's head and each finding is one line, which is compact for 10,000 entries, and readable in a pager and in a
diff. `encode`, `rows` and `safe` are shared with the other JSON formats.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any

from vidcheck.facts import Entry, State, visible
from vidcheck.quantities import DATE, Manner
from vidcheck.reports.paths import members as path_members
from vidcheck.resolve import agree, chosen, counting
from vidcheck.texts import GIVEN, Spoken
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from vidcheck.facts import Fact, Facts, Fault, Key
    from vidcheck.findings import (
        Decision,
        EntryReport,
        Finding,
        Ignored,
        Place,
        Report,
        RulesSummary,
        RuleSummary,
        Suggestion,
    )
    from vidcheck.quantities import Moment
    from vidcheck.texts import Readable

SCHEMA = 1
encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
"""Encodes a value as JSON on one line; NaN raises ValueError."""
# RFC 8259 allows these in strings, but a terminal that shows the report may execute them.
_UNSHOWN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Surrogates, which represent bytes that are not UTF-8."""


def render(report: Report, lang: str = "en") -> bytes:
    """The whole report as JSON, UTF-8, with a newline at its end."""
    manner = Manner(lang, report.rules.zone)
    entries = (entry_text(entry, manner) for entry in report.entries)
    lines = [
        "{" + _pair("schema", SCHEMA) + ",",
        _pair("lang", lang) + ",",
        _pair("incomplete", report.incomplete) + ",",
        _pair("run", run_members(report.day)) + ",",
        _pair("tool", dict(report.tool)) + ",",
        '"rules": '
        + _with_rows(
            rules_members(report.rules, lang), "list", (encode(rule_members(rule, lang)) for rule in report.rules.rules)
        )
        + ",",
        _pair("summary", _summary(report)) + ",",
        '"ignored": [' + rows(encode(one) for one in ignored_members(report.ignored, lang)) + "],",
        _pair("manifest", manifest_members(report.unread_columns)) + ",",
        '"batch": [' + rows(encode(finding_members(finding, manner)) for finding in report.batch) + "],",
        '"entries": [' + rows(entries) + "]}",
    ]
    return safe("\n".join(lines))


def render_facts(
    known: Sequence[tuple[Entry, Facts]], tool: Mapping[str, str], lang: str = "en", zone: tzinfo = UTC
) -> bytes:
    """The facts of each file as JSON: every key with a fact, in the vocabulary's order."""
    manner = Manner(lang, zone)
    lines = [
        "{" + _pair("schema", SCHEMA) + ",",
        _pair("tool", dict(tool)) + ",",
        '"entries": [' + rows(_known(entry, facts, manner) for entry, facts in known) + "]}",
    ]
    return safe("\n".join(lines))


def ignored_members(ignored: Iterable[Ignored], lang: str) -> list[dict[str, Any]]:
    """The files in the folders that are not entries, with the reason."""
    return [{**path_members(Entry(path=one.path)), "reason": _words(one.reason, lang)} for one in ignored]


def manifest_members(columns: Iterable[str]) -> dict[str, Any]:
    """The report's object on the manifest; without a manifest nothing was left unread."""
    return {"unread_columns": list(columns)}


def run_members(day: date | None) -> dict[str, Any]:
    """The report's object on the run."""
    return {"date": None if day is None else day.isoformat()}


def rules_members(rules: RulesSummary, lang: str) -> dict[str, Any]:
    """The report's object on the rules, without their list."""
    return {
        "title": rules.title_in(lang),
        **(
            {"titles": dict(rules.title.words)}
            if isinstance(rules.title, Spoken) and len(rules.title.words) > 1
            else {}
        ),
        "source": visible(rules.source),
        "digest": rules.digest,
        "timezone": rules.timezone,
        "deadline": None if rules.deadline is None else _deadline(rules.deadline),
        "corrections": None if rules.corrections is None else _deadline(rules.corrections),
    }


def _deadline(moment: Moment) -> str:
    """ISO 8601: a day as a day, in the rules' time zone, a moment with its offset."""
    return DATE.write(moment) if moment.precision == "day" else moment.first.isoformat()


def entry_text(report: EntryReport, manner: Manner) -> str:
    """One entry: its head, a finding a line, its faults."""
    tail = _tail(report, manner)
    return _with_rows(
        _head(report), "findings", (encode(finding_members(finding, manner)) for finding in report.findings), tail
    )


def entry_members(report: EntryReport, manner: Manner) -> dict[str, Any]:
    """One entry with the members of `entry_text`, for formats with one line for each entry."""
    findings = [finding_members(finding, manner) for finding in report.findings]
    return {**_head(report), "findings": findings, **_tail(report, manner)}


def _head(report: EntryReport) -> dict[str, Any]:
    return {**path_members(report.entry), "size": report.size, "verdict": report.verdict.value}


def _tail(report: EntryReport, manner: Manner) -> dict[str, Any]:
    return {
        "remarks": [_words(remark, manner.lang) for remark in report.remarks],
        "faults": [_fault(fault, manner.lang) for fault in report.faults],
    }


def finding_members(finding: Finding, manner: Manner) -> dict[str, Any]:
    """One finding, with texts in the manner's language.

    Enums (outcome, level) are used as strings, because reading each `value` took longer than writing it.
    """
    lang, remedy = manner.lang, finding.remedy
    members: dict[str, Any] = {
        "rule": finding.rule,
        "keys": list(finding.keys),
        "outcome": finding.outcome,
        "level": finding.level,
        "disputed": finding.disputed,
        "expected": _words(finding.expected, lang),
        "actual": _words(finding.actual, lang),
        "difference": _optional(finding.difference, lang),
        "message": _words(finding.message, lang),
        "remedy": None,
    }
    if remedy:
        words = _words(remedy.words, lang)
        command = "" if _SURROGATE.search(remedy.command) else remedy.command
        tips = [_words(tip, lang) for tip in remedy.settings]
        members["remedy"] = "\n".join([words, *tips, command] if command else [words, *tips])
        if command:
            members["command"] = command
        if tips:
            members["settings"] = [
                {"program": _words(tip.program, lang), "words": _words(tip.words, lang)} for tip in remedy.settings
            ]
    members["evidence"] = [_evidence(fact, manner, counted=fact not in finding.uncounted) for fact in finding.evidence]
    members["place"] = _place(finding.place)
    members["remarks"] = [_words(remark, lang) for remark in finding.remarks]
    if finding.decision:
        members["decision"] = _decision(finding.decision, lang)
    if finding.suggestion:
        members["suggestion"] = _suggestion(finding.suggestion, manner)
    return members


def _suggestion(suggestion: Suggestion, manner: Manner) -> dict[str, Any]:
    return {
        "answer": suggestion.answer.value,
        "because": _words(suggestion.because, manner.lang),
        "evidence": [_evidence(fact, manner) for fact in suggestion.evidence],
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
        **({"settles": True} if decision.settles else {}),
        **({"against": [_decision(each, lang) for each in decision.against]} if decision.against else {}),
    }


def _evidence(fact: Fact, manner: Manner, *, counted: bool = True) -> dict[str, Any]:
    members: dict[str, Any] = {
        "key": fact.key,
        "witness": fact.witness,
        "locator": fact.locator,
        "raw": fact.original(manner.lang),
    }
    _value(members, KEYS[fact.key], fact, manner)
    if not counted:
        members["counted"] = False
    if fact.note:
        members["note"] = _words(fact.note, manner.lang)
    return members


def _value(members: dict[str, Any], key: Key, fact: Fact, manner: Manner) -> None:
    """Adds a fact's value, its unit if any, and the meaning of null."""
    kind, known = key.kind, fact.state is State.KNOWN
    members["value"] = kind.json(fact.value, manner) if known else None
    if kind.unit:
        members["unit"] = kind.unit
    if not known:
        members[fact.state.value] = True


def _known(entry: Entry, facts: Facts, manner: Manner) -> str:
    members = (
        f"{encode(name)}: {encode(_key(key, facts.of(name), manner))}" for name, key in KEYS.items() if facts.of(name)
    )
    said = [_words(remark, manner.lang) for remark in dict.fromkeys(fact.remark for fact in facts.facts) if remark]
    remarks, faults = _pair("remarks", said), _pair("faults", [_fault(fault, manner.lang) for fault in facts.faults])
    return f'{encode(path_members(entry))[:-1]}, "facts": {{{rows(members)}}}, {remarks}, {faults}}}'


def _key(key: Key, facts: Sequence[Fact], manner: Manner) -> dict[str, Any]:
    fact, agreed, counted = chosen(key, facts), agree(key, facts), counting(key, facts)
    value: dict[str, Any] = {}
    _value(value, key, fact, manner)
    others = () if agreed else tuple(other.value for other in facts if other.state is State.KNOWN)
    known = fact.state is State.KNOWN
    return {
        "value": value.pop("value"),
        **({"unit": value.pop("unit")} if "unit" in value else {}),
        "shown": visible(key.kind.show(fact.value, manner, others)) if known else _state(fact, manner.lang),
        **value,
        "disputed": not agreed,
        "evidence": [_evidence(each, manner, counted=each in counted) for each in facts],
    }


def _state(fact: Fact, lang: str) -> str:
    return GIVEN.render(lang) if fact.state is State.WITHHELD else fact.state.value


def _fault(fault: Fault, lang: str) -> dict[str, Any]:
    return {"witness": fault.witness, "message": _words(fault.message, lang)}


def rule_members(rule: RuleSummary, lang: str) -> dict[str, Any]:
    """One rule that was applied."""
    return {
        "rule": rule.rule,
        "label": _words(rule.called, lang),
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
    """A message for people, with other people's text escaped; the exact text is in the evidence."""
    text = words.render(lang)
    return text if text.isprintable() else "\n".join(map(visible, text.split("\n")))


def _pair(name: str, value: object) -> str:
    return f"{encode(name)}: {encode(value)}"


def _with_rows(
    head: Mapping[str, Any], name: str, encoded: Iterable[str], tail: Mapping[str, Any] | None = None
) -> str:
    """An object that holds a list of rows, each on a line of its own, between its other members."""
    end = f", {encode(tail)[1:-1]}" if tail else ""
    return f"{encode(head)[:-1]}, {encode(name)}: [{rows(encoded)}]{end}}}"


def rows(encoded: Iterable[str]) -> str:
    """The items of a list without its brackets: each encoded value on a line of its own."""
    every = ",\n".join(encoded)
    return f"\n{every}\n" if every else ""


def safe(text: str) -> bytes:
    r"""The JSON text as bytes: nothing in it that a terminal or GitHub obeys, and lone surrogates as `\xff` in words.

    A lone surrogate is no character (RFC 8259, 8.2: what readers make of its escape is unpredictable).
    """
    if "##[" in text:  # GitHub's runner takes it for a command wherever it stands in a line
        text = text.replace("##[", "#\\u0023[")
    if text.isprintable():  # escaped characters aren't printable, and searching for them takes five times as long
        return f"{text}\n".encode()
    escaped = _UNSHOWN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    shown = _SURROGATE.sub(lambda found: f"\\\\{visible(found[0])[1:]}", escaped)
    return f"{shown}\n".encode()
