"""The screen: language, streams, plain or coloured printing, messages to people, a progress bar."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from typing import TYPE_CHECKING

from vidcheck.facts import visible
from vidcheck.texts import LANGUAGES, SOURCE, Plain, Readable, say, system_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from vidcheck.reports.page import Page

_FEW = 4  # so few entries are checked faster than a progress bar can be read


def screen_language(asked: str | None) -> str:
    """The language of `--lang`, else of the locale; English if there is no catalogue for it."""
    if asked:
        return asked
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            named = re.split("[_.@-]", value.lower(), maxsplit=1)[0]
            return named if named in LANGUAGES else SOURCE
    return SOURCE


def is_closed() -> bool:
    """Whether standard output was closed when the program started (`>&-`)."""
    return sys.__stdout__ is None


class FullError(Exception):
    """The screen can't be written (a full disk); `words` say why."""

    def __init__(self, words: Readable) -> None:
        super().__init__(words.render("en"))
        self.words = words


def unsaid(error: OSError) -> Readable:
    """The message that standard output could not be written, and why."""
    return say("standard output can't be written: {reason}", reason=reason(error))


def abandon(stream: TextIO) -> None:
    """Redirects a stream to the null device, so that flushing it at exit raises nothing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def inert(text: str) -> str:
    """The text as it goes to the screen: under GitHub Actions no line of it is a workflow command.

    Commands are what `--report github` writes. The runner drops blanks before it looks for `::`, and finds `##[` anywhere in
    a line, so names of files, titles and rules could give it orders.
    """
    if not os.environ.get("GITHUB_ACTIONS"):
        return text
    return re.sub(r"##(?=\[)", r"#\\x23", re.sub(r"^([^\S\n]*):(?=:)", r"\1\\x3a", text, flags=re.MULTILINE))


class Screen:
    """The output for people. A closed pipe is ignored, a full disk raises FullError.

    It never prints markup or escape sequences from other people's text.
    """

    def __init__(self, lang: str, *, to_stderr: bool = False) -> None:
        self.lang = lang
        self.stream = sys.stderr if to_stderr else sys.stdout
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")

    @property
    def encoding(self) -> str:
        """The screen's encoding."""
        return self.stream.encoding or "utf-8"

    @property
    def coloured(self) -> bool:
        """Whether to use colour: it is a terminal, and colour is not disabled (no-color.org)."""
        plain = (
            os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or os.environ.get("GITHUB_ACTIONS")
        )  # no terminal is there, and `inert` knows plain text
        return self.stream.isatty() and not plain

    def page(self, page: Page) -> None:
        """Prints a report."""
        with self._open(self.stream):
            if self.coloured:
                from rich.console import Console

                Console(file=self.stream, soft_wrap=True, highlight=False, markup=False, emoji=False).print(
                    page, soft_wrap=True
                )
            else:
                self.stream.write(inert(page.plain(width())))
            self.stream.flush()

    def line(self, words: Readable | str) -> None:
        """Prints one line."""
        text = words if isinstance(words, str) else words.render(self.lang)
        with self._open(self.stream):
            self.stream.write(inert(text) + "\n")
            self.stream.flush()

    def trouble(self, words: Readable | str) -> None:
        """Prints a problem on stderr."""
        self.note(f"vidcheck: {words if isinstance(words, str) else words.render(self.lang)}")

    def note(self, words: Readable | str) -> None:
        """Prints one line on stderr."""
        text = words if isinstance(words, str) else words.render(self.lang)
        # if stderr is full too, nothing can be reported
        with contextlib.suppress(FullError), self._open(sys.stderr):
            sys.stderr.write(f"{inert(text)}\n")
            sys.stderr.flush()

    @contextlib.contextmanager
    def _open(self, stream: TextIO):  # type: ignore[no-untyped-def] # noqa: ANN202
        try:
            yield
        except BrokenPipeError:
            abandon(stream)  # the reader has closed the pipe (`| head`)
        except OSError as error:
            abandon(stream)
            raise FullError(unsaid(error)) from error


def width() -> int:
    """The columns of the screen; 80 if unknown."""
    import shutil

    return min(max(shutil.get_terminal_size((80, 24)).columns, 40), 120)


def named(path: str) -> Plain:
    """A path, escaped for printing."""
    return Plain(visible(path))


def reason(error: OSError) -> Readable:
    """The system's reason for an error."""
    return system_words(error.strerror) if error.strerror else say("an unknown reason")


@contextlib.contextmanager
def progress(total: int, screen: Screen, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """Gives a function to call after each entry."""
    if quiet or total < _FEW or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(say("checking").render(screen.lang), total=total)
        yield lambda: bar.advance(task)
