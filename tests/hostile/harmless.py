"""Changes that leave a film as good as it was, as programs make them every day: none may cost it its verdict.

Clauses in brackets are those of ISO/IEC 14496-12.
"""

from __future__ import annotations

from itertools import accumulate
from random import Random
from struct import iter_unpack, pack
from typing import TYPE_CHECKING

from tests.clips import headers, surgery, tables
from tests.hostile.mutator import Mutant, bases

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[bytes, Random], bytes]

_FILLINGS = ("free", "skip", "uuid", "abcd", "JUNK")
_PARENTS = ("moov", "moov/trak[0]", "moov/trak[1]", "moov/trak[0]/mdia", "moov/trak[0]/mdia/minf",
            "moov/trak[0]/mdia/minf/stbl", "moov/trak[1]/mdia/minf/stbl")  # fmt: skip


def _padding(rng: Random) -> bytes:
    kind = rng.choice(_FILLINGS)
    head = rng.randbytes(16) if kind == "uuid" else b""
    return surgery.box(kind, head, rng.choice((bytes, rng.randbytes))(rng.choice((0, 1, 8, 100, 3000))))


def padded_at_the_top(data: bytes, rng: Random) -> bytes:
    boxes = list(surgery.children(data))
    return surgery.insert_box(data, "", _padding(rng), rng.randrange(1, len(boxes) + 1))


def padded_inside(data: bytes, rng: Random) -> bytes:
    filling = surgery.box(rng.choice(("free", "skip")), bytes(rng.choice((0, 1, 8, 500))))
    return surgery.insert_box(data, rng.choice(_PARENTS), filling)


def tagged(data: bytes, rng: Random) -> bytes:
    data = surgery.add_tag(data, rng.choice(("©nam", "©too", "©cmt")), "一部片 of ours".encode())
    if rng.random() < 0.4:
        data = surgery.add_tag(data, "covr", b"\xff\xd8\xff\xe0" + rng.randbytes(2000), 13)
    return data


def noted(data: bytes, rng: Random) -> bytes:
    """User data of the movie or of a track [8.10.1]."""
    name = surgery.box("name", b"Our film")
    return surgery.put_box(data, rng.choice(("moov", "moov/trak[0]")), surgery.box("udta", name))


def reordered(data: bytes, rng: Random) -> bytes:
    """Boxes inside one in another order, which the standard leaves free [6.2.3]."""
    path = rng.choice(("moov/trak[0]/mdia/minf/stbl", "moov/trak[1]/mdia/minf/stbl", "moov/trak[0]/mdia/minf"))
    parts = [data[each.start : each.end] for each in surgery.children(data, surgery.find(data, path))]
    rng.shuffle(parts)
    return surgery.replace_box(data, path, surgery.box(path.rpartition("/")[2], *parts))


def sound_first(data: bytes, _rng: Random) -> bytes:
    parts = [data[each.start : each.end] for each in surgery.children(data, surgery.find(data, "moov"))]
    places = [place for place, part in enumerate(parts) if part[4:8] == b"trak"]
    first, second = places[:2]
    parts[first], parts[second] = parts[second], parts[first]
    return surgery.replace_box(data, "moov", surgery.box("moov", *parts))


def index_last(data: bytes, _rng: Random) -> bytes:
    moov, mdat = surgery.find(data, "moov"), surgery.find(data, "mdat")
    return surgery.move_index_last(data) if moov.start < mdat.start else data


def wide_offsets(data: bytes, rng: Random) -> bytes:
    track = rng.choice(("moov/trak[0]", "moov/trak[1]"))
    return tables.write_offsets(data, track, tables.read_offsets(data, track), wide=True)


def wide_media(data: bytes, _rng: Random) -> bytes:
    """The media box with a size of 64 bits [4.2]."""
    mdat = surgery.find(data, "mdat")
    if mdat.body - mdat.start == 16:
        return data
    header = pack(">I4sQ", 1, b"mdat", mdat.end - mdat.start + 8)
    return surgery.splice(data, mdat.start, mdat.body, header, ())


def media_to_the_end(data: bytes, _rng: Random) -> bytes:
    """The media box last, with the size 0, which means: up to the end of the file [4.2]."""
    boxes = list(surgery.children(data))
    if boxes[-1].type != "mdat":
        return data
    return data[: boxes[-1].start] + bytes(4) + data[boxes[-1].start + 4 :]


