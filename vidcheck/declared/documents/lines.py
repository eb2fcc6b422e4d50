"""Labels and their values in lines of text: `作品名称：…`, `作品名称  …`, a label or a value over several lines.

Labels are recognised in all usual spellings: `类  别`, `内容简介（100字以内）`, `1. 作品名称：`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from vidcheck.declared.documents.document import Pair
from vidcheck.declared.fields import field_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vidcheck.declared.documents.document import TextLine

LONGEST = 60
"""The most characters of a label with its notes."""
_NOT_OF_FORMS = frozenset({"file", "submitted"})
"""Fields that only a manifest has: the date on a form is not the date of submission."""
_ROUNDS = 4
"""The most rounds of removing numbers: `（1）1. 作品名称：` takes two."""
_NOTE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|【[^【】]*】|〔[^〔〕]*〕|<[^<>]*>|《[^《》]*》")
_BRACKETS = re.compile(r"[()\[\]{}【】〔〕<>《》]")
_NUMBER = re.compile(r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})[.、．。)]|\d{1,2}(?=[^\d\s.,:年月日])|[①-⑳]")
_EDGES = "*＊●○■□◆◇▲△※·•・-—_–:：;；,，.。、?？!！\"'“”‘’|/\\"
_ENDS = re.compile(r"[：:]|(?<=\S)(?=\s)|(?<=\S)$|(?<=[)）\]】])")
"""Where a label may end: at a colon, before white space, at the line's end, after a note."""
_STARTS = re.compile(r"(?<!\S)\S")
_COLON = re.compile(r"\s*[：:]\s*")
_LATIN = re.compile(r"[ -~]*")
_MOST_LINES = 3  # that a label may be broken over
_NOTE_LINE = re.compile(r"\s*[(（\[【][^()（）]{0,30}(?:字|限|填|选|注|如|或|max|words|char)[^()（）]{0,30}[)）\]】]")
_FOREIGN = re.compile(r"[^:：]{0,16}(?:盖\s*章|签\s*名|签\s*字|意\s*见|承\s*诺|声\s*明|填\s*表|年\s*月\s*日)")
"""The start of a part of the form that isn't a field: the unit's opinion, its seal, the signature."""
_INSTRUCTIONS = re.compile(
    r"\s*[(（\[【]?\s*(?:填\s*[表写报]|注\s*意|备\s*注)?\s*(?:说\s*明|须\s*知|要\s*求|事\s*项)\s*[)）\]】]?\s*(?:[:：]|$)"
)
_FEW = 3  # labels that must come before instructions; earlier ones are at the head of a form
_ADDRESS = re.compile(r"://\S*$")


def normal(text: str) -> str:
    """Normalises a label: removes white space, numbering, notes in brackets and colon, and folds width and case."""
    if len(text) > LONGEST:
        return ""
    for _ in range(_ROUNDS):
        before, text = text, _once(text)
        if text == before:
            break
    return text


