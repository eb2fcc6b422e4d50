"""Workflow commands of GitHub Actions: annotations of what failed, then the totals.

GitHub shows ten errors, ten warnings and ten notices of a step and silently drops the rest, so if there are more, the
tenth says how many.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from vidcheck.facts import visible
from vidcheck.findings import Level, Outcome
from vidcheck.quantities import Manner
from vidcheck.reports.page import clipped
from vidcheck.reports.words import INCOMPLETE, line, paragraphs, totals
from vidcheck.texts import labelled, say, say_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.findings import Finding, Report

_MOST = 10
_LONGEST_TITLE, _LONGEST_MESSAGE = 200, 4000
_COMMANDS = {
    (Outcome.FAIL, Level.REQUIRED): "error", (Outcome.FAIL, Level.RECOMMENDED): "warning",
    (Outcome.UNKNOWN, Level.REQUIRED): "warning", (Outcome.UNKNOWN, Level.RECOMMENDED): "notice",
}  # fmt: skip


class _Note(NamedTuple):
    """One annotation."""

    file: str
    line: int
    finding: Finding


def render(report: Report, lang: str = "en") -> bytes:
    """The report's workflow commands, one a line."""
    manner = Manner(lang, report.rules.zone)
    lines = [*_whole(report, lang)]
    for command, most in (("error", _MOST - len(lines)), ("warning", _MOST), ("notice", _MOST - 1)):
        lines += _commands(
            command, [note for note in _notes(report) if _command_of(note.finding) == command], most, manner
        )
    lines.append(_command("notice", {"title": "vidcheck"}, _summary(report, lang)))
    return "\n".join([*lines, ""]).encode()


def _whole(report: Report, lang: str) -> Iterator[str]:
    if report.incomplete:
        yield _command("error", {"title": "vidcheck"}, INCOMPLETE.render(lang))


def _summary(report: Report, lang: str) -> str:
    waiting = report.summary.manual
    items = say_count("{count} item for a person", "{count} items for a person", waiting).render(lang)
    return totals(report, lang) + (say("; ").render(lang) + items if waiting else "")


def _notes(report: Report) -> Iterator[_Note]:
    every = (_Note(entry.entry.shown, 1, finding) for entry in report.entries for finding in entry.findings)
    # A finding on several entries has no file of its own, so the rule's file is used.
    batch = (_Note(visible(finding.place.file), finding.place.line, finding) for finding in report.batch)
    return chain(every, batch)


def _commands(command: str, notes: list[_Note], most: int, manner: Manner) -> Iterator[str]:
    shown = notes if len(notes) <= most else notes[: most - 1]
    for note in shown:
        title = labelled(note.file, visible(note.finding.rule), manner.lang)
        message = "\n".join(paragraphs(note.finding, manner))
        yield _command(command, {"file": note.file, "line": str(note.line), "title": title}, message)
    rest = len(notes) - len(shown)
    if rest:
        words = say_count(
            "{count} more like this; the report has it.", "{count} more like these; the report has them.", rest
        )
        yield _command(command, {"title": "vidcheck"}, line(words, manner.lang))


def _command_of(finding: Finding) -> str | None:
    return _COMMANDS.get((finding.standing, finding.level))


def _command(command: str, properties: dict[str, str], message: str) -> str:
    written = ",".join(
        f"{name}={_escaped(clipped(value, _LONGEST_TITLE) if name == 'title' else value, in_property=True)}"
        for name, value in properties.items()
    )
    return f"::{command} {written}::{_escaped(clipped(message, _LONGEST_MESSAGE))}"


def _escaped(text: str, *, in_property: bool = False) -> str:
    """Text as a command's data, or as the value of one of its properties (actions/toolkit, command.ts)."""
    safe = "\n".join(map(visible, text.split("\n")))
    safe = safe.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return safe.replace(":", "%3A").replace(",", "%2C") if in_property else safe
