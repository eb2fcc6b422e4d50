"""The readers of dates that people and programs wrote as text."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from tests.thorough import examples
from vidcheck.quantities import DATE, Moment
from vidcheck.witnesses.dates import written_text

SHANGHAI = timezone(timedelta(hours=8))


def period(first: datetime, last: datetime, precision: str) -> Moment:
    return Moment(first, last - timedelta(microseconds=1), precision)


YEAR = period(datetime(2022, 1, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC), "year")
MONTH = period(datetime(2022, 2, 1, tzinfo=UTC), datetime(2022, 3, 1, tzinfo=UTC), "month")
DAY = period(datetime(2022, 2, 28, tzinfo=UTC), datetime(2022, 3, 1, tzinfo=UTC), "day")
TIME = Moment.at(datetime(2022, 2, 28, 10, 0, tzinfo=UTC))
ZONED = Moment.at(datetime(2022, 2, 28, 18, 0, tzinfo=SHANGHAI))


@pytest.mark.parametrize(
    ("text", "moment", "floating"),
    [
        ("2022", YEAR, True), ("2022年", YEAR, True), ("2022-02", MONTH, True), ("2022/02", MONTH, True), ("2022年2月", MONTH, True),
        ("2022-02-28", DAY, True), ("2022/02/28", DAY, True), ("2022/2/28", DAY, True), ("2022.02.28", DAY, True), ("20220228", DAY, True),
        ("2022:02:28", DAY, True), ("2022年2月28日", DAY, True), (" 2022-02-28\0", DAY, True),
        ("2022-02-28T10:00:00", TIME, True), ("2022-02-28 10:00", TIME, True), ("2022:02:28 10:00:00", TIME, True),
        ("20220228T100000", TIME, True), ("2022-02-28T10:00:00Z", TIME, False), ("UTC 2022-02-28 10:00:00", TIME, False),
        ("2022-02-28T18:00:00+0800", ZONED, False), ("2022-02-28T18:00:00+08:00", ZONED, False), ("2022-02-28T18:00:00.00+08", ZONED, False),
        ("2022:02:28 18:00:00+08:00", ZONED, False), ("2022-02-28T18:00+08:00", ZONED, False),
    ],
)  # fmt: skip
def test_texts_that_are_dates(text: str, moment: Moment, floating: bool) -> None:
    read = written_text(text)
    assert isinstance(read, Moment)
    assert (read, read.floating) == (moment, floating)


@pytest.mark.parametrize(
    "text",
    ["", "spring 2022", "0000", "0000-00-00", "2022-13", "2022-00-00", "2022-02-30", "28.02.2022", "02/28/2022", "22-02-28", "2022-02-28T25:00",
     "2022-02-28T10:00:00+99:99", "12345", "202202", "1904", "1970-01-01T00:00:00Z", "1985-07-03", "9999", "x" * 10**6, "2" * 10**6, "２０２２-13", "2022\0-02"],
)  # fmt: skip
def test_texts_that_are_none(text: str) -> None:
    assert not isinstance(written_text(text), Moment)


@settings(max_examples=examples(300))
@given(some.text(max_size=80) | some.text("0123456789-/:.TZ +年月日", max_size=40))
@example("2022-02-28T10:00:00\ud800")
def test_any_text_is_a_date_or_a_reason(text: str) -> None:
    read = written_text(text)
    if isinstance(read, Moment):
        assert read.first.tzinfo is not None
        assert read.first <= read.last
        assert DATE.show(read)
        assert DATE.json(read)
    else:
        assert read.render("en")
        assert read.render("zh")


moments = some.datetimes(
    datetime(1990, 1, 2),  # noqa: DTZ001 - hypothesis takes bounds without a zone
    datetime(9998, 1, 1),  # noqa: DTZ001 - as above
    timezones=some.integers(-840, 840).map(lambda m: timezone(timedelta(minutes=m))),
)


@settings(max_examples=examples(200))
@given(moments, some.sampled_from(["T", " "]), some.sampled_from(["-", ":"]))
def test_every_moment_in_iso_8601_is_read_exactly(when: datetime, between: str, dash: str) -> None:
    when = when.replace(microsecond=0)
    text = when.isoformat(between)
    text = text[:10].replace("-", dash) + text[10:]
    assert written_text(text) == Moment.at(when)


@settings(max_examples=examples(200))
@given(some.dates(date(1991, 1, 1), date(9997, 1, 1)), some.sampled_from(["-", "/", ".", ":", ""]))
def test_a_shorter_text_is_a_period_around_the_longer_one(day: date, between: str) -> None:
    year, month, number = f"{day}".split("-")
    whole = written_text(between.join((year, month, number)))
    around = written_text(f"{year}-{month}"), written_text(year)
    assert isinstance(whole, Moment)
    for wider in around:
        assert isinstance(wider, Moment)
        assert wider.first <= whole.first <= whole.last <= wider.last
