"""Judges one condition on one entry: each witness's fact, and then all together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vidcheck import resolve
from vidcheck.engine.answers import Answer, Context, both, shown
from vidcheck.facts import DECLARED, Fact, Fault, State
from vidcheck.findings import Breach, Outcome
from vidcheck.quantities import DATE
from vidcheck.rules.constraints import CONSTRAINTS, KNOWN, PatternTooSlowError, Takes, slack
from vidcheck.rules.phrases import nearest
from vidcheck.texts import Plain, Readable, join, say

if TYPE_CHECKING:
    from vidcheck.engine.compiled import CompiledCondition
    from vidcheck.facts import Key
    from vidcheck.rules.model import Rule


_NOBODY = say("no witness could tell")


class _Vote(NamedTuple):
    """The outcome for one fact. A tuple for speed: one is made for each fact that a rule judges."""

    fact: Fact
    outcome: Outcome
    missed: tuple[int, ...] = ()
    """The limits that it misses, by index in the condition."""
    slow: bool = False


def judge_condition(condition: CompiledCondition, context: Context, rule: Rule | None) -> Answer:
    """Judges each witness's fact. If all have the same outcome, that is the outcome, else it is a dispute."""
    key = condition.key
    evidence = context.facts.of(condition.name)
    listed = rule.evidence if rule else ()
    if listed:
        evidence = tuple(
            sorted((f for f in evidence if f.witness in listed), key=lambda fact: listed.index(fact.witness))
        )
    votes = [_vote(fact, condition) for fact in resolve.voting(key, evidence, listed)]
    for vote in votes:
        if vote.slow:
            return _too_slow(vote, condition, evidence, rule)
    if not votes:
        return _no_votes(condition, context, evidence)
    if rule is not None and rule.container_date is not None and votes[0].fact.witness != DECLARED:
        why = say(
            "only the file's own date is known, and it says when the file was written; the rule leaves that to a person"
        )
        return Answer(
            outcome=Outcome.UNKNOWN,
            actual=shown(votes[0].fact, condition, context.zone),
            evidence=evidence,
            settleable=False,
            why=why,
        )
    return _decided(condition, context, evidence, votes, rule)


def _decided(
    condition: CompiledCondition, context: Context, evidence: tuple[Fact, ...], votes: list[_Vote], rule: Rule | None
) -> Answer:
    key, zone = condition.key, context.zone
    split = any(vote.outcome is not votes[0].outcome for vote in votes)
    why: Readable | None
    contrary = resolve.contrary(key, [vote.fact for vote in votes]) if len(votes) > 1 else ()
    if contrary and (rule is not None or split):  # whether a rule applies is known if all agree on that
        actual = both(contrary, condition, zone)
        why = say("the declarations do not agree: {actual}", actual=actual)
        return Answer(outcome=Outcome.UNKNOWN, actual=actual, evidence=evidence, disputed=True, why=why)
    settling = next((vote for vote in votes if key.settles(vote.fact)), None) if split else None
    late = _written_later(condition, votes, evidence)
    if late is not None:
        later = say(
            "the declared date lies in the window, but the file was written later: {date}",
            date=shown(late, condition, zone),
        )
        actual = both([votes[0].fact, late], condition, zone)
        return Answer(outcome=Outcome.UNKNOWN, actual=actual, evidence=evidence, disputed=True, why=later)
    if split and settling is None:
        actual = both([vote.fact for vote in votes], condition, zone)
        one = len({vote.fact.witness for vote in votes}) == 1
        doubt = next((vote.fact.note for vote in votes if vote.fact.note is not None), None) if one else None
        why = doubt or say("the witnesses do not agree: {actual}", actual=actual)
        return Answer(outcome=Outcome.UNKNOWN, actual=actual, evidence=evidence, disputed=True, why=why)
    vote = settling or votes[0]
    fact = vote.fact
    actual = shown(fact, condition, zone)
    if vote.outcome is Outcome.UNKNOWN:
        known = fact.state is State.KNOWN
        crashed = bool(context.facts.faulted(condition.name))
        garbled = fact.witness == DECLARED  # something was declared, so evidence is not absent
        partly = say("{actual} lies partly inside and partly outside", actual=actual)
        why = partly if known else fact.note
        return Answer(
            outcome=Outcome.UNKNOWN,
            actual=actual,
            evidence=evidence,
            disputed=known or fact.contradicted,
            settleable=not crashed and not garbled,
            why=why,
        )
    missed = [condition.condition.limits[place] for place in vote.missed]
    value = fact.value if fact.state is State.KNOWN else None
    breaches = tuple([
        Breach(
            key=condition.name, constraint=limit.constraint, limit=limit.argument, slack=slack(limit, condition.condition),
            value=value,
        )
        for limit in missed
    ])  # fmt: skip
    difference = nearest(missed[0], key.kind, value, zone) if missed and value is not None else None
    deciding = [each.fact for each in votes if each.outcome is vote.outcome]
    apart = resolve.without(evidence, deciding)
    why = _rests_on_file(key, fact)
    return Answer(vote.outcome, actual, (value,), difference, breaches, evidence, apart, why=why)


