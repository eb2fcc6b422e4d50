"""Running ffprobe: bounded in time, output and surroundings, on the very file that was opened."""

from __future__ import annotations

import os
import select
import socket
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.clips import surgery
from tests.kit import needs_ffprobe
from vidcheck.witnesses import ffprobe, filesystem
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.ffprobe import run

if TYPE_CHECKING:
    from pathlib import Path

ANSWER = '{"streams": [{"codec_type": "video"}], "format": {"format_name": "avi"}}'
DEADLINE = 0.3
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process that is no child can't be awaited")


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    path = tmp_path / "entry.mp4"
    path.write_bytes(surgery.clip())
    return path


def fake(folder: Path, script: str) -> str:
    program = folder / "fake-ffprobe"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


def ask(entry: Path, script: str, deadline: float = 20) -> str:
    file, _ = filesystem.open_entry(str(entry))
    with file:
        return ffprobe.look(file, str(entry), "mp4", deadline, program=fake(entry.parent, script))


def why(entry: Path, script: str, deadline: float = 20) -> str:
    with pytest.raises(CouldNotLookError) as caught:
        ask(entry, script, deadline)
    return str(caught.value)


def ends(number: int) -> bool:
    """Whether that process ends within half a minute; a dead one that nobody has collected has ended."""
    try:
        process = os.pidfd_open(number)
    except ProcessLookupError:
        return True
    ended = select.poll()
    ended.register(process, select.POLLIN)
    try:
        return bool(ended.poll(30_000))
    finally:
        os.close(process)


def noted(entry: Path, script: str) -> int:
    """The number of the process that the script notes in $NOTED before the deadline ends it; a busy machine is given longer."""
    file = entry.parent / "noted"
    for deadline in (DEADLINE, 10 * DEADLINE, 100 * DEADLINE):
        assert "no answer" in why(entry, script.replace("$NOTED", str(file)), deadline)
        if file.exists() and file.read_text():
            return int(file.read_text())
    raise AssertionError("the script never began")


def test_a_hang_ends_at_the_deadline(entry: Path) -> None:
    begun = time.monotonic()
    assert why(entry, "exec sleep 60", DEADLINE) == "no answer in 0.3 s"
    assert time.monotonic() - begun < 60


def test_a_tool_that_closes_its_output_and_stays_is_ended(entry: Path) -> None:
    assert why(entry, "exec >/dev/null 2>&1; exec sleep 60", DEADLINE) == "no answer in 0.3 s"


@on_linux
def test_children_are_killed_with_it(entry: Path) -> None:
    assert ends(noted(entry, "sleep 60 & echo $! > $NOTED; wait"))


@on_linux
def test_a_child_that_holds_the_output_is_not_waited_for(entry: Path) -> None:
    assert ends(noted(entry, "sleep 60 & echo $! > $NOTED; exit 0"))


@on_linux
def test_a_child_left_behind_by_a_good_answer_is_killed_too(entry: Path) -> None:
    file = entry.parent / "noted"
    assert ask(entry, f"sleep 60 >/dev/null 2>&1 & echo $! > {file}; echo '{ANSWER}'").strip() == ANSWER
    assert ends(int(file.read_text()))


@pytest.mark.parametrize("name", ["SEGV", "KILL", "ABRT"])
def test_a_crash_names_its_signal(entry: Path, name: str) -> None:
    assert why(entry, f"kill -{name} $$") == f"it was ended by the signal SIG{name}"


def test_endless_output_is_cut_off(entry: Path) -> None:
    assert "more than 8388608 bytes" in why(entry, "exec yes")


def test_endless_complaints_do_no_harm(entry: Path) -> None:
    assert ask(entry, f"head -c 3000000 /dev/zero >&2; echo '{ANSWER}'").strip() == ANSWER


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system bounds no memory of another process")
def test_memory_without_end_is_not_to_be_had(entry: Path) -> None:
    bounded = (
        "import resource\nwhile resource.getrlimit(resource.RLIMIT_AS)[0] < 0: pass\n"  # it may be quicker than we are
    )
    hog = f"exec {sys.executable} -I -S -c '{bounded}import mmap; x = [mmap.mmap(-1, 1 << 30) for _ in range(9)]'"
    assert "Cannot allocate memory" in why(entry, hog)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system bounds nothing of another process")
