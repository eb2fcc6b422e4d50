"""The far side of a cluster: a batch of orders, done in isolated processes beside the Dask worker that was given it.

A file that hangs or crashes a library meets the same workers here as on one machine, so its fault is the same. What a
batch holds when its Dask worker itself is lost, is marked on the scheduler before any of it begins: whoever is given
the batch again brings it back untouched, and the run sends its orders out one by one.
"""

from __future__ import annotations

import pickle
import threading
from collections import deque
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from vidcheck import __version__

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from distributed import Worker

    from vidcheck.runner.isolation import Workers

SECONDS = 5.0
"""After so long a batch begins nothing more; what is left goes back, so that others may share it."""
_AHEAD = 4  # orders under way for each isolated process
_LISTEN = 0.5  # seconds after which a batch that waits asks whether it is still wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One call."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    deadline: float
    """In seconds, from when it begins in its isolated process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one Dask task is to do."""

    name: str
    """Unique; the mark on the scheduler bears it."""
    jobs: tuple[Job, ...]
    tools: dict[str, str]
    """What the worker must have (see `unfit`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one call came to."""

    packed: bytes = b""
    """The value, pickled where it arose: nobody on its way needs to open it."""
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class BegunBefore:
    """The batch comes back undone: a worker that had begun it was lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """The batch comes back undone: this worker has other tools than the run was promised."""

    worker: str
    tools: dict[str, str]


def tools() -> dict[str, str]:
    """What this machine looks with: vidcheck, and each library and program that it has, with versions."""
    from contextlib import suppress

    from vidcheck.probes import ffprobe
    from vidcheck.probes.errors import CouldNotLookError
    from vidcheck.runner.orders import versions

    told = {"vidcheck": __version__, **versions()}
    if ffprobe.available():
        told["ffprobe"] = ""
        with suppress(CouldNotLookError):
            told["ffprobe"] = ffprobe.version()
    return told


def unfit(mine: dict[str, str], wanted: dict[str, str]) -> bool:
    """Whether results would not be those of other workers: another vidcheck, or ffprobe here alone or nowhere but here."""
    return mine["vidcheck"] != wanted["vidcheck"] or ("ffprobe" in mine) != ("ffprobe" in wanted)


def serve(batch: Batch) -> list[Answer | None] | BegunBefore | Unfit:
    """What a Dask task runs: an answer for each job, or None for one that was not begun."""
    from distributed import Event, get_worker

    worker = get_worker()
    crew = _crew(worker.state.nthreads)
    if unfit(crew.tools, batch.tools):
        return Unfit(worker=worker.address, tools=crew.tools)
    task = worker.get_current_task()

    def wanted() -> bool:
        state = worker.state.tasks.get(task)
        return state is not None and state.state != "cancelled"

    begun = Event(batch.name)
    if begun.is_set():
        begun.clear()
        return BegunBefore()
    begun.set()
    try:
        return crew.work(batch.jobs, wanted)
    finally:
        begun.clear()


def muster(dask_worker: Worker) -> dict[str, str]:
    """What the run asks of each Dask worker first: its tools; the isolated processes start in the meantime."""
    from vidcheck.runner.orders import warm

    crew = _crew(dask_worker.state.nthreads)
    crew.workers.submit(warm, deadline=60.0)
    return crew.tools


class Crew:
    """The isolated processes of one Dask worker."""

    def __init__(self, count: int) -> None:
        from multiprocessing import current_process, util

        from vidcheck.runner.isolation import Workers

        # a nanny starts its worker as a daemon, which multiprocessing forbids children, lest they outlive it; ours
        # don't: the server that forks them ends with the pipe to this process, and they end with the server
        current_process().daemon = False
        self.workers: Workers = Workers(count)
        # the end of a process waits for its children, which the pool would start anew meanwhile
        util.Finalize(None, self.workers.stop, exitpriority=100)
        self.tools = tools()

    def work(self, jobs: tuple[Job, ...], wanted: Callable[[], bool]) -> list[Answer | None]:
        """Does as many as can be begun in time, the first at any rate; once nobody wants them, no more."""
        answers: list[Answer | None] = [None] * len(jobs)
        until = monotonic() + SECONDS
        waiting = deque(range(len(jobs)))
        under_way: dict[Future[bytes], int] = {}
        while waiting or under_way:
            while waiting and len(under_way) < _AHEAD and (monotonic() < until or len(waiting) == len(jobs)):
                number = waiting.popleft()
                job = jobs[number]
                under_way[self.workers.submit(pack, job.function, *job.args, deadline=job.deadline)] = number
            if not under_way:
                break
            for future in wait(under_way, _LISTEN, return_when=FIRST_COMPLETED).done:
                answers[under_way.pop(future)] = _answer(future)
            if not wanted():
                for future in under_way:
                    future.cancel()  # ends its process too
                break
        return answers


def pack(function: Callable[..., Any], *args: Any) -> bytes:
    """What an isolated process runs."""
    return pickle.dumps(function(*args), pickle.HIGHEST_PROTOCOL)


def _answer(future: Future[bytes]) -> Answer:
    try:
        return Answer(packed=future.result())
    except Exception as error:  # noqa: BLE001 - the run knows what each means
        return Answer(error=error)


_one = threading.Lock()
_started: list[Crew] = []


def _crew(count: int) -> Crew:
    """This process's one crew, of so many isolated processes."""
    with _one:
        if not _started:
            _started.append(Crew(count))
        return _started[0]
