"""Time zones by their IANA names, the same on every machine."""

from __future__ import annotations

from datetime import UTC, tzinfo
from importlib import import_module
from typing import TYPE_CHECKING

from vidcheck.rules.problems import quoted
from vidcheck.rules.spelling import nearest
from vidcheck.texts import say

if TYPE_CHECKING:
    from vidcheck.rules.problems import Ledger
    from vidcheck.yamltext import Scalar


def read_zone(node: Scalar, ledger: Ledger) -> tzinfo:
    """The zone; UTC where there is none of that name, which is entered."""
    if node.text == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    try:
        if node.text in _names():
            return ZoneInfo(node.text)
    except (OSError, ValueError, LookupError):
        pass
    ledger.add(
        node.place, say("'{text}' is no time zone", text=quoted(node.text)), nearest(node.text, sorted(_names()))
    )
    return UTC


def _names() -> frozenset[str]:
    """The zones that tzdata knows; the machine's own list differs from one to the next (`localtime`, letter case)."""
    package = import_module("tzdata")
    folder = str(package.__file__).removesuffix("__init__.py")
    raw: bytes = getattr(package.__spec__, "loader", None).get_data(f"{folder}zones")  # type: ignore[union-attr]
    return frozenset(raw.decode("ascii").split())
