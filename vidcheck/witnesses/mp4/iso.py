"""A bounded walk over the boxes of an ISO base media or QuickTime file.

Clauses in brackets are those of ISO/IEC 14496-12. Nothing here fails: any bytes give a tree, or the reason why they are
impossible.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from struct import Struct
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from vidcheck.facts import visible
from vidcheck.quantities import Shown
from vidcheck.texts import Readable, say

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BOXES = 200_000
"""The most boxes of a file. Five minutes with a fragment for each picture and sound packet have fewer."""
MOST_BYTES = 64 << 20
"""The most bytes of headers that are read of one file."""
_ABSURD = 1 << 62
_WINDOW, _PEEK = 1 << 16, 512
_HEAD = Struct(">I4s")
_LONG = Struct(">Q")

_STRICT = frozenset({"moov", "trak", "mdia", "minf", "stbl", "mvex", "moof", "traf", "mfra", "edts", "dinf"})
"""Containers with reliable sizes; in others real files have padding and terminators."""
_LOOSE = {
    "udta": 0, "tref": 0, "gmhd": 0, "tapt": 0, "ilst": 0, "wave": 0, "sinf": 0, "schi": 0, "rinf": 0, "iprp": 0,
    "ipco": 0, "strk": 0, "strd": 0, "meco": 0, "hnti": 0, "hinf": 0, "clip": 0, "matt": 0, "rmra": 0, "rmda": 0,
    "cmov": 0, "stsd": 8, "dref": 8, "iref": 4, "----": 0, "gmin": 0, "trgr": 0, "grpl": 0, "imap": 0, "kmat": 0,
}  # fmt: skip
"""The offset of the boxes inside, from the end of the header."""
_SOUND_V1, _SOUND_V2 = 16, 36  # QuickTime File Format, "Sound Sample Description"


class Box(NamedTuple):
    """A top-level box; all positions are bytes from the file's start."""

    type: str
    """Four characters, as Latin-1."""
    start: int
    body: int
    """Where the contents begin."""
    end: int
    """The end by the header; beyond the file's size if the file is truncated."""


@dataclass(slots=True, eq=False)
class Node:
    """A box inside a piece of the file; positions are relative to that piece."""

    type: str
    data: bytes
    body: int
    end: int
    """The end by the header; may be beyond the data if the file is truncated."""
    above: Node | None = None
    depth: int = 0
    handler: str = ""
    inside: list[Node] = field(default_factory=list)

    def all(self, kind: str) -> list[Node]:
        """The boxes of that type directly inside."""
        return [node for node in self.inside if node.type == kind]

    def find(self, path: str) -> Node | None:
        """The first box that a path such as `mdia/minf/stbl` names."""
        found = self
        for kind in path.split("/"):
            for node in found.inside:
                if node.type == kind:
                    found = node
                    break
            else:
                return None
        return found

    def bytes(self, start: int = 0, size: int | None = None) -> bytes:
        """The contents from `start` on; shorter than requested, or empty, if the box or the file ends."""
        at = self.body + start
        return self.data[at : self.end if size is None else min(self.end, at + size)]

    def u32(self, start: int) -> int:
        """The unsigned 32-bit number there; 0 if the box ends before."""
        raw = self.bytes(start, 4)
        return int.from_bytes(raw) if len(raw) == 4 else 0

    @property
    def room(self) -> int:
        """The size of its contents by its header."""
        return self.end - self.body

    @property
    def wide(self) -> bool:
        """Whether it is of version 1: mostly the one with 64-bit figures."""
        return self.bytes(0, 1) == b"\1"

    @property
    def path(self) -> str:
        """Its place, for people: `moov/trak[1]/mdia/minf/stbl/stts`."""
        steps = []
        node: Node | None = self
        while node is not None:
            row = node.above.all(node.type) if node.above and node.type == "trak" else []
            steps.append(visible(node.type) + (f"[{row.index(node)}]" if row else ""))
            node = node.above
        return "/".join(reversed(steps))


@dataclass(slots=True)
class Budget:
    """The remaining boxes and bytes for one file."""

    boxes: int = MOST_BOXES
    bytes: int = MOST_BYTES


class Impossible(Exception):  # noqa: N818 - it judges a file, and isn't a programming error
    """Headers that can't be true. `look` catches it."""

    def __init__(self, why: Readable) -> None:
        super().__init__()
        self.why = why


