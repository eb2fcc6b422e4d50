"""Kinds for contact details in forms: people, telephones, e-mail and web addresses.

A cell may hold several, so every value is a tuple of normalised texts. What stands between and around them
(Chinese and full-width punctuation, a label, a remark in brackets) is ignored; any other text makes the cell invalid.
"""

from __future__ import annotations

import re
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vidcheck.lazy import late
from vidcheck.quantities.kind import NotAValueError
from vidcheck.quantities.web import Found, find_addresses, host_name, host_of
from vidcheck.quantities.words import Listed

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_ROUNDS = 20
_AT = frozenset("@＠﹫")
_FEWEST = 10
"""The fewest figures of a telephone that is sought in other texts."""
_LONGEST = 4000  # characters: a longer text names no people and no telephones
_DASHES = late("[‐‑‒–—―−]")
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff〇"


def _plain(text: str) -> str:
    """Makes full-width forms half-width and all dashes alike, and strips outer white space."""
    if text.isascii():
        return text.strip()
    import unicodedata

    return _DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip()


_E_MAIL = late(
    r"[A-Za-z0-9._%+-]{1,64}\s{0,3}@\s{0,3}[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z][A-Za-z0-9-]{1,62}",
    re.ASCII,
)
"""The last part of a host begins with a letter: `High@L4.1` and `x264 @ 23.976` are no addresses."""
_GROUPED = late(
    r"(?<![\d.])(?:(?:\+|00)?86[-. ]?)?(1[3-9]\d{1,2})([-. ])(\d{2,4})((?:\2\d{2,4}){1,3})(?![\d])", re.ASCII
)
"""A mobile number in groups of some other size, or with stops: `139.0005.0185`, `1390 005 0185`."""
_MOBILE_DIGITS = frozenset({11, 13, 15})
"""How many figures such a number has: by itself, after 86, after 0086."""
_DATED = late(
    r"19\d\d(?:(?P<sep>[-. ])(?:0[1-9]|1[0-2])(?P=sep)(?:0[1-9]|[12]\d|3[01])|[-. ](?:19|20)\d\d)(?!\d)", re.ASCII
)
_IPV4 = late(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}", re.ASCII)
_PATH = late(r"(?:https?://|www\.|\.[a-z]{2,}/)[^\s?#,;:、。!()<>\[\]{}|\"'\u3400-\u9fff]*$", re.IGNORECASE)
"""A web address up to its query, or to what is no part of it."""
_NEAR = 300
"""The characters before a number in which it is sought what the number is."""
_NAMED = late(r"(?<![a-z])(?:tel|phone|mobile)", re.IGNORECASE)
_ID = late(r"[?&#](?:\w*id|v|p|t|ts|time|timestamp)=$", re.IGNORECASE)


def _number(found: re.Match[str]) -> bool:
    """Whether what looks like a telephone is one: sites number their films, and a fraction has as many figures."""
    near = found.string[max(0, found.start() - _NEAR) : found.start()]
    word = "" if not near or near[-1].isspace() else near.split()[-1]
    if (word.endswith("0.") and not word[-3:-2].isdigit()) or _ID.search(word):
        return False
    path = _PATH.search(word)
    return path is None or _NAMED.search(path[0]) is not None


def _grouped(found: re.Match[str]) -> bool:
    """Whether figures in groups are a telephone, not a date with a number behind it, nor an address of a network."""
    written = found[0]
    return (
        len(_figures(written)) in _MOBILE_DIGITS
        and not _DATED.match(written)
        and not _IPV4.fullmatch(written)
        and _number(found)
    )


class _Narrow(dict[int, str]):
    """Full-width characters and dashes as plain ones: each is one character, so that places in a text stay."""

    def __missing__(self, code: int) -> str:
        import unicodedata

        char = unicodedata.normalize("NFKC", chr(code))
        self[code] = kept = _DASHES.sub("-", char) if len(char) == 1 else chr(code)
        return kept


_NARROW = _Narrow({0: " "})
_BLANK = "\0"
"""Stands for each character that is to be masked."""


def squeezed(text: str) -> str:
    """A text without white space, and without differences of width and case."""
    return "".join(text.translate(_NARROW).lower().split())


