"""Attachments that a manifest's columns name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.declared.documents.build import form
from tests.declared.documents.test_attachments import JPEG
from tests.kit import put
from vidcheck import check
from vidcheck.declared.layout import names_attachments
from vidcheck.rules.reader import read_rules

if TYPE_CHECKING:
    from pathlib import Path

    from vidcheck.findings import Report

RULES = read_rules(
    b"vidcheck: 1\nrules:\n  attachment.count: {max: 1}\n  form.count: {is: 1}\n  declared.title: {known: yes}\n",
    "rules.yaml",
)


def run(folder: Path, table: str) -> Report:
    (folder / "entries.csv").write_text(table, encoding="utf-8")
    return check([folder / "in"], RULES, manifest=folder / "entries.csv", workers=1, witness="mediainfo")


def flat(folder: Path) -> None:
    (folder / "in" / "附件").mkdir(parents=True)
    for name in ("1.mp4", "2.mp4"):
        put(folder / "in" / name)
    for name in ("a.jpg", "b, c.jpg"):
        (folder / "in" / "附件" / name).write_bytes(JPEG)
    (folder / "in" / "1 推荐表.docx").write_bytes(form())


@pytest.mark.parametrize(
    "label", ["附件", "附件1", "附件 2", "推荐表", "推荐表（扫描件）", "自荐表", "Attachments", "attachment 3", "form"]
)
def test_columns_are_known_by_the_calls_words(label: str) -> None:
    assert names_attachments(label)


@pytest.mark.parametrize("label", ["作品名称", "附件说明的份数", "format", "推荐单位"])
def test_other_columns_name_no_files(label: str) -> None:
    assert not names_attachments(label)


def test_entries_in_a_flat_folder_have_the_files_that_their_row_names(tmp_path: Path) -> None:
    flat(tmp_path)
    report = run(tmp_path, '视频文件,推荐表,附件\n1.mp4,1推荐表.docx,a.jpg；附件/b， c.JPG\n2.mp4,,"b, c.jpg"\n')
    told = [[finding.outcome.value for finding in entry.findings] for entry in report.entries]
    assert report.batch == ()
    assert told == [["fail", "pass", "pass"], ["pass", "fail", "fail"]]
    assert report.ignored == ()


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("gone.jpg", "C2: there is no file gone.jpg among those beside the entries"),
        ("../entries.csv", "there is no file ../entries.csv"),
        ("/etc/passwd", "there is no file /etc/passwd"),
        ("2.mp4", "there is no file 2.mp4"),
    ],
)
def test_a_name_that_no_file_beside_the_entries_bears_is_a_finding_and_leads_nowhere(
    tmp_path: Path, cell: str, words: str
) -> None:
    flat(tmp_path)
    report = run(tmp_path, f"视频文件,推荐表,附件\n1.mp4,1推荐表.docx,{cell}\n2.mp4,1推荐表.docx,\n")
    (finding,) = report.batch
    assert words in finding.message.render("en")
    assert report.entries[0].findings[0].outcome.value == "pass"


def test_a_name_that_two_files_bear_is_a_finding(tmp_path: Path) -> None:
    flat(tmp_path)
    (tmp_path / "in" / "a.jpg").write_bytes(JPEG)
    report = run(tmp_path, "视频文件,附件\n1.mp4,a.jpg\n2.mp4,附件/a.jpg\n")
    (finding,) = report.batch
    assert "B2: 2 files fit a.jpg" in finding.message.render("en")
