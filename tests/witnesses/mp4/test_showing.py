"""For how long there are pictures and sound, how much of the file they are, and how many there are a second."""

from __future__ import annotations

import io
from fractions import Fraction
from itertools import accumulate, pairwise
from struct import pack
from typing import TYPE_CHECKING, Any

import pytest

from tests.clips import surgery as kit
from tests.clips.fragments import fragment
from tests.clips.headers import timescale, write_duration
from tests.clips.tables import Chunk, read_chunks, write_tables
from tests.engine.test_engine import judged, one
from vidcheck.facts import Fact, State
from vidcheck.findings import Outcome
from vidcheck.quantities import Rate
from vidcheck.witnesses.mp4 import boxes
from vidcheck.witnesses.mp4.clocks import Clock
from vidcheck.witnesses.mp4.showing import occupied

if TYPE_CHECKING:
    from collections.abc import Sequence

CLIP = kit.clip()
TEN = kit.set_duration(CLIP, Fraction(10))
PICTURE, SOUND = kit.track(CLIP, "vide"), kit.track(CLIP, "soun")
CLOCK = timescale(CLIP, f"{PICTURE}/mdia/mdhd")


def facts(data: bytes) -> dict[str, Fact]:
    return {fact.key: fact for fact in boxes.read(boxes.look(io.BytesIO(data), len(data)))}


def remark(fact: Fact) -> str:
    return fact.remark.render("en") if fact.remark else ""


def timed(data: bytes, *rows: tuple[int, int], clock: int = CLOCK) -> bytes:
    """The pictures with these durations: how many, and how many ticks each; as many pictures as the rows have."""
    count, ticks = sum(row[0] for row in rows), sum(number * each for number, each in rows)
    chunks = read_chunks(data, PICTURE)
    ends = list(accumulate(len(chunk.samples) for chunk in chunks))
    chunks = [
        Chunk(offset=chunk.offset, samples=chunk.samples[: max(0, count - end + len(chunk.samples))])
        for chunk, end in zip(chunks, ends, strict=True)
    ]
    chunks = [chunk for chunk in chunks if chunk.samples]
    assert sum(len(chunk.samples) for chunk in chunks) == count
    data = write_tables(data, PICTURE, chunks, list(rows))
    head = kit.contents(data, f"{PICTURE}/mdia/mdhd")
    data = kit.replace_box(data, f"{PICTURE}/mdia/mdhd", kit.box("mdhd", head[:12] + pack(">I", clock) + head[16:]))
    lasts = ticks * timescale(data, "moov/mvhd") // clock
    data = write_duration(write_duration(data, f"{PICTURE}/mdia/mdhd", ticks), f"{PICTURE}/tkhd", lasts)
    return kit.drop_box(data, f"{PICTURE}/edts")


# --- for how long ---


def test_a_film_that_is_all_picture_and_sound_has_no_remark() -> None:
    told = facts(TEN)
    assert told["picture.duration"].value == 10
    assert abs(told["sound.duration"].value - 10) < Fraction(1, 10)
    assert told["picture.share"].value > Fraction(99, 100)
    assert told["picture.count-shown"].value == 250
    assert not any(remark(told[key]) for key in ("picture.share", "picture.count-shown"))


def test_a_picture_of_one_second_under_sound_of_ten() -> None:
    told = facts(timed(TEN, (25, 512)))
    assert (told["picture.duration"].value, told["picture.count-shown"].value) == (1, 25)
    assert told["picture.share"].value == pytest.approx(0.1, abs=0.001)
    assert told["duration"].value == pytest.approx(10, abs=0.1)
    assert remark(told["picture.share"]).startswith("The picture lasts 0:01 of 0:10")
    assert "moov/trak[0]/mdia/minf/stbl/stts" in remark(told["picture.share"])


def test_an_empty_edit_shows_nothing_though_it_lasts() -> None:
    data = TEN
    for handler in ("vide", "soun"):
        data = kit.add_edit_list(data, handler, ((Fraction(120), None), (Fraction(10), Fraction(0))))
    told = facts(data)
    assert (told["picture.duration"].value, told["picture.count-shown"].value) == (10, 250)
    assert told["sound.duration"].value == pytest.approx(10, abs=0.1)
    assert told["picture.share"].value == pytest.approx(10 / 130, abs=0.001)
    said = remark(told["picture.share"])
    assert "an empty edit of 2:00 shows nothing (moov/trak[0]/edts/elst)" in said


