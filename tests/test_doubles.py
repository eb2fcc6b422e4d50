"""Two films are the same or not by their fingerprints, whichever is asked of the other."""

from __future__ import annotations

import random
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcheck import doubles
from vidcheck.quantities import FINGERPRINT, NotAValueError
from vidcheck.quantities.fingerprint import MIRROR, VIEWS, Fingerprint, Look, Print, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Sequence

seeds = st.integers(0, 10**6)


def looks(seed: int, count: int, *, start: int = 0, every: int = 2000) -> tuple[Look, ...]:
    """Pictures of a film that has nothing in common with that of another seed."""
    draw = random.Random(seed)  # noqa: S311 - nothing secret
    rows = [tuple(draw.getrandbits(63) for _ in VIEWS) for _ in range(count)]
    return tuple([Look(start + at * every, start + (at + 1) * every, views) for at, views in enumerate(rows)])


def sound(seed: int, count: int) -> tuple[int, ...]:
    draw = random.Random(seed)  # noqa: S311
    return tuple([draw.getrandbits(32) for _ in range(count)])


def film(*parts: Sequence[Look], heard: Sequence[int] = ()) -> Fingerprint:
    """A fingerprint of these pictures one after another."""
    joined: list[Look] = []
    for part in parts:
        shift = (joined[-1].until if joined else 0) - part[0].at
        joined += [look._replace(at=look.at + shift, until=look.until + shift) for look in part]
    return pack(Print(looks=tuple(joined), length=joined[-1].until, sound=tuple(heard)))


def flipped(part: Sequence[Look], seed: int, bits: int) -> tuple[Look, ...]:
    """The same pictures as another encoder leaves them: some bits of each hash are the other way round."""
    draw = random.Random(seed)  # noqa: S311
    return tuple([
        look._replace(views=tuple([view ^ sum(1 << bit for bit in draw.sample(range(63), bits)) for view in look.views]))
        for look in part
    ])  # fmt: skip


@given(seeds, st.integers(4, 60), st.integers(0, 80))
def test_a_film_is_the_same_as_itself(seed: int, count: int, heard: int) -> None:
    value = film(looks(seed, count), heard=sound(seed, heard))
    found = doubles.likeness(value, value)
    assert found is not None
    assert (found.share, found.ahead, found.mirrored, found.cropped) == (1.0, 0, False, False)
    assert all(own == other for own, other in found.pairs)


@given(seeds, st.integers(6, 40), st.integers(0, 40), st.integers(0, 6))
def test_what_is_found_is_the_same_from_either_side(seed: int, count: int, before: int, bits: int) -> None:
    whole = looks(seed, count)
    one = film(whole)
    other = film(looks(seed + 1, before), flipped(whole, seed, bits)) if before else film(flipped(whole, seed, bits))
    there, back = doubles.likeness(one, other), doubles.likeness(other, one)
    assert (there and there.turned) == back
    if bits <= 3:
        assert there is not None
        assert there.ahead == -before * 2000
        assert there.share > 0.9


