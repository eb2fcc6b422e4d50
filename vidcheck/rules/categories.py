"""Rules of categories: `categories` of a rules file, merged over those of the files that it extends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vidcheck.quantities import WORDS
from vidcheck.rules.comparison import plain
from vidcheck.rules.language import CATEGORIES, CATEGORY, OFF
from vidcheck.rules.model import Categories, Category, IfUnknown, Rule
from vidcheck.rules.problems import quoted
from vidcheck.rules.rule import read_rule, relabelled, sound_name
from vidcheck.rules.spelling import nearest
from vidcheck.rules.values import Desk, check_name, choice, scalar
from vidcheck.texts import say
from vidcheck.vocabulary import KEYS
from vidcheck.yamltext import Broken, Mapping, Node, Scalar

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Mapping as Mapped

    from vidcheck.facts import Key
    from vidcheck.findings import Place

_EXAMPLE = "{by: declared.category, rules: {short: {duration: {max: 2 min}}}}"
_RULES = "rules: {short: {duration: {max: 2 min}}}"


@dataclass(slots=True)
class _Drawn:
    """One category while files are merged."""

    place: Place
    rules: dict[str, Rule | None] = field(default_factory=dict)
    """None stands for an invalid rule."""
    dropped: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Draft:
    """The categories of the files read so far."""

    place: Place | None = None
    by: Key | None = None
    lost: bool = False
    """Whether there is an invalid `by`."""
    if_unknown: IfUnknown = IfUnknown.REVIEW
    drawn: dict[str, _Drawn] = field(default_factory=dict)

    def apply(self, node: Node | None, rules: Collection[str], desk: Desk, *, bottom: bool, whole: bool) -> None:
        """Merges one file's categories over those that it extends; `rules` are the names of all its rules."""
        if node is None or isinstance(node, Broken):
            return
        inner = desk.within("categories")
        if not isinstance(node, Mapping) or not node.pairs:
            lost = isinstance(node, Mapping) or (isinstance(node, Scalar) and node.missing)
            what = (
                say("'{name}' has lost its value", name="categories")
                if lost
                else say("'{name}' takes {valid}", name="categories", valid=", ".join(CATEGORIES))
            )
            desk.ledger.add(node.place, what, f"categories: {_EXAMPLE}")
            return
        self.place = self.place or (node.key("by") or node.pairs[0][0]).place
        for name, part in node.pairs:
            if name.text not in CATEGORIES:
                what = say(
                    "'{text}' is nothing that categories has; it has {valid}",
                    text=quoted(name.text), valid=", ".join(CATEGORIES),
                )  # fmt: skip
                check_name(name, part, CATEGORIES, what, inner.ledger)
        if (by := node.get("by")) is not None:
            self.by = _key(by, inner)
            self.lost = self.by is None
            self.place = (node.key("by") or node.pairs[0][0]).place
        if (unknown := node.get("if-unknown")) is not None:
            found = choice(unknown, "if-unknown", [IfUnknown.REVIEW, IfUnknown.PASS], inner.ledger)
            self.if_unknown = IfUnknown(found) if found else self.if_unknown
        self._listed(node, rules, inner, bottom=bottom, whole=whole)

    def read(self, rules: Mapped[str, Rule | None], desk: Desk) -> Categories | None:
        """The merged categories; None if there are none, or if they are invalid."""
        if self.place is None:
            return None
        inner = desk.within("categories")
        if self.by is None:
            if not self.lost:
                inner.ledger.add(self.place, say("'{name}' is missing", name="by"), "by: declared.category")
            return None
        self._check_names(self.by, inner)
        everywhere = [rules, *(drawn.rules for drawn in self.drawn.values())]
        taken = next((rule for named in everywhere if (rule := named.get(CATEGORY))), None)
        if taken:
            what = say(
                "'{name}' is what the finding about an entry's category is called: name the rule otherwise",
                name=CATEGORY,
            )
            inner.ledger.add(taken.place, what)
        listed = tuple(
            Category(
                name=name, place=drawn.place,
                rules=tuple(rule for each in drawn.rules.values() if (rule := relabelled(each, rules.get(each.name if each else "")))),
                dropped=frozenset(drawn.dropped),
            )
            for name, drawn in self.drawn.items()
        )  # fmt: skip
        return Categories(by=self.by, place=self.place, if_unknown=self.if_unknown, listed=listed)

    def _check_names(self, by: Key, desk: Desk) -> None:
        seen: dict[str, str] = {}
        for name, drawn in self.drawn.items():
            twin = seen.setdefault(plain(name), name)
            if twin != name:
                what = say("'{text}' says the same as '{twin}' before it", text=quoted(name), twin=quoted(twin))
                desk.ledger.add(drawn.place, what)
            if by.values and name not in by.values:
                what = say("'{text}' is no value of {key}", text=quoted(name), key=by.name)
                desk.ledger.add(drawn.place, what, nearest(name, by.values) or ", ".join(by.values))

    def _listed(self, node: Mapping, rules: Collection[str], desk: Desk, *, bottom: bool, whole: bool) -> None:
        listed = node.get("rules")
        if isinstance(listed, Broken):
            return
        if not isinstance(listed, Mapping) or not listed.pairs:
            if listed is None and not bottom:
                return
            name = node.key("rules")
            empty = listed is None or isinstance(listed, Mapping) or (isinstance(listed, Scalar) and listed.missing)
            what = say("no category is listed") if empty else say("'rules' of categories takes categories by name")
            desk.ledger.add(name.place if name else node.place, what, _RULES)
            return
        for name, part in listed.pairs:
            inner = desk.within(name.text)
            if isinstance(part, Scalar) and part.text == OFF:
                self._drop(name, part, inner, desk, bottom=bottom, whole=whole)
            elif sound_name(name, part, desk):
                self._category(name, part, rules, inner, whole=whole)

    def _drop(self, name: Scalar, node: Scalar, inner: Desk, desk: Desk, *, bottom: bool, whole: bool) -> None:
        if name.text in self.drawn:
            del self.drawn[name.text]
        elif bottom and whole:
            what = say("'off' drops a category of the file that is extended, and this file extends none")
            inner.ledger.add(node.place, what)
        elif whole:
            desk.ledger.add(
                name.place, say("there is no category of that name to drop"), nearest(name.text, self.drawn)
            )

    def _category(self, name: Scalar, node: Node, rules: Collection[str], desk: Desk, *, whole: bool) -> None:
        if isinstance(node, Broken):
            return
        if not isinstance(node, Mapping):
            lost = isinstance(node, Scalar) and node.missing
            what = (
                say("'{name}' has lost its value", name=quoted(name.text))
                if lost
                else say("a category takes rules by name; with none, {} says that the others hold as they are")
            )
            desk.ledger.add(node.place, what, f"{name.text}: {{}}" if lost else "")
            return
        drawn = self.drawn.setdefault(name.text, _Drawn(name.place))
        drawn.place = name.place
        for rule, part in node.pairs:
            if not (isinstance(part, Scalar) and part.text == OFF):
                drawn.rules[rule.text] = read_rule(rule, part, desk)
                drawn.dropped.discard(rule.text)
            elif rule.text in drawn.rules or rule.text in rules:
                drawn.rules.pop(rule.text, None)
                drawn.dropped.add(rule.text)
            elif whole:
                what = say("there is no rule of that name to drop")
                desk.within(rule.text).ledger.add(rule.place, what, nearest(rule.text, (*rules, *drawn.rules)))


def _key(node: Node, desk: Desk) -> Key | None:
    found = scalar(node, "by", desk.ledger, "declared.category")
    if found is None:
        return None
    key = KEYS.get(found.text)
    texts = tuple(name for name, one in KEYS.items() if one.kind is WORDS)
    if key is None:
        desk.ledger.add(found.place, say("'{text}' is no key", text=quoted(found.text)), nearest(found.text, texts))
    elif key.kind is not WORDS:
        what = say("a category is a text; {key} is {kind}", key=key.name, kind=say(key.kind.name))
        desk.ledger.add(found.place, what, "declared.category")
        return None
    return key
