"""The file's SHA-256. It needs reading the whole file, so it is computed only if asked for."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from vidcheck.facts import FILESYSTEM, Fact
from vidcheck.texts import say
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.evidence import Teller

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

KEYS = frozenset({"checksum"})

SAMPLE = 2**20
"""Bytes that a sample takes of a file at most."""
_PIECE = 2**20
_PLACES = 8  # where a sample looks: at the head, at the tail, and evenly between


def look(file: BinaryIO, advance: Callable[[int], None] | None = None) -> str:
    """The SHA-256 of all the file's bytes, in hex; the file is read from its beginning. Raises CouldNotLookError.

    `advance` is called with the length of each piece that was read.
    """
    try:
        file.seek(0)
        digest = hashlib.sha256()
        while piece := file.read(_PIECE):
            digest.update(piece)
            if advance is not None:
                advance(len(piece))
    except OSError:
        raise CouldNotLookError(say("reading failed")) from None
    return digest.hexdigest()


def read(digest: str) -> tuple[Fact, ...]:
    """The fact of a digest."""
    tell = Teller(FILESYSTEM)
    tell.known("checksum", digest, "sha256", digest)
    return tell.facts


def sample(file: BinaryIO, size: int) -> str:
    """A digest of some bytes of a file: files whose samples differ are different. Raises CouldNotLookError."""
    step = SAMPLE // _PLACES
    try:
        digest = hashlib.sha256()
        for place in range(_PLACES):
            file.seek(max(0, size - step) * place // (_PLACES - 1))
            digest.update(file.read(step))
    except OSError:
        raise CouldNotLookError(say("reading failed")) from None
    return digest.hexdigest()
