"""The rules as a report shows them: limits in base units, places, meanings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vidcheck.facts import visible
from vidcheck.findings import Level, RulesSummary, RuleSummary
from vidcheck.quantities import DATE, Kind, Manner
from vidcheck.rules.constraints import CONSTRAINTS, Side, Takes
from vidcheck.rules.language import CATEGORY, CATEGORY_LABEL, OFF
from vidcheck.rules.model import Form
from vidcheck.rules.phrases import expected, tolerance_kind
from vidcheck.texts import TOGETHER, Plain, Readable, join, say, say_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

    from vidcheck.rules.model import BatchRule, Categories, Category, Condition, Limit, Rule, Rules


def summarise(rules: Rules) -> RulesSummary:
    """The rules that were applied."""
    return RulesSummary(
        title=rules.title,
        source=rules.source,
        digest=rules.digest,
        timezone=rules.zone_name,
        zone=rules.zone,
        rules=tuple(summarise_rules(rules)),
        deadline=rules.deadline,
        corrections=rules.corrections,
        preset=rules.preset,
    )


def summarise_rules(rules: Rules) -> Iterator[RuleSummary]:
    """Every rule, each name once: the category, the rules with the variants of categories, the rules over many entries."""
    categories = rules.categories
    if categories and categories.differ:
        yield summarise_categories(categories)
    base = {rule.name: rule for rule in rules.rules}
    for name in dict.fromkeys([*base, *(rule.name for rule in rules.every)]):
        yield _summarise(name, base.get(name), categories.listed if categories else (), rules.zone)
    for batch_rule in rules.batch:
        yield summarise_batch(batch_rule)


def summarise_batch(rule: BatchRule) -> RuleSummary:
    """One rule over many entries."""
    keys = list(rule.keys)
    asked: object = {"count": rule.most, "per": keys} if rule.form is Form.AT_MOST else keys
    kept = {"keep": rule.keep.value} if rule.form is not Form.NOT_IN_ARCHIVE else {}
    return RuleSummary(
        rule=rule.name, label=rule.label, keys=rule.keys, level=rule.level, limits={rule.form.value: asked, **kept, "if-found": rule.if_found.value},
        place=rule.place, meaning=meaning_of_batch(rule),
    )  # fmt: skip


def meaning_of_batch(rule: BatchRule) -> Readable:
    """The rule as a noun phrase: `no other entry with the same checksum`."""
    keys = join([key.called for key in rule.compared], TOGETHER)
    if rule.form is Form.NOT_IN_ARCHIVE:
        return say("no entry of an earlier edition with the same {keys}", keys=keys)
    if rule.form is Form.UNIQUE:
        return say("no other entry with the same {keys}", keys=keys)
    return say_count(
        "at most {count} entry with the same {keys}", "at most {count} entries with the same {keys}", rule.most, keys=keys
    )  # fmt: skip


def unexplained(rules: Rules) -> Iterator[Readable]:
    """Remarks on rules that ask for a regular expression, which no entrant reads, without a message."""
    for rule in rules.every:
        limits = (limit for condition in rule.conditions for limit in condition.limits)
        pattern = next((limit for limit in limits if CONSTRAINTS[limit.constraint].takes is Takes.PATTERN), None)
        if pattern is not None and rule.message is None:
            yield say(
                "{place}: {rule}: entrants can't read a regular expression; say in 'message' what is asked",
                place=str(pattern.place),
                rule=visible(rule.name),
            )


def summarise_categories(categories: Categories) -> RuleSummary:
    """The key that names the category, and the categories."""
    names = [category.name for category in categories.listed]
    return RuleSummary(
        rule=CATEGORY, label=CATEGORY_LABEL, keys=(categories.by.name,), level=Level.REQUIRED, place=categories.place,
        limits={"any-of": names, "if-unknown": categories.if_unknown.value},
        meaning=say("{key}: {expected}", key=categories.by.called, expected=meaning_of_categories(categories)),
    )  # fmt: skip


def meaning_of_categories(categories: Categories) -> Readable:
    """The possible categories, as a noun phrase."""
    return say("one of {names}", names=join([Plain(category.name) for category in categories.listed]))


def _summarise(name: str, base: Rule | None, listed: Iterable[Category], zone: tzinfo) -> RuleSummary:
    """A rule with its variants in categories."""
    by_category: dict[str, Rule | None] = {}
    for category in listed:
        own = next((rule for rule in category.rules if rule.name == name), None)
        if own or name in category.dropped:
            by_category[category.name] = own
    rules = [rule for rule in (base, *by_category.values()) if rule]
    meanings = [meaning_of(base, zone)] if base else []
    meanings += [
        say("{category}: {meaning}", category=Plain(category), meaning=meaning_of(rule, zone) if rule else Plain(OFF))
        for category, rule in by_category.items()
    ]
    limits: dict[str, object] = limits_of(base, zone) if base else {}
    if by_category:
        limits["categories"] = {
            category: limits_of(rule, zone) if rule else OFF for category, rule in by_category.items()
        }
    return RuleSummary(
        rule=name, label=rules[0].called, keys=tuple(dict.fromkeys(key for rule in rules for key in rule.keys)), level=rules[0].level,
        limits=limits, place=rules[0].place, meaning=join(meanings, say("; ")),
    )  # fmt: skip


def limits_of(rule: Rule, zone: tzinfo) -> dict[str, object]:
    """The rule's limits, as JSON in base units; by key inside `any`, `when` and `assist`."""
    limits: dict[str, object] = _limits(rule.asked, zone) if rule.asked else {}
    if rule.branches:
        limits["any"] = [_by_key(branch, zone) for branch in rule.branches]
    if rule.when:
        limits["when"] = _by_key(rule.when, zone)
    if rule.assist:
        limits["assist"] = _by_key(rule.assist, zone)
    return limits


