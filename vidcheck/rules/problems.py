"""The problems of a rules file, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from vidcheck.findings import Place
from vidcheck.texts import Joined, Plain, Readable, Text, say

if TYPE_CHECKING:
    from vidcheck.quantities import NotAValueError


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a rules file."""

    place: Place
    """Its place. Line 0: the file as a whole (it is missing, it is a folder)."""
    message: Readable
    """What is wrong, the nearest valid spelling included."""
    hint: str = ""
    """The nearest valid spelling by itself; empty if there is none."""

    def render(self, lang: str) -> str:
        """`rules.yaml:3:24: duration: 'wide' is not a duration (try "2 min")`."""
        where = str(self.place) if self.place.line else self.place.file
        return f"{where}: {self.message.render(lang)}"

    def __str__(self) -> str:
        return self.render("en")


class RulesError(Exception):
    """A rules file is invalid. Holds all problems, sorted by place; its text is one line each."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.place))
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[RulesError], tuple[tuple[Problem, ...]]]:
        return RulesError, (self.problems,)

    def render(self, lang: str) -> str:
        """One line for each problem, in that language."""
        return "\n".join(problem.render(lang) for problem in self.problems)


def fault(file: str, message: Readable, hint: str = "") -> RulesError:
    """The error of a file that can't be read."""
    return RulesError((Problem(Place(file, 0, 0), _with_hint(message, hint), hint),))


class Ledger(NamedTuple):
    """A record of problems, under the name of what is being read."""

    problems: list[Problem]
    path: tuple[str, ...] = ()

    def within(self, name: str) -> Ledger:
        """The same ledger, one name deeper."""
        return Ledger(self.problems, (*self.path, name))

    def add(self, place: Place, message: Readable, hint: str = "") -> None:
        """Records a problem; the hint is shown after the message."""
        self._enter(place, _with_hint(message, hint), hint)

    def add_hinted(self, place: Place, message: Readable, hint: str) -> None:
        """Records a problem with a message that contains the hint."""
        self._enter(place, message, hint)

    def add_value(self, place: Place, error: NotAValueError) -> None:
        """Records a text that isn't a value of its kind; the message contains the hint."""
        holes = {"text": quoted(error.text), "hint": quoted(error.hint), "other": quoted(error.other)}
        self._enter(place, Text(error.why, tuple(holes.items())), error.hint)

    def _enter(self, place: Place, message: Readable, hint: str) -> None:
        parts = (*(Plain(quoted(name)) for name in self.path), message)
        self.problems.append(Problem(place, Joined(parts, say(": ")) if self.path else message, hint))


def quoted(text: str, most: int = 60) -> str:
    """Other people's text for use in a sentence: escaped, on one line, shortened."""
    from vidcheck.facts import visible

    return visible(text) if len(text) <= most else f"{visible(text[:most])}…"


def _with_hint(message: Readable, hint: str) -> Readable:
    return say('{what} (try "{hint}")', what=message, hint=quoted(hint, 200)) if hint else message
