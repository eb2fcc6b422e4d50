"""Samples are looked at: where they are, and whether their bytes can be what the index says."""

from __future__ import annotations

import io
from bisect import bisect_right
from functools import cache
from itertools import accumulate, pairwise
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clips import surgery as kit
from tests.clips import tables, tree
from tests.kit import fragmented
from vidcheck.facts import SAMPLES
from vidcheck.witnesses.mp4 import boxes, samples
from vidcheck.witnesses.mp4.gate import load
from vidcheck.witnesses.mp4.iso import Budget, Reader, top_boxes
from vidcheck.witnesses.mp4.sample_tables import Chunks, Extent, FragmentRuns, read_chunks

CLIP = kit.clip()
MDAT = kit.find(CLIP, "mdat")
STBL = "moov/trak[0]/mdia/minf/stbl"
SOUND = "moov/trak[1]/mdia/minf/stbl"


def intact(data: bytes) -> tuple[bool | None, str]:
    """The answer, and its reason."""
    whole, note = boxes.judge_whole(boxes.look(io.BytesIO(data), len(data)))
    return whole, note.render("en") if note else ""


def zeroed(data: bytes, start: int, stop: int) -> bytes:
    """The file with zeros in the place of those bytes."""
    return data[:start] + bytes(stop - start) + data[stop:]


def inside(data: bytes, share: float) -> int:
    """The place in the media data at that share of it."""
    mdat = kit.find(data, "mdat")
    return mdat.body + int((mdat.end - mdat.body) * share)


@cache
def spots(data: bytes) -> list[tuple[int, int]]:
    """Start and size of every sample of the index, in the order of the file."""
    rows = []
    for number in range(len(kit.find_all(data, "moov/trak"))):
        for chunk in tables.read_chunks(data, f"moov/trak[{number}]"):
            ends = accumulate((each.size for each in chunk.samples), initial=chunk.offset)
            rows += [(start, each.size) for start, each in zip(ends, chunk.samples, strict=False)]
    return sorted(rows)


def placed(data: bytes, number: int) -> tuple[int, int]:
    """Start and size of a sample of the picture track, counted from 1."""
    chunks = tables.read_chunks(data, "moov/trak[0]")
    rows = [
        (start, each.size)
        for chunk in chunks
        for start, each in zip(
            accumulate((each.size for each in chunk.samples), initial=chunk.offset), chunk.samples, strict=False
        )
    ]
    return rows[number - 1]


# --- a film that is well ---


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(CLIP, id="index-first"),
        pytest.param(kit.move_index_last(CLIP), id="index-last"),
        pytest.param(kit.drop_ftyp(kit.move_index_last(CLIP)), id="quicktime"),
        pytest.param(kit.remove_track(CLIP, "vide"), id="sound-alone"),
        pytest.param(fragmented(mfra=True), id="fragments"),
        pytest.param(kit.patch(CLIP, "mdat", 0, bytes(4)), id="mdat-to-the-end"),
        pytest.param(kit.patch(CLIP, "mdat", 4, b"imda"), id="imda"),
    ],
)
def test_all_well_says_how_many_samples_were_looked_at(data: bytes) -> None:
    whole, note = intact(data)
    assert whole is True
    assert note.endswith("samples were looked at")
    assert int(note.split("; ")[-1].split(" ")[0]) >= 20


# --- zeros ---


@pytest.mark.parametrize("make", [lambda: CLIP, lambda: kit.move_index_last(CLIP), lambda: fragmented(mfra=True)],
                         ids=["index-first", "index-last", "fragments"])  # fmt: skip
