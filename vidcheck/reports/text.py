"""The report on the screen: first the verdict, then the reasons and what to do.

`page` returns what a rich console prints (`console.print(page, soft_wrap=True)`) and what is plain text without
importing rich; `render` is the same as a file. `facts_page` is the page of `vidcheck facts`: what is known of files,
and who says so.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, tzinfo
from itertools import chain
from typing import TYPE_CHECKING

from vidcheck.facts import Depth, State, visible
from vidcheck.findings import Level, Outcome, Verdict
from vidcheck.quantities import Manner
from vidcheck.reports import film, tally
from vidcheck.reports.finding import (
    FAIL,
    MANUAL,
    PASS,
    UNKNOWN,
    WARN,
    Layout,
    apart,
    each_with_its_like,
    fact_words,
    name_of,
    noticed,
    overruled,
    picture_times,
    remark_count,
    remark_row,
    suggested,
    wanting,
    witness_name,
    witness_words,
)
from vidcheck.reports.page import BLANK, Block, Page, Row, Span, cells, clipped, one_line
from vidcheck.resolve import agree, chosen, counting
from vidcheck.texts import Capital, Plain, Text, join, labelled, marked, say, say_count, separator
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from vidcheck.facts import Entry, Fact, Facts, Fault, Key
    from vidcheck.findings import EntryReport, Finding, Report, RulesSummary

_WIDEST_VALUE = 18
_WIDEST_LABEL = 26
_VERDICTS = {
    Verdict.INELIGIBLE: (FAIL, marked("ineligible")),
    Verdict.REVIEW: (UNKNOWN, marked("review")),
    Verdict.ELIGIBLE: (PASS, marked("eligible")),
}


def render(report: Report, lang: str = "en") -> bytes:
    """The whole report as on a screen of 80 columns, without colour, in UTF-8."""
    return page(report, lang=lang).plain(80).encode()


def page(
    report: Report, *, lang: str = "en", all_findings: bool = False, statistics: bool = False, encoding: str = "utf-8"
) -> Page:
    """The report as a page: a single entry in full, many entries with what needs attention first.

    With `statistics` only the counts by rule and the totals. `encoding` is that of the screen; signs that it lacks are
    replaced by ASCII.
    """
    manner = Manner(lang, report.rules.zone)
    every = [*chain.from_iterable(apart(entry.findings, manner) for entry in report.entries), *report.batch]
    layout = Layout.of(every, manner, places=all_findings)
    entries = report.entries
    if statistics:
        inside = _totals(report, layout, all_names=False)
    elif len(entries) == 1:
        return Page(tuple(_one(report, layout, all_findings=all_findings)), encoding)
    else:
        inside = _many(report, layout, all_findings=all_findings)
    return Page((*_opening(report, layout), *inside), encoding)


def entry_page(entry: EntryReport, rules: RulesSummary, *, lang: str = "en", encoding: str = "utf-8") -> Page:
    """One entry as in a report of many: its verdict, and what needs attention."""
    manner = Manner(lang, rules.zone)
    layout = Layout.of(apart(entry.findings, manner), manner)
    blocks: list[Block] = [_heading(entry, layout, manual=True, named=entry.verdict is Verdict.ELIGIBLE)]
    if entry.verdict is not Verdict.ELIGIBLE or entry.remarked:
        blocks += [*_needing(entry, layout), *_beside_findings(entry, layout)]
    return Page(tuple(blocks), encoding)


def _opening(report: Report, layout: Layout) -> Iterator[Block]:
    """The first lines: the rules that were applied."""
    rules = report.rules
    title, source = visible(rules.title_in(layout.manner.lang)), visible(rules.source_in(layout.manner.lang))
    line = (
        say("Rules: {title} ({source})", title=title, source=source) if title else say("Rules: {source}", source=source)
    )
    yield Row(body=(Span(layout.say(line)),))
    if rules.preset and len(report.entries) == 1:
        words = say(
            "If this is not your contest, the result does not count: name its rules with --rules (vidcheck rules list names them). The contest's announcement decides."
        )
        yield Row(body=(Span(layout.say(words), "dim"),))
    yield from _incomplete(report, layout)
    yield BLANK


def _unlooked(report: Report, layout: Layout) -> Iterator[Block]:
    """That rules ask for what nobody has looked at."""
    looked = Depth(report.tool.get("content", Depth.NONE))
    deep = [KEYS[key].depth for rule in report.rules.rules for key in rule.keys if key in KEYS]
    deepest = max(deep, key=list(Depth).index, default=Depth.NONE)
    if not looked.reaches(deepest):
        words = say("Content was not looked at: {option} does.", option=f"--content {deepest}")
        if looked is not Depth.NONE:
            words = say("Only key pictures were looked at: {option} looks at all.", option=f"--content {deepest}")
        yield Row(body=(Span(layout.say(words), "dim"),))


def _incomplete(report: Report, layout: Layout) -> Iterator[Block]:
    if report.incomplete:
        words = say("INCOMPLETE: the run was interrupted; entries are missing from this report.")
        yield Row(lead=(Span("!!!", "bold red"),), hang=4, body=(Span(layout.say(words), "bold red"),))


def _one(report: Report, layout: Layout, *, all_findings: bool) -> Iterator[Block]:
    """One film on one screen: the verdict, what fails with what to do, what passes, what a person has to look at."""
    entry = report.entries[0]
    yield _heading(entry, layout, manual=True)
    yield from _opening(report, layout)
    yield from film.sections(entry, layout, all_findings=all_findings)
    for fact in entry.content:
        if fact.pictures:
            yield Row(body=(Span(picture_times(fact, layout.manner.lang), "dim"),))
    yield from _beside_findings(entry, layout, said=film.causes(entry.findings, layout.manner.lang))
    if report.batch:
        yield BLANK
        yield from _batch(report, layout)
    if report.ignored:
        yield BLANK
        yield Row(body=(Span(layout.say(tally.ignored(len(report.ignored))), "dim"),))
    yield from tally.left_aside(report, layout)
    yield from _unlooked(report, layout)


def _many(report: Report, layout: Layout, *, all_findings: bool) -> Iterator[Block]:
    alike = tally.same_manual(report.entries)
    for verdict in _VERDICTS:
        entries = [entry for entry in report.entries if entry.verdict is verdict]
        for entry in entries:
            full = (
                all_findings
                or verdict is not Verdict.ELIGIBLE
                or entry.remarked > 0
                or any(map(overruled, entry.findings))
            )
            yield _heading(entry, layout, manual=not alike, named=not full)
            if full:
                shown = [each for each in entry.findings if not (alike and _waits_alone(each))]
                yield from each_with_its_like(shown, layout) if all_findings else _needing(entry, layout)
                yield from _beside_findings(entry, layout)
                yield BLANK
        if entries and not all_findings and verdict is Verdict.ELIGIBLE:
            yield BLANK
    yield from _batch(report, layout)
    yield from tally.waiting(report, layout)
    yield from _totals(report, layout, all_names=all_findings)


def _totals(report: Report, layout: Layout, *, all_names: bool) -> Iterator[Block]:
    yield from tally.by_rule(report, layout, all_names=all_names)
    yield from tally.faults(report, layout, all_names=all_names)
    yield from tally.left_aside(report, layout)
    yield from _unlooked(report, layout)
    yield from _incomplete(report, layout)
    yield tally.totals(report, layout)


def _heading(entry: EntryReport, layout: Layout, *, manual: bool, named: bool = False) -> Row:
    """The entry, its verdict, and the number of findings behind it; only verdicts that need attention are in capitals."""
    sign, key = _VERDICTS[entry.verdict]
    verdict = layout.say(say(key))
    words = verdict if entry.verdict is Verdict.ELIGIBLE else verdict.upper()
    counts = _counts(entry, manual=manual or _waits_only(entry), named=named)
    rest = "".join(layout.say(say(", ")) + layout.say(count) for count in counts)
    return Row(
        lead=(Span(sign.char, sign.style),),
        hang=2,
        body=(Span(entry.entry.shown, "bold"), Span(layout.say(say(": "))), Span(words, sign.style), Span(rest)),
    )


def _counts(entry: EntryReport, *, manual: bool, named: bool) -> Iterator[Text]:
    if entry.failed:
        yield say_count("{count} rule fails", "{count} rules fail", len(entry.failed))
    if entry.open:
        yield _named(
            say_count("{count} rule unknown", "{count} rules unknown", len(entry.open)), entry.open, named=named
        )
    if entry.warned:
        warned = say_count("{count} warning", "{count} warnings", len(entry.warned))
        yield _named(warned, entry.warned, named=named)
    decided = [finding for finding in entry.findings if finding.decision and not wanting(finding)]
    if decided:
        words = say_count("{count} decided by a person", "{count} decided by a person", len(decided))
        yield _named(words, decided, named=named)
    if entry.remarked:
        yield remark_count(entry)
    if entry.manual and manual:
        yield say_count("{count} item for a person", "{count} items for a person", entry.manual)


def _named(count: Text, findings: Sequence[Finding], *, named: bool) -> Text:
    names = join([finding.called for finding in findings])
    return say("{count} ({names})", count=count, names=names) if named else count


def _needing(entry: EntryReport, layout: Layout) -> Iterator[Block]:
    """The findings that need attention in full, then the names of those that pass."""
    yield from each_with_its_like((each for each in entry.findings if noticed(each)), layout)
    passed = [
        name_of(finding, layout.manner.lang)
        for finding in entry.findings
        if finding.standing is Outcome.PASS and not finding.decision and not finding.remarks
    ]
    if passed:
        yield Row(
            indent=2,
            lead=(Span(PASS.char, PASS.style),),
            hang=4,
            body=(Span(separator(layout.manner.lang).join(passed), "dim"),),
        )

    if _waits_only(entry):
        asked = [
            name_of(finding, layout.manner.lang) for finding in entry.findings if finding.standing is Outcome.MANUAL
        ]
        yield Row(
            indent=2,
            lead=(Span(MANUAL.char, MANUAL.style),),
            hang=4,
            body=(Span(separator(layout.manner.lang).join(asked)),),
        )


def _waits_alone(finding: Finding) -> bool:
    """Whether all that there is to say of it is that a person has to look, which is said once for all entries."""
    return finding.standing is Outcome.MANUAL and suggested(finding) is None


def _waits_only(entry: EntryReport) -> bool:
    """Whether the entry is for review only because of undecided manual items."""
    return entry.verdict is Verdict.REVIEW and not any(finding.level is Level.REQUIRED for finding in entry.open)


def _beside_findings(entry: EntryReport, layout: Layout, *, said: Container[str] = ()) -> Iterator[Block]:
    """The remarks on keys that no rule asks for, and the witnesses that could not look, without what was said already."""
    yield from (remark_row(remark, layout) for remark in entry.remarks)
    for fault in entry.faults:
        if registry.failure(fault).render(layout.manner.lang) not in said:
            yield _fault(fault, layout)


def _fault(fault: Fault, layout: Layout) -> Row:
    return Row(
        indent=2,
        lead=(Span(WARN.char, WARN.style),),
        hang=4,
        body=(Span(one_line(registry.failure(fault).render(layout.manner.lang))),),
    )


def _batch(report: Report, layout: Layout) -> Iterator[Block]:
    if report.batch:
        yield Row(body=(Span(layout.say(say("About several entries at once:")), "bold"),))
        yield from each_with_its_like(report.batch, layout)
        yield BLANK


def facts_page(
    known: Sequence[tuple[Entry, Facts]], *, lang: str = "en", zone: tzinfo = UTC, encoding: str = "utf-8"
) -> Page:
    """What is known of each file: label, value, key and witnesses; if witnesses differ, each one's value.

    The witnesses that say most of it are named once, above the facts.
    """
    manner = Manner(lang, zone)
    widths = (cells(_label(key, lang)) for _, facts in known for key in facts.by_key)
    layout = Layout(manner=manner, names=min(max(widths, default=0), _WIDEST_LABEL))
    blocks: list[Block] = []
    for entry, facts in known:
        blocks += [BLANK] if blocks else []
        blocks += _facts(entry, facts, layout)
    return Page(blocks, encoding)


def _label(key: str, lang: str) -> str:
    return Capital(KEYS[key].called).render(lang)


def _facts(entry: Entry, facts: Facts, layout: Layout) -> Iterator[Block]:
    yield Row(body=(Span(entry.shown, "bold"),))
    rows = [(key, row) for name, key in KEYS.items() if (row := facts.of(name))]
    counts = Counter(who for key, row in rows if (who := _who(key, row, layout)))
    usual, count = counts.most_common(1)[0] if counts else ("", 0)
    if count > 1:
        words = say("Said by {witnesses}, where no other is named.", witnesses=Plain(usual))
        yield Row(hang=2, body=(Span(layout.say(words), "dim"),))
    for key, row in rows:
        yield from _key(key, row, layout, usual if count > 1 else "")
    yield from (_fault(fault, layout) for fault in facts.faults)


def _who(key: Key, facts: Sequence[Fact], layout: Layout) -> str:
    """The witnesses of the value; empty if they don't agree."""
    if not agree(key, facts):
        return ""
    fact, lang = chosen(key, facts), layout.manner.lang
    named = (witness_name(each, lang) for each in counting(key, facts) if each.state is fact.state)
    return separator(lang).join(named)


