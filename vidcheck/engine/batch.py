"""Applies rules over many entries: takes a few facts of each, and returns findings on entries and groups.

Pure, and independent of the order of entries: everything is sorted by path. With these rules an entry's verdict depends
on other entries of the run, and the findings name them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from vidcheck import resolve
from vidcheck.engine import films
from vidcheck.engine.decisions import decided, verdict_of, worse
from vidcheck.engine.groups import (
    Group,
    Lack,
    alike_finding,
    alike_group_finding,
    archived_finding,
    compared_finding,
    doubtful_finding,
    group_finding,
    lack_finding,
    replaced_finding,
    skipped,
    uncompared_finding,
    unfinished_finding,
)  # fmt: skip
from vidcheck.facts import Depth, Entry, Fact, Facts, State
from vidcheck.findings import Finding, Level, Outcome
from vidcheck.personal import PERSONAL, is_free, withheld_findings, withheld_texts
from vidcheck.rules.comparison import normal
from vidcheck.rules.model import Form, Keep
from vidcheck.texts import Plain, say
from vidcheck.vocabulary import CHECKSUM, CONTENT_FINGERPRINT, KEYS, SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vidcheck.doubles import Likeness
    from vidcheck.findings import Decision, EntryReport
    from vidcheck.quantities import Moment
    from vidcheck.rules.model import BatchRule, Rules

SUBMITTED = "declared.submitted"
"""The key that says which of two entries came later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """The few facts of an entry that are kept to compare it."""

    entry: Entry
    facts: Facts
    sample: str = ""
    """A digest of some of the file's bytes, where entries of its size were sampled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """One entry of an earlier edition."""

    edition: str
    name: str
    likeness: Likeness | None = None
    """In what its film is like the entry's, where they were compared by that."""
    facts: tuple[Fact, ...] = ()
    """Its fingerprint with the pictures that are kept of it, in that case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The answer of the archive of earlier editions."""

    sizes: frozenset[int]
    """The sizes of its entries in bytes: a file of another size has other bytes."""
    found: Mapping[tuple[str, str], tuple[Earlier, ...]]
    """By rule and path: the earlier entries that are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchJudgement:
    """The findings of rules over many entries."""

    findings: Mapping[str, tuple[Finding, ...]]
    """By path, in the order of the rules."""
    batch: tuple[Finding, ...] = ()
    """Findings on several entries at once."""


class _Known(NamedTuple):
    """An entry's values in the form that is compared."""

    values: tuple[str, ...]


def remember(entry: Entry, facts: Facts, rules: Rules) -> Remembered:
    """The facts of an entry that rules over many entries need."""
    wanted = {name for rule in rules.batch for name in rule.keys} | {SUBMITTED}
    wanted |= {SIZE.name} if CHECKSUM.name in wanted else set()
    wanted |= PERSONAL if any(is_free(KEYS[name]) for name in wanted) else set()
    kept = tuple(fact for fact in facts.facts if fact.key in wanted)
    faults = tuple(
        replace(fault, keys=fault.keys & wanted) for fault in facts.faults if fault.keys & wanted
    )  # fmt: skip
    return Remembered(entry=entry, facts=Facts(facts=kept, faults=faults))


def wanting_sample(
    kept: Sequence[Remembered], rules: Rules, archive: frozenset[int] | None, *, above: int
) -> tuple[str, ...]:
    """The paths of entries that a sample of their bytes may tell apart: those of one size, larger than the sample.

    Where one of them was read whole already, or where the archive has to be asked, a sample spares nothing.
    """
    if not any(CHECKSUM.name in rule.keys and rule.form is not Form.NOT_IN_ARCHIVE for rule in rules.batch):
        return ()
    groups: dict[int, list[Remembered]] = {}
    for each in kept:
        size = _size(each)
        if size is not None and size > above and size not in (archive or ()):
            groups.setdefault(size, []).append(each)
    return tuple(
        sorted(
            each.entry.path
            for members in groups.values()
            if len(members) > 1 and not any(one.facts.of(CHECKSUM.name) for one in members)
            for each in members
        )
    )


def wanting_checksum(kept: Sequence[Remembered], rules: Rules, archive: frozenset[int] | None) -> tuple[str, ...]:
    """The paths of entries that may hold the same bytes as another: those of one size and sample.

    Only they are read whole.

    `archive` are the sizes of the archive's entries; None without an archive.
    """
    asking = [rule for rule in rules.batch if CHECKSUM.name in rule.keys]
    compared = any(rule.form is not Form.NOT_IN_ARCHIVE for rule in asking)
    archived = (archive or frozenset()) if any(rule.form is Form.NOT_IN_ARCHIVE for rule in asking) else frozenset()
    several = _Several(kept)
    return tuple(
        sorted(
            each.entry.path
            for each in kept
            if not each.facts.of(CHECKSUM.name)
            and (size := _size(each)) is not None
            and (size in archived or (compared and not several.alone(each)))
        )
    )


