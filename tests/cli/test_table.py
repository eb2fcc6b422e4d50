"""`--report table:PATH`, end to end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.run import vidcheck
from tests.declared import tables, workbooks
from tests.kit import put, rules_text

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an entry, a table and rules."""
    (tmp_path / "entries").mkdir()
    put(tmp_path / "entries" / "a.mp4")
    (tmp_path / "m.xlsx").write_bytes(workbooks.organizers(("a.mp4",)))
    (tmp_path / "m.csv").write_bytes(tables.csv([("作品名称", "视频文件"), ("湿地", "a.mp4")], encoding="gb18030"))
    (tmp_path / "rules.yaml").write_text(rules_text("format: {is: mp4}"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_table_comes_back_checked(here: Path) -> None:
    done = vidcheck(
        "check", "entries", "--manifest", "m.xlsx", "--report", "table:checked.xlsx", "--lang", "zh", "-q"
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (3, ""), "for a sheet of notes is not read"
    cells = workbooks.cells((here / "checked.xlsx").read_bytes())
    assert [cells.get(place) for place in ("G4", "H4", "J4")] == ["合格", None, "entries/a.mp4"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--report", "table:out.xlsx"), "name it with --manifest"),
        (("--report", "table:out.xlsx", "--manifest", "m.csv"), "a .csv file: name it out.csv"),
        (("--report", "table:out.csv", "--manifest", "m.xlsx"), "a .xlsx file: name it out.xlsx"),
        (("--report", "table:out.pdf", "--manifest", "m.csv"), "a .csv file: name it out.csv"),
        (("--report", "table:-", "--manifest", "m.yaml"), "keep the manifest as .xlsx or .csv"),
        (("--report", "table:m.xlsx", "--manifest", "m.xlsx"), "name another place"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_checked(here: Path, arguments: tuple[str, ...], words: str) -> None:
    (here / "m.yaml").write_text("- {作品名称: 湿地, 视频文件: a.mp4}\n")
    before = (here / "m.xlsx").read_bytes()
    done = vidcheck("check", "entries", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stdout == ""
    assert (here / "m.xlsx").read_bytes() == before


def test_a_saved_report_fills_the_table_as_the_check_does(here: Path) -> None:
    put(here / "entries" / "b.mp4", b"no film")
    (here / "m.xlsx").write_bytes(workbooks.organizers(("a.mp4", "b.mp4", "none.mp4")))
    arguments = ("--manifest", "m.xlsx", "--lang", "zh", "-q", "--report", "table:now.xlsx", "--report", "json:r.json")
    assert vidcheck("check", "entries", *arguments).returncode == 1
    for name in ("a.mp4", "b.mp4"):
        (here / "entries" / name).unlink()
    done = vidcheck("table", "r.json", "--manifest", "m.xlsx", "--out", "later.xlsx")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "1 row of the table has no entry in the report, and says so.\n"
    assert (here / "later.xlsx").read_bytes() == (here / "now.xlsx").read_bytes()
    done = vidcheck("table", "r.json", "--manifest", "m.csv", "--out", "-")
    assert done.returncode == 0
    assert "1 entry of the report has no row in the table, and stands nowhere in it:\n  entries/b.mp4" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("r.json", "--out", "t.csv"), "name it with --manifest"),
        (("r.json", "--out", "m.csv", "--manifest", "m.csv"), "name another place"),
        (("r.json", "--out", "r.json", "--manifest", "m.csv"), "name another place"),
        (("m.csv", "--out", "t.csv", "--manifest", "m.csv"), "is not JSON"),
        (("r.json", "--out", "t.csv", "--manifest", "none.csv"), "none.csv"),
    ],
)
def test_unclear_calls_write_nothing(here: Path, arguments: tuple[str, ...], words: str) -> None:
    vidcheck("check", "entries", "-q", "--report", "json:r.json")
    before = (here / "m.csv").read_bytes(), (here / "r.json").read_bytes()
    done = vidcheck("table", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert not (here / "t.csv").exists()
    assert ((here / "m.csv").read_bytes(), (here / "r.json").read_bytes()) == before


def test_a_table_that_cannot_come_back_is_said_before_anything_is_checked(here: Path) -> None:
    signed = tables.rezipped((here / "m.xlsx").read_bytes(), {"_xmlsignatures/sig1.xml": b"<Signature/>"})
    (here / "signed.xlsx").write_bytes(signed)
    (here / "part.csv").write_text("作品名称,视频文件,结论,原因,文件\n湿地,a.mp4,合格,,a.mp4\n")
    for name, words in (("signed.xlsx", "the workbook is signed"), ("part.csv", "some columns of an earlier table")):
        options = ("--manifest", name, "--report", f"table:out{name[-5:]}", "--report", "json:r.json")
        done = vidcheck("check", "entries", *options)
        assert (done.returncode, done.stdout) == (2, "")
        assert words in done.stderr
        assert not (here / "r.json").exists()
    assert vidcheck("check", "entries", "--manifest", "part.csv").returncode == 0
