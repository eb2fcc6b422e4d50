"""A plain MP4 as a fragmented one, with or without what proves that no fragment is missing.

Clauses in brackets are those of ISO/IEC 14496-12.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from struct import iter_unpack, pack, unpack_from

from tests.clips.headers import read_duration, timescale, write_duration
from tests.clips.tables import read_chunks
from tests.clips.tree import box, contents, drop_box, find, find_all, full_box, insert_box, patch, replace_box

_SYNC, _OTHER = 0x02000000, 0x01010000
"""Sample flags [8.8.3.1]: depends on none; depends on others and is no place to begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """One sample on its way into a fragment."""

    time: int
    ticks: int
    sync: bool
    data: bytes


def fragment(
    data: bytes,
    seconds: Fraction = Fraction(10),
    *,
    mehd: bool = False,
    sidx: bool = False,
    mfra: bool = False,
) -> bytes:
    """Cut the film into fragments (moof and mdat) of `seconds` each, after an index that holds no samples.

    By default nothing in the file tells how many fragments there are; `mehd` gives the whole duration
    [8.8.2], `sidx` in front an index of the fragments [8.16.3], `mfra` one at the end [8.8.9].
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
        pieces.append(_read_pieces(data, path))
        index = _empty_tables(index, path)
    index = write_duration(index, "moov/mvhd", 0)
    trex = [full_box("trex", 0, 0, pack(">5I", each, 1, 0, 0, 0)) for each in ids]
    whole = [full_box("mehd", 1, 0, pack(">Q", lasts))] if mehd else []
    index = insert_box(index, "moov", box("mvex", *whole, *trex))
    head = b"".join(index[each.start : each.end] for each in (find(index, "ftyp"), find(index, "moov")))

    total = max(1, Fraction(lasts, timescale(data, "moov/mvhd")) // seconds)
    inside: list[dict[int, list[_Piece]]] = [{} for _ in range(total)]
    for track, parts, scale in zip(ids, pieces, scales, strict=True):
        length = seconds * scale
        for each in parts:  # the last fragment takes what is left over
            place = each.time * length.denominator // length.numerator
            inside[min(place, total - 1)].setdefault(track, []).append(each)
    made = [_fragment(number, tracks) for number, tracks in enumerate(inside, start=1)]
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


def _fragment(number: int, tracks: dict[int, list[_Piece]]) -> bytes:
    """One moof and its mdat [8.8.4]."""
    loads = [b"".join(piece.data for piece in track) for track in tracks.values()]
    size = len(_moof(number, tracks, [0] * len(loads))) + 8
    return _moof(number, tracks, list(accumulate(map(len, loads), initial=size))) + box("mdat", *loads)


def _moof(number: int, tracks: dict[int, list[_Piece]], offsets: list[int]) -> bytes:
    trafs = [_traf(each, track, at) for (each, track), at in zip(tracks.items(), offsets, strict=False)]
    return box("moof", full_box("mfhd", 0, 0, pack(">I", number)), *trafs)


def _traf(track_id: int, pieces: list[_Piece], offset: int) -> bytes:
    # tfhd: default-base-is-moof; trun: data offset, then duration, size and flags of every sample
    rows = [pack(">III", each.ticks, len(each.data), _SYNC if each.sync else _OTHER) for each in pieces]
    return box(
        "traf",
        full_box("tfhd", 0, 0x020000, pack(">I", track_id)),
        full_box("tfdt", 1, 0, pack(">Q", pieces[0].time)),
        full_box("trun", 0, 0x000701, pack(">Ii", len(rows), offset), *rows),
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
