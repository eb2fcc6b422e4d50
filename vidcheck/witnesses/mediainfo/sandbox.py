"""A library at work that may open nothing: no other file, no connection."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


_seals: list[tuple[int, int]] = []
"""What the limit was before, while something is sealed."""


@contextmanager
def sealed() -> Iterator[None]:
    """While this lasts the process gets no new descriptor; what is open stays readable.

    MediaInfo 24.12 opens what a playlist names (HLS, DASH, Smooth Streaming), files and addresses, though it is given
    an open file and no name; which files it takes for playlists only its own parsers know. Where the system has no
    such limit (Windows) nothing is held back. For a process that does nothing else meanwhile.
    """
    try:
        import resource
    except ImportError:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # not 0, for then poll(2) fails on descriptors that are open: the number that the next one would get
    following = os.open(os.devnull, os.O_RDONLY)
    os.close(following)
    resource.setrlimit(resource.RLIMIT_NOFILE, (following, hard))
    _seals.append((soft, hard))
    try:
        yield
    finally:
        _seals.pop()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def lifted() -> Iterator[None]:
    """While this lasts a seal does not hold: for a file of ours that must connect anew to give the library its bytes.

    The library waits meanwhile: it is given bytes between its calls.
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
