"""Workers that have other functions in the place of some, and what those do. Light: each new worker imports it.

The workers come from the server, as in a run: forking this process, which has threads, may leave a worker without a lock
that it needs.
"""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from vidcheck.workers.pool import Workers

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path
    from typing import BinaryIO


class Patch(NamedTuple):
    """A function of a module, and what is called instead: with that function before the arguments."""

    module: str
    name: str
    deed: Callable[..., Any]


class Patched(Workers):
    """Workers that run every task with these patches, also those that come for lost ones."""

    def __init__(self, *patches: Patch) -> None:
        super().__init__(1)
        self._patches = patches

    def submit(self, function: Callable[..., Any], *args: Any, deadline: float, place: str = "") -> Future[Any]:
        return super().submit(_run, self._patches, function, args, deadline=deadline, place=place)


def _run(patches: tuple[Patch, ...], function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    with ExitStack() as undone:
        for patch in patches:
            module = import_module(patch.module)
            real = getattr(module, patch.name)
            setattr(module, patch.name, partial(patch.deed, real))
            undone.callback(setattr, module, patch.name, real)
        return function(*args)


def mediainfo(deed: Callable[[BinaryIO], str], size: int | None = None) -> Patch:
    """MediaInfo does this to files, or to those of one size; not to the few bytes that are read to know its version."""
    return Patch("vidcheck.witnesses.mediainfo", "look", partial(_to_files, deed, size))


def always(module: str, name: str, deed: Callable[[BinaryIO], Any]) -> Patch:
    """A function that is given an open file does this."""
    return Patch(module, name, partial(_instead, deed))


def _to_files(
    deed: Callable[[BinaryIO], str], size: int | None, real: Callable[..., str], file: BinaryIO, **more: Any
) -> str:
    if isinstance(file, BytesIO) or size not in {None, os.fstat(file.fileno()).st_size}:
        return real(file, **more)
    return deed(file)


def _instead(deed: Callable[[BinaryIO], Any], _real: object, file: BinaryIO, *_: object) -> Any:
    return deed(file)


# --- deeds ---


def hang(_file: BinaryIO) -> str:
    while True:
        signal.pause()


def crash(_file: BinaryIO) -> str:
    os.kill(os.getpid(), signal.SIGSEGV)
    return ""


def leave(_file: BinaryIO) -> str:
    os._exit(3)


def eat(_file: BinaryIO) -> str:
    hoard = []
    while True:
        hoard.append(bytes(256 * 2**20))  # which the system gives untouched, and so at once


def half(_file: BinaryIO) -> str:
    return '{"media": {"track": [{"@type": "General", "Dur'


def grow(path: Path, file: BinaryIO) -> str:
    """The file that is looked at changes meanwhile."""
    with path.open("ab") as more:
        more.write(b"more")
    return half(file)
