"""What passes between the main process and its workers. Light: no witness is imported here."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple, cast

from vidcheck.facts import FILESYSTEM, Facts, Fault
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
Enter = Callable[[int, float], None]
"""Notes the stage that begins, and how many seconds it may take."""
Identity = tuple[int, ...]
"""Device, inode, size, mtime and ctime in nanoseconds: the file that was looked at. Of a remote object its tag in
figures, its size and the second it was modified."""

OPENING = 0
"""The stage in which a worker opens an entry, reads its headers or its checksum, and judges."""
_ATTACHMENTS = 100
"""The stage in which a worker reads the first attachment. Witnesses stand below it, in the registry's order."""


FOREIGN = frozenset(registry.costing(Cost.PARSER, Cost.PROCESS))
"""The witnesses that are other people's code, which may hang or crash."""


def stage_of(witness: str) -> int:
    """The stage in which that witness looks."""
    return registry.names().index(witness) + 1


def stage_of_attachment(number: int) -> int:
    """The stage in which the attachment of that number, from 0 on, is read."""
    return _ATTACHMENTS + number


def is_spared(stage: int) -> bool:
    """Whether an entry can do without what happens in that stage: a foreign parser, or an attachment."""
    if stage >= _ATTACHMENTS:
        return True
    return 0 < stage <= len(registry.names()) and registry.names()[stage - 1] in FOREIGN


class Policy(StrEnum):
    """Whom to ask (`--witness`)."""

    AUTO = "auto"
    """A second witness where a fact is missing, would fail, lies near a limit, or decides a `when` or `any`."""
    ALL = "all"
    MEDIAINFO = "mediainfo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What holds for all entries of a run."""

    rules: Rules | None = None
    """None where only facts are wanted."""
    policy: Policy = Policy.AUTO
    timeout: float = 30.0
    """Seconds that each witness may take."""
    zone: tzinfo = UTC
    """In which forms' dates are."""
    final: bool = False
    checksum: bool = False
    """Whether every file is read whole for its SHA-256."""
    settled: int | None = None
    """Nanoseconds that a file must have been left alone for its facts to be remembered; None: nothing is."""
    lang: str | None = None
    """The language of the entry's line of JSON; None where no such line is wanted."""
    reports: bool = True
    """Whether the report itself is wanted."""


class Packed(NamedTuple):
    """A Setup as it travels: workers open it once, for as long as its digest is the same."""

    digest: bytes
    content: bytes


def packed(setup: Setup) -> Packed:
    """The setup, to be sent with every entry."""
    content = pickle.dumps(setup, pickle.HIGHEST_PROTOCOL)
    return Packed(sha256(content).digest(), content)


class Row(NamedTuple):
    """What one witness said of a file, as the cache holds it."""

    asked: str
    tools: str
    """The versions of everything that the answer depends on."""
    words: bytes
    """Facts and faults, encoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One entry that a worker is to look at and to judge."""

    target: Target
    base: str = ""
    """The folder that relative paths are below; empty for the worker's own working folder."""
    decisions: tuple[Decision, ...] = ()
    """What people decided of it."""
    identity: Identity = ()
    """The file as the main process found it; empty where it did not look."""
    rows: tuple[Row, ...] = ()
    """What the cache holds of that file."""
    lost: Mapping[int, Readable] = field(default_factory=dict)
    """The stages in which workers were lost with this entry, and how: they are left out."""
    unread: Readable | None = None
    """Why the file is not to be opened at all."""
    whole: Identity = ()
    """Of a file that was looked at before, and of which nothing but its checksum is wanted now."""
    sampled: bool = False
    """Whether a sample of its bytes is enough in place of the checksum."""


class Finished(NamedTuple):
    """An entry, looked at and judged."""

    path: str
    verdict: Verdict | None = None
    manual: int = 0
    """Findings that wait for a person by the rules' own wish."""
    warned: bool = False
    """Whether a recommendation failed."""
    decisions: tuple[Decision, ...] = ()
    """Those that findings bear."""
    report: bytes = b""
    """The EntryReport, pickled: the main process opens it only where an output needs it."""
    line: bytes = b""
    """The report as a line of JSON, where one is wanted."""
    facts: bytes = b""
    """The Facts, pickled, where only they are wanted."""
    compared: Remembered | None = None
    """What rules over many entries compare, where there are any."""
    checksum: str | None = None
    """Where it was read."""
    sample: str = ""
    """A digest of some of the file's bytes, where one is wanted and they could be read."""
    identity: Identity = ()
    """The file that was looked at; empty where it could not be read."""
    rows: tuple[Row, ...] = ()
    """What the cache is to keep of it."""
    damaged: bool = False
    """Whether a row of the cache could not be understood."""
    internal: tuple[str, ...] = ()
    """What went wrong inside vidcheck itself."""

    def load(self) -> EntryReport:
        """The report."""
        return cast("EntryReport", pickle.loads(self.report))  # noqa: S301 - a worker of ours wrote it

    def load_facts(self) -> Facts:
        """The facts."""
        return cast("Facts", pickle.loads(self.facts))  # noqa: S301 - a worker of ours wrote it


def finish(report: EntryReport, lang: str | None, zone: tzinfo, *, whole: bool = True) -> Finished:
    """A report, with what the main process must know of it without opening it."""
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
    """Facts of a file that nobody could open."""
    fault = Fault(witness=FILESYSTEM, message=message, keys=_OF_FILES)
    return Facts(faults=(fault,), asked=frozenset({FILESYSTEM}))
