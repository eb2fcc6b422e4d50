"""Under GitHub Actions nothing that strangers wrote is a command to the runner, on whatever line of the screen it comes to stand."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.cli.run import vidcheck
from tests.clips import surgery
from tests.kit import put, rules_text
from tests.thorough import some
from vidcheck.cli.screen import inert

if TYPE_CHECKING:
    from pathlib import Path

NAMES = (
    "::error::a.mp4",
    " ::error::b.mp4",
    "\u3000::set-output name=x::c.mp4",
    "x ##[error]d.mp4",
    "##[group]e.mp4",
    "w " * 60 + "::error::f.mp4",
)
COMMAND = re.compile(r"^\s*::|##\[", re.MULTILINE)  # as the runner looks for them (ActionCommand.cs)
RULES = "format: {is: mp4}\n'::error::rule': {fact: title, max-length: 3, level: recommended, message: '::error::said'}\nlook: {manual: '::error::Look ##[error]at it'}"  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "rules.yaml").write_text(rules_text(RULES))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for name in NAMES:
        put(
            tmp_path / name, surgery.add_tag(surgery.clip(), "©nam", b"long words " * 12 + b"::error::title ##[error]x")
        )
    return tmp_path


@pytest.mark.parametrize("columns", some(range(40, 121, 5)))
def test_no_line_of_the_screen_is_a_command_however_it_is_wrapped(
    here: Path, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    done = vidcheck(
        "check", "--all", "--witness", "mediainfo", "--workers", "1", "--report", "text:out", "--", *NAMES, cwd=here
    )
    assert done.returncode == 0, done.stderr
    assert "#\\x23[error]d.mp4" in done.stdout
    assert COMMAND.search(done.stdout + done.stderr) is None


@pytest.mark.parametrize("asked", [["facts", "--", *NAMES], ["check", "--", "##[error]gone.mp4"], ["check", "--report", "##[error]x", "a"], ["##[error]"], ["check", "--rules", "##[error]x", "."]], ids=lambda one: one[0] + one[1][:9] if len(one) > 1 else one[0])  # fmt: skip
def test_no_line_of_other_commands_and_errors_is_one(here: Path, asked: list[str]) -> None:
    done = vidcheck(*asked, cwd=here)
    assert COMMAND.search(done.stdout + done.stderr) is None


@pytest.mark.parametrize("form", ["text", "markdown", "json", "jsonl", "sarif", "gitlab"])
def test_no_line_of_a_report_on_stdout_is_one(here: Path, form: str) -> None:
    done = vidcheck("check", "--report", f"{form}:-", "--", *NAMES, cwd=here)
    assert COMMAND.search(done.stdout + done.stderr) is None
    if form == "json":
        assert {entry["path"] for entry in json.loads(done.stdout)["entries"]} == set(NAMES)


def test_the_report_for_github_still_gives_commands(here: Path) -> None:
    done = vidcheck("check", "--report", "github:-", "--", *NAMES, cwd=here)
    assert all(line.startswith("::") for line in done.stdout.splitlines())
    assert COMMAND.search(done.stderr) is None


def test_elsewhere_the_screens_text_is_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert inert("::error::a ##[x]") == "::error::a ##[x]"
