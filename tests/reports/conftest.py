"""Exact texts kept as data. They change only with VIDCHECK_GOLDEN=write in the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def same_as() -> Callable[[str, str], None]:
    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if os.environ.get("VIDCHECK_GOLDEN") == "write":
            path.write_bytes(text.encode())
        assert text == path.read_bytes().decode()

    return compare
