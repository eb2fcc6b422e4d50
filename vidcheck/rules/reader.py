"""Reads rules.yaml into Rules: strictly, and with all problems at once."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, TypeVar

from vidcheck.facts import Depth, visible
from vidcheck.findings import Place
from vidcheck.quantities import DATE, Moment, NotAValueError
from vidcheck.rules.batch import read_batch_rule
from vidcheck.rules.categories import Draft
from vidcheck.rules.language import CATEGORY, CONTEST, HEADS, OFF, VERSION
from vidcheck.rules.model import BatchRule, Categories, Rule, Rules
from vidcheck.rules.nodes import read_nodes
from vidcheck.rules.problems import Ledger, Problem, RulesError, quoted
from vidcheck.rules.rule import read_rule, relabelled
from vidcheck.rules.sources import Origin, choose, extended, preset_bytes, preset_names
from vidcheck.rules.spelling import nearest
from vidcheck.rules.values import Desk, check_name, read_zone, scalar, spoken
from vidcheck.texts import Plain, Readable, Spoken, listed, say
from vidcheck.vocabulary import KEYS
from vidcheck.yamltext import Broken, Mapping, Node, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from collections.abc import Mapping as Mapped
    from collections.abc import Sequence as Row

    from vidcheck.declared.layout import ManifestLayout

_R = TypeVar("_R", Rule, BatchRule)

MOST_FILES = 8
"""The most files in a chain of `extends`."""


@dataclass(slots=True, kw_only=True)
class _File:
    """One rules file. Its head is read, its rules are still nodes."""

    origin: Origin
    rules: Node | None = None
    batch: Node | None = None
    categories: Node | None = None
    title: Readable | None = None
    zone: tuple[str, tzinfo] | None = None
    deadline: Scalar | None = None
    corrections: Scalar | None = None
    content: Depth | None = None
    extends: Scalar | None = None
    layout: ManifestLayout | None = None
    names: dict[str, Scalar] = field(default_factory=dict)


def load_rules(source: str | None = None) -> Rules:
    """The rules of a path or preset; by default those of `./rules.yaml`, else the default preset's.

    Raises RulesError.
    """
    return _read(choose(source))


def read_rules(text: bytes, name: str = "rules.yaml", *, source: str = "") -> Rules:
    """The rules in a text; `name` is the file name in places. Raises RulesError."""
    shown = visible(name)
    folder = os.path.dirname(name)  # noqa: PTH120
    return _read(
        Origin(
            raw=text,
            shown=shown,
            source=visible(source) or shown,
            folder=folder,
            identity=os.path.realpath(visible(name)),
        )
    )


def presets() -> dict[str, Readable]:
    """Every preset's name with its title. An invalid preset has none; a test prevents that."""
    return {name: _title_of(preset_bytes(name), f"{name}.yaml") for name in preset_names()}


def _title_of(text: bytes, name: str) -> Readable:
    """A rules file's title by itself, without reading its rules; empty if there is none."""
    ledger = Ledger([])
    try:
        root = read_nodes(text, name, ledger)
    except RulesError:
        return Plain("")
    contest = root.get("contest") if isinstance(root, Mapping) else None
    title = contest.get("title") if isinstance(contest, Mapping) else None
    return (_title(title, ledger) if title else None) or Plain("")


def _read(origin: Origin) -> Rules:
    problems: list[Problem] = []
    chain, whole = _chain(origin, problems)
    named, zone = next((file.zone for file in chain if file.zone), ("", UTC))
    desk = Desk(Ledger(problems), zone)
    contest = Desk(Ledger(problems, ("contest",)), zone)
    deadline = _deadline("deadline", chain[0].deadline, contest)
    corrections = _deadline("corrections", chain[0].corrections, contest)
    if chain[0].corrections and deadline and corrections and corrections.last < deadline.last:
        what = say("corrections end before the deadline; they count until the deadline or a later day")
        contest.within("corrections").ledger.add(chain[0].corrections.place, what, deadline.last.date().isoformat())
    rules: dict[str, Rule | None] = {}
    batch: dict[str, BatchRule | None] = {}
    draft = Draft()
    for file in reversed(chain):
        bottom = file is chain[-1]
        _apply("rules", file.rules, rules, read_rule, desk, bottom=bottom, whole=whole)
        _apply("batch", file.batch, batch, read_batch_rule, desk, bottom=bottom, whole=whole)
        draft.apply(file.categories, rules, desk, bottom=bottom, whole=whole)
    categories = draft.read(rules, desk)
    _apart(rules, batch, categories, desk)
    if not problems and not any(rules.values()) and not any(batch.values()):
        problems.append(Problem(Place(origin.shown, 1, 1), say("no rule is left: there is nothing to check")))
    if problems:
        raise RulesError(tuple(problems))
    return Rules(
        title=next((file.title for file in chain if file.title), Plain(origin.source)),
        zone=zone,
        zone_name=named or "UTC",
        rules=tuple(rule for rule in rules.values() if rule),
        source=origin.source,
        layout=next((file.layout for file in chain if file.layout), None),
        deadline=deadline,
        corrections=corrections,
        preset=origin.preset,
        digest=_digest([file.origin.raw for file in chain]),
        batch=tuple(rule for rule in batch.values() if rule),
        categories=categories,
        content=next((file.content for file in chain if file.content is not None), Depth.NONE),
        notices=() if named else (say("no contest.timezone is given: dates are days in UTC"),),
    )


