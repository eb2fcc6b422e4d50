"""The interface of workers. Local processes and a cluster both implement it."""

from __future__ import annotations

import errno
import sys
from concurrent.futures import BrokenExecutor
from typing import TYPE_CHECKING, Any, Protocol, Self

from vidcheck.facts import visible
from vidcheck.texts import Plain, say, system_words

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


class NoWorkerError(StoppedError):
    """No worker process can be started on this machine: too few files may be open, or locks can't be shared."""

    @classmethod
    def of(cls, error: BaseException) -> Self:
        """The error for what the system said."""
        number = getattr(error, "errno", None)
        if number in {errno.EMFILE, errno.ENFILE}:
            return cls(say("no worker process can be started: too few files may be open at once (see `ulimit -n`)"))
        said = getattr(error, "strerror", None)
        why = system_words(said) if said else Plain(visible(str(error) or type(error).__name__))
        if number in {errno.EROFS, errno.ENOENT, errno.EACCES, errno.ENOSPC, errno.ENOSYS} and sys.platform == "linux":
            return cls(say("no worker process can be started: locks can't be shared in /dev/shm: {reason}", reason=why))
        return cls(say("no worker process can be started: {reason}", reason=why))
