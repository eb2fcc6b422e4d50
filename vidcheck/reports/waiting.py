"""What waits for a person in a JSON report: every finding that is unknown or manual and that nobody has decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vidcheck.facts import visible
from vidcheck.findings import Outcome
from vidcheck.reports import runs
from vidcheck.reports.page import clipped, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One finding that waits, in visible text on one line each."""

    rule: str
    outcome: Outcome
    message: str
    expected: str
    evidence: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingEntry:
    """An entry on which something waits."""

    path: str
    """As the system names it (surrogate escapes where it is not UTF-8)."""
    items: tuple[Waiting, ...]


def read(data: bytes, name: str) -> tuple[WaitingEntry, ...]:
    """The entries of a JSON report on which something waits, in its order. Raises NotAReportError."""
    raw: Any = runs.loads(data, name)
    runs.read(raw, name)  # the schema, and every verdict, outcome and level
    entries = []
    for entry in raw["entries"]:
        items = tuple(_item(finding) for finding in entry["findings"] if _waits(finding))
        if items:
            entries.append(WaitingEntry(path=_path(entry), items=items))
    return tuple(entries)


def _waits(finding: Mapping[str, Any]) -> bool:
    decision = finding.get("decision")
    decided = isinstance(decision, dict) and not decision.get("void")
    return finding["outcome"] in {Outcome.UNKNOWN, Outcome.MANUAL} and not decided


def _path(entry: Mapping[str, Any]) -> str:
    try:
        return bytes.fromhex(entry.get("path_bytes") or "").decode("utf-8", "surrogateescape") or entry["path"]
    except (TypeError, ValueError):
        return str(entry["path"])


def _item(finding: Mapping[str, Any]) -> Waiting:
    place = finding.get("place")
    where = f"{place.get('file', '')}:{place.get('line', '')}" if isinstance(place, dict) else ""
    evidence = finding.get("evidence")
    told = [_evidence(each) for each in evidence if isinstance(each, dict)] if isinstance(evidence, list) else []
    return Waiting(
        rule=_line(finding["rule"]),
        outcome=Outcome(finding["outcome"]),
        message=_line(finding.get("message")),
        expected=_line(finding.get("expected")),
        evidence=tuple(told),
        place=_line(where),
    )


def _evidence(each: Mapping[str, Any]) -> str:
    value = each.get("value")
    shown = each.get("raw") or ("" if value is None else value)
    note = each.get("note")
    parts = [_line(each.get(name)) for name in ("key", "witness", "locator")] + [_line(str(shown)), _line(note)]
    return " · ".join(part for part in parts if part)


def _line(text: object) -> str:
    return clipped(visible(one_line(str(text))), _LONGEST) if text else ""
