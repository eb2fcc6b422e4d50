"""The findings on one film for its maker: what fails and what to do, what is open, what passes, what to look at.

A rule that doesn't apply is only counted, and of the evidence stands what each witness says, without its place, unless
everything is wanted (`--all`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vidcheck.facts import DECLARED, Depth, State
from vidcheck.findings import Outcome
from vidcheck.quantities import DATE, RESOLUTION
from vidcheck.reports.finding import (
    DOUBT,
    FAIL,
    MANUAL,
    PASS,
    SKIP,
    UNKNOWN,
    WARN,
    Layout,
    Sign,
    body,
    brief_evidence,
    command,
    decision_row,
    each_with_its_like,
    name_of,
    overruled,
    remark_row,
    row_of,
    sign_of,
    suggestion_rows,
    tips_by_program,
    together,
    wanting,
)
from vidcheck.reports.page import BLANK, Block, Row, Span, one_line
from vidcheck.texts import SENTENCES, Spoken, Text, join, labelled, marked, say, say_count, separator
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vidcheck.findings import EntryReport, Finding
    from vidcheck.texts import Readable

_HANG = 4
"""The column where the text of a finding begins."""
_ONE_COMMAND = marked("For those who know the command line, with ffmpeg (others skip this):")
_COMMANDS = marked(
    "For those who know the command line, with ffmpeg (others skip this); a command mends one thing, so give the next one the file that it wrote:"
)
_HEADS = {
    FAIL: marked("Not as the rules ask:"),
    UNKNOWN: marked("Could not be found out; please explain, or the organizer decides:"),
    WARN: marked("Recommended only, no reason to refuse the entry:"),
    DOUBT: marked("Recommended, and not known:"),
}
"""What is said above the findings with that sign."""


def sections(entry: EntryReport, layout: Layout, *, all_findings: bool) -> Iterator[Block]:
    """All findings, the most important first, each kind under its head."""
    by_sign: dict[Sign, list[Finding]] = {}
    for finding in entry.findings:
        by_sign.setdefault(sign_of(finding), []).append(finding)
    cause = _one_cause(entry.findings, layout.manner.lang)
    if cause:
        yield _head(say(_HEADS[UNKNOWN]), layout)
        yield from row_of(*cause, layout)
        yield BLANK
    for sign, head in _HEADS.items():
        if sign in by_sign and not (cause and sign in {UNKNOWN, DOUBT}):
            yield _head(say(head), layout)
            if all_findings:
                yield from each_with_its_like(by_sign[sign], layout)
            else:
                yield from _each(by_sign[sign], layout)
            yield from tips(by_sign[sign], layout)
            if not all_findings:
                yield from _commands(by_sign[sign], layout)
            yield BLANK
    yield from _check_again(entry, layout)
    if PASS in by_sign:
        whole = not any("intact" in finding.keys for finding in by_sign.get(FAIL, ()))
        yield from (
            each_with_its_like(by_sign[PASS], layout) if all_findings else _passed(by_sign[PASS], layout, whole=whole)
        )
        yield BLANK
    yield from _asked(entry, by_sign.get(MANUAL, ()), layout)
    if SKIP in by_sign:
        yield from (
            each_with_its_like(by_sign[SKIP], layout)
            if all_findings
            else _left(by_sign[SKIP], layout, declared=bool(entry.declared))
        )


def causes(findings: Iterable[Finding], lang: str) -> set[str]:
    """Why findings are unknown, as the screen says it."""
    return {finding.why.render(lang) for finding in findings if finding.why and finding.standing is Outcome.UNKNOWN}


def _one_cause(findings: Sequence[Finding], lang: str) -> tuple[list[Finding], Readable] | None:
    """All that is unknown with its one reason, where nothing is known of the film: it can't be read."""
    open_ = [finding for finding in findings if finding.standing is Outcome.UNKNOWN]
    first = open_[0].why if open_ else None
    if first is None or any(finding.evidence or finding.decision for finding in findings):
        return None
    whys = {finding.why.render(lang) for finding in open_ if finding.why}
    return (open_, first) if len(whys) == 1 and len(open_) > 1 else None


def _each(findings: Sequence[Finding], layout: Layout) -> Iterator[Block]:
    """Each finding that needs attention; those that are unknown for one reason as one."""
    alike = together(findings, layout.manner)
    for finding in findings:
        row = alike.get(id(finding))
        if row is None:
            yield from _wanting(finding, layout)
        elif finding is row[0] and finding.why is not None:
            yield from row_of(row, finding.why, layout)


