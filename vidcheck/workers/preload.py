"""What the workers' server imports before it forks the first worker (`forking`): all that a worker needs for a file.

Its start is what a check of one file waits for, so that nothing else belongs here.
"""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

from vidcheck.lazy import load_unused_late
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from types import TracebackType


def complain(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What multiprocessing asks of a worker that could not begin: one that comes when its run has ended is no mishap.

    It finds the run's locks and pipes gone. What befalls a worker later never comes here.
    """
    if not issubclass(kind, (FileNotFoundError, EOFError, ConnectionError)):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = complain
gc.disable()  # nothing that an import makes is garbage; looking for it is 3 % of the time
load_unused_late()
for _name in (
    "pebble.pool.process",
    "vidcheck.rules.reader",
    "yaml",
    "vidcheck.session.work",
    "resource",
    *(module for witness in registry.every() for module in witness.imports),
):
    with suppress(ImportError):  # a worker that needs one that is missing says so
        import_module(_name)
gc.freeze()  # a worker need not look through it either, and shares its memory with the server
gc.enable()
