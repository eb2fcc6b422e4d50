"""Entries in S3, on moto's server: a real object store in this process, asked over a real connection."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

from tests.answers import always, cut_short, dripping, endless, hung_up, no_http, ranged, silent, status, times, whole
from tests.cli.run import vidcheck
from tests.clips import sparse, surgery
from tests.kit import MB, Run, put, rules_text
from tests.server import Server
from tests.sources.servers import fault, plain
from tests.thorough import some
from vidcheck.session.messages import Policy
from vidcheck.sources.targets import find
from vidcheck.workers.pool import Workers
from vidcheck.workers.remote import environment, workers_away

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from vidcheck.facts import Entry, Facts
    from vidcheck.sources.targets import Found


pytestmark = pytest.mark.process  # each test waits for a server, which is emptied after it: 0.3 s


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    running = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture(autouse=True)
def _configured(endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAHUNTER2")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(scope="module")
def client(endpoint: str) -> Iterator[Any]:
    """An organizer's own tools, which take a while to load."""
    import botocore.session

    made = botocore.session.get_session().create_client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="AKIAHUNTER2", aws_secret_access_key="hunter2"  # noqa: S106 - our own server's
    )  # fmt: skip
    yield made
    made.close()


@pytest.fixture
def store(endpoint: str, client: Any) -> Iterator[Any]:
    """The same store, as an organizer's own tools fill it."""
    client.create_bucket(Bucket="contest")
    yield client
    urlopen(Request(f"{endpoint}/moto-api/reset", method="POST")).close()  # noqa: S310 - our own server


def fill(store: Any, *keys: str) -> None:
    for key in keys:
        store.put_object(Bucket="contest", Key=key, Body=b"x")


def paths(found: Found) -> list[str]:
    return [target.path.removeprefix("s3://contest/") for target in found.targets]


# --- which objects ---


def test_a_folder_of_a_bucket_is_listed_with_all_below_it(store: Any) -> None:
    fill(
        store, "in/b.mp4", "in/a.MOV", "in/deep/er/c.mkv", "in/notes.txt", "in/film", "in/", "other/d.mp4", "inside.mp4"
    )
    found = find(["s3://contest/in/"])
    assert paths(found) == ["in/a.MOV", "in/b.mp4", "in/deep/er/c.mkv"]
    assert len(found.ignored) == 2
    assert paths(find(["s3://contest/in"])) == paths(found)


def test_a_bucket_is_listed_whole(store: Any) -> None:
    fill(store, "a.mp4", "in/b.mp4")
    assert paths(find(["s3://contest"])) == paths(find(["s3://contest/"])) == ["a.mp4", "in/b.mp4"]


def test_hidden_objects_are_ignored_and_counted(store: Any) -> None:
    fill(store, "in/a.mp4", "in/._a.mp4", "in/.cache/b.mp4")
    found = find(["s3://contest/in/"])
    assert paths(found) == ["in/a.mp4"]
    assert len(found.ignored) == 2