@pytest.mark.parametrize(("first", "last"), [(0.6, 1), (0.4, 0.6), (0.25, 1), (0, 0.1), (0.95, 1), (0, 1)])
def test_zeroed_media_is_not_intact(make: object, first: float, last: float) -> None:
    data = make()  # type: ignore[operator]
    start, stop = inside(CLIP, first), inside(CLIP, last)
    if kit.find_all(data, "moof"):
        start, stop = int(len(data) * first), int(len(data) * last)
        parts = [each for each in kit.children(data) if each.type == "mdat"]
        for each in parts:
            data = zeroed(data, max(start, each.body), max(min(stop, each.end), start, each.body))
    else:
        data = zeroed(data, inside(data, first), inside(data, last))
    whole, note = intact(data)
    assert whole is False
    assert "samples that were looked at are zeros" in note
    found = next(fact for fact in boxes.read(boxes.look(io.BytesIO(data), len(data))) if fact.key == "intact")
    assert found.locator == SAMPLES
    assert "of moov/trak[" in note
    assert " at byte " in note


@given(st.data())
def test_a_zeroed_stretch_over_the_beginnings_of_a_twentieth_of_the_media_is_found(data: st.DataObject) -> None:
    rows = spots(CLIP)
    media = sum(size for _, size in rows)
    first = data.draw(st.integers(0, len(rows) - 1))
    sums = list(accumulate(size for _, size in rows[first:]))
    last = next((place for place, total in enumerate(sums) if total * 20 >= media), None)
    if last is None:
        return
    start, (end, size) = rows[first][0], rows[first + last]
    assert intact(zeroed(CLIP, start, end + size))[0] is False


@given(st.data())
def test_it_is_found_too_where_samples_lie_far_apart(data: st.DataObject) -> None:
    gap = data.draw(st.sampled_from([500, 2000, 10_000]))
    film, rows = apart(gap)
    media = sum(size for _, size in rows)
    first = data.draw(st.integers(0, len(rows) - 1))
    sums = list(accumulate(size for _, size in rows[first:]))
    last = next((place for place, total in enumerate(sums) if total * 20 >= media), None)
    if last is not None:
        end, size = rows[first + last]
        assert intact(zeroed(film, rows[first][0], end + size))[0] is False


@cache
def apart(gap: int) -> tuple[bytes, list[tuple[int, int]]]:
    """The clip with so many bytes of no sample behind every tenth chunk."""
    last = kit.move_index_last(CLIP)
    mdat = kit.find(last, "mdat")
    starts = sorted({start for track in (0, 1) for start in tables.read_offsets(last, f"moov/trak[{track}]")})
    edges = [mdat.body, *starts[10::10], mdat.end]
    media = b"".join(last[one:two] + b"\xff" * gap for one, two in pairwise(edges))
    made = last[: mdat.start] + kit.box("mdat", media) + last[mdat.end :]
    for track in (0, 1):
        offsets = [at + gap * (bisect_right(edges, at) - 1) for at in tables.read_offsets(last, f"moov/trak[{track}]")]
        made = tables.write_offsets(made, f"moov/trak[{track}]", offsets)
    return made, spots(made)


@pytest.mark.parametrize("gap", [0, 1, 100, 10_000])
def test_bytes_of_no_sample_between_samples_do_no_harm(gap: int) -> None:
    assert intact(apart(gap)[0])[0] is True


@pytest.mark.parametrize(
    ("kind", "table"),
    [("sowt", SOUND), ("encv", STBL), ("enca", SOUND), ("samr", SOUND), ("raw ", STBL), ("tx3g", SOUND)],
)
def test_zeros_say_nothing_of_samples_that_may_be_zero_or_are_encrypted(kind: str, table: str) -> None:
    old = "avc1" if table == STBL else "mp4a"
    data = kit.patch(CLIP, f"{table}/stsd/{old}", 4, kind.encode())
    for chunk in tables.read_chunks(CLIP, table.partition("/mdia")[0]):
        data = zeroed(data, chunk.offset, chunk.end)
    assert intact(data)[0] is True


# --- places ---


