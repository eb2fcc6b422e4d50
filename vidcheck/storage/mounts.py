"""What file systems are mounted, and what can't be relied on there. Linux alone tells; elsewhere nothing is known of them."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_FUSE = "fuse."
_SHARED = frozenset({
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "lustre", "gpfs", "beegfs", "pvfs2", "gfs2", "ocfs2", "coda",
    "9p", "virtiofs", "vboxsf", "fuse",
})  # fmt: skip
"""File systems that several machines may have mounted at once; so may what Linux names `fuse.…`."""


def devices(mounts: Sequence[str], kinds: Collection[str]) -> set[int]:
    """The device numbers of file systems of these kinds, and of `fuse.…`, by the lines of proc(5)'s mountinfo."""
    found = set()
    for line in mounts:
        before, _, after = line.partition(" - ")
        kind = after.split(" ")[0]
        if kind in kinds or kind.startswith(_FUSE):
            major, _, minor = before.split(" ")[2].partition(":")
            found.add(os.makedev(int(major), int(minor)))
    return found


@cache
def mounted() -> tuple[str, ...]:
    """The lines of mountinfo; none where the system has none."""
    if not sys.platform.startswith("linux"):
        return ()
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ()
    return tuple(lines)


def shared(folder: Path) -> bool:
    """Whether other machines may have the folder mounted too. Raises OSError where it is not there."""
    return folder.stat().st_dev in devices(mounted(), _SHARED)
