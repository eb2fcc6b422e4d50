"""The witnesses: one line each. Cache, doctor, schema, spelling hints, explain and the worker know them through here.

A new witness is a folder with an object `WITNESS` in its `__init__`, and a line in `_MODULES`. Importing this module
imports none of them, so that the main process of a check can name witnesses without loading their libraries.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator
    from typing import BinaryIO

    from vidcheck.facts import Fact
    from vidcheck.sources.fetch import State
    from vidcheck.witnesses.mp4.movie import Layout

_MODULES = {
    "declared": "vidcheck.witnesses.declared",
    "filesystem": "vidcheck.witnesses.filesystem",
    "boxes": "vidcheck.witnesses.mp4",
    "mediainfo": "vidcheck.witnesses.mediainfo",
    "ffprobe": "vidcheck.witnesses.ffprobe",
}
"""Where each witness's object stands. The order is the order in which they are asked, and in which people read of them."""


class Cost(IntEnum):
    """What it costs to ask a witness. This decides of which entries it is asked."""

    NOTHING = 0
    """It doesn't look at the file: somebody else brings its facts (`declared`)."""
    HEADERS = 1
    """Our own bounded reading, which can't hang or crash: asked of every entry."""
    PARSER = 2
    """A foreign parser in the worker's process, some milliseconds: asked of every entry whose headers are sane."""
    PROCESS = 3
    """A process of its own, tens of milliseconds: asked where another's word is wanted (`--witness`)."""


@dataclass(slots=True, kw_only=True)
class Subject:
    """An open entry, as witnesses are shown it, one after the other."""

    file: BinaryIO
    path: str
    """As it is on this machine, for a witness that starts a process; a remote entry's is its address."""
    name: str
    """The file's name without its folder."""
    status: os.stat_result | State
    """What the file system, or the server, says of it."""
    size: int
    format: str = ""
    """The format found by an earlier look, a value of the key `format`."""
    deadline: float = 30.0
    """Seconds that a process of its own may take."""
    layout: Layout | None = None
    """What `boxes` read, for those that are asked after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What must be there before a witness can be asked."""

    formats: frozenset[str] | None = None
    """The formats that it reads; None for any."""
    sane: bool = False
    """Only files whose headers passed the gate (`Layout.refusal` is None)."""
    local: bool = False
    """A file on this machine: it takes no open connection."""
    available: Callable[[], bool] = lambda: True
    """Whether its library or program is installed."""


def _no_version() -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Somebody who observes entries."""

    name: str
    """The public word for it, in evidence, rules and reports."""
    keys: frozenset[str]
    """The keys that it may tell."""
    cost: Cost
    needs: Needs = field(default_factory=Needs)
    version: Callable[[], str] = _no_version
    """The version of the tool behind it; empty for our own code, whose version is vidcheck's. Raises CouldNotLookError."""
    look: Callable[[Subject], Any] | None = None
    """Looks at an entry, and answers what the tool says of it. Raises CouldNotLookError. None where `cost` is NOTHING."""
    read: Callable[[Any], tuple[Fact, ...]] | None = None
    """Reads what the tool said into facts; pure. Raises CouldNotLookError where it is not what the tool says."""
    missed: str = ""
    """What a check lacks where the tool is missing, for `doctor` (a key of the message catalogue). Empty: our own code."""
    vital: bool = False
    """Whether hardly anything can be judged without it: `doctor` then fails."""

    @property
    def own(self) -> bool:
        """Whether it is our own code, which is there wherever vidcheck is."""
        return not self.missed

    def reads(self, form: str) -> bool:
        """Whether it reads files of that format."""
        return self.needs.formats is None or form in self.needs.formats


def names() -> tuple[str, ...]:
    """The names of all witnesses, in the order in which they are asked."""
    return tuple(_MODULES)


@cache
def witness(name: str) -> Witness:
    """The witness of that name. Raises KeyError for one that isn't registered."""
    found: Witness = import_module(_MODULES[name]).WITNESS
    return found


def every() -> Iterator[Witness]:
    """All witnesses, in order; importing each."""
    return map(witness, _MODULES)


def tells(name: str) -> frozenset[str]:
    """The keys that the witness of that name may tell."""
    return witness(name).keys


def version(name: str) -> str | None:
    """The version of a witness's tool; None where it is missing or doesn't say, or the witness is our own code."""
    from vidcheck.witnesses.errors import CouldNotLookError

    try:
        return witness(name).version() or None
    except CouldNotLookError:
        return None


def versions(wanted: Iterable[str]) -> dict[str, str]:
    """The versions of those tools; none of one that is missing."""
    return {name: found for name in wanted if (found := version(name)) is not None}
