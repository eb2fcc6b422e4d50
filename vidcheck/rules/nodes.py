"""YAML as text with places: scalars as they were written, nothing guessed, nothing expanded, everything bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from vidcheck.findings import Place
from vidcheck.lazy import late
from vidcheck.nesting import too_deep
from vidcheck.rules.problems import Ledger, Problem, RulesError, quoted
from vidcheck.texts import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_BYTES = 1 << 20
"""A longer file is no rules file."""
MOST_NODES = 20_000


class Bounds(NamedTuple):
    """How much of a file is read."""

    size: int = MOST_BYTES
    """In bytes."""
    nodes: int = MOST_NODES


MOST_DEPTH = 24
# YAML 1.2, 5.1, without NEL, LS and PS, which YAML 1.1 counts as ends of lines and editors don't, and the mark U+FEFF
# (the few that are none are listed: the many that are take re eight times as long to compile)
_NOT_TEXT = late("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


# Named tuples, here and in the rest of the reader: a frozen dataclass costs 0.9 ms at every start, a named tuple 0.16.


class Scalar(NamedTuple):
    """A text."""

    place: Place
    text: str
    plain: bool = True
    """Whether it stands without quotes."""

    @property
    def missing(self) -> bool:
        """Whether nothing was written at all."""
        return self.plain and not self.text


class Sequence(NamedTuple):
    """A list."""

    place: Place
    items: tuple[Node, ...]


class Mapping(NamedTuple):
    """Names with what stands behind them, each name once."""

    place: Place
    pairs: tuple[tuple[Scalar, Node], ...]

    def get(self, name: str) -> Node | None:
        """What stands behind a name."""
        return next((node for key, node in self.pairs if key.text == name), None)

    def key(self, name: str) -> Scalar | None:
        """The name itself, with its place."""
        return next((key for key, _ in self.pairs if key.text == name), None)


class Broken(NamedTuple):
    """What was refused already; nothing more is said of it."""

    place: Place


Node = Scalar | Sequence | Mapping | Broken


def read_nodes(raw: bytes, file: str, ledger: Ledger, bounds: Bounds | None = None) -> Node:
    """The tree of a YAML text. Raises RulesError where it is none; refused nodes are entered and come back Broken."""
    bounds = bounds or Bounds()
    text = _decoded(raw, file, bounds)
    events = _Events(text, file)
    try:
        root = _Builder(events, file, ledger, bounds).document()
        events.finish()
    except _ParserError as error:
        deep = too_deep(text, error.said, MOST_DEPTH)
        if deep:
            raise _too_deep(Place(file, deep.line + 1, deep.column + 1)) from None
        from vidcheck.rules.syntax import explain_syntax

        raise RulesError((explain_syntax(error.said, text, file),)) from None
    return root


def _decoded(raw: bytes, file: str, bounds: Bounds) -> str:
    if len(raw) > bounds.size:
        raise _alone(file, 1, 1, say("this is longer than {most} MiB", most=bounds.size >> 20))
    if not raw.strip():
        raise _alone(file, 1, 1, say("the file is empty: it says neither 'vidcheck: 1' nor any rule"))
    if raw[:2] in _UTF16:
        raise _alone(file, 1, 1, say("this is UTF-16: save it as UTF-8"))
    if b"\0" in raw:
        raise _alone(
            file, *_at(raw[: raw.index(b"\0")].decode("utf-8", "replace")), say("this is a binary file, no rules file")
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        raise _alone(
            file,
            *_at(before),
            say("byte {byte} is not UTF-8: save the file as UTF-8", byte=f"0x{raw[error.start]:02x}"),
        ) from None
    text = text.removeprefix("\ufeff")
    found = _NOT_TEXT.search(text)
    if found:
        shown = quoted(found[0])
        raise _alone(
            file, *_at(text[: found.start()]), say("the character {shown} can't stand in a text file", shown=shown)
        )
    return text


def _at(before: str) -> tuple[int, int]:
    """Line and column of what follows a text."""
    before = before.removeprefix("\ufeff")
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return len(lines), len(lines[-1]) + 1


def _alone(file: str, line: int, column: int, message: Any) -> RulesError:
    return RulesError((Problem(Place(file, line, column), message),))


def _too_deep(place: Place) -> RulesError:
    return _alone(
        place.file, place.line, place.column, say("this is nested deeper than {most} levels", most=MOST_DEPTH)
    )


class _ParserError(Exception):
    """Carries the YAML library's error."""

    def __init__(self, said: Exception) -> None:
        super().__init__(str(said))
        self.said = said