def meaning_of(rule: Rule, zone: tzinfo) -> Readable:
    """The rule as a phrase: `duration: 2:00 to 5:00 (±0.5 s)`."""
    if rule.manual:
        whole: Readable = rule.manual
    elif rule.asked:
        whole = _phrase(rule.asked, zone)
    else:
        branches = [_all(branch, zone) for branch in rule.branches]
        whole = join(branches, say("; or "))
    return say("{rule}, where {condition}", rule=whole, condition=_all(rule.when, zone)) if rule.when else whole


def _all(conditions: Iterable[Condition], zone: tzinfo) -> Readable:
    return join([_phrase(condition, zone) for condition in conditions], say(" and "))


def _phrase(condition: Condition, zone: tzinfo) -> Readable:
    return say("{key}: {expected}", key=condition.key.called, expected=expected(condition, zone))


def _by_key(conditions: Iterable[Condition], zone: tzinfo) -> dict[str, object]:
    return {condition.key.name: _limits(condition, zone) for condition in conditions}


def _limits(condition: Condition, zone: tzinfo) -> dict[str, object]:
    kind = condition.key.kind
    limits: dict[str, object] = {limit.constraint: _json(limit, kind, zone) for limit in condition.limits}
    tolerance = condition.tolerance
    if tolerance and tolerance.share is not None:
        limits["tolerance"] = f"{float(tolerance.share * 100):g} %"
    elif tolerance:
        limits["tolerance"] = tolerance_kind(kind).json(tolerance.absolute)
    if kind.unit and any(
        CONSTRAINTS[limit.constraint].takes in {Takes.VALUE, Takes.VALUES} for limit in condition.limits
    ):
        limits["unit"] = kind.unit
    return limits


def _json(limit: Limit, kind: Kind, zone: tzinfo) -> object:
    constraint = CONSTRAINTS[limit.constraint]
    if constraint.takes is Takes.VALUE:
        return _value(limit.argument, kind, zone, constraint.side)
    if constraint.takes is Takes.VALUES:
        return [_value(argument, kind, zone, constraint.side) for argument in limit.argument]
    return list(limit.argument) if constraint.takes is Takes.TEXTS else limit.argument


def _value(value: Any, kind: Kind, zone: tzinfo, side: Side) -> object:
    if kind is not DATE:
        return kind.json(value, Manner(zone=zone))
    if side is Side.LOWER:
        return value.first.isoformat()
    if side is Side.UPPER:
        return value.last.isoformat()
    return kind.json(value, Manner(zone=zone)) if value.precision == "second" else kind.write(value)