def with_chunk(data: bytes, number: int, offset: int, track: int = 0) -> bytes:
    """The file with one chunk elsewhere."""
    offsets = tables.read_offsets(data, f"moov/trak[{track}]")
    offsets[number] = offset
    return tables.write_offsets(data, f"moov/trak[{track}]", offsets)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(with_chunk(CLIP, 0, 40), "sample 1 of moov/trak[0] at byte 40 lies in moov", id="in-the-index"),
        pytest.param(with_chunk(CLIP, 9, 1000), " at byte 1,000 lies in moov", id="one-of-many"),
        pytest.param(with_chunk(CLIP, 9, 1000, track=1), "of moov/trak[1] at byte 1,000 lies in moov", id="sound"),
        pytest.param(with_chunk(CLIP, 0, MDAT.start), "lies in mdat", id="in-the-header-of-mdat"),
        pytest.param(
            with_chunk(CLIP + kit.box("free", bytes(9999)), 9, len(CLIP) + 8), "lies in free, which", id="in-padding"
        ),
        pytest.param(with_chunk(CLIP + bytes(9999), 9, len(CLIP) - 1), "reaches beyond the media data (mdat)", id="over-the-end"),
        pytest.param(with_chunk(CLIP + b"\xff" * 9999, 9, len(CLIP) + 8), "lies in no box", id="behind-all-boxes"),
    ],
)  # fmt: skip
def test_samples_outside_the_media_data_are_unknown_with_their_place(data: bytes, words: str) -> None:
    whole, note = intact(data)
    assert whole is None
    assert words in note


