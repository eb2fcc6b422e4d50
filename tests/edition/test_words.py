"""What people read of an edition with faults of every kind: no name of a key or a rule stands in a Chinese sentence."""

from __future__ import annotations

import html
import io
import json
import re
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.edition.faults import faulty
from tests.edition.test_edition import checked
from vidcheck.reports import FORMATS, render, text
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
        yield from (("entry", line) for line in page.splitlines())
    book = openpyxl.load_workbook(io.BytesIO(render("xlsx", report, "zh")))
    for sheet in book.worksheets:
        yield from (
            ("xlsx", str(cell)) for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)
        )


def test_no_name_of_a_key_or_a_rule_stands_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = faulty()
    found: dict[str, set[str]] = {}
    for report in checked(edition, tmp_path, monkeypatch).values():
        names = _names(report)
        for name, line in _read(report):
            rest = _PLACE.sub("", line)
            if "ffmpeg" not in rest and (hit := names.search(rest)):
                found.setdefault(f"{name}: {hit[0]}", set()).add(line.strip()[:160])
    assert {name: sorted(lines)[:2] for name, lines in found.items()} == {}
    assert FORMATS
