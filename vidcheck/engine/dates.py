"""What dates can be, judged on the day of the run: none lies after it.

It is judged anew in each run, and never cached.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from datetime import time as clock
from typing import TYPE_CHECKING

from vidcheck.facts import State
from vidcheck.quantities import DATE, Shown
from vidcheck.texts import Plain, say
from vidcheck.vocabulary import COMPLETED, CONTAINER_CREATED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, tzinfo

    from vidcheck.facts import Fact, Facts
    from vidcheck.quantities import Moment

_PAST = (COMPLETED.name, CONTAINER_CREATED.name)
"""The keys whose dates lie in the past."""


def as_of(facts: Facts, day: date | None, zone: tzinfo) -> Facts:
    """The facts with the meaning that their dates have on that day: a date after it is unknown.

    Where a date has no zone of its own and one of its readings lies after that day, the other is meant.
    """
    changed = {id(old): new for key in _PAST for old in facts.of(key) if (new := _as_of(old, day, zone)) is not old}
    if not changed:
        return facts
    return replace(facts, facts=tuple([changed.get(id(fact), fact) for fact in facts.facts]))


def _as_of(fact: Fact, day: date | None, zone: tzinfo) -> Fact:
    if fact.state is not State.KNOWN or (day is None and not fact.value.floating):
        return fact
    readings: Sequence[Moment] = fact.value.readings(zone)
    end = None if day is None else datetime.combine(day, clock.max, zone)
    left = [moment for moment in readings if end is None or moment.first <= end]
    if not left:
        note = say(
            "{date} lies after the day of this run, {day}", date=Shown(DATE.name, fact.value, zone), day=Plain(f"{day}")
        )
        remark = say("{why}.", why=note) if fact.key == COMPLETED.name else None
        return replace(fact, state=State.UNKNOWN, value=None, note=note, remark=remark)
    return (
        fact
        if len(left) > 1 or (fact.value is left[0] and not fact.value.floating)
        else replace(fact, value=replace(left[0], floating=False))
    )
