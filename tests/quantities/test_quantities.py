from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcheck.quantities import (
    ANGLE,
    BIT_RATE,
    BYTES,
    COUNT,
    DATE,
    DURATION,
    FLAG,
    FRAME_RATE,
    FREQUENCY,
    KINDS,
    PIXELS,
    RATIO,
    RESOLUTION,
    SHARE,
    Difference,
    Kind,
    Manner,
    Moment,
    NotAValueError,
    Rate,
    Shown,
    Size,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")

SPELLINGS: list[tuple[Kind, str, Any]] = [
    (BYTES, "100 MB", 100_000_000),
    (BYTES, "100MB", 100_000_000),
    (BYTES, "100 MiB", 104_857_600),
    (BYTES, "1.5 GB", 1_500_000_000),
    (BYTES, "512 kB", 512_000),
    (BYTES, "512 KiB", 524_288),
    (BYTES, "1,000,000 B", 1_000_000),
    (BYTES, "1000 字节", 1000),
    (BYTES, "１００ MB", 100_000_000),
    (DURATION, "2 min", Fraction(120)),
    (DURATION, "90 s", Fraction(90)),
    (DURATION, "1:30", Fraction(90)),
    (DURATION, "1:02:03.5", Fraction("3723.5")),
    (DURATION, "0:00", Fraction(0)),
    (DURATION, "PT2M", Fraction(120)),
    (DURATION, "PT1H2M3.5S", Fraction("3723.5")),
    (DURATION, "2 分钟", Fraction(120)),
    (DURATION, "2 分 30 秒", Fraction(150)),
    (DURATION, "1 h 30 min", Fraction(5400)),
    (DURATION, "500 ms", Fraction(1, 2)),
    (DURATION, "1：30", Fraction(90)),
    (RESOLUTION, "1280x720", Size(1280, 720)),
    (RESOLUTION, "1280×720", Size(1280, 720)),
    (RESOLUTION, "1280 X 720", Size(1280, 720)),
    (FRAME_RATE, "29.97", Fraction(30000, 1001)),
    (FRAME_RATE, "23.976", Fraction(24000, 1001)),
    (FRAME_RATE, "23.98", Fraction(24000, 1001)),
    (FRAME_RATE, "59.94 fps", Fraction(60000, 1001)),
    (FRAME_RATE, "30000/1001", Fraction(30000, 1001)),
    (FRAME_RATE, "25 fps", Fraction(25)),
    (FRAME_RATE, "25 帧/秒", Fraction(25)),
    (BIT_RATE, "4 Mbps", Fraction(4_000_000)),
    (BIT_RATE, "1024 kbps", Fraction(1_024_000)),
    (BIT_RATE, "128000 bit/s", Fraction(128_000)),
    (FREQUENCY, "48 kHz", 48_000),
    (FREQUENCY, "44100", 44_100),
    (RATIO, "16:9", Fraction(16, 9)),
    (RATIO, "2.39:1", Fraction(239, 100)),
    (SHARE, "90 %", Fraction(9, 10)),
    (SHARE, "90%", Fraction(9, 10)),
    (SHARE, "２.５％", Fraction(1, 40)),
    (SHARE, "100/3 %", Fraction(1, 3)),
    (SHARE, "0 %", Fraction(0)),
    (SHARE, "100 %", Fraction(1)),
    (COUNT, "3", 3),
    (PIXELS, "1080 px", 1080),
    (ANGLE, "-90", 270),
    (FLAG, "no", False),
    (FLAG, "是", True),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "value"), SPELLINGS, ids=[f"{k.name}: {t}" for k, t, _ in SPELLINGS])
def test_every_spelling_reads_as_its_value(kind: Kind, text: str, value: Any) -> None:
    assert kind.read(text) == value


