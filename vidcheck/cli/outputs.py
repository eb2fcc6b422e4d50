"""Writes a command's outputs: reports, after checking that they can be written, a page on the screen, and errors.

Reports are requested as FORMAT:PATH. JSON Lines are written during the run, every other report atomically at its end.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from vidcheck import reports
from vidcheck.cli import exits
from vidcheck.cli.i18n import refused
from vidcheck.cli.screen import FullError, Screen, abandon, inert, is_closed, named, reason, unsaid
from vidcheck.texts import SOURCE, listed, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date
    from typing import BinaryIO

    from vidcheck.findings import Decision, EntryReport, Finding, Report, RulesSummary, Verdict
    from vidcheck.session.messages import Finished
    from vidcheck.session.session import Session
    from vidcheck.sources.targets import Found
    from vidcheck.texts import Readable

STDOUT = "-"
_READ = frozenset({"text", "markdown"})
"""The formats that people read as they are: on standard output they are the screen's text."""
_TEXTS = frozenset({".csv", ".tsv", ".txt", ".tab"})
_RECORDS = frozenset({".json", ".yaml", ".yml"})
_CLOSED = say("standard output can't be written: it is closed")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One report to be written."""

    format: str
    path: str

    @property
    def streamed(self) -> bool:
        """Whether it is written entry by entry during the run."""
        return reports.FORMATS[self.format].streamed


def wanted_reports(texts: list[str]) -> list[Wanted]:
    """The reports that `--report` requests; a usage error if one is unclear."""
    wanted = [_wanted(text) for text in texts]
    if sum(one.path == STDOUT for one in wanted) > 1:
        raise refused(say("only one report can go to standard output"), "--report")
    return wanted


def writable(wanted: list[Wanted], screen: Screen, manifest: str | None = None, option: str = "--report") -> None:
    """Exits if it is known beforehand that a report can't be written. `option` is the one that names their paths."""
    for one in wanted:
        if reports.FORMATS[one.format].of_manifest:
            _check_manifest(one, manifest, option)
        try:
            reports.check_available(one.format)
            _check_writable(one)
        except reports.MissingExtraError as error:
            screen.trouble(error.words)
            raise typer.Exit(exits.USAGE) from None
        except UnwritableError as error:
            screen.trouble(say("the report can't be written: {reason}", reason=error.words))
            raise typer.Exit(exits.UNWRITTEN) from None


def apart(wanted: list[Wanted], read: list[str], screen: Screen) -> None:
    """Exits if a report would overwrite an input or another report."""
    devices = [one for one in wanted if Path(one.path).exists() and not Path(one.path).is_file()]
    files = [one for one in wanted if one.path != STDOUT and one not in devices]  # /dev/null may be named twice
    taken = {os.path.realpath(path) for path in read if path} if files else set()
    for one in files:
        real = os.path.realpath(one.path)
        if real in taken:
            screen.trouble(
                say("{path} is an entry, the rules or another report: name another place", path=named(one.path))
            )
            raise typer.Exit(exits.USAGE)
        taken.add(real)


class UnwritableError(Exception):
    """A report can't be written; `words` say why."""

    def __init__(self, words: Readable) -> None:
        super().__init__(words.render("en"))
        self.words = words


def _wanted(text: str) -> Wanted:
    """Parses `json:out.json`, `json:-`, or a path with a known extension. Raises BadParameter."""
    head, colon, path = text.partition(":")
    if colon and head in reports.FORMATS:
        if not path:
            words = say(
                "'{text}' names no path (try \"{format}:-\" for standard output)", text=named(text), format=head
            )
            raise refused(words, "--report")
        return Wanted(head, path)
    guessed = reports.format_for(text)
    if guessed is None:
        words = say(
            "'{text}' does not say which format; write FORMAT:PATH with one of {formats}",
            text=named(text),
            formats=listed(reports.FORMATS),
        )
        raise refused(words, "--report")
    return Wanted(guessed, text)


