"""Applies all rules to one entry: its findings, its verdict, and the keys for which another witness is worth asking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vidcheck.engine import plan
from vidcheck.engine.answers import UNKNOWN, Answer, Context, finding_of
from vidcheck.engine.categories import choose
from vidcheck.engine.compiled import CompiledRules
from vidcheck.engine.conditions import judge_condition
from vidcheck.engine.content import unlooked
from vidcheck.engine.dates import as_of
from vidcheck.engine.decisions import checksum_of, decided, verdict_of
from vidcheck.engine.remarks import remarked
from vidcheck.engine.suggestions import suggestion
from vidcheck.facts import CONTENT, DECLARED, FILESYSTEM, Depth, Fact, Fault, State
from vidcheck.findings import Breach, EntryReport, Finding, Outcome, Verdict
from vidcheck.personal import withheld_findings, withheld_texts
from vidcheck.rules.constraints import KNOWN
from vidcheck.rules.model import IfUnknown
from vidcheck.texts import Readable, join, marked, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from vidcheck.engine.compiled import CompiledRule
    from vidcheck.facts import Entry, Facts
    from vidcheck.findings import Decision
    from vidcheck.rules.model import Rule, Rules

_APPLIES = Answer(outcome=Outcome.PASS)
"""The answer to `when` of a rule without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The result of judging one entry."""

    report: EntryReport
    wanted: frozenset[str]
    """Keys for which another witness could change or confirm the answer."""


class Judge:
    """Rules, compiled for many entries."""

    def __init__(
        self, rules: Rules, *, final: bool = False, today: date | None = None, personal: bool = False,
        depth: Depth = Depth.NONE,
    ) -> None:  # fmt: skip
        """`today` is the run's date in the rules' zone; without it no date is too late to be true.

        With `personal` findings show personal data. `depth` is how much of films is decoded.
        """
        self._depth = depth
        self._rules = rules
        self._today = today
        self._personal = personal
        self._compiled = CompiledRules(rules, personal=personal)
        self._final = final

    def entry(
        self, entry: Entry, facts: Facts, decisions: Sequence[Decision] = (), *, beside: Sequence[Finding] = ()
    ) -> Judgement:
        """Applies all rules to one entry, with people's decisions on it.

        `beside` are findings of no rule, which stand behind those of the rules. What is disputed in the keys of one of them
        is that one finding's cause, and its own finding only refers to it.
        """
        facts = as_of(facts, self._today, self._rules.zone)
        context = Context(facts, entry, self._rules.zone)
        chosen = choose(self._rules, facts)
        judged = [self._judged(self._compiled.of(rule), context) for rule in chosen.rules]
        findings = (*chosen.findings, *[finding for finding, _ in judged])
        if beside:
            findings = (*(_referred(finding, beside) for finding in findings), *beside)
        if decisions:
            findings = decided(findings, decisions, checksum_of(facts))
        faults = (*facts.faults, *dict.fromkeys([fault for _, row in judged for fault in row]))
        verdict = verdict_of(findings, final=self._final)
        unreadable = any(fault.witness == FILESYSTEM for fault in facts.faults)
        if (
            unreadable and verdict is Verdict.ELIGIBLE
        ):  # no witness read it, so it can't be eligible whatever the rules are
            verdict = Verdict.REVIEW
        declared = tuple([fact for fact in facts.facts if fact.witness == DECLARED])
        content = tuple([fact for fact in facts.facts if fact.witness == CONTENT])
        findings, remarks = remarked(findings, facts)
        if not self._personal:
            findings = withheld_findings(findings, declared)
            content = withheld_texts(content, declared)
        report = EntryReport(
            entry=entry, size=_size(facts), verdict=verdict, findings=findings, faults=faults, declared=declared, remarks=remarks,
            content=content,
        )  # fmt: skip
        return Judgement(report=report, wanted=frozenset(context.wanted))

    def _judged(self, compiled: CompiledRule, context: Context) -> tuple[Finding, tuple[Fault, ...]]:
        finding, faults = _judge_rule(
            compiled, context,
            lambda answer: unlooked(
                answer, compiled.rule, looked=self._depth, asked=self._rules.content, final=self._final
            ) if compiled.deep else answer,
        )  # fmt: skip
        if compiled.assist and finding.outcome is Outcome.MANUAL:
            finding = replace(finding, suggestion=suggestion(compiled, context, self._depth))
        return finding, faults


def judge_entry(
    entry: Entry,
    facts: Facts,
    rules: Rules,
    *,
    final: bool = False,
    decisions: Sequence[Decision] = (),
    today: date | None = None,
) -> Judgement:
    """Applies all rules to one entry. For many entries make one `Judge`."""
    return Judge(rules, final=final, today=today).entry(entry, facts, decisions)


def _size(facts: Facts) -> int | None:
    return next((fact.value for fact in facts.of("size") if fact.state is State.KNOWN), None)


def _judge_rule(
    compiled: CompiledRule, context: Context, seen: Callable[[Answer], Answer]
) -> tuple[Finding, tuple[Fault, ...]]:
    """The finding of one rule. `seen` makes the answer one that says so if nobody has looked."""
    rule = compiled.rule
    applies = _when(compiled, context) if compiled.when else _APPLIES
    if applies.outcome is Outcome.FAIL:
        skipped = Answer(outcome=Outcome.SKIP, evidence=applies.evidence, uncounted=applies.uncounted, why=applies.why)
        return finding_of(compiled, skipped, context), () if rule.manual is not None else applies.faults
    if rule.manual is not None:
        return finding_of(compiled, Answer(outcome=Outcome.MANUAL), context), ()
    if compiled.asked is None:
        answer = _any(compiled, context)
    else:
        answer = judge_condition(compiled.asked, context, rule)
        if plan.rule_wants(compiled.asked, rule, answer):
            context.wanted.add(compiled.asked.name)
    if applies.outcome is Outcome.UNKNOWN:
        why = say("whether the rule applies is not known: {why}", why=applies.why or UNKNOWN)
        answer = Answer(
            outcome=Outcome.UNKNOWN, actual=answer.actual, evidence=(*applies.evidence, *answer.evidence), settleable=False,
            disputed=applies.disputed, why=why, faults=applies.faults,
        )  # fmt: skip
    answer = seen(answer)
    if (
        answer.outcome is Outcome.UNKNOWN
        and answer.settleable
        and not answer.disputed
        and rule.if_unknown is not IfUnknown.REVIEW
    ):
        answer = _settled(rule, answer)
    elif (
        answer.outcome is Outcome.PASS and compiled.asked is not None and _nobody_handed_in(compiled.asked.name, answer)
    ):
        why = say("{key} is absent, so there is nothing to look at", key=compiled.asked.key.called)
        answer = Answer(outcome=Outcome.SKIP, evidence=answer.evidence, why=why)
    return finding_of(compiled, answer, context), answer.faults


def _nobody_handed_in(name: str, answer: Answer) -> bool:
    """Whether an answer about forms, or what they declare, rests on there being none: that is no reason for a tick."""
    absent = bool(answer.evidence) and all(fact.state is State.ABSENT for fact in answer.evidence)
    return absent and name.startswith(("form.", "declared."))


def _referred(finding: Finding, beside: Sequence[Finding]) -> Finding:
    """A finding that is open for the cause of one beside it: it doesn't apply before that is settled.

    Its evidence is left out, because the values may be another entrant's.
    """
    cause = next((each for each in beside if finding.keys and set(finding.keys) <= set(each.keys)), None)
    if cause is None or not finding.disputed or finding.outcome is not Outcome.UNKNOWN:
        return finding
    why = say("the rows of the entries table differ in it, and a person has to say first which one counts")
    message = say("{rule} does not apply: {why}.", rule=finding.called, why=why)
    return replace(
        finding,
        outcome=Outcome.SKIP,
        disputed=False,
        actual=UNKNOWN,
        why=why,
        message=message,
        evidence=(),
        remedy=None,
    )


def _settled(rule: Rule, answer: Answer) -> Answer:
    """The answer by `if-unknown`: where that is `pass` the rule doesn't apply, because nobody has looked."""
    outcome = Outcome.FAIL if rule.if_unknown is IfUnknown.FAIL else Outcome.SKIP
    breaches = tuple(
        Breach(key=condition.key.name, constraint=KNOWN, limit=True) for condition in rule.conditions[:1]
    ) if outcome is Outcome.FAIL else ()  # fmt: skip
    key = marked("{why}; the rules then ask nothing")
    if outcome is Outcome.FAIL:
        key = marked("{why}; the rules count that as a failure")
    why = say(key, why=answer.why or UNKNOWN)
    return Answer(outcome=outcome, actual=answer.actual, evidence=answer.evidence, breaches=breaches, why=why)


