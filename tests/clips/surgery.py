"""Byte surgery on MP4 files: every variant of the sample clip that the tests and the demo need, without ffmpeg.

Functions take a whole file and return a new one; what they can't do raises SurgeryError. They are made for
`clip()` and serve any plain MP4. `handler` names a track by what it carries: `vide` or `soun` (the first such
track) or any step of a path (`trak[2]`). Clauses in brackets are those of ISO/IEC 14496-12.
"""

from fractions import Fraction
from functools import cache
from gzip import decompress
from importlib.resources import files
from struct import pack, unpack_from

from tests.clips.fragments import fragment
from tests.clips.headers import place, track
from tests.clips.picture import set_pixel_aspect, set_rotation, set_stored_size
from tests.clips.sparse import grow_mdat, write_sparse
from tests.clips.timing import (
    add_edit_list,
    set_composition_offsets,
    set_creation_time,
    set_duration,
    set_frame_rate,
)
from tests.clips.tree import (
    Box,
    SurgeryError,
    box,
    children,
    contents,
    drop_box,
    find,
    find_all,
    full_box,
    insert_box,
    patch,
    put_box,
    replace_box,
    shift_offsets,
    splice,
    walk,
)

__all__ = [
    "Box",
    "SurgeryError",
    "add_edit_list",
    "add_quicktime_creationdate",
    "add_tag",
    "box",
    "children",
    "clip",
    "contents",
    "drop_box",
    "drop_ftyp",
    "duplicate_track",
    "find",
    "find_all",
    "fragment",
    "full_box",
    "grow_mdat",
    "insert_box",
    "move_index_last",
    "patch",
    "put_box",
    "remove_track",
    "replace_box",
    "set_brands",
    "set_composition_offsets",
    "set_creation_time",
    "set_duration",
    "set_frame_rate",
    "set_handler",
    "set_language",
    "set_pixel_aspect",
    "set_rotation",
    "set_stored_size",
    "set_track_enabled",
    "splice",
    "track",
    "truncate",
    "walk",
    "write_sparse",
]


@cache
def clip() -> bytes:
    """The sample clip: 1920x1080 H.264 at 25 fps, 3:00, AAC-LC stereo silence, index first, about 0.5 MB."""
    return decompress(files("tests.clips").joinpath("clip.mp4.gz").read_bytes())


# --- the file as a whole ---


def set_brands(data: bytes, major: str, compatible: tuple[str, ...] = (), minor: int = 0) -> bytes:
    """Say which brands the file follows [4.3]; puts an `ftyp` at the top where there is none."""
    new = box("ftyp", major.encode("latin-1"), pack(">I", minor), *(b.encode("latin-1") for b in compatible))
    if find_all(data, "ftyp"):
        return replace_box(data, "ftyp", new)
    return insert_box(data, "", new, 0)


def drop_ftyp(data: bytes) -> bytes:
    """Without brands, as QuickTime files were before there was `ftyp`."""
    return drop_box(data, "ftyp")


def move_index_last(data: bytes) -> bytes:
    """Put `moov` at the end of the file, as cameras and ffmpeg without `+faststart` do [6.2.3]."""
    moov = find(data, "moov")
    without = splice(data, moov.start, moov.end, b"", ())
    index = shift_offsets(data, moov.end, moov.start - moov.end)[moov.start : moov.end]
    return without + index


def truncate(data: bytes, keep: Fraction) -> bytes:
    """The first part of the file, as an upload leaves it that stopped; `keep` is from 0 to 1."""
    if not 0 <= keep <= 1:
        raise SurgeryError(f"can't keep {keep} of a file")
    return data[: int(len(data) * keep)]


# --- tracks ---


def remove_track(data: bytes, handler: str) -> bytes:
    """Drop a track from the index; its samples stay in `mdat`, where nothing names them any more."""
    return drop_box(data, track(data, handler))


