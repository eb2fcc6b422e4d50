"""Entries as they come: what is kept of them, and the one report that is written while the run goes on."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from vidcheck.cli.files import STDOUT, failed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from vidcheck.cli.files import Wanted
    from vidcheck.findings import Decision, EntryReport, Finding, RulesSummary, Verdict
    from vidcheck.session.messages import Finished
    from vidcheck.texts import Readable

STREAMED = "jsonl"


class Streams:
    """The reports that are written entry by entry. A write that fails ends its stream, not the run."""

    def __init__(self, wanted: list[Wanted], tool: dict[str, str], rules: RulesSummary, lang: str) -> None:
        self.failed: list[Readable] = []
        """Which could not be written, and why."""
        self._open: list[tuple[Wanted, BinaryIO]] = []
        self.lang = lang if wanted else None
        """The language of the entries' lines; None where nobody writes any."""
        if not wanted:
            return
        from vidcheck.reports.jsonl import Stream

        self._stream = Stream(tool=tool, rules=rules, lang=lang)
        for one in wanted:
            try:
                target = sys.stdout.buffer if one.path == STDOUT else open(one.path, "wb")  # noqa: PTH123, SIM115 - closed in end
            except OSError as error:
                self.failed.append(failed(one.path, error))
                continue
            self._open.append((one, target))
        self._write(self._stream.start())

    def entry(self, finished: Finished) -> None:
        """One entry, in the report's order."""
        if self._open and finished.verdict is not None:
            self._stream.count(finished.verdict, finished.manual)
            self._write(finished.line)

    def end(self, *, ignored: int, incomplete: bool, batch: Sequence[Finding] = ()) -> None:
        """The last line, which says whether all is there."""
        if self._open:
            self._write(self._stream.end(ignored=ignored, incomplete=incomplete, batch=batch))
        for one, target in self._open:
            try:
                _leave(one, target)
            except OSError as error:  # some shares say only now that there was no room
                self.failed.append(failed(one.path, error))

    def _write(self, line: bytes) -> None:
        for pair in list(self._open):
            one, target = pair
            try:
                target.write(line)
                target.flush()
            except OSError as error:
                self._open.remove(pair)
                if not isinstance(error, BrokenPipeError):
                    self.failed.append(failed(one.path, error))
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
        self.decisions: list[Decision] = []
        self.warned = False
        self.whole = whole

    def take(self, finished: Finished) -> None:
        """One more entry."""
        if finished.verdict is not None:
            self.verdicts.add(finished.verdict)
        self.warned = self.warned or finished.warned
        self.decisions += finished.decisions
        if self.whole:
            self.entries.append(finished.load())
