from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.run import COMMAND, vidcheck
from tests.clips import surgery
from tests.kit import needs_ffmpeg, put
from vidcheck.facts import Fact
from vidcheck.session.memo import Memory
from vidcheck.session.messages import Finished
from vidcheck.sources.targets import find
from vidcheck.storage import encoding
from vidcheck.storage.cache import Cache

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("watchfiles")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")

RULES = "vidcheck: 1\nrules:\n  format: {is: mp4}\n  duration: {max: 5 min}\n"


class Watch:
    """A running watch, whose lines are awaited."""

    def __init__(self, here: Path, *arguments: str) -> None:
        self.running = subprocess.Popen(
            [*COMMAND, "watch", "in", "--witness", "mediainfo", "--report", "json:out.json", *arguments], cwd=here,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.here = here

    def until(self, beginning: str) -> str:
        assert self.running.stdout is not None
        lines = []
        for line in self.running.stdout:
            lines.append(line)
            if line.startswith(beginning):
                return line.rstrip("\n")
        raise AssertionError(f"it ended before {beginning!r}:\n{''.join(lines)}")

    def report(self) -> dict[str, str]:
        told = json.loads((self.here / "out.json").read_text(encoding="utf-8"))
        assert told["incomplete"] is False
        return {entry["path"]: entry["verdict"] for entry in told["entries"]}

    def end(self, with_: int) -> int:
        self.running.send_signal(with_)
        return self.running.wait(timeout=60)


@contextmanager
def watching(here: Path, *arguments: str) -> Iterator[Watch]:
    watch = Watch(here, *arguments)
    try:
        yield watch
    finally:
        watch.running.kill()
        watch.running.communicate()


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "rules.yaml").write_text(RULES)
    (tmp_path / "in").mkdir()
    return tmp_path


@pytest.mark.slow
def test_uploads_are_checked_as_they_come_and_reports_follow(here: Path) -> None:
    put(here / "in" / "a.mp4")
    with watching(here, "--settle", "100ms") as watch:
        watch.until("watching in")
        assert watch.report() == {}
        assert watch.until("✓ in/a.mp4") == "✓ in/a.mp4: eligible"
        put(here / "b.mp4", surgery.set_brands(surgery.clip(), "qt  ")).replace(here / "in" / "b.mp4")
        assert watch.until("✗ in/b.mp4") == "✗ in/b.mp4: INELIGIBLE, 1 rule fails"
        assert watch.report() == {"in/a.mp4": "eligible", "in/b.mp4": "ineligible"}
        put(here / "b.mp4").replace(here / "in" / "b.mp4")  # the entrant has mended it
        assert watch.until("✓ in/b.mp4") == "✓ in/b.mp4: eligible"
        assert watch.report() == {"in/a.mp4": "eligible", "in/b.mp4": "eligible"}
        (here / "in" / "a.mp4").unlink()
        watch.until("in/a.mp4 has gone")
        assert watch.report() == {"in/b.mp4": "eligible"}
        assert watch.end(signal.SIGTERM) == 143


