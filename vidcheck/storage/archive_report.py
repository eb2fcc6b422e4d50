"""Entries for the archive out of a JSON report: what its evidence tells of each entry, checked member by member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.facts import Fact
from vidcheck.reports.json import SCHEMA
from vidcheck.reports.runs import NotAReportError
from vidcheck.rules.comparison import archived
from vidcheck.storage.archive import Past, marks_of
from vidcheck.texts import say
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 4096
"""Characters of a path, a title or a name."""


def pasts_of(raw: object, name: str) -> list[Past]:
    """The entries of a parsed JSON report. Raises NotAReportError."""
    if not isinstance(raw, dict) or not {"schema", "tool", "rules", "entries"} <= raw.keys():
        raise NotAReportError(say("{name} is not a JSON report of vidcheck", name=name))
    if raw["schema"] != SCHEMA or isinstance(raw["schema"], bool):
        raise NotAReportError(
            say(
                "{name} has schema {found}; this version reads schema {known}",
                name=name, found=str(raw["schema"])[:20], known=SCHEMA,
            )
        )  # fmt: skip
    if raw.get("incomplete"):
        raise NotAReportError(say("{name} is incomplete: entries are missing from it", name=name))
    entries = raw["entries"]
    if not isinstance(entries, list):
        raise _amiss(name, "entries")
    return [_past(entry, name, f"entries[{at}]") for at, entry in enumerate(entries)]


def _past(raw: object, name: str, where: str) -> Past:
    path = raw.get("path") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or not isinstance(path, str) or not path:
        raise _amiss(name, f"{where}.path")
    size = raw.get("size")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or not 0 <= size < 2**63):
        raise _amiss(name, f"{where}.size")
    return Past(name=path[:_LONGEST], size=size, marks=marks_of(_facts(raw, name, where)))


def _facts(entry: dict[str, object], name: str, where: str) -> Iterator[Fact]:
    findings = entry.get("findings")
    if not isinstance(findings, list):
        raise _amiss(name, f"{where}.findings")
    for at, finding in enumerate(findings):
        evidence = finding.get("evidence") if isinstance(finding, dict) else None
        if not isinstance(evidence, list):
            raise _amiss(name, f"{where}.findings[{at}].evidence")
        for fact in evidence:
            if not isinstance(fact, dict):
                raise _amiss(name, f"{where}.findings[{at}].evidence")
            if fact.get("key") in archived() and fact.get("value") is not None:
                yield _fact(fact, name, f"{where}.findings[{at}].evidence")


def _fact(raw: dict[str, object], name: str, where: str) -> Fact:
    key, value, witness = str(raw["key"]), raw["value"], raw.get("witness")
    items = value if isinstance(value, list) else [value]
    listed = KEYS[key].kind.listed
    if (
        listed is not isinstance(value, list)
        or not all(isinstance(i, str) for i in items)
        or not isinstance(witness, str)
    ):
        raise _amiss(name, where)
    told = tuple(str(item)[:_LONGEST] for item in items)
    return Fact(key=key, witness=str(witness), value=told if listed else told[0])


def _amiss(name: str, where: str) -> NotAReportError:
    return NotAReportError(say("{name}: {where} is not as in a JSON report of vidcheck", name=name, where=where))
