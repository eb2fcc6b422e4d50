"""An Excel workbook: the summary, a matrix of entries and rules in colours, every finding, every witness's word.

Needs the extra `vidcheck[xlsx]` (openpyxl). The same report makes the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from vidcheck.findings import Level, Outcome, Verdict
from vidcheck.quantities import DURATION, Manner
from vidcheck.reports import MissingExtraError
from vidcheck.reports.cells import FORMATS, WHOLE, Cell, fact_cell, text
from vidcheck.reports.sheets import letters, sheet_data
from vidcheck.reports.words import INCOMPLETE, fault, line, told
from vidcheck.resolve import chosen
from vidcheck.texts import Plain, marked, say
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from openpyxl import Workbook

    from vidcheck.findings import EntryReport, Finding, Report
    from vidcheck.texts import Readable, Text

_Row: TypeAlias = "Sequence[Cell | None]"
_EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001 - the first moment that a ZIP can tell, which knows no zones
_PACKING = 6
_NO_ROWS = re.compile(rb"<sheetData\s*/>|<sheetData>\s*</sheetData>")
_HEAD = "head"
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
    (marked("message"), 60), (marked("remedy"), 60), (marked("command"), 30), (marked("evidence"), 60), (marked("asked by"), 22),
    (marked("decision"), 40),
)  # fmt: skip


def render(report: Report, lang: str = "en") -> bytes:
    """The whole report as a workbook. Raises MissingExtraError where openpyxl is not installed."""
    try:
        import openpyxl
    except ImportError:
        raise MissingExtraError("xlsx") from None

    manner, names = Manner(lang, report.rules.zone), _rules(report)
    heads = [(say(key).render(lang), width) for key, width in _FINDING_HEADS]
    figures = [(say("bytes").render(lang), 16), (say("running time").render(lang), 14)]
    sheets = (
        _Sheet(say("Summary"), _summary(report, lang), widths=(28, 40)),
        _Sheet(
            say("Entries"),
            _matrix(report, names, manner),
            [*heads[:2], *figures, *((name, 13) for name in names)],
            "C2",
        ),
        _Sheet(say("Findings"), _findings(report, manner), heads, "B2"),
    )
    book = openpyxl.Workbook(write_only=True)
    looks = _looks(book)
    parts = {f"xl/worksheets/sheet{at}.xml": _add(book, sheet, looks, lang) for at, sheet in enumerate(sheets, 1)}
    return _saved(book, parts)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What stands on one sheet."""

    title: Text
    rows: Iterable[_Row]
    heads: Sequence[tuple[str, int]] = ()
    """Each column's head and width; without heads a sheet has no filters."""
    freeze: str = ""
    """The first cell that moves when the sheet is scrolled."""
    widths: Sequence[int] = ()


def _looks(book: Workbook) -> dict[str, int]:
    """Every look that a cell can have, by its place in the workbook's styles."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font, PatternFill

    looks = {}
    for name in (*_COLOURS, *FORMATS):
        cell = WriteOnlyCell(book.create_sheet())
        if name in _COLOURS:
            fill, ink = _COLOURS[name]
            cell.fill, cell.font = PatternFill("solid", fgColor=fill), Font(color=ink, bold=name == _HEAD)
        else:
            cell.number_format = name
        looks[name] = cell.style_id
        del book[book.sheetnames[-1]]
    return looks


def _add(book: Workbook, sheet: _Sheet, looks: Mapping[str, int], lang: str) -> bytes:
    """Adds a sheet without rows to the workbook; returns its rows."""
    heads = [[Cell(text(name), _HEAD) for name, _ in sheet.heads]] if sheet.heads else []
    rows, count = sheet_data([*heads, *sheet.rows], looks)
    page = book.create_sheet(sheet.title.render(lang))
    for at, width in enumerate(sheet.widths or [width for _, width in sheet.heads]):
        page.column_dimensions[letters(at)].width = width
    if sheet.heads:
        page.freeze_panes = sheet.freeze
        page.auto_filter.ref = f"A1:{letters(len(sheet.heads) - 1)}{count}"
    return rows.encode()


def _saved(book: Workbook, parts: Mapping[str, bytes]) -> bytes:
    """The workbook's file, with the rows in their sheets and no time of day anywhere."""
    from openpyxl.writer.excel import ExcelWriter

    book.properties.creator, book.properties.created, book.properties.modified = "vidcheck", _EPOCH, _EPOCH
    frame, out = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(frame, "w") as archive:
        ExcelWriter(book, archive).write_data()
    with zipfile.ZipFile(frame) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: name != "[Content_Types].xml"):
            member = zipfile.ZipInfo(name, _EPOCH.timetuple()[:6])
            member.external_attr = 0o644 << 16
            content = old.read(name)
            if name in parts:
                before, after = _NO_ROWS.split(content, maxsplit=1)
                content = before + parts[name] + after
            new.writestr(member, content, zipfile.ZIP_DEFLATED, _PACKING)
    return out.getvalue()


