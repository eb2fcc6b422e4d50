"""What a sound tells of speech: when somebody speaks (`speech`), and in which languages (`language`).

Either may fail without the other facts: its library is missing, crashes or hangs, or the model is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from vidcheck.texts import Plain, join, say, say_count
from vidcheck.witnesses.content import language, speech
from vidcheck.witnesses.content.run import Limits
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction
    from pathlib import Path

    from vidcheck.texts import Readable
    from vidcheck.witnesses.content.language import Vote
    from vidcheck.witnesses.content.log import Stretch
    from vidcheck.witnesses.content.progress import Progress
    from vidcheck.witnesses.evidence import Teller
    from vidcheck.witnesses.registry import Subject

SPEECH, LANGUAGE = "content.speech", "content.language"
_SPEECH_PACE = 0.2
"""Seconds that a second of film may take; 0.006 is usual."""
_LONGEST_PIECE = 120.0
"""Seconds that a model may take for a piece, or to be loaded; a large one takes 30."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What was heard."""

    speech: tuple[Stretch, ...] | None = None
    """When somebody speaks; None if that could not be told."""
    votes: tuple[Vote, ...] | None = None
    """What the model says of each piece of speech; None without a model, or if it could not be asked."""


def identity(keys: frozenset[str]) -> str:
    """What the answer on these keys depends on: libraries and the model; a word for each key, empty for other keys."""
    parts = [f"speech={speech.version()}"] if SPEECH in keys else []
    if LANGUAGE in keys:
        model = sha256(language.identity().encode("utf-8", "surrogateescape")).hexdigest()
        parts.append(f"language={speech.version()}/{model[:16]}")
    return " ".join(parts)


def costs(keys: frozenset[str], duration: float) -> dict[str, float]:
    """The seconds that each part is likely to take, for the progress."""
    found = {}
    if keys & {SPEECH, LANGUAGE}:
        found[SPEECH] = 0.006 * duration
    if LANGUAGE in keys and language.named():
        found[LANGUAGE] = 2.0 * min(language.MOST_PIECES, duration / 30 + 1)
    return found


def seconds(keys: frozenset[str], duration: float, deadline: float) -> float:
    """How long it may take in all."""
    parts = costs(keys, duration)
    return (_speech_seconds(duration, deadline) if SPEECH in parts else 0.0) + (
        _LONGEST_PIECE * (1 + language.MOST_PIECES) if LANGUAGE in parts else 0.0
    )


def _speech_seconds(duration: float, deadline: float) -> float:
    return deadline + _SPEECH_PACE * duration


def look(subject: Subject, keys: frozenset[str], path: Path, progress: Progress) -> Spoken:
    """What is heard in a sound (16 kHz, mono, 16 bits). What fails is noted at the subject."""
    duration = path.stat().st_size / (2 * speech.RATE)
    parts = costs(keys, duration)
    limits = Limits(
        silence=subject.deadline, whole=_speech_seconds(duration, subject.deadline), threads=subject.threads
    )
    watched = progress.of(SPEECH)
    asked = keys & {SPEECH, LANGUAGE}
    try:
        found = speech.look(path, limits, lambda heard: watched(heard / duration))
    except CouldNotLookError as error:
        note = say("speech could not be found: {reason}", reason=error.message)
        subject.failed.append((asked, CouldNotLookError(note, lasting=error.lasting)))
        return Spoken()
    if LANGUAGE not in parts:
        return Spoken(speech=found)
    limits = Limits(silence=_LONGEST_PIECE, whole=seconds(frozenset({LANGUAGE}), duration, 0), threads=subject.threads)
    try:
        votes = language.look(path, found, limits, progress.of(LANGUAGE))
    except CouldNotLookError as error:
        note = say("the language could not be told: {reason}", reason=error.message)
        subject.failed.append((frozenset({LANGUAGE}), CouldNotLookError(note, lasting=error.lasting)))
        votes = None
    return Spoken(speech=found, votes=votes)


def tell_language(tell: Teller, spoken: Spoken, time: Callable[[Fraction], Readable]) -> None:
    """Adds the languages that are spoken. `time` makes a message of a time."""
    votes = spoken.votes
    if spoken.speech is not None and not spoken.speech:
        tell.absent(LANGUAGE, "whisper")
        return
    if votes is None:
        if not language.named():
            tell.unknown(LANGUAGE, "whisper", "", language.UNNAMED)
        return
    raw = "; ".join(f"{float(vote.start):.3f} {vote.language} {vote.chance:.2f}" for vote in votes)
    found = language.spoken(votes)
    if not votes:
        tell.unknown(LANGUAGE, "whisper", raw, say("there is too little speech to tell its language"))
        return
    if not found:
        best = max(votes, key=lambda vote: vote.chance)
        note = say(
            "the model is not sure: it takes the speech from {time} on for {language} by {chance} %",
            time=time(best.start), language=best.language, chance=round(best.chance * 100),
        )  # fmt: skip
        tell.unknown(LANGUAGE, "whisper", raw, note)
        return
    notes: list[Readable] = [
        say_count(
            "{language} in the one piece of speech",
            "{language} in {part} of {count} pieces of speech",
            len(votes),
            language=Plain(code),
            part=sum(vote.language == code for vote in votes),
        )
        for code in found
    ]  # fmt: skip
    if "zh" in found:
        notes.append(say("zh may be Cantonese, which the model does not tell from Mandarin"))
    tell.known(LANGUAGE, found, "whisper", raw, join(notes, say("; ")))
