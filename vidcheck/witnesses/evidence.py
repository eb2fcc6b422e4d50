"""How a probe makes its facts: every one with its locator and the raw text, both of bounded length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vidcheck.facts import Fact, State
from vidcheck.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vidcheck.texts import Readable

MOST = 1000
"""Characters of other people's text that are kept, in a value and in the raw text."""


def cut(text: str) -> str:
    """The text, or its beginning and an ellipsis: a title of a megabyte is no evidence that anybody reads."""
    return text if len(text) <= MOST else text[: MOST - 1] + "…"


class Teller:
    """Gathers one witness's facts. Where it did not see the whole index, nothing counts as absent and nothing is counted."""

    def __init__(self, witness: str, *, whole: bool = True) -> None:
        self._witness = witness
        self._whole = whole
        self._facts: list[Fact] = []

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All that was told so far."""
        return tuple(self._facts)

    def known(self, key: str, value: Any, locator: str, raw: str, note: Readable | None = None) -> None:
        """The witness knows it."""
        if isinstance(value, str) and len(value) > MOST:
            note = say("the text has {count} characters; this is its beginning", count=len(value))
            value = cut(value)
        self._facts.append(
            Fact(key=key, witness=self._witness, value=value, locator=cut(locator), raw=cut(raw), note=note)
        )

    def counted(self, key: str, number: int, locator: str, raw: str) -> None:
        """The witness counted so many."""
        if self._whole:
            self.known(key, number, locator, raw)

    def absent(self, key: str, locator: str) -> None:
        """The witness looked there, and there is none."""
        if self._whole:
            self._facts.append(Fact(key=key, witness=self._witness, locator=cut(locator), state=State.ABSENT))

    def all_absent(self, keys: Iterable[str], locator: str) -> None:
        """None of these are there."""
        for key in keys:
            self.absent(key, locator)

    def unknown(self, key: str, locator: str, raw: str, note: Readable) -> None:
        """What stands there can't be true, and the note says why."""
        self._facts.append(
            Fact(key=key, witness=self._witness, locator=cut(locator), raw=cut(raw), state=State.UNKNOWN, note=note)
        )
