from __future__ import annotations

import pytest

from vidcheck.storage.spool import Spool


@pytest.mark.parametrize("count", [0, 1, 3, 4, 50])
def test_what_was_put_aside_comes_back_in_order_and_once(count: int) -> None:
    spool: Spool[tuple[int, str]] = Spool(most=3)
    values = [(number, "x" * number) for number in range(count)]
    for value in values:
        spool.put(value)
    assert list(spool.drain()) == values
    assert list(spool.drain()) == []


def test_what_was_not_taken_stays_and_more_can_be_put() -> None:
    spool: Spool[int] = Spool(most=2)
    for number in range(5):
        spool.put(number)
    taking = spool.drain()
    assert [next(taking), next(taking), next(taking)] == [0, 1, 2]
    spool.put(5)
    assert list(spool.drain()) == [3, 4, 5]
