"""What a witness raises when it could not look."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidcheck.texts import Readable


class CouldNotLookError(Exception):
    """A witness could not look: the tool is missing, crashed, gave no answer, or not what it prints.

    `message` says so to people. It never holds anything that differs from run to run (a process id, a memory
    address, the number of a file descriptor), for a report must not. `lasting`: it is the file that is at fault, so
    that looking again would come to the same.
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
    """A remote object is another one than it was at the start."""