def _check_writable(wanted: Wanted) -> None:
    """Raises UnwritableError if it is known beforehand that the report can't be written."""
    if wanted.path == STDOUT:
        if is_closed():
            raise UnwritableError(_CLOSED)
        return
    target = Path(wanted.path)
    if target.is_dir():
        raise UnwritableError(say("{path} is a folder", path=named(wanted.path)))
    if target.exists() and not target.is_file() and not target.is_char_device() and not target.is_fifo():
        raise UnwritableError(say("{path} is no regular file", path=named(wanted.path)))
    if not target.parent.is_dir():
        raise UnwritableError(say("there is no folder {path}", path=named(str(target.parent))))
    if not os.access(target.parent if not target.exists() or target.is_file() else target, os.W_OK):
        raise UnwritableError(say("{path} may not be written", path=named(str(target.parent))))


def _check_manifest(wanted: Wanted, manifest: str | None, option: str) -> None:
    """Raises BadParameter if the report can't be made of that manifest, or if its name says another kind of file."""
    if manifest is None:
        words = say("the table report writes into your own table: name it with --manifest")
        raise refused(words, "--manifest")
    kind, given = Path(wanted.path).suffix.lower(), Path(manifest).suffix.lower()
    if given in _RECORDS:
        words = say(
            "{path} has no rows and columns to write into: keep the manifest as .xlsx or .csv", path=named(manifest)
        )
        raise refused(words, "--manifest")
    if kind != given and kind and not {kind, given} <= _TEXTS:
        words = say(
            "the table comes back as what it is, a {given} file: name it {name}",
            given=given, name=named(str(Path(wanted.path).with_suffix(given))),
        )  # fmt: skip
        raise refused(words, option)


def pictured(wanted: Iterable[Wanted]) -> bool:
    """Whether one of the reports shows pictures."""
    return any(reports.FORMATS[one.format].pictures for one in wanted)


def language_of(name: str, asked: str | None, screen: Screen) -> str:
    """The language of a report: the one that was asked for, else the screen's for people and English for programs."""
    return asked or (screen.lang if reports.FORMATS[name].of_people else SOURCE)


def _write(wanted: Wanted, report: Report, lang: str) -> None:
    """Renders and writes one report. Raises UnwritableError."""
    folder = None if wanted.path == STDOUT else str(Path(wanted.path).parent)
    _write_rendered(wanted, lambda: reports.render(wanted.format, report, lang, folder))


def _write_rendered(wanted: Wanted, render: Callable[[], bytes]) -> None:
    """Writes what `render` makes. Raises UnwritableError."""
    try:
        content = render()
    except reports.NotRenderedError as error:
        raise UnwritableError(error.words) from error
    if wanted.path == STDOUT and wanted.format in _READ:
        content = inert(content.decode()).encode()
    try:
        put(wanted.path, content)
    except FullError as error:
        raise UnwritableError(error.words) from error
    except OSError as error:
        raise UnwritableError(_failed(wanted.path, error)) from error


def _failed(path: str, error: OSError) -> Readable:
    """The message which file could not be written, and why."""
    if path == STDOUT:
        return unsaid(error)
    return say("{path}: {reason}", path=named(path), reason=reason(error))


def put(path: str, content: bytes) -> None:
    """Writes a file atomically: to a temporary file beside it, which then replaces it.

    Raises OSError, and FullError if standard output can't be written.
    """
    if path == STDOUT:
        if is_closed():
            raise FullError(_CLOSED)
        try:
            sys.stdout.flush()
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            abandon(sys.stdout)  # the reader has closed the pipe, which is not an error
        except OSError as error:
            abandon(sys.stdout)
            raise FullError(unsaid(error)) from error
        return
    target = Path(path)
    if target.exists() and not target.is_file():  # /dev/null, a named pipe: there is nothing to replace
        target.write_bytes(content)
        return
    target = target.resolve()  # replaces the target of a symlink, not the link
    handle, beside = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        Path(beside).replace(target)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