class _Events:
    """The YAML library's events, one after the other; the only place that knows it."""

    def __init__(self, text: str, file: str) -> None:
        import yaml  # 40 ms, so only where rules are read

        self.yaml = yaml
        self.file = file
        self._parser: Any = parser_class()(text)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            event = self._parser.get_event()
        except (self.yaml.YAMLError, ValueError, OverflowError) as error:
            raise _ParserError(error) from None
        if event is None:
            raise StopIteration
        return event

    def finish(self) -> None:
        """Reads to the end, where a second document may stand."""
        for event in self:
            if isinstance(event, self.yaml.DocumentStartEvent):
                mark: Any = event.start_mark
                raise _alone(
                    self.file, mark.line + 1, mark.column + 1, say("a second document begins here: a rules file is one")
                )


def parser_class() -> Callable[[str], Any]:
    """The quick parser where it was built, else the one in Python."""
    try:
        from yaml._yaml import CParser
    except ImportError:
        from yaml import BaseLoader

        return BaseLoader
    parser: Callable[[str], Any] = CParser
    return parser


class _Builder:
    """Events to nodes."""

    def __init__(self, events: _Events, file: str, ledger: Ledger, bounds: Bounds) -> None:
        self._events, self._yaml = events, events.yaml
        self._file, self._ledger, self._most = file, ledger, bounds.nodes
        self._count = 0

    def document(self) -> Node:
        """The first document's root."""
        for event in self._events:
            if isinstance(event, self._yaml.DocumentStartEvent):
                return self._node(next(self._events), 0)
        raise _alone(self._file, 1, 1, say("the file is empty: it says neither 'vidcheck: 1' nor any rule"))

    def _node(self, event: Any, depth: int) -> Node:
        place = Place(self._file, event.start_mark.line + 1, event.start_mark.column + 1)
        self._count += 1
        if self._count > self._most:
            raise _alone(
                place.file,
                place.line,
                place.column,
                say("there are more than {most} values", most=self._most),
            )
        if depth > MOST_DEPTH:
            raise _too_deep(place)
        refused = self._refused(event, place)
        node = self._built(event, place, depth)
        return Broken(place) if refused else node

    def _refused(self, event: Any, place: Place) -> bool:
        if isinstance(event, self._yaml.AliasEvent):
            self._ledger.add(
                place, say("'{text}' is a YAML alias: write out what it stands for", text=quoted(f"*{event.anchor}"))
            )
            return True
        if event.anchor is not None:
            self._ledger.add(
                place, say("'{text}' is a YAML anchor: rules files have none", text=quoted(f"&{event.anchor}"))
            )
        if event.tag is not None:
            self._ledger.add(
                place,
                say(
                    "'{text}' is a YAML tag: rules files have none, everything is read as text",
                    text=quoted(_tag(event.tag)),
                ),
            )
        return event.anchor is not None or event.tag is not None

    def _built(self, event: Any, place: Place, depth: int) -> Node:
        if isinstance(event, self._yaml.ScalarEvent):
            return Scalar(place, event.value, not event.style)
        if isinstance(event, self._yaml.SequenceStartEvent):
            return Sequence(place, tuple(self._items(depth)))
        if isinstance(event, self._yaml.MappingStartEvent):
            before = len(self._ledger.problems)
            pairs = tuple(self._pairs(depth))
            return Broken(place) if not pairs and len(self._ledger.problems) > before else Mapping(place, pairs)
        return Broken(place)

    def _items(self, depth: int) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, self._yaml.SequenceEndEvent):
                return
            yield self._node(event, depth + 1)

    def _pairs(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        first: dict[str, int] = {}
        for event in self._events:
            if isinstance(event, self._yaml.MappingEndEvent):
                return
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if isinstance(key, Broken):
                continue
            if not isinstance(key, Scalar):
                self._ledger.add(key.place, say("a name is a text, never a list or a mapping"))
            elif key.text == "<<":
                self._ledger.add(key.place, say("'<<' is refused: use 'extends', or write the lines out"))
            elif key.text in first:
                self._ledger.add(
                    key.place,
                    say(
                        "'{name}' stands here a second time; the first is in line {line}",
                        name=quoted(key.text),
                        line=first[key.text],
                    ),
                )
            else:
                first[key.text] = key.place.line
                lost = isinstance(value, Scalar) and value.missing
                yield key, Scalar(key.place, "") if lost else value  # the parsers differ in where nothing stands


def _tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!", 1)
