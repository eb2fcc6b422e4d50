"""Finding entries: which files the arguments name, and which of those in a folder are entries."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vidcheck.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vidcheck.probes.urls import Remote
    from vidcheck.texts import Readable

EXTENSIONS = frozenset({"mp4", "m4v", "mov", "mkv", "avi", "webm", "ts", "mts", "flv", "wmv", "mpg", "mpeg", "3gp"})
_VIDEO = frozenset({"mp4", "mov", "3gp", "matroska", "webm", "avi", "mpegts", "mpegps", "flv", "wmv", "mxf"})
_GLOB = frozenset("*?[")
_NOTHING = Facts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One entry to look at."""

    path: str
    """As the user gave it, folder joined with name."""
    follow: bool
    """Whether a symlink is followed: only where the user named it."""
    declared: Facts = _NOTHING
    """What the manifest says of it."""
    remote: Remote | None = None
    """What to ask a server for; None for a local file."""


@dataclass(slots=True)
class Found:
    """What the arguments came to."""

    targets: list[Target] = field(default_factory=list)
    ignored: int = 0
    """Files met in folders that are no entries."""
    missing: list[str] = field(default_factory=list)
    """Arguments that name nothing."""
    empty: list[str] = field(default_factory=list)
    """Folders and patterns without an entry."""
    roots: list[str] = field(default_factory=list)
    """The folders that were searched."""
    refused: list[Readable] = field(default_factory=list)
    """Why some URLs were not taken, or not listed."""

    @property
    def amiss(self) -> bool:
        """Whether some argument brought nothing."""
        return bool(self.missing or self.empty or self.refused)


def is_url(argument: str) -> bool:
    """Whether an argument is a URL and no path: a scheme of two letters or more, then `://` (RFC 3986, 3.1)."""
    scheme, mark, _ = argument.partition("://")
    return bool(mark) and len(scheme) > 1 and scheme[0].isalpha() and scheme.isascii() and not set(scheme) & set("/ ")


def find(arguments: Iterable[str], *, private: bool = False) -> Found:
    """The entries that files, folders, glob patterns and URLs name, each once, sorted by path.

    With `private` the servers of URLs may stand at addresses that are not public.
    """
    found = Found()
    once: dict[str, Target] = {}
    for argument in arguments:
        if is_url(argument) and not os.path.lexists(argument):
            from vidcheck.runner.listing import add_remote

            add_remote(argument, once, found, private=private)
            continue
        before = len(once)
        named = list(_expand(argument))
        if not named:
            kind = found.empty if _GLOB & set(argument) else found.missing
            kind.append(argument)
            continue
        for path in named:
            for target in _under(path, found):
                _once(once, target)
        if len(once) == before and not _known(named, once):
            found.empty.append(argument)
    found.targets = sorted(once.values(), key=lambda target: target.path)
    return found


def _once(once: dict[str, Target], target: Target) -> None:
    real = os.path.realpath(target.path)
    there = once.get(real)
    if there is None or (target.follow and not there.follow):
        once[real] = target


def _known(named: list[str], once: dict[str, Target]) -> bool:
    """Whether an argument that brought nothing new names what another one brought."""
    reals = [os.path.realpath(path) for path in named]
    return any(real == known or known.startswith(real.rstrip("/") + "/") for real in reals for known in once)


def _expand(argument: str) -> Iterator[str]:
    if os.path.lexists(argument):
        yield argument
    elif _GLOB & set(argument):
        import glob

        yield from sorted(glob.iglob(argument, recursive=True))  # noqa: PTH207 - names that are not UTF-8 stay as they are


def _under(path: str, found: Found) -> Iterator[Target]:
    try:
        folder = stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116 - paths here are bytes that need not be UTF-8
    except OSError:
        folder = False
    if not folder:
        yield Target(path=path, follow=True)
        return
    folders = [path if path == "/" else path.rstrip("/")]
    found.roots += folders
    while folders:
        here = folders.pop()
        try:
            with os.scandir(here) as rows:
                listed = sorted(rows, key=lambda row: row.name)
        except OSError:
            yield Target(path=here, follow=False)  # what can't be listed is named in the report, not passed over
            continue
        for row in listed:
            where = f"{here.rstrip('/')}/{row.name}"
            if row.name.startswith(".") or row.is_symlink():
                found.ignored += 1
            elif row.is_dir(follow_symlinks=False):
                folders.append(where)
            elif _is_entry(row, where):
                yield Target(path=where, follow=False)
            else:
                found.ignored += 1


def _is_entry(row: os.DirEntry[str], path: str) -> bool:
    _, dot, extension = row.name.rpartition(".")
    if dot:
        return extension.lower() in EXTENSIONS
    return row.is_file(follow_symlinks=False) and _bears_signature(path)


def _bears_signature(path: str) -> bool:
    from vidcheck.probes import boxes, filesystem
    from vidcheck.probes.errors import CouldNotLookError

    try:
        file, status = filesystem.open_entry(path, follow=False)
        with file:
            return boxes.look(file, status.st_size).format in _VIDEO
    except (CouldNotLookError, OSError):
        return False
