"""Which keys entries can be compared in, and what counts as the same there."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from vidcheck.quantities import LISTED, WORDS
from vidcheck.vocabulary import CHECKSUM, KEYS

if TYPE_CHECKING:
    from vidcheck.facts import Key

_LONGEST = 10_000
"""Characters of a text that are compared."""
_BETWEEN = "\x1f"
_EXACT = frozenset({CHECKSUM.name})
"""Keys whose values are the same only if every character is."""
_NEVER = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
COMPARED = (WORDS.name, LISTED.name, "people", "address", "e-mail", "telephone")
"""The kinds whose equal values mean the same thing; figures are measured, and many films are equally long."""
ARCHIVED = (CHECKSUM.name, "declared.title", "declared.authors", "declared.first-author")
"""What the archive of earlier editions keeps to compare by, each a `kind` there. A fingerprint of the content is to come."""


def comparable() -> tuple[str, ...]:
    """The keys that entries can be compared in, in the vocabulary's order."""
    return tuple(name for name, key in KEYS.items() if key.kind.name in COMPARED)


def archived() -> tuple[str, ...]:
    """Those of them that the archive keeps."""
    return tuple(name for name in ARCHIVED if name in KEYS)


def normal(key: Key, value: Any) -> str:
    """A value as it is compared: without regard to width, case, white space and punctuation, in lists to order either."""
    if key.name in _EXACT:
        return str(value)
    if isinstance(value, tuple | list | frozenset):
        return _BETWEEN.join(sorted({plain(str(item)) for item in value}))
    return plain(key.kind.write(value))


def plain(text: str) -> str:
    """A text's letters, figures and symbols; where it has none, all of it but the white space."""
    whole = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text[:_LONGEST]).casefold())
    told = [char for char in whole if unicodedata.category(char) not in _NEVER]
    return "".join(char for char in told if not unicodedata.category(char).startswith("P")) or "".join(told)
