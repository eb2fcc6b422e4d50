"""What a worker takes from the cache's rows of a file, and which rows it brings back for later runs.

Facts that hang on the file's name or its status are read anew each time; of the others a row counts only where the
open file's device, inode, size and both times are those of the file that was looked at, and the same versions of
vidcheck and of the witness would look again. A file's change time can't be put back, as its modification time can.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from vidcheck import __version__
from vidcheck.facts import FILESYSTEM, Facts
from vidcheck.session.messages import Row
from vidcheck.vocabulary import CHECKSUM
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidcheck.facts import Fact, Fault
    from vidcheck.session.messages import Assignment, Identity


def identity_of(status: os.stat_result) -> Identity:
    """Which file that is, with which content."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


class Recall:
    """What is remembered of one entry."""

    def __init__(self, given: Assignment, settled: int | None) -> None:
        self.damaged = False
        """Whether a row could not be understood."""
        self._identity = given.identity
        self._known = {row.asked: row for row in given.rows}
        self._settled = settled
        self._new: list[Row] = []
        self._lasting = True

    def facts(self, identity: Identity, asked: Sequence[str], form: str = "") -> Facts | None:
        """What all of these would say; None where one of them has to look. `form` is the format that they were given."""
        if not self._known or identity != self._identity:
            return None
        rows = [self._known.get(name) for name in asked]
        told = Facts()
        for row in rows:
            if row is None or row.tools != _tools(row.asked, form):
                return None
        from vidcheck.storage.encoding import UndecodableError, decode

        for row in filter(None, rows):
            try:
                facts, faults = decode(row.words)
            except UndecodableError:
                self.damaged, self._known = True, {}
                return None
            witness = FILESYSTEM if row.asked == CHECKSUM.name else row.asked
            told = told.joined(Facts(facts=facts, faults=faults, asked=frozenset({witness})))
        return told

    def keep(self, asked: str, facts: Sequence[Fact], faults: Sequence[Fault], form: str) -> None:
        """One witness has looked, and would say the same of the same file again."""
        if self._settled is None or not self._identity or asked == FILESYSTEM:
            return
        tools = _tools(asked, form)
        if tools is None:
            self.spoil()
            return
        from vidcheck.storage.encoding import UnencodableError, encode

        try:
            self._new.append(Row(asked, tools, encode(facts, faults)))
        except UnencodableError:
            self.spoil()

    def spoil(self) -> None:
        """A fault that the next look may be spared: nothing is remembered of this one."""
        self._lasting = False

    def rows(self, identity: Identity, opened: int) -> tuple[Row, ...]:
        """What is to be remembered of the file, which was opened at that time; nothing of one that may still change."""
        if self._settled is None or not self._lasting or not identity or identity != self._identity:
            return ()
        *_, modified, changed = identity
        return tuple(self._new) if opened - max(modified, changed) >= self._settled else ()


def _tools(asked: str, form: str) -> str | None:
    """The versions of all that have a part in an answer; None where there is no telling, so that it isn't remembered."""
    if asked == CHECKSUM.name or registry.witness(asked).own:
        return vidcheck()
    version = registry.version(asked)
    return f"{vidcheck()}; {asked} {version}; {form}" if version else None


@cache
def vidcheck() -> str:
    """The version of vidcheck that runs, and when its modules were written, for a version is no more than a promise."""
    newest = total = 0
    package = Path(__file__).parent.parent
    for folder in (package, package / "quantities", package / "session", *_folders(package / "witnesses")):
        with os.scandir(folder) as rows:
            for row in rows:
                if row.name.endswith(".py"):
                    status = row.stat()
                    newest, total = max(newest, status.st_mtime_ns), total + status.st_size
    return f"vidcheck {__version__} {newest} {total}"


def _folders(root: Path) -> list[Path]:
    return [root, *(Path(row.path) for row in os.scandir(root) if row.is_dir())]
