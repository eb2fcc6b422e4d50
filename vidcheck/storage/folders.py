"""Puts entries into a folder for each verdict: as links, as copies, or moved with a log that undoes it.

Nothing is ever overwritten, and no file is removed before its content lies safely in the new place.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from vidcheck.facts import visible
from vidcheck.texts import Plain, say, system_words

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence
    from typing import BinaryIO

    from vidcheck.texts import Readable

LOG = "moved-{number}.jsonl"
_LOG_LINE = frozenset({"from", "to"})
_NO_LINK = frozenset({errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS})
"""Errors of a hard link to another file system, or on one that knows none."""
_PIECE = 2**20
_CLOSE = 2.0
"""Seconds by which one moment may be written differently: FAT counts every second one."""


class How(StrEnum):
    """How an entry gets into its folder."""

    LINK = "link"
    COPY = "copy"
    MOVE = "move"


class KeptOutError(Exception):
    """A file stays where it is; `words` say why."""

    def __init__(self, words: Readable) -> None:
        super().__init__(words.render("en"))
        self.words = words


class GoneError(KeptOutError):
    """There is no such file."""


class NoLinksError(KeptOutError):
    """No links can be made there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry to be put somewhere."""

    path: str
    size: int | None
    """As it was when it was checked; None if unknown."""
    folder: str
    """The folder of its verdict."""


def places(items: Iterable[Item], out: Path) -> Iterator[tuple[Item, Path]]:
    """Where each entry goes: below its folder it keeps the folders in which it lay, so that names don't meet."""
    listed = [(item, _absolute(item.path)) for item in items]
    common = _common(path for _, path in listed)
    for item, path in listed:
        yield item, out / item.folder / os.path.relpath(path, common[os.path.splitdrive(path)[0]])


