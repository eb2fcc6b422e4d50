"""The files beside an entry's video: its attachments, and the forms among them.

`look` opens one of them, once and without blocking; `read` turns all of them into facts. Each is read separately, so
that a file that hangs or kills its reader is a fault of that file only.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import UTC, tzinfo
from itertools import combinations
from typing import TYPE_CHECKING, Any

from vidcheck.declared.documents import kinds, pdf, word
from vidcheck.declared.documents.pairs import find_pairs, is_form
from vidcheck.declared.forms import read_pairs
from vidcheck.facts import DECLARED, FILESYSTEM, Facts, Fault, visible
from vidcheck.quantities import Shown
from vidcheck.texts import Plain, join, say
from vidcheck.vocabulary import DECLARED_KEYS
from vidcheck.witnesses import filesystem
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.evidence import Teller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from vidcheck.declared.documents.document import Pair
    from vidcheck.texts import Readable

KEYS = frozenset({"attachment.count", "attachment.size", "attachment.kind", "form.count", "form.kind"})
_UNREADABLE = say("the file could not be read")
_SCANS = frozenset({"jpeg", "png", "tiff", "bmp", "gif", "webp", "heif", "pdf", "docx"})
"""Kinds that a scan of a paper form may have, including documents with a picture."""
_MOST_UNSURE = 3  # uncertain files for which all combinations are computed; with more, there are no facts
_SHORTEST = 60  # characters of raw text for each file


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file beside a video."""

    name: str
    """Its path below the entry's folder, `/` between."""
    size: int | None = None
    """In bytes; None unless it is a regular file."""
    kind: str = ""
    """By content; empty if unknown."""
    pairs: tuple[Pair, ...] = ()
    """The labels and values of a document that could be read."""
    named: bool = False
    """Whether the rules call it a form by its name, for files without readable text."""
    unopened: Readable | None = None
    """Why the file could not be opened or read."""
    unread: Readable | None = None
    """Why the document could not be read, so that it may or may not be a form."""

    @property
    def unsure(self) -> bool:
        """Whether it may be a form or an attachment."""
        return self.unopened is not None or self.unread is not None

    @property
    def form(self) -> bool:
        """Whether it is a form, by its text or else by its name."""
        return is_form(self.pairs) or self.scan

    @property
    def scan(self) -> bool:
        """Whether it is a form only by its name."""
        return self.named and self.may_be_scan

    @property
    def may_be_scan(self) -> bool:
        """Whether it may be the scan of a form: it has such a kind, and no text."""
        return not self.unsure and self.kind in _SCANS and not is_form(self.pairs)


def look(path: str, name: str) -> Attachment:
    """Reads one file: its kind, and its text if it is a document. Doesn't follow symlinks, and never raises."""
    try:
        file, status = filesystem.open_entry(path, follow=False)
    except CouldNotLookError as error:
        return Attachment(name=name, size=size_of(path), unopened=error.message)
    with file:
        try:
            kind = kinds.look(file, status.st_size)
        except (CouldNotLookError, OSError):
            return Attachment(name=name, size=status.st_size, unopened=_UNREADABLE)
        if kind not in kinds.READ:
            return Attachment(name=name, size=status.st_size, kind=kind)
        pairs, unread = _pairs(file, kind)
        if not filesystem.same(status, os.fstat(file.fileno())):
            pairs, unread = (), say("the file changed while it was read: it is still being written")
    return Attachment(name=name, size=status.st_size, kind=kind, pairs=pairs, unread=unread)


def size_of(path: str) -> int | None:
    """The size of a regular file that can't be opened or read; None for anything else."""
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _pairs(file: BinaryIO, kind: str) -> tuple[tuple[Pair, ...], Readable | None]:
    """The labels and values of a document, or why it can't be read."""
    try:
        return find_pairs((pdf if kind == "pdf" else word).look(file)), None
    except CouldNotLookError as error:
        return (), error.message
    except OSError:
        return (), _UNREADABLE


