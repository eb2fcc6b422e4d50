from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tests.reports import build
from vidcheck.facts import Entry, Facts, State
from vidcheck.reports.text import facts_page as render

if TYPE_CHECKING:
    from collections.abc import Callable

FINDINGS = (
    build.good_format(),
    build.good_size(),
    build.long_duration(),
    build.good_picture(),
    build.undated(),
    build.turned(),
)
FACTS = Facts(
    facts=(
        *(fact for finding in FINDINGS for fact in finding.evidence),
        build.fact("title", "mediainfo", "\x1b[31m" + "科普" * 60, at="General.Title"),
        build.fact("audio.codec", "mediainfo", state=State.ABSENT, at="General.AudioCount"),
        build.fact("container.created", "boxes", state=State.UNKNOWN, at="moov/mvhd.creation_time", raw="\x1b0"),
    ),
    faults=(build.fault(),),
)
KNOWN = [(Entry(path="entries/017.mp4"), FACTS), (Entry(path=build.HOSTILE["bidi"]), Facts(faults=(build.fault(),)))]


def test_facts_are_this_text(same_as: Callable[[str, str], None]) -> None:
    same_as("facts.txt", render(KNOWN, zone=build.SHANGHAI).plain(80))


def test_facts_fit_the_screen_and_command_nothing() -> None:
    for width in (30, 80):
        page = render(KNOWN).plain(width)
        assert max(cell_len(line) for line in page.splitlines()) <= width
        assert {char for char in page if unicodedata.category(char) in {"Cc", "Cf"}} == {"\n"}
