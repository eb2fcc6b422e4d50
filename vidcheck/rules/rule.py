"""Reads one rule: its form (a key's name, fact, any or manual), its conditions and its options."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from vidcheck.findings import Level
from vidcheck.rules.conditions import advisory, bare, read_condition, read_conditions, unknown_option
from vidcheck.rules.constraints import CONSTRAINTS, applicable
from vidcheck.rules.language import BATCH_FORMS, CONTAINER_DATE_KEY, FORMS, OPTIONS
from vidcheck.rules.model import BatchRule, Condition, IfUnknown, Rule
from vidcheck.rules.problems import quoted
from vidcheck.rules.spelling import nearest
from vidcheck.rules.values import Desk, check_name, choice, scalar, spoken
from vidcheck.rules.wishes import no_key, wish
from vidcheck.texts import listed, say
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import registry
from vidcheck.yamltext import Broken, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable

    from vidcheck.texts import Readable, Spoken

_LONGEST_NAME = 80


def read_rule(name: Scalar, node: Node, desk: Desk) -> Rule | None:
    """The rule; None if anything in it is wrong, which is recorded."""
    before = len(desk.ledger.problems)
    inner = desk.within(name.text)
    if not sound_name(name, node, desk) or isinstance(node, Broken):
        return None
    if not isinstance(node, Mapping):
        _no_mapping(name, node, inner)
        return None
    many = next((key for key, _ in node.pairs if key.text in BATCH_FORMS), None)
    if many is not None:
        what = say("'{text}' compares entries: such a rule stands under 'batch'", text=many.text)
        inner.ledger.add(many.place, what, f"batch: {{{name.text}: {{{many.text}: …}}}}")
        return None
    form = _form(name, node, inner)
    asked, branches, manual = _asked(name, node, form, inner)
    taken = {option: _OPTIONS[option](node, inner) for option in _OPTIONS if node.get(option) is not None}
    if len(desk.ledger.problems) > before or not (asked or branches or manual):
        return None
    return Rule(
        name=name.text, place=name.place, asked=asked, branches=branches, manual=manual,
        label=taken.get("label"), level=taken.get("level", Level.REQUIRED), when=taken.get("when", ()), assist=taken.get("assist", ()),
        if_unknown=taken.get("if-unknown", IfUnknown.REVIEW), evidence=taken.get("evidence", ()),
        message=taken.get("message"), remedy=taken.get("remedy"), container_date=taken.get("container-date"),
    )  # fmt: skip


def read_label(node: Mapping, desk: Desk) -> Spoken | None:
    """The rule's label; None if it is wrong, which is recorded."""
    there = node.get("label") or node
    label = spoken(there, "label", desk.ledger)
    for _, words in label.words if label else ():
        if quoted(words, _LONGEST_NAME) != words:
            what = say(
                "'{text}' is no label: one line, at most {most} visible characters",
                text=quoted(words),
                most=_LONGEST_NAME,
            )
            desk.ledger.add(there.place, what)
            return None
    return label


_R = TypeVar("_R", Rule, BatchRule)


def relabelled(rule: _R | None, replaced: _R | None) -> _R | None:
    """A rule that replaces another of its name: without a label of its own it keeps the other's."""
    if rule is None or replaced is None or rule.label is not None or replaced.label is None:
        return rule
    return replace(rule, label=replaced.label)


def sound_name(name: Scalar, node: Node, desk: Desk) -> bool:
    """Whether a rule or a category may have this name; what is wrong with it is recorded."""
    text = name.text
    if not text.strip():
        desk.ledger.add(name.place, say("a rule needs a name"))
    elif text != text.strip() or quoted(text, _LONGEST_NAME) != text:
        desk.ledger.add(
            name.place,
            say(
                "'{text}' is no name: one line, at most {most} visible characters",
                text=quoted(text),
                most=_LONGEST_NAME,
            ),
        )
    elif "：" in text or (":" in text and isinstance(node, Scalar) and node.missing):
        check_name(
            name,
            node,
            (*KEYS, text.replace("：", ":").partition(":")[0].strip()),
            say("'{text}' is no name of a rule", text=quoted(text)),
            desk.ledger,
        )
    else:
        return True
    return False


