"""What the sample entries of the shown picture and the played sound say. Every entry that the track uses counts.

Where they differ, a film has no single size or codec: the value is unknown, and the locator names the entries with
`facts.CONTRADICTION` between them, so that no other witness's single value decides. If readers may reasonably differ
about a file, there is no fact, and a comment here gives the reason. Clauses in brackets are those of ISO/IEC 14496-12.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from vidcheck.facts import CONTRADICTION, visible
from vidcheck.quantities import Shown, Size
from vidcheck.texts import join, say
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import codecs
from vidcheck.witnesses.mp4.movie import used_by
from vidcheck.witnesses.mp4.sample_entries import clean_aperture, pixel_shape, read_picture, read_sound, standard_range
from vidcheck.witnesses.picture import SIZE_KEYS, Picture, cut_to_container, tell_picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidcheck.facts import Fact
    from vidcheck.texts import Readable
    from vidcheck.witnesses.evidence import Teller
    from vidcheck.witnesses.mp4.coded import Coded
    from vidcheck.witnesses.mp4.iso import Node
    from vidcheck.witnesses.mp4.movie import Layout, Movie, Track

_ONE = 1 << 16
"""1 in numbers of 16 bits before the point and 16 behind it."""
_CLAIM = Fraction(1, 200)
"""The most by which the shape in a track's header may differ from that of its pictures."""


def tell_picture_entries(tell: Teller, layout: Layout, movie: Movie, track: Track, turn: int | None) -> None:
    """Adds what the entries of a picture track say; `turn` is its rotation, None if it isn't a rotation."""
    entries = used_by(layout, track).entries
    told: list[dict[str, Fact]] = []
    sure = True
    for entry in [] if track.external else entries:
        one, coded = tell.fork(), read_picture(entry)
        where = _where(movie, track, entry)
        if coded is not None:
            _tell_coded(one, entry, coded, where)
        if turn is not None:
            if coded is not None and coded.size is not None:
                _tell_size(one, movie, track, coded, entry=entry, where=where, turn=turn)
            elif len(entries) > 1:
                # the codec keeps the size in its pictures; entries that claim different sizes still contradict each other
                sure = False
                _tell_claim(one, entry, where, turn)
        told.append({fact.key: fact for fact in one.facts})
    _merge(tell, told, unsure=() if sure else SIZE_KEYS)


def tell_sound_entries(tell: Teller, layout: Layout, movie: Movie, track: Track) -> None:
    """Adds what the entries of a sound track say."""
    told: list[dict[str, Fact]] = []
    for entry in [] if track.external else used_by(layout, track).entries:
        one, sound = tell.fork(), read_sound(entry)
        where = _where(movie, track, entry)
        for key, value in (
            ("audio.codec", sound.codec), ("audio.profile", sound.profile), ("audio.channels", sound.channels),
            ("audio.sample-rate", sound.rate),
        ) if sound is not None else ():  # fmt: skip
            if value is not None:
                one.known(key, value, where, str(value))
        if sound is not None and sound.codec in codecs.UNPROFILED:
            one.absent("audio.profile", where)
        told.append({fact.key: fact for fact in one.facts})
    _merge(tell, told)


def _where(movie: Movie, track: Track, entry: Node) -> str:
    table = movie.place(track, "mdia/minf/stbl/stsd")
    number = f"[{track.entries.index(entry)}]" if len(track.entries) > 1 else ""
    return f"{table}/{visible(entry.type)}{number}"


def _merge(tell: Teller, told: Sequence[dict[str, Fact]], *, unsure: Sequence[str] = ()) -> None:
    """Adds what all entries say alike, and as unknown what they say differently; `unsure` keys only in that case."""
    for key in dict.fromkeys(key for one in told for key in one):
        facts = [one[key] for one in told if key in one]
        differing = [fact for fact in facts if (fact.state, fact.value) != (facts[0].state, facts[0].value)]
        if differing:
            _tell_difference(tell, key, facts[0], differing[0])
        elif len(facts) == len(told) and key not in unsure:
            tell.add(facts[0])


