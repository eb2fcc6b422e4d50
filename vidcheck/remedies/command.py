"""ffmpeg commands that can be pasted: what needs mending is encoded again, everything else is copied.

Each command keeps dates and tags, never overwrites, and writes beside the input under a name that says so.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from vidcheck.facts import visible
from vidcheck.resolve import known

if TYPE_CHECKING:
    from vidcheck.facts import Entry, Facts
    from vidcheck.quantities import Size

VIDEO_IN_MP4 = frozenset({"h264", "hevc", "av1", "vp9", "mpeg4", "mpeg2video", "mpeg1video"})
AUDIO_IN_MP4 = frozenset({"aac", "mp3", "mp2", "ac3", "eac3", "alac", "opus", "flac"})
DEINTERLACE = "bwdif=mode=send_frame"

_ISO = frozenset({"mp4", "mov", "3gp"})
_WITHOUT_TIMES = frozenset({"avi", "mpegps"})
"""Formats that don't store when each frame is shown: copied into MP4 (measured, ffmpeg 5.1) frames come out of order.
"""
_QUALITY = {"h264": "18", "hevc": "20"}
_VIDEO: dict[str, tuple[str, ...]] = {
    "h264": ("libx264", "-preset", "slow", "-pix_fmt", "yuv420p"),
    "hevc": ("libx265", "-preset", "medium", "-tag:v", "hvc1"),  # Apple's players want hvc1
}
_AUDIO: dict[str, str] = {"aac": "aac", "mp3": "libmp3lame", "ac3": "ac3", "opus": "libopus"}
_FIXED = "-fixed"
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a command changes. The defaults change nothing."""

    target: str = ""
    """The container, `mp4` or `mov`. Empty: a MOV stays one, everything else becomes MP4."""
    video: tuple[str, ...] = ()
    """Options that encode the picture. Empty: copied where the container takes it."""
    audio: tuple[str, ...] = ()
    """Options that encode the sound. Empty: copied where the container takes it."""
    filters: tuple[str, ...] = ()
    """Filters for the picture, which is then encoded."""
    pictures: int | None = None
    """How many video tracks are kept. None: all."""
    sounds: int | None = None
    """How many sound tracks are kept. None: all."""
    subtitles: int | None = None
    """How many subtitle tracks are kept. None: all."""
    more: tuple[str, ...] = ()
    """Other output options."""


