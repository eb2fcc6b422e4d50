"""Where pictures lie on a sheet, so that nothing is written under them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from xml.parsers import expat

if TYPE_CHECKING:
    from vidcheck.declared.package import Package

_CORNERS = frozenset({"from", "to"})
_ANCHORS = frozenset({"twoCellAnchor", "oneCellAnchor"})
_CELL = (609_600, 190_500)
"""The width and height of a usual cell, in EMU."""


def pictures(package: Package, sheet: str, below: int) -> list[tuple[int, int]]:
    """The first and last column of each picture or chart that reaches the row `below` or lies under it.

    Raises PackageError, ExpatError.
    """
    found: list[tuple[int, int]] = []
    for drawing in _drawings(package, sheet):
        walk = _Anchors()
        walk.parser.Parse(b"".join(package.pieces(drawing)), True)
        found += [(first, last) for first, last, bottom in walk.found if bottom >= below]
    return found


def _drawings(package: Package, sheet: str) -> list[str]:
    """The parts of a sheet's drawings."""
    folder, _, name = sheet.rpartition("/")
    links = f"{folder}/_rels/{name}.rels"
    if links not in package.names:
        return []
    drawings: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship" and attributes.get("Type", "").endswith("/relationships/drawing"):
            target = attributes.get("Target", "")
            drawings.append(target[1:] if target.startswith("/") else posixpath.normpath(f"{folder}/{target}"))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(b"".join(package.pieces(links)), True)
    return [drawing for drawing in drawings if drawing in package.names]


class _Anchors:
    """The places of a drawing's pictures (ECMA-376, part 1, 20.5.2). Columns and rows count from 1."""

    def __init__(self) -> None:
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        self.found: list[tuple[int, int, int]] = []
        """First column, last column, last row."""
        self._corner = ""
        self._words = ""
        self._places: dict[tuple[str, str], int] = {}

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name in _ANCHORS:
            self._places = {}
        elif name in _CORNERS:
            self._corner = name
        elif name == "ext" and ("from", "row") in self._places and ("to", "col") not in self._places:
            self._extend(attributes)
        self._words = ""

    def _extend(self, attributes: dict[str, str]) -> None:
        """Takes the other corner from a picture's size, which says where it ends if nothing else does."""
        for name, side, cell in zip(("col", "row"), ("cx", "cy"), _CELL, strict=True):
            size = attributes.get(side, "")
            if size.isascii() and size.isdigit():
                self._places["to", name] = self._places.get(("from", name), 1) + int(size[:12]) // cell

    def _text(self, words: str) -> None:
        if self._corner:
            self._words = (self._words + words)[:20]

    def _end(self, tag: str) -> None:
        name, words = tag.rpartition(":")[2], self._words.strip()
        if name in _CORNERS:
            self._corner = ""
        elif self._corner and name in {"col", "row"} and words.isascii() and words.isdigit():
            self._places[self._corner, name] = int(words) + 1
        elif name in _ANCHORS and ("from", "col") in self._places:
            first = self._places["from", "col"]
            bottom = self._places.get(("to", "row"), self._places.get(("from", "row"), 1))
            self.found.append((first, self._places.get(("to", "col"), first), bottom))
