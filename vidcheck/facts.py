"""What is known of an entry, and which witness says so: Key, Fact, Fault, Facts, Entry.

The values are frozen, and nothing here reads files or clocks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from vidcheck.lazy import late
from vidcheck.texts import GIVEN, Plain, join, say

if TYPE_CHECKING:
    from vidcheck.quantities import Kind
    from vidcheck.texts import Readable


# Witnesses are known by their names here; what they can do stands in `vidcheck.witnesses.registry`.
DECLARED = "declared"
"""The witness that states what the entrant declared. It is shown first, and only it may contradict itself."""
CONTENT = "content"
"""The witness that decodes pictures and sound."""
FILESYSTEM = "filesystem"
"""The witness that opens the file. If it fails, no other witness can read the file."""


CONTRADICTION = " ≠ "
"""Stands in a locator between places of one file that contradict each other. Then no single value is true, whatever other
witnesses read in one of these places."""


SAMPLES = "samples"
"""The locator of `intact` where bytes of samples prove that something is lost, not the layout of boxes."""
GIT_LFS = "git-lfs"
"""The locator of `format` where a Git LFS pointer lies in place of the file."""


class State(StrEnum):
    """The result of a witness's look at one key."""

    KNOWN = "known"
    """A value."""
    ABSENT = "absent"
    """It looked, and there is none."""
    UNKNOWN = "unknown"
    """It looked, and the value it found can't be true (a creation time of 0)."""
    WITHHELD = "withheld"
    """A value that was judged and is not shown, because it is personal data. `personal` makes it of `known`."""


class Beside(StrEnum):
    """The part of a fact that a witness states beside its proper answer on a date."""

    WRITTEN = "written"
    """Another date of writing. It never decides, but a later one may contradict the one that does."""
    SHOT = "shot"
    """When the film was shot. It decides only if the file does not say when it was written."""


class Depth(StrEnum):
    """How much of a film is decoded (`--content`)."""

    NONE = "none"
    KEYFRAMES = "keyframes"
    """The key pictures and the whole sound."""
    FULL = "full"
    """Every picture and the whole sound."""

    def reaches(self, other: Depth) -> bool:
        """Whether it is at least as deep as the other."""
        return _DEPTHS.index(self) >= _DEPTHS.index(other)


_DEPTHS = tuple(Depth)


def _plain(text: str) -> str:
    """A name without what people write in several ways: capitals, spaces, hyphens, a level (`High@L4.1`)."""
    short = normalize("NFKC", text).partition("@")[0].casefold()
    return "".join(char for char in short if char not in " -_.").removesuffix("profile")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The name of something that can be observed of an entry."""

    name: str
    kind: Kind
    label: str
    """What people call it, a noun phrase; a key of the message catalogue."""
    meaning: str
    """The sentence users read; a key of the message catalogue."""
    yes: str = ""
    """Of a key that is answered with yes or no: what yes means, as a phrase after "is"; a key of the catalogue."""
    no: str = ""
    """The same for no."""
    agreement: Any = 0
    """How far values may differ and still agree: an absolute slack in the kind's units."""
    agreement_share: Fraction = Fraction(0)
    """The same as a share of the value (0.01 for 1 %); it overrides `agreement`."""
    absence_tells: bool = True
    """Whether "there is none" is an answer. Where it isn't (`completed`), absent counts as unknown."""
    values: tuple[str, ...] = ()
    """The closed set of values, where there is one. Of a list, the set of its items."""
    names: tuple[str, ...] = ()
    """What people call each of `values`, in the same order: keys of the catalogue, or the same in every language."""
    spellings: tuple[tuple[str, str], ...] | None = None
    """None: a value is written exactly as in `values`. Else capitals, spaces and hyphens don't matter, and these are
    other names of values."""
    examples: tuple[str, ...] = ()
    """Values as a rule may write them, where those of the kind say nothing of this key."""
    settled_by: str | None = None
    """The witness that decides where witnesses lead to different outcomes. None: such a difference is a dispute."""
    settled_at: str = ""
    """A part of the locator that its fact must have to decide. Empty: any locator."""
    because: str = ""
    """Why that witness may decide: the standard's clause."""
    tiers: tuple[tuple[str, ...], ...] = ()
    """Groups of witnesses in order of preference: the first group that knows decides. A group without names holds
    all that no other group names. Empty: all count alike."""
    costly: bool = False
    """Read only if a rule or the user asks."""
    personal: bool = False
    """Whether its values are personal data, which no report shows unless it is asked to."""
    depth: Depth = Depth.NONE
    """How much of a film has to be decoded to know it; none if its headers are enough."""
    advisory: bool = False
    """Whether it is a guess, which may help a person (`assist`) and decides nothing."""
    remarked_at: str = ""
    """The key at which a remark on this one is made, such as `duration` for `picture.share`. Empty: this key."""

    @property
    def called(self) -> Readable:
        """Its label as a message."""
        return say(self.label)

    def value_of(self, text: str) -> str | None:
        """The value of the closed set that a text spells; None if it is none of them. Without a set, the text."""
        if not self.values or text in self.values:
            return text
        if self.spellings is None:
            return None
        by_plain = {_plain(name): value for name, value in (*self.spellings, *((one, one) for one in self.values))}
        return by_plain.get(_plain(text))

    def phrase(self, value: Any) -> Readable | None:
        """A value that has words of its own ("not whole", "HEVC (H.265)"); None where the value itself is shown."""
        if self.values:
            if not self.kind.listed:
                return self.name_of(value)
            return join([self.name_of(item) for item in value]) if value else None
        if not self.yes or not isinstance(value, bool):
            return None
        return say(self.yes) if value else say(self.no)

    def name_of(self, value: str) -> Readable:
        """What people call a value of the closed set."""
        return say(self.names[self.values.index(value)]) if value in self.values else Plain(value)

    def settles(self, fact: Fact) -> bool:
        """Whether that fact decides where witnesses come to different outcomes."""
        return fact.contradicted or (fact.witness == self.settled_by and self.settled_at in fact.locator)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture out of the film, as evidence for people. Its number and size are bounded by whoever makes it."""

    at: Fraction
    """Its time in the film, in seconds."""
    data: bytes
    """JPEG."""
    note: Readable | None = None
    """What is to be seen, if that is not the same for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One witness's statement on one key."""

    key: str
    witness: str
    value: Any = None
    """In the key's kind; None unless the state is `known`."""
    locator: str = ""
    """Where it is in the witness's output, in its own terms: `General.Duration`, `moov/mvhd.creation_time`."""
    raw: str = ""
    """The original text or number."""
    state: State = State.KNOWN
    note: Readable | None = None
    """An explanation for people: why it can't be true, what a derived value was computed from."""
    remark: Readable | None = None
    """A sentence about something odd that no rule asks for. It never changes an outcome (`Finding.remarks`)."""
    beside: Beside | None = None
    """None for the witness's proper answer."""
    pictures: tuple[Picture, ...] = ()
    """What it was seen in, for people: no format for programs has them."""

    @property
    def contradicted(self) -> bool:
        """Whether it is unknown because places of the file contradict each other."""
        return self.state is State.UNKNOWN and self.witness != DECLARED and CONTRADICTION in self.locator

    def original(self, lang: str) -> str:
        """The original text as it is shown: where it is withheld (`personal`), that there is one."""
        return GIVEN.render(lang) if self.raw == GIVEN.key else self.raw

    def __reduce__(self) -> tuple[Any, ...]:
        """Facts are pickled by the thousand, and the default for dataclasses takes three times as long."""
        fields = (
            self.key, self.witness, self.value, self.locator, self.raw, self.state, self.note, self.remark, self.beside,
            self.pictures,
        )  # fmt: skip
        return _fact, fields