def _no_mapping(name: Scalar, node: Node, desk: Desk) -> None:
    key = KEYS.get(name.text)
    if key is not None:
        bare(node, key, desk)
    elif isinstance(node, Scalar) and node.missing:
        desk.ledger.add(node.place, say("nothing is asked"), "{fact: video.count, is: 1}")
    else:
        desk.ledger.add(node.place, *no_key(name.text))


def _form(name: Scalar, node: Mapping, desk: Desk) -> str:
    """`key`, `fact`, `any` or `manual`; empty if it is unclear."""
    forms = [key for key, _ in node.pairs if key.text in FORMS]
    if len(forms) > 1:
        what = say(
            "a rule says one of fact, any and manual; this one says {forms}",
            forms=listed(form.text for form in forms),
        )
        desk.ledger.add(forms[1].place, what)
        return ""
    if name.text in KEYS and forms and forms[0].text != "fact":
        what = say("the rule is named like a key: with '{form}' it needs a name of its own", form=forms[0].text)
        desk.ledger.add(name.place, what, f"{name.text.replace('.', '-')}-rule")
        return ""
    if forms:
        return forms[0].text
    if name.text in KEYS:
        return "key"
    desk.ledger.add(name.place, *no_key(name.text))
    return ""


def _asked(
    name: Scalar, node: Mapping, form: str, desk: Desk
) -> tuple[Condition | None, tuple[tuple[Condition, ...], ...], Any]:
    key = KEYS[name.text] if form == "key" else _fact(name, node, desk) if form == "fact" else None
    rest = [(option, part) for option, part in node.pairs if option.text not in FORMS]
    known = [(option, part) for option, part in rest if option.text in CONSTRAINTS or option.text == "tolerance"]
    for option, part in rest:
        if option.text not in CONSTRAINTS and option.text not in OPTIONS:
            asks = applicable(key) if key else tuple(CONSTRAINTS) if form not in {"any", "manual"} else ()
            unknown_option(option, part, key, (*asks, *OPTIONS, *FORMS), desk)
    if key is not None and key.advisory:
        desk.ledger.add(name.place, *advisory(key))
        return None, (), None
    if key is not None:
        lost = len(known) < len(rest) and not known and any(option.text not in OPTIONS for option, _ in rest)
        return (None if lost else read_condition(known, key, name.place, desk)), (), None
    if form in {"any", "manual"}:
        for option, _ in known:
            what = (
                say("'{name}' belongs to a key: inside a branch", name=option.text)
                if form == "any"
                else say(
                    "a manual rule asks nothing else than a person's word; '{name}' asks of a key", name=option.text
                )
            )
            desk.ledger.add(option.place, what)
    if form == "any":
        return None, _branches(node.get("any"), desk), None
    spoke = node.get("manual") if form == "manual" else None
    return None, (), spoken(spoke, "manual", desk.ledger) if spoke else None


def _no_fact(text: str) -> tuple[Readable, str]:
    """What to say where `fact` names no key, and the key that is meant."""
    near = nearest(text, KEYS)
    what, rule = wish(text) or (say("'{text}' is no key", text=quoted(text)), near)
    key, _, _ = rule.partition(":")
    if key not in KEYS:
        return what, rule
    return (say("'{text}' is no key", text=quoted(text)) if key == near else what), key


def _fact(name: Scalar, node: Mapping, desk: Desk) -> Any:
    found = scalar(node.get("fact") or node, "fact", desk.ledger, "video.count")
    key = KEYS.get(found.text) if found else None
    if found and key is None:
        desk.ledger.add(found.place, *_no_fact(found.text))
    elif found and key and name.text in KEYS and key.name != name.text:
        what = say(
            "the rule is named like one key and speaks of another, {key}: give it that name, or one of its own",
            key=key.name,
        )
        desk.ledger.add(found.place, what, key.name)
    return key


