"""Judges one condition on one entry: each witness's fact, and then all together."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from vidcheck import resolve
from vidcheck.engine.answers import Answer, Context, both, shown
from vidcheck.facts import DECLARED, GIT_LFS, Beside, Fact, Fault, State, visible
from vidcheck.findings import Breach, Outcome
from vidcheck.quantities import DATE, Shown
from vidcheck.rules.constraints import CONSTRAINTS, KNOWN, Measure, PatternTooSlowError, Side, Takes, length, slack
from vidcheck.rules.phrases import nearest
from vidcheck.texts import Plain, Readable, join, say, say_count
from vidcheck.vocabulary import FORMAT
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from datetime import tzinfo

    from vidcheck.engine.compiled import CompiledCondition
    from vidcheck.facts import Key
    from vidcheck.quantities import Moment
    from vidcheck.rules.model import Limit, Rule


_NOBODY = say("the file does not say")
_UNDECLARED = say("nothing was declared of it")
_NO_MEDIA = say("this is no media file")
_NO_FOLDER = say("the video has no folder of its own, so nobody knows which files belong to it")
_ANY_FILE = ("file.", "form.", "attachment.", "checksum")
"""Beginnings of keys that have nothing to do with media."""
_BESIDE = ("form.", "attachment.")
"""Beginnings of keys of the files beside the video."""


class _Vote(NamedTuple):
    """The outcome for one fact. A tuple for speed: one is made for each fact that a rule judges."""

    fact: Fact
    outcome: Outcome
    missed: tuple[int, ...] = ()
    """The limits that it misses, by index in the condition."""
    readings: tuple[Moment, ...] = ()
    """What a date without a zone may mean, if that leads to different outcomes."""
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
    votes = [_vote(fact, condition, context.zone) for fact in resolve.voting(key, evidence, listed)]
    for vote in votes:
        if vote.slow:
            return _too_slow(vote, condition, evidence, rule)
    if not votes:
        return _no_votes(condition, context, evidence)
    fact = votes[0].fact
    if rule is not None and rule.container_date is not None and fact.witness != DECLARED and fact.state is State.KNOWN:
        why = (
            say(
                "only the file's own date is known, and it says when the film was shot; the rule leaves that to a person"
            )
            if fact.beside is Beside.SHOT
            else say(
                "only the file's own date is known, and it says when the file was written; the rule leaves that to a person"
            )
        )
        actual = shown(fact, condition, context.zone)
        return Answer(outcome=Outcome.UNKNOWN, actual=actual, evidence=evidence, settleable=False, why=why)
    return _decided(condition, context, evidence, votes, rule)


def _decided(
    condition: CompiledCondition, context: Context, evidence: tuple[Fact, ...], votes: list[_Vote], rule: Rule | None
) -> Answer:
    key, zone = condition.key, context.zone
    split = any(vote.outcome is not votes[0].outcome for vote in votes)
    settling = _settling(key, votes) if split else None
    why: Readable | None
    contrary = resolve.contrary(key, [vote.fact for vote in votes]) if len(votes) > 1 else ()
    if contrary and (rule is not None or split):  # whether a rule applies is known if all agree on that
        actual = both(contrary, condition, zone)
        why = say("the declarations do not agree: {actual}", actual=actual)
        return Answer(outcome=Outcome.UNKNOWN, actual=actual, evidence=evidence, disputed=True, why=why)
    dispute = _date_dispute(condition, settling or votes[0], evidence, zone) if not split or settling else None
    dispute = dispute or (_split(condition, votes, zone) if split and settling is None else None)
    if dispute is not None:
        actual, why = dispute
        return Answer(outcome=Outcome.UNKNOWN, actual=actual, evidence=evidence, disputed=True, why=why)
    vote = settling or votes[0]
    fact = vote.fact
    actual = shown(fact, condition, zone)
    if vote.outcome is Outcome.UNKNOWN:
        known = fact.state is State.KNOWN
        crashed = bool(context.facts.faulted(condition.name))
        garbled = fact.witness == DECLARED  # something was declared, so evidence is not absent
        if vote.readings:
            actual, why = _two_readings(vote, condition, zone)
        else:
            why = say("{actual} lies partly inside and partly outside", actual=actual) if known else fact.note
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
    ceiling = _ceiling(condition) if missed else None
    breaches = tuple([
        Breach(
            key=condition.name, constraint=limit.constraint, limit=limit.argument, slack=slack(limit, condition.condition),
            value=value, ceiling=ceiling,
        )
        for limit in missed
    ])  # fmt: skip
    difference = nearest(missed[0], key.kind, value, zone) if missed and value is not None else None
    if (
        value is not None
        and missed
        and all(CONSTRAINTS[limit.constraint].measure is Measure.LENGTH for limit in missed)
    ):
        actual, difference = _counted(value, missed[0])
    deciding = [each.fact for each in votes if each.outcome is vote.outcome]
    apart = resolve.without(evidence, deciding)
    why = _named_otherwise(fact, context) if vote.outcome is Outcome.FAIL else None
    why = why or _rests_on_file(key, fact)
    return Answer(vote.outcome, actual, (value,), difference, breaches, evidence, apart, why=why)


def _counted(text: str, limit: Limit) -> tuple[Readable, Readable]:
    """The number of a text's characters in place of the text, and how many are too many or lacking."""
    count = length(text)
    gap = abs(count - limit.argument)
    actual = say_count("{count} character", "{count} characters", count)
    if count > limit.argument:
        return actual, say_count("{count} too many", "{count} too many", gap)
    return actual, say_count("{count} too few", "{count} too few", gap)


