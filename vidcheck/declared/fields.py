"""The fields of a declaration: name, keys, labels, and how the text becomes facts.

Manifests and forms both use `read_field`, so that the same text has the same meaning; `derived` then adds what follows
from all of an entry's declared facts. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from vidcheck.facts import DECLARED, Fact, State, visible, without_unseen
from vidcheck.lazy import late
from vidcheck.quantities import DATE, WORDS, Moment, NotAValueError
from vidcheck.quantities.web import find_addresses, host_of
from vidcheck.texts import GIVEN, Text
from vidcheck.vocabulary import KEYS as VOCABULARY
from vidcheck.witnesses.evidence import cut

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vidcheck.quantities import Kind
    from vidcheck.texts import Readable

_LONGEST_LABEL = 100
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a declaration."""

    name: str
    keys: tuple[str, ...]
    """The keys of its facts; `derived` adds others."""
    labels: tuple[str, ...]
    """Its names in columns and forms, the call's own first."""


PLATFORM_AND_URL = "broadcast-platform-and-url"
"""A cell with both."""


def _field(name: str, labels: str, *keys: str) -> Field:
    return Field(name=name, keys=keys or (f"declared.{name}",), labels=tuple(labels.split("|")))


_URL_KEYS = ("declared.broadcast-url", "declared.broadcast-host")
# fmt: off
FIELDS: dict[str, Field] = {field.name: field for field in (
    _field("title", "作品名称|作品标题|作品名|作品题目|名称|标题|work title|name of work"),
    _field("category", "类别|作品类别|参评类别|参赛类别|申报类别|作品类型|组别|entry category"),
    _field("broadcast-date", "播出时间|播出日期|首播时间|首播日期|播放时间|发布时间|发布日期|上线时间|date of broadcast|broadcast"),
    _field("authors", "主创人员（或单位）|主创人员或单位|主创人员/单位|主创人员及单位|主创人员|主创单位|主创|作者|作者姓名|创作人员|创作者|创作单位|author", "declared.authors", "declared.first-author"),
    _field("broadcast-platform", "播出平台|首播平台|播放平台|发布平台|platform"),
    _field("broadcast-url", "播出网址|播放网址|原视频播放网址|作品网址|视频网址|网址|播出链接|播放链接|作品链接|视频链接|链接|url|web address", *_URL_KEYS),
    _field(PLATFORM_AND_URL, "播出平台及网址|播出平台和网址|播出平台与网址|播出平台、网址|播出平台/网址|播放平台及网址|发布平台及网址|platform and url", "declared.broadcast-platform", *_URL_KEYS),
    _field("address", "联系地址|通讯地址|通信地址|地址|postal address"),
    _field("telephone", "联系电话|电话|手机|手机号|手机号码|联系手机|电话号码|联系方式|phone|tel|mobile"),
    _field("email", "电子邮箱|邮箱|电子邮件|电子信箱|邮箱地址|e-mail address|mail"),
    _field("summary", "内容简介|作品简介|内容介绍|作品内容简介|简介|synopsis"),
    _field("innovation", "主要创新点|创新点|innovations"),
    _field("reach", "传播效果|传播情况|传播效果及影响|impact"),
    _field("recommender", "推荐单位|推荐机构|推荐单位名称|报送单位|自荐机构（个人）|自荐机构|自荐人|自荐单位|recommending unit|recommended by"),
    _field("completed-date", "完成时间|完成日期|作品完成时间|制作完成时间|制作时间|创作时间|completion date|completed|date completed"),
    _field("file", "视频文件|视频文件名|视频文件名称|文件名|文件名称|作品文件|文件|文件路径|file name|video file|video|path"),
    _field("submitted", "提交时间|提交日期|上传时间|报送时间|申报时间|填报时间|submission time|submitted at|timestamp"),
)}
# fmt: on
"""In the order of the call's form."""
_NOTHING = frozenset({"无", "暂无", "没有", "none", "n/a", "nil", "null", "不详"})
_LONGEST_NOTHING = 8
_APOSTROPHES = frozenset("'‘’`＇")
"""Characters that people write before digits, so that a spreadsheet keeps them as text."""
_MARKS = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_UNSEEN_EDGES = late(rf"^[\s{_MARKS}]+|[\s{_MARKS}]+$")
_EMPTY_MARKS = late(r"[\s/\\—–\-－_＿.。·、]*")
_NOTES = late(r"[(\[（【〔《][^()\[\]（）【】〔〕《》]*[)\]）】〕》]")
_PLATFORM_LABEL = late(r"^(?:(?:播出|首播|播放|发布)?平台(?:及网址)?|名称)\s*[:：]\s*")
_URL_LABEL = late(
    r"(?:及|和)?(?:原视频|播出|播放|视频|作品)?(?:网址|链接|地址|url|link)\s*[:：]?\s*(?=$|[;；,，、|\n])",
    re.IGNORECASE,
)
_EDGES = " \t\r\n,，;；、:：/|。.()（）[]【】<>《》-—–_"