def read(found: Sequence[Attachment], zone: tzinfo = UTC) -> Facts:
    """The facts of an entry's attachments and forms; dates on forms are in `zone`.

    A document that could not be read may be a form or an attachment. There are then facts both without and with it, and
    if a rule's outcome depends on that, a person decides.
    """
    unsure = [one for one in found if one.unsure]
    forms = [one for one in found if not one.unsure and one.form]
    rest = [one for one in found if not one.unsure and not one.form]
    tell = Teller(FILESYSTEM)
    _tell(tell, "attachment", rest, unsure)
    _tell(tell, "form", forms, unsure)
    declared = [fact for form in forms for fact in read_pairs(form.pairs, form.name, zone)]
    return Facts(
        facts=(*tell.facts, *declared),
        faults=tuple(_fault(one) for one in unsure),
        asked=frozenset({FILESYSTEM, DECLARED} if forms or unsure else {FILESYSTEM}),
    )


def too_many(count: int, most: int) -> Facts:
    """The facts of an entry with more files beside it than are read."""
    message = say("{count} files lie beside the video, and no more than {most} are looked at", count=count, most=most)
    return Facts(faults=(Fault(witness=DECLARED, message=message, keys=KEYS | DECLARED_KEYS),))


def _tell(tell: Teller, what: str, sure: Sequence[Attachment], unsure: Sequence[Attachment]) -> None:
    """Adds every value that may be true, for each combination of the uncertain files.

    If the value of one combination is unknown, there are none, because the others would decide alone.
    """
    figures: dict[str, Callable[[Sequence[Attachment]], Any]] = {f"{what}.count": len, f"{what}.kind": _kinds}
    if what == "attachment":
        figures["attachment.size"] = _sizes
    rows = [([*sure, *more], more) for more in _choices(unsure)]
    for key, figure in figures.items():
        values = {figure(row): (row, more) for row, more in reversed(rows)}
        if not values or None in values:
            tell.unknown(key, "folder", _raw([*sure, *unsure]), _named(unsure or sure))
            continue
        for value, (row, more) in reversed(values.items()):
            locator = "folder" + "".join(f" with {_short(one.name)}" for one in more)
            note = _named(unsure) if unsure else _largest(row) if key == "attachment.size" else _called(row)
            tell.known(key, value, locator, _raw(row), note)


def _choices(unsure: Sequence[Attachment]) -> Iterator[tuple[Attachment, ...]]:
    """All combinations, the empty one first; none if there are too many."""
    if len(unsure) <= _MOST_UNSURE:
        for count in range(len(unsure) + 1):
            yield from combinations(unsure, count)


def _kinds(row: Sequence[Attachment]) -> tuple[str, ...] | None:
    """Each kind once; None if a file's kind is unknown. Only regular files have one."""
    files = [one for one in row if one.size is not None]
    return tuple(dict.fromkeys(one.kind for one in files)) if all(one.kind for one in files) else None


def _sizes(row: Sequence[Attachment]) -> tuple[int, ...]:
    return tuple(one.size for one in row if one.size is not None)


def _raw(row: Sequence[Attachment]) -> str:
    return "; ".join(f"{_short(one.name)} {one.kind} {'' if one.size is None else one.size}".strip() for one in row)


def _short(name: str) -> str:
    shown = visible(name)
    return shown if len(shown) <= _SHORTEST else f"…{shown[1 - _SHORTEST :]}"


def _largest(row: Sequence[Attachment]) -> Readable | None:
    if len(row) < 2:
        return None
    largest = max(row, key=lambda one: one.size or 0)
    size = Shown("bytes", largest.size)
    return say("the largest is {name} with {size}", name=Plain(_short(largest.name)), size=size)


def _called(row: Sequence[Attachment]) -> Readable | None:
    """A note on files that are forms only by their names."""
    scans = [Plain(_short(one.name)) for one in row if one.scan]
    return say("taken for the form by name alone: {names}", names=join(scans)) if scans else None


def _named(row: Sequence[Attachment]) -> Readable:
    names = join([Plain(_short(one.name)) for one in row])
    return say("{names} could not be read, so nobody knows whether that is a form or an attachment", names=names)


def _fault(one: Attachment) -> Fault:
    message = say("{name}: {reason}", name=Plain(_short(one.name)), reason=one.unopened or one.unread or Plain(""))
    return Fault(witness=DECLARED, message=message, keys=DECLARED_KEYS | KEYS)
