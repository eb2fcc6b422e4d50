"""Whether a plain MP4 is sound, by a reading of its own: what the probes believe is never asked here.

It serves to doubt mutants that came out eligible. Clauses in brackets are those of ISO/IEC 14496-12.
"""

from __future__ import annotations

from bisect import bisect_right
from contextlib import suppress
from struct import error, iter_unpack, unpack_from
from typing import TYPE_CHECKING

from tests.clips import surgery

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILM = frozenset({b"ftyp", b"moov", b"mdat", b"moof", b"free"})
_CODECS = {b"vide": (("avc1", "avc3"), "avcC"), b"soun": (("mp4a",), "esds")}
"""The codecs of the clip, and their records, by the handler's type."""
_FIRST, _LAST = 3_660_652_800, 3_728_908_800
"""2020-01-01 and 2022-03-01 in Shanghai, less a day, in seconds since 1904."""


def doubts(data: bytes) -> list[str]:
    """What is wrong with an MP4 that is to have one picture, lie whole in the file and be of 2020 to February 2022."""
    try:
        return [*_outside(data), *_inside(data)]
    except (surgery.SurgeryError, error, IndexError, ValueError) as why:
        return [f"{type(why).__name__}: {why}"]


def top(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The type, the beginning of the contents and the end of each box at the top of the file [4.2]."""
    at = 0
    while at + 8 <= len(data):
        size, kind, body = *unpack_from(">I4s", data, at), at + 8
        if size == 1:
            size, body = unpack_from(">Q", data, at + 8)[0], at + 16
        end = at + size if size else len(data)
        if end < body:
            return
        yield kind, body, end
        at = end


def _outside(data: bytes) -> Iterator[str]:
    rows = list(top(data))
    if data[8:12] in {b"qt  ", b"heic", b"avif", b"M4A ", b"crx "}:
        yield f"brand {data[8:12]!r}"
    yield from (f"{kind!r} overruns the file" for kind, _, end in rows if end > len(data) and kind in _FILM)
    if not {b"moov", b"mdat"} <= {kind for kind, _, _ in rows}:
        yield "no moov or no mdat"


def _inside(data: bytes) -> Iterator[str]:
    if len(surgery.find_all(data, "moov/trak[vide]")) != 1:
        yield "not one picture track"
    header = surgery.contents(data, "moov/mvhd")
    created = unpack_from(">Q" if header[0] == 1 else ">I", header, 4)[0]
    if not _FIRST <= created < _LAST and not surgery.find_all(data, "moov/meta"):
        yield f"created {created}"
    for number, _ in enumerate(surgery.find_all(data, "moov/trak")):
        yield from _unplayable(data, f"moov/trak[{number}]")
    if surgery.find_all(data, "moof"):
        return  # its samples are not in tables
    media = [(body, min(end, len(data))) for kind, body, end in top(data) if kind == b"mdat"]
    for number, _ in enumerate(surgery.find_all(data, "moov/trak")):
        around = (0, 0)  # the media box that the chunk before lies in
        for start, end in _chunks(data, f"moov/trak[{number}]/mdia/minf/stbl"):
            if around[0] <= start and end <= around[1]:
                continue
            around = next((box for box in media if box[0] <= start and end <= box[1]), (0, 0))
            if around == (0, 0):
                yield f"track {number}: samples at {start}..{end} lie outside the media"
                break
    yield from _lost(data)


def _unplayable(data: bytes, track: str) -> Iterator[str]:
    """Sample entries that are used and of no codec of this clip, or locked, or whose media is elsewhere [8.5.2, 8.7.2]."""
    kind = surgery.contents(data, f"{track}/mdia/hdlr")[8:12]
    if kind not in _CODECS:
        return
    if kind == b"vide" and not surgery.contents(data, f"{track}/tkhd")[3] & 1:
        yield f"{track} is not enabled"
    table = f"{track}/mdia/minf/stbl"
    entries = list(surgery.children(data, surgery.find(data, f"{table}/stsd")))
    chunks = surgery.contents(data, f"{table}/stsc")
    rows = iter_unpack(">III", chunks[8 : 8 + 12 * unpack_from(">4xI", chunks)[0]])
    for number in {1, *(entry for _, held, entry in rows if held)}:
        if not 0 < number <= len(entries):
            yield f"{track} uses sample entry {number}"
            continue
        entry = entries[number - 1]
        types, record = _CODECS[kind]
        inside = {each.type: data[each.body : each.end] for each in _begun(data, entry)}
        if entry.type not in types or "sinf" in inside or not any(inside.get(record, b"")):
            yield f"{track} has samples of {entry.type!r} with {sorted(inside)}"
    for box in surgery.find_all(data, f"{track}/mdia/minf/dinf/dref"):
        yield from _elsewhere(data, track, box)


def _begun(data: bytes, entry: surgery.Box) -> Iterator[surgery.Box]:
    """The boxes of a sample entry up to the first broken one: players use what they have read so far."""
    with suppress(surgery.SurgeryError):
        yield from surgery.children(data, entry)


def _elsewhere(data: bytes, track: str, references: surgery.Box) -> Iterator[str]:
    for place in surgery.children(data, references):
        flags, name = data[place.body : place.body + 4], data[place.body + 4 : place.end]
        if not flags[3:4] or (not flags[3] & 1 and name.strip(b"\0")):
            yield f"{track} lies in {name!r}"


def _lost(data: bytes) -> Iterator[str]:
    """Samples that begin with zeros, or pictures whose first length can't be: a twentieth of the media, or more."""
    whole = zeros = pictures = broken = 0
    for number, _ in enumerate(surgery.find_all(data, "moov/trak")):
        track = f"moov/trak[{number}]"
        counted = surgery.contents(data, f"{track}/mdia/hdlr")[8:12] == b"vide"
        for start, sizes in _runs(data, f"{track}/mdia/minf/stbl"):
            at = start
            for size in sizes:
                head = data[at : at + min(size, 16)]
                whole, zeros = whole + size, zeros + (0 if any(head) or size < 4 else size)
                pictures += counted
                broken += counted and not 0 < int.from_bytes(head[:4]) <= size - 4
                at += size
    if 20 * zeros >= whole > 0:
        yield f"{zeros} of {whole} bytes belong to samples of zeros"
    if 2 * broken > pictures:
        yield f"{broken} of {pictures} pictures are broken"


def _chunks(data: bytes, table: str) -> Iterator[tuple[int, int]]:
    """Where each chunk that holds samples begins and ends."""
    return ((start, start + sum(sizes)) for start, sizes in _runs(data, table))


def _runs(data: bytes, table: str) -> Iterator[tuple[int, list[int]]]:
    """Where each chunk that holds samples begins, and the sizes of its samples [8.7.3 to 8.7.5]."""
    sizes, places = surgery.contents(data, f"{table}/stsz"), surgery.contents(data, f"{table}/stco")
    uniform, count = unpack_from(">4xII", sizes)
    each = [] if uniform else [size for (size,) in iter_unpack(">I", sizes[12 : 12 + 4 * count])]
    runs = [(first, number) for first, number, _ in iter_unpack(">III", surgery.contents(data, f"{table}/stsc")[8:])]
    timed = sum(number for number, _ in iter_unpack(">II", surgery.contents(data, f"{table}/stts")[8:]))
    if not count or abs(timed - count) > 1 + count // 100:
        raise ValueError(f"{table}: {count} samples, durations of {timed}")
    firsts, done = [first for first, _ in runs], 0
    for number, (start,) in enumerate(iter_unpack(">I", places[8 : 8 + 4 * unpack_from(">4xI", places)[0]]), 1):
        before, done = done, min(count, done + runs[bisect_right(firsts, number) - 1][1])
        if done > before:
            yield start, [uniform] * (done - before) if uniform else each[before:done]
    if count - done > 1 + count // 100:
        raise ValueError(f"{table}: {count} samples, places for {done}")
