"""The far side of a cluster: a batch of orders, done in isolated processes beside the Dask worker that was given it.

A file that hangs or crashes a library meets the same workers here as on one machine, so its fault is the same. What a
batch holds when its Dask worker itself is lost, is marked on the scheduler before any of it begins: whoever is given
the batch again brings it back untouched, and the run sends its orders out one by one.
"""

from __future__ import annotations

import pickle
import threading
import zlib
from collections import deque
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from vidcheck import __version__
from vidcheck.witnesses import registry
from vidcheck.witnesses.registry import Cost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from distributed import Worker

    from vidcheck.workers.pool import Workers

SECONDS = 5.0
"""After so long a batch begins nothing more; what is left goes back, so that others may share it."""
TOGETHER = 8
"""Jobs that go to an isolated process at once: handing one over costs about as much as a tenth of it."""
BRIEF = 2.0
"""Seconds that they may take together."""
_AHEAD = 2  # handed over and under way for each batch
_LISTEN = 0.5  # seconds after which a batch that waits asks whether it is still wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One call."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    deadline: float
    """In seconds, from when it begins in its isolated process."""
    place: str = ""
    """The scheme of the address that its entry is at; empty for a local one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one Dask task is to do."""

    name: str
    """Unique; the mark on the scheduler bears it."""
    jobs: tuple[Job, ...]
    tools: dict[str, str]
    """What the worker must have (see `unfit`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a batch came to, by the jobs' numbers; a number that is missing was not begun."""

    values: list[tuple[list[int], bytes]]
    """Pickled where they arose: nobody on the way needs to open them."""
    errors: dict[int, Exception]

    def each(self) -> Iterator[tuple[int, Any, Exception | None]]:
        """Every job that was done, with its value or its error."""
        for numbers, packed in self.values:
            # Dask's own way, between machines that trust each other
            values = pickle.loads(zlib.decompress(packed))  # noqa: S301
            for number, value in zip(numbers, values, strict=True):
                yield number, value, None
        for number, error in self.errors.items():
            yield number, None, error


@dataclass(frozen=True, slots=True)
class BegunBefore:
    """The batch comes back undone: a worker that had begun it was lost."""


