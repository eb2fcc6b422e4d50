"""An Excel workbook: the summary, a coloured table of entries and rules, every finding, every witness's fact.

Needs the extra `vidcheck[xlsx]` (XlsxWriter). The same report makes the same bytes.
"""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote

from vidcheck.facts import Entry, State, visible
from vidcheck.findings import Level, Outcome, Verdict
from vidcheck.quantities import (
    BIT_RATE,
    BYTES,
    COUNT,
    DATE,
    DURATION,
    FRAME_RATE,
    FREQUENCY,
    PIXELS,
    SHARE,
    Manner,
    in_zone,
)
from vidcheck.reports import MissingExtraError
from vidcheck.reports.finding import LIKELY, suggested
from vidcheck.reports.links import film
from vidcheck.reports.paths import exact
from vidcheck.reports.words import INCOMPLETE, fault, line, lines, reasons, title_of, unit_of, words_of
from vidcheck.resolve import chosen
from vidcheck.texts import GIVEN, Plain, aside, join, marked, say
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from vidcheck.facts import Fact
    from vidcheck.findings import Finding, Report
    from vidcheck.quantities import Moment
    from vidcheck.texts import Readable, Text

_UNHELD = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|^<r>|^.{16383}", re.DOTALL)
"""What a cell can't hold exactly: what XML doesn't allow (not every reader knows Excel's `_x000D_`), and what `fitted` changes."""
LONGEST = 32_767
"""The most UTF-16 units in a cell."""
_MOST_DIGITS = 10**15
"""Excel stores 15 digits of a number and sets the others to zero."""
_FIRST_DAY, _LAST_DAY = date(1900, 3, 1), date(9999, 12, 31)
"""The days with the same number in all spreadsheets (Excel has a 29 February 1900)."""
_LONGEST_TIME = 9999 * 3600
_WHOLE, _DECIMAL, _PART = "#,##0", "General", "0.0#%"
_DAY, _TIME, _LENGTH = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "[h]:mm:ss.000"
_NUMBER_FORMATS = (_WHOLE, _DECIMAL, _PART, _DAY, _TIME, _LENGTH)
_NUMBERS = {
    BYTES: _WHOLE,
    COUNT: _WHOLE,
    PIXELS: _WHOLE,
    FREQUENCY: _WHOLE,
    BIT_RATE: _WHOLE,
    FRAME_RATE: _DECIMAL,
    SHARE: _PART,
}

_Row: TypeAlias = "Sequence[Cell | str | None]"
"""A text without a format of its own may be given instead of a cell."""
_EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001 - the first moment that a ZIP can hold, which knows no zones
# Texts stay texts: other people's text becomes no formula, link or number.
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_HEAD, _LINK, _WRAPPED = "head", "link", "wrapped"
_A4 = 9
_MARGIN = 0.4
"""In inches."""
_LINE, _TALLEST = 15, 409
"""Heights in points: of a line of text, and the most that a row can have."""
_HAN = 2.2
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\U0001f300-\U0001faff\U00020000-\U0003ffff]+"
)
"""Letters as wide as two."""
_NAME = 36
"""The width of the names of entries."""
_MOST_LINKS = 65_000
"""Excel opens no sheet with more than 65,530."""
_LONGEST_LINK = 2000
_RESERVED = re.compile(r"""[%#?"<>\[\]^`{}| ]""")
_PRINTED = 8
"""Columns of findings that are printed: what was asked for and what was found. All of them would take five sheets side by side."""
_COLOURS = {
    _HEAD: ("404040", "FFFFFF"),
    "good": ("E2F0D9", "1E4620"), "bad": ("F8CBAD", "7B1C00"), "open": ("FFF2CC", "5C4400"),
    "warned": ("FFE5B4", "5C3A00"), "manual": ("DDEBF7", "1F3864"), "skipped": ("EDEDED", "404040"),
}  # fmt: skip
_VERDICTS = {
    Verdict.ELIGIBLE: ("good", marked("eligible")),
    Verdict.INELIGIBLE: ("bad", marked("ineligible")),
    Verdict.REVIEW: ("open", marked("review")),
}
_OUTCOMES = {
    Outcome.PASS: ("good", marked("pass")), Outcome.FAIL: ("bad", marked("fail")), Outcome.UNKNOWN: ("open", marked("unknown")),
    Outcome.MANUAL: ("manual", marked("manual")), Outcome.SKIP: ("skipped", marked("skip")),
}  # fmt: skip
_WARNED = ("warned", marked("warning"))
_LEVELS = {Level.REQUIRED: marked("required"), Level.RECOMMENDED: marked("recommended")}
_FINDING_HEADS = (
    (marked("entry"), 40), (marked("verdict"), 12), (marked("rule"), 18), (marked("outcome"), 12), (marked("level"), 14),
    (marked("expected"), 32), (marked("actual"), 28), (marked("difference"), 18), (marked("value"), 20), (marked("unit"), 8),
    (marked("message"), 90), (marked("remedy"), 90), (marked("command"), 30), (marked("evidence"), 60), (marked("asked by"), 22),
    (marked("decision"), 40), (marked("suggestion"), 14), (marked("because"), 60), (marked("remarks"), 60),
)  # fmt: skip


