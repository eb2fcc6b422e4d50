"""JSON as text: values on one line, rows on lines of their own, and nothing in it that a terminal would obey."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from vidcheck.facts import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
"""A value as JSON on one line; a float that is no number (NaN) is a ValueError."""
# RFC 8259 lets these stand in a string as they are, but a terminal that shows the report may obey them.
_UNSHOWN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character: what stands for a byte that is no UTF-8."""


def rows(encoded: Iterable[str]) -> str:
    """What stands between the brackets of a list: each value, encoded already, on a line of its own."""
    every = ",\n".join(encoded)
    return f"\n{every}\n" if every else ""


def safe(text: str) -> bytes:
    r"""The JSON text as bytes: nothing in it that a terminal obeys, and lone surrogates told as `\xff` in words.

    A lone surrogate is no character (RFC 8259, 8.2: what readers make of its escape is unpredictable).
    """
    if text.isprintable():  # all that is escaped here is not, and to look for it takes five times as long
        return f"{text}\n".encode()
    escaped = _UNSHOWN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    told = SURROGATE.sub(lambda found: f"\\\\{visible(found[0])[1:]}", escaped)
    return f"{told}\n".encode()
