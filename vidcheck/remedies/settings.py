"""Where to set what a rule asks, in the programs that people use: 剪映 (JianYing), Premiere, HandBrake, a phone.

One row for each thing that can be set; each program's words are one sentence. A program that can't do it has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vidcheck.findings import Tip
from vidcheck.quantities import Size
from vidcheck.remedies.case import Aim, Case
from vidcheck.texts import Plain, marked, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vidcheck.texts import Readable


class Program(NamedTuple):
    """A program's name; a key of the catalogue."""

    name: str


JIANYING = Program(marked("JianYing"))
PREMIERE = Program(marked("Premiere"))
HANDBRAKE = Program(marked("HandBrake"))
PHONE = Program(marked("Phone"))


class Setting(NamedTuple):
    """How one thing is set in each program; keys of the catalogue. Empty: it can't be set there."""

    jianying: str
    premiere: str
    handbrake: str
    phone: str = ""

    def rows(self) -> Iterator[tuple[Program, str]]:
        """Each program with its words."""
        pairs = ((JIANYING, self.jianying), (PREMIERE, self.premiere), (HANDBRAKE, self.handbrake), (PHONE, self.phone))
        return ((program, words) for program, words in pairs if words)


_MP4 = Setting(
    marked("press Export and choose mp4 as the format."),
    marked("File, Export, Media: choose the format H.264; it writes an MP4 file."),
    marked("on the Summary tab set Format to MP4, then press Start."),
    marked("open the film in an editing app (JianYing, iMovie) and export it, then check again; if it is still MOV, export it with a program on a computer. Renaming the file changes nothing."),
)  # fmt: skip
_H264 = Setting(
    marked("press Export and choose H.264 as the codec."),
    marked("File, Export, Media: choose the format H.264."),
    marked("on the Video tab set Video Encoder to H.264 (x264)."),
    marked("iPhone: Settings, Camera, Formats, Most Compatible, for the next recording. Android: turn HEVC (H.265) off in the camera's settings."),
)  # fmt: skip
_LARGER = Setting(
    marked("press Export and set the resolution to {size}; that is enough, a larger one only makes the file larger."),
    marked("in the export settings, under Video, write the width and height; the button Match Source makes the picture as large as the one on your timeline."),
    "",
    marked("send the original file, not one that a chat app has made smaller; choose 1080p or more for the next recording."),
)  # fmt: skip
_SMALLER = Setting(
    marked("press Export and choose a lower resolution."),
    marked("in the export settings, under Video, set a smaller frame size."),
    marked("on the Dimensions tab set Resolution Limit."),
    marked("export it from an editing app with a lower resolution."),
)  # fmt: skip
_SHAPE = Setting(
    marked("under the preview, open Ratio and choose the shape that is asked, then export."),
    marked("Sequence, Sequence Settings: set the frame size in the shape that is asked, then export."),
    marked("on the Dimensions tab crop what is too much; 0 on each side keeps all."),
    marked("open the film in an editing app and choose the ratio; hold the phone the way that is asked when recording."),
)  # fmt: skip
_RATE = Setting(
    marked("press Export and choose the frame rate that is asked."),
    marked("in the export settings, under Video, set Frame Rate."),
    marked("on the Video tab set Framerate (FPS) and choose Constant Framerate."),
    marked("choose the frame rate in the camera's settings before recording; an editing app sets it when exporting."),
)  # fmt: skip
_LESS_RATE = Setting(
    marked("press Export, set Bit rate to Custom and write a smaller figure; a lower resolution also helps."),
    marked("in the export settings, under Bitrate Settings, choose VBR and lower Target Bitrate."),
    marked("on the Video tab choose Avg Bitrate and write the figure, with 2-pass encoding."),
    marked("export it from an editing app with a lower resolution or quality."),
)  # fmt: skip
_MORE_RATE = Setting(
    marked("press Export and set Bit rate to Higher, or to Custom with a larger figure."),
    marked("in the export settings, under Bitrate Settings, raise Target Bitrate."),
    "",
    marked("send the original file, not one that a chat app has made smaller."),
)  # fmt: skip
_CUT = Setting(
    marked("split the film on the timeline, delete the rest, export."),
    marked("set In and Out points and export that range."),
    marked("set Range to Seconds and write begin and end."),
    marked("in the gallery press Edit, move the ends, save a copy."),
)  # fmt: skip
_SOUND = Setting(
    marked("press Export with Audio on; the sound is written as AAC."),
    marked("in the export settings, under Audio, choose AAC, and the sample rate and channels that are asked."),
    marked("on the Audio tab choose AAC, and the mixdown (stereo, mono) and sample rate that are asked."),
)  # fmt: skip
_SDR = Setting(
    marked("press Export with Smart HDR off and the colour space SDR, Rec. 709."),
    marked("set the sequence's working colour space to Rec. 709, then export."),
    marked("on the Video tab choose an 8-bit encoder, H.264 (x264)."),
    marked("iPhone: Settings, Camera, Record Video, turn HDR Video off, for the next recording."),
)  # fmt: skip
_WHOLE_FRAMES = Setting(
    marked("press Export: it always writes whole frames (progressive)."),
    marked("in the export settings, under Video, set Field Order to Progressive."),
    marked("on the Filters tab set Deinterlace to Default."),
)  # fmt: skip
_FRONT = Setting(
    marked("export again: its files can play while they load."),
    "",
    marked("on the Summary tab tick Web Optimized."),
)  # fmt: skip
_WHOLE = Setting(
    marked("export again, wait until it says that it is done, then copy the file."),
    marked("export again, wait until it is done, then copy the file."),
    "",
    marked("send it over Wi-Fi, and wait until copying or uploading is done."),
)  # fmt: skip

