"""The gate before MediaInfo: impossible headers are refused, valid and cut files are not, and nothing gets through."""

import io
import time
from collections.abc import Callable
from pathlib import Path
from struct import pack
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clips import surgery as kit
from tests.kit import fragmented
from tests.thorough import examples
from vidcheck.terms import FORMATS
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses.mp4 import boxes, iso

CLIP = kit.clip()
FRAGMENTED = fragmented(sidx=True, mfra=True, mehd=True)
SOUND = "moov/trak[1]/mdia/minf/stbl"
TABLE = "moov/trak[0]/mdia/minf/stbl"
FTYP = CLIP[:32]


def refusal(data: bytes) -> str:
    layout = boxes.look(io.BytesIO(data), len(data))
    facts = {fact.key: fact for fact in boxes.read(layout)}
    assert facts["format"].value in FORMATS
    assert not (layout.refusal and facts["intact"].value)
    return layout.refusal.render("en") if layout.refusal else ""


def many(path: str, at: int, count: int = 0xFFFFFFFF, data: bytes = CLIP) -> bytes:
    return kit.patch(data, path, at, pack(">I", count))


def long(kind: bytes, size: int) -> bytes:
    return pack(">I4sQ", 1, kind, size) + bytes(560)


def nested(kind: str, depth: int) -> bytes:
    return b"".join(pack(">I", 8 * inner) + kind.encode() for inner in range(depth, 0, -1))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(FTYP + long(b"moov", (1 << 63) - 1), "moov says that it is", id="moov-of-2^63"),
        pytest.param(long(b"moov", 1 << 63), "moov says that it is", id="moov-of-2^63-alone"),
        pytest.param(FTYP + long(b"mdat", (1 << 64) - 1), "mdat says that it is", id="mdat-of-2^64"),
        pytest.param(FTYP + long(b"moov", 3 << 30), "moov says that it is", id="moov-of-3-GiB"),
        pytest.param(many(f"{TABLE}/stts", 12), "has room for 1", id="stts"),
        pytest.param(many(f"{TABLE}/stts", 12, 2), "stts says that it has 2 rows", id="stts-one-too-many"),
        pytest.param(many(f"{TABLE}/stsz", 16), "stbl/stsz says", id="stsz"),
        pytest.param(many(f"{TABLE}/stco", 12), "stbl/stco says", id="stco"),
        pytest.param(many(f"{TABLE}/stsc", 12), "stbl/stsc says", id="stsc"),
        pytest.param(many(f"{TABLE}/stss", 12), "stbl/stss says", id="stss"),
        pytest.param(many(f"{TABLE}/stsd", 12), "stbl/stsd says", id="stsd"),
        pytest.param(kit.insert_box(CLIP, TABLE, kit.full_box("ctts", 0, 0, pack(">I", 9))), "ctts says", id="ctts"),
        pytest.param(kit.insert_box(CLIP, TABLE, kit.full_box("sbgp", 0, 0, pack(">4sI", b"roll", 9))), "sbgp", id="sbgp"),
        pytest.param(many(f"{SOUND}/sgpd", 20), "stbl/sgpd says", id="sgpd"),
        pytest.param(kit.insert_box(CLIP, SOUND, kit.full_box("subs", 0, 0, pack(">I", 1 << 28))), "stbl/subs says", id="subs"),
        pytest.param(
            kit.insert_box(CLIP, f"{SOUND}/stsd/mp4a", kit.full_box("chan", 0, 0, bytes(8) + pack(">I", 1 << 28))),
            "mp4a/chan says", id="chan",
        ),
        pytest.param(kit.insert_box(CLIP, "moov", kit.box("ctab", b"\xff" * 64)), "moov/ctab says", id="ctab"),
        pytest.param(kit.patch(CLIP, f"{SOUND}/stsd/mp4a", 4, b"tmcd"), "does not belong", id="time code of sound"),
        pytest.param(kit.insert_box(CLIP, f"{SOUND}/stsd/mp4a", kit.box("lhvC", bytes(20))), "does not belong", id="lhvC"),
        pytest.param(
            kit.insert_box(CLIP, SOUND, kit.full_box("subs", 0, 0, pack(">IIH", 1, 1, 24950), bytes(99))),
            "stbl/subs says", id="subs-parts",
        ),
        pytest.param(kit.insert_box(CLIP, SOUND, kit.box("stdp", b"\xff" * 8)), "stbl/stdp says", id="stdp"),
        pytest.param(
            kit.patch(many(f"{SOUND}/stts", 12), "moov/trak[1]", 0, bytes(4)), "moov/trak[1]/mdia/minf/stbl/stts says",
            id="in-a-box-that-does-not-say-its-size",
        ),
        pytest.param(FTYP + kit.box("moov", kit.box("trak") * 1001), "there are 1,001 tracks", id="tracks"),
        pytest.param(many("moov/trak[1]/edts/elst", 12), "moov/trak[1]/edts/elst says", id="elst"),
        pytest.param(many("moov/trak[0]/mdia/minf/dinf/dref", 12), "dref says", id="dref"),
        pytest.param(many("moof/traf/trun", 12, data=FRAGMENTED), "moof/traf/trun says", id="trun"),
        pytest.param(kit.patch(FRAGMENTED, "sidx", 30, b"\xff\xff"), "sidx says that it has 65,535 rows", id="sidx"),
        pytest.param(many("mfra/tfra", 20, data=FRAGMENTED), "mfra/tfra says", id="tfra"),
        pytest.param(FTYP + nested("moov", 20_000), "nested more than 16 deep", id="20000-nested"),
        pytest.param(FTYP + kit.box("moov", nested("udta", 20_000)), "nested more than 16 deep", id="nested-udta"),
        pytest.param(FTYP + kit.box("free") * 200_001, "more than 200,000 boxes", id="200001-boxes"),
        pytest.param(FTYP + kit.box("moov", kit.box("udta", kit.box("abcd") * 200_001)), "200,000 boxes", id="in-udta"),
        pytest.param(kit.patch(CLIP, "moov/trak[0]/mdia", 0, pack(">I", 7)), "less than its own header", id="size-7"),
        pytest.param(kit.patch(CLIP, TABLE, 0, pack(">I", 1 << 30)), "more than the box around it", id="child-too-large"),
    ],
)  # fmt: skip
def test_impossible_headers_are_refused_and_why(data: bytes, words: str) -> None:
    began = time.process_time()
    assert words in refusal(data)
    assert time.process_time() - began < 5.0


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(CLIP, id="clip"),
        pytest.param(kit.move_index_last(CLIP), id="index-last"),
        pytest.param(FRAGMENTED, id="fragmented"),
        pytest.param(CLIP[:3000], id="cut-in-a-table"),
        pytest.param(CLIP[:100], id="cut-in-mvhd"),
        pytest.param(CLIP[:44], id="cut-in-the-first-header"),
        pytest.param(CLIP[:300_000], id="cut-in-the-media"),
        pytest.param(FRAGMENTED[: len(FRAGMENTED) // 2], id="cut-in-a-fragment"),
        pytest.param(kit.patch(CLIP, "mdat", 0, pack(">I", 0xFFFFFFFF)), id="mdat-of-4-GB"),
        pytest.param(FTYP + long(b"mdat", 1 << 40), id="mdat-of-a-TB"),
        pytest.param(kit.insert_box(CLIP, "moov", kit.box("udta", bytes(4))), id="user-data-ended-with-a-zero"),
        pytest.param(kit.move_index_last(CLIP)[:-8] + b"\0\0\0\x07what", id="odd-user-data"),
        pytest.param(CLIP + b"trailing text of no meaning", id="trailing-text"),
        pytest.param(
            kit.insert_box(CLIP, SOUND, kit.full_box("subs", 0, 0, pack(">IIHQ", 2, 1, 1, 0), pack(">IH", 1, 0))),
            id="parts-of-samples",
        ),
        pytest.param(kit.insert_box(CLIP, SOUND, kit.full_box("stdp", 0, 0, bytes(20))), id="priorities"),
        pytest.param(FTYP + nested("abcd", 20_000), id="nested-unknown-boxes-are-one-box"),
    ],
)
def test_valid_and_cut_files_are_not_refused(data: bytes) -> None:
    assert refusal(data) == ""


