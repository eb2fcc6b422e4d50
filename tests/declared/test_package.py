from __future__ import annotations

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from vidcheck.declared.package import MOST_PARTS, Package, PackageError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 2**20


def packed(*parts: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", method) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return whole.getvalue()


def problem(data: bytes, *, most_bytes: int = MIB, most_ratio: int | None = None) -> Problem:
    with pytest.raises(PackageError) as raised:
        read(data, most_bytes=most_bytes, most_ratio=most_ratio)
    return raised.value.problem


def read(data: bytes, *, most_bytes: int = MIB, most_ratio: int | None = None) -> dict[str, bytes]:
    package = Package(data, most_bytes=most_bytes, most_ratio=most_ratio)
    return {name: b"".join(package.pieces(name)) for name in package.names}


def test_parts_come_back_in_their_order_without_folders() -> None:
    assert list(read(packed(("b", b"2"), ("a/", b""), ("a/a", b"1"))).items()) == [("b", b"2"), ("a/a", b"1")]


def test_all_parts_together_are_bounded() -> None:
    data = packed(("a", b"x" * 600), ("b", b"x" * 600))
    assert len(read(data, most_bytes=1200)) == 2
    assert problem(data, most_bytes=1199) is Problem.LARGE


def test_the_ratio_counts_from_a_mebibyte_on() -> None:
    assert len(read(packed(("a", bytes(MIB))), most_ratio=100)) == 1
    assert problem(packed(("a", bytes(2 * MIB))), most_bytes=3 * MIB, most_ratio=100) is Problem.LARGE
    assert len(read(packed(("a", bytes(2 * MIB))), most_bytes=3 * MIB)) == 1


def test_a_part_is_bounded_by_itself_where_another_one_hides_its_ratio() -> None:
    filler = bytes(range(256)) * 400
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("filler", filler, zipfile.ZIP_STORED)
        archive.writestr("zeros", bytes(2 * MIB), zipfile.ZIP_DEFLATED)
    assert problem(whole.getvalue(), most_bytes=3 * MIB, most_ratio=100) is Problem.LARGE


def encrypted() -> bytes:
    data = bytearray(packed(("a", b"x")))
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag in the list of parts (APPNOTE 4.4.4)
    return bytes(data)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["twice", "many", "method", "encrypted", "half", "none"])
def test_what_no_office_writes_is_refused(name: str) -> None:
    cases: dict[str, tuple[Callable[[], bytes], Problem]] = {
        "twice": (lambda: packed(("a", b"1"), ("a", b"2")), Problem.TWICE),
        "many": (lambda: packed(*((f"{at}", b"") for at in range(MOST_PARTS + 1))), Problem.MANY),
        "method": (lambda: packed(("a", b"x"), method=zipfile.ZIP_BZIP2), Problem.METHOD),
        "encrypted": (encrypted, Problem.ENCRYPTED),
        "half": (lambda: packed(("a", b"x" * 99))[:60], Problem.BROKEN),
        "none": (lambda: b"no archive", Problem.BROKEN),
    }
    data, expected = cases[name]
    assert problem(data()) is expected
