"""The command line where the system is unkind: closed streams, few files, no shared memory, signals, lost memory."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.hanging import hanging
from tests.cli.run import COMMAND
from tests.clips import surgery
from tests.kit import lasting, put, rules_text
from tests.thorough import some

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell sets the conditions")

RULES = "duration: {max: 200 s}\ncompleted: {from: 2020-01-01, to: 2022-02-28}"
CODES = {"good": 0, "long": 1, "undated": 3}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with rules and an entry for each verdict."""
    (tmp_path / "rules.yaml").write_text(rules_text(RULES))
    put(tmp_path / "good.mp4")
    put(tmp_path / "long.mp4", lasting("212.48"))
    put(tmp_path / "undated.mp4", surgery.set_creation_time(surgery.clip(), 0))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shell(script: str) -> subprocess.CompletedProcess[str]:
    """Runs a shell's script in which `$V` is vidcheck."""
    command = " ".join(map(shlex.quote, COMMAND))
    return subprocess.run(
        ["/bin/sh", "-c", script.replace("$V", command)], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("entry", "closed"),
    some(
        [
            *(("long", closed) for closed in (">&-", "2>&-", "<&-", "<&- >&- 2>&-", "<&- >&-", ">&- 2>&-")),
            *((entry, closed) for entry in ("good", "undated") for closed in (">&- 2>&-",)),
        ]
    ),
)
@pytest.mark.usefixtures("here")
def test_closed_streams_leave_the_verdicts_code(entry: str, closed: str) -> None:
    done = shell(f"$V check {entry}.mp4 --report json:out.json {closed}")
    assert (done.returncode, done.stderr) == (CODES[entry], "")


@pytest.mark.parametrize("asked", some(["check long.mp4 --report json:-", "check long.mp4 --report jsonl:-", "facts --format json long.mp4", "schema report"]))  # fmt: skip
@pytest.mark.usefixtures("here")
def test_what_was_to_go_to_a_closed_stream_is_a_report_that_could_not_be_written(asked: str) -> None:
    done = shell(f"$V {asked} >&-")
    assert done.returncode == 5
    assert done.stderr.endswith("standard output can't be written: it is closed\n")


@pytest.mark.usefixtures("here")
def test_a_report_on_stdout_does_not_need_stderr() -> None:
    done = shell("$V check long.mp4 --report json:- 2>&-")
    assert done.returncode == 1
    assert json.loads(done.stdout)["entries"][0]["verdict"] == "ineligible"


@pytest.mark.parametrize("files", some([9, 6, 14, 20]))
@pytest.mark.usefixtures("here")
def test_with_few_open_files_it_judges_rightly_or_says_so(files: int) -> None:
    done = shell(f"ulimit -n {files}; $V check long.mp4 --no-cache")
    if done.returncode == 4:
        assert done.stderr == (
            "vidcheck: no worker process can be started: too few files may be open at once (see `ulimit -n`)\n"
        )
    else:
        assert done.returncode == 1
        assert files > 14


@pytest.mark.usefixtures("here")
def test_no_more_workers_are_started_than_open_files_allow() -> None:
    done = shell("ulimit -n 40; $V check . --rules rules.yaml --no-cache -j 32")
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize(
    "mount", ["-t tmpfs -o ro none", "-t tmpfs -o size=4k,nr_inodes=1 none"], ids=["read-only", "full"]
)
@pytest.mark.usefixtures("here")
def test_without_shared_memory_it_says_so(mount: str) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or shell(f"{unshare} -m mount {mount} /dev/shm").returncode:
        pytest.skip("this user may not mount")
    done = shell(f"{unshare} -m /bin/sh -c 'mount {mount} /dev/shm && exec $V check long.mp4'")
    assert done.returncode == 4
    assert done.stderr.startswith("vidcheck: no worker process can be started: locks can't be shared in /dev/shm: ")
    assert done.stderr.count("\n") == 1


BREAKS = """
import sys
{before}
sys.argv = ["vidcheck", "check", "long.mp4"]
from vidcheck.__main__ import main
main()
"""