@pytest.mark.parametrize("head", [b"\x1a\x45\xdf\xa3", b"RIFF\xff\xff\xff\xffAVI ", b"", b"#EXTM3U\n", bytes(64)])
def test_other_formats_are_never_refused(head: bytes) -> None:
    data = head + b"\xff" * 512
    assert boxes.look(io.BytesIO(data), len(data)).refusal is None


# --- bounds ---


class Watched(io.BytesIO):
    """Counts what is read."""

    total = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.total += len(data)
        return data


def test_of_the_media_only_a_few_samples_are_read() -> None:
    for data in (CLIP, kit.move_index_last(CLIP)):
        file = Watched(data)
        boxes.look(file, len(data))
        moov = kit.find(data, "moov")
        assert file.total < moov.end - moov.start + (1 << 16) + 2048 + (64 << 10)


def test_an_index_beyond_the_bound_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.mp4"
    with path.open("wb") as file:
        file.write(FTYP + pack(">I4s", 200 << 20, b"moov"))
        file.truncate(300 << 20)
    with path.open("rb", buffering=0) as opened:
        layout = boxes.look(opened, 300 << 20)
    assert layout.refusal is not None


def test_many_overlapping_chunks_take_linear_time() -> None:
    rows = 400_000
    table = "moov/trak[0]/mdia/minf/stbl"
    data = kit.replace_box(CLIP, f"{table}/stco", kit.full_box("stco", 0, 0, pack(">I", rows), bytes(4 * rows)))
    data = kit.replace_box(data, f"{table}/stsc", kit.full_box("stsc", 0, 0, pack(">IIII", 1, 1, 0xFFFFFFFF, 1)))
    began = time.process_time()
    refusal(data)
    assert time.process_time() - began < 5.0


