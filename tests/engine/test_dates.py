from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.engine.test_engine import HEAD
from vidcheck.engine import judge_entry
from vidcheck.engine.dates import as_of
from vidcheck.facts import Beside, Entry, Fact, Facts, State
from vidcheck.quantities import DATE, Moment
from vidcheck.rules.reader import read_rules
from vidcheck.witnesses.dates import written_text

if TYPE_CHECKING:
    from vidcheck.findings import Finding

WINDOW = "completed: {from: 2020-01-01, to: 2022-02-28}"
SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
TODAY = date(2026, 11, 26)


def at(text: str, *, floating: bool = True) -> Moment:
    when = datetime.fromisoformat(text)
    return Moment(when, when, floating=floating)


def said(value: Moment, witness: str = "boxes", beside: Beside | None = None, key: str = "completed") -> Fact:
    return Fact(key=key, witness=witness, value=value, beside=beside, locator=f"{witness} {beside}", raw="x")


def declared(text: str) -> Fact:
    return said(DATE.read(text, SHANGHAI), "declared")


ABSENT = Fact(key="completed", witness="boxes", state=State.ABSENT, locator="mvhd")


def finding(rule: str, *facts: Fact, today: date | None = TODAY, head: str = HEAD) -> Finding:
    rules = read_rules(f"{head}  {rule}\n".encode(), "rules.yaml")
    return judge_entry(Entry(path="a.mp4"), Facts(facts=facts), rules, today=today).report.findings[0]


INSIDE, AFTER, STRADDLING = at("2021-06-15T04:00Z"), at("2023-05-05T00:00Z"), at("2022-02-28T17:00Z")
WRITTEN, SHOT = Beside.WRITTEN, Beside.SHOT


@pytest.mark.parametrize(
    ("facts", "outcome", "disputed"),
    [
        ([said(INSIDE)], "pass", False),
        ([said(INSIDE), said(AFTER, beside=WRITTEN)], "unknown", True),
        ([said(INSIDE), said(AFTER, beside=WRITTEN), said(INSIDE, "mediainfo")], "unknown", True),
        ([said(INSIDE), said(at("2022-01-01T00:00Z"), beside=WRITTEN)], "pass", False),
        ([said(AFTER), said(at("2024-01-01T00:00Z"), beside=WRITTEN)], "fail", False),
        ([said(at("2019-01-01T00:00Z")), said(INSIDE, beside=WRITTEN)], "unknown", True),
        ([said(INSIDE), said(AFTER, beside=SHOT)], "pass", False),
        ([said(AFTER), said(INSIDE, beside=SHOT)], "fail", False),
        ([ABSENT, said(INSIDE, beside=SHOT)], "pass", False),
        ([ABSENT, said(AFTER, beside=SHOT)], "fail", False),
        ([said(INSIDE, "mediainfo"), ABSENT, said(AFTER, beside=SHOT)], "pass", False),
        ([said(STRADDLING)], "unknown", True),
        ([said(at("2022-02-28T17:00Z", floating=False))], "fail", False),
        ([declared("2021-05-01"), said(AFTER)], "unknown", True),
        ([declared("2021-05-01"), said(STRADDLING)], "pass", False),
        ([declared("2021-05-01"), said(INSIDE), said(AFTER, beside=WRITTEN)], "unknown", True),
        ([declared("2021-05-01"), said(INSIDE), said(AFTER, beside=SHOT)], "pass", False),
        ([declared("2021-05-01"), ABSENT, said(AFTER, beside=SHOT)], "unknown", True),
        ([declared("2023-05-01"), said(INSIDE)], "fail", False),
    ],
)
def test_which_of_several_dates_decides(facts: list[Fact], outcome: str, disputed: bool) -> None:
    found = finding(WINDOW, *facts)
    assert (found.outcome.value, found.disputed) == (outcome, disputed)
    assert set(found.evidence) == set(facts), "every date is shown"


def test_a_doubtful_date_of_writing_does_not_let_the_date_of_shooting_decide() -> None:
    doubtful = Fact(key="completed", witness="boxes", state=State.UNKNOWN, note=None, locator="mvhd")
    assert finding(WINDOW, doubtful, said(INSIDE, beside=SHOT)).outcome == "unknown"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ([said(INSIDE)], "it says when the file was written; the rule leaves that to a person"),
        ([ABSENT, said(INSIDE, beside=SHOT)], "it says when the film was shot; the rule leaves that to a person"),
        ([ABSENT], "the file does not say"),
        ([said(at("2040-01-01T00:00Z"))], "lies after the day of this run"),
    ],
)
def test_container_date_review_says_what_is_known(facts: list[Fact], words: str) -> None:
    found = finding("completed: {from: 2020-01-01, to: 2022-02-28, container-date: review}", *facts)
    assert found.outcome == "unknown"
    assert words in found.message.render("en")


@pytest.mark.parametrize(("month", "outcome"), [("2021-06", "pass"), ("2022-03", "fail")])
def test_a_declared_month_decides_though_the_day_of_shooting_lies_in_it(month: str, outcome: str) -> None:
    meant = declared(month)
    found = finding(WINDOW, meant, ABSENT, said(at(f"{month}-15T04:00Z"), beside=SHOT))
    assert (found.outcome, found.actual.render("en")) == (outcome, month)
    assert meant not in found.uncounted
    assert "no date was declared" not in found.message.render("en")


