"""Entries as they come: what is kept of them, and the one report that is written while the run goes on."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from vidcheck.cli.files import STDOUT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from vidcheck.cli.files import Wanted
    from vidcheck.findings import EntryReport, Finding, RulesSummary, Verdict

STREAMED = "jsonl"


class Streams:
    """The reports that are written entry by entry. A write that fails ends its stream, not the run."""

    def __init__(self, wanted: list[Wanted], tool: dict[str, str], rules: RulesSummary, lang: str) -> None:
        self.failed: list[str] = []
        self._open: list[tuple[Wanted, BinaryIO]] = []
        if not wanted:
            return
        from vidcheck.reports.jsonl import Stream

        self._stream = Stream(tool=tool, rules=rules, lang=lang)
        for one in wanted:
            try:
                target = sys.stdout.buffer if one.path == STDOUT else open(one.path, "wb")  # noqa: PTH123, SIM115 - closed in end
            except OSError as error:
                self.failed.append(f"{one.path}: {error.strerror or error}")
                continue
            self._open.append((one, target))
        self._write(self._stream.start())

    def entry(self, report: EntryReport) -> None:
        """One entry, in the report's order."""
        if self._open:
            self._write(self._stream.entry(report))

    def end(self, *, ignored: int, incomplete: bool, batch: Sequence[Finding] = ()) -> None:
        """The last line, which says whether all is there."""
        if self._open:
            self._write(self._stream.end(ignored=ignored, incomplete=incomplete, batch=batch))
        for one, target in self._open:
            try:
                _leave(one, target)
            except OSError as error:  # some shares say only now that there was no room
                self.failed.append(f"{one.path}: {error.strerror or error}")

    def _write(self, line: bytes) -> None:
        for pair in list(self._open):
            one, target = pair
            try:
                target.write(line)
                target.flush()
            except OSError as error:
                self._open.remove(pair)
                if not isinstance(error, BrokenPipeError):
                    self.failed.append(f"{one.path}: {error.strerror or error}")
                with suppress(OSError):  # what could not be written is tried once more
                    _leave(one, target)


def _leave(one: Wanted, target: BinaryIO) -> None:
    if one.path != STDOUT:
        target.close()


class Kept:
    """What the end of a run needs to know of its entries: all of them where a report tells them, else the verdicts."""

    def __init__(self, *, whole: bool) -> None:
        self.entries: list[EntryReport] = []
        self.verdicts: set[Verdict] = set()
        self.warned = False
        self._whole = whole

    def take(self, report: EntryReport) -> None:
        """One more entry."""
        self.verdicts.add(report.verdict)
        self.warned = self.warned or bool(report.warned)
        if self._whole:
            self.entries.append(report)
