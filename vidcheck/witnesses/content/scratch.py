"""Folders for what a program writes while it looks at one entry. None outlives its process for long.

A process holds a lock on its folder as long as it lives. Whoever finds a folder without a lock removes it: its process
was killed.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGINNING = "vidcheck-look-"
_LOCK = "lock"


@contextmanager
def folder() -> Iterator[Path]:
    """A new private folder, which is gone afterwards. Raises OSError if there is no room for one."""
    sweep()
    made, lock = _made()
    try:
        yield made
    finally:
        if sys.platform == "win32":  # an open file can't be removed there
            os.close(lock)
            shutil.rmtree(made, ignore_errors=True)
        else:
            shutil.rmtree(made, ignore_errors=True)
            os.close(lock)


def sweep() -> None:
    """Removes the folders of processes that were killed."""
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as rows:
        for row in [row for row in rows if row.name.startswith(_BEGINNING)]:
            with suppress(OSError):  # another user's, or another process removes it too
                if row.is_dir(follow_symlinks=False) and _is_ours(row):
                    _remove(Path(row.path))


def _is_ours(row: os.DirEntry[str]) -> bool:
    return sys.platform == "win32" or row.stat(follow_symlinks=False).st_uid == os.getuid()


def _made() -> tuple[Path, int]:
    """A new folder and the open file that locks it."""
    while True:
        made = Path(tempfile.mkdtemp(prefix=_BEGINNING))
        with suppress(FileNotFoundError, FileExistsError):  # `sweep` of another process was there before the lock
            lock = os.open(made / _LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            with suppress(BlockingIOError):
                with suppress(_UnlockableError):
                    _lock(lock)
                if (made / _LOCK).exists():
                    return made, lock
            os.close(lock)


class _UnlockableError(OSError):
    """The file system has no locks: what is left there by a killed process stays."""


def _lock(lock: int) -> None:
    """Locks a file until it is closed. Raises BlockingIOError if another process has locked it, and _UnlockableError.

    On Windows its being open is enough: it can't be removed.
    """
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError as error:
        raise _UnlockableError from error


def _remove(found: Path) -> None:
    """Removes a folder without a lock. Raises OSError."""
    if sys.platform == "win32":
        (found / _LOCK).unlink()
        shutil.rmtree(found, ignore_errors=True)
        return
    lock = os.open(found / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        _lock(lock)
        shutil.rmtree(found, ignore_errors=True)
    finally:
        os.close(lock)
