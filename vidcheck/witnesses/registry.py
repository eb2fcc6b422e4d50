"""The witnesses: one line each. Cache, doctor, schema, spelling hints, explain and the worker know them through here.

A new witness is a folder with an object `WITNESS` in its `__init__`, and a line in `_LINES`. Importing this module
imports none of them, so that the main process of a check can name witnesses without loading their libraries.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from vidcheck.facts import FILESYSTEM, Depth, Facts
from vidcheck.texts import Plain, marked, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from vidcheck.facts import Fact, Fault
    from vidcheck.texts import Readable
    from vidcheck.witnesses.errors import CouldNotLookError
    from vidcheck.witnesses.filesystem import Status
    from vidcheck.witnesses.mp4.movie import Layout


class Cost(IntEnum):
    """The cost of a witness, which decides for which entries it is asked.

    It is in the registry's line, not in the object, so that the main process knows which witnesses to ask without
    importing their libraries.
    """

    NOTHING = 0
    """It doesn't read the file: its facts come from elsewhere (`declared`)."""
    HEADERS = 1
    """Our own bounded reading, which can't hang or crash: asked of every entry."""
    PARSER = 2
    """A foreign parser in the worker's process, some milliseconds: asked of every entry whose headers are sane."""
    PROCESS = 3
    """A process of its own, tens of milliseconds: asked if another witness is needed (`--witness`)."""
    DECODING = 4
    """Decodes pictures and sound, seconds a minute of film: asked if that is wanted (`--content`)."""


@dataclass(frozen=True, slots=True)
class _Line:
    """The place of a witness's object, and its cost."""

    module: str
    cost: Cost
    label: str = ""
    """What people call it: a key of the message catalogue, or a product's name. Empty: its name here."""


_LINES = {
    "declared": _Line("vidcheck.witnesses.declared", Cost.NOTHING, marked("declaration")),
    "filesystem": _Line("vidcheck.witnesses.filesystem", Cost.HEADERS, marked("file system")),
    "boxes": _Line("vidcheck.witnesses.mp4", Cost.HEADERS, marked("file headers")),
    "mediainfo": _Line("vidcheck.witnesses.mediainfo", Cost.PARSER, "MediaInfo"),
    "ffprobe": _Line("vidcheck.witnesses.ffprobe", Cost.PROCESS),
    "content": _Line("vidcheck.witnesses.content", Cost.DECODING, marked("decoded pictures and sound")),
}
"""The order is the order in which witnesses are asked, and in which people read of them."""


def _unwatched(_done: float, _total: float) -> None:
    """Used where nobody wants to know how far decoding is."""


@dataclass(slots=True, kw_only=True)
class Subject:
    """An open entry, which witnesses get one after the other."""

    file: BinaryIO
    path: str
    """The path on this machine, for a witness that starts a process; the address of a remote entry."""
    status: Status
    """What the file system, or the server, says of it."""
    format: str = ""
    """The format found by an earlier witness, a value of the key `format`."""
    deadline: float = 30.0
    """Seconds that a process of its own may take."""
    layout: Layout | None = None
    """The result of `boxes`, for the witnesses after it."""
    facts: Facts = field(default_factory=Facts)
    """What the witnesses before it said."""
    depth: Depth = Depth.NONE
    """How much is decoded."""
    wanted: frozenset[str] = frozenset()
    """The keys that only decoding tells and that somebody asks for."""
    threads: int = 1
    """The processors that it may use."""
    watched: Callable[[float, float], None] = _unwatched
    """Hears how many seconds of film are decoded, and how many there are."""
    failed: list[tuple[frozenset[str], CouldNotLookError]] = field(default_factory=list)
    """Keys on which a witness says nothing although it looked, and why: a library that only they need failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The conditions for asking a witness."""

    formats: frozenset[str] | None = None
    """The formats that it reads; None for any."""
    sane: bool = False
    """Only files with headers that passed the gate (`Layout.refusal` is None)."""
    local: bool = False
    """A file on this machine: it takes no open connection."""
    available: Callable[[], bool] = lambda: True
    """Whether its library or program is installed."""


def _no_version() -> str:
    return ""


def _nothing(_: Subject) -> None:
    """The `look` of a witness that doesn't read the file."""


