"""The boxes of an MP4 file as a tree in bytes: find them by path, replace, insert, drop, and keep the file sound.

A path names boxes from the top of the file, `/` between: `moov/trak[1]/mdia/minf/stbl/stsz`. A step may bear
an index among its namesakes (`trak[1]`, counted from 0) or, for a track, its handler (`trak[soun]`).
Every function takes the whole file as bytes and returns a new one; nothing is changed in place.
Clauses in brackets are those of ISO/IEC 14496-12.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from struct import pack, pack_into, unpack_from

_CONTAINERS = frozenset(
    {
        "moov",
        "trak",
        "mdia",
        "minf",
        "stbl",
        "dinf",
        "edts",
        "udta",
        "mvex",
        "moof",
        "traf",
        "mfra",
        "ilst",
        "gmhd",
        "tapt",
    }
)
_VISUAL = frozenset(
    {"avc1", "avc3", "hvc1", "hev1", "av01", "vp09", "apcn", "apch", "apcs", "apco", "ap4h", "mp4v", "encv"}
)
_SOUND = frozenset({"mp4a", "Opus", "fLaC", "ac-3", "ec-3", ".mp3", "sowt", "twos", "lpcm", "ipcm", "enca"})
_STEP = re.compile(r"(.{4})(?:\[(\d+|\D...)\])?", re.DOTALL)


class SurgeryError(ValueError):
    """The operation can't be done on these bytes: a missing box, a value that doesn't fit, a broken size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where one box lies in the file [4.2]; all figures are bytes from the start of the file."""

    type: str
    """The four-character code, read as Latin-1 (`©nam` is A9 6E 61 6D)."""
    start: int
    """Where the size field begins."""
    body: int
    """Where the contents begin, after an 8 or 16 byte header (version and flags are contents)."""
    end: int
    """One past the last byte, as the header says; may lie beyond the end of a cut-off file."""
    parents: tuple["Box", ...] = ()
    """The boxes around it, outermost first."""


def box(kind: str, *contents: bytes) -> bytes:
    """A new box of type `kind` around `contents`, with a 32-bit size [4.2]."""
    body = b"".join(contents)
    if len(body) + 8 > 0xFFFFFFFF:
        raise SurgeryError(f"{kind}: {len(body)} bytes need a 64-bit size")
    return pack(">I", len(body) + 8) + _code(kind) + body


def full_box(kind: str, version: int, flags: int, *contents: bytes) -> bytes:
    """A new box that begins with a version and 24 bits of flags [4.2]."""
    return box(kind, pack(">I", version << 24 | flags), *contents)


def children(data: bytes, parent: Box | None = None) -> Iterator[Box]:
    """The boxes directly inside `parent` (None: the top of the file), in order.

    Raises SurgeryError for a size smaller than its header; fewer than 8 bytes left over are passed by.
    """
    position, end = (0, len(data)) if parent is None else (_first_child(data, parent), parent.end)
    parents = () if parent is None else (*parent.parents, parent)
    while position is not None and position + 8 <= min(end, len(data)):
        size, code = unpack_from(">I4s", data, position)
        body = position + 8
        if size == 1:
            (size,) = unpack_from(">Q", data, position + 8)
            body += 8
        elif size == 0:  # to the end of the file; only the last box at the top may say so
            size = end - position
        if position + size < body:
            raise SurgeryError(f"at {position}: a box of {size} bytes")
        yield Box(type=code.decode("latin-1"), start=position, body=body, end=position + size, parents=parents)
        position += size


def walk(data: bytes, parent: Box | None = None) -> Iterator[Box]:
    """Every box, each before those inside it."""
    for each in children(data, parent):
        yield each
        if each.end <= len(data):
            yield from walk(data, each)


def find_all(data: bytes, path: str) -> list[Box]:
    """The boxes that `path` names, in order; an index or handler picks among those of one parent."""
    found: list[Box | None] = [None]
    for step in path.split("/"):
        matched = _STEP.fullmatch(step)
        if matched is None:
            raise SurgeryError(f"{path}: {step!r} is not a step of a path")
        kind, pick = matched.groups()
        inside: list[Box | None] = []
        for parent in found:
            named = [each for each in children(data, parent) if each.type == kind]
            if pick is None:
                inside += named
            elif pick.isdigit():
                inside += named[int(pick) : int(pick) + 1]
            else:
                inside += [each for each in named if handler(data, each) == pick]
        found = inside
    return [each for each in found if each is not None]


def find(data: bytes, path: str) -> Box:
    """The first box that `path` names; SurgeryError where there is none."""
    for each in find_all(data, path):
        return each
    raise SurgeryError(f"there is no {path}")


def contents(data: bytes, path: str) -> bytes:
    """What the box holds, without its header."""
    found = find(data, path)
    return data[found.body : found.end]


def handler(data: bytes, track: Box) -> str:
    """A track's handler type, `vide`, `soun`, `sbtl` … [8.4.3]; empty where it has none."""
    for media in children(data, track):
        if media.type == "mdia":
            for each in children(data, media):
                if each.type == "hdlr":
                    return data[each.body + 8 : each.body + 12].decode("latin-1")
    return ""


