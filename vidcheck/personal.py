"""Personal data: telephones, e-mail and postal addresses that a manifest or form declares.

Judging needs them, and nothing that is shown has them: the engine and `vidcheck facts` pass what they found through
this module, so that no format, screen or saved report has to think of it. `EntryReport.declared` alone keeps them, for
reports that exist to reach people (contacts, letters).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from vidcheck.facts import DECLARED, Fact, Facts, State, visible
from vidcheck.quantities import PEOPLE, WORDS, Manner
from vidcheck.quantities.contact import has_contact, without_contacts
from vidcheck.texts import GIVEN, Spoken
from vidcheck.vocabulary import DECLARED_FILE, KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vidcheck.findings import EntryReport, Finding
    from vidcheck.texts import Readable

_MARK = "***"
"""What stands for a telephone or an e-mail address in a text that is the same in every language."""
_FREE = frozenset({WORDS.name, PEOPLE.name})
"""The kinds of fields in which people write telephones that belong elsewhere."""


@dataclass(frozen=True, slots=True)
class _Masked:
    """A readable without the telephones and e-mail addresses that it has."""

    words: Readable

    def render(self, lang: str) -> str:
        return without_contacts(self.words.render(lang), GIVEN.render(lang))


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
    if not any(fact.witness == DECLARED for fact in facts.facts):
        return facts
    return replace(facts, facts=_withheld(facts.facts))


def withheld_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings without personal data."""
    return tuple([_finding(finding) for finding in findings])


def _finding(finding: Finding) -> Finding:
    if not any(_concerns(fact) for fact in finding.evidence):
        return finding
    evidence = _withheld(finding.evidence)
    apart = tuple(new for old, new in zip(finding.evidence, evidence, strict=True) if old in finding.uncounted)
    remedy = finding.remedy
    return replace(
        finding, evidence=evidence, uncounted=apart, expected=_masked(finding.expected), actual=_masked(finding.actual),
        message=_masked(finding.message), difference=_masked(finding.difference), why=_masked(finding.why),
        remedy=replace(remedy, words=_masked(remedy.words)) if remedy else None,
    )  # fmt: skip


def _withheld(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Facts without personal data. In place of a value there is a number, the same for the same value."""
    values: dict[str, list[Any]] = {}
    kept = []
    for fact in facts:
        known = values.setdefault(fact.key, [])
        if KEYS[fact.key].personal and fact.state is State.KNOWN and fact.value not in known:
            known.append(fact.value)
        kept.append(_fact(fact, known) if _concerns(fact) else fact)
    return tuple(kept)


def _fact(fact: Fact, known: list[Any]) -> Fact:
    if not KEYS[fact.key].personal:
        return replace(fact, value=_text(fact.value), raw=_text(fact.raw))
    if fact.state is State.KNOWN:
        return replace(fact, state=State.WITHHELD, value=known.index(fact.value), raw=GIVEN.key)
    return replace(fact, raw=GIVEN.key) if fact.state is State.UNKNOWN else fact


def _concerns(fact: Fact) -> bool:
    """Whether a fact has something to withhold."""
    if fact.witness != DECLARED:
        return False
    key = KEYS[fact.key]
    if key.personal:
        return True
    return key.kind.name in _FREE and key is not DECLARED_FILE and has_contact(f"{fact.raw}\n{fact.value}")


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return without_contacts(value, _MARK)
    return tuple(map(_text, value)) if isinstance(value, tuple) else value


def _masked(words: Any) -> Any:
    """The words, masked when they are shown; None stays None. Rules' own words stay what they are: reports ask for it."""
    if words is None or isinstance(words, _Masked):
        return words
    if isinstance(words, Spoken):
        return Spoken(words.words, tuple((name, _masked(value)) for name, value in words.holes))
    return _Masked(words)
