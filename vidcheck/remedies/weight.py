"""Remedies for size, bit rates and duration."""

from __future__ import annotations

from fractions import Fraction

from vidcheck.facts import State
from vidcheck.findings import Remedy
from vidcheck.quantities import BIT_RATE, BYTES, DURATION, Shown
from vidcheck.quantities.kind import decimal
from vidcheck.remedies.case import Aim, Case, Row, best
from vidcheck.remedies.command import Job, audio_options, command, copies_audio, target_of, video_options
from vidcheck.remedies.container import nothing_there
from vidcheck.remedies.entries import expected
from vidcheck.resolve import known
from vidcheck.texts import SENTENCES, Readable, join, say

_SHARE = Fraction(95, 100)
"""The share of a limit that is used; the rest allows for the container and the encoder's error."""
_LEAST_PICTURE = 300_000
"""Bits a second; below this a picture is too poor to suggest."""
_MOST_COPIED_SOUND = 400_000
_SOUND = 192_000
_POOR_SOUND = 96_000
_BUFFER = 2
"""Seconds of video by which an encoder may exceed its rate at the end."""
_STEADY = 25
"""The buffer is at most this part of the duration, so that it stays within the 5 % that are left."""
_CUT_MARGIN = Fraction(1, 2)
"""Seconds; copied streams end up to 16 frames after the cut (measured with ffmpeg 5.1: 0.16 s)."""


def _duration(case: Case) -> Fraction | None:
    values = [fact.value for fact in case.facts.of("duration") if fact.state is State.KNOWN]
    return max(values, default=None) or None


def _sound_plan(case: Case, total: Fraction) -> tuple[tuple[str, ...], int]:
    """The options for the sound under a total bit rate, and the bit rate that it takes."""
    count = known(case.facts, "audio.count")
    tracks = 1 if count is None else count
    rate = known(case.facts, "audio.bit-rate")
    cheap = rate is not None and rate <= min(_MOST_COPIED_SOUND, total / 4)
    if not tracks or (cheap and copies_audio(case.facts, Job(target=target_of(case.facts, Job())))):
        return (), int(tracks * (rate or 0))
    new = _SOUND if total >= 8 * _SOUND else _POOR_SOUND
    return audio_options(rate=new), tracks * new


