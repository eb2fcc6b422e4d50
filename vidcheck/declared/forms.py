"""Turns pairs into facts, and combines an entry's manifest and forms. Pure."""

from __future__ import annotations

import unicodedata
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any

from vidcheck.declared.fields import FIELDS, derived, read_field
from vidcheck.facts import Fact, State
from vidcheck.quantities import DATE, PEOPLE, WORDS
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vidcheck.declared.documents.document import Pair
    from vidcheck.facts import Key

__all__ = ["combined", "read_pairs"]

_DERIVED = frozenset({"broadcast", "completed"})
_SOME = frozenset("PZC")
"""Classes of characters that are ignored in comparisons: punctuation, white space, control."""


def read_pairs(pairs: Iterable[Pair], name: str, zone: tzinfo = UTC) -> tuple[Fact, ...]:
    """The facts of a form of that name; unknown labels give none."""
    return tuple(
        fact
        for pair in pairs
        if pair.field
        for fact in read_field(FIELDS[pair.field], pair.value, locator=f"{name}: {pair.place}", zone=zone)
    )


def combined(*declarations: Sequence[Fact]) -> tuple[Fact, ...]:
    """Combines the facts of an entry's declarations (manifest, forms), in this order.

    A field that is blank in one place and filled in elsewhere is not absent. Texts that differ only in width, case,
    white space and punctuation are the same, as are a month and a day in it; all then have the first's value, or the
    day. Other differences are kept for the engine, because it is unknown which value is meant.
    """
    rows: dict[str, list[Fact]] = {}
    for fact in (fact for facts in declarations for fact in facts if fact.key not in _DERIVED):
        rows.setdefault(fact.key, []).append(fact)
    facts = tuple(fact for key, row in rows.items() for fact in _one_key(KEYS[key], row))
    return (*facts, *derived(facts))


def _one_key(key: Key, row: list[Fact]) -> list[Fact]:
    said = [fact for fact in row if fact.state is not State.ABSENT]
    if not said:
        return row[:1]
    values: list[Any] = []
    for fact in said:
        if fact.state is State.KNOWN:
            _enter(key, fact.value, values)
    return list(dict.fromkeys(_with(fact, key, values) for fact in said))


def _enter(key: Key, value: Any, values: list[Any]) -> None:
    """Adds a value to those that differ, or replaces a less exact one."""
    for at, other in enumerate(values):
        one = _one_value(key, other, value)
        if one is not None:
            values[at] = one
            return
    values.append(value)


def _with(fact: Fact, key: Key, values: list[Any]) -> Fact:
    if fact.state is not State.KNOWN:
        return fact
    value = next((other for other in values if _one_value(key, other, fact.value) is not None), fact.value)
    return Fact(key=fact.key, witness=fact.witness, value=value, locator=fact.locator, raw=fact.raw, note=fact.note)


def _one_value(key: Key, first: Any, other: Any) -> Any | None:
    """The more exact of two declared values; None if they differ."""
    kind = key.kind
    if kind is DATE:
        inside = [(a, b) for a, b in ((first, other), (other, first)) if b.first <= a.first and a.last <= b.last]
        return inside[0][0] if inside else None
    if kind is WORDS:
        return first if plain(first) == plain(other) else None
    if kind is PEOPLE or not kind.listed:
        same = tuple(map(plain, first)) == tuple(map(plain, other)) if kind is PEOPLE else first == other
        return first if same else None
    # one place may have more telephones or addresses than another without contradicting it
    return first if set(other) <= set(first) else other if set(first) <= set(other) else None


def plain(text: str) -> str:
    """A text without ignored characters; a text of only punctuation is unchanged."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if unicodedata.category(char)[0] not in _SOME) or folded