def _date_dispute(
    condition: CompiledCondition, vote: _Vote, evidence: tuple[Fact, ...], zone: tzinfo
) -> tuple[Readable, Readable] | None:
    """The dates of which one speaks against the one that decides, and the sentence on it."""
    late = _written_later(condition, vote, evidence, zone)
    if late is not None:
        date = shown(late, condition, zone)
        why = say("the declared date lies in the window, but the file was written later: {date}", date=date)
        return both([vote.fact, late], condition, zone), why
    later = _contradicting(condition, vote, evidence, zone)
    if later is None:
        return None
    why = say(
        "the file contradicts its own date: {date} in {place}, and a later one, {later}, in {there}",
        date=shown(vote.fact, condition, zone), place=Plain(visible(vote.fact.locator)),
        later=shown(later, condition, zone), there=_placed(later),
    )  # fmt: skip
    return both([vote.fact, later], condition, zone), why


def _split(condition: CompiledCondition, votes: list[_Vote], zone: tzinfo) -> tuple[Readable, Readable]:
    """The values that lead to different outcomes, and the sentence on it."""
    facts = [vote.fact for vote in votes]
    if facts[0].beside is Beside.SHOT:
        actual = both(resolve.settling(condition.key, facts), condition, zone)
        return actual, say("the dates when the film was shot do not agree: {actual}", actual=actual)
    actual = both(facts, condition, zone)
    one = len({fact.witness for fact in facts}) == 1
    doubt = next((fact.note for fact in facts if fact.note is not None), None) if one else None
    return actual, doubt or say("the witnesses do not agree: {actual}", actual=actual)


def _settling(key: Key, votes: list[_Vote]) -> _Vote | None:
    """The vote that decides where others differ; none if its witness states several that differ themselves."""
    settling = [vote for vote in votes if key.settles(vote.fact)]
    return settling[0] if settling and all(vote.outcome is settling[0].outcome for vote in settling) else None


def _vote(fact: Fact, condition: CompiledCondition, zone: tzinfo) -> _Vote:
    if fact.state is State.UNKNOWN:
        return _Vote(fact, Outcome.FAIL if condition.known else Outcome.UNKNOWN, condition.known)
    if fact.state is State.ABSENT:
        return _Vote(fact, Outcome.FAIL if condition.absent else Outcome.PASS, condition.absent)
    if condition.key.kind is DATE and fact.value.floating:
        return _vote_on_readings(fact, condition, fact.value.readings(zone))
    return _vote_on(fact, condition, fact.value)


def _vote_on(fact: Fact, condition: CompiledCondition, value: Any) -> _Vote:
    try:
        answers = [test(value) for test in condition.tests]
    except PatternTooSlowError:
        return _Vote(fact, Outcome.UNKNOWN, slow=True)
    if False in answers:
        return _Vote(fact, Outcome.FAIL, tuple([place for place, holds in enumerate(answers) if holds is False]))
    return _Vote(fact, Outcome.UNKNOWN if None in answers else Outcome.PASS)


def _vote_on_readings(fact: Fact, condition: CompiledCondition, readings: tuple[Moment, ...]) -> _Vote:
    """The outcome for a date without a zone of its own; unknown if what it may mean leads to different ones."""
    votes = [_vote_on(fact, condition, moment) for moment in readings]
    if all(vote.outcome is votes[0].outcome for vote in votes):
        return votes[0]
    return _Vote(fact, Outcome.UNKNOWN, readings=readings)


def _two_readings(vote: _Vote, condition: CompiledCondition, zone: tzinfo) -> tuple[Readable, Readable]:
    """What the date may be, and the sentence on why it isn't known."""
    name = condition.key.kind.name
    one, other = (Shown(name, moment, zone) for moment in vote.readings)
    why = say(
        "the file does not say the zone of its date: it is {one} if it was written in UTC, as the standard asks, and {other} "
        "if the clock of {zone} was written, as many cameras do; a limit lies between them",
        one=one, other=other, zone=Plain(str(zone)),
    )  # fmt: skip
    return say("{one} or {other}", one=one, other=other), why


def _contradicting(condition: CompiledCondition, vote: _Vote, evidence: tuple[Fact, ...], zone: tzinfo) -> Fact | None:
    """A later date of writing in the same file that would lead to another outcome than the one that decides."""
    fact = vote.fact
    if condition.key.kind is not DATE or fact.witness == DECLARED or fact.state is not State.KNOWN or fact.beside:
        return None
    others = [each for each in evidence if each.beside is Beside.WRITTEN]
    return next((each for each in others if _vote(each, condition, zone).outcome is not vote.outcome), None)


