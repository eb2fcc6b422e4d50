"""A plain MP4 as a fragmented one, with or without what proves that no fragment is missing.

Clauses in brackets are those of ISO/IEC 14496-12.
"""

from fractions import Fraction
from itertools import accumulate, groupby
from struct import iter_unpack, pack, unpack_from
from typing import NamedTuple

from tests.clips.headers import read_duration, timescale, write_duration
from tests.clips.tables import Chunk, read_chunks, write_tables
from tests.clips.tree import box, contents, drop_box, find, find_all, full_box, insert_box, patch, replace_box

_SYNC, _OTHER = 0x02000000, 0x01010000
"""Sample flags [8.8.3.1]: depends on none; depends on others and is no place to begin."""


class _Piece(NamedTuple):
    """One sample on its way into a fragment."""

    time: int
    ticks: int
    sync: bool
    data: bytes


def fragment(
    data: bytes,
    seconds: Fraction = Fraction(10),
    *,
    kept: Fraction = Fraction(0),
    mehd: bool = False,
    sidx: bool = False,
    mfra: bool = False,
    ticks_by: str = "trun",
) -> bytes:
    """Cut the film into fragments (moof and mdat) of `seconds` each, after an index that holds the first `kept` seconds.

    By default nothing in the file tells how many fragments there are; `mehd` gives the whole duration
    [8.8.2], `sidx` in front an index of the fragments [8.16.3], `mfra` one at the end [8.8.9].
    `ticks_by` is the box that tells how long samples last: `trun` of each, `tfhd` or `trex` of all
    of a track, which must last equally long.
    """
    ids: list[int] = []
    pieces: list[list[_Piece]] = []
    scales: list[int] = []
    lasts = read_duration(data, "moov/mvhd")
    index = data
    for number in range(len(find_all(data, "moov/trak"))):
        path = f"moov/trak[{number}]"
        wide = contents(data, f"{path}/tkhd")[0] == 1
        ids.append(unpack_from(">I", contents(data, f"{path}/tkhd"), 20 if wide else 12)[0])
        scales.append(timescale(data, f"{path}/mdia/mdhd"))
        every = _read_pieces(data, path)
        stays = [each for each in every if each.time < kept * scales[-1]]
        pieces.append(every[len(stays) :])
        index = _shorten_tables(index, path, [each.ticks for each in stays]) if stays else _empty_tables(index, path)
    index = write_duration(index, "moov/mvhd", int(kept * timescale(data, "moov/mvhd")))
    alike = [track[0].ticks if ticks_by == "trex" else 0 for track in pieces]
    trex = [full_box("trex", 0, 0, pack(">5I", each, 1, ticks, 0, 0)) for each, ticks in zip(ids, alike, strict=True)]
    whole = [full_box("mehd", 1, 0, pack(">Q", lasts))] if mehd else []
    index = insert_box(index, "moov", box("mvex", *whole, *trex))
    named = (find(index, "ftyp"), find(index, "moov"))
    head = index if kept else b"".join(index[each.start : each.end] for each in named)

    total = max(1, Fraction(lasts, timescale(data, "moov/mvhd")) // seconds)
    inside: list[dict[int, list[_Piece]]] = [{} for _ in range(total)]
    for track, parts, scale in zip(ids, pieces, scales, strict=True):
        length = seconds * scale
        for each in parts:  # the last fragment takes what is left over
            place = each.time * length.denominator // length.numerator
            inside[min(place, total - 1)].setdefault(track, []).append(each)
    inside = [tracks for tracks in inside if tracks]
    made = [_fragment(number, tracks, ticks_by) for number, tracks in enumerate(inside, start=1)]
    first = [tracks.get(ids[0], []) for tracks in inside]
    if sidx:
        head += _sidx(ids[0], scales[0], list(zip(made, first, strict=True)))
    starts = accumulate(map(len, made), initial=len(head))
    times = [track[0].time if track else 0 for track in first]
    return head + b"".join(made) + (_mfra(ids[0], list(zip(times, starts, strict=False))) if mfra else b"")


def _read_pieces(data: bytes, path: str) -> list[_Piece]:
    runs = iter_unpack(">II", contents(data, f"{path}/mdia/minf/stbl/stts")[8:])
    ticks = [delta for number, delta in runs for _ in range(number)]
    places = [
        (chunk.offset + before, sample)
        for chunk in read_chunks(data, path)
        for sample, before in zip(
            chunk.samples, accumulate((each.size for each in chunk.samples), initial=0), strict=False
        )
    ]
    return [
        _Piece(time=time, ticks=lasts, sync=sample.sync, data=data[at : at + sample.size])
        for (at, sample), time, lasts in zip(places, accumulate(ticks, initial=0), ticks, strict=False)
    ]


def _shorten_tables(data: bytes, path: str, ticks: list[int]) -> bytes:
    """Leave the first samples, which last so many ticks each, and an edit list without an end, as ffmpeg does."""
    left, chunks = len(ticks), []
    for each in read_chunks(data, path):
        chunks.append(Chunk(offset=each.offset, samples=each.samples[:left]))
        left -= len(chunks[-1].samples)
    runs = [(len(list(alike)), lasts) for lasts, alike in groupby(ticks)]
    data = write_tables(data, path, [each for each in chunks if each.samples], runs)
    movie = sum(ticks) * timescale(data, "moov/mvhd") // timescale(data, f"{path}/mdia/mdhd")
    if find_all(data, f"{path}/edts/elst"):
        data = patch(data, f"{path}/edts/elst", len(contents(data, f"{path}/edts/elst")) - 4, bytes(4))
    return write_duration(write_duration(data, f"{path}/tkhd", movie), f"{path}/mdia/mdhd", sum(ticks))


def _empty_tables(data: bytes, path: str) -> bytes:
    table = f"{path}/mdia/minf/stbl"
    for kind in ("stss", "sgpd", "sbgp"):
        if find_all(data, f"{table}/{kind}"):
            data = drop_box(data, f"{table}/{kind}")
    for kind in ("stts", "stsc", "stco"):
        data = replace_box(data, f"{table}/{kind}", full_box(kind, 0, 0, bytes(4)))
    data = replace_box(data, f"{table}/stsz", full_box("stsz", 0, 0, bytes(8)))
    if find_all(data, f"{path}/edts/elst"):  # 0: to the end, whatever fragments come [8.6.6.1]
        data = patch(data, f"{path}/edts/elst", 16, bytes(4))
    return write_duration(write_duration(data, f"{path}/tkhd", 0), f"{path}/mdia/mdhd", 0)


def _fragment(number: int, tracks: dict[int, list[_Piece]], ticks_by: str) -> bytes:
    """One moof and its mdat [8.8.4]."""
    loads = [b"".join(piece.data for piece in track) for track in tracks.values()]
    size = len(_moof(number, tracks, [0] * len(loads), ticks_by)) + 8
    places = list(accumulate(map(len, loads), initial=size))
    return _moof(number, tracks, places, ticks_by) + box("mdat", *loads)


def _moof(number: int, tracks: dict[int, list[_Piece]], offsets: list[int], ticks_by: str) -> bytes:
    trafs = [_traf(each, track, at, ticks_by) for (each, track), at in zip(tracks.items(), offsets, strict=False)]
    return box("moof", full_box("mfhd", 0, 0, pack(">I", number)), *trafs)


def _traf(track_id: int, pieces: list[_Piece], offset: int, ticks_by: str) -> bytes:
    # tfhd: default-base-is-moof; trun: data offset, then duration, size and flags of every sample
    each_its_own = ticks_by == "trun"
    rows = [pack(">II", len(each.data), _SYNC if each.sync else _OTHER) for each in pieces]
    if each_its_own:
        rows = [pack(">I", each.ticks) + row for each, row in zip(pieces, rows, strict=True)]
    head = pack(">I", track_id) + (pack(">I", pieces[0].ticks) if ticks_by == "tfhd" else b"")
    return box(
        "traf",
        full_box("tfhd", 0, 0x020008 if ticks_by == "tfhd" else 0x020000, head),
        full_box("tfdt", 1, 0, pack(">Q", pieces[0].time)),
        full_box("trun", 0, 0x000701 if each_its_own else 0x000601, pack(">Ii", len(rows), offset), *rows),
    )


def _sidx(track_id: int, scale: int, made: list[tuple[bytes, list[_Piece]]]) -> bytes:
    # ffmpeg 5.1 takes the sum for the track's duration in the media's own ticks, whatever the timescale here
    lengths = [sum(each.ticks for each in pieces) for _, pieces in made]
    rows = [pack(">III", len(part), ticks, 0x90000000) for (part, _), ticks in zip(made, lengths, strict=True)]
    return full_box("sidx", 0, 0, pack(">IIIIHH", track_id, scale, 0, 0, 0, len(rows)), *rows)


def _mfra(track_id: int, places: list[tuple[int, int]]) -> bytes:
    rows = [pack(">QQBBB", time, at, 1, 1, 1) for time, at in places]
    table = full_box("tfra", 1, 0, pack(">III", track_id, 0, len(rows)), *rows)
    return box("mfra", table, full_box("mfro", 0, 0, pack(">I", 8 + len(table) + 16)))
