"""The messages that people read, in their language.

A message is written once, in English, where it is needed, and stays a value until it is shown:
`say("{shown} is too long", shown=...)` renders in English or Chinese whenever a screen or a report asks. The
English sentence is the key of the gettext catalogue in `locales/`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol

from vidcheck.lazy import late

if TYPE_CHECKING:
    import gettext
    import re
    from collections.abc import Iterable, Mapping

DOMAIN = "vidcheck"
SOURCE = "en"
"""The language that messages are written in. It is the fallback for anything another language lacks."""
_HOLE = late(r"\{(\w+)\}")
_HAN = late("[\u4e00-\u9fff（）]")
_SPACED = late(r"((?<=[\u4e00-\u9fff]) )?\{(\w+)\}( (?=[\u4e00-\u9fff]))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language of messages.

    Its folder in `locales/` has its name and holds the catalogue (`LC_MESSAGES/vidcheck.po` and `.mo`) and, if there is
    one, the template of letters (`letter.jinja`).
    """

    name: str
    """As options, rules and reports name it."""
    tag: str
    """For HTML and SARIF (BCP 47)."""
    han: bool = False
    """Whether it is written in Chinese characters, which are not separated by spaces."""
    clock: bool = True
    """Whether durations are shown as on a clock (`5:12`), else with their units."""


LANGUAGES: dict[str, Language] = {
    row.name: row
    for row in (
        Language(name="en", tag="en"),
        Language(name="zh", tag="zh-CN", han=True, clock=False),
    )
}
"""Every language. All that depends on the language comes from this row or the language's folder."""


class Readable(Protocol):
    """Anything that can be rendered in a language of `LANGUAGES`."""

    def render(self, lang: str) -> str:
        """The text in that language."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Words that are the same in every language: names, figures, other people's text."""

    words: str

    def __reduce__(self) -> tuple[type[Plain], tuple[str]]:  # a report is mostly texts: the default takes twice as long
        return Plain, (self.words,)

    def render(self, lang: str) -> str:  # noqa: ARG002 - the same in every language
        """The words themselves."""
        return self.words


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence or phrase of ours: English key, optional plural key, and what fills its holes."""

    key: str
    holes: tuple[tuple[str, object], ...] = ()
    plural: str = ""
    count: int = 1

    def __reduce__(self) -> tuple[type[Text], tuple[object, ...]]:
        return (
            (Text, (self.key, self.holes, self.plural, self.count)) if self.plural else (Text, (self.key, self.holes))
        )

    def render(self, lang: str) -> str:
        """The sentence in that language, its holes filled."""
        if lang == SOURCE:
            words = self.plural if self.plural and self.count != 1 else self.key
        elif self.plural:
            words = _catalogue(lang).ngettext(self.key, self.plural, self.count)
        else:
            words = _catalogue(lang).gettext(self.key)
        if not self.holes:
            return words
        values = {name: _render(value, lang) for name, value in self.holes}
        return fill(_closed_up(words, self.holes, values) if LANGUAGES[lang].han else words, values)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words that a rules file gives by language; the fallback is English, then any other.

    Holes such as `{actual}` are filled with `holes`.
    """

    words: tuple[tuple[str, str], ...]
    holes: tuple[tuple[str, object], ...] = ()

    def __reduce__(self) -> tuple[type[Spoken], tuple[object, ...]]:
        return Spoken, (self.words, self.holes)

    def render(self, lang: str) -> str:
        """The words in that language."""
        by_lang = dict(self.words)
        words = by_lang.get(lang) or by_lang.get(SOURCE) or next(iter(by_lang.values()), "")
        return fill(words, {name: _render(value, lang) for name, value in self.holes})

    def filled(self, **holes: object) -> Spoken:
        """The same words with these holes filled when rendered."""
        return Spoken(self.words, tuple(holes.items()))


@dataclass(frozen=True, slots=True)
class Joined:
    """Several readables in a row."""

    parts: tuple[Readable, ...]
    pattern: str | Readable
    """What stands between them; or a message of ours with `{before}` and `{after}`, as languages join differently."""

    def __reduce__(self) -> tuple[type[Joined], tuple[object, ...]]:
        return Joined, (self.parts, self.pattern)

    def render(self, lang: str) -> str:
        """All parts in that language, in order."""
        rendered = [part.render(lang) for part in self.parts]
        if not isinstance(self.pattern, str) or "{before}" not in self.pattern:
            return _render(self.pattern, lang).join(rendered)
        row: str = rendered[0] if rendered else ""
        for at, after in enumerate(rendered[1:]):
            before, last = _like(self.parts[at], row), _like(self.parts[at + 1], after)
            row = Text(self.pattern, (("before", before), ("after", last))).render(lang)
        return row


