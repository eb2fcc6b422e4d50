from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.answers import (
    always,
    cut_short,
    dripping,
    endless,
    endless_headers,
    hung_up,
    no_http,
    packed,
    ranged,
    silent,
    status,
    times,
    unmeasured,
    whole,
)
from tests.kit import Run, rules_text
from tests.sources.servers import DAY, fault, plain, sample
from vidcheck.findings import Verdict
from vidcheck.rules.reader import read_rules
from vidcheck.session.messages import Policy
from vidcheck.sources.targets import find
from vidcheck.workers.pool import Workers
from vidcheck.workers.remote import workers_away

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.server import Handler, Server

# --- servers that fail, for a moment or for good ---


@pytest.mark.parametrize(
    "failing",
    [
        pytest.param(status(503), id="503"),
        pytest.param(status(500), id="500"),
        pytest.param(status(429, Retry_After="0"), id="429"),
        pytest.param(cut_short, id="cut-short"),
        pytest.param(hung_up, id="hung-up"),
    ],
)
def test_a_failure_that_passes_leaves_no_trace(
    failing: Callable[[Handler], None], server: Server, looked: Any, tmp_path: Path
) -> None:
    local = sample(tmp_path / "a.mp4")
    server.misbehave["a.mp4"] = times(2, failing)
    assert plain(looked(server.url("a.mp4"))) == plain(looked(str(local)))


@pytest.mark.parametrize(
    ("failing", "words", "requests"),
    [
        pytest.param(status(503), "the server failed (status 503)", 4, id="503"),
        pytest.param(cut_short, "the server broke off before it had sent what it announced", 4, id="cut-short"),
        pytest.param(status(404), "the server has no such object (status 404)", 1, id="404"),
        pytest.param(status(403), "the server does not permit reading it (status 403)", 1, id="403"),
        pytest.param(status(400), "the server refused (status 400)", 1, id="400"),
    ],
)
def test_a_failure_that_stays_is_a_fault_after_a_few_tries(
    failing: Callable[[Handler], None], words: str, requests: int, server: Server, looked: Any
) -> None:
    sample(server.folder / "a.mp4")
    server.misbehave["a.mp4"] = always(failing)
    assert fault(looked(server.url("a.mp4"))) == words
    assert len(server.asked) == requests


def test_a_server_that_is_not_there_is_a_fault(server: Server, looked: Any) -> None:
    server.stop()
    assert fault(looked(server.url("a.mp4"))) == "there is no connection to the server"


OTHER = "the server sent other bytes than it was asked for"
NO_HTTP = "the server does not answer as HTTP asks"


@pytest.mark.parametrize(
    ("lying", "words"),
    [
        pytest.param(whole, "the server sends whole files only, no parts of them", id="ignores-ranges"),
        pytest.param(unmeasured, "the server sends whole files only, no parts of them", id="whole-without-length"),
        pytest.param(ranged(""), "the server does not say which bytes it sent", id="no-content-range"),
        pytest.param(ranged("bytes 0-65535/*"), "the server does not say which bytes it sent", id="no-size"),
        pytest.param(ranged("bytes 1-65536/130000000"), OTHER, id="other-start"),
        pytest.param(ranged("bytes 0-65536/130000000"), OTHER, id="other-end"),
        pytest.param(ranged("bytes 0-65535/100"), OTHER, id="beyond-the-size"),
        pytest.param(ranged("bytes 0-65535/130000000", 70_000), OTHER, id="longer"),
        pytest.param(ranged("bytes 0-65535/130000000", 60_000), OTHER, id="shorter"),
        pytest.param(endless, "the server sent more than it was asked for", id="endless"),
        pytest.param(endless_headers, NO_HTTP, id="endless-headers"),
        pytest.param(status(206, X_Long="x" * 100_000), NO_HTTP, id="huge-header"),
        pytest.param(no_http, NO_HTTP, id="no-http"),
        pytest.param(packed, "the server packs what it sends, although it was asked not to", id="packed"),
    ],
)
def test_a_lying_server_is_a_fault_of_that_entry(
    lying: Callable[[Handler], None], words: str, server: Server, workers: Workers, tmp_path: Path
) -> None:
    sample(tmp_path / "a.mp4")
    sample(tmp_path / "b.mp4")
    server.misbehave["a.mp4"] = always(lying)
    rules = read_rules(rules_text("format: {is: mp4}").encode(), "rules.yaml")
    run = Run(rules=rules, workers=workers)
    bad, good = run.reports(find([server.url("a.mp4"), server.url("b.mp4")], private=True).targets)
    assert [one.message.render("en") for one in bad.faults] == [words]
    assert bad.verdict is Verdict.REVIEW
    assert good.verdict is Verdict.ELIGIBLE


def test_a_small_file_may_come_whole(server: Server, looked: Any, tmp_path: Path) -> None:
    local = sample(tmp_path / "a.mp4", b"no film at all")
    server.misbehave["a.mp4"] = always(lambda handler: handler.answer(200, b"no film at all", handler.about("a.mp4")))
    assert plain(looked(server.url("a.mp4"))) == plain(looked(str(local)))


@pytest.mark.parametrize("slow", [silent, dripping])
def test_a_slow_server_is_a_fault_when_the_time_is_up(
    slow: Callable[[Handler], None], server: Server, looked: Any, tmp_path: Path
) -> None:
    sample(tmp_path / "a.mp4")
    server.misbehave["a.mp4"] = always(slow)
    assert fault(looked(server.url("a.mp4"), timeout=1.5)) == "no answer in 0:01.500"


@pytest.mark.parametrize("at", [1, 2])
def test_an_object_that_changes_is_still_being_written(at: int, server: Server, looked: Any, tmp_path: Path) -> None:
    sample(tmp_path / "a.mp4")

    def change(handler: Handler) -> bool:
        if len(server.asked) > at:
            os.utime(tmp_path / "a.mp4", (DAY + 60, DAY + 60))
        return False

    server.misbehave["a.mp4"] = change
    assert fault(looked(server.url("a.mp4"))) == "the file changed while it was read: it is still being written"


def test_a_server_that_heeds_no_conditions_is_found_out(server: Server, looked: Any, tmp_path: Path) -> None:
    sample(tmp_path / "a.mp4")

    def change(handler: Handler) -> bool:
        del handler.headers["If-Match"]
        if len(server.asked) > 1:
            os.utime(tmp_path / "a.mp4", (DAY + 60, DAY + 60))
        return False

    server.misbehave["a.mp4"] = change
    assert fault(looked(server.url("a.mp4"))) == "the file changed while it was read: it is still being written"


def test_entries_are_asked_for_several_at_once(server: Server, tmp_path: Path) -> None:
    together = threading.Barrier(4)

    def meet(handler: Handler) -> None:
        together.wait(timeout=60)
        handler.serve(handler.name)

    for number in range(4):
        sample(tmp_path / f"{number}.mp4")
        server.misbehave[f"{number}.mp4"] = times(1, meet)
    targets = find([server.url(f"{number}.mp4") for number in range(4)], private=True).targets
    local, away = Workers(1), workers_away(targets, 4)
    try:
        run = Run(rules=None, workers=local, away=away, policy=Policy.MEDIAINFO, timeout=60)
        assert [facts.faults for _, facts in run.facts(targets)] == [(), (), (), ()]
    finally:
        local.stop()
        assert away is not None
        away.stop()