def _tell_difference(tell: Teller, key: str, one: Fact, other: Fact) -> None:
    steps, last = other.locator.rpartition("/")[::2]
    values = [_shown(key, fact) for fact in (one, other)]
    why = say(
        "it changes within the film: {values} (sample entries of {box})", values=join(values, say(", ")), box=steps
    )
    where = f"{one.locator}{CONTRADICTION}{last}"
    tell.unknown(key, where, f"{one.raw}{CONTRADICTION}{other.raw}", why)


def _shown(key: str, fact: Fact) -> Readable:
    return say("absent") if fact.value is None else Shown(KEYS[key].kind.name, fact.value)


# --- one entry of a picture ---


def _tell_coded(tell: Teller, entry: Node, coded: Coded, where: str) -> None:
    for key, value in (
        ("video.codec", coded.codec), ("video.profile", coded.profile), ("video.bit-depth", coded.depth),
        ("video.chroma", coded.chroma), ("video.scan", "progressive" if coded.progressive else None),
    ):  # fmt: skip
        if value is not None:
            tell.known(key, value, where, str(value))
    if standard_range(entry, coded):
        tell.known("video.hdr", "none", where, f"transfer {coded.transfer}")


def _tell_size(tell: Teller, movie: Movie, track: Track, coded: Coded, *, entry: Node, where: str, turn: int) -> None:
    shape = pixel_shape(entry, coded)
    if coded.size is None or shape is None:
        return
    shown = cut_to_container(coded.size, _claimed_size(entry))
    if shown != coded.size and coded.codec != "h264":
        return  # ffmpeg cuts only H.264 to the container's size, others cut all codecs or none
    if not _undisputed(track, entry, shown):
        return
    tell_picture(
        tell,
        Picture(stored=coded.size, cut=shown, shape=shape, turn=turn, sideways=turn in (90, 270), locator=where),
        remark=_remark_on_aperture(entry, shown) or _remark_on_header(movie, track, shown, shape),
    )


def _tell_claim(tell: Teller, entry: Node, where: str, turn: int) -> None:
    shape = entry.find("pasp")
    across, down = (shape.u32(0), shape.u32(4)) if shape else (1, 1)
    pixel = Fraction(across, down) if across and down else Fraction(1)
    tell_picture(
        tell, Picture(stored=_claimed_size(entry), shape=pixel, turn=turn, sideways=turn in (90, 270), locator=where)
    )


def _claimed_size(entry: Node) -> Size:
    """Width and height by the sample entry itself [12.1.3]."""
    return Size(*(int.from_bytes(entry.bytes(at, 2)) for at in (24, 26)))


def _undisputed(track: Track, entry: Node, size: Size) -> bool:
    """Whether the track's header implies no other pixel shape than the pictures, which ffmpeg would use."""
    wide, high = track.claimed
    if not wide or not high or entry.all("pasp") or entry.all("clap"):
        return True
    return abs(Fraction(wide * size.height, high * size.width) - 1) <= _CLAIM


def _remark_on_header(movie: Movie, track: Track, shown: Size, shape: Fraction) -> Readable | None:
    """A remark if the track's header asks for a much smaller picture, as some players show it [8.3.2]."""
    scale = max(map(abs, (track.matrix[0], track.matrix[1]))) if track.matrix else _ONE
    wide, high = (Fraction(side * scale, _ONE * _ONE) for side in track.claimed)
    small, large = sorted((wide, high))
    low, long = sorted((shown.width * shape, Fraction(shown.height)))  # some writers turn the header's sides as well
    if not small or (2 * small > low and 2 * large > long):
        return None
    size = Shown("resolution", Size(int(wide), int(high)))
    return say("some players show only {size}, which the track's header ({box}) asks for",
               size=size, box=movie.place(track, "tkhd"))  # fmt: skip


def _remark_on_aperture(entry: Node, shown: Size) -> Readable | None:
    """A remark if some players show less than others: the clean aperture [12.1.4]."""
    clean = clean_aperture(entry)
    if clean is None or (clean.width >= shown.width and clean.height >= shown.height):
        return None
    size, box = Shown("resolution", clean), f"{entry.path}/clap"
    return say("some players show only the clean aperture of {size} ({box})", size=size, box=box)
