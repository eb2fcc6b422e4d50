"""The witness `filesystem`: a file's name, size and time, and opening it.

Every file is opened here, once and without blocking; all other witnesses get the open file.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO

from vidcheck.facts import FILESYSTEM, Fact
from vidcheck.quantities import Moment
from vidcheck.texts import marked, say, system_words
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.evidence import Teller
from vidcheck.witnesses.filesystem import checksum
from vidcheck.witnesses.registry import Witness

if TYPE_CHECKING:
    from vidcheck.texts import Readable

KEYS = frozenset({"size", "file.name", "file.stem", "file.extension", "file.modified"})

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Windows has none of these but O_BINARY
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_NOT_FOLLOWED = getattr(os, "O_NOFOLLOW", 0)


def open_entry(path: str, *, follow: bool = True) -> tuple[BinaryIO, os.stat_result]:
    """Open a file for reading, and what `fstat` says of it. The caller closes it.

    It never blocks: a pipe without a writer, a device or a socket is refused at once. `path` may hold surrogate
    escapes. With `follow` off a symlink is refused where the system can (POSIX). Raises CouldNotLookError.
    """
    descriptor, status = _opened(path, follow=follow)
    try:
        if hasattr(os, "set_blocking"):
            os.set_blocking(descriptor, True)
        return os.fdopen(descriptor, "rb"), status
    except OSError:
        os.close(descriptor)
        raise CouldNotLookError(say("reading failed")) from None
    except BaseException:
        os.close(descriptor)
        raise


def status(path: str, *, follow: bool = True) -> os.stat_result:
    """What `fstat` says of a file that could be opened as `open_entry` opens it. Raises CouldNotLookError."""
    descriptor, status = _opened(path, follow=follow)
    os.close(descriptor)
    return status


def _opened(path: str, *, follow: bool) -> tuple[int, os.stat_result]:
    try:
        descriptor = os.open(path, _FLAGS | (0 if follow else _NOT_FOLLOWED))
    except (OSError, ValueError) as why:
        raise CouldNotLookError(_why_not_opened(why, path, follow=follow)) from None
    try:
        return descriptor, _regular(descriptor)
    except BaseException:
        os.close(descriptor)
        raise


def _regular(descriptor: int) -> os.stat_result:
    """The status of the open file, not of the name. Raises CouldNotLookError unless it is a regular file."""
    try:
        status = os.fstat(descriptor)
    except OSError:
        raise CouldNotLookError(say("reading failed")) from None
    if not stat.S_ISREG(status.st_mode):
        raise CouldNotLookError(_what(status.st_mode))
    return status


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What is known of a file without reading it: from `fstat`, or from a server's response."""

    name: str
    """Without its folder."""
    size: int
    modified: datetime | None
    """In UTC; None if that isn't known."""
    raw: str
    """The time of modification in the system's or the server's format."""
    why: Readable | None = None
    """Why `modified` isn't known."""
    size_locator: str = "st_size"
    modified_locator: str = "st_mtime"

    @classmethod
    def of(cls, name: str, status: os.stat_result) -> Status:
        """What `fstat` said of a file of that name."""
        try:
            modified = _EPOCH + timedelta(microseconds=status.st_mtime_ns // 1000)
        except OverflowError:
            why = say("this is no date of the calendar")
            return cls(name=name, size=status.st_size, modified=None, raw=str(status.st_mtime_ns), why=why)
        raw = f"{modified.isoformat(timespec='microseconds')[:-6]}Z"
        return cls(name=name, size=status.st_size, modified=modified, raw=raw)


def read(status: Status) -> tuple[Fact, ...]:
    """The facts of a file's name and status."""
    tell = Teller(FILESYSTEM)
    tell.known("size", status.size, status.size_locator, str(status.size))
    tell_name(tell, status.name)
    if status.modified is not None:
        tell.known("file.modified", Moment.at(status.modified), status.modified_locator, status.raw)
    elif status.why is not None:
        tell.unknown("file.modified", status.modified_locator, status.raw, status.why)
    return tell.facts


def tell_name(tell: Teller, name: str) -> None:
    """A file's name, without its folder, and its extension."""
    tell.known("file.name", name, "name", name)
    stem, point, extension = name.rpartition(".")
    whole = not (point and stem and extension)
    tell.known("file.stem", name if whole else stem, "name", name)
    if not whole:
        tell.known("file.extension", extension.lower(), "name", extension)
    else:
        tell.absent("file.extension", "name")


def same(before: os.stat_result, after: os.stat_result) -> bool:
    """Whether size, time and inode are still the same."""
    return (before.st_size, before.st_mtime_ns, before.st_ino, before.st_dev) == (
        after.st_size, after.st_mtime_ns, after.st_ino, after.st_dev,
    )  # fmt: skip


def _why_not_opened(why: OSError | ValueError, path: str, *, follow: bool) -> Readable:
    if not isinstance(why, OSError):
        return say("no file can have this name")
    if why.errno == errno.ELOOP:
        return (
            say("it is a symlink, and symlinks are not followed here")
            if not follow
            else say("its symlinks go round in a circle")
        )
    if why.errno in _MEANING:
        return say(_MEANING[why.errno])
    if why.errno in {errno.ENXIO, errno.EOPNOTSUPP}:
        # a socket, or a device that is missing
        try:
            return _what(os.stat(path).st_mode)  # noqa: PTH116 - a path may hold surrogate escapes
        except (OSError, ValueError):
            pass
    return say("it could not be opened: {why}", why=system_words(os.strerror(why.errno or 0)))


def _what(mode: int) -> Readable:
    """Why a file of that type is not read."""
    for test, words in _TYPES:
        if test(mode):
            return say(words)
    return say("it is no regular file")


_MEANING = {
    errno.ENOENT: marked("it is not there any more"),
    errno.ENOTDIR: marked("it is not there any more"),
    errno.EACCES: marked("you have no permission to read it"),
    errno.EPERM: marked("you have no permission to read it"),
    errno.ENAMETOOLONG: marked("its name is too long for this file system"),
    errno.EISDIR: marked("it is a folder"),
    errno.EMFILE: marked("too many files are open"),
    errno.ENFILE: marked("too many files are open"),
    errno.EIO: marked("the disk could not read it"),
    errno.ESTALE: marked("it is not there any more"),
}
_TYPES = (
    (stat.S_ISDIR, marked("it is a folder")),
    (stat.S_ISFIFO, marked("it is a named pipe, not a file")),
    (stat.S_ISSOCK, marked("it is a socket, not a file")),
    (stat.S_ISCHR, marked("it is a device, not a file")),
    (stat.S_ISBLK, marked("it is a device, not a file")),
)

WITNESS = Witness(
    name=FILESYSTEM, keys=KEYS | checksum.KEYS, look=lambda subject: subject.status, read=read,
)  # fmt: skip
