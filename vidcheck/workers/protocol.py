"""What the run asks of those who do its work: local processes and a cluster differ behind this, and nowhere else."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from vidcheck.texts import Readable


class Pool(Protocol):
    """Workers under isolation, wherever they are."""

    def submit(self, function: Callable[..., Any], *args: Any, deadline: float, place: str = "") -> Future[Any]:
        """Runs a function in a worker; after `deadline` seconds of its running the future has a TimeoutError.

        `place` is the scheme of the address of a remote entry, which other workers look at than those of local files.
        An error has an attribute `stage`: the last one that the worker noted (`stages`); None where nobody knows.
        """

    def versions(self) -> dict[str, str]:
        """The versions of the libraries that workers ask; none of one that is missing."""

    def programs(self) -> dict[str, str]:
        """The versions of the programs that workers can ask; empty where one doesn't say."""

    def stop(self) -> None:
        """Ends all work without waiting for it."""


class LostTwiceError(BrokenExecutor):
    """A worker was lost with this order for the second time: it is not sent out again."""


class StoppedError(Exception):
    """No worker can be reached any more, or none is fit for the work. `words` say why, in a language."""

    def __init__(self, words: Readable) -> None:
        super().__init__(words.render("en"))
        self.words = words
