"""A page of text for the screen: wrapped by the terminal width of characters, with hanging indents, without markup.

Every text passes through `facts.visible` here, so that other people's text can't contain escape sequences or line
breaks. A page prints on a rich console (`console.print(page, soft_wrap=True)`: commands are longer than the screen and
must stay whole) or becomes plain text, for which rich is not imported: that import costs as much as half a check.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from vidcheck.facts import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, ConsoleOptions
    from rich.text import Text

# Opening and closing punctuation stays with the enclosed text at line breaks in Chinese.
_OPENING = "（［〔【《「『〈“"
_CLOSING = "、。，．：；？！）］〕】》」』〉”…％"
_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_LETTER = r"(?:\S|(?<=\d) (?=[A-Za-z]))"  # a number stays with its unit
_NARROW = rf"(?:(?![{_OPENING}{_CLOSING}{_WIDE}]){_LETTER})+"
_ASCII_ATOM = rf"\s+|{_LETTER}+"  # for ASCII text, because _ATOM takes 4 ms to compile
_ATOM = rf"\s+|[{_OPENING}]*(?:{_NARROW}|(?![{_OPENING}{_CLOSING}])[{_WIDE}])[{_CLOSING}]*|[{_OPENING}{_CLOSING}]+"
_TWO_CELLS = "[\u3001-\u3029\u4e00-\u9fff\uff01-\uff60]"
_ONE_CELL = "[ -~\u00a0-\u00ac\u00ae-\u02ff\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u2192\u2610\u2713\u2717]*"
_FALLBACKS = str.maketrans({
    "✗": "x", "✓": "+", "☐": "o", "•": "*", "–": "-", "—": "-", "→": ">", "×": "x", "…": "...", "‘": "'", "’": "'", "“": '"', "”": '"',
})  # fmt: skip
_NARROWEST = 20
_LEAST = 4
"""The least indentation of everything except commands, unless it is longer than a line."""


class Span(NamedTuple):
    """A piece of text in one style of rich (a name or a definition)."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A lead (a sign, a name) and a body beside it from column `hang` on; an empty line if both are empty."""

    indent: int = 0
    """The column where the lead begins."""
    lead: Sequence[Span] = ()
    hang: int = 0
    body: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """A line for copying, which is never wrapped."""

    text: str
    indent: int = 0


Block: TypeAlias = Row | Command
BLANK = Row()


@dataclass(frozen=True, slots=True)
class Page:
    """Rows and commands, laid out when the width is known."""

    blocks: Sequence[Block]
    encoding: str = "utf-8"
    """The screen's encoding; signs that it lacks are replaced by ASCII."""

    def plain(self, width: int = 80) -> str:
        """The page without colour, in lines of that width."""
        return "".join("".join(span.text for span in line) + "\n" for line in self.lines(width))

    def lines(self, width: int) -> Iterator[list[Span]]:
        """The page's lines, none wider than that, except commands."""
        for block in self.blocks:
            if isinstance(block, Command):
                yield [Span(" " * block.indent + shown(block.text, self.encoding), COMMAND)]
            else:
                yield from self._row(block, max(width, _NARROWEST))

    def _row(self, row: Row, width: int) -> Iterator[list[Span]]:
        hang = min(row.hang, width // 2)
        indent = max(row.indent - (row.hang - hang), 0)
        lead, body = self._shown(row.lead), self._shown(row.body)
        taken = indent + sum(cells(span.text) for span in lead)
        if lead and (taken >= hang or not body):
            yield from _beside([Span(" " * indent)], lead, indent + 2, width)
            lead, taken = [], 0
            if not body:
                return
        start = [Span(" " * indent), *lead, Span(" " * (hang - taken))] if lead else [Span(" " * hang)]
        yield from _beside(start, body, hang, width) if body else iter([[]])

    def _shown(self, spans: Sequence[Span]) -> list[Span]:
        spans = [Span(shown(span.text, self.encoding), span.style) for span in spans if span.text]
        return spans if any(not span.text.isspace() for span in spans) else []

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        from rich.text import Text

        for line in self.lines(options.max_width):
            text = Text(no_wrap=True, overflow="ignore")
            for span in line:
                text.append(span.text, span.style or None)
            yield text


COMMAND = "cyan"


def shown(text: str, encoding: str = "utf-8") -> str:
    """The text without control characters, in characters of the encoding."""
    safe = visible(text)
    if safe.isascii() or codecs.lookup(encoding).name == "utf-8":
        return safe
    text = "".join(char if _has(encoding, char) else char.translate(_FALLBACKS) for char in safe)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def cells(text: str) -> int:
    """The number of terminal columns of the text."""
    if text.isascii():
        return len(text)
    if _compiled(_ONE_CELL).fullmatch(text):  # without the wide ones, whose pattern takes 3 ms to compile
        return len(text)
    rest, wide = _compiled(_TWO_CELLS).subn("", text)
    if _compiled(_ONE_CELL).fullmatch(rest):
        return len(rest) + 2 * wide
    from rich.cells import cell_len

    return cell_len(text)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiles a pattern on first use, because these take up to 30 ms."""
    return re.compile(pattern)


def clipped(text: str, most: int = 200) -> str:
    """The text, shortened with an ellipsis if it is very long."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def one_line(text: str) -> str:
    """A text that may have several lines, on one line."""
    return " ".join(text.split())


def _has(encoding: str, char: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _beside(start: Sequence[Span], spans: Sequence[Span], hang: int, width: int) -> Iterator[list[Span]]:
    """Wraps the spans to that width; the first line begins with `start`, the others are indented.

    A word that is too long for a line, such as a checksum or a path, is indented less, so that it can be copied whole.
    """
    text = "".join(span.text for span in spans)
    first = width - sum(cells(span.text) for span in start)
    begun = False
    for at, end, room in _ranges(text, first, width - hang, width - _LEAST):
        before = [Span(" " * (width - room))] if begun else start
        if at < end:
            yield [span for span in (*before, *_slice(spans, at, end)) if span.text]
        elif len(start) > 1:  # the lead leaves no room for the first word
            yield [span for span in start[:-1] if span.text]
        begun = True


def _slice(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """The part between two positions of the spans' text, with styles."""
    line, at = [], 0
    for span in spans:
        part = span.text[max(start - at, 0) : max(end - at, 0)]
        if part:
            line.append(Span(part, span.style))
        at += len(span.text)
    return line


def _ranges(text: str, first: int, later: int, most: int) -> Iterator[tuple[int, int, int]]:
    """The start, end and available width of each line of the text.

    `first` and `later` are the widths of the first and the other lines, `most` is that for a longer word.
    """
    if cells(text) <= first:
        yield 0, len(text.rstrip()), first
        return
    start = end = used = 0
    room = first
    for found in _compiled(_ASCII_ATOM if text.isascii() else _ATOM).finditer(text):
        if found[0].isspace():
            continue
        need = cells(text[end : found.end()])
        if used + need <= room:
            end, used = found.end(), used + need
            continue
        alone = cells(found[0])
        if (alone <= later and end > start) or later < alone <= most:
            yield start, end, room
            start, end = found.start(), found.end()
            used, room = (alone, later) if alone <= later else (most, most)  # such a word has a line of its own
            continue
        # Too long for any line: fill the line, and continue on the next.
        if used + need - alone >= room:
            yield start, end, room
            start, used, room, end = found.start(), 0, later, found.start()
        for place in range(end, found.end()):
            size = cells(text[place])
            if used + size > room and place > start:
                yield start, place, room
                start, used, room = place, 0, later
            used += size
        end = found.end()
    yield start, end, room
