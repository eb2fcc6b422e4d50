"""Small plots of all entries' values against the window of a rule."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from vidcheck.findings import Outcome
from vidcheck.reports.html.board import PASSES, Look, look_of
from vidcheck.rules.constraints import Side, bounds
from vidcheck.texts import labelled, say, say_count
from vidcheck.vocabulary import DURATION_KEY, SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vidcheck.facts import Key
    from vidcheck.reports.html.board import Board, Column, Line
    from vidcheck.reports.html.markup import Teller

_WIDE, _BASE, _ALL = 640, 80, 104
_EDGE = 8
_STEP = 6
_HIGHEST = _BASE - 10


class Mark(NamedTuple):
    """One entry in a plot."""

    line: Line
    value: Fraction
    look: Look


class Axis(NamedTuple):
    """The range of a plot; values outside it are drawn at its edge."""

    start: Fraction
    end: Fraction

    def at(self, value: Fraction) -> int:
        """The position of a value, in the plot's units."""
        part = (min(max(value, self.start), self.end) - self.start) / (self.end - self.start)
        return _EDGE + round(part * (_WIDE - 2 * _EDGE))


def plots(board: Board, tell: Teller) -> str:
    """A plot for duration and for size, if a rule limits them."""
    plotted = [_plot(board, key, column, tell) for key in (DURATION_KEY, SIZE) if (column := _column(board, key))]
    figures = "".join(figure for figure in plotted if figure)
    words = say("Every entry against the window")
    return (
        f'<section aria-labelledby="h-plots"><h2 id="h-plots">{tell(words)}</h2><div class="plots">{figures}</div></section>'
        if figures and len(board.lines) > 1
        else ""
    )


def _column(board: Board, key: Key) -> Column | None:
    """The first rule that sets a window for the key."""
    return next((each for each in board.columns if each.keys == (key.name,) and any(_window(each))), None)


def _window(column: Column) -> tuple[Fraction | None, Fraction | None]:
    low, high = (
        next((column.limits[name] for name in bounds(side) if name in column.limits), None)
        for side in (Side.LOWER, Side.UPPER)
    )
    return _number(low), _number(high)


def _number(limit: object) -> Fraction | None:
    return Fraction(str(limit)) if isinstance(limit, int | float) else None


def _marks(board: Board, key: Key, column: Column) -> Iterator[Mark]:
    for line in board.lines:
        finding, value = line.findings.get(column.rule), line.value(key.name)
        if finding and value is not None and finding.outcome is not Outcome.SKIP:
            yield Mark(line, Fraction(value), look_of(finding))


def _axis(values: Sequence[Fraction], low: Fraction | None, high: Fraction | None) -> Axis:
    """The window, extended by its width on each side where there are entries."""
    first, last = low if low is not None else Fraction(0), high if high is not None else 2 * (low or Fraction(1))
    reach = max(last - first, Fraction(1))
    start = max(min(*values, first), first - reach, Fraction(0))
    end = min(max(*values, last), last + reach)
    room = (end - start) / 12
    return Axis(max(start - room, Fraction(0)), end + room)


def _plot(board: Board, key: Key, column: Column, tell: Teller) -> str:
    marks = sorted(_marks(board, key, column), key=lambda mark: (mark.look is not PASSES, mark.value, mark.line.number))
    if not marks:
        return ""
    low, high = _window(column)
    values = [mark.value for mark in marks]
    axis = _axis(values, low, high)
    limits = [limit for limit in (low, high) if limit is not None]
    left, right = axis.at(low) if low is not None else 0, axis.at(high) if high is not None else _WIDE
    labels = "".join(_label(axis.at(limit), tell(_shown(key, limit, tell))) for limit in limits)
    shape = (
        f'<rect class="window" x="{left}" y="0" width="{right - left}" height="{_BASE}"/>'
        f'<path class="base" d="M0 {_BASE}H{_WIDE}"/>'
        + "".join(f'<path class="limit" d="M{axis.at(limit)} 0V{_BASE + 5}"/>' for limit in limits)
        + _dots(marks, axis, key, tell)
        + labels
    )
    return (
        f'<figure><svg viewBox="0 0 {_WIDE} {_ALL}" role="img" aria-labelledby="p-{key.name}">{shape}</svg>'
        f'<figcaption id="p-{key.name}">{_caption(board, key, column, marks, tell)}</figcaption></figure>'
    )


def _caption(board: Board, key: Key, column: Column, marks: Sequence[Mark], tell: Teller) -> str:
    values = [mark.value for mark in marks]
    words = say(
        "entries from {least} to {most}", least=_shown(key, min(values), tell), most=_shown(key, max(values), tell)
    )
    missing = len(board.lines) - len(marks)
    rest = say_count("; not known of {count} entry", "; not known of {count} entries", missing)
    return f"<b>{tell.line(column.meaning)}</b> {tell(words)}{tell(rest) if missing else ''}"


def _shown(key: Key, value: Fraction, tell: Teller) -> str:
    exact = int(value) if value.denominator == 1 else value
    return key.kind.show(exact, tell.manner)


def _label(place: int, words: str) -> str:
    side = "start" if place < _WIDE // 6 else "end" if place > _WIDE * 5 // 6 else "middle"
    return f'<text x="{place}" y="{_ALL - 4}" text-anchor="{side}">{words}</text>'


def _dots(marks: Sequence[Mark], axis: Axis, key: Key, tell: Teller) -> str:
    """Passing entries as one path of dots, the others on top as signs.

    A sign leads to its entry when it is clicked. It is no link, for the plot is one picture to whoever does not see it;
    the matrix has a link for each entry.
    """
    stacks: dict[int, int] = {}
    heights = []
    for mark in marks:
        place = axis.at(mark.value) // _STEP * _STEP + _STEP // 2
        heights.append((mark, place, stacks.get(place, 0)))
        stacks[place] = stacks.get(place, 0) + 1
    step = min(Fraction(_STEP), Fraction(_HIGHEST, max(stacks.values())))
    passed, others = [], []
    for mark, x, height in heights:
        y = _BASE - 4 - round(step * height)
        if mark.look is PASSES:
            passed.append(f"M{x} {y}h0")
        else:
            words = labelled(tell(mark.line.name), tell(_shown(key, mark.value, tell)), tell.manner.lang)
            d = f"M{x - 3} {y - 3}l6 6m0-6l-6 6"
            others.append(
                f'<path class="c {mark.look.letter}" d="{d}" data-to="e{mark.line.number}"><title>{words}</title></path>'
            )
    return f'<path class="dots" d="{"".join(passed)}"/>{"".join(others)}' if passed else "".join(others)
