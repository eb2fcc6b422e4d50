"""Where somebody speaks, and the process in which its library runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from vidcheck.witnesses.content import helper, speech
from vidcheck.witnesses.content.run import Limits
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from pathlib import Path

FAULTY = "tests.witnesses.content.faulty_helper"
LIMITS = Limits(silence=20, whole=60, threads=1)


def heard(*chances: tuple[float, float]) -> list[tuple[float, float]]:
    """The stretches of these (probability, seconds)."""
    listener = speech.Listener()
    found = [listener.take(chance) for chance, seconds in chances for _ in range(round(seconds * 31.25))]
    return [(float(one[0]), float(one[1])) for one in [*found, listener.end()] if one]


def test_a_pause_shorter_than_half_a_second_belongs_to_speech() -> None:
    assert heard((0, 1.6), (0.9, 1.6), (0, 0.32), (0.9, 1.6), (0, 3.2)) == [(1.6, 5.12)]
    assert heard((0, 1.6), (0.9, 1.6), (0, 0.64), (0.9, 1.6)) == [(1.6, 3.2), (3.84, 5.44)]


def test_speech_begins_when_likely_and_goes_on_until_unlikely() -> None:
    assert heard((0.45, 3.2)) == []
    assert heard((0.6, 0.32), (0.45, 3.2), (0.3, 1.6)) == [(0, 3.52)]


def test_a_click_is_no_speech() -> None:
    assert heard((0, 1.6), (0.9, 0.16), (0, 1.6)) == []


def asked(do: str, limits: Limits = LIMITS) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    helper.ask(FAULTY, {"do": do}, limits, found.append)
    return found


def test_a_helper_has_neither_secrets_nor_a_way_to_fetch_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDCHECK_SECRET", "hidden")
    assert asked("tell") == [{"at": 1}, {"at": 2}, {"secret": None, "offline": "1"}]


@pytest.mark.process
@pytest.mark.parametrize(
    ("do", "says"),
    [
        ("hang", "it said nothing for 0.5 s"),
        ("crash", "it was ended by the signal SIGSEGV"),
        ("eat", "it took more memory than it may have"),
        ("leave", "a library's unfinished line"),
        ("call", "PermissionError: the network is not used"),
        ("nonsense", "ValueError: nonsense"),
    ],
)
def test_a_helper_that_fails_says_how(do: str, says: str) -> None:
    limits = Limits(silence=0.5, whole=60, threads=1) if do == "hang" else LIMITS
    with pytest.raises(CouldNotLookError) as caught:
        asked(do, limits)
    assert str(caught.value) == says


def test_without_the_library_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(speech, "version", lambda: None)
    with pytest.raises(CouldNotLookError, match=r"pip install 'vidcheck\[speech\]'"):
        speech.look(tmp_path / "voice", LIMITS, lambda _: None)
