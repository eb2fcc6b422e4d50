"""The interface of workers. Local processes and a cluster both implement it."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from vidcheck.texts import Readable


class Pool(Protocol):
    """Isolated workers, local or remote."""

    together: int
    """The most entries that are sent in one task."""

    def submit(self, function: Callable[..., Any], *args: Any, deadline: float, place: str = "") -> Future[Any]:
        """Runs a function in a worker; if it runs for more than `deadline` seconds, the future raises TimeoutError.

        `place` is the scheme of a remote entry's address. Remote entries have workers of their own.
        An error has the attributes `number`, of the entry among those of the task, and `stage`: the last that the worker
        noted (`stages`), or None.
        """

    def versions(self) -> dict[str, str]:
        """The versions of the libraries that workers use, without those that are missing."""

    def programs(self) -> dict[str, str]:
        """The versions of the programs that workers can ask; empty if one doesn't say."""

    def stop(self) -> None:
        """Stops all work without waiting for it."""


class LostTwiceError(BrokenExecutor):
    """A worker was lost with this job for the second time, so it is not sent again."""


class StoppedError(Exception):
    """No worker can be reached, or a worker is unfit. `words` say why."""

    def __init__(self, words: Readable) -> None:
        super().__init__(words.render("en"))
        self.words = words