WRONG: list[tuple[Kind, str, str]] = [
    (BYTES, "100M", "'100M' does not say which: write '100 MB' (units of 1000) or '100 MiB' (units of 1024)"),
    (BYTES, "100 兆", "'100 兆' does not say which: write '100 MB' (units of 1000) or '100 MiB' (units of 1024)"),
    (BYTES, "100 Mb", "'100 Mb' counts bits; for bytes write '100 MB'"),
    (BYTES, "0.3 B", "'0.3 B' is not a size (try \"100 MB\")"),
    (BYTES, "-5 MB", "'-5 MB' is not a size (try \"100 MB\")"),
    (DURATION, "90", "'90' does not say the unit: write '90 s' or '90 min'"),
    (DURATION, "wide", "'wide' is not a duration (try \"2 min\")"),
    (DURATION, "1:75", "'1:75' is not a duration (try \"2 min\")"),
    (DURATION, "PT", "'PT' is not a duration (try \"2 min\")"),
    (DURATION, "1 s 2 min", "'1 s 2 min' is not a duration (try \"2 min\")"),
    (RESOLUTION, "1080p", "'1080p' is not a resolution (try \"1920x1080\")"),
    (RESOLUTION, "720p", "'720p' is not a resolution (try \"1280x720\")"),
    (RESOLUTION, "0x720", "'0x720' is not a resolution (try \"1920x1080\")"),
    (FRAME_RATE, "fast", "'fast' is not a frame rate (try \"25\")"),
    (FRAME_RATE, "30/0", "'30/0' is not a frame rate (try \"25\")"),
    (BIT_RATE, "4M", "'4M' is not a bit rate (try \"4 Mbps\")"),
    (BIT_RATE, "4 MB/s", "'4 MB/s' is not a bit rate (try \"4 Mbps\")"),
    (FREQUENCY, "cd", "'cd' is not a sample rate (try \"48 kHz\")"),
    (RATIO, "1.78", "'1.78' is not a ratio (try \"16:9\")"),
    (RATIO, "16:0", "'16:0' is not a ratio (try \"16:9\")"),
    (SHARE, "0.9", "'0.9' is not a share (try \"90 %\")"),
    (SHARE, "85", "'85' is not a share (try \"85 %\")"),
    (SHARE, "101 %", "'101 %' is not a share (try \"90 %\")"),
    (SHARE, "1/0 %", "'1/0 %' is not a share (try \"90 %\")"),
    (SHARE, "-5 %", "'-5 %' is not a share (try \"90 %\")"),
    (SHARE, "90 % of it", "'90 % of it' is not a share (try \"90 %\")"),
    (DATE, "2022-02-30", "'2022-02-30' is no day of the calendar (try \"2022-02-28\")"),
    (DATE, "2022-13-01", "'2022-13-01' is no day of the calendar (try \"2022-12-01\")"),
    (DATE, "yesterday", "'yesterday' is not a date (try \"2022-02-28\")"),
    (DATE, "2022", "'2022' is not a date (try \"2022-02-28\")"),
    (COUNT, "1.5", "'1.5' is not a whole number (try \"1\")"),
    (ANGLE, "left", "'left' is not an angle (try \"90\")"),
    (FLAG, "maybe", "'maybe' is neither yes nor no (try \"yes\")"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "error"), WRONG, ids=[f"{k.name}: {t}" for k, t, _ in WRONG])
def test_a_wrong_spelling_is_answered_with_a_right_one(kind: Kind, text: str, error: str) -> None:
    with pytest.raises(NotAValueError) as raised:
        kind.read(text)
    assert str(raised.value) == error


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=80))
def test_no_text_makes_a_reader_raise_anything_else(name: str, text: str) -> None:
    kind = KINDS[name]
    try:
        value = kind.read(text)
    except NotAValueError:
        return
    if name != "list":
        assert kind.read(kind.write(value)) == value


seconds = st.fractions(min_value=0, max_value=10**6, max_denominator=10**6)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "bytes": st.integers(0, 10**15),
    "duration": seconds,
    "bit rate": st.decimals(0, 10**10, places=3).map(Fraction),
    "frame rate": st.fractions(min_value=Fraction(1, 100), max_value=1000, max_denominator=10**6),
    "ratio": st.fractions(min_value=Fraction(1, 100), max_value=100, max_denominator=10**6),
    "share": st.fractions(min_value=0, max_value=1, max_denominator=10**6),
    "frequency": st.integers(0, 10**7),
    "whole number": st.integers(0, 10**12),
    "pixels": st.integers(0, 10**5),
    "angle": st.integers(0, 359),
    "resolution": st.builds(Size, st.integers(1, 99999), st.integers(1, 99999)),
    "date": st.datetimes(timezones=st.just(UTC), min_value=datetime(1904, 1, 1)).map(Moment.at),  # noqa: DTZ001
    "yes or no": st.booleans(),
    "text": st.text(),
}


@pytest.mark.parametrize("name", sorted(VALUES))
@given(data=st.data())
def test_what_is_written_reads_back_as_the_same_value(name: str, data: st.DataObject) -> None:
    value = data.draw(VALUES[name])
    kind = KINDS[name]
    again = kind.read(kind.write(value))
    assert again == value