class Streams:
    """The reports that are written entry by entry. A failed write ends its stream, not the run."""

    def __init__(self, wanted: list[Wanted], tool: dict[str, str], day: date, rules: RulesSummary, lang: str) -> None:
        self.failed: list[Readable] = []
        """The messages which reports could not be written, and why."""
        self._open: list[tuple[Wanted, BinaryIO]] = []
        self.lang = lang if wanted else None
        """The language of the entries' lines; None if none are written."""
        if not wanted:
            return
        from vidcheck.reports.jsonl import Stream

        self._stream = Stream(tool=tool, day=day, rules=rules, lang=lang)
        for one in wanted:
            try:
                target = sys.stdout.buffer if one.path == STDOUT else open(one.path, "wb")  # noqa: PTH123, SIM115 - closed in end
            except OSError as error:
                self.failed.append(_failed(one.path, error))
                continue
            self._open.append((one, target))
        self._write(self._stream.start())

    def entry(self, finished: Finished) -> None:
        """One entry, in the report's order."""
        if self._open and finished.verdict is not None:
            self._stream.count(finished.verdict, finished.manual)
            self._write(finished.line)

    def end(self, found: Found, *, incomplete: bool, batch: Sequence[Finding] = ()) -> None:
        """Writes the last line, which says whether entries are missing."""
        if self._open:
            ignored, columns = found.ignored, found.unread_columns
            self._write(self._stream.end(ignored=ignored, unread_columns=columns, incomplete=incomplete, batch=batch))
        for one, target in self._open:
            try:
                _leave(one, target)
            except OSError as error:  # some network shares report only now that there is no room
                self.failed.append(_failed(one.path, error))

    def _write(self, line: bytes) -> None:
        for pair in list(self._open):
            one, target = pair
            try:
                target.write(line)
                target.flush()
            except OSError as error:
                self._open.remove(pair)
                if not isinstance(error, BrokenPipeError):
                    self.failed.append(_failed(one.path, error))
                with suppress(OSError):  # closing writes the rest again
                    _leave(one, target)


def _leave(one: Wanted, target: BinaryIO) -> None:
    if one.path != STDOUT:
        target.close()


class Kept:
    """What the end of a run needs of its entries: all of them if a report needs them, else the verdicts."""

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


def shown(report: Report, screen: Screen, *, all_findings: bool, statistics: bool) -> list[Readable]:
    """Shows the report on the screen. Returns errors instead of raising, because files must still be written."""
    from vidcheck.reports import text

    page = text.page(
        report, lang=screen.lang, all_findings=all_findings, statistics=statistics, encoding=screen.encoding
    )
    try:
        screen.page(page)
    except FullError as error:
        return [error.words]
    return []


def report_troubles(troubles: Sequence[Readable], screen: Screen, code: int) -> int:
    """Prints what could not be written."""
    for words in troubles:
        screen.trouble(words)
    return exits.UNWRITTEN if troubles else code


def write_reports(wanted: list[Wanted], report: Report, lang: str | None, screen: Screen, code: int) -> int:
    """Writes the files; returns the exit code, which changes if some could not be written."""
    for one in wanted:
        try:
            _write(one, report, language_of(one.format, lang, screen))
        except UnwritableError as error:
            screen.trouble(say("the report can't be written: {reason}", reason=error.words))
            code = exits.UNWRITTEN
    return code


def put_report(wanted: Wanted, render: Callable[[], bytes], screen: Screen) -> bool:
    """Writes one report that `render` makes; False if it could not be written, which is printed."""
    try:
        _write_rendered(wanted, render)
    except UnwritableError as error:
        screen.trouble(say("the report can't be written: {reason}", reason=error.words))
        return False
    return True


def report_cache(session: Session, screen: Screen) -> None:
    """Prints why the cache is not used, if one was wanted."""
    if session.memory is not None and session.memory.cache.trouble is not None:
        where = named(str(session.memory.cache.where))
        reason = session.memory.cache.trouble
        screen.trouble(say("the cache {path} is not used: {reason}", path=where, reason=reason))


def report_errors(session: Session, screen: Screen, code: int) -> int:
    """Prints errors inside vidcheck."""
    for trouble in dict.fromkeys(session.internal):
        screen.trouble(say("an error inside vidcheck: {error}", error=named(trouble)))
    return exits.INTERNAL if session.internal else code
