"""The end of the text report: what waits for a person, failures by rule, faults, totals."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from vidcheck.facts import Entry, visible
from vidcheck.findings import Finding, Likely, Outcome
from vidcheck.reports.finding import FAIL, LIKELY, WARN, Layout, Sign, lead, sign_of, suggested, wanting
from vidcheck.reports.page import BLANK, Block, Row, Span, clipped, one_line
from vidcheck.texts import Plain, Text, aside, join, say, say_count, separator
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vidcheck.findings import EntryReport, Report
    from vidcheck.texts import Readable

_MOST_NAMES = 10
_MOST_HEADS = 30
_LONGEST_NAME = 60


def same_manual(entries: Sequence[EntryReport]) -> bool:
    """Whether all entries have the same manual items, so that one list is enough."""
    return len({frozenset(_manual(entry)) for entry in entries}) == 1


def waiting(report: Report, layout: Layout) -> Iterator[Block]:
    """The manual items, once each, with a checkbox."""
    items: dict[str, Finding] = {}
    counts: dict[str, int] = {}
    for entry in report.entries:
        for rule, finding in _manual(entry).items():
            items.setdefault(rule, finding)
            counts[rule] = counts.get(rule, 0) + 1
    if not items:
        return
    alike = same_manual(report.entries)
    head = say("For a person to decide, on every entry:") if alike else say("For a person to decide:")
    yield _head(head, layout)
    for rule, finding in items.items():
        words = one_line(finding.expected.render(layout.manner.lang))
        count = say_count("on {count} entry", "on {count} entries", counts[rule])
        more = aside("", layout.say(count), layout.manner.lang)
        body = (Span(words), Span("" if alike else more, "dim"))
        yield Row(indent=2, lead=lead(finding, layout.manner.lang), hang=layout.hang, body=body)
        if rows := suggestions(report.entries, rule):
            words = suggestion_counts(report.entries, rows, layout)
            yield Row(hang=layout.hang, body=(Span(one_line(words)),))
    yield BLANK


def suggestions(entries: Iterable[EntryReport], rule: str) -> dict[Likely, list[str]]:
    """What a machine suggests on a rule that waits for a person, with the entries; empty where it has not looked."""
    rows: dict[Likely, list[str]] = {answer: [] for answer in LIKELY}
    for entry in entries:
        for finding in entry.findings:
            if finding.rule == rule and (suggestion := suggested(finding)):
                rows[suggestion.answer].append(entry.entry.shown)
    return {answer: paths for answer, paths in rows.items() if paths}


def suggestion_counts(entries: Sequence[EntryReport], rows: Mapping[Likely, Sequence[str]], layout: Layout) -> str:
    """Of how many entries a machine suggests what; those of which it suggests no by name."""
    lang = layout.manner.lang
    parts = []
    for answer, paths in rows.items():
        words = layout.say(say("{answer}: {count}", answer=LIKELY[answer], count=len(paths)))
        names = _names(paths, entries, layout, all_names=False) if answer is Likely.NO else ""
        parts.append(aside(words, names, lang) if names else words)
    return layout.say(say("Suggestions: {counts}", counts=Plain(layout.say(say("; ")).join(parts))))


def by_rule(report: Report, layout: Layout, *, all_names: bool) -> Iterator[Block]:
    """For each rule the entries with failures, warnings and unknown outcomes, and their names."""
    table: dict[tuple[int, str], list[tuple[Finding, str]]] = {}
    found_rules = (finding.rule for entry in report.entries for finding in entry.findings)
    order = dict.fromkeys(chain((rule.rule for rule in report.rules.rules), found_rules))
    places = {rule: place for place, rule in enumerate(order)}
    for entry in report.entries:
        for finding in filter(wanting, entry.findings):
            table.setdefault((sign_of(finding).weight, finding.rule), []).append((finding, entry.entry.shown))
    if not table:
        return
    yield _head(say("By rule:"), layout)
    for _, found in sorted(table.items(), key=lambda row: (row[0][0], places[row[0][1]])):
        finding, count = found[0][0], len(found)
        words = _count(sign_of(finding), count)
        names = _names([path for _, path in found], report.entries, layout, all_names=all_names)
        yield Row(
            indent=2,
            lead=lead(finding, layout.manner.lang),
            hang=layout.hang,
            body=(Span(layout.say(words) + layout.say(say(": "))), Span(names)),
        )
    yield BLANK


def faults(report: Report, layout: Layout, *, all_names: bool) -> Iterator[Block]:
    """The witnesses that failed, and on which entries."""
    table: dict[tuple[str, str], list[str]] = {}
    for entry in report.entries:
        for fault in entry.faults:
            row = fault.witness, fault.message.render(layout.manner.lang)
            table.setdefault(row, []).append(entry.entry.shown)
    if not table:
        return
    yield _head(say("Witnesses that could not look:"), layout)
    for (witness, message), paths in sorted(table.items()):
        words = say_count(
            "{witness}, {count} entry: {message}", "{witness}, {count} entries: {message}", len(paths),
            witness=registry.called(witness), message=one_line(message),
        )  # fmt: skip
        names = _names(paths, report.entries, layout, all_names=all_names)
        body = (Span(layout.say(words)), Span(aside("", names, layout.manner.lang), "dim"))
        yield Row(indent=2, lead=(Span(WARN.char, WARN.style),), hang=4, body=body)
    yield BLANK


def totals(report: Report, layout: Layout) -> Row:
    """The last line: the number of entries by verdict."""
    counts = report.summary
    parts = [
        say("{count} ineligible", count=counts.ineligible),
        say("{count} for review", count=counts.review),
        say("{count} eligible", count=counts.eligible),
    ]
    head = join([say_count("{count} entry", "{count} entries", counts.entries), join(parts, say(", "))], say(": "))
    rest = (say("; "), ignored(len(report.ignored))) if report.ignored else ()
    return Row(body=(Span(head.render(layout.manner.lang), "bold"), *(Span(layout.say(text)) for text in rest)))


def ignored(count: int) -> Text:
    """The number of files in folders that are not entries."""
    return say_count("{count} other file ignored", "{count} other files ignored", count)


def left_aside(report: Report, layout: Layout) -> Iterator[Block]:
    """The first of the ignored files by name, and the columns of the manifest that nobody reads."""
    named = [
        say("{path} ({reason})", path=Plain(clipped(Entry(path=one.path).shown, _LONGEST_NAME)), reason=one.reason)
        for one in report.ignored[:_MOST_NAMES]
    ]
    if named:
        yield _aside(say("Ignored:"), named, len(report.ignored) - len(named), layout)
    heads = [Plain(clipped(visible(one_line(head)), _LONGEST_NAME)) for head in report.unread_columns[:_MOST_HEADS]]
    if heads:
        yield _aside(
            say("Columns of the manifest that nobody reads:"), heads, len(report.unread_columns) - len(heads), layout
        )


def _aside(head: Text, named: Sequence[Readable], more: int, layout: Layout) -> Row:
    names: Readable = join(named, say(", "))
    if more:
        names = say("{names} and {count} more", names=names, count=more)
    return Row(body=(Span(layout.say(say("{head} {names}", head=head, names=names)), "dim"),))


def _head(words: Text, layout: Layout) -> Row:
    return Row(body=(Span(layout.say(words), "bold"),))


def _count(sign: Sign, count: int) -> Text:
    if sign is WARN:
        return say_count("{count} warning", "{count} warnings", count)
    if sign is FAIL:
        return say_count("{count} fails", "{count} fail", count)
    return say_count("{count} unknown", "{count} unknown", count)


def _names(paths: Sequence[str], entries: Sequence[EntryReport], layout: Layout, *, all_names: bool) -> str:
    """The entries' names without their common folder; only the first of very many."""
    shared = _shared_folder([entry.entry.shown for entry in entries])
    most = len(paths) if all_names else _MOST_NAMES
    names = separator(layout.manner.lang).join(
        clipped(visible(path[len(shared) :]), 255 if all_names else 60) for path in paths[:most]
    )
    return (
        layout.say(say("{names} and {count} more", names=names, count=len(paths) - most))
        if len(paths) > most
        else names
    )


def _shared_folder(paths: Sequence[str]) -> str:
    low, high = min(paths), max(paths)
    same = next((at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    return low[: low.rfind("/", 0, same) + 1]


def _manual(entry: EntryReport) -> dict[str, Finding]:
    return {finding.rule: finding for finding in entry.findings if finding.standing is Outcome.MANUAL}
