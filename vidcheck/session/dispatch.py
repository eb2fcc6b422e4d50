"""Sends entries to workers and returns their results in order, even if workers are lost.

Small entries are sent several at a time, because handing a task over costs as much as looking at a small film. A worker
returns those for which there was no time. If it is lost, each entry is sent alone.

Each entry is sent once. If its worker is lost, it is sent again without the stage that the worker was in: a parser that
hangs or crashes then has a fault for this entry, and an attachment counts as unreadable. If that stage can't be left
out, the entry is sent again unchanged, and then reported as unreadable.

Where each stage has its own limit, a task that misses its deadline says nothing about its entries: the worker may have
died before it was known to have the task, or the machine slept. Once, they are all sent again as they were.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, wait
from dataclasses import replace
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from vidcheck.session import tasks
from vidcheck.session.messages import AWAY, FOREIGN, LOST, OPENING, is_spared, stage_of
from vidcheck.texts import Plain, say
from vidcheck.workers import stages
from vidcheck.workers.protocol import LostTwiceError, StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from vidcheck.session.messages import Assignment, Finished, Packed
    from vidcheck.texts import Readable
    from vidcheck.workers.protocol import Pool

_AHEAD = 4  # tasks under way for each worker
_PATIENCE = 2  # attempts at a stage that can't be left out
LONGEST = 7 * 86_400.0
"""Seconds that decoding may take: its stage has the limit that is right for the film."""
_GRACE = 30.0  # seconds for a task beyond those of its stages


class Dispatch:
    """Sends the entries of one run."""

    def __init__(
        self, pool: Pool, setup: Packed, *, count: int, entries: int, timeout: float, internal: list[str],
        decoding: bool = False, taken: Callable[[Assignment, Finished], object] | None = None,
    ) -> None:  # fmt: skip
        """Sends so many `entries` to `count` workers.

        `internal` collects messages on errors inside vidcheck. With `decoding` each entry is a task of its own, which may
        take as long as its film. `taken` hears of each entry as soon as it is finished, before those that come first.
        """
        self._taken = taken
        self._pool = pool
        self._setup = setup
        self._left = entries
        self._most = 1 if decoding else pool.together
        self._more = LONGEST if decoding else 0.0
        self._pace = tasks.BRIEF
        """Seconds that a worker takes for an entry, of late."""
        self._width = count * _AHEAD
        self._timeout = timeout
        self._internal = internal

    def run(self, coming: Iterable[Assignment]) -> Iterator[Finished]:
        """Yields the finished entries in order. Raises StoppedError if no worker can be reached any more."""
        groups = self._groups(coming)
        line: deque[_Sent] = deque()
        under_way: dict[Future[Any], _Group] = {}
        while True:
            free = self._width - len(under_way) if len(line) < self._width * self._most else 0
            for group in islice(groups, max(0, free)):
                line += group
                under_way[self._send(group)] = group
            if not line:
                return
            while line and line[0].finished is not None:
                yield line.popleft().finished  # type: ignore[misc] # the loop's condition checks it
            if line and under_way:
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    for again in self._take(under_way.pop(future), future):
                        under_way[self._send(again)] = again

    def _groups(self, coming: Iterable[Assignment]) -> Iterator[_Group]:
        """Groups entries into tasks. Remote ones are sent alone: they mostly wait."""
        for remote, run in groupby(map(_Sent, coming), key=lambda sent: sent.given.target.remote is not None):
            while group := tuple(islice(run, 1 if remote else self._together())):
                self._left -= len(group)
                yield group

    def _together(self) -> int:
        """How many entries make a task: as many as take a moment, and fewer at the end, so that all workers finish together."""
        return max(1, min(self._most, self._left // self._width, int(tasks.BRIEF / self._pace)))

    def _send(self, group: _Group) -> Future[Any]:
        every = [sent.given for sent in group]
        deadline = max(map(self._deadline, every))  # the last of them begins at once, or not at all
        if len(every) > 1:
            return self._pool.submit(tasks.check_entries, self._setup, every, deadline=deadline)
        remote = every[0].target.remote
        place = remote.url.partition("://")[0] if remote is not None else ""
        return self._pool.submit(tasks.check_entry, self._setup, every[0], deadline=deadline, place=place)

    def _deadline(self, given: Assignment) -> float:
        """The deadline of the whole task. If the system can, workers enforce the limit of each stage themselves."""
        if given.target.remote is not None:
            return self._timeout + AWAY + 1
        if not stages.TIMED:
            return self._timeout + 5 + self._more
        return self._timeout * (5 + len(given.target.attachments or ())) + _GRACE + self._more

    def _take(self, group: _Group, future: Future[Any]) -> list[_Group]:
        """Takes the result of a task, and returns what has to be sent again: after a loss, each entry alone."""
        try:
            result = future.result()
        except StoppedError:
            raise
        except Exception as error:  # noqa: BLE001 - one entry must never take the others along
            self._miss(group, error)
            return [(sent,) for sent in group if sent.finished is None]
        every: list[Finished] = [result] if len(group) == 1 else result
        for sent, finished in zip(group, every, strict=False):  # there was no time for the last ones
            sent.finished = finished
            if self._taken is not None:
                self._taken(sent.given, finished)
        if group[0].given.target.remote is None:
            pace = sum(finished.seconds for finished in every) / len(every)
            self._pace = max(1e-6, (self._pace + pace) / 2)
        rest = group[len(every) :]
        return [rest] if rest else []

    def _miss(self, group: _Group, error: Exception) -> None:
        """Handles the loss of a task: leaves out the stage of the entry that it was lost to, if that is known."""
        if isinstance(error, LostTwiceError):
            self._give_up(group[0], LOST)
            return
        if isinstance(error, BrokenExecutor | CancelledError):
            for sent in group:
                sent.lost += 1
                if sent.lost > _AHEAD:
                    self._give_up(sent, LOST)
            return
        if self._is_unexplained(group, error):
            for sent in group:
                sent.late = True
            return
        number = 0 if len(group) == 1 else getattr(error, "number", None)
        if number is not None:
            self._leave_out(group[number], getattr(error, "stage", None), self._why(error))

    def _is_unexplained(self, group: _Group, error: Exception) -> bool:
        """Whether a deadline was missed that only the end of a stage should have come before, and for the first time."""
        first = group[0]
        return isinstance(error, TimeoutError) and stages.TIMED and first.given.target.remote is None and not first.late

    def _leave_out(self, sent: _Sent, stage: int | None, message: Readable) -> None:
        """Leaves out the stage in which a worker was lost, if possible. An unknown stage counts as a parser's."""
        if stage is None:
            stage = min(map(stage_of, FOREIGN), default=OPENING)
        if is_spared(stage) and stage not in sent.given.lost:
            sent.given = replace(sent.given, lost={**sent.given.lost, stage: message})
            return
        sent.tries += 1
        if sent.tries >= _PATIENCE:
            self._give_up(sent, message)

    def _give_up(self, sent: _Sent, message: Readable) -> None:
        """Judges the entry without opening it, so that nothing can hang."""
        from vidcheck.session import work

        sent.finished = work.check_entry(work.opened(self._setup), replace(sent.given, unread=message))

    def _why(self, error: Exception) -> Readable:
        """Why a worker returned nothing."""
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
    """An entry that was sent."""

    __slots__ = ("finished", "given", "late", "lost", "tries")

    def __init__(self, given: Assignment) -> None:
        self.given = given
        self.finished: Finished | None = None
        self.late = False
        """Whether a task with it has missed a deadline that nothing explains."""
        self.lost = 0
        """How often the pool was lost while it was out, for whatever reason."""
        self.tries = 0
        """How often a worker was lost at a stage that can't be left out."""


_Group = tuple[_Sent, ...]
"""The entries of one task."""


def _ended(code: int | None) -> str:
    """How a process ended."""
    import signal

    try:
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
    except ValueError:
        return f"signal {-code}" if code else "?"