class _Several:
    """How many entries have one size, and one sample."""

    def __init__(self, kept: Iterable[Remembered]) -> None:
        kept = list(kept)
        self._sizes = Counter(map(_size, kept))
        self._samples = Counter((_size(each), each.sample) for each in kept)

    def alone(self, each: Remembered) -> bool:
        """Whether no other entry can hold the same bytes, as far as sizes and samples tell."""
        size = _size(each)
        return self._sizes[size] == 1 or (each.sample != "" and self._samples[size, each.sample] == 1)


def values_of(rule: BatchRule, each: Remembered) -> tuple[str, ...] | None:
    """An entry's values in the form that is compared; None if one is unknown."""
    found = [_value(name, each) for name in rule.keys]
    return tuple(value for value in found if isinstance(value, str)) if all(isinstance(v, str) for v in found) else None


def judge_batch(
    kept: Iterable[Remembered],
    rules: Rules,
    archive: Archive | None = None,
    *,
    personal: bool = False,
    depth: Depth = Depth.FULL,
    final: bool = False,
) -> BatchJudgement:
    """Applies all rules over many entries. With a single entry there are findings only on what could be compared.

    With `personal` they show telephones, e-mail and postal addresses. `depth` is how much of each film was decoded. With
    `final` a required rule by which films were to be compared is unknown where they were not looked at.
    """  # fmt: skip
    entries = sorted(kept, key=lambda each: each.entry.path)
    court = _Court(entries, rules, personal=personal, depth=depth, final=final)
    for rule in sorted(
        rules.batch, key=lambda rule: rule.form is Form.AT_MOST
    ):  # last, because replaced entries don't count
        if CONTENT_FINGERPRINT in rule.compared:
            court.compare_films(rule, archive)
        elif rule.form is Form.NOT_IN_ARCHIVE:
            court.look_up(rule, archive)
        elif len(entries) > 1:
            court.compare(rule)
    several = tuple(finding for rule in rules.batch for finding in court.batch.get(rule.name, ()))
    return BatchJudgement(
        findings=_Findings(rules, court.findings, personal=personal),
        batch=several if personal else withheld_findings(several),
    )


def with_batch(
    report: EntryReport,
    findings: tuple[Finding, ...],
    *,
    final: bool = False,
    decisions: Sequence[Decision] = (),
    checksum: str | None = None,
) -> EntryReport:
    """An entry's report with the findings of comparison and people's decisions on them, and the new verdict."""
    if not findings:
        return report
    findings = decided(findings, decisions, checksum) if decisions else findings
    verdict = worse(report.verdict, verdict_of(findings, final=final))
    return replace(report, findings=(*report.findings, *findings), verdict=verdict)


def uncompared(report: EntryReport, rules: Rules) -> EntryReport:
    """An entry's report in a run that was interrupted before entries were compared."""
    return with_batch(report, tuple(unfinished_finding(rule) for rule in rules.batch))


_Later = Callable[[], Finding]
"""Makes a finding when it is asked for."""


class _Findings(Mapping[str, tuple[Finding, ...]]):
    """The findings by path, made each time that they are asked for: thousands of entries' would take much memory."""

    def __init__(self, rules: Rules, later: Mapping[str, Mapping[str, _Later]], *, personal: bool) -> None:
        self._names = [rule.name for rule in rules.batch]
        self._later = later
        self._personal = personal

    def __getitem__(self, path: str) -> tuple[Finding, ...]:
        later = self._later[path]
        findings = tuple([later[name]() for name in self._names if name in later])
        return findings if self._personal else withheld_findings(findings)

    def __iter__(self) -> Iterator[str]:
        return iter(self._later)

    def __len__(self) -> int:
        return len(self._later)


