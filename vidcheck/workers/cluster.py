"""A Dask cluster as the run's workers. Jobs are sent in batches, and their results are handed out one by one.

At most two batches for each thread of the cluster are out; the rest waits here. The size of a batch is the number of
waiting jobs divided by the threads, up to `SIZE`: large while there is much to do, because a task costs the scheduler
about a millisecond, and small at the end, so that all workers finish together.
"""

from __future__ import annotations

import secrets
import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vidcheck import __version__
from vidcheck.texts import Plain, say
from vidcheck.witnesses import registry
from vidcheck.witnesses.registry import Cost
from vidcheck.workers import cluster_batches
from vidcheck.workers.cluster_batches import Adrift, Answers, Batch, BegunBefore, Job, Unfit
from vidcheck.workers.protocol import LostTwiceError, StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vidcheck.texts import Readable

SIZE = 64
"""The most jobs in a batch: about a third of a second of work.

The overhead of a batch for the scheduler, its worker and this process is about 10 ms (measured on a busy machine).
"""
DEATHS = 2
"""A job is given up after so many Dask workers died with it."""
CONNECT = 5.0
"""Seconds in which the scheduler must answer."""
_MUSTER = 60.0  # seconds in which every worker must name its tools
_WATCH = 1.0  # seconds between checks of the connection and the number of threads
_DESERTED = 60.0  # seconds without a worker after which the run stops
_ADRIFT = 60  # consecutive batches returned undone after which the scheduler counts as lost
_QUEUED = 2  # batches for each thread: one runs, one waits
_FEWEST = 256  # the least value of `count`, so that a late batch delays few others


@dataclass(slots=True, eq=False)
class _Item:
    """A job, and the future of its result."""

    job: Job
    future: Future[Any] = field(default_factory=Future)
    deaths: int = 0


