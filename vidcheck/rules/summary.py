"""The rules as a report tells them: limits in base units, places, meanings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vidcheck.findings import RulesSummary, RuleSummary
from vidcheck.quantities import DATE, Kind, Manner
from vidcheck.rules.constraints import CONSTRAINTS, Takes, expected, tolerance_kind
from vidcheck.texts import Plain, Readable, join, say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from vidcheck.rules.model import Condition, Limit, Rule, Rules


def summarise(rules: Rules) -> RulesSummary:
    """The rules that were applied."""
    return RulesSummary(
        title=rules.title,
        source=rules.source,
        digest=rules.digest,
        timezone=rules.zone_name,
        zone=rules.zone,
        rules=tuple(summarise_rule(rule, rules.zone) for rule in rules.rules),
        deadline=rules.deadline,
        preset=rules.preset,
    )


def summarise_rule(rule: Rule, zone: tzinfo) -> RuleSummary:
    """One rule."""
    return RuleSummary(
        rule=rule.name, keys=rule.keys, level=rule.level, limits=limits_of(rule, zone), place=rule.place,
        meaning=meaning_of(rule, zone),
    )  # fmt: skip


def limits_of(rule: Rule, zone: tzinfo) -> dict[str, object]:
    """What the rule asks, as JSON in base units; by key inside `any` and `when`."""
    told: dict[str, object] = _limits(rule.asked, zone) if rule.asked else {}
    if rule.branches:
        told["any"] = [_by_key(branch, zone) for branch in rule.branches]
    if rule.when:
        told["when"] = _by_key(rule.when, zone)
    return told


def meaning_of(rule: Rule, zone: tzinfo) -> Readable:
    """The rule as a phrase: `duration: 2:00 to 5:00 (±0.5 s)`."""
    if rule.manual:
        whole: Readable = rule.manual
    elif rule.asked:
        whole = _told(rule.asked, zone)
    else:
        branches = [_all(branch, zone) for branch in rule.branches]
        whole = join(branches, say("; or "))
    return say("{rule}, where {condition}", rule=whole, condition=_all(rule.when, zone)) if rule.when else whole


def _all(conditions: Iterable[Condition], zone: tzinfo) -> Readable:
    return join([_told(condition, zone) for condition in conditions], say(" and "))


def _told(condition: Condition, zone: tzinfo) -> Readable:
    return say("{key}: {expected}", key=Plain(condition.key.name), expected=expected(condition, zone))


def _by_key(conditions: Iterable[Condition], zone: tzinfo) -> dict[str, object]:
    return {condition.key.name: _limits(condition, zone) for condition in conditions}


def _limits(condition: Condition, zone: tzinfo) -> dict[str, object]:
    kind = condition.key.kind
    told: dict[str, object] = {limit.constraint: _json(limit, kind, zone) for limit in condition.limits}
    tolerance = condition.tolerance
    if tolerance and tolerance.share is not None:
        told["tolerance"] = f"{float(tolerance.share * 100):g} %"
    elif tolerance:
        told["tolerance"] = tolerance_kind(kind).json(tolerance.absolute)
    if kind.unit and any(
        CONSTRAINTS[limit.constraint].takes in {Takes.VALUE, Takes.VALUES} for limit in condition.limits
    ):
        told["unit"] = kind.unit
    return told


def _json(limit: Limit, kind: Kind, zone: tzinfo) -> object:
    takes = CONSTRAINTS[limit.constraint].takes
    if takes is Takes.VALUE:
        return _value(limit.argument, kind, zone, limit.constraint)
    if takes is Takes.VALUES:
        return [_value(argument, kind, zone, limit.constraint) for argument in limit.argument]
    return list(limit.argument) if takes is Takes.TEXTS else limit.argument


def _value(value: Any, kind: Kind, zone: tzinfo, constraint: str) -> object:
    if kind is not DATE:
        return kind.json(value, Manner(zone=zone))
    if constraint == "from":
        return value.first.isoformat()
    if constraint == "to":
        return value.last.isoformat()
    return kind.json(value, Manner(zone=zone)) if value.precision == "second" else kind.write(value)
