"""The stage after the workers: rules over many entries are judged once all are there; until then reports wait on disk."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
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
    wanting_sample,
    with_batch,
)  # fmt: skip
from vidcheck.rules.model import Form
from vidcheck.session.messages import finish

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vidcheck.findings import Decision, EntryReport, Finding
    from vidcheck.rules.model import Rules
    from vidcheck.session.messages import Assignment, Finished, Identity


class Answering(Protocol):
    """An archive of earlier editions, as far as a run asks it."""

    def sizes(self) -> frozenset[int]:
        """The sizes of its entries in bytes."""

    def find(self, kinds: Sequence[str], values: Sequence[str]) -> Iterable[tuple[str, str]]:
        """Edition and name of each entry that bears all of these values."""

    def told(self) -> str:
        """What it holds, for reports."""


class Waiting(Protocol):
    """A queue in which finished entries wait."""

    def put(self, value: Waiter) -> None:
        """One more, at the end."""

    def drain(self) -> Iterator[Waiter]:
        """All of them, each only once; what is not taken stays."""


class Waiter(NamedTuple):
    """An entry that was judged by itself."""

    finished: Finished
    decisions: tuple[Decision, ...]
    """What people decided of it."""


class InMemory:
    """A queue in this process's memory."""

    def __init__(self) -> None:
        self._held: deque[Waiter] = deque()

    def put(self, value: Waiter) -> None:
        self._held.append(value)

    def drain(self) -> Iterator[Waiter]:
        while self._held:
            yield self._held.popleft()


@dataclass(slots=True, kw_only=True)
class Comparison:
    """What a run holds back, and what it comes to in the end."""

    rules: Rules
    waiting: Waiting = field(default_factory=InMemory)
    archive: Answering | None = None
    final: bool = False
    lang: str | None = None
    """The language of an entry's line of JSON."""
    findings: tuple[Finding, ...] = ()
    """About several entries at once."""
    _identities: dict[str, Identity] = field(default_factory=dict)
    _kept: dict[str, Remembered] = field(default_factory=dict)

    def take(self, given: Assignment, finished: Finished) -> None:
        """One more entry, judged by itself."""
        if finished.compared is not None:
            self._kept[given.target.path] = finished.compared
        self._identities[given.target.path] = finished.identity
        self.waiting.put(Waiter(finished._replace(compared=None, rows=(), line=b""), given.decisions))

    def unsampled(self) -> dict[str, Identity]:
        """Those that a sample of their bytes may tell apart, by path: which file was looked at."""
        from vidcheck.witnesses.filesystem import checksum

        kept = [each for each in self._kept.values() if not each.entry.remote]
        return self._identified(wanting_sample(kept, self.rules, self._sizes(), above=checksum.SAMPLE))

    def unread(self) -> dict[str, Identity]:
        """Those whose bytes have to be read whole, by path: which file was looked at."""
        return self._identified(wanting_checksum(list(self._kept.values()), self.rules, self._sizes()))

    def take_sample(self, path: str, finished: Finished) -> None:
        """What sampling an entry has brought; where it failed, the entry is still to be read whole."""
        self._kept[path] = replace(self._kept[path], sample=finished.sample)

    def learn(self, path: str, finished: Finished) -> None:
        """What reading an entry whole has brought."""
        known = self._kept[path]
        again = remember(known.entry, known.facts.joined(finished.load_facts()), self.rules)
        self._kept[path] = replace(again, sample=known.sample)

    def _identified(self, paths: Iterable[str]) -> dict[str, Identity]:
        return {path: self._identities[path] for path in paths if self._identities[path]}

    def _sizes(self) -> frozenset[int] | None:
        """The sizes of the archive's entries, where a rule asks for them."""
        asking = any(rule.form is Form.NOT_IN_ARCHIVE for rule in self.rules.batch)
        return self.archive.sizes() if self.archive and asking else None

    def reports(self) -> Iterator[Finished]:
        """The entries with what comparing them brought."""
        judgement = judge_batch(self._kept.values(), self.rules, self._asked())
        self.findings = judgement.batch
        for finished, decisions in self.waiting.drain():
            findings = judgement.findings[finished.path]
            yield self._told(
                with_batch(finished.load(), findings, final=self.final, decisions=decisions, checksum=finished.checksum)
            )

    def unfinished(self) -> Iterator[Finished]:
        """The entries of a run that broke off: none was compared."""
        for finished, _ in self.waiting.drain():
            yield self._told(uncompared(finished.load(), self.rules))

    def _told(self, report: EntryReport) -> Finished:
        return finish(report, self.lang, self.rules.zone)

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
