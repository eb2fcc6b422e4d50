"""How far a look at a film is, of which decoding is only the first part."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Progress:
    """Shares the film out among the parts of a look, by the seconds that each is likely to take.

    People see minutes of film: when a part that costs a third of the look is done, so is a third of the film.
    """

    def __init__(self, watched: Callable[[float, float], None], total: float, costs: Mapping[str, float]) -> None:
        self._watched = watched
        self._total = total
        whole = sum(costs.values()) or 1.0
        self._parts: dict[str, tuple[float, float]] = {}
        before = 0.0
        for name, cost in costs.items():
            self._parts[name] = before / whole, cost / whole
            before += cost

    def of(self, name: str) -> Callable[[float], None]:
        """A function that hears how much of that part is done, from 0 to 1."""
        before, share = self._parts[name]
        return lambda done: self._watched((before + min(1.0, done) * share) * self._total, self._total)