@pytest.mark.parametrize(
    ("pattern", "keys"),
    some(
        [
            ("in/*.mp4", ["in/1.mp4", "in/2.mp4"]),
            ("in/[12].mp4", ["in/1.mp4", "in/2.mp4"]),
            ("in/[!1].mp4", ["in/2.mp4"]),
            ("in/?.mp4", ["in/1.mp4", "in/2.mp4"]),
            ("in/**/*.mp4", ["in/1.mp4", "in/2.mp4", "in/deep/3.mp4"]),
            ("in/*.txt", ["in/notes.txt"]),
            ("in*", ["in/1.mp4", "in/2.mp4", "in/deep/3.mp4"]),
        ]
    ),
)
def test_a_pattern_names_objects_as_it_names_files(
    pattern: str, keys: list[str], store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = ["in/1.mp4", "in/2.mp4", "in/deep/3.mp4", "in/notes.txt", "in/.4.mp4"]
    fill(store, *every)
    for key in every:
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    assert paths(find([f"s3://contest/{pattern}"])) == paths(find([pattern])) == keys


def test_an_object_whose_name_looks_like_a_pattern_is_itself(store: Any) -> None:
    fill(store, "in/[1].mp4", "in/1.mp4")
    assert paths(find(["s3://contest/in/[1].mp4"])) == ["in/[1].mp4"]


def test_a_list_of_many_pages_is_read_to_its_end(store: Any) -> None:
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.s3.models import s3_backends

    for number in range(2050):  # past the server's door: through it they would take a minute
        s3_backends[DEFAULT_ACCOUNT_ID]["aws"].put_object("contest", f"in/{number:04}.mp4", b"x")
    found = find(["s3://contest/in/"])
    assert paths(found) == [f"in/{number:04}.mp4" for number in range(2050)]


def test_an_object_reached_twice_is_one_entry(store: Any) -> None:
    fill(store, "in/a.mp4")
    found = find(["s3://contest/in/", "s3://contest/in/a.mp4", "s3://contest/in/*.mp4"])
    assert paths(found) == ["in/a.mp4"]
    assert not found.incomplete


def test_what_is_not_there_is_told(store: Any) -> None:
    fill(store, "in/notes.txt")
    found = find(["s3://contest/none", "s3://contest/in/", "s3://contest/*.mp4"])
    assert (found.missing, found.empty) == (["s3://contest/none"], ["s3://contest/in/", "s3://contest/*.mp4"])


def test_a_bucket_that_is_not_there_is_told(store: Any) -> None:
    (words,) = find(["s3://elsewhere/in/"]).refused
    assert words.render("en") == ("s3://elsewhere/in/ could not be listed: the server has no such object (status 404)")


def test_without_credentials_that_is_what_is_said(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    (words,) = find(["s3://contest/in/"]).refused
    assert words.render("en") == (
        "s3://contest/in/ could not be listed: there are no credentials for the bucket: "
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
    )


def test_a_configuration_that_can_not_be_used_is_told(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "hunter2")
    (words,) = find(["s3://contest/in/"]).refused
    assert words.render("en") == (
        "s3://contest/in/ could not be listed: the provider's own configuration can't be used"
    )


# --- what is read of them ---


@pytest.fixture
def looked() -> Iterator[Callable[..., tuple[Entry, Facts]]]:
    pools: list[Workers] = []

    def look(path: str, **more: Any) -> tuple[Entry, Facts]:
        targets = find([path]).targets
        pools.append(workers_away(targets, 1) or Workers(1))
        run = Run(rules=None, workers=pools[-1], policy=Policy.MEDIAINFO, **more)
        (told,) = run.facts(targets)
        assert not run.internal
        return told

    yield look
    for pool in pools:
        pool.stop()


def same_time(store: Any, key: str, path: Path) -> None:
    modified = store.head_object(Bucket="contest", Key=key)["LastModified"].timestamp()
    os.utime(path, (modified, modified))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(surgery.clip(), id="index-first"),
        pytest.param(surgery.move_index_last(surgery.clip()), id="index-last"),
        pytest.param(b"", id="empty"),
    ],
)
def test_an_object_has_the_same_facts_as_a_local_copy(data: bytes, store: Any, looked: Any, tmp_path: Path) -> None:
    local = put(tmp_path / "电影 1.mp4", data)
    store.put_object(Bucket="contest", Key="in/电影 1.mp4", Body=data)
    same_time(store, "in/电影 1.mp4", local)
    told = looked("s3://contest/in/电影 1.mp4", checksum=True)
    assert plain(told) == plain(looked(str(local), checksum=True))


@pytest.mark.parametrize(
    ("data", "most"),
    [
        pytest.param(surgery.clip(), 1_000_000, id="index-first", marks=pytest.mark.slow),
        pytest.param(surgery.move_index_last(surgery.clip()), 1_500_000, id="index-last"),
    ],
)
def test_of_130_mb_in_a_bucket_no_more_than_the_index_is_fetched(
    data: bytes, most: int, store: Any, looked: Any, tmp_path: Path
) -> None:
    from vidcheck.sources import remote
    from vidcheck.witnesses import mediainfo
    from vidcheck.witnesses.mp4 import boxes

    sparse.grow_mdat(tmp_path / "a.mp4", data, 130 * MB)
    with (tmp_path / "a.mp4").open("rb") as body:
        store.put_object(Bucket="contest", Key="a.mp4", Body=body)
    try:
        with remote.open_entry("s3://contest/a.mp4", private=False, seconds=30) as file:
            layout = boxes.look(file, file.size)  # type: ignore[arg-type]
            assert boxes.read(layout)
            assert mediainfo.read(mediainfo.look(file))  # type: ignore[arg-type]
            file.confirm()
            assert file.fetched <= most
            assert file.requests <= 6 + 3  # three for samples
    finally:
        remote.close_connections()


def test_an_object_that_is_gone_is_a_fault(store: Any, looked: Any) -> None:
    assert fault(looked("s3://contest/a.mp4")) == "the server has no such object (status 404)"


def test_an_object_that_changes_is_still_being_written(store: Any) -> None:
    from vidcheck.sources import remote
    from vidcheck.witnesses.errors import CouldNotLookError

    store.put_object(Bucket="contest", Key="a.mp4", Body=bytes(MB))
    try:
        with remote.open_entry("s3://contest/a.mp4", private=False, seconds=30) as file:
            store.put_object(Bucket="contest", Key="a.mp4", Body=b"x" * MB)
            file.seek(500_000)
            with pytest.raises(CouldNotLookError, match="it is still being written"):
                file.read(10)
    finally:
        remote.close_connections()