def test_empty_edits_between_and_behind_count_as_little() -> None:
    edits = ((Fraction(2), Fraction(0)), (Fraction(60), None), (Fraction(3), Fraction(5)), (Fraction(60), None))
    told = facts(kit.add_edit_list(TEN, "vide", edits))
    assert told["picture.duration"].value == 5
    assert told["picture.share"].value == Fraction(5, 125)
    assert abs(told["picture.count-shown"].value - 125) <= 2


def test_a_trimmed_film_shows_the_pictures_of_its_part_alone_and_is_not_odd() -> None:
    data = TEN
    for handler in ("vide", "soun"):
        data = kit.add_edit_list(data, handler, ((Fraction(4), Fraction(3)),))
    told = facts(data)
    assert told["picture.duration"].value == 4
    assert abs(told["picture.count-shown"].value - 100) <= 1
    assert told["picture.share"].value == 1
    assert not remark(told["picture.share"])


def test_a_picture_that_stands_still_for_minutes_is_remarked_on() -> None:
    held = facts(timed(TEN, (249, 512), (1, 170 * CLOCK)))
    said = remark(held["picture.count-shown"])
    assert said.startswith("One picture stands still for 2:50; there are 250 pictures in 2:59.960")
    assert held["picture.share"].value == 1
    slides = facts(timed(TEN, (10, 9 * CLOCK)))
    assert not remark(slides["picture.count-shown"])


def test_an_edit_list_of_thousands_of_edits_is_no_work_without_end() -> None:
    data = timed(TEN, *[(1, 500 + number % 9) for number in range(240)])
    data = kit.add_edit_list(data, "vide", tuple((Fraction(1, 1000), Fraction(number, 1000)) for number in range(5000)))
    told = facts(data)
    assert told["picture.duration"].value == 5
    assert "picture.count-shown" not in told


def test_the_remark_stands_at_the_duration_and_the_share_can_be_asked_for() -> None:
    told = facts(timed(TEN, (25, 512))).values()
    rules = (
        "duration: {max: 5 min}\nlasts: {fact: picture.share, min: 90 %}\nbig: {fact: size, min: 1 B, if-unknown: pass}"
    )
    duration, lasts, _ = judged(rules, *told).report.findings
    assert [text.render("en")[:28] for text in duration.remarks] == ["The picture lasts 0:01 of 0:"]
    assert (duration.outcome, lasts.outcome, lasts.remarks) == (Outcome.PASS, Outcome.FAIL, ())
    padded = judged("size: {min: 1 B, if-unknown: pass}", *facts(CLIP + kit.box("free", bytes(10**6))).values()).report
    assert [text.render("en")[:4] for text in padded.findings[0].remarks] == ["Only"]


def test_without_a_picture_there_is_none_and_without_sound_too() -> None:
    silent, heard = facts(kit.remove_track(TEN, "soun")), facts(kit.remove_track(TEN, "vide"))
    assert silent["sound.duration"].state is State.ABSENT
    assert silent["picture.share"].value == 1
    for key in ("picture.duration", "picture.share", "picture.count-shown"):
        assert heard[key].state is State.ABSENT


def test_fragments_tell_the_same_as_tables() -> None:
    whole, pieces = facts(TEN), facts(fragment(TEN, Fraction(2)))
    for key in ("picture.duration", "picture.count-shown", "size.media", "video.frame-rate"):
        assert pieces[key].value == whole[key].value, key
    assert pieces["sound.duration"].value == pytest.approx(10, abs=0.1)
    assert pieces["picture.share"].value > Fraction(99, 100)
    assert pieces["video.frame-rate-mode"].value == "constant"


