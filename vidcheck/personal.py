"""Personal data: telephones, e-mail and postal addresses that a manifest or form declares.

Judging needs them, and nothing that is shown has them: the engine and `vidcheck facts` pass what they found through
this module, so that no format, screen or saved report has to think of it. `EntryReport.declared` alone keeps them, for
reports that exist to reach people (contacts, letters).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from vidcheck.facts import DECLARED, Fact, Facts, State, visible
from vidcheck.quantities import PEOPLE, WEB_ADDRESS, WORDS, Manner
from vidcheck.quantities.contact import has_contact, without_contacts
from vidcheck.texts import GIVEN, Spoken
from vidcheck.vocabulary import DECLARED_FILE, KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vidcheck.findings import EntryReport, Finding
    from vidcheck.texts import Readable

_MARK = "***"
"""What stands for a telephone or an e-mail address in a text that is the same in every language."""
_FREE = frozenset({WORDS.name, PEOPLE.name, WEB_ADDRESS.name})
"""The kinds of values in which people write telephones that belong elsewhere, in a table and in a film's own tags."""
_NAMES = frozenset({DECLARED_FILE.name, "file.name", "file.stem", "file.extension"})
"""Names of files are shown as they are: without them nobody finds the file."""
_SHORTEST = 6
"""Characters of an address from which it is sought in other texts: a city alone is no address."""


def _clean(text: str, mark: str, hidden: tuple[str, ...]) -> str:
    """A text without telephones, e-mail addresses and what is hidden."""
    for secret in hidden:
        text = text.replace(secret, mark)
    return without_contacts(text, mark)


def _hidden(facts: Iterable[Fact]) -> tuple[str, ...]:
    """The addresses that were declared, which have no shape of their own by which other texts could be searched."""
    known = [fact for fact in facts if KEYS[fact.key].personal and KEYS[fact.key].kind is WORDS]
    texts = {text.strip() for fact in known for text in (fact.value, fact.raw) if isinstance(text, str)}
    return tuple(sorted((text for text in texts if len(text) >= _SHORTEST), key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class _Masked:
    """A readable without the telephones and e-mail addresses that it has, and without what is hidden."""

    words: Readable
    hidden: tuple[str, ...] = ()

    def render(self, lang: str) -> str:
        return _clean(self.words.render(lang), GIVEN.render(lang), self.hidden)


def declared_text(entry: EntryReport, name: str, lang: str) -> str:
    """What was declared of an entry at that key, on one visible line, without telephones and e-mail addresses."""
    key = KEYS[name]
    known = (fact.value for fact in entry.declared if fact.key == name and fact.state is State.KNOWN)
    value = next(known, None)
    if value is None:
        return ""
    return visible(" ".join(without_contacts(key.kind.show(value, Manner(lang)), GIVEN.render(lang)).split()))


def withheld_facts(facts: Facts) -> Facts:
    """The facts without personal data."""
    hidden = _hidden(facts.facts)
    if not any(_concerns(fact, hidden) for fact in facts.facts):
        return facts
    return replace(facts, facts=_withheld(facts.facts, hidden))


def withheld_findings(findings: Iterable[Finding], declared: Iterable[Fact] = ()) -> tuple[Finding, ...]:
    """The findings without personal data; `declared` is all that was declared of their entry."""
    hidden = _hidden(declared)
    return tuple([_finding(finding, hidden) for finding in findings])


def _finding(finding: Finding, hidden: tuple[str, ...]) -> Finding:
    if not any(_concerns(fact, hidden) for fact in finding.evidence):
        return finding
    evidence = _withheld(finding.evidence, hidden)
    apart = tuple(new for old, new in zip(finding.evidence, evidence, strict=True) if old in finding.uncounted)
    remedy = finding.remedy
    masked = partial(_masked, hidden=hidden)
    return replace(
        finding, evidence=evidence, uncounted=apart, expected=masked(finding.expected), actual=masked(finding.actual),
        message=masked(finding.message), difference=masked(finding.difference), why=masked(finding.why),
        remedy=replace(remedy, words=masked(remedy.words)) if remedy else None,
    )  # fmt: skip


def _withheld(facts: tuple[Fact, ...], hidden: tuple[str, ...]) -> tuple[Fact, ...]:
    """Facts without personal data. In place of a value there is a number, the same for the same value."""
    values: dict[str, list[Any]] = {}
    kept = []
    for fact in facts:
        known = values.setdefault(fact.key, [])
        if KEYS[fact.key].personal and fact.state is State.KNOWN and fact.value not in known:
            known.append(fact.value)
        kept.append(_fact(fact, known, hidden) if _concerns(fact, hidden) else fact)
    return tuple(kept)


def _fact(fact: Fact, known: list[Any], hidden: tuple[str, ...]) -> Fact:
    if not KEYS[fact.key].personal:
        return replace(fact, value=_text(fact.value, hidden), raw=_text(fact.raw, hidden))
    if fact.state is State.KNOWN:
        return replace(fact, state=State.WITHHELD, value=known.index(fact.value), raw=GIVEN.key)
    return replace(fact, raw=GIVEN.key) if fact.state is State.UNKNOWN else fact


def _concerns(fact: Fact, hidden: tuple[str, ...]) -> bool:
    """Whether a fact has something to withhold."""
    key = KEYS[fact.key]
    if key.personal:
        return fact.witness == DECLARED
    if key.kind.name not in _FREE or key.name in _NAMES:
        return False
    text = f"{fact.raw}\n{fact.value}"
    return has_contact(text) or any(secret in text for secret in hidden)


def _text(value: Any, hidden: tuple[str, ...]) -> Any:
    if isinstance(value, str):
        return _clean(value, _MARK, hidden)
    return tuple(_text(each, hidden) for each in value) if isinstance(value, tuple) else value


def _masked(words: Any, hidden: tuple[str, ...]) -> Any:
    """The words, masked when they are shown; None stays None. Rules' own words stay what they are: reports ask for it."""
    if words is None or isinstance(words, _Masked):
        return words
    if isinstance(words, Spoken):
        return Spoken(words.words, tuple((name, _masked(value, hidden)) for name, value in words.holes))
    return _Masked(words, hidden)
