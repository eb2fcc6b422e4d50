"""Reads scalars and lists: values of a kind, choices, words by language, time zones, patterns."""

from __future__ import annotations

import math
import re
from datetime import UTC, tzinfo
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from vidcheck.facts import visible
from vidcheck.lazy import late
from vidcheck.quantities import LISTED, NotAValueError
from vidcheck.rules.language import HOLES
from vidcheck.rules.problems import Ledger, quoted
from vidcheck.rules.spelling import nearest
from vidcheck.texts import LANGUAGES, Readable, Spoken, join, listed, say
from vidcheck.yamltext import Broken, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vidcheck.facts import Key

_HOLE = late(r"\{(\w{1,40})\}")
_NEAR_HOLE = 0.7
_MOST_IN_HINT = 30
"""A longer set of values is named by the command that lists it."""
LONGEST_PATTERN = 1000
"""The most characters of a pattern."""
MOST_PARTS = 20_000
"""The most parts of a pattern with fixed repetitions expanded, as `regex` does: ((a{999}){999}){999} takes all memory.
"""
_CLASS = late(r"\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]", re.DOTALL)
_COUNT = late(r"\{(\d+)(?:,\d*)?\}")
_FREE_FORM = late(r"\(\?(?:[a-zA-Z]*x|#)")


class Desk(NamedTuple):
    """The context of reading: the record of problems, and the time zone of dates."""

    ledger: Ledger
    zone: tzinfo

    def within(self, name: str) -> Desk:
        """The same context, one name deeper."""
        return Desk(self.ledger.within(name), self.zone)


def scalar(node: Node, name: str, ledger: Ledger, example: str = "") -> Scalar | None:
    """The text that is a name's value; None if it is something else, which is recorded."""
    hint = f"{name}: {example}" if example else ""
    if isinstance(node, Scalar) and not node.missing:
        return node
    if isinstance(node, Scalar):
        ledger.add(node.place, say("'{name}' has lost its value", name=name), hint)
    elif isinstance(node, Sequence):
        ledger.add(node.place, say("'{name}' takes one value, not a list", name=name), hint)
    elif isinstance(node, Mapping):
        ledger.add(node.place, say("'{name}' takes a value, not a mapping", name=name), hint)
    return None


def choice(node: Node, name: str, names: Iterable[str], ledger: Ledger) -> str | None:
    """One of the allowed names; None if it is another, which is recorded."""
    valid = tuple(names)
    found = scalar(node, name, ledger, valid[0])
    if found is None or found.text in valid:
        return found.text if found else None
    what = say("'{text}' is no {name}: it is {valid}", text=quoted(found.text), name=name, valid=listed(valid))
    ledger.add(found.place, what, valid[0] if len(valid) == 1 else nearest(found.text, valid))
    return None


def value(node: Node, name: str, key: Key, desk: Desk) -> Any | None:
    """A value of a key's kind; None if it is invalid, which is recorded."""
    if key.kind is LISTED and isinstance(node, Sequence):
        items = [scalar(item, name, desk.ledger) for item in node.items]
        return _members([(item.text, item) if item else None for item in items], key, desk)
    if key.kind.listed and isinstance(node, Sequence) and node.items:
        each = [value(item, name, key, desk) for item in node.items]
        return None if None in each else tuple(text for part in each if part for text in part)
    found = scalar(node, name, desk.ledger, example_of(key))
    if found is None:
        return None
    try:
        result = key.kind.read(found.text, desk.zone)
    except NotAValueError as error:
        desk.ledger.add_value(found.place, error)
        return None
    if key.kind is LISTED:
        return _members([(text, found) for text in result], key, desk)
    return _member(result, found, key, desk) if key.values or key.name in _WRITTEN else result


def _language(text: str) -> str:
    from vidcheck.witnesses.languages import language

    return language(text) or language(nearest(text, ("zh", "en"))) or ""


_WRITTEN: dict[str, Callable[[str], str]] = {
    "file.extension": lambda text: text.strip().lstrip(".").lower(),
    "audio.languages": _language,
}
"""How witnesses write the values of keys without a closed set: a rule that writes them otherwise would fail every film."""


def _members(texts: Iterable[tuple[str, Scalar] | None], key: Key, desk: Desk) -> tuple[str, ...] | None:
    """The items of a list; None if any is none of the key's closed set, which is recorded."""
    read = [_member(*one, key, desk) if one else None for one in texts]
    sound = tuple(one for one in read if one is not None)
    return sound if len(sound) == len(read) else None


def _member(text: str, at: Scalar, key: Key, desk: Desk) -> str | None:
    """The value of the key's closed set that a text spells; None if it is none of them, which is recorded."""
    spelt = key.value_of(text)
    if spelt is not None and key.name in _WRITTEN:
        meant = _WRITTEN[key.name](text)
        if meant != text:
            desk.ledger.add(at.place, say("'{text}' is no value of {key}", text=quoted(text), key=key.name), meant)
            return None
    elif spelt is None:
        near = key.value_of(nearest(text, (*key.values, *(name for name, _ in key.spellings or ()))))
        what = say("'{text}' is no value of {key}", text=quoted(text), key=key.name)
        if near or len(key.values) <= _MOST_IN_HINT:
            desk.ledger.add(at.place, what, near or ", ".join(key.values))
        else:
            more = say("vidcheck rules explain {key} lists them", key=key.name)
            desk.ledger.add(at.place, join((what, more), say("; ")))
    return spelt