@pytest.mark.parametrize("rows", [[(250, 512)], [(1, 840), (249, 512)], [(249, 512), (1, 2000)]])
def test_samples_of_the_index_and_of_fragments_behind_it_are_one_film(rows: list[tuple[int, int]]) -> None:
    film = timed(TEN, *rows)
    whole, pieces = facts(film), facts(fragment(film, Fraction(2), kept=Fraction(2), mfra=True))
    for key in ("picture.duration", "picture.count-shown", "video.frame-rate", "video.frame-rate-mode"):
        assert pieces[key].value == whole[key].value, key
    assert pieces["video.frame-rate"].value == 25
    assert pieces["video.frame-rate"].locator == "moov/trak[0]/mdia/minf/stbl/stts, moof/traf/trun"
    assert pieces["picture.share"].value > Fraction(99, 100)
    assert pieces["intact"].value is True


def test_a_single_picture_in_the_index_belongs_to_the_film_too() -> None:
    film = timed(TEN, (1, 512 * 20), (249, 512))
    told = facts(fragment(film, Fraction(2), kept=Fraction(1, 100)))
    assert told["picture.count-shown"].value == 250
    assert told["video.frame-rate"].value == Rate(Fraction(250 * 12800, 269 * 512), Fraction(25))
    assert told["video.frame-rate-mode"].value == "variable"


def test_of_pictures_that_only_the_index_shows_unevenly_the_rate_is_that_of_all() -> None:
    film = timed(TEN, (25, 1024), (225, 512))
    told = facts(fragment(film, Fraction(2), kept=Fraction(2)))
    assert told["video.frame-rate"].value == Rate(Fraction(250 * 12800, 275 * 512), Fraction(25))
    assert told["video.frame-rate-mode"].value == "variable"


def test_fragments_without_a_time_follow_the_samples_of_the_index() -> None:
    film = kit.remove_track(timed(TEN, (250, 512)), "soun")
    pieces = fragment(film, Fraction(2), kept=Fraction(2), mehd=True)
    for begun in kit.find_all(pieces, "moof/traf/tfdt"):
        pieces = pieces[: begun.start + 4] + b"free" + pieces[begun.start + 8 :]
    told = facts(pieces)
    assert told["picture.duration"].value == 10
    assert told["picture.share"].value == 1
    assert told["intact"].value is True


@pytest.mark.parametrize("by", ["trex", "tfhd"])
def test_durations_by_default_are_joined_with_those_of_the_index(by: str) -> None:
    told = facts(fragment(timed(TEN, (250, 512)), Fraction(2), kept=Fraction(2), ticks_by=by))
    assert told["video.frame-rate"].value == 25
    assert told["picture.duration"].value == 10
    assert told["picture.count-shown"].value == 250


def test_the_duration_of_index_and_fragments_is_told_once() -> None:
    film = kit.drop_box(timed(TEN, (250, 512)), f"{SOUND}/edts")
    told = facts(fragment(film, Fraction(2), kept=Fraction(2)))
    assert told["duration"].value == pytest.approx(10, abs=0.05)
    assert told["duration"].value == told["sound.duration"].value


def test_what_an_edit_list_hides_of_the_index_belongs_to_no_film_of_index_and_fragments() -> None:
    film = kit.remove_track(timed(TEN, (250, 512)), "soun")
    cut = kit.add_edit_list(film, "vide", ((Fraction(8), Fraction(2)),))
    told = facts(fragment(cut, Fraction(2), kept=Fraction(4)))
    assert told["picture.duration"].value == 8
    assert told["picture.count-shown"].value == 200
    assert told["picture.share"].value == 1
    late = kit.add_edit_list(film, "vide", ((Fraction(5), None), (Fraction(10), Fraction(0))))
    told = facts(fragment(late, Fraction(2), kept=Fraction(2)))
    assert told["picture.duration"].value == 10
    assert told["picture.share"].value == Fraction(2, 3)


def test_a_coarse_clock_is_rounded_in_fragments_as_in_the_index() -> None:
    film = timed(kit.remove_track(TEN, "soun"), *begun(NTSC, 600), clock=600)
    for kept in (Fraction(0), Fraction(2)):
        told = facts(fragment(film, Fraction(2), kept=kept))
        assert told["video.frame-rate"].value == NTSC
        assert told["video.frame-rate-mode"].value == "constant"