def _digest(raws: Row[bytes]) -> str:
    """The SHA-256 of one file; of several, that of their digests, one a line, in the order of `extends`."""
    from hashlib import sha256

    sums = [sha256(raw).hexdigest() for raw in raws]
    whole = sums[0] if len(sums) == 1 else sha256("".join(f"{one}\n" for one in sums).encode()).hexdigest()
    return f"sha256:{whole}"


def _chain(origin: Origin, problems: list[Problem]) -> tuple[list[_File], bool]:
    """The file and those that it extends, and whether all could be read."""
    chain = [_head(origin, problems)]
    while (link := chain[-1].extends) is not None:
        ledger = Ledger(problems, ("extends",))
        if len(chain) >= MOST_FILES:
            ledger.add(link.place, say("this goes through more than {most} files", most=MOST_FILES))
            return chain, False
        try:
            base = extended(link.text, chain[-1].origin)
        except RulesError as error:
            what = error.problems[0]
            ledger.add_hinted(
                link.place,
                say("'{text}' can't be extended: {why}", text=quoted(link.text), why=what.message),
                what.hint,
            )
            return chain, False
        if base.identity in {file.origin.identity for file in chain} or base.raw in {file.origin.raw for file in chain}:
            ledger.add(link.place, say("'{text}' extends itself", text=quoted(link.text)))
            return chain, False
        try:
            chain.append(_head(base, problems))
        except RulesError as error:
            problems += error.problems
            return chain, False
    return chain, True


def _head(origin: Origin, problems: list[Problem]) -> _File:
    """All of a file except its rules. Raises RulesError if it isn't YAML, or has another version."""
    ledger = Ledger(problems)
    root = read_nodes(origin.raw, origin.shown, ledger)
    file = _File(origin=origin)
    if not isinstance(root, Mapping):
        if not isinstance(root, Broken):
            ledger.add(root.place, say("a rules file is a mapping: vidcheck, contest, rules"), "vidcheck: 1")
        return file
    _version(root, origin, ledger)
    for name, node in root.pairs:
        if name.text in KEYS and "rules" not in (meant.text for meant, _ in root.pairs):
            ledger.add(
                name.place,
                say("'{text}' is a rule: it stands under 'rules'", text=name.text),
                f"rules: {{{name.text}: …}}",
            )
        elif name.text not in HEADS:
            what = say(
                "'{text}' is nothing that a rules file has; it has {valid}",
                text=quoted(name.text),
                valid=listed(HEADS),
            )
            check_name(name, node, HEADS, what, ledger)
    contest = root.get("contest")
    if contest is not None:
        _contest(contest, file, ledger.within("contest"))
    link = root.get("extends")
    if link is not None:
        file.extends = scalar(link, "extends", ledger, "heilongjiang-2022")
    file.rules, file.batch, file.categories = root.get("rules"), root.get("batch"), root.get("categories")
    if (
        file.rules is None
        and file.batch is None
        and link is None
        and not any(name.text not in HEADS for name, _ in root.pairs)
    ):
        ledger.add(root.place, say("'rules' is missing"), "rules: {format: {is: mp4}}")
    return file


def _version(root: Mapping, origin: Origin, ledger: Ledger) -> None:
    node = root.get("vidcheck")
    if node is None:
        if not any(name.text.partition(":")[0].partition("：")[0].strip() == "vidcheck" for name, _ in root.pairs):
            ledger.add(root.place, say("the version of the rules language is missing"), f"vidcheck: {VERSION}")
        return
    found = scalar(node, "vidcheck", ledger, VERSION)
    if found and found.text != VERSION:
        alone: list[Problem] = []
        what = say(
            "version '{text}' of the rules language is not known here; this vidcheck reads version {known}",
            text=quoted(found.text),
            known=VERSION,
        )
        Ledger(alone).add(Place(origin.shown, found.place.line, found.place.column), what, f"vidcheck: {VERSION}")
        raise RulesError(tuple(alone))