def _fact(*fields: Any) -> Fact:
    key, witness, value, locator, raw, state, note, remark, beside, pictures = fields
    return Fact(
        key=key, witness=witness, value=value, locator=locator, raw=raw, state=state, note=note, remark=remark, beside=beside,
        pictures=pictures,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A witness could not look."""

    witness: str
    message: Readable
    """Why, without the witness's name: `no answer in 30 s`."""
    keys: frozenset[str] = frozenset()
    """The keys on which the witness therefore says nothing. Empty: it did look, and something else went wrong."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that witnesses said of one entry."""

    facts: tuple[Fact, ...] = ()
    faults: tuple[Fault, ...] = ()
    asked: frozenset[str] = field(default_factory=frozenset)
    """Every witness that was asked, whatever it answered."""

    @cached_property
    def by_key(self) -> dict[str, tuple[Fact, ...]]:
        """The facts of each key: what was declared first, then in the order in which the witnesses were asked.

        What a witness states beside its proper answer comes last.
        """
        rows: dict[str, list[Fact]] = {}
        for fact in self.facts:
            rows.setdefault(fact.key, []).append(fact)
        return {key: tuple(sorted(row, key=_place) if len(row) > 1 else row) for key, row in rows.items()}

    def of(self, key: str) -> tuple[Fact, ...]:
        """The facts of that key, in the same order."""
        return self.by_key.get(key, ())

    def faulted(self, key: str) -> tuple[Fault, ...]:
        """The faults because of which a witness says nothing on that key."""
        return tuple(fault for fault in self.faults if key in fault.keys)

    def joined(self, *others: Facts) -> Facts:
        """These facts and the others together."""
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
    """One submitted work."""

    path: str
    """As the user gave it, folder and name joined with `/`; bytes that are not valid UTF-8 are surrogate escapes."""

    @property
    def remote(self) -> bool:
        """Whether it was read from a server. Its path is then the URL without credentials."""
        return self.path.startswith(("https://", "http://", "s3://"))

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        path = self.path.partition("?")[0] if self.remote and not self.path.startswith("s3://") else self.path
        return path.rpartition("/")[2]

    @property
    def shown(self) -> str:
        """The path with every character escaped that isn't plain and visible, the same on every machine.

        Two different paths never look the same: a backslash is doubled where it would read as an escape.
        """
        shown = visible(self.path)
        return self.path.replace("\\", "\\\\") if shown == self.path and _LIKE_AN_ESCAPE.search(shown) else shown

    @property
    def path_bytes(self) -> str:
        """The path's bytes in hex where it is not valid UTF-8, else empty."""
        if self.path.isascii():
            return ""
        try:
            raw = self.path.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:  # Windows allows lone surrogates
            return self.path.encode("utf-8", "surrogatepass").hex()
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.hex()
        return ""


def _place(fact: Fact) -> int:
    return 0 if fact.witness == DECLARED else 1 if fact.beside is None else 2


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
    """A text without invisible format characters (category Cf), which programs leave in copied text."""
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