def _once(text: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", _unnumbered(text)).casefold().split())
    bare = plain
    while (shorter := _NOTE.sub("", bare)) != bare:
        bare = shorter
    return (bare.strip(_EDGES) or _BRACKETS.sub("", plain)).strip(_EDGES)


def _unnumbered(text: str) -> str:
    """Removes a label's number, before NFKC turns `①` into a digit."""
    stripped = text.strip().lstrip(_EDGES).strip()
    found = _NUMBER.match(stripped)
    return stripped[found.end() :] if found and found.end() < len(stripped) else stripped


@lru_cache(maxsize=4096)
def field_of(text: str) -> str:
    """The field of a label; empty if it is unknown, or not a field of forms."""
    if len(text) > LONGEST or not any(char.isalpha() for char in text):
        return ""
    found = field_for(text) or field_for(normal(text))
    return found.name if found is not None and found.name not in _NOT_OF_FORMS else ""


class _Head(NamedTuple):
    """A label that was found."""

    line: int
    start: int
    last: int
    """The line that it ends in."""
    end: int
    field: str
    text: str


def in_lines(lines: Sequence[TextLine], *, alone: bool = True) -> list[Pair]:
    """The pairs in lines, only with known labels, because prose has many words before colons.

    `alone`: whether a label may have no colon, as in the text of a page, but not in a table's cell.
    """
    heads = list(_heads(lines, alone=alone))
    end = _instructions(lines, heads)
    lines, heads = lines[:end], [head for head in heads if head.last < end]
    return [
        Pair(
            label=" ".join(head.text.split()).rstrip("：: "),
            field=head.field,
            value=_value(lines, head, following),
            place=lines[head.line].place,
        )
        for head, following in zip(heads, [*heads, None][1:], strict=True)
    ]


def _instructions(lines: Sequence[TextLine], heads: Sequence[_Head]) -> int:
    """The line where the form's instructions begin, after some labels; else the number of lines."""
    after = heads[_FEW - 1].last if len(heads) >= _FEW else len(lines)
    return next((at for at in range(after + 1, len(lines)) if _INSTRUCTIONS.match(lines[at].text)), len(lines))


def _heads(lines: Sequence[TextLine], *, alone: bool) -> Iterator[_Head]:
    """The labels in order; the longer one of two that begin at the same place."""
    line = at = 0
    while line < len(lines):
        start = _STARTS.search(lines[line].text, at)
        if start is None:
            line, at = line + 1, 0
            continue
        head = _head(lines, line, start.start(), alone=alone)
        if head is None:
            at = start.end()
            continue
        yield head
        line, at = head.last, head.end


def _head(lines: Sequence[TextLine], line: int, start: int, *, alone: bool) -> _Head | None:
    """The longest known label that begins there."""
    text, best = "", None
    for last in range(line, min(line + _MOST_LINES, len(lines))):
        begin = start if last == line else 0
        here = lines[last].text
        for end in _ends(here, begin):
            spelt = f"{text}{here[begin:end]}"
            field = field_of(spelt)
            if field and _may(spelt, here, end, begin=begin, alone=alone, whole=start == 0):
                best = _Head(line, start, last, end, field, spelt)
        text = f"{text}{here[begin:]}\n"
        if len(text) > LONGEST:
            break
    return _with_note(lines, best) if best else None


def _ends(text: str, begin: int) -> Iterator[int]:
    for found in _ENDS.finditer(text, begin, min(len(text), begin + LONGEST)):
        yield found.end()


def _may(spelt: str, line: str, end: int, *, begin: int, alone: bool, whole: bool) -> bool:
    """Whether a text that reads like a label is one: Latin words need a colon, or a line of their own."""
    if spelt.rstrip().endswith((":", "：")) or _COLON.match(line, end):
        return True
    if not alone:
        return False
    fills = begin == 0 and whole and not line[end:].strip()
    return fills or not _LATIN.fullmatch(spelt.replace("\n", " "))


def _with_note(lines: Sequence[TextLine], head: _Head) -> _Head:
    """The label with the note that follows it at once or in the next line: `（100字以内）`."""
    note = _NOTE_LINE.match(lines[head.last].text, head.end)
    if note is not None:
        return head._replace(end=note.end(), text=head.text + note[0])
    if lines[head.last].text[head.end :].strip() or head.last + 1 >= len(lines):
        return head
    note = _NOTE_LINE.match(lines[head.last + 1].text)
    return head._replace(last=head.last + 1, end=note.end(), text=head.text + note[0]) if note else head


def _value(lines: Sequence[TextLine], head: _Head, following: _Head | None) -> str:
    """The text from a label to the next one, or to a part of the form that isn't a field."""
    until = following.line if following else len(lines) - 1
    value = ""
    for at in range(head.last, until + 1):
        text = lines[at].text
        begin = head.end if at == head.last else 0
        end = following.start if following and at == following.line else len(text)
        piece = text[begin:end]
        if at == head.last:
            colon = _COLON.match(piece)
            piece = piece[colon.end() :] if colon else piece
        elif _FOREIGN.match(piece.strip()):
            break
        value = _joined(value, piece.strip().strip("_").strip())
    return value


def _joined(before: str, after: str) -> str:
    """Two lines of one value: a space between words, none between Chinese characters or in a web address."""
    if not before or not after:
        return before or after
    tight = not (before[-1].isascii() and after[0].isascii()) or (_ADDRESS.search(before) and " " not in after)
    return f"{before}{after}" if tight else f"{before} {after}"
