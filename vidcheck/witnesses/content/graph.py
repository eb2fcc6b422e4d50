"""What ffmpeg is asked: which filters tell which keys, and the one command with one graph for all of them.

ffmpeg-python builds the graph. What the filters print was measured on versions 5.1 and 9.0, and `log` reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vidcheck.facts import Depth, State
from vidcheck.vocabulary import CONTENT_KEYS, KEYS
from vidcheck.witnesses.content import samples
from vidcheck.witnesses.content.tracks import Tracks
from vidcheck.witnesses.ffprobe.run import DEMUXERS

if TYPE_CHECKING:
    from fractions import Fraction

    from vidcheck.facts import Facts
    from vidcheck.quantities import Size
    from vidcheck.witnesses.registry import Subject

PICTURE_KEYS = {
    "black": ("content.black", "content.black-lead", "content.black-tail"),
    "frozen": ("content.frozen",),
    "bars": ("content.picture-area", "content.bars"),
    "fields": ("content.scan",),
    "words": ("content.text", "content.script"),
}
"""What is measured of the picture, and the keys that it tells."""
SOUND_KEYS = {
    "silent": ("content.silent", "content.silent-lead", "content.silent-tail"),
    "loud": ("content.loudness", "content.loudness-range"),
    "peak": ("content.true-peak",),
    "voice": ("content.speech", "content.language"),
}
"""The same of the sound."""
WHOLE_KEYS = ("content.decodes",)
"""The keys for which both are decoded."""
TIME_KEYS = ("content.duration",)
"""The keys for which pictures are decoded and nothing is measured."""

FROZEN_SECONDS = 2
"""A picture that stands still for less is a way of cutting."""
SILENT_SECONDS = 2
"""A pause that is shorter is a part of speech."""
_SHORTEST_SILENCE = 0.1
"""Seconds of silence that the filter tells, for the beginning and the end."""
_SHORT = 60 * 1920 * 1080
"""Seconds times pixels: a minute of Full HD."""
_NARROW = 320
"""Key pictures are scaled to this width; black bars are looked for before."""
_NOW_AND_THEN = "isnan(prev_selected_t)+gte(t-prev_selected_t,1)"
"""Which pictures are searched for bars: the first, and one a second. They do not change with every picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is decoded and measured of a film."""

    depth: Depth
    measures: tuple[str, ...]
    """Of `PICTURE_KEYS` and `SOUND_KEYS`."""
    keys: frozenset[str]
    """The keys that this tells."""
    picture: bool
    """Whether pictures are decoded."""
    sound: bool
    """Whether sound is decoded."""
    has_picture: bool = True
    has_sound: bool = True
    duration: Fraction | None = None
    """The duration that the headers claim, in seconds."""
    turn: int = 0
    """By how many degrees a player turns the picture clockwise."""
    shape: tuple[int, int] | None = None
    """The size of the picture with square pixels before it is turned; None if nobody knows."""
    samples: frozenset[str] = frozenset()
    """Of `samples.PICTURES` and `samples.SOUNDS`."""
    tracks: Tracks = field(default_factory=Tracks)
    """Those that are decoded; `run` sets them."""
    whole: bool = False
    """Whether every picture is decoded."""
    several: bool = False
    """Whether there may be several pictures or sounds."""

    @property
    def rotated(self) -> bool:
        """Whether a player turns the picture by a quarter."""
        return self.turn % 180 == 90

    @property
    def words(self) -> str:
        """The order as a text, which is the same for the same order."""
        streams = [name for name, wanted in (("picture", self.picture), ("sound", self.sound)) if wanted]
        return " ".join((self.depth.value, *streams, *self.measures, *sorted(self.samples)))


def order_of(subject: Subject) -> Order:
    """The order for what is wanted of an entry at that depth."""
    facts = subject.facts
    asked = frozenset(name for name in subject.wanted & CONTENT_KEYS if subject.depth.reaches(KEYS[name].depth))
    pictures, sounds = _count(facts, "video.count"), _count(facts, "audio.count")
    whole = bool(asked & set(WHOLE_KEYS))
    seen = tuple(name for name, keys in PICTURE_KEYS.items() if asked & set(keys))
    heard = tuple(name for name, keys in SOUND_KEYS.items() if asked & set(keys))
    taken = {name for name, keys in {**samples.PICTURES, **samples.SOUNDS}.items() if asked & set(keys)}
    picture = pictures > 0 and bool(whole or seen or asked & set(TIME_KEYS) or taken & samples.PICTURES.keys())
    sound = sounds > 0 and bool(whole or heard or taken & samples.SOUNDS.keys())
    possible = {*(samples.PICTURES if picture else ()), *(samples.SOUNDS if sound else ())}
    turn = int(known(facts, "video.rotation") or 0) % 360
    return Order(
        depth=subject.depth, measures=(*(seen if pictures else ()), *(heard if sounds else ())), keys=asked,
        picture=picture, sound=sound, has_picture=pictures > 0, has_sound=sounds > 0,
        duration=known(facts, "duration"), turn=turn, shape=_shape(known(facts, "resolution"), turn),
        samples=frozenset({samples.STILLS, *taken} & possible),
        whole=subject.depth is Depth.FULL or (samples.PRINTS in taken & possible and _is_short(facts)),
        several=any((known(facts, key) or 2) > 1 for key in ("video.count", "audio.count")),
    )  # fmt: skip


def known(facts: Facts, key: str) -> Any:
    """The first known value of a key; None if there is none."""
    return next((fact.value for fact in facts.of(key) if fact.state is State.KNOWN), None)


def _shape(shown: Size | None, turn: int) -> tuple[int, int] | None:
    if shown is None:
        return None
    return (shown.height, shown.width) if turn % 180 == 90 else (shown.width, shown.height)


def _is_short(facts: Facts) -> bool:
    """Whether a film is so short, or so small, that all of it is soon decoded for its fingerprint.

    It may have too few key pictures to be known by, and a copy has others.
    """
    duration, size = known(facts, "duration"), known(facts, "resolution")
    return duration is not None and size is not None and duration * size.width * size.height <= _SHORT


def _count(facts: Facts, key: str) -> int:
    """How many tracks there are: one, if nobody knows."""
    found = known(facts, key)
    return 1 if found is None else int(found)


def arguments(order: Order, form: str, threads: int) -> list[str]:
    """The arguments of ffmpeg for an order, with an empty name for the file. `form` is the film's format.

    Samples are written into the working folder.
    """
    import ffmpeg

    reading: dict[str, Any] = {
        "format": DEMUXERS[form], "protocol_whitelist": "file,pipe", "threads": threads, "noautorotate": None,
    }  # fmt: skip
    if not order.whole:
        reading["skip_frame"] = "nokey"
    if order.picture:
        reading["reinit_filter:v"] = 0  # else a picture of another size would make all measuring begin anew
    else:
        reading["vn"] = None
    source = ffmpeg.input("", **reading)
    ends: list[Any] = []
    beside: list[Any] = []
    if order.picture:
        seen, taken = _picture(source[order.tracks.picture], order)
        ends, beside = [*ends, *seen], [*beside, *taken]
    if order.sound:
        stream, taken = samples.of_sound(source[order.tracks.sound], order)
        ends, beside = [*ends, _sound(stream, order)], [*beside, *taken]
    made = ffmpeg.output(*ends, "-", format="null", fps_mode="passthrough")
    built: list[str] = (
        ffmpeg.merge_outputs(made, *beside)
        .global_args(
            "-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info", "-filter_complex_threads", str(threads)
        )
        .get_args()
    )
    return built


def _picture(stream: Any, order: Order) -> tuple[list[Any], list[Any]]:
    """The ends of the filters of the picture, and the outputs of its samples.

    The picture that `tpad` adds ends whatever lasts until the end of the film at the right time.
    """
    others = []
    narrow = order.depth is Depth.KEYFRAMES
    stream = stream.filter("scale")  # every picture gets the size of the first one
    stream, prints = samples.of_prints(stream, order)
    if narrow and order.whole:
        stream = stream.filter("select", "key")
    if "bars" in order.measures:
        split = stream.filter_multi_output("split")
        stream, searched = split[0], split[1]
        if not narrow:
            searched = searched.filter("select", _NOW_AND_THEN)
        others.append(searched.filter("cropdetect", limit="24/255", round=2, skip=0, reset=0))
    stream, taken = samples.of_picture(stream, order)
    stream = stream.filter("tpad", stop=1, stop_mode="clone").filter("showinfo", checksum=0)
    if narrow:
        stream = stream.filter("scale", _NARROW, -2)
    if "black" in order.measures:
        stream = stream.filter("blackdetect", d=0, pic_th=0.98, pix_th=0.1)
    if "frozen" in order.measures:
        stream = stream.filter("freezedetect", n="-60dB", d=FROZEN_SECONDS)
    if "fields" in order.measures:
        stream = stream.filter("idet")
    return [stream, *others], [*prints, *taken]


def _sound(stream: Any, order: Order) -> Any:
    """The filters of the sound.

    `ebur128` is always there, because it says how far the sound is. What `apad` adds makes it measure the last samples.
    """
    if "silent" in order.measures:
        stream = stream.filter("silencedetect", n="-60dB", d=_SHORTEST_SILENCE)
    stream = stream.filter("apad", pad_dur=_SHORTEST_SILENCE)
    return stream.filter("ebur128", peak="true" if "peak" in order.measures else "none", framelog="info")
