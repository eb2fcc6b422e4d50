from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import tests.clips.surgery as kit
from tests.clips import dates as clips
from tests.thorough import examples
from vidcheck.facts import Beside, Fact, State
from vidcheck.quantities import Moment
from vidcheck.witnesses.mp4 import boxes
from vidcheck.witnesses.mp4.dates import xmp_created

CLIP = kit.clip()
EPOCH = 2_082_844_800
UNIX_2021 = 1_623_729_600
STANDARD_2021 = UNIX_2021 + EPOCH
WRITTEN = datetime(2021, 6, 15, 4, tzinfo=UTC)
UNDATED = kit.set_creation_time(CLIP, 0)


def told(data: bytes) -> list[Fact]:
    facts = boxes.read(boxes.look(io.BytesIO(data), len(data)))
    return [fact for fact in facts if fact.key in {"completed", "container.created"}]


def answer(data: bytes, key: str = "completed") -> Fact:
    (fact,) = [fact for fact in told(data) if fact.key == key and fact.beside is None]
    return fact


def beside(data: bytes, part: Beside) -> list[Fact]:
    return [fact for fact in told(data) if fact.beside is part and fact.key == "completed"]


def note(fact: Fact) -> str:
    return fact.note.render("en") if fact.note else ""


def dated(raw: int, version: int = 0) -> Fact:
    data = kit.set_creation_time(CLIP, raw, version=version)
    assert answer(data).value == answer(data, "container.created").value
    assert answer(data).state is answer(data, "container.created").state
    return answer(data)


@pytest.mark.parametrize("version", [0, 1])
def test_the_movie_header_counts_from_1904(version: int) -> None:
    fact = dated(STANDARD_2021, version)
    assert (fact.value, fact.raw, fact.locator) == (Moment.at(WRITTEN), str(STANDARD_2021), "moov/mvhd.creation_time")
    assert fact.value.floating


@pytest.mark.parametrize(
    ("raw", "version", "words"),
    [
        pytest.param(0, 0, "no date was written", id="0"),
        pytest.param(1, 0, "no date was written", id="1"),
        pytest.param(2_082_844_800, 0, "no date was written", id="exactly-1970"),
        pytest.param(0xFFFFFFFF, 0, "no date was written", id="all-ones"),
        pytest.param(0xFFFFFFFF_FFFFFFFF, 1, "no date was written", id="all-ones-64"),
        pytest.param(UNIX_2021, 0, "it would be 2021-06-15", id="unix-seconds"),
        pytest.param(UNIX_2021, 1, "it would be 2021-06-15", id="unix-seconds-64"),
        pytest.param(86_400, 0, "1904-01-02 is before there were such files", id="1904"),
        pytest.param(2_082_844_801, 0, "1970-01-01 is before there were such files", id="1970-and-a-second"),
        pytest.param(1 << 40, 1, "beyond the calendar", id="overflow"),
    ],
)
def test_a_date_that_cannot_be_is_unknown_and_says_why(raw: int, version: int, words: str) -> None:
    fact = dated(raw, version)
    assert (fact.state, fact.value, fact.raw) == (State.UNKNOWN, None, str(raw))
    assert words in note(fact)


@pytest.mark.parametrize(
    ("movie", "tracks", "later"),
    [
        (3_700_000_000, 3_800_000_000, datetime(2024, 5, 31, 11, 33, 20, tzinfo=UTC)),
        (3_700_000_000, 3_700_000_003, datetime(2021, 3, 31, 1, 46, 43, tzinfo=UTC)),
        (3_700_000_000, 3_700_000_000, None),
        (3_800_000_000, 3_700_000_000, None),
        (3_700_000_000, 0xFFFFFFFF, None),
        (3_700_000_000, 0, None),
        (3_700_000_000, 86_400, None),
    ],
    ids=["years later", "seconds later", "the same", "earlier", "not set", "zero", "1904"],
)
def test_a_later_date_of_tracks_stands_beside_the_movies(movie: int, tracks: int, later: datetime | None) -> None:
    data = kit.set_creation_time(kit.set_creation_time(CLIP, tracks), movie, where=("mvhd",))
    assert answer(data).raw == str(movie)
    for key in ("completed", "container.created"):
        stated = [fact for fact in told(data) if fact.beside is Beside.WRITTEN and fact.key == key]
        assert [fact.value.first for fact in stated] == ([later] if later else [])


@pytest.mark.parametrize("where", ["tkhd", "mdhd"])
def test_without_a_date_in_the_movie_header_a_tracks_date_counts(where: str) -> None:
    data = kit.set_creation_time(UNDATED, STANDARD_2021, where=(where,))
    for key in ("completed", "container.created"):
        assert answer(data, key).value == Moment.at(WRITTEN)
        assert where in answer(data, key).locator


def test_a_movie_without_header_has_no_date() -> None:
    assert answer(kit.drop_box(CLIP, "moov/mvhd")).state is State.ABSENT


@pytest.mark.parametrize("data", [CLIP, UNDATED, kit.drop_box(CLIP, "moov/mvhd")])
def test_dates_are_told_in_the_same_order_in_every_process(data: bytes) -> None:
    assert [fact.key for fact in told(data)] == ["completed", "container.created"]


