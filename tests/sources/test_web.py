from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.clips import sparse, surgery
from tests.kit import MB, Run, rules_text
from tests.sources.servers import plain, sample, stamped
from vidcheck.findings import Outcome, Verdict
from vidcheck.rules.reader import read_rules
from vidcheck.session.messages import Policy
from vidcheck.sources.targets import find

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server import Server
    from vidcheck.workers.pool import Workers

# --- what is read, and how much of it ---


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(surgery.clip(), id="index-first"),
        pytest.param(surgery.move_index_last(surgery.clip()), id="index-last"),
        pytest.param(surgery.fragment(surgery.clip()), id="fragmented"),
        pytest.param(surgery.clip()[:20_000], id="cut-off"),
        pytest.param(b"no film at all", id="text"),
        pytest.param(b"", id="empty"),
    ],
)
def test_a_remote_entry_has_the_same_facts_as_a_local_copy(
    data: bytes, server: Server, looked: Any, tmp_path: Path
) -> None:
    local = sample(tmp_path / "电影 1.mp4", data)
    assert plain(looked(server.url("电影 1.mp4"))) == plain(looked(str(local)))


def test_the_checksum_is_that_of_all_bytes(server: Server, looked: Any, tmp_path: Path) -> None:
    local = sample(tmp_path / "a.mp4", surgery.clip() + bytes(3 * MB))
    assert plain(looked(server.url("a.mp4"), checksum=True)) == plain(looked(str(local), checksum=True))


@pytest.mark.parametrize(
    ("data", "most"),
    [
        pytest.param(surgery.clip(), 1_000_000, id="index-first"),
        pytest.param(surgery.move_index_last(surgery.clip()), 1_500_000, id="index-last"),
    ],
)
def test_of_130_mb_no_more_than_the_index_is_fetched(
    data: bytes, most: int, server: Server, looked: Any, tmp_path: Path
) -> None:
    sparse.grow_mdat(tmp_path / "a.mp4", data, 130 * MB)
    stamped(tmp_path / "a.mp4")
    assert plain(looked(server.url("a.mp4"))) == plain(looked(str(tmp_path / "a.mp4")))
    assert server.sent <= most
    assert len(server.asked) <= 6 + 3  # three for samples


def test_where_mediainfo_would_read_too_much_the_headers_still_tell(
    server: Server, here: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidcheck.sources.remote._MOST", 200_000)
    sparse.write_sparse(tmp_path / "a.mp4", b"no film at all" + bytes(100), 130 * MB)
    facts = here(server.url("a.mp4"), private=True)
    assert [fact.value for fact in facts.of("format")] == ["none"]
    assert [(one.witness, one.message.render("en")) for one in facts.faults] == [
        ("mediainfo", "more than 200 kB (200,000 bytes) would have to be fetched of it")
    ]
    assert server.sent < 300_000


def test_an_entry_is_judged_by_the_witnesses_that_can_look(server: Server, workers: Workers, tmp_path: Path) -> None:
    sample(tmp_path / "a.mp4")
    rules = read_rules(rules_text("format: {is: mp4}\nduration: {max: 1 s}").encode(), "rules.yaml")
    run = Run(rules=rules, workers=workers, policy=Policy.ALL)
    (report,) = run.reports(find([server.url("a.mp4")], private=True).targets)
    assert [finding.outcome for finding in report.findings] == [Outcome.PASS, Outcome.FAIL]
    assert report.verdict is Verdict.INELIGIBLE
    assert not report.faults
