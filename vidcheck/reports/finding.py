"""One finding as rows of a page: sign, name, expected and actual values, evidence, remedy."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from vidcheck.facts import State, visible
from vidcheck.findings import Choice, Finding, Level, Likely, Outcome
from vidcheck.quantities import DATE, DURATION, Manner, Shown
from vidcheck.reports.page import Block, Command, Row, Span, cells, clipped, one_line
from vidcheck.texts import (
    GIVEN,
    Capital,
    Spoken,
    Text,
    aside,
    join,
    labelled,
    listed,
    marked,
    say,
    say_count,
    separator,
)
from vidcheck.vocabulary import CHECKSUM, CONTENT_DURATION, CONTENT_FINGERPRINT, KEYS
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vidcheck.facts import Fact
    from vidcheck.findings import Decision, EntryReport, Suggestion
    from vidcheck.texts import Readable

_WIDEST_NAME = 16
_BEGINNING = 17  # characters of a checksum in evidence, with the ellipsis


_WITHOUT = {State.UNKNOWN: marked("nothing usable"), State.ABSENT: marked("none found")}
"""What brief evidence says where a witness has no value."""


LIKELY: dict[Likely, Readable] = {
    Likely.YES: say("likely yes"), Likely.NO: say("likely no"), Likely.UNKNOWN: say("no idea"),
}  # fmt: skip
"""What a machine thinks of a manual rule."""


class Sign(NamedTuple):
    """A finding's sign and style, and its weight for sorting."""

    char: str
    style: str
    weight: int


