"""Findings of rules over many entries: which entries are the same, which of them counts, which were not compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from vidcheck import resolve
from vidcheck.engine.films import described, side_by_side
from vidcheck.findings import Finding, Outcome, Remedy, heading
from vidcheck.rules.model import Form, IfFound, Keep
from vidcheck.rules.summary import meaning_of_batch
from vidcheck.texts import TOGETHER, Plain, Readable, join, say, say_count
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from vidcheck.engine.films import Twin
    from vidcheck.facts import Entry, Fact
    from vidcheck.rules.model import BatchRule

_MOST_NAMES = 5
"""The most other entries that a finding on one entry names; the finding about the group names more."""
_MOST_OF_GROUP = 100
_MOST_TWINS = 2
"""The most other entries whose facts are shown beside an entry's own."""


class Lack(NamedTuple):
    """Why an entry could not be compared."""

    why: Readable
    open: bool = False
    """Whether a person has to check, because the entry may be the same as another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Entries that are the same although a rule forbids it."""

    rule: BatchRule
    members: Mapping[str, tuple[Entry, tuple[Fact, ...]]]
    """By path, sorted: each entry with the facts by which it was compared."""
    kept: tuple[Entry, ...] = ()
    """The entries that count; none if that is undecided."""
    counting: frozenset[str] = frozenset()
    """Their paths."""
    rest: tuple[Entry, ...] = ()
    """The entries that don't count, if some do."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries of the group."""
        return tuple(entry for entry, _ in self.members.values())

    def facts(self, path: str) -> tuple[Fact, ...]:
        """One entry's facts, then those of the first other entries, with the entries' names in their places."""
        others = (pair for pair in self.members.values() if pair[0].path != path)
        return (*self.members[path][1], *_placed(islice(others, _MOST_TWINS)))

    def others(self, path: str, among: Collection[Entry] = ()) -> Readable:
        """The names of the other entries, or of those in `among`."""
        row = among or (entry for entry, _ in self.members.values())
        count = len(among) or len(self.members) - 1
        return _names(islice((entry for entry in row if entry.path != path), _MOST_NAMES), count)


def compared_finding(rule: BatchRule, facts: tuple[Fact, ...]) -> Finding:
    """The finding on an entry that equals no other."""
    return _finding(rule, Outcome.PASS, actual=meaning_of_batch(rule), evidence=facts)


def archived_finding(rule: BatchRule, found: Sequence[tuple[str, str]], facts: tuple[Fact, ...]) -> Finding:
    """The finding on an entry of an earlier edition: in which edition, and under which name."""
    if not found:
        return compared_finding(rule, facts)
    earlier = [say("already entered in {edition} as {name}", edition=e, name=name) for e, name in found[:_MOST_NAMES]]
    actual = join(earlier, say("; "))
    remedy = say(
        "Enter another work; if this is not the one that was entered before, tell the organizer how it differs."
    )
    if rule.if_found is IfFound.REVIEW:
        why = say("{actual}, if it is the same work", actual=actual)
        return _finding(rule, Outcome.UNKNOWN, actual=actual, why=why, remedy=remedy, evidence=facts)
    return _finding(rule, Outcome.FAIL, actual=actual, remedy=remedy, evidence=facts)


def alike_finding(rule: BatchRule, twins: Sequence[Twin], facts: tuple[Fact, ...], *, archived: bool) -> Finding:
    """The finding on a film that is like others: which, in what, and where; a person says whether it is the same."""
    named = [
        say("{name} ({how})", name=twin.called, how=described(twin.likeness)) for twin in twins[:_MOST_NAMES]
    ]  # fmt: skip
    every = join(named, say("; "))
    if len(twins) > len(named):
        every = say("{names} and {count} more", names=every, count=len(twins) - len(named))
    actual = say("like {films}", films=every)
    first, shown = side_by_side(facts, twins[0])
    others = [(twins[0], shown), *((twin, side_by_side(facts, twin)[1]) for twin in twins[1:_MOST_TWINS])]
    evidence = (*first, *(_at(twin.path, fact) for twin, row in others for fact in row))
    if archived:
        remedy = say(
            "Enter another work; if this is not the one that was entered before, tell the organizer how it differs."
        )
    else:
        remedy = say("Tell the organizer which of these entries shall count.")
    why = say("it is {actual}; whether it is the same work is for a person to say", actual=actual)
    return _finding(rule, Outcome.UNKNOWN, actual=actual, why=why, remedy=remedy, evidence=evidence)


