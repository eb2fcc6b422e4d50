"""What passes between the run and its workers. Light: the run itself needs no probe until something is amiss."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from vidcheck.facts import FILESYSTEM, Facts, Fault
from vidcheck.texts import say
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import registry
from vidcheck.witnesses.registry import Cost

if TYPE_CHECKING:
    from datetime import tzinfo
    from fractions import Fraction

    from vidcheck.declared.layout import ManifestLayout
    from vidcheck.declared.manifest import Manifest
    from vidcheck.rules.decisions import Decisions
    from vidcheck.rules.model import Rules
    from vidcheck.sources.urls import Remote
    from vidcheck.texts import Readable

ALL_KEYS = frozenset(KEYS)
_OF_FILES = frozenset(name for name in KEYS if name != "broadcast" and not name.startswith("declared."))
HEADERS = frozenset(registry.costing(Cost.HEADERS))
LIBRARY = HEADERS | frozenset(registry.costing(Cost.PARSER))
"""Who is asked first of every entry."""
STILL_WRITTEN = say("the file changed while it was read: it is still being written")


class Policy(StrEnum):
    """Whom to ask (`--witness`)."""

    AUTO = "auto"
    """A second witness where a fact is missing, would fail, lies near a limit, or decides a `when` or `any`."""
    ALL = "all"
    MEDIAINFO = "mediainfo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a worker is to do."""

    path: str
    follow: bool
    witnesses: frozenset[str]
    checksum: bool = False
    deadline: float = 30.0
    """In seconds, for ffprobe, which is a process of its own."""
    format: str = ""
    """The format found, for ffprobe's demuxer."""
    remote: Remote | None = None
    """What to ask a server for; None for a local file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What a worker brings back."""

    facts: Facts
    identity: tuple[int, ...] = ()
    """Device, inode, size, mtime and ctime in nanoseconds: the file that was looked at. Of a remote object its tag in
    figures, its size and the second it was modified. Empty where it could not be read."""
    versions: dict[str, str] = field(default_factory=dict)
    """Of the tools that looked."""
    opened: int = 0
    """When the file was opened, in nanoseconds since 1970."""
    lasting: bool = False
    """Whether the same witnesses would say the same of the same file: no fault that the next try may be spared."""


def observe(order: Order) -> Observation:
    """What a worker runs: the probes are imported there, not in the run. What it brings back is packed."""
    from vidcheck.session import work

    return work.packed(work.observe(order))


def read_rules(source: str | None) -> Rules:
    """What a worker runs first: the rules are read there, under its deadline and memory limit. Raises RulesError."""
    from vidcheck.rules.reader import load_rules

    return load_rules(source)


def read_decisions(source: str) -> Decisions | None:
    """What a worker runs: a file of people's decisions. Raises RulesError."""
    from vidcheck.rules.decisions import load_decisions

    return load_decisions(source)


def read_manifest(path: str, layout: ManifestLayout, zone: tzinfo) -> Manifest:
    """What a worker reads under its deadline and memory limit: a table that strangers wrote. Raises ManifestError."""
    from vidcheck.declared.manifest import read_table

    return read_table(path, layout, zone)


def thumbnail(order: Order, seconds: Fraction) -> bytes:
    """One frame as JPEG; empty where none is to be had."""
    from vidcheck.witnesses import filesystem
    from vidcheck.witnesses.errors import CouldNotLookError
    from vidcheck.witnesses.ffprobe import thumbnail

    try:
        file, _ = filesystem.open_entry(order.path, follow=order.follow)
        with file:
            return thumbnail.look(file, order.path, order.format, seconds, order.deadline)
    except CouldNotLookError:
        return b""


def warm() -> dict[str, str]:
    """What a worker runs first, while the run reads the rules: imports that every order needs; then `versions`."""
    from vidcheck.session import work  # noqa: F401 - imported so that it is there

    return versions()


def versions() -> dict[str, str]:
    """The versions of the libraries that workers ask; none of one that is missing."""
    told = {name: registry.version(name) for name in registry.costing(Cost.PARSER)}
    return {name: version for name, version in told.items() if version is not None}


def unreadable(message: Readable) -> Facts:
    """Facts of a file that nobody could open."""
    fault = Fault(witness=FILESYSTEM, message=message, keys=_OF_FILES)
    return Facts(faults=(fault,), asked=frozenset({FILESYSTEM}))
