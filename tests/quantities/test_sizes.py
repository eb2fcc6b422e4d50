"""A list of sizes: what is asked of it is asked of each."""

from __future__ import annotations

import pytest

from vidcheck.quantities import SIZES, Manner, NotAValueError

MIB = 2**20


@pytest.mark.parametrize(
    ("text", "value"), [("20 MB", (20_000_000,)), ("20 MiB", (20 * MIB,)), ("1 MB, 2 MiB", (1_000_000, 2 * MIB))]
)
def test_a_limit_is_a_size_or_several(text: str, value: tuple[int, ...]) -> None:
    assert SIZES.read(text) == value
    assert SIZES.read(SIZES.write(value)) == value


def test_a_bare_m_is_refused_because_it_may_be_either() -> None:
    with pytest.raises(NotAValueError, match="20 MiB"):
        SIZES.read("20M")


@pytest.mark.parametrize(
    ("value", "over", "below"),
    [
        ((), False, False),
        ((20,), False, False),
        ((19, 21), True, True),
        ((21, 22), True, False),
        ((1, 20), False, True),
    ],
)
def test_a_limit_is_asked_of_each_and_none_at_all_meets_it(value: tuple[int, ...], over: bool, below: bool) -> None:
    assert (SIZES.over(value, (20,)), SIZES.below(value, (20,))) == (over, below)


def test_each_is_shown_apart_from_the_limit_and_the_difference_is_that_of_the_worst() -> None:
    value = (20_000_001, 3_000_000)
    assert SIZES.show(value, Manner(), ((20_000_000,),)) == "20.000001 MB (20,000,001 bytes), 3 MB"
    assert SIZES.show((), Manner("zh")) == "无"
    assert SIZES.difference((25_000_000, 21_000_000), (20_000_000,)) == "+5 MB"
    assert SIZES.json(value) == [20_000_001, 3_000_000]


def test_sizes_are_near_a_limit_where_one_of_them_is() -> None:
    assert SIZES.equal((1, 98), (100,), 2)
    assert not SIZES.equal((1, 97), (100,), 2)
    assert SIZES.equal((1, 2), (1, 2))
    assert not SIZES.equal((2, 1), (1, 2))
