"""Which facts count where several witnesses speak of one key, and whether they agree. It is independent of rules.

Judging, comparing entries, remedies and reports all use this module, so that a report shows as evidence the facts that
decided. The key says which witnesses count: `tiers` are groups of witnesses in order of preference, `settled_by` is the
witness that decides where others differ, `absence_tells` is whether "there is none" is an answer. Beside its proper answer
on a date a witness may state others (`facts.Beside`), which count only as `proper` says.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

from vidcheck.facts import DECLARED, Beside, Fact, State
from vidcheck.quantities import DATE
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from vidcheck.facts import Facts, Key
    from vidcheck.quantities import Moment

_TOLD = (State.KNOWN, State.WITHHELD)
_ZONES = timedelta(hours=14)
"""The most by which clocks differ from UTC."""


def voting(key: Key, facts: Sequence[Fact], listed: Sequence[str] = ()) -> tuple[Fact, ...]:
    """The facts of a rule's key that decide the outcome; none if no witness has an answer.

    `listed` are the witnesses that the rule names: the first of them with an answer decides alone, whatever the key
    says. A value that can't be true counts as an answer: it keeps witnesses of a later tier from deciding. Beside other
    answers it has no vote, unless its witness settles the key.
    """
    if not facts or (len(facts) == 1 and facts[0].state is State.KNOWN and not key.tiers):
        return tuple(facts)  # most keys of most entries
    facts = proper(key, facts)
    answering = facts if key.absence_tells else [fact for fact in facts if fact.state is not State.ABSENT]
    if listed:
        return tuple([fact for fact in answering if fact.witness == answering[0].witness])
    row = _first_tier(key, answering, bool) if key.tiers else answering
    doubtful = [fact for fact in row if fact.state is State.UNKNOWN]
    if len(doubtful) == len(row):
        return tuple(row[:1])
    if not doubtful:
        return tuple(row)
    return tuple([fact for fact in row if fact.state is not State.UNKNOWN or key.settles(fact)])


def proper(key: Key, facts: Sequence[Fact]) -> Sequence[Fact]:
    """The facts without what witnesses state beside their answers.

    When a film was shot counts as an answer if nothing says when the file was written, not even a date that can't be.
    A year in which it was shot adds nothing to the day, and has no say beside it; a declared month has.
    """
    if key.kind is not DATE or all(fact.beside is None for fact in facts):
        return facts
    answers = [fact for fact in facts if fact.beside is None]
    if any(fact.state is not State.ABSENT for fact in answers if fact.witness != DECLARED):
        return answers
    shot = [fact.value for fact in facts if fact.beside is Beside.SHOT and fact.state is State.KNOWN]
    return [
        fact
        for fact in facts
        if fact.beside is not Beside.WRITTEN
        and not (
            fact.beside is Beside.SHOT
            and fact.state is State.KNOWN
            and any(_covers(fact.value, other) for other in shot)
        )
    ]


def _covers(period: Moment, other: Moment) -> bool:
    """Whether a period has a more exact date inside it, wherever on earth it was written."""
    if period.precision == "second" or period.last - period.first <= other.last - other.first:
        return False
    return period.first - _ZONES <= other.first and other.last <= period.last + _ZONES


def contrary(key: Key, facts: Iterable[Fact]) -> Sequence[Fact]:
    """Declarations that contradict each other: only a person can find out which of them is meant."""
    said = [fact for fact in facts if fact.witness == DECLARED and fact.state is State.KNOWN]
    if len(said) < 2:
        return []
    return said if any(not key.kind.equal(said[0].value, fact.value) for fact in said[1:]) else []


def agree(key: Key, facts: Sequence[Fact]) -> bool:
    """Whether the witnesses that count for the key say the same, within the key's `agreement`.

    A witness that doesn't know contradicts no other; "there is none" contradicts a value where absence is an answer. Of
    tiers only the first that knows counts: a container's date neither confirms nor contradicts a declared date.
    """
    answering = [fact for fact in counting(key, facts) if _tells(key, fact)]
    return all(_same(key, one, other) for one, other in combinations(answering, 2))


def chosen(key: Key, facts: Sequence[Fact]) -> Fact:
    """The fact that represents all: the settling witness's if there is one, else the first known in the given order.

    If none is known, the first that says there is none; if that is no answer, the first whose value can't be true.
    """
    counted = counting(key, facts)
    # its "can't be true" settles too: ffprobe takes Unix seconds stored as 1904 seconds for a plausible date
    settling = [f for f in counted if key.settles(f) and (_tells(key, f) or f.state is State.UNKNOWN)]
    known = [fact for fact in counted if fact.state in _TOLD]
    absent = [fact for fact in counted if _tells(key, fact)]
    unknown = [fact for fact in counted if fact.state is State.UNKNOWN]
    return (settling or known or absent or unknown or list(counted))[0]


def counting(key: Key, facts: Sequence[Fact]) -> Sequence[Fact]:
    """The facts of the first tier that knows; all of them where the key has no tiers or none knows."""
    facts = proper(key, facts)
    return _first_tier(key, facts, lambda row: any(_tells(key, fact) for fact in row)) or facts


def settled(key: Key, facts: Sequence[Fact]) -> Sequence[Fact]:
    """The known facts that entries are compared by: the settling witness's if it knows, else all.

    None if places of the file contradict each other: then no witness's single value is true.
    """
    if any(fact.contradicted for fact in facts):
        return []
    known = [fact for fact in counting(key, facts) if fact.state is State.KNOWN]
    return [fact for fact in known if key.settles(fact)] or known


def settling(key: Key, facts: Sequence[Fact]) -> Sequence[Fact]:
    """The settling witness's facts if it said anything, even that it doesn't know; else all."""
    facts = proper(key, facts)
    return [fact for fact in facts if key.settles(fact)] or facts


def known(facts: Facts, name: str) -> Any:
    """The value of a key; None if no witness knows it."""
    found = settled(KEYS[name], facts.of(name))
    return found[0].value if found else None


def without(facts: Sequence[Fact], deciding: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts that did not decide."""
    if len(deciding) == len(facts):
        return ()
    return tuple([fact for fact in facts if not any(fact is each for each in deciding)])


def _first_tier(key: Key, facts: Sequence[Fact], speaks: Callable[[list[Fact]], bool]) -> list[Fact]:
    """The facts of the first tier for which `speaks` holds; empty if there is none or the key has no tiers."""
    named = {witness for tier in key.tiers for witness in tier}
    for tier in key.tiers:
        row = [fact for fact in facts if (fact.witness in tier if tier else fact.witness not in named)]
        if speaks(row):
            return row
    return []


def _tells(key: Key, fact: Fact) -> bool:
    return fact.state in _TOLD or (fact.state is State.ABSENT and key.absence_tells)


def _same(key: Key, one: Fact, other: Fact) -> bool:
    if one.state is not other.state:
        return False
    if one.state is State.ABSENT:
        return True
    if one.state is State.WITHHELD:
        return bool(one.value == other.value)
    # A period equals a moment within it, but not the other way round.
    kind = key.kind
    return any(
        kind.equal(a, b, kind.share(b, key.agreement_share) if key.agreement_share else key.agreement)
        for a, b in ((one.value, other.value), (other.value, one.value))
    )
