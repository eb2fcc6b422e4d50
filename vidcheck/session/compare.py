"""Entries held back to the end of a run, where rules over many entries are judged: what is remembered, what is still to be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from vidcheck.engine.batch import (
    Archive,
    Earlier,
    Remembered,
    judge_batch,
    remember,
    uncompared,
    values_of,
    wanting_checksum,
    with_batch,
)  # fmt: skip
from vidcheck.rules.model import Form
from vidcheck.storage.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vidcheck.facts import Entry, Facts
    from vidcheck.findings import Decision, EntryReport, Finding
    from vidcheck.rules.model import Rules
    from vidcheck.session.memo import Known
    from vidcheck.sources.targets import Target


class Answering(Protocol):
    """An archive of earlier editions, as far as a run asks it."""

    def sizes(self) -> frozenset[int]:
        """The sizes of its entries in bytes."""

    def find(self, kinds: Sequence[str], values: Sequence[str]) -> Iterable[tuple[str, str]]:
        """Edition and name of each entry that bears all of these values."""

    def told(self) -> str:
        """What it holds, for reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What has to be at hand of an entry that was judged by itself."""

    target: Target
    entry: Entry
    identity: tuple[int, ...]
    """The file that was looked at."""
    known: Known | None = None
    """What the cache knows of it."""


class Judged(NamedTuple):
    """The rest of it, which may wait on disk."""

    report: EntryReport
    decisions: tuple[Decision, ...] = ()
    checksum: str | None = None
    """Read where there are decisions."""


@dataclass(slots=True, kw_only=True)
class Comparison:
    """What a run holds back, and what it comes to in the end."""

    rules: Rules
    archive: Answering | None = None
    final: bool = False
    findings: tuple[Finding, ...] = ()
    """About several entries at once."""
    _held: list[Held] = field(default_factory=list)
    _judged: Spool[Judged] = field(default_factory=Spool)
    _kept: dict[str, Remembered] = field(default_factory=dict)

    def take(self, held: Held, judged: Judged, facts: Facts) -> None:
        """One more entry, judged by itself."""
        self._held.append(held)
        self._judged.put(judged)
        self._kept[held.entry.path] = remember(held.entry, facts, self.rules)

    def unread(self) -> list[Held]:
        """Those whose bytes have to be read whole."""
        asking = any(rule.form is Form.NOT_IN_ARCHIVE for rule in self.rules.batch)
        sizes = self.archive.sizes() if self.archive and asking else None
        wanted = set(wanting_checksum(self._kept.values(), self.rules, sizes))
        return [held for held in self._held if held.entry.path in wanted]

    def learn(self, entry: Entry, facts: Facts) -> None:
        """What reading an entry whole has brought."""
        known = self._kept[entry.path]
        self._kept[entry.path] = remember(entry, known.facts.joined(facts), self.rules)

    def reports(self) -> Iterator[EntryReport]:
        """The entries' reports with what comparing them brought."""
        judgement = judge_batch(self._kept.values(), self.rules, self._asked())
        self.findings = judgement.batch
        for report, decisions, checksum in self._judged.drain():
            findings = judgement.findings[report.entry.path]
            yield with_batch(report, findings, final=self.final, decisions=decisions, checksum=checksum)

    def unfinished(self) -> Iterator[EntryReport]:
        """The reports of a run that broke off: no entry was compared."""
        for judged in self._judged.drain():
            yield uncompared(judged.report, self.rules)

    def _asked(self) -> Archive | None:
        if self.archive is None:
            return None
        found: dict[tuple[str, str], tuple[Earlier, ...]] = {}
        for rule in self.rules.batch:
            for path, each in self._kept.items() if rule.form is Form.NOT_IN_ARCHIVE else ():
                values = values_of(rule, each)
                rows = self.archive.find(rule.keys, values) if values else ()
                found[rule.name, path] = tuple(Earlier(edition=edition, name=name) for edition, name in rows)
        return Archive(sizes=self.archive.sizes(), found=found)
