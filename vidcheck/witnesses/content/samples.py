"""Samples of a film: what is taken out of the one pass beside what is measured, for people and for other readers.

ffmpeg writes them into a folder of their own (`scratch`), as further outputs of the same graph. Pictures have their time
as their name, in milliseconds. Number and size of everything are bounded, whatever the film is.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from vidcheck.facts import Depth

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from vidcheck.witnesses.content.graph import Order

STILLS, WORDS, PRINTS = "stills", "words", "prints"
CHROMA, VOICE = "chroma", "voice"
PICTURES = {STILLS: (), WORDS: ("content.text", "content.script"), PRINTS: ("content.fingerprint",)}
"""The samples of the picture, and the keys for which they are taken. Stills are taken whenever pictures are decoded."""
SOUNDS = {CHROMA: ("content.fingerprint",), VOICE: ("content.speech", "content.language")}
"""The same of the sound."""

MOST_STILLS = 24
"""The most pictures on a contact sheet."""
STILL_SIDE, WORDS_SIDE = 256, 960
"""The longer side of such a picture, in pixels; a smaller film is not enlarged."""
FACE_SIDE = 144
"""The longer side of the small pictures that a fingerprint is shown by."""
PRINT_SIDE = 64
"""Prints are gray squares of this side, one byte a pixel, whatever the film's shape is."""
VOICE_RATE = 16_000
"""Samples a second of the voice: mono, 16 bits, little-endian."""
VOICE_SECONDS = 2 * 3600
"""No more of the voice is kept, which is 230 MB."""
_FACES = "faces"
_LOOKS = "looks"
_LOOK_SIDE = 16
"""Stills are told apart by gray squares of this side."""
_JPEG = b"\xff\xd8\xff"
_MOST_JPEG = 2**20
_MOST_CHROMA = 2**22
_UNLIKE = 10
"""From this mean difference on, of 255, two pictures are of different scenes."""


class _Kind(NamedTuple):
    """How often pictures of a kind are taken."""

    most: int
    shortest: float
    """The least seconds between two of them."""
    part: int
    """Between two of them lies at least this part of the film."""


_KINDS = {
    STILLS: _Kind(200, 0.2, 3 * MOST_STILLS),
    WORDS: _Kind(60, 1.0, 48),
    PRINTS: _Kind(7200, 0.5, 7200),
}  # fmt: skip


class Still(NamedTuple):
    """A picture of the film, with its time."""

    at: Fraction
    """In seconds."""
    data: bytes
    """JPEG; of prints, `PRINT_SIDE` squared bytes of gray."""


def fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    """A size of the same shape that is no larger and whose longer side has at most that many pixels."""
    scale = min(Fraction(1), Fraction(side, max(*size, 1)))
    return max(2, round(size[0] * scale)), max(2, round(size[1] * scale))


def of_picture(stream: Any, order: Order) -> tuple[Any, list[Any]]:
    """The stream for what is measured, and the outputs of samples of the picture. Their names are relative."""
    wanted = [name for name in PICTURES if name in order.samples and name != PRINTS]
    if not wanted:
        return stream, []
    split = stream.filter_multi_output("split", len(wanted) + 1)
    outputs: list[Any] = []
    for number, name in enumerate(wanted, 1):
        chosen = split[number].filter("select", _selected(_KINDS[name], order))
        if name == STILLS:
            twice = chosen.filter_multi_output("split", 2)
            chosen = twice[0]
            outputs.append(_gray(twice[1], _LOOKS, _LOOK_SIDE, order))
        side = STILL_SIDE if name == STILLS else WORDS_SIDE
        shown = _turned(_scaled(chosen, side, order), order.turn).filter("format", "yuvj420p")
        outputs.append(_pictures(shown, f"{name}-%d.jpg", vcodec="mjpeg", **{"q:v": 7 if name == STILLS else 3}))
    return split[0], outputs


def of_prints(stream: Any, order: Order) -> tuple[Any, list[Any]]:
    """The stream for all else, and the outputs of pictures for the fingerprint.

    They are as many in either depth if every picture is decoded: pictures of a copy, whose key pictures fall elsewhere, are
    then never far from them.
    """
    if PRINTS not in order.samples:
        return stream, []
    kind, split = _KINDS[PRINTS], stream.filter_multi_output("split", 2)
    pace = max(kind.shortest, float(order.duration or 0) / kind.part)
    selected = f"lt(selected_n,{kind.most})*(isnan(prev_selected_t)+gte(t-prev_selected_t,{pace:.3f}))"
    twice = split[1].filter("select", selected).filter_multi_output("split", 2)
    shown = _turned(_scaled(twice[1], FACE_SIDE, order), order.turn).filter("format", "yuvj420p")
    faces = _pictures(shown, f"{_FACES}-%d.jpg", vcodec="mjpeg", **{"q:v": 7})
    return split[0], [_gray(twice[0], PRINTS, PRINT_SIDE, order), faces]


def of_sound(stream: Any, order: Order) -> tuple[Any, list[Any]]:
    """The same of the sound."""
    wanted = [name for name in SOUNDS if name in order.samples]
    if not wanted:
        return stream, []
    split = stream.filter_multi_output("asplit", len(wanted) + 1)
    outputs: list[Any] = []
    for number, name in enumerate(wanted, 1):
        if name == CHROMA:
            heard = split[number].filter("aformat", sample_fmts="s16", channel_layouts="mono")
            outputs.append(heard.output(CHROMA, format="chromaprint", fp_format="raw"))
            continue
        # missing sound becomes silence, so that the number of a sample tells its time
        heard = split[number].filter("aresample", VOICE_RATE, **{"async": 1, "first_pts": 0})
        heard = heard.filter("aformat", sample_fmts="s16", channel_layouts="mono").filter("atrim", end=VOICE_SECONDS)
        outputs.append(heard.output(VOICE, format="s16le"))
    return split[0], outputs