def _wanting(finding: Finding, layout: Layout) -> Iterator[Block]:
    """One finding that needs attention: what is wrong, what to do, who says so."""
    lang, sign = layout.manner.lang, sign_of(finding)
    name = Span(name_of(finding, lang), "bold")
    colon = Span(layout.say(say(": ")))
    own = finding.outcome is Outcome.FAIL and isinstance(finding.message, Spoken)
    first = (Span(one_line(finding.message.render(lang))),) if own else _figures(finding, layout)
    yield Row(indent=2, lead=(Span(sign.char, sign.style),), hang=_HANG, body=(name, colon, *first))
    if own:
        yield _beside(*_figures(finding, layout))
    elif finding.outcome is Outcome.UNKNOWN:
        yield _beside(Span(layout.say(say("expected {expected}", expected=finding.expected))))
    if finding.outcome is Outcome.FAIL and finding.why:
        yield _beside(Span(one_line(finding.why.render(lang))))
    yield from decision_row(finding, layout, _HANG)
    if finding.remedy:
        words = one_line(finding.remedy.words.render(lang))
        yield Row(indent=_HANG, lead=(Span("→"),), hang=_HANG + 2, body=(Span(words, "bold"),))
    yield _beside(Span(brief_evidence(finding, layout), "dim"))
    yield from (remark_row(remark, layout, indent=_HANG) for remark in finding.remarks)


def tips(findings: Sequence[Finding], layout: Layout) -> Iterator[Block]:
    """How it is all done in each of the programs that people use, so that they read on at the one they have."""
    lang = layout.manner.lang
    programs = tips_by_program(findings, lang)
    if programs:
        yield Row(hang=2, body=(Span(layout.say(say("How to do it in the program that you use:")), "bold"),))
    for program, rows in programs.items():
        if len(rows) == 1:
            words = labelled(program, rows[0], lang)
            yield Row(indent=_HANG, lead=(Span("•"),), hang=_HANG + 2, body=(Span(words),))
            continue
        yield Row(indent=_HANG, lead=(Span("•"),), hang=_HANG + 2, body=(Span(labelled(program, "", lang).rstrip()),))
        for words in rows:
            yield Row(indent=_HANG + 2, lead=(Span("-"),), hang=_HANG + 4, body=(Span(words),))


def _commands(findings: Sequence[Finding], layout: Layout) -> Iterator[Block]:
    """The commands, after what most people read; each with its rule's name if there are several."""
    texts = {finding.remedy.command: finding for finding in findings if finding.remedy and finding.remedy.command}
    introduction: Text | None = say(_ONE_COMMAND) if len(texts) == 1 else say(_COMMANDS)
    for text, finding in texts.items():
        name = name_of(finding, layout.manner.lang) if len(texts) > 1 else ""
        yield from command(text, layout, 2, introduction, name)
        introduction = None


def _check_again(entry: EntryReport, layout: Layout) -> Iterator[Block]:
    """What comes after all advice that makes a new file: check that one too."""
    wrong = [finding for finding in entry.findings if finding.standing is Outcome.FAIL and finding.remedy]
    film = [finding for finding in wrong if not all(key.startswith(_NO_FILM) for key in finding.keys)]
    if film:
        words = [say("A new export has another date and size: keep the old file, check the new one.")]
        if any("completed" in finding.keys and _by_file(finding) for finding in entry.findings):
            words.append(
                say(
                    "If its date is then too late, write on the entry form when and where (web address) the work was shown."
                )
            )
        yield Row(body=(Span(join(words, SENTENCES).render(layout.manner.lang), "bold"),))
        yield BLANK
    elif any(not all(KEYS[key].kind is DATE for key in finding.keys if key in KEYS) for finding in wrong):
        yield Row(body=(Span(layout.say(say("When this is mended, check again."))),))
        yield BLANK


_NO_FILM = ("completed", "broadcast", "container.created", "declared.", "form.", "attachment.", "file.", "checksum")
"""How the keys begin that no new export of the film mends."""


def _by_file(finding: Finding) -> bool:
    """Whether the file's own date decides."""
    return any(fact.state is State.KNOWN for fact in finding.decisive) and not any(
        fact.witness == DECLARED and fact.state is State.KNOWN for fact in finding.evidence
    )