SHOT = datetime(2020, 2, 3, 4, 5, 6, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("data", "locator"),
    [
        (kit.add_quicktime_creationdate(UNDATED, "2020-02-03T04:05:06+0800"), "moov/meta/com.apple.quicktime.creationdate"),
        (kit.add_tag(UNDATED, "©day", b"2020-02-03T04:05:06+0800"), "moov/udta/meta/ilst/©day"),
        (clips.add_classic_day(UNDATED, "2020-02-03T04:05:06+0800"), "moov/udta/©day"),
    ],
    ids=["creationdate", "ilst", "udta"],
)  # fmt: skip
def test_when_it_was_shot_is_told_from_every_place(data: bytes, locator: str) -> None:
    (fact,) = beside(data, Beside.SHOT)
    assert (fact.key, fact.value, fact.locator) == ("completed", Moment.at(SHOT), locator)
    assert answer(data).state is State.ABSENT
    created = answer(data, "container.created")
    assert created.state is State.UNKNOWN
    assert note(created) == f"the file does not say when it was written, only when it was shot: {locator}"


@pytest.mark.parametrize("text", ["yesterday", "2020-02-30T04:05:06Z", "1904-01-01T00:00:00Z", "", "\udcff\n"])
def test_an_unreadable_date_of_shooting_is_unknown_beside_the_movies(text: str) -> None:
    raw = text.encode("utf-8", "surrogateescape").decode("latin-1")
    data = kit.add_quicktime_creationdate(CLIP, raw)
    assert answer(data).value == Moment.at(WRITTEN)
    (fact,) = beside(data, Beside.SHOT)
    assert fact.state is State.UNKNOWN
    assert note(fact)


def test_a_day_tag_is_read_no_further_than_its_own_length() -> None:
    data = clips.add_classic_day(UNDATED, "2021-06-15")
    at = kit.find_all(data, "moov/udta/©day")[0].body
    short = data[:at] + (4).to_bytes(2) + data[at + 2 :]
    assert [fact.raw for fact in beside(short, Beside.SHOT)] == ["2021"]
    long = data[:at] + (60_000).to_bytes(2) + data[at + 2 :]
    assert [fact.raw for fact in beside(long, Beside.SHOT)] == ["2021-06-15"]


# --- XMP ---


@pytest.mark.parametrize("where", ["uuid", "moov/uuid", "moov/udta/XMP_"])
@pytest.mark.parametrize("element", [False, True])
def test_xmps_date_of_creation_is_a_date_of_writing(where: str, element: bool) -> None:
    data = clips.add_xmp(CLIP, clips.packet("2023-05-05T08:00:00+08:00", element=element), where)
    assert answer(data).value == Moment.at(WRITTEN)
    (later,) = beside(data, Beside.WRITTEN)
    assert later.value == Moment.at(datetime(2023, 5, 5, tzinfo=UTC))
    assert later.locator.endswith("/xmp:CreateDate")
    alone = clips.add_xmp(UNDATED, clips.packet("2023-05-05T08:00:00+08:00", element=element), where)
    assert answer(alone, "container.created").value == later.value


def test_the_dates_of_ingredients_are_not_the_films() -> None:
    assert xmp_created(clips.packet("", ingredient="2029-01-01T00:00:00Z")) is None
    assert xmp_created(clips.packet("2020-01-01", element=True, ingredient="2029-01-01T00:00:00Z")) == "2020-01-01"


def test_entities_are_never_expanded() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "2021-01-01"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + clips.packet("&b;")
    assert xmp_created(bomb) is None
    assert xmp_created(clips.packet("&b;")) is None


def test_a_packet_of_megabytes_is_read_to_its_bound() -> None:
    tail = b"<x>" * 10**6
    front = clips.packet("2023-05-05").partition(b"</rdf:Description>")[0]
    assert xmp_created(front + tail) == "2023-05-05"
    late = front.replace(b'xmp:CreateDate="2023-05-05"', b"") + b" " * 10**6
    data = clips.add_xmp(CLIP, late + b"<xmp:CreateDate>2023-05-05</xmp:CreateDate>")
    assert beside(data, Beside.WRITTEN) == []


@pytest.mark.parametrize(
    "damaged", [b"", b"\0" * 100, b"<", b"<a", b"\xff\xfe<\0", b"no xml", clips.packet("2023-05-05")[:150]]
)
def test_a_damaged_packet_tells_nothing(damaged: bytes) -> None:
    assert xmp_created(damaged) is None
    assert answer(clips.add_xmp(CLIP, damaged)).value == Moment.at(WRITTEN)


@settings(max_examples=examples(100))
@given(some.binary(max_size=300), some.integers(0, 1200), some.integers(0, 1200))
def test_any_bytes_in_a_packet_do_no_harm(noise: bytes, start: int, end: int) -> None:
    packet = clips.packet("2023-05-05", element=True)
    found = xmp_created(packet[:start] + noise + packet[end:])
    assert found is None or isinstance(found, str)
