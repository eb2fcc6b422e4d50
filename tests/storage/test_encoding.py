from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as some

from tests.clips import surgery
from tests.kit import look_here
from tests.thorough import examples
from vidcheck.facts import Beside, Fact, Fault, State
from vidcheck.quantities import Difference, Exact, Moment, Rate, Shown, Size
from vidcheck.sources.targets import Target
from vidcheck.storage import encoding
from vidcheck.texts import Plain, Spoken, join, say, say_count
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

texts = some.text(some.characters(), max_size=20)  # all of them, lone surrogates too
fractions = some.fractions()
zones = some.integers(-80_000, 80_000).map(lambda seconds: timezone(timedelta(seconds=seconds))) | some.just(UTC)
times = some.datetimes(timezones=zones).map(lambda when: when.replace(fold=0))
moments = some.builds(
    Moment, times, times, some.sampled_from(["second", "day", "month", "year"]), some.booleans()
) | times.map(Moment.at)
values = some.one_of(
    some.none(), some.booleans(), some.integers(-(2**200), 2**200), texts, fractions, moments,
    some.builds(Rate, fractions, fractions),
    some.builds(Size, some.integers(), some.integers()), some.lists(texts).map(tuple),
)  # fmt: skip
shown = some.builds(Shown, some.sampled_from(sorted({key.kind.name for key in KEYS.values()})), values, zones)
words = some.recursive(
    texts.map(Plain) | shown,
    lambda inner: some.one_of(
        some.builds(lambda key, hole, value: say(key, hole=hole, value=value), texts, inner, values),
        some.builds(lambda one, many, hole: say_count(one, many, 2, hole=hole), texts, texts, inner),
        some.lists(inner, min_size=2, max_size=3).map(join),
        some.lists(inner, min_size=2, max_size=3).map(lambda row: join(row, say("; "))),
    ),
    max_leaves=5,
)
facts = some.builds(
    Fact, key=some.sampled_from(sorted(KEYS)), witness=some.sampled_from(registry.names()), value=values, locator=texts, raw=texts,
    state=some.sampled_from(State), note=some.none() | words, remark=some.none() | words,
    beside=some.none() | some.sampled_from(Beside),
)  # fmt: skip
faults = some.builds(
    Fault,
    witness=some.sampled_from(registry.names()),
    message=words,
    keys=some.frozensets(some.sampled_from(sorted(KEYS))),
)


def exactly(told: Iterable[Fact], missed: Iterable[Fault]) -> list[Any]:
    """By == alone 1 is True, and 2 is Fraction(2)."""
    return [*map(repr, told), *((fault.witness, repr(fault.message), fault.keys) for fault in missed)]


@settings(max_examples=examples(60), phases=set(Phase) - {Phase.shrink}, suppress_health_check=list(HealthCheck))
@given(some.lists(facts, max_size=4), some.lists(faults, max_size=2))
def test_any_facts_and_faults_come_back_exactly_as_they_were(told: list[Fact], missed: list[Fault]) -> None:
    back = encoding.decode(encoding.encode(told, missed))
    assert back == (tuple(told), tuple(missed))
    assert exactly(*back) == exactly(told, missed)


@pytest.mark.parametrize(
    "text",
    ["\0", "a\0b", "\udcff\udc80", "\ud83d" + "\ude00", "😀", "\u2028\u202e\x7f\r\n\t", '"\\', "昆虫 " * 250_000],
    ids=["nul", "nul inside", "bytes", "two lone surrogates", "one character", "controls", "quotes", "a megabyte"],
)
def test_every_text_of_a_stranger_comes_back_exactly(text: str) -> None:
    told = Fact(key="title", witness="mediainfo", value=text, locator=text, raw=text, note=Plain(text))
    ((back,), _) = encoding.decode(encoding.encode([told]))
    assert back == told