def duplicate_track(data: bytes, handler: str, *, language: str | None = None, enabled: bool = True) -> bytes:
    """A second track with the same samples, a number of its own, at the end of `moov`'s tracks."""
    source = find(data, track(data, handler))
    inside = [each.start for each in children(data, source.parents[0])]
    last = inside.index(find_all(data, "moov/trak")[-1].start)
    (next_id,) = unpack_from(">I", contents(data, "moov/mvhd")[-4:])
    data = insert_box(data, "moov", data[source.start : source.end], last + 1)
    new = f"trak[{len(find_all(data, 'moov/trak')) - 1}]"
    at = 28 if contents(data, f"moov/{new}/tkhd")[0] == 1 else 20
    data = patch(data, f"moov/{new}/tkhd", at, pack(">I", next_id))
    movie = find(data, "moov/mvhd")
    data = patch(data, "moov/mvhd", movie.end - movie.start - 4, pack(">I", next_id + 1))
    if language is not None:
        data = set_language(data, new, language)
    return set_track_enabled(data, new, enabled)


def set_track_enabled(data: bytes, handler: str, enabled: bool) -> bytes:
    """Set the flag without which a player passes a track by [8.3.2]."""
    path = f"{track(data, handler)}/tkhd"
    (flags,) = unpack_from(">I", contents(data, path))
    return patch(data, path, 8, pack(">I", flags | 1 if enabled else flags & ~1))


def set_language(data: bytes, handler: str, code: str) -> bytes:
    """Write a track's language, three small letters of ISO 639-2 (`zho`, `und`) [8.4.2]."""
    if len(code) != 3 or not all("a" <= letter <= "z" for letter in code):
        raise SurgeryError(f"{code!r} is not a language of three small letters")
    path = f"{track(data, handler)}/mdia/mdhd"
    packed = sum((ord(letter) - 0x60) << shift for letter, shift in zip(code, (10, 5, 0), strict=True))
    at = place(data, path) + (8 if contents(data, path)[0] == 1 else 4)
    return patch(data, path, at, pack(">H", packed))


def set_handler(data: bytes, handler: str, new: str) -> bytes:
    """Call a track something else (`meta`, `text` …) without touching what it holds [8.4.3]."""
    return patch(data, f"{track(data, handler)}/mdia/hdlr", 16, new.encode("latin-1"))


# --- tags ---


def add_tag(data: bytes, name: str, value: bytes, kind: int = 1) -> bytes:
    """Set an iTunes-style tag in moov/udta/meta/ilst: `©nam` the title, `©too` the encoder, `covr` a picture.

    `kind` is the type of `value`: 1 UTF-8 text, 13 JPEG, 14 PNG. A tag of that name is replaced.
    """
    tag = box(name, box("data", pack(">II", kind, 0), value))
    if not find_all(data, "moov/udta"):
        data = insert_box(data, "moov", box("udta"))
    if not find_all(data, "moov/udta/meta"):
        about = full_box("hdlr", 0, 0, bytes(4), b"mdirappl", bytes(9))
        data = insert_box(data, "moov/udta", full_box("meta", 0, 0, about, box("ilst")))
    return put_box(data, "moov/udta/meta/ilst", tag)


def add_quicktime_creationdate(data: bytes, text: str) -> bytes:
    """Add `com.apple.quicktime.creationdate` as cameras of Apple do: moov/meta with keys and ilst.

    `text` is ISO 8601 with an offset, `2021-06-15T12:00:00+0800`. (QuickTime File Format, "Metadata": this
    `meta` has no version and flags.)
    """
    key = box("mdta", b"com.apple.quicktime.creationdate")
    keys = full_box("keys", 0, 0, pack(">I", 1), key)
    about = full_box("hdlr", 0, 0, bytes(4), b"mdta", bytes(13))
    value = box("\0\0\0\1", box("data", pack(">II", 1, 0), text.encode()))
    return insert_box(data, "moov", box("meta", about, keys, box("ilst", value)))