def render(report: Report, lang: str = "en", *, folder: str | None = None) -> bytes:
    """The whole report as a workbook. Raises MissingExtraError if XlsxWriter is not installed.

    `folder` is the one that it is written to; without it no link leads to the films.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise MissingExtraError("xlsx") from None

    manner, names = Manner(lang, report.rules.zone), _called(report, lang)
    heads = [(say(key).render(lang), width) for key, width in _FINDING_HEADS]
    bytes_ = [("path_bytes", 20)] if any(path_cells(entry.entry)[1] for entry in report.entries) else []
    figures = [(say("bytes").render(lang), 13), (say("running time").render(lang), 12)]
    declared = [(say("title").render(lang), 22), (say("unit or maker").render(lang), 16), (say("why").render(lang), 44)]
    sheets = (
        _Sheet(say("Summary"), _summary(report, lang), widths=(28, 64, 9, 9, 9, 9, 9), wrapped=frozenset({0, 1})),
        _Sheet(
            say("Entries"),
            _matrix(report, names, manner, folder),
            [
                (heads[0][0], _NAME),
                (heads[1][0], 10),
                *figures,
                *declared,
                *((name, 11) for name in names.values()),
                *bytes_,
            ],
            "C2",
            wrapped=frozenset({0, 4, 5, 6}),
            broken=2 + len(figures) + len(declared),
        ),
        _Sheet(
            say("Findings"),
            _findings(report, manner),
            [*heads, *bytes_],
            "B2",
            wrapped=frozenset({0, 2, 5, 6, 7, 10, 11, 15, 17, 18}),
            printed=_PRINTED,
        ),
    )
    out = io.BytesIO()
    with Workbook(out, _OPTIONS) as book:
        book.set_properties({"author": "vidcheck", "created": _EPOCH})
        looks = _looks(book)
        for sheet in sheets:
            _add(book, sheet, looks, report.rules.title_in(lang), lang)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The content of one sheet."""

    title: Text
    rows: Iterable[_Row]
    heads: Sequence[tuple[str, int]] = ()
    """Each column's head and width; a sheet without heads has no filters."""
    freeze: str = ""
    """The first cell that moves when the sheet is scrolled."""
    widths: Sequence[int] = ()
    wrapped: frozenset[int] = frozenset()
    """Columns whose texts take as many lines as they need."""
    broken: int = 0
    """The column in front of which a new printed page begins; the first two columns are on every one."""
    printed: int = 0
    """How many columns are printed, if not all are."""


def _looks(book: Workbook) -> dict[str, Format | None]:
    """The formats of cells."""
    looks = {
        "": book.add_format({"valign": "top"}),
        _WRAPPED: book.add_format({"valign": "top", "text_wrap": True}),
        _LINK: book.add_format({"valign": "top", "text_wrap": True, "font_color": "#0B5394", "underline": 1}),
    }
    for name, (fill, ink) in _COLOURS.items():
        look = {"bg_color": f"#{fill}", "font_color": f"#{ink}", "bold": name == _HEAD, "text_wrap": name == _HEAD}
        looks[name] = book.add_format({**look, "valign": "top"})
    return looks | {name: book.add_format({"num_format": name, "valign": "top"}) for name in _NUMBER_FORMATS}


def _set_print(page: Worksheet, sheet: _Sheet, title: str, last: int) -> None:
    """How the sheet is printed: on A4 across, with its heads, the call and the page's number on every page."""
    page.set_landscape()
    page.set_paper(_A4)
    page.set_margins(left=_MARGIN, right=_MARGIN, top=0.7, bottom=0.6)
    page.set_header(f"&L{title[:100].replace('&', '&&')}&R&A")
    page.set_footer("&C&P / &N")
    if sheet.heads:
        page.repeat_rows(0)
    if sheet.broken:
        page.repeat_columns(0, 1)
        page.set_v_pagebreaks([sheet.broken])
        page.set_print_scale(68)
    else:
        page.fit_to_pages(1, 0)
    if sheet.printed:
        page.print_area(0, 0, last, sheet.printed - 1)


