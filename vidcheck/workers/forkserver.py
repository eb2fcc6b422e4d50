"""Starts worker processes from a small server process, which has the witnesses loaded and forks on demand.

Forking this process itself would be simpler but unsafe: a worker that replaces a dead one is forked from one of the
pool's threads, and inherits any lock that another thread holds at that moment (measured: a third of the replaced
workers hung on the import lock). A server is also quick: it loads while this process is still importing.
"""

from __future__ import annotations

import os
import signal
import sys
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import context, forkserver, popen_forkserver, resource_tracker, util
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PRELOADED = ["vidcheck.workers.preload"]
KEPT = frozenset({"PATH", "LANG", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIDCHECK_WHISPER"})
"""The variables of the environment that workers inherit; any other may be a secret."""
_SAFE = "PYTHONSAFEPATH"


def kept(name: str) -> bool:
    """Whether workers inherit a variable of the environment."""
    return name in KEPT or name.startswith(("LC_", "PYTHON"))


def prepare() -> None:
    """Starts the server before anything else is imported, so that it is ready when the first worker is needed.

    Call it only in the main thread at the very start of a process, because it empties the environment for a moment.
    """
    everything = dict(os.environ)
    for name in [name for name in everything if not kept(name)]:
        del os.environ[name]
    try:
        start()
    finally:
        os.environ.update(everything)


def start() -> None:
    """Starts the server unless it runs already.

    The server is a `python -c`, which searches the current folder for modules first. In a folder of entries it would
    run a stranger's `yaml.py`. PYTHONSAFEPATH (Python 3.11) prevents that.
    """
    before = os.environ.get(_SAFE)
    os.environ[_SAFE] = "1"
    # Ctrl-C and the terminal's end go to the whole process group: the server would print a traceback if it got the one
    # while it loads, and end with its workers on the other, before the run has written what it knows
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        resource_tracker.ensure_running()  # first, because starting it unblocks SIGINT
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        forkserver.set_forkserver_preload(PRELOADED)
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        if before is None:
            del os.environ[_SAFE]
        else:
            os.environ[_SAFE] = before


def let_go() -> None:
    """Closes a worker's own handle on the server that forked it. Workers start no processes.

    Every process that was forked from the server holds a pipe that keeps the server alive, so that it can ask for more
    processes. A worker dies when the server ends. If a run is killed while a worker hangs, the worker would keep the
    server alive and the server the worker.
    """
    server: Any = forkserver._forkserver  # noqa: SLF001 - multiprocessing has no public way to it
    descriptor, server._forkserver_alive_fd = server._forkserver_alive_fd, None  # noqa: SLF001
    if descriptor is not None:
        with suppress(OSError):
            os.close(descriptor)


def leave() -> None:
    """Removes the server's files and sockets at the end of the process."""
    with suppress(Exception):
        util._run_finalizers()  # type: ignore[attr-defined] # noqa: SLF001 - a normal exit does this too, but waits for processes


class _Popen(popen_forkserver.Popen):
    def _launch(self, process_obj: Any) -> None:
        try:
            with _no_main():
                super()._launch(process_obj)  # type: ignore[misc]
        except (OSError, EOFError) as error:
            # the only error that ends pebble's waiting tasks: any other ends its thread, and they would wait for ever
            raise BrokenProcessPool(str(error)) from error


class _Process(context.ForkServerProcess):
    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 - multiprocessing's name
        return _Popen(process_obj)


class Context(context.ForkServerContext):
    """Multiprocessing's forkserver, except that workers never import the caller's main script."""

    Process = _Process


@contextmanager
def _no_main() -> Iterator[None]:
    """Hides `__main__` from workers: a script that calls `check` without a guard would otherwise run again in each."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
