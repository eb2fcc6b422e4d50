"""Puts texts into markup: one function escapes all of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from vidcheck.facts import visible
from vidcheck.reports.page import one_line

if TYPE_CHECKING:
    from vidcheck.quantities import Manner
    from vidcheck.texts import Readable


@lru_cache(maxsize=1 << 14)
def escaped(text: str) -> str:
    """A text for an element or a quoted attribute, with markup and invisible characters escaped."""
    return escape(visible(text), quote=True)


@dataclass(frozen=True, slots=True)
class Teller:
    """Renders messages in the reader's language, escaped."""

    manner: Manner

    def __call__(self, words: Readable | str) -> str:
        """Escapes a message or another text."""
        return escaped(words if isinstance(words, str) else words.render(self.manner.lang))

    def line(self, words: Readable) -> str:
        """A text that may have several lines, on one line."""
        return escaped(one_line(words.render(self.manner.lang)))


def tag(name: str, inside: str, **attributes: str) -> str:
    """An element. Attributes are markup already; `class_` and `aria_label` stand for `class` and `aria-label`."""
    written = "".join(f' {key.rstrip("_").replace("_", "-")}="{value}"' for key, value in attributes.items() if value)
    return f"<{name}{written}>{inside}</{name}>"