def _add(book: Workbook, sheet: _Sheet, looks: Mapping[str, Format], title: str, lang: str) -> None:
    """Adds a sheet to the workbook."""
    page = book.add_worksheet(sheet.title.render(lang))
    widths = sheet.widths or [width for _, width in sheet.heads]
    for at, width in enumerate(widths):
        page.set_column(at, at, width)
    heads = [[Cell(text(name), _HEAD) for name, _ in sheet.heads]] if sheet.heads else []
    last = links = 0
    for last, row in enumerate(chain(heads, sheet.rows)):
        tall = 1
        for column, cell in enumerate(row):
            plain = _WRAPPED if column in sheet.wrapped else ""
            value, look = (cell.value, looks[cell.look or plain]) if isinstance(cell, Cell) else (cell, looks[plain])
            if value is None or value == "":
                continue
            if isinstance(value, str) and (plain or (sheet.heads and not last)):
                tall = max(tall, _lines(value, widths[column]))
            if isinstance(cell, Cell) and cell.link and links < _MOST_LINKS:
                links += 1
                page.write_url(last, column, cell.link, looks[cell.look or _LINK], str(value))
                # The name anew: older versions of XlsxWriter write it with backslashes, as they do the link.
                page.write_string(last, column, str(value), looks[cell.look or _LINK])
            else:
                _write(page, (last, column), value, look)
        if tall > 1:  # not every program finds out by itself
            page.set_row(last, min(tall * _LINE, _TALLEST))
    if sheet.heads:
        page.freeze_panes(sheet.freeze)
        page.autofilter(0, 0, last, len(sheet.heads) - 1)
    _set_print(page, sheet, title, last)


def _write(page: Worksheet, at: tuple[int, int], value: str | float | date | timedelta, look: Format) -> None:
    """Writes one cell."""
    if isinstance(value, str):
        page.write_string(*at, value, look)
    elif isinstance(value, (date, timedelta)):
        page.write_datetime(*at, value, look)
    else:
        page.write_number(*at, value, look)


def _lines(shown: str, width: int) -> int:
    """How many lines a text takes in a column so wide; Chinese letters are as wide as two others."""
    if len(shown) * _HAN < width and "\n" not in shown:
        return 1
    wide = (len(part) + (_HAN - 1) * sum(map(len, _WIDE.findall(part))) for part in shown.split("\n"))
    return sum(max(1, math.ceil(each / (width - 1))) for each in wide)


def _called(report: Report, lang: str) -> dict[str, str]:
    """What people call each rule: those that were applied, in order, then those that only findings name."""
    found = (finding for entry in report.entries for finding in entry.findings)
    called = {rule.rule: line(rule.called, lang) for rule in report.rules.rules}
    for each in found:
        if each.rule not in called:
            called[each.rule] = line(each.called, lang)
    return called


def _summary(report: Report, lang: str) -> Iterator[_Row]:
    rules, counts = report.rules, report.summary
    if report.incomplete:
        yield [Cell(INCOMPLETE.render(lang), "bad")]
    origin: list[tuple[Readable, str]] = [
        (say("call"), rules.title_in(lang)), (say("rules"), rules.source_in(lang)), (say("digest"), rules.digest),
        (say("time zone"), rules.timezone), *((Plain(name), version) for name, version in report.tool.items()),
    ]  # fmt: skip
    yield from ([text(key.render(lang)), text(words)] for key, words in origin)
    yield []
    yield [Cell(say("entries").render(lang), _HEAD), Cell(counts.entries, _WHOLE)]
    for verdict, (colour, key) in _VERDICTS.items():
        yield [Cell(say(key).render(lang), colour), Cell(getattr(counts, verdict.value), _WHOLE)]
    yield [Cell(say("items for a person").render(lang)), Cell(counts.manual, _WHOLE)]
    yield [Cell(say("other files ignored").render(lang)), Cell(counts.ignored, _WHOLE)]
    yield []
    yield from _by_rule(report, lang)
    if report.unread_columns:
        yield []
        yield [Cell(say("Columns of the manifest that nobody reads:").render(lang), _HEAD)]
        yield from ([text(head)] for head in report.unread_columns)
    if report.ignored:
        yield []
        yield [Cell(say("Other files, which were ignored:").render(lang), _HEAD)]
        yield from ([text(Entry(path=one.path).shown), text(one.reason.render(lang))] for one in report.ignored)
    faults = [(entry.entry.shown, fault(each, lang)) for entry in report.entries for each in entry.faults]
    if faults:
        yield []
        yield [Cell(say("Witnesses that could not look:").render(lang), _HEAD)]
        yield from ([text(name), text(words)] for name, words in faults)


