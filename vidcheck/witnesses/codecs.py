"""Translates the tools' names of codecs, profiles and pixel formats into the vocabulary's.

Those are ffmpeg's short names, with one name for each profile.

The tables of both tools are next to each other, so that they are easy to compare.
"""

from __future__ import annotations

import re

from vidcheck.lazy import late
from vidcheck.terms import AUDIO_CODECS, VIDEO_CODECS

OTHER = "other"

_FFMPEG_VIDEO = {
    "ljpeg": "mjpeg", "mjpegb": "mjpeg", "msmpeg4": "msmpeg4v3",
    "v210": "rawvideo", "v308": "rawvideo", "v408": "rawvideo", "v410": "rawvideo", "r210": "rawvideo",
    "r10k": "rawvideo", "yuv4": "rawvideo", "y41p": "rawvideo", "h263p": "h263", "h263i": "h263", "apng": "png",
    "vc1image": "vc1", "wmv3image": "wmv3", "h266": "vvc", "libdav1d": "av1",
}  # fmt: skip
_FFMPEG_AUDIO = {
    "aac_latm": "aac", "aac_fixed": "aac", "mp3float": "mp3", "mp3adu": "mp3", "mp3on4": "mp3", "dca": "dts",
    "mlp": "truehd", "amrnb": "amr_nb", "amrwb": "amr_wb",
}  # fmt: skip
_MEDIAINFO_VIDEO = {
    "avc": "h264", "hevc": "hevc", "av1": "av1", "vp9": "vp9", "vp8": "vp8", "vvc": "vvc", "mpeg-4 visual": "mpeg4",
    "h.263": "h263", "prores": "prores", "vc-3": "dnxhd", "jpeg": "mjpeg", "m-jpeg": "mjpeg", "theora": "theora",
    "vc-1": "vc1", "sorenson spark": "flv1", "dv": "dvvideo", "ffv1": "ffv1", "yuv": "rawvideo", "rgb": "rawvideo",
    "raw": "rawvideo", "rgba": "rawvideo", "jpeg 2000": "jpeg2000", "png": "png", "gif": "gif", "m-gif": "gif", "cinepak": "cinepak",
    "sorenson 3": "svq3", "svq3": "svq3", "rle": "qtrle", "animation": "qtrle", "cineform": "cfhd", "dolby vision": "hevc",
}  # fmt: skip
_MEDIAINFO_AUDIO = {
    "aac": "aac", "usac": "aac", "ac-3": "ac3", "e-ac-3": "eac3", "opus": "opus", "vorbis": "vorbis", "flac": "flac",
    "alac": "alac", "pcm": "pcm", "dts": "dts", "mlp": "truehd", "mlp fba": "truehd", "truehd": "truehd",
    "mpeg-h 3d audio": "mpegh_3d_audio", "ac-4": "ac4", "adpcm": "adpcm", "ogg": "vorbis",
}  # fmt: skip
_CONTAINER_TAGS = {
    # MediaInfo counts these as MPEG Video, MPEG-4 Visual or VC-1; in ffmpeg they are separate codecs
    "div3": "msmpeg4v3", "div4": "msmpeg4v3", "mp43": "msmpeg4v3", "col1": "msmpeg4v3", "mp42": OTHER, "mpg4": OTHER,
    "wmv3": "wmv3", "v_ms/vfw/fourcc / wmv3": "wmv3", "svq3": "svq3", "rle ": "qtrle", "rle": "qtrle", "cfhd": "cfhd",
    "cvid": "cinepak", "s263": "h263", "xvid": "mpeg4", "theo": "theora",
    "mp4v-6e": "jpeg2000",
}  # fmt: skip
_LAYERS = {"layer 3": "mp3", "layer 2": "mp2"}
_BANDS = {"narrow band": "amr_nb", "wide band": "amr_wb"}

_FFMPEG_PROFILES = {
    "prores": {"Proxy": "422 Proxy", "LT": "422 LT", "Standard": "422", "HQ": "422 HQ", "XQ": "4444 XQ"},
    "mpeg4": {"Simple Profile": "Simple", "Advanced Simple Profile": "Advanced Simple", "Core Profile": "Core"},
    "hevc": {"Rext": "Format Range", "Multiview Main": "Multiview Main"},
}
_MEDIAINFO_PROFILES = {
    "vp9": {"0": "Profile 0", "1": "Profile 1", "2": "Profile 2", "3": "Profile 3"},
}
_AAC = {
    "LC": "LC", "LC SBR": "HE-AAC", "LC SBR PS": "HE-AACv2", "Main": "Main", "SSR": "SSR", "LTP": "LTP", "ER LC": "ER LC",
    "LD": "LD", "ELD": "ELD",
}  # fmt: skip
UNPROFILED = frozenset(
    {"pcm", "adpcm", "mp3", "mp2", "flac", "alac", "vorbis", "opus", "ac3", "eac3", "amr_nb", "amr_wb"}
)
"""Sound codecs that have no profiles: for them a missing profile means "none", not "unknown"."""
_PROFILED = frozenset({"h264", "hevc", "av1", "vp9", "vvc", "mpeg4", "mpeg2video", "prores", "vc1", "wmv3", "aac"})
"""Codecs for which the profile names of both tools can be matched."""
_REXT = late(r"(?:Main|Monochrome|Format Range).*(?:4:2:2|4:4:4|4:0:0|12|16|Format Range).*")


def ffmpeg_video(name: str) -> str:
    """The picture's codec by ffmpeg's decoder name."""
    plain = _FFMPEG_VIDEO.get(name, name)
    return plain if plain in VIDEO_CODECS else OTHER


