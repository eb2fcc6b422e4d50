"""Compares films by their fingerprints: those of one run with each other, and with those of an archive.

Pure, and independent of the order of entries.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from vidcheck import doubles
from vidcheck.facts import State
from vidcheck.findings import Level
from vidcheck.quantities import DURATION, SHARE, Shown
from vidcheck.texts import join, say
from vidcheck.vocabulary import CONTENT_FINGERPRINT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vidcheck.doubles import Likeness
    from vidcheck.facts import Depth, Fact, Facts, Picture
    from vidcheck.quantities import Fingerprint
    from vidcheck.rules.model import BatchRule, Rules
    from vidcheck.texts import Readable

_SHOWN = 4
"""The most pictures that are shown of each film."""
_NEAR = Fraction(2)
"""Seconds between a moment and a picture that may stand for it."""
_SAME_SOUND = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A film that is like another one."""

    called: Readable
    """What people call it."""
    path: str
    """What stands before the places of its facts."""
    likeness: Likeness
    facts: tuple[Fact, ...]
    """Its fingerprint, with the pictures of it that are kept."""


def fingerprint_of(facts: Facts) -> Fingerprint | None:
    """An entry's fingerprint; None if there is none by which it can be compared."""
    found = [fact.value for fact in facts.of(CONTENT_FINGERPRINT.name) if fact.state is State.KNOWN]
    return found[0] if found else None


def likenesses(films: Mapping[str, Fingerprint]) -> dict[str, dict[str, Likeness]]:
    """The films that are the same as each film, with their likeness, by path and path."""
    found: dict[str, dict[str, Likeness]] = {path: {} for path in films}
    keeping: dict[int, list[str]] = {}
    sizes: dict[str, int] = {}
    for path in sorted(films):
        keys = doubles.found_by(films[path])
        sizes[path] = len(keys)
        for key in keys:
            keeping.setdefault(key, []).append(path)
    for path in sorted(films):
        counts = Counter(other for key in doubles.searched_by(films[path]) for other in keeping.get(key, ()))
        del counts[path]
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[: doubles.CANDIDATES]
        for other, shared in ranked:
            if other not in found[path] and doubles.share_enough(shared, sizes[path], sizes[other]):
                likeness = doubles.likeness(films[path], films[other])
                if likeness is not None:
                    found[path][other], found[other][path] = likeness, likeness.turned
    return found


def groups(found: Mapping[str, Mapping[str, Likeness]]) -> list[tuple[str, ...]]:
    """The films that are connected by likeness, in groups of two or more, sorted."""
    rest = {path for path, others in found.items() if others}
    every: list[tuple[str, ...]] = []
    while rest:
        group, new = set(), {min(rest)}
        while new:
            group |= new
            new = {other for path in new for other in found[path]} - group
        rest -= group
        every.append(tuple(sorted(group)))
    return every


def unlooked(rule: BatchRule, rules: Rules, looked: Depth, *, final: bool) -> tuple[Readable, bool] | None:
    """Why films were not looked at, and whether that is for a person to see; None if they were looked at."""
    wanted = rules.content if rules.content.reaches(CONTENT_FINGERPRINT.depth) else CONTENT_FINGERPRINT.depth
    if looked.reaches(wanted):
        return None
    required = rule.level is Level.REQUIRED
    if looked.reaches(CONTENT_FINGERPRINT.depth) and not required:
        return None
    why = say("content was not looked at; {option} does", option=f"--content {wanted}")
    return why, required and (final or not looked.reaches(rules.content))


def why_not(facts: Facts) -> Readable:
    """Why an entry can't be compared by its fingerprint."""
    for fact in facts.of(CONTENT_FINGERPRINT.name):
        if fact.note is not None:
            return fact.note
    for fault in facts.faulted(CONTENT_FINGERPRINT.name):
        return fault.message
    return say("{key} is not known", key=CONTENT_FINGERPRINT.called)


def described(likeness: Likeness) -> Readable:
    """In what two films are alike, as a noun phrase."""
    share = Shown(SHARE.name, Fraction(round(likeness.share * 100), 100))
    if not likeness.pairs:
        return say("{share} of the shorter one's sound, {place}", share=share, place=_place(likeness))
    parts: list[Readable] = [say("{share} of the shorter one's pictures", share=share)]
    parts += [say("mirrored")] if likeness.mirrored else []
    parts += [say("cropped")] if likeness.cropped else []
    parts += [say("with the same sound")] if likeness.sound >= _SAME_SOUND else []
    return join([*parts, _place(likeness)])


def _place(likeness: Likeness) -> Readable:
    """Where the same is in both films."""
    if not likeness.pairs:
        own = max(0, likeness.ahead)
        return say("{time} here is {other} there", time=_time(own), other=_time(own - likeness.ahead))
    start, end = min(own for own, _ in likeness.pairs), max(own for own, _ in likeness.pairs)
    return say(
        "{start} to {end} here is {other} to {last} there",
        start=_time(start), end=_time(end), other=_time(start - likeness.ahead), last=_time(end - likeness.ahead),
    )  # fmt: skip


def _time(milliseconds: int) -> Readable:
    return Shown(DURATION.name, Fraction(round(milliseconds, -2), 1000))


def side_by_side(own: Sequence[Fact], twin: Twin) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """An entry's facts and its twin's, with only those pictures that show the same moments, in the same order."""
    ours, theirs = _pictures(own), _pictures(twin.facts)
    pairs: list[tuple[Picture, Picture]] = []
    for at, other in twin.likeness.pairs:
        mine, its = _nearest(ours, Fraction(at, 1000)), _nearest(theirs, Fraction(other, 1000))
        if mine and its and not any(mine is one or its is another for one, another in pairs):
            pairs.append((mine, its))
    step = max(1, -(-len(pairs) // _SHOWN))
    chosen = pairs[::step]
    return _with(own, [mine for mine, _ in chosen]), _with(twin.facts, [its for _, its in chosen])


def without_pictures(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts without pictures, for a film that is like no other."""
    return _with(facts, ())


def _pictures(facts: Iterable[Fact]) -> list[Picture]:
    return [picture for fact in facts for picture in fact.pictures]


def _nearest(pictures: Sequence[Picture], at: Fraction) -> Picture | None:
    near = min(pictures, key=lambda picture: abs(picture.at - at), default=None)
    return near if near is not None and abs(near.at - at) <= _NEAR else None


def _with(facts: Iterable[Fact], pictures: Iterable[Picture]) -> tuple[Fact, ...]:
    kept = tuple(pictures)
    return tuple(
        replace(fact, pictures=kept if fact.key == CONTENT_FINGERPRINT.name else fact.pictures) for fact in facts
    )
