"""`vidcheck decide` and `vidcheck review`, and what checks make of decisions."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from tests.cli.run import COMMAND, started, vidcheck
from tests.clips import surgery
from tests.kit import put, rules_text
from tests.thorough import examples
from vidcheck.cli import build as application
from vidcheck.rules.decisions import read_decisions, with_decisions, without_decisions

if TYPE_CHECKING:
    from collections.abc import Iterator
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


def test_an_acceptance_needs_no_reason_and_a_rejection_does(here: Path) -> None:
    assert run("decide", "entries/a.mp4", "look", "accept", "--by", "Li").exit_code == 0
    refused = run("decide", "entries/a.mp4", "listen", "reject", "--by", "Li")
    assert refused.exit_code == 2
    assert "a rejection needs a reason" in refused.output
    (row,) = read_decisions((here / "decisions.yaml").read_bytes(), "d").rows
    assert (row.rule, row.reason) == ("look", "")
    vidcheck("check", "entries", "--report", "r.csv", cwd=here)
    report = (here / "r.csv").read_text(encoding="utf-8")
    assert re.search(r"accepted by Li, \d{4}-\d\d-\d\d(?!:)", report)


def test_one_key_accepts_and_the_last_answer_can_be_taken_back(here: Path) -> None:
    vidcheck("check", "entries", "--report", "r.json", cwd=here)
    result = run("review", "r.json", "--by", "Li", answers="a\na\nu\nu\nu\nr\nno sound\nq\n")
    assert "There is nothing to take back." in result.output
    (row,) = read_decisions((here / "decisions.yaml").read_bytes(), "d").rows
    assert (row.entry, row.rule, row.choice, row.reason) == ("entries/a.mp4", "look", "reject", "no sound")
    assert "1 decision is in decisions.yaml" in result.output
    assert "3 items still wait" in result.output


def test_an_answer_is_not_taken_back_from_a_file_that_somebody_changed(here: Path) -> None:
    vidcheck("check", "entries", "--report", "r.json", cwd=here)
    raw = with_decisions(b"", "d", [])
    (here / "d.yaml").write_bytes(raw)
    assert run("review", "r.json", "--by", "Li", "--decisions", "d.yaml", answers="a\nq\n").exit_code == 3
    (row,) = read_decisions((here / "d.yaml").read_bytes(), "d").rows
    text = (here / "d.yaml").read_bytes()
    assert without_decisions(text, [row]) == raw
    assert without_decisions(text.replace(b"accept", b"reject"), [row]) is None


def test_what_is_open_comes_before_what_the_rules_leave_to_a_person(here: Path) -> None:
    (here / "rules.yaml").write_text(
        "vidcheck: 1\nrules: {look: {manual: Look at it}, broadcast: {from: 2020-01-01}, format: {is: mp4}}\n"
    )
    vidcheck("check", "entries", "--report", "r.json", cwd=here)
    shown = run("review", "r.json", "--by", "Li", answers="s\n" * 4).output
    at = [shown.index(f"item {number} of 4") for number in (1, 2, 3, 4)]
    questions = [shown[one:next_] for one, next_ in zip(at, [*at[1:], len(shown)], strict=True)]
    assert ["Look at it" in question for question in questions] == [False, False, True, True]
    assert "entry 2 of 2" in questions[1]


def test_a_walk_can_be_filtered_by_rule(here: Path) -> None:
    vidcheck("check", "entries", "--report", "r.json", cwd=here)
    asked = run("review", "r.json", "--by", "Li", "--rule", "listen", answers="a\na\nq\n")
    rows = read_decisions((here / "decisions.yaml").read_bytes(), "d").rows
    assert [(row.entry, row.rule) for row in rows] == [("entries/a.mp4", "listen"), ("entries/b.mp4", "listen")]
    assert "Nothing is left of listen." in asked.output
    chosen = run("review", "r.json", "--by", "Li", "--decisions", "d2.yaml", answers="f\n2\na\nq\n")
    assert "2  listen (2)" in chosen.output
    assert [row.rule for row in read_decisions((here / "d2.yaml").read_bytes(), "d").rows] == ["listen"]
    wrong = run("review", "r.json", "--rule", "lisen")
    assert wrong.exit_code == 2
    assert "did you mean 'listen'" in wrong.output


def test_a_walk_shows_suggestions_filters_by_them_and_accepts_what_is_likely_at_once(here: Path) -> None:
    most = len(surgery.clip())  # only a.mp4 is so small
    likely = f"look: {{manual: Look at it, assist: {{size: {{max: {most} B}}}}}}"
    (here / "rules.yaml").write_text(rules_text(likely))
    vidcheck("check", "entries", "--report", "r.json", cwd=here)
    asked = run("review", "r.json", "--by", "Li", answers="*\ny\nq\n").output
    assert "Suggestion: likely yes (file size: " in asked
    assert "[y] accepts the 1 that is likely" in asked
    rows = read_decisions((here / "decisions.yaml").read_bytes(), "d").rows
    assert [(row.entry, row.choice) for row in rows] == [("entries/a.mp4", "accept")]
    refused = run("review", "r.json", "--by", "Li", "--decisions", "d2.yaml", answers="f\n3\nr\nno\nq\n").output
    assert "3  likely no (1)" in refused or "3  likely yes (1)" in refused
    undone = run("review", "r.json", "--by", "Li", "--decisions", "d3.yaml", answers="*\ny\nu\nq\n").output
    assert "1 decision is taken back." in undone
    assert not read_decisions((here / "d3.yaml").read_bytes(), "d").rows


def test_no_figure_is_shown_as_a_machine_wrote_it(here: Path) -> None:
    (here / "rules.yaml").write_text("vidcheck: 1\nrules: {later: {fact: container.created, from: 2030-01-01}}\n")
    vidcheck("check", "entries/a.mp4", "--report", "r.json", cwd=here)
    text = (here / "r.json").read_text(encoding="utf-8").replace('"outcome": "fail"', '"outcome": "unknown"')
    (here / "r.json").write_text(text, encoding="utf-8")
    raw = json.loads(text)["entries"][0]["findings"][0]["evidence"][0]["raw"]
    shown = run("review", "r.json", "--by", "Li", answers="q\n").output
    assert raw.isdigit()
    assert raw not in shown
    assert re.search(r"20\d\d-\d\d-\d\d", shown)


def test_what_was_declared_is_shown_without_personal_data(here: Path) -> None:
    (here / "m.csv").write_text(
        "file,title,summary,broadcast-url,telephone\n"
        "a.mp4,山那边的灯光,讲述灯光 13812345678,https://example.cn/a,13812345678\n",
        encoding="utf-8",
    )
    vidcheck("check", "entries/a.mp4", "--manifest", "m.csv", "--report", "r.json", cwd=here)
    shown = run("review", "r.json", "--by", "Li", "--manifest", "m.csv", answers="q\n").output
    assert all(words in shown for words in ("山那边的灯光", "讲述灯光", "https://example.cn/a"))
    assert "13812345678" not in shown


def test_all_items_of_a_rule_are_decided_alike_after_one_question_with_their_number(here: Path) -> None:
    vidcheck("check", "entries", "--report", "r.json", cwd=here)
    kept = run("review", "r.json", "--by", "Li", answers="*\nx\nq\n")
    assert "All 2 items of look" in kept.output
    assert not (here / "decisions.yaml").exists()
    done = run("review", "r.json", "--by", "Li", answers="*\nw\nall seen\n*\nr\nno sound\nu\nq\n")
    rows = read_decisions((here / "decisions.yaml").read_bytes(), "d").rows
    assert [(row.entry, row.rule, row.choice, row.reason) for row in rows] == [
        ("entries/a.mp4", "look", "accept", "all seen"),
        ("entries/b.mp4", "look", "accept", "all seen"),
    ], done.output


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_many_alike_items_take_few_keys_on_a_terminal(here: Path) -> None:
    """445 entries (in the ordinary run a sixth) with 7 items each, decided with two keys a rule and no Enter."""
    import pty

    entries = examples(445)
    manual = "".join(f"  item-{number}: {{manual: Question {number}}}\n" for number in range(1, 8))
    (here / "rules.yaml").write_text(f"vidcheck: 1\nrules:\n{manual}")
    vidcheck("check", "entries/a.mp4", "--report", "r.json", cwd=here)
    report = json.loads((here / "r.json").read_text(encoding="utf-8"))
    (entry,) = report["entries"]
    for number in range(entries):
        (here / "entries" / f"{number:03}.mp4").write_bytes(b"%d" % number)
    report["entries"] = [{**entry, "path": f"entries/{number:03}.mp4"} for number in range(entries)]
    (here / "r.json").write_text(json.dumps(report), encoding="utf-8")
    ours, theirs = pty.openpty()
    words = [*COMMAND, "review", "r.json", "--by", "Li", "--lang", "en"]
    with subprocess.Popen(words, cwd=here, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        keys = b"*a" * 7 + b"q"
        os.write(ours, keys)
        output, trouble = running.communicate(timeout=120)
    os.close(ours)
    os.close(theirs)
    assert running.returncode == 0, trouble.decode()
    assert b"All %d items of item-7" % entries in output
    rows = read_decisions((here / "decisions.yaml").read_bytes(), "d").rows
    assert len(rows) == entries * 7
    assert len(keys) <= 20


def test_several_entries_patterns_and_names_without_folder_are_decided_at_once(here: Path) -> None:
    (here / "entries" / "deep").mkdir()
    put(here / "entries" / "deep" / "c.mp4", surgery.clip() + surgery.box("free", b"c"))

    def decided(*entries: str) -> set[str]:
        (here / "decisions.yaml").unlink(missing_ok=True)
        result = run("decide", *entries, "look", "accept", "--by", "Li")
        assert result.exit_code == 0, result.output
        return {row.entry for row in read_decisions((here / "decisions.yaml").read_bytes(), "d").rows}

    two = {"entries/a.mp4", "entries/b.mp4"}
    assert decided("entries/a.mp4", "entries/b.mp4") == two
    assert decided("entries/?.mp4", "entries/a.mp4") == two
    assert decided("b.mp4", "a") == two
    assert decided("c.mp4") == {"entries/deep/c.mp4"}
    assert decided("entries") == decided("*.mp4") == {*two, "entries/deep/c.mp4"}


def test_a_name_of_several_entries_is_not_guessed(here: Path) -> None:
    (here / "more").mkdir()
    put(here / "more" / "a.mp4")
    result = run("decide", "a.mp4", "b.mp4", "nobody.mp4", "look", "accept", "--by", "Li")
    assert result.exit_code == 2
    assert "a.mp4 is not the name of one entry: entries/a.mp4, more/a.mp4" in result.output
    assert "there is no file or folder nobody.mp4" in result.output
    assert not (here / "decisions.yaml").exists()


def test_a_mistyped_rule_is_answered_with_the_names_that_are_near(here: Path) -> None:
    result = run("decide", "entries/a.mp4", "durations", "accept", "--by", "x")
    assert "did you mean 'duration'?" in " ".join(result.output.split())
    other = run("decide", "entries/a.mp4", "qqqq", "accept", "--by", "x")
    assert "the rules are format, duration, look, listen" in " ".join(other.output.split())


BOTH = ("--decisions", "wang.yaml", "--decisions", "li.yaml")


def test_where_two_people_decided_differently_the_entry_is_left_to_review_until_it_is_settled(here: Path) -> None:
    decide(decisions="wang.yaml")
    decide(choice="reject", by="Li", decisions="li.yaml", reason="the call does not")
    for files in (BOTH, BOTH[2:] + BOTH[:2]):
        first = checked(*files)["entries"][0]
        assert first["verdict"] == "review"
        (found,) = [finding["decision"] for finding in first["findings"] if "decision" in finding]
        assert {found["by"], *(each["by"] for each in found["against"])} == {"王芳", "Li"}
    shown = vidcheck("check", "entries", *BOTH, "--report", "r.json", cwd=here).stdout
    words = "people decided differently, so somebody has to settle it: accepted by 王芳"
    assert words in " ".join(shown.split())
    assert "concern" not in shown  # each of them concerns an entry
    result = run("review", "r.json", "--by", "Chair", *BOTH, answers="a\nq\n")
    assert "People decided 1 item differently." in result.output
    assert "accepted by 王芳" in result.output
    assert [checked(*files)["entries"][0]["verdict"] for files in (BOTH, BOTH[2:] + BOTH[:2])] == ["eligible"] * 2


def test_deciding_says_where_somebody_else_decided_differently_and_once_more_settles_it(here: Path) -> None:
    decide(decisions="wang.yaml")
    words = ("decide", "a.mp4", "duration", "reject", "--by", "Li", "--reason", "too long", *BOTH)
    first, second = run(*words), run(*words)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "a.mp4, duration: people decided differently" in first.output
    assert "differently" not in second.output
    assert checked(*BOTH)["entries"][0]["verdict"] == "ineligible"


def test_files_that_say_the_same_or_are_one_file_are_no_conflict(here: Path) -> None:
    decide(decisions="wang.yaml")
    decide(by="Li", decisions="li.yaml")
    assert checked(*BOTH)["entries"][0]["verdict"] == "eligible"
    decide(decisions="one.yaml", choice="reject")
    decide(decisions="one.yaml")
    report = checked("--decisions", "one.yaml", "--decisions", "./one.yaml")
    assert (report["entries"][0]["verdict"], report["batch"]) == ("eligible", [])


def test_no_letter_asks_an_entrant_what_the_jury_has_to_settle(here: Path) -> None:
    pytest.importorskip("jinja2")
    decide(decisions="wang.yaml", reason="internal words")
    decide(choice="reject", by="Li", decisions="li.yaml", reason="internal words")
    vidcheck("check", "entries/a.mp4", *BOTH, "--report", "r.json", "--report", "contacts:who.csv", cwd=here)
    vidcheck("letters", "r.json", "--out", "out", cwd=here)
    assert not any("internal words" in letter.read_text("utf-8") for letter in (here / "out").glob("*.txt"))
    (row,) = csv.DictReader((here / "who.csv").read_text(encoding="utf-8-sig").splitlines())
    assert row["open"] == ""


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


@contextmanager
def walking(here: Path, *options: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A review at a terminal; its keys are written to the file that is given."""
    import pty

    ours, theirs = pty.openpty()
    words = [*COMMAND, "review", "r.json", "--by", "Li", "--lang", "en", *options]
    with subprocess.Popen(words, cwd=here, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        os.close(theirs)
        try:
            yield ours, running
        finally:
            running.kill()
            os.close(ours)


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal")
def test_an_arrow_decides_nothing_and_a_key_of_an_input_method_counts(here: Path) -> None:
    vidcheck("check", "entries", "--report", "r.json", cwd=here)
    with walking(here) as (keys, running):
        os.write(keys, "\x1b[A\x1b[1;5A\x1bOA\x1b[15~接ａq".encode())
        output, trouble = running.communicate(timeout=120)
    assert running.returncode == 3, trouble.decode()
    assert b"1 decision is in decisions.yaml" in output


def test_items_are_filtered_by_verdict_and_by_name_and_all_of_the_filter_are_decided_alike(here: Path) -> None:
    vidcheck("check", "entries", "--report", "r.json", cwd=here)
    result = run("review", "r.json", "--by", "Li", "--lang", "en", answers="f\nb.MP4\n*\na\nu\nf\nqqq\n\n*\na\nq\n")
    assert "1 item of look (“b.MP4”)" in result.output
    assert "1 decision is taken back." in result.output
    assert "Nothing is left of “qqq”." in result.output
    assert "All 2 items of look:" in result.output
    assert "3  ineligible (4)" in result.output
    assert len(read_decisions((here / "decisions.yaml").read_bytes(), "d").rows) == 2


def test_what_was_taken_back_is_asked_for_next(here: Path) -> None:
    vidcheck("check", "entries", "--report", "r.json", cwd=here)
    result = run("review", "r.json", "--by", "Li", "--lang", "en", answers="s\na\na\nu\nu\nq\n")
    places = re.findall(r"item (\d) of 4", result.output)
    assert places == ["1", "2", "3", "4", "3", "2"]


def test_a_rejection_without_a_reason_is_told_why_it_needs_one(here: Path) -> None:
    vidcheck("check", "entries", "--report", "r.json", cwd=here)
    result = run("review", "r.json", "--by", "Li", "--lang", "en", answers="r\n\ntoo dark\nq\n")
    assert "a rejection needs a reason, which the entrant will read" in result.output
    (row,) = read_decisions((here / "decisions.yaml").read_bytes(), "d").rows
    assert row.reason == "too dark"


def test_a_report_in_another_language_asks_in_the_language_of_the_screen(here: Path) -> None:
    (here / "rules.yaml").write_text(
        rules_text("look: {manual: {en: Look at it, zh: 请看画面}, label: {zh: 画面, en: picture}}"), encoding="utf-8"
    )
    vidcheck("check", "entries", "--lang", "en", "--report", "r.json", cwd=here)
    result = run("review", "r.json", "--by", "Li", "--lang", "zh", answers="q\n")
    assert "画面：请看画面" in result.output
    (here / "rules.yaml").write_text(rules_text("look: {manual: changed}"), encoding="utf-8")
    other = run("review", "r.json", "--by", "Li", "--lang", "zh", answers="q\n")
    assert "Look at it" in other.output


def test_a_rule_is_found_by_its_label_in_either_language(here: Path) -> None:
    assert decide(rule="时长").exit_code == 0
    assert decide(rule="DURATION").exit_code == 0
    (row, _) = read_decisions((here / "decisions.yaml").read_bytes(), "d").rows
    assert row.rule == "duration"


def test_an_entry_that_is_not_there_is_answered_with_the_names_that_are_near(here: Path) -> None:
    for name in ("entries/a.mp", "ab.mp4", "entries/a.mov"):
        result = run("decide", name, "look", "accept", "--by", "x")
        assert result.exit_code == 2
        assert re.search("did you mean .*'entries/a.mp4'", " ".join(result.output.split()))


def test_a_decision_to_the_contrary_of_an_earlier_one_says_so(here: Path) -> None:
    decide()
    assert "decided otherwise before: accepted by 王芳" in decide(choice="reject", by="Li").output


def test_a_file_that_may_only_be_read_is_not_replaced(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decide()
    before = (here / "decisions.yaml").read_bytes()
    monkeypatch.setattr("os.access", lambda path, _mode: path != "decisions.yaml")
    result = decide(rule="look")
    assert result.exit_code == 5
    assert (here / "decisions.yaml").read_bytes() == before


def test_a_file_of_decisions_that_is_missing_is_no_missing_preset(here: Path) -> None:
    result = vidcheck("check", "entries", "--decisions", "nobody.yaml", cwd=here)
    assert result.returncode == 2
    assert "nobody.yaml: there is no such file\n" in result.stderr


def test_what_people_decided_differently_is_reviewed_whatever_the_level(here: Path) -> None:
    (here / "rules.yaml").write_text(rules_text("duration: {max: 1 s, level: recommended}\nlook: {manual: Look at it}"))
    for rule in ("duration", "look"):
        decide(rule=rule, decisions="wang.yaml")
        decide(rule=rule, choice="reject", by="Li", decisions="li.yaml")
        assert checked(*BOTH)["entries"][0]["verdict"] == "review"
        decide(rule=rule, by="Chair", decisions="wang.yaml")
        run("decide", "a.mp4", rule, "accept", "--by", "Chair", *BOTH)
        assert checked(*BOTH)["entries"][0]["verdict"] == "eligible"


def test_of_three_people_who_differ_every_format_names_all(here: Path) -> None:
    for who, choice in (("Wang", "accept"), ("Li", "reject"), ("Zhou", "accept")):
        decide(rule="look", choice=choice, by=who, decisions=f"{who}.yaml")
    files = [f"--decisions={who}.yaml" for who in ("Wang", "Li", "Zhou")]
    names = [
        "r.json",
        "r.jsonl",
        "r.html",
        "r.csv",
        "r.md",
        "r.xml",
        "r.sarif",
        "r.txt",
        "gitlab:g.json",
        "github:g.txt",
    ]
    vidcheck("check", "entries", *files, *(f"--report={name}" for name in names), cwd=here)
    for name in names:
        text = (here / name.rpartition(":")[2]).read_text(encoding="utf-8-sig")
        assert not [who for who in ("Wang", "Li", "Zhou") if who not in text], name
