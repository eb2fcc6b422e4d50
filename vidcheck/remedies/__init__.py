"""What the entrant can do about a broken rule, in words and, where possible, as an exact command.

A remedy is looked up by key and aim (too much, too little, wrong, absent). A remedy for a new key is one row in the
module that it belongs to; a key without a row is answered by a general sentence. Pure: nothing here looks at a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.facts import State
from vidcheck.findings import Remedy
from vidcheck.remedies import container, entries, picture, sound, weight
from vidcheck.remedies.case import Aim, Case, Row, case_of
from vidcheck.remedies.settings import settings
from vidcheck.texts import SENTENCES, join
from vidcheck.vocabulary import COMPLETED, KEYS, PLAYABLE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from vidcheck.facts import Entry, Fact, Facts
    from vidcheck.findings import Breach, Tip

__all__ = ["ROWS", "doubt", "remedy"]

ROWS: dict[tuple[str, Aim], Row] = {**container.ROWS, **weight.ROWS, **picture.ROWS, **sound.ROWS, **entries.ROWS}
"""(key, aim) to remedy; `Aim.ANY` stands for every aim without a row of its own."""


def remedy(
    breaches: tuple[Breach, ...], facts: Facts, entry: Entry, zone: tzinfo, *, recommended: bool = False
) -> Remedy | None:
    """What to do about one broken rule: one answer for each key that it speaks of, a command only if there is just one."""
    answers: dict[str, Remedy] = {}
    rows: dict[Tip, None] = {}
    for breach in breaches:
        if breach.key in KEYS and breach.key not in answers:
            case = case_of(breach, facts, entry, zone, recommended=recommended)
            answers[breach.key] = _answer(case)
            rows.update(dict.fromkeys(settings(case)))
    distinct = {answer.words: answer for answer in answers.values()}
    commands = {answer.command for answer in distinct.values() if answer.command}
    if not distinct:
        return None
    return Remedy(
        words=join(distinct, SENTENCES),
        command=commands.pop() if len(commands) == 1 else "",
        settings=tuple(rows),
    )


def doubt(facts: Sequence[Fact]) -> Remedy | None:
    """What to do where something is unknown: its date, or whether it can be played, because of how its tracks are described."""
    if any(fact.key == PLAYABLE.name and fact.state is State.UNKNOWN and "/stsd" in fact.locator for fact in facts):
        return Remedy(words=container.WELL_KNOWN)
    if facts and all(fact.key == COMPLETED.name and fact.state is not State.KNOWN for fact in facts):
        return Remedy(words=entries.DATED)
    return None


def _answer(case: Case) -> Remedy:
    for aim in (case.aim, Aim.ANY):
        row = ROWS.get((case.breach.key, aim))
        answer = row(case) if row else None
        if answer:
            return answer
    return entries.general(case)
