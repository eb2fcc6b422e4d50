"""Every file of a folder, every row and every column of a manifest is either looked at or named with the reason."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.run import vidcheck
from tests.kit import put, rules_text

if TYPE_CHECKING:
    from pathlib import Path

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
MORE = ("rmvb", "rm", "vob", "f4v", "asf", "dat", "m2ts", "mxf", "3g2", "divx", "ogv")
READ = ("text", "html", "markdown", "xlsx", "json", "jsonl")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "rules.yaml").write_text(rules_text("format: {is: mp4}\nlook: {manual: Look at it}"))
    (tmp_path / "in").mkdir()
    put(tmp_path / "in" / "a.mp4")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def checked(here: Path, *options: str) -> Any:
    done = vidcheck("check", "in", "--report", "json:out.json", *options, cwd=here)
    assert done.returncode in {0, 1, 3}, done.stderr
    return json.loads((here / "out.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("extension", [*MORE, "MXF", "Rmvb"])
def test_a_file_with_the_extension_of_a_video_is_an_entry_whatever_is_in_it(here: Path, extension: str) -> None:
    put(here / "in" / f"b.{extension}", b"anything")
    assert [entry["path"] for entry in checked(here)["entries"]] == ["in/a.mp4", f"in/b.{extension}"]


def test_a_pointer_of_git_lfs_is_said_to_be_one(here: Path) -> None:
    put(here / "in" / "b.mp4", POINTER)
    report = checked(here)
    assert report["entries"][1]["verdict"] == "ineligible"
    assert "a Git LFS pointer in place of the file" in json.dumps(report["entries"][1]["findings"][0])
    assert "Fetch the video itself" in report["entries"][1]["findings"][0]["remedy"]
    assert "a Git LFS pointer in place of the file" in " ".join(vidcheck("check", "in", cwd=here).stdout.split())


def test_every_other_file_is_named_with_the_reason(here: Path) -> None:
    folder = here / "in"
    for name in ("notes.txt", "films.zip", ".hidden.mp4", "README", "a\nb.txt"):
        put(folder / name, b"x")
    (folder / ".git").mkdir()
    (folder / "link.mp4").symlink_to("a.mp4")
    os.mkfifo(folder / "pipe.txt")
    report = checked(here)
    assert [(one["path"], one["reason"]) for one in report["ignored"]] == [
        ("in/.git", "a hidden folder"),
        ("in/.hidden.mp4", "a hidden file"),
        ("in/README", "no video by its name or content"),
        ("in/a\nb.txt", "no video by its name"),
        ("in/films.zip", "an archive, which is not unpacked"),
        ("in/link.mp4", "a symlink, which is not followed in a folder"),
        ("in/notes.txt", "no video by its name"),
        ("in/pipe.txt", "no regular file"),
    ]
    assert report["summary"]["ignored"] == 8


def test_a_file_that_is_named_too_is_no_ignored_one(here: Path) -> None:
    put(here / "in" / "notes.txt", b"x")
    done = vidcheck("check", "in", "in/notes.txt", "--report", "json:out.json", cwd=here)
    assert done.returncode == 1
    report = json.loads((here / "out.json").read_text(encoding="utf-8"))
    assert (len(report["entries"]), report["ignored"]) == (2, [])


@pytest.mark.parametrize("form", READ)
def test_what_people_read_names_them_too(here: Path, form: str) -> None:
    from tests.cli.test_manifest import content

    put(here / "in" / "films.zip", b"x")
    endings = {"xlsx": "out.xlsx"}
    name = endings.get(form, f"out.{form}")
    assert vidcheck("check", "in", "-q", "--report", f"{form}:{name}", cwd=here).returncode == 0
    shown = " ".join(content(here / name).split())
    assert "in/films.zip" in shown
    assert "an archive, which is not unpacked" in shown


def test_the_screen_names_ten_of_a_thousand(here: Path) -> None:
    for number in range(1000):
        (here / "in" / f"notes-{number:04}.txt").touch()
    shown = vidcheck("check", "in", cwd=here).stdout
    assert "in/notes-0009.txt" in shown
    assert "in/notes-0010.txt" not in shown
    assert "and 990 more" in " ".join(shown.split())
    assert len(checked(here)["ignored"]) == 1000


def table(here: Path, *rows: str) -> None:
    (here / "m.csv").write_text("\n".join(rows), encoding="utf-8")


def test_an_entry_without_a_row_is_for_review(here: Path) -> None:
    put(here / "in" / "b.mp4")
    table(here, "视频文件,作品名称", "a.mp4,一", "")
    report = checked(here, "--manifest", "m.csv")
    first, second = report["entries"]
    assert (first["verdict"], second["verdict"]) == ("eligible", "review")
    assert [finding["rule"] for finding in first["findings"]] == ["format", "look"]
    missed = second["findings"][-1]
    assert (missed["rule"], missed["outcome"], missed["level"]) == ("manifest", "unknown", "required")
    assert missed["message"] == "the manifest has no row for this file."
    assert report["batch"] == []


def test_a_person_may_decide_that_an_entry_needs_no_row(here: Path) -> None:
    put(here / "in" / "b.mp4")
    table(here, "视频文件,作品名称", "a.mp4,一", "")
    decided = vidcheck("decide", "in/b.mp4", "manifest", "accept", "--by", "me", "--reason", "sent by post", cwd=here)
    assert decided.returncode == 0, decided.stderr
    assert checked(here, "--manifest", "m.csv")["entries"][1]["verdict"] == "eligible"


def test_a_form_in_the_entrys_own_folder_stands_for_a_row(here: Path) -> None:
    from tests.declared.documents.build import form

    (here / "in" / "a.mp4").unlink()
    for name in ("1", "2"):
        (here / "in" / name).mkdir()
        put(here / "in" / name / f"{name}.mp4")
    put(here / "in" / "1" / "form.docx", form())
    put(here / "in" / "2" / "picture.jpg", b"\xff\xd8\xff")
    table(here, "视频文件,作品名称", "x.mp4,一", "")
    verdicts = {entry["path"]: entry["verdict"] for entry in checked(here, "--manifest", "m.csv")["entries"]}
    assert verdicts == {"in/1/1.mp4": "eligible", "in/2/2.mp4": "review"}


def test_a_row_without_a_file_is_a_finding_of_the_batch_and_says_if_the_file_was_ignored(here: Path) -> None:
    put(here / "in" / "b.zip", b"x")
    table(here, "视频文件,作品名称", "a.mp4,一", "b.zip,二", "c.mp4,三", "")
    report = checked(here, "--manifest", "m.csv")
    assert [finding["message"].partition(": ")[2] for finding in report["batch"]] == [
        "3: the file in/b.zip was ignored: an archive, which is not unpacked.",
        "4: there is no file c.mp4.",
    ]


def test_columns_that_nobody_reads_are_listed_once(here: Path) -> None:
    put(here / "in" / "b.mp4")
    table(here, "视频文件,作品名称,心情,Notes for us", "a.mp4,一,好,x", "b.mp4,二,好,y", "")
    assert checked(here, "--manifest", "m.csv")["manifest"] == {"unread_columns": ["心情", "Notes for us"]}
    shown = vidcheck("check", "in", "--manifest", "m.csv", cwd=here).stdout
    assert shown.count("Columns of the manifest that nobody reads: 心情, Notes for us") == 1
    assert checked(here)["manifest"] == {"unread_columns": []}
