"""Finds an entry's category, and so the rules that apply to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vidcheck import resolve
from vidcheck.facts import State
from vidcheck.findings import Finding, Level, Outcome, Remedy, heading
from vidcheck.rules.comparison import normal, plain
from vidcheck.rules.language import CATEGORY, CATEGORY_LABEL
from vidcheck.rules.model import IfUnknown
from vidcheck.rules.problems import quoted
from vidcheck.rules.summary import meaning_of_categories
from vidcheck.texts import Plain, Readable, join, say

if TYPE_CHECKING:
    from vidcheck.facts import Facts
    from vidcheck.rules.model import Categories, Category, Rule, Rules


class Chosen(NamedTuple):
    """The rules that apply to an entry, and the finding that names the category."""

    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...] = ()


def choose(rules: Rules, facts: Facts) -> Chosen:
    """The rules of the entry's category. If it is unknown, the general rules apply, and a person decides."""
    categories = rules.categories
    if categories is None or not categories.differ:
        return Chosen(rules.rules)
    category, actual, why, disputed = _category(categories, facts)
    passes = categories.if_unknown is IfUnknown.PASS and not disputed
    outcome = Outcome.PASS if category else Outcome.SKIP if passes else Outcome.UNKNOWN
    return Chosen(rules.of(category), (_finding(categories, facts, outcome, actual, why, disputed=disputed),))


def _category(categories: Categories, facts: Facts) -> tuple[Category | None, Readable, Readable | None, bool]:
    """The category, its text, why it is unknown, and whether witnesses differ."""
    key = categories.by
    values = {normal(key, fact.value): fact.value for fact in resolve.settled(key, facts.of(key.name))}
    if len(values) > 1:
        actual = join([Plain(quoted(value)) for value in values.values()], say(" or "))
        return None, actual, say("the witnesses do not agree: {actual}", actual=actual), True
    if not values:
        absent = any(fact.state is State.ABSENT for fact in facts.of(key.name))
        if absent:
            return None, say("absent"), say("{key} is absent", key=key.called), False
        return None, say("unknown"), say("{key} is not known", key=key.called), False
    same, value = next(iter(values.items()))
    found = next((category for category in categories.listed if plain(category.name) == same), None)
    why = (
        None
        if found
        else say("'{text}' is not {expected}", text=quoted(value), expected=meaning_of_categories(categories))
    )
    return found, Plain(quoted(value)), why, False


def _finding(
    categories: Categories, facts: Facts, outcome: Outcome, actual: Readable, why: Readable | None, *, disputed: bool
) -> Finding:
    wanted, evidence = meaning_of_categories(categories), facts.of(categories.by.name)
    name = heading(CATEGORY, CATEGORY_LABEL)
    message: Readable
    remedy: Remedy | None = None
    if outcome is Outcome.UNKNOWN:
        why = say("{why}; only the rules of all categories were applied", why=why)
        remedy = Remedy(words=say("Say which category the work is entered in: {names}.", names=wanted))
        message = say("{rule} is not known: {why}.", rule=name, why=why)
    elif why is not None:
        why = say("{why}; the rules then ask nothing", why=why)
        message = say("{rule} does not apply: {why}.", rule=name, why=why)
    else:
        message = say("{rule} is {actual}; its rules were applied.", rule=name, actual=actual)
    return Finding(
        rule=CATEGORY, label=CATEGORY_LABEL, outcome=outcome, level=Level.REQUIRED, place=categories.place, keys=(categories.by.name,),
        disputed=disputed, expected=wanted, actual=actual, message=message, why=why, remedy=remedy, evidence=evidence,
        uncounted=() if outcome is Outcome.UNKNOWN else resolve.without(evidence, resolve.settled(categories.by, evidence)),
    )  # fmt: skip
