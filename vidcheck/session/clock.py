"""The date of a run."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vidcheck.facts import visible
from vidcheck.texts import Readable, say

if TYPE_CHECKING:
    from datetime import date, tzinfo

VARIABLE = "SOURCE_DATE_EPOCH"
"""The environment variable that sets the run's date, in seconds since 1970 (reproducible-builds.org)."""


class RunDateError(ValueError):
    """The variable is no time; `words` says so."""

    def __init__(self, words: Readable) -> None:
        self.words = words
        super().__init__(words.render("en"))


def today(zone: tzinfo) -> date:
    """The run's date in that zone. Raises RunDateError."""
    return now(zone).date()


def now(zone: tzinfo = UTC) -> datetime:
    """The run's time in that zone. Raises RunDateError."""
    given = os.environ.get(VARIABLE, "")
    try:
        return datetime.fromtimestamp(int(given) if given else time.time(), zone)
    except (ValueError, OverflowError, OSError):
        raise RunDateError(
            say("the run's date is not known: {variable} is '{text}', not a number of seconds since 1970",
                variable=VARIABLE, text=visible(given))
        ) from None  # fmt: skip
