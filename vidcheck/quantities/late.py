"""Regular expressions that are compiled when they are first used: at a start most are not, and each costs a millisecond."""

from __future__ import annotations

import re
from typing import Any, cast


class _Late:
    def __init__(self, source: str, flags: int) -> None:
        self._source, self._flags = source, flags
        self._made: re.Pattern[str] | None = None

    def __getattr__(self, name: str) -> Any:
        made = self._made
        if made is None:
            made = self._made = re.compile(self._source, self._flags)
        found = getattr(made, name)
        setattr(self, name, found)  # a table of 5,000 rows asks 200,000 times: from now on it is just there
        return found


def late(source: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` gives, later."""
    return cast("re.Pattern[str]", _Late(source, flags))
