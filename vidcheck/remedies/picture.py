"""Remedies for the picture: its size and shape, its codec, its frames."""

from __future__ import annotations

from fractions import Fraction

from vidcheck.findings import Remedy
from vidcheck.quantities import FRAME_RATE, RATIO, RESOLUTION, Shown, Size
from vidcheck.remedies.case import Aim, Case, Row
from vidcheck.remedies.command import DEINTERLACE, Job, can_encode_video, command, video_options
from vidcheck.resolve import known
from vidcheck.rules.constraints import Side
from vidcheck.texts import SENTENCES, join, say
from vidcheck.vocabulary import KEYS, VIDEO_CODEC

_STANDARD_RATES = (
    Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(50),
    Fraction(60000, 1001), Fraction(60),
)  # fmt: skip
_NEAR = Fraction(9, 10)
_H264_PROFILES = ("High", "Main", "Baseline")
_PICTURES = ("video.", "picture.")
_ABOUT_PICTURE = ("resolution", "aspect-ratio", "orientation")
_MOST_BARS = Fraction(3, 2)
"""The most that bars may widen or heighten a picture; with more it would be a small picture in a black frame."""


def _even(value: Fraction) -> int:
    return max(2, int(value // 2) * 2)


def _even_up(value: Fraction) -> int:
    return -int(-value // 2) * 2


def _fitted(shown: Size, long: Fraction, short: Fraction) -> Size:
    """The largest picture of the same shape with even sides that fits in a long and a short side."""
    scale = min(Fraction(long) / shown.sides[0], Fraction(short) / shown.sides[1], Fraction(1))
    return Size(_even(shown.width * scale), _even(shown.height * scale))


def _displayed(case: Case) -> Size | None:
    value = case.breach.value if case.breach.key == "resolution" else known(case.facts, "resolution")
    return value if isinstance(value, Size) else None


def _scaled(case: Case, size: Size) -> Remedy:
    words = say(
        "The picture is larger than allowed. Export again from the project at {size}, or scale this file down; the sound stays unchanged.",
        size=Shown(RESOLUTION.name, size),
    )
    filters = (f"scale={size.width}:{size.height}", "setsar=1")
    return Remedy(words=words, command=_anew(case, filters=filters))


def _anew(case: Case, codec: str | None = None, filters: tuple[str, ...] = (), more: tuple[str, ...] = ()) -> str:
    """The command that encodes the picture again and copies the rest."""
    video = (*video_options(codec or known(case.facts, "video.codec")), *more)
    return command(case.entry, case.facts, Job(video=video, filters=filters))


def _too_large(case: Case) -> Remedy | None:
    shown = _displayed(case)
    if shown is None:
        return None
    less = 2 if case.strict else 0
    size = _fitted(shown, case.goal.sides[0] - less, case.goal.sides[1] - less)
    if case.exact and size.sides != case.goal.sides:
        return _export_at(case)
    return _scaled(case, size)


def _too_wide(case: Case) -> Remedy | None:
    shown, goal = _displayed(case), Fraction(case.goal - (2 if case.strict else 0))
    if shown is None or goal < 2:
        return None
    width = case.breach.key == "video.width"
    scale = goal / (shown.width if width else shown.height)
    size = Size(_even(goal), _even(shown.height * scale)) if width else Size(_even(shown.width * scale), _even(goal))
    return _scaled(case, size)


def _too_small(case: Case) -> Remedy | None:
    lead = say(
        "Export again from the project at {goal}; making this file's picture larger would not make it clearer.",
        goal=case.shown_goal,
    )
    left = (
        say("If the film itself has only {value}, leave it as it is.", value=case.shown)
        if case.recommended
        else say("If the film itself has only {value}, ask the organizer.", value=case.shown)
    )
    return Remedy(words=join((lead, left), SENTENCES))


def _export_at(case: Case) -> Remedy | None:
    if case.goal is None:
        return None
    return Remedy(
        words=say(
            "Export again from the project with {goal} instead of {value}.", goal=case.shown_goal, value=case.shown
        )
    )


def _shape(case: Case) -> Remedy | None:
    if not isinstance(case.goal, Fraction):
        return None
    words = say("Export again from the project in the shape {goal}.", goal=Shown(RATIO.name, case.goal))
    shown = _displayed(case)
    if shown is None:
        return Remedy(words=words)
    wide = max(Fraction(shown.width), shown.height * case.goal)
    high = max(Fraction(shown.height), shown.width / case.goal)
    if wide * high > shown.width * shown.height * _MOST_BARS or (shown.width > shown.height) != (wide > high):
        return Remedy(words=words)
    frame = Size(_even_up(wide), _even_up(high))
    filters = (
        f"scale={_even(Fraction(shown.width))}:{_even(Fraction(shown.height))}",
        "setsar=1",
        f"pad={frame.width}:{frame.height}:-1:-1",
    )
    bars = say(
        "Where the announcement allows black bars, this file can be framed to {frame} instead.",
        frame=Shown(RESOLUTION.name, frame),
    )
    line = _anew(case, filters=filters)
    return Remedy(words=join((words, bars), SENTENCES) if line else words, command=line)


def _orientation(case: Case) -> Remedy | None:
    if case.goal is None:
        return None
    return Remedy(
        words=say(
            "Export again from the project with a {goal} picture; turning or cropping this one would lose most of it.",
            goal=case.shown_goal,
        )
    )


def _codec(case: Case) -> Remedy | None:
    codec = next((name for name in ("h264", "hevc") if case.accepts(name)), None)
    if codec is None or not can_encode_video(codec):
        return _export_at(case)
    words = say(
        "Export again from the project with {codec} as the picture's codec, or encode the picture of this file anew; the sound stays unchanged.",
        codec=VIDEO_CODEC.name_of(codec),
    )
    return Remedy(words=words, command=_anew(case, codec))


def _profile(case: Case) -> Remedy | None:
    profile = next((name for name in _H264_PROFILES if case.accepts(name)), None)
    if profile is None or known(case.facts, "video.codec") != "h264":
        return _export_at(case)
    words = say(
        "Export again from the project with the profile {profile}, or encode the picture of this file anew; the sound stays unchanged.",
        profile=profile,
    )
    return Remedy(words=words, command=_anew(case, "h264", more=("-profile:v", profile.lower())))


def _eight_bit(case: Case) -> Remedy | None:
    if case.breach.key == "video.bit-depth" and not 8 <= case.goal < 10:
        return None
    if case.breach.key == "video.chroma" and not case.accepts("4:2:0"):
        return _export_at(case)
    words = say(
        "Export again from the project with 8 bits and 4:2:0 colour, or encode the picture of this file anew; the sound stays unchanged."
    )
    return Remedy(words=words, command=_anew(case, "h264"))


def _frame_rate(case: Case) -> Remedy | None:
    if case.goal is None:
        return None
    below = case.strict and case.constraint.side is Side.UPPER
    lower = [rate for rate in _STANDARD_RATES if rate < case.goal or (rate == case.goal and not below)]
    goal = case.goal if case.exact or not lower else lower[-1]
    if case.aim is Aim.UNDER and not (case.exact and case.breach.value >= case.goal * _NEAR):
        return Remedy(
            words=say(
                "Export again from the project at {goal}, if it was filmed so; frames made up from {value} would add no motion.",
                goal=case.shown_goal,
                value=case.shown,
            )
        )
    words = say(
        "Export again from the project at {goal}, or encode the picture of this file anew; the sound stays unchanged.",
        goal=Shown(FRAME_RATE.name, goal),
    )
    return Remedy(words=words, command=_anew(case, filters=(f"fps={goal}",)))


def _constant(case: Case) -> Remedy | None:
    if not case.accepts("constant"):
        return None
    average = known(case.facts, "video.frame-rate")
    if average is None:
        return Remedy(words=say("Export again from the project at a constant frame rate."))
    rate = next((rate for rate in _STANDARD_RATES if rate >= average * Fraction(97, 100)), _STANDARD_RATES[-1])
    words = say(
        "Export again from the project at a constant frame rate, or encode the picture of this file anew at {rate}; the sound stays unchanged.",
        rate=Shown(FRAME_RATE.name, rate),
    )
    return Remedy(words=words, command=_anew(case, filters=(f"fps={rate}",)))


def _scan(case: Case) -> Remedy | None:
    if not case.accepts("progressive"):
        return _export_at(case)
    words = say(
        "Export again from the project as progressive video, or join the fields of this file into frames; the sound stays unchanged."
    )
    return Remedy(words=words, command=_anew(case, filters=(DEINTERLACE,)))


def _hdr(case: Case) -> Remedy | None:
    if not case.accepts("none"):
        return _export_at(case)
    return Remedy(
        words=say(
            "Export again from the project in standard dynamic range (SDR, Rec. 709); how HDR is brought into it is for eyes to judge, so there is no command."
        )
    )


def _rotation(case: Case) -> Remedy | None:
    if not case.accepts(0):
        return _export_at(case)
    words = say(
        "The picture is stored turned and players turn it back. Encode it anew the way it is shown; the sound stays unchanged."
    )
    return Remedy(words=words, command=_anew(case))


def _pictures_over(case: Case) -> Remedy | None:
    if not case.goal:
        return None
    words = say(
        "Keep the first {goal} of {value} video tracks; make sure that it is the work.",
        goal=case.shown_goal,
        value=case.shown,
    )
    return Remedy(words=words, command=command(case.entry, case.facts, Job(pictures=case.goal)))


def _no_picture(case: Case) -> Remedy | None:
    if known(case.facts, "video.count"):
        return None
    return Remedy(words=say("The file holds no moving picture. Export again from the project with picture and sound."))


def _picture_ends(_: Case) -> Remedy:
    return Remedy(
        words=say(
            "Export again from the project so that there is a picture from the first to the last second: where there is none, players show black, or the last picture stands still."
        )
    )


ROWS: dict[tuple[str, Aim], Row] = {
    **{(name, Aim.ABSENT): _no_picture for name in KEYS if name.startswith(_PICTURES) or name in _ABOUT_PICTURE},
    ("picture.duration", Aim.UNDER): _picture_ends,
    ("picture.share", Aim.UNDER): _picture_ends,
    ("video.count", Aim.UNDER): _no_picture,
    ("video.count", Aim.OVER): _pictures_over,
    ("resolution", Aim.OVER): _too_large,
    ("resolution", Aim.UNDER): _too_small,
    ("resolution", Aim.WRONG): _export_at,
    ("video.stored-resolution", Aim.OVER): _too_large,
    ("video.stored-resolution", Aim.UNDER): _too_small,
    ("video.stored-resolution", Aim.WRONG): _export_at,
    ("video.width", Aim.OVER): _too_wide,
    ("video.width", Aim.UNDER): _too_small,
    ("video.height", Aim.OVER): _too_wide,
    ("video.height", Aim.UNDER): _too_small,
    ("aspect-ratio", Aim.ANY): _shape,
    ("orientation", Aim.WRONG): _orientation,
    ("video.codec", Aim.WRONG): _codec,
    ("video.profile", Aim.WRONG): _profile,
    ("video.bit-depth", Aim.OVER): _eight_bit,
    ("video.chroma", Aim.WRONG): _eight_bit,
    ("video.frame-rate", Aim.ANY): _frame_rate,
    ("video.frame-rate-mode", Aim.WRONG): _constant,
    ("video.scan", Aim.WRONG): _scan,
    ("video.hdr", Aim.WRONG): _hdr,
    ("video.rotation", Aim.WRONG): _rotation,
}
