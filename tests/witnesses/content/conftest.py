"""What all tests of decoded content use."""

from __future__ import annotations

import pytest

from tests.witnesses.content.films import BOTH, PROGRAMS
from vidcheck import ffmpeg


@pytest.fixture(params=BOTH)
def program(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each ffmpeg in turn, as the one that vidcheck finds."""
    found = PROGRAMS[request.param]
    if found is None:
        pytest.skip("it is not installed")
    monkeypatch.setattr(ffmpeg, "available", lambda: found)
    return found