def patch(data: bytes, path: str, offset: int, new: bytes) -> bytes:
    """Write `new` over the box, `offset` bytes from its start (0 the size, 4 the type, 8 the contents).

    Nothing else changes: this is how a sample is made to lie. SurgeryError beyond the end of the file.
    """
    at = find(data, path).start + offset
    if at < 0 or at + len(new) > len(data):
        raise SurgeryError(f"{path}: {len(new)} bytes at {offset} lie outside the file")
    return data[:at] + new + data[at + len(new) :]


def replace_box(data: bytes, path: str, new: bytes) -> bytes:
    """Put `new` (a whole box, or several, or nothing) in the place of the first box that `path` names."""
    found = find(data, path)
    return splice(data, found.start, found.end, new, found.parents)


def drop_box(data: bytes, path: str) -> bytes:
    """The file without the first box that `path` names; `mdat` may be dropped too (its offsets then lie)."""
    return replace_box(data, path, b"")


def insert_box(data: bytes, parent: str, new: bytes, index: int | None = None) -> bytes:
    """Put the whole box `new` into `parent` (empty: the top of the file), before its child `index`, or last."""
    above = find(data, parent) if parent else None
    inside = list(children(data, above))
    if index is not None and index < len(inside):
        at = inside[index].start
    elif inside:
        at = inside[-1].end
    else:
        at = 0 if above is None else _first_child(data, above) or above.end
    return splice(data, at, at, new, () if above is None else (*above.parents, above))


def put_box(data: bytes, parent: str, new: bytes, index: int | None = None) -> bytes:
    """Put the whole box `new` in the place of the one of its type in `parent`, or where insert_box would."""
    path = f"{parent}/{new[4:8].decode('latin-1')}"
    return replace_box(data, path, new) if find_all(data, path) else insert_box(data, parent, new, index)


def splice(data: bytes, start: int, end: int, new: bytes, parents: tuple[Box, ...]) -> bytes:
    """Replace the bytes from `start` to `end`, which lie inside `parents`; mend sizes and offsets.

    The parents' sizes grow or shrink, and offsets into the file at or after `end` move along, those
    inside `new` too: they are read as offsets in the file as it was.
    """
    delta = len(new) - (end - start)
    edited = bytearray(data)
    for each in parents:
        resize(edited, each, each.end - each.start + delta)
    edited[start:end] = new
    return shift_offsets(bytes(edited), end, delta) if delta else bytes(edited)


def resize(data: bytearray, which: Box, size: int) -> None:
    """Write a new total size into a box's header, in place; SurgeryError where it doesn't fit."""
    if which.body - which.start == 16:
        pack_into(">Q", data, which.start + 8, size)
    elif size > 0xFFFFFFFF:
        raise SurgeryError(f"{which.type}: {size} bytes need a 64-bit size")
    elif data[which.start : which.start + 4] != bytes(4):  # 0 goes to the end of the file and stays
        pack_into(">I", data, which.start, size)


def shift_offsets(data: bytes, first: int, delta: int) -> bytes:
    """Add `delta` to every offset into the file that is `first` or greater.

    Chunk offsets (`stco`, `co64` [8.7.5]), the base of track fragments (`tfhd` [8.8.7]), the index of
    fragments (`tfra` [8.8.10]). `sidx` counts from its own end and `iloc` is not for clips: both stay.
    """
    edited = bytearray(data)
    for each in walk(data):
        for form, at in _offset_fields(data, each):
            olds = unpack_from(form, data, at)
            news = [old + delta if old >= first else old for old in olds]
            if form.endswith("I") and news and max(news) > 0xFFFFFFFF:
                raise SurgeryError(f"{each.type}: offset {max(news)} needs 64 bits")
            pack_into(form, edited, at, *news)
    return bytes(edited)


def _offset_fields(data: bytes, which: Box) -> Iterator[tuple[str, int]]:
    """The format and the place of every offset into the file that the box holds, or of many in a row."""
    body = which.body
    if which.type in ("stco", "co64"):
        (entries,) = unpack_from(">I", data, body + 4)
        yield f">{entries}{'I' if which.type == 'stco' else 'Q'}", body + 8
    elif which.type == "tfhd":
        if unpack_from(">I", data, body)[0] & 1:  # base-data-offset-present
            yield ">Q", body + 8
    elif which.type == "tfra":
        flags, _, lengths, entries = unpack_from(">IIII", data, body)
        form, width = (">Q", 16) if flags >> 24 else (">I", 8)
        numbers = (lengths >> 4 & 3) + (lengths >> 2 & 3) + (lengths & 3) + 3
        steps = count(body + 16, width + numbers)
        yield from ((form, next(steps) + width // 2) for _ in range(entries))


def _first_child(data: bytes, parent: Box) -> int | None:
    """Where the boxes inside `parent` begin; None for a box that holds none."""
    body, outer = parent.body, parent.parents[-1].type if parent.parents else ""
    if parent.type in _CONTAINERS or outer == "ilst":
        return body
    if parent.type == "meta":  # QuickTime's has no version and flags
        return body if data[body + 4 : body + 8] == b"hdlr" else body + 4
    if parent.type in ("stsd", "dref"):
        return body + 8
    if outer == "stsd" and parent.type in _VISUAL:
        return body + 78
    if outer == "stsd" and parent.type in _SOUND:
        return body + 28 + {1: 16, 2: 36}.get(unpack_from(">H", data, body + 8)[0], 0)
    return None


def _code(kind: str) -> bytes:
    code = kind.encode("latin-1")
    if len(code) != 4:
        raise SurgeryError(f"{kind!r} is not a four-character code")
    return code
