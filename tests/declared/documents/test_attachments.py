"""The files beside a video: what each is, which are forms, and the facts of all of them."""

from __future__ import annotations

import os
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.clips import surgery
from tests.declared.documents.build import added, form, paragraphs, pdf_form, pdf_of
from tests.declared.documents.test_hostile import OLE
from vidcheck.declared import attachments
from vidcheck.declared.attachments import Attachment
from vidcheck.facts import Facts, State
from vidcheck.texts import Plain

if TYPE_CHECKING:
    from pathlib import Path

JPEG = b"\xff\xd8\xff\xe0" + bytes(100)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def put(path: Path, data: bytes) -> Attachment:
    path.write_bytes(data)
    return attachments.look(str(path), path.name)


def workbook() -> bytes:
    file = BytesIO()
    openpyxl.Workbook().save(file)
    return file.getvalue()


def archive() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as whole:
        whole.writestr("a.txt", "a")
    return file.getvalue()


KINDS = {
    "docx": paragraphs("a"), "pdf": pdf_of([(60, 800, "a")]), "jpeg": JPEG, "png": PNG, "zip": archive(), "xlsx": workbook(),
    "docm": added(form(), "word/vbaProject.bin", b"a"), "doc": OLE + "WordDocument".encode("utf-16-le"),
    "xls": OLE + "Workbook".encode("utf-16-le"), "encrypted": OLE + "EncryptedPackage".encode("utf-16-le"), "ole": OLE,
    "tiff": b"II*\0" + bytes(100), "webp": b"RIFF\x10\0\0\0WEBPVP8 " + bytes(100), "rtf": b"{\\rtf1 a}",
    "text": "说明".encode(), "mp4": surgery.clip(), "none": bytes(100),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_told_by_the_content_whatever_the_name(tmp_path: Path, kind: str) -> None:
    found = put(tmp_path / "scan.jpg", KINDS[kind])
    assert (found.kind, found.size) == (kind, len(KINDS[kind]))


def facts(*found: Attachment) -> dict[str, list[object]]:
    told: dict[str, list[object]] = {}
    for fact in attachments.read(found).facts:
        assert fact.state is State.KNOWN or fact.key.startswith("declared.")
        told.setdefault(fact.key, []).append(fact.value)
    return told


def test_forms_are_told_from_attachments_by_their_labels(tmp_path: Path) -> None:
    told = facts(
        put(tmp_path / "a.docx", form()),
        put(tmp_path / "b.docx", paragraphs("证明", "兹证明作品名称：灯 为本单位所作")),
        put(tmp_path / "c.jpg", JPEG),
        put(tmp_path / "d.pdf", pdf_of([])),
    )
    assert told["form.count"] == [1]
    assert told["form.kind"] == [("docx",)]
    assert told["attachment.count"] == [3]
    assert told["attachment.kind"] == [("docx", "jpeg", "pdf")]
    assert told["attachment.size"] == [tuple((tmp_path / name).stat().st_size for name in ("b.docx", "c.jpg", "d.pdf"))]
    assert told["declared.title"] == ["山那边的灯光"]


def test_two_forms_are_read_alike(tmp_path: Path) -> None:
    told = facts(put(tmp_path / "a.docx", form()), put(tmp_path / "b.pdf", pdf_form()))
    assert told["form.count"] == [2]
    assert told["declared.title"] == ["山那边的灯光"] * 2


def test_nothing_beside_the_video_is_none_of_each() -> None:
    assert facts() == {
        "attachment.count": [0], "attachment.size": [()], "attachment.kind": [()], "form.count": [0], "form.kind": [()],
    }  # fmt: skip


def test_a_document_that_cannot_be_read_counts_both_ways_and_is_a_fault(tmp_path: Path) -> None:
    jpeg, odd = put(tmp_path / "a.jpg", JPEG), put(tmp_path / "b.docx", KINDS["encrypted"])
    seen = attachments.read([jpeg, odd])
    told: dict[str, list[object]] = {}
    for fact in seen.facts:
        told.setdefault(fact.key, []).append(fact.value)
    assert told["attachment.count"] == [1, 2]
    assert told["form.count"] == [0, 1]
    assert told["attachment.size"] == [(jpeg.size,), (jpeg.size, odd.size)]
    (fault,) = seen.faults
    assert fault.message.render("en") == "b.docx: the document is encrypted; save it without a password"
    assert {"declared.title", "completed", "attachment.count"} <= fault.keys
    assert "size" not in fault.keys


def test_two_unreadable_documents_are_told_in_every_choice() -> None:
    odd = [
        Attachment(name=f"{name}.docx", size=size, kind="docx", unread=Plain("why"))
        for name, size in (("a", 1), ("b", 2))
    ]
    told: dict[str, list[object]] = {}
    for fact in attachments.read(odd).facts:
        told.setdefault(fact.key, []).append(fact.value)
    assert told["form.count"] == [0, 1, 2]
    assert told["attachment.size"] == [(), (1,), (2,), (1, 2)]
    assert told["attachment.kind"] == [(), ("docx",)]


def test_of_many_unreadable_documents_nothing_is_told() -> None:
    odd = [Attachment(name=f"{at}.docx", size=1, kind="docx", unread=Plain("why")) for at in range(4)]
    assert {fact.state for fact in attachments.read(odd).facts} == {State.UNKNOWN}
    assert {fact.key for fact in attachments.read(odd).facts} == attachments.KEYS


def test_a_file_that_may_not_be_opened_has_its_size_and_no_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "no")

    monkeypatch.setattr(os, "open", refuse)
    found = attachments.look(str(tmp_path / "a.jpg"), "a.jpg")
    assert (found.size, found.kind) == (len(JPEG), "")
    facts_ = attachments.read([found]).facts
    assert [fact.state for fact in facts_ if fact.key == "attachment.kind"] == [State.UNKNOWN]
    assert [fact.value for fact in facts_ if fact.key == "attachment.size"] == [(), (len(JPEG),)]


@pytest.mark.parametrize("make", ["pipe", "link", "gone"])
def test_what_is_no_regular_file_is_not_waited_for_and_not_followed(tmp_path: Path, make: str) -> None:
    path = tmp_path / "a.docx"
    if make == "pipe":
        os.mkfifo(path)
    if make == "link":
        (tmp_path / "secret.docx").write_bytes(form())
        path.symlink_to("secret.docx")
    found = attachments.look(str(path), "a.docx")
    assert (found.size, found.pairs) == (None, ())
    seen = attachments.read([found])
    assert [fact.value for fact in seen.facts if fact.key == "attachment.count"] == [0, 1]
    assert [fact.value for fact in seen.facts if fact.key == "attachment.size"] == [()]
    assert len(seen.faults) == 1


def test_a_strangers_name_is_shown_with_escapes_and_cut() -> None:
    name = "\u202egpj" + "长" * 300 + ".docx"
    (fault,) = attachments.read([Attachment(name=name, unread=Plain("why"))]).faults
    told = fault.message.render("en")
    assert "\u202e" not in told
    assert len(told) < 100


def test_more_files_than_are_looked_at_are_a_fault_and_no_count() -> None:
    seen = attachments.too_many(5000, 100)
    assert isinstance(seen, Facts)
    assert seen.facts == ()
    assert "5000 files" in seen.faults[0].message.render("en")