@pytest.mark.parametrize(
    "note",
    [
        Exact("duration", Fraction(1, 3)),
        Difference("duration", Fraction(10, 3), Fraction(2)),
        Spoken((("en", "{actual}"), ("zh", "是"))).filled(actual=Shown("bytes", 7)),
        Shown("duration", Fraction(1, 3), apart=(Fraction(1, 7),)),
        join([Plain("a"), say("b")]),
    ],
    ids=["exact", "difference", "spoken", "shown apart", "joined"],
)
def test_every_readable_of_ours_comes_back_and_says_the_same(note: Any) -> None:
    fault = Fault(witness="mediainfo", message=note)
    (_, (back,)) = encoding.decode(encoding.encode([], [fault]))
    assert back == fault
    assert [back.message.render(lang) for lang in ("en", "zh")] == [note.render(lang) for lang in ("en", "zh")]


@pytest.mark.parametrize(
    "data",
    [
        surgery.clip(),
        surgery.clip()[:300_000],
        surgery.set_creation_time(surgery.clip(), 0),
        surgery.add_tag(surgery.clip(), "©nam", "名\0字".encode() + b"\xff" * 1_000_000),
        surgery.set_brands(surgery.clip(), "qt  "),
        b"",
        b"PK\3\4",
        (2**31).to_bytes(4) + b"moov" + bytes(600),
    ],
    ids=["good", "cut", "no date", "a title of a megabyte", "mov", "empty", "zip", "refused by the gate"],
)
def test_what_witnesses_really_say_comes_back_exactly(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "entry.mp4"
    path.write_bytes(data)
    said = look_here(Target(path=str(path), follow=True))
    assert exactly(*encoding.decode(encoding.encode(said.facts, said.faults))) == exactly(said.facts, said.faults)


@pytest.mark.parametrize(
    "value",
    [1.5, b"bytes", ["list"], {"a": 1}, datetime(2022, 1, 1, tzinfo=UTC), Moment.at(datetime(2022, 1, 1)),  # noqa: DTZ001
     Moment.at(datetime(2022, 1, 1, fold=1, tzinfo=UTC)),
     Moment.at(datetime(2022, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))), Shown("date", 1, ZoneInfo("Asia/Shanghai")),
     timezone(timedelta(hours=1), "a name"), timezone(timedelta(microseconds=1)), 10**5000],
    ids=["float", "bytes", "list", "dict", "datetime", "naive", "second time", "zone by name", "shown in a zone", "named offset", "offset of a tick", "digits"],
)  # fmt: skip
def test_a_value_that_has_no_exact_form_is_refused(value: Any) -> None:
    with pytest.raises(encoding.UnencodableError):
        encoding.encode([Fact(key="title", witness="mediainfo", value=value)])


trees = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text() | some.sampled_from([*"flmopjtwsedz", "title", "mediainfo", "known"]),
    lambda inner: some.lists(inner, max_size=8) | some.dictionaries(some.text(), inner, max_size=2),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=examples(60))
@given(some.binary() | trees.map(lambda tree: json.dumps([encoding.FORM, [tree], []]).encode()))
@example(b"[" * 100_000)
@example(json.dumps([encoding.FORM, [["title", "mediainfo", "known", ["f", 1, 0], "", "", None, None]], []]).encode())
@example(json.dumps([encoding.FORM + 1, [], []]).encode())
@example(b"[1,[],[]] ")
def test_what_was_not_encoded_here_is_refused_and_does_no_harm(data: bytes) -> None:
    try:
        back = encoding.decode(data)
    except encoding.UndecodableError:
        return
    assert all(isinstance(fact, Fact) and fact.key in KEYS for fact in back[0])


def test_a_text_with_one_value_that_makes_no_sense_is_refused_as_a_whole() -> None:
    size = ["size", "boxes", "known", 7, "", "", None, None, None, []]
    rows = [size, ["duration", "boxes", "known", ["f", 1, 0], "", "", None, None, None, []]]
    assert encoding.decode(json.dumps([encoding.FORM, rows[:1], []]).encode())[0][0].value == 7
    with pytest.raises(encoding.UndecodableError):
        encoding.decode(json.dumps([encoding.FORM, rows, []]).encode())
