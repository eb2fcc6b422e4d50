from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from tests.reports.build import fact
from vidcheck.facts import Facts, State
from vidcheck.quantities import DATE, Moment, Size
from vidcheck.reports.agreement import agree, chosen
from vidcheck.vocabulary import KEYS

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
