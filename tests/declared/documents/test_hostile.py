"""Documents made to do harm: each is answered with a fault that names the reason; none is opened, run or waited for."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import zipfile
import zlib
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.declared.documents.build import (
    Pdf,
    added,
    body,
    changed,
    form,
    paragraphs,
    pdf_form,
    pdf_of,
    read_pdf,
    read_word,
    table_of,
    told,
)
from tests.thorough import examples
from vidcheck.declared import package
from vidcheck.declared.documents import document, word
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from collections.abc import Callable

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
NOTHING = [(60, 800, "作品名称：灯")]


def replaced(name: str, part: bytes, data: bytes | None = None) -> bytes:
    return changed(data or form(), lambda here, old: part if here == name else old)


def lying(data: bytes, size: int) -> bytes:
    """The archive, with a last member that unpacks to more than the size it declares, in both headers."""
    big = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed_ = b"".join(big.compress(bytes(2**20)) for _ in range(20)) + big.flush()
    whole = BytesIO(data)
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("word/media/a.bin", packed_)
    out = bytearray(whole.getvalue())
    for mark, method, declared in ((b"PK\x03\x04", 8, 22), (b"PK\x01\x02", 10, 24)):
        at = out.rindex(mark)
        out[at + method : at + method + 2] = (8).to_bytes(2, "little")
        out[at + declared : at + declared + 4] = size.to_bytes(4, "little")
    return bytes(out)


def entities() -> bytes:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9)
    )
    return (bomb + "]><a>&j;</a>").encode()


def encoded_entities() -> bytes:
    """The same in UTF-16, where a search for its bytes finds nothing."""
    text = entities().decode().replace('version="1.0"', 'version="1.0" encoding="utf-16"')
    return text.encode("utf-16")


def flagged(data: bytes) -> bytes:
    """The archive with the bit that says that its members are encrypted."""
    out = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := out.find(mark, start)) >= 0:
            out[start + at] |= 1
            start += 4
    return bytes(out)


def twice(data: bytes) -> bytes:
    whole = BytesIO(data)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(whole, "a") as archive:
        archive.writestr("word/document.xml", b"<a/>")
    return whole.getvalue()


def many() -> bytes:
    whole = BytesIO(form())
    with zipfile.ZipFile(whole, "a") as archive:
        for at in range(package.MOST_PARTS):
            archive.writestr(f"word/media/{at}", b"")
    return whole.getvalue()


WORD: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb that says so": (lambda: added(form(), "word/media/a.bin", bytes(97 * 2**20)), "decompression bomb"),
    "a bomb of moderate size": (lambda: added(form(), "word/media/a.bin", bytes(20 * 2**20)), "decompression bomb"),
    "a bomb that declares a small size": (lambda: lying(form(), 1000), "can't be unpacked|decompression bomb"),
    "thousands of parts": (many, "parts"),
    "a part twice": (lambda: twice(form()), "twice"),
    "an encrypted document": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "an encrypted archive": (lambda: flagged(form()), "encrypted"),
    "an older Word document": (lambda: OLE + "WordDocument".encode("utf-16-le"), "older format"),
    "macros by content type": (
        lambda: changed(form(), lambda name, part: part.replace(b"wordprocessingml.document.main", b"ms-word.document.macroEnabled.main") if name.startswith("[Content") else part),
        "macros",
    ),
    "macros by part": (lambda: added(form(), "word/vbaProject.bin", OLE), "macros"),
    "broken XML": (lambda: body(form(), "</w:body>", ""), "XML is broken"),
    "an entity bomb": (lambda: replaced("word/document.xml", entities()), "declares entities"),
    "an entity bomb in UTF-16": (lambda: replaced("word/document.xml", encoded_entities()), "declares entities"),
    "an external DTD": (
        lambda: body(form(), r"\?>", '?><!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">'),
        "declares entities",
    ),
    "an entity in a relationship file": (lambda: replaced("_rels/.rels", entities()), "declares entities"),
    "deep XML": (lambda: replaced("word/document.xml", b"<a>" * 5000 + b"</a>" * 5000), "nested too deep"),
    "no document in it": (lambda: changed(form(), lambda n, p: None if n == "word/document.xml" else p), "no Word document"),
    "an archive of something else": (lambda: added(b"PK\x05\x06" + bytes(18), "a.txt", b"a"), "no Word document"),
    "half an archive": (lambda: form()[: len(form()) // 2], "can't be unpacked"),
    "a wrong checksum": (lambda: form().replace(b"PK\x01\x02", b"PK\x01\x03"), "can't be unpacked"),
    "another way of packing": (
        lambda: added_with(zipfile.ZIP_BZIP2), "packed in a way"
    ),
    "a table of 200 columns": (lambda: table_of(["作品名称"] * 200), "too wide"),
    "a cell that says it is a milliard wide": (
        lambda: body(table_of(("作品名称", "灯")), "<w:tcPr>", '<w:tcPr><w:gridSpan w:val="1000000000"/>'),
        "too wide",
    ),
    "a novel": (lambda: paragraphs(*["长" * 1000] * 101), "more text"),
    "another root": (lambda: replaced("word/document.xml", b"<a/>"), "no Word document"),
    "text": (lambda: b"no document at all", "can't be unpacked"),
}  # fmt: skip


def added_with(method: int) -> bytes:
    whole = BytesIO(form())
    with zipfile.ZipFile(whole, "a", method) as archive:
        archive.writestr("a", b"a" * 100)
    return whole.getvalue()


@pytest.mark.parametrize(("make", "words"), WORD.values(), ids=WORD)
def test_a_hostile_word_document_is_a_fault_that_names_the_reason(make: Callable[[], bytes], words: str) -> None:
    with pytest.raises(CouldNotLookError, match=words):
        read_word(make())


def loop() -> bytes:
    made = Pdf()
    made.objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>",
    ]
    return made.whole()


def own_child() -> bytes:
    made = Pdf()
    made.objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"]
    return made.whole()


def deep_tree() -> bytes:
    made = Pdf()
    made.objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    for at in range(200):
        made.add(f"<< /Type /Pages /Kids [{at + 3} 0 R] /Count 1 >>")
    made.add("<< /Type /Page >>")
    return made.whole()


def nested_arrays() -> bytes:
    return pdf_of(NOTHING, catalogue=f"/A {'[' * 5000}{']' * 5000}")


def stream_bomb() -> bytes:
    made = Pdf()
    made.objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
    ]
    made.stream(bytes(20 * 2**20))
    return made.whole()


def disguised_bomb() -> bytes:
    """A page's content that says of itself that it is a picture, whose like is not unpacked."""
    made = Pdf()
    made.objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
    ]
    made.stream(bytes(20 * 2**20), "/Subtype /Image")
    return made.whole()


