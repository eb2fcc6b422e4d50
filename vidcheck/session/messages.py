"""The messages between the main process and its workers. It imports no witness, so that it loads fast."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple, cast

from vidcheck.facts import FILESYSTEM, Depth, Facts, Fault
from vidcheck.texts import say
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import registry
from vidcheck.witnesses.registry import Cost

if TYPE_CHECKING:
    from vidcheck.engine.batch import Remembered
    from vidcheck.findings import Decision, EntryReport, Verdict
    from vidcheck.rules.model import Rules
    from vidcheck.sources.targets import Target
    from vidcheck.texts import Readable

_OF_FILES = frozenset(name for name in KEYS if name != "broadcast" and not name.startswith("declared."))
STILL_WRITTEN = say("the file changed while it was read: it is still being written")
LOST = say("its worker was lost time and again")
AWAY = 20.0
"""Seconds for the worker of a remote entry beyond the entry's own deadline, to load libraries first."""
Enter = Callable[[int, float], None]
"""Records the stage that begins, and how many seconds it may take."""
Advance = Callable[[int], None]
"""Records that so many bytes more were read."""
Decode = Callable[[int, int], None]
"""Records that so many milliseconds of film more are decoded, and that films of so many were begun."""
Progress = Callable[[int, int], None]
"""Hears how far something is: done, and in all."""
Identity = tuple[int, ...]
"""Device, inode, size, mtime and ctime in nanoseconds: the file that was read. Of a remote object: its tag
as a number, its size and its modification time in seconds."""

OPENING = 0
"""The stage in which a worker opens an entry, reads its headers or its checksum, and judges."""
_ATTACHMENTS = 100
"""The stage in which a worker reads the first attachment. Witnesses have lower numbers, in the registry's order."""


FOREIGN = frozenset(registry.costing(Cost.PARSER, Cost.PROCESS, Cost.DECODING))
"""The witnesses with foreign code, which may hang or crash."""


def size_of(identity: Identity) -> int:
    """The size of the file that was read; 0 if it could not be read."""
    return identity[2] if identity else 0


def stage_of(witness: str) -> int:
    """The stage in which that witness looks."""
    return registry.names().index(witness) + 1


def stage_of_attachment(number: int) -> int:
    """The stage in which the attachment of that number, from 0 on, is read."""
    return _ATTACHMENTS + number


def is_spared(stage: int) -> bool:
    """Whether the stage can be left out: a foreign parser, or an attachment."""
    if stage >= _ATTACHMENTS:
        return True
    return 0 < stage <= len(registry.names()) and registry.names()[stage - 1] in FOREIGN


class Policy(StrEnum):
    """Which witnesses to ask (`--witness`)."""

    AUTO = "auto"
    """A second witness if a fact is missing, fails, is close to a limit, or decides a `when` or `any`."""
    ALL = "all"
    MEDIAINFO = "mediainfo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Settings for all entries of a run."""

    rules: Rules | None = None
    """None where only facts are wanted."""
    policy: Policy = Policy.AUTO
    timeout: float = 30.0
    """Seconds that each witness may take."""
    zone: tzinfo = UTC
    """The time zone of dates in forms."""
    today: date | None = None
    """The run's date; None if no date is too late to be true."""
    final: bool = False
    personal: bool = False
    """Whether findings show personal data."""
    checksum: bool = False
    """Whether every file is read whole for its SHA-256."""
    depth: Depth = Depth.NONE
    """How much of each film is decoded."""
    thumbnails: bool = False
    """Whether there have to be pictures of every film, for people."""
    seen: frozenset[str] | None = None
    """The keys for which films are decoded where only facts are wanted; None for all."""
    threads: int = 1
    """The processors that decoding one film may use."""
    settled: int | None = None
    """Nanoseconds for which a file must be unchanged to be cached; None: nothing is cached."""
    lang: str | None = None
    """The language of the entry's line of JSON; None if no such line is wanted."""
    reports: bool = True
    """Whether the report itself is wanted."""