@pytest.mark.parametrize("lang", ["en", "zh"])
@given(seconds, seconds)
def test_a_shown_duration_stands_on_its_own_side_of_the_limit(lang: str, value: Fraction, limit: Fraction) -> None:
    manner = Manner(lang)
    shown, bound = DURATION.show(value, manner, (limit,)), DURATION.show(limit, manner, (value,))
    assert (shown == bound) == (value == limit)
    if value != limit:
        read, other = DURATION.read(shown), DURATION.read(bound)
        assert (read < other) == (value < limit)


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_shown_size_stands_on_its_own_side_of_the_limit(value: int, limit: int) -> None:
    shown, bound = BYTES.show(value, Manner(), (limit,)), BYTES.show(limit, Manner(), (value,))
    assert (shown == bound) == (value == limit)


@given(st.sampled_from(["duration", "bytes", "bit rate", "frame rate", "share", "whole number"]), st.data())
def test_a_shown_difference_is_never_zero(name: str, data: st.DataObject) -> None:
    value, limit = data.draw(VALUES[name]), data.draw(VALUES[name])
    shown = KINDS[name].difference(value, limit)
    if value != limit:
        assert shown[0] == ("-" if value < limit else "+")
        assert any(digit in shown for digit in "123456789")


def test_a_difference_far_below_a_millisecond_is_still_shown() -> None:
    assert Difference("duration", Fraction("300.0000004"), Fraction(300)).render("en") == "+0.0000004 s"
    assert Shown("duration", Fraction("300.0000004"), apart=(Fraction(300),)).render("en") == "5:00.0000004"


@pytest.mark.parametrize(
    ("kind", "value", "english", "chinese"),
    [
        (DURATION, Fraction("312.48"), "5:12.480", "5 分 12.480 秒"),
        (DURATION, Fraction(120), "2:00", "2 分钟"),
        (DURATION, Fraction(3723), "1:02:03", "1 小时 2 分 3 秒"),
        (BYTES, 138_640_102, "138.6 MB (138,640,102 bytes)", "138.6 MB（138,640,102 字节）"),
        (BYTES, 209_715_200, "209.72 MB (200 MB as Windows counts)", "209.72 MB（Windows 显示为 200 MB）"),
        (BYTES, 0, "0 B", "0 B"),
        (FRAME_RATE, Fraction(30000, 1001), "29.97 fps", "29.97 帧/秒"),
        (FRAME_RATE, Fraction(24000, 1001), "23.976 fps", "23.976 帧/秒"),
        (BIT_RATE, Fraction(1_024_000), "1.024 Mbps", "1.024 Mbps"),
        (RATIO, Fraction(16, 9), "16:9", "16:9"),
        (RATIO, Fraction(1920, 817), "2.35:1", "2.35:1"),
        (RESOLUTION, Size(1280, 720), "1280×720", "1280×720"),
        (FREQUENCY, 44_100, "44.1 kHz", "44.1 kHz"),
        (SHARE, Fraction(9, 10), "90 %", "90 %"),
        (SHARE, Fraction(1, 12), "8.3 %", "8.3 %"),
        (SHARE, Fraction(9999, 10_000), "99.99 %", "99.99 %"),
        (SHARE, Fraction(1, 100_000), "0.001 %", "0.001 %"),
        (FLAG, True, "yes", "是"),
        (ANGLE, 90, "90°", "90°"),
    ],
)  # fmt: skip
def test_values_are_shown_in_both_languages(kind: Kind, value: Any, english: str, chinese: str) -> None:
    assert kind.show(value, Manner("en")) == english
    assert kind.show(value, Manner("zh")) == chinese


@given(VALUES["share"], VALUES["share"])
def test_a_shown_share_stands_on_its_own_side_of_the_limit(value: Fraction, limit: Fraction) -> None:
    shown, bound = SHARE.show(value, Manner(), (limit,)), SHARE.show(limit, Manner(), (value,))
    assert (shown == bound) == (value == limit)
    assert (SHARE.read(shown) < SHARE.read(bound)) == (value < limit)


def test_shares_differ_by_percentage_points_and_are_parts_of_one_in_json() -> None:
    value, limit = Fraction(1, 12), Fraction(9, 10)
    assert SHARE.difference(value, limit) == "-81.7 percentage points"
    assert SHARE.difference(value, limit, Manner("zh")) == "-81.7 个百分点"
    assert (SHARE.json(limit), SHARE.json(Fraction(1)), SHARE.unit) == (0.9, 1, "")


