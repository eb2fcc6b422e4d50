"""What the workers' server imports before it forks the first worker (`forking`): all that a worker needs for a file.

Its start is what a check of one file waits for, so that nothing else belongs here.
"""

from __future__ import annotations

import gc
from contextlib import suppress
from importlib import import_module

from vidcheck.late import load_unused_late

gc.disable()  # nothing that an import makes is garbage; looking for it is 3 % of the time
load_unused_late()
for _name in (
    "pebble.pool.process",
    "vidcheck.rules.reader",
    "yaml",
    "vidcheck.runner.observing",
    "pymediainfo",
    "ctypes",
    "resource",
):
    with suppress(ImportError):  # a worker that needs one that is missing says so
        import_module(_name)
gc.freeze()  # a worker need not look through it either, and shares its memory with the server
gc.enable()
