"""Whether a plain MP4 is sound, by a reading of its own: what the probes believe is never asked here.

It serves to doubt mutants that came out eligible. Clauses in brackets are those of ISO/IEC 14496-12.
"""

from __future__ import annotations

from bisect import bisect_right
from struct import error, iter_unpack, unpack_from
from typing import TYPE_CHECKING

from tests.clips import surgery

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILM = frozenset({b"ftyp", b"moov", b"mdat", b"moof", b"free"})
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


def _chunks(data: bytes, table: str) -> Iterator[tuple[int, int]]:
    """Where each chunk that holds samples begins and ends [8.7.3 to 8.7.5]."""
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
            yield start, start + ((done - before) * uniform or sum(each[before:done]))
    if count - done > 1 + count // 100:
        raise ValueError(f"{table}: {count} samples, places for {done}")
