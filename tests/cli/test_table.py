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
