"""A folder for uploads: which entries are new, unchanged for a while, or gone."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vidcheck.sources.targets import find

if TYPE_CHECKING:
    from vidcheck.findings import Ignored
    from vidcheck.sources.targets import Target

_State = tuple[int, ...]


@dataclass(slots=True)
class _Upload:
    target: Target
    state: _State
    since: float
    """When the state began or was first seen, by the monotonic clock."""
    patience: float
    """For how long it must be unchanged."""
    taken: bool = False


@dataclass(slots=True)
class Inbox:
    """The folder's files, and since when each is unchanged. Times are in seconds."""

    folder: str
    settle: float
    """How long a file must be unchanged to count as uploaded."""
    give_up: float = 0.0
    """How long one that looks unfinished must be unchanged."""
    ignored: list[Ignored] = field(default_factory=list)
    """The files that are not entries."""
    _uploads: dict[str, _Upload] = field(default_factory=dict)

    def look(self, steady: float, clock: float) -> frozenset[str]:
        """Reads the folder, at a time of the monotonic clock and of the system clock (since 1970).

        Returns the paths of entries that are gone or changed. Raises FileNotFoundError.
        """
        found = find([self.folder])
        if found.missing:
            raise FileNotFoundError(self.folder)
        self.ignored = found.ignored
        before, self._uploads = self._uploads, {}
        void = set(before)
        for target in found.targets:
            state, old = state_of(target.path, follow=target.follow), before.get(target.path)
            if old is not None and old.state == state:
                void.discard(target.path)
                self._uploads[target.path] = old
            else:
                still = max(0.0, clock - max(state[-2:], default=0) / 1e9) if old is None else 0.0
                self._uploads[target.path] = _Upload(target, state, steady - still, self.settle)
        return frozenset(void)

    def settled(self, steady: float) -> list[Target]:
        """The entries that have been unchanged for long enough. Each is returned once, until it changes."""
        due = [one for one in self._uploads.values() if not one.taken and steady - one.since >= one.patience]
        for one in due:
            one.taken = True
        return [one.target for one in due]

    def may_arrive(self, target: Target, steady: float) -> bool:
        """Whether an entry that looks unfinished may still be arriving: it was not left alone for the longer time yet."""
        return steady - self._uploads[target.path].since < self.give_up

    def postpone(self, target: Target) -> None:
        """Makes `settled` return an entry again when it was left alone for the longer time."""
        upload = self._uploads[target.path]
        upload.taken, upload.patience = False, max(self.give_up, self.settle)

    def forget(self) -> None:
        """Makes `settled` return all entries again, because the rules or the manifest changed."""
        for one in self._uploads.values():
            one.taken = False

    @property
    def waiting(self) -> bool:
        """Whether there are entries that `settled` has not returned."""
        return any(not one.taken for one in self._uploads.values())


def state_of(path: str, *, follow: bool = True) -> _State:
    """Device, inode, size, mtime and ctime in nanoseconds; empty if the file can't be examined."""
    try:
        status = os.stat(path, follow_symlinks=follow)  # noqa: PTH116 - a path may hold surrogate escapes
    except (OSError, ValueError):
        return ()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