def alike_group_finding(rule: BatchRule, entries: Sequence[Entry]) -> Finding:
    """The finding on films that are connected by likeness."""
    named = _names(islice(entries, _MOST_OF_GROUP), len(entries))
    actual = say("{count} films that are alike: {names}", count=len(entries), names=named)
    return _finding(rule, Outcome.UNKNOWN, actual=actual, why=actual)


def replaced_finding(group: Group, path: str) -> Finding:
    """The finding if the time of submission decides: the entry counts, or another counts in its place."""
    rule, facts = group.rule, group.facts(path)
    late = rule.keep is Keep.LATER
    if path in group.counting:
        holes = {"others": group.others(path, group.rest)}
        actual = say("submitted later than {others}", **holes) if late else say("submitted before {others}", **holes)
        why = say("by the time of submission this entry counts")
        return _finding(rule, Outcome.PASS, actual=actual, why=why, evidence=facts)
    holes = {"others": group.others(path, group.kept)}
    if rule.form is Form.AT_MOST:
        actual = say("one too many: by the time of submission {others} count", **holes)
    elif late:
        actual = say("replaced by {others}, submitted later", **holes)
    else:
        actual = say("already entered as {others}, submitted before", **holes)
    remedy = say("If this is the entry that shall count, tell the organizer.")
    return _finding(rule, Outcome.FAIL, actual=actual, remedy=remedy, evidence=facts)


def doubtful_finding(group: Group, path: str) -> Finding:
    """The finding if it is undecided which of the entries count."""
    rule = group.rule
    if rule.form is Form.UNIQUE:
        actual: Readable = say("the same as {others}", others=group.others(path))
    else:
        actual = say("one of {count} entries, with {others}", count=len(group.members), others=group.others(path))
    remedy = say("Tell the organizer which of these entries shall count.")
    if rule.if_found is IfFound.FAIL:
        return _finding(rule, Outcome.FAIL, actual=actual, remedy=remedy, evidence=group.facts(path))
    why = (
        say("it is {actual}; which of them counts is for a person to say", actual=actual)
        if rule.keep is Keep.NONE
        else say("it is {actual}; no time of submission tells which of them counts", actual=actual)
    )
    return _finding(rule, Outcome.UNKNOWN, actual=actual, why=why, remedy=remedy, evidence=group.facts(path))


def group_finding(group: Group) -> Finding:
    """The finding on the whole group."""
    entries = group.entries
    named = _names(islice(entries, _MOST_OF_GROUP), len(entries))
    actual: Readable = say("{count} entries: {names}", count=len(entries), names=named)
    if group.kept:
        counting = _names(islice(group.kept, _MOST_OF_GROUP), len(group.kept))
        actual = say("{actual}; by the time of submission {kept} counts", actual=actual, kept=counting)
    return _finding(
        group.rule, Outcome.FAIL, actual=actual, evidence=tuple(_placed(islice(group.members.values(), _MOST_OF_GROUP)))
    )


def lack_finding(rule: BatchRule, lack: Lack, facts: tuple[Fact, ...]) -> Finding:
    """The finding on an entry that could not be compared."""
    if lack.open:
        return _finding(rule, Outcome.UNKNOWN, actual=say("unknown"), why=lack.why, evidence=facts)
    return replace(skipped(rule, say("it was not compared, as {why}", why=lack.why)), evidence=facts)


