"""One task of a worker: open a file once, let witnesses look, bring back facts. Nothing it meets may raise."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, cast

from vidcheck.facts import FILESYSTEM, Facts, Fault
from vidcheck.session.messages import STILL_WRITTEN, Observation, Order, unreadable
from vidcheck.storage.encoding import Packed, UnencodableError, encode
from vidcheck.texts import say
from vidcheck.witnesses import filesystem, registry
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.filesystem import checksum
from vidcheck.witnesses.registry import Cost, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.facts import Fact
    from vidcheck.sources.urls import Remote
    from vidcheck.witnesses.registry import Witness


def observe(order: Order) -> Observation:
    """Lets the witnesses of the order look at its file."""
    opened = time.time_ns()
    if order.remote is not None:
        return _observe_remote(order, order.remote)
    try:
        file, before = filesystem.open_entry(order.path, follow=order.follow)
    except CouldNotLookError as error:
        return Observation(facts=unreadable(error.message))
    with file:
        gathered = _Gathered()
        try:
            status = filesystem.Status.of(order.path.rpartition("/")[2], before)
            _look(order, _subject(order, file, status), gathered)
            after = os.fstat(file.fileno())
        except OSError as error:  # the disk or the share failed under us
            message = say("reading failed: {reason}", reason=error.strerror or type(error).__name__)
            return Observation(facts=unreadable(message))
    if not filesystem.same(before, after):
        return Observation(facts=unreadable(STILL_WRITTEN))
    identity = (before.st_dev, before.st_ino, before.st_size, before.st_mtime_ns, before.st_ctime_ns)
    return Observation(
        facts=gathered.result(), identity=identity, versions=gathered.versions, opened=opened, lasting=gathered.lasting
    )


def packed(seen: Observation) -> Observation:
    """The same as it travels: what the witnesses said in the form in which it is remembered.

    The run, which is one process for many workers, then makes the few facts that it needs, and writes none anew.
    """
    facts = seen.facts
    named = tuple(fact for fact in facts.facts if fact.witness == FILESYSTEM)
    try:
        words = encode((fact for fact in facts.facts if fact.witness != FILESYSTEM), facts.faults)
    except UnencodableError:
        return seen
    return replace(
        seen, facts=Facts(facts=named, faults=facts.faults, asked=facts.asked, sealed=(Packed(words),))
    )  # fmt: skip


def _observe_remote(order: Order, asked: Remote) -> Observation:
    from vidcheck.sources import remote
    from vidcheck.sources.urls import name_of

    try:
        with (
            remote.discreet(),
            remote.open_entry(asked.url, private=asked.private, seconds=order.deadline, whole=order.checksum) as file,
        ):
            state, gathered = file.state, _Gathered()
            status = remote.status(name_of(asked.url), state)
            _look(order, _subject(order, cast("BinaryIO", file), status), gathered)
            if file.failure is not None:
                raise file.failure
            file.confirm()
    except CouldNotLookError as error:
        return Observation(facts=unreadable(error.message))
    return Observation(facts=gathered.result(), identity=remote.identity(state), versions=gathered.versions)


def _subject(order: Order, file: BinaryIO, status: filesystem.Status) -> Subject:
    return Subject(file=file, path=order.path, status=status, format=order.format, deadline=order.deadline)


def _look(order: Order, subject: Subject, gathered: _Gathered) -> None:
    """Asks the witnesses of an order, each in its turn."""
    for name in registry.names():
        if name in order.witnesses and registry.cost(name) is not Cost.NOTHING:
            gathered.hear(registry.witness(name), subject)
        if name == FILESYSTEM and order.checksum:
            gathered.hear_checksum(subject)


class _Gathered:
    """Facts and faults as they come in."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.faults: list[Fault] = []
        self.asked: set[str] = set()
        self.versions: dict[str, str] = {}
        self.lasting = True

    def hear(self, witness: Witness, subject: Subject) -> None:
        """One witness's facts, or its fault."""
        self.asked.add(witness.name)
        refusal = subject.layout.refusal if subject.layout is not None else None
        if witness.needs.sane and refusal is not None:
            message = say("not asked, because the file's headers are impossible: {reason}", reason=refusal)
            self.faults.append(Fault(witness=witness.name, message=message, keys=witness.keys))
            return
        with self._fault_of(witness.name, witness.keys):
            if registry.cost(witness.name) is Cost.PARSER:
                self.versions[witness.name] = witness.version()
            self.facts += witness.read(witness.look(subject))

    def hear_checksum(self, subject: Subject) -> None:
        """The file's checksum, which is read only where somebody asks for it."""
        self.asked.add(FILESYSTEM)
        with self._fault_of(FILESYSTEM, checksum.KEYS):
            self.facts += checksum.read(checksum.look(subject.file))

    @contextmanager
    def _fault_of(self, witness: str, keys: frozenset[str]) -> Iterator[None]:
        """A witness that can't look is a fault among the others' facts."""
        try:
            yield
        except CouldNotLookError as error:
            self.lasting = self.lasting and error.lasting
            self.faults.append(Fault(witness=witness, message=error.message, keys=keys))

    def result(self) -> Facts:
        """All of it."""
        return Facts(facts=tuple(self.facts), faults=tuple(self.faults), asked=frozenset(self.asked))
