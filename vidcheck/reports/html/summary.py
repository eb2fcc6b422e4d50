"""The top of the page: the call, the verdicts, the rules and how often each failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.facts import Entry
from vidcheck.findings import Level, Verdict
from vidcheck.reports import tally
from vidcheck.reports.finding import Layout
from vidcheck.reports.html.board import LOOKS, PASSES, VERDICTS, Look, look_of
from vidcheck.reports.html.entries import finding_block
from vidcheck.reports.html.markup import tag
from vidcheck.texts import SOURCE, join, marked, say, say_count, separator
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidcheck.findings import Finding
    from vidcheck.reports.html.board import Board, Column
    from vidcheck.reports.html.markup import Teller
    from vidcheck.texts import Readable

_BAR = 1000
_MOST_IGNORED = 1000
_SHARES = (PASSES, *(look for look in LOOKS if look is not PASSES))
_LEVELS = {Level.REQUIRED: marked("required"), Level.RECOMMENDED: marked("recommended")}


def header(board: Board, tell: Teller) -> str:
    """The call's title, the result in a sentence, and the rules and tools used."""
    report = board.report
    lang = tell.manner.lang
    kicker, title = say("Eligibility report"), report.rules.title_in(lang) or report.rules.source_in(lang)
    tools = separator(lang).join(f"{name} {version}" for name, version in report.tool.items() if name != "witness")
    rows: list[tuple[Readable, str]] = [
        (say("Rules"), report.rules.source_in(lang)),
        (say("Rules digest"), report.rules.digest),
        (say("Time zone of dates"), report.rules.timezone),
        (say("Tools"), tools),
        (say("Witnesses asked"), report.tool.get("witness", "")),
        (say("Folder"), board.folder),
    ]
    about = "".join(
        f"<div><dt>{tell(name)}</dt><dd><bdi>{tell(words)}</bdi></dd></div>" for name, words in rows if words
    )
    warned = say("INCOMPLETE: the run was interrupted, and entries are missing from this report.")
    incomplete = tag("p", f"<b>!</b> {tell(warned)}", class_="incomplete") if report.incomplete else ""
    return (
        f'<header><p class="kicker">{tell(kicker)}</p><h1><bdi>{tell(title)}</bdi></h1>{incomplete}'
        f'<dl class="about">{about}</dl></header>'
    )


def verdicts(board: Board, tell: Teller) -> str:
    """The bar of verdicts and its counts."""
    counts = board.report.summary
    by_verdict = {
        Verdict.INELIGIBLE: counts.ineligible, Verdict.REVIEW: counts.review, Verdict.ELIGIBLE: counts.eligible,
    }  # fmt: skip
    parts = [(VERDICTS[verdict], count) for verdict, count in by_verdict.items()]
    tiles = "".join(
        f'<li class="{look.letter}"><b>{look.char}</b> <strong>{count:,}</strong> {tell(look.word)}</li>'
        for look, count in parts
    )
    said: list[Readable] = [say_count("{count} entry", "{count} entries", counts.entries)]
    if counts.manual:
        said.append(say_count("{count} item for a person", "{count} items for a person", counts.manual))
    if counts.ignored and not board.report.ignored:
        said.append(tally.ignored(counts.ignored))
    return (
        f'<section aria-labelledby="h-summary"><h2 id="h-summary">{tell(say("Summary"))}</h2>'
        f'{bar(parts, "bar", tell)}<ul class="tiles">{tiles}</ul><p class="soft">{tell(join(said, say("; ")))}</p>{left_aside(board, tell)}</section>'
    )


def left_aside(board: Board, tell: Teller) -> str:
    """The files that were ignored by name, and the columns of the manifest that nobody reads."""
    report = board.report
    out = ""
    if report.ignored:
        rows = "".join(
            f"<li><bdi>{tell(Entry(path=one.path).shown)}</bdi> <small>{tell(one.reason)}</small></li>"
            for one in report.ignored[:_MOST_IGNORED]
        )
        more = len(report.ignored) - _MOST_IGNORED
        rest = f"<li>{tell(say('and {count} more', count=more))}</li>" if more > 0 else ""
        out += f"<details><summary>{tell(tally.ignored(len(report.ignored)))}</summary><ul>{rows}{rest}</ul></details>"
    if report.unread_columns:
        heads = separator(tell.manner.lang).join(report.unread_columns)
        head = say("{head} {names}", head=say("Columns of the manifest that nobody reads:"), names="")
        out += f'<p class="soft">{tell(head)}<bdi>{tell(heads)}</bdi></p>'
    return out


def bar(parts: Sequence[tuple[Look, int]], name: str, tell: Teller) -> str:
    """Shares as a bar. The numbers are next to it, so it is hidden from screen readers."""
    total = sum(count for _, count in parts)
    rects, start = [], 0
    for look, count in parts:
        wide = count * _BAR // total if total else 0
        wide = max(wide, 4) if count else 0
        if wide:
            words = f"{look.char} {count:,} {tell(look.word)}"
            rects.append(
                f'<rect class="{look.letter}" x="{start}" width="{wide}" height="10"><title>{words}</title></rect>'
            )
        start += wide
    return (
        f'<svg class="{name}" viewBox="0 0 {max(start, 1)} 10" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(rects)}</svg>"
    )