def _branches(node: Node | None, desk: Desk) -> tuple[tuple[Condition, ...], ...]:
    hint = "any: [{resolution: {min: 1280x720}}, {video.height: {min: 1080}}]"
    if isinstance(node, Sequence) and node.items:
        read = [read_conditions(item, "any", desk) for item in node.items]
        return tuple(branch for branch in read if branch)
    if node is not None and not isinstance(node, Broken):
        empty = isinstance(node, Sequence) or (isinstance(node, Scalar) and node.missing)
        desk.ledger.add(
            node.place, say("'any' has no branch") if empty else say("'any' takes a list of branches"), hint
        )
    return ()


def _level(node: Mapping, desk: Desk) -> Level | None:
    found = choice(_there(node, "level"), "level", list(Level), desk.ledger)
    return Level(found) if found else None


def _if_unknown(node: Mapping, desk: Desk) -> IfUnknown | None:
    found = choice(_there(node, "if-unknown"), "if-unknown", list(IfUnknown), desk.ledger)
    return IfUnknown(found) if found else None


def _evidence(node: Mapping, desk: Desk) -> tuple[str, ...]:
    there = _there(node, "evidence")
    if isinstance(there, Sequence) and not there.items:
        desk.ledger.add(there.place, say("the list of '{name}' is empty", name="evidence"))
        return ()
    found: list[str] = []
    for item in there.items if isinstance(there, Sequence) else (there,):
        word = scalar(item, "evidence", desk.ledger, "[boxes, mediainfo]")
        if word is None:
            continue
        if word.text not in registry.names():
            what = say(
                "'{text}' is no {name}: it is {valid}",
                text=quoted(word.text),
                name="witness",
                valid=listed(registry.names()),
            )
            desk.ledger.add(word.place, what, nearest(word.text, registry.names()))
        elif word.text in found:
            desk.ledger.add(
                word.place, say("'{text}' says the same as '{twin}' before it", text=word.text, twin=word.text)
            )
        else:
            found.append(word.text)
    return tuple(found)


def _when(node: Mapping, desk: Desk) -> tuple[Condition, ...]:
    return read_conditions(_there(node, "when"), "when", desk.within("when")) or ()


def _assist(node: Mapping, desk: Desk) -> tuple[Condition, ...]:
    name = node.key("assist")
    if name and node.get("manual") is None:
        what = say("'{name}' helps a person to decide a manual rule; this rule is decided without one", name=name.text)
        desk.ledger.add(name.place, what)
        return ()
    return read_conditions(_there(node, "assist"), "assist", desk.within("assist")) or ()


def _container_date(node: Mapping, desk: Desk) -> IfUnknown | None:
    name, there = node.key("container-date"), _there(node, "container-date")
    fact = node.get("fact")
    about = fact.text if isinstance(fact, Scalar) else desk.ledger.path[-1]
    if name and about != CONTAINER_DATE_KEY:
        desk.ledger.add(name.place, say("'{name}' is for {key} only", name=name.text, key=CONTAINER_DATE_KEY))
        return None
    return IfUnknown.REVIEW if choice(there, "container-date", [IfUnknown.REVIEW], desk.ledger) else None


def _there(node: Mapping, name: str) -> Node:
    return node.get(name) or node


_OPTIONS: dict[str, Callable[[Mapping, Desk], Any]] = {
    "label": read_label,
    "level": _level,
    "when": _when,
    "assist": _assist,
    "if-unknown": _if_unknown,
    "evidence": _evidence,
    "message": lambda node, desk: spoken(_there(node, "message"), "message", desk.ledger, holes=True),
    "remedy": lambda node, desk: spoken(_there(node, "remedy"), "remedy", desk.ledger, holes=True),
    "container-date": _container_date,
}
