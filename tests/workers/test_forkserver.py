"""Where workers come from: nothing that lies in the folder of a run is ever run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit import put

SCRIPT = Path(sys.executable).with_name("vidcheck")
MODULES = (
    "multiprocessing", "pebble", "yaml", "ctypes", "resource", "pymediainfo", "ffmpeg", "rich", "typer", "regex", "json",
    "signal", "pickle", "subprocess", "sitecustomize", "usercustomize", "encodings", "vidcheck",
)  # fmt: skip
"""What vidcheck and its workers import, and what Python imports by itself."""
LIBRARY = "from vidcheck import check\nprint(check(['1.mp4'], 'heilongjiang-2022').entries[0].faults)"


@pytest.mark.parametrize(
    "command",
    [
        pytest.param([str(SCRIPT), "check", "1.mp4", "--witness", "all"], id="the script"),
        pytest.param([str(SCRIPT), "facts", "1.mp4", "--witness", "all"], id="facts"),
        pytest.param([str(SCRIPT), "init", "new.yaml", "--from", "1.mp4"], id="init"),
        pytest.param([sys.executable, "-P", "-c", LIBRARY], id="the library"),
    ],
)
def test_a_strangers_module_in_the_folder_is_not_run(tmp_path: Path, command: list[str]) -> None:
    for name in MODULES:
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write('{name} ')\n")
    put(tmp_path / "1.mp4")
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONSAFEPATH", "PYTHONPATH"}}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert not (tmp_path / "ran").exists(), (tmp_path / "ran").read_text()
    assert done.returncode in {0, 1, 3}, done.stderr
    assert done.stderr == ""


def test_python_m_forgets_the_folder_before_anything_of_ours_is_imported(tmp_path: Path) -> None:
    for name in ("pebble", "yaml", "rich", "typer", "regex", "pymediainfo", "typing", "pathlib", "re", "datetime"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write('{name} ')\n")
    put(tmp_path / "1.mp4")
    done = subprocess.run([sys.executable, "-m", "vidcheck", "check", "1.mp4", "-q"], cwd=tmp_path, capture_output=True,
                          text=True, check=False, stdin=subprocess.DEVNULL)  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")  # the clip is too small for the preset
    assert not (tmp_path / "ran").exists()


_MASKS = """
import signal
from multiprocessing import forkserver as standard
from vidcheck.workers import forkserver

forkserver.prepare()
status = open(f"/proc/{standard._forkserver._forkserver_pid}/status").read()
blocked = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigBlk"))
print(bool(blocked >> (signal.SIGINT - 1) & 1), signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))
forkserver.leave()
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc")
def test_an_interruption_is_for_the_run_and_never_for_the_server_of_its_workers() -> None:
    done = subprocess.run([sys.executable, "-c", _MASKS], capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout, done.stderr) == ("True False\n", "")


def test_an_interruption_before_the_command_line_is_there_ends_without_a_word() -> None:
    early = "import sys, vidcheck.__main__ as m\ndef come(): raise KeyboardInterrupt\nm._forget_current_folder = come\nm.main()"
    done = subprocess.run([sys.executable, "-c", early], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_a_worker_that_comes_when_its_run_has_ended_does_not_complain(capfd: pytest.CaptureFixture[str]) -> None:
    script = "import sys\nfrom vidcheck.workers import preload\nraise {}('gone')"
    for error, said in (
        ("FileNotFoundError", ""),
        ("EOFError", ""),
        ("ConnectionResetError", ""),
        ("ValueError", "ValueError: gone"),
    ):
        subprocess.run([sys.executable, "-c", script.format(error)], check=False)
        told = capfd.readouterr().err
        assert told.strip().rpartition("\n")[2] == said