def skipped(rule: BatchRule, why: Readable) -> Finding:
    """The finding if the rule doesn't apply to an entry."""
    return _finding(rule, Outcome.SKIP, actual=say("unknown"), why=why)


def uncompared_finding(rule: BatchRule, entries: Sequence[Entry]) -> Finding:
    """The finding on entries that could not be compared: how many, and which."""
    names = _names(islice(entries, _MOST_OF_GROUP), len(entries))
    words = say_count(
        "{count} entry was not compared for want of {keys}: {names}",
        "{count} entries were not compared for want of {keys}: {names}",
        len(entries), keys=_keys(rule), names=names,
    )  # fmt: skip
    return replace(_finding(rule, Outcome.SKIP, actual=words), message=say("{sentence}.", sentence=words))


def unfinished_finding(rule: BatchRule) -> Finding:
    """The finding if the run was interrupted before entries were compared."""
    why = say("the run was interrupted before entries were compared")
    return _finding(rule, Outcome.UNKNOWN, actual=say("unknown"), why=why)


def _finding(
    rule: BatchRule, outcome: Outcome, *, actual: Readable, why: Readable | None = None, remedy: Readable | None = None,
    evidence: tuple[Fact, ...] = (),
) -> Finding:  # fmt: skip
    wanted = meaning_of_batch(rule)
    holes = {"actual": actual, "expected": wanted, "difference": Plain("")}
    said = rule.remedy.filled(**holes) if rule.remedy and outcome in {Outcome.FAIL, Outcome.UNKNOWN} else remedy
    return Finding(
        rule=rule.name, label=rule.label, outcome=outcome, level=rule.level, place=rule.place, keys=rule.keys, expected=wanted, actual=actual,
        message=_message(rule, outcome, actual, wanted, why), why=why, remedy=Remedy(words=said) if said else None,
        evidence=evidence, uncounted=() if outcome is Outcome.UNKNOWN else _uncounted(evidence),
    )  # fmt: skip


def _uncounted(evidence: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """The facts by which entries were not compared: those of other witnesses if one settles the key."""
    keys = [key for name in dict.fromkeys([fact.key for fact in evidence]) if (key := KEYS[name]).settled_by]
    rows = [(key, [fact for fact in evidence if fact.key == key.name]) for key in keys]
    return tuple(fact for key, row in rows for fact in resolve.without(row, resolve.settled(key, row)))


def _message(rule: BatchRule, outcome: Outcome, actual: Readable, wanted: Readable, why: Readable | None) -> Readable:
    name = heading(rule.name, rule.label)
    match outcome:
        case Outcome.SKIP:
            return say("{rule} does not apply: {why}.", rule=name, why=why or actual)
        case Outcome.UNKNOWN:
            return say("{rule} is not known: {why}.", rule=name, why=why or actual)
        case Outcome.FAIL if rule.message is not None:
            return rule.message.filled(actual=actual, expected=wanted, difference=Plain(""))
        case Outcome.PASS if actual == wanted:
            return say("{rule}: there is {actual}.", rule=name, actual=actual)
        case _:
            return say("{rule}: {actual}; expected: {expected}.", rule=name, actual=actual, expected=wanted)


def _keys(rule: BatchRule) -> Readable:
    return join([key.called for key in rule.compared], TOGETHER)


def _names(entries: Iterable[Entry], count: int) -> Readable:
    shown = [Plain(entry.shown) for entry in entries]
    named = join(shown)
    if count > len(shown):
        return say("{names} and {count} more", names=named, count=count - len(shown))
    return named


def _placed(members: Iterable[tuple[Entry, tuple[Fact, ...]]]) -> Iterable[Fact]:
    """Other entries' facts, with the entry's name at the start of their places."""
    for entry, facts in members:
        yield from (_at(entry.path, fact) for fact in facts)


def _at(path: str, fact: Fact) -> Fact:
    return replace(fact, locator=f"{path}: {fact.locator}" if fact.locator else path)
