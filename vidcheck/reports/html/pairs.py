"""The pictures of films that are alike: those of the entry, and below each the same moment of the other film."""

from __future__ import annotations

from base64 import b64encode
from fractions import Fraction
from typing import TYPE_CHECKING

from vidcheck.quantities import DURATION, Shown
from vidcheck.texts import Plain, say

if TYPE_CHECKING:
    from vidcheck.facts import Fact, Picture
    from vidcheck.findings import Finding
    from vidcheck.reports.html.markup import Teller
    from vidcheck.texts import Readable


def pairs(finding: Finding, tell: Teller) -> str:
    """A row of pictures for each film in the evidence; empty if it has none."""
    rows = [fact for fact in finding.evidence if fact.pictures]
    return f'<div class="pairs">{"".join(_row(fact, tell) for fact in rows)}</div>' if len(rows) > 1 else ""


def _row(fact: Fact, tell: Teller) -> str:
    film = fact.locator.rpartition(": ")[0]
    name: Readable = Plain(film) if film else say("this film")
    return f"<div><b>{tell(name)}</b>{''.join(_picture(one, tell) for one in fact.pictures)}</div>"


def _picture(picture: Picture, tell: Teller) -> str:
    time = tell(Shown(DURATION.name, Fraction(round(picture.at * 10), 10)))
    return (
        f'<figure><img alt="" src="data:image/jpeg;base64,{b64encode(picture.data).decode()}">'
        f"<figcaption>{time}</figcaption></figure>"
    )
