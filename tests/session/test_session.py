from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit import put, rules_text
from vidcheck import Options, Session, check
from vidcheck.findings import Report
from vidcheck.rules.problems import RulesError
from vidcheck.session.session import SelectionError
from vidcheck.storage.archive import ArchiveError
from vidcheck.workers.pool import Workers
from vidcheck.workers.protocol import StoppedError

if TYPE_CHECKING:
    from pathlib import Path

RULES = "format: {is: mp4}\nduration: {max: 5 min}"


@pytest.fixture
def rules(tmp_path: Path) -> str:
    path = tmp_path / "rules.yaml"
    path.write_text(rules_text(RULES), encoding="utf-8")
    return str(path)


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> list[Workers]:
    """The workers that were ended."""
    seen: list[Workers] = []
    real = Workers.stop

    def stop(self: Workers) -> None:
        seen.append(self)
        real(self)

    monkeypatch.setattr(Workers, "stop", stop)
    return seen


def test_a_session_step_by_step_is_what_check_does_in_one(rules: str, tmp_path: Path) -> None:
    put(tmp_path / "entry.mp4")
    with Session(rules, Options(workers=1)) as session:
        found = session.find([tmp_path])
        batch = session.declare(found)
        entries = tuple(session.reports(found.targets))
        report = Report(
            tool=session.tools(), rules=session.summary, entries=entries, ignored=tuple(found.ignored), batch=batch
        )
    assert report == check([tmp_path], rules, workers=1)


def test_facts_need_no_rules(tmp_path: Path) -> None:
    with Session(options=Options(workers=1, checksum=True), judging=False) as session:
        assert session.rules is None
        ((entry, facts),) = session.facts(session.find([put(tmp_path / "entry.mp4")]).targets)
    assert entry.name == "entry.mp4"
    assert [fact.witness for fact in facts.of("checksum")] == ["filesystem"]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (Options(workers=1, only=("nothing",)), SelectionError),
        (Options(workers=1, skip=("format", "duration")), SelectionError),
        (Options(workers=1, decisions="none.yaml"), RulesError),
        (Options(cluster="nonsense"), StoppedError),
    ],
    ids=["no such rule", "no rule left", "no such decisions", "no such cluster"],
)
def test_a_session_that_can_not_be_opened_leaves_no_worker_behind(
    rules: str, stopped: list[Workers], options: Options, error: type[Exception]
) -> None:
    with pytest.raises(error), Session(rules, options):
        raise AssertionError("it is open")
    assert len(stopped) == 1


def test_nor_where_its_archive_is_not_there(tmp_path: Path, stopped: list[Workers]) -> None:
    path = tmp_path / "rules.yaml"
    text = "vidcheck: 1\nrules: {format: {is: mp4}}\nbatch:\n  earlier: {not-in-archive: checksum}\n"
    path.write_text(text, encoding="utf-8")
    options = Options(workers=1, archive=tmp_path / "none.sqlite")
    with pytest.raises(ArchiveError), Session(str(path), options):
        raise AssertionError("it is open")
    assert len(stopped) == 1
