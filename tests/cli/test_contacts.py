"""`vidcheck contacts`: whom to ask for what, from a report that holds no contacts."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from tests.cli.run import vidcheck
from tests.declared import tables
from tests.kit import put

if TYPE_CHECKING:
    from pathlib import Path

HEADS = ("视频文件", "作品名称", "主创人员（或单位）", "联系电话", "电子邮箱", "联系地址")
ROWS = (
    ("a.mp4", "湿地", "张三、李四", "13812345678", "a@example.cn", "中央大街 1 号"),
    ("b.mp4", "江边", "王五", "0451-86000000", "b@example.cn", "中央大街 2 号"),
    ("b.mp4", "江边", "赵六", "13987654321", "c@example.cn", "中央大街 3 号"),
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three entries, of which the last has no row, and with a report on them."""
    (tmp_path / "entries").mkdir()
    for name in ("a", "b", "c"):
        put(tmp_path / "entries" / f"{name}.mp4")
    (tmp_path / "m.csv").write_bytes(tables.csv([HEADS, *ROWS], encoding="gb18030"))
    (tmp_path / "rules.yaml").write_text(
        "vidcheck: 1\nrules: {format: {is: mp4}, subject: {manual: 看题材}, duration: {max: 1 s}}\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    reports = ("--report", "json:r.json", "--report", "contacts:now.csv")
    vidcheck("check", "entries", "--manifest", "m.csv", "--lang", "zh", "-q", *reports)
    return tmp_path


def test_a_saved_report_says_whom_to_ask_as_the_check_does(here: Path) -> None:
    done = vidcheck("contacts", "r.json", "--manifest", "m.csv", "--out", "later.csv", "--lang", "en")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == (
        "vidcheck: 1 entry of the report has no row in the table, so that nobody's contact is known for it\n"
    )
    later = (here / "later.csv").read_bytes()
    assert later == (here / "now.csv").read_bytes()
    first, second, third = csv.DictReader(io.StringIO(later.decode("utf-8-sig")))
    assert (first["telephone"], first["email"], first["address"]) == ("13812345678", "a@example.cn", "中央大街 1 号")
    assert second["telephone"] == "0451-86000000; 13987654321"
    assert (third["path"], third["telephone"]) == ("entries/c.mp4", "")
    assert first["for-a-person"] == "看题材"
    assert "13812345678" not in (here / "r.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("r.json", "--out", "t.csv"), "name your own table with --manifest"),
        (("r.json", "--out", "m.csv", "--manifest", "m.csv"), "name another place"),
        (("r.json", "--out", "r.json", "--manifest", "m.csv"), "name another place"),
        (("m.csv", "--out", "t.csv", "--manifest", "m.csv"), "is not JSON"),
        (("r.json", "--out", "t.csv", "--manifest", "none.csv"), "none.csv"),
    ],
)
def test_unclear_calls_write_nothing(here: Path, arguments: tuple[str, ...], words: str) -> None:
    before = (here / "m.csv").read_bytes(), (here / "r.json").read_bytes()
    done = vidcheck("contacts", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert not (here / "t.csv").exists()
    assert ((here / "m.csv").read_bytes(), (here / "r.json").read_bytes()) == before
