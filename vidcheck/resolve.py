"""Whose word counts where several witnesses spoke of one key, and whether they agree. No rule has a part in it.

Judging, comparing entries, remedies and reports all ask here, so that what a report shows as the evidence of an answer is
what decided it. A key says who counts: `tiers` are groups of witnesses in order of preference, `settled_by` is the witness
whose word decides where others differ, `absence_tells` is whether "there is none" is an answer.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from vidcheck.facts import DECLARED, Fact, State
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from vidcheck.facts import Facts, Key


def voting(key: Key, facts: Sequence[Fact], listed: Sequence[str] = ()) -> tuple[Fact, ...]:
    """The facts that decide what a rule comes to, of those that were said of its key; none where nobody can tell.

    `listed` are the witnesses that the rule names: the first of them that can tell decides alone, whatever the key says.
    A value that can't be true is a word too: it keeps witnesses of a later tier from deciding. Beside other words it has
    no vote, unless its witness settles the key.
    """
    if not facts or (len(facts) == 1 and facts[0].state is State.KNOWN and not key.tiers):
        return tuple(facts)  # most keys of most entries
    telling = facts if key.absence_tells else [fact for fact in facts if fact.state is not State.ABSENT]
    if listed:
        return tuple([fact for fact in telling if fact.witness == telling[0].witness])
    row = _first_tier(key, telling, bool) if key.tiers else telling
    doubtful = [fact for fact in row if fact.state is State.UNKNOWN]
    if len(doubtful) == len(row):
        return tuple(row[:1])
    if not doubtful:
        return tuple(row)
    return tuple([fact for fact in row if fact.state is not State.UNKNOWN or key.settles(fact)])


def contrary(key: Key, facts: Iterable[Fact]) -> Sequence[Fact]:
    """Declarations that say different things of one matter: which of them is meant, only a person can ask."""
    said = [fact for fact in facts if fact.witness == DECLARED and fact.state is State.KNOWN]
    if len(said) < 2:
        return []
    return said if any(not key.kind.equal(said[0].value, fact.value) for fact in said[1:]) else []


def agree(key: Key, facts: Sequence[Fact]) -> bool:
    """Whether those witnesses that count for the key say the same, within the key's own agreement.

    A witness that doesn't know contradicts nobody; "there is none" contradicts a value where absence tells. Where the
    key has tiers, only the first one that knows counts: a container's date is no second word on a declared one.
    """
    telling = [fact for fact in counting(key, facts) if _tells(key, fact)]
    return all(_same(key, one, other) for one, other in combinations(telling, 2))


def chosen(key: Key, facts: Sequence[Fact]) -> Fact:
    """The fact that stands for all of them: the settling witness's where it spoke, else the first known in the given order.

    Where none is known, the first that tells there is none; where that tells nothing, the first that found what can't be true.
    """
    counted = counting(key, facts)
    # its doubt settles too: ffprobe takes Unix seconds stored as 1904 seconds for a plausible date
    settling = [f for f in counted if key.settles(f) and (_tells(key, f) or f.state is State.UNKNOWN)]
    known = [fact for fact in counted if fact.state is State.KNOWN]
    absent = [fact for fact in counted if _tells(key, fact)]
    unknown = [fact for fact in facts if fact.state is State.UNKNOWN]
    return (settling or known or absent or unknown or list(facts))[0]


def counting(key: Key, facts: Sequence[Fact]) -> Sequence[Fact]:
    """The facts of the first tier that knows; all of them where the key has no tiers or none knows."""
    return _first_tier(key, facts, lambda row: any(_tells(key, fact) for fact in row)) or facts


def settled(key: Key, facts: Sequence[Fact]) -> Sequence[Fact]:
    """The known facts that entries are compared by: the settling witness's where it knows, else everybody's."""
    known = [fact for fact in counting(key, facts) if fact.state is State.KNOWN]
    return [fact for fact in known if key.settles(fact)] or known


def settling(key: Key, facts: Sequence[Fact]) -> Sequence[Fact]:
    """The settling witness's facts where it said anything, even that it doesn't know; else everybody's."""
    return [fact for fact in facts if key.settles(fact)] or facts


def known(facts: Facts, name: str) -> Any:
    """The value of a key to go by; None where nobody knows one."""
    found = settled(KEYS[name], facts.of(name))
    return found[0].value if found else None


def without(facts: Sequence[Fact], deciding: Sequence[Fact]) -> tuple[Fact, ...]:
    """Those facts that had no part in an answer."""
    if len(deciding) == len(facts):
        return ()
    return tuple([fact for fact in facts if not any(fact is each for each in deciding)])


def _first_tier(key: Key, facts: Sequence[Fact], speaks: Callable[[list[Fact]], bool]) -> list[Fact]:
    """The facts of the first group of witnesses that speaks; empty where none does or the key has no groups."""
    for tier in key.tiers:
        row = [fact for fact in facts if fact.witness in tier]
        if speaks(row):
            return row
    return []


def _tells(key: Key, fact: Fact) -> bool:
    return fact.state is State.KNOWN or (fact.state is State.ABSENT and key.absence_tells)


def _same(key: Key, one: Fact, other: Fact) -> bool:
    if one.state is not other.state:
        return False
    if one.state is State.ABSENT:
        return True
    # A period equals a moment within it, but not the other way round.
    kind = key.kind
    return any(
        kind.equal(a, b, kind.share(b, key.agreement_share) if key.agreement_share else key.agreement)
        for a, b in ((one.value, other.value), (other.value, one.value))
    )
