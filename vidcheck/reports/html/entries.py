"""Each entry in full: what needs attention with evidence, what passes in brief, manual items as checkboxes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vidcheck.facts import State, visible
from vidcheck.findings import Outcome, Verdict
from vidcheck.reports.finding import (
    REMARK,
    decision_words,
    distinct_from,
    fact_words,
    key_name,
    remark_count,
    suggested,
    suggestion_words,
    tips_by_program,
    wanting,
)
from vidcheck.reports.html import sheet
from vidcheck.reports.html.board import ASKS, LOOKS, PASSES, SKIPS, VERDICTS, WANTING, Look, look_of
from vidcheck.reports.html.markup import escaped
from vidcheck.reports.html.pairs import pairs
from vidcheck.reports.links import film
from vidcheck.reports.page import clipped
from vidcheck.texts import Spoken, labelled, say, separator
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vidcheck.findings import Finding
    from vidcheck.reports.html.board import Board, Line
    from vidcheck.reports.html.markup import Teller
    from vidcheck.texts import Readable

_MOST_RAW = 120


def entries(board: Board, tell: Teller, folder: str | None) -> str:
    """The section of all entries; a single one is open. `folder` is the report's, from which links lead to the films.

    On paper stand those that fail or are in review: of the others the table says all, unless there is only one.
    """
    if not board.lines:
        return ""
    alone = len(board.lines) == 1
    most = sheet.share(len(board.lines))
    places = {column.rule: column.number for column in board.columns}
    cards = "\n".join(
        _card(
            line,
            places,
            tell,
            _head(line, tell, folder),
            sheet.sheet(line.report.content, line.number, most, tell),
            opened=alone,
        )
        for line in board.lines
    )
    note = say("Ticks are your own notes and stay in this browser. Decisions that count are made with vidcheck review.")
    notes = f'<p class="soft notes">{tell(note)}</p>' if board.items else ""
    told = alone or any(line.report.verdict is not Verdict.ELIGIBLE for line in board.lines)
    aside = "" if told else ' class="quiet"'
    doors = (
        ""
        if alone
        else f'<p class="doors" hidden><button type="button" data-open="1">{tell(say("Open all"))}</button> '
        f'<button type="button" data-open="">{tell(say("Close all"))}</button></p>'
    )
    return (
        f'<section{aside} aria-labelledby="h-entries"><h2 id="h-entries">{tell(say("Entry by entry"))}</h2>{notes}{doors}\n'
        f'<div id="entries">\n{cards}\n</div></section>'
    )


def finding_block(finding: Finding, tell: Teller, anchor: str = "", heading: str = "h4") -> str:
    """A finding in full, under a heading of that rank."""
    look = look_of(finding)
    parts = [_heading(finding, look, heading, tell), _message(finding, tell), _figures(finding, tell)]
    parts += [_decision(finding, tell), pairs(finding, tell), _evidence(finding, tell), remarks(finding.remarks, tell)]
    parts += [_remedy(finding, tell), _place(finding, tell)]
    identity = f' id="{anchor}"' if anchor else ""
    return f'<div class="g {look.letter}"{identity}>{"".join(parts)}</div>'


def anchor_of(line: Line, column: int) -> str:
    """The address on this page of a finding that is shown in full."""
    return f"e{line.number}-{column}"


def in_full(finding: Finding) -> bool:
    """Whether a finding is shown with all its evidence."""
    return wanting(finding) or finding.disputed or finding.decision is not None or bool(finding.remarks)


def _head(line: Line, tell: Teller, folder: str | None) -> str:
    """The link to the film."""
    address = film(line.report.entry, folder) if folder is not None else ""
    link = f'<a href="{escaped(address)}" target="_blank">{tell(say("Open the film"))}</a>' if address else ""
    return f'<p class="film">{link}</p>' if link else ""


def _card(line: Line, places: Mapping[str, int], tell: Teller, head: str, seen: str, *, opened: bool) -> str:
    entry = line.report
    look = VERDICTS[entry.verdict]
    full = sorted(filter(in_full, entry.findings), key=_weight)
    blocks = "".join(finding_block(finding, tell, anchor_of(line, places[finding.rule])) for finding in full)
    said = f"{_faults(line, tell)}{remarks(entry.remarks, tell)}{blocks}{_tips(full, tell)}"
    inside = f"{head}{said}{_brief(entry.findings, places, tell)}{seen}"
    count = f" <span>{REMARK.char} {tell(remark_count(entry))}</span>" if entry.remarked else ""
    aside = " quiet" if entry.verdict is Verdict.ELIGIBLE and not opened else ""
    return (
        f'<details class="e {entry.verdict.value}{aside}" id="e{line.number}"{" open data-alone" if opened else ""}>'
        f'<summary><h3 class="{look.letter}"><b>{look.char}</b> <bdi>{tell(line.name)}</bdi></h3>{work(line, tell)} '
        f"<span>{tell(look.word)}</span>{_wanting_names(full, tell)}{count}</summary>{inside}</details>"
    )


def work(line: Line, tell: Teller) -> str:
    """The title and the unit, for those who don't know the works by their files."""
    words = [f"<bdi>{tell(each)}</bdi>" for each in (line.title, line.unit) if each]
    return f" <small>{' · '.join(words)}</small>" if words else ""


