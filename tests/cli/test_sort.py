"""`vidcheck sort`: entries in a folder for each verdict, nothing overwritten, and moved ones can come back."""

from __future__ import annotations

import errno
import json
import os
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.run import vidcheck
from tests.reports import build
from vidcheck import reports
from vidcheck.facts import Entry
from vidcheck.findings import Verdict
from vidcheck.storage.folders import How, Item, put

if TYPE_CHECKING:
    from collections.abc import Mapping

FILES = {
    "in/a.mp4": Verdict.ELIGIBLE,
    "in/b.mp4": Verdict.INELIGIBLE,
    "in/山/b.mp4": Verdict.REVIEW,
    "in/山/c d.mp4": Verdict.ELIGIBLE,
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with entries and the report on them."""
    monkeypatch.chdir(tmp_path)
    laid(FILES)
    return tmp_path


def laid(files: Mapping[str, Verdict], *, incomplete: bool = False) -> None:
    entries = []
    for path, verdict in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(os.fsencode(path))
        entry = build.entry(path, build.good_format(), size=len(os.fsencode(path)))
        entries.append(replace(entry, entry=Entry(path=path), verdict=verdict))
    Path("r.json").write_bytes(reports.render("json", build.report(*entries, incomplete=incomplete)))


def tree(folder: str) -> dict[str, bytes]:
    found = [Path(inside) / name for inside, _, names in os.walk(folder) for name in names]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def undoing(said: str) -> list[str]:
    (command,) = re.findall(r"To move everything back: (.*)", said)
    return shlex.split(command)[1:]


SORTED = {
    "eligible/a.mp4": "in/a.mp4",
    "ineligible/b.mp4": "in/b.mp4",
    "review/山/b.mp4": "in/山/b.mp4",
    "eligible/山/c d.mp4": "in/山/c d.mp4",
}


@pytest.mark.parametrize("option", [(), ("--copy",), ("--move",)], ids=["links", "copies", "moves"])
def test_each_entry_lies_in_the_folder_of_its_verdict(here: Path, option: tuple[str, ...]) -> None:
    done = vidcheck("sort", "r.json", "--out", "out", *option)
    assert (done.returncode, done.stderr) == (0, "")
    assert {path: content.decode() for path, content in tree("out").items() if "moved" not in path} == SORTED
    assert all(Path("out", path).is_symlink() == (not option) for path in SORTED)
    assert all(Path(path).exists() == (option != ("--move",)) for path in FILES)
    assert "2 entries in out/eligible\n1 entry in out/ineligible\n1 entry in out/review\n" in done.stdout


def test_folders_have_names_of_the_screens_language(here: Path) -> None:
    done = vidcheck("sort", "r.json", "--out", "out", "--lang", "zh")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(os.listdir("out")) == sorted(["合格", "不合格", "待复核"])  # noqa: PTH208
    assert "out/合格：2 件作品" in done.stdout


def test_links_lead_there_when_both_folders_move_together(here: Path) -> None:
    Path("all").mkdir()
    Path("in").rename("all/in")
    laid({f"all/{path}": verdict for path, verdict in FILES.items()})
    assert vidcheck("sort", "r.json", "--out", "all/out").returncode == 0
    Path("all").rename("elsewhere")
    assert Path("elsewhere/out/eligible/a.mp4").read_bytes() == b"all/in/a.mp4"


def test_a_second_run_changes_nothing_and_names_what_an_earlier_one_left(here: Path) -> None:
    vidcheck("sort", "r.json", "--out", "out")
    before = tree("out")
    done = vidcheck("sort", "r.json", "--out", "out")
    assert (done.returncode, done.stderr, tree("out")) == (0, "", before)
    laid({**FILES, "in/b.mp4": Verdict.ELIGIBLE})
    done = vidcheck("sort", "r.json", "--out", "out")
    assert done.returncode == 0
    assert (
        "1 file in these folders is not of this report, perhaps of an earlier one:\n  out/ineligible/b.mp4\n"
        in done.stderr
    )


@pytest.mark.parametrize("option", [(), ("--copy",), ("--move",)], ids=["links", "copies", "moves"])
def test_what_is_there_is_never_overwritten(here: Path, option: tuple[str, ...]) -> None:
    Path("out/eligible").mkdir(parents=True)
    Path("out/eligible/a.mp4").write_bytes(b"mine")
    Path("out/review/山").mkdir(parents=True)
    Path("out/review/山/b.mp4").symlink_to("nowhere")
    done = vidcheck("sort", "r.json", "--out", "out", *option)
    assert done.returncode == 5
    assert "in/a.mp4 was not sorted: out/eligible/a.mp4 is there already" in done.stderr
    assert "in/山/b.mp4 was not sorted: out/review/山/b.mp4 is there already" in done.stderr
    assert Path("out/eligible/a.mp4").read_bytes() == b"mine"
    assert Path("in/a.mp4").read_bytes() == b"in/a.mp4"
    assert Path("out/ineligible/b.mp4").read_bytes() == b"in/b.mp4"


def test_missing_and_changed_files_are_named_and_the_others_sorted(here: Path) -> None:
    Path("in/a.mp4").unlink()
    Path("in/b.mp4").write_bytes(b"another film")
    done = vidcheck("sort", "r.json", "--out", "out", "--move")
    assert done.returncode == 5
    assert "in/a.mp4 was not sorted: there is no such file" in done.stderr
    assert "in/b.mp4 was not sorted: it is not the file that was checked: its size is another" in done.stderr
    assert Path("in/b.mp4").exists()
    assert Path("out/eligible/山/c d.mp4").exists()


def test_started_elsewhere_it_says_where_to_start(here: Path) -> None:
    done = vidcheck("sort", "../r.json", "--out", "out", cwd=here / "in")
    assert done.returncode == 5
    assert "start vidcheck sort there too" in done.stderr


def test_a_move_is_undone_by_the_command_that_it_names(here: Path) -> None:
    before = tree("in")
    said = vidcheck("sort", "r.json", "--out", "my out", "--move").stdout
    assert tree("in") == {}
    done = vidcheck(*undoing(said))
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "4 files are back in their places\n")
    assert tree("in") == before
    assert tree("my out") == {}
    assert not [path for path in Path("my out").iterdir() if path.is_dir()]


def test_undoing_overwrites_nothing_and_keeps_its_log(here: Path) -> None:
    said = vidcheck("sort", "r.json", "--out", "out", "--move").stdout
    Path("in/a.mp4").write_bytes(b"a new one")
    done = vidcheck(*undoing(said))
    assert done.returncode == 5
    assert "out/eligible/a.mp4 was not moved back" in done.stderr
    assert Path("in/a.mp4").read_bytes() == b"a new one"
    assert Path("in/b.mp4").exists()
    Path("in/a.mp4").unlink()
    assert vidcheck(*undoing(said)).stdout == "1 file is back in its place\n"
    assert Path("in/a.mp4").read_bytes() == b"in/a.mp4"
    assert not Path("out/moved-1.jsonl").exists()


def test_a_move_that_broke_off_is_undone_as_far_as_it_went(here: Path) -> None:
    said = vidcheck("sort", "r.json", "--out", "out", "--move").stdout
    os.link("out/eligible/a.mp4", "in/a.mp4")  # the link was made, and the old name not yet removed
    Path("out/ineligible/b.mp4").rename("in/b.mp4")  # the line was written, and nothing done
    log = Path("out/moved-1.jsonl")
    log.write_bytes(log.read_bytes() + b'{"from": "/x')
    assert vidcheck(*undoing(said)).returncode == 0
    assert {path: content.decode() for path, content in tree("in").items()} == {path[3:]: path for path in FILES}


def test_files_move_where_no_hard_link_can_be_made(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", refused)
    Path("out/eligible").mkdir(parents=True)
    Path("out/eligible/a.mp4").write_bytes(b"mine")
    assert vidcheck("sort", "r.json", "--out", "out", "--move").returncode == 5
    assert Path("out/eligible/a.mp4").read_bytes() == b"mine"
    assert Path("out/ineligible/b.mp4").read_bytes() == b"in/b.mp4"
    assert tree("in").keys() == {"a.mp4"}


def test_odd_names_stay_below_their_folder(here: Path) -> None:
    odd = [
        "in/-x.mp4",
        "in/a\nb.mp4",
        "in/\x1b[31m.mp4",
        "in/" + os.fsdecode(b"\xff.mp4"),
        f"in/{'长' * 80}.mp4",
        "in/../in/e.mp4",
        str(here / "in/f.mp4"),
    ]
    laid(dict.fromkeys(odd, Verdict.ELIGIBLE))
    done = vidcheck("sort", "r.json", "--out", "out", "--move")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in Path("out/eligible").iterdir()) == sorted(Path(path).name for path in odd)
    assert os.listdir("in/山")  # noqa: PTH208
    assert vidcheck(*undoing(done.stdout)).returncode == 0
    assert all(Path(path).exists() for path in odd)


def test_what_is_no_file_of_this_machine_stays(here: Path) -> None:
    os.mkfifo("in/pipe.mp4")
    Path("in/link.mp4").symlink_to("a.mp4")
    entries = [
        replace(build.passing(), entry=Entry(path=path), size=None)
        for path in ("https://host/a.mp4", "in/pipe.mp4", "in/link.mp4", "in/山")
    ]
    Path("r.json").write_bytes(reports.render("json", build.report(*entries)))
    done = vidcheck("sort", "r.json", "--out", "out", "--move")
    assert done.returncode == 5
    for words in ("https://host/a.mp4 was not sorted: it lies on a server", "in/pipe.mp4 was not sorted: it is no regular file",
                  "in/link.mp4 was not sorted: it is a symlink, which is not moved", "in/山 was not sorted: it is no regular file"):  # fmt: skip
        assert words in done.stderr
    assert not list(Path("out").glob("moved*"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("r.json",), "name a report and the folder"),
        (("--out", "out"), "name a report and the folder"),
        (("r.json", "--out", "out", "--copy", "--move"), "choose one of the two"),
        (("r.json", "--undo", "log"), "give the log alone"),
        (("--undo", "r.json"), "r.json is no log of vidcheck sort --move"),
        (("--undo", "none"), "none can't be read"),
        (("in/a.mp4", "--out", "out"), "is not JSON"),
    ],
)
def test_unclear_calls_change_nothing(here: Path, arguments: tuple[str, ...], words: str) -> None:
    done = vidcheck("sort", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert not Path("out").exists()


def test_an_incomplete_report_says_so(here: Path) -> None:
    laid(FILES, incomplete=True)
    assert "the report is incomplete" in vidcheck("sort", "r.json", "--out", "out").stderr


@pytest.mark.parametrize("change", [
    ("to", "{here}/secret.txt"), ("to", "{here}/out/eligible/../../secret.txt"), ("to", "out/eligible/a.mp4"),
    ("from", "{here}/elsewhere.mp4"), ("from", "{here}/other/b.mp4"), ("from", "in/a.mp4"), ("to", "{here}/out/moved-1.jsonl"),
    ("to", "{here}/out/link/a.mp4"),
])  # fmt: skip
def test_a_log_that_somebody_changed_moves_nothing(here: Path, change: tuple[str, str]) -> None:
    said = vidcheck("sort", "r.json", "--out", "out", "--move").stdout
    Path("secret.txt").write_text("mine")
    Path("out/link").symlink_to(here)
    log = Path("out/moved-1.jsonl")
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    rows[0][change[0]] = change[1].format(here=here)
    log.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    before = tree(".")
    done = vidcheck(*undoing(said))
    assert done.returncode == 2
    assert "moved-1.jsonl, line 1: this file does not lie below the folder of the log" in done.stderr or (
        "moved-1.jsonl, line 2" in done.stderr  # the first row is the one that the others are held against
    )
    assert tree(".") == before


def test_files_beside_an_entry_go_along_when_asked(here: Path) -> None:
    """A folder that holds one entry alone is its own, and one that holds all, or another film, is nobody's."""
    laid({"in/甲/a.mp4": Verdict.ELIGIBLE, "in/乙/b.mp4": Verdict.REVIEW, "in/丙/c.mp4": Verdict.REVIEW})
    for name in ("甲/推荐表.docx", "甲/材料/x.pdf", "甲/.DS_Store", "note.txt", "丙/d.MOV", "丙/form.docx"):
        Path("in", name).parent.mkdir(exist_ok=True)
        Path("in", name).write_text(name)
    before = tree("in")
    done = vidcheck("sort", "r.json", "--out", "films", "--copy")
    assert "2 files beside them stay where they are; --attachments takes them along\n" in done.stdout
    assert not Path("films/eligible/甲/推荐表.docx").exists()
    assert "beside" not in vidcheck("sort", "r.json", "--out", "links").stdout
    done = vidcheck("sort", "r.json", "--out", "out", "--move", "--attachments")
    assert done.returncode == 0
    assert "2 files beside them, in folders of an entry's own\n" in done.stdout
    assert {path for path in tree("out") if not path.startswith("moved")} == {
        "eligible/甲/a.mp4", "eligible/甲/推荐表.docx", "eligible/甲/材料/x.pdf", "review/乙/b.mp4", "review/丙/c.mp4"
    }  # fmt: skip
    assert vidcheck(*undoing(done.stdout)).stdout == "5 files are back in their places\n"
    assert tree("in") == before


def test_a_second_copy_is_no_trouble_and_copies_among_the_entries_are_said(here: Path) -> None:
    first = vidcheck("sort", "r.json", "--out", "in/out", "--copy")
    assert "the copies lie among the entries" in first.stderr
    laid_once = tree("in/out")
    again = vidcheck("sort", "r.json", "--out", "in/out", "--copy")
    assert (again.returncode, again.stdout) == (0, first.stdout)
    assert tree("in/out") == laid_once
    Path("in/out/eligible/a.mp4").write_bytes(b"in/x.mp4")
    os.utime("in/out/eligible/a.mp4", (1, 1))
    done = vidcheck("sort", "r.json", "--out", "in/out", "--copy")
    assert done.returncode == 5
    assert "start vidcheck sort there too" not in done.stderr


def test_files_that_are_newer_than_the_report_are_named(here: Path) -> None:
    later = Path("r.json").stat().st_mtime + 60
    os.utime("in/a.mp4", (later, later))
    done = vidcheck("sort", "r.json", "--out", "out")
    assert done.returncode == 0
    assert "1 file was changed after the report was written" in done.stderr
    assert "in/a.mp4" in done.stderr


def test_where_no_links_can_be_made_one_sentence_says_so(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no")

    monkeypatch.setattr(Path, "symlink_to", refused)
    done = vidcheck("sort", "r.json", "--out", "out")
    assert (done.returncode, done.stderr) == (5, "vidcheck: out: links can't be made there: use --copy\n")
    assert not tree("out")


@pytest.mark.parametrize("option", [(), ("--copy",), ("--move",)])
def test_a_folder_that_cannot_be_is_one_sentence(here: Path, option: tuple[str, ...]) -> None:
    Path("out").write_text("a file")
    done = vidcheck("sort", "r.json", "--out", "out", *option)
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr == "vidcheck: out can't be written: File exists\n"


def test_a_copy_is_heard_of_while_it_is_made(here: Path) -> None:
    with Path("in/big.mp4").open("wb") as file:
        file.truncate(5 * 2**20 + 1)
    heard: list[int] = []
    put(Item(path="in/big.mp4", size=None, folder="x"), Path("x/big.mp4"), How.COPY, copied=heard.append)
    assert len(heard) > 1
    assert sum(heard) == 5 * 2**20 + 1