def ffmpeg_audio(name: str) -> str:
    """The sound's codec by ffmpeg's decoder name."""
    if name.startswith("pcm_"):
        return "pcm"
    if name.startswith("adpcm_"):
        return "adpcm"
    plain = _FFMPEG_AUDIO.get(name, name)
    return plain if plain in AUDIO_CODECS else OTHER


def mediainfo_video(name: str, version: str = "", tag: str = "") -> str:
    """The picture's codec by MediaInfo's Format, Format_Version and CodecID; empty if it has no Format."""
    plain = name.strip().lower()
    if not plain:
        return ""
    if known := _CONTAINER_TAGS.get(tag.lower()):
        return known
    if plain == "mpeg video":
        return "mpeg1video" if version.strip().removeprefix("Version ") == "1" else "mpeg2video"
    return _MEDIAINFO_VIDEO.get(plain, OTHER)


def mediainfo_audio(name: str, version: str = "", profile: str = "") -> str:
    """The sound's codec by MediaInfo's Format, Format_Version and Format_Profile; empty if unknown."""
    plain, kind = name.strip().lower(), profile.strip().lower()
    if not plain or (plain in {"mpeg audio", "amr"} and not kind):
        return ""
    if plain == "mpeg audio":
        return _LAYERS.get(kind, OTHER)
    if plain == "amr":
        return _BANDS.get(kind, OTHER)
    if plain == "wma":
        return "wmapro" if "pro" in kind else "wmav2" if version == "2" else OTHER
    if plain in {"adpcm", "pcm"} and kind in {"a-law", "u-law"}:
        return "pcm"
    return _MEDIAINFO_AUDIO.get(plain, OTHER)


def ffmpeg_profile(codec: str, name: str) -> str | None:
    """The profile as ffmpeg prints it; None for a bare number, which ffmpeg prints for unknown profiles."""
    if codec not in _PROFILED or not name or name == "unknown" or name.lstrip("-").isdigit():
        return None
    return _FFMPEG_PROFILES.get(codec, {}).get(name, name)


def mediainfo_profile(codec: str, name: str) -> str | None:
    """The profile of a picture's codec as MediaInfo prints it: `High@L4.1` is High; the first of several."""
    plain = name.partition(" / ")[0].partition("@")[0].strip()
    if codec not in _PROFILED or not plain:
        return None
    if codec == "hevc" and _REXT.fullmatch(plain):
        return "Format Range"
    return _MEDIAINFO_PROFILES.get(codec, {}).get(plain, plain)


def aac_profile(features: str) -> str | None:
    """AAC's profile by MediaInfo's Format_AdditionalFeatures: `LC SBR` is HE-AAC."""
    return _AAC.get(features.partition(" / ")[0].strip())


_CHROMA = {
    "420": "4:2:0",
    "422": "4:2:2",
    "444": "4:4:4",
    "440": "4:4:0",
    "411": "4:1:1",
    "gray": "4:0:0",
    "gbr": "rgb",
    "gbra": "rgb",
}
_PLANAR = late(r"(?:yuv[ja]?(?P<sampling>4\d\d)|(?P<kind>gray|gbra?))p?(?P<bits>\d\d)?(?:le|be)?", re.ASCII)
_NAMED = {
    "nv12": ("4:2:0", 8), "nv21": ("4:2:0", 8), "nv16": ("4:2:2", 8), "nv20le": ("4:2:2", 10), "nv20be": ("4:2:2", 10),
    "nv24": ("4:4:4", 8), "nv42": ("4:4:4", 8), "p010le": ("4:2:0", 10), "p010be": ("4:2:0", 10), "p012le": ("4:2:0", 12),
    "p016le": ("4:2:0", 16), "p016be": ("4:2:0", 16), "p210le": ("4:2:2", 10), "p212le": ("4:2:2", 12),
    "p216le": ("4:2:2", 16), "p410le": ("4:4:4", 10), "p412le": ("4:4:4", 12), "p416le": ("4:4:4", 16),
    "uyvy422": ("4:2:2", 8), "yuyv422": ("4:2:2", 8), "yvyu422": ("4:2:2", 8), "uyyvyy411": ("4:1:1", 8),
    "y210le": ("4:2:2", 10), "y212le": ("4:2:2", 12), "xv30le": ("4:4:4", 10), "xv36le": ("4:4:4", 12),
    "vuya": ("4:4:4", 8), "vuyx": ("4:4:4", 8), "ayuv64le": ("4:4:4", 16), "ayuv64be": ("4:4:4", 16), "ya8": ("4:0:0", 8),
    "ya16le": ("4:0:0", 16), "ya16be": ("4:0:0", 16), "pal8": ("rgb", 8), "x2rgb10le": ("rgb", 10), "x2bgr10le": ("rgb", 10),
} | dict.fromkeys(("rgb24", "bgr24", "argb", "rgba", "abgr", "bgra", "0rgb", "rgb0", "0bgr", "bgr0"), ("rgb", 8)) | {
    f"{name}{end}": ("rgb", 16) for name in ("rgb48", "bgr48", "rgba64", "bgra64") for end in ("le", "be")
}  # fmt: skip


def pixel_format(name: str) -> tuple[str | None, int | None]:
    """Colour sampling and bits, each None if the name doesn't say: `yuv420p10le` is 4:2:0 and 10."""
    if name in _NAMED:
        return _NAMED[name]
    found = _PLANAR.fullmatch(name)
    if found is None:
        return None, None
    return _CHROMA.get(found["sampling"] or found["kind"]), int(found["bits"] or 8)
