"""A remote object as a file that witnesses can read: seekable, in few and bounded requests, and never read whole.

Fetched bytes are kept in blocks while the entry is read. Every error of a server becomes one failure of the file, and
no request waits beyond the deadline.
"""

from __future__ import annotations

import asyncio
import io
import threading
from collections import OrderedDict
from contextlib import contextmanager, suppress
from datetime import UTC
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from vidcheck.quantities import Shown
from vidcheck.sources.fetch import State, persistently
from vidcheck.sources.urls import split_bucket
from vidcheck.texts import say
from vidcheck.witnesses.errors import ChangedError, CouldNotLookError
from vidcheck.witnesses.filesystem import Status
from vidcheck.witnesses.mediainfo.sandbox import lifted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import WriteableBuffer

    from vidcheck.sources.fetch import Piece, Source

_BLOCK = 1 << 14  # bytes; an entry needs about fifteen blocks beyond its index
_HEAD = 1 << 16  # bytes of the first request: `boxes` reads these first
_AHEAD = 1 << 18  # the most bytes that sequential reading fetches at once
_KEPT = 1 << 10  # blocks, 16 MiB
_MOST = 32_000_000
"""Bytes fetched of one object, unless its checksum is asked for."""

CHANGED = say("the file changed while it was read: it is still being written")


