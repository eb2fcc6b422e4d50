"""What a YAML library says of a broken text, in words that help to mend it."""

from __future__ import annotations

import re
from typing import Any

from vidcheck.findings import Place
from vidcheck.rules.problems import Problem, quoted
from vidcheck.texts import Readable, marked, say

_SAID = (
    # what both parsers of PyYAML say (a pattern), and what it means to a person
    (r"found character '?(?:\\t|\t)", marked("a tab can't indent here: use spaces")),
    (r"mapping values are not allowed", marked("a second ':' can't stand here: the line is indented wrongly, or a text with ': ' needs quotes")),
    (r"cannot start any token", marked("a text that begins with '{char}' needs quotes")),
    (r"expected ',' or '\]'", marked("a ',' or the closing ']' is missing, or a text with such signs needs quotes")),
    (r"expected ',' or '\}'", marked("a ',' or the closing '}' is missing, or a text with such signs needs quotes")),
    (r"quoted scalar.*unexpected end of stream", marked("the closing quote is missing")),
    (r"unknown escape character", marked("this is no escape of YAML: in \"…\" a backslash is doubled, in '…' it stands for itself")),
    (r"could not find expected ':'", marked("a ':' and a space are missing in or above this line")),
    (r"expected alphabetic or numeric character", marked("a text that begins with '{char}' needs quotes")),
    (r"expected '-' indicator|expected <block end>|expected key", marked("this line is indented wrongly, or a list and a mapping are mixed")),
    (r"expected (?:the )?node content|expected chomping|comment or line break", marked("'{char}' can't stand here: a text that begins with it needs quotes")),
)  # fmt: skip
_WIDE = {"，": ",", "｛": "{", "｝": "}", "［": "[", "］": "]", "：": ":"}
_WIDE_COLON = re.compile(r"\s*(?:- )?([A-Za-z][\w.-]*)\s*：")
_NO_SPACE = re.compile(r"""^\s*(?:- )?([\w.-]+):(?=[^\s:/\\])([^\s#][^#]*)$""")


def explain_syntax(error: Any, text: str, file: str) -> Problem:
    """The one problem that a broken text comes to."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line, column = (mark.line, mark.column) if mark else (0, 0)
    if line >= len(lines) or (line == len(lines) - 1 and not lines[line].strip()):
        line = max(0, len([*filter(str.strip, lines)]) and max(at for at, row in enumerate(lines) if row.strip()))
        column = len(lines[line].rstrip())
    column -= (
        "escape character" in str(error) and lines[line][column - 1 : column] == "\\"
    )  # one parser marks what follows it
    said = " ".join(str(part) for part in (getattr(error, "context", ""), getattr(error, "problem", "")) if part)
    return _likely(lines, line, file) or Problem(
        Place(file, line + 1, column + 1), _words(said or str(error), lines[line], column)
    )


def _words(said: str, row: str, column: int) -> Readable:
    char = row[column : column + 1]
    if char == "\t":
        return say(_SAID[0][1])
    if "alphabetic or numeric" in said:
        char = row[:column].strip()[-1:]  # the sign of an alias, an anchor or a tag, before what was looked at
    for pattern, words in _SAID:
        if re.search(pattern, said):
            return say(words, char=quoted(char) or "?")
    return say("this is not sound YAML: {said}", said=quoted(said.partition("\n")[0], 120))


def _likely(lines: list[str], line: int, file: str) -> Problem | None:
    """A full-width sign or a missing space in this line or the last one before it: the usual cause."""
    before = next(
        (at for at in range(line - 1, -1, -1) if lines[at].strip() and not lines[at].lstrip().startswith("#")), line
    )
    for at in dict.fromkeys((line, before)):
        found = _WIDE_COLON.match(lines[at])
        column = found.end() - 1 if found else _wide_in_flow(lines[at]) if at == line else None
        if column is not None:
            wide = lines[at][column]
            hint = f"{found[1]}: " if found else _WIDE[wide]
            told = say("a full-width '{wide}' stands here (try \"{hint}\")", wide=wide, hint=hint)
            return Problem(Place(file, at + 1, column + 1), told, hint)
    for at in dict.fromkeys((before, line)):
        spaceless = _NO_SPACE.match(lines[at])
        if spaceless and not spaceless[1].isdigit():
            hint = f"{spaceless[1]}: {spaceless[2].strip()}"
            told = say("a space is missing after the ':' (try \"{hint}\")", hint=quoted(hint))
            return Problem(Place(file, at + 1, spaceless.start(2) + 1), told, hint)
    return None


def _wide_in_flow(row: str) -> int | None:
    """Where a full-width sign stands between braces or brackets, outside quotes and comments."""
    depth, quote = 0, ""
    for column, char in enumerate(row):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "#" and (not column or row[column - 1].isspace()):
            return None
        elif char in _WIDE and depth:
            return column
        depth += (char in "{[") - (char in "}]")
    return None
