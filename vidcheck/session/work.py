"""A worker's handling of an entry: it asks witnesses, judges, asks another witness if needed, and judges again.

The file is opened once. Every problem becomes a fact, a fault or a verdict; nothing here raises. But a foreign parser
may end the process, and the main process then knows the stage that was recorded last.
"""

from __future__ import annotations

import os
import pickle
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, cast

from vidcheck.engine import Judge
from vidcheck.engine.dates import as_of
from vidcheck.engine.decisions import checksum_of
from vidcheck.facts import FILESYSTEM, Depth, Entry, Facts, Fault, State
from vidcheck.session import attachments, recall
from vidcheck.session.messages import (
    AWAY,
    OPENING,
    STILL_WRITTEN,
    Finished,
    Policy,
    Setup,
    finish,
    stage_of,
    unreadable,
)
from vidcheck.texts import Plain, say
from vidcheck.vocabulary import CHECKSUM, CONTENT_DURATION, CONTENT_KEYS, KEYS, VIDEO_COUNT
from vidcheck.witnesses import filesystem, registry
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.filesystem import checksum
from vidcheck.witnesses.registry import Cost, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vidcheck.facts import Fact
    from vidcheck.findings import EntryReport
    from vidcheck.session.messages import Advance, Assignment, Decode, Enter, Identity, Packed
    from vidcheck.sources.targets import Target
    from vidcheck.sources.urls import Remote
    from vidcheck.texts import Readable
    from vidcheck.witnesses.registry import Witness

GRACE = 5.0
"""Seconds for a worker beyond the deadline of a process that it started."""
_FIRST = registry.costing(Cost.HEADERS, Cost.PARSER)
_SECOND = registry.costing(Cost.PROCESS)
_DECODING = registry.costing(Cost.DECODING)
_APART = (*_SECOND, *_DECODING)
"""The witnesses with a process of their own, which are told the format."""
_ALL_KEYS = frozenset(KEYS)
_SHEET = frozenset({CONTENT_DURATION.name})
"""The key whose pictures are the contact sheet."""


