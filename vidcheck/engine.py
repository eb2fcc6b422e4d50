"""Facts and rules in, findings and a verdict out. Pure: no world, no clock, no figure that isn't in the rules.

It also says which keys it would like a second witness on; the runner asks and calls again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vidcheck.facts import Fact, Fault, State, Witness
from vidcheck.findings import Breach, EntryReport, Finding, Level, Outcome, Remedy, Verdict
from vidcheck.quantities import DATE, Shown
from vidcheck.rules.constraints import CONSTRAINTS, PatternTooSlowError, expected, judge, near, nearest, slack
from vidcheck.rules.model import IfUnknown
from vidcheck.texts import Plain, Readable, join, say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from vidcheck.facts import Entry, Facts, Key
    from vidcheck.rules.model import Condition, Rule, Rules

_ABSENT = say("absent")
_UNKNOWN = say("unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the engine answers."""

    report: EntryReport
    wanted: frozenset[str]
    """Keys on which a second witness could change or strengthen the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What one condition, branch or set of conditions comes to."""

    outcome: Outcome
    actual: Readable = _UNKNOWN
    values: tuple[Any, ...] = ()
    difference: Readable | None = None
    breaches: tuple[Breach, ...] = ()
    evidence: tuple[Fact, ...] = ()
    disputed: bool = False
    settleable: bool = True
    """Whether an unknown is mere absence of evidence, which `if-unknown` may settle."""
    why: Readable | None = None
    """Why it is unknown, or what the answer rests on."""
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vote:
    """What one witness's word comes to."""

    fact: Fact
    outcome: Outcome
    missed: tuple[int, ...] = ()
    """Which limits it misses, by place in the condition."""
    slow: bool = False


@dataclass(slots=True)
class _Context:
    """What judging one entry needs to hand."""

    facts: Facts
    entry: Entry
    zone: tzinfo
    wanted: set[str] = field(default_factory=set)


def verdict_of(findings: Iterable[Finding], *, final: bool = False) -> Verdict:
    """Ineligible where a required rule fails, else review where one is unknown, else eligible.

    With `final`, a manual finding is an undecided matter too.
    """
    required = {finding.outcome for finding in findings if finding.level is Level.REQUIRED}
    if Outcome.FAIL in required:
        return Verdict.INELIGIBLE
    if Outcome.UNKNOWN in required or (final and Outcome.MANUAL in {finding.outcome for finding in findings}):
        return Verdict.REVIEW
    return Verdict.ELIGIBLE


def judge_entry(entry: Entry, facts: Facts, rules: Rules, *, final: bool = False) -> Judgement:
    """All rules on one entry."""
    context = _Context(facts, entry, rules.zone)
    judged = [_judge_rule(rule, context) for rule in rules.rules]
    findings = tuple(finding for finding, _ in judged)
    faults = (*facts.faults, *dict.fromkeys(fault for _, row in judged for fault in row))
    verdict = verdict_of(findings, final=final)
    unreadable = any(fault.witness is Witness.FILESYSTEM for fault in facts.faults)
    if unreadable and verdict is Verdict.ELIGIBLE:  # nobody looked at it: no rules can make that eligible
        verdict = Verdict.REVIEW
    report = EntryReport(entry=entry, size=_size(facts), verdict=verdict, findings=findings, faults=faults)
    return Judgement(report=report, wanted=frozenset(context.wanted))


def _size(facts: Facts) -> int | None:
    return next((fact.value for fact in facts.of("size") if fact.state is State.KNOWN), None)