@dataclass(frozen=True, slots=True)
class Adrift:
    """The batch comes back undone: this worker can't reach the scheduler, where the mark is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """The batch comes back undone: this worker has other tools than the run was promised."""

    worker: str
    tools: dict[str, str]


def tools() -> dict[str, str]:
    """What this machine looks with: vidcheck, and each library and program that it has, with versions."""
    return {"vidcheck": __version__, **registry.parsers(), **registry.programs()}


def unfit(mine: dict[str, str], wanted: dict[str, str]) -> bool:
    """Whether results would not be those of other workers: another vidcheck, or a program here alone or nowhere but here."""
    differ = any((name in mine) != (name in wanted) for name in registry.costing(Cost.PROCESS))
    return mine["vidcheck"] != wanted["vidcheck"] or differ


def serve(batch: Batch) -> Answers | BegunBefore | Adrift | Unfit:
    """What a Dask task runs."""
    from contextlib import suppress

    from distributed import Event, get_worker

    worker = get_worker()
    crew = _crew(worker.state.nthreads)
    if unfit(crew.tools, batch.tools):
        return Unfit(worker=worker.address, tools=crew.tools)
    task = worker.get_current_task()

    def wanted() -> bool:
        state = worker.state.tasks.get(task)
        return state is not None and state.state != "cancelled"

    try:
        begun = Event(batch.name)
        before = begun.is_set()
        if before:
            begun.clear()
        else:
            begun.set()
    except Exception:  # noqa: BLE001 - where a scheduler is closing, Dask raises whatever it was about
        return Adrift()
    if before:
        return BegunBefore()
    try:
        return crew.work(batch.jobs, wanted)
    finally:
        with suppress(Exception):  # a mark that stays costs no more than time, should the batch be done again
            begun.clear()


def muster(warm: Callable[[], Any], dask_worker: Worker) -> dict[str, str]:
    """What the run asks of each Dask worker first: its tools; the isolated processes start in the meantime."""
    crew = _crew(dask_worker.state.nthreads)
    crew.workers.submit(warm, deadline=60.0)
    return crew.tools


class Crew:
    """The isolated processes of one Dask worker."""

    def __init__(self, count: int) -> None:
        from multiprocessing import current_process, util

        from vidcheck.workers.pool import Workers

        # a nanny starts its worker as a daemon, which multiprocessing forbids children, lest they outlive it; ours
        # don't: the server that forks them ends with the pipe to this process, and they end with the server
        current_process().daemon = False
        self._count = count
        self.workers: Workers = Workers(count)
        self._away: dict[str, Workers] = {}
        # the end of a process waits for its children, which the pool would start anew meanwhile
        util.Finalize(None, self._stop, exitpriority=100)
        self.tools = tools()

    def _stop(self) -> None:
        for each in (self.workers, *self._away.values()):
            each.stop()

    def _for(self, place: str) -> Workers:
        """Those that read local files know no secret; remote entries have their own, as in a run without a cluster."""
        if not place:
            return self.workers
        with _one:
            if place not in self._away:
                from vidcheck.workers.pool import Workers
                from vidcheck.workers.remote import environment

                self._away[place] = Workers(self._count, environment=environment(buckets=place == "s3"))
            return self._away[place]

    def work(self, jobs: tuple[Job, ...], wanted: Callable[[], bool]) -> Answers:
        """Does as many as can be begun in time, one at any rate; once nobody wants them, no more.

        Several go to a process at once, under a deadline that is short for one of them. Where they don't keep it, or
        the process dies, they are done again one by one, each under its own: so that each comes to what it comes to alone.
        """
        answers = Answers(values=[], errors={})
        until, together = monotonic() + SECONDS, TOGETHER
        waiting = deque(range(len(jobs)))
        under_way: dict[Future[tuple[int, bytes]], list[int]] = {}
        while True:
            # what was given up when many went together must come to an end here, or it would come back for ever
            while waiting and len(under_way) < _AHEAD and (monotonic() < until or not (under_way or _any(answers))):
                place, numbers = jobs[waiting[0]].place, [waiting.popleft()]
                while waiting and len(numbers) < together and jobs[waiting[0]].place == place:
                    numbers.append(waiting.popleft())
                under_way[self._submit(place, [jobs[number] for number in numbers])] = numbers
            if not under_way:
                return answers
            for future in wait(under_way, _LISTEN, return_when=FIRST_COMPLETED).done:
                numbers = under_way.pop(future)
                left = _hear(answers, numbers, future)
                if left:
                    together = 1
                    waiting.extendleft(reversed(left))
            if not wanted():
                for future in under_way:
                    future.cancel()  # ends its process too
                return answers

    def _submit(self, place: str, jobs: list[Job]) -> Future[tuple[int, bytes]]:
        deadline = min(job.deadline for job in jobs)
        return self._for(place).submit(
            pack, [(job.function, job.args) for job in jobs], deadline=deadline if len(jobs) == 1 else min(deadline, BRIEF)
        )  # fmt: skip


def pack(calls: list[tuple[Callable[..., Any], tuple[Any, ...]]]) -> tuple[int, bytes]:
    """What an isolated process runs: how many of the calls it made in a short time, and what they came to."""
    values: list[Any] = []
    until = monotonic() + BRIEF / 4
    for function, args in calls:
        values.append(function(*args))
        if monotonic() > until:
            break
    return len(values), zlib.compress(pickle.dumps(values, pickle.HIGHEST_PROTOCOL), 1)


def _hear(answers: Answers, numbers: list[int], future: Future[tuple[int, bytes]]) -> list[int]:
    """Takes what one process brought back, and says what is left to do of it."""
    try:
        count, packed = future.result()
    except Exception as error:  # noqa: BLE001 - the run knows what each means
        if len(numbers) > 1:
            return numbers
        answers.errors[numbers[0]] = error
        return []
    answers.values.append((numbers[:count], packed))
    return numbers[count:]


def _any(answers: Answers) -> bool:
    return bool(answers.values or answers.errors)


_one = threading.Lock()
_started: list[Crew] = []


def _crew(count: int) -> Crew:
    """The one crew of a process, of so many isolated processes."""
    with _one:
        if not _started:
            _started.append(Crew(count))
        return _started[0]
