"""Worker processes that may hang, crash or exhaust their memory without harm to the run.

Each task has a deadline; a worker that misses it is killed and replaced (pebble). Workers have no terminal, no
environment and a memory limit, and they end with the run.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from concurrent.futures import BrokenExecutor, CancelledError, Future, InvalidStateError
from multiprocessing import parent_process
from typing import TYPE_CHECKING, Any

import pebble

from vidcheck import ffmpeg
from vidcheck.witnesses import registry
from vidcheck.workers import forkserver, stages
from vidcheck.workers.protocol import NoWorkerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MEMORY = 2 * 2**30
"""Bytes of address space a worker may have."""
_HANDLES, _EACH = 12, 2
"""Open files that a pool needs besides those of its workers, and for each worker (measured: 10, when one is started)."""
_VERSIONS = 60.0  # seconds in which a worker must report its libraries
_PR_SET_PDEATHSIG = 1  # prctl(2)


def cores() -> int:
    """The processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1


def _affordable(count: int) -> int:
    """As many of these workers as the files that may still be opened allow. Raises NoWorkerError if there is none."""
    opened: list[int] = []
    try:
        while len(opened) < _HANDLES + _EACH * count:
            opened.append(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        if error.errno in {errno.EMFILE, errno.ENFILE}:
            count = (len(opened) - _HANDLES) // _EACH
        if count < 1:
            raise NoWorkerError.of(error) from error
    finally:
        for descriptor in opened:
            os.close(descriptor)
    return count


class Workers:
    """A pool of isolated workers.

    `environment` holds variables for them beside those that all workers inherit from this process as it is now.
    """

    together = 16
    """Handing a task over costs as much as looking at a small film."""

    def __init__(
        self, count: int, *, memory: int = MEMORY, context: Any = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self.count = _affordable(count)
        """The number of workers: those asked for, or as many as may be started with the files that may be open."""
        # not the server's environment: it may have been started under another PATH
        self._environment = {name: value for name, value in os.environ.items() if forkserver.kept(name)}
        self._environment.update(environment or {})
        self.away: Workers | None = None
        """The workers for remote entries; `stop` ends them too."""
        self._memory = memory
        self._context = context or forkserver.Context()
        self._notes: Any = None
        with contextlib.suppress(OSError):  # it is backed by an unnamed file, for which the disk may have no room
            self._notes = self._context.RawArray("Q", stages.NOTES)
        self._free = list(range(stages.SLOTS)) if self._notes is not None else []
        self._open: set[Future[Any]] = set()
        self._pool = self._start()

    def _start(self) -> pebble.ProcessPool:
        if self._context.get_start_method() == "forkserver":
            forkserver.start()
        return pebble.ProcessPool(
            max_workers=self.count,
            initializer=_prepare,
            initargs=(self._memory, self._environment, self._notes),
            context=self._context,
        )

    def submit(self, function: Callable[..., Any], *args: Any, deadline: float, place: str = "") -> Future[Any]:
        """Runs a function in a worker.

        After `deadline` seconds the worker is killed and the future raises TimeoutError.
        An error has the attributes `number`, of the task's entry, and `stage`, None if they are unknown. A task with a
        `place` goes to the workers for remote entries.
        """
        if place and self.away is not None:
            return self.away.submit(function, *args, deadline=deadline)
        slot = self._free.pop() if self._free else stages.NOBODY
        if slot != stages.NOBODY:
            self._notes[slot] = 0
        task = _Task(self._schedule(stages.run, (slot, function, args), deadline))
        self._open.add(task.inner)
        task.inner.add_done_callback(lambda done: self._finish(task, done, slot))
        return task

    def _schedule(self, function: Callable[..., Any], args: tuple[Any, ...], deadline: float) -> Future[Any]:
        """Raises NoWorkerError if the pool is broken and no other can be started."""
        try:
            return self._pool.schedule(function, args=args, timeout=deadline)
        except (BrokenExecutor, RuntimeError, OSError):  # a worker's death broke the pool, or it could not start
            self._leave()
            self._abandon()
        try:
            self._pool = self._start()
            return self._pool.schedule(function, args=args, timeout=deadline)
        except (BrokenExecutor, RuntimeError, OSError) as error:
            raise NoWorkerError.of(error.__cause__ or error) from error

    def _abandon(self) -> None:
        """Ends the tasks that a broken pool has left waiting: pebble forgets those that it has not sent yet."""
        for future in list(self._open):
            with contextlib.suppress(InvalidStateError):
                future.set_exception(BrokenExecutor("the pool of workers broke"))

    def _finish(self, task: _Task, done: Future[Any], slot: int) -> None:
        """Passes on the result of a task, in one of the pool's threads."""
        self._open.discard(done)
        error = CancelledError() if done.cancelled() else done.exception()
        if error is None:
            task.set_result(done.result())
        else:
            known = stages.read(self._notes[slot]) if slot != stages.NOBODY else (None, None)
            error.number, error.stage = known  # type: ignore[attr-defined]
        if slot != stages.NOBODY:
            self._free.append(slot)
        if error is not None:
            task.set_exception(error)

    @property
    def bytes_read(self) -> int:
        """How many bytes tasks have read whose length shows (`stages.advance`), ever since it was started."""
        return 0 if self._notes is None else sum(self._notes[stages.SLOTS : 2 * stages.SLOTS])

    @property
    def film(self) -> tuple[float, float]:
        """How many seconds of film tasks have decoded, and how many the films have that were begun."""
        if self._notes is None:
            return 0.0, 0.0
        done, begun = (self._notes[at * stages.SLOTS : (at + 1) * stages.SLOTS] for at in (2, 3))
        return sum(done) / 1000, sum(begun) / 1000

    def versions(self) -> dict[str, str]:
        """The versions of the libraries that workers use, without those that are missing."""
        versions: dict[str, str] = self.submit(registry.parsers, deadline=_VERSIONS).result()
        return versions

    def programs(self) -> dict[str, str]:
        """The versions of the programs that workers can ask; empty if one doesn't say."""
        return registry.programs()

    def stop(self) -> None:
        """Ends all workers without waiting for their tasks."""
        if self.away is not None:
            self.away.stop()
        self._leave()

    def _leave(self) -> None:
        # pool.stop() and join() wait for three polling threads (measured: 120 ms on a one-file run); the workers
        # are daemons that end with this process, so killing them is enough
        manager = self._pool._pool_manager.worker_manager  # noqa: SLF001 - pebble has no way to stop without waiting
        with contextlib.suppress(Exception):
            self._pool.close()  # type: ignore[no-untyped-call]
        for process in list(manager.workers.values()):
            with contextlib.suppress(OSError, ValueError):
                process.kill()


class _Task(Future[Any]):
    """The future of a task that callers get. Cancelling it ends its process."""

    def __init__(self, inner: Future[Any]) -> None:
        super().__init__()
        self.inner = inner

    def cancel(self) -> bool:
        """Ends the task, which then raises CancelledError."""
        return self.inner.cancel()


def _prepare(memory: int, environment: dict[str, str], notes: Any) -> None:
    """Sets up a worker: removes secrets and terminal, limits its memory, and makes it end with the run."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole process group; the run decides what to do
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    stages.share(notes)
    os.environ.clear()
    os.environ.update(environment)
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        os.close(nowhere)
    if sys.platform.startswith("linux"):
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    forkserver.let_go()
    run = parent_process()
    if run is not None and not run.is_alive():  # the run ended before prctl, so the signal would never come
        os._exit(1)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        highest = sys.maxsize if hard == resource.RLIM_INFINITY else hard
        # a program that it starts for decoding may have more, and could not raise the upper limit again
        upper = min(max(memory, ffmpeg.MEMORY), highest)
        resource.setrlimit(resource.RLIMIT_AS, (min(memory, upper), upper))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
