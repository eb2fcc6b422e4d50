"""Defers work from start-up to first use: compiling patterns and loading modules."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

UNUSED = frozenset({"asyncio", "pebble.asynchronous", "bz2", "ipaddress", "lzma"})
"""Modules that libraries import and a check never uses: pebble imports asyncio and so ssl, shutil imports bz2 and
lzma. They take a sixth of the time of importing typer and pebble (measured)."""


class _Late:
    def __init__(self, source: str, flags: int) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> Any:
        # set on the instance, so that __getattr__ runs once for each name; re caches the compiled pattern
        value = self.__dict__[name] = getattr(re.compile(self._source, self._flags), name)
        return value


def late(source: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern that is compiled on first use: most patterns are not used at start-up, and each costs up to 5 ms."""
    return cast("re.Pattern[str]", _Late(source, flags))


def load_unused_late() -> None:
    """Makes imports of the `UNUSED` modules lazy from now on.

    Call it only at the very start of a process that is ours. It uses importlib's LazyLoader, as its documentation
    recommends for command lines.
    """
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)


class _Finder:
    """Finds the unused modules and gives them a lazy loader."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in UNUSED:
            return None
        from importlib.machinery import PathFinder
        from importlib.util import LazyLoader

        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec
