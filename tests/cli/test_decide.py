"""`vidcheck decide` and `vidcheck review`, and what checks make of decisions."""

from __future__ import annotations

import csv
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from tests.cli.run import COMMAND, started, vidcheck
from tests.clips import surgery
from tests.kit import put, rules_text
from vidcheck.cli import build as application
from vidcheck.rules.decisions import read_decisions

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

RULES = "format: {is: mp4}\nduration: {max: 1 s}\nlook: {manual: Look at it}\nlisten: {manual: Listen}"


def run(*arguments: str | Path, answers: str = "") -> Result:
    told = list(map(str, arguments))
    return CliRunner().invoke(application(), told, input=answers)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "rules.yaml").write_text(rules_text(RULES))
    (tmp_path / "entries").mkdir()
    put(tmp_path / "entries" / "a.mp4")
    put(tmp_path / "entries" / "b.mp4", surgery.clip() + surgery.box("free", b"b"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def decide(entry: str = "entries/a.mp4", rule: str = "duration", choice: str = "accept", **more: str) -> Result:
    given = {"by": "王芳", "reason": "the call allows it", **more}
    return run("decide", entry, rule, choice, *(part for name, text in given.items() for part in (f"--{name}", text)))


def checked(*arguments: str) -> dict[str, Any]:
    result = vidcheck("check", "entries", "--report", "json:-", *arguments)
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def test_a_decision_shows_in_every_report_and_the_verdict_follows(here: Path) -> None:
    assert decide().exit_code == 0
    names = ("r.json", "r.jsonl", "r.html", "r.csv", "r.md", "r.xml", "r.sarif", "r.txt", "r.xlsx")
    result = vidcheck("check", "entries", *(part for name in names for part in ("--report", name)))
    assert result.returncode == 1  # b is still too long
    report = json.loads((here / "r.json").read_text(encoding="utf-8"))
    first, second = report["entries"]
    assert (first["verdict"], second["verdict"]) == ("eligible", "ineligible")
    (told,) = [finding for finding in first["findings"] if "decision" in finding]
    assert (told["rule"], told["outcome"], told["decision"]["by"]) == ("duration", "fail", "王芳")
    assert told["evidence"]
    for name in names[1:8]:
        assert "the call allows it" in (here / name).read_text(encoding="utf-8-sig"), name
    assert "1 decided by a person" in result.stdout


def test_a_decision_is_void_when_the_bytes_change_and_says_so(here: Path) -> None:
    decide()
    put(here / "entries" / "a.mp4", surgery.clip() + surgery.box("free", b"x"))
    first = checked()["entries"][0]
    assert first["verdict"] == "ineligible"
    (told,) = [finding["decision"] for finding in first["findings"] if "decision" in finding]
    assert told["void"] == "the file's bytes are not those that were decided on"


def test_a_decision_that_concerns_nothing_is_reported_and_costs_no_exit_code(here: Path) -> None:
    decide()
    decide("entries/b.mp4")
    result = vidcheck("check", "entries/a.mp4", "--report", "json:-")
    assert result.returncode == 0
    (told,) = json.loads(result.stdout)["batch"]
    assert told["rule"] == "decisions"
    assert "entries/b.mp4, duration" in told["message"]


def test_another_file_of_decisions_can_be_named(here: Path) -> None:
    assert decide(decisions="round-2.yaml").exit_code == 0
    assert checked()["summary"]["eligible"] == 0
    assert checked("--decisions", "round-2.yaml")["summary"]["eligible"] == 1


def test_no_checksum_is_read_of_entries_that_nobody_decided(here: Path) -> None:
    decide(rule="look")
    report = checked()
    assert not any(
        fact["key"] == "checksum" for entry in report["entries"] for f in entry["findings"] for fact in f["evidence"]
    )
    assert [entry["verdict"] for entry in report["entries"]] == ["ineligible", "ineligible"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("entries/none.mp4", "duration", "accept"), "there is no file or folder entries/none.mp4"),
        (("entries/a.mp4", "durations", "accept"), "there is no rule 'durations'"),
        (("entries/a.mp4", "duration", "maybe"), "'maybe' is none of accept, reject"),
    ],
)  # fmt: skip
def test_what_can_not_be_decided_is_refused_and_nothing_is_written(
    here: Path, arguments: tuple[str, ...], told: str
) -> None:
    result = run("decide", *arguments, "--by", "x", "--reason", "y")
    assert result.exit_code == 2
    assert told in " ".join(result.output.replace("│", " ").split())
    assert not (here / "decisions.yaml").exists()


def test_a_file_that_is_not_sound_stays_as_it_is(here: Path) -> None:
    (here / "decisions.yaml").write_text("vidcheck: 1\ndecisions:\n- {entry: a}\n")
    result = decide()
    assert result.exit_code == 2
    assert "missing here: checksum, rule" in result.output
    assert (here / "decisions.yaml").read_text() == "vidcheck: 1\ndecisions:\n- {entry: a}\n"
    assert vidcheck("check", "entries").returncode == 2


def test_decisions_made_at_once_are_all_kept(here: Path) -> None:
    def one(rule: str) -> int:
        return started("decide", "entries/a.mp4", rule, "accept", "--by", "x", "--reason", "y", cwd=here).returncode

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(one, ("format", "duration", "look", "listen"))) == {0}
    rows = read_decisions((here / "decisions.yaml").read_bytes(), "d").rows
    assert sorted(row.rule for row in rows) == ["duration", "format", "listen", "look"]


def test_a_walk_writes_each_answer_and_goes_on_where_it_was_broken_off(here: Path) -> None:
    vidcheck("check", "entries", "--report", "r.json", cwd=here)
    first = run("review", "r.json", answers="w\nWang Fang\nseen\nx\nr\nno sound\nq\n")
    assert first.exit_code == 3
    rows = read_decisions((here / "decisions.yaml").read_bytes(), "d").rows
    assert [(row.rule, row.choice, row.by, row.reason) for row in rows] == [
        ("look", "accept", "Wang Fang", "seen"),
        ("listen", "reject", "Wang Fang", "no sound"),
    ]
    assert "2 items still wait" in first.output
    second = run("review", "r.json", "--by", "Li", answers="w\nok\nw\nok\n")
    assert second.exit_code == 0
    assert "entries/a.mp4" not in second.output
    assert len(read_decisions((here / "decisions.yaml").read_bytes(), "d").rows) == 4


def test_a_walk_ends_with_its_input_and_keeps_what_was_decided(here: Path) -> None:
    vidcheck("check", "entries", "--report", "r.json", cwd=here)
    result = run("review", "r.json", "--by", "Li", answers="w\nok\n")
    assert result.exit_code == 3
    assert "3 items still wait" in result.output


def test_a_walk_takes_every_answer_from_a_pipe(here: Path) -> None:
    vidcheck("check", "entries", "--report", "r.json", cwd=here)
    words = [*COMMAND, "review", "r.json", "--by", "Li"]
    answers = "w\nseen\nr\nno sound\nq\n"
    done = subprocess.run(
        words, cwd=here, input=answers, capture_output=True, timeout=120, check=False, encoding="utf-8"
    )
    assert done.returncode == 3
    rows = read_decisions((here / "decisions.yaml").read_bytes(), "d").rows
    assert [(row.rule, row.choice, row.reason) for row in rows] == [
        ("look", "accept", "seen"),
        ("listen", "reject", "no sound"),
    ]


def test_opening_names_the_file_alone(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("typer.launch", opened.append)
    vidcheck("check", "entries", "--report", "r.json", cwd=here)
    run("review", "r.json", "--by", "Li", answers="o\nq\n")
    assert opened == [str(here / "entries" / "a.mp4")]


def test_hostile_words_in_a_report_stay_text(here: Path) -> None:
    vidcheck("check", "entries", "--report", "r.json", cwd=here)
    text = (here / "r.json").read_text(encoding="utf-8").replace("Look at it", "Look\\u001b[31m at it")
    (here / "r.json").write_text(text, encoding="utf-8")
    result = run("review", "r.json", "--by", "Li", answers="q\n")
    assert "\x1b" not in result.output
    assert "Look\\x1b[31m at it" in result.output


def test_a_letter_tells_what_a_person_rejected(here: Path) -> None:
    pytest.importorskip("jinja2")
    decide(rule="look", choice="reject", reason="the picture is black")
    vidcheck("check", "entries/a.mp4", "--report", "r.json", cwd=here)
    assert vidcheck("letters", "r.json", "--out", "out", cwd=here).returncode == 0
    (letter,) = (here / "out").glob("*.txt")
    assert "the picture is black" in letter.read_text(encoding="utf-8")


def test_the_contacts_report_says_whom_to_ask_for_what(here: Path) -> None:
    vidcheck("check", "entries", "--report", "contacts:who.csv", cwd=here)
    rows = list(csv.DictReader((here / "who.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["path"] for row in rows] == ["entries/a.mp4", "entries/b.mp4"]
    assert rows[0]["open"].startswith("Duration is 3:00; expected: at most 0:01")
    assert rows[0]["for-a-person"] == "Look at it; Listen"


def test_which_of_two_alike_entries_counts_can_be_decided(here: Path) -> None:
    (here / "rules.yaml").write_text(
        "vidcheck: 1\nrules: {format: {is: mp4}}\nbatch: {same-file: {unique: checksum}}\n"
    )
    put(here / "entries" / "b.mp4")
    assert [entry["verdict"] for entry in checked()["entries"]] == ["review", "review"]
    assert decide("entries/a.mp4", "same-file", "accept").exit_code == 0
    assert decide("entries/b.mp4", "same-file", "reject").exit_code == 0
    assert [entry["verdict"] for entry in checked()["entries"]] == ["eligible", "ineligible"]


def test_the_contacts_report_tells_what_was_declared(here: Path) -> None:
    (here / "m.csv").write_text(
        "file,title,telephone,email\na.mp4,山那边的灯光,13812345678,a@example.cn\n", encoding="utf-8"
    )
    vidcheck("check", "entries", "--manifest", "m.csv", "--report", "contacts:who.csv", "--report", "r.json", cwd=here)
    rows = list(csv.DictReader((here / "who.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert (rows[0]["title"], rows[0]["telephone"], rows[0]["email"]) == ("山那边的灯光", "13812345678", "a@example.cn")
    assert "13812345678" not in (here / "r.json").read_text(encoding="utf-8")
