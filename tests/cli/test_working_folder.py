"""Rules and decisions that lie in the folder being checked may be a stranger's: they count only where they are named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.run import vidcheck
from tests.kit import put, rules_text
from vidcheck import check
from vidcheck.rules.problems import RulesError

if TYPE_CHECKING:
    from pathlib import Path

LENIENT = "look: {manual: Look at it}"
RULES = "vidcheck: rules.yaml: it lies in the folder that is searched, with strangers' files; to apply it, say --rules rules.yaml\n"
DECISIONS = "vidcheck: decisions.yaml is left out, because it lies in the folder that is searched, with strangers' files; to apply it, say --decisions decisions.yaml\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of entries with rules that let everything pass."""
    folder = tmp_path / "entries"
    folder.mkdir()
    put(folder / "long.mp4")
    (folder / "rules.yaml").write_text(rules_text(LENIENT))
    monkeypatch.chdir(folder)
    return folder


FOLDERS = [".", "..", "../entries", "./", "/", "../link"]


@pytest.mark.parametrize(
    ("command", "asked"),
    [*((command, folder) for command in ("check", "watch") for folder in FOLDERS), ("check", "../*")],
)
def test_rules_in_the_folder_that_is_searched_must_be_named(here: Path, command: str, asked: str) -> None:
    (here.parent / "link").symlink_to("entries")
    done = vidcheck(command, asked)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", RULES)


@pytest.mark.parametrize(
    "asked", [[".", "--rules", "rules.yaml"], ["long.mp4"], ["*.mp4"], ["./long.mp4"]], ids=lambda asked: asked[0]
)
@pytest.mark.usefixtures("here")
def test_rules_that_are_named_count_and_so_do_those_beside_a_file_that_is_named_alone(asked: list[str]) -> None:
    done = vidcheck("check", *asked)
    assert (done.returncode, done.stderr) == (0, "")


def test_rules_above_the_folder_that_is_searched_count(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here.parent / "rules.yaml").write_text(rules_text("duration: {max: 60 s}"))
    monkeypatch.chdir(here.parent)
    assert vidcheck("check", "entries").returncode == 1


def test_decisions_in_the_folder_that_is_searched_are_left_out_with_a_line(here: Path) -> None:
    (here / "rules.yaml").write_text(rules_text("duration: {max: 60 s}"))
    decided = vidcheck("decide", "long.mp4", "duration", "accept", "--by", "me", "--reason", "so")
    assert decided.returncode == 0, decided.stderr
    done = vidcheck("check", ".", "--rules", "rules.yaml")
    assert (done.returncode, done.stderr) == (1, DECISIONS)
    named = vidcheck(
        "check", ".", "--rules", "rules.yaml", "--decisions", "decisions.yaml", "--report", "json:out.json"
    )
    assert (named.returncode, named.stderr) == (0, "")
    assert json.loads((here / "out.json").read_text())["summary"]["eligible"] == 1
    assert vidcheck("check", "long.mp4").returncode == 0


@pytest.mark.usefixtures("here")
def test_facts_need_no_rules_and_with_a_manifest_they_must_be_named() -> None:
    assert vidcheck("facts", ".").returncode == 0
    with open("m.csv", "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write("file,title\nlong.mp4,x\n")
    assert vidcheck("facts", ".", "--manifest", "m.csv").stderr == RULES
    assert vidcheck("facts", ".", "--manifest", "m.csv", "--rules", "rules.yaml").returncode == 0


@pytest.mark.usefixtures("here")
def test_it_is_the_same_for_callers_in_python() -> None:
    with pytest.raises(RulesError, match="say --rules"):
        check(["."])
    assert check(["long.mp4"]).summary.eligible == 1
