"""Seeded mutants of the sample clip, and mutants whose harm is known beforehand.

Media is there as in a real film, because `intact` looks at samples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from random import Random
from struct import pack, unpack_from
from typing import TYPE_CHECKING

from tests.clips import headers, surgery, tables
from tests.hostile import harms

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = 4096
_ZERO = bytes(_BLOCK)
FIGURES = (0, 1, 2, 7, 8, 9, 15, 16, 255, 65_535, 1 << 24, (1 << 31) - 1, 1 << 31, (1 << 32) - 1)
WIDE = (0, 1, 8, 15, 16, 17, 1 << 31, 1 << 32, 1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)
BRANDS = ("qt  ", "3gp4", "3g2a", "heic", "avif", "M4A ", "isom", "mp42", "dash", "cmfc", "XAVC", "\0\0\0\0", "ABCD")
_COUNTED = {"stsz": 16, "trun": 12, "tfra": 20, "sidx": 28, "sgpd": 20, "sbgp": 16}
"""Where a table's number of rows stands, counted from the box's start; elsewhere at 12."""
_TABLES = frozenset({"stts", "ctts", "stss", "stsc", "stco", "co64", "stsd", "dref", "elst", *_COUNTED})


@dataclass(slots=True)
class Mutant:
    """One file, and how it was made."""

    seed: int
    data: bytes
    steps: list[str] = field(default_factory=list)
    doomed: str = ""
    """The known harm; no mutant that bears one may be eligible."""
    harmless: bool = False
    """Whether it is as good as the film that it was made of, and must be eligible too."""

    @property
    def name(self) -> str:
        """The file's name: enough to make it again."""
        return f"{self.seed:08d}.mp4"

    def put(self, folder: Path) -> Path:
        """Write it, holes left where there are zeros."""
        path = folder / self.name
        put_sparse(path, self.data)
        return path


def put_sparse(path: Path, data: bytes) -> None:
    """Write a file; blocks of zeros take no room."""
    with path.open("wb") as file:
        for at in range(0, len(data), _BLOCK):
            block = data[at : at + _BLOCK]
            if block != _ZERO[: len(block)]:
                file.seek(at)
                file.write(block)
        file.truncate(len(data))


@cache
def clean() -> bytes:
    """The sample clip."""
    return surgery.clip()


@cache
def bases() -> tuple[bytes, ...]:
    """What mutants are made of: the clip plain, its index last, in fragments, with 64-bit times and in QuickTime's form."""
    clip = surgery.clip()
    wide = surgery.set_creation_time(clip, unpack_from(">I", surgery.contents(clip, "moov/mvhd"), 4)[0], version=1)
    dated = surgery.add_quicktime_creationdate(clip, "2021-06-15T12:00:00+0800")
    return (
        clean(),
        clean(),
        clean(),
        surgery.move_index_last(clip),
        surgery.fragment(clip, sidx=True, mehd=True, mfra=True),
        wide,
        dated,
    )


@cache
def boxes_of(data: bytes) -> tuple[surgery.Box, ...]:
    """All boxes of a base."""
    return tuple(surgery.walk(data))


# --- steps: small harm anywhere ---

Step = Callable[[bytearray, surgery.Box, Random], None]


def _at(data: bytearray, at: int, new: bytes) -> None:
    at = max(0, min(at, len(data) - len(new)))
    data[at : at + len(new)] = new