def test_an_index_that_contradicts_itself_makes_no_rate_of_fragments_alone() -> None:
    pieces = fragment(timed(TEN, (250, 512)), Fraction(2), kept=Fraction(2))
    table = kit.contents(pieces, f"{PICTURE}/mdia/minf/stbl/stts")
    wrong = table[:8] + pack(">II", 49, 512)
    told = facts(kit.replace_box(pieces, f"{PICTURE}/mdia/minf/stbl/stts", kit.box("stts", wrong)))
    assert "video.frame-rate" not in told


def no_last_ticks(data: bytes, later: int = 0) -> bytes:
    """Fragments whose last samples are said to last no time; all but the first begin `later` by so many ticks."""
    made = bytearray(data)
    for run in kit.find_all(data, "moof/traf/trun"):
        made[run.end - 12 : run.end - 8] = bytes(4)
    for begun in kit.find_all(data, "moof/traf/tfdt"):
        time = int.from_bytes(made[begun.end - 8 : begun.end])
        made[begun.end - 8 : begun.end] = (time + later if time else 0).to_bytes(8)
    return bytes(made)


def test_samples_of_no_time_last_until_the_next_fragment() -> None:
    pieces = fragment(TEN, Fraction(1))
    said, told = facts(pieces), facts(no_last_ticks(pieces))
    for key in ("picture.duration", "sound.duration"):
        assert 0 < said[key].value - told[key].value <= Fraction(1, 25)  # the last of all, which no fragment follows
    assert told["video.frame-rate"].value == 25
    assert told["video.frame-rate-mode"].value == "constant"
    assert told["picture.count-shown"].value == 250


def test_samples_of_no_time_that_last_until_the_next_fragment_are_rounded_too() -> None:
    film = timed(kit.remove_track(TEN, "soun"), *begun(NTSC, 600), clock=600)
    told = facts(no_last_ticks(fragment(film, Fraction(1))))
    assert told["video.frame-rate"].value == NTSC
    assert told["video.frame-rate-mode"].value == "constant"


def test_absurd_numbers_of_samples_of_no_time_are_counted_too() -> None:
    clock = Clock()
    for count, ticks in ((1, 1), (0xFFFFFFFF, 0), (0xFFFFFFFF, 0)):
        clock.add(count, ticks)
    clock.fill((1 << 33) - 5)
    assert clock.ticks == (1 << 33) - 4
    assert clock.usual_rate(600) is None


def test_a_first_sample_of_no_time_lasts_until_the_next_fragment_too() -> None:
    pieces = bytearray(fragment(TEN, Fraction(1)))
    run = kit.find_all(bytes(pieces), "moof/traf/trun")[0]
    pieces[run.start + 20 : run.start + 24] = bytes(4)
    told = facts(bytes(pieces))
    assert told["picture.duration"].value == 10
    assert told["video.frame-rate"].value == 25
    assert told["video.frame-rate-mode"].value == "constant"


def test_a_gap_that_is_longer_than_samples_of_no_time_can_be_stays_one() -> None:
    told = facts(no_last_ticks(fragment(TEN, Fraction(1)), later=60 * CLOCK))
    assert told["picture.duration"].value < 10
    assert told["picture.share"].value < Fraction(1, 5)
    assert "between pictures there is nothing for 1:00" in remark(told["picture.share"])


def test_a_cut_off_index_tells_nothing() -> None:
    data = kit.move_index_last(TEN)
    told = facts(data[: len(data) - 100])
    assert not {"picture.duration", "picture.share", "size.media"} & told.keys()


# --- how many bytes ---


def test_bytes_of_samples_are_counted_and_shared_ones_once() -> None:
    stored = facts(CLIP)["size.media"].value
    chunks = read_chunks(CLIP, PICTURE)
    twice = facts(write_tables(CLIP, PICTURE, chunks + chunks, [(9000, 512)]))
    assert twice["size.media"].value == stored
    assert twice["picture.count-shown"].value == 4500  # the edit list shows the first half
    assert facts(kit.set_duration(CLIP, Fraction(360)))["size.media"].value == pytest.approx(2 * stored, rel=0.01)
    half = facts(kit.set_duration(CLIP, Fraction(90)))["size.media"].value
    assert 0 < half < stored


@pytest.mark.parametrize("kind", ["free", "uuid", "JUNK"])
def test_padding_is_remarked_on_with_its_place(kind: str) -> None:
    told = facts(CLIP + kit.box(kind, bytes(5 * 10**6)))
    share = told["size.media-share"]
    assert share.value < Fraction(1, 10)
    assert f"is in {kind} at byte {len(CLIP):,}" in remark(share)
    assert told["size.media"].value == facts(CLIP)["size.media"].value


