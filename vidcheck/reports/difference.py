"""Compares two JSON reports: entries added, removed or changed, rule by rule, and whether something got worse.

Worse means: an entry with a worse verdict, an entry in both with a worse outcome of a rule, or a new entry that is not
eligible. A removed entry makes nothing worse.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from vidcheck.facts import Entry
from vidcheck.findings import Level, Outcome, Verdict, heading
from vidcheck.reports.json import SCHEMA, encode, rows, safe
from vidcheck.reports.page import BLANK, Block, Page, Row, Span
from vidcheck.texts import Text, marked, say, say_count
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vidcheck.reports.saved import SavedEntry, SavedReport

_VERDICTS = {Verdict.ELIGIBLE: 0, Verdict.REVIEW: 1, Verdict.INELIGIBLE: 2}
_OUTCOMES = {Outcome.PASS: 0, Outcome.SKIP: 0, Outcome.MANUAL: 0, Outcome.UNKNOWN: 1, Outcome.FAIL: 2}
_WORDS = {
    "eligible": marked("eligible"), "ineligible": marked("ineligible"), "review": marked("review"), "pass": marked("pass"),
    "fail": marked("fail"), "unknown": marked("unknown"), "manual": marked("manual"), "skip": marked("skip"),
}  # fmt: skip
_WORSE, _BETTER, _OTHER = ("✗", "bold red"), ("✓", "green"), ("–", "dim")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A rule with another outcome."""

    rule: str
    level: Level
    old: Outcome
    new: Outcome

    @property
    def worse(self) -> bool:
        """Whether the outcome is worse."""
        return _OUTCOMES[self.new] > _OUTCOMES[self.old]

    @property
    def better(self) -> bool:
        """Whether the outcome is better."""
        return _OUTCOMES[self.new] < _OUTCOMES[self.old]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An entry with another judgement."""

    path: str
    old: Verdict
    new: Verdict
    turns: tuple[Turn, ...] = ()

    @property
    def worse(self) -> bool:
        """Whether its verdict or a rule's outcome is worse."""
        return _VERDICTS[self.new] > _VERDICTS[self.old] or any(turn.worse for turn in self.turns)

    @property
    def better(self) -> bool:
        """Whether its verdict or a rule's outcome is better, and none is worse."""
        better = _VERDICTS[self.new] < _VERDICTS[self.old] or any(turn.better for turn in self.turns)
        return better and not self.worse


@dataclass(frozen=True)
class Comparison:
    """The differences between two reports."""

    old: SavedReport
    new: SavedReport

    @cached_property
    def added(self) -> dict[str, Verdict]:
        """Entries that only the new report has."""
        return {path: entry.verdict for path, entry in self._new.items() if path not in self._old}

    @cached_property
    def removed(self) -> dict[str, Verdict]:
        """Entries that only the old report has."""
        return {path: entry.verdict for path, entry in self._old.items() if path not in self._new}

    @cached_property
    def changed(self) -> tuple[Change, ...]:
        """Entries in both reports with another judgement."""
        changes = (_turned(path, self._old[path], now) for path, now in self._new.items() if path in self._old)
        return tuple(change for change in changes if change.turns or change.old is not change.new)

    @cached_property
    def by_rule(self) -> dict[str, tuple[int, int]]:
        """For each rule, in order, the number of entries with a worse and a better outcome."""
        turns = [turn for change in self.changed for turn in change.turns]
        worse = Counter(turn.rule for turn in turns if turn.worse)
        better = Counter(turn.rule for turn in turns if turn.better)
        order = dict.fromkeys([*self.new.rules, *self.old.rules, *(turn.rule for turn in turns)])
        return {rule: (worse[rule], better[rule]) for rule in order if worse[rule] or better[rule]}

    @property
    def worse(self) -> bool:
        """Whether something got worse."""
        bad = any(verdict is not Verdict.ELIGIBLE for verdict in self.added.values())
        return bad or any(change.worse for change in self.changed)

    @property
    def same_rules(self) -> bool:
        """Whether both runs applied the same rules."""
        return self.old.digest == self.new.digest

    @property
    def tools(self) -> dict[str, tuple[str, str]]:
        """Tools whose versions differ."""
        names = dict.fromkeys([*self.old.tool, *self.new.tool])
        pairs = {name: (self.old.tool.get(name, ""), self.new.tool.get(name, "")) for name in names}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    @cached_property
    def _old(self) -> dict[str, SavedEntry]:
        return {entry.identity: entry for entry in self.old.entries}

    @cached_property
    def _new(self) -> dict[str, SavedEntry]:
        return {entry.identity: entry for entry in self.new.entries}


