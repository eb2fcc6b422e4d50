"""Imported by the workers' server before it forks the first worker (`forkserver`): all that a worker needs for every file.

A check of one file waits for this to load, so nothing else belongs here: the witnesses that start a process are imported
by the worker that first asks them.
"""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

from vidcheck.lazy import load_unused_late
from vidcheck.witnesses import registry
from vidcheck.witnesses.registry import Cost

if TYPE_CHECKING:
    from types import TracebackType


def report_start_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """An excepthook for workers that fail to start. It is silent about a worker that starts after its run has ended.

    Such a worker finds the run's locks and pipes gone. Later errors of a worker are not handled here.
    """
    if not issubclass(kind, (FileNotFoundError, EOFError, ConnectionError)):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = report_start_error
gc.disable()  # imports create no garbage, and collecting takes 3 % of the time
load_unused_late()
for _name in (
    "vidcheck.workers.pool",
    "multiprocessing.popen_forkserver",
    "multiprocessing.sharedctypes",
    "vidcheck.rules.reader",
    "yaml",
    "vidcheck.session.tasks",
    "vidcheck.session.work",
    "vidcheck.sources.targets",
    "zoneinfo",
    "resource",
    *(module for name in registry.costing(Cost.HEADERS, Cost.PARSER) for module in registry.witness(name).imports),
):
    with suppress(ImportError):  # a worker that needs a missing module reports it
        import_module(_name)
gc.freeze()  # workers don't scan these objects either, and share their memory with the server
gc.enable()
