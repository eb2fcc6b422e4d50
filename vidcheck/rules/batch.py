"""Rules over many entries: `batch` of a rules file, read as strictly as the rules of one entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vidcheck.findings import Level
from vidcheck.quantities import COUNT, FINGERPRINT, NotAValueError
from vidcheck.rules.comparison import archived, comparable, counted
from vidcheck.rules.constraints import CONSTRAINTS
from vidcheck.rules.language import AT_MOST, BATCH_FORMS, BATCH_OPTIONS, FORMS, OPTIONS
from vidcheck.rules.model import BatchRule, Form, IfFound, Keep
from vidcheck.rules.problems import quoted
from vidcheck.rules.rule import read_label, sound_name
from vidcheck.rules.spelling import nearest
from vidcheck.rules.values import Desk, check_name, choice, scalar, spoken
from vidcheck.texts import say
from vidcheck.vocabulary import KEYS
from vidcheck.yamltext import Broken, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable

    from vidcheck.facts import Key

_EXAMPLE = "{unique: checksum}"
_AT_MOST = "{count: 2, per: declared.first-author}"


def read_batch_rule(name: Scalar, node: Node, desk: Desk) -> BatchRule | None:
    """The rule; None if anything in it is wrong, which is recorded."""
    before = len(desk.ledger.problems)
    inner = desk.within(name.text)
    if not sound_name(name, node, desk) or isinstance(node, Broken):
        return None
    if not isinstance(node, Mapping) or not node.pairs:
        lost = isinstance(node, Mapping) or (isinstance(node, Scalar) and node.missing)
        what = say("nothing is asked") if lost else say("a rule over many entries says what is compared")
        inner.ledger.add(node.place, what, _EXAMPLE)
        return None
    form = _form(name, node, inner)
    for option, part in node.pairs:
        if option.text not in BATCH_FORMS and option.text not in BATCH_OPTIONS:
            _unknown(option, part, inner)
    if form is None:
        return None
    compared, most = _READERS[form](node.get(form) or node, inner)
    taken = {option: _OPTIONS[option](node, inner) for option in _OPTIONS if node.get(option) is not None}
    keep = node.key("keep")
    if keep and form is Form.NOT_IN_ARCHIVE:
        what = say("'{name}' is for entries of one edition; of an earlier one none counts again", name="keep")
        inner.ledger.add(keep.place, what)
    alike = any(key.kind is FINGERPRINT for key in compared)
    if alike:
        _left_to_people(node, taken, inner)
    if len(desk.ledger.problems) > before:
        return None
    keep_usually = Keep.LATER if form is Form.UNIQUE and not alike else Keep.NONE
    found_usually = IfFound.FAIL if form is Form.NOT_IN_ARCHIVE and not alike else IfFound.REVIEW
    return BatchRule(
        name=name.text, place=name.place, level=taken.get("level", Level.REQUIRED), form=form, compared=compared,
        most=most, keep=taken.get("keep", keep_usually),
        if_found=taken.get("if-found", found_usually),
        label=taken.get("label"), message=taken.get("message"), remedy=taken.get("remedy"),
    )  # fmt: skip


def _left_to_people(node: Mapping, taken: dict[str, Any], desk: Desk) -> None:
    """Films that are alike are shown to a person: likeness alone rejects nobody, whenever they were submitted."""
    for name, only in (("keep", Keep.NONE), ("if-found", IfFound.REVIEW)):
        key = node.key(name)
        if key and taken.get(name) not in {only, None}:
            what = say(
                "whether films that are alike are the same is for a person to say, so '{name}' is {only}",
                name=name,
                only=only,
            )
            desk.ledger.add(key.place, what, f"{name}: {only}")


def _form(name: Scalar, node: Mapping, desk: Desk) -> Form | None:
    forms = [key for key, _ in node.pairs if key.text in BATCH_FORMS]
    if len(forms) > 1:
        what = say(
            "a rule over many entries says one of {valid}; this one says {forms}",
            valid=", ".join(BATCH_FORMS), forms=", ".join(form.text for form in forms),
        )  # fmt: skip
        desk.ledger.add(forms[1].place, what)
        return None
    if not forms:
        meant = [
            key.text.replace("：", ":").partition(":")[0] for key, _ in node.pairs if key.text not in BATCH_OPTIONS
        ]
        if not any(_of_one_entry(text) or nearest(text, BATCH_FORMS) for text in meant):
            what = say("a rule over many entries says one of {valid}", valid=", ".join(BATCH_FORMS))
            desk.ledger.add(name.place, what, _EXAMPLE)
        return None
    if name.text in KEYS:
        what = say("the rule is named like a key: with '{form}' it needs a name of its own", form=forms[0].text)
        desk.ledger.add(name.place, what, f"{name.text.replace('.', '-')}-rule")
        return None
    return Form(forms[0].text)


def _unknown(name: Scalar, node: Node, desk: Desk) -> None:
    if name.text in list(Level):
        desk.ledger.add(name.place, say("'{text}' is a level", text=name.text), f"level: {name.text}")
    elif _of_one_entry(name.text):
        what = say("'{text}' asks of one entry: such a rule stands under 'rules'", text=name.text)
        desk.ledger.add(name.place, what)
    else:
        what = say("'{text}' is nothing that a rule over many entries has", text=quoted(name.text))
        check_name(name, node, (*BATCH_FORMS, *BATCH_OPTIONS), what, desk.ledger)


def _of_one_entry(text: str) -> bool:
    return text in CONSTRAINTS or text in FORMS or text in OPTIONS or text in KEYS


def _compared(node: Node, name: str, valid: tuple[str, ...], desk: Desk) -> tuple[Key, ...]:
    """One or several keys by which entries can be compared."""
    if isinstance(node, Sequence) and not node.items:
        desk.ledger.add(node.place, say("the list of '{name}' is empty", name=name), f"{name}: checksum")
        return ()
    found: list[Key] = []
    for item in node.items if isinstance(node, Sequence) else (node,):
        word = scalar(item, name, desk.ledger, "checksum")
        if word is None:
            continue
        if word.text not in KEYS:
            desk.ledger.add(word.place, say("'{text}' is no key", text=quoted(word.text)), nearest(word.text, valid))
        elif word.text not in comparable():
            what = say(
                "entries are not compared in {key} ({kind}): works that differ may agree in it",
                key=word.text, kind=say(KEYS[word.text].kind.name),
            )  # fmt: skip
            desk.ledger.add(word.place, what, "checksum")
        elif word.text not in valid and name == "per":
            what = say("entries are not counted by {key}: films are more or less alike", key=word.text)
            desk.ledger.add(word.place, what, "checksum")
        elif word.text not in valid:
            what = say("the archive does not keep {key}; it keeps {valid}", key=word.text, valid=", ".join(valid))
            desk.ledger.add(word.place, what, nearest(word.text, valid))
        elif KEYS[word.text] in found:
            desk.ledger.add(
                word.place, say("'{text}' says the same as '{twin}' before it", text=word.text, twin=word.text)
            )
        else:
            found.append(KEYS[word.text])
    if len(found) > 1 and any(key.kind is FINGERPRINT for key in found):
        what = say(
            "films are more or less alike: '{key}' is compared by itself, in a rule of its own",
            key="content.fingerprint",
        )
        desk.ledger.add(node.place, what, f"{name}: content.fingerprint")
    return tuple(found)


def _unique(node: Node, desk: Desk) -> tuple[tuple[Key, ...], int]:
    return _compared(node, Form.UNIQUE, comparable(), desk), 1


def _not_in_archive(node: Node, desk: Desk) -> tuple[tuple[Key, ...], int]:
    return _compared(node, Form.NOT_IN_ARCHIVE, archived(), desk), 1


def _at_most(node: Node, desk: Desk) -> tuple[tuple[Key, ...], int]:
    if isinstance(node, Broken):
        return (), 1
    if not isinstance(node, Mapping) or not node.pairs:
        empty = isinstance(node, Mapping) or (isinstance(node, Scalar) and node.missing)
        what = (
            say("'{name}' has lost its value", name=Form.AT_MOST)
            if empty
            else say("'{name}' takes {valid}", name=Form.AT_MOST, valid=", ".join(AT_MOST))
        )
        desk.ledger.add(node.place, what, f"{Form.AT_MOST}: {_AT_MOST}")
        return (), 1
    for name, part in node.pairs:
        if name.text not in AT_MOST:
            what = say("'{text}' is nothing that '{name}' has", text=quoted(name.text), name=Form.AT_MOST)
            check_name(name, part, AT_MOST, what, desk.ledger)
    missing = [part for part in AT_MOST if node.get(part) is None]
    for lost in missing:
        desk.ledger.add(node.place, say("'{name}' is missing", name=lost), f"{Form.AT_MOST}: {_AT_MOST}")
    if missing:
        return (), 1
    return _compared(node.get("per") or node, "per", counted(), desk), _count(node.get("count") or node, desk)


def _count(node: Node, desk: Desk) -> int:
    found = scalar(node, "count", desk.ledger, "2")
    if found is None:
        return 1
    try:
        count: int = COUNT.read(found.text)
    except NotAValueError as error:
        desk.ledger.add_value(found.place, error)
        return 1
    if count < 1:
        desk.ledger.add(found.place, say("at most none would refuse every entry"), "1")
    return count


def _chosen(node: Mapping, name: str, names: type[Level | Keep | IfFound], desk: Desk) -> Any:
    found = choice(node.get(name) or node, name, [str(one) for one in names], desk.ledger)
    return names(found) if found else None


_READERS: dict[Form, Callable[[Node, Desk], tuple[tuple[Key, ...], int]]] = {
    Form.UNIQUE: _unique, Form.AT_MOST: _at_most, Form.NOT_IN_ARCHIVE: _not_in_archive,
}  # fmt: skip
_OPTIONS: dict[str, Callable[[Mapping, Desk], Any]] = {
    "label": read_label,
    "level": lambda node, desk: _chosen(node, "level", Level, desk),
    "keep": lambda node, desk: _chosen(node, "keep", Keep, desk),
    "if-found": lambda node, desk: _chosen(node, "if-found", IfFound, desk),
    "message": lambda node, desk: spoken(node.get("message") or node, "message", desk.ledger, holes=True),
    "remedy": lambda node, desk: spoken(node.get("remedy") or node, "remedy", desk.ledger, holes=True),
}