def _turned(path: str, old: SavedEntry, new: SavedEntry) -> Change:
    before = {finding.rule: finding.outcome for finding in old.findings}
    after = {finding.rule: finding for finding in new.findings}
    turns = (
        Turn(rule=rule, level=now.level, old=before[rule], new=now.outcome)
        for rule, now in after.items()
        if rule in before and before[rule] is not now.outcome
    )
    return Change(path=path, old=old.verdict, new=new.verdict, turns=tuple(turns))


def render(comparison: Comparison, *, lang: str = "en", encoding: str = "utf-8") -> Page:
    """The comparison as a page: what got worse first."""
    words = _Words(lang, comparison.new.labels if comparison.new.lang == lang else {})
    changed = sorted(comparison.changed, key=lambda change: not change.worse)
    blocks = [
        *words.before(comparison),
        *(block for change in changed for block in words.change(change)),
        *words.entries(say("Added:"), comparison.added),
        *words.entries(say("Removed:"), comparison.removed),
        *words.by_rule(comparison),
        words.totals(comparison),
    ]
    shown = (block for at, block in enumerate(blocks) if block is not BLANK or blocks[at - 1] is not BLANK)
    return Page(tuple(shown), encoding)


def render_json(comparison: Comparison) -> bytes:
    """The comparison as JSON, UTF-8."""
    counts = {
        "added": len(comparison.added), "removed": len(comparison.removed), "changed": len(comparison.changed),
        "worse": sum(change.worse for change in comparison.changed),
    }  # fmt: skip
    tools = {name: {"old": old, "new": new} for name, (old, new) in comparison.tools.items()}
    rules = {"same": comparison.same_rules, "old": comparison.old.digest, "new": comparison.new.digest}
    by_rule = [{"rule": rule, "worse": worse, "better": better} for rule, (worse, better) in comparison.by_rule.items()]
    head = {
        "schema": SCHEMA, "worse": comparison.worse, "summary": counts, "rules": rules, "tools": tools,
        "incomplete": {"old": comparison.old.incomplete, "new": comparison.new.incomplete}, "by_rule": by_rule,
    }  # fmt: skip
    return safe(
        f'{encode(head)[:-1]},\n"added": [{_paths(comparison.added)}],\n"removed": [{_paths(comparison.removed)}],\n'
        f'"changed": [{rows(encode(_change(change)) for change in comparison.changed)}]}}'
    )


def _paths(verdicts: Mapping[str, Verdict]) -> str:
    return rows(encode({"path": path, "verdict": verdict.value}) for path, verdict in verdicts.items())


def _change(change: Change) -> dict[str, Any]:
    turns = [
        {
            "rule": turn.rule,
            "level": turn.level.value,
            "old": turn.old.value,
            "new": turn.new.value,
            "worse": turn.worse,
        }
        for turn in change.turns
    ]
    return {
        "path": change.path,
        "old": change.old.value,
        "new": change.new.value,
        "worse": change.worse,
        "findings": turns,
    }