def _written_later(condition: CompiledCondition, vote: _Vote, evidence: tuple[Fact, ...], zone: tzinfo) -> Fact | None:
    """The file's date if it lies after the window's end in any reading, although the declared date is inside."""
    key, ends = condition.key, condition.ends
    if not (key.tiers and ends and vote.fact.witness == DECLARED and vote.outcome is Outcome.PASS):
        return None
    stated = [fact for fact in evidence if fact.witness != DECLARED]
    dated = [*resolve.settling(key, stated), *(fact for fact in stated if fact.beside is Beside.WRITTEN)]
    known = [fact for fact in dated if fact.state is State.KNOWN]
    return next((f for f in known if all(DATE.over(each, ends[0]) for each in f.value.readings(zone))), None)


def _placed(fact: Fact) -> Readable:
    place = Plain(visible(fact.locator))
    return say("{place} ({note})", place=place, note=fact.note) if fact.note else place


def _ceiling(condition: CompiledCondition) -> Any:
    """The upper limit; None if there is none."""
    for limit in condition.condition.limits:
        constraint = CONSTRAINTS[limit.constraint]
        if constraint.bounds and constraint.side is Side.UPPER:
            return limit.argument
    return None


_FORMAT_OF = {
    "m4v": "mp4", "qt": "mov", "mkv": "matroska", "ts": "mpegts", "mts": "mpegts", "m2ts": "mpegts", "mpg": "mpegps",
    "mpeg": "mpegps",
}  # fmt: skip
"""What a name's extension promises, where that is not the format's own name."""


def _named_otherwise(fact: Fact, context: Context) -> Readable | None:
    """That the file's name promises another format than its content has; None if it doesn't."""
    if fact.key != FORMAT.name or fact.state is not State.KNOWN:
        return None
    extension = PurePosixPath(context.entry.path).suffix[1:]
    promised = _FORMAT_OF.get(extension.lower(), extension.lower())
    if promised not in FORMAT.values or promised == fact.value:
        return None
    return say(
        "its name ends in .{extension}, but inside it is {format}",
        extension=Plain(extension),
        format=FORMAT.name_of(fact.value),
    )


def _rests_on_file(key: Key, fact: Fact) -> Readable | None:
    if key.tiers and fact.beside is Beside.SHOT and fact.state is State.KNOWN:
        return say(
            "this rests on the date when the film was shot, in {place}; the file does not say when it was written, and no "
            "date was declared",
            place=Plain(visible(fact.locator)),
        )
    if key.tiers and fact.witness != DECLARED and fact.state is State.KNOWN:
        rests = say(
            "this rests on the file's own date: it says when the file was written (exported), which may be later than the work"
        )
        return join([rests, fact.note], say("; ")) if fact.note else rests
    return fact.note


def _too_slow(vote: _Vote, condition: CompiledCondition, evidence: tuple[Fact, ...], rule: Rule | None) -> Answer:
    limits = condition.condition.limits
    place = next(limit.place for limit in limits if CONSTRAINTS[limit.constraint].takes is Takes.PATTERN)
    message = say(
        "the pattern of rule {rule} ({place}) took longer than a second on this text and was stopped",
        rule=(rule and rule.called) or Plain(rule.name if rule else condition.name), place=Plain(str(place)),
    )  # fmt: skip
    fault = Fault(witness=vote.fact.witness, message=message)
    actual = shown(vote.fact, condition, None)
    return Answer(
        outcome=Outcome.UNKNOWN, actual=actual, evidence=evidence, settleable=False, why=message, faults=(fault,)
    )


def _nobody(name: str, context: Context) -> Readable:
    """Why nobody could tell a key."""
    if name.startswith("declared."):
        return _UNDECLARED
    if name.startswith(_BESIDE):
        return _NO_FOLDER
    if not name.startswith(_ANY_FILE) and resolve.known(context.facts, "format") == "none":
        pointers = (fact.note for fact in context.facts.of("format") if fact.locator == GIT_LFS)
        return next(pointers, None) or _NO_MEDIA
    return _NOBODY


def _no_votes(condition: CompiledCondition, context: Context, evidence: tuple[Fact, ...]) -> Answer:
    faults = context.facts.faulted(condition.name)
    if faults:
        why: Readable = join([registry.failure(fault) for fault in dict.fromkeys(faults)], say("; "))
        return Answer(outcome=Outcome.UNKNOWN, evidence=evidence, settleable=False, why=why)
    absent = next((fact for fact in evidence if fact.state is State.ABSENT), None)
    why = absent.note if absent and absent.note else _nobody(condition.name, context)
    if condition.known:
        breach = Breach(key=condition.name, constraint=KNOWN, limit=True)
        return Answer(outcome=Outcome.FAIL, evidence=evidence, breaches=(breach,), why=why)
    return Answer(outcome=Outcome.UNKNOWN, evidence=evidence, why=why)
