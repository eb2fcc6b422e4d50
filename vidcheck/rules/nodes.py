"""Reads a rules file into nodes, and explains refused features of YAML in the program's own messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from vidcheck import yamltext
from vidcheck.findings import Place
from vidcheck.lazy import late
from vidcheck.rules.problems import Ledger, Problem, RulesError, quoted
from vidcheck.texts import marked, say
from vidcheck.yamltext import Refusal, YamlTextError

if TYPE_CHECKING:
    from vidcheck.texts import Readable
    from vidcheck.yamltext import Node

MOST_BYTES = 1 << 20
"""The most bytes of a rules file."""
MOST_NODES = 20_000


class Bounds(NamedTuple):
    """Limits on a file."""

    size: int = MOST_BYTES
    """In bytes."""
    nodes: int = MOST_NODES


MOST_DEPTH = 24
# YAML 1.2, 5.1, without NEL, LS and PS, which YAML 1.1 counts as ends of lines and editors don't, and the mark U+FEFF
# (the pattern lists the few that are invalid: listing the valid ones takes re eight times as long to compile)
_NOT_TEXT = late("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SAID = (
    # patterns of messages of PyYAML's two parsers, and the explanation for people
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
_WIDE_COLON = late(r"\s*(?:- )?([A-Za-z][\w.-]*)\s*：")
_NO_SPACE = late(r"""^\s*(?:- )?([\w.-]+):(?=[^\s:/\\])([^\s#][^#]*)$""")


def read_nodes(raw: bytes, file: str, ledger: Ledger, bounds: Bounds | None = None) -> Node:
    """The tree of a YAML text. Raises RulesError if it isn't YAML; refused nodes are recorded and become Broken."""
    bounds = bounds or Bounds()
    text = _decoded(raw, file, bounds)

    def refuse(place: Place, what: Refusal, name: str, first: int) -> None:
        ledger.add(place, _refused(what, name, first))

    try:
        root = yamltext.read(text, file, yamltext.Bounds(MOST_DEPTH, bounds.nodes), refuse)
    except YamlTextError as error:
        raise RulesError((_unreadable(error, text, bounds),)) from None
    if root is None:
        raise _alone(file, 1, 1, say("the file is empty: it says neither 'vidcheck: 1' nor any rule"))
    return root


def _unreadable(error: YamlTextError, text: str, bounds: Bounds) -> Problem:
    """The problem of a text that can't be read."""
    if error.problem is yamltext.Problem.DEEP:
        return Problem(error.place, say("this is nested deeper than {most} levels", most=MOST_DEPTH))
    if error.problem is yamltext.Problem.MANY:
        return Problem(error.place, say("there are more than {most} values", most=bounds.nodes))
    if error.problem is yamltext.Problem.SECOND_DOCUMENT:
        return Problem(error.place, say("a second document begins here: a rules file is one"))
    return _explained(error.error, text, error.place.file)


def _refused(what: Refusal, name: str, first: int) -> Readable:
    """Why a feature of YAML is refused."""
    if what is Refusal.ALIAS:
        return say("'{text}' is a YAML alias: write out what it stands for", text=quoted(f"*{name}"))
    if what is Refusal.ANCHOR:
        return say("'{text}' is a YAML anchor: rules files have none", text=quoted(f"&{name}"))
    if what is Refusal.TAG:
        return say(
            "'{text}' is a YAML tag: rules files have none, everything is read as text",
            text=quoted(name.replace("tag:yaml.org,2002:", "!!", 1)),
        )
    if what is Refusal.NAME:
        return say("a name is a text, never a list or a mapping")
    if what is Refusal.MERGE:
        return say("'<<' is refused: use 'extends', or write the lines out")
    return say("'{name}' stands here a second time; the first is in line {line}", name=quoted(name), line=first)


def _decoded(raw: bytes, file: str, bounds: Bounds) -> str:
    if len(raw) > bounds.size:
        raise _alone(file, 1, 1, say("this is longer than {most} MiB", most=bounds.size >> 20))
    if not raw.strip():
        raise _alone(file, 1, 1, say("the file is empty: it says neither 'vidcheck: 1' nor any rule"))
    if raw[:2] in _UTF16:
        raise _alone(file, 1, 1, say("this is UTF-16: save it as UTF-8"))
    if b"\0" in raw:
        raise _alone(
            file, *_at(raw[: raw.index(b"\0")].decode("utf-8", "replace")), say("this is a binary file, no rules file")
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        raise _alone(
            file,
            *_at(before),
            say("byte {byte} is not UTF-8: save the file as UTF-8", byte=f"0x{raw[error.start]:02x}"),
        ) from None
    text = text.removeprefix("\ufeff")
    found = _NOT_TEXT.search(text)
    if found:
        shown = quoted(found[0])
        raise _alone(
            file, *_at(text[: found.start()]), say("the character {shown} can't stand in a text file", shown=shown)
        )
    return text


def _at(before: str) -> tuple[int, int]:
    """The line and column after a text."""
    before = before.removeprefix("\ufeff")
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return len(lines), len(lines[-1]) + 1


def _alone(file: str, line: int, column: int, message: Any) -> RulesError:
    return RulesError((Problem(Place(file, line, column), message),))


def _explained(error: Any, text: str, file: str) -> Problem:
    """The problem of a text with a syntax error."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line, column = (mark.line, mark.column) if mark else (0, 0)
    if line >= len(lines) or (line == len(lines) - 1 and not lines[line].strip()):
        line = max(0, len([*filter(str.strip, lines)]) and max(at for at, row in enumerate(lines) if row.strip()))
        column = len(lines[line].rstrip())
    column -= (
        "escape character" in str(error) and lines[line][column - 1 : column] == "\\"
    )  # one of the parsers marks the next character
    said = " ".join(str(part) for part in (getattr(error, "context", ""), getattr(error, "problem", "")) if part)
    return _likely(lines, line, file) or Problem(
        Place(file, line + 1, column + 1), _said(said or str(error), lines[line], column)
    )


def _said(said: str, row: str, column: int) -> Readable:
    char = row[column : column + 1]
    if char == "\t":
        return say(_SAID[0][1])
    if "alphabetic or numeric" in said:
        char = row[:column].strip()[-1:]  # the sign of an alias, an anchor or a tag before the marked place
    for pattern, words in _SAID:
        if re.search(pattern, said):
            return say(words, char=quoted(char) or "?")
    return say("this is not sound YAML: {said}", said=quoted(said.partition("\n")[0], 120))


def _likely(lines: list[str], line: int, file: str) -> Problem | None:
    """The usual cause: a full-width character or a missing space in this line or the last one before it."""
    before = next(
        (at for at in range(line - 1, -1, -1) if lines[at].strip() and not lines[at].lstrip().startswith("#")), line
    )
    for at in dict.fromkeys((line, before)):
        found = _WIDE_COLON.match(lines[at])
        column = found.end() - 1 if found else _wide_in_flow(lines[at]) if at == line else None
        if column is not None:
            wide = lines[at][column]
            hint = f"{found[1]}: " if found else _WIDE[wide]
            message = say("a full-width '{wide}' stands here (try \"{hint}\")", wide=wide, hint=hint)
            return Problem(Place(file, at + 1, column + 1), message, hint)
    for at in dict.fromkeys((before, line)):
        spaceless = _NO_SPACE.match(lines[at])
        if spaceless and not spaceless[1].isdigit():
            hint = f"{spaceless[1]}: {spaceless[2].strip()}"
            message = say("a space is missing after the ':' (try \"{hint}\")", hint=quoted(hint))
            return Problem(Place(file, at + 1, spaceless.start(2) + 1), message, hint)
    return None


def _wide_in_flow(row: str) -> int | None:
    """The position of a full-width character inside braces or brackets, outside quotes and comments."""
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
