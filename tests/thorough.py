"""How much is tried: a sixth in the ordinary run, all where VIDCHECK_THOROUGH is set, as in .ci/run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")
_PART = 1 if os.environ.get("VIDCHECK_THOROUGH") else 6


def examples(many: int) -> int:
    """So many, or the ordinary run's share of them."""
    return -(-many // _PART)


def some(items: Iterable[T]) -> list[T]:
    """All of them, or the ordinary run's share."""
    return list(items)[::_PART]


settings.register_profile(
    "vidcheck", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=examples(100)
)  # fmt: skip
"""No finding is a busy machine's."""
