"""A worker's use of the cache: which rows of a file it uses, and which it returns for later runs.

Facts of the file's name and status are read again each time. A row of other facts counts only if the open file's
device, inode, size and both times are the same, and the versions of vidcheck and of the witness too. Unlike the
modification time, a file's change time can't be set back.
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
    """The identity of a file and its content."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


class Recall:
    """The cached facts of one entry."""

    def __init__(self, given: Assignment, settled: int | None) -> None:
        self.damaged = False
        """Whether a row could not be understood."""
        self._identity = given.identity
        self._known = {row.asked: row for row in given.rows}
        self._settled = settled
        self._new: list[Row] = []
        self._lasting = True

    def facts(self, identity: Identity, asked: Sequence[str], form: str = "") -> Facts | None:
        """The facts of all these witnesses; None if one of them has to look.

        `form` is what they were given: the format, and the words of an order.
        """
        if not self._known or identity != self._identity:
            return None
        rows = [self._row(name, form) for name in asked]
        known = Facts()
        if None in rows:
            return None
        from vidcheck.storage.encoding import UndecodableError, decode

        for name, row in zip(asked, filter(None, rows), strict=True):
            try:
                facts, faults = decode(row.words)
            except UndecodableError:
                self.damaged, self._known = True, {}
                return None
            witness = FILESYSTEM if name == CHECKSUM.name else name
            known = known.joined(Facts(facts=facts, faults=faults, asked=frozenset({witness})))
        return known

    def _row(self, asked: str, form: str) -> Row | None:
        """The row that answers what is asked of a witness, by the same versions.

        It may answer more: an order is a set of words, and those of `form` are among its own.
        """
        for row in self._known.values():
            name, _, given = row.asked.partition(" ")
            given = given or form
            if name == asked and set(form.split()) <= set(given.split()) and row.tools == _tools(asked, given):
                return row
        return None

    def keep(self, asked: str, facts: Sequence[Fact], faults: Sequence[Fault], form: str) -> None:
        """Adds the results of a witness, which would be the same for the same file."""
        if self._settled is None or not self._identity or asked == FILESYSTEM:
            return
        tools = _tools(asked, form)
        if tools is None:
            self.spoil()
            return
        from vidcheck.storage.encoding import UnencodableError, encode

        try:
            self._new.append(Row(_place(asked, form), tools, encode(facts, faults)))
        except UnencodableError:
            self.spoil()

    def spoil(self) -> None:
        """Discards everything after a fault that may not happen again."""
        self._lasting = False

    def rows(self, identity: Identity, opened: int) -> tuple[Row, ...]:
        """The rows to store of the file, which was opened at that time; none if it may still be changing."""
        if self._settled is None or not self._lasting or not identity or identity != self._identity:
            return ()
        *_, modified, changed = identity
        return tuple(self._new) if opened - max(modified, changed) >= self._settled else ()


def _place(asked: str, form: str) -> str:
    """The name of a row. A witness that is given orders has one for each of them."""
    return f"{asked} {form}" if " " in form else asked


def _tools(asked: str, form: str) -> str | None:
    """The versions that an answer depends on; None if one is unknown, so that the answer isn't stored."""
    if asked == CHECKSUM.name or registry.witness(asked).own:
        return vidcheck()
    version = registry.version(asked)
    return f"{vidcheck()}; {asked} {version}; {form}" if version else None


@cache
def vidcheck() -> str:
    """The running version of vidcheck and the time of its modules, because code may change without a new version."""
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
