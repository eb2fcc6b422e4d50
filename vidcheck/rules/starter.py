"""Writes a short rules.yaml from a few answers: how long, how large, which picture size, which dates.

An answer is one value or a range, as people write it: `2-5 min`, `2分钟至5分钟`, `up to 200 MB`, `1280x720`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from vidcheck.lazy import late
from vidcheck.quantities import NotAValueError
from vidcheck.rules.language import VERSION
from vidcheck.rules.writing import quote
from vidcheck.texts import Readable, marked, say
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS = late(r"\s*(?:\.\.+|~|～|—+|–|−|以上[,，、]?(?=.)|至|到|\bto\b|\buntil\b|\band\b|\s-\s)\s*", re.IGNORECASE)
_LEAD = late(r"^(?:between|from|about)\s+(?=.*\b(?:and|to|until)\b)|^介于\s*", re.IGNORECASE)
_ANY = frozenset(
    {
        "any",
        "none",
        "no",
        "no limit",
        "unlimited",
        "-",
        "不限",
        "无",
        "没有",
        "任意",
        "都可以",
        "无要求",
        "不要求",
        "没有要求",
    }
)
_DASH = late(r"(?<=[\w.\s])\s*-\s*(?=[\d.])")
_LEAST = late(
    r"^(?:at least|not less than|no less than|no shorter than|from|minimum|min\b|over|more than|≥|>=|>|不少于|至少|最少|最短|最小|最低|不低于|不小于|大于|超过)\s*:?\s*|"
    r"\s*(?:or more|or longer|at least|minimum|min\.|\(min\))$",
    re.IGNORECASE,
)
_MOST = late(
    r"^(?:up to|at most|not more than|no more than|no longer than|until|before|maximum|max\b|under|below|less than|≤|<=|<|"
    r"不超过|不多于|至多|最多|最长|最大|最晚|不大于|不长于|小于|少于)\s*:?\s*|\s*(?:以内|以下|之内|之前|or less|or shorter|at most|max(?:imum)?|\(max\))$",
    re.IGNORECASE,
)
_ABOVE = late(r"\s*(?:以上|起|\+)$")
_BYTES = late(r"(?<=[\d\s])([mg])(?:ega|iga) ?bytes?\b", re.IGNORECASE)
_UNIT = late(r"[^\d.:\s]+[^\d]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question, and the key that its answer is asked of."""

    key: str
    phrase: str
    """The question; a key of the message catalogue."""
    least: str
    most: str
    alone: str
    """What one value sets, the least or the most."""
    more: str = ""
    """What else the rule says: `, tolerance: 0.5 s`."""
    meaning: str
    """The comment above the rule; a key of the catalogue."""
    example: str


LENGTH = Asked(
    key="duration", least="min", most="max", alone="max", more=", tolerance: 0.5 s", example="min: 2 min, max: 5 min",
    phrase=marked("How long may a film be? (such as 2-5 min; Enter for any)"),
    meaning=marked("The length; the tolerance is for sound that ends with its last packet."),
)  # fmt: skip
SIZE = Asked(
    key="size", least="min", most="max", alone="max", example="max: 200 MB",
    phrase=marked("How large may a file be? (such as 200 MB, or 100-200 MB; Enter for any)"),
    meaning=marked("The file's size. MB is 10^6 bytes, MiB 2^20: where a call says only M, take the larger for the upper limit."),
)  # fmt: skip
PICTURE = Asked(
    key="resolution", least="min", most="max", alone="min", example="min: 1280x720",
    phrase=marked("How large must the picture be at least? (such as 1280x720 or 1080p; Enter for any)"),
    meaning=marked("The picture as displayed; upright pictures count alike. With level: recommended a failure only warns."),
)  # fmt: skip
DATES = Asked(
    key="completed", least="from", most="to", alone="from", example="from: 2022-01-01, to: 2022-12-31",
    phrase=marked("When must a film have been completed? (such as 2022-01-01 to 2022-12-31; Enter for any time)"),
    meaning=marked("The days of the call, both ends included."),
)  # fmt: skip
EVERY = (LENGTH, SIZE, PICTURE, DATES)
QUESTIONS = (LENGTH, SIZE, PICTURE)
"""What is asked where no option says it."""
_PICTURES = {"4k": "3840x2160", "uhd": "3840x2160", "2160p": "3840x2160", "1440p": "2560x1440", "1080p": "1920x1080",
             "full hd": "1920x1080", "全高清": "1920x1080", "720p": "1280x720", "hd": "1280x720", "高清": "1280x720"}  # fmt: skip


