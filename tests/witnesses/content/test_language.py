"""Which pieces of speech a model hears, what its votes come to, and which folders are models."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from vidcheck.witnesses.content import language
from vidcheck.witnesses.content.language import MOST_PIECES, VARIABLE, Vote
from vidcheck.witnesses.content.run import Limits
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from pathlib import Path

    from vidcheck.witnesses.content.log import Stretch

LIMITS = Limits(silence=60, whole=600, threads=1)


def stretch(start: float, end: float) -> Stretch:
    return Fraction(start), Fraction(end)


def votes(**counts: int) -> list[Vote]:
    return [Vote(Fraction(0), code, 0.9) for code, count in counts.items() for _ in range(count)]


def test_speech_is_cut_into_pieces_of_30_s_without_its_pauses() -> None:
    assert language.pieces([stretch(2, 12), stretch(20, 45)]) == [
        [stretch(2, 12), stretch(20, 40)], [stretch(40, 45)],
    ]  # fmt: skip


def test_less_than_3_s_of_speech_have_no_vote() -> None:
    assert language.pieces([stretch(1, 3)]) == []
    assert len(language.pieces([stretch(0, 31)])) == 1


def test_of_a_long_film_pieces_are_taken_everywhere() -> None:
    found = language.pieces([stretch(0, 36_000)])
    assert len(found) == MOST_PIECES
    assert found[0][0][0] == 0
    assert found[-1][0][0] > 35_000


def test_a_language_is_spoken_from_15_percent_of_the_votes_on() -> None:
    assert language.spoken(votes(en=3, zh=17)) == ("zh", "en")
    assert language.spoken(votes(en=2, zh=18)) == ("zh",)
    assert language.spoken([]) == ()


def test_a_vote_that_is_not_sure_counts_for_nothing() -> None:
    assert language.spoken([Vote(Fraction(0), "en", 0.49)]) == ()
    assert language.spoken([Vote(Fraction(0), "en", 0.49), Vote(Fraction(30), "zh", 0.9)]) == ("zh",)


def test_without_a_model_nothing_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert language.look(tmp_path / "voice", [stretch(0, 10)], LIMITS, lambda _: None) is None
    assert language.identity() == "none"


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (None, "is no folder; a model is not fetched by its name"),
        (("model.bin", "config.json", "vocabulary.txt"), "it has no tokenizer.json"),
        (("config.json", "tokenizer.json", "vocabulary.txt"), "it has no model.bin"),
        (("model.bin", "config.json", "tokenizer.json"), "it has no vocabulary.json"),
    ],
)
def test_what_is_no_model_is_named_and_never_fetched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, files: tuple[str, ...] | None, says: str
) -> None:
    folder = tmp_path / "model"
    if files is not None:
        folder.mkdir()
        for name in files:
            (folder / name).touch()
    monkeypatch.setenv(VARIABLE, str(folder))
    with pytest.raises(CouldNotLookError) as caught:
        language.look(tmp_path / "voice", [stretch(0, 10)], LIMITS, lambda _: None)
    assert says in str(caught.value)
    assert str(folder) in language.identity()


def test_another_model_makes_another_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / name).touch()
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    before = language.identity()
    (tmp_path / "model.bin").write_bytes(b"another")
    assert language.identity() != before


def test_without_the_library_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / name).touch()
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.setattr(language, "version", lambda: None)
    with pytest.raises(CouldNotLookError, match=r"pip install 'vidcheck\[speech\]'"):
        language.look(tmp_path / "voice", [stretch(0, 10)], LIMITS, lambda _: None)
