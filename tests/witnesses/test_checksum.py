"""SHA-256 of a file."""

from __future__ import annotations

import hashlib
from io import BytesIO

import pytest

from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.filesystem import checksum


def test_the_whole_file_counts_wherever_it_was_read_to() -> None:
    content = b"film" * 1_000_000
    file = BytesIO(content)
    file.read(17)
    (fact,) = checksum.read(checksum.look(file))
    assert fact.key in checksum.KEYS
    assert fact.value == hashlib.sha256(content).hexdigest()


def test_a_disk_that_fails_is_a_fault() -> None:
    class Broken(BytesIO):
        def read(self, _: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(CouldNotLookError, match="reading failed"):
        checksum.look(Broken())
