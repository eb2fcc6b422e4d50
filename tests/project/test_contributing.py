"""CONTRIBUTING.md's lists are complete: the edits that stand there are made in a copy of the package, and the new thing works."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.kit import copy_folder, put

pytestmark = pytest.mark.process
ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
STEP = re.compile(
    r"^\d\. (?P<new>New file )?`(?P<path>[^`]+)`(?:, (?P<where>before|after) `(?P<mark>[^`]+)`)?:\n\n"
    r" {4}```\w+\n(?P<body>.*?)^ {4}```\n",
    re.DOTALL | re.MULTILINE,
)


class Step(NamedTuple):
    """One edit."""

    path: str
    body: str
    where: str
    mark: str

    def take(self, folder: Path) -> None:
        """Makes the edit in the copy there."""
        path = folder / self.path
        if not self.where:
            assert not path.exists()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.body, encoding="utf-8")
            return
        text = path.read_text(encoding="utf-8")
        assert text.count(self.mark) == 1, f"{self.mark} stands in {self.path} {text.count(self.mark)} times"
        lines = text.splitlines(keepends=True)
        at = next(number for number, line in enumerate(lines) if self.mark in line) + (self.where == "after")
        path.write_text("".join([*lines[:at], self.body, *lines[at:]]), encoding="utf-8")


def steps(section: str) -> list[Step]:
    """The edits of a section, in their order."""
    text = TEXT.partition(f"### {section}\n")[2].partition("\n### ")[0].partition("\n## ")[0]
    return [
        Step(found["path"], textwrap.dedent(found["body"]) if found["new"] else re.sub("^ {4}", "", found["body"], flags=re.MULTILINE), found["where"] or "", found["mark"] or "")
        for found in STEP.finditer(text)
    ]  # fmt: skip


class House(NamedTuple):
    """A copy of the package with a film beside it."""

    folder: Path

    def add(self, section: str) -> None:
        for step in steps(section):
            step.take(self.folder)

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs Python there."""
        return subprocess.run(
            [sys.executable, *words], cwd=self.folder, capture_output=True, encoding="utf-8", timeout=120, check=False,
            env=os.environ | {"PYTHONPATH": str(self.folder)} | environment,
        )  # fmt: skip

    def vidcheck(self, *words: str, code: int = 0, **environment: str) -> str:
        """What vidcheck prints there."""
        done = self.run("-m", "vidcheck", *words, **environment)
        assert done.returncode == code, done.stdout + done.stderr
        assert done.stderr == ""
        return done.stdout

    def check(self, rule: str, code: int = 0) -> dict[str, Any]:
        """The finding of one rule on the film."""
        (self.folder / "rules.yaml").write_text(f"vidcheck: 1\nrules:\n  {rule}\n", encoding="utf-8")
        printed = self.vidcheck("check", "film.mp4", "--rules=rules.yaml", "--report=json:-", "--quiet", code=code)
        (finding,) = json.loads(printed)["entries"][0]["findings"]
        found: dict[str, Any] = finding
        return found


@pytest.fixture
def house(tmp_path: Path) -> House:
    for each in ("vidcheck", "dev"):
        copy_folder(ROOT / each, tmp_path / each)
    put(tmp_path / "film.mp4")
    return House(tmp_path)


@pytest.mark.parametrize(
    ("section", "edits", "new"),
    [
        ("A fact", 2, 0),
        ("A constraint", 1, 0),
        ("A witness", 2, 1),
        ("A report format", 2, 1),
        ("A preset", 1, 1),
        ("A command", 2, 1),
        ("A language", 1, 0),
    ],
)
def test_adding_touches_few_places(section: str, edits: int, new: int) -> None:
    assert len(steps(section)) == edits
    assert sum(not step.where for step in steps(section)) == new