def test_an_oversized_mdat_and_a_tail_are_padding_too() -> None:
    mdat = kit.find(CLIP, "mdat")
    grown = CLIP[: mdat.start] + pack(">I", mdat.end - mdat.start + 10**6) + CLIP[mdat.start + 4 :] + bytes(10**6)
    assert f"is in mdat at byte {mdat.start:,}" in remark(facts(grown)["size.media-share"])
    tail = facts(CLIP + bytes(10**6))["size.media-share"]
    assert tail.value < Fraction(1, 3)
    assert remark(tail)


def test_a_film_of_pictures_that_hardly_change_is_not_odd_for_its_index() -> None:
    share = facts(CLIP)["size.media-share"]
    assert share.value < Fraction(9, 10)
    assert not remark(share)


def test_a_big_picture_in_the_index_is_odd() -> None:
    share = facts(kit.add_tag(CLIP, "covr", bytes(10**6), 13))["size.media-share"]
    assert "is in moov at byte" in remark(share)


@pytest.mark.parametrize(
    ("starts", "ends", "size", "bytes_"),
    [
        ([], [], 100, 0), ([0, 10], [10, 20], 100, 20), ([0, 0, 0], [10, 10, 10], 100, 10), ([0, 5], [10, 8], 100, 10),
        ([5, 0], [25, 10], 100, 25), ([90], [200], 100, 10), ([150], [200], 100, 0), ([7], [7], 100, 0),
    ],
)  # fmt: skip
def test_each_byte_of_the_file_counts_once(starts: list[int], ends: list[int], size: int, bytes_: int) -> None:
    assert occupied(starts, ends, size) == bytes_


# --- how many a second ---

NTSC = Fraction(30000, 1001)


def begun(rate: Fraction | int, clock: int, count: int = 250, off: Sequence[int] = (0,)) -> list[tuple[int, int]]:
    """So many pictures that begin at the nearest ticks of a rate, or off by so many of them, in turn."""
    times = [round(Fraction(number * clock) / rate) + off[number % len(off)] for number in range(count + 1)]
    return [(1, after - before) for before, after in pairwise(times)]


