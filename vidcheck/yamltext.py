"""Reads YAML as text with places: scalars stay as written, nothing is guessed or expanded, everything is bounded.

YAML 1.1 reads `16:9` as 969, `no` as false and `2022-02-28` as a date; here they stay text. Rules and manifests are
both read here. Their messages differ, so this module has none: it passes what a caller may tolerate to `refuse`, and
raises YamlTextError for what ends the reading.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NamedTuple

from vidcheck.findings import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


# Named tuples: a frozen dataclass costs 0.9 ms at every start, a named tuple 0.16.


class Scalar(NamedTuple):
    """A text."""

    place: Place
    text: str
    plain: bool = True
    """Whether it is written without quotes."""

    @property
    def missing(self) -> bool:
        """Whether nothing was written."""
        return self.plain and not self.text


class Sequence(NamedTuple):
    """A list."""

    place: Place
    items: tuple[Node, ...]


class Mapping(NamedTuple):
    """Names with their values, each name once."""

    place: Place
    pairs: tuple[tuple[Scalar, Node], ...]

    def get(self, name: str) -> Node | None:
        """The value of a name."""
        return next((node for key, node in self.pairs if key.text == name), None)

    def key(self, name: str) -> Scalar | None:
        """The name itself, with its place."""
        return next((key for key, _ in self.pairs if key.text == name), None)


class Broken(NamedTuple):
    """A node that was refused. Readers say nothing more of it."""

    place: Place


Node = Scalar | Sequence | Mapping | Broken


class Refusal(Enum):
    """YAML features that are refused."""

    ALIAS = auto()
    ANCHOR = auto()
    TAG = auto()
    NAME = auto()
    """A list or a mapping in the place of a name."""
    MERGE = auto()
    """`<<`, which merges another mapping."""
    TWICE = auto()
    """A name that the mapping already has."""


class Problem(Enum):
    """Why a text can't be read."""

    SYNTAX = auto()
    """The library rejects it; `error` is the library's."""
    DEEP = auto()
    MANY = auto()
    SECOND_DOCUMENT = auto()


class YamlTextError(Exception):
    """A text can't be read."""

    def __init__(self, problem: Problem, place: Place, error: Exception | None = None) -> None:
        super().__init__(problem, place)
        self.problem = problem
        self.place = place
        self.error = error


class Bounds(NamedTuple):
    """Limits on the text."""

    depth: int
    """The most levels of nested collections."""
    nodes: int


def read(text: str, file: str, bounds: Bounds, refuse: Callable[[Place, Refusal, str, int], None]) -> Node | None:
    """The tree of a text; None if it has no document. Raises YamlTextError.

    `refuse` gets the place, what is refused, its name or tag, and for a repeated name the line of the first. It may
    raise; if it returns, the node becomes Broken, or the pair is left out.
    """
    return _Reader(text, file, bounds, refuse).document()


def parser_class() -> Callable[[str], Any]:
    """The parser in C if it was built, else the one in Python."""
    try:
        from yaml._yaml import CParser
    except ImportError:
        from yaml import BaseLoader

        return BaseLoader
    parser: Callable[[str], Any] = CParser
    return parser


