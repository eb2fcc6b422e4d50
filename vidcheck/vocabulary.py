"""Every key: its name, kind and meaning, when witnesses agree, and which of them settles a difference.

A new fact is one line here and one row in a witness's table. Closed sets of values stand in `terms`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from vidcheck.facts import DECLARED, Depth, Key
from vidcheck.quantities import (
    ANGLE,
    BIT_RATE,
    BYTES,
    COUNT,
    DATE,
    DURATION,
    EMAIL,
    FINGERPRINT,
    FLAG,
    FRAME_RATE,
    FREQUENCY,
    HOST,
    LEVEL,
    LISTED,
    LOUDNESS,
    LOUDNESS_RANGE,
    PEOPLE,
    PIXELS,
    RATIO,
    RESOLUTION,
    SHARE,
    SIZES,
    TELEPHONE,
    WEB_ADDRESS,
    WORDS,
    Kind,
)
from vidcheck.terms import (
    ATTACHMENT_KINDS,
    AUDIO_CODECS,
    AUDIO_PROFILES,
    BARS,
    CHROMAS,
    DECODED_SCANS,
    DYNAMIC_RANGES,
    FORMATS,
    FRAME_RATE_MODES,
    ORIENTATIONS,
    SCANS,
    SCRIPTS,
    VIDEO_CODECS,
    VIDEO_PROFILES,
    Terms,
)
from vidcheck.texts import marked

_VIDEO_PROFILES_TOO = (
    ("high422", "High 4:2:2"), ("high444", "High 4:4:4 Predictive"), ("rext", "Format Range"), ("prores 422", "422"),
    ("prores 422 hq", "422 HQ"), ("prores 422 lt", "422 LT"), ("prores 4444", "4444"), ("prores 4444 xq", "4444 XQ"),
    ("hq", "422 HQ"), ("lt", "422 LT"), ("proxy", "422 Proxy"), ("asp", "Advanced Simple"), ("sp", "Simple"),
)  # fmt: skip
_AUDIO_PROFILES_TOO = (
    ("aac-lc", "LC"), ("low complexity", "LC"), ("he", "HE-AAC"), ("he-aac v1", "HE-AAC"), ("aac-he", "HE-AAC"),
    ("aac main", "Main"), ("aac-ld", "LD"), ("aac-eld", "ELD"), ("aac+", "HE-AAC"), ("eaac+", "HE-AACv2"),
)  # fmt: skip
_ATTACHMENT_KINDS_TOO = (
    ("jpg", "jpeg"), ("tif", "tiff"), ("txt", "text"), ("word", "docx"), ("excel", "xlsx"), ("heic", "heif"), ("mkv", "matroska"),
    ("ts", "mpegts"), ("mpg", "mpegps"), ("quicktime", "mov"),
)  # fmt: skip

_KEYFRAMES, _FULL = Depth.KEYFRAMES, Depth.FULL

_MATRIX = marked("the movie's matrix applies after the track's (ISO/IEC 14496-12, 8.2.2), and the headers hold both")
_BRANDS = marked("the file type box names the format (ISO/IEC 14496-12, 4.3), and the headers hold it")
_CODED = marked(
    "the codec's configuration holds what is coded and its cropping, and others print what is left by the container's size"
)
_EPOCH = marked(
    "the movie header counts seconds from 1904 in UTC (ISO/IEC 14496-12, 8.2.2), and the headers hold the raw figure"
)
_TIMES = marked("the table of times holds the duration of each picture (ISO/IEC 14496-12, 8.6.1.2)")
_HEADERS = "boxes"
_ENTRY = "stbl/stsd"
_MOVIE = "moov/mvhd.matrix"
_DECLARED_FIRST = ((DECLARED,), ())


def _key(name: str, kind: Kind, label: str, meaning: str, terms: Terms | None = None, **more: Any) -> Key:
    closed = terms or {}
    return Key(
        name=name, kind=kind, label=label, meaning=meaning, values=tuple(closed), names=tuple(closed.values()), **more
    )


# fmt: off
FORMAT = _key("format", WORDS, marked("file format"), marked("The container format, decided by the file's content, never by its extension."), terms=FORMATS, settled_by=_HEADERS, because=_BRANDS)
FORMAT_BRAND = _key("format.brand", WORDS, marked("major brand of the file"), marked("The major brand of the file type box, its four characters without trailing spaces."), settled_by=_HEADERS, because=_BRANDS, examples=("isom", "mp42"))
FORMAT_BRANDS = _key("format.brands", LISTED, marked("compatible brands of the file"), marked("The compatible brands of the file type box."), settled_by=_HEADERS, because=_BRANDS, examples=("isom", "mp42"))
SIZE = _key("size", BYTES, marked("file size"), marked("The file's size in bytes."))
SIZE_MEDIA = _key("size.media", BYTES, marked("size of pictures and sound"), marked("The bytes of all pictures, sounds and other samples; what samples share counts once, and cover art, padding and the index don't count."))
SIZE_MEDIA_SHARE = _key("size.media-share", SHARE, marked("share of pictures and sound in the file"), marked("Which part of the file's bytes are pictures, sounds and other samples."), remarked_at="size")
DURATION_KEY = _key("duration", DURATION, marked("duration"), marked("How long the work runs, as a player shows it."), agreement=Fraction(1, 10))
PICTURE_DURATION = _key("picture.duration", DURATION, marked("duration of the picture"), marked("For how long there is a picture, by the times of the pictures; what is empty before, between or after them doesn't count."), agreement=Fraction(1, 10))
PICTURE_SHARE = _key("picture.share", SHARE, marked("part of the duration with a picture"), marked("In which part of the duration there is a picture."), remarked_at="duration")
PICTURE_COUNT_SHOWN = _key("picture.count-shown", COUNT, marked("number of pictures shown"), marked("How many pictures are shown one after another."), remarked_at="duration", examples=("100",))
SOUND_DURATION = _key("sound.duration", DURATION, marked("duration of the sound"), marked("For how long there is sound, silent or not; what is empty before, between or after it doesn't count."), agreement=Fraction(1, 10))
RESOLUTION_KEY = _key("resolution", RESOLUTION, marked("picture size"), marked("The picture's size as displayed: rotation and pixel shape applied."), agreement=2, settled_by=_HEADERS, settled_at=_MOVIE, because=_MATRIX)
ASPECT_RATIO = _key("aspect-ratio", RATIO, marked("aspect ratio"), marked("The displayed picture's width to its height."), agreement=Fraction(1, 100), settled_by=_HEADERS, settled_at=_MOVIE, because=_MATRIX)
ORIENTATION = _key("orientation", WORDS, marked("orientation of the picture"), marked("Whether the displayed picture is wider than high."), terms=ORIENTATIONS, settled_by=_HEADERS, settled_at=_MOVIE, because=_MATRIX)
COMPLETED = _key("completed", DATE, marked("completion date"), marked("When the work was completed: the declared completion date, else the declared broadcast date, else the date when the file was written, else the date when it was shot."), agreement=1, absence_tells=False, tiers=_DECLARED_FIRST, settled_by=_HEADERS, because=_EPOCH)
INTACT = _key("intact", FLAG, marked("completeness of the file"), marked("Whether the file is whole: nothing cut off, its index there, every sample inside the file."), absence_tells=False, yes=marked("whole"), no=marked("not whole"))
PLAYABLE = _key("playable", FLAG, marked("playability"), marked("Whether players can show the picture and play the sound: known codecs with their configuration, no encryption, all media in this file."), absence_tells=False, yes=marked("playable"), no=marked("not playable"))
ENCRYPTED = _key("encrypted", FLAG, marked("encryption"), marked("Whether a track is encrypted, so that nobody without the key can play it."), absence_tells=False, yes=marked("encrypted"), no=marked("not encrypted"))
FASTSTART = _key("faststart", FLAG, marked("place of the index"), marked("Whether the index stands before the media data, so that playing can begin while the file loads."), yes=marked("in front of the media"), no=marked("behind the media"))
FRAGMENTED = _key("fragmented", FLAG, marked("storage in fragments"), marked("Whether the media is in movie fragments."), yes=marked("in fragments"), no=marked("in one piece"))
FILE_NAME = _key("file.name", WORDS, marked("file name"), marked("The file's name without its folder."), examples=("001_work.mp4", "002_work.mp4"))
FILE_STEM = _key("file.stem", WORDS, marked("file name without its extension"), marked("The file's name without its folder and its extension."), examples=("001_work", "002_work"))
FILE_EXTENSION = _key("file.extension", WORDS, marked("file extension"), marked("What follows the last full stop of the file's name, in small letters."), examples=("mp4", "m4v"))
FILE_MODIFIED = _key("file.modified", DATE, marked("date of the last change"), marked("When the file system says the file was last written. It says nothing of when the work was completed."))
BIT_RATE_KEY = _key("bit-rate", BIT_RATE, marked("overall bit rate"), marked("The whole file's bits for a second of its duration."), agreement_share=Fraction(1, 100))
TITLE = _key("title", WORDS, marked("title in the file"), marked("The title tag in the file."), examples=("My school", "Our river"))
VIDEO_COUNT = _key("video.count", COUNT, marked("number of video tracks"), marked("How many video tracks there are; cover art and chapter pictures are none."), examples=("1",))
VIDEO_CODEC = _key("video.codec", WORDS, marked("video codec"), marked("The picture's codec, by ffmpeg's short name."), terms=VIDEO_CODECS)
VIDEO_PROFILE = _key("video.profile", WORDS, marked("profile of the video codec"), marked("The profile of the picture's codec, such as High or Main 10."), terms=VIDEO_PROFILES, spellings=_VIDEO_PROFILES_TOO, examples=("High", "Main"))
VIDEO_FRAME_RATE = _key("video.frame-rate", FRAME_RATE, marked("frame rate"), marked("Frames a second: pictures by the time that they are shown. What it is or is not is asked of the nominal rate, that of nearly all pictures, if there is one."), agreement=Fraction(1, 100), settled_by=_HEADERS, because=_TIMES)
VIDEO_FRAME_RATE_MODE = _key("video.frame-rate-mode", WORDS, marked("frame rate mode"), marked("Whether all frames last equally long."), terms=FRAME_RATE_MODES, settled_by=_HEADERS, because=_TIMES)
VIDEO_BIT_RATE = _key("video.bit-rate", BIT_RATE, marked("video bit rate"), marked("The picture's bits a second."), agreement_share=Fraction(1, 100))
VIDEO_WIDTH = _key("video.width", PIXELS, marked("picture width"), marked("The displayed picture's width."), agreement=2, settled_by=_HEADERS, settled_at=_MOVIE, because=_MATRIX, examples=("1920", "1280"))
VIDEO_HEIGHT = _key("video.height", PIXELS, marked("picture height"), marked("The displayed picture's height."), agreement=2, settled_by=_HEADERS, settled_at=_MOVIE, because=_MATRIX, examples=("1080", "720"))
VIDEO_BIT_DEPTH = _key("video.bit-depth", COUNT, marked("colour depth"), marked("Bits of each colour sample."), examples=("8", "10"))
VIDEO_CHROMA = _key("video.chroma", WORDS, marked("colour sampling"), marked("How colour is sampled."), terms=CHROMAS, examples=("4:2:0", "4:2:2"))
VIDEO_SCAN = _key("video.scan", WORDS, marked("scan type"), marked("Whether whole frames or fields were coded."), terms=SCANS)
VIDEO_HDR = _key("video.hdr", WORDS, marked("high dynamic range"), marked("The high dynamic range system, or none."), terms=DYNAMIC_RANGES)
VIDEO_ROTATION = _key("video.rotation", ANGLE, marked("rotation of the picture"), marked("By how much a player turns the stored picture clockwise."), settled_by=_HEADERS, because=_MATRIX)
VIDEO_STORED_RESOLUTION = _key("video.stored-resolution", RESOLUTION, marked("stored picture size"), marked("The picture's size as stored, before rotation and pixel shape."), settled_by=_HEADERS, settled_at=_ENTRY, because=_CODED)
VIDEO_PIXEL_SHAPE = _key("video.pixel-shape", RATIO, marked("shape of the pixels"), marked("One stored pixel's width to its height, 1:1 if pixels are square."), agreement=Fraction(1, 100), settled_by=_HEADERS, settled_at=_ENTRY, because=_CODED)
AUDIO_COUNT = _key("audio.count", COUNT, marked("number of sound tracks"), marked("How many sound tracks there are."), examples=("1", "2"))
AUDIO_CODEC = _key("audio.codec", WORDS, marked("audio codec"), marked("The sound's codec, by ffmpeg's short name; every PCM is pcm."), terms=AUDIO_CODECS)
AUDIO_PROFILE = _key("audio.profile", WORDS, marked("profile of the audio codec"), marked("The profile of the sound's codec, such as LC or HE-AAC."), terms=AUDIO_PROFILES, spellings=_AUDIO_PROFILES_TOO)
AUDIO_CHANNELS = _key("audio.channels", COUNT, marked("sound channels"), marked("How many sound channels there are."), examples=("2", "6"))
AUDIO_SAMPLE_RATE = _key("audio.sample-rate", FREQUENCY, marked("sample rate of the sound"), marked("Sound samples a second."))
AUDIO_BIT_RATE = _key("audio.bit-rate", BIT_RATE, marked("audio bit rate"), marked("The sound's bits a second."), agreement_share=Fraction(1, 100))
AUDIO_LANGUAGES = _key("audio.languages", LISTED, marked("languages of the sound"), marked("The languages that the sound tracks are marked with, as ISO 639-1 codes where there is one."), examples=("zh", "en"))
SUBTITLE_COUNT = _key("subtitle.count", COUNT, marked("number of subtitle tracks"), marked("How many subtitle tracks there are; words burnt into the picture are none."), examples=("0", "1"))
ENCODER = _key("encoder", WORDS, marked("encoding program"), marked("The program that wrote the file, by its own word."), examples=("Lavf60.16.100", "HandBrake 1.7.3"))
CONTAINER_CREATED = _key("container.created", DATE, marked("date in the file"), marked("The date that the file itself bears: when it was written, not when the work was completed."), agreement=1, absence_tells=False, settled_by=_HEADERS, because=_EPOCH)
CHECKSUM = _key("checksum", WORDS, marked("checksum"), marked("The file's SHA-256."), costly=True, examples=("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",))
BROADCAST = _key("broadcast", DATE, marked("broadcast date"), marked("When the work was broadcast, as it was declared."), absence_tells=False)
DECLARED_TITLE = _key("declared.title", WORDS, marked("title"), marked("The work's title, as it was declared."), examples=("My school", "Our river"))
DECLARED_CATEGORY = _key("declared.category", WORDS, marked("category"), marked("The category that the work was entered in, as it was declared."), examples=("campus", "science"))
DECLARED_BROADCAST_DATE = _key("declared.broadcast-date", DATE, marked("broadcast date on the form"), marked("The broadcast date, as it was declared."), absence_tells=False)
DECLARED_COMPLETED_DATE = _key("declared.completed-date", DATE, marked("completion date on the form"), marked("The completion date, as it was declared."), absence_tells=False)
DECLARED_AUTHORS = _key("declared.authors", PEOPLE, marked("makers"), marked("The persons or units that made the work, as they were declared, in their order."))
DECLARED_FIRST_AUTHOR = _key("declared.first-author", WORDS, marked("first maker"), marked("The first of the persons or units that made the work."), examples=("Zhang San", "Li Si"))
DECLARED_BROADCAST_PLATFORM = _key("declared.broadcast-platform", WORDS, marked("broadcast platform"), marked("Where the work was broadcast, as it was declared, without the web address."), examples=("CCTV-10", "Bilibili"))
DECLARED_BROADCAST_URL = _key("declared.broadcast-url", WEB_ADDRESS, marked("web address"), marked("The web addresses at which the work can be seen, as they were declared."))
DECLARED_BROADCAST_HOST = _key("declared.broadcast-host", HOST, marked("site of the web address"), marked("The sites of those web addresses. A rule that names example.cn means every site under it too, and one of several is enough."))
DECLARED_ADDRESS = _key("declared.address", WORDS, marked("postal address"), marked("The postal address, as it was declared."), personal=True, examples=("1 Park Road",))
DECLARED_TELEPHONE = _key("declared.telephone", TELEPHONE, marked("telephone"), marked("The telephones of mainland China that were declared."), personal=True)
DECLARED_EMAIL = _key("declared.email", EMAIL, marked("e-mail address"), marked("The e-mail addresses that were declared."), personal=True)
DECLARED_SUMMARY = _key("declared.summary", WORDS, marked("summary"), marked("What the work is about, in the entrant's words."), examples=("A film about our river",))
DECLARED_INNOVATION = _key("declared.innovation", WORDS, marked("innovations"), marked("What is new about the work, in the entrant's words."), examples=("Filmed by pupils",))
DECLARED_REACH = _key("declared.reach", WORDS, marked("reach"), marked("Whom the work has reached, in the entrant's words."), examples=("Shown in 20 schools",))
DECLARED_RECOMMENDER = _key("declared.recommender", WORDS, marked("recommending unit"), marked("The unit that recommends the work, as it was declared."), examples=("No. 3 School of Harbin",))
DECLARED_FILE = _key("declared.file", WORDS, marked("file named on the form"), marked("The file that the declaration names."), examples=("001_work.mp4", "002_work.mp4"))
DECLARED_SUBMITTED = _key("declared.submitted", DATE, marked("submission time"), marked("When the entry was submitted, as the organizer noted it."), absence_tells=False)

ATTACHMENT_COUNT = _key("attachment.count", COUNT, marked("number of attachments"), marked("How many files belong to the entry beside its video: the others in its own folder, or those that the manifest names; forms not counted."), examples=("3",))
ATTACHMENT_SIZE = _key("attachment.size", SIZES, marked("size of the attachments"), marked("The sizes of the attachments; what is asked is asked of each."))
ATTACHMENT_KIND = _key("attachment.kind", LISTED, marked("kind of the attachments"), marked("What the attachments are by their content, such as pdf, jpeg or docx, each once."), terms=ATTACHMENT_KINDS, spellings=_ATTACHMENT_KINDS_TOO, examples=("pdf", "jpeg"))
FORM_COUNT = _key("form.count", COUNT, marked("number of forms"), marked("How many of the files beside the video are forms: documents whose text has three or more labels that are known, and scans that are named as contest.entries.form says."), examples=("1",))
FORM_KIND = _key("form.kind", LISTED, marked("kind of the form"), marked("What the forms are by their content, such as docx, pdf or jpeg, each once."), terms=ATTACHMENT_KINDS, spellings=_ATTACHMENT_KINDS_TOO, examples=("docx", "pdf"))

CONTENT_DECODES = _key("content.decodes", FLAG, marked("decoding of pictures and sound"), marked("Whether every picture that is looked at and all the sound decode without an error."), depth=_KEYFRAMES, absence_tells=False, yes=marked("without errors"), no=marked("with errors"))
CONTENT_DURATION = _key("content.duration", DURATION, marked("duration of the decoded pictures"), marked("From the first to the end of the last picture that decodes."), depth=_KEYFRAMES, agreement=Fraction(1, 10))
CONTENT_BLACK = _key("content.black", SHARE, marked("black part of the film"), marked("In which part of the duration the picture is black."), depth=_KEYFRAMES, agreement=Fraction(1, 100))
CONTENT_BLACK_LEAD = _key("content.black-lead", DURATION, marked("black at the beginning"), marked("For how long the picture is black before the work begins."), depth=_FULL, agreement=Fraction(1, 20))
CONTENT_BLACK_TAIL = _key("content.black-tail", DURATION, marked("black at the end"), marked("For how long the picture is black after the work has ended."), depth=_FULL, agreement=Fraction(1, 20))
CONTENT_FROZEN = _key("content.frozen", SHARE, marked("frozen part of the film"), marked("In which part of the duration the picture stands still for 2 s or longer."), depth=_FULL, agreement=Fraction(1, 100))
CONTENT_SILENT = _key("content.silent", SHARE, marked("silent part of the film"), marked("In which part of the duration there is no sound for 2 s or longer; what is missing of the sound track counts as silent."), depth=_KEYFRAMES, agreement=Fraction(1, 100))
CONTENT_SILENT_LEAD = _key("content.silent-lead", DURATION, marked("silence at the beginning"), marked("For how long there is no sound before the work begins."), depth=_FULL, agreement=Fraction(1, 10))
CONTENT_SILENT_TAIL = _key("content.silent-tail", DURATION, marked("silence at the end"), marked("For how long there is no sound after the work has ended."), depth=_FULL, agreement=Fraction(1, 10))
CONTENT_LOUDNESS = _key("content.loudness", LOUDNESS, marked("loudness"), marked("The integrated loudness of the whole sound (EBU R 128, ITU-R BS.1770)."), depth=_KEYFRAMES, agreement=Fraction(1, 10))
CONTENT_TRUE_PEAK = _key("content.true-peak", LEVEL, marked("true peak"), marked("The highest level of the sound, between samples too (ITU-R BS.1770)."), depth=_FULL, agreement=Fraction(1, 5))
CONTENT_LOUDNESS_RANGE = _key("content.loudness-range", LOUDNESS_RANGE, marked("loudness range"), marked("How far loudness varies within the work (EBU Tech 3342)."), depth=_FULL, agreement=Fraction(1, 5))
CONTENT_PICTURE_AREA = _key("content.picture-area", RESOLUTION, marked("picture area without bars"), marked("The displayed picture's size without black bars."), depth=_KEYFRAMES, agreement=8)
CONTENT_BARS = _key("content.bars", WORDS, marked("black bars"), marked("Whether there are black bars above and below the picture (letterbox), beside it (pillarbox), or both."), terms=BARS, depth=_KEYFRAMES)
CONTENT_FINGERPRINT = _key("content.fingerprint", FINGERPRINT, marked("fingerprint of picture and sound"), marked("What the pictures look like and what the sound is like, in few bytes: a copy that is encoded anew, cropped, mirrored or cut has nearly the same."), depth=_KEYFRAMES, absence_tells=False)
CONTENT_SCAN = _key("content.scan", WORDS, marked("scan type of the decoded pictures"), marked("Whether the decoded pictures are whole frames or consist of two fields of different moments."), terms=DECODED_SCANS, depth=_FULL, absence_tells=False)
CONTENT_TEXT = _key("content.text", SHARE, marked("pictures with words"), marked("In which part of the pictures that are read there are words: up to twelve over the whole film, those in which words are likeliest."), depth=_KEYFRAMES, agreement=Fraction(1, 10))
CONTENT_SCRIPT = _key("content.script", LISTED, marked("script of the words"), marked("The scripts of the words in these pictures, without exceptions such as a name or a logo. Nobody knows it if the Chinese characters are the same in simplified and traditional writing."), terms=SCRIPTS, depth=_KEYFRAMES, examples=("simplified", "latin"))
CONTENT_SPEECH = _key("content.speech", SHARE, marked("spoken part of the film"), marked("In which part of the duration somebody speaks, with music or without; a pause of less than half a second counts as speech."), depth=_KEYFRAMES, agreement=Fraction(2, 100))
CONTENT_LANGUAGE = _key("content.language", LISTED, marked("spoken languages"), marked("The languages in which somebody speaks, as far as a model can tell that VIDCHECK_WHISPER names, as ISO 639-1 codes where there is one. It does not tell Cantonese from Mandarin."), depth=_KEYFRAMES, absence_tells=False, advisory=True, examples=("zh", "en"))

# fmt: on
KEYS: dict[str, Key] = {value.name: value for value in list(globals().values()) if isinstance(value, Key)}
DECLARED_KEYS = frozenset({name for name in KEYS if name.startswith("declared.")} | {COMPLETED.name, BROADCAST.name})
"""The keys that a declaration can state. `declared.fields` reads each of them, and no other."""
CONTENT_KEYS = frozenset({name for name, value in KEYS.items() if value.depth is not Depth.NONE})
"""The keys that only decoding tells."""