def limits_of(asked: Asked, text: str) -> str:
    """The constraints that an answer sets: `min: 2 min, max: 5 min`. Raises NotAValueError."""
    plain = normalize("NFKC", text).strip()
    plain = _BYTES.sub(r"\1B", _LEAD.sub("", plain))
    if not plain or plain.casefold() in _ANY:
        return ""
    kind = KEYS[asked.key].kind
    low, high = _ends(asked, plain)
    read = [kind.read(end, UTC) if end else None for end in (low, high)]
    if None not in read and _reversed(*read):
        raise NotAValueError(
            "'{text}' begins after its end (try \"{hint}\")",
            text=text,
            hint=f"{kind.write(read[1])} - {kind.write(read[0])}",
        )
    names = ((asked.least, read[0]), (asked.most, read[1]))
    return ", ".join(f"{name}: {kind.write(value)}" for name, value in names if value is not None)


def _ends(asked: Asked, text: str) -> tuple[str, str]:
    """The two ends of a range as texts; the lower end takes the upper one's unit where it has none."""
    for mark, end in ((_LEAST, 0), (_MOST, 1), (_ABOVE, 0)):
        rest = mark.sub("", text)
        if rest != text and not _WORDS.search(rest):
            return (_named(asked, rest), "") if end == 0 else ("", _named(asked, rest))
    parts = [part for part in _WORDS.split(text, 1) if part]
    if len(parts) == 1 and asked.key != DATES.key:
        parts = [part for part in _DASH.split(text, 1) if part]
    if len(parts) == 1:
        one = _named(asked, parts[0])
        return (one, "") if asked.alone == asked.least else ("", one)
    low, high = parts[0], _MOST.sub("", parts[1])
    low = _LEAST.sub("", low)
    unit = _UNIT.search(high)
    if unit and low.replace(".", "").isdigit():
        low = f"{low} {unit[0].strip()}"
    return _named(asked, low), _named(asked, high)


def _named(asked: Asked, text: str) -> str:
    return _PICTURES.get(text.strip().lower(), text.strip()) if asked is PICTURE else text.strip()


def _reversed(low: Any, high: Any) -> bool:
    """Whether a range begins after its end; sizes of pictures and dates compare by their own measures."""
    if hasattr(low, "sides"):
        return bool(low.sides[0] > high.sides[0] or low.sides[1] > high.sides[1])
    if hasattr(low, "first"):
        return bool(low.first > high.last)
    return bool(low > high)


def write_short(
    limits: dict[str, str], *, form: str = "", title: str = "", timezone: str = "", lang: str = "en"
) -> str:
    """A rules.yaml with those limits by key; what was not said stands there as a comment."""
    return "\n".join([*_head(title, timezone, lang), *_rules(limits, form, lang), ""])


def _head(title: str, timezone: str, lang: str) -> Iterator[str]:
    yield f"# {say('Write your call here, one rule for each demand. After every edit: vidcheck rules check').render(lang)}"
    yield f"# {say('What can be asked: vidcheck rules list; of one key: vidcheck rules explain duration').render(lang)}"
    yield from ("", f"vidcheck: {VERSION}", "contest:")
    yield f"  title: {quote(title or say('Name of the contest').render(lang))}"
    if timezone:
        yield f"  timezone: {timezone}"
    else:
        yield f"  # {say('Dates are days in this zone; without it, in UTC.').render(lang)}"
        yield "  # timezone: Asia/Shanghai"
    yield from ("", "rules:")


def _rules(limits: dict[str, str], form: str, lang: str) -> Iterator[str]:
    def row(why: Readable, rule: str, *, live: bool = True) -> Iterator[str]:
        yield f"  # {why.render(lang)}"
        yield f"  {'' if live else '# '}{rule}"

    container = say("The container, decided by content and never by the file's extension.")
    yield from row(container, f"format: {{is: {form or 'mp4'}}}", live=bool(form))
    yield from row(say("Nothing is cut off: an upload that stopped half way is no entry."), "intact: {is: yes}")
    yield from row(
        say("Players can show it: a codec that they know, no encryption, all media in the file."), "playable: {is: yes}"
    )
    for asked in EVERY:
        said = limits.get(asked.key, "")
        yield from row(say(asked.meaning), f"{asked.key}: {{{said or asked.example}{asked.more}}}", live=bool(said))
    person = say("What only a person can say is a manual rule; it never changes the verdict.")
    yield from row(person, "original: {manual: {zh: 作品为原创, en: The work is original}}")
