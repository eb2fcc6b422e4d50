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
from vidcheck.quantities import HOST, PEOPLE, TELEPHONE, WEB_ADDRESS, WORDS, Manner
from vidcheck.quantities.contact import figures_of, squeezed, without_contacts
from vidcheck.texts import GIVEN, SOURCE, Plain, Spoken, Text
from vidcheck.vocabulary import DECLARED_FILE, KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vidcheck.facts import Key
    from vidcheck.findings import EntryReport, Finding
    from vidcheck.texts import Readable

_MARK = "***"
"""What stands for a telephone or an e-mail address in a text that is the same in every language."""
_FREE = frozenset({WORDS.name, PEOPLE.name, WEB_ADDRESS.name, HOST.name})
"""The kinds of values in which people write telephones that belong elsewhere, in a table and in a film's own tags."""
_NAMES = frozenset({DECLARED_FILE.name, "file.name", "file.stem", "file.extension"})
"""Names of files are shown as they are: without them nobody finds the file."""
_EXAMPLE = "hint"
"""What fills this hole of a message is an example of ours."""
PERSONAL = frozenset(name for name, key in KEYS.items() if key.personal)
"""The keys whose values are personal data."""
_SHORTEST = 6
"""Characters of an address from which it is sought in other texts: a city alone is no address."""


@dataclass(frozen=True, slots=True)
class _Hidden:
    """What an entry declared of people, by which its other texts are searched."""

    addresses: tuple[str, ...] = ()
    """Postal addresses without white space, which have no shape of their own; the longest first."""
    telephones: tuple[str, ...] = ()
    """Figures of telephones, which may be grouped in any way."""

    def cleaned(self, text: str, mark: str) -> str:
        """A text without these, and without what looks like a telephone or an e-mail address."""
        return without_contacts(text, mark, self.telephones, self.addresses)


def _hidden(facts: Iterable[Fact]) -> _Hidden:
    known = [fact for fact in facts if KEYS[fact.key].personal and fact.witness == DECLARED]
    addresses: set[str] = set()
    telephones: set[str] = set()
    for fact in known:
        kind = KEYS[fact.key].kind
        if kind is WORDS:
            addresses.update(squeezed(text) for text in (fact.value, fact.raw) if isinstance(text, str))
        elif kind is TELEPHONE and fact.state is State.KNOWN:
            telephones.update(map(figures_of, fact.value))
    return _Hidden(
        tuple(sorted((one for one in addresses if len(one) >= _SHORTEST), key=len, reverse=True)),
        tuple(sorted(telephones)),
    )


def without_people(text: str, facts: Iterable[Fact], mark: str = "") -> str:
    """A text of an entry without telephones, e-mail addresses and the postal address that these facts declare."""
    return _hidden(facts).cleaned(text, mark)


_NOTHING = _Hidden()


@dataclass(frozen=True, slots=True)
class _Masked:
    """A readable without the telephones and e-mail addresses that it has, and without what is hidden."""

    words: Readable
    hidden: _Hidden = _NOTHING

    def render(self, lang: str) -> str:
        return self.hidden.cleaned(self.words.render(lang), GIVEN.render(lang))


def declared_text(entry: EntryReport, name: str, lang: str) -> str:
    """What was declared of an entry at that key, on one visible line, without telephones and e-mail addresses."""
    key = KEYS[name]
    known = (fact.value for fact in entry.declared if fact.key == name and fact.state is State.KNOWN)
    value = next(known, None)
    if value is None:
        return ""
    shown = without_people(key.kind.show(value, Manner(lang)), entry.declared, GIVEN.render(lang))
    return visible(" ".join(shown.split()))


def withheld_facts(facts: Facts) -> Facts:
    """The facts without personal data."""
    hidden = _hidden(facts.facts)
    if not any(_concerns(fact, hidden) for fact in facts.facts):
        return facts
    return replace(facts, facts=_withheld(facts.facts, hidden))


