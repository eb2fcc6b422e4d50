"""What people read of an edition with faults of every kind: no name of a key or a rule stands in a Chinese sentence."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from tests.edition.faults import faulty
from tests.edition.test_edition import checked
from vidcheck.reports import FORMATS, render, text
from vidcheck.reports.letters import mailing as letters
from vidcheck.reports.letters.writer import Writer
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vidcheck.findings import Report

pytestmark = pytest.mark.slow
_PLACE = re.compile(r"（[^（）]*[\w\]]\.[^（）]*）|（[a-z_]+）|[\w.-]+\.(yaml|csv|xlsx|mp4|json)\b[!:：\d]*")
"""Where a witness found something, and names of files: what only machines name."""
_MACHINES = re.compile(r"<(code|q|pre|script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)
_WORDS = ("message", "expected", "actual", "difference", "remedy", "meaning", "label", "note", "reason")


def _names(report: Report) -> re.Pattern[str]:
    names = {
        *KEYS,
        *registry.names(),
        *(rule.rule for rule in report.rules.rules),
        "if-unknown",
        "manifest",
        "category",
    }
    names -= {"mediainfo", "ffprobe", "encrypted"}  # products; and what kind of document it is
    return re.compile(rf"(?<![\w.\-/])({'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?![\w.\-/=])")


def _sentences(value: Any, name: str = "") -> Iterator[str]:
    """The texts for people in JSON."""
    if isinstance(value, dict):
        for member, inner in value.items():
            yield from _sentences(inner, member)
    elif isinstance(value, list):
        for inner in value:
            yield from _sentences(inner, name if name == "remarks" else "")
    elif isinstance(value, str) and (name in _WORDS or name == "remarks"):
        yield value.partition("\nffmpeg ")[0]


def _read(report: Report) -> Iterator[tuple[str, str]]:
    """Every line for people of every format, with the format's name."""
    data = json.loads(render("json", report, "zh"))
    yield from (("json", sentence) for sentence in _sentences(data))
    for line in render("jsonl", report, "zh").decode().splitlines():
        yield from (("jsonl", sentence) for sentence in _sentences(json.loads(line)))
    page = _MACHINES.sub("\n", render("html", report, "zh").decode())
    yield from (("html", html.unescape(line)) for line in page.splitlines())
    for name in ("text", "markdown"):
        yield from ((name, line) for line in render(name, report, "zh").decode().splitlines())
    for everything in (True, False):
        yield from (
            ("screen", line) for line in text.page(report, lang="zh", all_findings=everything).plain(400).splitlines()
        )
    for entry in report.entries[:20]:
        page = text.entry_page(entry, report.rules, lang="zh").plain(400)
        yield from (("watch", line) for line in page.splitlines())
        alone = text.page(replace(report, entries=(entry,), batch=()), lang="zh").plain(400)
        yield from (("one film", line) for line in alone.splitlines())
    book = openpyxl.load_workbook(io.BytesIO(render("xlsx", report, "zh")))
    for sheet in book.worksheets:
        yield from (
            ("xlsx", str(cell)) for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)
        )
    yield from _of_machines(report)
    yield from _on_paper(report)


def _of_machines(report: Report) -> Iterator[tuple[str, str]]:
    """What people read in the formats of machines: the messages. Columns and members of names are machines' own."""
    for name, machine in (
        ("csv", {"path", "rule", "verdict", "outcome", "level", "place", "command"}),
        ("contacts", {"path"}),
    ):
        table = render(name, report, "zh").decode("utf-8-sig")
        for row in csv.DictReader(io.StringIO(table, newline="")):
            yield from ((name, cell) for column, cell in row.items() if column not in machine)
    suites = ET.fromstring(render("junit", report, "zh"))  # noqa: S314 - our own
    for node in suites.iter():
        yield from (("junit", line) for line in (node.text or "").splitlines())
        yield "junit", node.get("message", "")
    yield from (("sarif", words) for words in _members(json.loads(render("sarif", report, "zh")), {"text", "markdown"}))
    yield from (("gitlab", words) for words in _members(json.loads(render("gitlab", report, "zh")), {"description"}))
    for line in render("github", report, "zh").decode().splitlines():
        yield from (("github", words) for words in re.split("%0A|%25", line.partition("::")[2].partition("::")[2]))


def _members(value: Any, names: set[str]) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in names and isinstance(inner, str):
                yield from inner.splitlines()
            yield from _members(inner, names)
    elif isinstance(value, list):
        for inner in value:
            yield from _members(inner, names)


def _on_paper(report: Report) -> Iterator[tuple[str, str]]:
    """Letters, the organizer's table, and what `review` asks."""
    data = render("json", report, "zh")
    mailing = letters.read(data, "report.json")
    writer = Writer("zh")
    for entry, name in zip(mailing.entries, letters.names(mailing.entries), strict=True):
        letter = writer.letter(entry, mailing, name)
        yield from (("letter", line) for line in (letter.subject, *letter.text.splitlines()))
    if report.table is not None and report.table.path.endswith((".xlsx", ".csv")):
        returned = render("table", report, "zh")
        if report.table.path.endswith(".xlsx"):
            book = openpyxl.load_workbook(io.BytesIO(returned))
            cells = (cell for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row)
            yield from (("table", str(cell)) for cell in cells if isinstance(cell, str))
        else:
            yield from (("table", line) for line in returned.decode("gb18030").splitlines())


def test_no_name_of_a_key_or_a_rule_stands_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edition, formats = faulty(), set[str]()
    found: dict[str, set[str]] = {}
    for report in checked(edition, tmp_path, monkeypatch).values():
        names = _names(report)
        for name, line in _read(report):
            formats.add(name)
            rest = _PLACE.sub("", line)
            if "ffmpeg" not in rest and (hit := names.search(rest)):
                found.setdefault(f"{name}: {hit[0]}", set()).add(line.strip()[:160])
    assert {name: sorted(lines)[:2] for name, lines in found.items()} == {}
    assert formats >= FORMATS.keys()