@dataclass(frozen=True, slots=True)
class _Words:
    """The parts of the page, in a language."""

    lang: str
    labels: Mapping[str, str]
    """What people call rules, if the new report is in that language."""

    def called(self, rule: str) -> str:
        """What people call a rule: as the report says, else by the key that it is named like."""
        key = KEYS.get(rule)
        return self.labels.get(rule) or heading(rule, key.called if key else None).render(self.lang)

    def before(self, comparison: Comparison) -> Iterator[Block]:
        """Other possible reasons for differences: rules and tools."""
        notes = []
        if not comparison.same_rules:
            notes.append(say("The rules are not the same in both reports."))
        for name, (old, new) in comparison.tools.items():
            notes.append(say("{tool}: {old}, now {new}", tool=name, old=old or "–", new=new or "–"))
        if comparison.old.incomplete:
            notes.append(say("The old report is incomplete: entries are missing from it."))
        if comparison.new.incomplete:
            notes.append(say("The new report is incomplete: entries are missing from it."))
        yield from (Row(lead=(Span("!", "yellow"),), hang=2, body=(Span(self.say(note)),)) for note in notes)
        yield from [BLANK] if notes else []

    def change(self, change: Change) -> Iterator[Block]:
        """An entry, its verdicts, and the rules with another outcome."""
        yield self.row(
            0, _sign(change.worse, change.better), Entry(path=change.path).shown, change.old.value, change.new.value
        )
        for turn in change.turns:
            name = self.called(turn.rule)
            yield self.row(2, _sign(turn.worse, turn.better), name, turn.old.value, turn.new.value)

    def row(self, indent: int, sign: tuple[str, str], name: str, old: str, new: str) -> Row:
        """The old and the new value."""
        turn = say("{old}, now {new}", old=say(_WORDS[old]), new=say(_WORDS[new])) if old != new else say(_WORDS[new])
        body = (Span(name, "" if indent else "bold"), Span(self.say(say(": "))), Span(self.say(turn)))
        return Row(lead=(Span(" " * indent), Span(*sign)), hang=indent + 2, body=body)

    def entries(self, head: Text, verdicts: Mapping[str, Verdict]) -> Iterator[Block]:
        """Entries in only one of the reports."""
        if verdicts:
            yield BLANK
            yield Row(body=(Span(self.say(head), "bold"),))
        for path, verdict in verdicts.items():
            body = (Span(Entry(path=path).shown), Span(self.say(say(": "))), Span(self.say(say(_WORDS[verdict.value]))))
            yield Row(lead=(Span("  "),), hang=2, body=body)

    def by_rule(self, comparison: Comparison) -> Iterator[Block]:
        """For each rule the number of entries with a worse and a better outcome."""
        if comparison.by_rule:
            yield BLANK
            yield Row(body=(Span(self.say(say("By rule:")), "bold"),))
        for rule, (worse, better) in comparison.by_rule.items():
            words = say("{worse} worse, {better} better", worse=worse, better=better)
            body = (Span(self.called(rule)), Span(self.say(say(": "))), Span(self.say(words)))
            yield Row(lead=(Span("  "),), hang=2, body=body)
        yield BLANK

    def totals(self, comparison: Comparison) -> Row:
        """The last line."""
        if not (comparison.added or comparison.removed or comparison.changed):
            return Row(body=(Span(self.say(say("No entry is judged otherwise.")), "bold"),))
        worse = sum(change.worse for change in comparison.changed)
        words = say_count(
            "{count} entry changed, {worse} of them for the worse; {added} added, {removed} removed",
            "{count} entries changed, {worse} of them for the worse; {added} added, {removed} removed",
            len(comparison.changed), worse=worse, added=len(comparison.added), removed=len(comparison.removed),
        )  # fmt: skip
        return Row(body=(Span(self.say(words), "bold"),))

    def say(self, text: Text) -> str:
        """A message in the reader's language."""
        return text.render(self.lang)


def _sign(worse: bool, better: bool) -> tuple[str, str]:
    return _WORSE if worse else _BETTER if better else _OTHER