@dataclass(slots=True)
class _Court:
    """Applies one rule after another."""

    entries: Sequence[Remembered]
    rules: Rules
    personal: bool = False
    depth: Depth = Depth.FULL
    final: bool = False
    findings: dict[str, dict[str, _Later]] = field(init=False)
    """By path and rule."""
    batch: dict[str, list[Finding]] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    """Paths of entries that were replaced by another."""

    def __post_init__(self) -> None:
        self.findings = {each.entry.path: {} for each in self.entries}

    def compare(self, rule: BatchRule) -> None:
        """`unique` and `at-most`."""
        groups: dict[tuple[str, ...], list[Remembered]] = {}
        several = _Several(self.entries)
        lacking: list[tuple[Remembered, Lack]] = []
        for each in self.entries:
            path = each.entry.path
            if rule.form is Form.AT_MOST and path in self.replaced:
                why = say("another entry counts in its place")
                self.findings[path][rule.name] = partial(skipped, rule, why)
                continue
            compared = _compared(rule, each, alone=several.alone(each))
            if isinstance(compared, _Known):
                groups.setdefault(compared.values, []).append(each)
            else:
                lacking.append((each, compared))
        for members in groups.values():
            if len(members) > rule.most:
                self._alike(rule, members)
                continue
            for each in members:
                self.findings[each.entry.path][rule.name] = partial(self._alone, rule, each)
        self._lack(rule, lacking, any_known=bool(groups))

    def _alike(self, rule: BatchRule, members: list[Remembered]) -> None:
        kept = _kept(rule, members)
        counting = {each.entry.path for each in kept or ()}
        group = Group(
            rule=rule,
            members={each.entry.path: (each.entry, self._facts(rule, each, SUBMITTED)) for each in members},
            kept=tuple(each.entry for each in kept or ()),
            counting=frozenset(counting),
            rest=tuple(each.entry for each in members if kept and each.entry.path not in counting),
        )
        self.batch.setdefault(rule.name, []).append(group_finding(group))
        for each in members:
            path = each.entry.path
            later = partial(doubtful_finding if kept is None else replaced_finding, group, path)
            self.findings[path][rule.name] = later
            if rule.form is Form.UNIQUE and rule.level is Level.REQUIRED and later().outcome is Outcome.FAIL:
                self.replaced.add(path)

    def look_up(self, rule: BatchRule, archive: Archive | None) -> None:
        """`not-in-archive`."""
        lacking: list[tuple[Remembered, Lack]] = []
        single = len(self.entries) == 1
        for each in self.entries:
            path = each.entry.path
            if archive is None:
                if not single:
                    why = say("no archive of earlier editions is at hand")
                    self.findings[path][rule.name] = partial(skipped, rule, why)
                continue
            compared = _compared(rule, each, alone=_size(each) not in archive.sizes)
            if isinstance(compared, Lack):
                lacking.append((each, compared))
                continue
            found = [(one.edition, one.name) for one in archive.found.get((rule.name, path), ())]
            self.findings[path][rule.name] = partial(archived_finding, rule, found, self._facts(rule, each))
        self._lack(rule, lacking, any_known=archive is not None and len(lacking) < len(self.entries))

    def compare_films(self, rule: BatchRule, archive: Archive | None) -> None:
        """`unique` and `not-in-archive` by the fingerprint of films."""
        single, archived = len(self.entries) == 1, rule.form is Form.NOT_IN_ARCHIVE
        if archived and archive is None:
            self.look_up(rule, archive)
            return
        if single and not archived:
            return
        unlooked = films.unlooked(rule, self.rules, self.depth, final=self.final)
        if unlooked is not None:
            why, is_open = unlooked
            for each in self.entries:
                later = (
                    partial(lack_finding, rule, Lack(why=why, open=True), ())
                    if is_open
                    else partial(skipped, rule, why)
                )
                self.findings[each.entry.path][rule.name] = later
            return
        known = {each.entry.path: each for each in self.entries if films.fingerprint_of(each.facts) is not None}
        lacking = [each for each in self.entries if each.entry.path not in known]
        twins = (
            self._archived_twins(rule, archive, known) if archive is not None and archived else self._twins(rule, known)
        )
        for path, each in known.items():
            facts = self._facts(rule, each)
            self.findings[path][rule.name] = (
                partial(alike_finding, rule, twins[path], facts, archived=archived)
                if twins.get(path)
                else partial(compared_finding, rule, films.without_pictures(facts))
            )
        lack = [(each, Lack(why=films.why_not(each.facts), open=True)) for each in lacking]
        self._lack(rule, lack, any_known=bool(known))

    def _twins(self, rule: BatchRule, known: Mapping[str, Remembered]) -> dict[str, list[films.Twin]]:
        """The other entries that each entry is like, by path, and a finding on each group of them."""
        prints = {
            path: value for path, each in known.items() if (value := films.fingerprint_of(each.facts)) is not None
        }
        found = films.likenesses(prints)
        for group in films.groups(found):
            entries = [known[path].entry for path in group]
            self.batch.setdefault(rule.name, []).append(alike_group_finding(rule, entries))
        return {
            path: [
                films.Twin(called=Plain(known[other].entry.shown), path=other, likeness=likeness, facts=self._facts(rule, known[other]))
                for other, likeness in sorted(others.items(), key=lambda item: (-item[1].share, item[0]))
            ]
            for path, others in found.items()
        }  # fmt: skip

    def _archived_twins(
        self, rule: BatchRule, archive: Archive, known: Mapping[str, Remembered]
    ) -> dict[str, list[films.Twin]]:
        """The earlier entries that each entry is like, by path."""
        return {
            path: [
                films.Twin(
                    called=say("{name} of {edition}", name=one.name, edition=one.edition),
                    path=f"{one.edition}: {one.name}", likeness=one.likeness, facts=one.facts,
                )
                for one in archive.found.get((rule.name, path), ()) if one.likeness is not None
            ]
            for path in known
        }  # fmt: skip

    def _lack(self, rule: BatchRule, lacking: list[tuple[Remembered, Lack]], *, any_known: bool) -> None:
        """Adds a finding to each entry that could not be compared, and one with their number."""
        single = len(self.entries) == 1
        for each, lack in lacking:
            if not single or lack.open:
                self.findings[each.entry.path][rule.name] = partial(lack_finding, rule, lack, self._facts(rule, each))
        if any_known and lacking and not single:
            names = [each.entry for each, _ in lacking]
            self.batch.setdefault(rule.name, []).append(uncompared_finding(rule, names))

    def _alone(self, rule: BatchRule, each: Remembered) -> Finding:
        """The finding on an entry that equals no other."""
        return compared_finding(rule, self._facts(rule, each))

    def _facts(self, rule: BatchRule, each: Remembered, *more: str) -> tuple[Fact, ...]:
        """The facts by which an entry is compared, as they are shown: what it declared of people is not in its texts."""
        facts = tuple(fact for name in (*rule.keys, *more) for fact in each.facts.of(name))
        return facts if self.personal else withheld_texts(facts, each.facts.facts)


