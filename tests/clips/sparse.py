"""Samples of any size that take no room on disk: holes are left where a real file has pictures."""

from bisect import bisect_right
from itertools import accumulate
from pathlib import Path
from struct import pack

from tests.clips.headers import track
from tests.clips.tables import Chunk, read_chunks, read_offsets, write_offsets, write_sizes
from tests.clips.tree import SurgeryError, find, find_all, splice

_FILLER = 12
"""The type of a filler unit (ITU-T H.264, table 7-1)."""
_LEAST = 6
"""Bytes of a filler unit without a payload, with its length."""


def write_sparse(path: Path, data: bytes, size: int) -> None:
    """Write `data` and a `free` box (ISO/IEC 14496-12, 8.1.2) that makes the file exactly `size` bytes.

    The box is a hole: no zeros are written. SurgeryError where it has no room for its header.
    """
    gap = size - len(data)
    header = _free_header(gap) if gap else b""
    with path.open("wb") as file:
        file.write(data + header)
        file.truncate(size)


def grow_mdat(path: Path, data: bytes, size: int, pieces: int = 16) -> None:
    """Write the file with its pictures enlarged so that it has exactly `size` bytes.

    So many pictures, spread over the film, have a filler unit more (ITU-T H.264, 7.3.2.7), whose payload is a hole. All
    of the file still belongs to samples: cut in half, it loses half of them, as a real upload does. Works with the
    index first or last.
    """
    with path.open("wb") as file:
        for offset, part in spread(data, size, pieces):
            file.seek(offset)
            file.write(part)
        file.truncate(size)


def spread(data: bytes, size: int, pieces: int = 16) -> list[tuple[int, bytes]]:
    """What `grow_mdat` writes: pairs of an offset and bytes; all between is zero."""
    data = _compact(_widen(data, size))
    pictured = track(data, "vide")
    data = write_sizes(data, pictured, [each.size for chunk in read_chunks(data, pictured) for each in chunk.samples])
    hole = size - len(data)
    if hole < 0 or 0 < hole < _LEAST:
        raise SurgeryError(f"{len(data)} bytes do not fit into {size}")
    if not hole:
        return [(0, data)]
    mdat = find(data, "mdat")
    tracks = [f"moov/trak[{each}]" for each in range(len(find_all(data, "moov/trak")))]
    pictures = [end for chunk in read_chunks(data, pictured) for end in _ends(chunk)]
    pieces = max(1, min(pieces, len(pictures), hole // _LEAST))
    cuts = sorted(pictures[len(pictures) * (2 * each + 1) // (2 * pieces)] for each in range(pieces))
    if cuts[0] <= mdat.body or cuts[-1] > mdat.end or len(set(cuts)) < pieces:
        raise SurgeryError("the pictures do not lie in the first mdat, one after another")
    moves = [hole * each // pieces for each in range(pieces + 1)]
    grown = {cut: moves[each + 1] - moves[each] for each, cut in enumerate(cuts)}
    for each in tracks:  # neither changes the index's size: _widen has chosen the width
        chunks = read_chunks(data, each)
        sizes = [sample.size for chunk in chunks for sample in chunk.samples]
        ends = [end for chunk in chunks for end in _ends(chunk)]
        if not set(ends).isdisjoint(cuts):
            sizes = [have + grown.get(end, 0) for have, end in zip(sizes, ends, strict=True)]
            data = write_sizes(data, each, sizes)
        old = read_offsets(data, each)
        data = write_offsets(data, each, [at + moves[bisect_right(cuts, at)] for at in old])
    wide = mdat.body - mdat.start == 16
    length = mdat.end - mdat.start + hole
    header = pack(">I4sQ", 1, b"mdat", length) if wide else pack(">I4s", length, b"mdat")
    edges = [mdat.body, *cuts, mdat.end]
    islands = [(0, data[: mdat.start] + header)]
    for number, cut in enumerate(edges[1:]):
        part = data[edges[number] : cut]
        if number:  # the unit before ends here, and its last byte says so
            part = b"\x80" + part
        filler = pack(">IB", grown[cut] - 4, _FILLER) if number < pieces else b""
        islands.append((edges[number] + moves[number] - (number > 0), part + filler))
    return [*islands, (mdat.end + hole, data[mdat.end :])]


def _compact(data: bytes) -> bytes:
    """The file without the bytes of its first mdat that belong to no sample."""
    mdat = find(data, "mdat")
    paths = [f"moov/trak[{each}]" for each in range(len(find_all(data, "moov/trak")))]
    kept: list[tuple[int, int]] = []
    for start, end in sorted({(chunk.offset, chunk.end) for each in paths for chunk in read_chunks(data, each)}):
        if kept and start <= kept[-1][1]:
            kept[-1] = kept[-1][0], max(end, kept[-1][1])
        else:
            kept.append((start, end))
    if kept and not mdat.body <= kept[0][0] <= kept[-1][1] <= mdat.end:
        raise SurgeryError("the samples do not lie in the first mdat")
    starts = [start for start, _ in kept]
    places = list(accumulate((end - start for start, end in kept), initial=mdat.body))
    for each in paths:
        runs = [(at, bisect_right(starts, at) - 1) for at in read_offsets(data, each)]
        data = write_offsets(data, each, [places[run] + at - starts[run] for at, run in runs])
    return splice(data, mdat.body, mdat.end, b"".join(data[start:end] for start, end in kept), (mdat,))


def _ends(chunk: Chunk) -> list[int]:
    """Where each of its samples ends."""
    return list(accumulate((sample.size for sample in chunk.samples), initial=chunk.offset))[1:]


def _widen(data: bytes, size: int) -> bytes:
    """The file as it has to be for `size` bytes: 64-bit mdat and chunk offsets where 32 bits may not do."""
    if size < 1 << 32:
        return data
    for each in range(len(find_all(data, "moov/trak"))):
        path = f"moov/trak[{each}]"
        data = write_offsets(data, path, read_offsets(data, path), wide=True)
    mdat = find(data, "mdat")
    if mdat.body - mdat.start == 16:
        return data
    header = pack(">I4sQ", 1, b"mdat", mdat.end - mdat.start + 8)
    return splice(data, mdat.start, mdat.body, header, ())


def _free_header(gap: int) -> bytes:
    if gap < 8:
        raise SurgeryError(f"a free box has at least 8 bytes, not {gap}")
    return pack(">I4s", gap, b"free") if gap < 1 << 32 else pack(">I4sQ", 1, b"free", gap)
