"""The stage after the workers: applies rules over many entries once all are judged. Until then reports wait on disk."""

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
from vidcheck.engine.films import fingerprint_of
from vidcheck.facts import Depth
from vidcheck.rules.model import Form
from vidcheck.session.messages import finish
from vidcheck.vocabulary import CONTENT_FINGERPRINT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vidcheck.doubles import Likeness
    from vidcheck.facts import Fact
    from vidcheck.findings import Decision, EntryReport, Finding
    from vidcheck.quantities import Fingerprint
    from vidcheck.rules.model import Rules
    from vidcheck.session.messages import Assignment, Finished, Identity


class Answering(Protocol):
    """The part of an archive of earlier editions that a run uses."""

    def sizes(self) -> frozenset[int]:
        """The sizes of its entries in bytes."""

    def find(self, kinds: Sequence[str], values: Sequence[str]) -> Iterable[tuple[str, str]]:
        """Edition and name of each entry that has all of these values."""

    def resembling(self, value: Fingerprint) -> Iterable[Resembling]:
        """The entries whose films are the same by their fingerprints."""

    def description(self) -> str:
        """A description of its content, for reports."""


class Resembling(Protocol):
    """An entry of the archive whose film is like another one."""

    @property
    def edition(self) -> str:
        """The edition's name."""

    @property
    def name(self) -> str:
        """The entry's path as it was given then."""

    @property
    def likeness(self) -> Likeness:
        """In what the asking film is like it."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Its fingerprint with the pictures that are kept of it."""


class Waiting(Protocol):
    """A queue in which finished entries wait."""

    def put(self, value: Waiter) -> None:
        """Adds an entry at the end."""

    def drain(self) -> Iterator[Waiter]:
        """Yields and removes the entries in order; those not taken stay."""


class Waiter(NamedTuple):
    """An entry that was judged by itself."""

    finished: Finished
    decisions: tuple[Decision, ...]
    """People's decisions on it."""


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
    """Holds back a run's entries until they can be compared."""

    rules: Rules
    waiting: Waiting = field(default_factory=InMemory)
    archive: Answering | None = None
    final: bool = False
    depth: Depth = Depth.NONE
    """How much of each film was decoded."""
    personal: bool = False
    """Whether findings show personal data."""
    lang: str | None = None
    """The language of an entry's line of JSON."""
    findings: tuple[Finding, ...] = ()
    """Findings on several entries at once."""
    _identities: dict[str, Identity] = field(default_factory=dict)
    _kept: dict[str, Remembered] = field(default_factory=dict)

    def take(self, given: Assignment, finished: Finished) -> None:
        """Adds an entry that was judged by itself."""
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
        """Adds the result of sampling an entry. If sampling failed, the entry must still be read whole."""
        self._kept[path] = replace(self._kept[path], sample=finished.sample)

    def learn(self, path: str, finished: Finished) -> None:
        """Adds the result of reading an entry whole."""
        known = self._kept[path]
        again = remember(known.entry, known.facts.joined(finished.load_facts()), self.rules)
        self._kept[path] = replace(again, sample=known.sample)

    def _identified(self, paths: Iterable[str]) -> dict[str, Identity]:
        return {path: self._identities[path] for path in paths if self._identities[path]}

    def _sizes(self) -> frozenset[int] | None:
        """The sizes of the archive's entries; None if no rule needs them."""
        asking = any(rule.form is Form.NOT_IN_ARCHIVE for rule in self.rules.batch)
        return self.archive.sizes() if self.archive and asking else None

    def reports(self) -> Iterator[Finished]:
        """The entries with the findings of comparison."""
        judgement = judge_batch(
            self._kept.values(), self.rules, self._asked(), personal=self.personal, depth=self.depth, final=self.final
        )
        self.findings = judgement.batch
        for finished, decisions in self.waiting.drain():
            findings = judgement.findings[finished.path]
            yield self._finished(
                with_batch(finished.load(), findings, final=self.final, decisions=decisions, checksum=finished.checksum)
            )

    def unfinished(self) -> Iterator[Finished]:
        """The entries of an interrupted run, which were not compared."""
        for finished, _ in self.waiting.drain():
            yield self._finished(uncompared(finished.load(), self.rules))

    def _finished(self, report: EntryReport) -> Finished:
        return finish(report, self.lang, self.rules.zone)

    def _asked(self) -> Archive | None:
        if self.archive is None:
            return None
        found: dict[tuple[str, str], tuple[Earlier, ...]] = {}
        for rule in self.rules.batch:
            if rule.form is not Form.NOT_IN_ARCHIVE:
                continue
            if CONTENT_FINGERPRINT in rule.compared:
                found |= {(rule.name, path): self._resembling(each) for path, each in self._kept.items()}
                continue
            for path, each in self._kept.items():
                values = values_of(rule, each)
                rows = self.archive.find(rule.keys, values) if values else ()
                found[rule.name, path] = tuple(Earlier(edition=edition, name=name) for edition, name in rows)
        return Archive(sizes=self.archive.sizes(), found=found)

    def _resembling(self, each: Remembered) -> tuple[Earlier, ...]:
        value = fingerprint_of(each.facts)
        if value is None or self.archive is None:
            return ()
        return tuple(
            Earlier(edition=one.edition, name=one.name, likeness=one.likeness, facts=one.facts)
            for one in self.archive.resembling(value)
        )