def _judge_rule(rule: Rule, context: _Context) -> tuple[Finding, tuple[Fault, ...]]:
    if rule.manual is not None:
        asked = _when(rule, context)
        if asked.outcome is Outcome.FAIL:
            return _finding(rule, _Answer(outcome=Outcome.SKIP, evidence=asked.evidence, why=asked.why), context), ()
        return _finding(rule, _Answer(outcome=Outcome.MANUAL), context), ()
    applies = _when(rule, context)
    if applies.outcome is Outcome.FAIL:
        return _finding(rule, _Answer(outcome=Outcome.SKIP, evidence=applies.evidence, why=applies.why), context), applies.faults
    answer = _any(rule, context) if rule.branches else _condition(rule.conditions[0], context, rule)
    if not rule.branches:
        _want_second(rule, answer, context)
    if applies.outcome is Outcome.UNKNOWN:
        why = say("whether the rule applies is not known: {why}", why=applies.why or _UNKNOWN)
        answer = _Answer(
            outcome=Outcome.UNKNOWN, actual=answer.actual, evidence=(*applies.evidence, *answer.evidence), settleable=False,
            disputed=applies.disputed, why=why, faults=applies.faults,
        )  # fmt: skip
    if answer.outcome is Outcome.UNKNOWN and answer.settleable and not answer.disputed and rule.if_unknown is not IfUnknown.REVIEW:
        answer = _settled(rule, answer)
    return _finding(rule, answer, context), answer.faults


def _settled(rule: Rule, answer: _Answer) -> _Answer:
    outcome = Outcome.FAIL if rule.if_unknown is IfUnknown.FAIL else Outcome.PASS
    breaches = tuple(
        Breach(key=condition.key.name, constraint="known", limit=True) for condition in rule.conditions[:1]
    ) if outcome is Outcome.FAIL else ()  # fmt: skip
    why = say("{why}; the rule settles this by if-unknown: {choice}", why=answer.why or _UNKNOWN, choice=rule.if_unknown.value)
    return _Answer(outcome=outcome, actual=answer.actual, evidence=answer.evidence, breaches=breaches, why=why)


def _want_second(rule: Rule, answer: _Answer, context: _Context) -> None:
    condition = rule.conditions[0]
    known = [fact for fact in answer.evidence if fact.key == condition.key.name and fact.state is State.KNOWN]
    close = any(near(limit, condition.key.kind, fact.value) for fact in known for limit in condition.limits)
    failing = answer.outcome is Outcome.FAIL and rule.level is Level.REQUIRED
    if failing or answer.outcome is Outcome.UNKNOWN or close or not answer.evidence:
        context.wanted.add(condition.key.name)


def _when(rule: Rule, context: _Context) -> _Answer:
    context.wanted.update(condition.key.name for condition in rule.when)
    answers = [_condition(condition, context, None) for condition in rule.when]
    outcome = _all_of(answers)
    unmet = next((pair for pair in zip(rule.when, answers, strict=True) if pair[1].outcome is outcome), None)
    why: Readable | None = None
    if unmet is not None and outcome is not Outcome.PASS:
        condition, answer = unmet
        phrase = expected(condition, context.zone)
        why = answer.why if outcome is Outcome.UNKNOWN else say(
            "{key} is {actual}, not {expected}", key=Plain(condition.key.name), actual=answer.actual, expected=phrase
        )  # fmt: skip
    return _gathered(outcome, answers, why=why)


def _any(rule: Rule, context: _Context) -> _Answer:
    context.wanted.update(rule.keys)
    branches = [[_condition(condition, context, rule) for condition in branch] for branch in rule.branches]
    outcomes = [_all_of(branch) for branch in branches]
    outcome = Outcome.PASS if Outcome.PASS in outcomes else Outcome.UNKNOWN if Outcome.UNKNOWN in outcomes else Outcome.FAIL
    every = [answer for branch in branches for answer in branch]
    by_key: dict[str, Readable] = {}
    for condition, answer in zip(rule.conditions, every, strict=True):
        by_key.setdefault(condition.key.name, answer.actual)
    actual = join([say("{key} {actual}", key=Plain(key), actual=told) for key, told in by_key.items()])
    deciding = [a for branch, out in zip(branches, outcomes, strict=True) if out is Outcome.UNKNOWN for a in branch]
    unknown = [answer for answer in deciding if answer.outcome is Outcome.UNKNOWN]
    whole = _gathered(outcome, unknown if outcome is Outcome.UNKNOWN else every, why=next((a.why for a in unknown), None))
    return _Answer(
        outcome=outcome, actual=actual, evidence=_unique(fact for answer in every for fact in answer.evidence),
        disputed=whole.disputed, settleable=whole.settleable, why=whole.why, faults=whole.faults,
        breaches=tuple(breach for answer in every for breach in answer.breaches) if outcome is Outcome.FAIL else (),
    )  # fmt: skip