def _rules(report: Report) -> list[str]:
    """Every rule that was applied, in the rules' order, then what findings speak of besides."""
    found = (finding.rule for entry in report.entries for finding in entry.findings)
    return list(dict.fromkeys([*(rule.rule for rule in report.rules.rules), *found]))


def _summary(report: Report, lang: str) -> Iterator[_Row]:
    rules, counts = report.rules, report.summary
    if report.incomplete:
        yield [Cell(INCOMPLETE.render(lang), "bad")]
    origin: list[tuple[Readable, str]] = [
        (say("call"), rules.title_in(lang)), (say("rules"), rules.source_in(lang)), (say("digest"), rules.digest),
        (say("time zone"), rules.timezone), *((Plain(name), version) for name, version in report.tool.items()),
    ]  # fmt: skip
    yield from ([Cell(text(key.render(lang))), Cell(text(words))] for key, words in origin)
    yield []
    yield [Cell(say("entries").render(lang), _HEAD), Cell(counts.entries, WHOLE)]
    for verdict, (colour, key) in _VERDICTS.items():
        yield [Cell(say(key).render(lang), colour), Cell(getattr(counts, verdict.value), WHOLE)]
    yield [Cell(say("items for a person").render(lang)), Cell(counts.manual, WHOLE)]
    yield [Cell(say("other files ignored").render(lang)), Cell(counts.ignored, WHOLE)]
    yield []
    yield from _by_rule(report, lang)
    faults = [(entry.entry.shown, fault(each, lang)) for entry in report.entries for each in entry.faults]
    if faults:
        yield []
        yield [Cell(say("Witnesses that could not look:").render(lang), _HEAD)]
        yield from ([Cell(text(name)), Cell(text(words))] for name, words in faults)


def _by_rule(report: Report, lang: str) -> Iterator[_Row]:
    meanings = {rule.rule: rule.meaning for rule in report.rules.rules}
    counts: dict[str, dict[Outcome, int]] = {name: {} for name in _rules(report)}
    for finding in (finding for entry in report.entries for finding in entry.findings):
        row = counts[finding.rule]
        row[finding.standing] = row.get(finding.standing, 0) + 1
    heads = [say("rule"), say("meaning"), *(say(key) for _, key in _OUTCOMES.values())]
    yield [Cell(head.render(lang), _HEAD) for head in heads]
    for name, row in counts.items():
        figures = [Cell(row.get(outcome, 0), WHOLE) for outcome in _OUTCOMES]
        yield [Cell(text(name)), Cell(text(line(meanings.get(name), lang))), *figures]


def _matrix(report: Report, names: Sequence[str], manner: Manner) -> Iterator[_Row]:
    for entry in report.entries:
        by_rule = {finding.rule: _outcome(finding, finding.standing, manner.lang) for finding in entry.findings}
        size = None if entry.size is None else Cell(entry.size, WHOLE)
        lengths = (
            fact_cell(fact, manner) for each in entry.findings for fact in each.evidence if fact.key == "duration"
        )
        yield [*_entry(entry, manner.lang), size, next(lengths, None), *(by_rule.get(name) for name in names)]


def _findings(report: Report, manner: Manner) -> Iterator[_Row]:
    for entry in report.entries:
        head = _entry(entry, manner.lang)
        yield from ([*head, *_finding(finding, manner)] for finding in entry.findings)
    yield from ([None, None, *_finding(finding, manner)] for finding in report.batch)


def _entry(entry: EntryReport, lang: str) -> list[Cell | None]:
    colour, key = _VERDICTS[entry.verdict]
    return [Cell(text(entry.entry.shown)), Cell(say(key).render(lang), colour)]


def _finding(finding: Finding, manner: Manner) -> Iterator[Cell | None]:
    words = told(finding, manner)
    yield Cell(text(finding.rule))
    yield _outcome(finding, finding.outcome, manner.lang)
    yield Cell(say(_LEVELS[finding.level]).render(manner.lang))
    yield from (Cell(text(each)) for each in (words.expected, words.actual, words.difference))
    yield from _value(finding, manner)
    yield from (Cell(text(each)) for each in (words.message, words.remedy, words.command))
    yield Cell(text("\n".join(words.witnesses)))
    yield Cell(text(words.place))
    yield Cell(text(words.decision)) if words.decision else None


def _value(finding: Finding, manner: Manner) -> tuple[Cell | None, Cell | None]:
    """The value that was judged, to reckon with, and its unit; nothing where several keys were asked."""
    if len({fact.key for fact in finding.evidence}) != 1:
        return None, None
    key = KEYS[finding.evidence[0].key]
    unit = Cell(key.kind.unit) if key.kind.unit and key.kind is not DURATION else None
    return fact_cell(chosen(key, finding.decisive or finding.evidence), manner), unit


def _outcome(finding: Finding, outcome: Outcome, lang: str) -> Cell:
    warned = outcome is Outcome.FAIL and finding.level is Level.RECOMMENDED
    colour, key = _WARNED if warned else _OUTCOMES[outcome]
    return Cell(say(key).render(lang), colour)
