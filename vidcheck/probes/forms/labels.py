"""Labels as people write them (`类  别`, `内容简介（100字以内）`, `1. 作品名称：`), and the fields they name."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 60
"""Characters of a label with its notes; a longer text is none."""
_ROUNDS = 4
"""`（1）1. 作品名称：` takes two; a label that takes more is none."""
_NOTE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|【[^【】]*】|〔[^〔〕]*〕|<[^<>]*>|《[^《》]*》")
_BRACKETS = re.compile(r"[()\[\]{}【】〔〕<>《》]")
_NUMBER = re.compile(r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})[.、．。)]|\d{1,2}(?=[^\d\s.,:年月日])|[①-⑳]")
_EDGES = "*＊●○■□◆◇▲△※·•・-—_–:：;；,，.。、?？!！\"'“”‘’|/\\"


def normal(text: str) -> str:
    """The label without width, case, white space, numbering, notes in brackets and colon; empty where it says nothing."""
    if len(text) > LONGEST:
        return ""
    for _ in range(_ROUNDS):
        before, text = text, _once(text)
        if text == before:
            break
    return text


def _once(text: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", _unnumbered(text)).casefold().split())
    bare = plain
    while (shorter := _NOTE.sub("", bare)) != bare:
        bare = shorter
    return (bare.strip(_EDGES) or _BRACKETS.sub("", plain)).strip(_EDGES)


def _unnumbered(text: str) -> str:
    """Without the number that a form gives the label, which NFKC would make of `①` too."""
    stripped = text.strip().lstrip(_EDGES).strip()
    found = _NUMBER.match(stripped)
    return stripped[found.end() :] if found and found.end() < len(stripped) else stripped


class Labels:
    """The labels that are known, and the field that each names."""

    def __init__(self, rows: Iterable[tuple[str, str]]) -> None:
        """Rows of a label as it is spelt and its field; of two that are the same the first counts."""
        self._fields: dict[str, str] = {}
        for label, field in rows:
            self._fields.setdefault(normal(label), field)
        self._fields.pop("", None)

    def field_of(self, text: str) -> str:
        """The field that a text names as its label; empty where it is no known label."""
        return self._fields.get(normal(text), "") if len(text) <= LONGEST else ""