class Reader:
    """Reads a file in few pieces; small reads use a window."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.size = size
        self._file = file
        self.head = self._read(0, min(_WINDOW, size))
        self._near, self._peeked = 0, b""

    def at(self, start: int, size: int) -> bytes:
        """Those bytes, or fewer if the file ends. Raises the file's OSError."""
        size = min(size, self.size - start)
        if size <= 0:
            return b""
        if start + size <= len(self.head):
            return self.head[start : start + size]
        if size > _PEEK:
            return self._read(start, size)
        if not self._near <= start <= start + size <= self._near + len(self._peeked):
            self._near, self._peeked = start, self._read(start, min(_PEEK, self.size - start))
        return self._peeked[start - self._near : start - self._near + size]

    def _read(self, start: int, size: int) -> bytes:
        self._file.seek(start)
        parts = []
        while size > 0 and (part := self._file.read(size)):
            parts.append(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


@lru_cache(maxsize=256)
def plausible(code: bytes) -> bool:
    """Whether four bytes look like a box type: printable ASCII, or QuickTime's leading copyright sign."""
    return all(32 <= byte < 127 for byte in code[1:]) and (32 <= code[0] < 127 or code[0] == 0xA9)


def top_boxes(reader: Reader, budget: Budget) -> Iterator[Box]:
    """The boxes at the top of the file, in order, until its end or until what follows is no box [4.2].

    Raises Impossible for sizes that no file has and for more boxes than the budget allows.
    """
    position = 0
    while position + 8 <= reader.size:
        head = reader.at(position, 16)
        if len(head) < 8 or not plausible(head[4:8]):
            return
        size, code = _HEAD.unpack_from(head)
        kind, body = code.decode("latin-1"), position + 8
        if size == 1:
            if len(head) < 16:
                yield Box(kind, position, body, position + 16)
                return
            (size,), body = _LONG.unpack_from(head, 8), position + 16
        elif size == 0:  # to the end of the file
            size = reader.size - position
        if size >= _ABSURD:
            raise Impossible(say("{box} says that it is {size} long", box=kind, size=Shown("bytes", size)))
        if position + size < body:
            return
        spend_box(budget)
        yield Box(kind, position, body, position + size)
        position += size


def spend_box(budget: Budget) -> None:
    """Counts a box. Raises Impossible if there are too many."""
    budget.boxes -= 1
    if budget.boxes < 0:
        raise Impossible(say("there are more than {most} boxes", most=f"{MOST_BOXES:,}"))


def children(parent: Node, first: int, budget: Budget) -> Iterator[Node]:
    """The boxes inside another, which begin at `first`. Raises Impossible for sizes that can't be true."""
    data, position, strict = parent.data, first, parent.type in _STRICT
    limit = min(parent.end, len(data))
    while position + 8 <= limit:
        size, code = _HEAD.unpack_from(data, position)
        body = position + 8
        if size == 1 and position + 16 <= limit:
            (size,), body = _LONG.unpack_from(data, position + 8), position + 16
        if size == 0:
            if not any(code):  # QuickTime ends user data with a zero, and some writers pad with zeros
                return
            size = parent.end - position  # not allowed inside another box, but MediaInfo reads on to the end
        end = position + size
        if end < body or end > parent.end:
            if strict and any(code):
                inner = f"{parent.path}/{visible(code.decode('latin-1'))}"
                raise Impossible(_wrong_size(inner, size, end < body))
            return
        spend_box(budget)
        yield Node(code.decode("latin-1"), data, body, end, parent, parent.depth + 1)
        position = end


def _wrong_size(path: str, size: int, small: bool) -> Readable:
    shown = Shown("bytes", size)
    if small:
        return say("{box} says that it is {size} long, less than its own header", box=path, size=shown)
    return say("{box} says that it is {size} long, more than the box around it", box=path, size=shown)


def _begins(head: bytes) -> bool:
    """Whether a box may begin here."""
    return len(head) == 8 and head[:4] != bytes(4) and plausible(head[4:])


def broken_box(parent: Node) -> tuple[int, str, int] | None:
    """The place, type and size of a box inside another that hides what follows by an impossible size; None without one.

    Zeros and less than a header are no box: padding and terminators are common.
    """
    at = parent.inside[-1].end if parent.inside else first_inside(parent)
    if at is None or not _begins(parent.data[at : min(at + 8, parent.end)]):
        return None
    size, code = _HEAD.unpack_from(parent.data, at)
    if size == 1 and at + 16 <= min(parent.end, len(parent.data)):
        (size,) = _LONG.unpack_from(parent.data, at + 8)
    return at, code.decode("latin-1"), size


def first_inside(node: Node) -> int | None:
    """The offset of the boxes inside; None for a box without relevant ones."""
    above = node.above.type if node.above else ""
    if node.type in _STRICT:
        return node.body
    if node.type == "meta":  # QuickTime's has no version and flags
        return node.body + (0 if node.bytes(4, 4) == b"hdlr" else 4)
    if above == "stsd":
        sound = 28 + {1: _SOUND_V1, 2: _SOUND_V2}.get(int.from_bytes(node.bytes(8, 2)), 0)
        # ISO's own version 1 has no more fields than version 0 [12.2.3]
        known = {"vide": (78,), "soun": (sound, 28)}.get(node.handler, (78, sound))
        return next((node.body + skip for skip in known if _begins(node.bytes(skip, 8))), None)
    if above == "ilst" and node.type != "----":
        return node.body
    skip = _LOOSE.get(node.type)
    return None if skip is None else node.body + skip


def trun_width(flags: int) -> int:
    """Bytes of a row in a track run: duration, size, flags, composition offset, each where its flag is set [8.8.8]."""
    return 4 * (flags >> 8 & 15).bit_count()


def tfra_width(node: Node) -> int:
    """Bytes of a row in a table of fragments [8.8.10]."""
    return (16 if node.wide else 8) + sum(node.u32(8) >> shift & 3 for shift in (0, 2, 4)) + 3