def rows_by_one(data: bytes, rng: Random) -> bytes:
    """A table of chunks or of times with a row for each, as some writers leave it [8.7.4, 8.6.1.2]."""
    table = f"moov/trak[{rng.randrange(2)}]/mdia/minf/stbl"
    if rng.random() < 0.5:
        runs = list(iter_unpack(">II", surgery.contents(data, f"{table}/stts")[8:]))
        rows = [pack(">II", 1, ticks) for count, ticks in runs for _ in range(count)]
        return surgery.replace_box(data, f"{table}/stts", surgery.full_box("stts", 0, 0, pack(">I", len(rows)), *rows))
    chunks = tables.read_chunks(data, table.partition("/mdia")[0])
    rows = [pack(">III", number, len(chunk.samples), 1) for number, chunk in enumerate(chunks, 1)]
    return surgery.replace_box(data, f"{table}/stsc", surgery.full_box("stsc", 0, 0, pack(">I", len(rows)), *rows))


def chunks_by_one(data: bytes, rng: Random) -> bytes:
    """A chunk for every sample."""
    track = f"moov/trak[{rng.randrange(2)}]"
    table = f"{track}/mdia/minf/stbl"
    starts = [
        start
        for chunk in tables.read_chunks(data, track)
        for start in list(accumulate((each.size for each in chunk.samples), initial=chunk.offset))[:-1]
    ]
    row = surgery.full_box("stsc", 0, 0, pack(">I", 1), pack(">III", 1, 1, 1))
    kind, form = ("co64", "Q") if surgery.find_all(data, f"{table}/co64") else ("stco", "I")
    places = surgery.full_box(kind, 0, 0, pack(f">I{len(starts)}{form}", len(starts), *starts))
    return surgery.replace_box(surgery.replace_box(data, f"{table}/{kind}", places), f"{table}/stsc", row)


def described_more(data: bytes, rng: Random) -> bytes:
    """More boxes in the sample entry: colour, pixel shape, bit rate, a vendor's own."""
    extra = rng.choice((
        surgery.box("colr", b"nclx", pack(">HHHB", 1, 1, 1, 0)), surgery.box("pasp", pack(">II", 1, 1)),
        surgery.box("btrt", pack(">III", 0, 1 << 20, 1 << 20)), surgery.box("fiel", b"\1\0"), surgery.box("free", bytes(8)),
        surgery.box("chrm", b"\1\1"), surgery.box("clli", pack(">HH", 1000, 400)),
    ))  # fmt: skip
    return surgery.put_box(data, "moov/trak[0]/mdia/minf/stbl/stsd/avc1", extra)


def an_entry_that_nothing_uses(data: bytes, rng: Random) -> bytes:
    box = surgery.find(data, "moov/trak[0]/mdia/minf/stbl/stsd/avc1")
    entry = bytearray(data[box.start : box.end])
    if rng.random() < 0.5:
        entry[4:8] = rng.choice((b"encv", b"zzzz"))
    table = "moov/trak[0]/mdia/minf/stbl/stsd"
    return surgery.patch(surgery.insert_box(data, table, bytes(entry)), table, 12, pack(">I", 2))


def named(data: bytes, rng: Random) -> bytes:
    """Another language, other brands of the same family."""
    if rng.random() < 0.5:
        return surgery.set_language(data, rng.choice(("vide", "soun")), rng.choice(("zho", "eng", "und")))
    major = rng.choice(("isom", "mp42", "avc1", "iso6", "MSNV", "M4V "))
    return surgery.set_brands(data, major, (major, "isom", "mp41"))


def wide_headers(data: bytes, rng: Random) -> bytes:
    """Headers with times of 64 bits [8.2.2]."""
    for path in ("moov/mvhd", "moov/trak[0]/tkhd", "moov/trak[1]/mdia/mdhd"):
        if rng.random() < 0.6:
            data = headers.set_version(data, path, 1)
    return data


CHANGES: tuple[Change, ...] = (
    padded_at_the_top, padded_at_the_top, padded_inside, padded_inside, tagged, noted, reordered, sound_first, index_last,
    wide_offsets, wide_media, media_to_the_end, rows_by_one, chunks_by_one, described_more, an_entry_that_nothing_uses,
    named, wide_headers,
)  # fmt: skip
_LAST = (media_to_the_end, sound_first)
"""The others count on a size of the media, and on the picture's being first."""


def change(seed: int) -> Mutant:
    """A film with up to four harmless changes; the same seed makes the same one."""
    rng = Random(seed)  # noqa: S311 - mutants must come out the same again
    base = rng.choice((0, 3, 5, 6))
    made = Mutant(seed, b"", harmless=True)
    data = bases()[base]
    steps = rng.sample(CHANGES, rng.choice((1, 1, 2, 3, 4)))
    for step in sorted(steps, key=lambda each: _LAST.index(each) + 1 if each in _LAST else 0):
        data = step(data, rng)
        made.steps.append(step.__name__)
    made.data = data
    return made