def _selected(kind: _Kind, order: Order) -> str:
    """Which pictures are taken: the first one, then key pictures, and of long groups also others."""
    pace = max(kind.shortest, float(order.duration or 0) / kind.part)
    since = "t-prev_selected_t"
    every = ["isnan(prev_selected_t)", f"key*gte({since},{pace:.3f})"]
    if order.depth is Depth.FULL:
        every.append(f"gte({since},{3 * pace:.3f})")
    return f"lt(selected_n,{kind.most})*({'+'.join(every)})"


def _scaled(stream: Any, side: int, order: Order) -> Any:
    """The stream in its displayed shape, with square pixels."""
    if order.shape is not None:
        wide, high = map(str, fitted(order.shape, side))
    else:  # nobody knows the size yet; a film so narrow that nothing would be left has two pixels
        longer = f"min({side},max(iw*sar,ih))"
        wide, high = f"max(2,round({longer}*min(1,dar)))", f"max(2,round({longer}*min(1,1/dar)))"
    return stream.filter("scale", wide, high, flags="area", out_range="full").filter("setsar", 1)


def _turned(stream: Any, turn: int) -> Any:
    """The stream as a player turns it, by so many degrees clockwise."""
    if turn == 180:
        return stream.filter("hflip").filter("vflip")
    return stream.filter("transpose", {90: "clock", 270: "cclock"}[turn]) if turn in {90, 270} else stream


def _gray(stream: Any, name: str, side: int, order: Order) -> Any:
    shown = _turned(stream.filter("scale", side, side, flags="area"), order.turn).filter("format", "gray")
    return _pictures(shown, f"{name}-%d.gray", vcodec="rawvideo")


def _pictures(stream: Any, name: str, **more: Any) -> Any:
    """An output of one file a picture, whose name is its time in milliseconds."""
    timed = stream.filter("settb", "1/1000")
    return timed.output(name, format="image2", frame_pts=1, fps_mode="passthrough", enc_time_base="1:1000", **more)


@dataclass(frozen=True)
class Samples:
    """What was taken, as long as the folder is there."""

    folder: Path

    @cached_property
    def stills(self) -> tuple[Still, ...]:
        """JPEGs for the contact sheet: one of each scene, over the whole film."""
        looks = {one.at: one.data for one in self._pictures(_LOOKS, _LOOK_SIDE**2)}
        stills = [one for one in self._pictures(STILLS) if one.at in looks]
        return tuple(stills[number] for number in scenes([looks[one.at] for one in stills]))

    @cached_property
    def words(self) -> tuple[Still, ...]:
        """JPEGs in which words can be read."""
        return tuple(self._pictures(WORDS))

    @cached_property
    def prints(self) -> tuple[Still, ...]:
        """Gray squares for the fingerprint."""
        return tuple(self._pictures(PRINTS, PRINT_SIDE**2))

    def faces(self, times: Collection[Fraction]) -> tuple[Still, ...]:
        """Small JPEGs of the prints of these times."""
        return tuple(one for one in self._pictures(_FACES, only=times))

    @property
    def chroma(self) -> bytes:
        """Chromaprint's fingerprint of the whole sound: whole numbers of 32 bits, in this machine's order. May be empty."""
        return self._bytes(CHROMA, _MOST_CHROMA)

    @property
    def voice(self) -> Path | None:
        """The file with the sound for recognizers of speech; None if there is none."""
        found = self.folder / VOICE
        return found if found.is_file() and found.stat().st_size else None

    def _pictures(self, name: str, size: int = 0, only: Collection[Fraction] | None = None) -> Iterator[Still]:
        """The pictures of that kind in the order of their times, those that have a size if there is only one."""
        found = []
        for path in self.folder.glob(f"{name}-*"):
            named = path.stem[len(name) + 1 :]
            if named.removeprefix("-").isdecimal():
                found.append((int(named), path))
        for time, path in sorted(found):
            if only is not None and Fraction(time, 1000) not in only:
                continue
            data = self._bytes(path.name, _MOST_JPEG)
            if len(data) == size if size else data.startswith(_JPEG):
                yield Still(Fraction(time, 1000), data)

    def _bytes(self, name: str, most: int) -> bytes:
        """A file's bytes; empty if it is not there or has too many."""
        path = self.folder / name
        return path.read_bytes() if path.is_file() and path.stat().st_size <= most else b""


def scenes(looks: Sequence[bytes], most: int = MOST_STILLS) -> list[int]:
    """The numbers of one picture in the middle of each scene, of gray pictures in their order.

    A scene ends where a picture no longer looks like the scene's first one. If there are too many, the shortest scene
    joins its shorter neighbour, and so on.
    """
    if not looks:
        return []
    starts = [0]
    for number in range(1, len(looks)):
        first = looks[starts[-1]]
        if sum(abs(a - b) for a, b in zip(first, looks[number], strict=True)) >= _UNLIKE * len(first):
            starts.append(number)
    runs = list(zip(starts, [*starts[1:], len(looks)], strict=True))
    while len(runs) > most:
        shortest = min(range(len(runs)), key=lambda at: runs[at][1] - runs[at][0])
        beside = [at for at in (shortest - 1, shortest + 1) if 0 <= at < len(runs)]
        other = min(beside, key=lambda at: runs[at][1] - runs[at][0])
        low = min(shortest, other)
        runs[low : low + 2] = [(runs[low][0], runs[low + 1][1])]
    return [(start + end - 1) // 2 for start, end in runs]