@lru_cache(1024)  # several rules look at the same text
def without_contacts(text: str, mark: str, telephones: tuple[str, ...] = (), addresses: tuple[str, ...] = ()) -> str:
    """A text with `mark` in place of telephones and e-mail addresses; all else stays as it is.

    `telephones` are the figures of those that are hidden however they are grouped, and in a web address too; `addresses`
    are hidden whatever white space is in them.
    """
    figures = _figures(text)
    named = [address for address in addresses if address in squeezed(text)]
    if len(figures) < _FEWEST and not named and _AT.isdisjoint(text):
        return text
    plain = text.translate(_NARROW)
    for address in named:
        plain = re.sub(r"\s*".join(map(re.escape, address)), _blank, plain, flags=re.IGNORECASE)
    plain = _E_MAIL.sub(_blank, plain)
    for number in telephones:
        if number in figures.translate(_NARROW):
            spaced = r"[-. ()]{0,2}".join(number)
            plain = re.sub(rf"(?<!\d)(?:(?:\+|00)?86[-. ]?)?{spaced}(?!\d)", _blank, plain)
    if len(figures) >= _FEWEST:
        plain = Telephone.number.sub(lambda found: _blank(found) if _number(found) else found[0], plain)
        plain = _GROUPED.sub(lambda found: _blank(found) if _grouped(found) else found[0], plain)
    parts, at = [], 0
    for run in re.finditer(f"{_BLANK}+", plain):
        parts += [text[at : run.start()], mark]
        at = run.end()
    return "".join((*parts, text[at:]))


def _blank(found: re.Match[str]) -> str:
    return _BLANK * len(found[0])


def has_contact(text: str) -> bool:
    """Whether a telephone or an e-mail address stands in a text."""
    return without_contacts(text, "") != text


class People(Listed):
    """Persons or units, in the order in which they are named. White space and letter case don't matter."""

    name = "people"
    examples = ("张三、李四",)
    _between = frozenset("、,;/|\n\r\t\v\f\x85\u2028\u2029")
    _open, _close = "([{<【〔《「『“", ")]}>】〕》」』”"
    _brackets = frozenset(_open + _close)
    _separators = late(r"[、,;/|\n\r\t\v\f\x85\u2028\u2029]")
    _wrapped = late(r"[:等()\[\]{}<>【】〔〕]")
    _role = late(rf"(?:[{_HAN}A-Za-z/ ]{{1,12}}[:：]\s*)+(?=\S)")
    _remark = late(r"[(\[{<【〔][^()\[\]{}<>【】〔〕]*[)\]}>】〕]$")
    _remark_ends = frozenset(")]}>】〕")
    _others = late(r"(?<=.)等(?:\d{1,4})?(?:人|位|名)?$")
    _person = late(rf"[{_HAN}]{{2,4}}")
    _unit = late(
        "(?:公司|集团|中心|委员会|协会|学会|研究[院所会]|大学|学院|学校|[中小]学|医院|[馆局厅处院校台社部会所团站园网室队组司署])$"
    )

    def read(self, text: str, zone: tzinfo = UTC) -> tuple[str, ...]:  # noqa: ARG002
        plain = _plain(text) if len(text) <= _LONGEST else ""
        names = self._all(plain)
        for _ in range(_MOST_ROUNDS if self._wrapped.search(plain) else 0):  # a role before a role, a remark behind 等
            again = self._all(self.write(names))
            if again == names:
                break
            names = again
        if not names or not any(char.isalpha() for name in names for char in name):
            raise NotAValueError("'{text}' names nobody (try \"{hint}\")", text=text, hint=self.examples[0])
        return names

    def _all(self, plain: str) -> tuple[str, ...]:
        return tuple(name for part in self._parts(plain) for name in self._names(part))

    def _parts(self, text: str) -> Iterator[str]:
        """Splits at separators, except inside brackets if every bracket is closed."""
        if self._brackets.isdisjoint(text):
            yield from self._separators.split(text)
            return
        closed = sum(map(text.count, self._open)) == sum(map(text.count, self._close))
        depth, start = 0, 0
        for at, char in enumerate(text):
            depth += (char in self._open) - (char in self._close) if closed else 0
            if depth <= 0 and char in self._between:
                yield text[start:at]
                start = at + 1
        yield text[start:]

    def _names(self, part: str) -> Iterator[str]:
        """The names in one part: white space separates Chinese persons, and belongs to all other names."""
        plain = self._role.sub("", part.strip(), count=1) if ":" in part or "：" in part else part.strip()
        words = (self._others.sub("", plain) if "等" in plain else plain).split()
        if len(words) == 1:
            yield self._bare(words[0])
            return
        whole = self._bare(" ".join(words))
        joined = self._joined([self._bare(word) for word in words])
        persons = len(joined) > 1 and all(self._person.fullmatch(word) for word in joined)
        if (persons and not any(self._unit.search(word) for word in joined)) or len(joined) == 1:
            yield from joined
        elif whole:
            yield whole

    def _bare(self, name: str) -> str:
        """A person's name without the remark in brackets after it; a unit's name keeps it: `某某大学（深圳）`."""
        if name[-1:] not in self._remark_ends:
            return name
        alone = self._remark.sub("", name).strip()
        return alone if self._person.fullmatch(alone) and not self._unit.search(alone) else name

    def _joined(self, words: list[str]) -> list[str]:
        """Joins `张 三`, which people write to align it with names of three characters: no name is one character."""
        row: list[str] = []
        for word in words:
            if row and re.fullmatch(f"[{_HAN}]", row[-1]) and re.fullmatch(f"[{_HAN}]{{1,2}}", word):
                row[-1] += word
            else:
                row.append(word)
        return row

    def equal(self, value: tuple[str, ...], other: tuple[str, ...], slack: Any = 0) -> bool:  # noqa: ARG002
        return tuple(map(_same, value)) == tuple(map(_same, other))