def _contest(node: Node, file: _File, ledger: Ledger) -> None:
    if not isinstance(node, Mapping):
        if not isinstance(node, Broken):
            ledger.add(
                node.place,
                say("'{name}' takes {valid}", name="contest", valid=listed(CONTEST)),
                "{title: …, timezone: Asia/Shanghai}",
            )
        return
    for name, part in node.pairs:
        if name.text == "title":
            file.title = _title(part, ledger)
        elif name.text == "timezone":
            found = scalar(part, name.text, ledger, "Asia/Shanghai")
            file.zone = (found.text, read_zone(found, ledger)) if found else ("", UTC)
        elif name.text == "entries":
            from vidcheck.rules.entries import read_entries

            file.layout = read_entries(part, ledger.within("entries"))
        elif name.text == "deadline":
            file.deadline = scalar(part, name.text, ledger, CONTEST[name.text].example)
        elif name.text == "content":
            file.content = _depth(part, ledger)
        elif name.text == "corrections":
            file.corrections = scalar(part, name.text, ledger, CONTEST[name.text].example)
        else:
            what = say(
                "'{text}' is nothing that contest has; it has {valid}", text=quoted(name.text), valid=listed(CONTEST)
            )
            check_name(name, part, CONTEST, what, ledger)


def _depth(node: Node, ledger: Ledger) -> Depth | None:
    found = scalar(node, "content", ledger, CONTEST["content"].example)
    if found is None:
        return None
    if found.text not in set(Depth):
        what = say("'{text}' is none of {choices}", text=quoted(found.text), choices=listed(Depth))
        ledger.within("content").add(found.place, what, nearest(found.text, list(Depth)))
        return None
    return Depth(found.text)


def _deadline(name: str, node: Scalar | None, desk: Desk) -> Moment | None:
    """The day or moment; a month is not accepted, which is recorded."""
    if node is None:
        return None
    inner = desk.within(name)
    try:
        moment: Moment = DATE.read(node.text, desk.zone)
    except NotAValueError as error:
        inner.ledger.add_value(node.place, error)
        return None
    if moment.precision == "month":
        what = say("'{text}' is a month; a deadline is a day or a moment", text=quoted(node.text))
        inner.ledger.add(node.place, what, moment.last.date().isoformat())
        return None
    return moment


def _title(node: Node, ledger: Ledger) -> Readable | None:
    title = spoken(node, "title", ledger)
    if title is None:
        return None
    words = tuple((lang, " ".join(text.split())) for lang, text in title.words)
    return Plain(words[0][1]) if isinstance(node, Scalar) else Spoken(words)


def _apply(
    name: str, node: Node | None, rules: dict[str, _R | None], read: Callable[[Scalar, Node, Desk], _R | None], desk: Desk,
    *, bottom: bool, whole: bool,
) -> None:  # fmt: skip
    """Reads a file's rules, for one entry or over many, and merges them over those that it extends."""
    if node is None or isinstance(node, Broken):
        return
    if not isinstance(node, Mapping) or not node.pairs:
        empty = isinstance(node, Mapping) or (isinstance(node, Scalar) and node.missing)
        what = (
            say("'{name}' is empty: nothing is asked", name=name)
            if empty
            else say("'{name}' takes rules by name", name=name)
        )
        desk.ledger.add(node.place, what, f"{name}: {HEADS[name].example}")
        return
    for key, part in node.pairs:
        if isinstance(part, Scalar) and part.text == OFF:
            _drop(key, part, rules, desk, bottom=bottom, whole=whole)
        else:
            rules[key.text] = relabelled(read(key, part, desk), rules.get(key.text))


def _drop(name: Scalar, node: Scalar, rules: dict[str, _R | None], desk: Desk, *, bottom: bool, whole: bool) -> None:
    inner = desk.within(name.text)
    if name.text in rules:
        del rules[name.text]
    elif bottom and whole:
        inner.ledger.add(node.place, say("'off' drops a rule of the file that is extended, and this file extends none"))
    elif whole:
        inner.ledger.add(name.place, say("there is no rule of that name to drop"), nearest(name.text, rules))


def _apart(
    rules: Collection[str], batch: Mapped[str, BatchRule | None], categories: Categories | None, desk: Desk
) -> None:
    """Records a rule over many entries that has the name of a rule for one entry: findings are identified by name."""
    taken = {*rules, *(rule.name for one in (categories.listed if categories else ()) for rule in one.rules)}
    taken |= {CATEGORY} if categories else set()
    for name, rule in batch.items():
        if rule and name in taken:
            desk.within(name).ledger.add(rule.place, say("a rule of single entries bears that name: choose another"))
