"""Letters from templates: Jinja in its sandbox, so that an untrusted template can read only what it is given.

A letter has three parts (subject, text, HTML), rendered one by one: the HTML with everything escaped, the others as
they are. `frame.jinja` chooses the part, `letter.jinja` in each folder of `locales/` holds the words; an organizer's
template extends one of these, or is the whole letter as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, NoReturn

from vidcheck.facts import visible
from vidcheck.quantities import BYTES, DURATION, Manner
from vidcheck.reports import MissingExtraError
from vidcheck.reports.csv import path_cells, table
from vidcheck.reports.page import clipped, one_line
from vidcheck.texts import LANGUAGES, SOURCE, Plain, listed, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from importlib.resources.abc import Traversable

    from jinja2 import Environment
    from jinja2 import Template as Compiled

    from vidcheck.facts import Entry
    from vidcheck.findings import Verdict
    from vidcheck.reports.letters.mailing import Addressed, Mailing, Person
    from vidcheck.texts import Readable

INDEX = "letters.csv"
_LONGEST = 1_000_000
"""The most characters of one part of a letter."""
_LONGEST_SUBJECT = 200
# Filters that would put other people's text into the HTML as markup, or could make a letter huge.
_NO_FILTERS = ("safe", "tojson", "batch", "center", "format", "indent", "slice")
_NO_GLOBALS = ("lipsum",)
_OWN, _WHOLE = "own", "whole"
_WHOLE_SOURCE = (
    '{%% extends "%s" %%}{%% block text %%}{%% include "own" %%}{%% endblock %%}'
    '{%% block html %%}<p style="white-space: pre-wrap">{{ words }}</p>{%% endblock %%}'
)


class BadTemplateError(ValueError):
    """A template that can't be read or makes no letter; `words` says where and why."""

    def __init__(self, name: str, line: int | None, why: Readable | str) -> None:
        place = Plain(f"{visible(name)}:{line}" if line else visible(name))
        self.words = say("{place}: {reason}", place=place, reason=Plain(visible(why)) if isinstance(why, str) else why)
        super().__init__(self.words.render("en"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """An organizer's template."""

    name: str
    """Its name in errors."""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The letter about one entry."""

    entry: Entry
    name: str
    """The name of its files, without extension."""
    subject: str
    text: str
    html: str
    verdict: Verdict
    person: Person


class Writer:
    """Writes letters in a language from a template. Raises BadTemplateError, and MissingExtraError without Jinja."""

    def __init__(self, lang: str, own: Template | None = None) -> None:
        self.lang = lang
        self.own = own
        try:
            import jinja2  # noqa: F401 - to say what is missing
        except ImportError:
            raise MissingExtraError("letters") from None
        self.plain = self._compiled(escaped=False)
        self.markup = self._compiled(escaped=True)

    def letter(self, entry: Addressed, mailing: Mailing, name: str) -> Letter:
        """The letter about an entry, for files of that name."""
        given = self._given(entry, mailing)
        subject = clipped(visible(one_line(self._render(self.plain, given, "subject"))), _LONGEST_SUBJECT)
        text = _tidy(self._render(self.plain, given, "text"))
        if not text.strip():
            raise BadTemplateError(self._name, None, say("the template makes an empty letter"))
        html = self._render(self.markup, {**given, "words": text}, "html").strip() + "\n"
        return Letter(
            entry=entry.entry,
            name=name,
            subject=subject,
            text=text,
            html=html,
            verdict=entry.verdict,
            person=entry.person,
        )

    def _given(self, entry: Addressed, mailing: Mailing) -> dict[str, Any]:
        manner = Manner(self.lang)
        return {
            "title": mailing.title.render(self.lang),
            "verdict": entry.verdict.value,
            "deadline": mailing.until.render(self.lang) if mailing.until else "",
            "passed": mailing.passed.render(self.lang) if mailing.passed else "",
            "person": {"name": entry.person.name, "title": entry.person.title},
            "entry": {
                "name": entry.name,
                "path": entry.path,
                "size": "" if entry.size is None else BYTES.show(entry.size, manner),
                "duration": "" if entry.duration is None else DURATION.show(entry.duration, manner),
            },
            "failed": entry.failed,
            "advised": entry.advised,
            "open": entry.open,
            "asked": entry.asked,
            "programs": entry.programs,
            "dated": entry.dated,
            "mendable": entry.mendable,
            "clean": entry.clean,
            "shared": entry.shared,
            "lang": LANGUAGES[self.lang].tag,
            "tool": mailing.tool,
        }

    def _render(self, template: Compiled, given: Mapping[str, Any], part: str) -> str:
        pieces, room = [], _LONGEST
        try:
            for piece in template.generate(**given, part=part):
                pieces.append(piece)
                room -= len(piece)
                if room < 0:
                    break
        except Exception as error:  # noqa: BLE001 - a template is a program: it may fail in any way
            self._failed(error)
        if room < 0:
            raise BadTemplateError(
                self._name,
                None,
                say("the template makes a letter of more than {most} characters", most=f"{_LONGEST:,}"),
            )
        return "".join(pieces)

    def _source(self, name: str) -> tuple[str, str, None] | None:
        """A template's text and its name in errors; None if there is none of that name."""
        if name == _OWN and self.own:
            return self.own.source, self.own.name, None
        if name == _WHOLE:
            return _WHOLE_SOURCE % self.lang, _WHOLE, None
        return _our_source(name)

    def _compiled(self, *, escaped: bool) -> Compiled:
        if self.own is None:
            return _our_environment(escaped=escaped).get_template(self.lang)
        environment = _environment(self._source, escaped=escaped)
        from jinja2 import nodes

        try:
            tree = environment.parse(self.own.source, _OWN, self.own.name)
            environment.get_template(_OWN)
            compiled = environment.get_template(_OWN if tree.find(nodes.Extends) else _WHOLE)
        except Exception as error:  # noqa: BLE001 - deep nesting ends in RecursionError, odd numbers in OverflowError
            self._failed(error)
        switch = tree.find(nodes.ScopedEvalContextModifier)
        if switch:
            raise BadTemplateError(self.own.name, switch.lineno, say("autoescape can't be switched in a letter"))
        return compiled

    def _failed(self, error: Exception) -> NoReturn:
        """Raises the error with its place in the template."""
        from jinja2 import TemplateNotFound, TemplateSyntaxError

        name, line = self._name, None
        if isinstance(error, TemplateSyntaxError):
            raise BadTemplateError(error.filename or name, error.lineno, one_line(str(error.message))) from None
        for frame, at in walk_tb(error.__traceback__):
            if frame.f_code.co_filename in self._names:
                name, line = frame.f_code.co_filename, at
        if isinstance(error, TemplateNotFound):
            known = listed(LANGUAGES)
            raise BadTemplateError(
                name,
                line,
                say("there is no template '{name}'; there are {known}", name=visible(str(error.name)), known=known),
            ) from None
        raise BadTemplateError(name, line, clipped(one_line(str(error)) or type(error).__name__)) from None

    @property
    def _name(self) -> str:
        return self.own.name if self.own else f"{self.lang}.jinja"

    @cached_property
    def _names(self) -> frozenset[str]:
        """The names of the templates in tracebacks."""
        return frozenset({self._name, *(f"{name}.jinja" for name in (*LANGUAGES, "frame"))})


@cache
def _our_environment(*, escaped: bool) -> Environment:
    """The environment of our own templates, which are compiled once."""
    return _environment(_our_source, escaped=escaped)


def _environment(source: Callable[[str], tuple[str, str, None] | None], *, escaped: bool) -> Environment:
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(source), autoescape=escaped, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    for name in _NO_FILTERS:
        del environment.filters[name]
    for name in _NO_GLOBALS:
        del environment.globals[name]
    return environment


def _our_source(name: str) -> tuple[str, str, None] | None:
    """The text of one of our templates and its name in errors; None if there is none of that name."""
    if name not in (*LANGUAGES, "frame"):
        return None
    return _ours(name).read_text(encoding="utf-8"), f"{name}.jinja", None


def index(letters: Sequence[Letter]) -> bytes:
    """The list of letters as CSV for a mail merge: UTF-8 with a byte order mark, without formulas."""
    rows = []
    for letter in letters:
        path, raw = path_cells(letter.entry)
        rows.append(
            (
                path, letter.verdict.value, letter.person.email, letter.person.name, letter.person.title,
                letter.subject, f"{letter.name}.txt", f"{letter.name}.html", raw,
            )
        )  # fmt: skip
    return table(("path", "verdict", "email", "name", "title", "subject", "text", "html", "path_bytes"), rows)


def _ours(name: str) -> Traversable:
    """The template of letters in a language, or the English one; or their common frame."""
    if name == "frame":
        return files(__package__) / "frame.jinja"
    locales = files("vidcheck") / "locales"
    own = locales / name / "letter.jinja"
    return own if own.is_file() else locales / SOURCE / "letter.jinja"


def _tidy(text: str) -> str:
    """Strips white space at the ends of lines, and merges empty lines."""
    lines: list[str] = []
    for line in text.strip("\n").split("\n"):
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines).rstrip() + "\n"
