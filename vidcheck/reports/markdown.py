"""Markdown for a step summary or a mail: the counts, what needs attention, what waits for a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vidcheck.facts import Entry, visible
from vidcheck.findings import Outcome, Verdict
from vidcheck.quantities import Manner
from vidcheck.reports import tally
from vidcheck.reports.finding import Layout, name_of, noticed, remark_count, sign_of
from vidcheck.reports.page import clipped
from vidcheck.reports.words import INCOMPLETE, fault, line, lines, paragraphs
from vidcheck.texts import aside, labelled, marked, say, say_count, separator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vidcheck.findings import EntryReport, Finding, Report

_MOST_BYTES = 1_000_000
"""The most bytes: GitHub refuses a step summary over 1 MiB."""
_LONGEST = 1000
_MOST_IGNORED = 100
_VERDICTS = {
    Verdict.INELIGIBLE: marked("ineligible"),
    Verdict.REVIEW: marked("review"),
    Verdict.ELIGIBLE: marked("eligible"),
}
# Text in which no Markdown, HTML, link, mention or reference can begin: letters, figures and a few marks, a full stop
# or colon only where no address or emoji name can come of it, no number that GitHub would take for a commit.
_HARMLESS = re.compile(
    r"(?:[^\W_]|[ ,;()%/×±–→°“”‘’…、。，；：？！（）［］《》「」·'\"]|[.:](?![^\W\d_])|(?<=\w)-(?=\w)|[+-](?=\d))*"
)
_REFERENCE = re.compile(r"\b(?:[0-9a-f]{7,}|GH-\d+|www|https?|ftp|mailto|xmpp)\b|://", re.IGNORECASE)
_RUNS = re.compile("`+")


def render(report: Report, lang: str = "en", most: int = _MOST_BYTES) -> bytes:
    """The report as GitHub's Markdown, at most so many bytes; a line says how many entries were left out."""
    manner = Manner(lang, report.rules.zone)
    head = "\n".join([*_head(report, lang), *_aside(report, lang), *_by_rule(report, lang), *_batch(report, manner)])
    tail = "\n".join(_waiting(report, lang))
    parts, room = [head], most - len(head.encode()) - len(tail.encode()) - 500
    wanted = [
        entry for verdict in _VERDICTS for entry in report.entries if entry.verdict is verdict and _wanting(entry)
    ]
    for at, entry in enumerate(wanted):
        part = "\n".join(_entry(entry, manner))
        room -= len(part.encode()) + 1
        if room < 0:
            parts.append(_left_out(len(wanted) - at, lang))
            break
        parts.append(part)
    return ("\n".join([*parts, tail]).rstrip("\n") + "\n").encode()


def _head(report: Report, lang: str) -> Iterator[str]:
    rules, counts = report.rules, report.summary
    yield f"# {_escaped(rules.title_in(lang) or 'vidcheck')}"
    yield ""
    yield say("Rules: {source}", source=_escaped(rules.source_in(lang))).render(lang)
    yield ""
    if report.incomplete:
        yield f"**{INCOMPLETE.render(lang)}**"
        yield ""
    rows = [(say(key).render(lang), getattr(counts, verdict.value)) for verdict, key in _VERDICTS.items()]
    yield from _table(
        (say("verdict").render(lang), say("entries").render(lang)), [*rows, (say("all").render(lang), counts.entries)]
    )


def _aside(report: Report, lang: str) -> Iterator[str]:
    """The files that were ignored by name, and the columns of the manifest that nobody reads."""
    if report.ignored:
        yield say("Other files, which were ignored:").render(lang)
        yield ""
        for one in report.ignored[:_MOST_IGNORED]:
            yield f"- {aside(_escaped(Entry(path=one.path).shown), _escaped(one.reason.render(lang)), lang)}"
        if len(report.ignored) > _MOST_IGNORED:
            yield f"- {say('and {count} more', count=len(report.ignored) - _MOST_IGNORED).render(lang)}"
        yield ""
    if report.unread_columns:
        heads = separator(lang).join(map(_escaped, report.unread_columns))
        head = say("Columns of the manifest that nobody reads:")
        yield say("{head} {names}", head=head, names=heads).render(lang)
        yield ""