def _absolute(path: str | Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - as it was written, with the links in it


def _common(paths: Iterable[str]) -> dict[str, str]:
    """The folder that all files lie in, by drive: two drives have nothing in common."""
    roots: dict[str, set[str]] = {}
    for path in paths:
        roots.setdefault(os.path.splitdrive(path)[0], set()).add(os.path.dirname(path))  # noqa: PTH120 - as above
    return {drive: os.path.commonpath(folders) for drive, folders in roots.items()}


def own_folders(items: Sequence[Item]) -> dict[str, str]:
    """The folder of each entry that has one of its own, by the entry's path: no other entry lies in it or below it.

    The folder that holds all entries is nobody's own.
    """
    held = Counter[str]()
    for item in items:
        held.update(map(os.fspath, Path(_absolute(item.path)).parents))
    shared = set(_common(_absolute(item.path) for item in items).values())
    own: dict[str, str] = {}
    for item in items:
        folder = os.path.dirname(_absolute(item.path))  # noqa: PTH120 - as above
        if held[folder] == 1 and folder not in shared:
            own[item.path] = folder
    return own


def beside(folder: str, entry: str, avoided: Iterable[str], films: Container[str]) -> list[str]:
    """The other files in an entry's own folder and below it, without hidden ones and links.

    None if there is another film (a file with an ending in `films`): then the entry was checked by itself, and not with
    all that its folder holds.
    """
    found = []
    without = {_absolute(path) for path in (entry, *avoided)}
    for inside, below, names in os.walk(folder):
        below[:] = sorted(name for name in below if name[:1] != "." and os.path.join(inside, name) not in without)  # noqa: PTH118 - as above
        for name in sorted(names):
            path = os.path.join(inside, name)  # noqa: PTH118 - as above
            if name[:1] == "." or os.path.islink(path) or path in without:  # noqa: PTH114 - as above
                continue
            if name.rpartition(".")[2].lower() in films:
                return []
            found.append(path)
    return found


def is_newer(path: str, moment: float) -> bool:
    """Whether a file was changed after that moment."""
    try:
        return Path(path).stat().st_mtime > moment + _CLOSE
    except (OSError, ValueError):
        return False


def put(
    item: Item, place: Path, how: How, log: Log | None = None, copied: Callable[[int], object] | None = None
) -> bool:
    """Puts one entry into its place; False if it lies there already. Raises KeptOutError.

    `copied` hears of bytes as they are copied.
    """
    source = Path(item.path)
    try:
        if not _may_go(source, item, place, how):
            return False
        place.parent.mkdir(parents=True, exist_ok=True)
        if how is How.LINK:
            _link(source, place)
        elif how is How.COPY:
            _copy(source, place, copied)
        else:
            if log is not None:
                log.write(source, place)
            move(source, place, copied)
    except FileNotFoundError:
        raise GoneError(say("there is no such file")) from None
    except (OSError, ValueError) as error:
        raise KeptOutError(_reason(error)) from None
    return True


def _may_go(source: Path, item: Item, place: Path, how: How) -> bool:
    """Whether the file may go to its place; False if a link to it, or its copy, is there. Raises KeptOutError, OSError."""
    status = source.stat()
    if not stat.S_ISREG(status.st_mode):
        raise KeptOutError(say("it is no regular file"))
    if os.path.lexists(place):
        if how is How.LINK and place.is_symlink() and place.exists() and os.path.samestat(place.stat(), status):
            return False
        if how is How.COPY and not place.is_symlink() and _is_copy(place.stat(), status):
            return False
        raise KeptOutError(say("{path} is there already", path=_shown(place)))
    if item.size is not None and status.st_size != item.size:
        raise KeptOutError(say("it is not the file that was checked: its size is another"))
    if how is How.MOVE and source.is_symlink():
        raise KeptOutError(say("it is a symlink, which is not moved"))
    return True


def _is_copy(there: os.stat_result, status: os.stat_result) -> bool:
    """Whether a file is the copy that an earlier run made: of the same size, and changed at the same time."""
    close = abs(there.st_mtime - status.st_mtime) <= _CLOSE
    return stat.S_ISREG(there.st_mode) and there.st_size == status.st_size and close


def _link(source: Path, place: Path) -> None:
    """Makes a link that still leads there when both folders are moved together."""
    where = os.path.relpath(os.path.realpath(source), os.path.realpath(place.parent))
    try:
        place.symlink_to(where)
    except OSError as error:
        if error.errno in _NO_LINK or getattr(error, "winerror", None):
            raise NoLinksError(say("links can't be made there: use --copy")) from None
        raise


def move(source: Path, place: Path, copied: Callable[[int], object] | None = None) -> None:
    """Moves a file. Raises OSError, FileExistsError among them: `rename` would overwrite what is there."""
    try:
        os.link(source, place, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        _copy(source, place, copied)
    source.unlink()


def _copy(source: Path, place: Path, copied: Callable[[int], object] | None) -> None:
    with source.open("rb") as old, place.open("xb") as new:
        try:
            while piece := old.read(_PIECE):
                new.write(piece)
                if copied is not None:
                    copied(len(piece))
            new.flush()
            os.fsync(new.fileno())
            shutil.copystat(source, place)
        except BaseException:
            place.unlink(missing_ok=True)
            raise


class Log:
    """The log of files that are moved: a line of JSON for each, written before the file is moved."""

    def __init__(self, folder: Path) -> None:
        """Begins a new log in that folder. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            self.path = folder / LOG.format(number=number)
            try:
                self._file: BinaryIO = self.path.open("xb")
            except FileExistsError:
                number += 1
                continue
            return

    def write(self, source: Path, place: Path) -> None:
        """Adds a file that is about to be moved."""
        row = {"from": _exact(source), "to": _exact(place)}
        self._file.write(json.dumps(row).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Ends the log; it is removed if nothing was moved."""
        empty = not self._file.tell()
        self._file.close()
        if empty:
            self.path.unlink(missing_ok=True)


class NotALogError(ValueError):
    """The file is no log of ours."""


class StrangeLogError(NotALogError):
    """A log says what no run of ours has written; `line` says where."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def read_log(data: bytes, folder: Path) -> list[tuple[Path, Path]]:
    """The moves in a log in that folder: from, to. Raises NotALogError.

    A last line that was cut off is left out: nothing was moved then.
    """
    moves = _moves(data)
    roots: dict[str, str] = {}
    for number, (source, place) in enumerate(moves, 1):
        root = _root(source, place, folder)
        if root is None or roots.setdefault(source.drive, root) != root:
            raise StrangeLogError(number)
    return moves


def _root(source: Path, place: Path, folder: Path) -> str | None:
    """The folder that all entries lay in; None if that place is not below the log's folder, or not where the file goes.

    A log that somebody has changed could move any file anywhere.
    """
    if any(os.fspath(path) != _absolute(path) for path in (source, place)):
        return None
    top = os.path.realpath(folder)
    real = os.path.join(os.path.realpath(place.parent), place.name)  # noqa: PTH118 - as above
    inner = os.path.relpath(real, top) if os.path.splitdrive(real)[0] == os.path.splitdrive(top)[0] else os.pardir
    tail = Path(inner).parts[1:]  # without the verdict's folder
    if inner.startswith(os.pardir) or not tail or source.parts[-len(tail) :] != tail:
        return None
    return os.fspath(Path(*source.parts[: -len(tail)]))


def _moves(data: bytes) -> list[tuple[Path, Path]]:
    moves = []
    lines = data.split(b"\n")
    for line in lines[:-1]:
        try:
            row = json.loads(line)
            if not isinstance(row, dict) or row.keys() != _LOG_LINE:
                raise NotALogError
            moves.append((_path(row["from"]), _path(row["to"])))
        except (ValueError, TypeError, RecursionError):
            raise NotALogError from None
    if not moves:
        raise NotALogError
    return moves


def undo(source: Path, place: Path) -> bool:
    """Moves a file back; False if it is back already. Raises KeptOutError."""
    try:
        if not os.path.lexists(place):
            if os.path.lexists(source):
                return False
            raise KeptOutError(say("there is no such file"))
        source.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(source):
            if source.samefile(place):  # the move was broken off between its two steps
                place.unlink()
                return True
            raise KeptOutError(say("{path} is there already", path=_shown(source)))
        move(place, source)
    except OSError as error:
        raise KeptOutError(_reason(error)) from None
    return True


def remove_empty(folders: Iterable[Path], out: Path) -> None:
    """Removes folders below `out` that are empty now, and those that are empty without them."""
    every = {above for folder in folders for above in (folder, *folder.parents) if out in above.parents}
    for folder in sorted(every, key=lambda path: len(path.parts), reverse=True):
        with suppress(OSError):  # it is not empty
            folder.rmdir()


def strangers(out: Path, folders: Iterable[str], mine: Iterable[Path]) -> list[Path]:
    """The files in the verdicts' folders that are not of this report, such as links of an earlier one."""
    known = {os.fspath(path) for path in mine}
    found = []
    for folder in folders:
        for inside, _, names in os.walk(out / folder):
            found += [path for name in names if os.fspath(path := Path(inside) / name) not in known]
    return sorted(found)


def _exact(path: Path) -> str | list[str]:
    """An absolute path for JSON; one that is not UTF-8 as a list with its bytes in hex."""
    text = _absolute(path)
    try:
        text.encode()
    except UnicodeEncodeError:
        return [os.fsencode(text).hex()]
    return text


def _path(written: object) -> Path:
    if isinstance(written, str) and written:
        return Path(written)
    if not isinstance(written, list) or len(written) != 1:
        raise NotALogError
    return Path(os.fsdecode(bytes.fromhex(written[0])))


def _reason(error: OSError | ValueError) -> Readable:
    if isinstance(error, OSError) and error.strerror:
        return system_words(error.strerror)
    return Plain(visible(str(error)))


def _shown(path: Path) -> Plain:
    return Plain(visible(os.fspath(path)))
