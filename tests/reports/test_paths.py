"""Whatever a report for machines names can be opened: by `path`, or by `path_bytes` where that can't be exact."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import unicodedata
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

import pytest
from openpyxl import load_workbook

from tests.cli.run import vidcheck
from tests.clips import surgery
from tests.kit import rules_text
from vidcheck.cli.decide import read_checksum
from vidcheck.reports import saved

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = {
    "line feed": b"a\nb.mp4", "what a line feed was shown as": b"a\\nb.mp4", "carriage return": b"a\rb.mp4", "tab": b"a\tb.mp4",
    "backslash": b"a\\b.mp4", "two backslashes": b"a\\\\nb.mp4", "formula": b"=1+1.mp4", "minus": b"-x.mp4", "plus": b"+x.mp4",
    "at": b"@SUM(1).mp4", "later formula": b"a;=1+1.mp4", "quoted formula": b"\"'=1.mp4", "apostrophe": b"'=1+1.mp4",
    "right to left": "\u202egpj.mp4".encode(), "Hebrew": "סרט.mp4".encode(), "escape": b"\x1b[31mred.mp4", "bell": b"a\x07.mp4",
    "one-byte CSI": b"\xc2\x9b31m.mp4", "no UTF-8": b"\xff\xfe.mp4", "GBK": "作品".encode("gbk") + b".mp4", "shown as no UTF-8": b"\\xff\\xfe.mp4",
    "markup": b"<r>x<r>.mp4", "character reference": b"&#10;.mp4", "Excel's escape": b"_x000A_.mp4", "no character": "\uffff.mp4".encode(),
    "joined emoji": "👩‍👩‍👧.mp4".encode(), "comma and quotes": b'a,"b".mp4', "blank at both ends": b" a .mp4", "per cent": b"%0A.mp4",
}  # fmt: skip
_MACHINES = ("json", "jsonl", "sarif", "junit", "csv", "xlsx")


def _json(data: bytes) -> list[dict[str, Any]]:
    return list(json.loads(data)["entries"])


def _jsonl(data: bytes) -> list[dict[str, Any]]:
    return [one for line in data.decode().split("\n") if line and "path" in (one := json.loads(line))]


def _sarif(data: bytes) -> list[dict[str, Any]]:
    artifacts = json.loads(data)["runs"][0]["artifacts"]
    for artifact in artifacts:
        uri = unquote_to_bytes(artifact["location"]["uri"])
        given = artifact["properties"]
        assert uri == (bytes.fromhex(given["path_bytes"]) if "path_bytes" in given else given["path"].encode())
    return [artifact["properties"] for artifact in artifacts]


def _junit(data: bytes) -> list[dict[str, Any]]:
    suites = ET.fromstring(data).findall("testsuite")  # noqa: S314 - written by ourselves
    for suite in suites:
        assert {suite.get("name"), *(case.get("classname") for case in suite.findall("testcase"))} == {
            suite.get("file")
        }
    return [
        {"path": suite.get("file"), **{one.get("name", ""): one.get("value") for one in suite.iter("property")}}
        for suite in suites
    ]


def _csv(data: bytes) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _xlsx(data: bytes) -> list[dict[str, Any]]:
    book = load_workbook(io.BytesIO(data))
    told = []
    for sheet in ("Entries", "Findings"):
        heads, *rows = [[cell.value for cell in row] for row in book[sheet].rows]
        told.append([{"path": row[0], "path_bytes": row[heads.index("path_bytes")]} for row in rows])
    assert told[0] == [row for at, row in enumerate(told[1]) if row not in told[1][:at]]
    return told[0]


_READERS: dict[str, Callable[[bytes], list[dict[str, Any]]]] = {
    "json": _json, "jsonl": _jsonl, "sarif": _sarif, "junit": _junit, "csv": _csv, "xlsx": _xlsx,
}  # fmt: skip
_HELD: dict[str, Callable[[str], bool]] = {
    "json": lambda _: True, "jsonl": lambda _: True, "sarif": lambda _: True,
    "junit": lambda path: not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\uffff]", path),
    "xlsx": lambda path: not re.search("[\x00-\x08\x0b-\x1f\uffff]|_x000A_|^<r>", path),
    "csv": lambda path: not (
        any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in path)
        or re.search("\u202e", path)
        or re.search("^[\"']*[-+=@]|[;,|][\"']*[-+=@]", path)
    ),
}  # fmt: skip
"""Which valid names each format holds exactly."""
RULES = rules_text("format: {is: mp4}\nlook: {manual: Look at it}")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "rules.yaml").write_text(RULES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def laid(names: list[bytes], folder: bytes = b"") -> None:
    """A file for each name, which holds that name behind the film, so that it can be told which was opened."""
    for name in names:
        with open(folder + name, "wb") as file:  # noqa: PTH123 - a path of bytes
            file.write(surgery.clip() + surgery.box("free", name))


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an entry of each name, and a report in each format that machines read, named after its format."""
    folder = tmp_path_factory.mktemp("reported")
    (folder / "rules.yaml").write_text(RULES)
    laid(list(NAMES.values()), os.fsencode(folder) + b"/")
    paths = [os.fsdecode(name) for name in NAMES.values()]
    wanted = [word for form in _MACHINES for word in ("--report", f"{form}:out.{form}")]
    done = vidcheck("check", "-q", *wanted, "--", *paths, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("form", _MACHINES)
def test_every_path_that_a_report_names_opens_its_file(
    reported: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(reported)
    opened = []
    for row in _READERS[form]((reported / f"out.{form}").read_bytes()):
        raw = row.get("path_bytes")
        name = bytes.fromhex(raw) if raw else row["path"].encode()
        with open(name, "rb") as file:  # noqa: PTH123 - a path of bytes
            assert file.read().endswith(name)
        opened.append(name)
    assert set(opened) == set(NAMES.values())


@pytest.mark.parametrize("form", _MACHINES)
def test_a_path_is_exact_wherever_the_format_holds_it(reported: Path, form: str) -> None:
    rows = _READERS[form]((reported / f"out.{form}").read_bytes())
    exact = {row["path"] for row in rows if not row.get("path_bytes")}
    valid = [name.decode() for name in NAMES.values() if (b"\xff" not in name and name.isascii()) or _is_utf8(name)]
    assert exact == {path for path in valid if _HELD[form](path)}


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_no_cell_of_csv_is_a_formula_whatever_the_names_are(here: Path) -> None:
    laid(list(NAMES.values()))
    paths = [os.fsdecode(name) for name in NAMES.values()]
    assert vidcheck("check", "-q", "--report", "csv:out", "--", *paths, cwd=here).returncode == 0
    text = (here / "out").read_bytes().decode("utf-8-sig")
    for mark in ",;":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark):
            assert not [cell for cell in row if re.match(r"[\s\"']*(?<!')[=+@-]", cell)]


def test_a_saved_report_leads_to_the_files(here: Path) -> None:
    (here / "in").mkdir()
    laid(list(NAMES.values()), b"in/")
    assert vidcheck("check", "in", "-q", "--report", "json:out.json", cwd=here).returncode == 0
    report = saved.read((here / "out.json").read_bytes(), "out.json")
    assert {os.fsencode(entry.entry.path) for entry in report.entries} == {b"in/" + name for name in NAMES.values()}
    assert len({entry.identity for entry in report.entries}) == len(NAMES)
    assert all(read_checksum(entry.entry.path) for entry in report.entries)
    same = vidcheck("diff", "out.json", "out.json", cwd=here)
    assert same.returncode == 0, same.stderr


def test_what_people_read_shows_what_changed_about_odd_names_safely(here: Path) -> None:
    (here / "in").mkdir()
    laid([b"a\nb.mp4", b"\x1b[31m.mp4"], b"in/")
    assert vidcheck("check", "in", "-q", "--report", "json:old.json", cwd=here).returncode == 0
    laid([b"c\nd.mp4"], b"in/")
    os.unlink(b"in/\x1b[31m.mp4")  # noqa: PTH108 - a path of bytes
    assert vidcheck("check", "in", "-q", "--report", "json:new.json", cwd=here).returncode == 0
    done = vidcheck("diff", "old.json", "new.json", cwd=here)
    assert "in/c\\nd.mp4" in done.stdout
    assert "in/\\x1b[31m.mp4" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.usefixtures("here")
def test_letters_tell_names_apart_that_are_nearly_alike() -> None:
    vidcheck_rules = rules_text("duration: {max: 1 s}")
    with open("rules.yaml", "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(vidcheck_rules)
    os.mkdir("in")  # noqa: PTH102
    laid([b"a\nb.mp4", b"a\\nb.mp4"], b"in/")
    assert vidcheck("check", "in", "-q", "--report", "json:out.json").returncode == 1
    done = vidcheck("letters", "out.json", "--out", "letters")
    assert done.returncode == 0, done.stderr
    assert len([name for name in os.listdir("letters") if name.endswith(".txt")]) == 2  # noqa: PTH208


@pytest.mark.usefixtures("here")
def test_the_list_of_letters_names_files_that_can_be_opened() -> None:
    with open("rules.yaml", "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(rules_text("duration: {max: 1 s}"))
    os.mkdir("in")  # noqa: PTH102
    laid(list(NAMES.values()), b"in/")
    assert vidcheck("check", "in", "-q", "--report", "json:out.json").returncode == 1
    assert vidcheck("letters", "out.json", "--out", "letters").returncode == 0
    with open("letters/letters.csv", "rb") as file:  # noqa: PTH123
        rows = _csv(file.read())
    named = {bytes.fromhex(row["path_bytes"]) if row["path_bytes"] else row["path"].encode() for row in rows}
    assert named == {b"in/" + name for name in NAMES.values()}


@pytest.mark.parametrize("name", [b"a\nb.mp4", b"a\\nb.mp4", b"a\\b.mp4", b"\xff.mp4", b"\\xff.mp4"])
def test_a_decision_on_an_odd_name_holds_for_that_file(here: Path, name: bytes) -> None:
    (here / "rules.yaml").write_text(rules_text("duration: {max: 1 s}"))
    (here / "in").mkdir()
    laid([b"a\nb.mp4", b"a\\nb.mp4", b"a\\b.mp4", b"\xff.mp4", b"\\xff.mp4"], b"in/")
    done = vidcheck("decide", os.fsdecode(b"in/" + name), "duration", "accept", "--by", "Wu", "--reason", "ok")
    assert done.returncode == 0, done.stderr
    assert vidcheck("check", "in", "-q", "--report", "json:out.json").returncode == 1
    report = saved.read((here / "out.json").read_bytes(), "out.json")
    accepted = [os.fsencode(entry.entry.path) for entry in report.entries if entry.verdict == "eligible"]
    assert accepted == [b"in/" + name]