def _by_rule(report: Report, lang: str) -> Iterator[str]:
    """How often rules failed or were unknown."""
    every = [finding for entry in report.entries for finding in entry.findings]
    names = dict.fromkeys([rule.rule for rule in report.rules.rules] + [finding.rule for finding in every])
    counts: dict[str, dict[Outcome, int]] = {name: {} for name in names}
    for finding in every:
        row = counts[finding.rule]
        row[finding.standing] = row.get(finding.standing, 0) + 1
    outcomes = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS)
    called = {rule.rule: rule.called for rule in report.rules.rules} | {each.rule: each.called for each in every}
    rows = [
        (_escaped(line(called[name], lang)), *(row.get(outcome, 0) for outcome in outcomes))
        for name, row in counts.items()
        if row.get(Outcome.FAIL) or row.get(Outcome.UNKNOWN)
    ]
    if rows:
        heads = [
            say(key).render(lang) for key in (marked("rule"), marked("fails"), marked("unknown"), marked("passes"))
        ]
        yield from _table(heads, rows)


def _entry(entry: EntryReport, manner: Manner) -> Iterator[str]:
    verdict = say(_VERDICTS[entry.verdict]).render(manner.lang)
    if entry.remarked:
        verdict += say(", ").render(manner.lang) + remark_count(entry).render(manner.lang)
    yield f"## {labelled(_escaped(entry.entry.shown), verdict, manner.lang)}"
    yield ""
    for finding in sorted((each for each in entry.findings if noticed(each)), key=lambda each: sign_of(each).weight):
        yield from _finding(finding, manner)
    yield from (f"- • {_escaped(remark)}" for remark in lines(entry.remarks, manner.lang))
    for each in entry.faults:
        yield f"- ! {_escaped(fault(each, manner.lang))}"
    yield ""


def _finding(finding: Finding, manner: Manner) -> Iterator[str]:
    first, *rest = paragraphs(finding, manner)
    words = labelled(f"**{_escaped(name_of(finding, manner.lang))}**", _escaped(first), manner.lang)
    yield f"- {sign_of(finding).char} {words}"
    for words in rest:
        sign = "• " if words.startswith("• ") else ""
        yield f"  - {sign}{_escaped(words.removeprefix(sign))}"


def _batch(report: Report, manner: Manner) -> Iterator[str]:
    if report.batch:
        yield f"## {say('About several entries at once:').render(manner.lang)}"
        yield ""
        for finding in report.batch:
            yield from _finding(finding, manner)
        yield ""


def _waiting(report: Report, lang: str) -> Iterator[str]:
    """The manual items, each once, with a checkbox."""
    items: dict[str, Finding] = {}
    counts: dict[str, int] = {}
    for finding in (finding for entry in report.entries for finding in entry.findings):
        if finding.standing is Outcome.MANUAL:
            items.setdefault(finding.rule, finding)
            counts[finding.rule] = counts.get(finding.rule, 0) + 1
    if items:
        yield f"## {say('For a person to decide:').render(lang)}"
        yield ""
        for rule, finding in items.items():
            count = say_count("on {count} entry", "on {count} entries", counts[rule]).render(lang)
            words = aside(_escaped(line(finding.expected, lang)), count, lang)
            yield f"- [ ] {labelled(f'**{_escaped(name_of(finding, lang))}**', words, lang)}"
            if found := tally.suggestions(report.entries, rule):
                layout = Layout(manner=Manner(lang, report.rules.zone), names=0)
                yield f"  - {_escaped(tally.suggestion_counts(report.entries, found, layout))}"


def _left_out(count: int, lang: str) -> str:
    words = say_count(
        "{count} more entry that needs somebody is left out here: the page would grow too large. The other reports have it.",
        "{count} more entries that need somebody are left out here: the page would grow too large. The other reports have them.",
        count,
    )  # fmt: skip
    return f"**{words.render(lang)}**\n"


def _wanting(entry: EntryReport) -> bool:
    return entry.verdict is not Verdict.ELIGIBLE or bool(entry.remarks) or any(map(noticed, entry.findings))


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"| --- |{' ---: |' * (len(heads) - 1)}"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"
    yield ""


def _escaped(text: str) -> str:
    """A text unchanged if nothing in it can be markup, else as a code span.

    Only in a code span GitHub makes no links, mentions and emoji. A pipe would end a table's cell even there, so it is
    escaped.
    """
    safe = clipped(visible(text), _LONGEST)
    if _HARMLESS.fullmatch(safe) and not _REFERENCE.search(safe) and safe == safe.strip():
        return safe
    safe = safe.replace("|", "\\x7c")
    fence = "`" * (max((len(run) for run in _RUNS.findall(safe)), default=0) + 1)
    pad = " " if safe.startswith(("`", " ")) or safe.endswith(("`", " ")) else ""
    return f"{fence}{pad}{safe}{pad}{fence}" if safe else ""