def _compared(rule: BatchRule, each: Remembered, *, alone: bool) -> _Known | Lack:
    """An entry's values, or what it lacks of them. One that is `alone` with its size or sample has bytes of its own."""
    values: list[str] = []
    for name in rule.keys:
        value = _value(name, each)
        if isinstance(value, str):
            values.append(value)
        elif name == CHECKSUM.name and _size(each) is not None and not each.facts.of(name):
            if not alone:
                why = next((fault.message for fault in each.facts.faulted(name)), say("its bytes could not be read"))
                return Lack(why=say("another file is of its size, and {why}", why=why), open=True)
            values.append(f"{_size(each)} B {each.sample}")
        else:
            return value or Lack(why=say("{key} is not known", key=KEYS[name].called))
    return _Known(tuple(values))


def _value(name: str, each: Remembered) -> str | Lack | None:
    """A key's value in the form that is compared; a Lack if witnesses differ."""
    said = each.facts.of(name)
    same = dict.fromkeys(normal(KEYS[name], fact.value) for fact in resolve.settled(KEYS[name], said))
    if len(same) > 1:
        return Lack(why=say("{key} is disputed", key=KEYS[name].called))
    if same:
        return next(iter(same)) or Lack(why=say("{key} is empty", key=KEYS[name].called))
    if any(fact.state is State.ABSENT for fact in said):
        return Lack(why=say("{key} is absent", key=KEYS[name].called))
    return None


def _size(each: Remembered) -> int | None:
    return next((fact.value for fact in each.facts.of(SIZE.name) if fact.state is State.KNOWN), None)


def _kept(rule: BatchRule, members: Sequence[Remembered]) -> tuple[Remembered, ...] | None:
    """The entries that count by time of submission; None if that doesn't decide."""
    if rule.keep is Keep.NONE:
        return None
    times = {each.entry.path: _submitted(each) for each in members}
    dated = [(each, moment) for each in members if (moment := times[each.entry.path])]
    if len(dated) < len(members):
        return None
    late = rule.keep is Keep.LATER
    dated.sort(key=lambda pair: pair[1].last if late else pair[1].first, reverse=late)
    kept, rest = dated[: rule.most], dated[rule.most :]
    if late:
        apart = min(moment.first for _, moment in kept) > max(moment.last for _, moment in rest)
    else:
        apart = max(moment.last for _, moment in kept) < min(moment.first for _, moment in rest)
    return tuple(each for each, _ in kept) if apart else None


def _submitted(each: Remembered) -> Moment | None:
    """When the entry was submitted; None if that is unknown or ambiguous."""
    times = {fact.value for fact in each.facts.of(SUBMITTED) if fact.state is State.KNOWN}
    return times.pop() if len(times) == 1 else None
