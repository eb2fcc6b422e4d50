"""Answers words that are no key but say what somebody wants: with the key that asks it, or that it is not measured.

A word is looked up by its whole, then without what says how much or of what (`max-duration`, `video.duration`, 最长时长), then by
its last part (`audio.loudness`). A new wish is one row here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

from vidcheck.lazy import late
from vidcheck.rules.problems import quoted
from vidcheck.rules.spelling import nearest
from vidcheck.rules.values import example_of
from vidcheck.texts import LANGUAGES, Readable, marked, say
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 60
_HUMP = late(r"(?<=[a-z])(?=[A-Z])")
_BEFORE = late(
    r"^(?:(?:video|audio|file|film|media|clip|movie|picture|image|content|declared|contest|minimum|maximum|min|max|lowest|highest|total|overall|"
    r"average|has|is|with|no|not|without|allowed|required)[.-]|min(?=dur|siz|res|len)|max(?=dur|siz|res|len)|视频|影片|作品|微视频|文件|最短|最长|最大|最小|最低|最高|最少|最多|"
    r"总|是否有|是否|不得有|不能有|没有|有|无|禁止)"
)
_AFTER = late(
    r"(?:[.-](?:limit|limits|min|max|minimum|maximum|range|seconds|secs|sec|minutes|mb|required|requirement|requirements|allowed|free|check|length|"
    r"ratio|count|type|p)|上限|下限|要求|限制|标准|范围|规格|规定|不超过|不少于|不低于)$"
)
_DASHES = str.maketrans("_ /", "---")
_TRACK = late(r"(video|audio)[.-](.+)")
_RATIO = late(r"\d{1,2}:\d{1,2}|\d\.\d{1,2}:1")
_LINES = late(r"(\d{3,4})[pi]")
_SIDES = late(r"(\d{3,5})[x×*](\d{3,5})")
_NUMBER = late(r"(\d+(?:\.\d+)?)-?([a-z]+)")
_WIDTHS = {"720": "1280x720", "1080": "1920x1080", "1440": "2560x1440", "2160": "3840x2160"}
_OF_UNIT = {
    "fps": "video.frame-rate: {{is: {}}}", "hz": "video.frame-rate: {{is: {}}}", "khz": "audio.sample-rate: {{is: {} kHz}}",
    "mb": "size: {{max: {} MB}}", "gb": "size: {{max: {} GB}}", "min": "duration: {{max: {} min}}", "s": "duration: {{max: {} s}}",
    "mbps": "bit-rate: {{max: {} Mbps}}", "kbps": "audio.bit-rate: {{min: {} kbps}}", "bit": "video.bit-depth: {{is: {}}}",
}  # fmt: skip
_BY_VALUE = ("format", "video.codec", "audio.codec", "video.scan", "orientation")
"""Keys whose values people write in place of the key: `h264`."""

_ASKED: dict[str, str] = {
    # the rule that asks it: words for it. The first rule of a key is the one for its own names
    "audio.channels: {is: 2}": "stereo 立体声 双声道 声道 声道数 channels channel-count 2.0",
    "audio.channels: {is: 1}": "mono 单声道",
    "audio.channels: {is: 6}": "surround 环绕声 环绕 5.1 5.1声道",
    "audio.count: {min: 1}": "sound audio 声音 有声 音轨 音频 audio-tracks audio-streams",
    "audio.count: {is: 0}": "no-audio no-sound without-sound",
    "audio.codec: {is: aac}": "音频编码 声音编码 audio-format audio-encoding acodec audiocodec 音频格式 音频编码格式",
    "audio.bit-rate: {min: 128 kbps}": "音频码率 声音码率 音频比特率",
    "audio.sample-rate: {is: 48 kHz}": "采样率 音频采样率 采样频率 sample-rate samplerate sampling-rate khz 48khz",
    "audio.languages: {contains: zh}": "language languages audio-language sound-language",
    "video.count: {is: 1}": "video picture 视频 画面 视频轨 tracks video-tracks video-streams streams",
    "video.codec: {is: h264}": "编码 视频编码 编码格式 编码方式 视频编码格式 codec vcodec encoding compression 压缩格式 压缩编码 avc 264 x264 h.264 videocodec",
    "video.codec: {is: hevc}": "265 h.265 h265 x265",
    "video.profile: {any-of: [Main, High]}": "profile codec-profile 编码档次",
    "sound.duration: {min: 2 min}": "audio-duration audio-length sound-length 音频时长 声音时长",
    "video.bit-rate: {min: 4 Mbps}": "视频码率 视频比特率 video-bitrate",
    "video.width: {is: 1920}": "width 宽度 画面宽 宽",
    "video.height: {is: 1080}": "height 高度 画面高 高 lines",
    "video.frame-rate: {any-of: [25, 30]}": "帧率 帧数 帧速率 帧频 frames fps framerate frame-rate frames-per-second 每秒帧数 刷新率",
    "video.frame-rate-mode: {is: constant}": "cfr vfr constant-frame-rate variable-frame-rate 固定帧率 恒定帧率 可变帧率",
    "video.scan: {is: progressive}": "逐行 逐行扫描 隔行 隔行扫描 deinterlaced 扫描方式 interlacing",
    "video.bit-depth: {is: 8}": "位深 色深 bit-depth bits 8bit 8-bit colour-depth color-depth",
    "video.bit-depth: {is: 10}": "10bit 10-bit",
    "video.chroma: {is: 4:2:0}": "yuv420p yuv420 yuv chroma chroma-subsampling subsampling pixel-format pix-fmt 色度采样 像素格式",
    "video.hdr: {is: none}": "高动态范围 hdr hdr10 dolby-vision dolbyvision sdr dynamic-range 动态范围",
    "video.rotation: {is: 0}": "rotation rotate rotated 旋转 画面旋转 旋转角度",
    "bit-rate: {max: 8 Mbps}": "码率 比特率 码流 总码率 bitrate mbps kbps data-rate",
    "duration: {min: 2 min, max: 5 min}": "时长 长度 片长 总时长 视频时长 播放时长 时间 length runtime running-time time minute minutes sec secs second seconds hour hours 分钟 秒 film-length",
    "resolution: {min: 1920x1080}": "分辨率 画面尺寸 尺寸 像素 清晰度 高清 全高清 超清 hd full-hd fullhd fhd definition dimensions pixel pixels megapixels frame-size screen-size display-size picture-size width/height",
    "resolution: {min: 1280x720}": "hd-ready 准高清",
    "resolution: {min: 2560x1440}": "2k qhd",
    "resolution: {min: 3840x2160}": "4k uhd ultra-hd 4k超清 4k超高清 超高清",
    "resolution: {min: 7680x4320}": "8k",
    "resolution: {max: 1024x576}": "sd 标清",
    "size: {max: 200 MB}": "大小 文件大小 视频大小 体积 容量 filesize file-size megabytes mb gb kb weight 文件体积 最大文件",
    "format: {is: mp4}": "格式 文件格式 视频格式 封装 封装格式 file-type filetype file-format fileformat type container 容器 文件类型 media-type mime mime-type",
    "aspect-ratio: {is: 16:9}": "画幅 宽高比 长宽比 画面比例 比例 屏幕比例 画幅比 aspect ratio dar widescreen 宽屏 屏幕尺寸比",
    "orientation: {is: landscape}": "横屏 横版 横向 方向 屏幕方向 画面方向 horizontal 横拍",
    "orientation: {is: portrait}": "竖屏 竖版 竖向 vertical upright 竖拍",
    "orientation: {is: square}": "方形 正方形",
    "subtitle.count: {min: 1}": "字幕 subtitle subtitles captions caption subs srt vtt cc closed-captions 字幕轨 外挂字幕 字幕文件",
    "file.name: {matches: '\\d{3}_.+\\.mp4'}": "文件名 命名 文件命名 文件名称 filename naming name 命名规则 命名格式 文件命名规则",
    "file.extension: {any-of: [mp4, mov]}": "extension ext suffix 后缀 后缀名 扩展名 文件后缀 文件扩展名",
    "completed: {from: 2022-01-01, to: 2022-12-31}": "date completion-date 完成日期 完成时间 制作时间 制作日期 制作年份 创作时间 创作日期 year 年份 日期 production-date production-year finished made",
    "container.created: {from: 2022-01-01}": "created creation-date creation-time creation 创建日期 创建时间 recorded shot shooting-date 拍摄时间 拍摄日期",
    "broadcast: {from: 2022-01-01, to: 2022-12-31}": "播出日期 播出时间 首播时间 播放日期 发布时间 发布日期 release-date published publication-date premiere",
    "declared.title: {known: yes}": "标题 题目 作品名称 作品名 作品标题 片名 影片名称 作品题目",
    "declared.summary: {min-length: 100, max-length: 500}": "summary description synopsis abstract 简介 作品简介 内容简介 梗概 故事梗概 介绍 作品介绍 说明",
    "declared.innovation: {known: yes}": "创新点 创意说明 创作思路",
    "declared.authors: {min-count: 1, max-count: 5}": "作者 作者姓名 主创 主创人员 author authors makers team team-size participants members crew number-of-authors author-count 人数 作者人数 团队人数 主创人数 成员",
    "declared.first-author: {known: yes}": "director 导演 第一作者 负责人 first-author",
    "declared.category: {known: yes}": "类别 组别 作品类别 参赛组别 category categories 分类 赛道 genre 体裁",
    "declared.broadcast-platform: {known: yes}": "platform channel 平台 播出平台 发布平台 首发平台 播放平台",
    "declared.broadcast-url: {known: yes}": "url link address-of-the-film web-address 链接 网址 播放链接 播出网址 作品链接 视频链接",
    "declared.recommender: {known: yes}": "recommender 推荐单位 推荐人 报送单位 选送单位",
    "declared.telephone: {known: yes}": "电话 手机 手机号 手机号码 联系电话 联系方式 phone tel telephone mobile contact",
    "declared.email: {known: yes}": "邮箱 电子邮件 电子邮箱 email e-mail mail",
    "declared.address: {known: yes}": "地址 通讯地址 通信地址 联系地址 address postal-address",
    "declared.submitted: {to: 2022-12-31}": "submitted submission-date 提交日期 提交时间 投稿时间 报送时间",
    "attachment.count: {min: 1}": "附件 attachment attachments documents",
    "form.count: {is: 1}": "报名表 申报表 登记表 推荐表 申请表 form form-missing entry-form",
    "intact: {is: yes}": "完整 完整性 损坏 corrupt corrupted damaged broken complete truncated",
    "playable: {is: yes}": "可播放 能播放 播放 正常播放 plays play",
    "encrypted: {is: no}": "encryption drm 加密",
    "faststart: {is: yes}": "moov web-optimized web-optimised streaming",
    "encoder: {known: yes}": "software 编辑软件 编码器 制作软件 writing-application",
    "checksum: {known: yes}": "hash md5 sha256 sha-256 校验和 哈希",
    "content.loudness: {is: -23 LUFS, tolerance: 1 LU}": "loudness volume lufs r128 响度 音量 声音大小 音量大小 分贝",
    "content.black: {max: 10 %}": "black blackness black-frames blackframes black-screen 黑屏 黑场 黑帧 黑画面",
    "content.silent: {max: 20 %}": "silent silence mute muted 静音 无声 没声音",
    "content.frozen: {max: 20 %}": "freeze frozen frozen-frames still stutter 静帧 定格 卡顿 画面静止",
    "content.bars: {is: none}": "letterbox pillarbox bars black-bars 黑边 加黑边",
    "content.speech: {min: 5 %}": "speech speaking talking somebody-speaks voice-activity 说话 人声 有人说话 有声解说",
    "content.text: {min: 50 %}": "burnt-in burned-in burnt burned hardcoded burnt-in-subtitles burned-in-subtitles subtitle-burned-in subtitles-burned subtitles-burnt hard-subs hardsub ocr words-on-screen on-screen-text 硬字幕 画面文字 屏幕文字",
    "content.script: {only: [simplified, latin]}": "script scripts simplified simplified-chinese traditional traditional-chinese chinese-characters 简体 简体字 简体中文 繁体 繁体字 繁体中文 规范字 规范汉字 简体字幕",
    "content.true-peak: {max: -1 dBTP}": "dbfs dbtp db peak true-peak",
}  # fmt: skip
_ELSEWHERE: dict[str, str] = {
    # what stands beside the rules: words for it
    "contest: {deadline: 2022-05-09}": "deadline closing-date due-date due 截止 截止日期 截止时间 报名截止 投稿截止 截稿日期",
    "contest: {timezone: Asia/Shanghai}": "timezone time-zone tz 时区",
    "contest: {title: Film Days}": "contest-title contest-name 比赛名称 大赛名称 活动名称",
    "batch: {same-file: {unique: checksum}}": "duplicate duplicates unique no-duplicates 重复 重复作品 去重 查重 不得重复 重复投稿",
    "batch: {per-author: {at-most: {count: 2, per: declared.first-author}}}": "entries-per-author entries-per-person films-per-author number-of-entries number-of-videos 作品数量 作品数 每人作品数 限报 每人限报 数量",
}


class _Unmeasured(NamedTuple):
    words: str
    label: str
    """Of what it is said that it is not measured; a key of the catalogue."""
    name: str
    """A name for the rule."""
    zh: str
    en: str
    assist: str = ""
    """Conditions that help a person to judge it."""


_UNMEASURED = (
    _Unmeasured("watermark watermarks logo logos qr qr-code 水印 水印logo 台标 角标 标识 二维码", marked("logos and watermarks"), "watermark", "画面没有水印和台标", "There is no watermark and no logo"),
    _Unmeasured("subtitle-language subtitles-language english-subtitles chinese-subtitles 字幕语言 双语字幕 英文字幕 中文字幕 字幕内容", marked("the language of subtitles"), "captions", "配有字幕", "There are captions in the picture", "content.text: {min: 20 %}"),
    _Unmeasured("mandarin spoken spoken-language dialogue dialog putonghua dialect narration voice voice-over 普通话 配音 解说 旁白 语种 语言 对白 方言", marked("spoken language"), "mandarin", "配音和解说使用普通话", "Narration is in Mandarin", "content.language: {only: [zh]}, content.speech: {min: 5 %}"),
    _Unmeasured("quality sharpness sharp blur blurry focus 画质 画面质量 模糊 虚焦 清晰 画面清晰", marked("how sharp the picture looks"), "quality", "画面清晰", "The picture is sharp"),
    _Unmeasured("noise hiss clipping distortion 噪音 杂音 噪声 失真 音质", marked("noise in the sound"), "noise", "声音清楚，没有杂音", "The sound is clear and without noise"),
    _Unmeasured("shake shaky stable steady 抖动 稳定 画面稳定", marked("how steady the camera is"), "steady", "画面稳定", "The picture is steady"),
    _Unmeasured("exposure brightness colour color contrast 曝光 亮度 色彩 颜色 偏色", marked("brightness and colours"), "colours", "曝光和色彩正常", "Brightness and colours are right"),
    _Unmeasured("music bgm background-music music-license music-licence music-rights music-copyright soundtrack 音乐 背景音乐 配乐", marked("music"), "music", "配乐有授权", "The music may be used"),
    _Unmeasured("original originality copyright copyright-free rights license licence plagiarism stolen 原创 原创性 版权 侵权 抄袭", marked("whose work it is"), "original", "作品为原创", "The work is original"),
    _Unmeasured("topic theme subject story content 主题 内容 题材 导向", marked("what the work is about"), "theme", "内容符合主题", "The work keeps to the theme"),
    _Unmeasured("credits opening intro outro titles end-titles 片头 片尾 字幕条 署名 片头时长 片尾时长 片尾字幕 演职员表 职员表", marked("opening and end titles"), "credits", "有片头和片尾", "There are opening and end titles"),
    _Unmeasured("advertising advertisement advertisements ads ad commercial 商业 广告 商业广告", marked("advertising"), "advertising", "没有广告", "There is no advertising"),
    _Unmeasured("face faces people person minors 人脸 人物 肖像 未成年人", marked("who is in the picture"), "people", "出镜的人都同意", "Everybody in the picture agrees"),
    _Unmeasured("cover thumbnail poster first-frame first-picture 封面 海报 首帧 缩略图", marked("how the first picture looks"), "cover", "封面符合要求", "The cover is as the call asks"),
    _Unmeasured("age ages grade school teacher student university college company id id-card identity nationality gender sex birthday 年龄 学校 单位 作者单位 所在单位 工作单位 年级 学生 学历 教师 指导教师 指导老师 身份证 身份证号 国籍 性别 出生日期", marked("who the authors are"), "authors-may-enter", "作者符合参赛条件", "The authors may enter"),
    _Unmeasured("published-before awards award prize prizes first-publication unpublished 获奖 奖项 入选 已发表 未发表 发表 首发 是否发表", marked("where a work was shown before"), "first-time", "作品未在其他评选中获奖", "The work has won no other prize"),
    _Unmeasured("violence nsfw nudity sensitive decency politics hate 政治 敏感 暴力 色情 健康 积极向上 违法 违规 低俗 价值观", marked("whether what is shown is decent"), "decent", "内容健康，符合法律法规", "What is shown is decent and lawful"),
    _Unmeasured("effects transitions editing animation camera drone device phone-camera gps location place 特效 转场 剪辑 动画 无人机 手机拍摄 拍摄设备 相机 设备 地点 拍摄地点 拍摄手法 剪映", marked("how and where it was shot and cut"), "made-as-asked", "拍摄和制作方式符合要求", "It was shot and cut as the call asks"),
    _Unmeasured("rec709 bt709 rec.709 bt.709 colour-space color-space gamut 色彩空间 色域 gop keyframe keyframes keyframe-interval bframes b-frames 关键帧 关键帧间隔 dpi ppi level 级别 frame-count total-frames 总帧数", marked("this property of the file"), "export", "导出设置符合要求", "The export settings are as the call asks"),
    _Unmeasured("ai ai-generated ai-content deepfake aigc generated 人工智能 生成 ai生成", marked("whether a machine made it"), "made-by-ai", "人工智能生成的内容已注明", "What a machine made is marked"),
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
    return next(filter(None, (_answer(text, word) for word in _words(text))), None)


def _answer(text: str, word: str) -> tuple[Readable, str] | None:
    rule = _rule(word)
    if rule:
        key = KEYS[rule.partition(":")[0]]
        if rule in _BURNT:
            what = say("'{text}' is no key; {key} counts subtitle tracks, and words burnt into the picture are not measured", text=quoted(text), key=key.name)  # fmt: skip
        else:
            what = say("'{text}' is no key; {key} asks it", text=quoted(text), key=key.name)
        return what, rule
    beside = _of_word(_ELSEWHERE, word)
    if beside:
        place = beside.partition(":")[0]
        return say(
            "'{text}' is no key; it stands under {place}, beside the rules", text=quoted(text), place=place
        ), beside
    row = next((row for row in _UNMEASURED if word in row.words.split()), None)
    if row is None:
        return None
    what = say(
        "'{text}' is no key, and vidcheck does not measure {what}: write it as manual, for a person to say",
        text=quoted(text),
        what=say(row.label),
    )
    helped = f", assist: {{{row.assist}}}" if row.assist else ""
    return what, f"{row.name}: {{manual: {{zh: {row.zh}, en: {row.en}}}{helped}}}"


def _words(text: str) -> Iterator[str]:
    """The word that was written, and what is left of it without what says how much, of what, or that it must (not) be."""
    plain = _HUMP.sub("-", normalize("NFKC", text[:_LONGEST]).strip()).casefold()
    seen: dict[str, None] = {}
    dashed = plain.translate(_DASHES)
    waiting = [dashed, dashed.replace(".", "-"), plain.replace(" ", "")]
    waiting += [plain.replace("-", "")] if _HUMP.search(text) else []
    while waiting:
        word = waiting.pop(0)
        if not word or word in seen:
            continue
        seen[word] = None
        yield word
        waiting += [cut for cut in (_BEFORE.sub("", word, 1), _AFTER.sub("", word, 1)) if cut != word]
    for mark in (".", "-"):
        if mark in plain and plain.rpartition(mark)[2] in _parts():
            yield plain.rpartition(mark)[2]


def _parts() -> frozenset[str]:
    """Words that mean the same behind another: `audio.loudness`, `audio.stereo`."""
    measured = {word for rule, words in _ASKED.items() if rule.startswith("content.") for word in words.split()}
    unmeasured = {word for row in _UNMEASURED for word in row.words.split()}
    return frozenset(measured | unmeasured | {"stereo", "mono", "surround", "hd"})


def _rule(word: str) -> str:
    """The rule that asks what a word wants; empty if none does."""
    rule = _of_word(_ASKED, word)
    if rule:
        return rule
    if word in KEYS:
        return _asking(word)
    track = _TRACK.fullmatch(word)
    if track:  # `audio-codec`, `audio.bitrate`: what is asked of one track has a key of its own
        whole, _, _ = _rule(track[2]).partition(":")
        own = f"{track[1]}.{whole.rpartition('.')[2]}"
        return _asking(own) if own in KEYS else ""
    for key in (KEYS[name] for name in _BY_VALUE):
        if word in key.values and word not in {"none", "other"}:
            return f"{key.name}: {{is: {word}}}"
    return next((_example(name) for name in KEYS if word in _labels(name)), "") or _measure(word)


def _asking(name: str) -> str:
    """The first rule that asks for a key."""
    return next((rule for rule in _ASKED if rule.startswith(f"{name}:")), "") or _example(name)


def _of_word(table: dict[str, str], word: str) -> str:
    return next((rule for rule, words in table.items() if word in words.split()), "")


def _measure(word: str) -> str:
    """The rule for a value that stands where its key should: `1:1`, `1080p`, `25fps`, `200mb`."""
    ratio, lines, sides, number = (
        _RATIO.fullmatch(word),
        _LINES.fullmatch(word),
        _SIDES.fullmatch(word),
        _NUMBER.fullmatch(word),
    )
    if ratio:
        return f"aspect-ratio: {{is: {word}}}"
    if lines:
        return f"resolution: {{min: {_WIDTHS.get(lines[1], '1920x1080')}}}"
    if sides:
        return f"resolution: {{min: {sides[1]}x{sides[2]}}}"
    rule = _OF_UNIT.get(number[2], "") if number else ""
    return rule.format(number[1]) if number and rule else ""


def _example(name: str) -> str:
    asks = "known: yes" if name.startswith("declared.") else f"is: {example_of(KEYS[name])}"
    return f"{name}: {{{asks}}}"


def _labels(name: str) -> frozenset[str]:
    """What people call a key in languages other than the source's, whose words are near the key's name already."""
    return frozenset(KEYS[name].called.render(language) for language in LANGUAGES if language != "en")
