"""Sending entries to workers, and taking them back in order, whatever befalls the workers.

An entry makes one trip. Where its worker is lost, it is sent again without what the worker was at: a foreign parser
that hangs or crashes on one file is then that parser's fault, and an attachment is one that can't be read. Where the
worker was at something that can't be left out, it is sent once more as it was, and then reported as unreadable.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, wait
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from vidcheck.session import tasks
from vidcheck.session.messages import FOREIGN, LOST, OPENING, is_spared, stage_of
from vidcheck.texts import Plain, say
from vidcheck.workers import stages
from vidcheck.workers.protocol import LostTwiceError, StoppedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future

    from vidcheck.session.messages import Assignment, Finished, Packed
    from vidcheck.texts import Readable
    from vidcheck.workers.protocol import Pool

_AHEAD = 4  # entries under way for each worker
_PATIENCE = 2  # times that an entry is sent to a stage that can't be left out
_GRACE = 30.0  # seconds that a task has beyond those of its stages
_AWAY = 20.0  # seconds that a remote entry's worker has beyond the entry's own deadline, for what it must load first


class Dispatch:
    """Sends the entries of one run."""

    def __init__(self, pool: Pool, setup: Packed, *, count: int, timeout: float, internal: list[str]) -> None:
        """`internal` is where it notes what went wrong inside vidcheck itself."""
        self._pool = pool
        self._setup = setup
        self._width = count * _AHEAD
        self._timeout = timeout
        self._internal = internal

    def run(self, coming: Iterable[Assignment]) -> Iterator[Finished]:
        """The entries, finished, in order. Raises StoppedError where no worker can be reached any more."""
        every = iter(coming)
        line: deque[_Sent] = deque()
        under_way: dict[Future[Finished], _Sent] = {}
        while True:
            for given in islice(every, max(0, self._width - len(line))):
                sent = _Sent(given)
                line.append(sent)
                under_way[self._send(given)] = sent
            if not line:
                return
            while line and line[0].finished is not None:
                yield line.popleft().finished  # type: ignore[misc] # it was asked for a line above
            if line and under_way:
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    sent = under_way.pop(future)
                    self._take(sent, future)
                    if sent.finished is None:
                        under_way[self._send(sent.given)] = sent

    def _send(self, given: Assignment) -> Future[Finished]:
        remote = given.target.remote
        place = remote.url.partition("://")[0] if remote is not None else ""
        return self._pool.submit(tasks.check_entry, self._setup, given, deadline=self._deadline(given), place=place)

    def _deadline(self, given: Assignment) -> float:
        """Of the whole trip. A worker keeps the seconds of each stage itself where the system lets it."""
        if given.target.remote is not None:
            return self._timeout + _AWAY + 1
        if not stages.TIMED:
            return self._timeout + 5
        return self._timeout * (5 + len(given.target.attachments or ())) + _GRACE

    def _take(self, sent: _Sent, future: Future[Finished]) -> None:
        try:
            sent.finished = future.result()
        except StoppedError:
            raise
        except LostTwiceError:
            self._give_up(sent, LOST)
        except (BrokenExecutor, CancelledError):
            sent.lost += 1
            if sent.lost > _AHEAD:
                self._give_up(sent, LOST)
        except Exception as error:  # noqa: BLE001 - one entry must never take the others along
            self._leave_out(sent, getattr(error, "stage", None), self._why(error))

    def _leave_out(self, sent: _Sent, stage: int | None, message: Readable) -> None:
        """A worker was lost: what it was at is left out, if that is possible. Unless known, it was at a parser."""
        if stage is None:
            stage = min(map(stage_of, FOREIGN), default=OPENING)
        if is_spared(stage) and stage not in sent.given.lost:
            sent.given = replace(sent.given, lost={**sent.given.lost, stage: message})
            return
        sent.tries += 1
        if sent.tries >= _PATIENCE:
            self._give_up(sent, message)

    def _give_up(self, sent: _Sent, message: Readable) -> None:
        """The entry is judged by what is known without opening it; that touches nothing that could hang."""
        from vidcheck.session import work

        sent.finished = work.check_entry(work.opened(self._setup), replace(sent.given, unread=message))

    def _why(self, error: Exception) -> Readable:
        """Why a worker brought nothing back."""
        late = say("no answer in {seconds} s", seconds=f"{self._timeout:g}")
        if isinstance(error, TimeoutError):
            return late
        if isinstance(error, MemoryError):
            return say("it took more memory than a worker may have")
        if type(error).__name__ != "ProcessExpired":
            text = f"{type(error).__name__}: {error}"
            self._internal.append(text)
            return say("an error inside vidcheck: {error}", error=Plain(text))
        how = _ended(getattr(error, "exitcode", None))
        return late if how == "SIGALRM" else say("it crashed ({how})", how=Plain(how))


class _Sent:
    """An entry under way."""

    __slots__ = ("finished", "given", "lost", "tries")

    def __init__(self, given: Assignment) -> None:
        self.given = given
        self.finished: Finished | None = None
        self.lost = 0
        """Times that the pool was lost with it, whoever's fault that was."""
        self.tries = 0
        """Times that a worker was lost at a stage that can't be left out."""


def _ended(code: int | None) -> str:
    """How a process ended."""
    import signal

    try:
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
    except ValueError:
        return f"signal {-code}" if code else "?"
