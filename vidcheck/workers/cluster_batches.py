"""The worker's side of a cluster: runs a batch of jobs in isolated processes beside the Dask worker.

The processes are the same as on one machine, so a file that hangs or crashes a library has the same fault here. Before
a batch begins, it is marked on the scheduler. If its Dask worker dies, Dask gives the batch to another worker, which
sees the mark and returns it untouched; the run then sends its jobs one by one.
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
"""After so many seconds a batch begins no more jobs. The rest goes back, so that other workers can share it."""
TOGETHER = 8
"""Jobs that an isolated process gets at once: handing one over costs about a tenth of its work."""
BRIEF = 2.0
"""Seconds that those jobs may take together."""
_LONG = 3600.0
"""A job that may take so many seconds decodes a film, and goes alone."""
FFMPEG = "ffmpeg"
"""The tool with which films are decoded."""
_AHEAD = 2  # calls in flight for each batch
_LISTEN = 0.5  # seconds between checks whether the batch is still wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One call."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    deadline: float
    """In seconds, from its start in the isolated process."""
    place: str = ""
    """The scheme of the entry's address; empty for a local one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The input of one Dask task."""

    name: str
    """Unique; also the name of the mark on the scheduler."""
    jobs: tuple[Job, ...]
    tools: dict[str, str]
    """The tools that the worker must have (see `unfit`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The results of a batch by the jobs' numbers; a missing job was not begun."""

    values: list[tuple[list[int], bytes]]
    """Pickled in the isolated process, and not unpickled before they reach the run."""
    errors: dict[int, Exception]

    def each(self) -> Iterator[tuple[int, Any, Exception | None]]:
        """Every finished job, with its value or its error."""
        for numbers, packed in self.values:
            # Dask unpickles too: the machines of a cluster trust each other
            values = pickle.loads(zlib.decompress(packed))  # noqa: S301
            for number, value in zip(numbers, values, strict=True):
                yield number, value, None
        for number, error in self.errors.items():
            yield number, None, error


@dataclass(frozen=True, slots=True)
class BegunBefore:
    """The batch is returned undone: another worker had begun it and was lost."""


@dataclass(frozen=True, slots=True)
class Adrift:
    """The batch is returned undone: this worker can't reach the scheduler to set the mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """The batch is returned undone: this worker has other tools than the run expects."""

    worker: str
    tools: dict[str, str]


def tools() -> dict[str, str]:
    """What this machine looks with: vidcheck, and each library and program that it has, with versions."""
    decoder = registry.version("content")
    found = {} if decoder is None else {FFMPEG: decoder}
    return {"vidcheck": __version__, **registry.parsers(), **registry.programs(), **found}


def unfit(mine: dict[str, str], wanted: dict[str, str]) -> bool:
    """Whether results would not be those of other workers: another vidcheck, or a program here alone or nowhere but here."""
    differ = any((name in mine) != (name in wanted) for name in registry.costing(Cost.PROCESS))
    return mine["vidcheck"] != wanted["vidcheck"] or differ


def serve(batch: Batch) -> Answers | BegunBefore | Adrift | Unfit:
    """Runs a batch; this is the function of a Dask task."""
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
    except Exception:  # noqa: BLE001 - Dask raises many types while a scheduler closes
        return Adrift()
    if before:
        return BegunBefore()
    try:
        return crew.work(batch.jobs, wanted)
    finally:
        with suppress(Exception):  # a mark that stays costs only time, if the batch is run again
            begun.clear()


def muster(warm: Callable[[], Any], dask_worker: Worker) -> dict[str, str]:
    """Returns a Dask worker's tools and starts its isolated processes. The run calls this on each worker first."""
    crew = _crew(dask_worker.state.nthreads)
    crew.workers.submit(warm, deadline=60.0)
    return crew.tools


class Crew:
    """The isolated processes of one Dask worker."""

    def __init__(self, count: int) -> None:
        from multiprocessing import current_process, util

        from vidcheck.workers.pool import Workers

        # A nanny starts its worker as a daemon, and multiprocessing forbids daemons to have children, which could
        # outlive them. Ours can't: the server that forks them ends when the pipe to this process closes, and they
        # end with the server.
        current_process().daemon = False
        self._count = count
        self.workers: Workers = Workers(count)
        self._away: dict[str, Workers] = {}
        # a process waits for its children at exit, and the pool would restart them meanwhile
        util.Finalize(None, self._stop, exitpriority=100)
        self.tools = tools()

    def _stop(self) -> None:
        for each in (self.workers, *self._away.values()):
            each.stop()

    def _for(self, place: str) -> Workers:
        """The processes for that place.

        Those for local files have no secrets; each scheme of remote entries has its own.
        """
        if not place:
            return self.workers
        with _one:
            if place not in self._away:
                from vidcheck.workers.pool import Workers
                from vidcheck.workers.remote import environment

                self._away[place] = Workers(self._count, environment=environment(buckets=place == "s3"))
            return self._away[place]

    def work(self, jobs: tuple[Job, ...], wanted: Callable[[], bool]) -> Answers:
        """Runs at least one job, and begins more until the time is up or the batch is no longer wanted.

        A process gets several jobs at once, under one short deadline. If they miss it, or the process dies, they are
        run again one by one, each under its own deadline, so that each has the same result as alone.
        """
        answers = Answers(values=[], errors={})
        until = monotonic() + SECONDS
        together = 1 if any(job.deadline >= _LONG for job in jobs) else TOGETHER
        waiting = deque(range(len(jobs)))
        under_way: dict[Future[tuple[int, bytes]], list[int]] = {}
        while True:
            # begin one even when the time is up, if nothing is finished: else the batch would come back for ever
            while waiting and len(under_way) < _AHEAD and (monotonic() < until or not (under_way or _any(answers))):
                place, numbers = jobs[waiting[0]].place, [waiting.popleft()]
                while waiting and len(numbers) < together and jobs[waiting[0]].place == place:
                    numbers.append(waiting.popleft())
                under_way[self._submit(place, [jobs[number] for number in numbers])] = numbers
            if not under_way:
                return answers
            for future in wait(under_way, _LISTEN, return_when=FIRST_COMPLETED).done:
                numbers = under_way.pop(future)
                left = _receive(answers, numbers, future)
                if left:
                    together = 1
                    waiting.extendleft(reversed(left))
            if not wanted():
                for future in under_way:
                    future.cancel()  # also ends its process
                return answers

    def _submit(self, place: str, jobs: list[Job]) -> Future[tuple[int, bytes]]:
        deadline = min(job.deadline for job in jobs)
        return self._for(place).submit(
            pack, [(job.function, job.args) for job in jobs], deadline=deadline if len(jobs) == 1 else min(deadline, BRIEF)
        )  # fmt: skip


def pack(calls: list[tuple[Callable[..., Any], tuple[Any, ...]]]) -> tuple[int, bytes]:
    """Runs calls in an isolated process for a short time; returns how many, and their pickled results."""
    values: list[Any] = []
    until = monotonic() + BRIEF / 4
    for function, args in calls:
        values.append(function(*args))
        if monotonic() > until:
            break
    return len(values), zlib.compress(pickle.dumps(values, pickle.HIGHEST_PROTOCOL), 1)


def _receive(answers: Answers, numbers: list[int], future: Future[tuple[int, bytes]]) -> list[int]:
    """Stores the results of one process, and returns the jobs that remain."""
    try:
        count, packed = future.result()
    except Exception as error:  # noqa: BLE001 - the run interprets each of them
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
    """The crew of this process, started on first use with so many isolated processes."""
    with _one:
        if not _started:
            _started.append(Crew(count))
        return _started[0]
