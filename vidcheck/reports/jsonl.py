"""JSON lines, for following a run: a header, a line for each entry, a summary.

The lines have the same objects as the JSON report. If the run crashes, the last line is missing; if it is interrupted,
the last line says `"incomplete": true`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vidcheck.findings import Summary
from vidcheck.quantities import Manner
from vidcheck.reports.json import (
    SCHEMA,
    encode,
    entry_members,
    finding_members,
    ignored_members,
    manifest_members,
    rule_members,
    rules_members,
    run_members,
    safe,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from vidcheck.findings import EntryReport, Finding, Ignored, Report, RulesSummary, Verdict


@dataclass(slots=True, kw_only=True)
class Stream:
    """Writes a report line by line: `start` once, `entry` for each one in the report's order, `end` once."""

    tool: Mapping[str, str]
    day: date | None = None
    rules: RulesSummary
    lang: str = "en"
    _counts: dict[str, int] = field(default_factory=dict)
    _manner: Manner = field(init=False)

    def __post_init__(self) -> None:
        self._manner = Manner(self.lang, self.rules.zone)

    def start(self) -> bytes:
        """The first line: the run, the tools and the rules."""
        rules = {
            **rules_members(self.rules, self.lang),
            "list": [rule_members(rule, self.lang) for rule in self.rules.rules],
        }
        head = {"schema": SCHEMA, "lang": self.lang, "run": run_members(self.day), "tool": dict(self.tool)}
        return safe(encode({**head, "rules": rules}))

    def entry(self, report: EntryReport) -> bytes:
        """One entry's line."""
        self.count(report.verdict, report.manual)
        return line(report, self._manner)

    def count(self, verdict: Verdict, manual: int) -> None:
        """Counts an entry with a line made elsewhere, and so many findings that wait for a person."""
        for name, count in (("entries", 1), (verdict.value, 1), ("manual", manual)):
            self._counts[name] = self._counts.get(name, 0) + count

    def end(
        self,
        *,
        ignored: Sequence[Ignored] = (),
        unread_columns: Sequence[str] = (),
        incomplete: bool = False,
        batch: Sequence[Finding] = (),
    ) -> bytes:
        """The last line: the counts, what was ignored, and whether entries are missing."""
        counts = Summary(**self._counts, ignored=len(ignored))
        summary = {name: getattr(counts, name) for name in Summary.__slots__}
        findings = [finding_members(finding, self._manner) for finding in batch]
        members = {
            "summary": summary, "incomplete": incomplete, "ignored": ignored_members(ignored, self.lang),
            "manifest": manifest_members(unread_columns), "batch": findings,
        }  # fmt: skip
        return safe(encode(members))


def line(report: EntryReport, manner: Manner) -> bytes:
    """One entry's line by itself."""
    return safe(encode(entry_members(report, manner)))


def render(report: Report, lang: str = "en") -> bytes:
    """The whole report, equal to its stream."""
    stream = Stream(tool=report.tool, day=report.day, rules=report.rules, lang=lang)
    entries = b"".join(map(stream.entry, report.entries))
    end = stream.end(
        ignored=report.ignored, unread_columns=report.unread_columns, incomplete=report.incomplete, batch=report.batch
    )
    return stream.start() + entries + end