def _by_rule(report: Report, lang: str) -> Iterator[_Row]:
    meanings = {rule.rule: rule.meaning for rule in report.rules.rules}
    called = _called(report, lang)
    counts: dict[str, dict[Outcome, int]] = {name: {} for name in called}
    for finding in (finding for entry in report.entries for finding in entry.findings):
        row = counts[finding.rule]
        row[finding.standing] = row.get(finding.standing, 0) + 1
    heads = [say("rule"), say("meaning"), *(say(key) for _, key in _OUTCOMES.values())]
    yield [Cell(head.render(lang), _HEAD) for head in heads]
    for name, row in counts.items():
        figures = [Cell(row.get(outcome, 0), _WHOLE) for outcome in _OUTCOMES]
        yield [text(called[name]), text(line(meanings.get(name), lang)), *figures]


def _matrix(report: Report, names: Iterable[str], manner: Manner, folder: str | None) -> Iterator[_Row]:
    words = _Words(manner.lang)
    for entry in report.entries:
        by_rule = {finding.rule: words.outcome(finding, finding.standing) for finding in entry.findings}
        size = None if entry.size is None else Cell(entry.size, _WHOLE)
        lengths = (
            fact_cell(fact, manner) for each in entry.findings for fact in each.evidence if fact.key == "duration"
        )
        path, raw = path_cells(entry.entry)
        verdict, link = words.verdicts[entry.verdict], _link(entry.entry, folder)
        # a cell with a link is one line in LibreOffice, so that a longer name leaves it to its neighbour
        fits = _lines(path, _NAME) == 1
        head = (Cell(path, link=link), verdict) if fits else (path, replace(verdict, link=link))
        asked = reasons((each.level, each.standing, each.message) for each in entry.findings)
        why = line(join(asked, say("; ")), manner.lang) if asked else ""
        declared = [fitted(words) for words in (title_of(entry, manner.lang), unit_of(entry, manner.lang), why)]
        yield [*head, size, next(lengths, None), *declared, *(by_rule.get(name) for name in names), raw]


def _findings(report: Report, manner: Manner) -> Iterator[_Row]:
    words = _Words(manner.lang)
    for entry in report.entries:
        path, raw = path_cells(entry.entry)
        head = (path, words.verdicts[entry.verdict])
        yield from ([*head, *_finding(finding, words, manner), raw] for finding in entry.findings)
        if entry.remarks:
            empty = [None] * (len(_FINDING_HEADS) - len(head) - 1)
            yield [*head, *empty, fitted("\n".join(lines(entry.remarks, manner.lang))), raw]
    yield from ([None, None, *_finding(finding, words, manner)] for finding in report.batch)


class _Words:
    """Cells with texts that repeat in many rows."""

    def __init__(self, lang: str) -> None:
        def cell(key: str, look: str = "") -> Cell:
            return Cell(say(key).render(lang), look)

        self.verdicts = {verdict: cell(key, look) for verdict, (look, key) in _VERDICTS.items()}
        self.levels = {level: cell(key) for level, key in _LEVELS.items()}
        self._outcomes = {outcome: cell(key, look) for outcome, (look, key) in _OUTCOMES.items()}
        self._warned = cell(_WARNED[1], _WARNED[0])
        look, key = _OUTCOMES[Outcome.MANUAL]
        self._suggested = {
            answer: Cell(aside(say(key).render(lang), words.render(lang), lang), look)
            for answer, words in LIKELY.items()
        }

    def outcome(self, finding: Finding, outcome: Outcome) -> Cell:
        """An outcome in its colour; failures of recommended rules have their own; what waits says what is suggested."""
        warned = outcome is Outcome.FAIL and finding.level is Level.RECOMMENDED
        suggestion = suggested(finding) if outcome is Outcome.MANUAL else None
        if suggestion is not None:
            return self._suggested[suggestion.answer]
        return self._warned if warned else self._outcomes[outcome]


