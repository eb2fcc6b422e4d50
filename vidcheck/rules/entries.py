"""`contest.entries`: the manifest's layout, how its rows find their files, how scans of the form are named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vidcheck.declared.fields import FIELDS, bare
from vidcheck.declared.layout import ManifestLayout
from vidcheck.rules.language import ENTRIES, FINDS, FORM
from vidcheck.rules.problems import Ledger, quoted
from vidcheck.rules.spelling import nearest
from vidcheck.rules.values import check_name, read_pattern, scalar
from vidcheck.texts import say
from vidcheck.yamltext import Broken, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Mapping as Mapped

    from vidcheck.rules.language import Option

_EXAMPLE = "entries: {columns: {title: Work}, file: {column: File}}"
_GROUP = re.compile(r"\(\?P?<([A-Za-z_]\w*)>")
_LONGEST = 100


def read_entries(node: Node, ledger: Ledger) -> ManifestLayout | None:
    """The layout; None if anything in it is wrong, which is recorded."""
    before = len(ledger.problems)
    pairs = _mapping(node, "entries", ENTRIES, _EXAMPLE, ledger)
    columns: tuple[tuple[str, str], ...] = ()
    file = folder = name = form = ""
    for key, part in pairs:
        inner = ledger.within(key.text)
        if key.text == "columns":
            columns = _columns(part, inner)
        elif key.text == "file":
            file, name = _file(part, inner)
        elif key.text == "form":
            form = _form(part, inner)
        else:
            folder = _finds(part, "folder", {"column": FINDS["column"]}, inner)[0]
    both = [key for key, _ in pairs if key.text in {"file", "folder"}]
    if len(both) > 1:
        ledger.add(both[1].place, say("a row finds its file by 'file' or by 'folder', not by both"))
    if len(ledger.problems) > before:
        return None
    return ManifestLayout(columns=columns, file=file, folder=folder, name=name, form=form)


def _mapping(
    node: Node, name: str, valid: Mapped[str, Option], example: str, ledger: Ledger
) -> tuple[tuple[Scalar, Node], ...]:
    """The known names of a mapping; unknown names are recorded."""
    if isinstance(node, Broken):
        return ()
    if not isinstance(node, Mapping) or not node.pairs:
        ledger.add(node.place, say("'{name}' takes {valid}", name=name, valid=", ".join(valid)), example)
        return ()
    for key, part in node.pairs:
        if key.text not in valid:
            what = say(
                "'{text}' is nothing that {name} has; it has {valid}",
                text=quoted(key.text),
                name=name,
                valid=", ".join(valid),
            )
            check_name(key, part, valid, what, ledger)
    return tuple((key, part) for key, part in node.pairs if key.text in valid)


def _columns(node: Node, ledger: Ledger) -> tuple[tuple[str, str], ...]:
    if isinstance(node, Broken):
        return ()
    if not isinstance(node, Mapping) or not node.pairs:
        ledger.add(
            node.place,
            say("'{name}' takes fields with the names of their columns", name="columns"),
            "columns: {title: Work}",
        )
        return ()
    taken: dict[str, tuple[str, str]] = {}
    for field, part in node.pairs:
        if field.text not in FIELDS:
            what = say("'{text}' is no field; the fields are {valid}", text=quoted(field.text), valid=", ".join(FIELDS))
            check_name(field, part, FIELDS, what, ledger)
            continue
        for label in _labels(part, field.text, ledger):
            twin = taken.get(bare(label.text))
            if twin:
                what = say("the column '{text}' is already the field {field}", text=quoted(label.text), field=twin[1])
                ledger.add(label.place, what)
            else:
                taken[bare(label.text)] = label.text, field.text
    return tuple(taken.values())


def _labels(node: Node, name: str, ledger: Ledger) -> tuple[Scalar, ...]:
    if isinstance(node, Sequence) and not node.items:
        ledger.add(node.place, say("the list of '{name}' is empty", name=name))
    items = node.items if isinstance(node, Sequence) else (node,)
    return tuple(label for item in items if (label := _label(item, name, ledger)) is not None)


def _label(node: Node, name: str, ledger: Ledger) -> Scalar | None:
    found = scalar(node, name, ledger, "Work")
    if found and (not bare(found.text) or len(found.text) > _LONGEST):
        ledger.add(found.place, say("'{text}' is no name of a column", text=quoted(found.text)))
        return None
    return found


def _file(node: Node, ledger: Ledger) -> tuple[str, str]:
    """Column and pattern, one of them empty."""
    column, name = _finds(node, "file", FINDS, ledger)
    return column, name


def _form(node: Node, ledger: Ledger) -> str:
    for _, part in _mapping(node, "form", FORM, f"form: {ENTRIES['form'].example}", ledger):
        found = scalar(part, "name", ledger, FORM["name"].example)
        return (read_pattern(found, ledger) or "") if found else ""
    return ""


def _finds(node: Node, whose: str, valid: Mapped[str, Option], ledger: Ledger) -> tuple[str, str]:
    pairs = _mapping(node, whose, valid, f"{whose}: {ENTRIES[whose].example}", ledger)
    if len(pairs) > 1:
        ledger.add(pairs[1][0].place, say("'{name}' takes one of {valid}", name=whose, valid=", ".join(valid)))
        return "", ""
    for key, part in pairs:
        if key.text == "column":
            label = _label(part, "column", ledger)
            return (label.text if label else ""), ""
        return "", _pattern(part, ledger)
    return "", ""


def _pattern(node: Node, ledger: Ledger) -> str:
    found = scalar(node, "name", ledger, FINDS["name"].example)
    sound = read_pattern(found, ledger) if found else None
    if found is None or sound is None:
        return ""
    groups = dict.fromkeys(_GROUP.findall(sound))
    for group in groups:
        if group.replace("_", "-") not in FIELDS:
            what = say(
                "the group '{text}' is no field; the fields are {valid}", text=quoted(group), valid=", ".join(FIELDS)
            )
            ledger.add(found.place, what, nearest(group, [field.replace("-", "_") for field in FIELDS]))
            return ""
    if not groups:
        ledger.add(found.place, say("the pattern has no named group, so it tells no field"), FINDS["name"].example)
        return ""
    return sound
