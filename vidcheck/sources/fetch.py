"""Fetching pieces of remote objects: results, errors, and retries.

A server's own messages are never shown, because they may contain a secret of the URL.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from vidcheck.quantities import Shown
from vidcheck.texts import say
from vidcheck.witnesses.errors import ChangedError, CouldNotLookError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from fractions import Fraction

    from vidcheck.texts import Readable

PATIENCE = 10.0
"""Seconds that a connection, or the next bytes of a response, may take."""
_TRIES = 4
_WAIT, _LONGEST_WAIT = 0.2, 5.0  # seconds before the first retry, and the most that a server may ask for
_T = TypeVar("_T")
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", re.ASCII)
_NO_RANGE = re.compile(r"bytes \*/(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Identifies a version of an object."""

    size: int
    tag: str = ""
    """The ETag, with its quotes."""
    modified: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some bytes of an object, and its state."""

    data: bytes
    state: State


class Source(Protocol):
    """One object on a server."""

    async def fetch(self, start: int, end: int, state: State | None) -> Piece:
        """The bytes from `start` up to `end`, or fewer if the object ends before.

        With `state` the server must send nothing if the object has changed. Raises TemporaryError,
        ChangedError, CouldNotLookError.
        """


class TemporaryError(Exception):
    """A failure that may be temporary."""

    def __init__(self, message: Readable, wait: float = 0.0) -> None:
        super().__init__()
        self.message = message
        self.wait = min(wait, _LONGEST_WAIT)
        """Seconds that the server asks for."""


async def persistently(ask: Callable[[], Awaitable[_T]], until: float, limit: Fraction) -> _T:
    """The result of `ask`, retried with growing pauses after temporary failures, until a time of the loop's clock.

    `limit` is that time in seconds, for messages. Raises ChangedError, CouldNotLookError.
    """
    message: Readable = say("no answer in {limit}", limit=Shown("duration", limit))
    try:
        async with asyncio.timeout_at(until):
            pause = _WAIT
            for left in reversed(range(_TRIES)):
                try:
                    return await ask()
                except TemporaryError as why:
                    message = why.message
                    if not left:
                        raise CouldNotLookError(message) from None
                    await asyncio.sleep(max(pause, why.wait))
                    pause *= 2
    except TimeoutError:
        raise CouldNotLookError(message) from None
    raise AssertionError  # unreachable: the last try returns or raises


def refused(status: int) -> CouldNotLookError | TemporaryError | ChangedError:
    """The error for an HTTP status other than 200 and 206 (RFC 9110, 15)."""
    if status == 412:
        return ChangedError()
    if status in {404, 410}:
        return CouldNotLookError(say("the server has no such object (status {status})", status=status))
    if status in {401, 403}:
        return CouldNotLookError(say("the server does not permit reading it (status {status})", status=status))
    if status in {408, 425, 429} or status >= 500:
        return TemporaryError(say("the server failed (status {status})", status=status))
    return CouldNotLookError(say("the server refused (status {status})", status=status))


def whole_size(content_range: str, start: int, end: int) -> int:
    """The object's size, if a `Content-Range` names exactly the requested bytes (RFC 9110, 14.4).

    Raises CouldNotLookError otherwise.
    """
    match = _RANGE.fullmatch(content_range.strip())
    if match is None:
        raise CouldNotLookError(say("the server does not say which bytes it sent"))
    first, last, size = (int(figure) for figure in match.groups())
    if first != start or last != min(end, size) - 1 or size <= start:
        raise CouldNotLookError(say("the server sent other bytes than it was asked for"))
    return size


def is_empty(content_range: str) -> bool:
    """Whether a refused range says that the object has no bytes (RFC 9110, 15.5.17)."""
    match = _NO_RANGE.fullmatch(content_range.strip())
    return match is not None and int(match[1]) == 0


SILENT = say("the server does not answer")
UNREACHED = say("there is no connection to the server")
CUT_SHORT = say("the server broke off before it had sent what it announced")
TOO_LONG = say("the server sent more than it was asked for")
NO_RANGES = say("the server sends whole files only, no parts of them")
