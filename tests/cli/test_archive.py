"""`vidcheck archive` and `vidcheck check --archive`, as their users run them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from tests.cli.run import vidcheck as run
from tests.clips import surgery
from tests.kit import put
from vidcheck.reports.schema import report_schema

if TYPE_CHECKING:
    from pathlib import Path

RULES = """\
vidcheck: 1
rules: {format: {is: mp4}}
batch:
  same-file: {unique: checksum}
  earlier-file: {not-in-archive: checksum}
  earlier-work: {not-in-archive: [declared.title, declared.authors], if-found: review}
"""
CLIP = surgery.clip()
OTHER = CLIP + b"\0\0\0\x08free"
TABLE = "视频文件,作品名称,主创人员（或单位）\na.mp4,《水》,张三\nb.mp4,火,李四\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with rules, last year's entries and this year's; no archive but the one that a test makes."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.delenv("VIDCHECK_ARCHIVE", raising=False)
    (tmp_path / "rules.yaml").write_text(RULES)
    (tmp_path / "old.csv").write_text(TABLE, encoding="utf-8")
    for folder, name, data in (("old", "a", CLIP), ("old", "b", OTHER), ("new", "x", CLIP), ("new", "y", OTHER[:-9])):
        (tmp_path / folder).mkdir(exist_ok=True)
        put(tmp_path / folder / f"{name}.mp4", data)
    return tmp_path


def vidcheck(*arguments: str, code: int = 0, **environment: str) -> str:
    done = run(*arguments, cwd=None, **environment)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code not in {2, 4} else done.stderr


def report(*arguments: str, code: int) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(vidcheck("check", *arguments, "--report", "json:-", code=code))
    return told


def test_makers_with_telephones_are_known_again_from_a_report_that_withholds_them(here: Path) -> None:
    (here / "rules.yaml").write_text(
        RULES.replace(
            "rules: {", "rules: {m: {fact: declared.authors, known: yes}, t: {fact: declared.title, known: yes}, "
        )
    )
    (here / "old.csv").write_text(
        "视频文件,作品名称,主创人员（或单位）\na.mp4,水 13812345678,科普一组（138-1234-5678）、李四 z@example.cn\n",
        encoding="utf-8",
    )
    (here / "new.csv").write_text(
        "视频文件,作品名称,主创人员（或单位）\ny.mp4,水,科普一组（+86 13812345678）、李四\n", encoding="utf-8"
    )
    vidcheck("check", "old/a.mp4", "--manifest", "old.csv", "--rules", "rules.yaml", "-q", "--report", "json:r.json")
    vidcheck("archive", "add", "--edition", "2020", "r.json", "--archive", "a.sqlite")
    told = vidcheck("archive", "check", "new/y.mp4", "--manifest", "new.csv", "--archive", "a.sqlite", code=1)
    assert "already entered in 2020 as old/a.mp4" in told
    kept = (here / "a.sqlite").read_bytes()
    assert [secret for secret in (b"12345678", b"1234-5678", b"z@example.cn") if secret in kept] == []


def test_an_edition_is_added_listed_found_and_removed(here: Path) -> None:
    told = vidcheck("archive", "add", "--edition", "2020", "old", "--manifest", "old.csv", "--archive", "a.sqlite")
    assert told.splitlines() == [
        "2020: 2 entries added",
        "  checksum: of 2 of 2",
        "  declared.authors: of 2 of 2",
        "  declared.first-author: of 2 of 2",
        "  declared.title: of 2 of 2",
    ]
    listed = vidcheck("archive", "list", "--archive", "a.sqlite")
    assert listed.startswith("a.sqlite\n2020: 2 entries (checksum 2, declared.authors 2, ")
    assert vidcheck("archive", "check", "new", "--archive", "a.sqlite", code=1).splitlines() == [
        "new/x.mp4: already entered in 2020 as old/a.mp4 (the same checksum)",
        "new/y.mp4: not in the archive",
    ]
    assert vidcheck("archive", "check", "new/y.mp4", "--archive", "a.sqlite").endswith("not in the archive\n")
    assert "1999" in vidcheck("archive", "remove", "--edition", "1999", "--archive", "a.sqlite", code=2)
    assert vidcheck("archive", "remove", "--edition", "2020", "--archive", "a.sqlite") == "2020: 2 entries removed\n"
    assert "The archive is empty." in vidcheck("archive", "list", "--archive", "a.sqlite")


def test_a_check_with_an_archive_names_edition_and_entry(here: Path) -> None:
    vidcheck("archive", "add", "--edition", "2020", "old", "--manifest", "old.csv", "--archive", "a.sqlite")
    (here / "new.csv").write_text(
        "视频文件,作品名称,主创人员（或单位）\nx.mp4,风,王五\ny.mp4,火！,李四\n", encoding="utf-8"
    )
    told = report("new", "--archive", "a.sqlite", "--manifest", "new.csv", code=1)
    one, other = told["entries"]
    findings = {finding["rule"]: finding for finding in one["findings"]}
    assert (one["verdict"], other["verdict"]) == ("ineligible", "review")
    assert findings["earlier-file"]["actual"] == "already entered in 2020 as old/a.mp4"
    assert findings["earlier-file"]["place"] == {"file": "rules.yaml", "line": 5, "column": 3}
    (doubt,) = [finding for finding in other["findings"] if finding["outcome"] == "unknown"]
    assert doubt["actual"] == "already entered in 2020 as old/b.mp4"
    assert told["tool"]["archive"].startswith("2020 (2); sha256:")


def test_the_usual_archive_is_asked_if_it_is_there_and_the_environment_names_another(here: Path) -> None:
    told = report("new", code=0)
    assert "archive" not in told["tool"]
    assert {finding["outcome"] for finding in told["entries"][0]["findings"] if "earlier" in finding["rule"]} == {
        "skip"
    }
    vidcheck("archive", "add", "--edition", "2020", "old")
    assert report("new", code=1)["entries"][0]["verdict"] == "ineligible"
    vidcheck("archive", "add", "--edition", "2021", "old/b.mp4", VIDCHECK_ARCHIVE="b.sqlite")
    assert vidcheck("archive", "list", VIDCHECK_ARCHIVE="b.sqlite").startswith("b.sqlite\n2021: 1 entry")
    vidcheck("check", "new", VIDCHECK_ARCHIVE="b.sqlite")


def test_a_single_file_without_archive_or_manifest_is_judged_as_ever(here: Path) -> None:
    assert [finding["rule"] for finding in report("new/x.mp4", code=0)["entries"][0]["findings"]] == ["format"]


def test_an_archive_that_was_named_and_cant_be_used_is_exit_2_and_one_line(here: Path) -> None:
    (here / "text").write_text("no archive\n" * 100)
    for path in ("text", "none", "old"):
        told = vidcheck("check", "new", "--archive", path, code=2)
        assert told.count("\n") == 1
        why = f"there is no archive {path} yet" if path == "none" else f"the archive {path} can't be used"
        assert told.startswith(f"vidcheck: {why}: ")
    assert "there is no archive none yet" in vidcheck("check", "new", code=2, VIDCHECK_ARCHIVE="none")
    for command in (["list"], ["check", "new"], ["remove", "--edition", "2020"]):
        assert vidcheck("archive", *command, "--archive", "none", code=2).count("\n") == 1
    assert "it is no database" in vidcheck("archive", "add", "old", "--edition", "2020", "--archive", "text", code=2)
    assert (here / "text").read_text() == "no archive\n" * 100


def test_an_archive_that_no_rule_asks_is_said_not_to_be_looked_at(here: Path) -> None:
    (here / "plain.yaml").write_text("vidcheck: 1\nrules: {format: {is: mp4}}\n")
    done = run("check", "new", "--rules", "plain.yaml", "--archive", "none")
    assert done.returncode == 0
    assert "no rule asks the archive, so none is not looked at" in done.stderr


def test_no_report_is_written_over_the_archive(here: Path) -> None:
    vidcheck("archive", "add", "--edition", "2020", "old", "--archive", "a.sqlite")
    before = (here / "a.sqlite").read_bytes()
    vidcheck("check", "new", "--archive", "a.sqlite", "--report", "json:a.sqlite", code=2)
    assert (here / "a.sqlite").read_bytes() == before


def test_a_report_is_archived_by_what_its_evidence_tells(here: Path) -> None:
    put(here / "new" / "z.mp4", CLIP)
    vidcheck("check", "new", "--report", "json:r.json", code=3)
    told = vidcheck("archive", "add", "--edition", "2021", "r.json", "--archive", "a.sqlite")
    assert told.splitlines() == ["2021: 2 entries added", "  checksum: of 2 of 2"]
    assert "2021 as new/z.mp4" in vidcheck("archive", "check", "old/a.mp4", "--archive", "a.sqlite", code=1)
    vidcheck("check", "new", "--only", "format", "--report", "json:bare.json")
    assert "tells no checksum, title or author" in vidcheck(
        "archive", "add", "--edition", "2021", "bare.json", "--archive", "a.sqlite", code=2
    )
    (here / "text.json").write_text("[]")
    assert "is not a JSON report" in vidcheck("archive", "add", "--edition", "2021", "text.json", code=2)


def test_an_edition_has_a_name_that_fits_a_line(here: Path) -> None:
    for name in ("", " ", "a\nb", "x" * 81):
        assert "an edition's name" in " ".join(vidcheck("archive", "add", "old", "--edition", name, code=2).split())


def test_a_file_that_cant_be_read_is_said_and_not_archived(here: Path) -> None:
    (here / "old" / "c.mp4").symlink_to("nowhere")
    done = run("archive", "add", "--edition", "2020", "old/a.mp4", "old/c.mp4", "--archive", "a.sqlite")
    assert done.returncode == 3
    assert "old/c.mp4: it could not be read" in done.stderr
    assert done.stdout.startswith("2020: 1 entry added\n")


def test_batch_findings_stand_in_every_report(here: Path) -> None:
    put(here / "new" / "z.mp4", CLIP)
    names = (
        "r.json",
        "r.jsonl",
        "r.html",
        "r.xlsx",
        "r.csv",
        "r.md",
        "r.xml",
        "r.sarif",
        "r.txt",
        "github:r.gh",
        "gitlab:r.gl",
    )
    vidcheck("check", "new", *(word for name in names for word in ("--report", name)), code=3)
    told = json.loads((here / "r.json").read_text())
    assert [finding["rule"] for finding in told["batch"]] == ["same-file"]
    jsonschema.Draft202012Validator(report_schema()).validate(told)
    last = json.loads((here / "r.jsonl").read_text().splitlines()[-1])
    assert last["batch"] == told["batch"]
    assert last["summary"]["review"] == 2
    for name in ("r.html", "r.csv", "r.md", "r.xml", "r.sarif", "r.txt", "r.gl"):
        assert "same-file" in (here / name).read_text(encoding="utf-8-sig"), name
    assert "same-file" in (here / "r.gh").read_text()


def test_only_and_skip_know_rules_over_many_entries(here: Path) -> None:
    put(here / "new" / "z.mp4", CLIP)
    told = report("new", "--only", "same-file", code=3)
    assert [rule["rule"] for rule in told["rules"]["list"]] == ["same-file"]
    assert "batch" in report("new", "--skip", "same-file", code=0)
    assert "there is no rule" in " ".join(vidcheck("check", "new", "--only", "same-fil", code=2).split())


def test_rules_show_and_explain_tell_of_batch_rules(here: Path) -> None:
    assert "no other entry with the same checksum" in vidcheck("rules", "show")
    assert "no entry of an earlier edition" in vidcheck("rules", "explain", "earlier-file")
    assert vidcheck("rules", "check").startswith("rules.yaml: 4 rules, sound")