class Packed(NamedTuple):
    """A pickled Setup. Workers load it once, as long as its digest is the same."""

    digest: bytes
    content: bytes


def packed(setup: Setup) -> Packed:
    """Packs the setup, which is sent with every entry."""
    content = pickle.dumps(setup, pickle.HIGHEST_PROTOCOL)
    return Packed(sha256(content).digest(), content)


class Row(NamedTuple):
    """One witness's results for a file, in the cache's form."""

    asked: str
    tools: str
    """The versions of everything that the results depend on."""
    words: bytes
    """Facts and faults, encoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One entry for a worker to read and judge."""

    target: Target
    base: str = ""
    """The folder that relative paths are below; empty for the worker's own working folder."""
    decisions: tuple[Decision, ...] = ()
    """People's decisions on it."""
    identity: Identity = ()
    """The file as the main process found it; empty if it did not look."""
    rows: tuple[Row, ...] = ()
    """The cache's rows of that file."""
    lost: Mapping[int, Readable] = field(default_factory=dict)
    """The stages in which workers were lost with this entry, and how. They are left out."""
    unread: Readable | None = None
    """Why the file must not be opened."""
    whole: Identity = ()
    """The identity of a file that was judged before, if only its checksum is needed now."""
    sampled: bool = False
    """Whether a sample of its bytes is enough in place of the checksum."""


class Finished(NamedTuple):
    """A judged entry."""

    path: str
    verdict: Verdict | None = None
    manual: int = 0
    """The number of findings that the rules leave to a person."""
    warned: bool = False
    """Whether a recommendation failed."""
    decisions: tuple[Decision, ...] = ()
    """The decisions on its findings."""
    report: bytes = b""
    """The pickled EntryReport. The main process loads it only if an output needs it."""
    line: bytes = b""
    """The report as a line of JSON, if one is wanted."""
    facts: bytes = b""
    """The pickled Facts, if only they are wanted."""
    compared: Remembered | None = None
    """The facts that rules over many entries compare."""
    checksum: str | None = None
    """The checksum, if it was computed."""
    sample: str = ""
    """A digest of some of the file's bytes, where one is wanted and they could be read."""
    identity: Identity = ()
    """The file that was read; empty if it could not be read."""
    rows: tuple[Row, ...] = ()
    """The rows to store in the cache."""
    damaged: bool = False
    """Whether a row of the cache could not be understood."""
    internal: tuple[str, ...] = ()
    """Messages on errors inside vidcheck."""
    seconds: float = 0.0
    """The time that the worker took."""

    def load(self) -> EntryReport:
        """The report."""
        return cast("EntryReport", pickle.loads(self.report))  # noqa: S301 - a worker of ours wrote it

    def load_facts(self) -> Facts:
        """The facts."""
        return cast("Facts", pickle.loads(self.facts))  # noqa: S301 - a worker of ours wrote it


def finish(report: EntryReport, lang: str | None, zone: tzinfo, *, whole: bool = True) -> Finished:
    """Packs a report, with the values that the main process needs without loading it."""
    line = b""
    if lang is not None:
        from vidcheck.quantities import Manner
        from vidcheck.reports import jsonl

        line = jsonl.line(report, Manner(lang, zone))
    return Finished(
        path=report.entry.path,
        verdict=report.verdict,
        manual=report.manual,
        warned=bool(report.warned),
        decisions=tuple(finding.decision for finding in report.findings if finding.decision),
        report=pickle.dumps(report, pickle.HIGHEST_PROTOCOL) if whole else b"",
        line=line,
    )


def unreadable(message: Readable) -> Facts:
    """The facts of a file that can't be opened."""
    fault = Fault(witness=FILESYSTEM, message=message, keys=_OF_FILES)
    return Facts(faults=(fault,), asked=frozenset({FILESYSTEM}))
