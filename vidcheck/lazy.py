"""What a start leaves for later: patterns that are compiled, and modules that are loaded, when they are first used."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

UNUSED = frozenset({"asyncio", "pebble.asynchronous", "bz2", "ipaddress", "lzma", "platform"})
"""Modules that libraries bring along and a check never uses: pebble brings asyncio and with it ssl, shutil brings
bz2 and lzma, typer platform. Measured: a sixth of what importing typer and pebble takes."""


class _Late:
    def __init__(self, source: str, flags: int) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> Any:
        # kept as the instance's own attribute, so that it is asked for here once only; re itself keeps the compiled
        value = self.__dict__[name] = getattr(re.compile(self._source, self._flags), name)
        return value


def late(source: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` gives, later: at a start most patterns are not used, and each costs up to 5 ms."""
    return cast("re.Pattern[str]", _Late(source, flags))


def load_unused_late() -> None:
    """From now on the `UNUSED` are loaded no sooner than anything of theirs is used.

    For processes that are all ours, at their very start: it is importlib's own LazyLoader, as its documentation
    recommends it for command lines.
    """
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)


class _Finder:
    """Finds the unused modules where they are, and loads them late."""

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