def video_options(
    codec: str | None = None, rate: Fraction | None = None, buffered: Fraction = Fraction(2)
) -> tuple[str, ...]:
    """Options that encode the picture as H.264, or HEVC if asked; at that bit rate, or else at high quality.

    `buffered`: how many seconds' worth of bits the encoder may be ahead of its rate.
    """
    name = codec if codec in _VIDEO else "h264"
    encoder, *rest = _VIDEO[name]
    if rate is None:
        return ("-c:v", encoder, "-crf", _QUALITY[name], *rest)
    kilobits = int(rate // 1000)
    limits = ("-b:v", f"{kilobits}k", "-maxrate", f"{kilobits}k", "-bufsize", f"{int(kilobits * buffered)}k")
    return ("-c:v", encoder, *limits, *rest)


def audio_options(codec: str | None = None, rate: int = 192_000) -> tuple[str, ...]:
    """Options that encode the sound in that codec if it can be written, else as AAC."""
    return ("-c:a", _AUDIO.get(codec or "", "aac"), "-b:a", f"{rate // 1000}k")


def can_encode_video(codec: str) -> bool:
    """Whether there are options for that picture codec."""
    return codec in _VIDEO


def can_encode_audio(codec: str) -> bool:
    """Whether there are options for that sound codec."""
    return codec in _AUDIO


def target_of(facts: Facts, job: Job) -> str:
    """The container that a command writes."""
    return job.target or ("mov" if known(facts, "format") == "mov" else "mp4")


def copies_video(facts: Facts, job: Job) -> bool:
    """Whether the picture is copied."""
    if job.video or job.filters or known(facts, "format") in _WITHOUT_TIMES:
        return False
    codec = known(facts, "video.codec")
    return codec is None or codec in VIDEO_IN_MP4 or (target_of(facts, job) == "mov" == known(facts, "format"))


def copies_audio(facts: Facts, job: Job) -> bool:
    """Whether the sound is copied."""
    if job.audio:
        return False
    codec = known(facts, "audio.codec")
    return codec is None or codec in AUDIO_IN_MP4 or (target_of(facts, job) == "mov" == known(facts, "format"))


def command(entry: Entry, facts: Facts, job: Job) -> str:
    """The command, quoted for a POSIX shell; empty if no command can do it well."""
    if False in {known(facts, "intact"), known(facts, "playable")} or known(facts, "video.count") == 0:
        return ""
    if not copies_video(facts, job) and known(facts, "video.hdr") not in {None, "none"}:
        return ""  # 8-bit H.264 would spoil the colours of HDR; this needs an editing program
    target = target_of(facts, job)
    words = ["ffmpeg", "-n", "-i", _plain_path(_here(entry)), *_maps(facts, job), "-map_metadata", "0"]
    words += [*_codecs(facts, job, target), *job.more, *_tags(facts), _plain_path(_beside(entry, target))]
    return " ".join(shell(word) for word in words)


def _maps(facts: Facts, job: Job) -> list[str]:
    """Selects tracks. `V` excludes cover art; data tracks are dropped, because MP4 can't always hold them."""
    chosen = [("V", job.pictures, 1), ("a", job.sounds, known(facts, "audio.count"))]
    chosen.append(("s", job.subtitles, known(facts, "subtitle.count")))
    words = []
    for letter, kept, present in chosen:
        if kept is not None:
            words += [word for place in range(kept) for word in ("-map", f"0:{letter}:{place}")]
        elif present != 0:
            words += ["-map", f"0:{letter}" if present else f"0:{letter}?"]
    return words


def _codecs(facts: Facts, job: Job, target: str) -> list[str]:
    sound = job.sounds != 0 and (job.sounds is not None or known(facts, "audio.count") != 0)
    subtitles = job.subtitles != 0 and (job.subtitles is not None or known(facts, "subtitle.count") != 0)
    video = ["-c:v", "copy", *_tag(facts)] if copies_video(facts, job) else _encoding(facts, job)
    audio = ["-c:a", "copy"] if copies_audio(facts, job) else [*(job.audio or audio_options())]
    texts = ["-c:s", "copy" if known(facts, "format") in {target, None} else "mov_text"]
    words = [*video, *(audio if sound else ()), *(texts if subtitles else ())]
    return ["-c", "copy"] if set(words[1::2]) == {"copy"} else words


def _tag(facts: Facts) -> tuple[str, ...]:
    foreign = known(facts, "format") not in {*_ISO, None}
    return ("-tag:v", "hvc1") if foreign and known(facts, "video.codec") == "hevc" else ()


def _encoding(facts: Facts, job: Job) -> list[str]:
    options, filters = [*(job.video or video_options())], list(job.filters)
    if known(facts, "video.scan") == "interlaced" and DEINTERLACE not in filters:
        if filters or "libx264" not in options:
            filters.insert(0, DEINTERLACE)
        else:
            options += ["-flags:v", "+ilme+ildct"]  # stays interlaced, and says so
    stored: Size | None = known(facts, "video.stored-resolution")
    if stored and (stored.width % 2 or stored.height % 2) and not any("scale=" in one for one in filters):
        filters.append("crop=trunc(iw/2)*2:trunc(ih/2)*2")  # 4:2:0 has no odd sides
    return [*(("-vf", ",".join(filters)) if filters else ()), *options]


def _tags(facts: Facts) -> list[str]:
    """Options for tags.

    QuickTime's creation date needs use_metadata_tags, which would also write the old brands as tags.
    """
    dates = (*facts.of("completed"), *facts.of("container.created"))
    if not any("creationdate" in fact.locator.lower() for fact in dates):
        return ["-movflags", "+faststart"]
    brands = ("major_brand=", "minor_version=", "compatible_brands=")
    return [*(word for brand in brands for word in ("-metadata", brand)), "-movflags", "+faststart+use_metadata_tags"]


def _beside(entry: Entry, extension: str) -> str:
    path = _here(entry)
    folder = path[: len(path) - len(entry.name)]
    stem, dot, _ = entry.name.rpartition(".")
    name, end = (stem if dot and stem else entry.name), f"{_FIXED}.{extension}"
    while len((name + end).encode("utf-8", "surrogateescape")) > _LONGEST_NAME:
        name = name[:-1]
    return f"{folder}{name}{end}"


def _here(entry: Entry) -> str:
    """The path of the file; a remote one has to be downloaded first, under its own name."""
    return entry.name if entry.remote else entry.path


def _plain_path(path: str) -> str:
    """The path in a form that ffmpeg can't take for an option (`-x.mp4`) or a protocol (`a:b.mp4`)."""
    first = path.partition("/")[0]
    return f"./{path}" if first.startswith(("-", "subfile,")) or ":" in first else path


def shell(word: str) -> str:
    """Quotes a word for a POSIX shell; invisible characters are escaped ($'…': bash, zsh, ksh, POSIX 2024)."""
    if visible(word) == word:
        return shlex.quote(word)
    return f"$'{''.join(_spelt(char) for char in word)}'"


def _spelt(char: str) -> str:
    if char in "\\'":
        return f"\\{char}"
    if visible(char) == char:
        return char
    return "".join(f"\\{byte:03o}" for byte in char.encode("utf-8", "surrogateescape"))
