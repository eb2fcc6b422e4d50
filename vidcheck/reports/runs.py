"""A JSON report read back, as far as two of them can be compared: verdicts and outcomes, checked member by member."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from vidcheck.findings import Level, Outcome, Verdict
from vidcheck.reports.json import SCHEMA
from vidcheck.texts import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

    from vidcheck.texts import Text

_T = TypeVar("_T")
_E = TypeVar("_E", bound="StrEnum")


class NotAReportError(ValueError):
    """What was given is no JSON report that this version can read; `words` says why, in a language."""

    def __init__(self, words: Text) -> None:
        self.words = words
        super().__init__(words.render("en"))

    def __reduce__(self) -> tuple[type[NotAReportError], tuple[Text]]:
        return NotAReportError, (self.words,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One rule on one entry, as a report tells it."""

    outcome: Outcome
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a report tells of a run that can be compared."""

    digest: str
    incomplete: bool
    tool: Mapping[str, str]
    rules: tuple[str, ...]
    verdicts: Mapping[str, Verdict]
    """By path, in the report's order."""
    judged: Mapping[str, Mapping[str, Judged]]
    """By path and rule."""


def read(raw: object, name: str) -> Run:
    """A parsed JSON report as what can be compared of it. Raises NotAReportError."""
    return _Reader(name).run(raw)


def loads(data: bytes, name: str) -> object:
    """JSON text, parsed. Raises NotAReportError."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise NotAReportError(say("{name} is not JSON", name=name)) from None


class _Reader:
    """Reads a report; its errors say where in it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def run(self, raw: object) -> Run:
        """The report, checked."""
        if not isinstance(raw, dict) or not {"schema", "tool", "rules", "entries"} <= raw.keys():
            raise NotAReportError(say("{name} is not a JSON report of vidcheck", name=self.name))
        if raw["schema"] != SCHEMA or isinstance(raw["schema"], bool):
            raise NotAReportError(
                say(
                    "{name} has schema {found}; this version reads schema {known}",
                    name=self.name, found=str(raw["schema"])[:20], known=SCHEMA,
                )
            )  # fmt: skip
        rules = self.of(raw["rules"], dict, "rules")
        listed = self.of(rules.get("list"), list, "rules.list")
        entries = self.of(raw["entries"], list, "entries")
        told = [self.entry(entry, f"entries[{at}]") for at, entry in enumerate(entries)]
        return Run(
            digest=self.of(rules.get("digest"), str, "rules.digest"),
            incomplete=self.of(raw.get("incomplete"), bool, "incomplete"),
            tool={str(name): str(version) for name, version in self.of(raw["tool"], dict, "tool").items()},
            rules=tuple(self.member(rule, "rule", f"rules.list[{at}]") for at, rule in enumerate(listed)),
            verdicts={path: verdict for path, verdict, _ in told},
            judged={path: judged for path, _, judged in told},
        )

    def entry(self, raw: object, where: str) -> tuple[str, Verdict, dict[str, Judged]]:
        """One entry: its path, its verdict, and how each rule came out."""
        path = self.member(raw, "path", where)
        members = self.of(raw, dict, where)
        verdict = self.enum(Verdict, members.get("verdict"), f"{where}.verdict")
        findings = self.of(members.get("findings"), list, f"{where}.findings")
        judged = (self.finding(finding, f"{where}.findings[{at}]") for at, finding in enumerate(findings))
        return path + _hidden(members), verdict, dict(judged)

    def finding(self, raw: object, where: str) -> tuple[str, Judged]:
        """One rule and how it came out."""
        rule, members = self.member(raw, "rule", where), self.of(raw, dict, where)
        outcome = self.enum(Outcome, members.get("outcome"), f"{where}.outcome")
        return rule, Judged(outcome=outcome, level=self.enum(Level, members.get("level"), f"{where}.level"))

    def member(self, raw: object, name: str, where: str) -> str:
        """A member that is a text."""
        return self.of(self.of(raw, dict, where).get(name), str, f"{where}.{name}")

    def of(self, raw: object, kind: type[_T], where: str) -> _T:
        """The value, if it is of that type."""
        if not isinstance(raw, kind):
            raise NotAReportError(
                say("{name}: {where} is not as in a JSON report of vidcheck", name=self.name, where=where)
            )
        return raw

    def enum(self, kind: type[_E], raw: object, where: str) -> _E:
        """The value, if it is one of an enum's."""
        found = next((each for each in kind if each == raw), None)
        return self.of(found, kind, where)


def _hidden(entry: Mapping[str, Any]) -> str:
    """What tells entries apart whose names look alike: the bytes of one that is no UTF-8."""
    raw = entry.get("path_bytes")
    return f" [{raw}]" if isinstance(raw, str) and raw else ""