def test_a_rate_of_two_numbers_is_shown_with_both_and_compared_by_the_nominal_one() -> None:
    phone = Rate(Fraction(285, 10), Fraction(30))
    assert FRAME_RATE.show(phone) == "28.500 fps (nominal 30 fps)"
    assert FRAME_RATE.show(phone, Manner("zh")) == "28.500 帧/秒（标称 30 帧/秒）"
    assert FRAME_RATE.json(phone) == 28.5
    assert FRAME_RATE.answers(phone, Fraction(30))
    assert not FRAME_RATE.answers(phone, Fraction(285, 10))
    assert FRAME_RATE.equal(phone, Fraction(285, 10))  # another witness, who knows the average alone, agrees
    assert FRAME_RATE.below(phone, Fraction(29))
    assert Shown("frame rate", phone).render("en") != Shown("frame rate", Rate(phone, Fraction(60))).render("en")
    assert pickle.loads(pickle.dumps(phone)) == phone  # noqa: S301 - made here
    assert phone != Rate(phone, Fraction(60))


def test_where_the_clock_is_too_coarse_for_the_rate_either_number_will_do() -> None:
    apple = Rate(Fraction(30000, 1001), Fraction(30))
    assert FRAME_RATE.answers(apple, Fraction(30))
    assert FRAME_RATE.answers(apple, Fraction(30000, 1001))
    assert not FRAME_RATE.answers(apple, Fraction(25))


def test_a_day_is_the_whole_day_in_its_zone() -> None:
    day = DATE.read("2022-02-28", SHANGHAI)
    inside = Moment.at(datetime(2022, 2, 28, 15, 59, 59, tzinfo=UTC))
    outside = Moment.at(datetime(2022, 2, 28, 17, 0, tzinfo=UTC))
    assert not DATE.over(inside, day)
    assert DATE.over(outside, day)
    assert DATE.difference(outside, day) == "+1:00:00"


@pytest.mark.parametrize(
    ("value", "limit", "shown"),
    [
        ("2022-03-01", "2022-02-28", "+1 day"),
        ("2022-03-02", "2022-02-28", "+2 days"),
        ("2022-04", "2022-02", "+32 days"),
        ("2019-12-31", "2020-01-01", "-1 day"),
        ("2022-03-02 12:00", "2022-02-28", "+2 days"),
        ("2019-12-30 12:00", "2020-01-01", "-2 days"),
        ("2022-03-01 00:10", "2022-02-28", "+10:00"),
        ("2022-03-01 19:00", "2022-02-28 18:00", "+1 day"),
        ("2022-03-01", "2022-02-28 18:00", "+1 day"),
    ],
)
def test_dates_are_as_many_days_apart_as_on_a_calendar(value: str, limit: str, shown: str) -> None:
    assert DATE.difference(DATE.read(value, SHANGHAI), DATE.read(limit, SHANGHAI)) == shown
    assert DATE.difference(DATE.read(value), DATE.read(limit)) == shown


def test_a_month_is_the_whole_month() -> None:
    month = DATE.read("2022-02")
    assert month.first == datetime(2022, 2, 1, tzinfo=UTC)
    assert month.last == datetime(2022, 3, 1, tzinfo=UTC) - timedelta(microseconds=1)


def test_an_instant_is_told_in_the_zone_asked_for() -> None:
    moment = Moment.at(datetime(2022, 2, 28, 17, 0, tzinfo=UTC))
    assert DATE.show(moment, Manner("en", SHANGHAI)) == "2022-03-01 01:00 +08:00"
    assert DATE.json(moment, Manner("en", SHANGHAI)) == "2022-03-01T01:00:00+08:00"


def test_resolutions_are_compared_without_orientation() -> None:
    assert not RESOLUTION.below(Size(720, 1280), Size(1280, 720))
    assert RESOLUTION.below(Size(1920, 700), Size(1280, 720))
    assert RESOLUTION.over(Size(1920, 1090), Size(1920, 1080))
    assert RESOLUTION.difference(Size(640, 360), Size(1280, 720)) == "long side -640 px, short side -360 px"


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if not kind.shows_apart], ids=lambda kind: kind.name)
def test_a_kind_that_tells_nothing_apart_shows_a_value_the_same_beside_any_other(kind: Kind) -> None:
    values = [kind.read(text) for text in kind.examples]
    for value in values:
        for lang in ("en", "zh"):
            assert kind.show(value, Manner(lang), tuple(values)) == kind.show(value, Manner(lang))


def test_two_values_that_round_to_the_same_are_told_apart_where_the_kind_says_so() -> None:
    near = {"bytes": (10**8 + 1, 10**8), "duration": (Fraction(300_0001, 10_000), Fraction(300))}
    for name, (value, limit) in near.items():
        assert KINDS[name].shows_apart
        assert KINDS[name].show(value, Manner(), (limit,)) != KINDS[name].show(limit, Manner(), (value,))
