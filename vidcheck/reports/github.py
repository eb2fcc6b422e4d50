"""Workflow commands of GitHub Actions: annotations of what failed, then the totals.

GitHub shows ten errors, ten warnings and ten notices of a step and silently drops the rest, so if there are more, the
tenth says how many.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from vidcheck.facts import visible
from vidcheck.findings import Level, Outcome
from vidcheck.quantities import Manner
from vidcheck.reports.finding import name_of
from vidcheck.reports.page import clipped
from vidcheck.reports.paths import exact
from vidcheck.reports.words import INCOMPLETE, line, lines, paragraphs, totals
from vidcheck.texts import labelled, say, say_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.findings import Finding, Report

_MOST = 10
_LONGEST_TITLE, _LONGEST_MESSAGE = 200, 4000
# a command has escapes for ends of lines; the rest of what a terminal obeys can't stand in it
_UNHELD = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_COMMANDS = {
    (Outcome.FAIL, Level.REQUIRED): "error", (Outcome.FAIL, Level.RECOMMENDED): "warning",
    (Outcome.UNKNOWN, Level.REQUIRED): "warning", (Outcome.UNKNOWN, Level.RECOMMENDED): "notice",
}  # fmt: skip


class _Note(NamedTuple):
    """One annotation."""

    command: str
    file: str
    """The exact path, if a command can hold it."""
    shown: str
    """The path for people."""
    line: int
    rule: str
    """Empty for a remark on a key that no rule asks for."""
    message: str


def render(report: Report, lang: str = "en") -> bytes:
    """The report's workflow commands, one a line."""
    manner = Manner(lang, report.rules.zone)
    rows, notes = [*_whole(report, lang)], list(_notes(report, manner))
    for command, most in (("error", _MOST - len(rows)), ("warning", _MOST), ("notice", _MOST - 1)):
        rows += _commands(command, [note for note in notes if note.command == command], most, manner)
    rows.append(_command("notice", {"title": "vidcheck"}, _summary(report, lang)))
    return "\n".join([*rows, ""]).encode()


def _whole(report: Report, lang: str) -> Iterator[str]:
    if report.incomplete:
        yield _command("error", {"title": "vidcheck"}, INCOMPLETE.render(lang))


def _summary(report: Report, lang: str) -> str:
    waiting = report.summary.manual
    items = say_count("{count} item for a person", "{count} items for a person", waiting).render(lang)
    return totals(report, lang) + (say("; ").render(lang) + items if waiting else "")


def _notes(report: Report, manner: Manner) -> Iterator[_Note]:
    for entry in report.entries:
        where = (exact(entry.entry, _UNHELD)[0], entry.entry.shown, 1)
        yield from chain.from_iterable(_of_finding(finding, where, manner) for finding in entry.findings)
        yield from (_Note("notice", *where, "", words) for words in lines(entry.remarks, manner.lang))
    for finding in report.batch:  # it has no file of its own, so the rule's file is used
        rules = visible(finding.place.file)
        yield from _of_finding(finding, (rules, rules, finding.place.line), manner)


def _of_finding(finding: Finding, where: tuple[str, str, int], manner: Manner) -> Iterator[_Note]:
    """What needs attention as a whole, else its remarks."""
    rule = name_of(finding, manner.lang)
    command = _COMMANDS.get((finding.standing, finding.level))
    if command is not None:
        yield _Note(command, *where, rule, "\n".join(paragraphs(finding, manner)))
    elif finding.remarks:
        yield _Note("notice", *where, rule, "\n".join(lines(finding.remarks, manner.lang)))


def _commands(command: str, notes: list[_Note], most: int, manner: Manner) -> Iterator[str]:
    shown = notes if len(notes) <= most else notes[: most - 1]
    for note in shown:
        title = labelled(note.shown, note.rule, manner.lang) if note.rule else note.shown
        yield _command(command, {"file": note.file, "line": str(note.line), "title": title}, note.message)
    rest = len(notes) - len(shown)
    if rest:
        words = say_count(
            "{count} more like this; the report has it.", "{count} more like these; the report has them.", rest
        )
        yield _command(command, {"title": "vidcheck"}, line(words, manner.lang))


def _command(command: str, properties: dict[str, str], message: str) -> str:
    if "title" in properties:
        properties["title"] = _safe(clipped(properties["title"], _LONGEST_TITLE))
    written = ",".join(f"{name}={_escaped(value, in_property=True)}" for name, value in properties.items())
    return f"::{command} {written}::{_escaped(_safe(clipped(message, _LONGEST_MESSAGE)))}"


def _safe(text: str) -> str:
    """A text of several lines, without anything else that a terminal obeys."""
    return "\n".join(map(visible, text.split("\n")))


def _escaped(text: str, *, in_property: bool = False) -> str:
    """Text as a command's data, or as the value of one of its properties (actions/toolkit, command.ts)."""
    safe = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return safe.replace(":", "%3A").replace(",", "%2C") if in_property else safe
