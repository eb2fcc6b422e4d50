"""Rules on content: what they come to by how much is decoded, what is remembered of it, and what is said without ffmpeg."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.witnesses.content.films import black, make, moving, needs_content
from vidcheck import ffmpeg
from vidcheck.findings import Outcome, Verdict
from vidcheck.rules.problems import RulesError
from vidcheck.rules.reader import read_rules
from vidcheck.session.session import Options, Session
from vidcheck.witnesses.content import run

if TYPE_CHECKING:
    from pathlib import Path

    from vidcheck.findings import EntryReport

pytestmark = needs_content
ASKED = """
  black: {fact: content.black, max: 10 %}
  frozen: {fact: content.frozen, max: 20 %}
  tail: {fact: content.black-tail, max: 2 s, level: recommended}
"""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("film") / "film.mp4", [moving(2)], "sine=d=2")


@pytest.fixture(scope="module")
def dark(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("dark") / "dark.mp4", [moving(1), black(2)], "sine=d=3")


def checked(
    film: Path, content: str | None = None, *, asks: str = "", final: bool = False, cache: bool = False,
    thumbnails: bool = False,
) -> EntryReport:  # fmt: skip
    contest = f"contest: {{content: {asks}}}\n" if asks else ""
    rules = read_rules(f"vidcheck: 1\n{contest}rules:{ASKED}".encode())
    options = Options(
        workers=0, content=content, final=final, cache=cache, witness="mediainfo", thumbnails=thumbnails
    )  # fmt: skip
    with Session(rules, options) as session:
        (report,) = session.reports(session.find([film]).targets)
    return report


def outcomes(report: EntryReport) -> list[str]:
    return [finding.outcome.value for finding in report.findings]


def test_rules_on_content_do_not_apply_unless_somebody_looks(film: Path) -> None:
    report = checked(film)
    assert outcomes(report) == ["skip", "skip", "skip"]
    assert report.verdict is Verdict.ELIGIBLE
    assert "content was not looked at; --content keyframes does" in report.findings[0].message.render("en")
    assert outcomes(checked(film, "keyframes")) == ["pass", "skip", "skip"]
    assert outcomes(checked(film, "full")) == ["pass", "pass", "pass"]


def test_with_final_required_ones_that_nobody_looked_for_are_for_a_person(film: Path) -> None:
    report = checked(film, "keyframes", final=True)
    assert outcomes(report) == ["pass", "unknown", "skip"]
    assert report.verdict is Verdict.REVIEW


def test_rules_that_ask_for_all_of_a_film_are_looked_at_in_full_and_unknown_with_less(film: Path) -> None:
    assert outcomes(checked(film, asks="full")) == ["pass", "pass", "pass"]
    report = checked(film, "keyframes", asks="full")
    assert outcomes(report) == ["unknown", "unknown", "skip"]
    assert report.verdict is Verdict.REVIEW


def test_a_film_that_is_black_fails_and_says_when(dark: Path) -> None:
    report = checked(dark, "full")
    assert outcomes(report) == ["fail", "fail", "pass"]
    why = report.findings[0].why
    assert why is not None
    assert why.render("en") == "the longest from 0:01 to 0:03"


def test_what_was_seen_is_remembered_by_how_much_was_decoded(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDCHECK_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr("vidcheck.session.memo.Memory.__init__.__kwdefaults__", {"settled": 0})
    looks: list[str] = []
    look = run.look

    def counted(subject, order, folder):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - as the function that it stands for
        looks.append(order.depth.value)
        return look(subject, order, folder)

    monkeypatch.setattr(run, "look", counted)
    film = make(tmp_path / "again.mp4", [moving(1)], None)
    for depth in ("full", "full", "keyframes", "full"):
        checked(film, depth, cache=True)
    assert looks == ["full", "keyframes"]
    with Session(None, Options(workers=0, content="full", witness="mediainfo", cache=True)) as session:
        list(session.facts(session.find([film]).targets))  # more than the rules ask
    assert looks == ["full", "keyframes", "full"]
    (memory,) = tmp_path.glob("*.sqlite")
    with sqlite3.connect(memory) as base:
        base.execute("DELETE FROM told WHERE asked LIKE 'content%' AND asked NOT LIKE '%fields%'")
    base.close()
    assert outcomes(checked(film, "full", cache=True)) == ["pass", "pass", "pass"]
    assert looks == ["full", "keyframes", "full"]


def test_without_ffmpeg_other_rules_are_unharmed(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "available", lambda: None)
    report = checked(film, "full")
    assert report.findings[0].outcome is Outcome.UNKNOWN
    assert "pip install 'vidcheck[ffmpeg]'" in report.findings[0].message.render("en")
    with Session(None, Options(workers=0, content="full")) as session:
        assert session.unseen is not None


def test_an_unknown_depth_is_refused_with_the_nearest() -> None:
    with pytest.raises(RulesError, match=r"'keyframe' is none of none, keyframes, full \(try \"keyframes\"\)"):
        read_rules(b"vidcheck: 1\ncontest: {content: keyframe}\nrules:\n  size: {max: 1 MB}\n")


def test_pictures_for_the_report_are_looked_at_and_decide_nothing(film: Path) -> None:
    plain, shown = checked(film, "none"), checked(film, "none", thumbnails=True)
    assert replace(shown, content=()) == plain
    assert [fact.key for fact in shown.content if fact.pictures] == ["content.duration"]
    assert outcomes(shown) == outcomes(plain)


def test_loudness_alone_needs_no_picture_unless_pictures_are_wanted(film: Path, tmp_path: Path) -> None:
    rules = tmp_path / "loud.yaml"
    rules.write_text("vidcheck: 1\ncontest: {title: t}\nrules:\n  content.loudness: {max: 0 LUFS}\n", encoding="utf-8")
    pictured = []
    for thumbnails in (False, True):
        with Session(str(rules), Options(workers=0, content="full", thumbnails=thumbnails)) as session:
            report = next(iter(session.reports(session.find([film]).targets)))
        pictured.append(any(fact.pictures for fact in report.content))
    assert pictured == [False, True]