@pytest.mark.parametrize("keep", [0, 4, 40, 5000, 100_000])
def test_a_file_that_shrinks_reads_as_cut(keep: int) -> None:
    layout = boxes.look(io.BytesIO(CLIP[:keep]), len(CLIP))
    assert boxes.judge_whole(layout)[0] is not True or keep > 69_000
    assert layout.format in FORMATS


def test_an_error_of_the_file_is_the_callers() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002 - it never gets so far
            raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        boxes.look(Broken(CLIP), len(CLIP))


# --- any bytes ---


def total(data: bytes) -> None:
    began = time.process_time()
    facts = boxes.read(boxes.look(io.BytesIO(data), len(data)))
    for fact in facts:
        kind = KEYS[fact.key].kind
        assert fact.key in boxes.KEYS
        if fact.value is not None:
            kind.show(fact.value)
            kind.json(fact.value)
        if fact.note:
            assert fact.note.render("en")
    assert facts[0].key == "format"
    assert facts[0].value in FORMATS
    assert time.process_time() - began < 5.0


@given(st.sampled_from([b"", FTYP, FTYP + pack(">I4s", 300, b"moov"), long(b"moov", 200)]), st.binary(max_size=400))
def test_any_bytes_are_read(start: bytes, rest: bytes) -> None:
    total(start + rest)


SMALL = kit.drop_box(CLIP, "mdat")
HEADERS = [box for data in (SMALL, FRAGMENTED[:9000]) for box in kit.walk(data) if box.end <= len(data)]
Change = Callable[[bytearray, int, int], None]


def _figure(data: bytearray, at: int, figure: int) -> None:
    data[at : at + 4] = pack(">I", figure)


def _type(data: bytearray, at: int, figure: int) -> None:
    data[at + 4 : at + 8] = HEADERS[figure % len(HEADERS)].type.encode("latin-1")


def _double(data: bytearray, at: int, figure: int) -> None:
    data[at:at] = data[at : at + figure % 500]


def _cut(data: bytearray, at: int, figure: int) -> None:
    del data[at + figure % 100 :]


FIGURES = st.one_of(st.sampled_from([0, 1, 7, 8, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]), st.integers(0, 0xFFFFFFFF))
STEPS = st.lists(
    st.tuples(
        st.sampled_from([_figure, _figure, _figure, _type, _double, _cut]),
        st.sampled_from(HEADERS), st.integers(0, 30), FIGURES,
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=examples(300))
@given(st.sampled_from([SMALL, FRAGMENTED[:9000], CLIP]), STEPS)
def test_any_mutant_is_read(data: bytes, steps: list[tuple[Change, kit.Box, int, int]]) -> None:
    mutant = bytearray(data)
    for change, box, word, figure in steps:
        change(mutant, min(box.start + 4 * word, len(mutant)), figure)
    total(bytes(mutant))


def test_the_reader_reads_on_after_short_reads() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 1000))

    file: BinaryIO = Slow(CLIP)
    assert iso.Reader(file, len(CLIP)).at(0, 60_000) == CLIP[:60_000]