class _Reader:
    """Turns the library's events into nodes. Nothing else uses the library."""

    def __init__(
        self, text: str, file: str, bounds: Bounds, refuse: Callable[[Place, Refusal, str, int], None]
    ) -> None:
        import yaml  # 40 ms, so only where a YAML text is read

        self._yaml = yaml
        self._text, self._file = text, file
        self._depth, self._left = bounds
        self._refuse = refuse
        self._parser = parser_class()(text)

    def document(self) -> Node | None:
        root: Node | None = None
        while (event := self._next()) is not None:
            if isinstance(event, self._yaml.DocumentStartEvent):
                if root is not None:
                    raise YamlTextError(Problem.SECOND_DOCUMENT, self._place(event))
                root = self._node(self._next(), 0)
        return root

    def _next(self) -> Any:
        try:
            return self._parser.get_event()
        except (self._yaml.YAMLError, ValueError, OverflowError) as error:
            raise self._syntax(error) from None

    def _place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self._file, mark.line + 1, mark.column + 1)

    def _node(self, event: Any, depth: int) -> Node:
        place = self._place(event)
        self._left -= 1
        if self._left < 0:
            raise YamlTextError(Problem.MANY, place)
        if depth > self._depth:
            raise YamlTextError(Problem.DEEP, place)
        if isinstance(event, self._yaml.AliasEvent):
            self._refuse(place, Refusal.ALIAS, event.anchor or "", 0)
            return Broken(place)
        if event.anchor is not None:
            self._refuse(place, Refusal.ANCHOR, event.anchor, 0)
        if event.tag is not None:
            self._refuse(place, Refusal.TAG, event.tag, 0)
        node = self._built(event, place, depth)
        return node if event.anchor is None and event.tag is None else Broken(place)

    def _built(self, event: Any, place: Place, depth: int) -> Node:
        if isinstance(event, self._yaml.ScalarEvent):
            return Scalar(place, event.value, not event.style)
        if isinstance(event, self._yaml.SequenceStartEvent):
            return Sequence(place, tuple(self._items(depth)))
        pairs, refused = self._pairs(depth)
        return Broken(place) if refused and not pairs else Mapping(place, pairs)

    def _items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := self._next(), self._yaml.SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _pairs(self, depth: int) -> tuple[tuple[tuple[Scalar, Node], ...], bool]:
        """A mapping's pairs, and whether any was left out."""
        pairs: dict[str, tuple[Scalar, Node]] = {}
        refused = False
        while not isinstance(event := self._next(), self._yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(self._next(), depth + 1)
            if isinstance(key, Scalar) and key.text != "<<" and key.text not in pairs:
                lost = isinstance(value, Scalar) and value.missing  # the two parsers place a missing value differently
                pairs[key.text] = (key, Scalar(key.place, "") if lost else value)
                continue
            refused = True
            if isinstance(key, (Sequence, Mapping)):
                self._refuse(key.place, Refusal.NAME, "", 0)
            elif isinstance(key, Scalar) and key.text == "<<":
                self._refuse(key.place, Refusal.MERGE, key.text, 0)
            elif isinstance(key, Scalar):
                self._refuse(key.place, Refusal.TWICE, key.text, pairs[key.text][0].place.line)
        return tuple(pairs.values()), refused

    def _syntax(self, error: Exception) -> YamlTextError:
        mark: Any = getattr(error, "problem_mark", None)
        if mark is None:
            return YamlTextError(Problem.SYNTAX, Place(self._file, 0, 0), error)
        deep = self._too_deep(mark.index)
        if deep is not None:
            return YamlTextError(Problem.DEEP, deep)
        return YamlTextError(Problem.SYNTAX, Place(self._file, mark.line + 1, mark.column + 1), error)

    def _too_deep(self, end: int) -> Place | None:
        """The place of the first node that is nested too deep, in the text before the error.

        PyYAML reads the rest of a line before it emits the events of a flow collection, because that may be a key. If a
        limit of its own stops it (1,000 levels in 6.0.4), it emits no events for the levels before. Cut off at the
        error, the text no longer exceeds that limit, and PyYAML emits them.
        """
        parser = parser_class()(self._text[:end])
        depth = 0
        try:
            while (event := parser.get_event()) is not None:
                if isinstance(event, self._yaml.CollectionEndEvent):
                    depth -= 1
                elif isinstance(event, self._yaml.NodeEvent):
                    if depth > self._depth:
                        return self._place(event)
                    depth += isinstance(event, self._yaml.CollectionStartEvent)
        except (self._yaml.YAMLError, ValueError, OverflowError):
            pass  # the text was cut, so it ends too early
        return None