def _finding(finding: Finding, words: _Words, manner: Manner) -> _Row:
    said = words_of(finding, manner)
    value, unit = _value(finding, manner)
    return [
        text(finding.called.render(manner.lang)),
        words.outcome(finding, finding.outcome),
        words.levels[finding.level],
        fitted(said.expected),
        fitted(said.actual),
        fitted(said.difference),
        value,
        unit,
        fitted(said.message),
        fitted(said.remedy),
        text(said.command),
        fitted("\n".join(said.witnesses)),
        fitted(said.place),
        fitted(said.decision),
        fitted(said.answer),
        fitted(said.because),
        fitted("\n".join(said.remarks)),
    ]


def _value(finding: Finding, manner: Manner) -> tuple[Cell | None, str]:
    """The judged value for calculations, and its unit; empty if there are several keys."""
    if len({fact.key for fact in finding.evidence}) != 1:
        return None, ""
    key = KEYS[finding.evidence[0].key]
    unit = key.kind.unit if key.kind is not DURATION else ""
    return fact_cell(chosen(key, finding.decisive or finding.evidence), manner), unit


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and how it is shown: a number format, or the name of a colour."""

    value: str | int | float | date | timedelta
    look: str = ""
    link: str = ""


def _link(entry: Entry, folder: str | None) -> str:
    """Where the film is, as XlsxWriter wants it; empty if Excel could not open it from that folder.

    Other than a browser, Excel wants letters of other scripts as they are, and takes what stands in front of a colon for a protocol.
    """
    address = film(entry, folder) if folder is not None else ""
    if entry.remote or not address:
        return address if len(address) < _LONGEST_LINK else ""
    path = unquote(address, errors="surrogateescape")
    if ":" in path or "\\" in path or not path.isprintable() or not 1 < len(path) < _LONGEST_LINK:
        return ""
    return "external:" + _RESERVED.sub(lambda found: f"%{ord(found[0]):02X}", path)


def fact_cell(fact: Fact, manner: Manner) -> Cell:
    """A fact's value in a type for calculations if possible, else as text."""
    if fact.state is not State.KNOWN:
        return Cell(GIVEN.render(manner.lang) if fact.state is State.WITHHELD else fact.state.value)
    kind = KEYS[fact.key].kind
    return _real(kind, fact.value, manner) or Cell(text(kind.show(fact.value, manner)))


def text(words: str) -> str:
    """A text for a cell: line by line, with characters that XML doesn't allow escaped, and cut to fit."""
    return fitted(words if words.isprintable() else "\n".join(map(visible, words.split("\n"))))


def path_cells(entry: Entry) -> tuple[str, str]:
    """A path as it is, which XlsxWriter escapes for XML, and its bytes in hex where a cell can't hold it exactly."""
    path, raw = exact(entry, _UNHELD)
    return fitted(path), raw


def fitted(shown: str) -> str:
    """A visible text for a cell, cut to the limit.

    XlsxWriter reads a text between `<r>` and `</r>` as its own markup; a space in front prevents that.
    """
    if shown.startswith("<r>"):
        shown = f" {shown}"
    if 2 * len(shown) <= LONGEST:
        return shown
    raw = shown.encode("utf-16-le")
    return shown if len(raw) <= 2 * LONGEST else raw[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore") + "…"


def _real(kind: Any, value: Any, manner: Manner) -> Cell | None:
    if kind in _NUMBERS:
        return _number(value, _NUMBERS[kind])
    if kind is DURATION:
        return _duration(Fraction(value))
    return _moment(value, manner) if kind is DATE else None


def _number(value: int | Fraction, look: str) -> Cell | None:
    if not -_MOST_DIGITS < value < _MOST_DIGITS:
        return None
    return Cell(int(value) if value == int(value) else float(value), look)


def _duration(seconds: Fraction) -> Cell | None:
    if not 0 <= seconds <= _LONGEST_TIME:
        return None
    return Cell(timedelta(microseconds=round(seconds * 10**6)), _LENGTH)


def _moment(value: Moment, manner: Manner) -> Cell | None:
    """A moment in the call's time zone, because spreadsheets' dates have no zone."""
    if value.precision in {"month", "year"}:
        return None
    local = in_zone(value.first, manner.zone) if value.precision == "second" else value.first
    if not _FIRST_DAY <= local.date() <= _LAST_DAY:
        return None
    if value.precision == "day":
        return Cell(local.date(), _DAY)
    return Cell(datetime.combine(local.date(), local.time()), _TIME)
