"""Where worker processes come from: a small server process that has the probes loaded and forks a worker on demand.

Forking this process itself would be simpler, and is wrong: a worker that replaces a dead one is forked from one of
the pool's threads, and inherits whatever lock another thread holds just then (measured: a third of replaced workers
hung for ever on the import lock). A server is also quick: it loads while this process is still importing.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager, suppress
from multiprocessing import context, forkserver, popen_forkserver, resource_tracker, util
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PRELOADED = ["vidcheck.workers.preload"]
KEPT = frozenset({"PATH", "LANG", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"})
"""The environment that workers may know; all else may be a secret."""
_SAFE = "PYTHONSAFEPATH"


def kept(name: str) -> bool:
    """Whether a variable of the environment is for workers too."""
    return name in KEPT or name.startswith(("LC_", "PYTHON"))


def prepare() -> None:
    """Starts the server before anything else is imported, so that it is ready when the first worker is wanted.

    Only for a process's main thread at its very start: the environment is bare for a moment.
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

    It is a `python -c`, which looks for modules in the current folder first: in a folder of entries a stranger's
    `yaml.py` would run. The interpreter is told not to look there (PYTHONSAFEPATH, Python 3.11).
    """
    before = os.environ.get(_SAFE)
    os.environ[_SAFE] = "1"
    # Ctrl-C goes to the whole group: the server, which is told of no signals while it loads, would print a traceback
    resource_tracker.ensure_running()  # which ends every such mask when it starts
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.set_forkserver_preload(PRELOADED)
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        if before is None:
            del os.environ[_SAFE]
        else:
            os.environ[_SAFE] = before


def let_go() -> None:
    """For a worker, which starts no others: it no longer keeps the server alive that it came from.

    Every process that was forked from the server holds it alive (so that it might ask for more). A run that is killed
    would leave a worker that hangs behind, and the worker the server, whose end is the worker's only wish to die.
    """
    server: Any = forkserver._forkserver  # noqa: SLF001 - there is no other way to it
    descriptor, server._forkserver_alive_fd = server._forkserver_alive_fd, None  # noqa: SLF001
    if descriptor is not None:
        with suppress(OSError):
            os.close(descriptor)


def leave() -> None:
    """Removes what the server needed on disk and in memory; for the end of the process."""
    with suppress(Exception):
        util._run_finalizers()  # type: ignore[attr-defined] # noqa: SLF001 - what exiting politely would do, without its waiting


class _Popen(popen_forkserver.Popen):
    def _launch(self, process_obj: Any) -> None:
        with _no_main():
            super()._launch(process_obj)  # type: ignore[misc]


class _Process(context.ForkServerProcess):
    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 - multiprocessing's name
        return _Popen(process_obj)


class Context(context.ForkServerContext):
    """Multiprocessing's forkserver, whose workers never run the caller's own script again."""

    Process = _Process


@contextmanager
def _no_main() -> Iterator[None]:
    """Workers need nothing of `__main__`; without this, a script that calls `check` unguarded would run itself anew."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
