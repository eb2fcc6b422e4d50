"""Whether two films are the same, by their fingerprints: pure, symmetric, and without any library.

A film stays the same when it is encoded anew, cropped, mirrored, cut, or given bars, a logo or other sound. Pictures
decide: those that look alike must stand in the same order and distance of time in both films, and be a good part of the
shorter one. Sound decides only where one of the films has too few pictures that differ, and supports a weak likeness.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from vidcheck.quantities.fingerprint import MIRROR, PACE, most_different, unpack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vidcheck.quantities.fingerprint import Fingerprint, Look, Print

ALIKE = 10
"""In so many of 63 bits pictures may differ that look alike. Of two different pictures about half of the bits differ."""
DISTINCT = 4
"""So many pictures that differ from each other make a film recognizable."""
SHARE = 0.3
"""From this part of the shorter film on, two films are the same."""
_WEAK = 0.15
"""The same, if the sound says so too."""
_SOUND_SHARE = 0.5
"""From this part of the shorter sound on, two films sound the same."""
_SOUND_ITEMS = 64
"""So many different items make sound recognizable: about 8 s of it."""
_SOUND_BITS = 8
"""In so many of 32 bits items of sound may differ that sound alike."""
_NEAR = 1000
"""Milliseconds between pictures that are searched for in the same place: they need not be samples of the same moment."""
_LONGEST_LOOK = 5000
"""A picture that stands for longer counts as if it stood for so many milliseconds."""
CANDIDATES = 24
"""So many films, those that share most keys with one, are compared with it picture by picture."""
LEAST_KEYS = 6
"""Films that share fewer keys are not the same."""
_SHARED = 0.03
"""Nor those that share a smaller part of the keys of the one that has fewer: so many are the same by chance."""
_MARKED = 32
"""By so many of its pictures a film is found among many, and brought into place with another."""
_BAND = 16
_BANDS = 4
_SOUND_KEYS = 1 << 20
"""Keys of sound begin here; those of pictures are below."""
_ONE_OF = 16
"""One of so many items of sound is a key. The item itself says whether it is, so that the same are chosen in any film."""
_MOST_SOUND_KEYS = 256
_PLACES = 4
"""So many places of one film in another are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """In what two films are the same."""

    share: float
    """The part of the shorter film that is in the other one."""
    pairs: tuple[tuple[int, int], ...] = ()
    """The times of pictures that look alike, in milliseconds: in this film, and in the other one."""
    mirrored: bool = False
    cropped: bool = False
    sound: float = 0.0
    """The part of the shorter sound that is in the other one."""
    ahead: int = 0
    """By how many milliseconds the same is later in this film."""

    @property
    def turned(self) -> Likeness:
        """The same, seen from the other film."""
        return replace(self, pairs=tuple((other, own) for own, other in self.pairs), ahead=-self.ahead)


class _Place(NamedTuple):
    """Where one film might lie in the other, and how it was changed."""

    view: int
    """Which part of the first film is all of the second; if negative, of the second in the first."""
    mirror: int
    """`MIRROR` or 0."""
    shift: int
    """By how many milliseconds it is later in the first one."""


def recognizable(value: Fingerprint) -> bool:
    """Whether a film can be told from others by its fingerprint."""
    return _by_pictures(value) or _by_sound(value)


def likeness(value: Fingerprint, other: Fingerprint) -> Likeness | None:
    """In what two films are the same; None if they are not."""
    if other.packed < value.packed:  # so that the answer is the same whichever comes first
        found = likeness(other, value)
        return found.turned if found else None
    decided = _by_pictures(value) and _by_pictures(other)
    pictures = _pictures(value, other) if decided else None
    if pictures and pictures.share >= SHARE:
        return replace(pictures, sound=_sound(value, other).share)
    if decided and (pictures is None or pictures.share < _WEAK):
        return None
    sound = _sound(value, other)
    if sound.share < _SOUND_SHARE:
        return None
    if pictures is None:
        return Likeness(share=sound.share, sound=sound.share, ahead=sound.ahead)
    return replace(pictures, sound=sound.share) if abs(pictures.ahead - sound.ahead) <= 3 * _NEAR else None


