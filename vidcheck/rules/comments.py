"""A preset's text with comments in another language than English, for `init`.

The rules stay as they are. Of the English comments remain the call's own words, in quotation marks, and the numbers of
its requirements; what each rule asks is said anew, by its label and meaning.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vidcheck.rules.summary import summarise_rules
from vidcheck.texts import LABELLED, Text, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.findings import RuleSummary
    from vidcheck.rules.model import Rules

_SECTION = re.compile(r"(\w[\w-]*):")
_RULE = re.compile(r"  ([^\s#:][^:]*):")
_BEHIND = re.compile(r"\s+#\s.*$")
_OWN_WORDS = re.compile(r"\[\d+\]|“[^”]*[\u4e00-\u9fff][^”]*”")
"""A requirement's number, or a quotation in Chinese."""
_SECTIONS = frozenset({"rules", "batch"})


def commented(text: str, rules: Rules, name: str, lang: str) -> str:
    """The text of the preset of that name with comments in that language; `rules` are what it says."""
    asked = {summary.rule: summary for summary in summarise_rules(rules)}
    return "\n".join([*_head(rules, name, lang), *_body(text, asked, lang), ""])


def _head(rules: Rules, name: str, lang: str) -> Iterator[str]:
    lines = (
        say("{title}: rules of vidcheck's preset {name}. The call's full text decides.", title=rules.title, name=name),
        say("After every edit: vidcheck rules check. What a rule asks: vidcheck rules explain NAME."),
        say(
            "manual: for a person to say, the verdict does not depend on it. level: recommended: a failure is a warning."
        ),
    )
    yield from (f"# {line.render(lang)}" for line in lines)
    yield ""


def _body(text: str, asked: dict[str, RuleSummary], lang: str) -> Iterator[str]:
    section, words, blank = "", [], True
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            words += _OWN_WORDS.findall(line)
            continue
        behind = _BEHIND.search(line)
        if behind:
            words += _OWN_WORDS.findall(behind[0])
        bare = _BEHIND.sub("", line)
        head, rule = _SECTION.match(bare), _RULE.match(bare)
        if head:
            section, words = head[1], []
        elif rule and section in _SECTIONS and rule[1] in asked:
            yield f"  # {' '.join([*dict.fromkeys(words), _meaning(asked[rule[1]], lang)])}"
            words = []
        if bare.strip() or not blank:
            yield bare
        blank = not bare.strip()


def _meaning(rule: RuleSummary, lang: str) -> str:
    """The rule's label and what it asks; the label alone stands at the beginning of the meaning already."""
    label, meaning = rule.called.render(lang), " ".join(rule.meaning.render(lang).split())
    if meaning.casefold().startswith(label.casefold()):
        return meaning
    return Text(LABELLED, (("name", label), ("words", meaning))).render(lang)