def _no_facts(_: None) -> tuple[Fact, ...]:
    return ()


def _deadline(subject: Subject) -> float:
    return subject.deadline


def _nothing_else(_: Subject) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What a witness needs for some of its keys alone. `doctor` lists it."""

    name: str
    """Its own name, as package registries have it."""
    version: Callable[[], str | None]
    """Its version, or what else tells that it is there; None if it is missing. Raises CouldNotLookError if it is of no use."""
    missed: str
    """What a check lacks without it, and how to get it (a key of the message catalogue)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """An observer of entries."""

    name: str
    """Its public name, in evidence, rules and reports."""
    keys: frozenset[str]
    """The keys for which it may have facts."""
    needs: Needs = field(default_factory=Needs)
    version: Callable[[], str] = _no_version
    """The version of the tool behind it; empty for our own code, whose version is vidcheck's.

    Raises CouldNotLookError.
    """
    look: Callable[[Subject], Any] = _nothing
    """Reads an entry, and returns the tool's output. Raises CouldNotLookError."""
    read: Callable[[Any], tuple[Fact, ...]] = _no_facts
    """Turns the tool's output into facts; pure. Raises CouldNotLookError for invalid output."""
    imports: tuple[str, ...] = ()
    """Modules that `look` imports: the workers' server brings them along, so that no worker waits for them."""
    seconds: Callable[[Subject], float] = _deadline
    """How long its process may take."""
    asked_for: Callable[[Subject], str] = _nothing_else
    """What its answer depends on besides the file and its version: part of what the cache remembers."""
    missed: str = ""
    """What a check lacks without the tool, for `doctor` (a key of the message catalogue). Empty: our own code."""
    libraries: tuple[Library, ...] = ()
    """What some of its keys need besides."""
    vital: bool = False
    """Whether `doctor` fails without it, because hardly anything can be judged."""

    @property
    def own(self) -> bool:
        """Whether it is our own code, which is always available."""
        return not self.missed

    def reads(self, form: str) -> bool:
        """Whether it reads files of that format."""
        return self.needs.formats is None or form in self.needs.formats


def names() -> tuple[str, ...]:
    """The names of all witnesses, in the order in which they are asked."""
    return tuple(_LINES)


def called(name: str) -> Readable:
    """What people call the witness of that name."""
    line = _LINES.get(name)
    return say(line.label) if line and line.label else Plain(name)


def failure(fault: Fault) -> Readable:
    """A clause that names the witness once and says why it failed."""
    if not fault.keys:
        return say("{witness}: {message}", witness=called(fault.witness), message=fault.message)
    if fault.witness == FILESYSTEM:
        return say("the file could not be read: {message}", message=fault.message)
    return say("{witness} could not look: {message}", witness=called(fault.witness), message=fault.message)


def cost(name: str) -> Cost:
    """The cost of the witness of that name."""
    return _LINES[name].cost


def costing(*costs: Cost) -> tuple[str, ...]:
    """The names of the witnesses with these costs, in the order in which they are asked."""
    return tuple(name for name, line in _LINES.items() if line.cost in costs)


@cache
def witness(name: str) -> Witness:
    """The witness of that name. Raises KeyError for one that isn't registered."""
    found: Witness = import_module(_LINES[name].module).WITNESS
    return found


def every() -> Iterator[Witness]:
    """All witnesses in order. Imports each."""
    return map(witness, _LINES)


def tells(name: str) -> frozenset[str]:
    """The keys for which the witness of that name may have facts."""
    return witness(name).keys


def version(name: str) -> str | None:
    """The version of a witness's tool; None if it is missing or unknown, or if the witness is our own code."""
    from vidcheck.witnesses.errors import CouldNotLookError

    try:
        return witness(name).version() or None
    except CouldNotLookError:
        return None


def parsers() -> dict[str, str]:
    """The versions of the libraries that are used for every entry, without those that are missing."""
    found = {name: version(name) for name in costing(Cost.PARSER)}
    return {name: known for name, known in found.items() if known is not None}


def programs() -> dict[str, str]:
    """The versions of the programs on this machine that are witnesses; empty if one doesn't say."""
    return {name: version(name) or "" for name in costing(Cost.PROCESS) if witness(name).needs.available()}
