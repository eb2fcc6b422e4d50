"""Short films by ffmpeg: many ways of writing a sound film, and the rules that each of them meets.

A *shape* is a size, rate and length, a *variant* a way of encoding or writing it. `dev/films` checks all of them, the tests a few.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field, replace
from fractions import Fraction
from struct import pack_into
from typing import TYPE_CHECKING

from tests.clips import surgery
from tests.clips.dates import add_xmp, packet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

WRITTEN = "2021-06-15T04:00:00Z"


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What is so of a film."""

    format: str = "mp4"
    width: int = 0
    height: int = 0
    rotation: int = 0
    pixels: Fraction = Fraction(1)
    rate: str = ""
    """The nominal rate; nothing if no one rate is that of the pictures."""
    mode: str = "constant"
    seconds: float = 0
    codec: str = "h264"
    depth: int = 8
    chroma: str = "4:2:0"
    scan: str = "progressive"
    hdr: str = "none"
    sounds: int = 1
    sound: str = "aac"
    channels: int = 1
    frequency: int = 48000
    subtitles: int = 0
    fragmented: bool = False
    unknown: frozenset[str] = frozenset()
    """Rules that end unknown, for a reason that docs/witnesses.md states."""

    def rules(self) -> dict[str, str]:
        """A rule for every key of design's that a film has, with limits that this one meets."""
        shown = (round(self.width * self.pixels), self.height)
        width, height = shown[::-1] if self.rotation in {90, 270} else shown
        lasts = f"min: {self.seconds - 0.4:.2f} s, max: {self.seconds + 0.4:.2f} s"
        rate = f"is: {self.rate}" if self.rate else "min: 5, max: 120"
        pictures = int(self.seconds * (float(Fraction(self.rate)) if self.rate else 5) * 0.9)
        shape = "square" if width == height else "landscape" if width > height else "portrait"
        found = {
            "format": f"is: {self.format}", "intact": "is: yes", "playable": "is: yes", "encrypted": "is: no",
            "fragmented": f"is: {'yes' if self.fragmented else 'no'}", "size": "min: 1 kB, max: 20 MB", "size.media": "min: 500 B, max: 20 MB",
            "size.media-share": "min: 5 %", "duration": lasts, "picture.duration": lasts, "picture.share": "min: 90 %",
            "picture.count-shown": f"min: {pictures}", "resolution": f"is: {width}x{height}", "orientation": f"is: {shape}",
            "aspect-ratio": f"is: '{width}:{height}'", "completed": "from: 2021-06-01, to: 2021-06-30",
            "container.created": "from: 2021-06-15, to: 2021-06-15", "bit-rate": "min: 1 kbps, max: 40 Mbps", "video.count": "is: 1",
            "video.codec": f"is: {self.codec}", "video.frame-rate": rate, "video.frame-rate-mode": f"is: {self.mode}",
            "video.bit-rate": "min: 100 bps, max: 40 Mbps", "video.width": f"is: {width}", "video.height": f"is: {height}",
            "video.bit-depth": f"is: {self.depth}", "video.chroma": f"is: '{self.chroma}'", "video.scan": f"is: {self.scan}",
            "video.hdr": f"is: {self.hdr}", "video.rotation": f"is: {self.rotation}", "audio.count": f"is: {self.sounds}",
            "video.stored-resolution": f"is: {self.width}x{self.height}", "subtitle.count": f"is: {self.subtitles}",
        }  # fmt: skip
        if self.sounds:
            found |= {
                "sound.duration": lasts, "audio.codec": f"is: {self.sound}", "audio.channels": f"is: {self.channels}",
                "audio.sample-rate": f"is: {self.frequency}", "audio.bit-rate": "min: 100 bps, max: 10 Mbps",
            }  # fmt: skip
        return found

    def text(self) -> str:
        """The rules file."""
        rules = "".join(f"  {key.replace('.', '-')}: {{fact: {key}, {asked}}}\n" for key, asked in self.rules().items())
        return f"vidcheck: 1\ncontest: {{title: What a film is, timezone: UTC}}\nrules:\n{rules}"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A size, rate and length."""

    width: int
    height: int
    rate: str
    seconds: float

    @property
    def truth(self) -> Truth:
        return Truth(width=self.width, height=self.height, rate=self.rate, seconds=self.seconds)


SHAPES = {
    "small": Shape(width=320, height=180, rate="25", seconds=8),
    "wide": Shape(width=640, height=360, rate="30", seconds=7),
    "ntsc": Shape(width=426, height=240, rate="30000/1001", seconds=9),
    "upright": Shape(width=180, height=320, rate="24", seconds=10),
    "quick": Shape(width=480, height=360, rate="60", seconds=6),
}


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way of writing a film."""

    words: tuple[str, ...] = ()
    """What ffmpeg is told behind the inputs."""
    before: tuple[str, ...] = ()
    """And in front of the film that is copied."""
    more: tuple[str, ...] = ()
    """Further inputs."""
    copied: bool = True
    """Whether streams are copied from the shape's film, and not encoded."""
    filters: str = ""
    picture: str = "testsrc2=s={width}x{height}:r={rate}:d={seconds}"
    sound: str = "sine=d={seconds}:r=48000"
    suffix: str = "mp4"
    edit: Callable[[bytes], bytes] | None = None
    truth: dict[str, object] = field(default_factory=dict)
    """In what it differs from its shape."""
    less: float = 0
    """So many seconds are cut off."""
    scale: Fraction = Fraction(1)
    """How many times as many pictures a second as the shape."""