def _figures(finding: Finding, layout: Layout) -> tuple[Span, ...]:
    """The actual and the expected value; of a yes or no the actual one tells both."""
    if finding.outcome is Outcome.FAIL and len(finding.keys) == 1 and KEYS[finding.keys[0]].yes:
        return (Span(one_line(finding.actual.render(layout.manner.lang))),)
    if finding.outcome is Outcome.UNKNOWN and finding.why:  # the head above says that it is unknown
        return (Span(one_line(finding.why.render(layout.manner.lang))),)
    if any(KEYS[key].kind is RESOLUTION for key in finding.keys if key in KEYS):
        finding = replace(finding, difference=None)  # 640×360 beside 1280×720 says it
    return body(finding, layout)


def _passed(findings: Sequence[Finding], layout: Layout, *, whole: bool) -> Iterator[Block]:
    """The names of what passes; with its value what rests on little, what a person decided and what is odd."""
    apart = [finding for finding in findings if overruled(finding) or finding.remarks or _rests_on(finding)]
    names = [name_of(finding, layout.manner.lang) for finding in findings if finding not in apart]
    if names:
        rules = separator(layout.manner.lang).join(names)
        words = (
            say("In order: {rules}", rules=rules)
            if whole
            else say("In order, for the part that is there: {rules}", rules=rules)
        )
        yield Row(indent=2, lead=(Span(PASS.char, PASS.style),), hang=_HANG, body=(Span(layout.say(words)),))
    for finding in apart:
        name = Span(name_of(finding, layout.manner.lang))
        colon = Span(layout.say(say(": ")))
        body_ = (name, colon, *body(finding, layout))
        yield Row(indent=2, lead=(Span(PASS.char, PASS.style),), hang=_HANG, body=body_)
        if finding.why and _rests_on(finding):
            yield _beside(Span(one_line(finding.why.render(layout.manner.lang)), "dim"))
        yield from decision_row(finding, layout, _HANG)
        yield from (remark_row(remark, layout, indent=_HANG) for remark in finding.remarks)


def _rests_on(finding: Finding) -> bool:
    """Whether it passes by a value that others could replace, as a date in the file by a declared one."""
    return finding.why is not None and any(KEYS[key].tiers for key in finding.keys)


def _asked(entry: EntryReport, findings: Sequence[Finding], layout: Layout) -> Iterator[Block]:
    """What only a person can say, as a list with boxes to tick."""
    clean = not any(map(wanting, entry.findings))
    if not findings:
        if clean and any(finding.standing is Outcome.PASS for finding in entry.findings):
            yield _head(say("Everything that the rules ask is in order."), layout)
            yield BLANK
        return
    head = (
        say("Everything that a machine can check is in order. Please check the rest yourself; all of them must hold:")
        if clean
        else say("What no machine can tell; please check it yourself:")
    )
    yield _head(head, layout)
    for finding in findings:
        words = one_line(finding.expected.render(layout.manner.lang))
        yield Row(indent=2, lead=(Span(MANUAL.char, MANUAL.style),), hang=_HANG, body=(Span(words),))
        yield from suggestion_rows(finding, layout, _HANG)
    yield BLANK


def _of_content(finding: Finding) -> bool:
    """Whether it asks for nothing but what only decoding tells."""
    return bool(finding.keys) and all(KEYS[key].depth is not Depth.NONE for key in finding.keys)


def _left(findings: Sequence[Finding], layout: Layout, *, declared: bool) -> Iterator[Block]:
    """How many rules don't apply, and why where it is that there are no papers.

    Rules on content that nobody has looked at are not counted: a line at the end says it.
    """
    findings = [each for each in findings if not _of_content(each)]
    count = len(findings)
    if not count:
        return
    if not declared and all(
        finding.keys and all(key.startswith(_PAPERS) for key in finding.keys) for finding in findings
    ):
        words = say_count(
            "{count} more rule asks about the entry form and other papers, not this file (--all names it).",
            "{count} more rules ask about the entry form and other papers, not this file (--all names them).",
            count,
        )
    else:
        words = say_count(
            "{count} rule does not apply to this file; --all names it.",
            "{count} rules do not apply to this file; --all names them.",
            count,
        )
    yield Row(body=(Span(layout.say(words), "dim"),))


_PAPERS = ("declared.", "broadcast", "form.", "attachment.")
"""How the keys begin that are about what lies beside the film."""


def _head(words: Text, layout: Layout) -> Row:
    return Row(body=(Span(layout.say(words), "bold"),))


def _beside(*spans: Span) -> Row:
    return Row(hang=_HANG, body=spans)