def found_by(value: Fingerprint) -> frozenset[int]:
    """The keys under which a film is kept, so that it is found among many."""
    made = unpack(value)
    pictures = {key for look in _marked(value) for view in look.views for key in _keys(view)}
    return frozenset(pictures | set(_sound_keys(made.sound)))


def searched_by(value: Fingerprint) -> frozenset[int]:
    """The keys under which films may be kept that are the same as this one."""
    made = unpack(value)
    pictures = {
        key for look in _marked(value) for view in look.views for mirror in (0, MIRROR) for key in _keys(view ^ mirror)
    }
    return frozenset(pictures | set(_sound_keys(made.sound)))


def share_enough(shared: int, keys: int, others: int) -> bool:
    """Whether films that have so many keys, of which so many are the same, have to be compared."""
    return shared >= max(LEAST_KEYS, _SHARED * min(keys, others))


@lru_cache(maxsize=1024)
def _by_pictures(value: Fingerprint) -> bool:
    return _distinct(look.views[0] for look in unpack(value).looks) >= DISTINCT


@lru_cache(maxsize=1024)
def _by_sound(value: Fingerprint) -> bool:
    return len(set(unpack(value).sound)) >= _SOUND_ITEMS


def _distinct(hashes: Iterable[int]) -> int:
    """How many pictures differ from each other; no more than `DISTINCT` are counted."""
    kept: list[int] = []
    for one in hashes:
        if all((one ^ other).bit_count() > ALIKE for other in kept):
            kept.append(one)
            if len(kept) == DISTINCT:
                break
    return len(kept)


def _keys(view: int) -> Iterator[int]:
    """Four parts of a hash, of which one is the same in most pictures that look alike."""
    for number in range(_BANDS):
        yield number << _BAND | view >> number * _BAND & 0xFFFF