class Prepared:
    """A loaded setup, with its rules compiled once for many entries."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.rules = setup.rules
        self.judge = (
            Judge(setup.rules, final=setup.final, today=setup.today, personal=setup.personal, depth=setup.depth)
            if setup.rules is not None
            else None
        )
        self.zone = setup.rules.zone if setup.rules is not None else setup.zone
        self.beside = attachments.wanted(setup.rules)
        self.form = setup.rules.layout.form if setup.rules is not None and setup.rules.layout else ""
        asked = setup.seen if setup.rules is None else setup.rules.keys | setup.rules.compared
        self.content = CONTENT_KEYS if asked is None else asked & CONTENT_KEYS
        """The keys for which films are decoded."""
        self.checksum = setup.checksum or (setup.rules is not None and CHECKSUM.name in setup.rules.keys)


@lru_cache(4)
def _opened(digest: bytes, content: bytes) -> Prepared:
    del digest  # only the cache's key: comparing it is faster than comparing the contents
    return Prepared(pickle.loads(content))  # noqa: S301 - the main process wrote it


def opened(setup: Packed) -> Prepared:
    """The setup that the main process sent, loaded once as long as it stays the same."""
    return _opened(setup.digest, setup.content)


def _unnoted(_stage: int, _seconds: float) -> None:
    """Used without workers: records nothing and sets no limit."""


def _uncounted(_bytes: int) -> None:
    """Used without workers: nobody waits for the number of bytes."""


def _undecoded(_done: int, _begun: int) -> None:
    """Used without workers: nobody waits for the film."""


def check_entry(
    prepared: Prepared, given: Assignment, enter: Enter = _unnoted, advance: Advance = _uncounted, decode: Decode = _undecoded
) -> Finished:  # fmt: skip
    """Reads and judges one entry.

    `enter` is called at every stage, `advance` while a file is read whole, `decode` while a film is decoded.
    """
    return _Work(prepared, given, enter, advance, decode).finish()


@dataclass(slots=True)
class _Open:
    """An open entry."""

    subject: Subject
    identity: Identity
    confirm: Callable[[], None]
    """Raises CouldNotLookError if the file is no longer the one that was opened."""


@dataclass(slots=True)
class _Work:
    """The work on one entry."""

    prepared: Prepared
    given: Assignment
    enter: Enter
    advance: Advance
    decode: Decode
    facts: Facts = field(init=False)
    entry: Entry = field(init=False)
    report: EntryReport | None = None
    wanted: frozenset[str] = _ALL_KEYS
    """Keys for which a second witness could change or confirm the answer."""
    shown: tuple[Fact, ...] = ()
    """What was looked at for its pictures alone."""
    identity: Identity = ()
    opened: int = 0
    """When the file was opened, in nanoseconds since 1970."""
    memory: recall.Recall = field(init=False)
    internal: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.facts = self.target.declared
        self.entry = Entry(path=self.target.path)
        self.memory = recall.Recall(self.given, self.prepared.setup.settled)

    @property
    def target(self) -> Target:
        """The entry as it was found."""
        return self.given.target

    @property
    def checksum(self) -> bool:
        """Whether the file is read whole."""
        return self.prepared.checksum or bool(self.given.decisions)

    def finish(self) -> Finished:
        """Does all the work."""
        if self.given.whole:
            return self._sum()
        try:
            with self._reading() as file:
                self._look(file)
                file.confirm()
                self._look_beside()
                self._judge()
                for name in _SECOND:
                    if self._is_asked(name, file.subject):
                        self._ask(name, file)
                        file.confirm()
                        self._judge()
                if self._is_decoded(file.subject):
                    self._decode(file)
                    self._judge()
        except CouldNotLookError as error:
            self.identity = ()
            self.facts = self.target.declared.joined(unreadable(error.message))
            self._judge()
        return self._finished()

    def _sum(self) -> Finished:
        """Computes only the checksum, or a sample, of a file that was judged before."""
        self.facts, sample = Facts(), ""
        try:
            with self._reading() as file:
                if self.given.sampled:
                    sample = checksum.sample(file.subject.file, file.subject.status.size)
                else:
                    self._ask_checksum(file)
                file.confirm()
        except CouldNotLookError as error:
            self.facts, sample = unreadable(error.message), ""
        return self._finished()._replace(sample=sample)

    @contextmanager
    def _reading(self) -> Iterator[_Open]:
        """A context with the open entry. Raises CouldNotLookError, also if reading fails."""
        if self.given.unread is not None:
            raise CouldNotLookError(self.given.unread)
        self.opened = time.time_ns()
        remote, seconds = self.target.remote, self.prepared.setup.timeout
        self.enter(OPENING, seconds if remote is None else seconds + AWAY)
        try:
            with self._local() if remote is None else self._remote(remote, seconds) as file:
                self.identity = file.identity
                # the first is the device, whose number differs between machines
                if self.given.whole and self.given.whole[1:] != self.identity[1:]:
                    raise CouldNotLookError(STILL_WRITTEN)
                yield file
        except OSError as error:  # the disk or the network share failed
            reason = error.strerror or type(error).__name__
            raise CouldNotLookError(say("reading failed: {reason}", reason=reason)) from None

    @contextmanager
    def _local(self) -> Iterator[_Open]:
        path = os.path.join(self.given.base, self.target.path)  # noqa: PTH118 - names that are not UTF-8 stay as they are
        file, before = filesystem.open_entry(path, follow=self.target.follow)

        def confirm() -> None:
            if not filesystem.same(before, os.fstat(file.fileno())):
                raise CouldNotLookError(STILL_WRITTEN)

        with file:
            status = filesystem.Status.of(self.target.path.rpartition("/")[2], before)
            subject = Subject(file=file, path=path, status=status, deadline=self.prepared.setup.timeout)
            yield _Open(subject, recall.identity_of(before), confirm)

    @contextmanager
    def _remote(self, asked: Remote, seconds: float) -> Iterator[_Open]:
        from vidcheck.sources import remote
        from vidcheck.sources.urls import name_of

        whole = self.checksum or bool(self.given.whole)
        with (
            remote.discreet(),
            remote.open_entry(asked.url, private=asked.private, seconds=seconds, whole=whole) as file,
        ):

            def confirm() -> None:
                if file.failure is not None:
                    raise file.failure
                file.confirm()

            status = remote.status(name_of(asked.url), file.state)
            subject = Subject(
                file=cast("BinaryIO", file), path=self.target.path, status=status, deadline=seconds
            )  # fmt: skip
            yield _Open(subject, remote.identity(file.state), confirm)

    def _look(self, file: _Open) -> None:
        """Asks the witnesses for every entry, or takes their facts on the same file from the cache."""
        self._look_with(registry.witness(FILESYSTEM), file)
        remembered = self.memory.facts(
            file.identity, ([CHECKSUM.name] if self.checksum else []) + [name for name in _FIRST if name != FILESYSTEM]
        )
        if remembered is not None:
            self._join(remembered)
        else:
            if self.checksum:
                self._ask_checksum(file)
            for name in _FIRST:
                if name != FILESYSTEM:
                    self._ask(name, file)
        file.subject.format = next((f.value for f in self.facts.of("format") if f.state is State.KNOWN), "")

    def _ask(self, name: str, file: _Open) -> None:
        """Asks one witness, unless a worker was lost to it or the cache has its facts."""
        witness, lost = registry.witness(name), self.given.lost.get(stage_of(name))
        refusal = file.subject.layout.refusal if file.subject.layout is not None else None
        if lost is not None:
            self._miss(name, lost, witness.keys)
            return
        if witness.needs.sane and refusal is not None:
            message = say("not asked, because the file's headers are impossible: {reason}", reason=refusal)
            self._miss(name, message, witness.keys, lasting=True, form=self._form(witness, file.subject))
            return
        form = self._form(witness, file.subject)
        remembered = self.memory.facts(file.identity, [name], form) if name in _APART else None
        if remembered is not None:
            self._join(remembered)
            return
        if self.target.remote is None:
            seconds = witness.seconds(file.subject)
            self.enter(stage_of(name), seconds + GRACE if name in _APART else seconds)
        self._look_with(witness, file)

    def _look_with(self, witness: Witness, file: _Open) -> None:
        """Adds one witness's facts or its fault."""
        form = self._form(witness, file.subject)
        with self._fault_of(witness.name, witness.keys, form):
            if registry.cost(witness.name) is Cost.PARSER:
                witness.version()  # raises if its library is missing
            facts = witness.read(witness.look(file.subject))
            failed, file.subject.failed = file.subject.failed, []
            faults = tuple(Fault(witness=witness.name, message=error.message, keys=keys) for keys, error in failed)
            self._join(Facts(facts=facts, faults=faults, asked=frozenset({witness.name})))
            if all(error.lasting for _, error in failed):
                self.memory.keep(witness.name, facts, faults, form)
            else:
                self.memory.spoil()

    def _is_decoded(self, subject: Subject) -> bool:
        """Whether the film is decoded: somebody asks for it, and it is a film."""
        setup = self.prepared.setup
        if not setup.thumbnails and (setup.depth is Depth.NONE or not self.prepared.content):
            return False
        return subject.format not in {"", "none"} and any(
            registry.witness(name).reads(subject.format) for name in _DECODING
        )

    def _decode(self, file: _Open) -> None:
        """Asks the witnesses that decode. What is looked at for its pictures alone decides nothing."""
        setup, subject = self.prepared.setup, file.subject
        alone = setup.depth is Depth.NONE
        if alone and not self._has_pictures():
            return
        before = self.facts
        subject.facts, subject.threads = before, setup.threads
        subject.depth = Depth.KEYFRAMES if alone else setup.depth
        subject.wanted = (_SHEET if setup.thumbnails else frozenset()) | (
            frozenset() if alone else self.prepared.content
        )
        reached = 0

        def watched(done: float, total: float) -> None:
            nonlocal reached
            now = int(done * 1000)
            self.decode(now - reached, 0 if reached else int(total * 1000))
            reached = max(now, 1)

        subject.watched = watched
        for name in _DECODING:
            if self.target.remote is not None:
                message = say("a film on a server is not decoded: download it first")
                self._miss(name, message, registry.witness(name).keys)
                continue
            self._ask(name, file)
            file.confirm()
        if alone:
            self.facts, looked = before, self.facts
            self.shown = tuple(fact for fact in looked.facts if fact.witness in _DECODING)

    def _has_pictures(self) -> bool:
        """Whether there is something to look at for pictures alone, and a way to."""
        counts = [fact.value for fact in self.facts.of(VIDEO_COUNT.name) if fact.state is State.KNOWN]
        able = all(registry.witness(name).needs.available() for name in _DECODING)
        return able and self.target.remote is None and (not counts or any(counts))

    def _form(self, witness: Witness, subject: Subject) -> str:
        """What the answer of a witness with a process of its own depends on besides the file."""
        return f"{subject.format} {witness.asked_for(subject)}".rstrip() if witness.name in _APART else ""

    def _ask_checksum(self, file: _Open) -> None:
        remembered = self.memory.facts(file.identity, [CHECKSUM.name])
        if remembered is not None:
            self._join(remembered)
            return
        with self._fault_of(FILESYSTEM, checksum.KEYS):
            facts = checksum.read(checksum.look(file.subject.file, self.advance))
            self._join(Facts(facts=facts, asked=frozenset({FILESYSTEM})))
            self.memory.keep(CHECKSUM.name, facts, (), "")

    @contextmanager
    def _fault_of(self, name: str, keys: frozenset[str], form: str = "") -> Iterator[None]:
        """Turns a witness's CouldNotLookError into a fault."""
        try:
            yield
        except CouldNotLookError as error:
            self._miss(name, error.message, keys, lasting=error.lasting, form=form)
        except OSError:
            raise
        except MemoryError:
            self._miss(name, say("it took more memory than a worker may have"), keys)
        except Exception as error:  # noqa: BLE001 - one entry must never take the others along
            self._miss(name, self._wrong(error), keys)

    def _wrong(self, error: Exception) -> Readable:
        text = f"{type(error).__name__}: {error}"
        self.internal.append(text)
        return say("an error inside vidcheck: {error}", error=Plain(text))

    def _miss(
        self, name: str, message: Readable, keys: frozenset[str], *, lasting: bool = False, form: str = ""
    ) -> None:
        fault = Fault(witness=name, message=message, keys=keys)
        self._join(Facts(faults=(fault,), asked=frozenset({name})))
        if lasting:
            self.memory.keep(name, (), (fault,), form if name in _APART else "")
        else:
            self.memory.spoil()

    def _join(self, facts: Facts) -> None:
        self.facts = self.facts.joined(facts)

    def _look_beside(self) -> None:
        """Reads the files beside the entry if they are needed."""
        if (self.prepared.beside or self.target.missed) and self.target.attachments is not None:
            self.facts = attachments.joined(
                self.facts, self.given, self.prepared.form, self.prepared.zone,
                enter=self.enter, seconds=self.prepared.setup.timeout,
            )  # fmt: skip

    def _judge(self) -> None:
        if self.target.remote is None:
            self.enter(OPENING, self.prepared.setup.timeout)
        if self.prepared.judge is not None:
            missed = self.target.missed
            if missed and not missed.keys and self._has_form():
                missed = None
            beside = (missed,) if missed else ()
            judgement = self.prepared.judge.entry(self.entry, self.facts, self.given.decisions, beside=beside)
            self.report, self.wanted = judgement.report, judgement.wanted
            if self.shown:
                self.report = replace(self.report, content=self.shown)

    def _has_form(self) -> bool:
        """Whether the entry's own folder holds a form, which says what a row of the manifest would."""
        return any(fact.state is State.KNOWN and fact.value for fact in self.facts.of("form.count"))

    def _is_asked(self, name: str, subject: Subject) -> bool:
        """Whether an expensive witness is asked now."""
        policy = self.prepared.setup.policy
        if policy is Policy.MEDIAINFO or (policy is Policy.AUTO and not self.wanted):
            return False  # without importing it
        witness = registry.witness(name)
        if witness.needs.local and self.target.remote is not None:
            return False
        if policy is Policy.AUTO and not self.wanted & witness.keys:
            return False
        return witness.reads(subject.format) and witness.needs.available()

    def _finished(self) -> Finished:
        rules, setup = self.prepared.rules, self.prepared.setup
        if rules is None or self.report is None:
            facts = pickle.dumps(as_of(self.facts, setup.today, setup.zone), pickle.HIGHEST_PROTOCOL)
            finished = Finished(path=self.entry.path, facts=facts)
        else:
            finished = finish(self.report, setup.lang, rules.zone, whole=setup.reports)
        if rules is not None and rules.batch and not self.given.whole:
            from vidcheck.engine.batch import remember

            checksum = checksum_of(self.facts) if self.given.decisions else None
            finished = finished._replace(compared=remember(self.entry, self.facts, rules), checksum=checksum)
        return finished._replace(
            identity=self.identity,
            rows=self.memory.rows(self.identity, self.opened),
            damaged=self.memory.damaged,
            internal=tuple(self.internal),
            seconds=(time.time_ns() - self.opened) / 10**9 if self.opened else 0.0,
        )
