"""The files beside an entry's video, read one after another, each under a deadline of its own."""

from __future__ import annotations

import os
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING
from unicodedata import normalize

from vidcheck.facts import DECLARED, Facts
from vidcheck.session.messages import stage_of_attachment
from vidcheck.texts import marked, say

if TYPE_CHECKING:
    from datetime import tzinfo

    from vidcheck.declared.attachments import Attachment
    from vidcheck.rules.model import Rules
    from vidcheck.session.messages import Assignment, Enter
    from vidcheck.sources.targets import Found
    from vidcheck.texts import Readable

_ASKED = ("attachment.", "form.", "declared.")
MOST = 100
"""Files of one entry that are looked at. The call allows three."""
_READERS = {"docx": "docx", "pdf": "pypdf"}
"""The library for files of that ending; what a file is, its content decides later."""
_SLOW = marked("the pattern of contest.entries.form took longer than a second on its name and was stopped")
_DATED = frozenset({"completed", "broadcast"})


def wanted(rules: Rules | None) -> bool:
    """Whether anybody asks what lies beside the videos; where only facts are wanted, all are."""
    return rules is None or any(key.startswith(_ASKED) or key in _DATED for key in rules.keys)


def ignored(found: Found, rules: Rules | None) -> int:
    """How many files were met and left alone: attachments that the rules ask about are not among them."""
    asked = rules is None or any(key.startswith(_ASKED) for key in rules.keys)
    beside = {path for target in found.targets for path in target.attachments or ()} if asked else ()
    return max(0, found.ignored - len(beside))


def missing(found: Found, rules: Rules | None) -> Readable | None:
    """What to say where documents lie beside the videos, rules ask about them, and a library to read them is missing."""
    if not wanted(rules):
        return None
    endings = {path.rpartition(".")[2].lower() for target in found.targets for path in target.attachments or ()}
    lacking = [name for ending, name in _READERS.items() if ending in endings and find_spec(name) is None]
    if not lacking:
        return None
    from vidcheck.declared.documents.document import MISSING

    return MISSING


def joined(known: Facts, given: Assignment, form: str, zone: tzinfo, *, enter: Enter, seconds: float) -> Facts:
    """What is known of an entry with what the files beside it say; what manifest and forms declare is joined.

    `form` is the regular expression of the names of forms whose text can't be read; empty for none. Each file is a
    stage of its own: one that a worker was lost to is not opened again.
    """
    from vidcheck.declared.attachments import read, too_many
    from vidcheck.declared.forms import combined

    paths = given.target.attachments or ()
    if len(paths) > MOST:
        seen = known.joined(too_many(len(paths), MOST))
    else:
        found = [_look(path, number, given, enter, seconds) for number, path in enumerate(paths)]
        seen = known.joined(read(_named(found, form), zone))
    declared = [fact for fact in seen.facts if fact.witness == DECLARED]
    others = tuple(fact for fact in seen.facts if fact.witness != DECLARED)
    return Facts(facts=(*others, *combined(declared)), faults=seen.faults, asked=seen.asked)


def _look(path: str, number: int, given: Assignment, enter: Enter, seconds: float) -> Attachment:
    from vidcheck.declared import attachments

    folder = given.target.folder
    name = path[len(folder) + 1 :] if path.startswith(f"{folder}/") else path.rpartition("/")[2]
    where = os.path.join(given.base, path)  # noqa: PTH118 - names that are not UTF-8 stay as they are
    lost = given.lost.get(stage_of_attachment(number))
    if lost is not None:
        return attachments.Attachment(name=name, size=attachments.size_of(where), unread=lost)
    enter(stage_of_attachment(number), seconds)
    try:
        return attachments.look(where, name)
    except MemoryError:
        why = say("it took more memory than a worker may have")
        return attachments.Attachment(name=name, size=attachments.size_of(where), unread=why)


def _named(found: list[Attachment], form: str) -> list[Attachment]:
    """What was found, with whether the rules call it a form; on a name that takes too long nobody can tell."""
    if not form:
        return found
    import regex

    from vidcheck.declared.join import PATTERN_SECONDS

    named, slow = [], False
    for seen in found:
        one = seen
        if seen.may_be_scan:
            name = normalize("NFC", seen.name.rpartition("/")[2])
            try:  # after one such name no more time is spent on this entry
                met = not slow and regex.fullmatch(form, name, timeout=PATTERN_SECONDS) is not None
            except TimeoutError:
                met, slow = False, True
            one = replace(seen, unread=say(_SLOW)) if slow else replace(seen, named=met)
        named.append(one)
    return named