def _when(compiled: CompiledRule, context: Context) -> Answer:
    answers = [judge_condition(condition, context, None) for condition in compiled.when]
    context.wanted.update(plan.choice_wants(compiled.when, answers))
    outcome = _all_of(answers)
    unmet = next((pair for pair in zip(compiled.when, answers, strict=True) if pair[1].outcome is outcome), None)
    why: Readable | None = None
    if unmet is not None and outcome is not Outcome.PASS:
        condition, answer = unmet
        if outcome is Outcome.UNKNOWN:
            why = answer.why
        elif len(condition.known) == len(condition.tests):
            why = condition.unknown
        else:
            why = say(
                "{key} is {actual}, not {expected}",
                key=condition.key.called,
                actual=answer.actual,
                expected=condition.phrase(()),
            )
    return _gathered(outcome, answers, why=why)


def _any(compiled: CompiledRule, context: Context) -> Answer:
    branches = [
        [judge_condition(condition, context, compiled.rule) for condition in branch] for branch in compiled.branches
    ]
    outcomes = [_all_of(branch) for branch in branches]
    outcome = (
        Outcome.PASS if Outcome.PASS in outcomes else Outcome.UNKNOWN if Outcome.UNKNOWN in outcomes else Outcome.FAIL
    )
    every = [answer for branch in branches for answer in branch]
    context.wanted.update(plan.choice_wants([each for branch in compiled.branches for each in branch], every))
    by_key: dict[str, tuple[Readable, Readable]] = {}
    for condition, answer in zip([each for branch in compiled.branches for each in branch], every, strict=True):
        by_key.setdefault(condition.name, (condition.key.called, answer.actual))
    actual = join([say("{key} {actual}", key=key, actual=shown) for key, shown in by_key.values()])
    deciding = [a for branch, out in zip(branches, outcomes, strict=True) if out is Outcome.UNKNOWN for a in branch]
    unknown = [answer for answer in deciding if answer.outcome is Outcome.UNKNOWN]
    whole = _gathered(
        outcome, unknown if outcome is Outcome.UNKNOWN else every, why=next((a.why for a in unknown), None)
    )
    return Answer(
        outcome=outcome, actual=actual, evidence=_unique(fact for answer in every for fact in answer.evidence),
        uncounted=_uncounted(outcome, every),
        disputed=whole.disputed, settleable=whole.settleable, why=whole.why, faults=whole.faults,
        breaches=tuple(breach for answer in every for breach in answer.breaches) if outcome is Outcome.FAIL else (),
    )  # fmt: skip


