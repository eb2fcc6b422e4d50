"""What an argument comes to where that is plain: typer asks pydantic, whose import takes longer than a file's whole check.

Typer 0.29 builds a pydantic adapter for every parameter, also for one that was not given (measured: 0.39 of the
0.65 thousand million instructions of an empty application). Where a value is a text, a list of texts, a number in
plain figures within its bounds, or was not given at all, there is nothing to ask; all else goes typer's own way, and
so do all errors. With a typer that goes another way about it, nothing here changes anything.
"""

from __future__ import annotations

from typing import Any

from vidcheck.lazy import late

_FIGURES = {int: late(r"[0-9]{1,9}"), float: late(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")}


def quickened(parameters: list[Any]) -> None:
    """Gives these parameters, once, the short way to their values."""
    for parameter in parameters:
        usual = getattr(parameter, "get_runtime_param", None)
        if usual is not None and not isinstance(usual, _Quick):
            parameter.get_runtime_param = _Quick(usual, getattr(parameter, "type_descriptor", None))


class _Quick:
    """Stands where typer asks for a parameter's adapter, and is asked in the adapter's place."""

    def __init__(self, usual: Any, described: Any) -> None:
        self._usual = usual
        self._asked: Any = getattr(described, "annotation", None)
        about = getattr(described, "parameter_info", None)
        self._least, self._most = getattr(about, "min", None), getattr(about, "max", None)
        self._parsed = about is None or about.parser is not None

    def __call__(self) -> _Quick:
        return self

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value as the command gets it. Raises BadParameter."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        if not self._parsed:
            if self._asked is str and type(value) is str and not param.multiple and param.nargs == 1:
                return value
            if self._asked == list[str] and type(value) in {list, tuple} and all(type(one) is str for one in value):
                return list(value)
            if self._asked in _FIGURES:
                figure = self._figure(value)
                if figure is not None:
                    return figure
        return self._usual().coerce(value, param=param, ctx=ctx)

    def _figure(self, value: Any) -> float | None:
        if type(value) is str and _FIGURES[self._asked].fullmatch(value):
            value = self._asked(value)
        if type(value) is not self._asked:
            return None
        within = (self._least is None or value >= self._least) and (self._most is None or value <= self._most)
        return value if within else None