@pytest.mark.parametrize(
    ("before", "code"),
    some([
        pytest.param("import vidcheck.cli; vidcheck.cli.build = lambda: (_ for _ in ()).throw(MemoryError())", 4, id="no memory"),
        pytest.param("import vidcheck.cli; vidcheck.cli.build = lambda: sys.exit('a sentence')", 4, id="exit with words"),
        pytest.param("import vidcheck.cli; vidcheck.cli.build = lambda: (_ for _ in ()).throw(GeneratorExit())", 4, id="odd exception"),
        pytest.param("import vidcheck.cli; vidcheck.cli.build = vidcheck.cli._report = lambda *_: 1 / 0", 4, id="error in the error"),
        pytest.param("import os; os.environ['VIDCHECK_DEBUG'] = '1'; import vidcheck.cli; vidcheck.cli.build = lambda: 1 / 0", 4, id="debugging"),
        pytest.param("sys.modules['vidcheck.cli'] = None", 4, id="no import"),
        pytest.param("import vidcheck.cli\ndef press(): raise KeyboardInterrupt\nvidcheck.cli.build = press", 130, id="Ctrl-C"),
        pytest.param("import vidcheck.lazy\ndef press(): raise KeyboardInterrupt\nvidcheck.lazy.load_unused_late = press", 130, id="Ctrl-C early"),
    ]),
)  # fmt: skip
@pytest.mark.usefixtures("here")
def test_only_a_verdict_ends_with_one(before: str, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BREAKS.format(before=before)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == code
    if code == 4:
        assert "vidcheck: an error inside vidcheck: " in done.stderr


@pytest.mark.parametrize(
    "asked", some(["check long.mp4 --exit-zero", "--help", "check --help", "facts long.mp4", "--version"])
)
@pytest.mark.usefixtures("here")
def test_a_reader_that_has_gone_is_no_error(asked: str) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    with open(writes, "wb") as nobody:  # noqa: PTH123 - a descriptor
        done = subprocess.run(
            [*COMMAND, *asked.split()], stdout=nobody, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_broken_pipe_of_another_kind_is_an_error_and_no_verdict() -> None:
    broken = (
        "import vidcheck.cli.check as c\ndef opened(*_): raise BrokenPipeError(32, 'Broken pipe')\nc.opened = opened"
    )
    done = subprocess.run(
        [sys.executable, "-c", BREAKS.format(before=broken)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (
        4,
        "vidcheck: an error inside vidcheck: BrokenPipeError: [Errno 32] Broken pipe\n",
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (signal.SIGINT, signal.SIGTERM),
        (signal.SIGTERM, signal.SIGHUP),
        (signal.SIGHUP, signal.SIGHUP),
        (signal.SIGHUP, signal.SIGINT),
    ],
)
def test_a_second_signal_does_not_spoil_the_report_on_the_first(
    here: Path, first: signal.Signals, second: signal.Signals
) -> None:
    (here / "in").mkdir()
    for number in range(6):
        put(here / "in" / f"{number}.mp4")
    put(here / "in" / "8.mp4", surgery.clip() + surgery.box("free"))
    os.mkfifo(here / "out")
    with hanging("out") as (running, hung):
        running.send_signal(first)
        assert running.stdout is not None
        shown = running.stdout.readline()  # the reports are written after the screen
        running.send_signal(second)
        report = json.loads((here / "out").read_text())
        _, err = running.communicate(timeout=60)
    assert hung, err
    assert shown
    assert running.returncode == 128 + first, err
    assert report["incomplete"] is True


AT_ONCE = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for what runs in the background
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup ignores it
import vidcheck.lazy
vidcheck.lazy.load_unused_late = lambda: os.kill(os.getpid(), {number})
sys.argv = ["vidcheck", "check", "long.mp4", "--report", "json:out.json"]
from vidcheck.__main__ import main
main()
"""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_before_the_command_line_is_loaded_leaves_a_marked_report_too(
    here: Path, sent: signal.Signals
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_ONCE.format(number=int(sent))], capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (128 + sent, b"")
    report = json.loads((here / "out.json").read_text())
    assert (report["incomplete"], report["entries"]) == (True, [])


def test_a_hangup_that_is_ignored_stays_ignored(here: Path) -> None:
    from vidcheck.signals import Signals

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Signals() as signals:
            os.kill(os.getpid(), signal.SIGHUP)
            assert signals.code is None
    finally:
        signal.signal(signal.SIGHUP, before)
    assert here.is_dir()