def test_a_film_from_the_future_is_remarked_on_though_a_declared_date_decides() -> None:
    future = at("2040-01-01T00:00Z")
    found = finding(WINDOW, declared("2021-06"), said(future), said(future, "mediainfo"))
    assert found.outcome == "pass"
    (remark,) = found.remarks
    assert "2040-01-01 08:00 +08:00 lies after the day of this run" in remark.render("en")
    assert finding(WINDOW, said(future)).remarks == (), "there it is the reason"


def test_the_remedy_for_a_late_date_of_the_file_fits_whatever_that_date_says() -> None:
    late = finding(WINDOW, ABSENT, said(AFTER, beside=SHOT)).remedy
    assert late is not None
    written = finding(WINDOW, said(AFTER)).remedy
    assert written is not None
    assert late.words.render("en") == written.words.render("en")
    assert "do not alter the dates inside it" in late.words.render("en")


def test_without_a_zone_of_the_call_there_is_one_reading() -> None:
    head = "vidcheck: 1\nrules:\n"
    assert finding(WINDOW, said(STRADDLING), head=head).outcome == "pass"
    assert finding(WINDOW, said(at("2022-03-01T00:00Z")), head=head).outcome == "fail"


@pytest.mark.parametrize(
    ("day", "outcome"),
    [("2022", "unknown"), ("2021", "pass"), ("2022-02", "pass"), ("2023", "fail"), ("2022-03", "fail")],
)
def test_a_year_alone_decides_no_end_inside_it(day: str, outcome: str) -> None:
    read = written_text(day)
    assert isinstance(read, Moment)
    assert finding(WINDOW, ABSENT, said(read, beside=SHOT)).outcome == outcome


def test_dates_of_shooting_that_differ_are_a_dispute_with_their_places() -> None:
    one = replace(said(at("2021-05-01T00:00Z"), beside=SHOT), locator="moov/udta/©day")
    other = replace(said(at("2023-05-01T00:00Z"), beside=SHOT), locator="moov/meta/creationdate")
    found = finding(WINDOW, ABSENT, one, other, said(at("2021-05-01T00:00Z"), "mediainfo", SHOT))
    assert found.disputed
    assert found.why is not None
    assert found.why.render("en") == (
        "the dates when the film was shot do not agree: 2021-05-01 08:00 +08:00 (moov/udta/©day), "
        "2023-05-01 08:00 +08:00 (moov/meta/creationdate)"
    )


@pytest.mark.parametrize(
    ("shot", "outcome"),
    [
        (["2022", "2022-02-28T23:30:00+0800"], "pass"),
        (["2022-03-01T00:30:00+0800", "2022"], "fail"),
        (["2022", "2022-02-28"], "pass"),
        (["2022", "2021-05-01"], "unknown"),
        (["2022-03", "2021-05-01"], "unknown"),
    ],
)
def test_a_year_has_no_say_beside_a_day_in_it(shot: list[str], outcome: str) -> None:
    read = [written_text(text) for text in shot]
    facts = [said(value, beside=SHOT) for value in read if isinstance(value, Moment)]
    assert finding(WINDOW, ABSENT, *facts).outcome == outcome


@pytest.mark.parametrize(
    ("when", "zone", "known"),
    [
        ("2026-11-26T03:00:00Z", SHANGHAI, "2026-11-26T03:00:00+00:00"),
        ("2026-11-26T20:00:00Z", SHANGHAI, "2026-11-26T20:00:00+08:00"),
        ("2026-11-27T00:00:00Z", SHANGHAI, None),
        ("2026-11-27T02:00:00Z", NEW_YORK, "2026-11-27T02:00:00+00:00"),
        ("2026-11-27T05:00:00Z", NEW_YORK, None),
        ("2026-11-26T23:59:59Z", UTC, "2026-11-26T23:59:59+00:00"),
        ("2026-11-27T00:00:00Z", UTC, None),
    ],
)
@pytest.mark.parametrize("key", ["completed", "container.created"])
def test_a_date_after_the_runs_own_is_unknown(
    key: str, when: str, zone: ZoneInfo | timezone, known: str | None
) -> None:
    facts = as_of(Facts(facts=(said(at(when), key=key),)), TODAY, zone)
    (fact,) = facts.of(key)
    assert (fact.value.first.isoformat() if fact.value else None) == known
    assert (fact.state is State.UNKNOWN) is (known is None)
    assert fact.raw == "x"
    if known is None:
        assert fact.note is not None
        assert "lies after the day of this run, 2026-11-26" in fact.note.render("en")


def test_a_date_that_is_not_yet_may_be_true_in_a_later_run() -> None:
    facts = Facts(facts=(said(at("2026-12-01T00:00Z")),))
    assert as_of(facts, TODAY, UTC).of("completed")[0].state is State.UNKNOWN
    assert as_of(facts, TODAY + timedelta(days=9), UTC).of("completed")[0].value == facts.facts[0].value
    assert facts.facts[0].state is State.KNOWN


@pytest.mark.parametrize("rule", ["completed: {from: 2020-01-01}", WINDOW, "c: {fact: completed, not: 2021-01-01}"])
def test_a_future_date_neither_passes_nor_fails(rule: str) -> None:
    found = finding(rule, said(at("2040-01-01T00:00Z")), said(at("2040-01-01T00:00Z"), "mediainfo"))
    assert found.outcome == "unknown"
    assert "2040-01-01 08:00 +08:00 lies after the day of this run" in found.message.render("en")
    assert finding(rule, said(INSIDE), said(at("2040-01-01T00:00Z"), beside=WRITTEN)).outcome == "unknown"
