"""The table of entries and rules, and its filters. Without a script it is a plain table."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from vidcheck.quantities import BYTES, DURATION, decimal
from vidcheck.reports.html.board import ASKS, LOOKS, PASSES, SKIPS, VERDICTS, WANTING, look_of
from vidcheck.reports.html.entries import anchor_of, in_full, work
from vidcheck.texts import say

if TYPE_CHECKING:
    from vidcheck.reports.html.board import Board, Column, Line, Look
    from vidcheck.reports.html.markup import Teller

_MEGABYTE = 10**6


def matrix(board: Board, tell: Teller) -> str:
    """The section of the matrix."""
    if not board.lines:
        return ""
    names = (say("Entry"), say("Verdict"), say("Size"), say("Duration"), say("Open"))
    fixed = "".join(f'<th scope="col">{tell(name)}</th>' for name in names)
    rules = "".join(
        f'<th scope="col" class="q" data-rule="{column.number}" title="{tell.line(column.called)}"><span>{tell.line(column.called)}</span></th>'
        for column in board.shown
    )
    widths = "".join(f'<col class="c{at}">' for at in range(len(names))) + "<col>" * len(board.shown)
    rows = "\n".join(_row(line, board, tell) for line in board.lines)
    return (
        f'<section class="matrix" aria-labelledby="h-matrix"><h2 id="h-matrix">{tell(say("Entries and rules"))}</h2>'
        f'{_form(board, tell)}<div class="scroll" role="group" aria-labelledby="h-matrix" tabindex="0">'
        f'<table id="matrix"><colgroup>{widths}</colgroup><thead><tr>{fixed}{rules}</tr></thead><tbody>\n{rows}\n</tbody>'
        f'</table></div><p id="none" hidden>{tell(say("No entry matches."))}</p>{_legend(board, tell)}</section>'
    )


def _row(line: Line, board: Board, tell: Teller) -> str:
    entry = line.report
    look = VERDICTS[entry.verdict]
    cells = "".join(_cell(line, column, tell) for column in board.shown)
    length = line.duration
    size = "<td></td>" if entry.size is None else f'<td data-n="{entry.size}">{_short(entry.size, tell)}</td>'
    duration = (
        "<td></td>"
        if length is None
        else f'<td data-n="{DURATION.json(length)}">{DURATION.show(length, tell.manner)}</td>'
    )
    return (
        f'<tr data-v="{entry.verdict.value}"><th scope="row"><a href="#e{line.number}">{tell(line.name)}</a>{work(line, tell)}</th>'
        f'<td class="{look.letter}"><span>{look.char} {tell(look.word)}</span>{_reasons(line, tell)}</td>{size}{duration}'
        f"{_open(line)}{cells}</tr>"
    )


def _reasons(line: Line, tell: Teller) -> str:
    """What people call the rules that need attention, the most important first."""
    wants = sorted(
        (LOOKS.index(look), at) for at, each in enumerate(line.report.findings) if (look := look_of(each)) in WANTING
    )
    words = [f"{LOOKS[rank].char} {tell.line(line.report.findings[at].called)}" for rank, at in wants]
    return f" <small>{' '.join(words)}</small>" if words else ""


def _open(line: Line) -> str:
    """How many items wait for a person. The script counts down what is ticked."""
    count = line.report.manual
    return f'<td class="m" data-n="{count}">{ASKS.char} {count}</td>' if count else '<td data-n="0"></td>'


def _short(size: int, tell: Teller) -> str:
    """The size to a tenth of a megabyte, rounded down so that it can't seem to meet a minimum that it misses."""
    if size < _MEGABYTE:
        return BYTES.show(size, tell.manner)
    return f"{decimal(Fraction(size * 10 // _MEGABYTE, 10), 1, grouped=True)} MB"


def _cell(line: Line, column: Column, tell: Teller) -> str:
    finding = line.findings.get(column.rule)
    if finding is None:
        return "<td></td>"
    look = look_of(finding)
    if in_full(finding):
        anchor = anchor_of(line, column.number)
        return f'<td class="{look.letter}"><a href="#{anchor}">{look.char}<i>{tell(look.word)}</i></a></td>'
    hidden = f"<i>{tell(look.word)}</i>" if look is SKIPS else ""
    return f'<td class="{look.letter}">{look.char}{hidden}</td>'


def _form(board: Board, tell: Teller) -> str:
    """The filters of table and entries. They need the script, so the script shows them."""
    counts = {verdict: sum(line.report.verdict is verdict for line in board.lines) for verdict in VERDICTS}
    chips = "".join(
        f'<label class="{look.letter}"><input type="checkbox" name="verdict" value="{verdict.value}">'
        f"<span>{look.char} {tell(look.word)} {counts[verdict]:,}</span></label>"
        for verdict, look in VERDICTS.items()
    )
    total = len(board.lines)
    groups = "".join(_options(column, total, tell) for column in board.shown)
    count = tell(say("{shown} of {all} entries", all=f"{total:,}"))
    return (
        '<form id="filter" role="search" hidden>'
        f'<label>{tell(say("Search"))} <input type="search" id="search" autocomplete="off" spellcheck="false"></label>'
        f'<label>{tell(say("Rule"))} <select id="rule"><option value="">{tell(say("any outcome of any rule"))}</option>'
        f"{groups}</select></label>"
        f"<fieldset><legend>{tell(say('Verdict'))}</legend>{chips}</fieldset>"
        f'<button type="reset">{tell(say("Show all"))}</button>'
        f'<output id="count" for="search rule" aria-live="polite" data-words="{count}"></output></form>'
    )


def _options(column: Column, total: int, tell: Teller) -> str:
    """The outcomes of a rule as filter options."""
    looks: list[Look] = [look for look in LOOKS if 0 < column.counts.get(look.letter, 0) < total]
    options = "".join(
        f'<option value="{column.number}{look.letter}">{look.char} {tell.line(column.called)}: {tell(look.word)} '
        f"({column.counts[look.letter]:,})</option>"
        for look in looks
    )
    return f'<optgroup label="{tell.line(column.called)}">{options}</optgroup>' if options else ""


def _legend(board: Board, tell: Teller) -> str:
    used = [look for look in LOOKS if look is PASSES or any(look.letter in column.counts for column in board.columns)]
    rows = "".join(f'<li class="{look.letter}"><b>{look.char}</b> {tell(look.word)}</li>' for look in used)
    return f'<ul class="legend">{rows}</ul>'
