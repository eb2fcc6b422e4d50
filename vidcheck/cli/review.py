"""`vidcheck review`: asks about everything in a report that waits for a person, and writes each answer at once."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from unicodedata import normalize

import typer

from vidcheck.cli import exits
from vidcheck.cli.decide import (
    DEFAULT_FILE,
    add,
    day_of,
    decisions_in,
    made_decision,
    read_checksum,
    rule_called,
    take_back,
)
from vidcheck.cli.i18n import worded
from vidcheck.cli.inputs import rules_of_report, saved_report, table_of_report
from vidcheck.cli.keys import Keys
from vidcheck.cli.options import By, DecisionsWritten, ReviewManifest, ScreenLanguage
from vidcheck.cli.screen import Screen, named, progress, screen_language
from vidcheck.facts import visible
from vidcheck.findings import Choice, Level, Likely, Outcome
from vidcheck.texts import Capital, Plain, labelled, marked, say, say_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    from vidcheck.facts import Facts
    from vidcheck.findings import Decision, RuleSummary, Verdict
    from vidcheck.reports.page import Row
    from vidcheck.reports.saved import SavedEntry, SavedFact, SavedFinding, SavedReport
    from vidcheck.rules.decisions import Decisions
    from vidcheck.texts import Readable, Text

_ACCEPT, _REJECT, _WHY, _ALL, _OPEN, _SKIP, _NEXT, _FILTER, _UNDO, _QUIT = "arw*osnfuq"
_YES = "y"
"""Accepts those of all items of a rule of which a machine suggests yes."""
_LONGEST = 1000
"""The most characters of a text on the screen."""
_LONGEST_DECLARED = 300
_MOST_NAMED = 5
_VERDICTS = {"ineligible": marked("ineligible"), "review": marked("review"), "eligible": marked("eligible")}
_DECLARED = (
    "declared.title", "declared.category", "declared.authors", "declared.summary", "declared.broadcast-platform", "declared.broadcast-url",
    "declared.broadcast-date", "declared.completed-date",
)  # fmt: skip
"""What was declared of an entry that helps to decide on it."""


class _EndedError(Exception):
    """The person has ended the review."""


def review(
    report: Annotated[
        Path, typer.Argument(metavar="REPORT", help=worded("A JSON report of vidcheck check."), show_default=False)
    ],
    by: By = "",
    decisions: DecisionsWritten = None,
    rule: Annotated[
        str | None,
        typer.Option(
            "--rule", metavar="NAME", help=worded("Walk through the items of this rule alone."), show_default=False
        ),
    ] = None,
    manifest: ReviewManifest = None,
    lang: ScreenLanguage = None,
) -> None:
    """Walk through everything in a JSON report that waits for a person, and write each decision down at once.

    What people decided differently comes first, then what is unknown, then what the rules leave to a person. What is
    decided already, of the same bytes, is passed over: so a walk can be broken off and taken up again. All items of a
    rule can be decided alike at once, and the last answer can be taken back. Your name is asked for where --by is not
    given.

    Exit codes: 0 nothing is left, 3 something is, 2 no report or no sound file of decisions, 5 it could not be written.
    """
    screen = Screen(screen_language(lang))
    saved = saved_report(str(report), screen)
    only = None if rule is None else _asked_rule(rule, saved)
    walk = _Walk(screen, saved, decisions or [DEFAULT_FILE], by, only)
    if manifest is not None:
        walk.rows = _declared(saved, manifest, screen)
    with suppress(_EndedError, EOFError):
        walk.all()
    if walk.decided:
        path = named(walk.path)
        screen.line(
            say_count("{count} decision is in {path}", "{count} decisions are in {path}", walk.decided, path=path)
        )
    if walk.left > 0:
        screen.line(say_count("{count} item still waits", "{count} items still wait", walk.left))
        raise typer.Exit(exits.REVIEW)
    screen.line(say("Nothing waits for a person."))


def _asked_rule(name: str, saved: SavedReport) -> str:
    """The rule with that name or label; a usage error names those that are near."""
    names = dict.fromkeys([*saved.rules, *(finding.rule for entry in saved.entries for finding in entry.waiting)])
    return rule_called(name, {each: {saved.labels.get(each, each)} for each in names}, "--rule")


def _declared(saved: SavedReport, manifest: str, screen: Screen) -> dict[str, list[Facts]]:
    """What the table says of each entry, without personal data."""
    from vidcheck.personal import withheld_facts

    paths = [entry.entry.path for entry in saved.entries]
    with table_of_report(saved.source, None, manifest, screen) as session:
        rows = session.rows(paths)
    return {path: [withheld_facts(facts) for facts in several] for path, several in rows.items()}


@dataclass(frozen=True, slots=True)
class _Filter:
    """The items that a person wants to see."""

    rule: str | None = None
    verdict: Verdict | None = None
    likely: Likely | None = None
    """What a machine suggests."""
    name: str = ""
    """A part of the entry's path."""