def _fit(case: Case, total: Fraction, duration: Fraction | None) -> Remedy | None:
    """A remedy that brings picture and sound to that total bit rate."""
    audio, sound = _sound_plan(case, total)
    picture = total - sound
    rate = Shown(BIT_RATE.name, picture // 1000 * 1000)
    if picture < _LEAST_PICTURE:
        lead = say("It is {gap} over the limit.", gap=case.gap)
        left = (
            say("Only {rate} would be left for the picture, too little to be watchable.", rate=rate)
            if picture >= 1000
            else say("Nothing would be left for the picture.")
        )
        advice = say("Shorten the work, or ask the organizer.")
        return Remedy(words=join((lead, left, advice), SENTENCES))
    buffered = (
        Fraction(_BUFFER) if duration is None else max(Fraction(1, 2), min(Fraction(_BUFFER), duration / _STEADY))
    )
    video = video_options(known(case.facts, "video.codec"), picture, buffered)
    words = say(
        "It is {gap} over the limit. Export again from the project with a video bit rate of {rate}, or encode this file anew at that rate.",
        gap=case.gap,
        rate=rate,
    )
    return Remedy(words=words, command=command(case.entry, case.facts, Job(video=video, audio=audio)))


def _size_over(case: Case) -> Remedy | None:
    duration = _duration(case)
    if duration is None:
        return Remedy(
            words=say("It is {gap} over the limit. Export again from the project at a lower bit rate.", gap=case.gap)
        )
    return _fit(case, Fraction(case.goal) * 8 * _SHARE / duration, duration)


def _size_under(case: Case) -> Remedy | None:
    if known(case.facts, "format") == "none":
        return nothing_there(case.facts) or Remedy(
            words=say("This is no media file, so a higher bit rate does not help: send the video itself.")
        )
    duration = _duration(case)
    lead = say(
        "This file has {value}; it should have {expected}. Open the project in your editing program (do not convert this file: it would only get larger, not clearer).",
        value=case.shown,
        expected=expected(case),
    )
    if duration is None:
        how = say("Export it again at a higher bit rate.")
    else:
        rate = _enough(case, duration)
        figures = {"mbps": _plain(rate / 1_000_000, 3), "kbps": _plain(rate / 1000, 0)}
        how = (
            say("Export it again at about {mbps} Mbps ({kbps} kbps), picture and sound together.", **figures)
            if case.breach.ceiling is None
            else say(
                "Export it again at about {mbps} Mbps ({kbps} kbps), picture and sound together, so that the new file has between {least} and {most}.",
                least=case.shown_goal,
                most=_at_most(case.breach.ceiling),
                **figures,
            )
        )
    return Remedy(words=join((lead, how, best(case)), SENTENCES))


_STEPS = tuple(Fraction(step) for step in (10_000_000, 5_000_000, 1_000_000, 500_000, 100_000, 50_000, 10_000, 1000))
"""Steps of bit rates that people write, the coarsest first."""
_COARSEST = Fraction(1, 4)
"""Which part of a rate its step may be."""


def _enough(case: Case, duration: Fraction) -> Fraction:
    """A round bit rate that makes a file large enough, and no larger than the rule allows."""
    least = Fraction(case.goal) * 8 / duration
    wanted = least / _SHARE
    most = None if case.breach.ceiling is None else Fraction(case.breach.ceiling) * 8 / duration
    if most is not None and wanted > most * _SHARE:
        wanted = (least + most) / 2
    for step in _STEPS:
        rate = -(-wanted // step) * step
        if step <= wanted * _COARSEST and (most is None or rate <= most * _SHARE):
            return rate
    return wanted


def _at_most(ceiling: int) -> Readable:
    """The upper limit as a plain figure that is safe by every reading of MB: 200 MiB, which is more, is 200 MB here."""
    whole, rest = divmod(ceiling, 2**20)
    return Shown(BYTES.name, ceiling if rest else whole * 1_000_000)


def _plain(value: Fraction, places: int) -> str:
    """A figure without zeros that say nothing."""
    words = decimal(value, places)
    return words.rstrip("0").rstrip(".") if places else words


def _bit_rate_over(case: Case) -> Remedy | None:
    return _fit(case, case.goal * (1 if case.exact else _SHARE), _duration(case))


def _video_bit_rate_over(case: Case) -> Remedy | None:
    picture = case.goal * (1 if case.exact else _SHARE)
    words = say(
        "The picture takes {gap} more than allowed. Export again from the project at {rate}, or encode the picture anew at that rate; the sound stays unchanged.",
        gap=case.gap,
        rate=Shown(BIT_RATE.name, picture // 1000 * 1000),
    )
    video = video_options(known(case.facts, "video.codec"), picture)
    line = command(case.entry, case.facts, Job(video=video)) if picture >= 1000 else ""
    return Remedy(words=words, command=line)


def _bit_rate_under(case: Case) -> Remedy | None:
    words = say(
        "The bit rate is {gap} too low. Export again from the project at {goal} (do not convert this file: it would only get larger, not clearer).",
        gap=case.gap,
        goal=case.shown_goal,
    )
    return Remedy(words=join((words, best(case)), SENTENCES))


def _too_long(case: Case) -> Remedy | None:
    lead = say(
        "Cut at least {gap}, so that the film lasts no longer than {limit}; the makers decide which part goes.",
        gap=case.gap,
        limit=case.shown_goal,
    )
    kept = Fraction(case.goal) - _CUT_MARGIN
    line = command(case.entry, case.facts, Job(more=("-t", _seconds(kept)))) if kept > 1 else ""
    if not line:
        return Remedy(words=lead)
    end = say("If the end can go, keep the first {kept}.", kept=Shown(DURATION.name, kept))
    return Remedy(words=join((lead, end), SENTENCES), command=line)


def _too_short(case: Case) -> Remedy | None:
    return Remedy(
        words=say(
            "It is {gap} too short. Only a longer cut of the work mends that; if this is all there is, ask the organizer.",
            gap=case.gap,
        )
    )


def _padded(case: Case) -> Remedy | None:
    if case.goal is None:
        return None
    words: Readable = say(
        "Nobody sees or hears what is neither picture nor sound. Export the film again without it; picture and sound can stay as they are, and the file becomes smaller."
    )
    media = known(case.facts, "size.media")
    if media:
        left = say(
            "It then has little more than {size}; where that is less than is asked, export again from the project at a higher bit rate instead.",
            size=Shown(BYTES.name, media),
        )
        words = join((words, left), SENTENCES)
    return Remedy(words=words, command=command(case.entry, case.facts, Job()))


def _seconds(value: Fraction) -> str:
    """Seconds for ffmpeg, down to the millisecond."""
    whole, part = divmod(value * 1000 // 1, 1000)
    return f"{whole}.{part:03}".rstrip("0").rstrip(".")


ROWS: dict[tuple[str, Aim], Row] = {
    ("size.media-share", Aim.UNDER): _padded,
    ("size", Aim.OVER): _size_over,
    ("size", Aim.UNDER): _size_under,
    ("bit-rate", Aim.OVER): _bit_rate_over,
    ("bit-rate", Aim.UNDER): _bit_rate_under,
    ("video.bit-rate", Aim.OVER): _video_bit_rate_over,
    ("video.bit-rate", Aim.UNDER): _bit_rate_under,
    ("audio.bit-rate", Aim.UNDER): _bit_rate_under,
    ("duration", Aim.OVER): _too_long,
    ("duration", Aim.UNDER): _too_short,
}