SETTINGS: dict[tuple[str, Aim], Setting] = {
    ("format", Aim.WRONG): _MP4, ("file.extension", Aim.WRONG): _MP4,
    ("video.codec", Aim.WRONG): _H264, ("playable", Aim.WRONG): _H264,
    ("resolution", Aim.UNDER): _LARGER, ("video.width", Aim.UNDER): _LARGER, ("video.height", Aim.UNDER): _LARGER,
    ("resolution", Aim.OVER): _SMALLER, ("video.width", Aim.OVER): _SMALLER, ("video.height", Aim.OVER): _SMALLER,
    ("aspect-ratio", Aim.ANY): _SHAPE, ("orientation", Aim.WRONG): _SHAPE, ("resolution", Aim.WRONG): _SHAPE,
    ("video.frame-rate", Aim.ANY): _RATE, ("video.frame-rate-mode", Aim.WRONG): _RATE,
    ("size", Aim.OVER): _LESS_RATE, ("bit-rate", Aim.OVER): _LESS_RATE, ("video.bit-rate", Aim.OVER): _LESS_RATE,
    ("size", Aim.UNDER): _MORE_RATE, ("bit-rate", Aim.UNDER): _MORE_RATE, ("video.bit-rate", Aim.UNDER): _MORE_RATE,
    ("duration", Aim.OVER): _CUT,
    ("audio.codec", Aim.WRONG): _SOUND, ("audio.sample-rate", Aim.ANY): _SOUND, ("audio.channels", Aim.ANY): _SOUND,
    ("audio.count", Aim.UNDER): _SOUND, ("audio.profile", Aim.WRONG): _SOUND,
    ("video.hdr", Aim.WRONG): _SDR, ("video.bit-depth", Aim.OVER): _SDR, ("video.chroma", Aim.WRONG): _SDR,
    ("video.scan", Aim.WRONG): _WHOLE_FRAMES, ("faststart", Aim.ANY): _FRONT, ("intact", Aim.ANY): _WHOLE,
}  # fmt: skip
"""(key, aim) to where it is set; `Aim.ANY` stands for every aim without a row of its own."""

_FITS: dict[str, Callable[[Case], bool]] = {
    "format": lambda case: case.accepts("mp4"),
    "file.extension": lambda case: case.accepts("mp4"),
    "video.codec": lambda case: case.accepts("h264"),
    "audio.codec": lambda case: case.accepts("aac"),
    "audio.profile": lambda case: case.accepts("LC"),
    "video.scan": lambda case: case.accepts("progressive"),
    "video.frame-rate-mode": lambda case: case.accepts("constant"),
    "video.hdr": lambda case: case.accepts("none"),
    "video.chroma": lambda case: case.accepts("4:2:0"),
    "playable": lambda case: case.goal is True,
    "faststart": lambda case: case.goal is True,
    "intact": lambda case: case.goal is True,
}
"""Keys of which the words are right for one goal only: whether the rule asks that."""


def settings(case: Case) -> tuple[Tip, ...]:
    """One line for each program; none where nothing can be set."""
    for aim in (case.aim, Aim.ANY):
        setting = SETTINGS.get((case.breach.key, aim))
        if setting is not None:
            fits = _FITS.get(case.breach.key)
            return lines(setting, _enough(case)) if fits is None or fits(case) else ()
    return ()


_SIZES = (("480P", 854, 480), ("720P", 1280, 720), ("1080P", 1920, 1080), ("2K", 2560, 1440), ("4K", 3840, 2160))
"""The resolutions that editing programs offer, with their long and short side."""


_ASKED = say("the size that is asked (720P, 1080P, 2K or 4K)")


def lines(setting: Setting, size: Readable = _ASKED) -> tuple[Tip, ...]:
    """One line for each program, with the size that is enough where the words name one."""
    holes = {words: {"size": size} if "{size}" in words else {} for _, words in setting.rows()}
    return tuple(Tip(say(program.name), say(words, **holes[words])) for program, words in setting.rows())


def _enough(case: Case) -> Readable:
    """The smallest size in the programs' lists that the rule accepts; the largest if none is."""
    if (case.breach.key, case.aim) not in SETTINGS or SETTINGS[case.breach.key, case.aim] is not _LARGER:
        return _ASKED
    goal, key = case.goal, case.breach.key
    asked = goal.sides if isinstance(goal, Size) else (goal, 0) if key == "video.width" else (0, goal)
    return Plain(next((name for name, long, short in _SIZES if long >= asked[0] and short >= asked[1]), _SIZES[-1][0]))