def _all_of(answers: list[Answer]) -> Outcome:
    outcomes = {answer.outcome for answer in answers}
    return (
        Outcome.FAIL if Outcome.FAIL in outcomes else Outcome.UNKNOWN if Outcome.UNKNOWN in outcomes else Outcome.PASS
    )


def _gathered(outcome: Outcome, answers: list[Answer], why: Readable | None) -> Answer:
    unknown = [answer for answer in answers if answer.outcome is Outcome.UNKNOWN]
    open_ = outcome is Outcome.UNKNOWN
    return Answer(
        outcome=outcome,
        evidence=_unique(fact for answer in answers for fact in answer.evidence),
        uncounted=_uncounted(outcome, answers),
        disputed=open_ and any(answer.disputed for answer in unknown),
        settleable=all(answer.settleable for answer in unknown),
        why=why,
        faults=tuple([fault for answer in answers for fault in answer.faults]),
    )


def _uncounted(outcome: Outcome, answers: list[Answer]) -> tuple[Fact, ...]:
    """The facts that decided none of the answers; empty if nothing was decided."""
    if outcome is Outcome.UNKNOWN or not any(answer.uncounted for answer in answers):
        return ()
    apart = _unique(fact for answer in answers for fact in answer.uncounted)
    counted = [fact for answer in answers for fact in answer.evidence if fact not in answer.uncounted]
    return tuple([fact for fact in apart if fact not in counted])


def _unique(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    return tuple(dict.fromkeys(facts))
