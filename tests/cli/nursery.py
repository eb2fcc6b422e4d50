"""Processes that have their imports behind them: a warm one is started once, and a run of vidcheck is a fork of it.

A run is a process of its own all the same: its arguments, folder, environment and descriptors are those it is given,
and it ends as a program ends. Only what a start costs is paid once. Nothing that reads its environment when it is
imported is imported before the fork (`vidcheck.cli` words its help then). Where the start itself is what is tested,
and where the environment speaks to Python itself, a test starts a real process.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable

LENGTH = 4
"""Bytes in which a request's length, a process id and an exit code are written (`asking`)."""
_STANDARD = 3  # descriptors that a run is given: input, output, errors
_FOREIGN = (
    "concurrent.futures.process", "encodings.cp437", "importlib.resources.readers", "openpyxl", "openpyxl.packaging.extended", "pebble",
    "platformdirs", "platformdirs.unix", "pydantic.plugin._loader", "pymediainfo", "rich._emoji_codes", "rich.columns", "rich.console",
    "rich.markdown", "rich.markup", "rich.padding", "rich.panel", "rich.progress", "rich.syntax", "rich.table", "rich.text",
    "rich.traceback", "runpy", "sqlite3", "typer", "typer._adapters", "typer._click.decorators", "typer._click._textwrap", "typer.main", "yaml", "zoneinfo",
)  # fmt: skip
_LATE = ("vidcheck.__main__", "vidcheck.cli", "vidcheck.workers.preload")


def serve(listening: socket.socket, alive: int) -> None:
    """Forks a run for each request; answers with its process id and, when it ends, with how it ended.

    Ends when `alive`, a pipe that the tests hold open, is closed.
    """
    answers: dict[int, socket.socket] = {}

    def buried(*_: object) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                with answers.pop(ended[0]) as answer, suppress(OSError):
                    answer.sendall(os.waitstatus_to_exitcode(ended[1]).to_bytes(LENGTH, "big", signed=True))

    signal.signal(signal.SIGCHLD, buried)
    while alive not in select.select([listening.fileno(), alive], [], [])[0]:
        answer = listening.accept()[0]
        length, given, *_ = socket.recv_fds(answer, LENGTH, _STANDARD)
        request = json.loads(answer.recv(int.from_bytes(length, "big"), socket.MSG_WAITALL))
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # it is to be known before it ends
        child = os.fork()
        if not child:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            for end in (listening, answer, *answers.values()):
                end.close()
            os.close(alive)
            _become(request, given)
        answers[child] = answer
        answer.sendall(child.to_bytes(LENGTH, "big"))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        for descriptor in given:
            os.close(descriptor)


def _become(request: dict[str, Any], descriptors: list[int]) -> NoReturn:
    """What `python -m vidcheck ARGUMENTS` is, once Python has started."""
    import runpy
    import time

    code = 1
    try:
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
        os.closerange(_STANDARD, max(descriptors) + 1)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(request["environment"])
        time.tzset()
        os.chdir(request["folder"])
        sys.path.insert(0, request["folder"])
        sys.argv = ["-m", *request["arguments"]]
        sys.stdin, sys.stdout = _stream(0, "r", "surrogateescape"), _stream(1, "w", "surrogateescape")
        sys.stderr = _stream(2, "w", "backslashreplace")
        _fork_instead_of_starting()
        runpy.run_module("vidcheck", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    except BaseException:  # noqa: BLE001 - as Python does at the end of a program
        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        os._exit(code)


def _stream(descriptor: int, mode: str, errors: str) -> Any:
    return open(
        descriptor, mode, encoding="utf-8", errors=errors, closefd=False, buffering=1 if descriptor == 2 else -1
    )  # fmt: skip


def _fork_instead_of_starting() -> None:
    """Where multiprocessing would start another Python (the server that workers are forked from), it is forked too."""
    from multiprocessing import forkserver, resource_tracker, util

    def forked(_path: str, arguments: list[str], kept: Iterable[int]) -> int:
        child = os.fork()
        if child:
            return child
        try:
            _close_all_but({0, 1, 2, *kept})
            sys.argv, sys.path[0] = ["-c"], ""
            known: Any = (forkserver._forkserver, resource_tracker._resource_tracker)
            for one in known:
                one.__init__()  # as in a Python that has just started
            exec(arguments[-1], {"__name__": "__main__"})  # noqa: S102 - multiprocessing's own words: `python -c WORDS`
        except Exception:  # noqa: BLE001 - as Python does at the end of a program
            traceback.print_exc()
        finally:
            os._exit(0)

    multiprocessing: Any = util
    multiprocessing.spawnv_passfds = forked


def _close_all_but(kept: set[int]) -> None:
    *descriptors, last = sorted(kept)
    for before, after in zip(descriptors, [*descriptors[1:], last], strict=True):
        os.closerange(before + 1, after)
    os.closerange(last + 1, os.sysconf("SC_OPEN_MAX"))


def _warm() -> None:
    import gc
    import pkgutil
    from importlib import import_module

    import vidcheck

    for name in _FOREIGN:
        with suppress(ModuleNotFoundError):  # then each run imports what stands there now
            import_module(name)
    folders = [(list(vidcheck.__path__), "vidcheck.")]
    for folder, above in folders:
        for module in pkgutil.iter_modules(folder, above):
            if module.name not in _LATE:
                imported = import_module(module.name)
                if module.ispkg:
                    folders.append((list(imported.__path__), f"{module.name}."))
    gc.collect()
    gc.freeze()  # a fork's collector need not look at, and so copy, what was there before


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the tests' own end is ours
    del sys.path[0]  # this file's folder, whose modules are not meant
    _warm()
    serve(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]))