def _copy(*words: str, **more: object) -> Variant:
    return Variant(words=words, **more)  # type: ignore[arg-type]  # a shorter way of writing


def _encode(*words: str, **more: object) -> Variant:
    return Variant(words=words, copied=False, **more)  # type: ignore[arg-type]  # a shorter way of writing


def _true(**more: object) -> dict[str, object]:
    return more


def _text_to_metadata(data: bytes) -> bytes:
    """The subtitle track as one of timed metadata, as iPhones write it: `mebx`, handler `meta`."""
    entry = data.index(b"tx3g")
    data = data[:entry] + b"mebx" + data[entry + 4 :]
    return surgery.set_handler(data, "sbtl", "meta")


def _later_tracks(data: bytes) -> bytes:
    """Tracks dated some seconds after the movie: they were closed later."""
    made = bytearray(data)
    for number, each in enumerate(surgery.find_all(data, "moov/trak/tkhd")):
        at = each.start + 12
        pack_into(">I", made, at, int.from_bytes(made[at : at + 4]) + 3 + number)
    return bytes(made)


FRAGMENTS = _true(fragmented=True)
MOV = _true(format="mov")
NO_BIT_RATES = frozenset({"video-bit-rate", "audio-bit-rate"})
WORDS = "1\n00:00:00,000 --> 00:00:02,000\nHello\n\n2\n00:00:03,000 --> 00:00:05,000\nWorld\n\n"
NO_WORDS = "1\n00:00:00,000 --> 00:00:04,000\n{\\an8}\n\n"
CHAPTERS = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=3\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1\nSTART=3\nEND=6\ntitle=Two\n"

