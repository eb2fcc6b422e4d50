"""Which languages are spoken in a film, as far as a Whisper model tells that the user names (VIDCHECK_WHISPER).

Speech is cut into pieces of 30 s, which is what the model hears at once, and each piece has a vote. It can't tell
Cantonese from Mandarin, and nothing is ever fetched: a model is a folder on this machine. Run as a module, in a process
of its own (faster-whisper).
"""

from __future__ import annotations

import os
from array import array
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidcheck.facts import visible
from vidcheck.texts import Plain, say
from vidcheck.witnesses.content import helper
from vidcheck.witnesses.content.speech import RATE
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vidcheck.witnesses.content.log import Stretch
    from vidcheck.witnesses.content.run import Limits

VARIABLE = "VIDCHECK_WHISPER"
MISSING = say("faster-whisper is not installed: pip install 'vidcheck[speech]'")
UNNAMED = say(
    "no model is named: {variable}=FOLDER names the folder of a Whisper model, as faster-whisper reads it",
    variable=VARIABLE,
)
MOST_PIECES = 40
"""The most pieces that are heard: a large model takes half a minute for each."""
_PIECE = Fraction(30)
_SHORTEST = Fraction(3)
"""A piece of less speech has no vote."""
_SURE = 0.5
_COUNTS = Fraction(15, 100)
"""A language is spoken from this part of the votes on."""
_FILES = ("model.bin", "config.json", "tokenizer.json")
_SPELLINGS = {"jw": "jv", "iw": "he"}
"""Codes of the model that are not those of ISO 639-1."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What the model says of one piece."""

    start: Fraction
    language: str
    chance: float


def version() -> str | None:
    """The version of the library; None if it is not installed."""
    if find_spec("faster_whisper") is None:
        return None
    try:
        return installed("faster-whisper")
    except PackageNotFoundError:
        return ""


def named() -> Path | None:
    """The folder of the model that the user names; None if none is named."""
    text = os.environ.get(VARIABLE, "").strip()
    return Path(text).absolute() if text else None


def model() -> Path | None:
    """The folder of the model; None if none is named. Raises CouldNotLookError if what is named is no model."""
    folder = named()
    if folder is None:
        return None
    shown = visible(os.environ[VARIABLE].strip())
    if not folder.is_dir():
        raise CouldNotLookError(
            say(
                "{variable}={path} is no folder; a model is not fetched by its name: give the folder that holds its model.bin",
                variable=VARIABLE, path=Plain(shown),
            ),
            lasting=True,
        )  # fmt: skip
    lacking = [name for name in _FILES if not (folder / name).is_file()]
    if not lacking and not any(folder.glob("vocabulary.*")):
        lacking = ["vocabulary.json"]
    if lacking:
        raise CouldNotLookError(
            say(
                "{variable}={path} is no model for faster-whisper: it has no {file}",
                variable=VARIABLE, path=Plain(shown), file=lacking[0],
            ),
            lasting=True,
        )  # fmt: skip
    return folder


def identity() -> str:
    """What the answer depends on: the library and the model, or what is wrong with it."""
    try:
        folder = model()
    except CouldNotLookError as error:
        return str(error)
    if folder is None:
        return "none"
    status = (folder / _FILES[0]).stat()
    return f"{version()} {status.st_size} {status.st_mtime_ns}"


def described() -> str | None:
    """The folder of the model, for people; None if none is named. Raises CouldNotLookError if it is no model."""
    folder = model()
    return None if folder is None else visible(str(folder))


def pieces(speech: Sequence[Stretch]) -> list[list[Stretch]]:
    """The stretches of speech as pieces of 30 s together, at most so many, spread over the film."""
    found: list[list[Stretch]] = []
    room = Fraction(0)
    for start, end in speech:
        at = start
        while at < end:
            if not room:
                found.append([])
                room = _PIECE
            until = min(end, at + room)
            found[-1].append((at, until))
            room -= until - at
            at = until
    long = [piece for piece in found if sum(end - start for start, end in piece) >= _SHORTEST]
    if len(long) <= MOST_PIECES:
        return long
    return [long[number * len(long) // MOST_PIECES] for number in range(MOST_PIECES)]


def spoken(votes: Sequence[Vote]) -> tuple[str, ...]:
    """The languages that are spoken, the commonest first; empty if the model is not sure of any."""
    counts = Counter(vote.language for vote in votes if vote.chance >= _SURE)
    return tuple(code for code, count in counts.most_common() if count >= _COUNTS * counts.total())


def look(
    voice: Path, speech: Sequence[Stretch], limits: Limits, watched: Callable[[float], None]
) -> tuple[Vote, ...] | None:
    """What the model says of each piece; None if no model is named. `watched` hears which part is done.

    Raises CouldNotLookError.
    """
    folder = model()
    if folder is None:
        return None
    if version() is None:
        raise CouldNotLookError(MISSING, lasting=True)
    chosen = pieces(speech)
    if not chosen:
        return ()
    votes: list[Vote] = []

    def take(one: dict[str, Any]) -> None:
        if one.get("alone"):
            raise CouldNotLookError(
                say("{variable} names a model that knows one language alone", variable=VARIABLE), lasting=True
            )
        if "vote" in one:
            votes.append(Vote(chosen[len(votes)][0][0], *one["vote"]))
            watched(len(votes) / len(chosen))

    order = {
        "voice": str(voice), "model": str(folder), "threads": limits.threads,
        "pieces": [[[round(at * RATE) for at in stretch] for stretch in piece] for piece in chosen],
    }  # fmt: skip
    helper.ask(__name__, order, limits, take)
    return tuple(votes)


def listen(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Asks the model in `order["model"]` about each of `order["pieces"]`, stretches of samples of `order["voice"]`."""
    import numpy as np
    from faster_whisper import WhisperModel

    asked = WhisperModel(
        order["model"], device="cpu", compute_type="int8", cpu_threads=order["threads"], local_files_only=True
    )
    yield {"alone": not asked.model.is_multilingual}
    with Path(order["voice"]).open("rb") as file:
        for piece in order["pieces"]:
            sound = array("B")
            for start, end in piece:
                file.seek(2 * start)
                sound.frombytes(file.read(2 * (end - start)))
            samples = np.frombuffer(sound, dtype="<i2", count=len(sound) // 2).astype(np.float32) / 32_768
            language, chance, _ = asked.detect_language(audio=samples)
            yield {"vote": [_SPELLINGS.get(language, language), round(float(chance), 3)]}


if __name__ == "__main__":
    helper.answer(listen)