class Cluster:
    """The workers of a Dask scheduler."""

    together = 1
    """The batches that it makes of tasks are groups enough."""

    def __init__(self, address: str, *, warm: Callable[[], Any] = registry.parsers) -> None:
        """Connects to the scheduler. Each worker's processes run `warm` first, so that its imports are loaded.

        Raises StoppedError if there is no scheduler, or if any worker is unfit.
        """
        from distributed import Client

        self._threads = 1
        try:
            self._client: Any = Client(address, timeout=CONNECT, set_as_default=False)
        except (OSError, ValueError, ImportError) as error:
            raise StoppedError(
                say("there is no Dask scheduler at {address}: {reason}", address=Plain(address), reason=_first(error))
            ) from error
        self._lock = threading.RLock()
        self._waiting: deque[_Item] = deque()
        self._out: dict[str, list[_Item]] = {}
        self._name = f"vidcheck-{secrets.token_hex(8)}"
        self._sent = self._adrift = 0
        self._ended: StoppedError | None = None
        try:
            self._tools = self._muster(address, warm)
        except BaseException:
            self.stop()
            raise
        self._executor = self._client.get_executor(pure=False)
        loop: Any = self._client.loop
        loop.add_callback(self._watch)

    @property
    def count(self) -> int:
        """The number of local workers that the run may count the cluster as.

        The run keeps four entries for each worker in flight. That covers all batches that are out, and one more for
        each thread.
        """
        return max(_FEWEST, (_QUEUED + 1) * SIZE // 4 * self._threads)

    def versions(self) -> dict[str, str]:
        return {name: self._tools[name] for name in registry.costing(Cost.PARSER) if name in self._tools}

    def programs(self) -> dict[str, str]:
        return {name: self._tools[name] for name in registry.costing(Cost.PROCESS) if name in self._tools}

    def decoder(self) -> str:
        """The version of ffmpeg, with which films are decoded; empty if a worker has none."""
        return self._tools.get(cluster_batches.FFMPEG, "")

    def differing(self) -> dict[str, str]:
        """The tools whose versions differ between workers, with all versions."""
        return {name: versions for name, versions in self._tools.items() if ", " in versions}

    def submit(self, function: Callable[..., Any], *args: Any, deadline: float, place: str = "") -> Future[Any]:
        """As `Pool.submit`; the future raises LostTwiceError if two Dask workers died with the job."""
        job = Job(function=function, args=args, deadline=deadline, place=place)
        item = _Item(job)
        with self._lock:
            if self._ended is not None:
                item.future.set_exception(self._ended)
            else:
                self._waiting.append(item)
                self._send()
        return item.future

    def stop(self) -> None:
        """Gives up all open jobs, and closes the connection."""
        from contextlib import suppress

        self._end(say("the run has ended"))
        with suppress(OSError, TimeoutError):
            self._client.close(timeout=1)

    def _muster(self, address: str, warm: Callable[[], Any]) -> dict[str, str]:
        """Asks the workers for their tools. Raises StoppedError."""
        try:
            answers: Mapping[str, Any] = self._client.sync(
                self._client.run, cluster_batches.muster, warm, on_error="return", callback_timeout=_MUSTER
            )
            threads = self._client.nthreads()
        except (OSError, TimeoutError) as error:
            raise StoppedError(say("the workers do not answer: {reason}", reason=_first(error))) from error
        if not answers:
            raise StoppedError(say("the Dask scheduler at {address} has no workers", address=Plain(address)))
        self._threads = max(1, sum(threads.values()))
        return agreed(answers)

    def _send(self) -> None:
        """Sends batches while there is room. The caller holds the lock."""
        while self._waiting and len(self._out) < _QUEUED * self._threads:
            items = self._take()
            self._sent += 1
            name = f"{self._name}-{self._sent}"
            self._out[name] = items
            batch = Batch(name=name, jobs=tuple(item.job for item in items), tools=self._tools)
            # jobs that were lost go first, because the report waits for them
            done = self._executor.submit(cluster_batches.serve, batch, key=name, priority=items[0].deaths)
            done.add_done_callback(lambda done, name=name: self._come_back(name, done))

    def _take(self) -> list[_Item]:
        """The next batch. A job that was lost with a worker goes alone, so that it can't take others with it."""
        most = max(1, min(SIZE, len(self._waiting) // self._threads))
        items = [self._waiting.popleft()]
        while len(items) < most and not items[0].deaths and self._waiting and not self._waiting[0].deaths:
            items.append(self._waiting.popleft())
        return items

    def _come_back(self, name: str, done: Future[Any]) -> None:
        """Handles a finished batch, in the client's thread."""
        with self._lock:
            items = self._out.pop(name, None)
        if items is None:
            return
        if done.cancelled():
            self._put_back(items)
            self._cut_off()
            return
        error = done.exception()
        if error is None and isinstance(done.result(), Adrift):
            self._wait(items)
            return
        if isinstance(error, ImportError):
            self._put_back(items)
            self._end(say("a worker of the cluster can't do the work: {reason}", reason=_first(error)))
        elif error is not None:
            self._lost(items, error)
        else:
            self._settle(items, done.result())
        with self._lock:
            if self._ended is None:
                self._send()

    def _wait(self, items: list[_Item]) -> None:
        """Puts back jobs of a worker that can't reach the scheduler. `_watch` sends them again later."""
        self._put_back(items)
        self._adrift += 1
        if self._adrift >= _ADRIFT:
            self._cut_off()

    def _settle(self, items: list[_Item], result: Answers | BegunBefore | Unfit) -> None:
        self._adrift = 0
        if isinstance(result, BegunBefore):
            self._lost(items, None)
        elif isinstance(result, Unfit):
            self._put_back(items)
            self._end(mismatch(result.worker, result.tools, self._tools))
        else:
            left = dict(enumerate(items))
            for number, value, error in result.each():
                item = left.pop(number)
                if error is not None:
                    item.future.set_exception(error)
                else:
                    item.future.set_result(value)
            self._put_back(list(left.values()))

    def _lost(self, items: list[_Item], error: BaseException | None) -> None:
        """Handles a batch whose Dask worker died, or whose task failed as a whole."""
        again: list[_Item] = []
        for item in items:
            item.deaths += 1
            if item.deaths < DEATHS:
                again.append(item)
            else:
                killed = error is None or type(error).__name__ == "KilledWorker"
                item.future.set_exception(LostTwiceError() if killed else error)
        self._put_back(again)

    def _put_back(self, items: list[_Item]) -> None:
        with self._lock:
            self._waiting.extendleft(reversed(items))

    def _cut_off(self) -> None:
        self._end(say("the connection to the Dask scheduler was lost"))

    def _end(self, words: Readable) -> None:
        """Stops sending, and fails all open futures with these words."""
        with self._lock:
            if self._ended is not None:
                return
            self._ended = StoppedError(words)
            left = [*(item for items in self._out.values() for item in items), *self._waiting]
            self._out.clear()
            self._waiting.clear()
        for item in left:
            item.future.set_exception(self._ended)

    async def _watch(self) -> None:
        """Follows the number of threads, and notices a lost connection."""
        import asyncio

        deserted = 0.0
        while self._ended is None:
            await asyncio.sleep(_WATCH)
            try:
                threads = sum((await self._client.scheduler.ncores()).values())
            except Exception:  # noqa: BLE001 - whatever it raises, the scheduler doesn't answer
                self._cut_off()
                return
            deserted = 0.0 if threads else deserted + _WATCH
            if deserted >= _DESERTED:
                self._end(say("the cluster has had no worker for {count} seconds", count=round(_DESERTED)))
            with self._lock:
                self._threads = max(1, threads)
                if self._ended is None:
                    self._send()


def agreed(answers: Mapping[str, Any]) -> dict[str, str]:
    """The tools that all workers have, with every version. Raises StoppedError if they can't work together."""
    ours = {"vidcheck": __version__}
    for worker, tools in sorted(answers.items()):
        if isinstance(tools, ImportError):
            raise StoppedError(
                say("vidcheck is not installed on the worker {worker}: {reason}", worker=Plain(worker), reason=_first(tools))
            )  # fmt: skip
        if isinstance(tools, BaseException):
            raise StoppedError(
                say("the worker {worker} can't do the work: {reason}", worker=Plain(worker), reason=_first(tools))
            )
        if len(ours) == 1:
            ours |= {name: version for name, version in tools.items() if name != "vidcheck"}
        if cluster_batches.unfit(tools, ours):
            raise StoppedError(mismatch(worker, tools, ours))
    names = [name for name in ours if all(name in tools for tools in answers.values())]
    return {name: ", ".join(sorted({tools[name] for tools in answers.values()})) for name in names}


def mismatch(worker: str, theirs: Mapping[str, str], ours: Mapping[str, str]) -> Readable:
    """Why that worker's results would differ from those of the others."""
    if theirs["vidcheck"] != ours["vidcheck"]:
        return say(
            "the worker {worker} has vidcheck {theirs}, and this is {ours}: the same is needed everywhere",
            worker=Plain(worker), theirs=theirs["vidcheck"], ours=ours["vidcheck"],
        )  # fmt: skip
    tool = next(name for name in registry.costing(Cost.PROCESS) if (name in theirs) != (name in ours))
    if tool in ours:
        return say(
            "the worker {worker} has no {tool}, and others have: all or none must have it",
            worker=Plain(worker), tool=Plain(tool),
        )  # fmt: skip
    return say(
        "the worker {worker} has {tool}, and others have not: all or none must have it",
        worker=Plain(worker), tool=Plain(tool),
    )  # fmt: skip


def _first(error: BaseException) -> Plain:
    """An error's first line."""
    return Plain((str(error).strip().splitlines() or [type(error).__name__])[0])