def test_who_may_not_have_more_memory_is_bounded_in_time_and_dumps_all_the_same(entry: Path) -> None:
    limits = "import resource as r\nwhile r.getrlimit(r.RLIMIT_CPU)[0] < 0: pass\nprint(r.getrlimit(r.RLIMIT_AS)[0], r.getrlimit(r.RLIMIT_CORE)[0])"
    program = fake(entry.parent, f"exec {sys.executable} -I -S -c '{limits}'")
    script = (
        "import ctypes, resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))\n"
        "ctypes.CDLL(None).prctl(24, 24)\n"  # PR_CAPBSET_DROP, CAP_SYS_RESOURCE: a user may lower its bounds only
        "import os; os.execv(sys.executable, [sys.executable, '-c', sys.argv[1]])"
    )
    run = f"from vidcheck.witnesses.ffprobe import run\nprint(run.run([{program!r}], 20).decode())"
    done = subprocess.run([sys.executable, "-c", script, run], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == (f"{2**31} 0", "")


def test_half_an_answer_is_a_fault(entry: Path) -> None:
    with pytest.raises(CouldNotLookError, match="in its own form"):
        ffprobe.read(ask(entry, f"printf '%s' '{ANSWER[:40]}'"))


def test_a_failure_is_told_without_what_differs_from_run_to_run(entry: Path) -> None:
    script = 'for last; do :; done; echo "[mov,mp4 @ 0x$$] moov atom not found" >&2; echo "$last: Invalid data found" >&2; exit 1'
    said = why(entry, script)
    other, _ = filesystem.open_entry(str(entry))  # so that the next file has another number
    with other:
        assert why(entry, script) == said == "moov atom not found; Invalid data found"


def test_a_silent_failure_tells_its_code(entry: Path) -> None:
    assert why(entry, "exit 7") == "it ended with code 7 and no word"


def test_a_program_that_is_not_there_is_a_fault(entry: Path) -> None:
    file, _ = filesystem.open_entry(str(entry))
    with file, pytest.raises(CouldNotLookError, match="could not be started"):
        ffprobe.look(file, str(entry), "mp4", 1, program=str(entry.parent / "nothing"))


def test_no_secret_is_inherited(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    monkeypatch.setenv("FFREPORT", f"file={entry.parent}/report.log")
    names = {line.partition("=")[0] for line in ask(entry, "env").splitlines()}
    assert names <= {
        "PATH",
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
        "LC_ALL",
        "AV_LOG_FORCE_NOCOLOR",
        "PWD",
        "SHLVL",
        "_",
        "OLDPWD",
    }


def test_nothing_can_be_asked_on_standard_input(entry: Path) -> None:
    assert ask(entry, "cat") == ""


def test_only_the_entry_is_inherited(entry: Path) -> None:
    secret, _ = filesystem.open_entry(str(entry))
    with secret:
        os.set_inheritable(secret.fileno(), True)
        held = ask(entry, "ls -l /proc/$$/fd").count(str(entry))
    assert held == 1


def test_the_command_forces_the_demuxer_and_the_protocol(entry: Path) -> None:
    said = ask(entry, 'printf "%s\\n" "$@"').splitlines()
    assert said[:8] == ["-hide_banner", "-v", "error", "-show_format", "-show_streams", "-of", "json", "-f"]
    assert said[8] == "mov"
    assert said[said.index("-protocol_whitelist") + 1] == "file"
    assert said[-2] == "-i"
    assert said[-1].startswith("file:/")


@pytest.mark.parametrize("form", ["none", "zip", "jpeg", "pdf", "../mov", ""])
def test_it_is_not_asked_about_what_is_no_film(entry: Path, form: str) -> None:
    file, _ = filesystem.open_entry(str(entry))
    with file, pytest.raises(CouldNotLookError, match="not asked"):
        ffprobe.look(file, str(entry), form, 1, program="/nothing")


def test_without_ffprobe_it_is_not_installed(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(entry.parent / "empty"))
    assert ffprobe.available() is None
    file, _ = filesystem.open_entry(str(entry))
    with file, pytest.raises(CouldNotLookError, match="not installed"):
        ffprobe.look(file, str(entry), "mp4", 1)


def test_the_version_is_what_it_prints_of_itself(entry: Path) -> None:
    program = fake(entry.parent, "echo 'ffprobe version 7.1-custom Copyright (c) the FFmpeg developers'")
    assert ffprobe.version(program) == "7.1-custom"


@needs_ffprobe
def test_the_real_version_begins_with_a_figure_or_a_letter() -> None:
    assert ffprobe.version()[0].isalnum()


NAMES = [
    b"-x.mp4",
    b"a:b.mp4",
    b"%d.mp4",
    b"a b'\"$.mp4",
    b"\xff\xfe.mp4",
    b"a\nb.mp4",
    "片名.mp4".encode(),
    b"http:%2f%2fx.mp4",
]


@needs_ffprobe
@pytest.mark.parametrize("handed_over", [True, False], ids=["descriptor", "path"])
@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_read(entry: Path, name: bytes, handed_over: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    path = os.fsdecode(os.fsencode(entry.parent) + b"/" + name)
    entry.rename(path)
    if not handed_over:
        monkeypatch.setattr(run, "handed_over", lambda _: None)
    monkeypatch.chdir(entry.parent)
    file, _ = filesystem.open_entry(path)
    with file:
        facts = {fact.key: fact.value for fact in ffprobe.read(ffprobe.look(file, os.fsdecode(name), "mp4", 20))}
    assert facts["duration"] == 180
    assert facts["title"] == "vidcheck sample"


@needs_ffprobe
def test_it_reads_the_file_that_was_opened_and_leaves_our_place_in_it(entry: Path) -> None:
    file, _ = filesystem.open_entry(str(entry))
    with file:
        file.seek(17)
        entry.unlink()
        entry.write_bytes(b"another file by now")
        facts = {fact.key for fact in ffprobe.read(ffprobe.look(file, str(entry), "mp4", 20))}
        assert "duration" in facts
        assert file.tell() == 17


@needs_ffprobe
@pytest.mark.parametrize("form", ["mp4", "matroska", "mpegts", "avi"])
def test_a_playlist_makes_it_open_nothing(entry: Path, form: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        entry.write_text(
            f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{url}a.ts\n#EXT-X-ENDLIST\n", encoding="utf-8"
        )
        file, _ = filesystem.open_entry(str(entry))
        with file, pytest.raises(CouldNotLookError):
            ffprobe.read(ffprobe.look(file, str(entry), form, 20))
        with pytest.raises(BlockingIOError):
            listener.accept()


@needs_ffprobe
def test_a_file_that_it_cannot_read_says_why(entry: Path) -> None:
    entry.write_bytes(b"text")
    file, _ = filesystem.open_entry(str(entry))
    with file, pytest.raises(CouldNotLookError) as caught:
        ffprobe.look(file, str(entry), "mp4", 20)
    assert str(caught.value) == "moov atom not found; Invalid data found when processing input"