def _key(key: Key, facts: Sequence[Fact], layout: Layout, usual: str) -> Iterator[Block]:
    fact, agreed, counted = chosen(key, facts), agree(key, facts), counting(key, facts)
    apart = () if agreed else tuple(each.value for each in facts if each.state is State.KNOWN)
    value = fact_words(fact, layout.manner, apart)
    pad = " " * max(_WIDEST_VALUE - cells(value), 0)
    who = _who(key, facts, layout)
    hang = layout.names + 4
    style = "bold" if fact.state is State.KNOWN else "dim"
    said = [Span(value, style), Span(f"{pad}  "), Span(f"({key.name})", "dim")]
    if not agreed:
        said += [Span("  "), Span(layout.say(say("disputed")), "bold yellow")]
    elif who != usual:
        said += [Span("  "), Span(who, "dim")]
    yield Row(indent=2, lead=(Span(_label(key.name, layout.manner.lang)),), hang=hang, body=said)
    for each in facts:
        if not agreed or each not in counted or each.state is not fact.state or each.state is State.UNKNOWN:
            words = witness_words(each, layout, apart, counted=each in counted)
            yield Row(hang=hang + 2, body=(Span(words, "dim"),))
        if each.note:
            lang = layout.manner.lang
            words = labelled(witness_name(each, lang), one_line(each.note.render(lang)), lang)
            yield Row(hang=hang + 2, body=(Span(clipped(words, 300), "dim"),))
        if each.pictures:
            yield Row(hang=hang + 2, body=(Span(picture_times(each, layout.manner.lang), "dim"),))
        if each.remark:
            yield remark_row(each.remark, layout, indent=hang)