def examples_of(key: Key) -> tuple[str, ...]:
    """Examples of values of the key, as a rule may write them."""
    return key.examples or key.values[:2] or key.kind.examples


def example_of(key: Key) -> str:
    """An example of a value of the key; empty if its values can't be written."""
    return next(iter(examples_of(key)), "")


def values(node: Node, name: str, key: Key, desk: Desk) -> tuple[Any, ...] | None:
    """A list of values of a key's kind, none of them twice."""
    items = sequence(node, name, desk.ledger)
    if items is None:
        return None
    seen: list[tuple[Any, str]] = []
    sound = True
    for item in items:
        read = value(item, name, key, desk)
        twin = None if read is None else next((text for other, text in seen if _same(key, other, read)), None)
        text = item.text if isinstance(item, Scalar) else key.kind.write(read) if read is not None else ""
        if twin is not None and key.spellings is not None and twin != text:
            continue  # the same value in two spellings, jpg and jpeg
        if twin is not None:
            desk.ledger.add(
                item.place, say("'{text}' says the same as '{twin}' before it", text=quoted(text), twin=quoted(twin))
            )
        sound = sound and read is not None and twin is None
        seen += [(read, text)] if read is not None else []
    return tuple(read for read, _ in seen) if sound else None


def _same(key: Key, value: Any, other: Any) -> bool:
    return key.kind.equal(value, other) and key.kind.equal(
        other, value
    )  # both ways, because a day equals its month but not the reverse


def sequence(node: Node, name: str, ledger: Ledger) -> tuple[Node, ...] | None:
    """The items of a list; None if it is empty or not a list, which is recorded."""
    if isinstance(node, Sequence) and node.items:
        return node.items
    if isinstance(node, Sequence):
        ledger.add(node.place, say("the list of '{name}' is empty", name=name))
    elif isinstance(node, Scalar) and not node.missing:
        parts = ", ".join(part.strip() for part in node.text.split(",") if part.strip())
        ledger.add(node.place, say("'{name}' takes a list", name=name), f"{name}: [{parts}]")
    elif not isinstance(node, Broken):
        lost = isinstance(node, Scalar)
        ledger.add(
            node.place,
            say("'{name}' has lost its value", name=name) if lost else say("'{name}' takes a list", name=name),
        )
    return None


def texts(node: Node, name: str, key: Key, desk: Desk) -> tuple[str, ...] | None:
    """One item of a list or several, none of them twice."""
    items = node.items if isinstance(node, Sequence) and node.items else (node,)
    found = [scalar(item, name, desk.ledger, example_of(key)) for item in items]
    read = [(item, _member(item.text, item, key, desk)) for item in found if item]
    for at, (item, _) in enumerate(read):
        if item.text in [other.text for other, _ in read[:at]]:
            desk.ledger.add(
                item.place,
                say("'{text}' says the same as '{twin}' before it", text=quoted(item.text), twin=quoted(item.text)),
            )
            return None
    members = [member for _, member in read if member is not None]
    return tuple(dict.fromkeys(members)) if len(members) == len(items) else None


def spoken(node: Node, name: str, ledger: Ledger, *, holes: bool = False) -> Spoken | None:
    """Words for people: a text, or texts by language."""
    if isinstance(node, Scalar) and not node.missing:
        single = _words(node, name, ledger, holes=holes)
        return Spoken((("en", single),)) if single is not None else None
    if not isinstance(node, Mapping):
        if not isinstance(node, Broken):
            lost = isinstance(node, Scalar)
            message = (
                say("'{name}' has lost its value", name=name)
                if lost
                else say("'{name}' takes a text, or texts by language", name=name)
            )
            ledger.add(node.place, message, f"{name}: {{zh: …, en: …}}")
        return None
    by_lang: list[tuple[str, str]] = []
    sound = bool(node.pairs)
    if not sound:
        ledger.add(node.place, say("'{name}' has lost its value", name=name), f"{name}: {{zh: …, en: …}}")
    for key, part in node.pairs:
        if key.text not in LANGUAGES:
            what = say(
                "'{text}' is no language of reports: they are {valid}",
                text=quoted(key.text),
                valid=listed(LANGUAGES),
            )
            ledger.add(key.place, what, nearest(key.text.partition("-")[0].partition("_")[0], LANGUAGES))
            sound = False
            continue
        found = scalar(part, key.text, ledger)
        words = _words(found, name, ledger, holes=holes) if found else None
        sound = sound and words is not None
        by_lang += [(key.text, words)] if words is not None else []
    return Spoken(tuple(by_lang)) if sound else None