@pytest.mark.slow
def test_an_upload_whose_room_was_reserved_is_still_arriving_until_it_has_been_left_alone(here: Path) -> None:
    whole = surgery.clip()
    half = whole[: len(whole) * 3 // 4] + b"\0" * (len(whole) - len(whole) * 3 // 4)
    put(here / "in" / "whole.mp4")
    put(here / "in" / "half.mp4", half)
    with watching(here, "--settle", "100ms", "--give-up", "1h") as watch:
        watch.until("in/half.mp4 looks unfinished: it is still arriving")
        watch.until("✓ in/whole.mp4")
        assert watch.report() == {"in/whole.mp4": "eligible"}
        put(here / "in" / "half.mp4", whole)
        watch.until("✓ in/half.mp4")
        assert watch.report() == {"in/half.mp4": "eligible", "in/whole.mp4": "eligible"}
        assert watch.end(signal.SIGTERM) == 143
    put(here / "in" / "half.mp4", half)
    with watching(here, "--settle", "100ms", "--give-up", "200ms", "--rules", "rules.yaml") as watch:
        watch.until("✓ in/half.mp4")  # its rules do not ask whether it is whole
        assert watch.end(signal.SIGTERM) == 143


@pytest.mark.parametrize(
    ("data", "unfinished"),
    [
        (surgery.clip(), False),
        (surgery.clip() + surgery.box("free", bytes(9000)), False),
        (surgery.clip()[:-9], True),
        (surgery.clip()[:700], True),
        (bytes(5000), True),
        (b"", True),
        (b"\x1aE\xdf\xa3" + b"x" * 5000, False),
        (b"\x1aE\xdf\xa3" + b"x" * 50 + bytes(5000), True),
        (b"a text", False),
    ],
    ids=[
        "whole",
        "whole with room",
        "cut",
        "head only",
        "nothing but room",
        "empty",
        "no MP4",
        "no MP4, and room",
        "no film",
    ],
)
def test_an_upload_looks_unfinished_if(here: Path, data: bytes, unfinished: bool) -> None:
    from vidcheck.session.tasks import looks_unfinished

    assert looks_unfinished(str(put(here / "in" / "a.mp4", data))) is unfinished


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_it_ends_at_once_when_asked_to_even_while_a_file_is_read(here: Path, number: int, code: int) -> None:
    bin_ = here / "bin"
    bin_.mkdir()
    (bin_ / "ffprobe").write_text(
        f"#!/bin/sh\nmkfifo {here}/open 2>/dev/null; echo here > {here}/open; exec sleep 600\n"
    )
    (bin_ / "ffprobe").chmod(0o755)
    os.mkfifo(here / "open")
    put(here / "in" / "a.mp4")
    environment = os.environ | {"PATH": f"{bin_}:{os.environ['PATH']}"}
    running = subprocess.Popen(
        [*COMMAND, "watch", "in", "--witness", "all", "--settle", "100ms", "--report", "jsonl:out.jsonl"], cwd=here,
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        (here / "open").read_text()  # ffprobe is asked: for its version, or of the file
        running.send_signal(number)
        assert running.wait(timeout=60) == code
    finally:
        running.kill()
        running.communicate()


def test_a_signal_whose_exception_was_lost_ends_the_watch_all_the_same(here: Path) -> None:
    from vidcheck.cli.watch import _changes
    from vidcheck.signals import Interrupted, Signals

    signals = Signals()
    signals.code = 143
    with pytest.raises(Interrupted):
        list(islice(_changes(str(here / "in"), 0.1, signals), 3))


def lie(entry: Path) -> None:
    """What is remembered of the entry says that it is a ZIP, so that an answer from the cache can be told."""
    kept = Cache()
    memory = Memory(kept)
    ((identity, rows),) = memory.look_up(find([str(entry)]).targets)
    assert rows
    false = encoding.encode([Fact(key="format", witness="boxes", value="zip")])
    memory.keep(Finished(path="", rows=tuple(row._replace(words=false) for row in rows)), identity)
    kept.close()


@pytest.mark.slow
def test_a_manifest_is_joined_and_a_change_of_it_judges_anew(here: Path) -> None:
    (here / "rules.yaml").write_text("vidcheck: 1\nrules:\n  declared.title: {min-length: 3}\n")
    (here / "table.csv").write_text("file,title\na.mp4,Ox\n")
    put(here / "in" / "a.mp4")
    with watching(here, "--settle", "100ms", "--manifest", "table.csv") as watch:
        watch.until("✗ in/a.mp4")
        (here / "new.csv").write_text("file,title\na.mp4,Snow\n")
        (here / "new.csv").replace(here / "table.csv")
        watch.until("✓ in/a.mp4")
        assert watch.report() == {"in/a.mp4": "eligible"}
        assert watch.end(signal.SIGTERM) == 143


@pytest.mark.slow
def test_what_people_decided_counts_and_lines_bear_the_time(here: Path) -> None:
    put(here / "in" / "a.mp4", surgery.set_brands(surgery.clip(), "qt  "))
    arguments = ("in/a.mp4", "format", "accept", "--by", "Wu", "--reason", "agreed", "--decisions", "ours.yaml")
    assert vidcheck("decide", *arguments, cwd=here).returncode == 0
    with watching(here, "--settle", "100ms", "--decisions", "ours.yaml") as watch:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", watch.until("2"))
        watch.until("✓ in/a.mp4")
        assert watch.report() == {"in/a.mp4": "eligible"}


@pytest.mark.slow
def test_an_entry_of_an_earlier_edition_is_told(here: Path) -> None:
    (here / "rules.yaml").write_text(
        "vidcheck: 1\nrules:\n  format: {is: mp4}\nbatch:\n  new: {not-in-archive: checksum}\n"
    )
    put(here / "in" / "a.mp4")
    added = vidcheck("archive", "add", "in/a.mp4", "--edition", "2021", "--archive", "old.archive", cwd=here)
    assert added.returncode == 0, added.stderr
    with watching(here, "--settle", "100ms", "--archive", "old.archive") as watch:
        watch.until("✗ in/a.mp4")


@pytest.mark.slow
def test_the_table_is_kept_up_to_date_and_keeps_up_with_changes_of_it(here: Path) -> None:
    (here / "table.csv").write_text("作品名称,视频文件\n湿地,a.mp4\n", encoding="utf-8")
    put(here / "in" / "a.mp4")
    arguments = ("--manifest", "table.csv", "--report", "table:out.csv", "--lang", "en")
    with watching(here, "--settle", "100ms", *arguments) as watch:
        watch.until("✓ in/a.mp4")
        assert (here / "out.csv").read_text(encoding="utf-8").endswith("湿地,a.mp4,eligible,,,in/a.mp4\n")
        (here / "table.csv").write_text("作品名称,视频文件\n湿地,a.mp4\n冰雪,b.mp4\n", encoding="utf-8")
        watch.until("✓ in/a.mp4")
        assert "冰雪,b.mp4,no matching file,there is no file b.mp4" in (here / "out.csv").read_text(encoding="utf-8")


@pytest.mark.slow
@needs_ffmpeg
def test_the_page_shows_a_frame_of_each_entry(here: Path) -> None:
    put(here / "in" / "a.mp4")
    with watching(here, "--settle", "100ms", "--thumbnails", "--report", "html:out.html") as watch:
        watch.until("✓ in/a.mp4")
        assert "data:image/jpeg;base64," in (here / "out.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_after_a_restart_what_has_not_changed_is_not_read_again(here: Path) -> None:
    put(here / "in" / "a.mp4")
    with watching(here, "--settle", "2100ms") as watch:  # longer than what a clock's tick takes from the cache
        watch.until("✓ in/a.mp4")
        assert watch.end(signal.SIGINT) == 130
    lie(here / "in" / "a.mp4")
    with watching(here, "--settle", "2100ms") as watch:
        watch.until("✗ in/a.mp4")
        assert watch.report() == {"in/a.mp4": "ineligible"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("in", "--settle", "soon"), "'soon' is not a duration"),
        (("in", "--settle", "5"), "does not say the unit"),
        (("in", "--report", "json:-"), "needs a file"),
    ],
    ids=["no duration", "no unit", "a report on the screen"],
)
def test_what_can_not_be_watched_is_said_at_once(here: Path, arguments: tuple[str, ...], words: str) -> None:
    done = vidcheck("watch", *arguments, cwd=here, COLUMNS="200")
    assert done.returncode == 2
    assert words in done.stderr


def test_a_folder_that_is_not_there_is_a_usage_error(here: Path) -> None:
    done = vidcheck("watch", "none", cwd=here)
    assert (done.returncode, done.stderr) == (2, "vidcheck: there is no file or folder none\n")


def test_without_the_extra_it_says_how_to_install_it(here: Path) -> None:
    hidden = "import sys\nsys.modules['watchfiles'] = None\nfrom importlib import util\nfind = util.find_spec\nutil.find_spec = lambda name, *more: None if name == 'watchfiles' else find(name, *more)\n"
    script = f"{hidden}sys.argv = ['vidcheck', 'watch', 'in']\nfrom vidcheck.cli import run\nrun()\n"
    done: Any = subprocess.run([sys.executable, "-c", script], cwd=here, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        'vidcheck: watching a folder needs a library that is not installed: pip install "vidcheck[watch]"\n'
    )
