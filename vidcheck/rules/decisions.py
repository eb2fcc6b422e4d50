"""decisions.yaml: people's decisions, read as strictly as rules, and written for people to read.

vidcheck: 1
decisions:
- entry: "entries/017.mp4"
  checksum: "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
  rule: "completed"
  decision: accept
  by: "王芳"
  reason: "播出时间已由平台证实"
  date: 2022-05-12

An acceptance may have no reason. `settles: yes` marks a decision that settles what people decided differently in several
files.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property
from typing import TYPE_CHECKING, Any

from vidcheck.facts import visible
from vidcheck.findings import Choice, Decision, Place
from vidcheck.quantities import DATE, NotAValueError
from vidcheck.rules.language import VERSION
from vidcheck.rules.nodes import Bounds, read_nodes
from vidcheck.rules.problems import Ledger, Problem, RulesError, quoted
from vidcheck.rules.sources import from_path
from vidcheck.rules.values import check_name, choice, scalar
from vidcheck.texts import say
from vidcheck.yamltext import Broken, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vidcheck.facts import Entry

DEFAULT_FILE = "decisions.yaml"
BOUNDS = Bounds(size=64 << 20, nodes=1_000_000)
"""Limits on a file: about 60,000 decisions."""
_HEADS = ("vidcheck", "decisions")
_FIELDS = ("entry", "checksum", "rule", "decision", "by", "reason", "date")
_SETTLES = "settles"
_CHECKSUM = re.compile(r"(?:sha256:)?([0-9a-fA-F]{64})")
_EMPTY = re.compile(r"^(decisions:) *\[ *\] *$", re.MULTILINE)
_LONGEST = 1000


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """All decisions of a file, or of several one after another, in their order."""

    source: str = ""
    rows: tuple[Decision, ...] = ()

    @cached_property
    def _by_name(self) -> dict[str, list[Decision]]:
        rows: dict[str, list[Decision]] = {}
        for decision in self.rows:
            rows.setdefault(decision.entry.rpartition("/")[2], []).append(decision)
        return rows

    def of(self, entry: Entry) -> tuple[Decision, ...]:
        """The decisions on an entry, by path: the shorter of both paths must be the end of the longer one.

        So a decision made inside the folder also holds for a run from outside it. The engine compares the checksum.
        """
        path = entry.shown
        return tuple(each for each in self._by_name.get(path.rpartition("/")[2], ()) if _ends_alike(path, each.entry))


def _ends_alike(path: str, other: str) -> bool:
    short, long = sorted((path.removeprefix("./"), other.removeprefix("./")), key=len)
    return short == long or long.endswith(f"/{short.lstrip('/')}")


def load_all(paths: Iterable[str]) -> Decisions:
    """The decisions of several files; a file that is named twice is read once. Raises RulesError with the problems of all."""
    once = {os.path.realpath(path): path for path in reversed([*paths])}
    read: list[Decisions] = []
    problems: list[Problem] = []
    for path in reversed([*once.values()]):
        try:
            read.append(read_decisions(from_path(path, visible(path), BOUNDS.size).raw, visible(path)))
        except RulesError as error:
            problems += error.problems
    if problems:
        raise RulesError(tuple(problems))
    return Decisions(
        source=", ".join(each.source for each in read), rows=tuple(row for each in read for row in each.rows)
    )


def load_decisions(path: str | None) -> Decisions | None:
    """The decisions of a file; without a path those of `./decisions.yaml` if it exists, else None.

    Raises RulesError.
    """
    if path is None and not os.path.lexists(DEFAULT_FILE):
        return None
    name = path or DEFAULT_FILE
    return read_decisions(from_path(name, visible(name), BOUNDS.size).raw, visible(name))


def read_decisions(raw: bytes, name: str) -> Decisions:
    """The decisions of a text. Raises RulesError with every problem."""
    problems: list[Problem] = []
    ledger = Ledger(problems)
    root = read_nodes(raw, name, ledger, BOUNDS)
    rows = _rows(root, name, ledger)
    read = [_decision(node, ledger.within(f"decisions[{at}]")) for at, node in enumerate(rows, 1)]
    if problems:
        raise RulesError(tuple(problems))
    return Decisions(source=name, rows=tuple(decision for decision in read if decision))


def written(decision: Decision) -> str:
    """A decision as an item of the list `decisions`; strings are quoted as JSON's, which YAML reads alike."""
    reason = f"  reason: {_quoted(decision.reason)}\n" if decision.reason else ""
    settles = f"  {_SETTLES}: yes\n" if decision.settles else ""
    return (
        f"- entry: {_quoted(decision.entry)}\n"
        f"  checksum: {_quoted(f'sha256:{decision.checksum}')}\n"
        f"  rule: {_quoted(decision.rule)}\n"
        f"  decision: {decision.choice.value}\n"
        f"  by: {_quoted(decision.by)}\n"
        f"{reason}"
        f"  date: {DATE.write(decision.date)}\n"
        f"{settles}"
    )


