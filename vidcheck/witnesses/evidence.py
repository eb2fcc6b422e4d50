"""Makes a witness's facts: each has a locator and the raw text, both of bounded length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vidcheck.facts import Fact, State
from vidcheck.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vidcheck.facts import Beside, Picture
    from vidcheck.texts import Readable

MOST = 1000
"""The most characters of other people's text in a value and in the raw text."""


def cut(text: str) -> str:
    """The text, or its beginning and an ellipsis, because a title may have a megabyte."""
    return text if len(text) <= MOST else text[: MOST - 1] + "…"


class Teller:
    """Collects one witness's facts. If it did not see the whole index, it reports neither absences nor counts."""

    def __init__(self, witness: str, *, whole: bool = True) -> None:
        self._witness = witness
        self._whole = whole
        self._facts: list[Fact] = []

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All facts so far."""
        return tuple(self._facts)

    def fork(self) -> Teller:
        """An empty one of the same witness."""
        return Teller(self._witness, whole=self._whole)

    def add(self, fact: Fact) -> None:
        """Adds a fact that another one of the same witness made."""
        self._facts.append(fact)

    def known(
        self,
        key: str,
        value: Any,
        locator: str,
        raw: str,
        note: Readable | None = None,
        *,
        remark: Readable | None = None,
        beside: Beside | None = None,
        pictures: tuple[Picture, ...] = (),
    ) -> None:
        """Adds a known value."""
        if isinstance(value, str) and len(value) > MOST:
            note = say("the text has {count} characters; this is its beginning", count=len(value))
            value = cut(value)
        self._facts.append(
            Fact(
                key=key, witness=self._witness, value=value, locator=cut(locator), raw=cut(raw), note=note, remark=remark,
                beside=beside, pictures=pictures,
            )
        )  # fmt: skip

    def counted(self, key: str, number: int, locator: str, raw: str) -> None:
        """Adds a count."""
        if self._whole:
            self.known(key, number, locator, raw)

    def absent(self, key: str, locator: str, raw: str = "") -> None:
        """Adds that there is none."""
        if self._whole:
            self._facts.append(Fact(key=key, witness=self._witness, locator=cut(locator), raw=raw, state=State.ABSENT))

    def all_absent(self, keys: Iterable[str], locator: str) -> None:
        """Adds that there are none of these."""
        for key in keys:
            self.absent(key, locator)

    def unknown(
        self,
        key: str,
        locator: str,
        raw: str,
        note: Readable,
        *,
        beside: Beside | None = None,
        pictures: tuple[Picture, ...] = (),
    ) -> None:
        """Adds a value that can't be true; the note says why."""
        self._facts.append(
            Fact(
                key=key, witness=self._witness, locator=cut(locator), raw=cut(raw), state=State.UNKNOWN, note=note,
                beside=beside, pictures=pictures,
            )
        )  # fmt: skip