@dataclass(frozen=True, slots=True)
class Capital:
    """Words at the beginning of a sentence or a line: with a capital, where the language has them."""

    words: Readable

    def __reduce__(self) -> tuple[type[Capital], tuple[Readable]]:
        return Capital, (self.words,)

    def render(self, lang: str) -> str:
        """The words in that language, the first letter in upper case."""
        words = self.words.render(lang)
        return words[:1].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class Fixed:
    """Words that are shown often, such as what a rule expects: rendered once in each language."""

    words: Readable
    _rendered: dict[str, str] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __reduce__(self) -> tuple[type[Fixed], tuple[Readable]]:
        return Fixed, (self.words,)

    def render(self, lang: str) -> str:
        """The words in that language."""
        rendered = self._rendered.get(lang)
        if rendered is None:
            rendered = self._rendered[lang] = self.words.render(lang)
        return rendered


def _like(part: Readable, words: str) -> Readable:
    """The part's words as a value of the same sort: Chinese closes up to words of ours, not to names."""
    return Plain(words) if isinstance(part, Plain) else Fixed(Plain(words))


def marked(key: str) -> str:
    """Marks a string as translatable where it stands and leaves it as it is (gettext's N_)."""
    return key


LISTED = marked("{before}, {after}")
"""Items of a list."""
SENTENCES = marked("{before} {after}")
"""One sentence after another."""
ASIDE = marked("{words} ({aside})")
"""A remark in brackets."""
LABELLED = marked("{name}: {words}")
"""A subject, and what is said of it."""
TOGETHER = marked("{before} and {after}")
"""Two things together."""


def say(key: str, /, **holes: object) -> Text:
    """A message of ours; `{name}` in it is filled with the argument of that name, whatever that contains."""
    return Text(key, tuple(holes.items()))


GIVEN = say("(given)")
"""What stands for personal data that is not shown."""


def say_count(one: str, many: str, count: int, /, **holes: object) -> Text:
    """A message that depends on a number; `{count}` is that number."""
    return Text(one, (("count", count), *holes.items()), many, count)


def join(parts: Iterable[Readable], between: str | Readable = LISTED) -> Readable:
    """Several readables as one; a single one is itself."""
    row = tuple(parts)
    return row[0] if len(row) == 1 else Joined(row, between)


def listed(names: Iterable[str]) -> Readable:
    """Names in a row, separated with a comma in English and with 、 in Chinese."""
    return join([Plain(name) for name in names])


def separator(lang: str) -> str:
    """The separator of list items in that language."""
    return say(LISTED, before="", after="").render(lang)


def aside(words: str, more: str, lang: str) -> str:
    """The words with more in brackets; Chinese uses full-width brackets without a space."""
    return say(ASIDE, words=words, aside=more).render(lang)


def labelled(name: str, words: str, lang: str) -> str:
    """`name: words`, with the colon of that language."""
    return say(LABELLED, name=name, words=words).render(lang)


_SYSTEMS = frozenset({
    marked("No such file or directory"), marked("Not a directory"), marked("Is a directory"), marked("File exists"),
    marked("Permission denied"), marked("Operation not permitted"), marked("Read-only file system"),
    marked("No space left on device"), marked("Disk quota exceeded"), marked("File too large"),
    marked("File name too long"), marked("Too many levels of symbolic links"), marked("Input/output error"),
})  # fmt: skip
"""Messages of strerror for a file that can't be opened."""


def system_words(said: str) -> Readable:
    """A message of strerror, translated if it is a common one."""
    return say(said) if said in _SYSTEMS else Plain(said)


def fill(words: str, holes: Mapping[str, str]) -> str:
    """Plain replacement of `{name}`: no attribute, index or format of str.format, and unknown names stay."""
    form = _form(words)
    if form is None:
        return words
    try:
        return form % holes
    except KeyError:
        return form % _Staying(holes)


class _Staying(dict[str, str]):
    """Leaves unknown names as they are."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


@lru_cache(maxsize=2048)
def _form(words: str) -> str | None:
    """The words with `%(name)s` for each hole, which Python fills in one step; None if there is no hole."""
    pieces = _HOLE.split(words)
    if len(pieces) == 1:
        return None
    return "".join(f"%({piece})s" if place % 2 else piece.replace("%", "%%") for place, piece in enumerate(pieces))


def _closed_up(words: str, holes: tuple[tuple[str, object], ...], values: Mapping[str, str]) -> str:
    """Removes the space between a Chinese character and a value of ours that begins or ends with one.

    Chinese puts spaces only around digits and Latin letters. Names and other people's text keep theirs, to stand out.
    """
    if " {" not in words and "} " not in words:
        return words
    ours = {name for name, value in holes if not isinstance(value, (str, int, Plain))}

    def close(found: re.Match[str]) -> str:
        before, name, after = found.groups(default="")
        value = values.get(name, "") if name in ours else ""
        before = "" if _HAN.match(value[:1]) else before
        return f"{before}{{{name}}}{'' if _HAN.match(value[-1:]) else after}"

    return _SPACED.sub(close, words)


def _render(value: object, lang: str) -> str:
    render = getattr(value, "render", None)  # isinstance of a protocol was a tenth of a report's time
    return str(render(lang)) if callable(render) else str(value)


@cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    import gettext
    from pathlib import Path

    return gettext.translation(DOMAIN, Path(__file__).parent / "locales", languages=[lang], fallback=True)