@given(seeds, st.integers(20, 80), st.data())
def test_half_of_a_film_or_more_is_found_at_its_place(seed: int, count: int, data: st.DataObject) -> None:
    whole = looks(seed, count)
    first = data.draw(st.integers(0, count // 2))
    part = whole[first : first + data.draw(st.integers(count // 2, count - first))]
    found = doubles.likeness(film(whole), film(part))
    assert found is not None
    assert (found.share, found.ahead) == (1.0, first * 2000)


@given(seeds, seeds, st.integers(4, 60))
def test_films_with_nothing_in_common_are_not_the_same(one: int, other: int, count: int) -> None:
    if one != other:
        assert doubles.likeness(film(looks(one, count)), film(looks(other, count))) is None


@pytest.mark.parametrize("view", range(1, len(VIEWS)))
def test_a_cropped_film_is_the_same(view: int) -> None:
    whole = looks(1, 20)
    other = looks(2, 20)
    cropped = tuple([
        its._replace(views=(look.views[view], *its.views[1:])) for look, its in zip(whole, other, strict=True)
    ])  # fmt: skip
    found = doubles.likeness(film(whole), film(cropped))
    assert found is not None
    assert (found.share, found.cropped, found.mirrored) == (1.0, True, False)


def test_a_mirrored_film_is_the_same() -> None:
    whole = looks(1, 20)
    mirrored = [look._replace(views=tuple([view ^ MIRROR for view in look.views])) for look in whole]
    found = doubles.likeness(film(whole), film(mirrored))
    assert found is not None
    assert (found.share, found.cropped, found.mirrored) == (1.0, False, True)


def test_a_lead_that_many_films_share_makes_them_not_the_same() -> None:
    lead = looks(0, 8)
    films = [film(lead, looks(seed, 40)) for seed in range(1, 9)]
    assert all(doubles.likeness(one, other) is None for one, other in combinations(films, 2))


def test_a_lead_is_not_the_film_because_the_rest_tells_nothing() -> None:
    lead = looks(0, 8)
    one, other = (pack(Print(looks=lead, length=length)) for length in (60_000, 70_000))
    assert doubles.likeness(one, other) is None


def test_a_slide_that_stands_for_long_counts_as_one_picture() -> None:
    slide = [looks(0, 1)[0]._replace(until=60_000)]
    assert doubles.likeness(film(slide, looks(1, 5)), film(slide, looks(2, 5))) is None
    assert not doubles.recognizable(film(slide))


def test_key_pictures_elsewhere_are_found_among_those_of_every_half_second() -> None:
    dense = looks(5, 80, every=500)
    sparse = tuple([look._replace(at=look.at + 230, until=look.at + 4230) for look in dense[3::8]])
    found = doubles.likeness(film(dense), film(sparse))
    assert found is not None
    assert found.share > 0.9


def test_sound_decides_only_where_pictures_can_not() -> None:
    heard, still = sound(1, 300), looks(9, 1)
    one, other = film(looks(1, 20), heard=heard), film(looks(2, 20), heard=heard)
    assert doubles.likeness(one, other) is None
    found = doubles.likeness(film(still, heard=heard), film(looks(3, 1), heard=heard[100:]))
    assert found is not None
    assert (found.share, found.pairs) == (1.0, ())
    assert found.ahead == pytest.approx(12_381, abs=5)


def test_sound_that_stays_the_same_tells_nothing() -> None:
    tone = film(looks(1, 1), heard=[123] * 900)
    assert not doubles.recognizable(tone)
    assert doubles.likeness(tone, tone) is None


@given(seeds, st.integers(0, 40), st.integers(0, 300))
def test_a_fingerprint_unpacks_to_what_was_packed(seed: int, count: int, heard: int) -> None:
    made = Print(looks=looks(seed, count), length=count * 2000, sound=sound(seed, heard))
    assert unpack(pack(made)) == made


@pytest.mark.parametrize("text", ["", "?", "AAAA", pack(Print()).packed[:-4], "eJw=" * 9])
def test_what_is_no_fingerprint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no fingerprint"):
        unpack(Fingerprint(text))


def test_a_fingerprint_is_shown_in_short_and_not_read() -> None:
    value = pack(Print(looks=looks(1, 3), sound=sound(1, 100)))
    assert FINGERPRINT.show(value).endswith(" (3 pictures, 12 s of sound)")
    assert len(str(FINGERPRINT.json(value))) == 16
    with pytest.raises(NotAValueError, match="made of a film"):
        FINGERPRINT.read("abc")


def test_films_that_are_the_same_share_keys_and_others_hardly_any() -> None:
    whole = looks(1, 60)
    value, copy, other = film(whole), film(flipped(whole[30:], 2, 4)), film(looks(2, 60))
    shared = len(doubles.searched_by(copy) & doubles.found_by(value))
    assert shared > 10 * len(doubles.searched_by(other) & doubles.found_by(value))
    assert shared >= doubles.LEAST_KEYS
