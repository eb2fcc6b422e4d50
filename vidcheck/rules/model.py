"""Rules as values: what rules.yaml says once it has been found sound."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fractions import Fraction

    from vidcheck.facts import Key, Witness
    from vidcheck.findings import Level, Place
    from vidcheck.probes.declared.layout import Layout
    from vidcheck.texts import Readable, Spoken


class IfUnknown(StrEnum):
    """What absence of evidence comes to; never a fault, never a dispute."""

    REVIEW = "review"
    FAIL = "fail"
    PASS = "pass"  # noqa: S105


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One constraint with its argument, read in the key's kind."""

    constraint: str
    argument: Any
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """By how much `is`, `any-of`, `min` and `max` are widened: an absolute value, or a part of each limit."""

    absolute: Any = None
    share: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What is asked of one key: all limits must hold."""

    key: Key
    limits: tuple[Limit, ...]
    place: Place
    tolerance: Tolerance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: exactly one of `asked`, `branches` and `manual` is there."""

    name: str
    place: Place
    level: Level
    asked: Condition | None = None
    branches: tuple[tuple[Condition, ...], ...] = ()
    """Of `any`: one branch must hold; in a branch all conditions must."""
    manual: Spoken | None = None
    when: tuple[Condition, ...] = ()
    if_unknown: IfUnknown = IfUnknown.REVIEW
    evidence: tuple[Witness, ...] = ()
    """Which witnesses count; the first listed that can tell decides. Empty: all count alike."""
    message: Spoken | None = None
    remedy: Spoken | None = None
    container_date: IfUnknown | None = None
    """`review`: a container's date that stands alone decides nothing (for `completed`)."""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All that the rule itself asks, without its `when`."""
        return (self.asked,) if self.asked else tuple(part for branch in self.branches for part in branch)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that the rule speaks of, each once, without its `when`."""
        return tuple(dict.fromkeys(condition.key.name for condition in self.conditions))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A call's rules, sound."""

    title: Readable
    zone: tzinfo = UTC
    zone_name: str = "UTC"
    rules: tuple[Rule, ...] = ()
    source: str = ""
    """The file or preset they came from, as the user named it."""
    digest: str = ""
    """`sha256:` and the hex digest of every file read, in the order of `extends`."""
    layout: Layout | None = None
    """How the manifest is laid out; None: as it is known from the start."""
    notices: tuple[Readable, ...] = ()
    """What is sound but worth saying: no time zone was given."""

    @property
    def keys(self) -> frozenset[str]:
        """Every key that any rule or its `when` needs."""
        return frozenset(
            condition.key.name for rule in self.rules for condition in (*rule.conditions, *rule.when)
        )  # fmt: skip