def _same(name: str) -> str:
    return "".join(_plain(name).split()).casefold()


class Telephone(Listed):
    """Telephones of mainland China.

    Mobile numbers are eleven digits; others are written as `0731-84800000`, with `-123` for an extension.
    """

    name = "telephone"
    examples = ("0731-84800000", "13812345678", "400-123-4567")
    _mobile = r"(?:(?:\+|00)?86[- ]?)?(?P<mobile>1[3-9]\d[- ]?\d{4}[- ]?\d{4})"
    _fixed = (
        r"(?:\(?(?P<area>0(?:10|2\d|[3-9]\d\d))\)?|(?:\+|00)86[- ]?\(?0?(?P<bare>10|2\d|[3-9]\d\d)\)?)"
        r"[- ]{0,3}(?P<fixed>[1-9]\d{2,3}[- ]?\d{4})"
    )
    _service = r"(?P<service>[48]00[- ]?\d[- ]?\d[- ]?\d[- ]?\d[- ]?\d[- ]?\d[- ]?\d)"
    _extension = r"(?:\s?(?:-|转|分机|ext\.?|#)\s?:?(?P<extension>\d{1,6}))?"
    number = late(rf"(?<![\d+])(?:{_mobile}|(?:{_fixed}|{_service})\s?{_extension})(?![\d])", re.ASCII | re.IGNORECASE)
    """Finds a number in a text that `_plain` made plain."""
    _decimal = late(r"1\d{10}\.0+", re.ASCII)
    """A mobile number that a program stored as a number with decimals."""
    _around = late(rf"(?:[{_HAN}\s,;:、/|()\[\]<>【】。.\-]|tel|phone|mobile|telephone|office|home)*", re.IGNORECASE)

    def read(self, text: str, zone: tzinfo = UTC) -> tuple[str, ...]:  # noqa: ARG002
        plain = _plain(text) if len(text) <= _LONGEST else ""
        if self._decimal.fullmatch(plain):
            plain = plain.partition(".")[0]
        alone = self.number.match(plain)
        if alone and alone.end() == len(plain):
            return (self._normalised(alone),)
        found = list(self.number.finditer(plain))
        rest = self.number.sub(" ", plain)
        if not found or not self._around.fullmatch(rest) or "转" in rest or "分机" in rest:
            raise NotAValueError("'{text}' is not a telephone (try \"{hint}\")", text=text, hint=self.examples[0])
        return tuple(dict.fromkeys(map(self._normalised, found)))

    @staticmethod
    def _normalised(found: re.Match[str]) -> str:
        if found["mobile"]:
            return _figures(found["mobile"])
        tail = f"-{found['extension']}" if found["extension"] else ""
        if found["service"]:
            figures = _figures(found["service"])
            return f"{figures[:3]}-{figures[3:6]}-{figures[6:]}{tail}"
        return f"{found['area'] or '0' + found['bare']}-{_figures(found['fixed'])}{tail}"