class RemoteFile(io.RawIOBase):
    """An object of known size, read in ranges. Reading raises CouldNotLookError, which witnesses don't catch."""

    def __init__(self, source: Source, *, seconds: float, whole: bool = False) -> None:
        """Fetches the object's beginning. Raises CouldNotLookError if it can't be read.

        `seconds` is the limit for reading the entry. `whole` allows reading all of it.
        """
        super().__init__()
        self._source = source
        self._limit = Fraction(str(seconds))
        self._until = _connections().runner.get_loop().time() + seconds
        self._most = None if whole else _MOST
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._at = self._straight = 0
        self._step = _BLOCK
        self.failure: CouldNotLookError | None = None
        """Why the server could not be read. After a failure all earlier results are void."""
        self.fetched = self.requests = 0
        """Bytes and requests so far."""
        piece = self._fetch(0, _HEAD, None)
        self.state = piece.state
        """The object's state at the start."""
        self.size = piece.state.size
        self._straight = len(piece.data)
        self._keep(0, piece.data)

    # --- as a file ---

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = max(0, offset + (0, self._at, self.size)[whence])
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        end = self.size if size is None or size < 0 else min(self._at + size, self.size)
        data = self._span(self._at, end) if end > self._at else b""
        self._at += len(data)
        return data

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def holds(self, start: int, end: int) -> bool:
        """Whether those bytes are there already, so that reading them takes no request."""
        return all(number in self._blocks for number in range(start // _BLOCK, -(-min(end, self.size) // _BLOCK)))

    # --- the blocks ---

    def _span(self, start: int, end: int) -> bytes:
        first, last = start // _BLOCK, -(-end // _BLOCK)
        parts: list[bytes] = []
        number = first
        while number < last:
            block = self._blocks.get(number)
            if block is not None:
                self._blocks.move_to_end(number)
                parts.append(block)
                number += 1
                continue
            gap = number + 1
            while gap < last and gap not in self._blocks:
                gap += 1
            parts.append(self._load(number * _BLOCK, min(gap * _BLOCK, self.size))[: (gap - number) * _BLOCK])
            number = gap
        skip = start - first * _BLOCK
        return b"".join(parts)[skip : skip + end - start]

    def _load(self, start: int, end: int) -> bytes:
        """Fetches those bytes, and twice as many as before in sequential reading. Raises CouldNotLookError."""
        self._step = min(self._step * 2, _AHEAD) if start == self._straight else _BLOCK
        end = min(max(end, start + self._step), self.size)
        if self._most is not None and self.fetched + end - start > self._most:
            raise CouldNotLookError(
                say("more than {most} would have to be fetched of it", most=Shown("bytes", self._most))
            )
        try:
            data = self._fetch(start, end, self.state).data
        except CouldNotLookError as failure:
            self.failure = failure
            raise
        self._straight = end
        self._keep(start, data)
        return data

    def _keep(self, start: int, data: bytes) -> None:
        for at in range(0, len(data), _BLOCK):
            self._blocks[(start + at) // _BLOCK] = data[at : at + _BLOCK]
        while len(self._blocks) > _KEPT:
            self._blocks.popitem(last=False)

    def _fetch(self, start: int, end: int, state: State | None) -> Piece:
        async def ask() -> Piece:
            self.requests += 1
            return await self._source.fetch(start, end, state)

        try:
            with lifted():  # while MediaInfo runs nothing may be opened, except a lost connection again
                piece = _connections().runner.run(persistently(ask, self._until, self._limit))
        except ChangedError:
            raise CouldNotLookError(CHANGED) from None
        self.fetched += len(piece.data)
        return piece

    def confirm(self) -> None:
        """Checks at the end that the object has not changed. Raises CouldNotLookError."""
        # a server without ranges may send a small object whole
        self._fetch(0, 1 if self.size > _HEAD else _HEAD, self.state)


# --- what stays open from entry to entry ---


class _Connections:
    """A thread's event loop and its sessions: opening connections and clients takes longer than most entries."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self._sessions: dict[str, Any] = {}

    def source(self, url: str, *, private: bool) -> Source:
        """The source for a URL. Raises CouldNotLookError if a library is missing."""
        try:
            if url.startswith("s3://"):
                from vidcheck.sources.s3 import BucketSource

                return BucketSource(self.session("s3"), *split_bucket(url))
            from vidcheck.sources.web import WebSource

            return WebSource(self.session("private" if private else "public"), url)
        except ImportError:
            raise CouldNotLookError(say("a library that remote entries need is not installed")) from None

    def session(self, kind: str) -> Any:
        """The session of a kind: `s3`, `public` or `private`."""
        if kind not in self._sessions:
            self._sessions[kind] = self._opened(kind)
        return self._sessions[kind]

    def _opened(self, kind: str) -> Any:
        if kind == "s3":
            from vidcheck.sources.s3 import Buckets

            opened = Buckets()
            self.runner.run(opened.open())  # not counted in any entry's time: it takes a second
            return opened
        from vidcheck.sources.web import Web

        return Web(private=kind == "private")

    def close(self) -> None:
        for session in self._sessions.values():
            self.runner.run(session.close())
        self.runner.close()


_mine = threading.local()


def _connections() -> _Connections:
    if not hasattr(_mine, "connections"):
        _mine.connections = _Connections()
    connections: _Connections = _mine.connections
    return connections


def close_connections() -> None:
    """Closes this thread's connections. Worker processes need not, because they end with the run."""
    with suppress(AttributeError):
        _mine.connections.close()
        del _mine.connections


def run_here(task: Any) -> Any:
    """Runs a coroutine in this thread's loop."""
    return _connections().runner.run(task)


def buckets() -> Any:
    """The thread's client for buckets."""
    return _connections().session("s3")


@contextmanager
def discreet() -> Iterator[None]:
    """Reduces other errors to their type, because a library's message may contain a URL with secrets."""
    try:
        yield
    except (CouldNotLookError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - it is raised again, without its words
        raise RuntimeError(f"{type(error).__name__} while a server was asked") from None


# --- look and read ---


def open_entry(url: str, *, private: bool, seconds: float, whole: bool = False) -> RemoteFile:
    """Open a remote object. The caller closes it. Raises CouldNotLookError."""
    return RemoteFile(_connections().source(url, private=private), seconds=seconds, whole=whole)


def status(name: str, state: State) -> Status:
    """The status of an object by its server's response."""
    modified = state.modified.astimezone(UTC) if state.modified else None
    return Status(
        name=name, size=state.size, modified=modified, raw=f"{modified:%Y-%m-%dT%H:%M:%S.%fZ}" if modified else "",
        why=say("the server does not say it"), size_locator="Content-Range", modified_locator="Last-Modified",
    )  # fmt: skip


def identity(state: State) -> tuple[int, ...]:
    """The identity of this state of an object, as numbers."""
    from hashlib import sha256

    moment = int(state.modified.timestamp()) if state.modified else 0
    tag = int.from_bytes(sha256(state.tag.encode("utf-8", "surrogateescape")).digest()[:7])
    return (0, tag, state.size, moment)  # 0 in the place of a local file's device
