"""Containers of office files: a package (ZIP; ECMA-376, part 2), read within limits, or an older OLE file.

Workbooks and forms are untrusted. No library gets one before it was completely unpacked here.
"""

from __future__ import annotations

import zipfile
import zlib
from contextlib import contextmanager
from enum import Enum, auto
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The signature of older and encrypted office files ([MS-CFB] 2.2)."""
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
"""The mark of an encrypted one ([MS-OFFCRYPTO] 2.3.4)."""
CONTENT_TYPES = "[Content_Types].xml"
"""The part that every package has."""
MOST_PARTS = 2000
RATIO_FROM = 2**20
"""The ratio is checked from so many unpacked bytes on: a short part of one repeated letter is harmless."""
_PIECE = 2**20
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class Problem(Enum):
    """Why a package is not unpacked."""

    BROKEN = auto()
    ENCRYPTED = auto()
    METHOD = auto()
    """A compression method that ECMA-376 does not allow."""
    MANY = auto()
    """It has more parts than MOST_PARTS."""
    LARGE = auto()
    """It unpacks to more than the bounds allow."""
    TWICE = auto()
    """Two parts have the same name, and readers may take either."""


class PackageError(Exception):
    """A package is not unpacked."""

    def __init__(self, problem: Problem, parts: int = 0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.parts = parts
        """The number of parts, if there are too many."""


class Package:
    """An open package. Raises PackageError for both its declared and its real content."""

    def __init__(self, data: bytes, *, most_bytes: int, most_ratio: int | None = None) -> None:
        """`most_bytes` limits all parts together, `most_ratio` the ratio of unpacked to packed bytes."""
        self._room = most_bytes
        self._ratio = most_ratio
        with _translated_errors():
            self._archive = zipfile.ZipFile(BytesIO(data))
        listed = self._archive.infolist()
        if len(listed) > MOST_PARTS:
            raise PackageError(Problem.MANY, len(listed))
        if any(part.flag_bits & 1 for part in listed):
            raise PackageError(Problem.ENCRYPTED)
        if any(part.compress_type not in _METHODS for part in listed):
            raise PackageError(Problem.METHOD)
        expanded = sum(part.file_size for part in listed)
        if expanded > most_bytes or self._beyond_ratio(expanded, len(data)):
            raise PackageError(Problem.LARGE)
        self._parts = {part.filename: part for part in listed if not part.is_dir()}
        if len(self._parts) < sum(not part.is_dir() for part in listed):
            raise PackageError(Problem.TWICE)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its parts, in their order."""
        return tuple(self._parts)

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part's real bytes, whatever size it declares. All bytes read count towards the limits."""
        part, size = self._parts[name], 0
        with _translated_errors(), self._archive.open(part) as file:
            while piece := file.read(_PIECE):
                size += len(piece)
                self._room -= len(piece)
                if self._room < 0 or self._beyond_ratio(size, part.compress_size):
                    raise PackageError(Problem.LARGE)
                yield piece

    def _beyond_ratio(self, expanded: int, packed: int) -> bool:
        return self._ratio is not None and expanded > RATIO_FROM and expanded > self._ratio * max(1, packed)


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError, LookupError):
        raise PackageError(Problem.BROKEN) from None
    except RuntimeError:  # zipfile raises it for a part with a password
        raise PackageError(Problem.ENCRYPTED) from None