def test_a_bucket_is_checked_from_the_command_line(store: Any, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(rules_text("format: {is: mp4}"))
    store.put_object(Bucket="contest", Key="in/a.mp4", Body=surgery.clip())
    fill(store, "in/b.mp4", "in/notes.txt")
    told = vidcheck("check", "s3://contest/in/", "--report", "json:-", cwd=tmp_path)
    assert told.returncode == 1, told.stderr
    report = json.loads(told.stdout)
    assert [(entry["path"], entry["verdict"]) for entry in report["entries"]] == [
        ("s3://contest/in/a.mp4", "eligible"),
        ("s3://contest/in/b.mp4", "ineligible"),
    ]
    assert report["summary"]["ignored"] == 1
    assert not [text for text in (told.stdout, told.stderr) if "hunter2" in text.lower()]


def test_a_public_bucket_needs_no_credentials(store: Any, looked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put_object(Bucket="contest", Key="a.mp4", Body=surgery.clip(), ACL="public-read")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("FSSPEC_S3_ANON", "true")
    assert not looked("s3://contest/a.mp4")[1].faults


# --- stores that fail ---


@pytest.fixture
def failing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A store that answers as the test says."""
    (tmp_path / "contest").mkdir()
    put(tmp_path / "contest" / "a.mp4")
    running = Server(tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", running.url("").rstrip("/"))
    yield running
    running.stop()


@pytest.mark.parametrize(
    ("answer", "words"),
    some(
        [
            pytest.param(status(503), "the server failed (status 503)", id="503"),
            pytest.param(status(403), "the server does not permit reading it (status 403)", id="403"),
            pytest.param(cut_short, "the server broke off before it had sent what it announced", id="cut-short"),
            pytest.param(hung_up, "there is no connection to the server", id="hung-up"),
            pytest.param(no_http, "there is no connection to the server", id="no-http"),
            pytest.param(whole, "the server does not say which bytes it sent", id="ignores-ranges"),
            pytest.param(endless, "the server sent more than it was asked for", id="endless"),
            pytest.param(
                ranged("bytes 1-65536/130000000"), "the server sent other bytes than it was asked for", id="other-start"
            ),
        ]
    ),
)
def test_a_store_that_fails_is_a_fault(answer: Callable[[Any], None], words: str, failing: Server, looked: Any) -> None:
    failing.misbehave["contest/a.mp4"] = always(answer)
    assert fault(looked("s3://contest/a.mp4")) == words


@pytest.mark.parametrize("answer", [status(503), cut_short, hung_up])
def test_a_store_that_fails_for_a_moment_is_asked_again(
    answer: Callable[[Any], None], failing: Server, looked: Any
) -> None:
    failing.misbehave["contest/a.mp4"] = times(2, answer)
    assert not looked("s3://contest/a.mp4")[1].faults


@pytest.mark.parametrize("slow", [silent, dripping])
def test_a_slow_store_is_a_fault_when_the_time_is_up(slow: Callable[[Any], None], failing: Server, looked: Any) -> None:
    failing.misbehave["contest/a.mp4"] = always(slow)
    assert fault(looked("s3://contest/a.mp4", timeout=2)) == "no answer in 0:02"


# --- who knows the credentials ---


def names() -> list[str]:
    """Runs in a worker: the names of its environment."""
    return sorted(os.environ)


def test_only_workers_for_buckets_know_the_credentials(store: Any) -> None:
    targets = find(["s3://contest/a.mp4"]).targets
    away, local = workers_away(targets, 1), Workers(1)
    assert away is not None
    try:
        assert "AWS_SECRET_ACCESS_KEY" in away.submit(names, deadline=60).result()
        assert not [name for name in local.submit(names, deadline=60).result() if name.startswith("AWS_")]
    finally:
        away.stop()
        local.stop()


def test_workers_for_the_web_know_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", "/ca.pem")
    monkeypatch.setenv("HTTPS_PROXY", "http://user:hunter2@proxy")
    assert environment(buckets=False) == {"SSL_CERT_FILE": "/ca.pem"}


def test_there_are_more_workers_for_what_is_waited_for() -> None:
    from vidcheck.workers.pool import cores

    targets = find([f"https://host/{number}.mp4" for number in range(100)]).targets
    away = workers_away(targets, None)
    assert away is not None
    assert away.count == min(32, 4 * cores())
    away.stop()