def _words(node: Scalar, name: str, ledger: Ledger, *, holes: bool) -> str | None:
    lines = [visible(line.replace("\t", " ").rstrip()) for line in node.text.strip().split("\n")]
    if lines == [""]:
        ledger.add(node.place, say("'{name}' says nothing", name=name))
        return None
    for hole in _HOLE.findall(node.text) if holes else ():
        meant = "" if hole in HOLES else nearest(hole, HOLES)
        if meant and _like(hole, meant):
            ledger.add(node.place, say("nothing is put in for '{text}'", text=f"{{{hole}}}"), f"{{{meant}}}")
            return None
    return "\n".join(lines)


def _like(text: str, other: str) -> bool:
    import difflib

    return difflib.SequenceMatcher(None, text.lower(), other).ratio() >= _NEAR_HOLE


def check_name(key: Scalar, node: Node, names: Iterable[str], unknown: Readable, ledger: Ledger) -> None:
    """Records a name that is invalid in its place, or a name without a space before its value."""
    valid = tuple(names)
    at = next((place for place, char in enumerate(key.text) if char in ":："), None)
    name, rest = (key.text[:at].strip(), key.text[at + 1 :].strip()) if at is not None else ("", "")
    meant = name if name in valid else nearest(name, valid) if name else ""
    if at is not None and meant and rest:
        lost = isinstance(node, Scalar) and node.missing
        tail = "" if lost or not isinstance(node, Scalar) else f": {node.text}"
        wide = key.text[at] == "："
        full = say("a full-width '：' stands in '{text}'", text=quoted(key.text))
        close = say("'{text}' has lost its value: a space is missing after the ':'", text=quoted(key.text))
        ledger.add(key.place, full if wide else close, f"{meant}: {rest}{tail}")
        return
    ledger.add(key.place, unknown, nearest(key.text, valid))


def read_zone(node: Scalar, ledger: Ledger) -> tzinfo:
    """The time zone; UTC if there is none of that name, which is recorded."""
    if node.text == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    try:
        if node.text in _names():
            return ZoneInfo(node.text)
    except (OSError, ValueError, LookupError):
        pass
    ledger.add(
        node.place, say("'{text}' is no time zone", text=quoted(node.text)), nearest(node.text, sorted(_names()))
    )
    return UTC


def _names() -> frozenset[str]:
    """The zones of the package tzdata, because lists differ between machines (`localtime`, letter case)."""
    package = import_module("tzdata")
    folder = str(package.__file__).removesuffix("__init__.py")
    raw: bytes = getattr(package.__spec__, "loader", None).get_data(f"{folder}zones")  # type: ignore[union-attr]
    return frozenset(raw.decode("ascii").split())


def read_pattern(node: Scalar, ledger: Ledger) -> str | None:
    """The pattern's text; None if it is invalid, which is recorded."""
    if len(node.text) > LONGEST_PATTERN:
        ledger.add(node.place, say("the pattern is longer than {most} characters", most=LONGEST_PATTERN))
        return None
    if weight(node.text) > MOST_PARTS:
        ledger.add(
            node.place,
            say("the pattern has more than {most} parts when its repetitions are written out", most=MOST_PARTS),
        )
        return None
    import regex  # takes 40 ms, so only if there is a pattern

    try:
        regex.compile(node.text)
    except regex.error as error:
        at = (error.pos or 0) + 1
        ledger.add(node.place, say("the pattern is not sound at its character {at}: {said}", at=at, said=error.msg))
    except (RecursionError, OverflowError, MemoryError, ValueError, LookupError, TypeError, AttributeError):
        ledger.add(node.place, say("the pattern is not sound"))  # regex raises other errors on odd patterns
    else:
        return node.text
    return None


def matches_any(pattern: str, texts: Iterable[str]) -> bool:
    """Whether a sound pattern matches any of the texts; yes if it takes too long to say."""
    import regex

    try:
        return any(regex.fullmatch(pattern, text, timeout=1) for text in texts)
    except TimeoutError:
        return True


def weight(text: str) -> int:
    """The number of parts of a pattern with fixed repetitions expanded."""
    if _FREE_FORM.search(
        text
    ):  # white space and comments are allowed anywhere: count as if all repetitions were nested
        return len(text) * math.prod(max(_times(found[1]), 1) for found in _COUNT.finditer(text))
    groups, last, at = [0], 0, 0
    while at < len(text):
        whole = _CLASS.match(text, at)
        count = _COUNT.match(text, at)
        if count:
            more = last * (max(_times(count[1]), 1) - 1)
            groups[-1] += more
            last, at = last + more, count.end()
            continue
        if text[at] == "(":
            groups.append(0)
        elif text[at] == ")" and len(groups) > 1:
            last = groups.pop() + 1
            groups[-1] += last
        else:
            last = 1
            groups[-1] += 1
        at = whole.end() if whole else at + (2 if text[at] == "\\" else 1)
    return sum(groups)


def _times(digits: str) -> int:
    return int(digits) if len(digits) < 8 else MOST_PARTS + 1