def test_a_fact_is_added_as_the_list_says(house: House) -> None:
    house.add("A fact")
    assert "How many pictures a picture may be predicted from." in house.vidcheck(
        "rules", "explain", "video.references"
    )
    assert '"video.references"' in house.vidcheck("rules", "schema")
    assert "video.references" in house.vidcheck("facts", "film.mp4")
    finding = house.check("video.references: {min: 1}")
    assert (finding["outcome"], finding["expected"]) == ("pass", "at least 1")
    hint = house.run("-m", "vidcheck", "rules", "explain", "video.reference").stderr
    assert "video.references" in hint
    house.run("dev/reference")
    assert "| `video.references` | whole number |" in (house.folder / "docs/reference.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_constraint_is_added_as_the_list_says(house: House) -> None:
    house.add("A constraint")
    explained = house.vidcheck("rules", "explain", "file.name")
    assert "starts-with" in explained
    assert "begins with this text" in explained
    assert '"starts-with"' in house.vidcheck("rules", "schema")
    finding = house.check("file.name: {starts-with: '017-'}", code=1)
    assert (finding["outcome"], finding["expected"]) == ("fail", "text that begins with 017-")
    assert "begins with 017-" in finding["remedy"]
    assert house.check("file.name: {starts-with: film}")["outcome"] == "pass"
    (house.folder / "rules.yaml").write_text("vidcheck: 1\nrules: {file.name: {begins: a}}\n", encoding="utf-8")
    assert "starts-with" in house.run("-m", "vidcheck", "rules", "check").stderr


@pytest.mark.slow
def test_a_witness_is_added_as_the_list_says(house: House) -> None:
    house.add("A witness")
    size = (house.folder / "film.mp4").stat().st_size
    facts = json.loads(house.vidcheck("facts", "film.mp4", "--format=json"))["entries"][0]["facts"]
    assert ("tail", size) in [(one["witness"], one["value"]) for one in facts["size"]["evidence"]]
    assert "tail" in house.vidcheck("rules", "explain", "size")
    finding = house.check("size: {max: 1 B, evidence: [tail]}", code=1)
    assert [one["witness"] for one in finding["evidence"]] == ["tail"]
    assert '"tail"' in house.vidcheck("rules", "schema")
    (house.folder / "rules.yaml").write_text(
        "vidcheck: 1\nrules: {size: {max: 1 B, evidence: [tial]}}\n", encoding="utf-8"
    )
    assert "tail" in house.run("-m", "vidcheck", "rules", "check").stderr


@pytest.mark.slow
def test_a_report_format_is_added_as_the_list_says(house: House) -> None:
    house.add("A report format")
    rules = "vidcheck: 1\nrules: {format: {is: mp4}}\n"
    (house.folder / "rules.yaml").write_text(rules, encoding="utf-8")
    house.vidcheck("check", "film.mp4", "--rules=rules.yaml", "--report=eligible:-", "--report=out.eligible", "--quiet")
    assert (house.folder / "out.eligible").read_bytes() == b"film.mp4\0"
    assert "eligible, json" in house.vidcheck("check", "--help")


def test_a_preset_is_added_as_the_list_says(house: House) -> None:
    house.add("A preset")
    assert "Example 2026" in house.vidcheck("rules", "list")
    assert "at most 1:00" in house.vidcheck("rules", "show", "example-2026")
    house.vidcheck("check", "film.mp4", "--rules=example-2026", code=1)
    house.vidcheck("init", "new.yaml", "--preset=example-2026")


@pytest.mark.slow
def test_a_command_is_added_as_the_list_says(house: House) -> None:
    house.add("A command")
    assert house.vidcheck("count", "film.mp4") == "1\n"
    assert "Count entries." in house.vidcheck("--help")
    house.run("dev/reference")
    assert "## vidcheck count" in (house.folder / "docs/commands.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_language_is_added_as_the_list_says(house: House) -> None:
    house.add("A language")
    house.run("dev/catalogue")
    catalogue = house.folder / "vidcheck/locales/eo/LC_MESSAGES/vidcheck.po"
    text = catalogue.read_text(encoding="utf-8")
    for english, own in {
        "eligible": "taŭga",
        "Print the version and exit.": "Montri la version.",
    }.items():
        assert f'msgid "{english}"\nmsgstr ""\n' in text
        text = text.replace(f'msgid "{english}"\nmsgstr ""\n', f'msgid "{english}"\nmsgstr "{own}"\n')
    catalogue.write_text(text, encoding="utf-8")
    house.run("dev/catalogue")
    assert "film.mp4: taŭga" in house.vidcheck("check", "film.mp4", "--only=format", "--lang=eo")
    assert "film.mp4: taŭga" in house.vidcheck("check", "film.mp4", "--only=format", LANG="eo.UTF-8")
    assert "en|eo|zh" in house.vidcheck("check", "--help")
    assert "Montri la version." in house.vidcheck("--help", LANG="eo.UTF-8")
    assert '"eo"' in house.vidcheck("rules", "schema")
    assert house.check("name: {manual: {eo: Ĉu bela?, en: Is it good}}")["outcome"] == "manual"
    house.vidcheck(
        "check",
        "film.mp4",
        "--report=json:r.json",
        "--report=html:r.html",
        "--rules=heilongjiang-2022",
        "--only=size",
        "--lang=eo",
        "--quiet",
        code=1,
    )
    assert '<html lang="eo">' in (house.folder / "r.html").read_text(encoding="utf-8")
    house.vidcheck("letters", "r.json", "--out=letters", "--lang=eo")
