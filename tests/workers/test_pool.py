from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.clips import surgery
from tests.kit import Checker, needs_ffprobe, put
from tests.workers.patched import Patch, Patched, always, crash, eat, grow, half, hang, leave, mediainfo
from vidcheck.findings import Outcome, Verdict
from vidcheck.workers.pool import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="signals, memory limits and descriptors of Linux"
)

MARK = surgery.add_tag(surgery.clip(), "©cmt", b"this one")
# MediaInfo counts subtitles, boxes does not: without its word the first rule is unknown
RULES = "subtitle.count: {max: 0}\nformat: {is: mp4}\nintact: {is: yes}"


@pytest.fixture
def patched() -> Iterator[Callable[..., Checker]]:
    """A checker whose workers have these patches."""
    started: list[Workers] = []

    def make(*patches: Patch) -> Checker:
        started.append(Patched(*patches))
        return Checker(started[-1])

    yield make
    for workers in started:
        workers.stop()


@pytest.mark.parametrize(
    ("fake", "words"),
    [
        (hang, "no answer in"),
        (crash, "it crashed (SIGSEGV)"),
        (leave, "it crashed (exit code 3)"),
        (eat, "memory"),
        (half, ""),
    ],
    ids=["hangs", "crashes", "leaves", "eats memory", "prints half a JSON"],
)
def test_a_mediainfo_that_misbehaves_is_a_fault_of_that_entry_alone(
    patched: Callable[..., Checker], tmp_path: Path, fake: Callable[[BinaryIO], str], words: str
) -> None:
    put(tmp_path / "1-good.mp4")
    put(tmp_path / "2-bad.mp4", MARK)
    put(tmp_path / "3-good.mp4")
    rules = "subtitle.count: {is: 0}\nformat: {is: mp4}\nintact: {is: yes}"  # the first is MediaInfo's alone
    one, bad, three = patched(mediainfo(fake, len(MARK))).reports(rules, tmp_path, timeout=5.0)
    assert (one.verdict, three.verdict) == (Verdict.ELIGIBLE, Verdict.ELIGIBLE), [
        f.message.render("en") for f in three.faults
    ]
    assert bad.verdict is Verdict.REVIEW
    assert [fault.witness for fault in bad.faults] == ["mediainfo"]
    assert words in bad.faults[0].message.render("en")
    assert [finding.outcome for finding in bad.findings] == [Outcome.UNKNOWN, Outcome.PASS, Outcome.PASS]


FAKE = """#!/bin/sh
for last; do :; done
[ "$(stat -Lc %s "${{last#file:}}" 2>/dev/null)" = {size} ] || exec {real} "$@"
{deed}
"""


@needs_ffprobe
@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ("sleep 60 & wait", "no answer in 5 s"),
        ("kill -SEGV $$", "it was ended by the signal SIGSEGV"),
        ("exec yes", "it printed more than"),
        (
            f"exec {sys.executable} -I -S -c 'import mmap; x = [mmap.mmap(-1, 1 << 30) for _ in range(9)]'",
            "Cannot allocate",
        ),
        ("""printf '{"streams": [{"codec_ty'""", "it did not answer in its own form"),
    ],
    ids=["hangs", "crashes", "prints without end", "eats memory", "prints half a JSON"],
)
def test_an_ffprobe_that_misbehaves_is_a_fault_of_that_entry_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: str, words: str
) -> None:
    (tmp_path / "bin").mkdir()
    program, real = tmp_path / "bin" / "ffprobe", shutil.which("ffprobe")
    program.write_text(FAKE.format(size=len(MARK), real=real, deed=deed))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    (tmp_path / "in").mkdir()
    for name, data in (("1-good", surgery.clip()), ("2-bad", MARK), ("3-good", surgery.clip())):
        put(tmp_path / "in" / f"{name}.mp4", data)
    workers = Workers(1)
    try:
        one, bad, three = Checker(workers).reports(RULES, tmp_path / "in", witness="all", timeout=5.0)
    finally:
        workers.stop()
    assert {report.verdict for report in (one, bad, three)} == {Verdict.ELIGIBLE}  # by those who could look
    assert (one.faults, three.faults) == ((), ())
    (fault,) = bad.faults
    assert fault.witness == "ffprobe"
    assert words in fault.message.render("en")


def test_a_file_that_kills_even_the_header_reader_is_given_up_with_a_fault(
    patched: Callable[..., Checker], tmp_path: Path
) -> None:
    dies = always("vidcheck.witnesses.mp4.boxes", "look", leave)
    report = patched(mediainfo(half, len(MARK)), dies).report(RULES, put(tmp_path / "entry.mp4"))
    assert report.verdict is Verdict.REVIEW
    assert [fault.witness for fault in report.faults] == ["filesystem"]
    assert {finding.outcome for finding in report.findings} == {Outcome.UNKNOWN}


def test_a_file_that_changes_while_it_is_read_is_still_being_written(
    patched: Callable[..., Checker], tmp_path: Path
) -> None:
    path = put(tmp_path / "entry.mp4", MARK)
    report = patched(mediainfo(partial(grow, path), len(MARK))).report(RULES, path)
    assert report.verdict is Verdict.REVIEW
    assert "still being written" in report.faults[0].message.render("en")


def surroundings() -> dict[str, Any]:
    return {
        "environment": sorted(os.environ),
        "files": [os.path.samestat(os.fstat(stream), os.stat(os.devnull)) for stream in (0, 1, 2)],  # noqa: PTH116
        "ctrl-c": signal.getsignal(signal.SIGINT) is signal.SIG_IGN,
    }


def test_a_worker_has_no_secrets_no_terminal_and_no_ear_for_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    workers = Workers(1)
    try:
        told = workers.submit(surroundings, deadline=30).result()
    finally:
        workers.stop()
    assert "AWS_SECRET_ACCESS_KEY" not in told["environment"]
    assert told["files"] == [True] * 3
    assert told["ctrl-c"]


def test_workers_search_for_programs_where_the_run_does_whatever_the_server_was_started_with(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers.submit(os.getpid, deadline=30).result()  # the server runs
    monkeypatch.setenv("PATH", "/elsewhere")
    later = Workers(1)
    try:
        assert later.submit(os.getenv, "PATH", deadline=30).result() == "/elsewhere"
    finally:
        later.stop()


def test_a_pool_that_lost_its_workers_starts_anew() -> None:
    workers = Workers(1)
    try:
        with pytest.raises(Exception, match="Abnormal termination"):
            workers.submit(os._exit, 1, deadline=30).result()
        assert workers.submit(len, "four", deadline=30).result() == 4
    finally:
        workers.stop()


def test_a_worker_whose_run_is_gone_already_ends_by_itself() -> None:
    script = (
        "from multiprocessing import process\n"
        "from vidcheck.workers import pool\n"
        "class Gone:\n"
        "    def is_alive(self): return False\n"
        "process._parent_process = Gone()\n"
        "pool._settle_in(2**31, {})\n"
        "raise SystemExit(0)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 1


def test_a_worker_that_hangs_dies_with_a_run_that_is_killed() -> None:
    script = (
        "import os, signal\n"
        "from vidcheck.workers.pool import Workers\n"
        "pool = Workers(1)\n"
        "print(pool.submit(os.getpid, deadline=60).result(), flush=True)\n"
        "pool.submit(signal.pause, deadline=60)\n"
        "signal.pause()\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        worker = os.pidfd_open(int(run.stdout.readline()))
        run.kill()
    ended = select.poll()
    ended.register(worker, select.POLLIN)
    try:
        assert ended.poll(30_000), "the worker outlives its run"
    finally:
        os.close(worker)