def withheld_texts(facts: tuple[Fact, ...], declared: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts without personal data in their texts; those that are personal data stay, to be compared."""
    if not any(is_free(KEYS[fact.key]) for fact in facts):
        return facts
    hidden = _hidden(declared)
    return tuple(
        replace(fact, value=_text(fact.value, hidden), raw=_text(fact.raw, hidden)) if is_free(KEYS[fact.key]) else fact
        for fact in facts
    )


def withheld_findings(findings: Iterable[Finding], declared: Iterable[Fact] = ()) -> tuple[Finding, ...]:
    """The findings without personal data; `declared` is all that was declared of their entry."""
    hidden = _hidden(declared)
    return tuple([_finding(finding, hidden) for finding in findings])


def _finding(finding: Finding, hidden: _Hidden) -> Finding:
    suggested = finding.suggestion
    if suggested is not None and any(_concerns(fact, hidden) for fact in suggested.evidence):
        because, said = _masked(suggested.because, hidden), _withheld(suggested.evidence, hidden)
        finding = replace(finding, suggestion=replace(suggested, because=because, evidence=said))
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


def _withheld(facts: tuple[Fact, ...], hidden: _Hidden) -> tuple[Fact, ...]:
    """Facts without personal data. In place of a value there is a number, the same for the same value."""
    values: dict[str, list[Any]] = {}
    kept = []
    for fact in facts:
        known = values.setdefault(fact.key, [])
        if KEYS[fact.key].personal and fact.state is State.KNOWN and fact.value not in known:
            known.append(fact.value)
        kept.append(_fact(fact, known, hidden) if _concerns(fact, hidden) else fact)
    return tuple(kept)


def _fact(fact: Fact, known: list[Any], hidden: _Hidden) -> Fact:
    if not KEYS[fact.key].personal:
        return replace(fact, value=_text(fact.value, hidden), raw=_text(fact.raw, hidden))
    if fact.state is State.KNOWN:
        return replace(fact, state=State.WITHHELD, value=known.index(fact.value), raw=GIVEN.key)
    return replace(fact, raw=GIVEN.key) if fact.state is State.UNKNOWN else fact


def _concerns(fact: Fact, hidden: _Hidden) -> bool:
    """Whether a fact has something to withhold."""
    key = KEYS[fact.key]
    if key.personal:
        return fact.witness == DECLARED
    if not is_free(key):
        return False
    return any(_text(value, hidden) != value for value in (fact.raw, fact.value))


def is_free(key: Key) -> bool:
    """Whether people may write telephones and addresses there that belong elsewhere."""
    return not key.personal and key.kind.name in _FREE and key.name not in _NAMES


def _text(value: Any, hidden: _Hidden) -> Any:
    if isinstance(value, str):
        return hidden.cleaned(value, _MARK)
    return tuple(_text(each, hidden) for each in value) if isinstance(value, tuple) else value


def _masked(words: Any, hidden: _Hidden) -> Any:
    """The words, masked when they are shown; None stays None. Rules' own words stay what they are: reports ask for it."""
    if words is None or isinstance(words, _Masked):
        return words
    if isinstance(words, Text):
        return replace(words, holes=_filled(words.holes, hidden))
    if isinstance(words, Spoken):
        return Spoken(words.words, _filled(words.holes, hidden))
    if isinstance(words, str):
        return words if hidden.cleaned(words, _MARK) == words else _Masked(Plain(words), hidden)
    if isinstance(words, Plain) and words.render(SOURCE) == hidden.cleaned(words.render(SOURCE), _MARK):
        return words
    return _Masked(words, hidden) if hasattr(words, "render") else words


def _filled(holes: tuple[tuple[str, object], ...], hidden: _Hidden) -> tuple[tuple[str, object], ...]:
    """What fills the holes of a sentence, masked; the example in "try …" is ours."""
    return tuple((name, value if name == _EXAMPLE else _masked(value, hidden)) for name, value in holes)
