"""Finds the nearest valid spelling of a mistyped name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.lazy import late
from vidcheck.rules.constraints import CONSTRAINTS

if TYPE_CHECKING:
    from collections.abc import Iterable

_NEAR_ENOUGH = 0.6
_LONGEST = 60
_END = late(r"[./]")
_MEANT = {
    # words of other rules languages; constraints have synonyms of their own
    "severity": "level", "if": "when", "hint": "remedy", "fix": "remedy", "slack": "tolerance", "margin": "tolerance", "witness": "evidence",
    "witnesses": "evidence", "key": "fact", "or": "any", "name": "title", "zone": "timezone", "tz": "timezone", "time-zone": "timezone",
    "base": "extends", "extend": "extends", "include": "extends", "version": "vidcheck", "error": "required", "must": "required",
    "mandatory": "required", "warning": "recommended", "warn": "recommended", "should": "recommended", "optional": "recommended",
    "preferred": "recommended", "unknown": "review", "ignore": "pass", "reject": "fail",
    "number": "count", "how-many": "count", "same": "unique", "distinct": "unique", "no-duplicates": "unique",
    "limit": "at-most", "archive": "not-in-archive", "group": "batch", "entries": "batch", "category": "categories",
    "accept": "pass", "cn": "zh", "chinese": "zh", "english": "en",
    # keys
    "length": "duration", "runtime": "duration", "filesize": "size", "file-size": "size", "file.size": "size", "container": "format",
    "fps": "video.frame-rate", "framerate": "video.frame-rate", "bitrate": "bit-rate", "ratio": "aspect-ratio", "dar": "aspect-ratio", "par": "video.pixel-shape", "sar": "video.pixel-shape", "stem": "file.stem",
    "date": "completed", "created": "container.created", "filename": "file.name", "extension": "file.extension", "ext": "file.extension",
    "sha256": "checksum", "hash": "checksum", "vcodec": "video.codec", "acodec": "audio.codec", "codec": "video.codec",
    "samplerate": "audio.sample-rate", "sample-rate": "audio.sample-rate", "language": "audio.languages", "rotation": "video.rotation",
    "hdr": "video.hdr", "chroma": "video.chroma", "subtitles": "subtitle.count", "brand": "format.brand",
    # codecs, formats and other values
    "avc": "h264", "h.264": "h264", "x264": "h264", "avc1": "h264", "h265": "hevc", "h.265": "hevc", "x265": "hevc", "hvc1": "hevc",
    "h266": "vvc", "mpeg2": "mpeg2video", "mpeg-2": "mpeg2video", "mpeg1": "mpeg1video", "mpeg-4": "mp4", "dnxhr": "dnxhd",
    "dv": "dvvideo", "mkv": "matroska", "quicktime": "mov", "ts": "mpegts", "mpeg-ts": "mpegts", "m2ts": "mpegts", "mpg": "mpegps",
    "vob": "mpegps", "asf": "wmv", "heic": "heif", "ac-3": "ac3", "e-ac-3": "eac3", "wav": "pcm", "he-aac": "aac", "vertical": "portrait",
    "horizontal": "landscape", "cfr": "constant", "vfr": "variable", "420": "4:2:0", "422": "4:2:2", "444": "4:4:4", "sdr": "none",
    "dolby": "dolby-vision", "p": "progressive", "i": "interlaced", "mediainfolib": "mediainfo", "ffmpeg": "ffprobe", "form": "declared",
    "manifest": "declared", "box": "boxes", "mp4box": "boxes", "file": "filesystem",
    # words of Chinese
    "规则": "rules", "比赛": "contest", "大赛": "contest", "标题": "title", "时区": "timezone", "截止日期": "deadline", "级别": "level", "等级": "level",
    "必须": "required", "必需": "required", "强制": "required", "建议": "recommended", "推荐": "recommended", "可选": "recommended", "人工": "manual",
    "容差": "tolerance", "误差": "tolerance", "说明": "message", "提示": "message", "消息": "message", "条件": "when", "当": "when", "名称": "label", "标签": "label",
    "横屏": "landscape", "竖屏": "portrait", "横版": "landscape", "竖版": "portrait", "方形": "square", "逐行": "progressive", "隔行": "interlaced",
    "固定": "constant", "可变": "variable", "恒定": "constant", "图片": "jpeg", "中文": "zh", "英文": "en", "英语": "en", "汉语": "zh", "普通话": "zh",
    # zones
    "beijing": "Asia/Shanghai", "asia/beijing": "Asia/Shanghai", "china": "Asia/Shanghai", "北京": "Asia/Shanghai", "北京时间": "Asia/Shanghai",
    "上海": "Asia/Shanghai", "中国": "Asia/Shanghai", "cst": "Asia/Shanghai", "utc+8": "Asia/Shanghai", "utc+08:00": "Asia/Shanghai",
    "gmt+8": "Asia/Shanghai", "+8": "Asia/Shanghai", "+08:00": "Asia/Shanghai", "+0800": "Asia/Shanghai", "pst": "America/Los_Angeles",
    "est": "America/New_York", "utc+0": "UTC", "z": "UTC", "jst": "Asia/Tokyo", "bst": "Europe/London",
}  # fmt: skip


def nearest(text: str, names: Iterable[str]) -> str:
    """The valid name that was most likely meant; empty if none is near."""
    import unicodedata

    valid = tuple(names)
    plain = (
        unicodedata.normalize("NFKC", text[:_LONGEST]).strip().strip(":").lower().replace("_", "-").replace(" ", "-")
    )
    by_plain = {name.lower().replace("_", "-"): name for name in reversed(valid)}
    meant = by_plain.get(plain) or _synonym(plain) or _MEANT.get(plain, "")
    if meant in valid:
        return meant
    import difflib

    by_end = {_END.split(name)[-1]: whole for name, whole in reversed(by_plain.items())}
    close = difflib.get_close_matches(plain, by_end | by_plain, 1, _NEAR_ENOUGH)
    return (by_end | by_plain)[close[0]] if close else ""


def _synonym(text: str) -> str:
    """The constraint that has this name in other rules languages."""
    return next((row.name for row in CONSTRAINTS.values() if text in row.synonyms), "")
