"""Imported by the server that forks the workers of tests: it looks at the sample clip, so that no worker does so first.

A worker's first look loads MediaInfo and compiles patterns, 35 ms, and the tests start a thousand workers. Tests that start
vidcheck as a process have workers as users have them.
"""

from __future__ import annotations

import gc
import gzip
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from vidcheck.session import work
from vidcheck.session.messages import Assignment, Policy, Setup
from vidcheck.sources.targets import find

with suppress(Exception), TemporaryDirectory() as _folder:  # a worker that can't look says so itself
    _clip = Path(_folder) / "clip.mp4"
    _clip.write_bytes(gzip.decompress((Path(__file__).parent / "clips" / "clip.mp4.gz").read_bytes()))
    for _target in find([str(_clip)]).targets:
        work.check_entry(work.Prepared(Setup(policy=Policy.ALL)), Assignment(target=_target))
gc.collect()
gc.freeze()
