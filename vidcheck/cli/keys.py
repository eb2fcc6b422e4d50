"""What a person types: single keys on a terminal, lines from elsewhere."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.cli.screen import Screen


class Keys:
    """Asks for keys and lines. At the end of the input both raise EOFError."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._lines = typer.get_text_stream("stdin")  # one stream for all: each stream reads ahead in a pipe

    def key(self, question: str) -> str:
        """One key, in lower case: on a terminal without Enter, elsewhere the first character of a line."""
        if not self._lines.isatty():
            return self.line(question).strip().lower()[:1]
        self._write(question)
        pressed = _pressed(self._lines.fileno())
        self._write(f"{pressed if pressed.isprintable() else ''}\n")
        if pressed in {"", "\x04"}:
            raise EOFError
        return pressed.strip().lower()

    def line(self, question: str) -> str:
        """A line."""
        self._write(question)
        line = self._lines.readline()
        if not line:
            self._write("\n")
            raise EOFError
        return line

    def _write(self, text: str) -> None:
        self._screen.stream.write(text)
        self._screen.stream.flush()


def _pressed(terminal: int) -> str:
    """The next key on a terminal; empty at the end of the input. Of a key that sends several characters only the last counts."""
    if sys.platform == "win32":
        import msvcrt

        return msvcrt.getwch()
    with _by_key(terminal):
        first = os.read(terminal, 1)
        lead = first[0] if first else 0
        rest = 3 if lead >= 0xF0 else 2 if lead >= 0xE0 else 1 if lead >= 0xC0 else 0
        if first == b"\x1b":  # an arrow or another special key, which means nothing here
            return "\x1b"
        return (first + b"".join(os.read(terminal, 1) for _ in range(rest))).decode("utf-8", "replace")


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