def _all_of(answers: list[_Answer]) -> Outcome:
    outcomes = {answer.outcome for answer in answers}
    return Outcome.FAIL if Outcome.FAIL in outcomes else Outcome.UNKNOWN if Outcome.UNKNOWN in outcomes else Outcome.PASS


def _gathered(outcome: Outcome, answers: list[_Answer], why: Readable | None) -> _Answer:
    unknown = [answer for answer in answers if answer.outcome is Outcome.UNKNOWN]
    open_ = outcome is Outcome.UNKNOWN
    return _Answer(
        outcome=outcome,
        evidence=_unique(fact for answer in answers for fact in answer.evidence),
        disputed=open_ and any(answer.disputed for answer in unknown),
        settleable=all(answer.settleable for answer in unknown),
        why=why,
        faults=tuple(fault for answer in answers for fault in answer.faults),
    )


def _unique(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    return tuple(dict.fromkeys(facts))


def _condition(condition: Condition, context: _Context, rule: Rule | None) -> _Answer:
    """Each witness's word is judged; where all come to the same outcome, that is the outcome, else it is a dispute."""
    key = condition.key
    heard = context.facts.of(key.name)
    listed = rule.evidence if rule else ()
    if listed:
        heard = tuple(sorted((f for f in heard if f.witness in listed), key=lambda fact: listed.index(fact.witness)))
    votes = [_vote(fact, condition) for fact in _counting(key, heard, listed)]
    slow = next((vote for vote in votes if vote.slow), None)
    if slow is not None:
        return _too_slow(slow, condition, heard, rule)
    if not votes:
        return _nobody(condition, context, heard)
    if rule is not None and rule.container_date is not None and votes[0].fact.witness is not Witness.DECLARED:
        why = say("only the file's own date is known, and it says when the file was written; the rule leaves that to a person")
        return _Answer(outcome=Outcome.UNKNOWN, actual=_told(votes[0].fact, condition, context.zone), evidence=heard, settleable=False, why=why)
    return _decided(condition, context, heard, votes)


def _decided(condition: Condition, context: _Context, heard: tuple[Fact, ...], votes: list[_Vote]) -> _Answer:
    key, zone = condition.key, context.zone
    outcomes = {vote.outcome for vote in votes}
    settling = next((vote for vote in votes if vote.fact.witness is key.settled_by), None)
    late = _written_later(key, condition, votes, heard)
    if late is not None:
        later = say("the declared date lies in the window, but the file was written later: {date}", date=_told(late, condition, zone))
        actual = _both([votes[0].fact, late], condition, zone)
        return _Answer(outcome=Outcome.UNKNOWN, actual=actual, evidence=heard, disputed=True, why=later)
    why: Readable | None
    if len(outcomes) > 1 and settling is None:
        actual = _both([vote.fact for vote in votes], condition, zone)
        why = say("the witnesses do not agree: {actual}", actual=actual)
        return _Answer(outcome=Outcome.UNKNOWN, actual=actual, evidence=heard, disputed=True, why=why)
    vote = settling if len(outcomes) > 1 and settling is not None else votes[0]
    fact = vote.fact
    actual = _told(fact, condition, zone)
    if vote.outcome is Outcome.UNKNOWN:
        known = fact.state is State.KNOWN
        crashed = bool(context.facts.faulted(key.name))
        partly = say("{actual} lies partly inside and partly outside", actual=actual)
        why = partly if known else fact.note
        return _Answer(outcome=Outcome.UNKNOWN, actual=actual, evidence=heard, disputed=known, settleable=not crashed, why=why)
    missed = [condition.limits[place] for place in vote.missed]
    value = fact.value if fact.state is State.KNOWN else None
    breaches = tuple(
        Breach(key=key.name, constraint=limit.constraint, limit=limit.argument, slack=slack(limit, condition), value=value)
        for limit in missed
    )
    difference = nearest(missed[0], key.kind, value, zone) if missed and value is not None else None
    why = _rests_on_file(key, fact)
    return _Answer(outcome=vote.outcome, actual=actual, values=(value,), difference=difference, breaches=breaches, evidence=heard, why=why)


def _counting(key: Key, heard: tuple[Fact, ...], listed: tuple[Witness, ...]) -> tuple[Fact, ...]:
    """The facts that vote: those that tell something, of the first group of witnesses that does."""
    telling = tuple(fact for fact in heard if _tells(key, fact))
    if listed:
        return telling[:1]
    for tier in key.tiers or (tuple(Witness),):
        row = tuple(fact for fact in telling if fact.witness in tier)
        if row:
            break
    else:
        return ()
    if all(fact.state is State.UNKNOWN for fact in row):
        return row[:1]
    # a witness that merely couldn't tell has no vote, unless its word settles the key
    return tuple(fact for fact in row if fact.state is not State.UNKNOWN or fact.witness is key.settled_by)


def _tells(key: Key, fact: Fact) -> bool:
    return fact.state is not State.ABSENT or key.absence_tells


def _vote(fact: Fact, condition: Condition) -> _Vote:
    if fact.state is State.UNKNOWN:
        known = [place for place, limit in enumerate(condition.limits) if limit.constraint == "known"]
        return _Vote(fact=fact, outcome=Outcome.FAIL if known else Outcome.UNKNOWN, missed=tuple(known))
    answers: list[bool | None] = []
    for limit in condition.limits:
        if fact.state is State.ABSENT:
            answers.append(CONSTRAINTS[limit.constraint].absent_holds)
            continue
        try:
            answers.append(judge(limit, condition.key.kind, fact.value, condition.tolerance))
        except PatternTooSlowError:
            return _Vote(fact=fact, outcome=Outcome.UNKNOWN, slow=True)
    missed = tuple(place for place, holds in enumerate(answers) if holds is False)
    outcome = Outcome.FAIL if missed else Outcome.UNKNOWN if None in answers else Outcome.PASS
    return _Vote(fact=fact, outcome=outcome, missed=missed)


def _written_later(key: Key, condition: Condition, votes: list[_Vote], heard: tuple[Fact, ...]) -> Fact | None:
    """The container's date that lies after the window's end although the declared one is inside."""
    declared = votes[0].fact.witness is Witness.DECLARED and votes[0].outcome is Outcome.PASS
    ends = [limit.argument for limit in condition.limits if limit.constraint == "to"]
    if not (declared and ends and key.tiers):
        return None
    dated = [f for f in heard if f.witness is not Witness.DECLARED and f.state is State.KNOWN]
    settled = [fact for fact in heard if fact.witness is key.settled_by]
    return next((fact for fact in (settled or dated) if fact.state is State.KNOWN and DATE.over(fact.value, ends[0])), None)


def _rests_on_file(key: Key, fact: Fact) -> Readable | None:
    if key.tiers and fact.witness is not Witness.DECLARED and fact.state is State.KNOWN:
        return say("this rests on the file's own date, which says when the file was written; no date was declared")
    return fact.note


def _too_slow(vote: _Vote, condition: Condition, heard: tuple[Fact, ...], rule: Rule | None) -> _Answer:
    place = next(limit.place for limit in condition.limits if limit.constraint == "matches")
    message = say(
        "the pattern of rule {rule} ({place}) took longer than a second on this text and was stopped",
        rule=Plain(rule.name if rule else condition.key.name), place=Plain(str(place)),
    )  # fmt: skip
    fault = Fault(witness=vote.fact.witness, message=message)
    actual = _told(vote.fact, condition, None)
    return _Answer(outcome=Outcome.UNKNOWN, actual=actual, evidence=heard, settleable=False, why=message, faults=(fault,))


def _nobody(condition: Condition, context: _Context, heard: tuple[Fact, ...]) -> _Answer:
    faults = context.facts.faulted(condition.key.name)
    if faults:
        why: Readable = join([fault.message for fault in dict.fromkeys(faults)], "; ")
        return _Answer(outcome=Outcome.UNKNOWN, evidence=heard, settleable=False, why=why)
    absent = next((fact for fact in heard if fact.state is State.ABSENT), None)
    why = absent.note if absent and absent.note else say("no witness could tell")
    if any(limit.constraint == "known" for limit in condition.limits):
        breach = Breach(key=condition.key.name, constraint="known", limit=True)
        return _Answer(outcome=Outcome.FAIL, evidence=heard, breaches=(breach,), why=why)
    return _Answer(outcome=Outcome.UNKNOWN, evidence=heard, why=why)


def _told(fact: Fact, condition: Condition, zone: tzinfo | None) -> Readable:
    if fact.state is State.ABSENT:
        return _ABSENT
    if fact.state is State.UNKNOWN:
        return _UNKNOWN
    limits: list[Any] = []
    for limit in condition.limits:
        takes = CONSTRAINTS[limit.constraint].takes.name
        limits += limit.argument if takes == "VALUES" else [limit.argument] if takes == "VALUE" else []
    kind = condition.key.kind
    if zone is None:
        return Shown(kind.name, fact.value, apart=tuple(limits))
    return Shown(kind.name, fact.value, zone, tuple(limits))


def _both(facts: list[Fact], condition: Condition, zone: tzinfo) -> Readable:
    return join([say("{value} ({witness})", value=_told(f, condition, zone), witness=Plain(f.witness.value)) for f in facts])


def _finding(rule: Rule, answer: _Answer, context: _Context) -> Finding:
    wanted = _expected(rule, context.zone, answer.values)
    if answer.outcome is Outcome.MANUAL and rule.manual is not None:
        wanted = rule.manual
    remedy: Remedy | None = None
    if answer.outcome is Outcome.FAIL:
        from vidcheck import remedies  # a passing entry needs none

        remedy = remedies.remedy(answer.breaches, context.facts, context.entry, context.zone)
    shown_difference = answer.difference
    holes = {"actual": answer.actual, "expected": wanted, "difference": shown_difference or Plain("")}
    if answer.outcome in {Outcome.FAIL, Outcome.UNKNOWN} and rule.remedy is not None:
        words = rule.remedy.filled(**holes)
        remedy = Remedy(words=words, command=remedy.command if remedy else "")
    return Finding(
        rule=rule.name, outcome=answer.outcome, level=rule.level, place=rule.place, keys=rule.keys,
        disputed=answer.disputed, expected=wanted, actual=answer.actual, difference=shown_difference,
        message=_message(rule, answer, wanted, holes), why=answer.why, remedy=remedy, evidence=answer.evidence,
    )  # fmt: skip


def _message(rule: Rule, answer: _Answer, wanted: Readable, holes: dict[str, Readable]) -> Readable:
    name = Plain(rule.name)
    match answer.outcome:
        case Outcome.MANUAL:
            return say("A person has to say: {question}", question=wanted)
        case Outcome.SKIP:
            return say("{rule} does not apply: {why}.", rule=name, why=answer.why or _UNKNOWN)
        case Outcome.UNKNOWN:
            return say("{rule} is not known: {why}.", rule=name, why=answer.why or _UNKNOWN)
        case Outcome.FAIL if rule.message is not None:
            return rule.message.filled(**holes)
        case Outcome.FAIL:
            plain = say("{rule} is {actual}; expected: {expected}", rule=name, actual=answer.actual, expected=wanted)
        case _:
            plain = say("{rule} is {actual}, as expected: {expected}", rule=name, actual=answer.actual, expected=wanted)
    return say("{sentence} ({why}).", sentence=plain, why=answer.why) if answer.why else say("{sentence}.", sentence=plain)


def _expected(rule: Rule, zone: tzinfo, apart: tuple[Any, ...]) -> Readable:
    if rule.manual is not None:
        return rule.manual
    if rule.asked is not None:
        return expected(rule.asked, zone, tuple(value for value in apart if value is not None))
    branches = [
        join([say("{key}: {expected}", key=Plain(c.key.name), expected=expected(c, zone)) for c in branch], say(" and "))
        for branch in rule.branches
    ]
    return join(branches, say(", or "))
