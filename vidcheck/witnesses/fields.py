"""Tables that turn a tool's fields into facts: a new fact is one row.

A tool's output is kept as flat text (`extra.IsTruncated`, `tags.title`), including numbers: readers parse them exactly
or return None, and never fail.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from vidcheck.witnesses.evidence import Teller

PICTURE_KEYS = (
    "resolution", "aspect-ratio", "orientation", "video.codec", "video.profile", "video.frame-rate",
    "video.frame-rate-mode", "video.bit-rate", "video.width", "video.height", "video.bit-depth", "video.chroma",
    "video.scan", "video.hdr", "video.rotation", "video.stored-resolution", "video.pixel-shape",
)  # fmt: skip
"""Keys that only a picture has: absent if there is none."""
SOUND_KEYS = (
    "audio.codec", "audio.profile", "audio.channels", "audio.sample-rate", "audio.bit-rate", "audio.languages",
)  # fmt: skip
"""Keys that only sound has: absent if there is none."""


@dataclass(frozen=True, slots=True)
class Fields:
    """One object of a tool's output: its place, and its fields as text."""

    where: str
    texts: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")

    def at(self, name: str) -> str:
        """The place of that field in the tool's output."""
        return f"{self.where}.{name}"


@dataclass(frozen=True, slots=True)
class Row:
    """The fields that give a key, the best first, and how their text is read. A reader returns None for nonsense."""

    key: str
    names: tuple[str, ...]
    read: Callable[[str], Any | None]
    absent: bool = False
    """Whether a missing field means "there is none", because the tool would print it."""


def with_rows(keys: Iterable[str], rows: Iterable[Row]) -> tuple[str, ...]:
    """The keys and those of a table, so that a new fact of a track needs only a new row."""
    return tuple(dict.fromkeys((*keys, *(row.key for row in rows))))


def tell_rows(tell: Teller, fields: Fields, rows: Iterable[Row]) -> None:
    """Adds the fact of every row for which there is a field."""
    for row in rows:
        present = [name for name in row.names if fields[name]]
        for name in present:
            value = row.read(fields[name])
            if value is not None:
                tell.known(row.key, value, fields.at(name), fields[name])
                break
        else:
            if row.absent and not present:
                tell.absent(row.key, fields.at(row.names[0]))


def read_json(text: str) -> Any:
    """JSON with every number left as its text, so that `1e400` or ten thousand digits are harmless.

    Raises ValueError for invalid JSON, and for nesting deeper than Python's stack.
    """
    try:
        return json.loads(text, strict=False, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def flat(raw: Mapping[str, Any], nested: tuple[str, ...] = (), *, small: bool = False) -> dict[str, str]:
    """The texts of an object, with those of its `nested` objects as `name.field`; `small` puts those in small letters."""
    texts = {name: value for name, value in raw.items() if isinstance(value, str) and value}
    for group in nested:
        inner = raw.get(group)
        if isinstance(inner, dict):
            for name, value in inner.items():
                if isinstance(value, str) and value:
                    texts.setdefault(f"{group}.{name.lower() if small else name}", value)
    return texts
