"""The keys by which entries can be compared, and when two values are the same."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from vidcheck.quantities import FINGERPRINT, LISTED, PEOPLE, WORDS
from vidcheck.quantities.contact import without_contacts
from vidcheck.vocabulary import CHECKSUM, CONTENT_FINGERPRINT, KEYS

if TYPE_CHECKING:
    from vidcheck.facts import Key

_LONGEST = 10_000
"""The most characters of a text that are compared."""
_BETWEEN = "\x1f"
_LOOSE = (WORDS, LISTED, PEOPLE)
"""Kinds with values that people write; all other values have one spelling already."""
_NEVER = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
ARCHIVED = (CHECKSUM.name, "declared.title", "declared.authors", "declared.first-author", CONTENT_FINGERPRINT.name)
"""The keys that the archive of earlier editions stores for comparison, each as a `kind`."""


def comparable() -> tuple[str, ...]:
    """The keys by which entries can be compared: texts and lists of texts, and the fingerprint.

    Equal numbers prove little: many films are equally long.
    """
    found = (name for name, key in KEYS.items() if key.kind in {WORDS, FINGERPRINT} or key.kind.listed)
    return tuple(name for name in found if not KEYS[name].advisory)


def counted() -> tuple[str, ...]:
    """The comparable keys of which an entry has one value, so that entries can be counted for each."""
    return tuple(name for name in comparable() if KEYS[name].kind is not FINGERPRINT)


def archived() -> tuple[str, ...]:
    """The comparable keys that the archive stores."""
    return tuple(name for name in ARCHIVED if name in KEYS)


def normal(key: Key, value: Any) -> str:
    """The value in the form that is compared: width, case, white space, punctuation and the order of lists are ignored.

    So are telephones and e-mail addresses beside a name or title: a saved report has none, and an archive that was made of
    it must know the makers again.
    """
    if key.kind is FINGERPRINT:  # films are compared by `doubles`; here equal means that nothing differs
        return FINGERPRINT.write(value)
    same = _written if key.kind in _LOOSE and key.name != CHECKSUM.name else str
    return _BETWEEN.join(sorted({same(item) for item in value})) if key.kind.listed else same(value)


def _written(text: str) -> str:
    return plain(without_contacts(text[:_LONGEST], "")) or plain(text)


def plain(text: str) -> str:
    """A text's letters, digits and symbols; if it has none, all of it without white space."""
    whole = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text[:_LONGEST]).casefold())
    kept = [char for char in whole if unicodedata.category(char) not in _NEVER]
    return "".join(char for char in kept if not unicodedata.category(char).startswith("P")) or "".join(kept)
