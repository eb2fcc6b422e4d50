"""Regular expressions that are compiled when they are first used: at a start most are not, and each costs up to 5 ms."""

from __future__ import annotations

import re
from typing import Any, cast


class _Late:
    def __init__(self, source: str, flags: int) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> Any:
        # kept as the instance's own attribute, so that it is asked for here once only; re itself keeps the compiled
        value = self.__dict__[name] = getattr(re.compile(self._source, self._flags), name)
        return value


def late(source: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` gives, later."""
    return cast("re.Pattern[str]", _Late(source, flags))