def without_every(nth: int, rows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pictures without every nth one: the one before it lasts longer."""
    left: list[tuple[int, int]] = []
    for number, (_, ticks) in enumerate(rows, start=1):
        left = [*left[:-1], (1, left[-1][1] + ticks)] if number % nth == 0 else [*left, (1, ticks)]
    return left


HONEST: list[tuple[str, str, int, list[tuple[int, int]]]] = [
    ("milliseconds", "30", 1000, begun(30, 1000)),
    ("milliseconds, the last one is held", "30", 1000, [*begun(30, 1000, 249), (1, 900)]),
    ("milliseconds, the sound's codec begins later", "30", 1000, [(1, 75), *begun(30, 1000, 249)]),
    ("milliseconds, some are dropped", "30", 1000, without_every(15, begun(30, 1000))),
    ("milliseconds that jitter", "30", 1000, begun(30, 1000, 250, (0, 1, -1, 2, 0, -2))),
    ("milliseconds, 29.97", "29.97", 1000, begun(NTSC, 1000)),
    ("Apple's clock", "30", 600, [(250, 20)]),
    ("Apple's clock, a few are late", "30", 600, [(60, 20), (1, 21), (1, 19), (100, 20), (1, 21), (50, 20)]),
    ("Apple's clock, 29.97", "29.97", 600, begun(NTSC, 600)),
    ("Apple's clock, 29.97, the last one is held", "29.97", 600, [*begun(NTSC, 600, 249), (1, 900)]),
    ("Apple's clock, 29.97, some are dropped", "29.97", 600, without_every(15, begun(NTSC, 600))),
    ("Apple's clock, 59.94", "59.94", 600, begun(2 * NTSC, 600)),
    ("Apple's clock, 23.976", "23.976", 600, begun(Fraction(24000, 1001), 600)),
    ("90 kHz, 59.94", "59.94", 90000, begun(2 * NTSC, 90000)),
    ("90 kHz that jitters by 1 %", "30", 90000, begun(30, 90000, 250, (0, 17, -13, 30, 4, -30, 9))),
    ("90 kHz that jitters, some are dropped", "30", 90000, without_every(40, begun(30, 90000, 250, (0, 17, -13, 30)))),
    ("90 kHz by a clock that is slow", "30", 90000, [(1, 2985), (1, 3015), (1, 3003), (1, 2998), (1, 3004)] * 50),
]  # fmt: skip


@pytest.mark.parametrize(("rate", "clock", "rows"), [row[1:] for row in HONEST], ids=[row[0] for row in HONEST])
def test_no_film_fails_its_rate_because_of_its_clock(rate: str, clock: int, rows: list[tuple[int, int]]) -> None:
    told = facts(timed(TEN, *rows, clock=clock))
    assert one(f"video.frame-rate: {{is: '{rate}'}}", told["video.frame-rate"]).outcome is Outcome.PASS
    for other in ("25", "29.97" if rate == "30" else "30"):
        assert one(f"video.frame-rate: {{is: '{other}'}}", told["video.frame-rate"]).outcome is Outcome.FAIL


RATES: list[tuple[str, int, list[tuple[int, int]], Any, str]] = [
    ("even", 12800, [(250, 512)], Fraction(25), "constant"),
    ("the last one is held", 12800, [(249, 512), (1, 12800)], Fraction(25), "constant"),
    ("the last one has no duration", 12800, [(249, 512), (1, 0)], Fraction(25), "constant"),
    ("30 by milliseconds", 1000, [(1, 33), (1, 33), (1, 34)] * 80, Fraction(30), "constant"),
    ("a single picture is longer", 12800, [(1, 700), (249, 512)], Fraction(25), "constant"),
    ("60, and the sound's codec begins later", 15360, [(1, 584), (249, 256)], Fraction(60), "constant"),
    (
        "60, and the first one is held",
        15360,
        [(1, 7680), (249, 256)],
        Rate(Fraction(250 * 15360, 7680 + 249 * 256), Fraction(60)),
        "variable",
    ),
    (
        "30 by Apple's clock, unevenly",
        600,
        [(30, 20), (1, 21), (200, 20), (1, 21)],
        Rate(Fraction(232 * 600, 4642), Fraction(30)),
        "variable",
    ),
    (
        "29.97 by Apple's clock, rounded",
        600,
        [(25, 20), (1, 21), *[(49, 20), (1, 21)] * 4, (24, 20)],
        Fraction(30000, 1001),
        "constant",
    ),
    (
        "23.976 by Apple's clock, rounded",
        600,
        [(20, 25), (1, 26), *[(39, 25), (1, 26)] * 5],
        Fraction(24000, 1001),
        "constant",
    ),
    ("dropped pictures", 600, [(230, 20), (10, 40)], Rate(Fraction(240 * 600, 5000), Fraction(30)), "variable"),
    ("half of the pictures twice as long", 600, [(1, 20), (1, 40)] * 100, Fraction(20), "variable"),
]


def test_rows_of_the_table_without_a_sample_make_no_other_rate() -> None:
    for rows in ([(0, 9), (250, 512), (0, 7)], [(0, 9), (1, 700), (0, 1), (248, 512), (1, 900), (0, 7)]):
        table = kit.full_box("stts", 0, 0, pack(">I", len(rows)), *(pack(">II", *row) for row in rows))
        told = facts(kit.replace_box(timed(TEN, (250, 512)), f"{PICTURE}/mdia/minf/stbl/stts", table))
        assert told["video.frame-rate"].value == 25
        assert told["video.frame-rate-mode"].value == "constant"


@pytest.mark.parametrize(("clock", "rows", "rate", "mode"), [row[1:] for row in RATES], ids=[row[0] for row in RATES])
def test_the_rate_is_that_of_the_table_of_times(clock: int, rows: list[tuple[int, int]], rate: Any, mode: str) -> None:
    told = facts(timed(TEN, *rows, clock=clock))
    assert told["video.frame-rate"].value == rate
    assert type(told["video.frame-rate"].value) is type(rate)
    assert told["video.frame-rate-mode"].value == mode
