"""Finds the entries that the arguments name."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vidcheck.facts import Facts
from vidcheck.findings import Ignored
from vidcheck.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vidcheck.findings import Finding, Table
    from vidcheck.sources.urls import Remote
    from vidcheck.texts import Readable

EXTENSIONS = frozenset({
    "mp4", "m4v", "mov", "mkv", "avi", "webm", "ts", "mts", "flv", "wmv", "mpg", "mpeg", "3gp",
    "rmvb", "rm", "vob", "f4v", "asf", "dat", "m2ts", "mxf", "3g2", "divx", "ogv",
})  # fmt: skip
"""Of files that are entries whatever is in them."""
_ARCHIVES = frozenset({"zip", "rar", "7z", "tar", "gz", "tgz", "bz2", "xz", "zst", "iso"})
_HIDDEN = say("a hidden file")
_HIDDEN_FOLDER = say("a hidden folder")
_LINK = say("a symlink, which is not followed in a folder")
_ARCHIVE = say("an archive, which is not unpacked")
_SPECIAL = say("no regular file")
_OTHER = say("no video by its name")
_OURS = say("a file of this run: rules, a manifest, a report")
_NO_SIGNATURE = say("no video by its name or content")
_VIDEO = frozenset({"mp4", "mov", "3gp", "matroska", "webm", "avi", "mpegts", "mpegps", "flv", "wmv", "mxf"})
_LEFT_BEHIND = frozenset({"thumbs.db", "desktop.ini"})  # files of operating systems; ~$… are Word's lock files
_GLOB = frozenset("*?[")
_NOTHING = Facts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One entry to read."""

    path: str
    """As the user gave it, folder joined with name."""
    follow: bool
    """Whether a symlink is followed: only if the user named it."""
    attachments: tuple[str, ...] | None = None
    """The other files of the entry's own folder, sorted; None if it has no folder of its own."""
    folder: str = ""
    """That folder."""
    declared: Facts = _NOTHING
    """Its declarations in the manifest."""
    missed: Finding | None = None
    """The finding that the manifest has no row for it, which counts unless its own folder holds a form."""
    remote: Remote | None = None
    """The address of a remote entry; None for a local file."""


@dataclass(slots=True)
class Found:
    """The result of finding entries."""

    targets: list[Target] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    """The files in folders that are not entries."""
    unread_columns: tuple[str, ...] = ()
    """The heads of the manifest's columns that nobody reads."""
    table: Table | None = None
    """The manifest, and what became of its rows; None if there is none."""
    missing: list[str] = field(default_factory=list)
    """Arguments that name nothing."""
    empty: list[str] = field(default_factory=list)
    """Folders and patterns without an entry."""
    others: list[str] = field(default_factory=list)
    """Visible files in folders that are not entries: a manifest may name them as attachments."""
    roots: list[str] = field(default_factory=list)
    """The folders that were searched, those of patterns included; empty if only files were named."""
    refused: list[Readable] = field(default_factory=list)
    """Why some URLs were refused, or could not be listed."""

    @property
    def incomplete(self) -> bool:
        """Whether any argument has no entries."""
        return bool(self.missing or self.empty or self.refused)

    @property
    def remote(self) -> bool:
        """Whether any entry is remote."""
        return any(target.remote is not None for target in self.targets)

    def leave_out(self, paths: Iterable[str]) -> None:
        """Excludes files from attachments, and says what they are: rules, manifests, reports of the run itself."""
        apart = {os.path.realpath(path) for path in paths}
        self.others = [path for path in self.others if os.path.realpath(path) not in apart]
        self.ignored = [
            replace(one, reason=_OURS) if os.path.realpath(one.path) in apart else one for one in self.ignored
        ]
        for at, target in enumerate(self.targets):
            if target.attachments:
                mine = tuple(path for path in target.attachments if os.path.realpath(path) not in apart)
                self.targets[at] = replace(target, attachments=mine)


@dataclass(slots=True)
class _Folder:
    """The content of a folder."""

    path: str
    entries: list[Target] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    inside: list[_Folder] = field(default_factory=list)

    def every(self) -> Iterator[_Folder]:
        """The folder and all folders below it."""
        stack = [self]
        while stack:
            folder = stack.pop()
            yield folder
            stack.extend(reversed(folder.inside))


def is_url(argument: str) -> bool:
    """Whether an argument is a URL and not a path: a scheme of two letters or more, then `://` (RFC 3986, 3.1)."""
    scheme, mark, _ = argument.partition("://")
    return bool(mark) and len(scheme) > 1 and scheme[0].isalpha() and scheme.isascii() and not set(scheme) & set("/ ")


def search_here(arguments: Iterable[str]) -> bool:
    """Whether a folder that the arguments name is the working folder or holds it, so that strangers' files lie there."""
    here = os.path.realpath(".")
    named = (path for argument in arguments if not is_url(argument) for path in _expand(argument))
    above = (os.path.realpath(path).rstrip("/") for path in named if os.path.isdir(path))  # noqa: PTH112 - not all are UTF-8
    return any(here == folder or here.startswith(f"{folder}/") for folder in above)


