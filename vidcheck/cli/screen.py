"""The screen: language, streams, plain or coloured printing, messages to people, a progress bar."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from vidcheck.facts import visible
from vidcheck.texts import LANGUAGES, SOURCE, Plain, Readable, say, system_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from rich.console import RenderableType

    from vidcheck.reports.page import Page

_SOON = 0.5  # seconds after which a bar appears: what is done sooner needs none
_GB = 10**9


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
        """Prints a report, its commands quoted for the shell at hand."""
        from vidcheck.cli.shells import for_the_shell

        page = for_the_shell(page)
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


class Bar(Protocol):
    """A bar on the screen."""

    def stop(self) -> None:
        """Removes it."""


Film = tuple[float, float]


def _no_film() -> Film:
    return 0.0, 0.0


class Progress:
    """How far a command is: entries, then the bytes of files that are compared.

    Its methods are called as work is done; the bar on the screen asks for `state` several times a second.
    """

    def __init__(
        self, words: Readable, total: int, bytes_read: Callable[[], int] = int, film: Callable[[], Film] = _no_film
    ) -> None:
        """`words` say what is done to `total` entries.

        `film` says how many seconds of film are decoded, and how many the films have that were begun.

        `bytes_read` says how many bytes workers have read so far of files that are read whole.
        """
        self._bytes_read = bytes_read
        self._film = film
        self._before = 0
        self._state = State(words, 0, total)

    @property
    def state(self) -> State:
        """What is done now."""
        state, read = self._state, self._bytes_read() - self._before
        if state.is_bytes:
            return replace(state, done=min(max(state.done, read), state.total))
        return replace(state, read=read, film=self._film())

    def entry(self) -> None:
        """One more entry is done."""
        self._state = replace(self._state, done=self._state.done + 1)

    def comparing(self, done: int, total: int) -> None:
        """So many bytes of files that are compared are read."""
        if not self._state.is_bytes:
            self._before = self._bytes_read()
        self._state = State(say("comparing files"), done, total, is_bytes=True)


@dataclass(frozen=True, slots=True)
class State:
    """What is done of a stage."""

    words: Readable
    done: int
    total: int
    is_bytes: bool = False
    """Whether bytes are counted."""
    read: int = 0
    """How many bytes were read beside what is counted: films that are read whole for their checksum."""
    film: Film = (0.0, 0.0)
    """How many seconds of film are decoded, and how many the films have that were begun."""

    @property
    def part(self) -> float:
        """What is done, with the parts of films that are being decoded."""
        done, begun = self.film
        if self.is_bytes or not begun:
            return self.done
        open_ = min(self.total, self.done + 1)
        return max(float(self.done), min(float(self.total), open_ * done / begun))

    @property
    def figures(self) -> str:
        """What is done: `3/60`, `3/60 · 1.2 GB`, `0.4/8.1 GB`."""
        if self.is_bytes:
            return f"{self.done / _GB:.1f}/{self.total / _GB:.1f} GB"
        film = f" · {self.film[0] / 60:.1f} min" if self.film[0] else ""
        return f"{self.done}/{self.total}" + (f" · {self.read / _GB:.1f} GB" if self.read else "") + film


@contextlib.contextmanager
def progress(
    words: Readable,
    total: int,
    screen: Screen,
    *,
    quiet: bool = False,
    bytes_read: Callable[[], int] = int,
    film: Callable[[], Film] = _no_film,
) -> Iterator[Progress]:
    """Gives the object that hears of the progress. A bar shows it on a terminal, if the command takes a moment."""
    heard = Progress(words, total, bytes_read, film)
    if quiet or not sys.stderr.isatty():
        yield heard
        return
    from threading import Lock, Timer

    lock, bars, ended = Lock(), list[Bar](), False

    def begin() -> None:
        with lock:
            if not ended:
                bars.append(_bar(heard, screen.lang))

    timer = Timer(_SOON, begin)
    timer.daemon = True
    timer.start()
    try:
        yield heard
    finally:
        timer.cancel()
        with lock:
            ended = True
            for bar in bars:
                bar.stop()


def _bar(heard: Progress, lang: str) -> Bar:
    """A bar that shows the progress on the terminal, and asks for it several times a second."""
    from rich.console import Console
    from rich.live import Live
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Rows

    console = Console(stderr=True)
    figures = TextColumn("{task.fields[figures]}")
    rows = Rows(
        TextColumn("{task.description}"), BarColumn(), figures, TimeRemainingColumn(), console=console, auto_refresh=False
    )  # fmt: skip

    def drawn() -> RenderableType:
        state = heard.state
        words = state.words.render(lang)
        if not rows.tasks or rows.tasks[0].description != words:  # another stage begins, with a pace of its own
            for old in rows.task_ids:
                rows.remove_task(old)
            rows.add_task(words, total=state.total, figures="")
        rows.update(rows.task_ids[0], completed=state.part, total=state.total, figures=state.figures)
        return rows.get_renderable()

    bar = Live(get_renderable=drawn, console=console, transient=True)
    bar.start()
    return bar
