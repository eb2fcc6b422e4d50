"""A Dask cluster as the run's workers: orders travel in batches, and come back one by one.

What is under way is bounded: two batches for each thread of the cluster, the rest waits here. A batch is as large as
what waits, shared among all threads, allows: large while there is much to do (a task costs the scheduler about a
millisecond), small at the end, so that all end together.
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
"""Orders in a batch at the most: about a third of a second's work. A batch costs the scheduler, its worker and this
process about 10 ms beside (measured on a busy machine)."""
DEATHS = 2
"""So many Dask workers may be lost with one order."""
CONNECT = 5.0
"""Seconds in which the scheduler must answer."""
_MUSTER = 60.0  # seconds in which every worker must say what tools it has
_WATCH = 1.0  # seconds between looks at the connection and the number of threads
_DESERTED = 60.0  # seconds without a single worker after which nobody is waited for
_ADRIFT = 60  # batches that come back undone, one after the other, after which the scheduler is taken for lost
_QUEUED = 2  # batches for each thread: one that runs, one that waits beside it
_FEWEST = 256  # workers that it is taken for: so that a batch that is late holds up few others


@dataclass(slots=True, eq=False)
class _Item:
    """One order on its way."""

    job: Job
    future: Future[Any] = field(default_factory=Future)
    deaths: int = 0


class Cluster:
    """The workers of a Dask scheduler."""

    def __init__(self, address: str, *, warm: Callable[[], Any] = registry.parsers) -> None:
        """Joins them; each of their processes runs `warm` first, so that what it imports is there.

        Raises StoppedError where there is no scheduler, or its workers aren't all fit for the work.
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
        """How many workers the run may take it for.

        Each has four entries under way, and here that is all batches that are out, and one more for each thread.
        """
        return max(_FEWEST, (_QUEUED + 1) * SIZE // 4 * self._threads)

    def versions(self) -> dict[str, str]:
        return {name: self._tools[name] for name in registry.costing(Cost.PARSER) if name in self._tools}

    def programs(self) -> dict[str, str]:
        return {name: self._tools[name] for name in registry.costing(Cost.PROCESS) if name in self._tools}

    def differing(self) -> dict[str, str]:
        """The tools of which workers have different versions, with all of them."""
        return {name: versions for name, versions in self._tools.items() if ", " in versions}

    def submit(self, function: Callable[..., Any], *args: Any, deadline: float, place: str = "") -> Future[Any]:
        """As `Pool.submit`; the future has a LostTwiceError where two Dask workers died of it."""
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
        """Gives up what is under way, and leaves the cluster."""
        from contextlib import suppress

        self._end(say("the run has ended"))
        with suppress(OSError, TimeoutError):
            self._client.close(timeout=1)

    def _muster(self, address: str, warm: Callable[[], Any]) -> dict[str, str]:
        """What tools the workers have. Raises StoppedError."""
        try:
            told: Mapping[str, Any] = self._client.sync(
                self._client.run, cluster_batches.muster, warm, on_error="return", callback_timeout=_MUSTER
            )
            threads = self._client.nthreads()
        except (OSError, TimeoutError) as error:
            raise StoppedError(say("the workers do not answer: {reason}", reason=_first(error))) from error
        if not told:
            raise StoppedError(say("the Dask scheduler at {address} has no workers", address=Plain(address)))
        self._threads = max(1, sum(threads.values()))
        return agreed(told)

    def _send(self) -> None:
        """Sends out what there is room for; with the lock held."""
        while self._waiting and len(self._out) < _QUEUED * self._threads:
            items = self._take()
            self._sent += 1
            name = f"{self._name}-{self._sent}"
            self._out[name] = items
            batch = Batch(name=name, jobs=tuple(item.job for item in items), tools=self._tools)
            # a batch that was lost holds up all that come after it in the report
            done = self._executor.submit(cluster_batches.serve, batch, key=name, priority=items[0].deaths)
            done.add_done_callback(lambda done, name=name: self._come_back(name, done))

    def _take(self) -> list[_Item]:
        """The next batch; what was lost with a worker goes alone, so that no other is lost with it."""
        most = max(1, min(SIZE, len(self._waiting) // self._threads))
        items = [self._waiting.popleft()]
        while len(items) < most and not items[0].deaths and self._waiting and not self._waiting[0].deaths:
            items.append(self._waiting.popleft())
        return items

    def _come_back(self, name: str, done: Future[Any]) -> None:
        """Takes a batch's answers apart, in the client's own thread."""
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
            self._told(items, done.result())
        with self._lock:
            if self._ended is None:
                self._send()

    def _wait(self, items: list[_Item]) -> None:
        """Keeps what a worker brought back because it can't reach the scheduler, until `_watch` sends it again."""
        self._put_back(items)
        self._adrift += 1
        if self._adrift >= _ADRIFT:
            self._cut_off()

    def _told(self, items: list[_Item], told: Answers | BegunBefore | Unfit) -> None:
        self._adrift = 0
        if isinstance(told, BegunBefore):
            self._lost(items, None)
        elif isinstance(told, Unfit):
            self._put_back(items)
            self._end(mismatch(told.worker, told.tools, self._tools))
        else:
            left = dict(enumerate(items))
            for number, value, error in told.each():
                item = left.pop(number)
                if error is not None:
                    item.future.set_exception(error)
                else:
                    item.future.set_result(value)
            self._put_back(list(left.values()))

    def _lost(self, items: list[_Item], error: BaseException | None) -> None:
        """The Dask worker died with them, or the task came to an error that none of them answers for."""
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
        """Nothing more is sent; whoever waits for an answer is told so."""
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
        """Sees workers come and go, and the connection break."""
        import asyncio

        deserted = 0.0
        while self._ended is None:
            await asyncio.sleep(_WATCH)
            try:
                threads = sum((await self._client.scheduler.ncores()).values())
            except Exception:  # noqa: BLE001 - whatever it is, nobody answers there
                self._cut_off()
                return
            deserted = 0.0 if threads else deserted + _WATCH
            if deserted >= _DESERTED:
                self._end(say("the cluster has had no worker for {count} seconds", count=round(_DESERTED)))
            with self._lock:
                self._threads = max(1, threads)
                if self._ended is None:
                    self._send()


def agreed(told: Mapping[str, Any]) -> dict[str, str]:
    """The tools that all workers have, differing versions side by side. Raises StoppedError where they can't work together."""
    ours = {"vidcheck": __version__}
    for worker, tools in sorted(told.items()):
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
    names = [name for name in ours if all(name in tools for tools in told.values())]
    return {name: ", ".join(sorted({tools[name] for tools in told.values()})) for name in names}


def mismatch(worker: str, theirs: Mapping[str, str], ours: Mapping[str, str]) -> Readable:
    """Why that worker's results would not be those of the others."""
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
