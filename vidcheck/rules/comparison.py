"""Which keys entries can be compared in, and what counts as the same there."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from vidcheck.quantities import LISTED, PEOPLE, WORDS
from vidcheck.vocabulary import CHECKSUM, KEYS

if TYPE_CHECKING:
    from vidcheck.facts import Key

_LONGEST = 10_000
"""Characters of a text that are compared."""
_BETWEEN = "\x1f"
_LOOSE = (WORDS, LISTED, PEOPLE)
"""Kinds whose values people write; all other values have one spelling already."""
_NEVER = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
ARCHIVED = (CHECKSUM.name, "declared.title", "declared.authors", "declared.first-author")
"""What the archive of earlier editions keeps to compare by, each a `kind` there. A fingerprint of the content is to come."""


def comparable() -> tuple[str, ...]:
    """The keys that entries can be compared in: texts and lists of texts. Figures are measured, and many films are equally long."""
    return tuple(name for name, key in KEYS.items() if key.kind is WORDS or key.kind.listed)


def archived() -> tuple[str, ...]:
    """Those of them that the archive keeps."""
    return tuple(name for name in ARCHIVED if name in KEYS)


def normal(key: Key, value: Any) -> str:
    """A value as it is compared: without regard to width, case, white space and punctuation, in lists to order either."""
    same = plain if key.kind in _LOOSE and key.name != CHECKSUM.name else str
    return _BETWEEN.join(sorted({same(item) for item in value})) if key.kind.listed else same(value)


def plain(text: str) -> str:
    """A text's letters, figures and symbols; where it has none, all of it but the white space."""
    whole = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text[:_LONGEST]).casefold())
    kept = [char for char in whole if unicodedata.category(char) not in _NEVER]
    return "".join(char for char in kept if not unicodedata.category(char).startswith("P")) or "".join(kept)