@dataclass(eq=False, slots=True)
class _Item:
    """One finding of one entry that waits for a person."""

    entry: SavedEntry
    at: int
    """The entry's place in the report."""
    finding: SavedFinding
    contested: Decision | None = None
    """The decision that others decided against."""
    done: bool = False
    passed: bool = False
    """Whether it was left for another time."""

    def is_of(self, asked: _Filter) -> bool:
        """Whether a filter lets it pass."""
        about = self.entry.entry.shown.casefold()
        return (
            asked.rule in {None, self.finding.rule}
            and asked.verdict in {None, self.entry.verdict}
            and asked.likely in {None, self.likely}
            and asked.name.casefold() in about
        )

    @property
    def likely(self) -> Likely | None:
        """What a machine suggests; None if it suggests nothing."""
        suggestion = self.finding.suggestion
        return suggestion.answer if suggestion and self.contested is None else None

    @property
    def kind(self) -> tuple[int, bool]:
        """What comes first: what people decided differently, what is unknown, what the rules leave to a person."""
        weight = 0 if self.contested else 2 if self.finding.outcome is Outcome.MANUAL else 1
        return weight, self.finding.level is not Level.REQUIRED


class _Walk:
    """One person's review."""

    def __init__(self, screen: Screen, saved: SavedReport, files: Sequence[str], by: str, rule: str | None) -> None:
        self.path = files[-1]
        """The file that decisions are added to."""
        self.decided = 0
        self.rows: dict[str, list[Facts]] = {}
        """What the manifest says of the entries."""
        self._screen, self._by, self._filter = screen, by.strip(), _Filter(rule)
        self._rules = _rules_in(screen.lang, saved)
        self._labels = _labels(saved, self._rules, screen.lang)
        self._entries = len(saved.entries)
        self._foreign = saved.lang not in {screen.lang, ""} and any(each.waiting for each in saved.entries)
        self._zone = _zone(saved.timezone)
        self._keys = Keys(screen)
        self._checksums: dict[str, str] = {}
        self._back: _Item | None = None
        """The item whose answer was taken back, which is asked for next."""
        self._undo: list[tuple[list[Decision], list[_Item]]] = []
        self._known: Decisions = decisions_in(files, screen)
        self._several = len({os.path.realpath(path) for path in files}) > 1
        self._items = self._waiting(saved)

    @property
    def left(self) -> int:
        """How many items wait."""
        return sum(not item.done for item in self._items)

    def all(self) -> None:
        """Asks about one item after another."""
        if self._foreign:
            words = say("The report's sentences are in another language: vidcheck check --lang {lang} writes them in this one.", lang=self._screen.lang)  # fmt: skip
            self._screen.note(words)
        contested = sum(item.contested is not None for item in self._items)
        if contested:
            self._screen.line(
                say_count(
                    "People decided {count} item differently.", "People decided {count} items differently.", contested
                )
            )
        while True:
            queue = self._queue
            item = self._back or next((item for item in queue if not item.passed and not item.done), None)
            self._back = None
            if item is not None:
                self._ask(item, queue)
            elif self._filter != _Filter() and any(not each.done and not each.passed for each in self._items):
                self._screen.line(say("Nothing is left of {filter}.", filter=self._filtered))
                self._filter = _Filter()
            elif not self._undo or not self._wants_back():
                return

    def _wants_back(self) -> bool:
        """Whether the person takes back the answer to the last item."""
        question = say("That was the last item: [u]ndo; any other key ends: ").render(self._screen.lang)
        wanted = self._keys.key(f"{question.rstrip()} ") == _UNDO
        if wanted:
            self._take_back()
        return wanted

    @property
    def _queue(self) -> list[_Item]:
        return [item for item in self._items if item.is_of(self._filter)]

    @property
    def _filtered(self) -> Readable:
        """What the filter lets pass."""
        asked = self._filter
        if asked.rule is not None:
            return Plain(self._called(asked.rule))
        if asked.likely is not None:
            from vidcheck.reports.finding import LIKELY

            return LIKELY[asked.likely]
        return say(_VERDICTS[asked.verdict.value]) if asked.verdict is not None else Plain(f"“{asked.name}”")

    def _waiting(self, saved: SavedReport) -> list[_Item]:
        """The items that nobody has decided, or that people decided differently, the most important first."""
        from vidcheck.engine.decisions import resolved

        items: list[_Item] = []
        with progress(say("reading what was decided"), len(saved.entries), self._screen) as shown:
            for at, entry in enumerate(saved.entries, 1):
                rows = self._known.of(entry.entry)
                waiting = {finding.rule for finding in entry.waiting}
                asked = [row for row in rows if self._several or row.rule in waiting]
                checksum = self._checksum(entry.entry.path) if asked else None
                counting = resolved(rows, checksum) if asked and checksum else {}
                for finding in entry.findings:
                    decision = counting.get(_shown(finding.rule))
                    valid = decision is not None and decision.void is None
                    contested = decision if decision is not None and valid and decision.against else None
                    if contested or (finding.waits and not valid):
                        items.append(_Item(entry, at, finding, contested))
                        items[-1].passed = bool(asked) and checksum is None
                shown.entry()
        return sorted(items, key=lambda item: item.kind)

    def _checksum(self, path: str) -> str | None:
        """The file's checksum; None if it can't be read, which is said once."""
        from vidcheck.witnesses.errors import CouldNotLookError

        if path not in self._checksums:
            try:
                self._checksums[path] = read_checksum(path)
            except CouldNotLookError as error:
                self._screen.trouble(say("{path} can't be read: {reason}", path=named(path), reason=error.message))
                self._checksums[path] = ""
        return self._checksums[path] or None

    def _ask(self, item: _Item, queue: list[_Item]) -> None:
        """Shows an item and does what the person answers."""
        self._show(item, queue)
        answer = self._answer(item)
        if answer == _SKIP:
            item.passed = True
        elif answer == _NEXT:
            for other in queue:
                other.passed = other.passed or other.entry is item.entry
        elif answer == _ALL:
            self._decide_alike(item)
        elif answer == _FILTER:
            self._choose()
        elif answer == _UNDO:
            self._take_back()
        else:
            self._write([item], Choice.REJECT if answer == _REJECT else Choice.ACCEPT, ask_why=answer != _ACCEPT)

    def _answer(self, item: _Item) -> str:
        lang = self._screen.lang
        legend = say(
            "[a]ccept, [r]eject, accept and say [w]hy, [*] all of this rule, [o]pen the video, [s]kip, [n]ext entry, [f]ilter by "
            "rule, [u]ndo, [q]uit"
        )
        self._rows(_row(legend.render(lang), indent=0))
        while True:
            answer = self._keys.key("> ")
            if answer == _OPEN:
                typer.launch(os.path.abspath(item.entry.entry.path))  # noqa: PTH100 - surrogate escapes stay; no option, no address
            elif answer == _QUIT:
                raise _EndedError
            elif answer and answer in {_ACCEPT, _REJECT, _WHY, _ALL, _SKIP, _NEXT, _FILTER, _UNDO}:
                return answer

    def _decide_alike(self, item: _Item) -> None:
        """Decides all items of the rule alike, after one question that names their number."""
        alike = [each for each in self._queue if not each.done and _are_alike(each, item)]
        lang, rule = self._screen.lang, self._called(item.finding.rule)
        if self._filter.rule is None and self._filter != _Filter():
            rule = f"{rule} ({self._filtered.render(lang)})"
        question = say_count(
            "{count} item of {rule}: [a]ccept, [r]eject, accept and say [w]hy; any other key changes nothing",
            "All {count} items of {rule}: [a]ccept, [r]eject, accept and say [w]hy; any other key changes nothing",
            len(alike), rule=rule,
        )  # fmt: skip
        self._rows(_row(question.render(lang), indent=0))
        likely = [each for each in alike if each.likely is Likely.YES]
        if likely and len(likely) < len(alike):
            more = say_count(
                "[y] accepts the {count} that is likely", "[y] accepts the {count} that are likely", len(likely)
            )
            self._rows(_row(more.render(lang), indent=0))
        answer = self._keys.key("> ")
        if answer == _YES and likely:
            self._write(likely, Choice.ACCEPT, ask_why=False)
        if answer and answer in {_ACCEPT, _REJECT, _WHY}:
            self._write(alike, Choice.REJECT if answer == _REJECT else Choice.ACCEPT, ask_why=answer != _ACCEPT)

    def _choose(self) -> None:
        """Asks which items are wanted: those of a rule, of a verdict, or of entries with some word in their name."""
        waiting = [item for item in self._items if not item.done]
        offered: dict[_Filter, int] = {}
        for each in (
            *(_Filter(item.finding.rule) for item in waiting),
            *(_Filter(verdict=item.entry.verdict) for item in waiting),
            *(_Filter(likely=item.likely) for item in waiting if item.likely),
        ):
            offered[each] = offered.get(each, 0) + 1
        choices, before = [*offered], self._filter
        for at, self._filter in enumerate(choices, 1):
            self._rows(_row(f"{at}  {self._filtered.render(self._screen.lang)} ({offered[self._filter]})"))
        self._filter = before
        question = say("Number, or a part of the file's name (Enter: all): ").render(self._screen.lang)
        while True:
            text = visible(normalize("NFKC", self._keys.line(question)).strip())
            numbers = {str(at): choice for at, choice in enumerate(choices, 1)}  # `001` is part of a name
            asked = numbers.get(text, _Filter(name=text))
            wanted = [item for item in waiting if item.is_of(asked)]
            if wanted or not text:
                self._filter = asked
                for item in wanted if text else ():  # what was skipped is asked for now
                    item.passed = False
                return
            self._screen.line(say("Nothing is left of {filter}.", filter=f"“{text}”"))

    def _write(self, items: Sequence[_Item], choice: Choice, *, ask_why: bool) -> None:
        self._by = self._by or self._said(say("Your name: "))
        lacking = say("a rejection needs a reason, which the entrant will read")
        why = self._said(say("Why: "), lacking if choice is Choice.REJECT else None) if ask_why else ""
        day = day_of(None)
        made, of = [], []
        for item in items:
            path = item.entry.entry.path
            checksum = self._checksum(path)
            if checksum is None:
                item.passed = True
                continue
            rule = _shown(item.finding.rule)
            made.append(made_decision(path, rule, choice, self._by, why, day, checksum, self._known))
            of.append(item)
        if not made:
            return
        add(self.path, made, self._screen)
        self._undo.append((made, of))
        self._count(of, done=True)
        if len(items) > 1:
            words = say_count("{count} item is decided.", "{count} items are decided.", len(made))
            self._screen.line(words)

    def _take_back(self) -> None:
        """Takes the last answer back."""
        if not self._undo:
            self._screen.line(say("There is nothing to take back."))
            return
        made, items = self._undo.pop()
        if take_back(self.path, made, self._screen):
            self._count(items, done=False)
            if not all(item.is_of(self._filter) for item in items):
                self._filter = _Filter()
            words = say_count("{count} decision is taken back.", "{count} decisions are taken back.", len(made))
            self._screen.line(words)
        else:
            words = say("{path} was changed meanwhile: nothing is taken back", path=named(self.path))
            self._screen.trouble(words)

    def _count(self, items: Sequence[_Item], *, done: bool) -> None:
        for item in items:
            item.done, item.passed = done, False
        self.decided += len(items) if done else -len(items)

    def _said(self, question: Text, lacking: Text | None = None) -> str:
        """A text that is not empty; `lacking` says what an empty one lacks."""
        while True:
            text = visible(" ".join(self._keys.line(question.render(self._screen.lang)).split()))
            if text:
                return text
            if lacking is not None:
                self._screen.line(lacking)

    def _called(self, rule: str) -> str:
        return _shown(self._labels.get(rule, rule))

    def _show(self, item: _Item, queue: list[_Item]) -> None:
        """Shows where the walk is, the entry, what was declared of it, and the question with its evidence."""
        from vidcheck.reports.finding import decision_words

        lang, finding, entry = self._screen.lang, item.finding, item.entry.entry
        place = say(
            "item {at} of {count}, entry {entry} of {entries}",
            at=queue.index(item) + 1, count=len(queue), entry=item.at, entries=self._entries,
        )  # fmt: skip
        where = [entry.shown, place.render(lang), *([self._filtered.render(lang)] if self._filter != _Filter() else [])]
        rows = [_row("", indent=0), _row(" · ".join(where), style="bold", indent=0)]
        self._rows(*rows)
        for text in self._about(item.entry):
            if "://" in text:  # a terminal gives an address back whole if nothing but itself breaks the line
                self._screen.line(f"  {text}")
            else:
                self._rows(_row(text))
        rows = []
        called, message = self._called(finding.rule), _shown(self._asked(finding))
        rows.append(_row(message if message.startswith(called) else labelled(called, message, lang)))
        if item.contested is not None:
            rows.append(_row(_shown(decision_words(item.contested).render(lang)), indent=4))
        if finding.outcome is Outcome.UNKNOWN:
            rows.append(_row(say("expected {expected}", expected=_shown(finding.expected)).render(lang), indent=4))
        if finding.suggestion is not None and item.contested is None:
            from vidcheck.reports.finding import LIKELY

            holes = {"answer": LIKELY[finding.suggestion.answer], "because": _shown(finding.suggestion.because)}
            rows.append(_row(say("Suggestion: {answer} ({because})", **holes).render(lang), indent=4, style="bold"))
            rows += [_row(self._witness(fact), indent=4) for fact in finding.suggestion.evidence]
        rows += [_row(self._witness(fact), indent=4) for fact in finding.evidence if fact.key not in _DECLARED]
        rows += [_row(f"• {_shown(remark)}", indent=4) for remark in finding.remarks]
        self._rows(*rows)

    def _asked(self, finding: SavedFinding) -> str:
        """What a person has to judge, in the language of the screen where the rules are at hand."""
        rule = self._rules.get(finding.rule)
        if rule is not None and finding.outcome is Outcome.MANUAL and not finding.contested:
            return rule.meaning.render(self._screen.lang)
        return finding.message

    def _about(self, entry: SavedEntry) -> Iterable[str]:
        """What was declared of the entry, line by line."""
        from vidcheck.reports.saved import line
        from vidcheck.vocabulary import KEYS

        texts: dict[str, dict[str, None]] = {}
        for finding in entry.findings:
            for fact in finding.evidence:
                if fact.key in _DECLARED and fact.witness == "declared":
                    texts.setdefault(fact.key, {})[_value(fact, self._screen.lang, self._zone)] = None
        for facts in self.rows.get(entry.entry.path, ()):
            for row in facts.facts:
                if row.key in _DECLARED and row.value is not None:
                    kind = KEYS[row.key].kind
                    texts.setdefault(row.key, {})[row.raw if kind.ordered else kind.show(row.value)] = None
        for key in _DECLARED:
            most = _LONGEST if key == "declared.broadcast-url" else _LONGEST_DECLARED
            shown = [line(text, most) for text in texts.get(key, ()) if text]
            if shown:
                name = KEYS[key].called.render(self._screen.lang)
                yield labelled(name, "; ".join(shown[:_MOST_NAMED]), self._screen.lang)

    def _witness(self, fact: SavedFact) -> str:
        """One witness's fact on one line."""
        from vidcheck.reports.finding import key_name
        from vidcheck.witnesses import registry

        lang = self._screen.lang
        witness = registry.called(fact.witness).render(lang)
        said = labelled(key_name(fact.key, lang), _value(fact, lang, self._zone) or "–", lang)
        return " · ".join(filter(None, map(_shown, (said, witness, fact.note))))

    def _rows(self, *rows: Row) -> None:
        from vidcheck.reports.page import Page

        self._screen.page(Page(rows, self._screen.encoding))