_COMPACT = late(r"((?:19|20)\d\d)(0[1-9]|1[0-2])(\d\d)?", re.ASCII)
_SERIAL = late(r"(\d{5})(?:\.(\d{1,12})0*)?", re.ASCII)
_FIRST, _LAST = 32_874, 54_788
"""The serials of 1990-01-01 and 2049-12-31: other numbers of five digits are hardly dates."""
_AMBIGUOUS = late(r"(\d{4})\.1", re.ASCII)


@lru_cache(4096)
def field_for(label: str) -> Field | None:
    """The field of a column's head or a form's label; white space, notes and colons are ignored."""
    if len(label) > _LONGEST_LABEL:
        return None
    table = _labels()
    return table.get(bare(label)) or table.get(bare(_NOTES.sub("", label)))


@cache
def _labels() -> dict[str, Field]:
    table = {bare(field.name): field for field in FIELDS.values()}
    for field in FIELDS.values():
        for label in field.labels:
            table.setdefault(bare(label), field)
    return table


@lru_cache(4096)
def bare(label: str) -> str:
    """Normalises a label: width, case, white space, `*`, `:`, hyphens, brackets, and a number in front are ignored."""
    plain = unicodedata.normalize("NFKC", label).casefold()
    return re.sub(r"^\d{1,3}[.、)]|[\W_]", "", plain)


def read_field(
    field: Field,
    text: str,
    *,
    locator: str,
    raw: str = "",
    zone: tzinfo = UTC,
    numeric: bool = False,
    epoch: int = 1900,
) -> tuple[Fact, ...]:
    """The facts of a field's text: one for each key, known, absent, or unknown with the reason.

    `locator` is its place (`entries.xlsx: Sheet1!C7`), `raw` the original if it isn't `text`; dates
    are in `zone`. `numeric` and `epoch` are for dates that a spreadsheet stores as numbers.
    """
    make = _FactMaker(locator, cut(raw or text))
    kind = VOCABULARY[field.keys[0]].kind
    plain = text.strip() if text.isprintable() else _seen(text, inside=kind is not WORDS)
    if kind is not WORDS and plain[:1] in _APOSTROPHES:
        plain = plain[1:].lstrip()
    if _EMPTY_MARKS.fullmatch(plain) or (
        len(plain) <= _LONGEST_NOTHING and field.name != "title" and plain.casefold() in _NOTHING
    ):
        return tuple(make.absent(key) for key in field.keys)
    if field.name == PLATFORM_AND_URL:
        return _platform_and_url(field, plain, make)
    try:
        value = plain if kind is WORDS else _value(kind, plain, zone, numeric, epoch)
    except NotAValueError as error:
        personal = VOCABULARY[field.keys[0]].personal
        return tuple(make.unknown(key, _why(error, personal=personal)) for key in field.keys)
    if len(field.keys) == 1:
        return (make.known(field.keys[0], value),)
    return tuple(make.known(key, _of_key(key, value)) for key in field.keys)


def _seen(text: str, *, inside: bool) -> str:
    """Strips invisible format characters, which copied telephones have; inside names and texts some are needed."""
    return without_unseen(text).strip() if inside else _UNSEEN_EDGES.sub("", text)


def unknown_field(field: Field, why: Readable, *, locator: str, raw: str = "") -> tuple[Fact, ...]:
    """The facts of a field that can't be read."""
    make = _FactMaker(locator, cut(raw))
    return tuple(make.unknown(key, why) for key in field.keys)