def by_rule(board: Board, tell: Teller) -> str:
    """What each rule asks, and the number of entries by outcome."""
    columns = [column for column in board.columns if not column.manual]
    if not columns:
        return ""
    used = [look for look in LOOKS if any(look.letter in column.counts for column in columns)]
    heads = [say("Rule"), say("Asks"), *(look.word for look in used)]
    head = "".join(f'<th scope="col">{tell(words)}</th>' for words in heads)
    rows = "\n".join(_rule(column, used, tell) for column in columns)
    shares = tell(say("Shares"))
    return (
        f'<section aria-labelledby="h-rules"><h2 id="h-rules">{tell(say("Rule by rule"))}</h2><div class="wide" '
        f'role="group" aria-labelledby="h-rules" tabindex="0"><table class="rules"><thead><tr>{head}'
        f'<td aria-label="{shares}"></td></tr></thead><tbody>\n{rows}\n</tbody></table></div></section>'
    )


def _rule(column: Column, used: Sequence[Look], tell: Teller) -> str:
    level = "" if column.level is Level.REQUIRED else f" <small>{tell(say(_LEVELS[column.level]))}</small>"
    cells = "".join(_count(column, look) for look in used)
    shares = bar([(look, column.counts.get(look.letter, 0)) for look in _SHARES], "thin", tell)
    return (
        f'<tr><th scope="row">{tell.line(column.called)}{level}</th><td>{tell.line(column.meaning)}</td>{cells}'
        f"<td>{shares}</td></tr>"
    )


def _count(column: Column, look: Look) -> str:
    count = column.counts.get(look.letter, 0)
    filtered = f' data-filter="{column.number}{look.letter}"'
    return f'<td class="n {look.letter}"{filtered}>{look.char} {count:,}</td>' if count else '<td class="n">0</td>'


def items(board: Board, tell: Teller) -> str:
    """The manual items in full, once each."""
    if not board.items:
        return ""
    alike = tally.same_manual(board.report.entries)
    head = say("For a person to decide, on every entry") if alike else say("For a person to decide")
    rows = "".join(
        f"<li><b>{tell.line(column.called)}</b> {tell.line(column.meaning)}{'' if alike else _on(column, tell)}"
        f"{_suggested(board, column, tell)}</li>"
        for column in board.items
    )
    return (
        f'<section aria-labelledby="h-items"><h2 id="h-items">{tell(head)}</h2><ul class="items">{rows}</ul></section>'
    )


def _suggested(board: Board, column: Column, tell: Teller) -> str:
    """How many entries a machine suggests what of."""
    rows = tally.suggestions(board.report.entries, column.rule)
    return (
        f"<br><small>{tell(tally.suggestion_counts(board.report.entries, rows, Layout(manner=tell.manner, names=0)))}</small>"
        if rows
        else ""
    )


def _on(column: Column, tell: Teller) -> str:
    count = column.counts.get("m", 0)
    return f" <small>{tell(say_count('on {count} entry', 'on {count} entries', count))}</small>"


def batch(board: Board, tell: Teller) -> str:
    """Findings on several entries at once."""
    if not board.report.batch:
        return ""
    blocks = "".join(_batch(alike, tell) for alike in _alike(board.report.batch))
    words = say("About several entries at once")
    return f'<section aria-labelledby="h-batch"><h2 id="h-batch">{tell(words)}</h2>{blocks}</section>'


def _alike(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Findings that ask the same and came out alike, together: thirty rows without a file are one matter."""
    groups: dict[object, list[Finding]] = {}
    for number, finding in enumerate(findings):
        more = finding.evidence or finding.remedy or finding.remarks or finding.decision
        kind = (finding.rule, finding.outcome, finding.level, finding.expected.render(SOURCE))
        groups.setdefault(number if more else kind, []).append(finding)
    return list(groups.values())


def _batch(findings: Sequence[Finding], tell: Teller) -> str:
    """A finding in full, or several under one heading."""
    first = findings[0]
    if len(findings) == 1:
        return finding_block(first, tell, heading="h3")
    look = look_of(first)
    rows = "".join(f"<li>{tell.line(finding.message)}</li>" for finding in findings)
    return (
        f'<div class="g {look.letter}"><h3><b>{look.char}</b> {tell.line(first.called)} <small>{tell(look.word)} · {len(findings)}</small></h3>'
        f"<dl><div><dt>{tell(say('Expected'))}</dt><dd>{tell(first.expected)}</dd></div></dl>"
        f'<ul class="v">{rows}</ul></div>'
    )


def faults(board: Board, tell: Teller) -> str:
    """The witnesses that failed, and on how many entries."""
    table: dict[tuple[str, str], int] = {}
    for line in board.lines:
        for fault in line.report.faults:
            row = fault.witness, fault.message.render(tell.manner.lang)
            table[row] = table.get(row, 0) + 1
    if not table:
        return ""
    rows = "".join(
        f"<li><b>{tell(registry.called(witness))}</b> {tell(message)} <small>{tell(say_count('on {count} entry', 'on {count} entries', count))}</small></li>"
        for (witness, message), count in sorted(table.items())
    )
    words = say("Witnesses that could not look")
    return (
        f'<section aria-labelledby="h-faults"><h2 id="h-faults">{tell(words)}</h2><ul class="x">{rows}</ul></section>'
    )
