"""Answers words that are no key but say what somebody wants: with the key that asks it, or that it is not measured.

A word is looked up by its whole and by its last part (`audio.loudness`). A new wish is one row here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

from vidcheck.rules.problems import quoted
from vidcheck.rules.spelling import nearest
from vidcheck.rules.values import example_of
from vidcheck.texts import LANGUAGES, Readable, marked, say
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 60
_BY_VALUE = ("format", "video.codec", "audio.codec", "video.scan", "orientation")
"""Keys whose values people write in place of the key: `h264`."""

_ASKED: dict[str, str] = {
    # the rule that asks it: words for it
    "audio.channels: {is: 2}": "stereo 立体声 双声道 声道 声道数 channels",
    "audio.channels: {is: 1}": "mono 单声道",
    "audio.channels: {is: 6}": "surround 环绕声 环绕",
    "audio.count: {min: 1}": "sound audio has-audio has-sound 声音 有声 音轨 音频",
    "audio.codec: {is: aac}": "音频编码 声音编码 audio-format",
    "audio.bit-rate: {min: 128 kbps}": "音频码率 声音码率",
    "audio.sample-rate: {is: 48 kHz}": "采样率 音频采样率 采样频率",
    "video.count: {is: 1}": "video picture 视频 画面 视频轨",
    "video.codec: {is: h264}": "编码 视频编码 编码格式 编码方式",
    "video.bit-rate: {min: 4 Mbps}": "视频码率",
    "video.frame-rate: {any-of: [25, 30]}": "帧率 帧数 帧速率 帧频 frames",
    "video.frame-rate-mode: {is: constant}": "cfr vfr constant-frame-rate 固定帧率 恒定帧率",
    "video.scan: {is: progressive}": "逐行 逐行扫描 隔行 隔行扫描 deinterlaced 扫描方式",
    "video.bit-depth: {is: 8}": "位深 色深 bit-depth 8bit 10bit",
    "video.hdr: {is: none}": "高动态范围",
    "bit-rate: {max: 8 Mbps}": "码率 比特率 码流 总码率",
    "duration: {min: 2 min, max: 5 min}": "时长 长度 片长 总时长 视频时长 播放时长 时间 running-time time minutes seconds",
    "resolution: {min: 1920x1080}": "分辨率 画面尺寸 尺寸 像素 清晰度 高清 全高清 hd full-hd fullhd fhd 1080p 720p 4k uhd definition dimensions pixels",
    "size: {max: 200 MB}": "大小 文件大小 视频大小 体积 容量 megabytes mb weight",
    "format: {is: mp4}": "格式 文件格式 视频格式 封装 封装格式 file-type filetype type",
    "aspect-ratio: {is: 16:9}": "画幅 宽高比 长宽比 画面比例 比例 屏幕比例 aspect widescreen 16:9",
    "orientation: {is: landscape}": "横屏 横版 竖屏 竖版 横向 竖向 方向",
    "subtitle.count: {min: 1}": "字幕 subtitle captions caption subs srt 字幕轨",
    "file.name: {matches: '\\d{3}_.+\\.mp4'}": "文件名 命名 文件命名 文件名称",
    "completed: {from: 2022-01-01, to: 2022-12-31}": "完成日期 完成时间 制作时间 制作日期 创作时间 创作日期 year 年份 日期",
    "broadcast: {from: 2022-01-01, to: 2022-12-31}": "播出日期 播出时间 首播时间 播放日期",
    "declared.title: {known: yes}": "标题 题目 作品名称 作品名 作品标题 片名",
    "declared.authors: {known: yes}": "作者 作者姓名 主创 author authors makers",
    "declared.category: {known: yes}": "类别 组别 作品类别",
    "declared.telephone: {known: yes}": "电话 手机 联系电话 phone tel",
    "declared.email: {known: yes}": "邮箱 电子邮件 email e-mail mail",
    "attachment.count: {min: 1}": "附件 attachment attachments",
    "form.count: {is: 1}": "报名表 申报表 登记表 推荐表 form-missing",
    "intact: {is: yes}": "完整 完整性 损坏 corrupt corrupted damaged broken complete",
    "playable: {is: yes}": "可播放 能播放 播放 plays",
    "content.loudness: {is: -23 LUFS, tolerance: 1 LU}": "loudness volume lufs lkfs r128 响度 音量 声音大小 音量大小",
    "content.true-peak: {max: -1 dBTP}": "peak true-peak 峰值 真峰值",
    "content.black: {max: 10 %}": "black blackness black-frames black-screen 黑屏 黑场 黑帧 黑画面",
    "content.silent: {max: 20 %}": "silent silence mute muted 静音 无声 没声音",
    "content.frozen: {max: 20 %}": "freeze frozen frozen-frames still stutter 静帧 定格 卡顿 画面静止",
    "content.bars: {is: none}": "letterbox pillarbox bars black-bars 黑边 加黑边",
}  # fmt: skip


class _Unmeasured(NamedTuple):
    words: str
    label: str
    """Of what it is said that it is not measured; a key of the catalogue."""
    name: str
    """A name for the rule."""
    zh: str
    en: str


_UNMEASURED = (
    _Unmeasured("watermark watermarks logo 水印 台标 角标 标识 二维码", marked("logos and watermarks"), "watermark", "画面没有水印和台标", "There is no watermark and no logo"),
    _Unmeasured("burnt-in-subtitles hard-subs hardsub 硬字幕 中文字幕 字幕内容", marked("words burnt into the picture"), "captions", "配有字幕", "There are captions in the picture"),
    _Unmeasured("mandarin speech spoken narration voice voice-over 普通话 配音 解说 旁白 语种", marked("spoken language"), "mandarin", "配音和解说使用普通话", "Narration is in Mandarin"),
    _Unmeasured("quality sharpness sharp blur blurry focus 画质 画面质量 模糊 虚焦 清晰 画面清晰", marked("how sharp the picture looks"), "quality", "画面清晰", "The picture is sharp"),
    _Unmeasured("noise hiss clipping distortion 噪音 杂音 噪声 失真 音质", marked("noise in the sound"), "noise", "声音清楚，没有杂音", "The sound is clear and without noise"),
    _Unmeasured("shake shaky stable steady 抖动 稳定 画面稳定", marked("how steady the camera is"), "steady", "画面稳定", "The picture is steady"),
    _Unmeasured("exposure brightness colour color contrast 曝光 亮度 色彩 颜色 偏色", marked("brightness and colours"), "colours", "曝光和色彩正常", "Brightness and colours are right"),
    _Unmeasured("music bgm background-music 音乐 背景音乐 配乐", marked("music"), "music", "配乐有授权", "The music may be used"),
    _Unmeasured("original originality copyright plagiarism 原创 原创性 版权 侵权 抄袭", marked("whose work it is"), "original", "作品为原创", "The work is original"),
    _Unmeasured("topic theme subject story 主题 内容 题材 导向", marked("what the work is about"), "theme", "内容符合主题", "The work keeps to the theme"),
    _Unmeasured("credits opening intro outro 片头 片尾 字幕条 署名", marked("opening and end titles"), "credits", "有片头和片尾", "There are opening and end titles"),
    _Unmeasured("advertising advertisement ads ad 广告 商业广告", marked("advertising"), "advertising", "没有广告", "There is no advertising"),
    _Unmeasured("face faces people person minors 人脸 人物 肖像 未成年人", marked("who is in the picture"), "people", "出镜的人都同意", "Everybody in the picture agrees"),
    _Unmeasured("ai ai-generated aigc generated 人工智能 生成 ai生成", marked("whether a machine made it"), "made-by-ai", "人工智能生成的内容已注明", "What a machine made is marked"),
)  # fmt: skip
_BURNT = frozenset({"subtitle.count: {min: 1}"})


def no_key(text: str) -> tuple[Readable, str]:
    """What to say where a rule's name or a fact is no key, and the hint."""
    answered = wish(text)
    if answered:
        return answered
    what = say("'{text}' is no key; a rule bears a key's name, or says fact, any or manual", text=quoted(text))
    return what, nearest(text, KEYS)


