"""The paths of entries in the formats that machines read: exact, so that a script can open the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

    from vidcheck.facts import Entry


def exact(entry: Entry, unheld: re.Pattern[str] | None = None) -> tuple[str, str]:
    """The path as it is, and no bytes.

    A path that is not valid Unicode, or in which `unheld` finds something that the format can't hold, is the path as it
    is shown, with its bytes in hex.
    """
    raw = entry.path_bytes
    if not raw and (unheld is None or not unheld.search(entry.path)):
        return entry.path, ""
    return entry.shown, raw or entry.path.encode("utf-8", "surrogatepass").hex()


def members(entry: Entry) -> dict[str, str]:
    """The members `path` and, where it is needed, `path_bytes` of a JSON object: JSON holds all that is valid Unicode."""
    path, raw = exact(entry)
    return {"path": path, "path_bytes": raw} if raw else {"path": path}