def many_objects() -> bytes:
    return pdf_of(NOTHING, catalogue=f"/A [{'<< /B [] >> ' * 25_000}]")


PDF: dict[str, tuple[Callable[[], bytes], str]] = {
    "an encrypted document": (
        lambda: pdf_of(NOTHING).replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O (a) /U (b) >> /ID [(a) (a)]"),
        "encrypted",
    ),
    "a script that runs on opening": (partial(pdf_of, NOTHING, catalogue="/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"), "scripts"),
    "a script among the names": (partial(pdf_of, NOTHING, catalogue="/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (1) >>] >> >>"), "scripts"),
    "a script behind references": (partial(pdf_of, NOTHING, catalogue="/OpenAction 9 0 R", extra=["<< /S 10 0 R >>", "/JavaScript"]), "scripts"),
    "a script of a page": (partial(pdf_of, NOTHING, page="/AA << /O << /S /JavaScript /JS (1) >> >>"), "scripts"),
    "a program that is started": (partial(pdf_of, NOTHING, catalogue="/OpenAction << /S /Launch /F (calc.exe) >>"), "starts a program"),
    "a launch behind a link": (partial(pdf_of, NOTHING, page="/Annots [<< /Subtype /Link /A << /S /Launch /F (a) >> >>]"), "starts a program"),
    "another file that is opened": (partial(pdf_of, NOTHING, page="/Annots [<< /Subtype /Link /A << /S /GoToR /F (/etc/passwd) >> >>]"), "opens another file"),
    "data that are sent": (partial(pdf_of, NOTHING, catalogue="/OpenAction << /S /SubmitForm /F (http://127.0.0.1:9/) >>"), "sends data"),
    "an attached file": (partial(pdf_of, NOTHING, catalogue="/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /EF << >> >>] >> >>"), "attached files"),
    "an XFA form": (partial(pdf_of, NOTHING, catalogue="/AcroForm << /XFA [] /Fields [] >>"), "XFA"),
    "pages in a circle": (loop, "circle"),
    "pages that hold themselves": (own_child, "circle"),
    "a tree of pages without end": (deep_tree, "not in order"),
    "too many pages": (lambda: pdf_of(*[NOTHING] * 41), "more than 40 pages"),
    "a page many times": (lambda: pdf_of(NOTHING).replace(b"/Kids [8 0 R]", b"/Kids [8 0 R 8 0 R]"), "circle"),
    "arrays nested thousands deep": (nested_arrays, "nested too deep|no PDF"),
    "objects by the thousand": (many_objects, "more objects|no PDF"),
    "a bomb": (stream_bomb, "decompression bomb"),
    "a bomb that says it is a picture": (disguised_bomb, "not in order"),
    "no catalogue": (lambda: b"%PDF-1.7\n%%EOF", "no PDF"),
    "half a file": (lambda: pdf_form()[:300], "no PDF"),
    "zeros": (lambda: b"%PDF-1.7" + bytes(10_000), "no PDF"),
    "a novel": (lambda: pdf_of(*[[(60, 800 - 10 * row, "长" * 300) for row in range(30)]] * 12), "more text"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "words"), PDF.values(), ids=PDF)
def test_a_hostile_pdf_is_a_fault_that_names_the_reason(make: Callable[[], bytes], words: str) -> None:
    with pytest.raises(CouldNotLookError, match=words):
        read_pdf(make())


