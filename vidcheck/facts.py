"""What is known of an entry, and who says so: Key, Fact, Fault, Facts, Entry. Frozen values, no behaviour of the world."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from vidcheck.lazy import late
from vidcheck.texts import say

if TYPE_CHECKING:
    from vidcheck.quantities import Kind
    from vidcheck.texts import Readable


# Witnesses are known by their names here; what they can do stands in `vidcheck.witnesses.registry`.
DECLARED = "declared"
"""Who speaks for the entrant. What it says is shown first, and only it may contradict itself."""
FILESYSTEM = "filesystem"
"""Who opens the file. Where it is at fault, nobody could look."""


class State(StrEnum):
    """What a witness came back with."""

    KNOWN = "known"
    """A value."""
    ABSENT = "absent"
    """It looked, and there is none."""
    UNKNOWN = "unknown"
    """It looked, and what stands there can't be true (a creation time of 0)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The name of something that can be observed of an entry."""

    name: str
    kind: Kind
    meaning: str
    """The sentence users read; a key of the message catalogue."""
    agreement: Any = 0
    """How far witnesses may lie apart and still agree: an absolute slack in the kind's own terms."""
    agreement_share: Fraction = Fraction(0)
    """The same as a part of the value (0.01 for 1 %); it goes before `agreement` where it is given."""
    absence_tells: bool = True
    """Whether "there is none" is an answer. Where it isn't (`completed`), absent counts as unknown."""
    values: tuple[str, ...] = ()
    """The closed set of values, where there is one."""
    settled_by: str | None = None
    """Whose word decides where witnesses come to different outcomes. None: nobody's, it is a dispute."""
    settled_at: str = ""
    """Where its word must stand to decide: a part of the locator. Empty: wherever it stands."""
    because: str = ""
    """Why that witness may decide: the standard's clause."""
    tiers: tuple[tuple[str, ...], ...] = ()
    """Groups of witnesses in order of preference: the first group that knows decides. Empty: all count alike."""
    costly: bool = False
    """Read only if a rule or the user asks."""

    def settles(self, fact: Fact) -> bool:
        """Whether that fact decides where witnesses come to different outcomes."""
        return fact.witness == self.settled_by and self.settled_at in fact.locator


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One witness's word on one key."""

    key: str
    witness: str
    value: Any = None
    """In the key's kind; None where the state is not `known`."""
    locator: str = ""
    """Where in the witness's output it stands, in its own terms: `General.Duration`, `moov/mvhd.creation_time`."""
    raw: str = ""
    """The text or figure as it stands there."""
    state: State = State.KNOWN
    note: Readable | None = None
    """What a person should know of it: why it can't be true, what a derived value was computed from."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Facts travel between processes by the thousand, and the way of dataclasses takes three times as long."""
        return _fact, (self.key, self.witness, self.value, self.locator, self.raw, self.state, self.note)


def _fact(key: str, witness: str, value: Any, locator: str, raw: str, state: State, note: Readable | None) -> Fact:  # noqa: PLR0917 - pickle gives places, not names
    return Fact(key=key, witness=witness, value=value, locator=locator, raw=raw, state=state, note=note)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A witness could not look."""

    witness: str
    message: Readable
    """Why, without the witness's name: `no answer in 30 s`."""
    keys: frozenset[str] = frozenset()
    """The keys it leaves without this witness's word. None: it did look, and something else went wrong with its word."""

    @property
    def told(self) -> Readable:
        """A clause that says whose fault it is and why, and names the witness once."""
        if not self.keys:
            return say("{witness}: {message}", witness=self.witness, message=self.message)
        if self.witness == FILESYSTEM:
            return say("the file could not be read: {message}", message=self.message)
        return say("{witness} could not look: {message}", witness=self.witness, message=self.message)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that witnesses said of one entry."""

    facts: tuple[Fact, ...] = ()
    faults: tuple[Fault, ...] = ()
    asked: frozenset[str] = field(default_factory=frozenset)
    """Every witness that was asked, whatever it answered."""

    @cached_property
    def by_key(self) -> dict[str, tuple[Fact, ...]]:
        """The facts of each key: what was declared first, then in the order in which the witnesses were asked."""
        rows: dict[str, list[Fact]] = {}
        for fact in self.facts:
            rows.setdefault(fact.key, []).append(fact)
        return {key: tuple(sorted(row, key=_place) if len(row) > 1 else row) for key, row in rows.items()}

    def of(self, key: str) -> tuple[Fact, ...]:
        """What was said of that key, in that order."""
        return self.by_key.get(key, ())

    def faulted(self, key: str) -> tuple[Fault, ...]:
        """The faults that left that key without a witness's word."""
        return tuple(fault for fault in self.faults if key in fault.keys)

    def joined(self, *others: Facts) -> Facts:
        """These and those together."""
        every = [part for part in (self, *others) if part.facts or part.faults or part.asked]
        if len(every) == 1:
            return every[0]
        return Facts(
            facts=tuple([fact for part in every for fact in part.facts]),
            faults=tuple([fault for part in every for fault in part.faults]),
            asked=frozenset().union(*(part.asked for part in every)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One submitted work, as the run found it."""

    path: str
    """As the user gave it, folder joined with name, `/` between; not valid UTF-8 stands as surrogate escapes."""

    @property
    def remote(self) -> bool:
        """Whether it was read from a server; its path is the URL then, without what gives access."""
        return self.path.startswith(("https://", "http://", "s3://"))

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        path = self.path.partition("?")[0] if self.remote and not self.path.startswith("s3://") else self.path
        return path.rpartition("/")[2]

    @property
    def shown(self) -> str:
        """The path with everything that isn't a plain visible character escaped, the same on every machine.

        No two paths are shown alike: a backslash is doubled too where it would read as an escape.
        """
        shown = visible(self.path)
        return self.path.replace("\\", "\\\\") if shown == self.path and _LIKE_AN_ESCAPE.search(shown) else shown

    @property
    def path_bytes(self) -> str:
        """The path's bytes in hex where it is not valid UTF-8, else empty."""
        if self.path.isascii():
            return ""
        raw = self.path.encode("utf-8", "surrogateescape")
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.hex()
        return ""


def _place(fact: Fact) -> bool:
    return fact.witness != DECLARED


_LIKE_AN_ESCAPE = late(r"\\(?:[\\ntr]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    r"""Other people's text with control characters, bidi overrides and lone bytes as escapes (`\n`, `\u202e`, `\xff`).

    A backslash is doubled only where an escape stands in the text, so that ordinary text stays as it is.
    """
    if text.isprintable():
        return text
    import unicodedata

    parts = [(char, unicodedata.category(char) in _INVISIBLE) for char in text]
    if not any(bad for _, bad in parts):
        return text
    return "".join(_escape(char) if bad else char.replace("\\", "\\\\") for char, bad in parts)


def without_unseen(text: str) -> str:
    """A text without the marks that programs leave in what is copied: direction, joining, no width (category Cf)."""
    import unicodedata

    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def _escape(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    named = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
    if char in named:
        return named[char]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
