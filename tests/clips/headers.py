"""The header boxes of movie, track and media: where their times stand, in 32 bits or 64.

Clauses in brackets are those of ISO/IEC 14496-12.
"""

from struct import pack, unpack_from

from tests.clips.tree import box, contents, find, find_all, patch, replace_box


def track(data: bytes, handler: str) -> str:
    """The path of a track: `vide` gives `moov/trak[0]`; SurgeryError where there is none."""
    step = handler if handler.startswith("trak") else f"trak[{handler}]"
    wanted = find(data, f"moov/{step}").start
    starts = [each.start for each in find_all(data, "moov/trak")]
    return f"moov/trak[{starts.index(wanted)}]"


def place(data: bytes, path: str) -> int:
    """Where the duration stands in mvhd, tkhd or mdhd, counted from the box's start."""
    wide = contents(data, path)[0] == 1
    return (28 if wide else 20) + 4 + (4 if path.endswith("tkhd") else 0)


def timescale(data: bytes, path: str) -> int:
    """Ticks a second of mvhd or mdhd, which stand right before the duration."""
    return int(unpack_from(">I", data, find(data, path).start + place(data, path) - 4)[0])


def read_duration(data: bytes, path: str) -> int:
    """The duration in mvhd, tkhd or mdhd, in ticks: the movie's for the first two, the media's for mdhd."""
    form = ">Q" if contents(data, path)[0] == 1 else ">I"
    return int(unpack_from(form, data, find(data, path).start + place(data, path))[0])


def write_duration(data: bytes, path: str, ticks: int) -> bytes:
    """Write that duration; nothing else changes."""
    form = ">Q" if contents(data, path)[0] == 1 else ">I"
    return patch(data, path, place(data, path), pack(form, ticks))


def set_version(data: bytes, path: str, version: int) -> bytes:
    """Write one header box (mvhd, tkhd, mdhd) anew with 32-bit (0) or 64-bit (1) times."""
    old = contents(data, path)
    kind = path.rpartition("/")[2]
    gap = "II" if kind == "tkhd" else "I"  # track_ID and reserved, or timescale
    narrow, wide = f">II{gap}I", f">QQ{gap}Q"
    source, target = (wide if old[0] == 1 else narrow), (wide if version == 1 else narrow)
    head = pack(target, *unpack_from(source, old, 4))
    rest = old[4 + len(pack(source, *unpack_from(source, old, 4))) :]
    return replace_box(data, path, box(kind, bytes([version]), old[1:4], head, rest))