@pytest.mark.parametrize(("read", "data"), [(read_word, form()), (read_pdf, pdf_form())], ids=["docx", "pdf"])
def test_a_document_larger_than_a_form_can_be_is_not_read(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[bytes], Any], data: bytes
) -> None:
    monkeypatch.setattr(document, "MOST_BYTES", len(data))
    read(data)
    monkeypatch.setattr(document, "MOST_BYTES", len(data) - 1)
    with pytest.raises(CouldNotLookError, match="larger than a form"):
        read(data)


REMOTE = (
    '<Relationship Id="{id}" TargetMode="External" Target="{to}" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/>'
)


def reaching_out() -> bytes:
    """A form with a remote template, a linked picture, a link and an external file to be put in."""
    rows = "".join(
        REMOTE.format(id=f"x{at}", kind=kind, to=to)
        for at, (kind, to) in enumerate([
            ("attachedTemplate", "http://127.0.0.1:9/t.dotm"), ("image", "http://127.0.0.1:9/i.png"),
            ("hyperlink", "file:///etc/passwd"), ("subDocument", "file:///etc/passwd"), ("aFChunk", "http://127.0.0.1:9/a.html"),
            ("oleObject", "http://127.0.0.1:9/o.bin"),
        ])
    )  # fmt: skip

    def change(name: str, part: bytes) -> bytes:
        if name != "word/_rels/document.xml.rels":
            return part
        return part.replace(b"</Relationships>", rows.encode() + b"</Relationships>")

    return changed(form(), change)


@pytest.mark.parametrize(
    "part",
    ["word/styles.xml", "word/theme/theme1.xml", "word/settings.xml", "docProps/core.xml", "customXml/item1.xml"],
)
def test_what_a_document_looks_like_is_not_read(part: str) -> None:
    styled = form()
    with zipfile.ZipFile(BytesIO(styled)) as archive:
        assert part in archive.namelist()
    broken = replaced(part, b"<!DOCTYPE x><x>", styled)
    assert read_word(broken) == read_word(styled)
    with zipfile.ZipFile(BytesIO(word.unpack(broken))) as archive:
        assert archive.read(part) == b"<blank/>"
        assert "作品名称".encode() in archive.read("word/document.xml")


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (read_word, reaching_out()),
        (read_pdf, pdf_of([(60, 800, "作品名称：山那边的灯光")], page="/Annots [<< /Subtype /Link /A << /S /URI /URI (http://127.0.0.1:9/) >> >>]")),
    ],
    ids=["docx", "pdf"],
)  # fmt: skip
def test_links_templates_and_remote_pictures_are_not_followed(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[bytes], Any], data: bytes
) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("something was opened")

    read(form() if read is read_word else pdf_form())  # so that what the libraries load is there
    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    opened: list[str] = []

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if (
            event == "open"
            and watching
            and "site-packages" not in str(arguments[0])
            and "vidcheck" not in str(arguments[0])
        ):
            opened.append(str(arguments[0]))

    watching = False
    sys.addaudithook(hook)
    watching = True
    try:
        values = told(read(data))
    finally:
        watching = False
    assert values["title"] == "山那边的灯光"
    assert opened == []


@pytest.mark.parametrize(("module", "read", "data"), [("docx", read_word, form()), ("pypdf", read_pdf, pdf_form())])
def test_a_missing_library_is_one_line_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, module: str, read: Callable[[bytes], Any], data: bytes
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(CouldNotLookError) as caught:
        read(data)
    assert str(caught.value) == 'reading forms needs libraries that are not installed: pip install "vidcheck[forms]"'


@pytest.mark.parametrize("length", [0, 1, 4, 100, 1000, 2000])
def test_a_document_cut_off_anywhere_is_a_fault(length: int) -> None:
    for read, data in ((read_word, form()), (read_pdf, pdf_form())):
        with pytest.raises(CouldNotLookError, match=r"can't be unpacked|no PDF"):
            read(data[:length])


WORD_TEXT = zipfile.ZipFile(BytesIO(form())).read("word/document.xml")
PDF_WHOLE = pdf_form()
PIECES = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        [b"<w:tbl>", b"</w:tc>", b'<w:gridSpan w:val="9999"/>', b"<<", b">>", b"[", b" 2 0 R", b"stream\n", b"\xff"]
    ),
)
CUTS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), PIECES), min_size=1, max_size=4)


def mutated(data: bytes, cuts: list[tuple[float, int, bytes]]) -> bytes:
    for place, length, piece in cuts:
        at = int(place * len(data))
        data = data[:at] + piece + data[at + length :]
    return data


@settings(max_examples=examples(30))
@given(CUTS)
def test_a_word_document_with_anything_in_it_is_read_or_a_fault(cuts: list[tuple[float, int, bytes]]) -> None:
    data = replaced("word/document.xml", mutated(WORD_TEXT, cuts))
    with contextlib.suppress(CouldNotLookError):
        told(read_word(data))


@settings(max_examples=examples(100))
@given(CUTS)
def test_a_pdf_with_anything_in_it_is_read_or_a_fault(cuts: list[tuple[float, int, bytes]]) -> None:
    with contextlib.suppress(CouldNotLookError):
        told(read_pdf(mutated(PDF_WHOLE, cuts)))
