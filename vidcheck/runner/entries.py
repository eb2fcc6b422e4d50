"""Finding entries: which files the arguments name, and which of those in a folder are entries."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vidcheck.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    """The folders that were searched, those of patterns included; empty where only files were named."""


def find(arguments: Iterable[str]) -> Found:
    """The entries that files, folders and glob patterns name, each once, sorted by path."""
    found = Found()
    once: dict[str, Target] = {}
    for argument in arguments:
        before = len(once)
        named = list(_expand(argument))
        if named and argument not in named:
            found.roots.append(_fixed(argument))
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


def _fixed(pattern: str) -> str:
    """The folder that a pattern searches; empty for the working folder."""
    first = min(pattern.index(sign) for sign in _GLOB if sign in pattern)
    return pattern[:first].rpartition("/")[0]


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
