"""Addresses of the films, as seen from the folder that the report lies in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from vidcheck.facts import Entry

_WEB = ("https://", "http://")


def film(entry: Entry, folder: str) -> str:
    """The address of an entry's file for a page in that folder; empty if a browser can't open it from there.

    It is relative, so that it still leads to the film when report and films are moved together. A name that looks like
    an address (`javascript:…`) is quoted and stays a name.
    """
    if entry.remote:
        return entry.path if entry.path.startswith(_WEB) and "?" not in entry.path else ""
    try:
        path = os.path.relpath(entry.path, folder or ".").replace(os.sep, "/")
        return quote(path.encode("utf-8", "surrogateescape"))
    except ValueError:  # another drive, a name that is no Unicode at all
        return ""
