from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from tests.reports.build import fact
from vidcheck.engine import judge_entry
from vidcheck.facts import Entry, Facts, State
from vidcheck.quantities import DATE, Moment, Size
from vidcheck.resolve import agree, chosen, known
from vidcheck.rules.reader import read_rules
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from vidcheck.findings import Finding

ABSENT, UNKNOWN = {"state": State.ABSENT}, {"state": State.UNKNOWN}
DAY = DATE.read("2022-02-28")
NOON = Moment.at(datetime(2022, 2, 28, 12, tzinfo=UTC))
LATER = Moment.at(datetime(2022, 3, 5, 12, tzinfo=UTC))


def said(key: str, **words: Any) -> tuple[Any, ...]:
    rows = [
        fact(key, witness, **word) if isinstance(word, dict) else fact(key, witness, word)
        for witness, word in words.items()
    ]
    return Facts(facts=tuple(rows)).of(key)


@pytest.mark.parametrize(
    ("key", "words", "agreed", "witness"),
    [
        pytest.param(
            "duration", {"mediainfo": Fraction(300), "ffprobe": Fraction(3001, 10)}, True, "mediainfo", id="within"
        ),
        pytest.param(
            "duration", {"mediainfo": Fraction(300), "ffprobe": Fraction(3002, 10)}, False, "mediainfo", id="beyond"
        ),
        pytest.param(
            "resolution", {"mediainfo": Size(786, 576), "ffprobe": Size(785, 576)}, True, "mediainfo", id="two-pixels"
        ),
        pytest.param(
            "resolution", {"boxes": Size(720, 1280), "mediainfo": Size(1920, 1080)}, False, "boxes", id="settled"
        ),
        pytest.param("format", {"boxes": "mov", "mediainfo": "mp4"}, False, "boxes", id="settled-words"),
        pytest.param(
            "format", {"boxes": UNKNOWN, "mediainfo": "mp4"}, True, "boxes", id="settling-witness-does-not-know"
        ),
        pytest.param("audio.codec", {"mediainfo": "aac", "ffprobe": ABSENT}, False, "mediainfo", id="absence-tells"),
        pytest.param("audio.codec", {"mediainfo": ABSENT, "ffprobe": ABSENT}, True, "mediainfo", id="both-absent"),
        pytest.param(
            "container.created", {"boxes": ABSENT, "mediainfo": NOON}, True, "mediainfo", id="absence-tells-nothing"
        ),
        pytest.param(
            "container.created",
            {"boxes": ABSENT, "mediainfo": UNKNOWN},
            True,
            "mediainfo",
            id="unknown-before-idle-absence",
        ),
        pytest.param("container.created", {"boxes": ABSENT}, True, "boxes", id="nothing-but-absence"),
        pytest.param("completed", {"declared": DAY, "boxes": LATER}, True, "declared", id="first-tier-alone"),
        pytest.param("completed", {"boxes": NOON, "ffprobe": LATER}, False, "boxes", id="within-a-tier"),
        pytest.param("completed", {"declared": UNKNOWN, "mediainfo": NOON}, True, "mediainfo", id="next-tier"),
        pytest.param("container.created", {"mediainfo": DAY, "ffprobe": NOON}, True, "mediainfo", id="moment-in-a-day"),
        pytest.param("title", {"mediainfo": "a", "ffprobe": "a"}, True, "mediainfo", id="same-words"),
    ],
)
def test_witnesses(key: str, words: dict[str, Any], agreed: bool, witness: str) -> None:
    facts = said(key, **words)
    assert agree(KEYS[key], facts) is agreed
    assert chosen(KEYS[key], facts).witness == witness


@pytest.mark.parametrize(
    ("key", "words", "value"),
    [
        ("format", {"boxes": "mov", "mediainfo": "mp4"}, "mov"),
        ("format", {"boxes": UNKNOWN, "mediainfo": "mp4"}, "mp4"),
        ("completed", {"declared": DAY, "boxes": LATER}, DAY),
        ("audio.codec", {"mediainfo": ABSENT}, None),
    ],
)
def test_the_value_to_go_by_is_the_one_that_decides(key: str, words: dict[str, Any], value: Any) -> None:
    assert known(Facts(facts=said(key, **words)), key) == value


WINDOW = "completed: {from: 2020-01-01, to: 2022-02-28}"
DECLARED = {"declared": DATE.read("2022-02-01"), "boxes": NOON, "mediainfo": NOON}
DECIDED = [
    pytest.param(WINDOW, "completed", DECLARED, ["declared"], id="a-declared-date"),
    pytest.param(WINDOW, "completed", {"declared": ABSENT, "boxes": NOON}, ["boxes"], id="the-files-date"),
    pytest.param("completed: {to: 2021-01-01}", "completed", DECLARED, ["declared"], id="a-declared-date-that-fails"),
    pytest.param("format: {is: mp4}", "format", {"boxes": "mov", "mediainfo": "mp4"}, ["boxes"], id="settled"),
    pytest.param("format: {not: mp4}", "format", {"boxes": "mov", "mediainfo": "mov"}, ["boxes", "mediainfo"], id="all"),
    pytest.param(
        "format: {is: mp4, evidence: [ffprobe, boxes]}", "format", {"boxes": "mov", "ffprobe": "mp4"}, ["ffprobe"],
        id="named-by-the-rule",
    ),
    pytest.param(
        "r: {fact: audio.codec, is: aac}", "audio.codec", {"mediainfo": "aac", "ffprobe": "mp3"}, ["mediainfo", "ffprobe"],
        id="a-dispute-rests-on-all",
    ),
    pytest.param(
        "r: {any: [{completed: {from: 2020-01-01}}, {title: {known: yes}}]}", "completed", DECLARED, ["declared"], id="any"
    ),
    pytest.param(
        "r: {fact: title, known: yes, when: {completed: {to: 2000-01-01}}}", "completed", DECLARED, ["declared"], id="skipped"
    ),
]  # fmt: skip


def finding(rules: str, facts: tuple[Any, ...]) -> Finding:
    read = read_rules(f"vidcheck: 1\nrules:\n  {rules}\n".encode())
    return judge_entry(Entry(path="a.mp4"), Facts(facts=facts), read).report.findings[0]


@pytest.mark.parametrize(("rules", "key", "words", "deciding"), DECIDED)
def test_a_finding_knows_which_of_its_evidence_decided(
    rules: str, key: str, words: dict[str, Any], deciding: list[str]
) -> None:
    found = finding(rules, said(key, **words))
    assert [each.witness for each in found.decisive] == deciding
    assert [each.witness for each in found.evidence] == [*words] or "evidence" in rules
    assert {*found.decisive, *found.uncounted} == {*found.evidence}


def test_the_category_rests_on_the_witness_whose_word_settles_it() -> None:
    rules = read_rules(
        b"vidcheck: 1\nrules: {title: {known: yes}}\n"
        b"categories: {by: orientation, rules: {portrait: {title: off}, landscape: {title: {min-length: 2}}}}"
    )
    boxes = {"value": "portrait", "at": "moov/mvhd.matrix"}
    facts = Facts(facts=said("orientation", boxes=boxes, mediainfo="landscape"))
    found = judge_entry(Entry(path="a.mp4"), facts, rules).report.findings[0]
    assert (found.rule, found.actual.render("en")) == ("category", "portrait")
    assert [each.witness for each in found.decisive] == ["boxes"]