def figures_of(telephone: str) -> str:
    """The figures of a telephone as it is read, without its extension."""
    return _figures(telephone if telephone.count("-") < 2 or telephone[:1] != "0" else telephone.rpartition("-")[0])


def _figures(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


class Email(Listed):
    """E-mail addresses; the part behind the @ in small letters."""

    name = "e-mail"
    examples = ("zhangsan@example.cn",)
    _between = late(rf"[\s,;、/|()\[\]<>【】“”\"'{_HAN}:]+")
    _labels = frozenset({"email", "e-mail", "mail", "mailto"})
    _form = late(r"(?=.{1,64}@)([A-Za-z0-9!#$%&*+=?^_`{}~-]+(?:\.[A-Za-z0-9!#$%&*+=?^_`{}~-]+)*)@(.{1,253})", re.ASCII)

    def read(self, text: str, zone: tzinfo = UTC) -> tuple[str, ...]:  # noqa: ARG002
        plain = _plain(text).replace("。", ".") if len(text) <= _LONGEST else ""
        parts = [part.rstrip(".") for part in self._between.split(plain)]
        normalised = [self._normalised(part) for part in parts if part and part.lower() not in self._labels]
        if not normalised or None in normalised:
            raise NotAValueError("'{text}' is not an e-mail address (try \"{hint}\")", text=text, hint=self.examples[0])
        return tuple(dict.fromkeys(part for part in normalised if part))

    def _normalised(self, part: str) -> str | None:
        found = self._form.fullmatch(part)
        host = host_name(found[2]) if found else None
        return f"{found[1]}@{host}" if found and host and not host.replace(".", "").isdigit() else None


class WebAddress(Listed):
    """Web addresses with scheme, host and path; one without a scheme is read as a browser reads it, with http."""

    name = "web address"
    examples = ("https://www.example.cn/video/1",)
    _around = late(rf"(?:网址|链接|地址|网站|播放|播出|视频|及|url|link|[^\w{_HAN}])*", re.IGNORECASE)

    def read(self, text: str, zone: tzinfo = UTC) -> tuple[str, ...]:  # noqa: ARG002
        found = find_addresses(text) if len(text) <= _LONGEST else Found((), text)
        if not found.addresses or not self._around.fullmatch(found.rest):
            raise NotAValueError("'{text}' is not a web address (try \"{hint}\")", text=text, hint=self.examples[0])
        return found.addresses


class Host(Listed):
    """The sites of web addresses.

    `example.cn` stands for every site under it as well: `v.example.cn`, not `myexample.cn`.
    """

    name = "site"
    examples = ("example.cn", "v.example.cn")

    def read(self, text: str, zone: tzinfo = UTC) -> tuple[str, ...]:  # noqa: ARG002
        found = find_addresses(text) if len(text) <= _LONGEST else Found((), text)
        parts = [part for part in re.split(r"[\s,;、，；]+", text) if part] if len(text) <= _LONGEST else []
        normalised = [host_name(part) for part in parts]
        if parts and None not in normalised:
            return tuple(dict.fromkeys(part for part in normalised if part))
        if found.addresses and not found.rest.strip(" ,;、"):
            return tuple(dict.fromkeys(map(host_of, found.addresses)))
        raise NotAValueError("'{text}' is not the name of a site (try \"{hint}\")", text=text, hint=self.examples[0])

    def equal(self, value: tuple[str, ...], other: tuple[str, ...], slack: Any = 0) -> bool:  # noqa: ARG002
        """Whether any of these sites is one of those, or under one of those."""
        return any(site == whole or site.endswith(f".{whole}") for site in value for whole in other)
