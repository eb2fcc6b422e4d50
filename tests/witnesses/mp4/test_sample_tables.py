"""The sizes of samples, as a sample table has them."""

from __future__ import annotations

from struct import pack

import pytest

from vidcheck.witnesses.mp4.iso import Node
from vidcheck.witnesses.mp4.sample_tables import Sizes


def table_of(sizes: list[int], *, torn: bytes = b"") -> Sizes:
    """Sizes as `stsz` has them, and the beginning of another at which the file ends."""
    data = pack(f">III{len(sizes)}I", 0, 0, len(sizes) + bool(torn), *sizes) + torn
    stbl = Node("stbl", data, 0, len(data))
    stbl.inside = [Node("stsz", data, 0, len(data), stbl)]
    return Sizes.of(stbl)


@pytest.mark.parametrize(
    ("sizes", "place"),
    [
        ([7], 0),
        ([0, 0, 0], 0),
        ([5, 5, 5], 0),
        ([1, 9, 9, 2], 1),
        ([0x1FF, 0x200, 0x1FF], 1),
        ([0x10000, 0xFFFF, 0x10001, 0x10001], 2),
        ([0x0100_0000, 0x00FF_FFFF, 0x0100_00FF], 2),
        ([0xFFFF_FFFF, 0xFFFF_FFFE], 0),
        ([0x0203, 0x0301, 0x0302, 0x01FF], 2),
    ],
)
def test_the_first_of_the_largest_samples_is_found(sizes: list[int], place: int) -> None:
    assert table_of(sizes).first_largest == place == sizes.index(max(sizes))


def test_the_torn_beginning_of_a_size_is_none() -> None:
    assert table_of([3, 1], torn=b"\xff\xff\xff").first_largest == 0
