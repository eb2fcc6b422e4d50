"""What a person types: single keys on a terminal, lines from elsewhere."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING
from unicodedata import normalize

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.cli.screen import Screen

_SPECIAL = "\x1b"
_SOON = 0.05
"""Seconds within which a terminal sends the rest of a special key."""


class Keys:
    """Asks for keys and lines. At the end of the input both raise EOFError."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._lines = typer.get_text_stream("stdin")  # one stream for all: each stream reads ahead in a pipe

    def key(self, question: str) -> str:
        """One key, in lower case and of normal width: on a terminal without Enter, elsewhere the first character of a line."""
        if not self._lines.isatty():
            return _plain(self.line(question))[:1]
        self._write(question)
        try:
            pressed = _pressed(self._lines.fileno())
        except OSError:  # the terminal's window was closed
            raise EOFError from None
        self._write(f"{pressed if pressed.isprintable() else ''}\n")
        if pressed in {"", "\x04"}:
            raise EOFError
        return _plain(pressed)

    def line(self, question: str) -> str:
        """A line."""
        self._write(question)
        try:
            line = self._lines.readline()
        except OSError:  # the terminal's window was closed
            line = ""
        if not line:
            self._write("\n")
            raise EOFError
        return line

    def _write(self, text: str) -> None:
        self._screen.stream.write(text)
        self._screen.stream.flush()


def _plain(text: str) -> str:
    """A key as it is meant: an input method for Chinese sends `ａ` and `＊` for `a` and `*`."""
    return normalize("NFKC", text).strip().lower()


def _pressed(terminal: int) -> str:
    """The next key on a terminal; empty at the end of the input, ESC for each arrow and other special key."""
    if sys.platform == "win32":
        import msvcrt

        pressed = msvcrt.getwch()
        if pressed in {"\x00", "\xe0"}:  # a special key, whose second half is a letter
            msvcrt.getwch()
            return _SPECIAL
        return pressed
    with _by_key(terminal):
        first = os.read(terminal, 1)
        lead = first[0] if first else 0
        rest = 3 if lead >= 0xF0 else 2 if lead >= 0xE0 else 1 if lead >= 0xC0 else 0
        if first == _SPECIAL.encode():
            _rest_of_special(terminal)
            return _SPECIAL
        return (first + b"".join(os.read(terminal, 1) for _ in range(rest))).decode("utf-8", "replace")


def _rest_of_special(terminal: int) -> None:
    """Reads what follows ESC: an arrow is `ESC [ A`, whose last letter is no answer. ESC alone is followed by nothing."""
    import select

    def following() -> bytes:
        there, _, _ = select.select([terminal], [], [], _SOON)
        return os.read(terminal, 1) if there else b""

    lead = following()
    if lead == b"O":
        following()
    elif lead == b"[":
        while (sign := following()) and not b"@" <= sign <= b"~":
            pass


@contextmanager
def _by_key(terminal: int) -> Iterator[None]:
    """A context in which the terminal gives each key at once and does not show it; Ctrl-C still interrupts."""
    import termios
    import tty

    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal, termios.TCSADRAIN)
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