def _rules_in(lang: str, saved: SavedReport) -> dict[str, RuleSummary]:
    """The rules of a report in another language than the screen's, by name; none if they are not at hand unchanged."""
    from vidcheck.rules.problems import RulesError
    from vidcheck.rules.reader import load_rules
    from vidcheck.rules.summary import summarise

    source = rules_of_report(saved.source, None) if saved.lang != lang else None
    try:
        rules = load_rules(source) if source else None
    except RulesError:
        rules = None
    if rules is None or rules.digest != saved.digest:
        return {}
    return {rule.rule: rule for rule in summarise(rules).rules}


def _labels(saved: SavedReport, rules: Mapping[str, RuleSummary], lang: str) -> dict[str, str]:
    """What people call each rule."""
    from vidcheck.declared.join import LABEL, RULE

    own = {RULE: Capital(LABEL).render(lang)}
    return own | saved.labels | {name: rule.called.render(lang) for name, rule in rules.items()}


def _are_alike(item: _Item, other: _Item) -> bool:
    return (
        item.finding.rule == other.finding.rule
        and item.finding.outcome is other.finding.outcome
        and (item.contested is None) == (other.contested is None)
    )


def _row(text: str, *, indent: int = 2, style: str = "") -> Row:
    from vidcheck.reports.page import Row, Span

    return (
        Row(indent=indent, hang=indent + 2, lead=(), body=(Span(text, style),))
        if not indent
        else Row(indent=indent, lead=(Span(text, style),), hang=indent)
    )


def _value(fact: SavedFact, lang: str, zone: tzinfo) -> str:
    """A fact's value as people read it: no seconds since 1904, no counts of bytes."""
    from vidcheck.facts import Fact
    from vidcheck.quantities import DATE, Manner, NotAValueError
    from vidcheck.reports.finding import fact_words
    from vidcheck.vocabulary import KEYS

    value: Any = fact.value
    if value is None or fact.key not in KEYS:
        return "" if fact.raw.strip().lstrip("-").isdigit() else fact.raw
    kind = KEYS[fact.key].kind
    if kind is DATE and fact.witness == "declared":
        return fact.raw or str(value)
    try:
        if isinstance(value, str):
            value = kind.read(value, zone)
        elif isinstance(value, float):
            value = Fraction(str(value))
        return fact_words(Fact(key=fact.key, witness=fact.witness, value=value), Manner(lang, zone))
    except (NotAValueError, TypeError, ValueError, AttributeError):
        return "×".join(map(str, value)) if isinstance(value, tuple) else str(fact.value)


def _zone(name: str) -> tzinfo:
    """The report's time zone; UTC if it is not known here."""
    from datetime import UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return UTC


def _shown(text: str) -> str:
    from vidcheck.reports.saved import line

    return line(text, _LONGEST)