def _wanting_names(findings: Sequence[Finding], tell: Teller) -> str:
    """The rules that need attention, for an entry that is closed."""
    return "".join(
        f' <span class="{look.letter}">{look.char} {tell.line(finding.called)}</span>'
        for finding in findings
        if (look := look_of(finding)) in WANTING
    )


def _weight(finding: Finding) -> int:
    return LOOKS.index(look_of(finding))


def _faults(line: Line, tell: Teller) -> str:
    words = (tell.line(registry.failure(fault)) for fault in line.report.faults)
    return "".join(f'<p class="x">{each}</p>' for each in words)


def remarks(rows: Sequence[Readable], tell: Teller) -> str:
    """Remarks, a paragraph each."""
    return "".join(f"<p>{REMARK.char} {tell.line(remark)}</p>" for remark in rows)


def _heading(finding: Finding, look: Look, rank: str, tell: Teller) -> str:
    return f"<{rank}><b>{look.char}</b> {tell.line(finding.called)} <small>{tell(look.word)}</small></{rank}>"


def _message(finding: Finding, tell: Teller) -> str:
    """The rules' own message on a failure, why it is unknown, or what the value rests on."""
    if finding.outcome is Outcome.UNKNOWN or isinstance(finding.message, Spoken):
        return f"<p>{tell.line(finding.message)}</p>"
    why = finding.why
    return f"<p>{tell.line(why)}</p>" if why else ""


def _figures(finding: Finding, tell: Teller) -> str:
    rows = [(say("Expected"), finding.expected), (say("Actual"), finding.actual)]
    if finding.outcome is Outcome.UNKNOWN:
        rows = rows[:1]
    if finding.difference and finding.difference.render(tell.manner.lang):
        rows.append((say("Difference"), finding.difference))
    pairs = "".join(f"<div><dt>{tell(name)}</dt><dd>{tell(words)}</dd></div>" for name, words in rows)
    return f"<dl>{pairs}</dl>"


def _decision(finding: Finding, tell: Teller) -> str:
    return f'<p class="r">{tell.line(decision_words(finding.decision))}</p>' if finding.decision else ""


def _wide(finding: Finding) -> str:
    """The class of an item with a suggestion, which takes a line of its own."""
    return ' class="h"' if suggested(finding) else ""


def _suggestion(finding: Finding, tell: Teller) -> str:
    """What a machine suggests on what a person has to decide, with its evidence."""
    suggestion = suggested(finding)
    if suggestion is None:
        return ""
    shown = replace(finding, evidence=suggestion.evidence, uncounted=())
    return f"<p>{tell.line(suggestion_words(suggestion))}</p>{_evidence(shown, tell)}"


