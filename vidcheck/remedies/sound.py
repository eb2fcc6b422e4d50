"""Remedies for the sound."""

from __future__ import annotations

from fractions import Fraction

from vidcheck.findings import Remedy
from vidcheck.quantities import BIT_RATE, Shown
from vidcheck.remedies.case import Aim, Case, Row
from vidcheck.remedies.command import Job, audio_options, can_encode_audio, command
from vidcheck.resolve import known
from vidcheck.rules.constraints import Names
from vidcheck.texts import listed, say
from vidcheck.vocabulary import AUDIO_CODEC, KEYS

_PREFERRED = ("aac", "mp3", "opus", "ac3")
_RATE_A_CHANNEL = 96_000
_MOST_RATE = 512_000
_LEAST_RATE = 16_000
_MOST_CHANNELS = 8
_SHARE = Fraction(95, 100)  # AAC exceeds the requested rate by up to 1 % (measured)


def _anew(case: Case, *more: str, codec: str | None = None, rate: int = 0, channels: int = 0) -> str:
    """The command that encodes the sound again and copies the rest."""
    count = channels or known(case.facts, "audio.channels") or 2
    source = known(case.facts, "audio.codec")
    chosen = codec or (source if source in {"aac", "mp3"} else "aac")
    most = 320_000 if chosen == "mp3" else _MOST_RATE
    options = audio_options(chosen, rate or min(max(2, count) * _RATE_A_CHANNEL, most))
    return command(case.entry, case.facts, Job(audio=(*options, *more)))


def _codec(case: Case) -> Remedy | None:
    codec = next((name for name in _PREFERRED if case.accepts(name)), None)
    if codec is None or not can_encode_audio(codec):
        return None
    words = say(
        "Export again from the project with {codec} as the sound's codec, or encode the sound of this file anew; the picture stays unchanged.",
        codec=AUDIO_CODEC.name_of(codec),
    )
    return Remedy(words=words, command=_anew(case, codec=codec))


def _profile(case: Case) -> Remedy | None:
    if not case.accepts("LC"):
        return None
    words = say(
        "Export again from the project with AAC-LC sound, or encode the sound of this file anew; the picture stays unchanged."
    )
    return Remedy(words=words, command=_anew(case, codec="aac"))


def _sample_rate(case: Case) -> Remedy | None:
    if case.goal is None or case.strict:
        return None
    words = say(
        "Export again from the project with sound at {goal}, or convert the sound of this file; the picture stays unchanged.",
        goal=case.shown_goal,
    )
    return Remedy(words=words, command=_anew(case, "-ar", str(case.goal)))


def _too_few_samples(case: Case) -> Remedy | None:
    if case.exact:
        return _sample_rate(case)
    return Remedy(
        words=say(
            "Export again from the project with sound at {goal}; converting this file up would add nothing that can be heard.",
            goal=case.shown_goal,
        )
    )


def _channels(case: Case) -> Remedy | None:
    goal = case.goal - 1 if case.strict else case.goal
    if not 0 < goal <= _MOST_CHANNELS:
        return None
    words = say(
        "Export again from the project with {goal} sound channels, or mix the channels of this file down; the picture stays unchanged.",
        goal=Shown(case.kind.name, goal),
    )
    return Remedy(words=words, command=_anew(case, "-ac", str(goal), channels=goal))


def _too_few_channels(case: Case) -> Remedy | None:
    goal = case.goal + 1 if case.strict else case.goal
    shown = Shown(case.kind.name, goal)
    if (case.breach.value, goal) != (1, 2):
        return Remedy(
            words=say(
                "Export again from the project with {goal} sound channels; they can't be had from {value}.",
                goal=shown,
                value=case.shown,
            )
        )
    words = say(
        "Export again from the project in stereo. The one channel on both sides meets the rule and sounds the same."
    )
    return Remedy(words=words, command=_anew(case, "-ac", "2", channels=2))


def _bit_rate(case: Case) -> Remedy | None:
    rate = case.goal * (1 if case.exact else _SHARE) // 1000 * 1000
    if rate < _LEAST_RATE:
        return None
    words = say(
        "The sound takes {gap} more than allowed. Export again from the project with sound at {rate}, or encode the sound of this file anew; the picture stays unchanged.",
        gap=case.gap,
        rate=Shown(BIT_RATE.name, Fraction(rate)),
    )
    return Remedy(words=words, command=_anew(case, rate=int(rate)))


def _tracks_over(case: Case) -> Remedy | None:
    goal = case.goal - 1 if case.strict else case.goal
    words = say(
        "Keep the first {goal} of {value} sound tracks; listen whether they are the right ones.",
        goal=Shown(case.kind.name, goal),
        value=case.shown,
    )
    if not goal:
        words = say("Leave the sound away, if the work can go without.")
    return Remedy(words=words, command=command(case.entry, case.facts, Job(sounds=goal)))


def _tracks_under(case: Case) -> Remedy | None:
    if case.breach.value:
        return Remedy(
            words=say(
                "Export again from the project with the sound tracks that are missing: there are {value}, {goal} are asked for.",
                value=case.shown,
                goal=case.shown_goal,
            )
        )
    return Remedy(
        words=say(
            "The file has no sound track. Export again from the project with sound; if the work is silent on purpose, ask the organizer."
        )
    )


def _no_sound(case: Case) -> Remedy | None:
    return None if known(case.facts, "audio.count") else _tracks_under(case)


def _languages(case: Case) -> Remedy | None:
    if case.constraint.names not in {Names.ALLOWED, Names.WANTED}:
        return None
    limit = case.breach.limit
    names = listed(str(one) for one in limit) if isinstance(limit, tuple) else str(limit)
    return Remedy(
        words=say(
            "If the sound is in that language, mark its track so in the editing program ({languages}) and export again; a mark alone changes no speech.",
            languages=names,
        )
    )


ROWS: dict[tuple[str, Aim], Row] = {
    **{(name, Aim.ABSENT): _no_sound for name in KEYS if name.startswith(("audio.", "sound."))},
    ("audio.count", Aim.OVER): _tracks_over,
    ("audio.count", Aim.UNDER): _tracks_under,
    ("audio.codec", Aim.WRONG): _codec,
    ("audio.profile", Aim.WRONG): _profile,
    ("audio.channels", Aim.OVER): _channels,
    ("audio.channels", Aim.UNDER): _too_few_channels,
    ("audio.sample-rate", Aim.OVER): _sample_rate,
    ("audio.sample-rate", Aim.UNDER): _too_few_samples,
    ("audio.bit-rate", Aim.OVER): _bit_rate,
    ("audio.languages", Aim.ANY): _languages,
}
