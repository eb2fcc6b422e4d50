"""Runs MediaInfo's library on an open file, as pymediainfo's `parse` does, but faster.

`parse` loads the library again for each file, formats every value for people, and tries the parsers of all formats.
Together that takes half of the time (measured on version 24.12), and gives no more information.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from typing import BinaryIO


class Library(NamedTuple):
    """MediaInfo's library, loaded."""

    functions: Any
    """What it exports, by ctypes."""
    version: str
    """Such as `24.12`."""


_OPTIONS = (
    ("Cover_Data", ""),
    ("CharSet", "UTF-8"),
    ("Inform", "JSON"),
    ("Complete", ""),  # leaves out only values formatted for people
    ("ParseSpeed", "0"),  # takes a third of the default's time, and gives all that is needed here
    ("LegacyStreamDisplay", ""),
    ("ReadByHuman", "0"),
)
_BUFFER = 4096  # a file that fits into one buffer loses facts (scan, the layer of MPEG sound), so it is small
_FINISHED = 0x08  # MediaInfoLib, File__Analyze.h: the bit that says that no more is wanted
_STAY = ctypes.c_uint64(-1).value


@cache
def load() -> Library:
    """The library. Raises ImportError without pymediainfo, OSError or RuntimeError if it can't be loaded."""
    from pymediainfo import MediaInfo

    functions, handle, version, _ = MediaInfo._get_library()  # noqa: SLF001 - only it knows the library's path
    _put_away(functions, handle)
    return Library(functions, version)


def parse(file: BinaryIO, *, film: bool = False) -> str:
    """The library's output for a file, as JSON; `film` selects its parser of MP4 and QuickTime only.

    Raises OSError from the file, ValueError if the output isn't text, and the errors of `load`.
    """
    library = load().functions
    handle = library.MediaInfo_New()
    try:
        for name, value in _OPTIONS:
            library.MediaInfo_Option(handle, name, value)
        if film:
            library.MediaInfo_Option(handle, "File_ForceParser", "Mpeg4")
        _feed(library, handle, file)
        text: str = library.MediaInfo_Inform(handle, 0)
        return text
    finally:
        _put_away(library, handle)


def _feed(library: Any, handle: int, file: BinaryIO) -> None:
    """Feeds the bytes that the library asks for, until it needs no more or the file ends."""
    size = file.seek(0, 2)
    file.seek(0)
    library.MediaInfo_Open_Buffer_Init(handle, size, 0)
    while piece := file.read(_BUFFER):
        if library.MediaInfo_Open_Buffer_Continue(handle, piece, len(piece)) & _FINISHED:
            break
        place = library.MediaInfo_Open_Buffer_Continue_GoTo_Get(handle)
        if place != _STAY:
            library.MediaInfo_Open_Buffer_Init(handle, size, file.seek(place))
    library.MediaInfo_Open_Buffer_Finalize(handle)


def _put_away(library: Any, handle: int) -> None:
    library.MediaInfo_Close(handle)
    library.MediaInfo_Delete(handle)