def _evidence(finding: Finding, tell: Teller) -> str:
    """The evidence: each value, its place in the witness's output, and the original text."""
    several = len({fact.key for fact in finding.evidence}) > 1
    why = finding.why
    rows = []
    for fact in finding.evidence:
        key = labelled(tell(key_name(fact.key, tell.manner.lang)), "", tell.manner.lang) if several else ""
        said = tell(fact_words(fact, tell.manner, distinct_from(finding, fact)))
        where = f" <code>{tell(fact.locator)}</code>" if fact.locator else ""
        raw = fact.original(tell.manner.lang)
        raw = "" if raw == fact.value else raw  # a text that stands there already
        quote = f" <q>{tell(clipped(raw, _MOST_RAW))}</q>" if raw else ""
        note = f" <small>{tell.line(fact.note)}</small>" if fact.note and fact.note != why else ""
        apart = fact in finding.uncounted and fact.state is State.KNOWN
        aside = f" <small>{tell(say('not counted'))}</small>" if apart else ""
        rows.append(f"<li>{tell(registry.called(fact.witness))} {key}<b>{said}</b>{where}{quote}{aside}{note}</li>")
    return f'<ul class="v">{"".join(rows)}</ul>' if rows else ""


def _remedy(finding: Finding, tell: Teller) -> str:
    if not finding.remedy or not wanting(finding):
        return ""
    command = finding.remedy.command
    words = f'<p class="r">{tell.line(finding.remedy.words)}</p>'
    return f"{words}<pre>{_command(command, tell)}</pre>" if command else words


def _tips(findings: Sequence[Finding], tell: Teller) -> str:
    """How it is all done in each of the programs that people use."""
    programs = tips_by_program(findings, tell.manner.lang)
    rows = "".join(
        f"<li><b>{tell(program)}</b><ul>{''.join(f'<li>{tell(words)}</li>' for words in steps)}</ul></li>"
        for program, steps in programs.items()
    )
    head = tell(say("How to do it in the program that you use"))
    return f'<div class="k t"><h4>{head}</h4><ul>{rows}</ul></div>' if rows else ""


def _command(command: str, tell: Teller) -> str:
    """The command; none if it needs escaping, because pasting it would do something else."""
    hidden = say("The command can't be shown here: the file's name has invisible characters. The JSON report has it.")
    return tell(command) if visible(command) == command else tell(hidden)


def _place(finding: Finding, tell: Teller) -> str:
    place = f"{finding.place.file}:{finding.place.line}"
    return f'<p class="l">{tell(say("asked by {place}", place=place))}</p>'


def _brief(findings: Sequence[Finding], places: Mapping[str, int], tell: Teller) -> str:
    """Passing rules, rules that don't apply, and boxes to tick; the full text of rules is in the list of rules."""
    passed = [_passed(finding, tell) for finding in findings if look_of(finding) is PASSES and not in_full(finding)]
    skipped = [f"<li>{tell.line(finding.message)}</li>" for finding in findings if look_of(finding) is SKIPS]
    asked = [
        f'<li{_wide(finding)}><label><input type="checkbox" value="{places[finding.rule]}"> '
        f"{tell.line(finding.called)}</label>{_suggestion(finding, tell)}</li>"
        for finding in findings
        if look_of(finding) is ASKS
    ]
    rows = ((PASSES, passed), (SKIPS, skipped), (ASKS, asked))
    return "".join(_list(look, items, tell) for look, items in rows if items)


def _list(look: Look, items: Sequence[str], tell: Teller) -> str:
    return f'<div class="k {look.letter}"><h4>{tell(look.word)}</h4><ul>{"".join(items)}</ul></div>'


def _passed(finding: Finding, tell: Teller) -> str:
    who = separator(tell.manner.lang).join(
        dict.fromkeys(
            tell(registry.called(fact.witness)) for fact in finding.decisive if fact.state is not State.UNKNOWN
        )
    )
    actual, expected = (clipped(words.render(tell.manner.lang)) for words in (finding.actual, finding.expected))
    seen = say("{actual}, expected {expected}", actual=actual, expected=expected)
    shown = tell(actual if actual == expected else seen)
    why = finding.why
    rests = bool(why) and not all(KEYS[key].absence_tells for key in finding.keys)
    note = f" <small>{tell.line(why)}</small>" if why and rests else ""
    witnesses = f" <i>{who}</i>" if who else ""
    return f"<li><b>{tell.line(finding.called)}</b> {shown}{witnesses}{note}</li>"