def find(arguments: Iterable[str], *, private: bool = False) -> Found:
    """The entries that files, folders, glob patterns and URLs name, each once, sorted by path.

    A folder that holds one entry, and none in the folders below it, is that entry's own: the other files in it and
    below it are its attachments. With `private` the servers of URLs may have addresses that are not public.
    """
    found = Found()
    once: dict[str, Target] = {}
    for argument in arguments:
        if is_url(argument) and not os.path.lexists(argument):
            _add_remote(argument, once, found, private=private)
            continue
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
    taken = {os.path.realpath(target.path) for target in found.targets if target.follow}
    reasons = {one.path: one for one in found.ignored if not taken or os.path.realpath(one.path) not in taken}
    found.ignored = [reasons[path] for path in sorted(reasons)]
    return found


def _add_remote(url: str, once: dict[str, Target], found: Found, *, private: bool) -> None:
    """Adds the entries that a URL names; if there are none, `found` gets the reason."""
    from vidcheck.sources.listing import list_entries
    from vidcheck.sources.urls import UnclearUrlError, read_url

    try:
        remote = read_url(url, private=private)
    except UnclearUrlError as error:
        found.refused.append(error.words)
        return
    listing = list_entries(remote, _has_extension)
    for entry in listing.entries:
        once.setdefault(entry.same, Target(path=entry.shown, follow=False, remote=entry))
    found.ignored += [Ignored(path=shown, reason=_OTHER) for shown in listing.ignored]
    if listing.refused is not None:
        found.refused.append(listing.refused)
    elif not listing.entries:
        (found.empty if listing.folder else found.missing).append(remote.shown)


def _once(once: dict[str, Target], target: Target) -> None:
    real = os.path.realpath(target.path)
    there = once.get(real)
    if there is None:
        once[real] = target
    elif target.follow and not there.follow:
        once[real] = replace(target, attachments=there.attachments, folder=there.folder)
    elif there.attachments is None and target.attachments is not None:
        once[real] = replace(there, attachments=target.attachments, folder=target.folder)


def _known(named: list[str], once: dict[str, Target]) -> bool:
    """Whether an argument without new entries names entries that were found already."""
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
        is_folder = stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116 - paths here are bytes that need not be UTF-8
    except OSError:
        is_folder = False
    if not is_folder:
        yield Target(path=path, follow=True)
        return
    root = _Folder(path if path == "/" else path.rstrip("/"))
    found.roots.append(root.path)
    for folder in root.every():
        _list(folder, found)
    _attach(root)
    for folder in root.every():
        yield from folder.entries


def _list(here: _Folder, found: Found) -> None:
    try:
        with os.scandir(here.path) as rows:
            listed = sorted(rows, key=lambda row: row.name)
    except OSError:  # a folder that can't be listed is reported, not skipped
        here.entries.append(Target(path=here.path, follow=False))
        return
    for row in listed:
        where = f"{here.path.rstrip('/')}/{row.name}"
        if row.name.startswith(".") or row.is_symlink():
            found.ignored.append(Ignored(path=where, reason=_unseen(row)))
        elif row.is_dir(follow_symlinks=False):
            here.inside.append(_Folder(where))
        elif _is_entry(row, where):
            here.entries.append(Target(path=where, follow=False))
        else:
            found.ignored.append(Ignored(path=where, reason=_other(row)))
            if not row.name.startswith("~$") and row.name.casefold() not in _LEFT_BEHIND:
                here.others.append(where)
                found.others.append(where)


def _unseen(row: os.DirEntry[str]) -> Readable:
    """Why a hidden file, or a symlink, is ignored."""
    if row.is_symlink():
        return _LINK
    return _HIDDEN_FOLDER if row.is_dir(follow_symlinks=False) else _HIDDEN


def _other(row: os.DirEntry[str]) -> Readable:
    """Why another file is ignored."""
    if not row.is_file(follow_symlinks=False):
        return _SPECIAL
    if "." not in row.name:
        return _NO_SIGNATURE
    return _ARCHIVE if row.name.rpartition(".")[2].lower() in _ARCHIVES else _OTHER


def _attach(root: _Folder) -> None:
    """Gives every entry that has a folder of its own the other files there."""
    every = list(root.every())
    held: dict[str, int] = {}
    for folder in reversed(every):  # inner folders come before outer ones
        held[folder.path] = len(folder.entries) + sum(held[inner.path] for inner in folder.inside)
        if len(folder.entries) == held[folder.path] == 1:
            others = sorted(path for inner in folder.every() for path in inner.others)
            folder.entries[0] = replace(folder.entries[0], attachments=tuple(others), folder=folder.path)


def _is_entry(row: os.DirEntry[str], path: str) -> bool:
    if "." in row.name:
        return _has_extension(row.name)
    return row.is_file(follow_symlinks=False) and _bears_signature(path)


def _has_extension(name: str) -> bool:
    _, dot, extension = name.rpartition(".")
    return bool(dot) and extension.lower() in EXTENSIONS


def _bears_signature(path: str) -> bool:
    from vidcheck.witnesses import filesystem
    from vidcheck.witnesses.errors import CouldNotLookError
    from vidcheck.witnesses.mp4 import boxes

    try:
        file, status = filesystem.open_entry(path, follow=False)
        with file:
            return boxes.look(file, status.st_size).format in _VIDEO
    except (CouldNotLookError, OSError):
        return False
