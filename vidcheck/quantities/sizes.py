"""A list of sizes: those of an entry's attachments. A limit holds for each of them."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any

from vidcheck.quantities.kind import Kind, Manner
from vidcheck.quantities.scalars import Bytes
from vidcheck.texts import say

if TYPE_CHECKING:
    from fractions import Fraction

_PLAIN = Manner()
_BYTES = Bytes()


class Sizes(Kind):
    """Sizes in whole bytes. `min` and `max` hold for each of them, and an empty list meets both."""

    name = "list of sizes"
    shows_apart = True
    unit = "B"
    listed = True
    examples = ("20 MB", "20 MiB")

    def read(self, text: str, zone: tzinfo = UTC) -> tuple[int, ...]:
        return tuple(_BYTES.read(part, zone) for part in text.split(","))

    def write(self, value: tuple[int, ...]) -> str:
        return ", ".join(map(_BYTES.write, value))

    def show(self, value: tuple[int, ...], manner: Manner = _PLAIN, apart: tuple[Any, ...] = ()) -> str:
        others = tuple(size for other in apart for size in other)
        return manner.comma.join(_BYTES.show(size, manner, others) for size in value) or say("none").render(manner.lang)

    def json(self, value: tuple[int, ...], manner: Manner = _PLAIN) -> object:  # noqa: ARG002
        return list(value)

    def difference(self, value: tuple[int, ...], limit: tuple[int, ...], manner: Manner = _PLAIN) -> str:
        """The difference of the size that misses the limit by most."""
        if not value or len(limit) != 1:
            return ""
        return _BYTES.difference(max(value, key=lambda size: abs(size - limit[0])), limit[0], manner)

    def share(self, limit: tuple[int, ...], part: Fraction) -> Fraction:
        return min(limit) * part

    def below(self, value: tuple[int, ...], limit: tuple[int, ...], slack: Any = 0) -> bool:
        """Whether any of the sizes is less than the limit."""
        return any(size < max(limit) - slack for size in value)

    def over(self, value: tuple[int, ...], limit: tuple[int, ...], slack: Any = 0) -> bool:
        """Whether any of the sizes is more than the limit."""
        return any(size > min(limit) + slack for size in value)

    def equal(self, value: tuple[int, ...], other: tuple[int, ...], slack: Any = 0) -> bool:
        """Whether they are the same sizes; with slack, whether one of them is that close."""
        return any(abs(size - min(other)) <= slack for size in value) if slack else value == other
