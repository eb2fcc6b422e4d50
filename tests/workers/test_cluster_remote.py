"""Entries on a web server, looked at by a real Dask cluster."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from tests.answers import always, cut_short, status
from tests.cli.run import vidcheck
from tests.clips import surgery
from tests.kit import put, rules_text
from tests.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from distributed import LocalCluster

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the clusters of tests run on Linux"),
]
RULES = "format: {is: mp4}\nduration: {max: 5 min}\nintact: {is: yes}\nsum: {fact: checksum, known: yes}"
SIGNED = "X-Amz-Signature=hunter2"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "web").mkdir()
    running = Server(tmp_path / "web")
    yield running
    running.stop()


def test_remote_entries_come_out_of_a_cluster_byte_for_byte_as_of_one_machine(
    dask: LocalCluster, server: Server, tmp_path: Path
) -> None:
    clip = surgery.clip()
    samples = {
        "good": clip, "index-last": surgery.move_index_last(clip), "fragmented": surgery.fragment(clip), "cut": clip[:300_000],
        "mov": surgery.set_brands(clip, "qt  "), "text": b"no film at all", "empty": b"",
    }  # fmt: skip
    for name, data in samples.items():
        put(tmp_path / "web" / f"{name}.mp4", data)
    put(tmp_path / "local.mp4")
    put(tmp_path / "web" / "lying.mp4")
    server.misbehave["lying.mp4"] = always(cut_short)
    server.misbehave["closed.mp4"] = always(status(403))
    (tmp_path / "rules.yaml").write_text(rules_text(RULES))
    urls = [server.url(f"{name}.mp4?{SIGNED}") for name in (*samples, "lying", "closed", "none")]
    done, asked = {}, {}
    for name, more in {"here": [], "there": ["--cluster", dask.scheduler_address]}.items():
        server.asked.clear()
        reports = ("--report", f"json:{name}.json", "--report", f"jsonl:{name}.jsonl")
        done[name] = vidcheck("check", *urls, "local.mp4", "--allow-private", *reports, *more, cwd=tmp_path)
        asked[name] = set(server.asked)  # a slow batch is done again, file by file
    assert (done["there"].returncode, done["there"].stderr) == (1, done["here"].stderr)
    assert done["there"].stdout == done["here"].stdout
    for ending in ("json", "jsonl"):
        assert (tmp_path / f"there.{ending}").read_bytes() == (tmp_path / f"here.{ending}").read_bytes()
    entries = json.loads((tmp_path / "there.json").read_bytes())["entries"]
    verdicts = {entry["path"].rpartition("/")[2].partition(".")[0]: entry["verdict"] for entry in entries}
    assert verdicts == {
        "good": "eligible", "index-last": "eligible", "fragmented": "review", "local": "eligible", "cut": "ineligible",
        "mov": "ineligible", "text": "ineligible", "empty": "ineligible", "lying": "review", "closed": "review", "none": "review",
    }  # fmt: skip
    assert asked["there"] == asked["here"]
    assert "hunter2" not in done["there"].stdout + (tmp_path / "there.json").read_text()


def test_an_address_that_is_not_public_needs_the_users_word_on_a_cluster_too(
    dask: LocalCluster, server: Server, tmp_path: Path
) -> None:
    put(tmp_path / "web" / "a.mp4")
    (tmp_path / "rules.yaml").write_text(rules_text("format: {is: mp4}"))
    done = vidcheck(
        "check", server.url("a.mp4"), "--report", "json:-", "--cluster", dask.scheduler_address, cwd=tmp_path
    )
    (entry,) = json.loads(done.stdout)["entries"]
    assert (done.returncode, entry["verdict"]) == (3, "review")
    assert entry["faults"][0]["message"] == "its server is not at a public address; --allow-private permits that"
    assert server.asked == []


def test_a_bucket_is_read_with_the_keys_that_the_dask_workers_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import botocore.session
    from distributed import LocalCluster
    from moto.server import ThreadedMotoServer

    store = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    store.start()
    host, port = store.get_host_and_port()
    keys = {"AWS_ACCESS_KEY_ID": "AKIAHUNTER2", "AWS_SECRET_ACCESS_KEY": "hunter2", "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in {
        **keys,
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    client = botocore.session.get_session().create_client("s3")
    try:
        client.create_bucket(Bucket="contest")
        client.put_object(Bucket="contest", Key="in/film.mp4", Body=surgery.clip())
        put(tmp_path / "local.mp4")
        (tmp_path / "rules.yaml").write_text(rules_text(RULES))
        with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0", silence_logs=100) as cluster:
            done = vidcheck(
                "check", "s3://contest/in/", "local.mp4", "--cluster", cluster.scheduler_address, "-q", "--report", "json:out.json",
                cwd=tmp_path,
            )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        entries = json.loads((tmp_path / "out.json").read_bytes())["entries"]
        assert [entry["verdict"] for entry in entries] == ["eligible", "eligible"]
    finally:
        client.close()
        store.stop()
