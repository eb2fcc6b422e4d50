"""Signals that end a command: Ctrl-C, SIGTERM, SIGHUP."""

from __future__ import annotations

import os
import signal
from time import monotonic
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import FrameType, TracebackType

CODES = {
    getattr(signal, name): 128 + number
    for name, number in (("SIGHUP", 1), ("SIGINT", 2), ("SIGTERM", 15))
    if hasattr(signal, name)  # Windows has no SIGHUP
}
"""The exit codes by signal."""
_TOGETHER = 2.0
"""Seconds after the first signal in which others change nothing.

People press Ctrl-C twice, and a closing terminal or `timeout` signals the whole process group and then the process.
A later signal ends the process at once, because a report may go to a pipe that nobody reads.
"""


class Interrupted(BaseException):
    """A signal has asked the run to end."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Signals:
    """A context in which the first signal raises Interrupted, unless signals are held: then it is recorded only.

    A signal that is ignored (`nohup`) stays ignored.
    """

    _early: Signals | None = None
    """The context that holds signals from the start of the process on."""

    def __init__(self) -> None:
        self.code: int | None = None
        """The exit code of the first signal; None if none has come."""
        self._first = 0.0
        self._raising = True
        self._before: dict[int, object] = {}

    @classmethod
    def begin_early(cls) -> None:
        """Holds signals from now on, while the command line is loaded, so that `held` doesn't miss one."""
        cls._early = cls()
        cls._early.hold()
        cls._early.__enter__()

    @classmethod
    def held(cls) -> Signals:
        """A context in which signals are held from its beginning, with what has come since `begin_early`."""
        signals, cls._early = cls._early or cls(), None
        signals.hold()
        return signals

    def __enter__(self) -> Self:
        if self._before:
            return self
        for number in CODES:
            if (before := signal.getsignal(number)) is not signal.SIG_IGN:
                self._before[number] = before
                signal.signal(number, self._come)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)  # type: ignore[arg-type] # what getsignal returned

    def hold(self) -> None:
        """From now on signals raise nothing, because reports are being written."""
        self._raising = False

    def resume(self) -> None:
        """From now on the first signal raises Interrupted again; raises it if one has come meanwhile."""
        self._raising = True
        self.look()

    def look(self) -> None:
        """Raises Interrupted if a signal has come: Python drops exceptions that a finalizer raises."""
        if self.code is not None:
            raise Interrupted(self.code)

    def _come(self, number: int, _frame: FrameType | None) -> None:
        if self.code is None:
            self.code, self._first = CODES[number], monotonic()
            if self._raising:
                self._raising = False
                raise Interrupted(self.code)
        elif monotonic() - self._first > _TOGETHER:
            os._exit(self.code)