def _sound_keys(sound: Sequence[int]) -> list[int]:
    chosen = [item for item in dict.fromkeys(sound) if item * 0x9E3779B1 >> 7 & 0xFFFF < 0x10000 // _ONE_OF]
    return [_SOUND_KEYS + item for item in chosen[:_MOST_SOUND_KEYS]]


@lru_cache(maxsize=1024)
def _marked(value: Fingerprint) -> tuple[Look, ...]:
    """The pictures by which a film is found."""
    return most_different(unpack(value).looks, _MARKED)


@lru_cache(maxsize=256)
def _banded(value: Fingerprint) -> dict[int, list[tuple[int, Look]]]:
    """The marked pictures in all views, by the parts of their hashes."""
    rows: dict[int, list[tuple[int, Look]]] = {}
    for look in _marked(value):
        for number, view in enumerate(look.views):
            for key in _keys(view):
                rows.setdefault(key, []).append((number, look))
    return rows


def _pictures(value: Fingerprint, other: Fingerprint) -> Likeness | None:
    """The likeness in pictures, in the place where it is greatest."""
    found = [_in_place(unpack(value), unpack(other), place) for place in _places(value, other)]
    return max((one for one in found if one), key=lambda one: one.share, default=None)


def _places(value: Fingerprint, other: Fingerprint) -> list[_Place]:
    """The likeliest places: those for which most pairs of pictures vote that look alike."""
    votes: dict[tuple[int, int, int], list[int]] = {}
    for turned, rows, looks in ((False, _banded(value), _marked(other)), (True, _banded(other), _marked(value))):
        for look in looks:
            for mirror in (0, MIRROR):
                wanted = look.views[0] ^ mirror
                met = {(view, one.at): one for key in _keys(wanted) for view, one in rows.get(key, ())}
                for (view, at), one in met.items():
                    if (one.views[view] ^ wanted).bit_count() <= ALIKE and (view or not turned):
                        shift = look.at - at if turned else at - look.at
                        votes.setdefault((-view if turned else view, mirror, shift // 1000), []).append(shift)
    places = []
    for (view, mirror, second), shifts in votes.items():
        beside = sorted([*shifts, *votes.get((view, mirror, second + 1), ())])
        places.append((-len(beside), abs(view), _Place(view, mirror, beside[len(beside) // 2])))
    return [place for count, _, place in sorted(places)[:_PLACES] if count < -1]


def _in_place(one: Print, another: Print, place: _Place) -> Likeness | None:
    """How much is the same if the films lie so. Where one has fewer pictures, only they can be looked for.

    It is the least of three parts: of those pictures, of their time without what stands for long, and of the shorter film's
    whole time, also that in which pictures tell nothing.
    """
    own, its = one.looks, another.looks
    start, end = max(own[0].at, its[0].at + place.shift), min(own[-1].until, its[-1].until + place.shift)
    ours = [look for look in own if look.until > start and look.at < end]
    theirs = [look for look in its if look.until + place.shift > start and look.at + place.shift < end]
    if not ours or not theirs:
        return None
    our_view, their_view = max(0, place.view), max(0, -place.view)
    if len(ours) <= len(theirs):
        fewer = ours
        met = _met([(look, look.views[our_view] ^ place.mirror) for look in ours], theirs, their_view, -place.shift)
        pairs = tuple([(look.at, other.at) for look, other in met])
    else:
        fewer = theirs
        met = _met([(look, look.views[their_view] ^ place.mirror) for look in theirs], ours, our_view, place.shift)
        pairs = tuple([(other.at, look.at) for look, other in met])
    if _distinct(look.views[0] for look, _ in met) < DISTINCT:
        return None
    lasting = sum(_lasts(look) for look, _ in met) / sum(map(_lasts, fewer))
    whole = max(1, min(own[-1].until - own[0].at, its[-1].until - its[0].at))
    first, last = (start, end) if fewer is ours else (start - place.shift, end - place.shift)
    seen = sum(min(look.until, last) - max(look.at, first) for look, _ in met)
    length = max(1, min(one.length, another.length))
    return Likeness(
        share=min(min(len(met) / len(fewer), lasting) * min(1.0, (end - start) / whole), seen / length),
        pairs=pairs, mirrored=bool(place.mirror), cropped=bool(place.view), ahead=place.shift,
    )  # fmt: skip


def _lasts(look: Look) -> int:
    return min(_LONGEST_LOOK, max(1, look.until - look.at))


def _met(wanted: Sequence[tuple[Look, int]], others: Sequence[Look], view: int, shift: int) -> list[tuple[Look, Look]]:
    """Each picture with the one that looks most like it of those that are shown near its time, if it looks alike."""
    ends = [look.until for look in others]
    met = []
    for look, hashed in wanted:
        at = look.at + shift
        near = others[bisect_left(ends, at - _NEAR) :]
        nearest = min(
            takewhile(lambda one: one.at <= look.until + shift + _NEAR, near),  # noqa: B023 - it is used at once
            key=lambda one: ((one.views[view] ^ hashed).bit_count(), abs(one.at - at)),
            default=None,
        )
        if nearest is not None and (nearest.views[view] ^ hashed).bit_count() <= ALIKE:
            met.append((look, nearest))
    return met


class _Heard(NamedTuple):
    """The likeness in sound."""

    share: float
    ahead: int


def _sound(value: Fingerprint, other: Fingerprint) -> _Heard:
    """How much of the shorter sound is in the other one. What stays the same for long tells nothing."""
    nothing = _Heard(0.0, 0)
    if not _by_sound(value) or not _by_sound(other):
        return nothing
    own, its = unpack(value).sound, unpack(other).sound
    rare = _rare(own)
    votes = Counter(rare[item] - at for item, at in _rare(its).items() if item in rare)
    if not votes:
        return nothing
    shift, count = max(
        votes.items(), key=lambda vote: (vote[1] + (votes[vote[0] - 1] + votes[vote[0] + 1]) / 2, vote[0])
    )
    if count < 3:
        return nothing
    start, end = max(0, shift), min(len(own), len(its) + shift)
    same = [at for at in range(start, end) if (own[at] ^ its[at - shift]).bit_count() <= _SOUND_BITS]
    if len({own[at] for at in same}) < _SOUND_ITEMS:
        return nothing
    return _Heard(len(same) / min(len(own), len(its)), round(shift * PACE * 1000))


def _rare(sound: Sequence[int]) -> dict[int, int]:
    """The items that stand in a sound just once, with their places."""
    counts = Counter(sound)
    return {item: at for at, item in enumerate(sound) if counts[item] == 1}
