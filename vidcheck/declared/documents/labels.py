"""Labels as people write them (`类  别`, `内容简介（100字以内）`, `1. 作品名称：`), and the fields they name."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from vidcheck.declared.fields import field_for

LONGEST = 60
"""Characters of a label with its notes; a longer text is none."""
_NOT_OF_FORMS = frozenset({"file", "submitted"})
"""What only a manifest can tell: the day on which a form was filled in is not that of the submission."""
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


@lru_cache(maxsize=4096)
def field_of(text: str) -> str:
    """The field that a text names as its label; empty where it is no known label, or of no form's concern."""
    if len(text) > LONGEST or not any(char.isalpha() for char in text):
        return ""
    found = field_for(text) or field_for(normal(text))
    return found.name if found is not None and found.name not in _NOT_OF_FORMS else ""
