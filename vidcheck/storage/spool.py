"""A queue of values: the first ones are in memory, the rest in an unnamed file."""

from __future__ import annotations

import pickle
import tempfile
from collections import deque
from typing import IO, TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

_T = TypeVar("_T")
MOST = 500


class Spool(Generic[_T]):
    """A queue of any length that keeps at most `most` values in memory.

    The file has no name, so that no other process can write to it.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: deque[_T] = deque()
        self._file: IO[bytes] | None = None
        self._left = 0
        self._read = 0

    def put(self, value: _T) -> None:
        """Adds a value at the end."""
        if self._file is None and len(self._held) < self._most:
            self._held.append(value)
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it is drained
        self._file.seek(0, 2)
        pickle.dump(value, self._file, pickle.HIGHEST_PROTOCOL)
        self._left += 1

    def drain(self) -> Iterator[_T]:
        """Yields and removes the values in order; those not taken stay."""
        while self._held:
            yield self._held.popleft()
        while self._file is not None and self._left:
            self._file.seek(self._read)
            value: _T = pickle.load(self._file)  # noqa: S301 - written by this process into a file without a name
            self._read = self._file.tell()
            self._left -= 1
            yield value
        if self._file is not None:
            self._file.close()
            self._file = None
            self._read = 0