FAIL, UNKNOWN = Sign("✗", "bold red", 0), Sign("?", "bold yellow", 1)
WARN, DOUBT = Sign("!", "yellow", 2), Sign("?", "yellow", 3)
PASS, SKIP, MANUAL = Sign("✓", "green", 4), Sign("–", "dim", 5), Sign("☐", "cyan", 6)
REMARK = Sign("•", "yellow", 7)
"""The sign of a remark, which stands under a finding or, like a finding, under an entry."""
_SIGNS = {
    Outcome.FAIL: (FAIL, WARN), Outcome.UNKNOWN: (UNKNOWN, DOUBT),
    Outcome.PASS: (PASS, PASS), Outcome.SKIP: (SKIP, SKIP), Outcome.MANUAL: (MANUAL, MANUAL),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The layout of all findings of a page."""

    manner: Manner
    names: int
    """Columns for the rules' names."""
    places: bool = False
    """Whether evidence says where in a witness's output it stands, which only those who know the tools can read."""

    @classmethod
    def of(cls, findings: Sequence[Finding], manner: Manner, *, places: bool = False) -> Layout:
        """A layout wide enough for the names of those findings, up to a limit."""
        widths = (cells(name_of(finding, manner.lang)) for finding in findings)
        names = max((width for width in widths if width <= _WIDEST_NAME), default=0)
        return cls(manner=manner, names=names, places=places)

    @property
    def hang(self) -> int:
        """The column where the text of a finding begins."""
        return self.names + 6

    def say(self, text: Text) -> str:
        """A message in the reader's language."""
        return text.render(self.manner.lang)


def name_of(finding: Finding, lang: str) -> str:
    """What people call the finding's rule."""
    return visible(one_line(finding.called.render(lang)))


def witness_name(fact: Fact, lang: str) -> str:
    """What people call the fact's witness."""
    return registry.called(fact.witness).render(lang)


def key_name(key: str, lang: str) -> str:
    """What people call a key."""
    return KEYS[key].called.render(lang) if key in KEYS else visible(key)


def sign_of(finding: Finding) -> Sign:
    """The finding's sign; recommended rules have their own for failures."""
    return _SIGNS[finding.standing][finding.level is Level.RECOMMENDED]


def wanting(finding: Finding) -> bool:
    """Whether a person has to look at it."""
    return finding.standing in {Outcome.FAIL, Outcome.UNKNOWN}


def overruled(finding: Finding) -> bool:
    """Whether a person's decision differs from the machine's outcome; answers to manual rules don't count."""
    return finding.decision is not None and finding.outcome in {Outcome.FAIL, Outcome.UNKNOWN}


def noticed(finding: Finding) -> bool:
    """Whether it is shown where only what is out of the ordinary is shown."""
    return wanting(finding) or overruled(finding) or bool(finding.remarks)


def rows(finding: Finding, layout: Layout) -> Iterator[Block]:
    """The finding in full if it needs attention, else in one line; its remarks."""
    yield Row(indent=2, lead=lead(finding, layout.manner.lang), hang=layout.hang, body=body(finding, layout))
    yield from _asked(finding, layout)
    yield from decision_row(finding, layout, layout.hang)
    yield from suggestion_rows(finding, layout, layout.hang)
    if wanting(finding) or finding.disputed or finding.decision:
        if layout.places:
            yield from _evidence(finding, layout)
        else:
            yield _beside(layout, Span(brief_evidence(finding, layout), "dim"))
        yield from _notes(finding, layout)
    if finding.remedy and wanting(finding):
        words = one_line(finding.remedy.words.render(layout.manner.lang))
        yield Row(indent=layout.hang, lead=(Span("→"),), hang=layout.hang + 2, body=(Span(words),))
        if finding.remedy.command:
            yield from command(finding.remedy.command, layout, layout.hang)
    yield from (remark_row(remark, layout, indent=layout.hang) for remark in finding.remarks)


def each_with_its_like(findings: Iterable[Finding], layout: Layout) -> Iterator[Block]:
    """All findings, the most important first; those that there is only one thing to say of are shown together."""
    every = list(findings)
    alike = together(every, layout.manner)
    for finding in sorted(every, key=lambda each: sign_of(each).weight):
        row = alike.get(id(finding))
        if row is None:
            yield from rows(finding, layout)
        elif finding is row[0] and finding.why is not None:
            yield from row_of(row, finding.why, layout)


def row_of(findings: Sequence[Finding], why: Readable, layout: Layout) -> Iterator[Block]:
    """Findings with the same reason; of unknown ones also where the rules stand."""
    names = separator(layout.manner.lang).join(name_of(each, layout.manner.lang) for each in findings)
    sign, open_ = sign_of(findings[0]), findings[0].outcome is Outcome.UNKNOWN
    key = marked("{rules} are unknown: {why}") if open_ else marked("{rules} do not apply: {why}")
    words = one_line(layout.say(say(key, rules=names, why=why)))
    yield Row(indent=2, lead=(Span(sign.char, sign.style),), hang=4, body=(Span(words, "" if open_ else "dim"),))
    if open_:
        lines: dict[str, dict[str, None]] = {}
        for each in findings:
            lines.setdefault(visible(each.place.file), {})[str(each.place.line)] = None
        places = listed(f"{file}:{', '.join(numbers)}" for file, numbers in lines.items())
        yield Row(hang=4, body=(Span(layout.say(say("asked by {place}", place=places)), "dim"),))


def together(findings: Iterable[Finding], manner: Manner) -> dict[int, list[Finding]]:
    """By `id` of a finding: the findings shown with it.

    Their rules don't apply for the same reason, or are unknown for it, without evidence or anything to do about it.
    """
    by_reason: dict[tuple[str, str], list[Finding]] = {}
    findings = list(findings)
    blind = not any(
        finding.evidence for finding in findings
    )  # as with a file that can't be read: one cause, one answer
    for finding in findings:
        bare = not (finding.evidence or finding.remedy or finding.remarks)
        told = finding.outcome is Outcome.SKIP or (finding.outcome is Outcome.UNKNOWN and (bare or blind))
        if told and finding.why is not None and finding.decision is None:
            by_reason.setdefault((sign_of(finding).style, finding.why.render(manner.lang)), []).append(finding)
    return {id(finding): row for row in by_reason.values() if len(row) > 1 for finding in row}


def apart(findings: Sequence[Finding], manner: Manner) -> list[Finding]:
    """The findings that have a row each."""
    alike = together(findings, manner)
    return [finding for finding in findings if id(finding) not in alike]


def remark_count(entry: EntryReport) -> Text:
    """How many remarks there are on an entry."""
    return say_count("{count} remark", "{count} remarks", entry.remarked)


def remark_row(remark: Readable, layout: Layout, *, indent: int = 2) -> Row:
    """A remark on a line of its own."""
    words = one_line(remark.render(layout.manner.lang))
    return Row(indent=indent, lead=(Span(REMARK.char, REMARK.style),), hang=indent + 2, body=(Span(words),))


def lead(finding: Finding, lang: str) -> tuple[Span, ...]:
    """The sign and the name."""
    sign = sign_of(finding)
    return Span(sign.char, sign.style), Span(" "), Span(name_of(finding, lang), "bold" if wanting(finding) else "")


def tips_by_program(findings: Iterable[Finding], lang: str) -> dict[str, list[str]]:
    """What is to be done in each program: a line for each thing, which names the rules that ask for it if there are others."""
    names: dict[str, dict[str, list[str]]] = {}
    for finding in findings:
        for tip in finding.remedy.settings if finding.remedy and wanting(finding) else ():
            program, words = one_line(tip.program.render(lang)), one_line(tip.words.render(lang))
            names.setdefault(program, {}).setdefault(words, []).append(name_of(finding, lang))
    return {
        program: [labelled(separator(lang).join(rules), words, lang) for words, rules in rows.items()]
        if len(rows) > 1
        else [*rows]
        for program, rows in names.items()
    }


def decision_row(finding: Finding, layout: Layout, hang: int) -> Iterator[Block]:
    """A person's decision, if there is one."""
    if finding.decision:
        words = one_line(decision_words(finding.decision).render(layout.manner.lang))
        yield Row(hang=hang, body=(Span(words, "bold"),))


def suggestion_words(suggestion: Suggestion) -> Text:
    """A machine's suggestion, with what it rests on."""
    return say("Suggestion: {answer} ({because})", answer=LIKELY[suggestion.answer], because=suggestion.because)


def suggested(finding: Finding) -> Suggestion | None:
    """What helps a person with a finding that waits; None where a machine has not even looked."""
    suggestion = finding.suggestion
    waits = finding.standing is Outcome.MANUAL and suggestion is not None and not suggestion.unlooked
    return suggestion if waits else None


def suggestion_rows(finding: Finding, layout: Layout, hang: int) -> Iterator[Block]:
    """The suggestion on a finding that waits for a person, and where in the film it comes from."""
    suggestion, lang = suggested(finding), layout.manner.lang
    if suggestion is None:
        return
    yield Row(hang=hang, body=(Span(one_line(layout.say(suggestion_words(suggestion)))),))
    notes = dict.fromkeys(one_line(fact.note.render(lang)) for fact in suggestion.evidence if fact.note)
    yield from (Row(hang=hang, body=(Span(clipped(note, 300), "dim"),)) for note in notes)


def command(text: str, layout: Layout, hang: int, introduction: Text | None = None, name: str = "") -> Iterator[Block]:
    """A command on a line of its own, after what it is where that is new to readers; none if it needs escaping, because pasting it would do something else."""
    if visible(text) == text:
        if introduction:
            yield Row(hang=hang, body=(Span(layout.say(introduction), "dim"),))
        if name:
            yield Row(hang=hang, body=(Span(labelled(name, "", layout.manner.lang).rstrip(), "dim"),))
        yield Command(text, indent=4)
        return
    hidden = say("No command is shown: the file's name has characters that can't be shown, so it could not be copied.")
    yield Row(hang=hang, body=(Span(layout.say(hidden)),))


def witness_words(
    fact: Fact, layout: Layout, apart: tuple[Any, ...] = (), *, counted: bool = True, brief: bool = False
) -> str:
    """One witness's value and its place: `ffprobe 5:12.480 (format.duration)`; if unknown also the raw text.

    A value that did not decide is marked.
    """
    raw = fact.original(layout.manner.lang) if fact.state is State.UNKNOWN else ""
    where = ": ".join(clipped(visible(text), 60) for text in (fact.locator, raw) if text)
    if not counted and fact.state is State.KNOWN:
        where = layout.say(say("{where}, not counted", where=where) if where else say("not counted"))
    lang = layout.manner.lang
    shown = _in_evidence(fact, layout.manner, apart) if brief else fact_words(fact, layout.manner, apart)
    word = f"{witness_name(fact, lang)} {shown}"
    return aside(word, where, lang) if where else word


def decision_words(decision: Decision) -> Text:
    """A person's decision: who, when and why, or that it is void."""
    if decision.void:
        return say("void: {decision} ({why})", decision=_decided(decision), why=decision.void)
    if decision.against:
        every = join([_decided(each) for each in (*decision.against, decision)], say("; "))
        return say("people decided differently, so somebody has to settle it: {decisions}", decisions=every)
    return _decided(decision)


def _decided(decision: Decision) -> Text:
    by, date, reason = decision.by, DATE.write(decision.date), decision.reason
    if decision.choice is Choice.REJECT:
        return say("rejected by {by}, {date}: {reason}", by=by, date=date, reason=reason)
    if not reason:
        return say("accepted by {by}, {date}", by=by, date=date)
    return say("accepted by {by}, {date}: {reason}", by=by, date=date, reason=reason)


def fact_words(fact: Fact, manner: Manner, apart: tuple[Any, ...] = ()) -> str:
    """A fact's value, or that there is none, or that the value can't be true."""
    if fact.state is State.KNOWN:
        key = KEYS[fact.key]
        phrase = key.phrase(fact.value)
        return phrase.render(manner.lang) if phrase else clipped(visible(key.kind.show(fact.value, manner, apart)))
    if fact.state is State.WITHHELD:
        return GIVEN.render(manner.lang)
    return say("unknown" if fact.state is State.UNKNOWN else "absent").render(manner.lang)


def body(finding: Finding, layout: Layout) -> tuple[Span, ...]:
    """What stands beside the name: the question, why it is unknown, or the actual and the expected value."""
    if finding.outcome is Outcome.MANUAL:
        return (Span(one_line(finding.expected.render(layout.manner.lang))),)
    if finding.outcome in {Outcome.UNKNOWN, Outcome.SKIP}:
        key = marked("unknown: {why}") if finding.outcome is Outcome.UNKNOWN else marked("does not apply: {why}")
        words = say(key, why=finding.why) if finding.why else finding.message  # the name is already next to it
        return (Span(one_line(words.render(layout.manner.lang))),)
    lang = layout.manner.lang
    actual = clipped(visible(finding.actual.render(lang)))
    expected = visible(finding.expected.render(lang))
    difference = visible(finding.difference.render(lang)) if finding.difference else ""
    if finding.outcome is Outcome.PASS and actual == expected:
        return (Span(actual),)
    return (Span(layout.say(asked_and_seen(finding, actual, expected, difference))),)


def asked_and_seen(finding: Finding, actual: str, expected: str, difference: str) -> Text:
    """The actual and the expected value in a phrase, with a remark for recommended rules."""
    holes = {"actual": actual, "expected": expected, "difference": difference}
    if finding.level is Level.RECOMMENDED:
        if difference:
            return say("{actual}, recommended {expected}; difference: {difference}", **holes)
        return say("{actual}, recommended {expected}", **holes)
    if difference:
        return say("{actual}, expected {expected}; difference: {difference}", **holes)
    return say("{actual}, expected {expected}", **holes)


def _asked(finding: Finding, layout: Layout) -> Iterator[Block]:
    """Details after the first line: the rules' own message, what the value rests on, what was expected."""
    lang = layout.manner.lang
    if finding.outcome is Outcome.FAIL and isinstance(finding.message, Spoken):
        yield _beside(layout, Span(one_line(finding.message.render(lang))))
    if finding.outcome is Outcome.UNKNOWN:
        yield _beside(layout, Span(layout.say(say("expected {expected}", expected=finding.expected))))
        return
    why = finding.why
    if why and (finding.outcome is Outcome.FAIL or rests_on(finding)):
        yield _beside(layout, Span(one_line(why.render(lang)), "dim"))


def rests_on(finding: Finding) -> bool:
    """Whether a passing rule says what its value rests on."""
    tells = all(KEYS[key].absence_tells for key in finding.keys)
    return finding.outcome is Outcome.PASS and finding.why is not None and not tells


def brief_evidence(finding: Finding, layout: Layout) -> str:
    """What the witnesses say, those that say the same together, without its place; and the rule's place."""
    lang, several = layout.manner.lang, len({fact.key for fact in finding.evidence}) > 1
    said: dict[tuple[str, str], dict[str, None]] = {}
    for fact in finding.evidence:
        words = (
            layout.say(say(_WITHOUT[fact.state]))
            if fact.state in _WITHOUT
            else _in_evidence(fact, layout.manner, distinct_from(finding, fact))
        )
        if fact in finding.uncounted and fact.state is State.KNOWN:
            words = aside(words, layout.say(say("not counted")), lang)
        said.setdefault((fact.key, words), {})[witness_name(fact, lang)] = None
    place = visible(f"{finding.place.file}:{finding.place.line}")
    if not said:
        return layout.say(say("asked by {place}", place=place))
    rows = []
    for (key, words), names in said.items():
        who = separator(lang).join(names)
        rows.append(labelled(key_name(key, lang), f"{who} {words}", lang) if several else labelled(who, words, lang))
    words = layout.say(say("; ")).join(rows)
    return layout.say(say("Evidence: {evidence}; asked by {place}", evidence=words, place=place))


def _evidence(finding: Finding, layout: Layout) -> Iterator[Block]:
    """The witnesses' values with their places, by key if there are several, and the rule's place."""
    keys = tuple(dict.fromkeys(fact.key for fact in finding.evidence))
    words = ""
    for key in keys:
        if words:
            yield _beside(layout, Span(words, "dim"))
        facts = (fact for fact in finding.evidence if fact.key == key)
        words = separator(layout.manner.lang).join(
            witness_words(fact, layout, distinct_from(finding, fact), counted=fact not in finding.uncounted, brief=True)
            for fact in facts
        )
        words = (
            labelled(Capital(KEYS[key].called).render(layout.manner.lang), words, layout.manner.lang)
            if len(keys) > 1
            else words
        )
    place = visible(f"{finding.place.file}:{finding.place.line}")
    asked = (
        say("{evidence}; asked by {place}", evidence=words, place=place)
        if words
        else say("asked by {place}", place=place)
    )
    yield _beside(layout, Span(layout.say(asked), "dim"))


def _notes(finding: Finding, layout: Layout) -> Iterator[Block]:
    """The notes of the facts, without what the finding has said already."""
    lang = layout.manner.lang
    notes: dict[str, list[str]] = {}
    for fact in finding.evidence:
        if fact.note and fact.note != finding.why:
            notes.setdefault(one_line(fact.note.render(lang)), []).append(witness_name(fact, lang))
    for note, witnesses in notes.items():
        names = separator(lang).join(dict.fromkeys(witnesses))
        yield _beside(layout, Span(clipped(labelled(names, note, lang), 300), "dim"))
    for fact in finding.evidence:
        if fact.pictures and fact.key != CONTENT_FINGERPRINT.name:  # of films that are alike the reason says the times
            yield _beside(layout, Span(clipped(picture_times(fact, lang), 300), "dim"))


def moment(at: Fraction) -> Readable:
    """A time in a film, to the tenth of a second."""
    return Shown(DURATION.name, Fraction(round(at * 10), 10))


def pictures_called(fact: Fact) -> Readable:
    """What the pictures of a fact are called."""
    return say("Contact sheet") if fact.key == CONTENT_DURATION.name else Capital(KEYS[fact.key].called)


def picture_times(fact: Fact, lang: str) -> str:
    """At which times there are pictures of a fact, which HTML shows."""
    times = join(list(dict.fromkeys(moment(one.at) for one in fact.pictures)))
    return say("{what}, pictures at {times} (in HTML)", what=pictures_called(fact), times=times).render(lang)


def distinct_from(finding: Finding, fact: Fact) -> tuple[Any, ...]:
    """The values from which the finding's value must differ visibly, so that evidence has the same precision."""
    kind = KEYS[fact.key].kind
    return finding.actual.apart if isinstance(finding.actual, Shown) and finding.actual.kind == kind.name else ()


def _in_evidence(fact: Fact, manner: Manner, apart: tuple[Any, ...]) -> str:
    """A fact's value; of a checksum, which stands in full where it is compared, the beginning."""
    words = fact_words(fact, manner, apart)
    return clipped(words, _BEGINNING) if fact.key == CHECKSUM.name else words


def _beside(layout: Layout, *body: Span) -> Row:
    return Row(hang=layout.hang, body=body)
