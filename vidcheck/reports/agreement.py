"""Whether witnesses agree on a key, and whose word is shown where several spoke. No rule has a part in it."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from vidcheck.facts import Fact, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidcheck.facts import Key


def agree(key: Key, facts: Sequence[Fact]) -> bool:
    """Whether those witnesses that count for the key say the same, within the key's own agreement.

    A witness that doesn't know contradicts nobody; "there is none" contradicts a value where absence tells. Where the
    key has tiers, only the first one that knows counts: a container's date is no second word on a declared one.
    """
    told = [fact for fact in counting(key, facts) if _tells(key, fact)]
    return all(_same(key, one, other) for one, other in combinations(told, 2))


def chosen(key: Key, facts: Sequence[Fact]) -> Fact:
    """The fact that stands for all of them: the settling witness's where it spoke, else the first known in the given order.

    Where none is known, the first that tells there is none; where that tells nothing, the first that found what can't be true.
    """
    counted = counting(key, facts)
    # its doubt settles too: ffprobe takes Unix seconds stored as 1904 seconds for a plausible date
    settling = [f for f in counted if f.witness == key.settled_by and (_tells(key, f) or f.state is State.UNKNOWN)]
    known = [fact for fact in counted if fact.state is State.KNOWN]
    absent = [fact for fact in counted if _tells(key, fact)]
    unknown = [fact for fact in facts if fact.state is State.UNKNOWN]
    return (settling or known or absent or unknown or list(facts))[0]


def counting(key: Key, facts: Sequence[Fact]) -> Sequence[Fact]:
    """The facts of the first tier that knows; all of them where the key has no tiers or none knows."""
    for tier in key.tiers:
        row = [fact for fact in facts if fact.witness in tier]
        if any(_tells(key, fact) for fact in row):
            return row
    return facts


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