def _vote(fact: Fact, condition: CompiledCondition) -> _Vote:
    if fact.state is State.UNKNOWN:
        return _Vote(fact, Outcome.FAIL if condition.known else Outcome.UNKNOWN, condition.known)
    if fact.state is State.ABSENT:
        return _Vote(fact, Outcome.FAIL if condition.absent else Outcome.PASS, condition.absent)
    try:
        answers = [test(fact.value) for test in condition.tests]
    except PatternTooSlowError:
        return _Vote(fact, Outcome.UNKNOWN, slow=True)
    if False in answers:
        return _Vote(fact, Outcome.FAIL, tuple([place for place, holds in enumerate(answers) if holds is False]))
    return _Vote(fact, Outcome.UNKNOWN if None in answers else Outcome.PASS)


def _written_later(condition: CompiledCondition, votes: list[_Vote], evidence: tuple[Fact, ...]) -> Fact | None:
    """The container's date if it lies after the window's end although the declared date is inside."""
    key, ends = condition.key, condition.ends
    if not (key.tiers and ends and votes[0].fact.witness == DECLARED and votes[0].outcome is Outcome.PASS):
        return None
    dated = resolve.settling(key, [fact for fact in evidence if fact.witness != DECLARED])
    return next((fact for fact in dated if fact.state is State.KNOWN and DATE.over(fact.value, ends[0])), None)


def _rests_on_file(key: Key, fact: Fact) -> Readable | None:
    if key.tiers and fact.witness != DECLARED and fact.state is State.KNOWN:
        rests = say("this rests on the file's own date, which says when the file was written; no date was declared")
        return join([rests, fact.note], say("; ")) if fact.note else rests
    return fact.note


def _too_slow(vote: _Vote, condition: CompiledCondition, evidence: tuple[Fact, ...], rule: Rule | None) -> Answer:
    limits = condition.condition.limits
    place = next(limit.place for limit in limits if CONSTRAINTS[limit.constraint].takes is Takes.PATTERN)
    message = say(
        "the pattern of rule {rule} ({place}) took longer than a second on this text and was stopped",
        rule=Plain(rule.name if rule else condition.name), place=Plain(str(place)),
    )  # fmt: skip
    fault = Fault(witness=vote.fact.witness, message=message)
    actual = shown(vote.fact, condition, None)
    return Answer(
        outcome=Outcome.UNKNOWN, actual=actual, evidence=evidence, settleable=False, why=message, faults=(fault,)
    )


def _no_votes(condition: CompiledCondition, context: Context, evidence: tuple[Fact, ...]) -> Answer:
    faults = context.facts.faulted(condition.name)
    if faults:
        why: Readable = join([fault.text for fault in dict.fromkeys(faults)], say("; "))
        return Answer(outcome=Outcome.UNKNOWN, evidence=evidence, settleable=False, why=why)
    absent = next((fact for fact in evidence if fact.state is State.ABSENT), None)
    why = absent.note if absent and absent.note else _NOBODY
    if condition.known:
        breach = Breach(key=condition.name, constraint=KNOWN, limit=True)
        return Answer(outcome=Outcome.FAIL, evidence=evidence, breaches=(breach,), why=why)
    return Answer(outcome=Outcome.UNKNOWN, evidence=evidence, why=why)
