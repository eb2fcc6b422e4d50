"""Checks a box completely before the C++ parsers get the file, and refuses headers that can't be true.

Clauses in brackets are those of ISO/IEC 14496-12. Files on which MediaInfo 24.12 hangs or crashes are refused here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.facts import visible
from vidcheck.quantities import Shown
from vidcheck.texts import say
from vidcheck.witnesses.mp4.iso import MOST_BYTES, Impossible, Node, children, first_inside, tfra_width, trun_width

if TYPE_CHECKING:
    from collections.abc import Callable

    from vidcheck.witnesses.mp4.iso import Box, Budget, Reader

MOST_DEPTH = 16
MOST_TRACKS = 1000


def load(reader: Reader, box: Box, budget: Budget) -> Node:
    """Reads a top-level box with all boxes inside. Raises Impossible."""
    size = box.end - box.start
    if size > budget.bytes:
        raise Impossible(say("{box} says that it is {size} long", box=visible(box.type), size=Shown("bytes", size)))
    data = reader.at(box.start, size)
    budget.bytes -= len(data)
    root = Node(box.type, data, box.body - box.start, size)
    check_rows(root)
    stack = [root]
    while stack:
        parent = stack.pop()
        first = first_inside(parent)
        if first is None:
            continue
        if parent.depth >= MOST_DEPTH:
            raise Impossible(say("boxes are nested more than {most} deep: {path}", most=MOST_DEPTH, path=parent.type))
        for child in children(parent, first, budget):
            parent.inside.append(child)
            check_rows(child)
            if _misplaced(child, parent):
                raise Impossible(say("{box} does not belong there", box=child.path))
            if child.type == "hdlr" and parent.type == "mdia":
                parent.handler = child.bytes(8, 4).decode("latin-1")
        for child in parent.inside:
            child.handler = parent.handler
        stack.extend(reversed(parent.inside))
    tracks = len(root.all("trak"))
    if tracks > MOST_TRACKS:
        raise Impossible(say("there are {tracks} tracks", tracks=f"{tracks:,}"))
    return root


def _misplaced(child: Node, parent: Node) -> bool:
    """Whether MediaInfo 24.12 crashes on a box in that place, or hangs: on a time code of sound, in fragments."""
    if child.type == "tmcd":
        return parent.type == "stsd" and parent.handler == "soun"
    return child.type == "lhvC" and parent.handler != "vide"


def check_rows(node: Node) -> None:
    """Raises Impossible for a table with more rows than its box can hold."""
    count = _TABLES.get(node.type)
    if count is None:
        return
    rows, room = count(node)
    if rows > max(0, room):
        raise Impossible(say("{table} says that it has {rows} rows, and has room for {room}",
                             table=node.path, rows=f"{rows:,}", room=f"{max(0, room):,}"))  # fmt: skip


# --- tables: how many rows each claims, and how many it has room for ---


def _plain(at: int, width: int, wide: int | None = None) -> Callable[[Node], tuple[int, int]]:
    """A table whose rows are counted `at` so many bytes after its header and take `width` (version 1: `wide`) at least."""

    def count(node: Node) -> tuple[int, int]:
        return node.u32(at), (node.room - at - 4) // (wide if wide and node.wide else width)

    return count


def _stsz(node: Node) -> tuple[int, int]:
    return (0, 0) if node.u32(4) else (node.u32(8), (node.room - 12) // 4)


def _stz2(node: Node) -> tuple[int, int]:
    return node.u32(8), (node.room - 12) * 8 // max(4, node.u32(4) & 0xFF)


def _trun(node: Node) -> tuple[int, int]:
    flags = node.u32(0)
    width, fixed = trun_width(flags), 8 + 4 * (flags & 1) + (flags & 4)
    return (node.u32(4), (node.room - fixed) // width) if width else (node.u32(4), MOST_BYTES)


def _sidx(node: Node) -> tuple[int, int]:
    at = 30 if node.wide else 22
    return int.from_bytes(node.bytes(at, 2)), (node.room - at - 2) // 12


def _tfra(node: Node) -> tuple[int, int]:
    return node.u32(12), (node.room - 16) // tfra_width(node)


def _sgpd(node: Node) -> tuple[int, int]:
    at = 8 if node.bytes(0, 1) == b"\0" else 12
    return node.u32(at), (node.room - at - 4) // ((node.u32(8) or 4) if node.wide else 1)


def _sbgp(node: Node) -> tuple[int, int]:
    at = 12 if node.wide else 8
    return node.u32(at), (node.room - at - 4) // 8


def _saio(node: Node) -> tuple[int, int]:
    at = 12 if node.u32(0) & 1 else 4
    return node.u32(at), (node.room - at - 4) // (8 if node.wide else 4)


def _saiz(node: Node) -> tuple[int, int]:
    at = 12 if node.u32(0) & 1 else 4
    return (0, 0) if node.bytes(at, 1) != b"\0" else (node.u32(at + 1), node.room - at - 5)


def _subs(node: Node) -> tuple[int, int]:
    """Each row says how many parts its sample has [8.7.7]: MediaInfo 24.12 crashes where they overrun the box."""
    rows, table, width, at = node.u32(4), node.bytes(8), 10 if node.wide else 8, 0
    for row in range(min(rows, len(table) // 6 + 1)):
        at += 6 + width * int.from_bytes(table[at + 4 : at + 6])
        if at > node.room - 8:
            return rows, row
    return rows, (node.room - 8) // 6


def _ctab(node: Node) -> tuple[int, int]:
    """The figure is the last row's number (QuickTime File Format, "Color Table"); MediaInfo counts it in 16 bits."""
    last = int.from_bytes(node.bytes(6, 2))
    return (last + 1, min(0xFFFF, (node.room - 8) // 8)) if last else (0, 0)


_TABLES: dict[str, Callable[[Node], tuple[int, int]]] = {
    "stts": _plain(4, 8), "ctts": _plain(4, 8), "stss": _plain(4, 4), "stps": _plain(4, 4), "stsc": _plain(4, 12),
    "stco": _plain(4, 4), "co64": _plain(4, 8), "stsd": _plain(4, 8), "dref": _plain(4, 8), "keys": _plain(4, 8),
    "stsh": _plain(4, 8), "subs": _subs, "chan": _plain(12, 20), "elst": _plain(4, 12, 20),
    "stdp": _plain(0, 2),
    "stsz": _stsz, "stz2": _stz2, "trun": _trun, "sidx": _sidx, "tfra": _tfra, "sgpd": _sgpd, "sbgp": _sbgp,
    "saio": _saio, "saiz": _saiz, "ctab": _ctab,
}  # fmt: skip
"""[8.6, 8.7, 8.8, 8.9, 8.16]; `chan` and `ctab` are QuickTime's; MediaInfo 24.12 takes the version of `stdp` for a count."""
