"""`vidcheck review`: asks about everything in a report that waits for a person, and writes each answer at once."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.decide import DEFAULT_FILE, add, day_of, read_checksum
from vidcheck.cli.i18n import worded
from vidcheck.cli.inputs import saved_report
from vidcheck.cli.options import By, DecisionsWritten, ScreenLanguage
from vidcheck.cli.screen import Screen, named, screen_language
from vidcheck.findings import Choice, Outcome
from vidcheck.texts import Joined, Plain, say, say_count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vidcheck.reports.saved import SavedEntry, SavedFact, SavedFinding
    from vidcheck.rules.decisions import Decisions

_ACCEPT, _REJECT, _OPEN, _SKIP, _NEXT, _QUIT = "arosnq"
_LONGEST = 1000
"""The most characters of a text on the screen."""


class _EndedError(Exception):
    """The person has ended the review."""


def review(
    report: Annotated[
        Path, typer.Argument(metavar="REPORT", help=worded("A JSON report of vidcheck check."), show_default=False)
    ],
    by: By = "",
    decisions: DecisionsWritten = DEFAULT_FILE,
    lang: ScreenLanguage = None,
) -> None:
    """Walk through everything in a JSON report that waits for a person, and write each decision down at once.

    What is decided already, of the same bytes, is passed over: so a walk can be broken off and taken up again.
    Your name is asked for where --by is not given.

    Exit codes: 0 nothing is left, 3 something is, 2 no report or no sound file of decisions, 5 it could not be written.
    """
    screen = Screen(screen_language(lang))
    saved = saved_report(str(report), screen)
    entries = [entry for entry in saved.entries if entry.waiting]
    walk = _Walk(screen, decisions, by, saved.labels)
    with suppress(_EndedError, EOFError):
        for entry in entries:
            walk.entry(entry)
    left = sum(len(entry.waiting) for entry in entries) - walk.done
    if walk.decided:
        line = say_count(
            "{count} decision is in {path}", "{count} decisions are in {path}", walk.decided, path=named(decisions)
        )
        screen.line(line)
    if left > 0:
        screen.line(say_count("{count} item still waits", "{count} items still wait", left))
        raise typer.Exit(exits.REVIEW)
    screen.line(say("Nothing waits for a person."))


class _Walk:
    """One person's review."""

    def __init__(self, screen: Screen, decisions: str, by: str, labels: Mapping[str, str]) -> None:
        self.done = 0
        """The number of items that need no more attention."""
        self.decided = 0
        self._screen, self._path, self._by, self._labels = screen, decisions, by, labels
        self._known = self._load()
        self._answers = typer.get_text_stream("stdin")  # one stream for all: each stream reads ahead in a pipe

    def _load(self) -> Decisions | None:
        from vidcheck.rules.decisions import load_decisions
        from vidcheck.rules.problems import RulesError

        if not os.path.lexists(self._path):
            return None
        try:
            return load_decisions(self._path)
        except RulesError as error:
            for problem in error.problems:
                self._screen.trouble(problem)
            raise typer.Exit(exits.USAGE) from None

    def entry(self, entry: SavedEntry) -> None:
        """Asks about one entry."""
        from vidcheck.witnesses.errors import CouldNotLookError

        path = entry.entry.path
        try:
            checksum = read_checksum(path)
        except CouldNotLookError as error:
            words = say("{path} can't be read: {reason}", path=named(path), reason=error.message)
            self._screen.trouble(words)
            return
        waiting = [finding for finding in entry.waiting if not self._is_decided(path, finding, checksum)]
        self.done += len(entry.waiting) - len(waiting)
        for at, finding in enumerate(waiting, 1):
            self._show(path, finding, at, len(waiting))
            answer = self._answer(path)
            if answer == _NEXT:
                break
            if answer in {_ACCEPT, _REJECT}:
                self._write(path, finding, checksum, Choice.ACCEPT if answer == _ACCEPT else Choice.REJECT)

    def _is_decided(self, path: str, finding: SavedFinding, checksum: str) -> bool:
        from vidcheck.facts import Entry

        rows = self._known.of(Entry(path=path)) if self._known else ()
        return any(row.rule == _shown(finding.rule) and row.checksum == checksum for row in rows)

    def _show(self, path: str, finding: SavedFinding, at: int, count: int) -> None:
        screen, rule = self._screen, _shown(self._labels.get(finding.rule, finding.rule))
        screen.line("")
        screen.line(say("{path} ({at} of {count}): {rule}", path=named(path), at=at, count=count, rule=rule))
        screen.line(f"  {_shown(finding.message)}")
        if finding.outcome is Outcome.UNKNOWN:
            screen.line(Joined((Plain("  "), say("expected {expected}", expected=_shown(finding.expected))), ""))
        for fact in finding.evidence:
            screen.line(f"    {_witness(fact, screen.lang)}")
        for remark in finding.remarks:
            screen.line(f"  • {_shown(remark)}")
        place = _shown(f"{finding.place.file}:{finding.place.line}")
        screen.line(Joined((Plain("  "), say("asked by {place}", place=place)), ""))

    def _answer(self, path: str) -> str:
        question = say("[a]ccept, [r]eject, [o]pen the video, [s]kip, [n]ext entry, [q]uit: ")
        while True:
            answer = self._ask(question.render(self._screen.lang)).strip().lower()[:1]
            if answer == _OPEN:
                typer.launch(os.path.abspath(path))  # noqa: PTH100 - surrogate escapes stay; no option, no address
            elif answer == _QUIT:
                raise _EndedError
            elif answer in {_ACCEPT, _REJECT, _SKIP, _NEXT}:
                return answer

    def _ask(self, question: str) -> str:
        self._screen.stream.write(question)
        self._screen.stream.flush()
        line = self._answers.readline()
        if not line:
            self._screen.line("")
            raise EOFError
        return line

    def _write(self, path: str, finding: SavedFinding, checksum: str, choice: Choice) -> None:
        from vidcheck.facts import Entry
        from vidcheck.findings import Decision, Place

        lang = self._screen.lang
        self._by = self._by or self._said(say("Your name: ").render(lang))
        why = self._said(say("Why: ").render(lang))
        decision = Decision(
            entry=Entry(path=path).shown, checksum=checksum, rule=_shown(finding.rule), choice=choice, by=self._by, reason=why,
            date=day_of(None), place=Place("", 0, 0),
        )  # fmt: skip
        add(self._path, decision, self._screen)
        self.done += 1
        self.decided += 1

    def _said(self, question: str) -> str:
        from vidcheck.facts import visible

        while True:
            text = visible(" ".join(self._ask(question).split()))
            if text:
                return text


def _witness(fact: SavedFact, lang: str) -> str:
    """One witness's fact on one line."""
    from vidcheck.reports.finding import key_name
    from vidcheck.witnesses import registry

    key, witness = key_name(fact.key, lang), registry.called(fact.witness).render(lang)
    value = fact.raw or ("" if fact.value is None else str(fact.value))
    return " · ".join(filter(None, map(_shown, (key, witness, fact.locator, value, fact.note))))


def _shown(text: str) -> str:
    from vidcheck.reports.saved import line

    return line(text, _LONGEST)
