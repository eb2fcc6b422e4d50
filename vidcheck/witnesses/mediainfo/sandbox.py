"""Keeps a library from opening files and connections."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_STANDARD = 3
"""Descriptors that a process has from its start and keeps."""

_seals: list[tuple[int, int]] = []
"""The limit before sealing; empty if nothing is sealed."""


@contextmanager
def sealed() -> Iterator[None]:
    """A context in which the process gets no new file descriptors; open files stay readable.

    MediaInfo 24.12 opens the files and addresses in a playlist (HLS, DASH, Smooth Streaming), although it gets an open
    file without a name, and only its own parsers decide what a playlist is. Without such a limit (Windows) this does
    nothing. The process must not do anything else meanwhile.
    """
    try:
        import resource
    except ImportError:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Not above standard input, output and error, so that a descriptor that is closed meanwhile (by the garbage collector,
    # by a thread whose server hangs up) makes no room for another; and not 0, because then poll(2) fails on open ones.
    following = os.open(os.devnull, os.O_RDONLY)
    os.close(following)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(following, _STANDARD), hard))
    _seals.append((soft, hard))
    try:
        yield
    finally:
        _seals.pop()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def lifted() -> Iterator[None]:
    """A context that suspends the seal, for a file of ours that must connect again to read bytes for the library.

    The library doesn't run meanwhile, because it gets bytes between its calls.
    """
    if not _seals:
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, _seals[-1])
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
