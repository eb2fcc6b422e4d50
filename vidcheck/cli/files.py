"""Reports to files: asked for as FORMAT:PATH, known to be writable before the run, written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vidcheck import reports
from vidcheck.cli.screen import FullError, abandon, named, reason, unsaid
from vidcheck.texts import listed, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vidcheck.findings import Report
    from vidcheck.texts import Readable

STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One report to be written."""

    format: str
    path: str


class UnclearError(ValueError):
    """What stands for a report can't be understood; `words` say why, in a language."""

    def __init__(self, words: Readable) -> None:
        super().__init__(words.render("en"))
        self.words = words


class UnwritableError(Exception):
    """A report can't be written there; `words` say why, in a language."""

    def __init__(self, words: Readable) -> None:
        super().__init__(words.render("en"))
        self.words = words


def parse(text: str) -> Wanted:
    """`json:out.json`, `json:-`, or a path alone whose extension tells. Raises UnclearError."""
    head, colon, path = text.partition(":")
    if colon and head in reports.FORMATS:
        if not path:
            raise UnclearError(
                say("'{text}' names no path (try \"{format}:-\" for standard output)", text=named(text), format=head)
            )
        return Wanted(head, path)
    guessed = reports.format_for(text)
    if guessed is None:
        raise UnclearError(
            say(
                "'{text}' does not say which format; write FORMAT:PATH with one of {formats}",
                text=named(text),
                formats=listed(reports.FORMATS),
            )
        )
    return Wanted(guessed, text)


def check_writable(wanted: Wanted) -> None:
    """Raises UnwritableError where it is clear beforehand that the report can't be written."""
    if wanted.path == STDOUT:
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


def write(wanted: Wanted, report: Report, lang: str, thumbnails: Mapping[str, bytes] | None = None) -> None:
    """Renders and writes one report. Raises UnwritableError."""
    content = reports.render(wanted.format, report, lang, thumbnails)
    try:
        put(wanted.path, content)
    except FullError as error:
        raise UnwritableError(error.words) from error
    except OSError as error:
        raise UnwritableError(failed(wanted.path, error)) from error


def failed(path: str, error: OSError) -> Readable:
    """Which place could not be written, and why."""
    if path == STDOUT:
        return unsaid(error)
    return say("{path}: {reason}", path=named(path), reason=reason(error))


def put(path: str, content: bytes) -> None:
    """Writes a file whole or not at all: beside it first, then renamed over it.

    OSError as the system raises it; FullError where standard output takes no more.
    """
    if path == STDOUT:
        try:
            sys.stdout.flush()
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            abandon(sys.stdout)  # the reader has gone, which is its own affair
        except OSError as error:
            abandon(sys.stdout)
            raise FullError(unsaid(error)) from error
        return
    target = Path(path)
    if target.exists() and not target.is_file():  # /dev/null, a named pipe: there is nothing to replace
        target.write_bytes(content)
        return
    target = target.resolve()  # through a symlink the file it points to is replaced, not the link
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