def wish(text: str) -> tuple[Readable, str] | None:
    """The answer to a word for what somebody wants, and the rule to write; None if the word is not known."""
    for word in _words(text):
        rule = _rule(word)
        if rule:
            key = KEYS[rule.partition(":")[0]]
            if rule in _BURNT:
                what = say("'{text}' is no key; {key} counts subtitle tracks, and words burnt into the picture are not measured", text=quoted(text), key=key.name)  # fmt: skip
            else:
                what = say("'{text}' is no key; {key} asks it", text=quoted(text), key=key.name)
            return what, rule
        row = next((row for row in _UNMEASURED if word in row.words.split()), None)
        if row:
            what = say(
                "'{text}' is no key, and vidcheck does not measure {what}: write it as manual, for a person to say",
                text=quoted(text),
                what=say(row.label),
            )
            return what, f"{row.name}: {{manual: {{zh: {row.zh}, en: {row.en}}}}}"
    return None


def _words(text: str) -> Iterator[str]:
    plain = normalize("NFKC", text[:_LONGEST]).strip().casefold().replace("_", "-").replace(" ", "-")
    yield plain
    for mark in (".", "-"):
        if mark in plain and plain.rpartition(mark)[2] in _parts():
            yield plain.rpartition(mark)[2]


def _parts() -> frozenset[str]:
    """Words that mean the same behind another: `audio.loudness`, `audio.stereo`."""
    measured = {word for rule, words in _ASKED.items() if rule.startswith("content.") for word in words.split()}
    return frozenset(
        {word for row in _UNMEASURED for word in row.words.split()} | measured | {"stereo", "mono", "surround", "hd"}
    )


def _rule(word: str) -> str:
    """The rule that asks what a word wants; empty if none does."""
    rule = next((rule for rule, words in _ASKED.items() if word in words.split()), "")
    if rule:
        return rule
    for key in (KEYS[name] for name in _BY_VALUE):
        if word in key.values and word not in {"none", "other"}:
            return f"{key.name}: {{is: {word}}}"
    return next((_example(name) for name in KEYS if word in _labels(name)), "")


def _example(name: str) -> str:
    asks = "known: yes" if name.startswith("declared.") else f"is: {example_of(KEYS[name])}"
    return f"{name}: {{{asks}}}"


def _labels(name: str) -> frozenset[str]:
    """What people call a key in languages other than the source's, whose words are near the key's name already."""
    return frozenset(KEYS[name].called.render(language) for language in LANGUAGES if language != "en")
