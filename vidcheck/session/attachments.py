"""Reads the files beside an entry's video one after another, each under its own deadline."""

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
    from vidcheck.findings import Ignored
    from vidcheck.rules.model import Rules
    from vidcheck.session.messages import Assignment, Enter
    from vidcheck.sources.targets import Found
    from vidcheck.texts import Readable

_ASKED = ("attachment.", "form.", "declared.")
MOST = 100
"""The most files of one entry that are read. The call allows three."""
_READERS = {"docx": "docx", "pdf": "pypdf"}
"""The library for files with that extension. The content decides later what a file is."""
_SLOW = marked("the pattern of contest.entries.form took longer than a second on its name and was stopped")
_DATED = frozenset({"completed", "broadcast"})


def wanted(rules: Rules | None) -> bool:
    """Whether files beside the videos are needed: if a rule asks about them, or if there are no rules."""
    return rules is None or any(key.startswith(_ASKED) or key in _DATED for key in rules.keys)


def ignored(found: Found, rules: Rules | None) -> list[Ignored]:
    """The files that were ignored, without attachments that the rules ask about."""
    asked = rules is None or any(key.startswith(_ASKED) for key in rules.keys)
    beside = {path for target in found.targets for path in target.attachments or ()} if asked else frozenset()
    return [one for one in found.ignored if one.path not in beside]


def missing(found: Found, rules: Rules | None) -> Readable | None:
    """A message if rules ask about documents beside the videos, and a library to read them is missing."""
    if not wanted(rules):
        return None
    endings = {path.rpartition(".")[2].lower() for target in found.targets for path in target.attachments or ()}
    lacking = [name for ending, name in _READERS.items() if ending in endings and find_spec(name) is None]
    if not lacking:
        return None
    from vidcheck.declared.documents.document import MISSING

    return MISSING


def joined(known: Facts, given: Assignment, form: str, zone: tzinfo, *, enter: Enter, seconds: float) -> Facts:
    """Adds the facts of the files beside an entry, and joins what manifest and forms declare.

    `form` is the regular expression for names of forms without readable text; empty for none. Each file is a stage of
    its own: a file that killed a worker is not opened again.
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
    """Marks the files that the rules call forms; unknown for a name on which the pattern takes too long."""
    if not form:
        return found
    import regex

    from vidcheck.declared.join import PATTERN_SECONDS

    named, slow = [], False
    for seen in found:
        one = seen
        if seen.may_be_scan:
            name = normalize("NFC", seen.name.rpartition("/")[2])
            try:  # after one such name no more time is spent on this entry's names
                met = not slow and regex.fullmatch(form, name, timeout=PATTERN_SECONDS) is not None
            except TimeoutError:
                met, slow = False, True
            one = replace(seen, unread=say(_SLOW)) if slow else replace(seen, named=met)
        named.append(one)
    return named
