"""Regular expressions, checked when the rules are read."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from vidcheck.texts import say

if TYPE_CHECKING:
    from vidcheck.rules.problems import Ledger
    from vidcheck.yamltext import Scalar

LONGEST = 1000
"""Characters of a pattern."""
MOST_PARTS = 20_000
"""Parts of a pattern with its fixed repetitions written out, as `regex` does: ((a{999}){999}){999} takes all memory."""
_CLASS = re.compile(r"\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]", re.DOTALL)
_COUNT = re.compile(r"\{(\d+)(?:,\d*)?\}")
_FREE_FORM = re.compile(r"\(\?(?:[a-zA-Z]*x|#)")


def pattern(node: Scalar, ledger: Ledger) -> str | None:
    """The pattern's text where it is sound; else None, and what is wrong is entered."""
    if len(node.text) > LONGEST:
        ledger.add(node.place, say("the pattern is longer than {most} characters", most=LONGEST))
        return None
    if weight(node.text) > MOST_PARTS:
        ledger.add(
            node.place,
            say("the pattern has more than {most} parts when its repetitions are written out", most=MOST_PARTS),
        )
        return None
    import regex  # 40 ms, so only where a pattern stands

    try:
        regex.compile(node.text)
    except regex.error as error:
        at = (error.pos or 0) + 1
        ledger.add(node.place, say("the pattern is not sound at its character {at}: {said}", at=at, said=error.msg))
    except (RecursionError, OverflowError, MemoryError, ValueError, LookupError, TypeError, AttributeError):
        ledger.add(node.place, say("the pattern is not sound"))  # regex's own slips on odd patterns
    else:
        return node.text
    return None


def weight(text: str) -> int:
    """How many parts a pattern comes to with its fixed repetitions written out."""
    if _FREE_FORM.search(text):  # white space and comments may stand anywhere: count as if all repetitions were nested
        return len(text) * math.prod(max(_times(found[1]), 1) for found in _COUNT.finditer(text))
    groups, last, at = [0], 0, 0
    while at < len(text):
        whole = _CLASS.match(text, at)
        count = _COUNT.match(text, at)
        if count:
            more = last * (max(_times(count[1]), 1) - 1)
            groups[-1] += more
            last, at = last + more, count.end()
            continue
        if text[at] == "(":
            groups.append(0)
        elif text[at] == ")" and len(groups) > 1:
            last = groups.pop() + 1
            groups[-1] += last
        else:
            last = 1
            groups[-1] += 1
        at = whole.end() if whole else at + (2 if text[at] == "\\" else 1)
    return sum(groups)


def _times(digits: str) -> int:
    return int(digits) if len(digits) < 8 else MOST_PARTS + 1