def _figure(data: bytearray, box: surgery.Box, rng: Random) -> None:
    words = max(1, min(64, (box.end - box.start) // 4))
    _at(data, box.start + 4 * rng.randrange(words), pack(">I", rng.choice(FIGURES)))


def _bit(data: bytearray, box: surgery.Box, rng: Random) -> None:
    at = box.start + rng.randrange(max(1, min(200, box.end - box.start)))
    if at < len(data):
        data[at] ^= 1 << rng.randrange(8)


def _noise(data: bytearray, box: surgery.Box, rng: Random) -> None:
    start = min(box.start + rng.randrange(64), len(data))
    room = max(0, min(box.end, start + rng.randrange(1, 300), len(data)) - start)
    data[start : start + room] = rng.choice((rng.randbytes(room), bytes(room), b"\xff" * room))


def _size(data: bytearray, box: surgery.Box, rng: Random) -> None:
    old = box.end - box.start
    near = [max(0, old + way) for way in (-1000, -8, -4, -1, 1, 4, 8, 1000)]
    _at(data, box.start, pack(">I", rng.choice([*near, *FIGURES])))


def _wide_size(data: bytearray, box: surgery.Box, rng: Random) -> None:
    size = rng.choice([*WIDE, box.end - box.start + 8])
    data[box.start : box.start + 8] = pack(">I", 1) + data[box.start + 4 : box.start + 8] + pack(">Q", size)


def _count(data: bytearray, box: surgery.Box, rng: Random) -> None:
    at = box.start + _COUNTED.get(box.type, 12)
    if box.type in _TABLES and at + 4 <= len(data):
        old = int.from_bytes(data[at : at + 4])
        _at(data, at, pack(">I", rng.choice([max(0, old - 1), min(old + 1, 0xFFFFFFFF), *FIGURES])))
    else:
        _figure(data, box, rng)


def _type(data: bytearray, box: surgery.Box, rng: Random) -> None:
    _at(data, box.start + 4, rng.choice(boxes_of(bases()[4])).type.encode("latin-1"))


def _double(data: bytearray, box: surgery.Box, _rng: Random) -> None:
    data[box.start : box.start] = data[box.start : min(box.end, box.start + 40_000)]


def _drop(data: bytearray, box: surgery.Box, _rng: Random) -> None:
    del data[box.start : box.end]


def _nest(data: bytearray, box: surgery.Box, rng: Random) -> None:
    kind = rng.choice((b"moov", b"trak", b"udta", b"meta", b"stbl", b"abcd"))
    for _ in range(rng.choice((1, 3, 14, 40, 2000))):
        data[box.start : box.start] = pack(">I4s", min(box.end - box.start + 8, 0xFFFFFFFF), kind)


def _brands(data: bytearray, _box: surgery.Box, rng: Random) -> None:
    row = "".join(rng.choice(BRANDS) for _ in range(6)).encode("latin-1")
    _at(data, 8, row[:4] + data[12:16] + row[4:])


def _cut(data: bytearray, box: surgery.Box, rng: Random) -> None:
    del data[rng.choice((box.start + rng.randrange(40), rng.randrange(len(data) + 1))) :]


def _append(data: bytearray, _box: surgery.Box, rng: Random) -> None:
    data += rng.choice((rng.randbytes(50), bytes(5000), clean()[:80_000], surgery.box("free", bytes(20))))


STEPS: tuple[Step, ...] = (
    _figure, _figure, _figure, _bit, _bit, _noise, _size, _wide_size, _count, _count, _type, _double, _drop, _nest,
    _brands, _cut, _append,
)  # fmt: skip


def mutate(seed: int) -> Mutant:
    """One to four steps of small harm to a base; the same seed makes the same mutant."""
    rng = Random(seed)  # noqa: S311 - mutants must come out the same again
    base = rng.choice(bases())
    made = Mutant(seed, base)
    data = bytearray(base)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        box, step = rng.choice(boxes_of(base)), rng.choice(STEPS)
        if box.start < len(data):
            step(data, box, rng)
            made.steps.append(f"{step.__name__} {box.type}@{box.start}")
    made.data = bytes(data)
    return made


# --- destroyers: harm that is known ---


def _cut_in_the_media(data: bytes, rng: Random) -> bytes:
    media = surgery.find(data, "mdat")
    return data[: rng.randrange(media.body, media.end)]


def _cut_in_the_index(data: bytes, rng: Random) -> bytes:
    index = surgery.find(data, "moov")
    return data[: rng.randrange(index.start, index.end)]


def _cut_with_the_index_last(_data: bytes, rng: Random) -> bytes:
    data = bases()[3]
    return data[: rng.randrange(40, len(data))]


def _cut_in_a_fragment(_data: bytes, rng: Random) -> bytes:
    data = bases()[4]
    media = rng.choice(surgery.find_all(data, "mdat"))
    return data[: rng.randrange(media.start + 1, media.end)]


def _cut_at_a_fragments_edge(_data: bytes, rng: Random) -> bytes:
    data = bases()[4]
    return data[: rng.choice(surgery.find_all(data, "moof")[1:]).start]


def _renamed(path: str, to: bytes) -> Callable[[bytes, Random], bytes]:
    return lambda data, _rng: surgery.patch(data, path, 4, to)


def _dropped(path: str) -> Callable[[bytes, Random], bytes]:
    def drop(data: bytes, _rng: Random) -> bytes:
        box = surgery.find(data, path)
        return data[: box.start] + data[box.end :]

    return drop


def _shredded(path: str) -> Callable[[bytes, Random], bytes]:
    def shred(data: bytes, rng: Random) -> bytes:
        box = surgery.find(data, path)
        return data[: box.body] + rng.randbytes(box.end - box.body) + data[box.end :]

    return shred


def _branded(*brands: str) -> Callable[[bytes, Random], bytes]:
    def brand(data: bytes, rng: Random) -> bytes:
        major = rng.choice(brands)
        return surgery.set_brands(data, major, (major,) if major.startswith("3g") else (major, "isom", "mp42"))

    return brand


def _handled(data: bytes, rng: Random) -> bytes:
    return surgery.set_handler(data, "vide", rng.choice(("soun", "meta", "text", "\0\0\0\0", "abcd")))


def _dated(data: bytes, rng: Random) -> bytes:
    return surgery.set_creation_time(data, rng.choice((0, 1, 2_082_844_800, 1_640_000_000, 0xFFFFFFFF)))


def _timeless(data: bytes, _rng: Random) -> bytes:
    """No duration anywhere: not in the headers, the edits or the samples."""
    for each in range(2):
        track = f"moov/trak[{each}]"
        for path in (f"{track}/tkhd", f"{track}/mdia/mdhd"):
            data = headers.write_duration(data, path, 0)
        data = surgery.patch(data, f"{track}/edts/elst", 16, bytes(4))
        table = surgery.find(data, f"{track}/mdia/minf/stbl/stts")
        for at in range(table.body + 12, table.end, 8):
            data = data[:at] + bytes(4) + data[at + 4 :]
    return headers.write_duration(data, "moov/mvhd", 0)


@cache
def _lasting(seconds: int) -> bytes:
    return surgery.set_duration(clean(), Fraction(seconds))


def _longer(_data: bytes, rng: Random) -> bytes:
    return _lasting(rng.choice((1, 60, 170, 190, 600)))


@cache
def _sized(width: int, height: int) -> bytes:
    return surgery.set_stored_size(clean(), width, height)


def _smaller(_data: bytes, rng: Random) -> bytes:
    return _sized(*rng.choice(((640, 360), (1280, 720), (16, 16))))


def _twice_the_picture(data: bytes, rng: Random) -> bytes:
    return surgery.duplicate_track(data, "vide", enabled=rng.random() < 0.5)


def _beyond_the_end(data: bytes, rng: Random) -> bytes:
    """The last chunk of a track lies past the file's end."""
    stco = surgery.find(data, f"moov/trak[{rng.randrange(2)}]/mdia/minf/stbl/stco")
    return data[: stco.end - 4] + pack(">I", rng.choice((len(data), len(data) + 10_000, 0x7FFFFFFF))) + data[stco.end :]


def _other_signature(data: bytes, rng: Random) -> bytes:
    head = rng.choice(
        (
            b"RIFF\xff\xff\0\0AVI LIST",
            b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1f",
            b"\x89PNG\r\n\x1a\n",
            b"#EXTM3U\nx",
            bytes(16),
        )
    )
    return head + data[len(head) :]


def _elsewhere(data: bytes, rng: Random) -> bytes:
    """The pictures lie in another file."""
    there = surgery.full_box("url ", 0, 0, rng.choice((b"file:///etc/passwd\0", b"http://127.0.0.1:9/x.mp4\0")))
    return surgery.replace_box(data, "moov/trak[0]/mdia/minf/dinf/dref/url ", there)


def _zeroed(least: float, most: float) -> Callable[[bytes, Random], bytes]:
    """So large a part of the media is zero, at its end or anywhere."""

    def harm(data: bytes, rng: Random) -> bytes:
        mdat = surgery.find(data, "mdat")
        size = int((mdat.end - mdat.body) * rng.uniform(least, most))
        start = rng.choice((mdat.end - size, rng.randrange(mdat.body, mdat.end - size + 1)))
        return data[:start] + bytes(size) + data[start + size :]

    return harm


def _moved(data: bytes, rng: Random) -> bytes:
    """Chunks of the picture lie in the index, or in a box behind the media."""
    data += surgery.box("free", bytes(5000))
    offsets = tables.read_offsets(data, "moov/trak[0]")
    target = rng.choice((rng.randrange(40, 2000), len(data) - 4900))
    for place in rng.sample(range(len(offsets)), rng.choice((1, 2, len(offsets) // 2))):
        offsets[place] = target
    return tables.write_offsets(data, "moov/trak[0]", offsets)


def _tiny(data: bytes, rng: Random) -> bytes:
    """Pictures of one byte."""
    table = surgery.find(data, "moov/trak[0]/mdia/minf/stbl/stsz")
    every = rng.choice((1, 2, 10))
    for at in range(table.body + 12, table.end, 4 * every):
        data = data[:at] + pack(">I", 1) + data[at + 4 :]
    return data


def _out_of_step(data: bytes, rng: Random) -> bytes:
    """The lengths in the pictures are wrong."""
    edited, wrong = bytearray(data), rng.randbytes(4)
    for chunk in tables.read_chunks(data, "moov/trak[0]"):
        at = chunk.offset
        for sample in chunk.samples:
            edited[at : at + 4] = wrong
            at += sample.size
    return bytes(edited)


@dataclass(frozen=True, slots=True)
class Destroyer:
    """Harm that no further small harm can undo, as long as that spares what it rests on."""

    harm: Callable[[bytes, Random], bytes]
    spared: tuple[str, ...] = ()
    """The types of the boxes that further steps leave alone."""
    forms: tuple[int, ...] = (0,)
    """To which of the `bases` it can be done."""


_PLACES = ("mdat", "moov", "trak", "mdia", "minf", "stbl", "stsz", "stsc", "stco", "ftyp", "free")
_PLAIN = (0, 3, 5, 6)
"""The bases with their samples in tables."""
DESTROYERS: dict[str, Destroyer] = {
    "cut in the media": Destroyer(_cut_in_the_media, _PLACES),
    "cut in the index": Destroyer(_cut_in_the_index, _PLACES),
    "cut, the index last": Destroyer(_cut_with_the_index_last, ("*",)),
    "cut in a fragment": Destroyer(_cut_in_a_fragment, ("*",)),
    "cut at a fragment's edge": Destroyer(_cut_at_a_fragments_edge, ("*",)),
    "mdat dropped": Destroyer(_dropped("mdat"), _PLACES),
    "mdat renamed": Destroyer(_renamed("mdat", b"free"), _PLACES),
    "moov dropped": Destroyer(_dropped("moov"), ("*",)),
    "moov renamed": Destroyer(_renamed("moov", b"skip"), ("moov", "ftyp")),
    "moov shredded": Destroyer(_shredded("moov"), ("*",)),
    "the picture's track dropped": Destroyer(_dropped("moov/trak"), ("*",)),
    "the picture's tables shredded": Destroyer(_shredded("moov/trak/mdia/minf/stbl"), ("*",)),
    "the picture's handler changed": Destroyer(_handled, ("hdlr",)),
    "QuickTime's brand": Destroyer(_branded("qt  "), ("*",)),
    "a still picture's or a sound's brand": Destroyer(_branded("heic", "mif1", "avif", "M4A ", "crx "), ("*",)),
    "3GPP's brands alone": Destroyer(_branded("3gp4", "3gp5", "3g2a"), ("*",)),
    "no ftyp": Destroyer(_dropped("ftyp"), ("*",)),
    "another signature": Destroyer(_other_signature, ("ftyp",)),
    "the date destroyed": Destroyer(_dated, ("mvhd", "tkhd", "mdhd")),
    "no duration": Destroyer(_timeless, ("mvhd", "tkhd", "mdhd", "elst", "stts", "stsz", "btrt")),
    "another duration": Destroyer(_longer, ("*",)),
    "smaller than asked": Destroyer(_smaller, ("*",)),
    "two pictures": Destroyer(_twice_the_picture, ("*",)),
    "a sample past the end": Destroyer(_beyond_the_end, _PLACES),
    "the media in another file": Destroyer(_elsewhere, ("*",)),
    "a part of the media zeroed": Destroyer(_zeroed(0.06, 0.5), _PLACES),
    "most of the media zeroed": Destroyer(_zeroed(0.5, 1), _PLACES),
    "pictures outside the media": Destroyer(_moved, ("*",)),
    "pictures of one byte": Destroyer(_tiny, _PLACES),
    "lengths in the pictures wrong": Destroyer(_out_of_step, _PLACES),
    **{name: Destroyer(harm, ("*",), _PLAIN) for name, harm in harms.PLAIN.items()},
    **{name: Destroyer(harm, ("*",), (4,)) for name, harm in harms.FRAGMENTED.items()},
    "empty": Destroyer(lambda _data, _rng: b"", ("*",)),
    "zeros": Destroyer(lambda data, _rng: bytes(len(data)), ("*",)),
}


def destroy(seed: int, which: str | None = None) -> Mutant:
    """The clean clip with one known harm, and often some bits more that can't undo it."""
    rng = Random(seed)  # noqa: S311 - mutants must come out the same again
    name = rng.choice(list(DESTROYERS)) if which is None else which
    destroyer = DESTROYERS[name]
    made = Mutant(seed, b"", doomed=name)
    data = bytearray(destroyer.harm(bases()[rng.choice(destroyer.forms)], rng))
    free = [box for box in _leaves() if box.type not in destroyer.spared]
    for _ in range(0 if "*" in destroyer.spared else rng.choice((0, 1, 2))):
        box = rng.choice(free)
        at = rng.randrange(box.body, min(box.body + 200, box.end))
        if at < len(data):
            data[at] ^= 1 << rng.randrange(8)
            made.steps.append(f"bit {box.type}@{at}")
    made.data = bytes(data)
    return made


@cache
def _leaves() -> tuple[surgery.Box, ...]:
    """The clean clip's boxes that hold something of their own."""
    above = {parent.start for box in boxes_of(clean()) for parent in box.parents}
    return tuple(box for box in boxes_of(clean()) if box.start not in above and box.end > box.body)
