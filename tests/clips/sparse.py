"""Samples of any size that take no room on disk: holes are left where a real file has pictures."""

from bisect import bisect_right
from pathlib import Path
from struct import pack

from tests.clips.tables import read_chunks, read_offsets, write_offsets
from tests.clips.tree import SurgeryError, find, find_all, splice


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
    """Write the file with its samples spread over exactly `size` bytes, `pieces` islands in one large `mdat`.

    The last sample ends where `mdat` ends, the first stays at its front: cut in half, the file loses half
    of its samples, as a real upload does. Works with the index first or last.
    """
    with path.open("wb") as file:
        for offset, part in spread(data, size, pieces):
            file.seek(offset)
            file.write(part)
        file.truncate(size)


def spread(data: bytes, size: int, pieces: int = 16) -> list[tuple[int, bytes]]:
    """What `grow_mdat` writes: pairs of an offset and bytes; all between is zero."""
    data = _widen(data, size)
    mdat = find(data, "mdat")
    hole = size - len(data)
    if hole < 0:
        raise SurgeryError(f"{len(data)} bytes do not fit into {size}")
    tracks = [f"moov/trak[{each}]" for each in range(len(find_all(data, "moov/trak")))]
    starts = sorted({offset for each in tracks for offset in read_offsets(data, each)})
    ends = {chunk.end for each in tracks for chunk in read_chunks(data, each)}
    if not starts or starts[0] < mdat.body or max(ends) > mdat.end:
        raise SurgeryError("the samples do not lie in the first mdat")
    pieces = max(2, min(pieces, len(starts)))
    cuts = [starts[len(starts) * each // pieces] for each in range(1, pieces)]
    moves = [hole * each // (pieces - 1) for each in range(pieces)]
    for each in tracks:  # none changes the index's size: _widen has chosen the width
        old = read_offsets(data, each)
        data = write_offsets(data, each, [at + moves[bisect_right(cuts, at)] for at in old])
    wide = mdat.body - mdat.start == 16
    length = mdat.end - mdat.start + hole
    header = pack(">I4sQ", 1, b"mdat", length) if wide else pack(">I4s", length, b"mdat")
    edges = [mdat.body, *cuts, mdat.end]
    islands = [(edges[n] + moves[n], data[edges[n] : edges[n + 1]]) for n in range(pieces)]
    front = data[: mdat.start] + header
    return [(0, front), *islands, (mdat.end + hole, data[mdat.end :])]


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
