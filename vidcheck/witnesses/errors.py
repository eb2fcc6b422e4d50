"""The errors of witnesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidcheck.texts import Readable


class CouldNotLookError(Exception):
    """A witness could not look: the tool is missing, crashed, gave no answer, or not what it prints.

    `message` explains it to people. It contains nothing that differs between runs (a process id, a memory address, a
    file descriptor), because reports must not. `lasting`: the cause is the file, so another look would have the same
    result.
    """

    def __init__(self, message: Readable, *, lasting: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.lasting = lasting

    def __str__(self) -> str:
        return self.message.render("en")

    def __reduce__(self) -> tuple[type[CouldNotLookError], tuple[Readable], dict[str, bool]]:
        return type(self), (self.message,), {"lasting": self.lasting}


class ChangedError(Exception):
    """A remote object has changed since the start."""