def derived(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts that follow from an entry's declared facts: `broadcast` and `completed`.

    A completion date that can't be read stays unknown; the broadcast date does not replace it.
    """
    row = tuple(facts)
    broadcast = [fact for fact in row if fact.key == "declared.broadcast-date"]
    completed = [fact for fact in row if fact.key == "declared.completed-date"]
    finished = [fact for fact in completed if fact.state is not State.ABSENT] or [
        fact for fact in broadcast if fact.state is not State.ABSENT
    ]
    return (
        *(_as("broadcast", fact) for fact in broadcast),
        *(_as("completed", fact) for fact in finished or completed or broadcast),
    )


def _as(key: str, fact: Fact) -> Fact:
    return replace(fact, key=key)


@lru_cache(4096)  # a table repeats many dates
def _value(kind: Kind, text: str, zone: tzinfo, numeric: bool, epoch: int) -> Any:
    if kind is DATE:
        return _date(text, zone, numeric=numeric, epoch=epoch)
    return kind.read(text, zone)


def _date(text: str, zone: tzinfo, *, numeric: bool = False, epoch: int = 1900) -> Moment:
    """The moment of a declared date. Raises NotAValueError.

    `numeric` says that a spreadsheet stores it as a number: `2021.10` becomes `2021.1`, which may also mean January.
    Days counted by Excel begin in 1900, or in 1904 where its file says so (ECMA-376, part 1, 18.17.4.1).
    """
    plain = text.strip().rstrip("。.,，;；")
    odd = _AMBIGUOUS.fullmatch(plain) if numeric else None
    if odd:
        raise NotAValueError(
            "'{text}' is a number in the sheet and may be January or October: write '{hint}' or '{other}'",
            text=text, hint=f"{odd[1]}-01", other=f"{odd[1]}-10",
        )  # fmt: skip
    compact = _COMPACT.fullmatch(plain)
    if compact:
        return DATE.read("-".join(part for part in compact.groups() if part), zone)
    serial = _SERIAL.fullmatch(plain)
    if serial and _FIRST <= int(serial[1]) <= _LAST:
        return _from_serial(int(serial[1]), serial[2] or "", zone, epoch)
    return DATE.read(plain, zone)


def _from_serial(days: int, fraction: str, zone: tzinfo, epoch: int) -> Moment:
    first = datetime(1904, 1, 1, tzinfo=zone) if epoch == 1904 else datetime(1899, 12, 30, tzinfo=zone)
    day = first + timedelta(days=days)
    seconds = round(int(fraction or 0) * 86_400 / 10 ** len(fraction)) if fraction else 0
    if not seconds:
        return DATE.read(f"{day:%Y-%m-%d}", zone)
    return Moment.at(day + timedelta(seconds=seconds))


def _of_key(key: str, value: Any) -> Any:
    if key == "declared.first-author":
        return value[0]
    return _hosts(value) if key == "declared.broadcast-host" else value


def _hosts(addresses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(host_of, addresses)))


def _platform_and_url(field: Field, text: str, make: _FactMaker) -> tuple[Fact, ...]:
    """`湖南卫视 https://…`: the addresses, and the rest as the platform's name."""
    addresses, rest = find_addresses(text)
    broken = re.search(r"https?:|www\.", rest, re.IGNORECASE)
    if broken:
        why = _why(
            NotAValueError("'{text}' is not a web address (try \"{hint}\")", text=rest, hint="https://www.example.cn/1")
        )
        return tuple(make.unknown(key, why) for key in field.keys)
    parts = (_URL_LABEL.sub("", _PLATFORM_LABEL.sub("", part.strip(_EDGES))).strip(_EDGES) for part in rest.split("\n"))
    name = "、".join(part for part in parts if part)
    values = {field.keys[0]: name, field.keys[1]: addresses, field.keys[2]: _hosts(addresses)}
    return tuple(make.known(key, value) if value else make.absent(key) for key, value in values.items())


class _FactMaker(NamedTuple):
    """Makes the facts of one place."""

    locator: str
    raw: str

    def known(self, key: str, value: Any) -> Fact:
        return Fact(key=key, witness=DECLARED, value=value, locator=self.locator, raw=self.raw)

    def absent(self, key: str) -> Fact:
        return Fact(key=key, witness=DECLARED, locator=self.locator, raw=self.raw, state=State.ABSENT)

    def unknown(self, key: str, why: Readable) -> Fact:
        return Fact(key=key, witness=DECLARED, locator=self.locator, raw=self.raw, state=State.UNKNOWN, note=why)


def _why(error: NotAValueError, *, personal: bool = False) -> Readable:
    """Why a text can't be read. It goes into every report, so that it doesn't repeat personal data."""
    text: object = visible(error.text) if len(error.text) <= _SHOWN else f"{visible(error.text[:_SHOWN])}…"
    text = GIVEN if personal else text
    return Text(error.why, (("text", text), ("hint", error.hint), ("other", error.other)))
