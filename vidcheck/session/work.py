"""One task of a worker: open a file once, let witnesses look, bring back facts. Nothing it meets may raise."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, cast

from vidcheck.declared import fields
from vidcheck.facts import DECLARED, FILESYSTEM, Facts, Fault
from vidcheck.session.messages import STILL_WRITTEN, Observation, Order, unreadable
from vidcheck.storage.encoding import Packed, UnencodableError, encode
from vidcheck.texts import say
from vidcheck.witnesses import ffprobe, filesystem, mediainfo
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.filesystem import checksum
from vidcheck.witnesses.mp4 import boxes

if TYPE_CHECKING:
    from collections.abc import Callable

    from vidcheck.facts import Fact
    from vidcheck.sources.urls import Remote
    from vidcheck.texts import Readable

TELLS: dict[str, frozenset[str]] = {
    DECLARED: fields.KEYS,
    FILESYSTEM: filesystem.KEYS | checksum.KEYS,
    "boxes": boxes.KEYS,
    "mediainfo": mediainfo.KEYS,
    "ffprobe": ffprobe.KEYS,
}
"""Which keys each witness may tell."""


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
            name = order.path.rpartition("/")[2]
            _look(order, file, before.st_size, lambda: filesystem.read(name, before), gathered)
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
            name, state, gathered = name_of(asked.url), file.state, _Gathered()
            _look(order, cast("BinaryIO", file), state.size, lambda: remote.read(name, state), gathered)
            if file.failure is not None:
                raise file.failure
            file.confirm()
    except CouldNotLookError as error:
        return Observation(facts=unreadable(error.message))
    return Observation(facts=gathered.result(), identity=remote.identity(state), versions=gathered.versions)


def _look(order: Order, file: BinaryIO, size: int, about: Callable[[], tuple[Fact, ...]], gathered: _Gathered) -> None:
    wanted = order.witnesses
    if FILESYSTEM in wanted:
        gathered.hear(FILESYSTEM, about)
    if order.checksum:
        gathered.hear(FILESYSTEM, lambda: checksum.read(checksum.look(file)), checksum.KEYS)
    layout = None
    if "boxes" in wanted:
        layout = boxes.look(file, size)
        gathered.hear("boxes", lambda: boxes.read(layout))
    if "mediainfo" in wanted:
        if layout is not None and layout.refusal is not None:
            gathered.fault(
                "mediainfo",
                say("not asked, because the file's headers are impossible: {reason}", reason=layout.refusal),
            )
        else:
            gathered.hear("mediainfo", lambda: _ask_mediainfo(file, layout, gathered.versions))
    if "ffprobe" in wanted:
        gathered.hear("ffprobe", lambda: ffprobe.read(ffprobe.look(file, order.path, order.format, order.deadline)))


def _ask_mediainfo(file: BinaryIO, layout: boxes.Layout | None, versions: dict[str, str]) -> tuple[Fact, ...]:
    versions["mediainfo"] = mediainfo.version()
    return mediainfo.read(mediainfo.look(file, film=layout is not None and layout.undoubted))


class _Gathered:
    """Facts and faults as they come in."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.faults: list[Fault] = []
        self.asked: set[str] = set()
        self.versions: dict[str, str] = {}
        self.lasting = True

    def hear(self, witness: str, ask: Callable[[], tuple[Fact, ...]], keys: frozenset[str] = frozenset()) -> None:
        """One witness's facts, or its fault."""
        self.asked.add(witness)
        try:
            self.facts.extend(ask())
        except CouldNotLookError as error:
            self.lasting = self.lasting and error.lasting
            self.faults.append(Fault(witness=witness, message=error.message, keys=keys or TELLS[witness]))

    def fault(self, witness: str, message: Readable) -> None:
        """A witness that wasn't asked, and why."""
        self.asked.add(witness)
        self.faults.append(Fault(witness=witness, message=message, keys=TELLS[witness]))

    def result(self) -> Facts:
        """All of it."""
        return Facts(facts=tuple(self.facts), faults=tuple(self.faults), asked=frozenset(self.asked))
