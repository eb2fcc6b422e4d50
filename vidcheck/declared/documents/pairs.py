"""Labels and values out of a document, in whatever layout it has them. Pure, and total: any document has an answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from vidcheck.declared.documents.document import Line, Table
from vidcheck.declared.documents.grids import in_table
from vidcheck.declared.documents.lines import in_lines

if TYPE_CHECKING:
    from vidcheck.declared.documents.document import Document

FEW = 3
"""A document with so many known labels or more is a form; a script or a certificate that names one or two is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A label and what stands for it."""

    label: str
    """As it is spelt, on one line."""
    field: str
    """The field that it names; empty where the label is not known."""
    value: str
    """Empty where nothing was filled in."""
    place: str
    """Where the label stands: `table 1, row 4`."""


def find_pairs(document: Document) -> tuple[Pair, ...]:
    """All pairs in the document's order; those whose label is not known have no field.

    Where a table gives a field, paragraphs around it do not: they tell how to fill it in (`作品名称：填写全称`).
    """
    found: list[tuple[bool, Pair]] = []
    for lines, blocks in groupby(document.blocks, lambda block: isinstance(block, Line)):
        if lines:
            rows = in_lines([block for block in blocks if isinstance(block, Line)])
        else:
            rows = [row for block in blocks if isinstance(block, Table) for row in in_table(block)]
        found += [
            (lines, Pair(label=" ".join(label.split()), field=field, value=value, place=place))
            for label, field, value, place in rows
        ]
    tabled = {pair.field for lines, pair in found if not lines}
    return tuple(replace(pair, field="") if lines and pair.field in tabled else pair for lines, pair in found)


def is_form(pairs: tuple[Pair, ...]) -> bool:
    """Whether a document with these pairs is a form."""
    return len({pair.field for pair in pairs if pair.field}) >= FEW