def split_mdat(gap: bytes) -> bytes:
    """The clip with its media data in two boxes, between two chunks, and with other bytes between the boxes."""
    last = kit.move_index_last(CLIP)
    mdat, moov = kit.find(last, "mdat"), kit.find(last, "moov")
    starts = sorted({start for track in (0, 1) for start in tables.read_offsets(last, f"moov/trak[{track}]")})
    cut = starts[len(starts) // 2]
    one, two = last[mdat.body : cut], last[cut : mdat.end]
    index = tree.shift_offsets(last, cut, 8 + len(gap))[moov.start : moov.end]
    return last[: mdat.start] + kit.box("mdat", one) + gap + kit.box("mdat", two) + index


def test_media_data_in_several_boxes_is_well() -> None:
    assert intact(split_mdat(b""))[0] is True
    assert intact(split_mdat(kit.box("free", bytes(50))))[0] is True


def test_a_sample_between_two_boxes_of_media_data_is_unknown() -> None:
    data = split_mdat(kit.box("free", b"\xff" * 50_000))
    free = kit.find_all(data, "free")[-1]
    number = len(tables.read_offsets(data, "moov/trak[0]")) // 2
    whole, note = intact(with_chunk(data, number, free.body + 9))
    assert whole is None
    assert f"at byte {free.body + 9:,} lies in free" in note


def test_fragments_with_samples_in_their_own_index_are_unknown() -> None:
    data = fragmented(mfra=True)
    trun = kit.find(data, "moof/traf/trun")
    whole, note = intact(data[: trun.body + 8] + pack(">i", 8) + data[trun.body + 12 :])
    assert whole is None
    assert "lies in moof" in note


# --- sizes ---


def with_sizes(data: bytes, sizes: list[int]) -> bytes:
    return kit.replace_box(
        data, f"{STBL}/stsz", kit.full_box("stsz", 0, 0, pack(f">II{len(sizes)}I", 0, len(sizes), *sizes))
    )


@pytest.mark.parametrize("size", [1, 4])
@pytest.mark.parametrize("where", [slice(None), slice(0, 1), slice(4000, 4100), slice(4499, None)])
def test_samples_too_small_for_a_unit_are_never_intact(size: int, where: slice) -> None:
    sizes = [each.size for chunk in tables.read_chunks(CLIP, "moov/trak[0]") for each in chunk.samples]
    sizes[where] = [size] * len(sizes[where])
    whole, note = intact(with_sizes(CLIP, sizes))
    assert whole is not True
    assert "of moov/trak[0] at byte" in note


def test_a_track_of_one_byte_samples_by_one_figure_is_not_intact() -> None:
    data = kit.replace_box(CLIP, f"{STBL}/stsz", kit.full_box("stsz", 0, 0, pack(">II", 1, 4500)))
    assert intact(data)[0] is False


def test_more_empty_samples_than_others_are_unknown() -> None:
    sizes = [each.size for chunk in tables.read_chunks(CLIP, "moov/trak[0]") for each in chunk.samples]
    whole, note = intact(with_sizes(CLIP, [*sizes[:2000], *[0] * 2500]))
    assert whole is None
    assert "more than half of the samples of moov/trak[0] are empty" in note


def test_fragments_whose_samples_have_no_size_are_unknown() -> None:
    pieces = bytearray(kit.fragment(CLIP, mfra=True))
    for run in kit.find_all(bytes(pieces), "moof/traf/trun"):
        pieces[run.start + 8 : run.start + 12] = pack(">I", 0x000501)  # without sizes, of which `trex` says 0
    whole, note = intact(bytes(pieces))
    assert whole is None
    assert "more than half of the samples of moov/trak[0] are empty" in note


def test_fragments_whose_samples_lie_before_the_file_are_unknown() -> None:
    pieces = bytearray(kit.fragment(CLIP, mfra=True))
    run = kit.find_all(bytes(pieces), "moof/traf/trun")[0]
    pieces[run.start + 16 : run.start + 20] = pack(">i", -(1 << 24))
    whole, note = intact(bytes(pieces))
    assert whole is None
    assert "lies in no box" in note


def test_one_place_for_most_pictures_is_unknown() -> None:
    offsets = tables.read_offsets(CLIP, "moov/trak[0]")
    shared = [*offsets[: len(offsets) // 3], *[offsets[len(offsets) // 2]] * (len(offsets) - len(offsets) // 3)]
    whole, note = intact(tables.write_offsets(CLIP, "moov/trak[0]", shared))
    assert whole is None
    assert "share their place" in note
    assert " at byte " in note


def test_pictures_that_all_overlap_are_unknown() -> None:
    """Each has all bytes of its chunk and more, with lengths that fill it."""
    offsets = tables.read_offsets(CLIP, "moov/trak[0]")
    data = CLIP[: MDAT.body] + b"\xff" * (MDAT.end - MDAT.body)
    for at in offsets:
        data = data[:at] + pack(">IB", 796, 0x41) + data[at + 5 :]
    count = len(offsets)
    data = kit.replace_box(data, f"{STBL}/stsc", kit.full_box("stsc", 0, 0, pack(">IIII", 1, 1, 1, 1)))
    data = kit.replace_box(data, f"{STBL}/stts", kit.full_box("stts", 0, 0, pack(">III", 1, count, 1)))
    data = with_sizes(data, [800] * (count - 9) + [20] * 9)
    whole, note = intact(data)
    assert whole is not True, note


@pytest.mark.parametrize("number", [0, 700, 2500, 3900])
def test_one_picture_that_reaches_over_others_is_not_intact(number: int) -> None:
    sizes = [each.size for chunk in tables.read_chunks(CLIP, "moov/trak[0]") for each in chunk.samples]
    sizes[number] = 20_000
    whole, note = intact(with_sizes(CLIP, sizes))
    assert whole is not True
    assert "do not add up" in note


def test_sizes_that_are_no_bytes_are_not_taken_for_them() -> None:
    """QuickTime counts compressed sound of a constant rate in samples of the size 1, which are not bytes."""
    data = kit.patch(CLIP, f"{SOUND}/stsd/mp4a", 4, b"ms\0\2")
    count = sum(len(chunk.samples) for chunk in tables.read_chunks(CLIP, "moov/trak[1]"))
    data = kit.replace_box(data, f"{SOUND}/stsz", kit.full_box("stsz", 0, 0, pack(">II", 1, count * 1000)))
    rows = kit.contents(data, f"{SOUND}/stsc")[8:]
    rows = b"".join(rows[at : at + 4] + pack(">I", 1000 * int.from_bytes(rows[at + 4 : at + 8])) + rows[at + 8 : at + 12]
                    for at in range(0, len(rows), 12))  # fmt: skip
    data = kit.replace_box(data, f"{SOUND}/stsc", kit.full_box("stsc", 0, 0, pack(">I", len(rows) // 12), rows))
    data = kit.replace_box(data, f"{SOUND}/stts", kit.full_box("stts", 0, 0, pack(">III", 1, count * 1000, 1)))
    assert intact(data)[0] is True
    assert intact(with_chunk(data, 9, 1000, track=1))[0] is None


# --- chains of lengths ---


def first_units(data: bytes, change: object, every: int = 1) -> bytes:
    """The file with the first bytes of every so-manieth picture changed."""
    edited = bytearray(data)
    number = 0
    for chunk in tables.read_chunks(data, "moov/trak[0]"):
        at = chunk.offset
        for sample in chunk.samples:
            if number % every == 0:
                edited[at : at + sample.size] = change(bytes(edited[at : at + sample.size]))  # type: ignore[operator]
            at, number = at + sample.size, number + 1
    return bytes(edited)


def padded(sample: bytes) -> bytes:
    """A picture that is half as long, and zeros."""
    half = (len(sample) - 4) // 2
    return pack(">I", half) + b"\x41" + sample[5 : 4 + half] + bytes(len(sample) - 4 - half)


def short(sample: bytes) -> bytes:
    """A picture with three zeros behind it, fewer than a length has."""
    return pack(">I", len(sample) - 7) + b"\x41" + sample[5:-3] + bytes(3)


def filled(sample: bytes) -> bytes:
    """A short picture, and a filler unit whose payload is zero (ITU-T H.264, 7.3.2.7)."""
    half = (len(sample) - 4) // 2
    rest = len(sample) - 4 - half
    if rest < 5:
        return sample
    return pack(">I", half) + sample[4 : 4 + half] + pack(">I", rest - 4) + b"\x0c" + bytes(rest - 5)


@pytest.mark.parametrize(
    ("change", "every", "expected", "words"),
    [
        pytest.param(lambda raw: raw[:3] + b"\xff" + raw[4:], 1, False, "do not add up", id="all-too-long"),
        pytest.param(lambda raw: pack(">I", max(1, (len(raw) - 4) // 2)) + raw[4:], 1, False, "do not add up", id="all-too-short"),
        pytest.param(lambda raw: b"\xa5" * len(raw), 1, False, "do not add up", id="noise"),
        pytest.param(lambda raw: raw[:4] + b"\x80" + raw[5:], 1, False, "do not add up", id="a-forbidden-bit"),
        pytest.param(lambda raw: b"\0\0\0\1" + raw[4:], 1, None, "begins with a start code", id="start-codes"),
        pytest.param(padded, 1, None, "have zeros behind their picture", id="padding"),
        pytest.param(padded, 50, True, "", id="some-padding"),
        pytest.param(short, 1, True, "", id="three-zeros"),
        pytest.param(filled, 1, True, "", id="filler"),
    ],
)  # fmt: skip
def test_the_units_of_a_picture_fill_it(change: object, every: int, expected: bool | None, words: str) -> None:
    whole, note = intact(first_units(CLIP, change, every))
    assert whole is expected, note
    assert words in note


def test_one_broken_picture_is_unknown_with_its_place() -> None:
    start, size = placed(CLIP, 1)
    whole, note = intact(CLIP[:start] + b"\xa5" * size + CLIP[start + size :])
    assert whole is None
    assert f"first sample 1 of moov/trak[0] at byte {start:,}" in note


# --- bounds ---


class Counted(io.BytesIO):
    """Counts reads."""

    reads = total = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.reads, self.total = self.reads + 1, self.total + len(data)
        return data


class Away(Counted):
    """A file of which only its beginning is here already."""

    fetched = 0

    def holds(self, start: int, end: int) -> bool:
        del start
        return end < 1000

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.fetched += self.tell() >= 1000
        return data


def looked(file: io.BytesIO, data: bytes) -> samples.Media:
    layout = boxes.look(io.BytesIO(data), len(data))
    assert layout.movie
    return samples.look(file, layout.movie, layout.fragments, layout.boxes)


def sliced(raw: bytes) -> bytes:
    """A picture of many units of two bytes."""
    count = len(raw) // 6
    if count < 2:
        return raw
    return (
        (b"\0\0\0\2\x41\xff" * (count - 1))
        + pack(">I", len(raw) - 6 * (count - 1) - 4)
        + b"\x41"
        + raw[6 * (count - 1) + 5 :]
    )


@pytest.mark.parametrize(
    "data", [CLIP, first_units(CLIP, sliced), fragmented(mfra=True)], ids=["plain", "units", "fragments"]
)
def test_reads_are_few_and_small(data: bytes) -> None:
    file = Counted(data)
    media = looked(file, data)
    assert media.whole is True
    assert file.reads <= 64
    assert file.total <= 256 << 10


@pytest.mark.parametrize(
    "data", [CLIP, kit.move_index_last(CLIP), fragmented(mfra=True)], ids=["first", "last", "fragments"]
)
def test_of_a_remote_film_at_most_three_places_are_fetched_and_evidence_says_so(data: bytes) -> None:
    file = Away(data)
    media = looked(file, data)
    assert media.whole is True
    assert file.fetched <= 3
    words = media.seen.render("en")
    assert f"{media.looked} of {media.places} places were looked at, in " in words
    assert 3 <= media.looked < media.places


@pytest.mark.parametrize(("first", "last"), [(0.6, 1), (0.25, 1)])
def test_a_zeroed_tail_is_found_in_a_remote_film_too(first: float, last: float) -> None:
    data = zeroed(CLIP, inside(CLIP, first), inside(CLIP, last))
    media = looked(Away(data), data)
    assert media.whole is False


def test_a_film_that_shrinks_while_it_is_read_is_unknown() -> None:
    media = looked(io.BytesIO(CLIP[: inside(CLIP, 0.5)]), CLIP)
    assert media.whole is None
    assert media.why
    assert "became shorter" in media.why.render("en")


def test_a_read_error_passes_through() -> None:
    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output error"):
        looked(Broken(CLIP), CLIP)


# --- where samples are, against a naive reference ---


def index_of(sizes: list[int], uniform: int, rows: list[tuple[int, int, int]], offsets: list[int], wide: bool) -> bytes:
    """A sample table box around such tables."""
    count = len(sizes)
    return kit.box(
        "stbl",
        kit.full_box("stts", 0, 0, pack(">III", 1, count, 1)),
        kit.full_box("stsz", 0, 0, pack(">II", uniform, count), b"" if uniform else pack(f">{count}I", *sizes)),
        kit.full_box("stsc", 0, 0, pack(">I", len(rows)), *(pack(">III", *row) for row in rows)),
        kit.full_box("co64" if wide else "stco", 0, 0, pack(f">I{len(offsets)}{'Q' if wide else 'I'}", len(offsets), *offsets)),
    )  # fmt: skip


def parsed(stbl: bytes) -> Chunks | Extent | None:
    reader = Reader(io.BytesIO(stbl), len(stbl))
    return read_chunks(load(reader, next(top_boxes(reader, Budget())), Budget()))


@st.composite
def indexes(draw: st.DrawFn) -> tuple[list[int], int, list[tuple[int, int, int]], list[int], bool]:
    wide = draw(st.booleans())
    offsets = draw(st.lists(st.integers(0, (1 << 64) - 1 if wide else (1 << 32) - 1), min_size=1, max_size=12))
    if draw(st.booleans()):
        offsets.sort()
    firsts = sorted({1, *draw(st.sets(st.integers(1, len(offsets)), max_size=4))})
    rows = [(first, draw(st.integers(0, 5)), draw(st.integers(0, 3))) for first in firsts]
    after = [first for first, *_ in rows[1:]] + [len(offsets) + 1]
    count = sum((until - first) * number for (first, number, _), until in zip(rows, after, strict=True))
    size = st.sampled_from([0, 1, 7, 300, (1 << 32) - 1])
    uniform = draw(st.sampled_from([0, 0, 1, 9]))
    sizes = [uniform] * count if uniform else draw(st.lists(size, min_size=count, max_size=count))
    return sizes, uniform, rows, offsets, wide


@given(indexes())
def test_samples_are_where_a_naive_reading_of_the_tables_finds_them(
    index: tuple[list[int], int, list[tuple[int, int, int]], list[int], bool],
) -> None:
    sizes, uniform, rows, offsets, wide = index
    found = parsed(index_of(sizes, uniform, rows, offsets, wide))
    if not any(sizes):
        assert not isinstance(found, Chunks)
        return
    assert isinstance(found, Chunks)
    expected: list[tuple[int, int, int, int]] = []
    for number, offset in enumerate(offsets, start=1):
        _, per_chunk, entry = [row for row in rows if row[0] <= number][-1]
        at = offset
        for _ in range(per_chunk):
            expected.append((len(expected), at, sizes[len(expected)], entry))
            at += expected[-1][2]
    assert found.count == len(expected)
    assert [tuple(found.sample(number)) for number in range(found.count)] == expected
    assert found.total == sum(sizes)
    assert found.extent.first == min(offsets)
    assert found.extent.last >= max(at + size for _, at, size, _ in expected)
    for place in range(len(offsets)):
        run = found.run(place)
        mine = [row for row in expected if run.number <= row[0] < run.number + run.samples]
        assert run.end == (mine[-1][1] + mine[-1][2] if mine else run.start)
        for position in {run.start - 1, run.start, *(row[1] for row in mine), run.end - 1, run.end}:
            begun = [row for row in mine if row[2] and row[1] <= position]
            last = run.last_begun(position)
            assert (tuple(last) if last else None) == (begun[-1] if begun else None)


@given(
    st.lists(st.tuples(st.integers(0, 1 << 40), st.lists(st.integers(0, 1 << 32), min_size=1, max_size=6)), min_size=1)
)
def test_samples_of_fragments_are_where_a_naive_reading_finds_them(rows: list[tuple[int, list[int]]]) -> None:
    from array import array

    from vidcheck.witnesses.mp4.sample_tables import Sizes

    runs = FragmentRuns()
    expected: list[tuple[int, int, int, int]] = []
    for start, sizes in rows:
        runs.add(start, Sizes(len(sizes), 0, array("Q", sizes), 0), 1, sum(sizes))
        for at, size in zip(accumulate(sizes, initial=start), sizes, strict=False):
            expected.append((len(expected), at, size, 1))
    assert [tuple(runs.sample(number)) for number in range(runs.count)] == expected


def test_an_index_of_millions_of_chunks_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "_TOO_MANY", 100)
    whole, note = intact(CLIP)
    assert whole is None
    assert "chunks, too many to look at" in note


@settings(max_examples=150)
@given(st.data())
def test_any_figures_in_the_tables_give_an_answer(data: st.DataObject) -> None:
    film = bytearray(CLIP)
    for _ in range(data.draw(st.integers(1, 6))):
        table = data.draw(st.sampled_from(["stsz", "stsc", "stco"]))
        track = data.draw(st.sampled_from([STBL, SOUND]))
        box = kit.find(CLIP, f"{track}/{table}")
        at = data.draw(st.integers(1, (box.end - box.body) // 4 - 1)) * 4 + box.body
        film[at : at + 4] = data.draw(
            st.sampled_from([b"\0\0\0\0", b"\0\0\0\1", b"\xff" * 4, b"\0\1\0\0", b"\0\0\x20\0"])
        )
    whole, note = intact(bytes(film))
    assert whole in (True, False, None)
    assert whole is True or note
