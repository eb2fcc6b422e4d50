"""How the picture is shown: turned, stretched, of another size.

Clauses in brackets are those of ISO/IEC 14496-12, or of ITU-T H.264 where it is named.
"""

from collections.abc import Callable
from fractions import Fraction
from struct import iter_unpack, pack, unpack_from

from tests.clips.h264 import grey_pictures, reshape_pixels, resize_pictures
from tests.clips.headers import place, track
from tests.clips.tables import Chunk, Sample, read_chunks, write_tables
from tests.clips.tree import SurgeryError, box, children, contents, find, patch, put_box, replace_box, splice

_ONE = 0x10000  # 1.0 in 16.16
_TURNS = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}


def set_rotation(data: bytes, degrees: int, where: str = "tkhd") -> bytes:
    """Turn the picture clockwise by 0, 90, 180 or 270 degrees, in the matrix [6.2.2] of the track or the movie.

    `where` is `tkhd` (the first picture track's) or `mvhd`. ffprobe tells the same turn with the other sign.
    """
    if degrees not in _TURNS or where not in ("tkhd", "mvhd"):
        raise SurgeryError(f"can't turn {where} by {degrees}")
    path = "moov/mvhd" if where == "mvhd" else f"{track(data, 'vide')}/tkhd"
    a, b, c, d = _TURNS[degrees]
    width, height = unpack_from(">II", contents(data, f"{track(data, 'vide')}/tkhd")[-8:])
    x = width * (a < 0) + height * (c < 0)
    y = width * (b < 0) + height * (d < 0)
    rows = (a * _ONE, b * _ONE, 0, c * _ONE, d * _ONE, 0, x, y, 1 << 30)
    at = place(data, path) + (8 if contents(data, path)[0] == 1 else 4) + 16
    return patch(data, path, at, pack(">9i", *rows))


def set_pixel_aspect(data: bytes, horizontal: int, vertical: int, *, where: tuple[str, ...] = ("pasp", "sps")) -> bytes:
    """Make pixels `horizontal`:`vertical` wide: in pasp [12.1.4], and in H.264's own parameters (E.2.1).

    With one of the two alone the file contradicts itself. tkhd's width follows, as writers do [8.3.2].
    """
    path = track(data, "vide")
    entry = _entry(data, path)
    if "pasp" in where:
        new = box("pasp", pack(">II", horizontal, vertical))
        data = put_box(data, entry, new)
    if "sps" in where:
        data = _edit_sps(data, entry, lambda sps: reshape_pixels(sps, horizontal, vertical))
    (stored,) = unpack_from(">H", contents(data, entry), 24)
    return _show_size(data, path, width=round(Fraction(stored * _ONE * horizontal, vertical)))


def set_stored_size(data: bytes, width: int, height: int) -> bytes:
    """Make the film `width` x `height`, both even, with square pixels and plain grey pictures.

    Sample entry [12.1.3], tkhd and H.264's parameters (7.3.2.1.1) agree, and the pictures decode: new ones
    are put at the end of the first mdat, the old ones stay there unnamed.
    """
    path = track(data, "vide")
    entry = _entry(data, path)
    data = patch(data, entry, 32, pack(">HH", width, height))
    data = _edit_sps(data, entry, lambda sps: resize_pictures(sps, width, height))
    data = _show_size(data, path, width=width * _ONE, height=height * _ONE)
    return _repaint(set_pixel_aspect(data, 1, 1), path, entry)


def _repaint(data: bytes, path: str, entry: str) -> bytes:
    """Put grey pictures in the place of the track's own, each in a chunk and at a place of its own."""
    config = contents(data, f"{entry}/avcC")
    sps_end = 8 + int.from_bytes(config[6:8])
    pps, pictures = grey_pictures(config[8:sps_end])
    # ISO/IEC 14496-15, 5.3.3.1: one picture parameter set; what High profile adds after the sets stays
    rest = config[sps_end + 3 + int.from_bytes(config[sps_end + 1 : sps_end + 3]) :]
    data = replace_box(data, f"{entry}/avcC", box("avcC", config[:sps_end], b"\1", pack(">H", len(pps)), pps, rest))
    units = [pack(">I", len(each)) + each for each in pictures]
    mdat = find(data, "mdat")
    chunks: list[Chunk] = []
    since, painted = 0, bytearray()
    for each in (sample for chunk in read_chunks(data, path) for sample in chunk.samples):
        since = 0 if each.sync else since + 1
        which = 0 if since == 0 else (since - 1) % (len(units) - 1) + 1
        place = mdat.end + len(painted)
        chunks.append(Chunk(offset=place, samples=(Sample(size=len(units[which]), sync=each.sync),)))
        painted += units[which]
    runs = contents(data, f"{path}/mdia/minf/stbl/stts")[8:]
    data = splice(data, mdat.end, mdat.end, bytes(painted), (mdat,))
    return write_tables(data, path, chunks, [(number, ticks) for number, ticks in iter_unpack(">II", runs)])


def _entry(data: bytes, path: str) -> str:
    table = f"{path}/mdia/minf/stbl/stsd"
    return f"{table}/{next(children(data, find(data, table))).type}"


def _show_size(data: bytes, path: str, *, width: int, height: int | None = None) -> bytes:
    """Write the size in tkhd, 16.16 pixels."""
    header = find(data, f"{path}/tkhd")
    new = pack(">I", width) + (b"" if height is None else pack(">I", height))
    return patch(data, f"{path}/tkhd", header.end - header.start - 8, new)


def _edit_sps(data: bytes, entry: str, edit: Callable[[bytes], bytes]) -> bytes:
    """Put `edit`'s result in the place of the one sequence parameter set in avcC (ISO/IEC 14496-15, 5.3.3.1)."""
    old = contents(data, f"{entry}/avcC")
    if old[5] & 31 != 1:
        raise SurgeryError("not just one sequence parameter set")
    end = 8 + int.from_bytes(old[6:8])
    new = edit(old[8:end])
    return replace_box(data, f"{entry}/avcC", box("avcC", old[:6], pack(">H", len(new)), new, old[end:]))
