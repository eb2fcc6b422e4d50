from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.run import vidcheck
from tests.kit import put, rules_text
from tests.server import Server
from vidcheck.facts import Entry
from vidcheck.reports import FORMATS
from vidcheck.sources.targets import find

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIGNED = "X-Amz-Credential=hunter2&X-Amz-Signature=hunter2&X-Amz-Expires=3600"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "web").mkdir()
    (tmp_path / "rules.yaml").write_text(rules_text("format: {is: mp4}\nduration: {min: 1 s}"))
    put(tmp_path / "web" / "a.mp4")
    running = Server(tmp_path / "web")
    yield running
    running.stop()


def test_remote_and_local_entries_are_checked_together(server: Server, tmp_path: Path) -> None:
    told = vidcheck("check", server.url("a.mp4"), "web", "--report", "json:-", "--allow-private", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert [(entry["path"], entry["verdict"]) for entry in json.loads(told.stdout)["entries"]] == [
        (server.url("a.mp4"), "eligible"),
        ("web/a.mp4", "eligible"),
    ]


def test_facts_are_told_of_remote_entries(server: Server, tmp_path: Path) -> None:
    told = vidcheck("facts", server.url("a.mp4"), "--format", "json", "--allow-private", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    (entry,) = json.loads(told.stdout)["entries"]
    assert entry["facts"]["file.name"]["value"] == "a.mp4"
    assert entry["facts"]["size"]["evidence"][0]["locator"] == "Content-Range"


def test_an_address_that_is_not_public_needs_the_users_word(server: Server, tmp_path: Path) -> None:
    told = vidcheck("check", server.url("a.mp4"), cwd=tmp_path)
    assert told.returncode == 3
    assert "its server is not at a public address; --allow-private permits that" in " ".join(told.stdout.split())
    assert not server.asked


def test_a_server_that_fails_is_review_for_its_entry_alone(server: Server, tmp_path: Path) -> None:
    told = vidcheck(
        "check", server.url("a.mp4"), server.url("none.mp4"), "--report", "json:-", "--allow-private", cwd=tmp_path
    )
    assert told.returncode == 3
    good, bad = json.loads(told.stdout)["entries"]
    assert (good["verdict"], bad["verdict"]) == ("eligible", "review")
    assert bad["faults"] == [{"witness": "filesystem", "message": "the server has no such object (status 404)"}]


def test_no_report_and_no_screen_ever_shows_what_gives_access(server: Server, tmp_path: Path) -> None:
    reports = [word for name in FORMATS.keys() - {"table"} for word in ("--report", f"{name}:out.{name}")]
    told = vidcheck(
        "check", server.url(f"a.mp4?{SIGNED}"), server.url("a.mp4?token=hunter2"), server.url(f"none.mp4?{SIGNED}"),
        "https://user:hunter2@127.0.0.1/a.mp4", "ftp://user:hunter2@127.0.0.1/a.mp4", "s3://id:hunter2@bucket/a.mp4",
        "--all", "--allow-private", *reports, cwd=tmp_path, AWS_SECRET_ACCESS_KEY="hunter2",  # noqa: S106 - it is to leak if it can
    )  # fmt: skip
    assert told.returncode == 2, told.stderr
    assert server.url("a.mp4?…") in told.stdout
    files = [tmp_path / f"out.{name}" for name in FORMATS.keys() - {"table"}]
    assert not [text for text in (told.stdout, told.stderr) if "hunter2" in text]
    assert not [file.name for file in files if b"hunter2" in file.read_bytes()]
    assert any("hunter2" in path for path, _ in server.asked)


def test_a_missing_library_is_one_line_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vidcheck.sources.listing.find_spec", lambda _: None)
    assert [words.render("en") for words in find(["s3://bucket/in/", "https://host/a.mp4"]).refused] == [
        's3:// needs a library that is not installed: pip install "vidcheck[s3]"',
        'https:// needs a library that is not installed: pip install "vidcheck[http]"',
    ]


def test_local_files_load_nothing_of_what_remote_ones_need(tmp_path: Path) -> None:
    put(tmp_path / "a.mp4")
    code = (
        "import sys; from vidcheck.session import work; from vidcheck.workers import forkserver; from vidcheck.sources.targets import find\n"
        "from vidcheck.session.session import Session; find(['a.mp4'])\n"
        "print({'asyncio', 'fsspec', 's3fs', 'aiohttp', 'vidcheck.sources.urls', 'vidcheck.sources.remote'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=tmp_path, text=True, check=True)
    assert told.stdout.strip() == "set()"


def test_a_remote_entry_has_the_name_of_its_file() -> None:
    assert Entry(path="https://host/in/a.mp4?id=1&…#abc").name == "a.mp4"
    assert Entry(path="s3://bucket/in/a?b.mp4").name == "a?b.mp4"
    assert Entry(path="in/a?b.mp4").name == "a?b.mp4"


def test_a_remedy_is_a_command_for_the_fetched_file(server: Server, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(rules_text("resolution: {max: 32x32}"))
    told = vidcheck("check", server.url(f"a.mp4?{SIGNED}"), "--report", "json:-", "--allow-private", cwd=tmp_path)
    (entry,) = json.loads(told.stdout)["entries"]
    assert "-i a.mp4 " in entry["findings"][0]["remedy"]
    assert "http" not in entry["findings"][0]["remedy"]


def test_sarif_names_a_remote_entry_by_its_url(server: Server, tmp_path: Path) -> None:
    told = vidcheck("check", server.url("a.mp4"), "--report", "sarif:-", "--allow-private", cwd=tmp_path)
    artifacts = json.loads(told.stdout)["runs"][0]["artifacts"]
    assert server.url("a.mp4") in [one["location"]["uri"] for one in artifacts]