def with_decisions(raw: bytes, name: str, decisions: Iterable[Decision]) -> bytes:
    """A file's text with more decisions appended; the rest is unchanged. Raises RulesError."""
    if raw.strip():
        read_decisions(raw, name)
        text = raw.decode("utf-8")
        text += "" if text.endswith("\n") else "\n"
        text = _EMPTY.sub(r"\1\n", text)
    else:
        text = f"vidcheck: {VERSION}\ndecisions:\n"
    added = text + "".join(_item(decision, _indent(text)) for decision in decisions)
    read_decisions(added.encode(), name)  # the file may end with something other than the list
    return added.encode()


def with_decision(raw: bytes, name: str, decision: Decision) -> bytes:
    """As `with_decisions`, of one."""
    return with_decisions(raw, name, (decision,))


def without_decisions(raw: bytes, decisions: Iterable[Decision]) -> bytes | None:
    """A file's text without decisions that were appended to it before; None if any is no longer there as it was written."""
    text = raw.decode("utf-8")
    for decision in reversed([*decisions]):
        item = _item(decision, _indent(text))
        before, found, after = text.rpartition(item)
        if not found:
            return None
        text = before + after
    return text.encode()


def _item(decision: Decision, indent: str) -> str:
    return "".join(f"{indent}{line}\n" for line in written(decision).splitlines())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _indent(text: str) -> str:
    """The indentation of the list's items: YAML needs none, but people indent lists."""
    found = re.findall(r"^( *)- ", text, re.MULTILINE)
    return found[0] if found else ""


def _rows(root: Node, name: str, ledger: Ledger) -> tuple[Node, ...]:
    if not isinstance(root, Mapping):
        ledger.add(Place(name, 1, 1), say("a file of decisions says 'vidcheck: 1' and 'decisions:'"))
        return ()
    for key, node in root.pairs:
        if key.text not in _HEADS:
            what = say("'{text}' is nothing that a file of decisions has", text=quoted(key.text))
            check_name(key, node, _HEADS, what, ledger)
    version = root.get("vidcheck")
    if version is None or not isinstance(version, Scalar) or version.text != VERSION:
        place = version.place if version else root.place
        ledger.add(
            place, say("a file of decisions says 'vidcheck: {version}'", version=VERSION), f"vidcheck: {VERSION}"
        )
    listed = root.get("decisions")
    if isinstance(listed, Sequence):
        return listed.items
    lost = isinstance(listed, Scalar) and listed.missing
    if not lost and not isinstance(listed, Broken):
        ledger.add(listed.place if listed else root.place, say("'{name}' takes a list", name="decisions"))
    return ()


def _decision(node: Node, ledger: Ledger) -> Decision | None:
    before = len(ledger.problems)
    if not isinstance(node, Mapping):
        if not isinstance(node, Broken):
            ledger.add(node.place, say("a decision has {names}", names=", ".join(_FIELDS)))
        return None
    for key, part in node.pairs:
        if key.text not in (*_FIELDS, _SETTLES):
            what = say("'{text}' is nothing that a decision has", text=quoted(key.text))
            check_name(key, part, (*_FIELDS, _SETTLES), what, ledger)
    fields: dict[str, Any] = {"reason": ""}
    accepted = node.get("decision")
    optional = {"reason"} if isinstance(accepted, Scalar) and accepted.text == Choice.ACCEPT else set()
    missing = [name for name in _FIELDS if node.get(name) is None and name not in optional]
    if missing:
        what = say(
            "a decision has {names}; missing here: {missing}", names=", ".join(_FIELDS), missing=", ".join(missing)
        )
        ledger.add(node.place, what)
    for name in _FIELDS:
        there = node.get(name)
        if name == "decision" and there is not None:
            fields[name] = choice(there, name, list(Choice), ledger)
        elif there is not None:
            found = scalar(there, name, ledger)
            fields[name] = _READERS.get(name, _text)(found, name, ledger) if found else None
    settles = node.get(_SETTLES)
    settled = settles is not None and choice(settles, _SETTLES, ("yes", "no"), ledger) == "yes"
    if len(ledger.problems) > before:
        return None
    return Decision(
        entry=fields["entry"], checksum=fields["checksum"], rule=fields["rule"], choice=Choice(fields["decision"]),
        by=fields["by"], reason=fields["reason"], date=fields["date"], place=node.place,
        settles=settled,
    )  # fmt: skip


def _text(found: Scalar, name: str, ledger: Ledger) -> str | None:
    text = visible(" ".join(found.text.split()))
    if not text:
        ledger.add(found.place, say("'{name}' says nothing", name=name))
    elif len(text) > _LONGEST and name != "entry":
        ledger.add(found.place, say("'{name}' is longer than {most} characters", name=name, most=_LONGEST))
    return text


def _entry(found: Scalar, name: str, ledger: Ledger) -> str:
    del name, ledger
    return visible(found.text)


def _checksum(found: Scalar, name: str, ledger: Ledger) -> str | None:
    del name
    digest = _CHECKSUM.fullmatch(found.text)
    if digest is None:
        what = say("'{text}' is no SHA-256: sha256: and 64 hexadecimal digits", text=quoted(found.text))
        ledger.add(found.place, what)
        return None
    return digest[1].lower()


def _date(found: Scalar, name: str, ledger: Ledger) -> Any:
    del name
    try:
        return DATE.read(found.text, UTC)
    except NotAValueError as error:
        ledger.add_value(found.place, error)
        return None


_READERS = {"entry": _entry, "checksum": _checksum, "date": _date}
