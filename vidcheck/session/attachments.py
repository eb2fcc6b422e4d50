"""The files beside an entry's video, one after another: each is looked at in a worker, under a deadline of its own."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING
from unicodedata import normalize

from vidcheck.facts import DECLARED, Facts
from vidcheck.texts import marked, say

if TYPE_CHECKING:
    from datetime import tzinfo

    from vidcheck.declared.attachments import Attachment
    from vidcheck.rules.model import Rules
    from vidcheck.sources.targets import Found, Target
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


def look(path: str, name: str) -> Attachment:
    """What a worker runs: the probes are imported there, not in the run."""
    from vidcheck.declared import attachments

    return attachments.look(path, name)


class Shelf:
    """The attachments of one entry: which are still to be looked at, and what was found of the others."""

    __slots__ = ("_count", "_form", "_found", "_target", "_waiting")

    def __init__(self, target: Target, form: str = "") -> None:
        """`form` is the regular expression of the names of forms whose text can't be read; empty for none."""
        paths = target.attachments or ()
        self._form = form
        self._target = target
        self._count = len(paths)
        self._waiting = list(reversed(paths)) if self._count <= MOST else []
        self._found: list[Attachment] = []

    @property
    def waiting(self) -> bool:
        """Whether one is still to be looked at."""
        return bool(self._waiting)

    @property
    def next(self) -> tuple[str, str]:
        """The path of the one that is looked at now, and its name below the entry's folder."""
        path = self._waiting[-1]
        inside = path.startswith(f"{self._target.folder}/")
        return path, path[len(self._target.folder) + 1 :] if inside else path.rpartition("/")[2]

    def put(self, seen: Attachment) -> None:
        """What a worker brought back."""
        self._waiting.pop()
        self._found.append(seen)

    def lost(self, why: Readable) -> None:
        """A worker did not come back from it."""
        from vidcheck.declared.attachments import Attachment, size_of

        path, name = self.next
        self.put(Attachment(name=name, size=size_of(path), unread=why))

    def _named(self) -> list[Attachment]:
        """What was found, with whether the rules call it a form; on a name that takes too long nobody can tell."""
        if not self._form:
            return self._found
        import regex

        from vidcheck.declared.join import PATTERN_SECONDS

        named, slow = [], False
        for seen in self._found:
            one = seen
            if seen.may_be_scan:
                name = normalize("NFC", seen.name.rpartition("/")[2])
                try:  # after one such name no more time is spent on this entry
                    met = not slow and regex.fullmatch(self._form, name, timeout=PATTERN_SECONDS) is not None
                except TimeoutError:
                    met, slow = False, True
                one = replace(seen, unread=say(_SLOW)) if slow else replace(seen, named=met)
            named.append(one)
        return named

    def facts(self, known: Facts, zone: tzinfo) -> Facts:
        """What is known with all of it: what manifest and forms declare is told as one."""
        from vidcheck.declared.attachments import read, too_many
        from vidcheck.declared.forms import combined

        seen = known.joined(read(self._named(), zone) if self._count <= MOST else too_many(self._count, MOST))
        declared = [fact for fact in seen.every if fact.witness == DECLARED]
        others = tuple(fact for fact in seen.every if fact.witness != DECLARED)
        return Facts(facts=(*others, *combined(declared)), faults=seen.faults, asked=seen.asked)
