"""Rules as values: a valid rules.yaml."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from vidcheck.facts import Depth

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from vidcheck.declared.layout import ManifestLayout
    from vidcheck.facts import Key
    from vidcheck.findings import Level, Place
    from vidcheck.quantities import Moment
    from vidcheck.texts import Readable, Spoken


class IfUnknown(StrEnum):
    """The outcome where evidence is absent. It doesn't apply to faults and disputes."""

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
    """The slack of `is`, `any-of`, `min` and `max`: an absolute value, or a part of each limit."""

    absolute: Any = None
    share: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The limits on one key; all must hold."""

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
    """The branches of `any`: one branch must hold, with all its conditions."""
    manual: Spoken | None = None
    label: Spoken | None = None
    """What people call it, if the rules say so."""
    when: tuple[Condition, ...] = ()
    assist: tuple[Condition, ...] = ()
    """Of a manual rule: if all of these hold, the machine suggests yes; if one fails, no. It decides nothing."""
    if_unknown: IfUnknown = IfUnknown.REVIEW
    evidence: tuple[str, ...] = ()
    """The witnesses that count; the first with an answer decides. Empty: all count."""
    message: Spoken | None = None
    remedy: Spoken | None = None
    container_date: IfUnknown | None = None
    """`review`: a container's date alone doesn't decide (for `completed`)."""

    @property
    def called(self) -> Readable | None:
        """What people call it: its label, else that of the key that it is named like; None for its name."""
        if self.label is not None:
            return self.label
        return self.asked.key.called if self.asked and self.asked.key.name == self.name else None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions of the rule, without its `when` and its `assist`."""
        return (self.asked,) if self.asked else tuple(part for branch in self.branches for part in branch)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the rule's conditions, each once, without its `when` and its `assist`."""
        return tuple(dict.fromkeys(condition.key.name for condition in self.conditions))


class Form(StrEnum):
    """What a rule over many entries asks."""

    UNIQUE = "unique"
    AT_MOST = "at-most"
    NOT_IN_ARCHIVE = "not-in-archive"


class Keep(StrEnum):
    """Which of several equal entries counts, by the time of submission."""

    LATER = "later"
    EARLIER = "earlier"
    NONE = "none"
    """The time of submission is ignored."""


class IfFound(StrEnum):
    """The outcome for equal entries if the time of submission doesn't decide."""

    REVIEW = "review"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRule:
    """One rule over many entries."""

    name: str
    place: Place
    level: Level
    form: Form
    compared: tuple[Key, ...]
    """Entries with the same values of all these keys count as the same."""
    most: int = 1
    """How many entries may be the same; not used by `not-in-archive`."""
    keep: Keep = Keep.NONE
    if_found: IfFound = IfFound.REVIEW
    label: Spoken | None = None
    """What people call it, if the rules say so."""
    message: Spoken | None = None
    remedy: Spoken | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the keys that are compared."""
        return tuple(key.name for key in self.compared)


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """How one category differs from the general rules."""

    name: str
    place: Place
    rules: tuple[Rule, ...] = ()
    """Rules that are added, or that replace the rule of the same name."""
    dropped: frozenset[str] = frozenset()
    """Names of rules that don't apply here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Categories:
    """Rules by category."""

    by: Key
    place: Place
    if_unknown: IfUnknown = IfUnknown.REVIEW
    """The outcome if an entry's category is unknown: `review` or `pass`."""
    listed: tuple[Category, ...] = ()

    @property
    def differ(self) -> bool:
        """Whether any category differs from the general rules."""
        return any(category.rules or category.dropped for category in self.listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A call's valid rules."""

    title: Readable
    zone: tzinfo = UTC
    zone_name: str = "UTC"
    rules: tuple[Rule, ...] = ()
    source: str = ""
    """The file or preset they came from, as the user named it."""
    digest: str = ""
    """`sha256:` and the hex digest of every file read, in the order of `extends`."""
    layout: ManifestLayout | None = None
    """The manifest's layout; None for the default."""
    deadline: Moment | None = None
    corrections: Moment | None = None
    """The last day or moment for entries, in `zone`; None if the rules name none."""
    preset: str = ""
    """The preset's name where they came from one."""
    notices: tuple[Readable, ...] = ()
    """Remarks on valid rules, such as a missing time zone."""
    batch: tuple[BatchRule, ...] = ()
    """Rules over many entries."""
    categories: Categories | None = None
    content: Depth = Depth.NONE
    """How much of each film has to be decoded before a content rule says anything."""

    @property
    def every(self) -> tuple[Rule, ...]:
        """The rules that hold for all entries, then those of single categories."""
        listed = self.categories.listed if self.categories else ()
        return (*self.rules, *(rule for category in listed for rule in category.rules))

    @property
    def names(self) -> tuple[str, ...]:
        """The name of every rule, each once: of all entries, of categories, over many entries."""
        return tuple(dict.fromkeys([*(rule.name for rule in self.every), *(rule.name for rule in self.batch)]))

    @property
    def keys(self) -> frozenset[str]:
        """Every key that any rule, its `when` or its `assist` needs."""
        return frozenset(
            condition.key.name for rule in self.every for condition in (*rule.conditions, *rule.when, *rule.assist)
        )

    @property
    def compared(self) -> frozenset[str]:
        """Every key by which rules over many entries compare them."""
        return frozenset(name for rule in self.batch for name in rule.keys)

    def of(self, category: Category | None) -> tuple[Rule, ...]:
        """The rules of a category; a replaced rule keeps its position."""
        if category is None:
            return self.rules
        own = {rule.name: rule for rule in category.rules}
        kept = [own.pop(rule.name, rule) for rule in self.rules if rule.name not in category.dropped]
        return (*kept, *own.values())

    def narrowed(self, wanted: Callable[[str], bool]) -> Rules:
        """These rules, but only those with a wanted name."""
        categories = self.categories and replace(
            self.categories,
            listed=tuple(
                replace(
                    category,
                    rules=tuple(rule for rule in category.rules if wanted(rule.name)),
                    dropped=frozenset(filter(wanted, category.dropped)),
                )
                for category in self.categories.listed
            ),
        )
        return replace(
            self,
            rules=tuple(rule for rule in self.rules if wanted(rule.name)),
            batch=tuple(rule for rule in self.batch if wanted(rule.name)),
            categories=categories,
        )
