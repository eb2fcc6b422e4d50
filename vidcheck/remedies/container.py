"""Remedies for the container: its format, its layout, whether it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.facts import GIT_LFS, SAMPLES
from vidcheck.findings import Remedy
from vidcheck.quantities import BYTES, Shown
from vidcheck.remedies.case import Aim, Case, Row
from vidcheck.remedies.command import Job, command, copies_audio, copies_video
from vidcheck.resolve import known
from vidcheck.texts import SENTENCES, Readable, join, say
from vidcheck.vocabulary import FORMAT

if TYPE_CHECKING:
    from vidcheck.facts import Facts

_TARGETS = ("mp4", "mov")
_NO_PICTURE = frozenset({"m4a", "heif", "mp3", "wav", "flac", "aac", "jpeg", "png"})
_NO_MEDIA = frozenset({"pdf", "zip", "rar", "7z"})
WELL_KNOWN = say(
    "It is not certain that players can play this. Export again from the project with a codec that they know (H.264 and AAC are safe), or ask the organizer."
)

_FIRST_EXPORTED = say(
    "Find the file that was exported first: if it is larger than this one, use that (copy or upload it again); if it is the same size, export again from the project."
)


def _format(case: Case) -> Remedy | None:
    value = case.breach.value
    target = next((name for name in _TARGETS if case.accepts(name)), None)
    wanted = FORMAT.name_of(target or case.goal or "")
    if target is None and case.goal is None:
        return None
    if value in {None, "none"}:
        return nothing_there(case.facts) or Remedy(
            words=say(
                "This is no media file, whatever its name says. Export the work from the project as {wanted} and send that file.",
                wanted=wanted,
            )
        )
    if value in _NO_MEDIA:
        return Remedy(
            words=say(
                "This file is no video: it is {value}. If the video is packed in it, unpack it, else export the work from the project as {wanted}; send the video itself.",
                value=case.shown,
                wanted=wanted,
            )
        )
    if value in _NO_PICTURE or known(case.facts, "video.count") == 0:
        return Remedy(
            words=say(
                "This file ({value}) holds no moving picture. Export the work from the project as {wanted}, with picture and sound.",
                value=case.shown,
                wanted=wanted,
            )
        )
    line = command(case.entry, case.facts, Job(target=target)) if target else ""
    if not target or not line:
        return Remedy(
            words=say(
                "Export the work again from the project as {wanted}; giving the file another name is not enough.",
                wanted=wanted,
            )
        )
    return Remedy(words=join((_kept(case, target, wanted), *_about_subtitles(case)), SENTENCES), command=line)


def nothing_there(facts: Facts) -> Remedy | None:
    """What to do about an empty file or a Git LFS pointer; None if it is neither."""
    if known(facts, "size") == 0:
        return Remedy(
            words=say(
                "The file is empty. Find the file that was exported first and use that one (copy or upload it again); if it is empty too, export again from the project."
            )
        )
    if any(fact.locator == GIT_LFS for fact in facts.of("format")):
        return Remedy(
            words=say(
                "These are a few lines of text that Git LFS leaves in place of a large file. Fetch the video itself (`git lfs pull`), and send that."
            )
        )
    return None


def _kept(case: Case, target: str, wanted: Readable) -> Readable:
    job = Job(target=target)
    same = (copies_video(case.facts, job), copies_audio(case.facts, job) or known(case.facts, "audio.count") == 0)
    if all(same):
        return say(
            "Save or export the film as {wanted}; picture and sound can stay as they are. Giving the file another name is not enough.",
            wanted=wanted,
        )
    if same[0]:
        return say(
            "Put the picture unchanged into a file of the format {wanted} and encode the sound anew, which that format can't hold as it is; better still, export again from the project as {wanted}.",
            wanted=wanted,
        )
    return say(
        "Export again from the project as {wanted}; where that can't be done, encode the picture anew into one.",
        wanted=wanted,
    )


def _about_subtitles(case: Case) -> tuple[Readable, ...]:
    if not known(case.facts, "subtitle.count") or case.breach.value in _TARGETS:
        return ()
    return (
        say(
            "If ffmpeg can't convert the subtitles (they may be pictures), leave the two options that end in s and what follows each away."
        ),
    )


def _faststart(case: Case) -> Remedy | None:
    if case.goal is not True:
        return None
    words = say("The index stands at the end of the file. Move it to the front; picture and sound stay unchanged.")
    return Remedy(words=words, command=command(case.entry, case.facts, Job()))


def _fragmented(case: Case) -> Remedy | None:
    if case.goal is not False:
        return None
    words = say(
        "The file is in fragments, as streaming services write it. Put it together; picture and sound stay unchanged."
    )
    return Remedy(words=words, command=command(case.entry, case.facts, Job()))


def _intact(case: Case) -> Remedy | None:
    if case.goal is not True:
        return None
    if any(fact.locator == SAMPLES for fact in case.facts.of("intact")):
        hidden = say(
            "Part of what should be picture or sound in this file is none: a copy or an upload that stopped half way leaves that"
            " behind, and the file's size does not show it. Find the file that was exported first and play it from beginning to"
            " end: if all of it plays, use that one (copy or upload it again), else export again from the project."
        )
        return Remedy(words=hidden)
    size = known(case.facts, "size")
    what = (
        say("This file is not whole, even if it plays.")
        if size is None
        else say("This file has only {size} and is not whole, even if it plays.", size=Shown(BYTES.name, size))
    )
    return Remedy(words=join((what, _FIRST_EXPORTED), SENTENCES))


def _playable(case: Case) -> Remedy | None:
    if case.goal is not True:
        return None
    return Remedy(
        words=say(
            "Export again from the project, as one file with a codec that players know (H.264 and AAC are safe) and without"
            " copy protection or references to other files. What is encrypted can't be opened by any command."
        )
    )


def _encrypted(case: Case) -> Remedy | None:
    if case.goal is not False:
        return None
    words = say(
        "Export again from the project without copy protection: what is encrypted can't be opened by any command."
    )
    return Remedy(words=words)


def _subtitles_over(case: Case) -> Remedy | None:
    job = Job(subtitles=case.goal)
    words = say("Leave the surplus subtitle tracks away: {goal} may stay.", goal=case.shown_goal)
    return Remedy(words=words, command=command(case.entry, case.facts, job))


def _subtitles_under(case: Case) -> Remedy | None:
    return Remedy(
        words=say(
            "Export again from the project with {goal} subtitle tracks or more; words that are burnt into the picture are no track.",
            goal=case.shown_goal,
        )
    )


ROWS: dict[tuple[str, Aim], Row] = {
    ("format", Aim.ANY): _format,
    ("faststart", Aim.ANY): _faststart,
    ("fragmented", Aim.ANY): _fragmented,
    ("intact", Aim.ANY): _intact,
    ("playable", Aim.ANY): _playable,
    ("encrypted", Aim.ANY): _encrypted,
    ("subtitle.count", Aim.OVER): _subtitles_over,
    ("subtitle.count", Aim.UNDER): _subtitles_under,
}
