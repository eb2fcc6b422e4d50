"""The screen: language, streams, plain or coloured printing, and messages to people."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from functools import cache
from typing import TYPE_CHECKING

from vidcheck.facts import visible
from vidcheck.texts import LANGUAGES, SOURCE, Plain, Readable, Text, listed, say, system_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    import typer

    from vidcheck.reports.page import Page


def screen_language(asked: str | None) -> str:
    """`--lang`, else what the locale says; English where there are no words in its language."""
    if asked:
        return asked
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            named = re.split("[_.@-]", value.lower(), maxsplit=1)[0]
            return named if named in LANGUAGES else SOURCE
    return SOURCE


@cache
def early_language() -> str:
    """The screen's language before options are read, for help and usage errors: `--lang` among the arguments counts."""
    asked = None
    for word, after in zip(sys.argv[1:], [*sys.argv[2:], ""], strict=False):
        if word == "--":
            break
        if word == "--lang" or word.startswith("--lang="):
            asked = after if word == "--lang" else word.removeprefix("--lang=")
    return screen_language(asked if asked in LANGUAGES else None)


def worded(words: str) -> str:
    """A help text of ours, in the language of the screen; English looks nothing up."""
    return _rendered(words)


def described(command: Callable[..., object] | None) -> str:
    """What a command does, by its docstring, in the language of the screen."""
    import inspect

    return _rendered(inspect.getdoc(command) or "")


def _rendered(words: str) -> str:
    lang = early_language()
    return words if lang == SOURCE else Text(words).render(lang)


def refused(words: Readable, option: str) -> typer.BadParameter:
    """A usage error to be raised: what is wrong with an option or argument."""
    import typer

    return typer.BadParameter(words.render(early_language()), param_hint=option)


def language_option(value: str | None) -> str | None:
    """Refuses a language that there are no words in."""
    import typer

    if value is not None and value not in LANGUAGES:
        words = say(
            "there are no words in '{lang}'; choose from {choices}", lang=named(value), choices=listed(LANGUAGES)
        )
        raise typer.BadParameter(words.render(early_language()))
    return value


class FullError(Exception):
    """The screen takes no more (a full disk behind it); `words` say why, in a language."""

    def __init__(self, words: Readable) -> None:
        super().__init__(words.render("en"))
        self.words = words


def unsaid(error: OSError) -> Readable:
    """That standard output could not be written, and why."""
    return say("standard output can't be written: {reason}", reason=reason(error))


def abandon(stream: TextIO) -> None:
    """What is left to write there goes nowhere, so that the exit stays quiet."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


class Screen:
    """Where people read. A closed pipe is silent, a full disk behind it a FullError.

    Nothing here ever prints markup or an escape of a stranger's.
    """

    def __init__(self, lang: str, *, to_stderr: bool = False) -> None:
        self.lang = lang
        self.stream = sys.stderr if to_stderr else sys.stdout
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")

    @property
    def encoding(self) -> str:
        """What the screen can show."""
        return self.stream.encoding or "utf-8"

    @property
    def coloured(self) -> bool:
        """Whether it is a terminal that may be coloured (no-color.org)."""
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
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
                self.stream.write(page.plain(width()))
            self.stream.flush()

    def line(self, words: Readable | str) -> None:
        """Prints one line of ours."""
        text = words if isinstance(words, str) else words.render(self.lang)
        with self._open(self.stream):
            self.stream.write(text + "\n")
            self.stream.flush()

    def trouble(self, words: Readable | str) -> None:
        """One line on stderr that says what is wrong."""
        text = words if isinstance(words, str) else words.render(self.lang)
        # where stderr is full too there is no place left to say so
        with contextlib.suppress(FullError), self._open(sys.stderr):
            sys.stderr.write(f"vidcheck: {text}\n")
            sys.stderr.flush()

    @contextlib.contextmanager
    def _open(self, stream: TextIO):  # type: ignore[no-untyped-def] # noqa: ANN202
        try:
            yield
        except BrokenPipeError:
            abandon(stream)  # the reader has gone (`| head`)
        except OSError as error:
            abandon(stream)
            raise FullError(unsaid(error)) from error


def width() -> int:
    """The columns of the screen; 80 where there is no telling."""
    import shutil

    return min(max(shutil.get_terminal_size((80, 24)).columns, 40), 120)


def named(path: str) -> Plain:
    """A stranger's path, safe to print."""
    return Plain(visible(path))


def reason(error: OSError) -> Readable:
    """Why the system refused."""
    return system_words(error.strerror) if error.strerror else say("an unknown reason")
