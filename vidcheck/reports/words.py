"""A finding in words, for formats other than pages: lines of visible text, which each format then escapes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidcheck.facts import visible
from vidcheck.findings import Level, Outcome
from vidcheck.personal import declared_text
from vidcheck.reports.finding import (
    LIKELY,
    Layout,
    asked_and_seen,
    decision_words,
    distinct_from,
    suggestion_words,
    wanting,
    witness_words,
)
from vidcheck.reports.page import one_line
from vidcheck.texts import Capital, Spoken, Text, join, labelled, say, say_count
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vidcheck.facts import Fault
    from vidcheck.findings import EntryReport, Finding, Report
    from vidcheck.quantities import Manner
    from vidcheck.texts import Readable

INCOMPLETE = say("INCOMPLETE: the run was interrupted, and entries are missing from this report.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One finding in words, each a line of visible text or empty."""

    message: str
    expected: str
    actual: str
    difference: str
    remedy: str
    command: str
    """The command as typed; it may contain characters that must not be shown."""
    witnesses: tuple[str, ...]
    """Each witness's value and its place, with the key's name if there are several keys; what a suggestion rests on too."""
    place: str
    decision: str
    """A person's decision."""
    remarks: tuple[str, ...]
    answer: str
    """What a machine thinks of a manual rule: likely yes, likely no, no idea."""
    because: str
    """What that rests on."""


_MOST_REMEMBERED = 20_000
_remembered: dict[int, tuple[Finding, Manner, Words]] = {}


def words_of(finding: Finding, manner: Manner) -> Words:
    """The finding in words. Cached, because a run with eight formats needs each finding eight times.

    The cache keeps the finding alive, so that its `id` stays unique.
    """
    known = _remembered.get(id(finding))
    if known and known[0] is finding and known[1] == manner:
        return known[2]
    if len(_remembered) >= _MOST_REMEMBERED:
        _remembered.clear()
    words = _words(finding, manner)
    _remembered[id(finding)] = finding, manner, words
    return words


def _words(finding: Finding, manner: Manner) -> Words:
    lang, remedy, suggestion = manner.lang, finding.remedy, finding.suggestion
    return Words(
        message=line(finding.message, lang),
        expected=line(finding.expected, lang),
        actual=line(finding.actual, lang),
        difference=line(finding.difference, lang),
        remedy=line(remedy.words, lang) if remedy else "",
        command=remedy.command if remedy else "",
        witnesses=_witnesses(finding, manner),
        place=visible(f"{finding.place.file}:{finding.place.line}"),
        decision=line(decision_words(finding.decision), lang) if finding.decision else "",
        remarks=lines(finding.remarks, lang),
        answer=LIKELY[suggestion.answer].render(lang) if suggestion else "",
        because=line(suggestion.because, lang) if suggestion else "",
    )


def _witnesses(finding: Finding, manner: Manner) -> tuple[str, ...]:
    layout = Layout(manner=manner, names=0)
    every = finding.evidence if finding.suggestion is None else (*finding.evidence, *finding.suggestion.evidence)
    several = len({fact.key for fact in every}) > 1
    words = (
        (fact, witness_words(fact, layout, distinct_from(finding, fact), counted=fact not in finding.uncounted))
        for fact in every
    )
    return tuple(
        labelled(Capital(KEYS[fact.key].called).render(manner.lang), said, manner.lang) if several else said
        for fact, said in words
    )


def line(words: Readable | None, lang: str) -> str:
    """A message as one line of visible text; empty if there is none."""
    return visible(one_line(words.render(lang))) if words else ""


def lines(words: Iterable[Readable], lang: str) -> tuple[str, ...]:
    """Several messages, each as one line."""
    return tuple(line(each, lang) for each in words)


def reasons(findings: Iterable[tuple[Level, Outcome, Readable]]) -> tuple[Readable, ...]:
    """Why an entry is not eligible: the messages of what fails, else of what is unknown."""
    asked = [(outcome, message) for level, outcome, message in findings if level is Level.REQUIRED]
    for wanted in (Outcome.FAIL, Outcome.UNKNOWN):
        there = tuple(message for outcome, message in asked if outcome is wanted)
        if there:
            return there
    return ()


def title_of(entry: EntryReport, lang: str) -> str:
    """The work's title as it was declared; empty if it was not."""
    return declared_text(entry, "declared.title", lang)


def unit_of(entry: EntryReport, lang: str) -> str:
    """The unit that recommends the work, else its first maker; empty if neither was declared."""
    return declared_text(entry, "declared.recommender", lang) or declared_text(entry, "declared.first-author", lang)


def figures(finding: Finding, manner: Manner) -> str:
    """The actual value, the expected value, and their difference."""
    words = words_of(finding, manner)
    return asked_and_seen(finding, words.actual, words.expected, words.difference).render(manner.lang)


def paragraphs(finding: Finding, manner: Manner) -> Iterator[str]:
    """The whole text of a finding, line by line: reason, evidence, rule, remarks, remedy."""
    words, lang = words_of(finding, manner), manner.lang
    yield words.message
    if wanting(finding) and isinstance(finding.message, Spoken):
        yield figures(finding, manner)
        if finding.why:  # our own message contains the reason, the rules' own doesn't
            yield line(finding.why, lang)
    elif words.difference:
        yield say("difference: {difference}", difference=words.difference).render(lang)
    if words.decision:
        yield words.decision
    if finding.suggestion:
        yield line(suggestion_words(finding.suggestion), lang)
    yield from words.witnesses
    yield say("asked by {place}", place=words.place).render(lang)
    yield from (f"• {remark}" for remark in words.remarks)
    if words.remedy:
        yield f"→ {words.remedy}"
    # A command that needs escaping would do something else when pasted; the JSON report has it.
    if words.command and visible(words.command) == words.command:
        yield words.command


def fault(fault: Fault, lang: str) -> str:
    """The witness that failed, and why."""
    return line(registry.failure(fault), lang)


def totals(report: Report, lang: str) -> str:
    """The number of entries by verdict."""
    counts = report.summary
    parts: list[Text] = [
        say("{count} ineligible", count=counts.ineligible),
        say("{count} for review", count=counts.review),
        say("{count} eligible", count=counts.eligible),
    ]
    head = say_count("{count} entry", "{count} entries", counts.entries)
    return join([head, join(parts, say(", "))], say(": ")).render(lang)


def fingerprint(*parts: str) -> str:
    """A short hash of the parts, the same in every run and on every machine."""
    text = "\0".join(parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
