"""Kinds whose values are words: text, yes or no, lists."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import Any, ClassVar

from vidcheck.quantities.kind import Kind, Manner, NotAValueError, tidy
from vidcheck.texts import say

_PLAIN = Manner()


class Words(Kind):
    """A text. Two texts are equal only if every character is."""

    name = "text"
    examples = ("h264",)

    def read(self, text: str, zone: tzinfo = UTC) -> str:  # noqa: ARG002
        return text

    def write(self, value: str) -> str:
        return value

    def equal(self, value: str, other: str, slack: Any = 0) -> bool:  # noqa: ARG002
        return value == other


class Flag(Kind):
    """Yes or no."""

    name = "yes or no"
    examples = ("yes", "no")
    _yes = frozenset({"yes", "true", "on", "是"})
    _no = frozenset({"no", "false", "off", "否"})

    def read(self, text: str, zone: tzinfo = UTC) -> bool:  # noqa: ARG002
        plain = tidy(text).lower()
        if plain not in self._yes | self._no:
            raise NotAValueError("'{text}' is neither yes nor no (try \"{hint}\")", text=text, hint="yes")
        return plain in self._yes

    def write(self, value: bool) -> str:
        return "yes" if value else "no"

    def show(self, value: bool, manner: Manner = _PLAIN, apart: tuple[Any, ...] = ()) -> str:  # noqa: ARG002
        return say("yes" if value else "no").render(manner.lang)

    def json(self, value: bool, manner: Manner = _PLAIN) -> object:  # noqa: ARG002
        return value

    def equal(self, value: bool, other: bool, slack: Any = 0) -> bool:  # noqa: ARG002
        return value == other


class Listed(Kind):
    """A list of texts, in order."""

    name = "list"
    listed = True
    examples: ClassVar[tuple[str, ...]] = ("[zh, en]",)

    def read(self, text: str, zone: tzinfo = UTC) -> tuple[str, ...]:  # noqa: ARG002
        return tuple(part.strip() for part in text.split(",") if part.strip())

    def write(self, value: tuple[str, ...]) -> str:
        return ", ".join(value)

    def show(self, value: tuple[str, ...], manner: Manner = _PLAIN, apart: tuple[Any, ...] = ()) -> str:  # noqa: ARG002
        return manner.comma.join(value) or say("none").render(manner.lang)

    def json(self, value: tuple[str, ...], manner: Manner = _PLAIN) -> object:  # noqa: ARG002
        return list(value)

    def equal(self, value: tuple[str, ...], other: tuple[str, ...], slack: Any = 0) -> bool:  # noqa: ARG002
        return value == other