# fmt: off
VARIANTS: dict[str, Variant] = {
    # The muxer
    "plain": _copy(),
    "bitexact": _copy("-fflags", "+bitexact"),
    "faststart": _copy("-movflags", "+faststart"),
    "mp42": _copy("-brand", "mp42"),
    "room-for-index": _copy("-moov_size", "60000"),
    "movie-clock-600": _copy("-movie_timescale", "600"),
    "movie-clock-90000": _copy("-movie_timescale", "90000"),
    "picture-clock-90000": _copy("-video_track_timescale", "90000"),
    "no-btrt": _copy("-write_btrt", "0"),
    "use-metadata-tags": _copy("-movflags", "+use_metadata_tags", "-metadata", "com.apple.quicktime.creationdate=2021-06-15T12:00:00+0800"),
    "tags": _copy("-metadata", "title=山里 <b>&", "-metadata", "comment=x", "-metadata:s:a:0", "language=zho"),
    "hints": _copy("-movflags", "+rtphint"),
    "m4v": _copy("-f", "ipod"),
    "psp": _copy("-f", "psp"),
    "no-edit-list": _copy("-use_editlist", "0"),
    "fragments": _copy("-movflags", "+frag_keyframe+empty_moov", truth=FRAGMENTS),
    "fragments-of-a-second": _copy("-movflags", "+empty_moov+default_base_moof", "-frag_duration", "1000000", truth=FRAGMENTS),
    "fragment-a-frame": _copy("-movflags", "+frag_every_frame+empty_moov", truth=FRAGMENTS | _true(unknown=NO_BIT_RATES)),
    "fragments-moov-delayed": _copy("-movflags", "+frag_keyframe+delay_moov", truth=FRAGMENTS),
    "fragments-after-samples": _copy("-movflags", "+frag_keyframe", truth=FRAGMENTS),
    "fragments-by-track": _copy("-movflags", "+frag_keyframe+separate_moof+empty_moov", truth=FRAGMENTS),
    "fragments-no-offset": _copy("-movflags", "+frag_keyframe+empty_moov+omit_tfhd_offset", truth=FRAGMENTS),
    "dash": _copy("-movflags", "+dash+frag_keyframe+delay_moov", truth=FRAGMENTS),
    "dash-one-index": _copy("-movflags", "+dash+global_sidx+frag_keyframe+delay_moov", truth=FRAGMENTS),
    "cmaf": _copy("-movflags", "+cmaf+frag_keyframe+delay_moov", truth=FRAGMENTS),
    "fragments-no-trailer": _copy("-movflags", "+frag_keyframe+empty_moov+skip_trailer", truth=FRAGMENTS | _true(unknown=frozenset({"intact"}))),
    "chapters": _copy("-map", "0", "-map_metadata", "0", "-map_chapters", "1", more=("-i", "chapters.txt")),
    "cover": _copy("-map", "0", "-map", "1", "-disposition:v:1", "attached_pic", more=("-i", "cover.jpg")),
    "subtitles": _copy("-map", "0", "-map", "1", "-c:s", "mov_text", more=("-i", "words.srt"), truth=_true(subtitles=1)),
    "subtitles-empty": _copy("-map", "0", "-map", "1", "-c:s", "mov_text", more=("-i", "none.srt"), truth=_true(subtitles=1)),
    "metadata-track": _copy("-map", "0", "-map", "1", "-c:s", "mov_text", more=("-i", "words.srt"), edit=_text_to_metadata),
    "timecode": _copy("-timecode", "00:00:00:00", "-write_tmcd", "1"),
    "two-sounds": _copy("-map", "0", "-map", "0:a", truth=_true(sounds=2)),
    "no-sound": _copy("-an", truth=_true(sounds=0)),
    "sound-first": _copy("-map", "0:a", "-map", "0:v"),
    "xmp-later": _copy(edit=lambda data: add_xmp(data, packet("2021-06-15T04:00:07Z"))),
    "xmp-in-udta": _copy(edit=lambda data: add_xmp(data, packet("2021-06-15T12:00:07+08:00"), "moov/udta")),
    "tracks-later": _copy(edit=_later_tracks),
    # Edit lists, rotation
    "sound-later": _copy("-map", "0:v", "-map", "1:a", more=("-itsoffset", "0.2", "-i", "{base}")),
    "picture-later": _copy("-map", "1:v", "-map", "0:a", more=("-itsoffset", "0.2", "-i", "{base}")),
    "cut-at-start": _copy(before=("-ss", "0.7"), less=0.7),
    "cut-at-end": _copy("-t", "6", before=(), truth=_true(seconds=6.0)),
    "cut-behind-key": _copy(before=("-ss", "1.3"), less=1.3),
    "cut-made-zero": _copy("-avoid_negative_ts", "make_zero", before=("-ss", "0.5")),
    "turned-90": _copy("-metadata:s:v:0", "rotate=90", truth=_true(rotation=270)),
    "turned-180": _copy("-metadata:s:v:0", "rotate=180", truth=_true(rotation=180)),
    "turned-270": _copy("-metadata:s:v:0", "rotate=270", truth=_true(rotation=90)),
    "phone-cut": _copy("-metadata:s:v:0", "rotate=90", "-movflags", "+use_metadata_tags", "-metadata", "com.apple.quicktime.creationdate=2021-06-15T12:00:00+0800", before=("-ss", "0.9"), less=0.9, truth=_true(rotation=270)),
    "joined": _copy("-t", "6.5", before=("-stream_loop", "1"), truth=_true(seconds=6.5)),
    # QuickTime
    "mov": _copy(suffix="mov", truth=MOV),
    "mov-timecode": _copy("-timecode", "00:00:00:00", suffix="mov", truth=MOV),
    "mov-faststart": _copy("-movflags", "+faststart", suffix="mov", truth=MOV),
    "mov-pcm": _copy("-c:a", "pcm_s16le", suffix="mov", truth=MOV | _true(sound="pcm")),
    "mov-pcm-silence": _encode("-c:a", "pcm_s24le", sound="anullsrc=r=48000:cl=stereo:d={seconds}", suffix="mov", truth=MOV | _true(sound="pcm", channels=2)),
    "mov-pcm-float": _copy("-c:a", "pcm_f32le", suffix="mov", truth=MOV | _true(sound="pcm")),
    "mov-turned": _copy("-metadata:s:v:0", "rotate=90", suffix="mov", truth=MOV | _true(rotation=270)),
    "mov-prores": _encode("-c:v", "prores_ks", "-profile:v", "0", "-pix_fmt", "yuv422p10le", "-vendor", "apl0", suffix="mov", truth=MOV | _true(codec="prores", depth=10, chroma="4:2:2")),
    "mov-mjpeg": _encode("-c:v", "mjpeg", "-q:v", "12", "-pix_fmt", "yuvj420p", suffix="mov", truth=MOV | _true(codec="mjpeg")),
    "mov-raw-black": _encode("-c:v", "rawvideo", "-pix_fmt", "uyvy422", picture="color=black:s=64x36:r={rate}:d={seconds}", suffix="mov", truth=MOV | _true(codec="rawvideo", chroma="4:2:2", width=64, height=36)),
    # Codecs
    "b-frames": _encode("-preset", "veryfast", "-bf", "3", "-b_strategy", "0"),
    "b-frames-no-edits": _encode("-preset", "veryfast", "-bf", "2", "-b_strategy", "0", "-use_editlist", "0"),
    "b-frames-negative": _encode("-preset", "veryfast", "-bf", "2", "-b_strategy", "0", "-movflags", "+negative_cts_offsets"),
    "b-frames-fragments": _encode("-preset", "veryfast", "-bf", "2", "-b_strategy", "0", "-movflags", "+frag_keyframe+empty_moov", truth=FRAGMENTS),
    "open-groups": _encode("-preset", "veryfast", "-x264opts", "open-gop=1:bframes=3:keyint=30"),
    "every-frame-key": _encode("-g", "1"),
    "one-group": _encode("-g", "9999", "-keyint_min", "9999"),
    "high-10": _encode("-pix_fmt", "yuv420p10le", truth=_true(depth=10)),
    "4:2:2": _encode("-pix_fmt", "yuv422p", truth=_true(chroma="4:2:2")),
    "4:4:4": _encode("-pix_fmt", "yuv444p", truth=_true(chroma="4:4:4")),
    "interlaced": _encode("-flags", "+ilme+ildct", "-x264opts", "tff=1", truth=_true(scan="interlaced")),
    "slices": _encode("-x264opts", "slices=4"),
    "black-and-silent": _encode(picture="color=black:s={width}x{height}:r={rate}:d={seconds}", sound="anullsrc=r=48000:cl=mono:d={seconds}"),
    "anamorphic": _encode(filters="setsar=4/3", truth=_true(pixels=Fraction(4, 3))),
    "hdr": _encode("-pix_fmt", "yuv420p10le", "-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc", truth=_true(depth=10, hdr="pq")),
    "hevc": _encode("-c:v", "libx265", "-x265-params", "log-level=none:pools=1", "-tag:v", "hvc1", truth=_true(codec="hevc")),
    "hevc-in-band": _encode("-c:v", "libx265", "-x265-params", "log-level=none:pools=1", "-tag:v", "hev1", truth=_true(codec="hevc")),
    "hevc-fragments": _encode("-c:v", "libx265", "-x265-params", "log-level=none:pools=1", "-tag:v", "hvc1", "-movflags", "+frag_keyframe+empty_moov", truth=FRAGMENTS | _true(codec="hevc")),
    "vp9": _encode("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "200k", truth=_true(codec="vp9")),
    "av1": _encode("-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime", "-b:v", "200k", truth=_true(codec="av1")),
    "mpeg-4": _encode("-c:v", "mpeg4", truth=_true(codec="mpeg4")),
    "mpeg-4-b": _encode("-c:v", "mpeg4", "-bf", "2", truth=_true(codec="mpeg4")),
    "mp3": _copy("-c:a", "libmp3lame", truth=_true(sound="mp3")),
    "ac3": _copy("-c:a", "ac3", truth=_true(sound="ac3")),
    "eac3": _copy("-c:a", "eac3", truth=_true(sound="eac3")),
    "opus": _copy("-c:a", "libopus", truth=_true(sound="opus")),
    "flac": _copy("-c:a", "flac", "-strict", "-2", truth=_true(sound="flac")),
    "alac": _copy("-c:a", "alac", truth=_true(sound="alac")),
    "stereo-44100": _copy("-c:a", "aac", "-ac", "2", "-ar", "44100", truth=_true(channels=2, frequency=44100)),
    "surround": _copy("-c:a", "aac", "-ac", "6", truth=_true(channels=6)),
    # Rates
    "clock-600": _encode("-video_track_timescale", "600"),
    "half-the-rate": _encode(filters="fps={half}", scale=Fraction(1, 2)),
    "frames-dropped": _encode("-vsync", "vfr", filters="select='not(mod(n\\,20))+gt(mod(n\\,20)\\,1)'", truth=_true(mode="variable")),
    "two-rates": _encode("-vsync", "vfr", filters="select='lt(t\\,3)+not(mod(n\\,2))'", truth=_true(rate="", mode="variable")),
    "uneven": _encode("-vsync", "vfr", "-enc_time_base", "1/90000", "-video_track_timescale", "90000", filters="settb=1/90000,setpts='PTS+0.01*random(1)/TB'", truth=_true(rate="", mode="variable")),
    "last-held": _encode("-vsync", "vfr", filters="select='lt(t\\,{seconds}-0.5)+gt(t\\,{seconds}-0.06)'", truth=_true(mode="variable")),
}
# fmt: on
FEW = (
    "faststart",
    "phone-cut",
    "cut-behind-key",
    "b-frames",
    "dash",
    "subtitles-empty",
    "metadata-track",
    "timecode",
    "mov-pcm-silence",
    "mov-raw-black",
    "xmp-later",
    "two-rates",
    "turned-90",
    "no-edit-list",
)  # fmt: skip
"""What the ordinary tests check."""


def _run(folder: Path, *words: str) -> None:
    command = ["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", "-y", *words]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")


def _h264(rate: str) -> tuple[str, ...]:
    return "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", str(round(Fraction(rate) * 2))


_AAC = ("-c:a", "aac", "-b:a", "64k", "-metadata", f"creation_time={WRITTEN}")


def _encoded(folder: Path, name: str, shape: Shape, variant: Variant) -> None:
    fields = vars(shape) | {"half": str(Fraction(shape.rate) / 2)}
    picture, sound = variant.picture.format(**fields), variant.sound.format(**fields)
    filters = ("-vf", variant.filters.format(**fields)) if variant.filters else ()
    inputs = ("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound)
    _run(folder, *inputs, *_h264(shape.rate), *_AAC, *filters, *variant.words, name)


def _beside(folder: Path) -> None:
    """What some variants need besides a film."""
    if not (folder / "cover.jpg").exists():
        for name, text in {"words.srt": WORDS, "none.srt": NO_WORDS, "chapters.txt": CHAPTERS}.items():
            (folder / name).write_text(text, encoding="utf-8")
        _run(folder, "-f", "lavfi", "-i", "testsrc2=s=64x64:r=1:d=1", "-frames:v", "1", "cover.jpg")


def make(folder: Path, shapes: Iterable[str], variants: Iterable[str]) -> Iterator[tuple[Path, Truth]]:
    """Each film with what is so of it, made unless it is there."""
    variants = tuple(variants)
    for shape_name in shapes:
        shape = SHAPES[shape_name]
        here = folder / shape_name
        here.mkdir(parents=True, exist_ok=True)
        _beside(here)
        if not (here / "base.mp4").exists():
            _encoded(here, "base.mp4", shape, Variant(copied=False))
        for name in variants:
            variant = VARIANTS[name]
            path = here / f"{name.replace(':', '')}.{variant.suffix}"
            if not path.exists():
                _make(here, path.name, shape, variant)
            yield path, truth_of(shape, variant)


def _make(here: Path, name: str, shape: Shape, variant: Variant) -> None:
    made = f"making-{name}"
    if variant.copied:
        more = [word.format(base="base.mp4") for word in variant.more]
        words = (
            *variant.before,
            "-i",
            "base.mp4",
            *more,
            "-map_metadata",
            "0",
            "-c",
            "copy",
            *_AAC[4:],
            *variant.words,
        )
        _run(here, *words, made)
    else:
        _encoded(here, made, shape, variant)
    path = here / made
    if variant.edit is not None:
        path.write_bytes(variant.edit(path.read_bytes()))
    path.rename(here / name)


def truth_of(shape: Shape, variant: Variant) -> Truth:
    """What is so of a film."""
    truth = shape.truth
    truth = replace(truth, seconds=truth.seconds - variant.less, rate=str(Fraction(truth.rate) * variant.scale))
    return replace(truth, **variant.truth)  # type: ignore[arg-type]  # names of its own fields
