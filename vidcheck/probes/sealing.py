"""A library at work that may open nothing: no other file, no connection."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
